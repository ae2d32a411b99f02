"""Healthy nodes of unusual manners pass: slow answers, hints, chunks, HTTP/1.0, events newest first."""

from collections.abc import Iterator

import pytest

from lab.bad_run import BadRuns, bad_runs

pytestmark = [pytest.mark.lab, pytest.mark.timeout(400)]

CASES = (
    ("slow_and_old", "VAL13"),
    ("slow_and_old", "VAL17"),
    ("hangs_up", "VAL13"),
    ("unusual_answers", "VAL13"),
    ("unusual_answers", "VAL15"),
    ("unusual_answers", "VAL16"),
    ("unusual_answers", "VAL17"),
    ("answers_from_a_snapshot", "VAL17"),
    ("one_write_at_a_time", "VAL13"),
    ("turns_some_away", "VAL17"),
    ("tells_time_with_an_offset", "VAL15"),
    ("epochs_begin_high", "VAL16"),
    ("backups_in_folders", "VAL15"),
    ("trail_of_its_own", "VAL16"),
)

TIMING: dict[str, float] = {"answer_deadline_ms": 2000}
"""The slow one answers after 900 ms; the rest is for a machine that runs other tests as well."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BadRuns]:
    with bad_runs(tmp_path_factory.mktemp("healthy"), CASES, TIMING) as started:
        yield started


@pytest.mark.parametrize(("script", "slice_id"), CASES)
def test_an_unusual_healthy_node_passes(runs: BadRuns, script: str, slice_id: str) -> None:
    result = runs.result(script, slice_id)
    assert result.status == "PASS", [check for check in result.report["checks"] if check["status"] == "FAIL"]
