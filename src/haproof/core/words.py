"""What a reader is told about a thing."""

from msgspec import Struct


class Words(Struct, frozen=True, kw_only=True):
    """What it means, why it matters, how it is measured or judged, what it does not prove: whole sentences.
    An empty part is left out."""

    meaning: str
    why: str = ""
    how: str = ""
    not_proved: str = ""

    def parts(self) -> tuple[tuple[str, str], ...]:
        """The labelled parts that say something, in the order of reading."""
        said = (("Why", self.why), ("How", self.how), ("Not proved", self.not_proved))
        return tuple(part for part in said if part[1])


class Term(Struct, frozen=True, kw_only=True):
    """A thing in words: what it means, why it matters, how it is settled, what it does not prove."""

    title: str
    meaning: str
    why: str = ""
    how: str = ""
    not_proved: str = ""
    see: tuple[str, ...] = ()
