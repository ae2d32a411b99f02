"""`haproof diff` from the outside: statuses, formats, what is refused and in which words."""

import json
import re
from pathlib import Path

import pytest

from builders import EvidenceSet, fail, full, seed, write
from diffs import Run, artifact, changed, flat


def test_a_run_and_itself(tmp_path: Path, diff: Run) -> None:
    run = write(tmp_path / "a", full())
    status, out, err = diff(run, run)
    assert (status, err) == (0, "")
    assert "Worse" not in out
    assert "Unchanged: 10 of 10 VAL26 checks, 50 of 50 slice checks, 77 of 77 metrics." in out
    assert "same evidence, byte for byte" in out
    assert out.endswith("\nResult: NO REGRESSION (nothing differs)\n")
    status, out, _ = diff(run, run, "--format", "json")
    tree = json.loads(out)
    assert status == 0
    assert all(
        tree[name] == []
        for name in ("obstacles", "levels", "requirements", "slices", "checks", "slice_checks", "figures")
    )
    assert (tree["verdict"], tree["outcome"]) == (None, "no regression")


def test_a_missed_target_is_a_regression_with_both_values_and_the_margin(tmp_path: Path, diff: Run) -> None:
    a = write(tmp_path / "a", seed())
    b = write(tmp_path / "b", changed("VAL13", sigterm_failover_ms=5342))
    status, out, _ = diff(a, b)
    assert status == 1
    assert "VAL13 sigterm_failover_ms: 342 ms → 5342 ms [target <= 5,000 ms]" in out
    assert "margin 93.16 % → -6.84 % (-100 points)" in out
    assert "HA DESIGN PARTNER READY: ready → not ready" in out
    for change in ("DP-2      MET → NOT MET", "VAL26-06  PASS → FAIL", "VAL13-03  PASS → FAIL"):
        assert change in out
    assert out.splitlines()[-1].startswith("Result: REGRESSION (")
    status, out, _ = diff(b, a)
    assert status == 0
    assert "VAL26-06  FAIL → PASS" in out
    assert out.splitlines()[-1].startswith("Result: NO REGRESSION (")


@pytest.mark.parametrize("value", [5000.0004, None])
def test_just_beyond_a_target_is_never_rounded_onto_it(
    value: float | None, tmp_path: Path, diff: Run
) -> None:
    a = write(tmp_path / "a", changed("VAL13", sigterm_failover_ms=4999))
    b = write(tmp_path / "b", changed("VAL13", sigterm_failover_ms=value))
    status, out, _ = diff(a, b)
    assert status == 1
    assert ("4999 ms → 5000.0004 ms" if value else "4999 ms → not measured") in out
    assert ("0.02 % → -0.000008 %" if value else "0.02 % → none") in out


def test_single_trials_carry_no_difference(tmp_path: Path, diff: Run) -> None:
    a = write(tmp_path / "a", seed())
    b = write(tmp_path / "b", changed("VAL15", backup_ms=29_000))
    status, out, _ = diff(a, b)
    assert status == 0
    assert "Inconclusive (the values differ" in out
    assert "VAL15 backup_ms: 1247 ms → 29000 ms [target <= 30,000 ms]" in out
    assert "margin 95.84 % → 3.33 % (-92.51 points)" in out
    assert "a single measurement on a side" in out
    assert out.endswith("Result: NO REGRESSION (1 inconclusive)\n")


SLOW = [float(n) for n in range(200, 210)]
FAST = [float(n) for n in range(50, 60)]


@pytest.mark.parametrize(
    ("before", "after", "status", "words"),
    [
        (FAST, SLOW, 1, "10 and 10 trials, p < 0.0001"),
        (SLOW, FAST, 0, "10 and 10 trials, p < 0.0001"),
        (FAST[:5], SLOW[:5], 1, "5 and 5 trials, p = 0.0079"),
        (FAST[:4], SLOW[:4], 0, "4 and 4 trials are too few: they can at best reach p = 0.0286"),
        (FAST, [n + 2 for n in FAST], 0, "as far apart by chance"),
        (FAST, [n + 20 for n in FAST], 0, "less than the poll interval of 50 ms"),
        ([n + 1000 for n in FAST], [n + 1060 for n in FAST], 0, "less than the tolerance of 10 %"),
        (FAST, [*SLOW[:5], *FAST[5:]], 1, "10 and 10 trials, p = 0.0031"),
        (SLOW, [*FAST[:9], None], 1, "its target and its check: PASS before, FAIL after"),
    ],
    ids=[
        "slower",
        "faster",
        "five-of-each",
        "four-of-each",
        "overlapping",
        "under-the-poll",
        "tolerated",
        "half",
        "null",
    ],
)
def test_what_trials_can_carry(
    before: list[float | None],
    after: list[float | None],
    status: int,
    words: str,
    tmp_path: Path,
    diff: Run,
) -> None:
    runs = [
        write(
            tmp_path / name,
            changed(
                "VAL13",
                sigkill_trials_ms=trials,
                sigkill_failover_ms=None if None in trials else max(n for n in trials if n is not None),
            ),
        )
        for name, trials in (("a", before), ("b", after))
    ]
    found, out, _ = diff(*runs)
    assert (found, words in flat(out)) == (status, True), out


