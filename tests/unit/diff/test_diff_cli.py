"""`haproof diff` from the outside: statuses, formats, what is refused and in which words."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builders import EvidenceSet, fail, full, judged, seed, write
from haproof.cli import main
from haproof.render import render

TIME = ["--generated-at", "2026-03-23T12:00:00Z"]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def diff(capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    def run(*arguments: object) -> tuple[int, str, str]:
        status = main(["diff", *map(str, arguments), *TIME])
        captured = capsysbinary.readouterr()
        return status, captured.out.decode(), captured.err.decode()

    return run


def flat(out: str) -> str:
    """The words, however they were broken into lines."""
    return " ".join(out.replace(" … ", " ").split())


def artifact(folder: Path, reports: EvidenceSet, **changes: Any) -> Path:
    """The JSON artifact of an evidence set, with some of its keys replaced."""
    report = judged(folder / "evidence", reports)
    path = folder / "val26-proof-report.json"
    path.write_text(json.dumps(json.loads(render(report, "json")) | changes), encoding="utf-8")
    return path


def changed(slice_id: str, made: Callable[[], EvidenceSet] = seed, **metrics: Any) -> EvidenceSet:
    reports = made()
    reports[slice_id]["metrics"] |= metrics
    return reports


def everywhere(made: Callable[[], EvidenceSet] = seed, **environment: Any) -> EvidenceSet:
    reports = made()
    for report in reports.values():
        report["environment"] |= environment
    return reports


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


@pytest.mark.parametrize(
    ("key", "value", "name"),
    [
        ("platform", "kubernetes", "topology platform: docker → kubernetes"),
        ("cluster", "three nodes", "topology cluster"),
        ("chaos", ["iptables"], "topology chaos"),
        ("database", "MySQL", "topology database"),
        ("system", {"name": "other", "version": "1"}, "topology system"),
    ],
)
def test_another_topology_is_not_compared(
    key: str, value: object, name: str, tmp_path: Path, diff: Run
) -> None:
    a = write(tmp_path / "a", everywhere(system={"name": "node", "version": "1"}))
    other: Any = {"system": {"name": "node", "version": "1"}, key: value}
    b = write(tmp_path / "b", everywhere(seed, **other))
    status, out, _ = diff(a, b)
    assert status == 3
    assert "Not Comparable:" in out
    assert name in flat(out)
    assert "Metrics:" not in out
    assert f"Result: NOT COMPARABLE (topology {key})" in out
    status, out, _ = diff(a, b, "--format", "json")
    tree = json.loads(out)
    assert (status, tree["outcome"], tree["figures"]) == (3, "not comparable", [])
    assert [(stop["kind"], stop["name"]) for stop in tree["obstacles"]] == [("topology", key)]


def test_a_slice_of_another_topology_is_found_among_five(tmp_path: Path, diff: Run) -> None:
    reports = seed()
    reports["VAL14"]["environment"]["platform"] = "kubernetes"
    a, b = write(tmp_path / "a", seed()), write(tmp_path / "b", reports)
    status, out, _ = diff(a, b)
    assert status == 3
    assert "docker → VAL13, VAL15, VAL16, VAL17: docker; VAL14: kubernetes" in flat(out)


def test_a_missing_slice_is_no_other_topology(tmp_path: Path, diff: Run) -> None:
    mixed = seed()
    mixed["VAL14"]["environment"]["platform"] = "kubernetes"
    a = write(tmp_path / "a", mixed)
    del mixed["VAL14"]
    b = write(tmp_path / "b", mixed)
    status, out, _ = diff(a, b)
    assert status == 1
    assert "VAL14     PASS → MISSING" in out
    assert "VAL26-02  PASS → NO EVIDENCE" in out


def test_versions_may_differ_and_are_named(tmp_path: Path, diff: Run) -> None:
    a = write(
        tmp_path / "a", everywhere(system={"name": "our node", "version": "1.2"}, database_version="17.2")
    )
    b = write(
        tmp_path / "b", everywhere(system={"name": "our node", "version": "1.3"}, database_version="18.0")
    )
    status, out, _ = diff(a, b)
    assert status == 0
    assert "version system: our node 1.2 → our node 1.3" in out
    assert "version database: " in out


def test_another_machine_is_named(tmp_path: Path, diff: Run) -> None:
    a, b = (write(tmp_path / f"{n}", everywhere(host={"cores": n, "machine": "x"})) for n in (2, 4))
    status, out, _ = diff(a, b)
    assert status == 0
    assert "host cores: 2 → 4" in out
    assert "host machine" not in out
    _, out, _ = diff(write(tmp_path / "none", seed()), a)
    assert "host cores: not recorded → 2" in out
    assert "figures follow the machine" in out


def test_a_pass_that_rests_on_less_is_named(tmp_path: Path, diff: Run) -> None:
    poorer = full()
    del poorer["VAL16"]["observations"]
    a, b = write(tmp_path / "a", full()), write(tmp_path / "b", poorer)
    status, out, _ = diff(a, b)
    assert status == 0
    assert re.search(r"  evidence VAL16: 10 of 10 checks re-judged → \d of 10 checks re-judged\n", out)
    assert "evidence VAL13" not in out
    _, out, _ = diff(b, a)
    assert re.search(r"  evidence VAL16: \d of 10 checks re-judged → 10 of 10 checks re-judged\n", out)


def test_other_targets_are_not_compared(tmp_path: Path, diff: Run) -> None:
    a = write(tmp_path / "a", full())
    b = write(tmp_path / "b", changed("VAL13", full, lock_bound_ms=3000))
    status, out, _ = diff(a, b)
    assert status == 3
    assert "target hung_leader_failover_ms: <= 2,000 → <= 4,000" in out
    path = artifact(tmp_path / "c", full())
    tree = json.loads(path.read_text())
    tree["schema_version"] = "1.2"
    tree["metrics"]["failover"]["sigterm_failover_ms"]["target"]["value"] = 4000
    path.write_text(json.dumps(tree))
    status, out, _ = diff(a, path)
    assert status == 3
    assert "target sigterm_failover_ms: <= 5,000 → <= 4,000" in out


@pytest.mark.parametrize(("version", "status"), [("0.1.0", 0), (None, 3)])
def test_a_limit_that_only_one_version_knows_is_no_obstacle(
    tmp_path: Path, diff: Run, version: str | None, status: int
) -> None:
    a, path = write(tmp_path / "a", full()), artifact(tmp_path / "b", full())
    tree = json.loads(path.read_text())
    tree["schema_version"] = "1.2"
    tree["generator"]["version"] = version or tree["generator"]["version"]
    tree["metrics"]["backup_restore"]["rows"] |= {"target": None, "status": None}
    path.write_text(json.dumps(tree))
    for runs in ((a, path), (path, a)):
        ended, out, _ = diff(*runs)
        assert ended == status
        assert ("target rows: " in out) == (version is None)
        assert "worse" not in out


def test_own_targets_are_no_targets(tmp_path: Path, diff: Run) -> None:
    same = changed("VAL15", seed, checksum_cli="cd" * 32, checksum_file="cd" * 32)
    a, b = write(tmp_path / "a", seed()), write(tmp_path / "b", same)
    status, out, _ = diff(a, b)
    assert status == 0
    assert "Result: NO REGRESSION (2 changed)" in out


def test_another_schema_is_not_compared(tmp_path: Path, diff: Run) -> None:
    a, b = artifact(tmp_path / "a", seed()), artifact(tmp_path / "b", seed(), schema_version="2.0")
    status, out, err = diff(a, b)
    assert (status, out) == (2, "")
    assert "$.schema_version: version '2.0' is not known; this reader knows 1.x" in err
    minor = artifact(tmp_path / "c", seed(), schema_version="1.7", a_key_of_tomorrow={"x": 1})
    assert diff(a, minor)[0] == 0


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


@pytest.mark.parametrize("empty", ["nothing in it", "a slice's folder", "val26 only"])
def test_a_side_without_any_slice_is_refused(empty: str, tmp_path: Path, diff: Run) -> None:
    folder = tmp_path / "a"
    (folder / {"nothing in it": ".", "a slice's folder": "val13", "val26 only": "val26"}[empty]).mkdir(
        parents=True
    )
    run = write(tmp_path / "b", seed())
    for sides in ((folder, folder), (folder, run), (run, folder)):
        status, out, err = diff(*sides)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert "holds no slice report at all" in err


def test_an_artifact_of_no_evidence_is_refused(
    tmp_path: Path, diff: Run, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "a").mkdir()
    main(["report", str(tmp_path / "a")])
    capsysbinary.readouterr()
    artifact = tmp_path / "a" / "val26" / "val26-proof-report.json"
    status, out, err = diff(artifact, write(tmp_path / "b", seed()))
    assert (status, out) == (2, "")
    assert "holds no slice report at all" in err


def test_the_folder_of_the_runs_is_refused_with_the_newest_named(tmp_path: Path, diff: Run) -> None:
    for name in ("cli-audit-lab-2026-03-23-9", "cli-audit-lab-2026-03-23-10"):
        run = write(tmp_path / "evidence" / name, seed())
    status, out, err = diff(run, tmp_path / "evidence")
    assert (status, out) == (2, "")
    assert f"2 runs are below it: the newest is '{run}'" in err


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
    assert " more metrics differ; a comment has no room for them." in out
    assert out.endswith("**Result: NO REGRESSION (300 changed)**\n")


def sigterm(**changes: Any) -> Callable[[Any], None]:
    """Change one figure of the artifact."""
    return lambda tree: tree["metrics"]["failover"]["sigterm_failover_ms"].update(changes)


SIGTERM = "$.metrics.failover.sigterm_failover_ms"
DEFECTS: dict[str, Callable[[Any], None]] = {
    f"{SIGTERM}.status: PASS, but 5001 is not <= its target": sigterm(value=5001),
    f"{SIGTERM}.status: PASS, but not measured is not <= its target": sigterm(value=None),
    f"{SIGTERM}.value: expected numbers of 0 or more (ms)": sigterm(value="fast"),
    f"{SIGTERM}.value: expected numbers of 0 or more": sigterm(value=True),
    f"{SIGTERM}.value: expected numbers of 0": sigterm(value=-1),
    f"{SIGTERM}.status: null, although": sigterm(status=None),
    "$.metrics.failover.rapid_cycle_ms.status: PASS, but": lambda tree: tree["metrics"]["failover"][
        "rapid_cycle_ms"
    ].update(value=[1, 2, None]),
    "$.metrics.failover.data_loss_rows.status: PASS, but 1 is not =": lambda tree: tree["metrics"][
        "failover"
    ]["data_loss_rows"].update(value=1),
    "$.metrics.backup_restore.checksum_cli.status: PASS": lambda tree: tree["metrics"]["backup_restore"][
        "checksum_cli"
    ].update(value="00"),
    "$.evidence.window.latest: not an RFC 3339": lambda tree: tree["evidence"]["window"].update(latest="now"),
    "$.generated_at: no such date": lambda tree: tree.update(generated_at="2026-02-30T00:00:00Z"),
    "$.evidence.files: lists no report of VAL14, which is PASS": lambda tree: tree["evidence"]["files"].pop(
        1
    ),
    "$.checks: expected VAL26-01 to VAL26-10": lambda tree: tree["checks"].pop(),
    "$.slices: expected VAL13 to VAL17": lambda tree: tree["slices"].reverse(),
    "$.report: expected 'VAL26'": lambda tree: tree.update(report="VAL27"),
    "$.summary: says 9 pass": lambda tree: tree["summary"].update({"pass": 9}),
    "$.metrics.failover: null exactly where": lambda tree: tree["metrics"].update(failover=None),
    "VAL13 is PASS, its counts say otherwise": lambda tree: tree["slices"][0].update(passed=9),
    "VAL26-02 is FAIL, VAL14 is PASS": lambda tree: tree["checks"][1].update(status="FAIL"),
    "$.readiness.ga.ready: is true": lambda tree: tree["readiness"]["ga"].update(ready=True),
    "$.readiness.ga.requirements: must name": lambda tree: tree["readiness"]["ga"].update(requirements=[]),
    "$.verdict: does not agree with the checks and the levels": lambda tree: tree.update(
        verdict="NOT READY (VAL26-01)"
    ),
    "$.verdict: expected a text, got a whole number": lambda tree: tree.update(verdict=1),
    "$: key 'readiness' is missing": lambda tree: tree.pop("readiness"),
    "$.checks[0].status: 'MAYBE' is not one of": lambda tree: tree["checks"][0].update(status="MAYBE"),
}


@pytest.mark.parametrize("sentence", DEFECTS)
def test_an_artifact_that_is_none_is_refused_in_one_sentence(
    sentence: str, tmp_path: Path, diff: Run
) -> None:
    path = artifact(tmp_path, seed())
    tree = json.loads(path.read_text())
    DEFECTS[sentence](tree)
    path.write_text(json.dumps(tree))
    status, out, err = diff(path, path)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert sentence in err
    assert "val26-proof-report.json" in err


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b'{"a": 1, "a": 2}', b"null", b"[" * 200_000, b'{"x": NaN}']
)
def test_a_file_that_is_no_artifact_is_refused_in_one_sentence(
    content: bytes, tmp_path: Path, diff: Run
) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    status, out, err = diff(path, path)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "Traceback" not in err


def test_what_cannot_be_read_is_refused_in_one_sentence(tmp_path: Path, diff: Run) -> None:
    run = write(tmp_path / "a", seed())
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    for path in (tmp_path / "nothing", tmp_path / "pipe", tmp_path / "loop", "\x1b[31m"):
        for arguments in ((path, run), (run, path)):
            status, out, err = diff(*arguments)
            assert (status, out, err.count("\n")) == (2, "", 1), err
            assert "\x1b" not in err


def test_usage(diff: Run, tmp_path: Path) -> None:
    assert diff()[0] == 2
    assert diff(tmp_path)[0] == 2
    assert diff(tmp_path, tmp_path, "--format", "html")[0] == 2


def test_evidence_is_never_changed(tmp_path: Path, diff: Run) -> None:
    run = write(tmp_path / "a", seed())
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    diff(run, run)
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


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
