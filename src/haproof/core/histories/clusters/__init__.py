"""Trials of a cluster: from the lines of `operations.jsonl` to the figures of each trial.

`lines` reads one line by its types, `reading` puts the lines of a trial together, `figures` derives what the
trial shows: who served when (`service`), what is there at the end (`stored`), whether reads went back.
The lab takes its figures from here, and whoever re-judges raw files takes the same.
"""
