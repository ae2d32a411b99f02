"""argparse with our manners: a usage error is one sentence and status 2."""

import argparse
from typing import NoReturn

from haproof.errors import UsageError


class Parser(argparse.ArgumentParser):
    """No abbreviations (they break when an option is added), no usage block around an error."""

    def __init__(self, **options: object) -> None:
        super().__init__(
            **{"allow_abbrev": False, "formatter_class": argparse.RawDescriptionHelpFormatter, **options}  # type: ignore[arg-type]
        )

    def error(self, message: str) -> NoReturn:
        """Raise UsageError with one sentence that names the help to read."""
        raise UsageError(f"{message} (see '{self.prog} --help')")
