"""Artifacts that no report can be, each made of a sound one by one defect."""

import copy
import json
from collections.abc import Callable
from typing import Any

Tree = Any
Defect = Callable[[Tree], object]
DIGEST = "ab" * 32


def put(path: str, value: Any) -> Defect:
    """Set what is at a dotted path."""
    *way, last = path.split(".")

    def change(tree: Tree) -> None:
        for step in way:
            tree = tree[int(step)] if isinstance(tree, list) else tree[step]
        tree[int(last) if isinstance(tree, list) else last] = value

    return change


def take(path: str) -> Defect:
    """Remove what is at a dotted path."""
    *way, last = path.split(".")

    def change(tree: Tree) -> None:
        for step in way:
            tree = tree[int(step)] if isinstance(tree, list) else tree[step]
        del tree[int(last) if isinstance(tree, list) else last]

    return change


def rename(path: str, name: str) -> Defect:
    """Give a key another name."""
    *way, last = path.split(".")

    def change(tree: Tree) -> None:
        for step in way:
            tree = tree[int(step)] if isinstance(tree, list) else tree[step]
        tree[name] = tree.pop(last)

    return change


def twice(path: str, index: int) -> Defect:
    """Add an element of an array once more, at its end."""

    def change(tree: Tree) -> None:
        for step in path.split("."):
            tree = tree[step]
        tree.append(copy.deepcopy(tree[index]))

    return change


def swap(path: str, one: int, other: int) -> Defect:
    """Exchange two elements of an array."""

    def change(tree: Tree) -> None:
        for step in path.split("."):
            tree = tree[step]
        tree[one], tree[other] = tree[other], tree[one]

    return change


def both(*defects: Defect) -> Defect:
    """Several changes that make one defect."""

    def change(tree: Tree) -> None:
        for defect in defects:
            defect(tree)

    return change


SIGTERM = "metrics.failover.sigterm_failover_ms"

