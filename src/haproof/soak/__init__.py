"""The 30-day soak (VAL18) as it runs: journal, clocks, prober, rounds.

What a journal means is decided in `haproof.core.soak`; here are files, processes and the system under test.
"""
