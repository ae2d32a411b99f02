"""argparse with our manners: a usage error is one sentence, with what was probably meant, and status 2."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from haproof.errors import UsageError
from haproof.given import meant

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

NARROWEST, WIDEST = 40, 100
"""Columns of a help text. Longer lines than 100 are hard to read, however wide the terminal."""


def columns() -> int:
    """The columns of the terminal that stdout is, within the bounds; the widest where it is none.

    (argparse's own way imports shutil, and asks each time that an argument is declared.)
    """
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isascii() and wanted.isdecimal():
        found = int(wanted)
    else:
        try:
            found = os.get_terminal_size(1).columns
        except OSError:
            found = WIDEST
    return min(max(found or WIDEST, NARROWEST), WIDEST)


class _Formatter(argparse.HelpFormatter):
    """Help as wide as the terminal, its description in the paragraphs that it is written in. A paragraph that
    is indented is a list: its lines stay lines."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=columns())

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n\n".join(
            _lines(part, width)
            if part.startswith(" ")
            else super(_Formatter, self)._fill_text(part, width, indent)
            for part in text.split("\n\n")
        )


def _lines(text: str, width: int) -> str:
    """Each line for itself, what does not fit in it indented below."""
    from textwrap import wrap

    found: list[str] = []
    for line in text.split("\n"):
        words = line.lstrip()
        indent = " " * (len(line) - len(words))
        found += wrap(
            words, width, initial_indent=indent, subsequent_indent=f"{indent}    ", break_on_hyphens=False
        )
    return "\n".join(found)


def one_of(names: Iterable[str]) -> Callable[[str], str]:
    """A type of argument: one of `names`, whatever the case it is given in."""
    known = {name.lower(): name for name in names}

    def convert(text: str) -> str:
        found = known.get(text.strip().lower())
        if found is None:
            hint = meant(text.strip(), known.values())
            raise argparse.ArgumentTypeError(f"{text!r} is not one of {', '.join(known.values())}{hint}")
        return found

    return convert


def some_of(names: Iterable[str]) -> Callable[[str], list[str]]:
    """A type of argument: one or more of `names`, separated by commas; for `action="extend"`."""
    convert = one_of(names)

    def convert_all(text: str) -> list[str]:
        words = text.split(",")
        if not all(word.strip() for word in words):
            raise argparse.ArgumentTypeError(
                f"{text!r} has nothing before or after a comma: write names as in a,b, without a space"
                if "," in text
                else "a name is missing"
            )
        return [convert(word) for word in words]

    return convert_all


class Parser(argparse.ArgumentParser):
    """No abbreviations (they break when an option is added), no usage block around an error."""

    def __init__(self, **options: object) -> None:
        super().__init__(
            **{"allow_abbrev": False, "formatter_class": _Formatter, **options}  # type: ignore[arg-type]
        )

    def print_help(self, file: "SupportsWrite[str] | None" = None) -> None:
        """Print the help; argparse's own way would not say that it could not be written."""
        (sys.stdout if file is None else file).write(self.format_help())

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> Any:
        """Every argument, or one sentence on the first that has no meaning here."""
        found, extra = self.parse_known_args(args, namespace)
        if extra:
            first = next((word for word in extra if word.startswith("-")), extra[0])
            name = first.partition("=")[0]
            if name.startswith("-"):
                self.error(f"there is no option {name!r} here{meant(name, self._names())}")
            self.error(f"one argument too many: {first!r}")
        return found

    def _names(self) -> Iterator[str]:
        """Every option of this command and of what follows it."""
        for action in self._actions:
            yield from action.option_strings
            if isinstance(action, argparse._SubParsersAction):
                for parser in dict.fromkeys(action.choices.values()):
                    yield from parser._names()

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """A word that chooses what to do: argparse's own sentence does not say what was meant."""
        if action.choices is not None and value not in action.choices:
            known = [str(choice) for choice in action.choices]
            raise argparse.ArgumentError(
                action, f"{value!r} is not one of {', '.join(known)}{meant(str(value), known)}"
            )

    def error(self, message: str) -> NoReturn:
        """Raise UsageError with one sentence that names the help to read."""
        raise UsageError(f"{message.removeprefix('argument ')} (see '{self.prog} --help')")
