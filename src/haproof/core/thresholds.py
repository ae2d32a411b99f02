"""Alerting thresholds derived from measured lag (seed §3). They are not workplan targets."""

from msgspec import Struct


class Thresholds(Struct, frozen=True, kw_only=True):
    """Derived write_lag thresholds in milliseconds."""

    observed_p95_ms: float
    healthy_ms: float
    degraded_ms: float
    alert_ms: float
    derived: bool = True


def derived(*p95_ms: float | None) -> Thresholds | None:
    """Thresholds by the largest of these; None where one was not measured. The seed's formulas:
    healthy = max(p95 × 3 + 1, 10), degraded and alert as multiples of it."""
    measured = [value for value in p95_ms if value is not None]
    if len(measured) < len(p95_ms):
        return None
    observed = max(measured)
    healthy = max(observed * 3 + 1, 10)
    return Thresholds(
        observed_p95_ms=observed,
        healthy_ms=healthy,
        degraded_ms=max(healthy * 10, 100),
        alert_ms=max(healthy * 50, 500),
    )