def test_the_tolerance_is_the_users(tmp_path: Path, diff: Run) -> None:
    a = write(tmp_path / "a", changed("VAL13", sigkill_trials_ms=[n + 1000 for n in FAST]))
    b = write(tmp_path / "b", changed("VAL13", sigkill_trials_ms=[n + 1060 for n in FAST]))
    assert diff(a, b)[0] == 0
    assert diff(a, b, "--tolerance", "5")[0] == 1
    for wrong in ("-1", "x", "nan", "inf", "1001"):
        status, out, err = diff(a, b, "--tolerance", wrong)
        assert (status, out) == (2, "")
        assert err.count("\n") == 1
        assert "is not a percentage" in err


def test_faster_trials_of_which_fewer_came_are_not_better(tmp_path: Path, diff: Run) -> None:
    a = write(tmp_path / "a", changed("VAL13", full, sigterm_takeover_trials_ms=[n / 10 for n in SLOW]))
    b = write(
        tmp_path / "b", changed("VAL13", full, sigterm_takeover_trials_ms=[*(n / 10 for n in FAST[:9]), None])
    )
    for runs in ((a, b), (b, a)):
        status, out, _ = diff(*runs)
        assert status == 0
        assert "but with more not measured" in flat(out)
        assert out.endswith("Result: NO REGRESSION (1 inconclusive)\n")


def test_other_conditions_are_another_figure(tmp_path: Path, diff: Run) -> None:
    a = write(tmp_path / "a", changed("VAL15", full, rows=2000))
    b = write(tmp_path / "b", changed("VAL15", full, rows=2_000_000, backup_ms=20_000))
    status, out, _ = diff(a, b)
    assert status == 0
    assert "measured under other conditions: rows 2000 and 2000000" in out


def test_lost_rows_are_counted_not_estimated(tmp_path: Path, diff: Run) -> None:
    a = write(tmp_path / "a", changed("VAL13", data_loss_rows=1))
    b = write(tmp_path / "b", changed("VAL13", data_loss_rows=2))
    assert diff(a, b)[0] == 1
    assert diff(b, a)[0] == 0


def test_failed_here_and_missing_there_is_nobodys_to_tell(tmp_path: Path, diff: Run) -> None:
    failed, gone = seed(), seed()
    for n in range(1, 11):
        fail(failed["VAL16"], f"VAL16-{n:02}")
    del gone["VAL16"]
    a, b = write(tmp_path / "a", failed), write(tmp_path / "b", gone)
    for runs in ((a, b), (b, a)):
        status, out, _ = diff(*runs)
        assert status == 3
        assert "Unknown (failed on one side, no evidence on the other):" in out
        assert out.splitlines()[-1].startswith("Result: INCONCLUSIVE (")


def test_a_kind_beyond_the_slices_is_compared_by_its_status(tmp_path: Path, diff: Run) -> None:
    kind = {
        "id": "SOAK",
        "name": "Soak",
        "passed": 3,
        "failed": 0,
        "total": 3,
        "detail": None,
        "path": None,
        "generated_at": None,
        "age_seconds": None,
        "metrics": None,
    }
    paths = []
    for name, status in (("a", "PASS"), ("b", "FAIL")):
        paths.append(artifact(tmp_path / name, seed()))
        tree = json.loads(paths[-1].read_text())
        paths[-1].write_text(json.dumps(tree | {"beyond": [kind | {"status": status}]}))
    status_, out, _ = diff(*paths)
    assert status_ == 1
    assert re.search(r"SOAK +PASS → FAIL\n +Soak\n", out)


def test_a_safety_that_is_no_longer_measured_is_worse(tmp_path: Path, diff: Run) -> None:
    a = write(tmp_path / "a", full())
    reports = full()
    del reports["VAL17"]["metrics"]["protected_write_refused"]
    status, out, _ = diff(a, write(tmp_path / "b", reports))
    assert status == 1
    assert "VAL17 protected_write_refused: true → not given" in out


def test_a_slice_that_neither_has_is_said(tmp_path: Path, diff: Run) -> None:
    reports = seed()
    del reports["VAL15"]
    run = write(tmp_path / "a", reports)
    status, out, _ = diff(run, run)
    assert status == 0
    assert "No evidence on either side: VAL15." in out


