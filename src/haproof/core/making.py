"""How evidence of a kind is made: the commands to run, the time they take, and what they need.

Nothing is decided by any of this: it tells a person what to do next (`core.plan.planning`).
"""

from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct


class Blank(Struct, frozen=True):
    """A word of a command that a person has to replace, and what it stands for."""

    word: str
    meaning: str


class Way(Struct, frozen=True, eq=False, kw_only=True):
    """One way of making evidence, perhaps of several kinds at once.

    `commands` make it, `watch` says how it stands meanwhile, and `collect` writes it into the evidence
    directory where that takes more than a copy. `going_on` and `going_on_collect` take the place of these for
    evidence that was begun and lacks nothing but time; `begun` is the word that stands for its folder there.
    In all of them `{part}` is a folder of this way's own, `{next}` the evidence directory that is put
    together at the end, `{kinds}` the kinds that are asked for, `{requirement}` the requirement, and
    `{target}` a --target option.

    `named_by` are the kinds whose report names the system (none: the required ones); `targets` maps such a
    name to what --target takes (empty: no option), `usual` is taken where no name is recorded, and `other`
    is the word that stands for any further system. `whole`: its kinds are only made together. `each`: once
    for each requirement.

    `place`: on the lab's machine, where one run at a time has it for itself; elsewhere, beside all others; or
    by others, who alone can do it.
    """

    id: str
    title: str
    commands: tuple[str, ...]
    needs: str
    place: Literal["lab", "elsewhere", "others"]
    watch: tuple[str, ...] = ()
    collect: tuple[str, ...] = ()
    going_on: tuple[str, ...] = ()
    going_on_collect: tuple[str, ...] = ()
    begun: str = ""
    blanks: tuple[Blank, ...] = ()
    named_by: tuple[str, ...] = ()
    targets: tuple[tuple[str, str], ...] = ()
    usual: str = ""
    other: str = "FILE"
    whole: bool = False
    each: bool = False


class Making(Struct, frozen=True, eq=False, kw_only=True):
    """How one kind is made: its way, and the time that it takes on it.

    `seconds` is wall-clock time on a quiet machine, None where nobody here can know; `by_system` gives it for
    systems (as the evidence names them) that take another time. `source` says where that number comes from.

    `completes` are checks that fail for want of time alone; `left` gives the seconds that a record with no
    other failed check still lacks (None where it does not say).
    """

    way: Way
    seconds: float | None
    source: str
    by_system: tuple[tuple[str, float], ...] = ()
    completes: tuple[str, ...] = ()
    left: Callable[[Any], float | None] | None = None

    def takes(self, system: str | None) -> float | None:
        """Seconds for a system; the usual ones where it is none of those that are named."""
        return dict(self.by_system).get(system or "", self.seconds)