OF_READY: dict[str, Defect] = {
    "another major version": put("schema_version", "2.0"),
    "no version": put("schema_version", "1"),
    "a version that is a number": put("schema_version", 1.1),
    "another title": put("title", "HA Report"),
    "another report": put("report", "VAL27"),
    "another program": put("generator.name", "somebody else's"),
    "no program version": put("generator.version", ""),
    "a time that is none": put("generated_at", "yesterday"),
    "a day that is none": put("generated_at", "2026-02-30T00:00:00Z"),
    "a leap day in no leap year": put("generated_at", "2026-02-29T00:00:00Z"),
    "a naive time": put("generated_at", "2026-03-23T12:00:00"),
    "a time with another offset": put("generated_at", "2026-03-23T12:00:00+00:00"),
    "an hour that is none": put("slices.0.generated_at", "2026-03-23T24:00:00Z"),
    "a file's time that is none": put("evidence.files.0.generated_at", ""),
    "a window's time that is none": put("evidence.window.latest", "2026-03-23"),
    "a maximum age of nothing": put("options.max_age_seconds", 0),
    "a key id that is none": put("options.trusted_keys", ["ABC"]),
    "a key id twice": put("options.trusted_keys", [DIGEST, DIGEST]),
    "a verdict that does not exist": put("verdict", "HA READY"),
    "a verdict beyond the level": put("verdict", "HA GA READY"),
    "a verdict against a ready level": put("verdict", "NOT READY (VAL26-10)"),
    "an empty verdict": put("verdict", ""),
    "a status that does not exist": put("checks.0.status", "SKIPPED"),
    "a slice status that does not exist": put("slices.0.status", "SKIPPED"),
    "a state that does not exist": put("readiness.ga.requirements.0.state", "MAYBE"),
    "a risk's state that does not exist": put("risks.0.state", "CLOSED"),
    "an operator that does not exist": put(f"{SIGTERM}.target.op", "<"),
    "a unit that does not exist": put(f"{SIGTERM}.unit", "s"),
    "another unit": put(f"{SIGTERM}.unit", "rows"),
    "another limit": put(f"{SIGTERM}.target.value", 50_000),
    "a level that its requirements contradict": put("readiness.ga.ready", True),
    "a level that is not ready with all met": put("readiness.design_partner.ready", False),
    "a public claim alone": put("readiness.public_production.ready", True),
    "a requirement not met under a ready level": put(
        "readiness.design_partner.requirements.1.state", "NOT MET"
    ),
    "a window that a requirement contradicts": put("evidence.window.coherent", False),
    "a count below zero": put("slices.0.failed", -1),
    "counts that do not add up": put("slices.0.passed", 9),
    "a total that is not the slice's": put("slices.0.total", 11),
    "more re-judged than there are": put("slices.0.rejudged", 11),
    "a PASS with a failed check": both(put("slices.0.passed", 9), put("slices.0.failed", 1)),
    "a tally below zero": put("summary", {"pass": 11, "fail": -1}),
    "a tally that does not add up": put("summary", {"pass": 9, "fail": 1}),
    "bytes below zero": put("evidence.files.0.bytes", -1),
    "a negative figure": put(f"{SIGTERM}.value", -1),
    "nine checks": take("checks.9"),
    "eleven checks": both(twice("checks", 0), put("checks.10.id", "VAL26-11"), put("summary.pass", 11)),
    "a check twice": both(take("checks.3"), twice("checks", 2), put("checks.9.when", "Summary")),
    "a check under another id": put("checks.3.id", "VAL26-99"),
    "checks in another order": swap("checks", 0, 1),
    "another when": put("checks.0.when", "Metric"),
    "a when that does not exist": put("checks.0.when", "Later"),
    "a check that passes on nothing": put("checks.0.evidence", []),
    "a pointer without a slash": put("checks.5.evidence.0.pointer", "checks/2"),
    "a pointer to everything": put("checks.5.evidence.0.pointer", ""),
    "a pointer into another slice's folder": put("checks.5.evidence.0.path", "val14/val14-report.json"),
    "a pointer outside the evidence": put("checks.5.evidence.0.path", "/etc/passwd"),
    "a pointer to a check of another slice": put("checks.5.evidence.0.check", "VAL14-03"),
    "a pointer into no slice": put("checks.5.evidence.0.slice", "VAL99"),
    "a digest that is none": put("evidence.files.0.sha256", "abc"),
    "a digest in capitals": put("evidence.files.0.sha256", DIGEST.upper()),
    "a file of no slice": put("evidence.files.0.slice", "VAL12"),
    "a file twice": twice("evidence.files", 0),
    "a slice whose report was not read": take("evidence.files.1"),
    "a report outside its folder": put("evidence.files.0.path", "../val13-report.json"),
    "six slices": both(twice("slices", 4), put("slices.5.id", "VAL18")),
    "four slices": take("slices.4"),
    "a slice twice": both(take("slices.3"), twice("slices", 2)),
    "slices in another order": swap("slices", 0, 1),
    "a slice under another name": put("slices.0.name", "Failover"),
    "a slice that is MISSING with counts": put("slices.0.status", "MISSING"),
    "figures of a slice that is MISSING": both(
        *(put(f"slices.0.{name}", None) for name in ("passed", "failed", "total", "rejudged")),
        put("slices.0.status", "MISSING"),
        put("slices.0.detail", "val13/val13-report.json: not found"),
    ),
    "no figures of a slice that was found": put("metrics.failover", None),
    "a figure of another slice": put(
        "metrics.failover.backup_ms", {"value": 1, "unit": "ms", "target": None, "status": None}
    ),
    "a required figure left out": take("metrics.failover.data_loss_rows"),
    "no figure at all of a slice that was found": put("metrics.split_brain", {}),
    "a group of figures left out": take("metrics.quorum_loss"),
    "a status where no check ties the figure": put("metrics.failover.poll_interval_ms.status", "PASS"),
    "no status where a check ties the figure": put(f"{SIGTERM}.status", None),
    "a target where there is none": put(
        "metrics.failover.poll_interval_ms.target", {"op": "<=", "value": 50}
    ),
    "no target where there is one": put(f"{SIGTERM}.target", None),
    "a PASS beyond its limit": put(f"{SIGTERM}.value", 5000.0004),
    "a PASS of what was not measured": put(f"{SIGTERM}.value", None),
    "a PASS of no trials": put("metrics.failover.sigterm_trials_ms.value", []),
    "a PASS of a trial that never came": put("metrics.failover.sigterm_trials_ms.value", [1, None]),
    "a PASS of a word that is another": put("metrics.split_brain.ghost_risk.value", "none"),
    "an array where the figure is none": put("metrics.failover.rows_unknown.value", []),
    "a figure that is a word": put(f"{SIGTERM}.value", "fast"),
    "a level left out": take("readiness.ga"),
    "a level added": put("readiness.platinum", {"ready": True, "requirements": []}),
    "a level without requirements": put("readiness.ga.requirements", []),
    "a requirement left out": take("readiness.design_partner.requirements.5"),
    "a requirement added": twice("readiness.ga.requirements", 0),
    "requirements in another order": swap("readiness.design_partner.requirements", 0, 1),
    "a requirement under another id": put("readiness.ga.requirements.0.id", "GA-9"),
    "a gap left out": take("risks.0"),
    "gaps in another order": swap("risks", 0, 1),
    "a risk that does not exist": put("risks.8.id", "RUN-1"),
    "a risk of a run that was measured": put("risks.8.state", "MEASURED"),
    "a risk twice": twice("risks", 8),
    "reasons of a ready report": put(
        "reasons",
        [{"id": "RUN-WINDOW", "severity": "incoherent", "sentence": "x", "next": "y"}
        | dict.fromkeys(("slice", "check", "path", "pointer"))],
    ),
    "thresholds that were not derived": put("thresholds.derived", False),
    "no thresholds where they follow": put("thresholds", None),
    "an evidence directory without a name": put("evidence_dir", ""),
    "a threshold below zero": put("thresholds.healthy_ms", -1),
    "a contradiction of a slice that passes, of no check": put(
        "contradictions",
        [{"slice": "VAL13", "check": "VAL14-03", "metric": "x", "value": 1, "rule": "r", "detail": "d"}],
    ),
    "a contradiction of a slice that passes": put(
        "contradictions",
        [{"slice": "VAL13", "check": "VAL13-03", "metric": "x", "value": 1, "rule": "r", "detail": "d"}],
    ),
    "a failed slice all of whose checks pass, of no contradiction": both(
        put("slices.0.status", "FAIL"),
        put("checks.0.status", "FAIL"),
        put("summary", {"pass": 9, "fail": 1}),
    ),
    "a key left out": take("options"),
    "the reasons left out": take("reasons"),
    "a slice's key left out": take("slices.0.rejudged"),
    "a figure's key left out": take(f"{SIGTERM}.unit"),
    "a key renamed": rename("evidence_dir", "directory"),
    "a check's key renamed": rename("checks.0.criterion", "rule"),
    "a key added": put("note", "all is well"),
    "a key added to a window": put("evidence.window.note", "x"),
    "a key added to a target": put(f"{SIGTERM}.target.unit", "ms"),
    "evidence beyond the slices of no kind": put("beyond", [{}]),
    "a limit of another window": put("evidence.window.limit_seconds", 86_400),
    "a span below zero": put("evidence.window.span_seconds", -1),
    "a window without times": both(
        put("evidence.window.earliest", None), put("evidence.window.latest", None)
    ),
    "another description of a check": put("checks.5.description", "SIGTERM leader failover <= 50,000 ms"),
    "another criterion of a check": put("checks.9.criterion", "VAL26-01..08 all PASS"),
    "a check without a description": put("checks.0.description", ""),
    "a check without a detail": put("checks.0.detail", ""),
    "another text of a requirement": put(
        "readiness.design_partner.requirements.1.text", "SIGTERM failover <= 50,000 ms (VAL13-03)"
    ),
    "another text of a requirement beyond": put("readiness.ga.requirements.0.text", "A soak of 3 days"),
    "a requirement without a detail": put("readiness.ga.requirements.0.detail", ""),
    "a requirement without evidence whose slice passes": both(
        put("readiness.design_partner.requirements.1.state", "NO EVIDENCE"),
        put("readiness.design_partner.ready", False),
    ),
    "another title of a gap": put("risks.2.title", "Network partitions"),
    "a risk without a title": put("risks.8.title", ""),
    "a risk without a detail": put("risks.0.detail", ""),
    "a risk that nothing closes": put("risks.0.closed_by", ""),
    "a gap measured by nothing": put("risks.0.state", "MEASURED"),
    "a gap that is measured, and open": put("risks.4.state", "OPEN"),
    "a gap measured by a figure that was not": put("metrics.replication_lag.replay_p95_ms.value", None),
    "a risk of a slice that was found": both(twice("risks", 8), put("risks.10.id", "RUN-MISSING-VAL14")),
    "a risk of a window that is coherent": both(twice("risks", 8), put("risks.10.id", "RUN-WINDOW")),
    "a risk of a contradiction that is none": both(
        twice("risks", 8), put("risks.10.id", "RUN-CONTRADICTION-VAL13-04")
    ),
    "a window without a word": put("evidence.window.detail", ""),
    "a topology without a word": put("topology.chaos", ""),
}  # fmt: skip

