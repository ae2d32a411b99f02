"""Alerting thresholds derived from measured lag (seed §3). They are not workplan targets."""

from msgspec import Struct


class Thresholds(Struct, frozen=True, kw_only=True):
    """Derived write_lag thresholds in milliseconds; all None where a p95 was not measured."""

    observed_p95_ms: float | None
    healthy_ms: float | None
    degraded_ms: float | None
    alert_ms: float | None
    derived: bool = True


def derive(idle_p95_ms: float | None, light_p95_ms: float | None) -> Thresholds:
    """The seed's formulas: healthy = max(p95 × 3 + 1, 10), degraded and alert as multiples of it."""
    if idle_p95_ms is None or light_p95_ms is None:
        return Thresholds(observed_p95_ms=None, healthy_ms=None, degraded_ms=None, alert_ms=None)
    observed = max(idle_p95_ms, light_p95_ms)
    healthy = max(observed * 3 + 1, 10)
    return Thresholds(
        observed_p95_ms=observed,
        healthy_ms=healthy,
        degraded_ms=max(healthy * 10, 100),
        alert_ms=max(healthy * 50, 500),
    )
