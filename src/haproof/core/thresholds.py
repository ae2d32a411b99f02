"""Alerting thresholds derived from measured lag (seed §3). They are not workplan targets."""

from msgspec import Struct


class Thresholds(Struct, frozen=True, kw_only=True):
    """Derived write_lag thresholds in milliseconds; all None where a p95 was not measured."""

    observed_p95_ms: float | None
    healthy_ms: float | None
    degraded_ms: float | None
    alert_ms: float | None
    derived: bool = True


def derived(*p95_ms: float | None) -> Thresholds | None:
    """Thresholds by the largest of these; None where one was not measured."""
    return None if None in p95_ms else derive(*p95_ms)


def derive(*p95_ms: float | None) -> Thresholds:
    """The seed's formulas: healthy = max(p95 × 3 + 1, 10), degraded and alert as multiples of it."""
    measured = [value for value in p95_ms if value is not None]
    if len(measured) < len(p95_ms):
        return Thresholds(observed_p95_ms=None, healthy_ms=None, degraded_ms=None, alert_ms=None)
    observed = max(measured)
    healthy = max(observed * 3 + 1, 10)
    return Thresholds(
        observed_p95_ms=observed,
        healthy_ms=healthy,
        degraded_ms=max(healthy * 10, 100),
        alert_ms=max(healthy * 50, 500),
    )
