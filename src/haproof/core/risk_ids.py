"""The ids of what a run adds to the risks: the same in every run, so that a ticket can cite them."""

WINDOW = "RUN-WINDOW"
ENVIRONMENT = "RUN-ENVIRONMENT"
RUNS = "RUN-RUNS"
CLOCK = "RUN-CLOCK"
WORST = "RUN-WORST"
STRENGTH = "RUN-STRENGTH"
SINGLE = "RUN-SINGLE"
LOSS = "RUN-LOSS"

OF_RUNS = (WINDOW, ENVIRONMENT, RUNS, CLOCK, WORST, STRENGTH, SINGLE, LOSS)
"""Those that are of no single kind."""

MISSING, FAILED, CONTRADICTION = "RUN-MISSING", "RUN-FAILED", "RUN-CONTRADICTION"

OF_SUBJECTS = (MISSING, FAILED, CONTRADICTION)
"""Beginnings of those that end with the kind, or the check, that they are about."""


def missing(kind_id: str) -> str:
    """A kind without usable evidence."""
    return f"{MISSING}-{kind_id}"


def failed(kind_id: str) -> str:
    """An optional kind that does not pass."""
    return f"{FAILED}-{kind_id}"


def contradiction(subject: str) -> str:
    """A check, or a kind, that its own figures contradict."""
    return f"{CONTRADICTION}-{subject}"
