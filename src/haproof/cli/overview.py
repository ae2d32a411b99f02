"""`haproof` without a verb: help, version, or what is wrong."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import wrap

from haproof.cli.parser import columns
from haproof.errors import UsageError
from haproof.given import meant
from haproof.version import VERSION

PURPOSE = (
    "Turns the evidence of high-availability tests into one proof report (VAL26), and brings the lab that "
    "produces that evidence."
)

WORDS = {"help": "this text, or with a command its own", "version": "the version of the program"}
"""What may stand in a verb's place, beside the options of the same names."""

STATUSES = {
    "0": "ready (report, show), everything passed (lab), done (others)",
    "1": "not ready: a check failed, a target was missed or a PASS is contradicted; a slice failed; refused",
    "2": "usage error, no such directory, output cannot be written, no PostgreSQL",
    "3": "inconclusive: a slice is MISSING or not run, evidence is not coherent, runs cannot be compared; "
    "soak: a round compared nothing, and is tried again; calibrate: the server stayed away",
    "4": "verify: not what was signed or reported",
    "5": "ready, but a format asked for with --write could not be made",
    "7": "ha: the node cannot be reached",
    "70": "a fault of the program itself",
    "130": "interrupted",
}
"""Each exit status and what it means, over all verbs."""


def overview(verbs: Mapping[str, str], verb: str, rest: Sequence[str] = ()) -> int:
    """Print help or version; `verbs` is what each of them does. Raises UsageError for no verb and for an
    unknown one."""
    if verb in ("-h", "--help", "help"):
        if rest:
            raise _unknown(rest[0], verbs)
        sys.stdout.write(help_text(verbs))
        return 0
    if verb in ("-V", "--version", "version"):
        sys.stdout.write(f"haproof {VERSION}\n")
        return 0
    if not verb:
        raise UsageError(f"no command given: choose one of {', '.join(verbs)} (see 'haproof --help')")
    raise _unknown(verb, verbs)


def _unknown(verb: str, verbs: Mapping[str, str]) -> UsageError:
    """What to say of a word that is no verb; of a folder, that it is one."""
    if os.path.isdir(verb):
        return UsageError(f"no command given: to judge the directory {verb!r}, run 'haproof show {verb}'")
    hint = meant(verb, (*verbs, *WORDS)) or f": choose one of {', '.join(verbs)}"
    return UsageError(f"no command {verb!r}{hint} (see 'haproof --help')")


def help_text(verbs: Mapping[str, str]) -> str:
    """The whole help of the bare command, as wide as the terminal."""
    return "\n".join(
        (
            "usage: haproof COMMAND [ARGUMENT ...]",
            "",
            *wrap(PURPOSE, columns()),
            "",
            *wrap("commands ('haproof COMMAND --help' says more):", columns()),
            *_rows(({**verbs, **WORDS}).items(), 14),
            "",
            "exit statuses:",
            *_rows(STATUSES.items(), 9),
            "",
        )
    )


def _rows(rows: Iterable[tuple[str, str]], indent: int) -> Iterator[str]:
    """A column of words and their meanings."""
    for word, meaning in rows:
        yield from wrap(
            meaning,
            columns(),
            initial_indent=f"    {word}".ljust(indent),
            subsequent_indent=" " * indent,
            break_on_hyphens=False,
        )
