"""Where a passphrase comes from: an open descriptor, or the person at the terminal. Never an argument or an
environment variable, which other users of the machine can read."""

import argparse
import os
import sys
from collections.abc import Callable

from haproof.errors import UsageError

LONGEST = 1_024
"""Bytes of a passphrase."""


def declare(parser: argparse._ActionsContainer) -> None:
    """The option that both verbs with a private key take."""
    parser.add_argument(
        "--passphrase-fd",
        metavar="N",
        help="read the private key's passphrase from file descriptor N (its first line)",
    )


def asker(args: argparse.Namespace) -> Callable[[str], bytes]:
    """What gets the passphrase of an existing key, should it need one."""
    number: str | None = args.passphrase_fd
    if number is None:
        return at_terminal
    return lambda path: from_descriptor(number)


def from_descriptor(number: str) -> bytes:
    """The first line that an open descriptor holds. Raises UsageError where there is none."""
    if not (number.isascii() and number.isdecimal() and len(number) < 7):
        raise UsageError(f"--passphrase-fd {number!r} is not the number of a file descriptor")
    content = b""
    try:
        while (
            b"\n" not in content and len(content) <= LONGEST and (part := os.read(int(number), LONGEST + 1))
        ):
            content += part
    except OSError as fault:
        raise UsageError(
            f"--passphrase-fd {number} cannot be read ({fault.strerror}): open it, as with {number}< FILE"
        ) from None
    line = content.partition(b"\n")[0].removesuffix(b"\r")
    if not line:
        raise UsageError(f"--passphrase-fd {number} gave no passphrase: its first line is empty")
    if len(line) > LONGEST:
        raise UsageError(f"--passphrase-fd {number} gave a passphrase of more than {LONGEST:,} bytes")
    return line


def at_terminal(path: str) -> bytes:
    """Ask the person at the terminal for the passphrase of an existing key."""
    from haproof.render.visible import visible

    if not _terminal():
        raise UsageError(
            f"key {path!r} is encrypted, and there is no terminal to ask at: use --passphrase-fd N"
        )
    return _asked(f"Passphrase of {visible(path)}: ")


def new_at_terminal() -> bytes | None:
    """Ask twice for the passphrase of a new key; None where the person wants none."""
    first = _asked("Passphrase for the new private key (empty for none): ")
    if first != _asked("The same passphrase again: "):
        raise UsageError("the two passphrases differ: no key was made, try again")
    return first or None


def somebody_there() -> bool:
    """Whether a person answers: stdin is a terminal, and so is the place where the question appears."""
    return bool(sys.stdin and sys.stdin.isatty() and _terminal())


def _terminal() -> bool:
    """Whether this process has a terminal at all (stdin may carry the key)."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True


def _asked(question: str) -> bytes:
    """One answer, not echoed."""
    from getpass import getpass

    try:
        return os.fsencode(getpass(question))
    except EOFError:
        raise UsageError("no passphrase was given") from None
