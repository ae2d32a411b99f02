"""argparse with our manners: a usage error is one sentence and status 2."""

import argparse
from typing import NoReturn

from haproof.errors import UsageError


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

    def error(self, message: str) -> NoReturn:
        """Raise UsageError with one sentence that names the help to read."""
        raise UsageError(f"{message} (see '{self.prog} --help')")
