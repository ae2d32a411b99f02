"""What a verb says: its result on stdout, everything else on stderr."""

import os
import sys


def warn(sentence: str) -> None:
    """One line on stderr."""
    from haproof.cli import complain

    complain(sentence)


KEPT = "the exit status is right all the same"
"""What a person has who cannot read what was printed."""


def show(content: bytes, plain: bool, kept: str = KEPT, undecided: bool = False) -> None:
    """Print to stdout; in colour only for a person at a terminal. A closed or full stdout changes nothing.

    `kept` says what a person has who cannot read what was printed; `undecided` keeps red for what fails.
    """
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        return
    if not plain and _takes_colour():
        from haproof.render.colour import coloured

        content = coloured(content.decode("utf-8"), undecided).encode("utf-8")
    try:
        stream.write(content)
        stream.flush()
    except OSError as fault:
        if not isinstance(fault, BrokenPipeError):
            warn(f"stdout cannot be written ({fault.strerror}); {kept}")
        from haproof.cli import forget_stdout

        forget_stdout()


def _takes_colour() -> bool:
    """Whether stdout is a terminal that says it can do more than text, and nobody asked for none."""
    capable = os.environ.get("TERM", "") not in ("", "dumb")
    return capable and "NO_COLOR" not in os.environ and sys.stdout.isatty()
