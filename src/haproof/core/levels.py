"""The three readiness levels of seed §4: what each requires, and what this evidence says of it."""

from collections.abc import Sequence

from haproof.core.model import Levels, Readiness, Requirement, SliceResult, State, Window
from haproof.core.window import in_words

DESIGN_PARTNER = "HA DESIGN PARTNER READY"
GA = "HA GA READY"
PUBLIC = "HA PUBLIC PRODUCTION CLAIM"

DESIGN_PARTNER_MEANING = (
    "the core HA lifecycle is functional and stable enough to offer to early adopters "
    "under the scope limitations listed under Risks and Open Gaps"
)

BEYOND = "not among the evidence of VAL13-VAL17"

GA_REQUIREMENTS = (
    (
        "GA-1",
        (
            "VAL18 30-day HA soak: >= 3 scheduled failovers, all failover_ms <= 10,000, "
            "data_continuity_rate = 1.000, HA uptime >= 99.9% (Gate D)"
        ),
    ),
    (
        "GA-2",
        (
            "Streaming-replication promotion failover: standby is promoted to primary and the cluster "
            "recovers under a real PostgreSQL HA configuration"
        ),
    ),
    ("GA-3", "VAL14 alerting thresholds recalibrated against production write_lag"),
)

PUBLIC_REQUIREMENTS = (
    ("PUB-1", "Multi-AZ or multi-region topology validation"),
    ("PUB-2", "External security hardening audit covering HA auth surfaces"),
    ("PUB-3", "Production-grade monitoring and alerting validation"),
)

ALL_SLICES_TEXT = "All five VAL13-VAL17 slices pass (zero failed checks each)"
WINDOW_TEXT = "Evidence timestamps fall within a single 6-hour evidence window"

DESIGN_PARTNER_CHECKS = (
    ("DP-2", "SIGTERM failover <= 5,000 ms (VAL13-03)", ("VAL13-03",)),
    ("DP-3", "Zero data loss across failover (VAL13-04)", ("VAL13-04",)),
    ("DP-4", "Backup restore correctness verified (VAL15-06)", ("VAL15-06",)),
    (
        "DP-5",
        (
            "Quorum loss detected within 30,000 ms AND writes blocked during loss "
            "(VAL17-02 + VAL17-03 + VAL17-04)"
        ),
        ("VAL17-02", "VAL17-03", "VAL17-04"),
    ),
)
"""Requirements that rest on single slice checks: id, text, the checks."""


def judge_levels(slices: Sequence[SliceResult], window: Window) -> Levels:
    """All three levels. A level without the one below it is never ready."""
    design_partner = _level(
        [_all_pass(slices)]
        + [_checks_pass(slices, *requirement) for requirement in DESIGN_PARTNER_CHECKS]
        + [_coherent(slices, window)]
    )
    general = _level([_beyond(*requirement) for requirement in GA_REQUIREMENTS], design_partner)
    public = _level([_beyond(*requirement) for requirement in PUBLIC_REQUIREMENTS], general)
    return Levels(design_partner=design_partner, ga=general, public_production=public)


NAMES = {"design_partner": DESIGN_PARTNER, "ga": GA, "public_production": PUBLIC}
"""Each level's key in the artifact, lowest first, and its name."""


REQUIREMENTS = {
    "design_partner": {
        "DP-1": ALL_SLICES_TEXT,
        **{requirement: text for requirement, text, _ in DESIGN_PARTNER_CHECKS},
        "DP-6": WINDOW_TEXT,
    },
    "ga": dict(GA_REQUIREMENTS),
    "public_production": dict(PUBLIC_REQUIREMENTS),
}
"""Each level's key and its requirements, in order: id to text."""


def reached(levels: Levels) -> str | None:
    """The name of the highest level that is ready; None where the lowest is not."""
    ready = [name for key, name in NAMES.items() if getattr(levels, key).ready]
    return ready[-1] if ready else None


def _level(requirements: list[Requirement], below: Readiness | None = None) -> Readiness:
    """Ready if the level below is and every requirement is met; nothing required is refused."""
    if not requirements:
        raise ValueError("a level must require something")
    met = all(requirement.state == "MET" for requirement in requirements)
    return Readiness(ready=met and (below is None or below.ready), requirements=tuple(requirements))


def _all_pass(slices: Sequence[SliceResult]) -> Requirement:
    """DP-1: all five slices pass."""
    failed = [result.id for result in slices if result.status == "FAIL"]
    missing = [result.id for result in slices if result.status == "MISSING"]
    said = [f"{', '.join(failed)} FAIL"] if failed else []
    said += [f"{', '.join(missing)} MISSING"] if missing else []
    state: State = "NOT MET" if failed else "NO EVIDENCE" if missing else "MET"
    detail = "; ".join(said) or "5 of 5 slices PASS"
    return Requirement(
        id="DP-1",
        text=ALL_SLICES_TEXT,
        state=state,
        detail=detail,
    )


def _checks_pass(
    slices: Sequence[SliceResult], requirement: str, text: str, checks: tuple[str, ...]
) -> Requirement:
    """A criterion that rests on one slice's checks."""
    owner = next(result for result in slices if checks[0].startswith(result.id))
    if not owner.found:
        return Requirement(id=requirement, text=text, state="NO EVIDENCE", detail=f"{owner.id} MISSING")
    failed = [check for check in checks if (result := owner.check(check)) is None or not result.passed]
    if failed:
        return Requirement(id=requirement, text=text, state="NOT MET", detail=f"{', '.join(failed)} FAIL")
    return Requirement(id=requirement, text=text, state="MET", detail=f"{', '.join(checks)} PASS")


def _coherent(slices: Sequence[SliceResult], window: Window) -> Requirement:
    """DP-6: the evidence is of one coherent run."""
    found = any(result.found for result in slices)
    state: State = "MET" if window.coherent else "NOT MET" if found else "NO EVIDENCE"
    return Requirement(id="DP-6", text=WINDOW_TEXT, state=state, detail=in_words(window))


def _beyond(requirement: str, text: str) -> Requirement:
    """A requirement that VAL13-VAL17 cannot carry, whatever they say."""
    return Requirement(id=requirement, text=text, state="NO EVIDENCE", detail=BEYOND)