OF_BROKEN: dict[str, Defect] = {
    "no reasons of a report that is not ready": put("reasons", []),
    "a severity that does not exist": put("reasons.0.severity", "mild"),
    "a failed check as a missing slice": put("reasons.1.severity", "missing"),
    "a failed check as a loss": put("reasons.1.severity", "loss"),
    "a missing slice as a failed check": put("reasons.2.severity", "failed"),
    "a reason that is no check": put("reasons.0.id", "VAL13-99"),
    "a reason without a sentence": put("reasons.0.sentence", ""),
    "a reason without a next step": put("reasons.0.next", ""),
    "a reason of another slice's check": put("reasons.0.check", "VAL15-06"),
    "a reason that points nowhere": put("reasons.0.path", None),
    "a reason with a pointer without a slash": put("reasons.0.pointer", "metrics"),
    "a verdict that leaves out a check": put("verdict", "NOT READY (VAL26-10)"),
    "a verdict that names a check that passes": put(
        "verdict",
        "NOT READY (VAL26-01, VAL26-02, VAL26-03, VAL26-05, VAL26-07, VAL26-08, VAL26-09, VAL26-10)",
    ),
    "a verdict in another order": put(
        "verdict", "NOT READY (VAL26-10, VAL26-01, VAL26-03, VAL26-05, VAL26-07, VAL26-08, VAL26-09)"
    ),
    "READY as verdict": put("verdict", "HA DESIGN PARTNER READY"),
    "a ready level": put("readiness.design_partner.ready", True),
    "a check that passes for a slice that does not": both(
        put("checks.0.status", "PASS"), put("summary", {"pass": 4, "fail": 6})
    ),
    "a slice that is MISSING without a reason": put("slices.4.detail", None),
    "a slice that is MISSING and counted": put("slices.4.passed", 10),
    "figures of what is MISSING": put("metrics.quorum_loss", {}),
    "a contradiction of no slice": put("contradictions.0.slice", "VAL99"),
    "a contradiction of another slice's check": put("contradictions.0.check", "VAL14-04"),
    "all slices pass, says a requirement": put("readiness.design_partner.requirements.0.state", "MET"),
    "a contradiction as a reason, and none listed": put("contradictions", []),
    "a contradiction listed, and no reason": take("reasons.0"),
    "a contradiction that is another failure": put("reasons.0.severity", "loss"),
    "a contradiction without a risk": put("risks.9.id", "RUN-LOSS"),
    "a contradiction without a metric": put("contradictions.0.metric", ""),
    "a contradiction without a rule": put("contradictions.0.rule", ""),
    "a contradiction without a detail": put("contradictions.0.detail", ""),
    "a slice that is MISSING, and no reason": take("reasons.2"),
    "a slice that is MISSING, and no risk": take("risks.8"),
    "a slice that was found as a reason": put("reasons.2.id", "RUN-MISSING-VAL14"),
    "a requirement not met whose slice is MISSING": put(
        "readiness.design_partner.requirements.4.state", "NOT MET"
    ),
    "a requirement without evidence whose slice was found": put(
        "readiness.design_partner.requirements.1.state", "NO EVIDENCE"
    ),
}

READER_ONLY: dict[str, Defect] = {
    "a span that is not that of the slices": put("evidence.window.span_seconds", 1),
    "a latest that is not the latest": put("evidence.window.latest", "2026-03-23T11:00:00Z"),
    "thresholds of other figures": put("thresholds.healthy_ms", 11),
    "a risk twice, told otherwise": both(twice("risks", 8), put("risks.10.detail", "otherwise")),
}
"""What only somebody who calculates can see."""


def changed(tree: Tree, defect: Defect) -> Tree:
    copied = copy.deepcopy(tree)
    defect(copied)
    assert copied != tree or json.dumps(copied) != json.dumps(tree)
    return copied


INCOHERENT: dict[str, Defect] = {
    "a window that is not coherent, and no risk": take("risks.8"),
    "a window that is not coherent, and another reason": both(
        put("reasons.0.id", "RUN-MISSING-VAL13"), put("reasons.0.severity", "missing")
    ),
    "a window that is coherent, as the reason": both(
        put("evidence.window.coherent", True),
        put("readiness.design_partner.requirements.5.state", "MET"),
    ),
}
