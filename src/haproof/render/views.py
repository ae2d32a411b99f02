"""What only one kind of evidence shows: its charts, what it is called in a list, notes of its own.

A view is imported when its kind is shown; a kind without one is shown by its figures, checks and findings.
"""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from haproof.core.house import House
from haproof.core.kind import Kind
from haproof.core.model import Metric, SliceResult
from haproof.core.platform import Platform
from haproof.core.report import Report
from haproof.render.document.plain.lines import Lines

if TYPE_CHECKING:  # the text report has neither
    from haproof.render.charts.chart import Chart
    from haproof.render.document.blocks import Table

Draw: TypeAlias = "Callable[[Report, SliceResult], Chart | None]"
DrawEach: TypeAlias = "Callable[[Report, SliceResult], Iterable[Chart]]"
Tabulate: TypeAlias = "Callable[[Report, SliceResult], Iterable[Table]]"


def _none(report: Report, result: SliceResult) -> tuple[()]:
    return ()


def late(module: str, name: str) -> Draw:
    """A chart of a module that is imported only when it is drawn."""

    def draw(report: Report, result: SliceResult) -> "Chart | None":
        drawn: Draw = getattr(import_module(module), name)
        return drawn(report, result)

    return draw


class View(Struct, frozen=True, kw_only=True):
    """How one kind is shown; whatever is left out is shown as for any kind.

    `title` and `proves` are for lists (empty: the kind's name, what it means); `tables` come first; `drawn`
    are the charts in the order of reading, `each` gives as many as there are trials; `note` is said under
    them; `replicates` where a primary and a standby are what was run,
    not the cluster. `heading` and `lines` are its section of the text report.
    """

    title: str = ""
    proves: str = ""
    tables: Tabulate = _none
    drawn: tuple[Draw, ...] = ()
    each: DrawEach = _none
    note: Callable[[Report], str] = lambda report: ""
    replicates: bool = False
    heading: Callable[[Platform], str] = lambda words: ""
    lines: Callable[[Report, SliceResult, dict[str, Metric]], Lines] | None = None

    def charts(self, report: Report, result: SliceResult) -> "Iterator[Chart]":
        """The charts for which there is something to draw."""
        for draw in self.drawn:
            chart = draw(report, result)
            if chart is not None:
                yield chart
        yield from self.each(report, result)

    def notes(self, report: Report) -> tuple[str, ...]:
        """What is said under the charts."""
        said = self.note(report)
        return (said,) if said else ()


PLAIN = View()
"""What a kind has that brings nothing of its own."""


def view_of(kind: Kind) -> View:
    """The view of a kind, imported only now."""
    if kind.view is None:
        return PLAIN
    view: View = import_module(kind.view).VIEW
    return view


def title_of(kind_id: str, house: House) -> str:
    """What a kind is called in a list; its id where the house does not know it."""
    kind = house.kind(kind_id)
    return kind_id if kind is None else view_of(kind).title or kind.name
