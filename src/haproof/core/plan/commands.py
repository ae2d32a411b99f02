"""The commands that make evidence, filled in for a directory and the system that its evidence names. Pure."""

from collections.abc import Mapping, Sequence
from shlex import quote

from msgspec import Struct

from haproof.core.kind import Kind
from haproof.core.making import Way
from haproof.core.model import SliceResult
from haproof.core.report import Report


def quoted(text: str) -> str:
    """A path as one word of a POSIX shell, never taken for an option."""
    return quote(f"./{text}" if text.startswith("-") else text)


class Folders(Struct, frozen=True):
    """Where things lie: what was judged, a folder for what is made, and what is put together of both.

    What was judged is never changed: it may be signed, and the next run is compared with it.
    """

    judged: str
    parts: str
    next: str

    @classmethod
    def beside(cls, directory: str) -> "Folders":
        """The same names at any time, so that a plan that is made again names what was begun."""
        base = directory.rstrip("/") or directory
        if base.rpartition("/")[2] in ("", ".", ".."):
            above = f"{base}/../evidence"
            return cls(base, f"{above}-parts", f"{above}-next")
        return cls(base, f"{base}-parts", f"{base}-next")

    def part(self, way: Way) -> str:
        """The folder that one way writes into."""
        return f"{self.parts}/{way.id}"


def result_of(report: Report, kind_id: str) -> SliceResult | None:
    """What was found of a kind; None where nothing is there."""
    return next((result for result in report.results if result.id == kind_id), None)


def system_of(report: Report, way: Way) -> str | None:
    """The system that the evidence names, None where it names none."""
    for name in way.named_by or tuple(kind.id for kind in report.house.window):
        result = result_of(report, name)
        environment = getattr(result.source.record, "environment", None) if result else None
        system = getattr(getattr(environment, "system", None), "name", None)
        if isinstance(system, str):
            return system
    return None


def seconds_for(report: Report, kinds: Sequence[Kind]) -> float | None:
    """Seconds for all of them, one after the other; None where one of them is not known."""
    each = [kind.made.takes(system_of(report, kind.made.way)) if kind.made else None for kind in kinds]
    known = [value for value in each if value is not None]
    return float(sum(known)) if known and len(known) == len(each) else None


class Filling(Struct, frozen=True):
    """What stands for the words in braces, in the commands of one way."""

    words: Mapping[str, str]
    paths: Mapping[str, str]

    def of(self, commands: Sequence[str]) -> tuple[str, ...]:
        """The commands, filled in."""
        return tuple(self._one(command) for command in commands)

    def _one(self, command: str) -> str:
        for key, value in self.words.items():
            command = command.replace(key, value)
        return " ".join(self._path(word) for word in command.split(" "))

    def _path(self, word: str) -> str:
        """A word that may begin with a folder, whose name may need quotes."""
        for key, value in self.paths.items():
            if word.startswith(key):
                return quoted(value) + word.removeprefix(key)
        return word


def filling(
    report: Report, way: Way, kinds: Sequence[Kind], folders: Folders, requirement: str = ""
) -> Filling:
    """For some kinds of one way, or for one requirement."""
    system = system_of(report, way)
    target = way.usual if system is None else dict(way.targets).get(system, way.other)
    return Filling(
        words={
            "{target}": f" --target {target}" if target else "",
            "{kinds}": ",".join(kind.id for kind in kinds),
            "{requirement}": requirement,
        },
        paths={"{part}": folders.part(way), "{next}": folders.next},
    )


class Renewal(Struct, frozen=True):
    """How some kinds are made from nothing; no commands where no way is known, None where a time is not."""

    commands: tuple[str, ...]
    seconds: float | None


def renewal(report: Report, kinds: Sequence[Kind], folders: Folders, requirement: str = "") -> Renewal:
    """Of kinds that are only made together, all are made."""
    commands: list[str] = []
    taken: list[float | None] = []
    for way in dict.fromkeys(kind.made.way for kind in kinds if kind.made):
        of_way = [kind for kind in report.house.kinds if kind.made and kind.made.way is way]
        group = of_way if way.whole else [kind for kind in of_way if kind in kinds]
        fill = filling(report, way, group, folders, requirement)
        commands += fill.of((*way.commands, *way.collect))
        taken.append(seconds_for(report, group))
    known = [value for value in taken if value is not None]
    return Renewal(tuple(commands), max(known) if known and len(known) == len(taken) else None)
