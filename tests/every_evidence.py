"""All evidence that the highest level asks for, and for each part of it what takes the level away.

Every part is synthetic and says so. `VARIANTS` names what may become of a part; its first is the good one.
"""

import copy
from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

import cluster_report
import recovery_report
from builders import NOON, Json, fail, full, write
from haproof.api import read_evidence
from haproof.core.instant import format_instant
from haproof.core.source import Evidence, Source
from haproof.kinds import HOUSE
from haproof.kinds.cluster.faults import FAULTS
from soaks import val18
from statements import ISSUER, NAMES, OTHER, put, trust

NODE, CLUSTER = "haproof-node", "Patroni"
"""The control plane and the cluster that all of it is of."""

DAYS = timedelta(days=90)
OLDEST, TOO_OLD = (format_instant(NOON - age) for age in (DAYS, DAYS + timedelta(seconds=1)))

REPEATED = ("host-kill", "cut-full", "manager-kill")
SLICES = tuple(kind.id for kind in HOUSE.window)
STATEMENTS = tuple(NAMES)

GOOD, ABSENT = "good", "absent"

VARIANTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(SLICES, (GOOD, ABSENT, "failed", "another system")),
    "CLUSTER": (
        GOOD, ABSENT, "just fresh", "too old", "failed", "async", "few trials", "overlap not measured",
        "another system", "unnamed", "not run",
    ),
    "RECOVERY": (
        GOOD, ABSENT, "just fresh", "too old", "failed", "async", "another system", "another cluster",
        "unnamed", "not run",
    ),
    "VAL18": (
        GOOD, ABSENT, "just fresh", "too old", "failed", "compressed", "29 days", "another system", "not run",
    ),
    "CALIBRATION": (GOOD, ABSENT, "just fresh", "too old", "failed", "another system", "not run"),
    **dict.fromkeys(
        STATEMENTS, (GOOD, ABSENT, "last day", "expired", "FAIL", "stranger", "another document"),
    ),
}  # fmt: skip
"""Part to what may become of it."""


def named(report: Json, system: str | None) -> Json:
    environment = dict(report.get("environment") or {}) | {
        "platform": "synthetic",
        "system": {"name": system},
    }
    return report | {"environment": environment}


def whose(variant: str) -> str | None:
    """The system that a report names."""
    return {"another system": "somebody else's", "unnamed": None}.get(variant, NODE)


def aged(report: Json, variant: str) -> Json:
    times = {"just fresh": OLDEST, "too old": TOO_OLD}
    return report | {"generated_at": times.get(variant, "2026-03-20T10:00:00Z"), "started_at": None}


def not_run(kind: str) -> Json:
    head = {"schema_version": "1", "slice": kind, "name": "synthetic", "generated_at": "2026-03-20T10:00:00Z"}
    return head | {"not_run": "no root here"}


def reported_failed(report: Json, check: str) -> Json:
    """The producer says FAIL of one check."""
    changed = copy.deepcopy(report)
    for entry in changed["checks"]:
        if entry["id"] == check:
            entry["status"] = "FAIL"
    total = len(changed["checks"])
    return changed | {"summary": {"total": total, "passed": total - 1, "failed": 1}}


def a_slice(kind: str, variant: str) -> Json:
    report = named(full()[kind], whose(variant))
    if variant == "failed":
        fail(report, f"{kind}-01")
    return report


def cluster(variant: str) -> Json:
    repeats = 4 if variant == "few trials" else 5
    trials = [cluster_report.trial(fault) for fault in FAULTS]
    trials += [cluster_report.trial(fault) for fault in REPEATED for _ in range(repeats - 1)]
    if variant == "overlap not measured":
        next(one for one in trials if one["fault"] == "manager-kill")["overlap_ms"] = None
    if variant == "failed":
        trials[0]["members_equal"] = False
    figures = cluster_report.metrics(trials=trials, mode="async" if variant == "async" else "sync")
    name = {"another system": "repmgr", "unnamed": None}.get(variant, CLUSTER)
    return aged(named(cluster_report.tree(figures), name), variant)


def recovery(variant: str) -> Json:
    figures: Json = {"mode": "async" if variant == "async" else "sync"}
    figures["cluster"] = "repmgr" if variant == "another cluster" else CLUSTER
    report = recovery_report.tree(**figures)
    if variant == "failed":
        report = reported_failed(report, "RECOVERY-07")
    return aged(named(report, whose(variant)), variant)