def test_artifacts_say_the_same_as_their_evidence(tmp_path: Path, diff: Run) -> None:
    worse = changed("VAL13", full, sigterm_failover_ms=5342)
    fail(worse["VAL13"], "VAL13-10")
    a, b = artifact(tmp_path / "a", full()), artifact(tmp_path / "b", worse)
    status, short, _ = diff(a, b)
    assert status == 1
    assert "VAL13-10  PASS → FAIL" in short
    _, whole, _ = diff(tmp_path / "a" / "evidence", tmp_path / "b" / "evidence")
    _, mixed, _ = diff(tmp_path / "a" / "evidence", b)
    said = flat(whole)
    assert [flat(out.replace(" (from the JSON artifact)", "")) for out in (short, mixed)] == [said] * 2


def test_one_failed_check_for_another_is_both_worse_and_better(tmp_path: Path, diff: Run) -> None:
    one, other = seed(), seed()
    fail(one["VAL16"], "VAL16-05")
    fail(other["VAL16"], "VAL16-08")
    a, b = artifact(tmp_path / "a", one), artifact(tmp_path / "b", other)
    status, out, _ = diff(a, b)
    assert status == 1
    assert "VAL16-08  PASS → FAIL" in out
    assert "VAL16-05  FAIL → PASS" in out


def test_checks_that_an_artifact_does_not_name_are_not_guessed(tmp_path: Path, diff: Run) -> None:
    one, other = seed(), seed()
    fail(one["VAL16"], "VAL16-05", "see VAL16-01; VAL16-02")
    fail(other["VAL16"], "VAL16-08")
    a, b = artifact(tmp_path / "a", one), artifact(tmp_path / "b", other)
    status, out, _ = diff(a, b)
    assert status == 3
    assert "9 passed → 9 passed" in out
    fail(other["VAL16"], "VAL16-09")
    status, out, _ = diff(a, artifact(tmp_path / "c", other))
    assert status == 1
    assert "9 passed → 8 passed" in out


def test_markdown_is_a_comment_that_nothing_breaks(tmp_path: Path, diff: Run) -> None:
    a = write(tmp_path / "a", full())
    b = write(tmp_path / "b", changed("VAL17", full, quorum_loss_reason="`|` @team\n<b>"))
    status, out, _ = diff(a, b, "--format", "markdown")
    assert status == 0
    assert out.startswith("## VAL26 comparison: no regression\n")
    row = next(line for line in out.splitlines() if "quorum_loss_reason" in line)
    assert row.startswith(
        "| changed | VAL17 `quorum_loss_reason` | connection refused | <code>&#96;&#124;&#96;"
    )
    assert row.count("|") == 8
    assert "@" not in row


def test_markdown_fits_a_comment_and_says_what_it_leaves_out(tmp_path: Path, diff: Run) -> None:
    path = artifact(tmp_path / "a", full())
    tree = json.loads(path.read_text()) | {"schema_version": "1.2"}
    metric = {"value": "w" * 200, "unit": None, "target": None, "status": None}
    for side, word in (("b", "x"), ("c", "y")):
        group = {f"figure_{n}": {**metric, "value": word * 200} for n in range(300)}
        tree["metrics"]["failover"] |= group
        (tmp_path / f"{side}.json").write_text(json.dumps(tree))
    status, out, _ = diff(tmp_path / "b.json", tmp_path / "c.json", "--format", "markdown")
    assert status == 0
    assert 50_000 < len(out.encode()) < 65_536
    assert " more rows, for which a comment has no room." in out
    assert out.endswith("**Result: NO REGRESSION (300 changed)**\n")


@pytest.mark.parametrize("name", ["rows_duplicated", "non_holder_accepted", "answers_invalid"])
def test_counts_of_what_must_not_happen_are_compared_one_by_one(tmp_path: Path, diff: Run, name: str) -> None:
    def with_count(count: int) -> EvidenceSet:
        reports = full()
        reports["VAL13"]["metrics"] |= {name: count}
        return reports

    few, more = write(tmp_path / "a", with_count(2)), write(tmp_path / "b", with_count(3))
    for before, after, word in ((few, more, "worse"), (more, few, "better")):
        tree = json.loads(diff(before, after, "--format", "json")[1])
        changed = [row for row in tree["figures"] if row["name"] == name]
        assert [(row["direction"], row["reason"]) for row in changed] == [(word, "counted one by one")]


def test_other_epochs_are_no_other_target(tmp_path: Path, diff: Run) -> None:
    reports = full()
    reports["VAL16"]["metrics"] |= {"epoch_before_recovery": 20, "epoch_after_recovery": 21}
    status, out, _ = diff(write(tmp_path / "a", full()), write(tmp_path / "b", reports))
    assert (status, "NOT COMPARABLE" in out.upper()) == (0, False)


def test_a_length_of_an_outage_is_neither_better_nor_worse(tmp_path: Path, diff: Run) -> None:
    reports = full()
    reports["VAL17"]["metrics"]["loss_held_ms"] = 20_000
    tree = json.loads(
        diff(write(tmp_path / "a", full()), write(tmp_path / "b", reports), "--format", "json")[1]
    )
    assert [row["direction"] for row in tree["figures"] if row["name"] == "loss_held_ms"] == ["changed"]
