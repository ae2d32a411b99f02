"""OpenMetrics text for dashboards: every figure, target, check, level and the window, as gauges.

Every sample carries the system under test as its label `system`, so that the files of several systems can lie
in one folder; two files of one system cannot. Times are in seconds, the base unit: the label `metric` has
the name of the figure in the evidence, whatever unit that ends with.

Gauges only, without time stamps, so that the same file is also valid in the older Prometheus text format: the
textfile collector of node_exporter reads it (it takes `*.prom`), and a push gateway does.

Absence never looks like success: a figure that is null has no value, but `haproof_metric_measured` 0; a slice
that is MISSING has `haproof_slice_found` 0, its checks `haproof_slice_check_passed` 0, and its required
figures `haproof_metric_measured` 0. Alert on these, not on the absence of a series.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from msgspec import UNSET
from msgspec.structs import fields

from haproof.core.figures import cut, median
from haproof.core.instant import parse_instant
from haproof.core.model import Metric, SliceResult
from haproof.core.platform import NOT_RECORDED
from haproof.core.report import Report
from haproof.core.topology import system_names
from haproof.render.visible import visible

Labels = tuple[tuple[str, str], ...]
Sample = tuple[Labels, int | float]

UNITS = {"ms": "seconds", "rows": "rows", "bytes": "bytes", "count": "occurrences", None: "flag"}
"""Unit of the JSON artifact to the end of the family's name; figures without a unit are booleans here."""


class Family:
    """One metric family: its name, its help text, its samples in order."""

    def __init__(self, name: str, meaning: str, unit: str = "") -> None:
        self.name = f"haproof_{name}"
        self._meaning = meaning
        self._unit = unit
        self.samples: list[Sample] = []

    def add(self, number: float | bool, /, **labels: str) -> None:
        """One sample."""
        self.samples.append((tuple(labels.items()), number))

    def text(self, system: str) -> str:
        """The family as lines, each with the system; nothing where it has no sample."""
        if not self.samples:
            return ""
        lines = [f"# TYPE {self.name} gauge"]
        if self._unit:
            lines.append(f"# UNIT {self.name} {self._unit}")
        lines.append(f"# HELP {self.name} {self._meaning}")
        of: Labels = (("system", system),)
        lines += [f"{self.name}{_labelled(of + labels)} {_number(value)}" for labels, value in self.samples]
        return "\n".join(lines) + "\n"


def render(report: Report) -> bytes:
    """The exposition in UTF-8: the same bytes for the same report."""
    families = [*_verdict(report), *_checks(report), *_slices(report), *_figures(report), *_evidence(report)]
    families += _claims(report)
    system = "; ".join(system_names(report.slices)) or NOT_RECORDED
    return ("".join(family.text(system) for family in families) + "# EOF\n").encode("utf-8")


def _verdict(report: Report) -> Iterator[Family]:
    proof = report.proof
    info = Family("report_info", "The report: its verdict, the evidence and the program; always 1.")
    info.add(
        1,
        report=proof.report,
        verdict=proof.verdict,
        tested=proof.topology.system,
        evidence_dir=proof.evidence_dir,
        version=proof.generator.version,
    )
    ready = Family("ready", "Whether a readiness level is reached (1) or not (0).")
    states = Family("requirement_state", "State of each requirement of a level: 1 at the state it is in.")
    for level, readiness in proof.readiness.items():
        ready.add(readiness.ready, level=level)
        for requirement in readiness.requirements:
            for state in ("MET", "NOT MET", "NO EVIDENCE"):
                states.add(requirement.state == state, level=level, requirement=requirement.id, state=state)
    generated = Family("report_timestamp_seconds", "When the evidence was judged, Unix time.", "seconds")
    generated.add(_unix(proof.generated_at))
    yield from (info, ready, states, generated)


