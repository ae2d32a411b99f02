"""From milliseconds to places on a chart."""

from collections.abc import Callable, Sequence
from math import ceil, floor, log10

from msgspec import Struct

from haproof.core.figures import separated

LEFT, RIGHT = 0.01, 0.99
"""Fractions of the width that axes span."""

FEWEST_DECADES = 3
MOST_LABELS = 6
"""As many as fit side by side on a phone."""
MOST_STEPS = 5
ZERO_WIDTH, LONGEST_BESIDE_ZERO = 0.12, 6
"""Room for zero at the left of a logarithmic axis, and the longest label that its neighbour may have."""
SMALLEST_MS = 1e-6
"""A nanosecond: nothing here is measured more finely, and a logarithm needs a floor."""


class Tick(Struct, frozen=True):
    """A place on an axis and what stands there; between labels there are bare ticks."""

    x: float
    label: str


class Scale(Struct, frozen=True):
    """An axis: `x` places a value, clamped to the axis."""

    x: Callable[[float], float]
    ticks: tuple[Tick, ...]


def logarithmic(values: Sequence[float]) -> Scale:
    """Whole decades around all values in milliseconds; zero has a place of its own at the left end."""
    positive = [max(value, SMALLEST_MS) for value in values if value > 0] or [1.0]
    zero = LEFT + ZERO_WIDTH if any(value <= 0 for value in values) else LEFT
    low, high = floor(log10(min(positive))), ceil(log10(max(positive)))
    high = max(high, low + FEWEST_DECADES)
    step = ceil((high - low + 1 + (zero > LEFT)) / MOST_LABELS)

    def x(value: float) -> float:
        if value <= 0:
            return LEFT
        decades = (log10(max(value, SMALLEST_MS)) - low) / (high - low)
        return zero + (RIGHT - zero) * min(max(decades, 0), 1)

    decades = range(low, high + 1)
    named = {decade: duration(10.0**decade) for decade in decades[::step]}
    if zero > LEFT and len(named[low]) > LONGEST_BESIDE_ZERO:
        named[low] = ""
    ticks = [Tick(x(10.0**decade), named.get(decade, "")) for decade in decades]
    if zero > LEFT:
        ticks.insert(0, Tick(LEFT, "0"))
    return Scale(x, tuple(ticks))


def linear(end_ms: float, start_ms: float = 0) -> Scale:
    """From `start_ms` to `end_ms`, with ticks at round figures."""
    length = max(end_ms - start_ms, SMALLEST_MS)

    def x(value: float) -> float:
        return LEFT + (RIGHT - LEFT) * min(max((value - start_ms) / length, 0), 1)

    step = round_step(length)
    first = ceil(start_ms / step)
    count = floor(end_ms / step) - first + 1
    ticks = tuple(Tick(x(n * step), duration(n * step)) for n in range(first, first + count))
    return Scale(x, ticks)


def round_step(length: float) -> float:
    """1, 2 or 5 times a power of ten, so that at most `MOST_STEPS` fit into `length`."""
    raw = length / MOST_STEPS
    power = 10.0 ** floor(log10(raw))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999999)


def duration(value_ms: float) -> str:
    """A tick's figure in a unit that people read: `10 ms`, `5 s`."""
    if abs(value_ms) >= 1000:
        return f"{_short(value_ms / 1000)} s"
    return f"{_short(value_ms)} ms" if value_ms else "0"


def seconds(value_ms: float) -> str:
    """`5.4 s`, to a tenth; what is nearer to zero than that is zero, not minus zero."""
    return f"{round(value_ms / 1000, 1) + 0.0:,.1f} s"


def _short(value: float) -> str:
    """Few characters; scientific only where there is no other way."""
    if abs(value) >= 1e6 or abs(value) < 1e-4:
        return f"{value:.0e}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")
    rounded = float(f"{value:.6g}")
    return separated(int(rounded)) if rounded == int(rounded) else f"{rounded:.6g}"


TIME_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
"""Round steps of time, in seconds."""


def elapsed(end_s: float) -> Scale:
    """A time axis in seconds from 0 to `end_s`, with ticks at round times."""
    step = next((step for step in TIME_STEPS_S if end_s / step <= MOST_LABELS), None)
    if step is None:
        step = ceil(round_step(end_s / 86400)) * 86400

    def x(value: float) -> float:
        return LEFT + (RIGHT - LEFT) * min(max(value / end_s, 0), 1)

    ticks = tuple(Tick(x(n * step), _time(n * step)) for n in range(floor(end_s / step) + 1))
    return Scale(x, ticks)


def _time(seconds: int) -> str:
    """`30 s`, `5 min`, `1:30 h`, `3 d`."""
    if not seconds:
        return "0"
    if seconds >= 172_800:
        return f"{separated(seconds // 86400)} d"
    if seconds >= 3600:
        return f"{seconds // 3600}:{seconds // 60 % 60:02} h"
    return f"{seconds} s" if seconds % 60 else f"{seconds // 60} min"
