"""Which of many reasons are shown first, so that what to do next is said beside those it follows."""

from collections.abc import Sequence

from msgspec.structs import replace

from haproof.render.document.blocks import Reason


def shown_first(reasons: Sequence[Reason], most: int) -> tuple[Sequence[Reason], Sequence[Reason]]:
    """The first `most` and the others. The last of the first says what to do next, where only one of the
    others says it."""
    first, rest = reasons[:most], reasons[most:]
    if first and rest and not first[-1].next:
        said = next((reason.next for reason in rest if reason.next), "")
        first = (*first[:-1], replace(first[-1], next=said))
    return first, rest
