"""argparse with our manners: a usage error is one sentence and status 2."""

import argparse
import sys
from typing import TYPE_CHECKING, NoReturn

from haproof.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Help as it is written, 100 columns wide. (Asking for the terminal's width imports shutil, and
    argparse asks each time an argument is declared.)"""
    return argparse.RawDescriptionHelpFormatter(prog, width=100)


class Parser(argparse.ArgumentParser):
    """No abbreviations (they break when an option is added), no usage block around an error."""

    def __init__(self, **options: object) -> None:
        super().__init__(
            **{"allow_abbrev": False, "formatter_class": _formatter, **options}  # type: ignore[arg-type]
        )

    def print_help(self, file: "SupportsWrite[str] | None" = None) -> None:
        """Print the help; argparse's own way would not say that it could not be written."""
        (sys.stdout if file is None else file).write(self.format_help())

    def error(self, message: str) -> NoReturn:
        """Raise UsageError with one sentence that names the help to read."""
        raise UsageError(f"{message} (see '{self.prog} --help')")
