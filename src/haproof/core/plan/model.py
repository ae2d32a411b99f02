"""A plan as data: what is missing for a level, as steps in their order, and how long what is there lasts."""

from typing import Literal

from msgspec import Struct

from haproof.core.making import Blank
from haproof.core.model import State

Place = Literal["lab", "elsewhere", "others"]

Task = Literal["fix and run", "run", "go on", "run again", "put together"]
"""`fix and run`: something that was found fails; `run`: nothing of it is there that can be used; `go on`: it
was begun and lacks time alone; `run again`: it passes, and is not enough, or not for long enough."""


class Dated(Struct, frozen=True, kw_only=True):
    """Evidence that a requirement is based on: its kind, its time (RFC 3339) and its age when planned; null
    where there is none."""

    kind: str
    status: Literal["PASS", "FAIL", "MISSING"] | None
    generated_at: str | None
    age_seconds: int | float | None


class Standing(Struct, frozen=True, kw_only=True):
    """A requirement as it stands: its state, its evidence, and how that is renewed.

    `valid_until` is the last moment at which it is met by its age, null where it is not met or does not age.
    `steps` are the numbers of the steps that serve it; `renew` are the commands that make its evidence again,
    `begin_by` is when to begin them so that there is no gap (null where `valid_until` or the time that they
    take is unknown).
    """

    id: str
    level: str
    text: str
    state: State
    detail: str
    evidence: tuple[Dated, ...]
    valid_until: str | None
    begin_by: str | None
    steps: tuple[int, ...]
    renew: tuple[str, ...]


class Step(Struct, frozen=True, kw_only=True):
    """One thing to do.

    `why` are sentences without a full stop; `first` are commands that say more about what must be mended
    before anything is run (empty where nothing fails); `commands` make the evidence, `watch` says how it
    stands meanwhile (what collects it is in the last step). `seconds` is null where it is not known here, and
    `source` says where the number comes from.

    `after` are the numbers of the steps that have to be done before; every other step may run beside it.
    `not_before` (RFC 3339) is set where evidence made sooner would be too old at the end.
    """

    number: int
    title: str
    kinds: tuple[str, ...]
    requirements: tuple[str, ...]
    task: Task
    place: Place
    why: tuple[str, ...]
    first: tuple[str, ...]
    commands: tuple[str, ...]
    watch: tuple[str, ...]
    blanks: tuple[Blank, ...]
    seconds: float | None
    source: str
    needs: str
    after: tuple[int, ...]
    not_before: str | None


class Further(Struct, frozen=True):
    """Evidence that no level asks for and that is not there: the gaps that it would measure, and how."""

    kind: str
    name: str
    gaps: tuple[str, ...]
    commands: tuple[str, ...]
    seconds: float | None


class Plan(Struct, frozen=True, kw_only=True):
    """The whole plan. `level` is what it leads to, `reached` what is reached already (null for none).

    `seconds` is the time until the last step ends, where all that may run side by side does, all pass at
    once, and nothing has to be mended or waited for; `earliest` is when that is. `open_ended` where the time
    of a step is not known.
    """

    schema_version: str
    evidence_dir: str
    generated_at: str
    verdict: str
    level: str
    reached: str | None
    ready: bool
    seconds: float
    earliest: str | None
    open_ended: bool
    steps: tuple[Step, ...]
    requirements: tuple[Standing, ...]
    further: tuple[Further, ...]