def _checks(report: Report) -> Iterator[Family]:
    passed = Family("check_passed", "Whether a check of VAL26 is PASS (1) or FAIL (0).")
    for row in report.proof.checks:
        passed.add(row.status == "PASS", check=row.id)
    risks = Family("risks", "Risks and open gaps by state.")
    for state in ("OPEN", "MEASURED"):
        risks.add(sum(risk.state == state for risk in report.proof.risks), state=state)
    contradictions = Family("contradictions", "Checks reported PASS that their own figures contradict.")
    contradictions.add(len(report.proof.contradictions))
    yield from (passed, risks, contradictions)


def _slices(report: Report) -> Iterator[Family]:
    found = Family("slice_found", "Whether a slice has a usable report (1) or is MISSING (0).")
    passed = Family("slice_passed", "Whether a slice is PASS (1), or FAIL or MISSING (0).")
    checks = Family("slice_check_passed", "Whether a slice's check passed: reported PASS, not contradicted.")
    judged = Family("slice_check_rejudged", "Whether a slice's check was judged again from figures.")
    remarks = Family("slice_remark_info", "What must be read beside a slice's figures; always 1.")
    for result in report.results:
        missing = result.status == "MISSING"
        found.add(not missing, slice=result.id)
        passed.add(result.status == "PASS", slice=result.id)
        for check in result.source.kind.checks:
            entry = result.check(check.id)
            passes = entry is not None and entry.passed and not missing
            checks.add(passes, slice=result.id, check=check.id)
            judged.add(entry is not None and bool(entry.findings), slice=result.id, check=check.id)
        for remark in dict.fromkeys(result.remarks):
            remarks.add(1, slice=result.id, remark=remark)
    yield from (found, passed, checks, judged, remarks)


def _figures(report: Report) -> Iterator[Family]:
    values = {
        name: Family(
            f"metric_{name}",
            f"Figures in {name}." if name != "flag" else "Figures that are true (1) or false (0).",
            name if name in ("seconds", "rows", "bytes") else "",
        )
        for name in UNITS.values()
    }
    targets = {
        name: Family(
            f"metric_target_{name}",
            f"What a figure is held against, in {name}; op is how.",
            name if name in ("seconds", "rows", "bytes") else "",
        )
        for name in UNITS.values()
    }
    measured = Family("metric_measured", "Whether a figure was measured (1), or is null or MISSING (0).")
    passed = Family("metric_passed", "Whether a figure with a target and its check both hold.")
    words = Family("metric_text_info", "Figures that are words, such as risks and checksums; always 1.")
    wanted = Family("metric_target_text_info", "Targets that are words; always 1.")
    for result in report.results:
        for name, metric in _given(report, result):
            key = {"slice": result.id, "metric": name}
            points = [] if metric is None else _points(metric.value)
            measured.add(_is_measured(metric), **key)
            if metric is None:
                continue
            kind = UNITS[metric.unit]
            for statistic, value in points:
                values[kind].add(_based(value, metric.unit, statistic), **key, statistic=statistic)
            if isinstance(metric.value, str):
                words.add(1, **key, value=cut(metric.value))
            if metric.target is not None and isinstance(metric.target.value, int | float):
                targets[kind].add(_based(metric.target.value, metric.unit), **key, op=metric.target.op)
            if metric.target is not None and isinstance(metric.target.value, str):
                wanted.add(1, **key, op=metric.target.op, value=cut(metric.target.value))
            if metric.status is not None:
                passed.add(metric.status == "PASS", **key)
    yield from (*values.values(), *targets.values(), measured, passed, words, wanted)


def _given(report: Report, result: SliceResult) -> list[tuple[str, Metric | None]]:
    """The figures of one slice; where it is MISSING the required ones, each without a value."""
    metrics = report.metrics(result)
    if metrics is not None:
        return list(metrics.items())
    kind = next(field.type for field in fields(result.source.kind.record) if field.name == "metrics")
    return [(field.name, None) for field in fields(kind) if field.default is not UNSET]


