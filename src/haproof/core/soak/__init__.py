"""The soak (VAL18) as a pure state machine: journal lines in, what was survived out.

`lines` are what a journal holds, `fold` adds them up one by one, `schedule` decides whether a round is due,
`figures` derives VAL18's metrics. No files, clock or digests here: whoever calls says whether a line is
linked to the one before it (`haproof.kinds.soak.chain`).
"""
