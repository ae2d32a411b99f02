"""What clients of a system did and were answered, and what follows from it: pure judges of histories.

A history is a list of operations (`operation`), read from and written as one JSON object a line (`codec`).
`writes` pairs what was sent with what was answered; `table` holds the answers against the rows that are
stored; `leadership` holds epochs against holders; `timing` and `outage` derive durations and what happened
inside a loss. The lab takes its figures from these functions, and whoever re-judges raw files takes the same.
"""
