"""`haproof` without a verb: help, version, or what is wrong."""

import sys

from haproof.cli import VERBS
from haproof.errors import UsageError
from haproof.version import VERSION

STATUSES = """\
exit statuses:
    0  ready (report), every slice passed (lab), done (others)
    1  not ready: the evidence says no; a slice failed; refused
    2  usage error, no such directory, output cannot be written, no PostgreSQL
    3  not ready: it cannot tell (a slice is MISSING, or the evidence is not coherent); a slice not run
    4  verify: not what was signed or reported
    5  ready, but a format asked for with --write could not be made
    7  ha: the node cannot be reached
   70  a fault of the program itself
  130  interrupted
"""


def overview(verb: str) -> int:
    """Print help or version. Raises UsageError for no verb and for an unknown one."""
    if verb in ("-h", "--help", "help"):
        sys.stdout.write(help_text())
        return 0
    if verb in ("-V", "--version"):
        sys.stdout.write(f"haproof {VERSION}\n")
        return 0
    known = ", ".join(VERBS)
    if not verb:
        raise UsageError(f"no command given: choose one of {known} (see 'haproof --help')")
    raise UsageError(f"no command {verb!r}: choose one of {known} (see 'haproof --help')")


def help_text() -> str:
    """The whole help of the bare command."""
    rows = "".join(f"    {verb:<10}{meaning}\n" for verb, meaning in VERBS.items())
    return (
        "usage: haproof COMMAND [ARGUMENT ...]\n\n"
        "Turns the evidence of high-availability tests into one proof report (VAL26), and brings the lab\n"
        "that produces that evidence.\n\n"
        f"commands ('haproof COMMAND --help' says more):\n{rows}\n{STATUSES}"
    )
