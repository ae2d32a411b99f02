"""What an explanation holds."""

from msgspec import Struct


class Explanation(Struct, frozen=True, kw_only=True):
    """One thing in words. `group` is where it is listed; `see` are ids of further explanations.

    `measured` tells what the lab measures from what is judged from other results.
    """

    id: str
    group: str
    title: str
    meaning: str
    why: str
    criterion: str
    how: str
    not_proved: str
    measured: bool = False
    see: tuple[str, ...] = ()

    def parts(self) -> tuple[tuple[str, str], ...]:
        """The labelled parts in the order of reading; empty ones are left out."""
        said = (
            ("Why it matters", self.why),
            ("Criterion", self.criterion),
            ("How it is measured" if self.measured else "How it is judged", self.how),
            ("What it does not prove", self.not_proved),
        )
        return tuple(part for part in said if part[1])