def _is_measured(metric: Metric | None) -> bool:
    """Every element of an array must be; an empty one holds nothing."""
    if metric is None or metric.value is None:
        return False
    return not isinstance(metric.value, list) or (bool(metric.value) and None not in metric.value)


def _points(value: Any) -> Sequence[tuple[str, int | float]]:
    """The figure; of an array its median, its worst and its count. A null trial has no worst."""
    if isinstance(value, list):
        known = [element for element in value if element is not None]
        points: list[tuple[str, int | float]] = [("count", len(value))]
        points += [("median", median(known))] if known else []
        return [*points, ("worst", max(known))] if known and len(known) == len(value) else points
    return [("value", value)] if isinstance(value, int | float) else []


def _evidence(report: Report) -> Iterator[Family]:
    window = report.proof.evidence.window
    coherent = Family("window_coherent", "Whether the evidence is of one coherent run.")
    coherent.add(window.coherent)
    span = Family("window_span_seconds", "Latest minus earliest time stamp of the slices found.", "seconds")
    if window.span_seconds is not None:
        span.add(window.span_seconds)
    limit = Family("window_limit_seconds", "The longest window that is coherent.", "seconds")
    limit.add(window.limit_seconds)
    times = Family("evidence_timestamp_seconds", "A slice's embedded time stamp, Unix time.", "seconds")
    files = Family("evidence_file_info", "A slice's report file and its digest; always 1.")
    for file in report.proof.evidence.files:
        if file.generated_at is not None:
            times.add(_unix(file.generated_at), slice=file.slice)
        files.add(1, slice=file.slice, path=file.path, sha256=file.sha256)
    thresholds = Family("threshold_seconds", "Alerting thresholds derived from write_lag.", "seconds")
    derived = report.proof.thresholds
    for name in ("healthy", "degraded", "alert") if derived is not None else ():
        thresholds.add(in_seconds(getattr(derived, f"{name}_ms")), threshold=name)
    yield from (coherent, span, limit, times, files, thresholds)


def _claims(report: Report) -> Iterator[Family]:
    trials = Family("claim_trials", "Trials that a claim is based on.")
    bound = Family(
        "claim_failure_probability_bound",
        "Failure probability that the trials exclude at 95 % confidence, if they are independent and alike.",
    )
    wanted = Family("claim_trials_wanted", "Further passing trials that a lower failure probability needs.")
    quantile = Family(
        "claim_quantile_bound_seconds",
        "What a share of cases stays within at 95 % confidence, if trials are independent and alike.",
        "seconds",
    )
    for entry in report.strength:
        trials.add(entry.trials, check=entry.check)
        if entry.fails_below is not None:
            bound.add(entry.fails_below, check=entry.check)
        for share, missing in entry.more:
            wanted.add(missing, check=entry.check, failure_probability=f"{share:.6g}")
        for share, value in entry.quantiles:
            quantile.add(in_seconds(value), check=entry.check, share=f"{share:.6g}")
    yield from (trials, bound, wanted, quantile)


def _based(value: float | bool, unit: str | None, statistic: str = "") -> float | bool:
    """A figure in its base unit: milliseconds as seconds; a count of elements is none of either."""
    return in_seconds(value) if unit == "ms" and statistic != "count" else value


def in_seconds(milliseconds: float) -> float:
    """Exactly as written, three places on: 54.019 ms are 0.054019 s and not what a division makes of it."""
    return float(Decimal(repr(milliseconds)).scaleb(-3))


def _unix(instant: str) -> float | int:
    seconds = parse_instant(instant).timestamp()
    return int(seconds) if seconds.is_integer() else seconds


def _labelled(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{escape(value)}"' for name, value in labels) + "}"


def escape(value: str) -> str:
    """A label's value; hidden characters are written out as everywhere, so a line feed cannot occur."""
    return visible(value).replace("\\", "\\\\").replace('"', '\\"')


def _number(value: float | bool) -> str:
    return str(int(value)) if isinstance(value, bool) else repr(value)
