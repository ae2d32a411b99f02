"""What a kind of evidence is: what it says about itself and, in modules of its own that are imported where
there is such evidence, its record and its checks.

Which kinds there are is said in one place, above this package, and handed down as a `House`.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from msgspec import Struct

from haproof.core.findings import Findings
from haproof.core.record import Record
from haproof.core.words import Words

if TYPE_CHECKING:
    from haproof.core.gathered import Gathered
    from haproof.core.making import Making

R = TypeVar("R", bound=Record)


class Claim(Struct, frozen=True):
    """What a check claims, and which of the kind's figures say how often it was tried.

    `figure` shows by itself that it was tried once, `trials` is the array of its trials, `also` a second
    array of the same trials; each of them is held against `limit`. `word` is what a trial is called. `share`
    is the quantile that is claimed, where the trials are sampled values. `over_all`: it was tried in every
    trial of the kind's other claims with a limit.
    """

    words: str
    figure: str = ""
    trials: str = ""
    also: str = ""
    word: str = "trials"
    limit: float | None = None
    share: float | None = None
    over_all: bool = False


class Check(Struct, Generic[R], frozen=True, eq=False, kw_only=True):
    """One check of a kind: an id, a sentence, and a pure function.

    `judge` looks at the record and returns a finding for each rule that applied: no findings mean "no
    facts given" (the producer's word stands, and the report says so), one broken finding means no.
    `loss` marks a check whose failure means that data is, or may be, lost. `criterion` is the rule in words
    where it cannot be asked of `judge` itself; `claim` is what it is worth.
    """

    id: str
    title: str
    judge: Callable[[R], Findings]
    about: Words
    loss: bool = False
    criterion: str = ""
    claim: Claim | None = None


def check(
    check_id: str,
    title: str,
    *,
    meaning: str,
    why: str = "",
    how: str = "",
    not_proved: str = "",
    loss: bool = False,
    criterion: str = "",
    claim: Claim | None = None,
) -> Callable[[Callable[[R], Findings]], Check[R]]:
    """Make a check of the function that judges it, so that the rule and its words stand together."""
    about = Words(meaning=meaning, why=why, how=how, not_proved=not_proved)

    def made(judge: Callable[[R], Findings]) -> Check[R]:
        return Check(
            id=check_id,
            title=title,
            judge=judge,
            about=about,
            loss=loss,
            criterion=criterion,
            claim=claim,
        )

    return made


class Recount(Struct, Generic[R], frozen=True, eq=False):
    """A raw file beside a report: its path below the kind's folder, the figures that it may yield, and how
    they are derived from its lines.

    `derive` is given the lines, their ends included, and the record (its settings say how a figure was
    measured). It gives those metrics and observations that these lines yield, by name: an older form of the
    file may yield fewer. Raises ValueError where the lines are none of the file's forms.
    """

    file: str
    figures: tuple[str, ...]
    derive: Callable[[Iterable[bytes], R], Mapping[str, Any]]


class Closes(Struct, Generic[R], frozen=True, eq=False, kw_only=True):
    """A standing gap that a kind measures: by one of its figures, or in a sentence over its record.

    `measured` gives that sentence, without a full stop; None where the record says nothing of the gap.
    """

    gap: str
    figure: str = ""
    measured: Callable[[R], str | None] | None = None


class Rules(Struct, Generic[R], frozen=True, eq=False, kw_only=True):
    """What one kind of evidence is judged by: the type of its report, its checks, the gaps that it measures.

    `tolerated_loss` says which acknowledged writes a record shows as lost although that fails no check; None
    where there are none. `disagreement` gives the first place, and the fault, where parts of a record
    contradict each other: a schema mismatch. `incomplete` gives the reason why a valid record carries no
    verdict: the kind is then MISSING, and its figures are shown all the same. `remarks` are sentences,
    without a full stop, that every format says beside its figures.
    """

    record: type[R]
    checks: tuple[Check[R], ...]
    closes: tuple[Closes[R], ...] = ()
    tolerated_loss: Callable[[R], str | None] | None = None
    disagreement: Callable[[R], tuple[str, str] | None] | None = None
    incomplete: Callable[[R], str | None] | None = None
    remarks: Callable[[R], Iterable[str]] | None = None


class Kind(Struct, frozen=True, eq=False, kw_only=True):
    """One kind of evidence.

    `id` begins the ids of its checks, `folder` is its place in an evidence directory, `stem` its key in the
    artifact, `name` what the report calls it. `role` says what it counts for: `window` kinds are those that
    the verdict requires, within one window of time; `beyond` kinds are optional, and each has its own age.

    `max_age_days`: an older report of the kind meets no requirement (None: of any age). `alerts_by` are the
    figures of which the larger one gives the alerting thresholds.

    `rules`, `recount`, `view`, `making` and `terms` name modules, each imported only where it is needed, so
    that a kind of which there is no evidence costs nothing: that with its `RULES`; that with its raw files,
    `RECOUNTS`; that with its charts, `VIEW`; that which says how its evidence is made, `MADE`; that with what
    further words of its tables mean, `TERMS`. A kind that is not one report, but every file of its folder
    with one `ending`, names in `gather` the module that says how these become its record, `GATHERED`.
    """

    id: str
    stem: str
    folder: str
    name: str
    about: Words
    rules: str
    recount: str | None = None
    view: str | None = None
    making: str | None = None
    terms: str | None = None
    gather: str | None = None
    ending: str = ""
    role: Literal["window", "beyond"] = "window"
    max_age_days: int | None = None
    alerts_by: tuple[str, ...] = ()

    @property
    def record(self) -> type[Any]:
        """The type of its report."""
        return _rules(self.rules).record

    @property
    def checks(self) -> tuple[Check[Any], ...]:
        """Its checks, in order."""
        return _rules(self.rules).checks

    @property
    def closes(self) -> tuple[Closes[Any], ...]:
        """The gaps that it measures."""
        return _rules(self.rules).closes

    @property
    def tolerated_loss(self) -> Callable[[Any], str | None] | None:
        """See `Rules`."""
        return _rules(self.rules).tolerated_loss

    @property
    def disagreement(self) -> Callable[[Any], tuple[str, str] | None] | None:
        """See `Rules`."""
        return _rules(self.rules).disagreement

    @property
    def incomplete(self) -> Callable[[Any], str | None] | None:
        """See `Rules`."""
        return _rules(self.rules).incomplete

    @property
    def remarks(self) -> Callable[[Any], Iterable[str]] | None:
        """See `Rules`."""
        return _rules(self.rules).remarks

    @property
    def gathered(self) -> "Gathered[Any] | None":
        """How its files become its record; None for a kind that is one report."""
        return None if self.gather is None else _gathered(self.gather)

    @property
    def recounts(self) -> tuple[Recount[Any], ...]:
        """Its raw files."""
        return () if self.recount is None else _recounts(self.recount)

    @property
    def made(self) -> "Making | None":
        """How its evidence is made; None where the kind does not say."""
        return None if self.making is None else _made(self.making)

    @property
    def usual_path(self) -> str:
        """Where its report lies in an evidence directory, or its files."""
        if self.ending:
            return f"{self.folder}/*{self.ending}"
        return f"{self.folder}/{self.folder}-report.json"

    @property
    def check_ids(self) -> tuple[str, ...]:
        """The ids of its checks, in order."""
        return _check_ids(self.rules)


@cache
def _rules(module: str) -> Rules[Any]:
    found: Rules[Any] = import_module(module).RULES
    return found


@cache
def _check_ids(module: str) -> tuple[str, ...]:
    return tuple(entry.id for entry in _rules(module).checks)


@cache
def _recounts(module: str) -> tuple[Recount[Any], ...]:
    found: tuple[Recount[Any], ...] = import_module(module).RECOUNTS
    return found


@cache
def _gathered(module: str) -> "Gathered[Any]":
    found: Gathered[Any] = import_module(module).GATHERED
    return found


@cache
def _made(module: str) -> "Making":
    found: Making = import_module(module).MADE
    return found
