"""Why a report is not ready: one sentence each with figure and limit, worst first, consequences left out."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from broken_runs import BROKEN as BROKEN_RUNS
from builders import NOON, EvidenceSet, fail, full, judged, seed
from haproof.api import assess, read_evidence
from haproof.core.model import Options, Reason
from haproof.core.nothing import every_key_null
from haproof.core.reasons import SEVERITIES
from haproof.core.report import Report
from haproof.kinds import HOUSE
from haproof.render import render


def sentences(report: Report) -> list[str]:
    return [reason.sentence for reason in report.reasons]


def with_metrics(slice_id: str, reports: EvidenceSet | None = None, **metrics: Any) -> EvidenceSet:
    reports = reports or full()
    reports[slice_id]["metrics"] |= metrics
    return reports


@pytest.mark.parametrize("reports", [seed(), full()])
def test_a_ready_report_has_none(tmp_path: Path, reports: EvidenceSet) -> None:
    assert judged(tmp_path, reports).reasons == ()


def test_a_late_trial_is_counted_among_its_trials(tmp_path: Path) -> None:
    trials = [56, 389, 58.25, 51, 52, 53, 54, 55, 57, 6210]
    reports = with_metrics("VAL13", sigkill_failover_ms=6210, sigkill_trials_ms=trials)
    fail(reports["VAL13"], "VAL13-05")
    (reason,) = judged(tmp_path, reports).reasons
    assert reason == Reason(
        id="VAL13-05",
        severity="failed",
        sentence="SIGKILL failover took 6,210 ms in 1 of 10 trials (limit 5,000 ms)",
        slice="VAL13",
        check="VAL13-05",
        path="val13/val13-report.json",
        pointer="/metrics/sigkill_failover_ms",
        next="Look into val13/ (see haproof explain VAL13-05), fix the cause and run again",
    )


@pytest.mark.parametrize(
    ("trials", "said"),
    [
        ([6210, 5001.0004], "took up to 6,210 ms in 2 of 2 trials (limit 5,000 ms)"),
        ([5000.0004, 9], "took 5,000.0004 ms in 1 of 2 trials (limit 5,000 ms)"),
        ([None, 9], ": not measured in 1 of 2 trials (limit 5,000 ms)"),
        (
            [None, 9, 1_234_567],
            "took up to 1,234,567 ms or was not measured in 2 of 3 trials (limit 5,000 ms)",
        ),
        ([], ": no trials (at least 1)"),
    ],
)
def test_trials_of_every_kind(tmp_path: Path, trials: list[float | None], said: str) -> None:
    reports = with_metrics("VAL13", sigkill_trials_ms=trials)
    fail(reports["VAL13"], "VAL13-05")
    (sentence,) = sentences(judged(tmp_path, reports))
    assert sentence.removeprefix("SIGKILL failover").strip() == said


def test_a_contradiction_says_that_the_report_says_pass(tmp_path: Path) -> None:
    (reason,) = judged(tmp_path, with_metrics("VAL13", data_loss_rows=3)).reasons
    assert reason.severity == "contradiction"
    assert reason.sentence == "3 acknowledged rows lost (limit 0), although the report says PASS"
    assert reason.next == "Fix the VAL13 producer and run again; treat its other results with caution"


def test_one_row_is_a_row(tmp_path: Path) -> None:
    reports = with_metrics("VAL13", data_loss_rows=1)
    fail(reports["VAL13"], "VAL13-04")
    assert sentences(judged(tmp_path, reports)) == ["1 acknowledged row lost (limit 0)"]


def test_a_missing_slice_names_the_file(tmp_path: Path) -> None:
    reports = seed()
    del reports["VAL14"]
    (reason,) = judged(tmp_path, reports).reasons
    assert (reason.id, reason.severity, reason.slice) == ("RUN-MISSING-VAL14", "missing", "VAL14")
    assert reason.sentence == "No replication-lag evidence: val14/val14-report.json not found"


def test_without_any_slice_each_is_missing_and_the_window_is_no_reason(tmp_path: Path) -> None:
    found = judged(tmp_path, {}).reasons
    assert [reason.id for reason in found] == [f"RUN-MISSING-{kind.id}" for kind in HOUSE.window]


@pytest.mark.parametrize(
    ("at", "max_age", "sentence"),
    [
        (timedelta(), 2399, "The latest report is 40 min old (limit 39 min 59 s, by --max-age)"),
        (
            timedelta(days=9, hours=2),
            129_600,
            "The latest report is 9 days old (limit 1 day 12 h, by --max-age)",
        ),
        (
            -timedelta(minutes=45, microseconds=1),
            None,
            (
                "A report is dated 2026-03-23T11:20:00Z, 5 min 0.000001 s after the time of judgement "
                "2026-03-23T11:14:59.999999Z (limit 5 min)"
            ),
        ),
    ],
)
def test_evidence_too_old_or_ahead(tmp_path: Path, at: timedelta, max_age: int | None, sentence: str) -> None:
    judged(tmp_path, seed())
    options = Options(max_age_seconds=max_age)
    report = assess(read_evidence(str(tmp_path)), NOON + at, options)
    assert sentences(report) == [sentence]
    assert report.reasons[0].severity == "incoherent"
    assert report.proof.options == options
    assert not report.says_no


def test_an_age_exactly_at_the_limit_is_not_too_old(tmp_path: Path) -> None:
    judged(tmp_path, seed())
    assert assess(read_evidence(str(tmp_path)), NOON, Options(max_age_seconds=2400)).ready


def test_the_worst_comes_first_and_consequences_are_left_out(tmp_path: Path) -> None:
    reports = full()
    del reports["VAL14"]
    reports["VAL15"]["generated_at"] = "2026-03-23T01:00:00Z"
    with_metrics("VAL16", reports, user_rows_after=19)
    fail(reports["VAL16"], "VAL16-07")
    with_metrics("VAL17", reports, recovery_ms=31_000, recovery_trials_ms=[31_000])
    fail(reports["VAL13"], "VAL13-10")
    found = judged(tmp_path, reports).reasons
    assert [(reason.severity, reason.id) for reason in found] == [
        ("contradiction", "VAL17-06"),
        ("loss", "VAL16-07"),
        ("failed", "VAL13-10"),
        ("missing", "RUN-MISSING-VAL14"),
        ("incoherent", "RUN-WINDOW"),
    ]
    assert found[1].sentence == "User rows after the recovery: 19 (must be 20)"
    assert found[2].sentence.startswith("VAL13-10 failed, as reported by the producer: killed nodes rejoin")


def test_two_checksums_that_differ_are_one_sentence_that_names_both(tmp_path: Path) -> None:
    (reason,) = judged(tmp_path, with_metrics("VAL15", checksum_cli="cd" * 32)).reasons
    assert reason.sentence == (
        "The SHA-256 that the command line printed is cdcdcdcdcdcd…, not abababababab…, which is the SHA-256 "
        "of the archive file, although the report says PASS"
    )


def test_what_a_sentence_goes_on_with_begins_small_but_for_names(tmp_path: Path) -> None:
    reports = with_metrics("VAL13", data_loss_rows=3, rows_acknowledged=0, rows_duplicated=None)
    (reason,) = judged(tmp_path, reports).reasons
    assert reason.sentence.partition(", although")[0] == (
        "3 acknowledged rows lost (limit 0); 0 rows acknowledged (at least 1); "
        "number of rows stored more than once: not measured (must be 0)"
    )
    trials = with_metrics("VAL13", sigkill_trials_ms=[6000], sigkill_accepting_trials_ms=[7000])
    (reason,) = judged(tmp_path, trials).reasons
    assert "; SIGKILL to the first write acknowledged after it took 7,000 ms" in reason.sentence


def test_every_figure_of_every_rule_has_its_words() -> None:
    for kind in HOUSE.kinds:
        record = every_key_null(kind)
        for finding in (finding for check in kind.checks for finding in check.judge(record)):
            figure = finding.figure
            assert sum(map(bool, (figure.subject, figure.counts, figure.asks))) == 1, finding.name
            assert bool(figure.asks) == bool(figure.broken), finding.name


@pytest.mark.parametrize("kind", HOUSE.window, ids=lambda kind: kind.id)
def test_what_was_not_measured_is_said_for_every_check(tmp_path: Path, kind: Any) -> None:
    reports = full()
    for group in ("metrics", "observations"):
        reports[kind.id][group] = dict.fromkeys(reports[kind.id][group])
    found = [reason for reason in judged(tmp_path, reports).reasons if reason.slice == kind.id]
    assert [reason.check for reason in found] == [check.id for check in kind.checks]
    for reason in found:
        assert ": not measured" in reason.sentence
        assert reason.sentence.endswith(", although the report says PASS")
        assert reason.severity in SEVERITIES


@pytest.mark.parametrize("name", BROKEN_RUNS)
def test_every_format_says_why_in_the_words_of_the_reasons(name: str, tmp_path: Path) -> None:
    report = BROKEN_RUNS[name].make(tmp_path)
    said = " ".join(row.detail for row in report.proof.checks)
    for reason in report.reasons:
        if reason.check is not None:
            assert f"{reason.check}: {reason.sentence}" in said
    for entry in report.proof.contradictions:
        assert entry.detail in entry.said(report.reasons)
    for form in ("text", "json", "markdown", "html", "junit"):
        assert "the rule is" not in render(report, form).decode()
