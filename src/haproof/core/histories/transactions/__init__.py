"""List-append transactions: which anomalies of isolation a history shows.

A transaction reads lists and appends numbers to them; each number is appended once. Reading the lists at the
end gives the order of all appends to a key, so every dependency between transactions is known, and each
anomaly is a cycle of dependencies or a read that no order explains. `recorder` collects a history line by
line; `check` judges it; `levels` says what an isolation level allows; `words` explains a cycle.

Names are those of Adya (G0, G1a, G1b, G1c, G-single, G2-item) and of Elle (G-nonadjacent, internal,
incompatible-order, lost-append); `-session` and `-realtime` mark a cycle that needs the order of one client's
transactions, or of all transactions in time.
"""
