"""CALIBRATION in the report: which requirement it settles, and what takes that away."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from builders import NOON, full, judged, write
from haproof.calibration.evidence import write as write_calibration
from haproof.core.histories.calibration import Lag, Sampled, Session, encode
from haproof.core.model import RequirementRow

AT = "2026-03-23T11:00:00Z"
LIMIT = timedelta(days=90)


def calibrated(folder: Path, seconds: float = 86_400) -> None:
    """Samples of a production primary, and everything that follows from them."""
    own = folder / "calibration"
    own.mkdir(parents=True)
    lines: list[Any] = [
        Session(
            at="2026-03-22T11:00:00Z",
            source="db:5432",
            system_identifier="7",
            server_version="17.2",
            in_recovery=False,
            role_ok=True,
            lab=False,
        ),
        *(Lag(standby=1, write_lag_ms=number % 89 / 10) for number in range(1200)),
        Sampled(at=AT, seconds=seconds, readings=1200, nulls=0, standbys=1),
    ]
    (own / "samples.jsonl").write_bytes(b"".join(map(encode, lines)))
    write_calibration(own)


def ga3(folder: Path, at: datetime = NOON) -> RequirementRow:
    rows = judged(folder, full(), at).proof.readiness["ga"].requirements
    return next(row for row in rows if row.id == "GA-3")


def test_nothing_of_it_is_judged_as_before(tmp_path: Path) -> None:
    row = ga3(tmp_path)
    assert (row.state, row.detail) == ("NO EVIDENCE", "not among the evidence of VAL13-VAL17")


def test_a_passing_calibration_meets_ga_3(tmp_path: Path) -> None:
    calibrated(tmp_path)
    told = "CALIBRATION PASS; 1 h old, valid until 2026-06-21T11:00:00Z"
    assert (ga3(tmp_path).state, ga3(tmp_path).detail) == ("MET", told)


def test_a_failing_one_does_not(tmp_path: Path) -> None:
    calibrated(tmp_path, seconds=3600)
    assert (ga3(tmp_path).state, ga3(tmp_path).detail) == ("NOT MET", "CALIBRATION-02 FAIL")


@pytest.mark.parametrize(("more", "state"), [(0, "MET"), (1, "NOT MET")])
def test_it_lasts_ninety_days(tmp_path: Path, more: int, state: str) -> None:
    calibrated(tmp_path)
    row = ga3(tmp_path, datetime.fromisoformat(AT) + LIMIT + timedelta(seconds=more))
    assert row.state == state
    if more:
        assert row.detail == "CALIBRATION is 90 days 1 s old (at most 90 days): run it again"


def spoil(path: Path) -> None:
    path.write_text("{")


def not_run(path: Path) -> None:
    head = {"schema_version": "1", "slice": "CALIBRATION", "name": "x", "generated_at": AT}
    path.write_text(json.dumps(head | {"not_run": "no primary"}))


@pytest.mark.parametrize(("damage", "said"), [(spoil, "CALIBRATION MISSING: "), (not_run, "no primary")])
def test_one_that_cannot_be_read_or_was_not_run_is_no_evidence(
    tmp_path: Path, damage: Callable[[Path], None], said: str
) -> None:
    calibrated(tmp_path)
    damage(tmp_path / "calibration" / "calibration-report.json")
    row = ga3(tmp_path)
    assert row.state == "NO EVIDENCE"
    assert said in row.detail


def test_it_changes_neither_verdict_nor_the_level_below(tmp_path: Path) -> None:
    without = judged(write(tmp_path / "without", full()).parent / "without", full())
    calibrated(tmp_path / "with", seconds=1)
    failing = judged(tmp_path / "with", full())
    assert failing.proof.verdict == without.proof.verdict
    assert [row.id for row in failing.proof.beyond] == ["CALIBRATION"]
