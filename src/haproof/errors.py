"""What can go wrong so that haproof cannot go on.

::

    HaproofError             carries the exit status that the command line ends with
    ├── UsageError       2   the request makes no sense as it stands
    ├── OutputError      2   a file could not be written; what was there before is intact
    ├── FormatError      5   one output format could not be made; the others are not affected
    ├── IntegrityError   4   the evidence or the report is not what was signed or reported
    └── LabError        70   the lab itself is broken (never a FAIL of the system under test)
        └── NotRun       3   a slice could not be tried on this machine, with the reason

A message is one sentence that says what is wrong, where, and what to do. Problems *of the evidence* are
not exceptions: they are values (a slice is MISSING, with its detail).
"""


class HaproofError(Exception):
    """A fault that ends the command with one sentence on stderr."""

    exit_status = 70


class UsageError(HaproofError):
    """The arguments, or what they point at, cannot be used."""

    exit_status = 2


class OutputError(HaproofError):
    """An output file could not be written."""

    exit_status = 2


class FormatError(HaproofError):
    """An output format could not be made, for example because an optional package is not installed."""

    exit_status = 5


class IntegrityError(HaproofError):
    """The evidence or the report is not what was signed or reported."""

    exit_status = 4


class LabError(HaproofError):
    """The lab itself failed; nothing was learned about the system under test."""

    exit_status = 70


class NotRun(LabError):
    """A slice cannot be tried here; the message says why and the one thing to install or allow."""

    exit_status = 3
