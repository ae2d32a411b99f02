"""What the matrix and the levels may look at: everything that was judged before them."""

from datetime import datetime

from msgspec import Struct

from haproof.core.model import NO_OPTIONS, Options, SliceResult, Window
from haproof.core.outcome import Outcome


class Judged(Struct, frozen=True, kw_only=True):
    """The required kinds (`slices`), those beyond them that were found or not run, and the window.

    `before` holds the checks of the matrix that were judged already; `generated_at` is the time of judgement.
    """

    slices: tuple[SliceResult, ...]
    window: Window
    generated_at: datetime
    beyond: tuple[SliceResult, ...] = ()
    options: Options = NO_OPTIONS
    before: tuple[tuple[str, Outcome], ...] = ()

    @property
    def results(self) -> tuple[SliceResult, ...]:
        """Every kind that was judged, in the order of the report."""
        return (*self.slices, *self.beyond)

    def kind(self, kind_id: str) -> SliceResult | None:
        """One kind by id; None where nothing of it is there."""
        return next((result for result in self.results if result.id == kind_id), None)

    def required(self, kind_id: str) -> SliceResult:
        """One of the required kinds, which are all listed, found or not."""
        return next(result for result in self.slices if result.id == kind_id)

    def owner(self, check_id: str) -> SliceResult:
        """The required kind that a check belongs to."""
        return next(result for result in self.slices if check_id in result.source.kind.check_ids)
