"""Attestation: the evidence and the report in a signed statement, and the verification of both."""
