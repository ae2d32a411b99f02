"""Everything that is listed, in one value that is handed down: kinds, matrix, levels, gaps."""

from msgspec import Struct

from haproof.core.gap import Gap
from haproof.core.kind import Kind
from haproof.core.level import Level
from haproof.core.matrix import MatrixCheck


class House(Struct, frozen=True, eq=False, kw_only=True):
    """What the program knows of. Kinds in the order of the report, levels lowest first.

    `words` is the module whose `WORDS` say what levels and requirements mean, by their ids; a level that is
    not among them is explained by what it says itself.
    """

    kinds: tuple[Kind, ...]
    matrix: tuple[MatrixCheck, ...]
    levels: tuple[Level, ...]
    gaps: tuple[Gap, ...]
    words: str | None = None

    @property
    def window(self) -> tuple[Kind, ...]:
        """The kinds that the verdict requires."""
        return tuple(kind for kind in self.kinds if kind.role == "window")

    @property
    def beyond(self) -> tuple[Kind, ...]:
        """The optional kinds."""
        return tuple(kind for kind in self.kinds if kind.role == "beyond")

    @property
    def passes(self) -> dict[str, str]:
        """The checks of the matrix that ask whether a kind passes, and which."""
        return {check.id: check.passes for check in self.matrix if check.passes}

    @property
    def sums_up(self) -> frozenset[str]:
        """The checks of the matrix that rest on those before them."""
        return frozenset(check.id for check in self.matrix if check.sums_up)

    def kind(self, kind_id: str) -> Kind | None:
        """One kind by id."""
        return next((kind for kind in self.kinds if kind.id == kind_id), None)

    def owner(self, check_id: str) -> Kind | None:
        """The kind that a check belongs to."""
        return next((kind for kind in self.kinds if check_id in kind.check_ids), None)