def soak(variant: str) -> Json:
    changed: Json = {"compressed": True} if variant == "compressed" else {}
    changed |= {"goal_days": 29} if variant == "29 days" else {}
    changed |= {"uptime": 0.99} if variant == "failed" else {}
    return aged(named(val18(**changed), whose(variant)), variant)


def calibration(variant: str) -> Json:
    kind = HOUSE.kind("CALIBRATION")
    assert kind is not None
    metrics = {
        "source": "db:5432",
        "hours": 3 if variant == "failed" else 24,
        "standbys": 1,
        "distinct_values": 1_000,
        "null_samples": 0,
        "p50_ms": 2,
        "p95_ms": 8.5,
        "p99_ms": 9,
        "healthy_ms": 26.5,
        "degraded_ms": 265,
        "alert_ms": 1325,
        "in_recovery": False,
        "role_ok": True,
        "lab": False,
    }
    report: Json = {
        "schema_version": "1",
        "slice": kind.id,
        "name": kind.name,
        "metrics": metrics,
        "checks": [{"id": one.id, "description": one.title, "status": "PASS"} for one in kind.checks],
        "summary": {"total": 4, "passed": 4, "failed": 0},
    }
    if variant == "failed":
        report = reported_failed(report, "CALIBRATION-02")
    return aged(named(report, whose(variant)), variant)


MAKERS: dict[str, Any] = {
    "CLUSTER": cluster,
    "RECOVERY": recovery,
    "VAL18": soak,
    "CALIBRATION": calibration,
}


def put_statement(folder: Path, requirement: str, variant: str) -> None:
    ends = {"last day": "2026-03-23", "expired": "2026-03-22"}
    put(
        folder,
        requirement,
        OTHER if variant == "stranger" else ISSUER,
        valid_until=ends.get(variant, "2027-02-28"),
        result="FAIL" if variant == "FAIL" else "PASS",
    )
    if variant == "another document":
        (folder / "external" / NAMES[requirement]).write_bytes(b"something else")


def put_part(folder: Path, part: str, variant: str) -> None:
    """One part in one variant, as files."""
    if variant == ABSENT:
        return
    if part in STATEMENTS:
        put_statement(folder, part, variant)
    elif variant == "not run":
        write(folder, {part: not_run(part)})
    else:
        write(folder, {part: MAKERS[part](variant) if part in MAKERS else a_slice(part, variant)})


def put_everything(folder: Path, **variants: str) -> Path:
    """Every part, good unless said; a hyphen in the name of a part is an underscore here."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in VARIANTS:
        put_part(folder, part, variants.get(part.replace("-", "_"), GOOD))
    return folder


class Shelf:
    """Every part in every variant, read once from files; put together as often as one likes."""

    def __init__(self, folder: Path) -> None:
        self.trusted = trust(ISSUER)
        self._sources: dict[tuple[str, str], Source] = {}
        self._seen: dict[tuple[str, str], Any] = {}
        for variant in dict.fromkeys(name for names in VARIANTS.values() for name in names):
            self._read(folder / variant.replace(" ", "-"), variant)

    def _read(self, folder: Path, variant: str) -> None:
        parts = [part for part, names in VARIANTS.items() if variant in names]
        folder.mkdir(parents=True)
        for part in parts:
            put_part(folder, part, variant)
        for source in read_evidence(str(folder), trusted=self.trusted).sources:
            self._sources[source.kind.id, variant] = source
            for seen in source.gathered or ():
                self._seen[Path(seen.path).name.split(".")[0].upper(), variant] = seen

    def evidence(self, chosen: dict[str, str]) -> Evidence:
        """The parts as they are `chosen`; absent ones are what reading nothing gives."""
        sources = [self._sources[part, chosen[part]] for part in SLICES]
        sources += [self._sources[part, chosen[part]] for part in MAKERS if chosen[part] != ABSENT]
        seen = tuple(self._seen[part, chosen[part]] for part in STATEMENTS if chosen[part] != ABSENT)
        if seen:
            sources.append(replace(self._sources["EXTERNAL", GOOD], gathered=seen))
        return Evidence("evidence", tuple(sources))
