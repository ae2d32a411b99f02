"""What a check of the matrix comes to, and where in the evidence that rests."""

from typing import Literal

from msgspec import Struct

Verdict = Literal["PASS", "FAIL"]


class Pointer(Struct, frozen=True):
    """Where in the evidence a claim rests: a JSON Pointer into the file at `path`."""

    slice: str
    check: str
    path: str
    pointer: str


class Outcome(Struct, frozen=True, kw_only=True):
    """What a matrix check found: PASS or FAIL, whether a FAIL says no or cannot tell, and why."""

    status: Verdict
    says_no: bool
    detail: str
    evidence: tuple[Pointer, ...] = ()
