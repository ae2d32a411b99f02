"""The readiness levels: what each requires, lowest first."""

from typing import Any

from haproof.core.level import (
    Level,
    checks_pass,
    every_kind_passes,
    kind_passes,
    window_is_coherent,
)
from haproof.kinds.attested import attested
from haproof.kinds.promotion import BEYOND, promotion_is_proved


def _falls_short(record: Any) -> str | None:
    """Why a soak that passes does not meet GA-1, asked only where there is one."""
    from haproof.kinds.soak.gap import falls_short

    return falls_short(record)


DESIGN_PARTNER = Level(
    key="design_partner",
    word="design-partner",
    name="HA DESIGN PARTNER READY",
    meaning=(
        "the core HA lifecycle is functional and stable enough to offer to early adopters "
        "under the scope limitations listed under Risks and Open Gaps"
    ),
    requirements=(
        every_kind_passes("DP-1", "All five VAL13-VAL17 slices pass (zero failed checks each)"),
        checks_pass("DP-2", "SIGTERM failover <= 5,000 ms (VAL13-03)", "VAL13-03"),
        checks_pass("DP-3", "Zero data loss across failover (VAL13-04)", "VAL13-04"),
        checks_pass("DP-4", "Backup restore correctness verified (VAL15-06)", "VAL15-06"),
        checks_pass(
            "DP-5",
            (
                "Quorum loss detected within 30,000 ms AND writes blocked during loss (VAL17-02 + VAL17-03 + "
                "VAL17-04)"
            ),
            "VAL17-02",
            "VAL17-03",
            "VAL17-04",
        ),
        window_is_coherent("DP-6", "Evidence timestamps fall within a single 6-hour evidence window"),
    ),
)

GA = Level(
    key="ga",
    word="ga",
    name="HA GA READY",
    meaning="the system may be sold as highly available to everyone, within one region",
    requirements=(
        kind_passes(
            "GA-1",
            (
                "VAL18 30-day HA soak: >= 3 scheduled failovers, all failover_ms <= 10,000, "
                "data_continuity_rate = 1.000, HA uptime >= 99.9% (Gate D)"
            ),
            "VAL18",
            absent=BEYOND,
            falls_short=_falls_short,
        ),
        promotion_is_proved(
            "GA-2",
            (
                "Streaming-replication promotion failover: standby is promoted to primary and the cluster "
                "recovers under a real PostgreSQL HA configuration"
            ),
        ),
        kind_passes(
            "GA-3",
            "VAL14 alerting thresholds recalibrated against production write_lag",
            "CALIBRATION",
            absent=BEYOND,
        ),
    ),
)

PUBLIC = Level(
    key="public_production",
    word="public",
    name="HA PUBLIC PRODUCTION CLAIM",
    meaning="the claim of high availability may be made in public, for production use",
    requirements=(
        attested("PUB-1", "Multi-AZ or multi-region topology validation", absent=BEYOND),
        attested("PUB-2", "External security hardening audit covering HA auth surfaces", absent=BEYOND),
        attested("PUB-3", "Production-grade monitoring and alerting validation", absent=BEYOND),
    ),
)

LEVELS: tuple[Level, ...] = (DESIGN_PARTNER, GA, PUBLIC)
