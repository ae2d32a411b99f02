"""What a standing gap is: something that the required evidence does not cover, whatever it says."""

from msgspec import Struct


class Gap(Struct, frozen=True, kw_only=True):
    """An item outside the scope: why it matters, what would close it. Kinds say which gaps they measure."""

    id: str
    title: str
    why: str
    closed_by: str
