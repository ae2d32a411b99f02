"""The judgement: pure functions from evidence to a report. No files, no clock, no processes."""
