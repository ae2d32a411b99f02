"""`haproof history` from the outside: what is shown, in which order, and the file that only grows."""

import html.parser
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builders import EvidenceSet, fail, full, judged, seed, write
from haproof.cli import main
from haproof.render import render as render_report

TIME = ["--generated-at", "2026-12-31T12:00:00Z"]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def show(capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    def run(*arguments: object) -> tuple[int, str, str]:
        status = main(["history", *map(str, arguments), *TIME])
        captured = capsysbinary.readouterr()
        return status, captured.out.decode(), captured.err.decode()

    return run


def dated(day: int, made: Callable[[], EvidenceSet] = full) -> EvidenceSet:
    reports = made()
    for report in reports.values():
        report["generated_at"] = report["generated_at"].replace("2026-03-23", f"2026-03-{day:02}")
    return reports


def flattened(out: str) -> str:
    """The text in one line, without the marks of what goes on."""
    return " ".join(out.replace("… ", "").split())


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Four runs: slower each day; the third fails a target, the fourth lacks a slice and a trial."""
    folder = tmp_path / "evidence"
    for day in (11, 9, 10, 12):
        reports = dated(day)
        reports["VAL15"]["metrics"]["backup_ms"] = 40_000 if day == 11 else 1000 * (day - 8)
        if day == 12:
            del reports["VAL14"]
            reports["VAL17"]["metrics"]["recovery_ms"] = None
        if day == 9:
            del reports["VAL16"]["metrics"]["recovery_ms"]
        write(folder / f"run-{day}", reports)
    (folder / "notes").mkdir()
    (folder / "notes.txt").write_text("not a run")
    return folder


def test_runs_are_in_order_of_their_evidence(runs: Path, show: Run) -> None:
    status, out, err = show(runs)
    assert (status, err) == (0, "")
    assert out.startswith("VAL26 — History of 4 runs\n")
    assert [line.strip() for line in out.splitlines() if "/evidence/run-" in line] == [
        str(runs / f"run-{day}") for day in (9, 10, 11, 12)
    ]
    flat = flattened(out)
    assert "✓ HA DESIGN PARTNER READY; 10/10 checks; version" in flat
    assert "✗ NOT READY (VAL26-03, VAL26-10); 8/10 checks; VAL15 FAIL; version" in flat
    assert "7/10 checks; VAL14 MISSING, VAL17 FAIL; version" in flat
    assert "first 1000 ms; latest 4000 ms; margin 86.67 %; worst 40000 ms (run 3); measured in 4 of 4" in flat
    assert "VAL15 backup_ms [target <= 30,000 ms]" in out
    assert "first 6120 ms; latest not measured; worst 6120 ms (run 1); measured in 3 of 4 runs" in flat
    assert "latest not given" in out


@pytest.mark.parametrize("form", ["text", "html"])
def test_one_run_is_no_runs(form: str, runs: Path, show: Run) -> None:
    _, out, _ = show(runs / "run-9", "--format", form)
    assert "measured in 1 of 1 run" in flattened(out)
    assert "1 runs" not in flattened(out)


def test_each_way_to_name_a_run_is_the_same_run(runs: Path, tmp_path: Path, show: Run) -> None:
    artifact = tmp_path / "val26-proof-report.json"
    artifact.write_bytes(render_report(judged(runs / "run-9", dated(9)), "json"))
    _, out, _ = show(runs / "run-9", artifact, runs / "run-9", "--format", "jsonl")
    assert len(out.splitlines()) == 1
    lines = tmp_path / "one.jsonl"
    lines.write_text(out)
    _, again, _ = show(lines, runs / "run-9", "--format", "jsonl")
    assert again == out
    _, out, _ = show(runs / "run-12", lines)
    assert out.startswith("VAL26 — History of 2 runs\n")


def test_a_line_is_plain_json_that_any_engine_reads(runs: Path, show: Run) -> None:
    _, out, _ = show(runs, "--format", "jsonl")
    entries = [json.loads(line) for line in out.splitlines()]
    assert [entry["evidence_of"] for entry in entries] == [
        f"2026-03-{d:02}T11:20:00Z" for d in (9, 10, 11, 12)
    ]
    assert [entry["ready"]["design_partner"] for entry in entries] == [True, True, False, False]
    assert [entry["metrics"]["backup_restore"]["backup_ms"]["value"] for entry in entries] == [
        1000,
        2000,
        40_000,
        4000,
    ]
    assert entries[3]["metrics"]["replication_lag"] is None
    assert [entry["summary"]["pass"] for entry in entries] == [10, 10, 8, 7]
    assert len({entry["run"] for entry in entries}) == 4
    assert all(re.fullmatch("[0-9a-f]{64}", entry["run"]) for entry in entries)


def test_the_file_only_grows_and_holds_each_run_once(runs: Path, tmp_path: Path, show: Run) -> None:
    path = tmp_path / "deep" / "history.jsonl"
    status, _, err = show(runs / "run-11", runs / "run-9", "--append", path)
    assert (status, err) == (0, f"haproof: {str(path)!r}: 2 added, 0 there already, 2 in all\n")
    first = path.read_bytes()
    assert [json.loads(line)["evidence_dir"][-2:] for line in first.splitlines()] == ["-9", "11"]
    inode = path.stat().st_ino
    _, out, err = show(runs / "run-9", "--append", path)
    assert "0 added, 1 there already, 2 in all" in err
    assert (path.read_bytes(), path.stat().st_ino) == (first, inode)
    assert out.startswith("VAL26 — History of 2 runs\n")
    _, out, _ = show(runs, "--append", path)
    assert path.read_bytes().startswith(first)
    assert len(path.read_bytes().splitlines()) == 4
    assert out.startswith("VAL26 — History of 4 runs\n")
    assert sorted(os.listdir(path.parent)) == ["history.jsonl"]


def test_a_moved_run_is_the_same_run(runs: Path, tmp_path: Path, show: Run) -> None:
    path = tmp_path / "history.jsonl"
    show(runs / "run-9", "--append", path)
    (runs / "run-9").rename(tmp_path / "elsewhere")
    assert "0 added, 1 there already" in show(tmp_path / "elsewhere", "--append", path)[2]


def test_a_missing_last_line_feed_joins_nothing(runs: Path, tmp_path: Path, show: Run) -> None:
    path = tmp_path / "history.jsonl"
    show(runs / "run-9", "--append", path)
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert show(runs / "run-10", "--append", path)[0] == 0
    assert len([json.loads(line) for line in path.read_text().splitlines()]) == 2


def test_a_link_stays_a_link(runs: Path, tmp_path: Path, show: Run) -> None:
    (tmp_path / "link.jsonl").symlink_to("real.jsonl")
    assert show(runs / "run-9", "--append", tmp_path / "link.jsonl")[0] == 0
    assert (tmp_path / "link.jsonl").is_symlink()
    assert len((tmp_path / "real.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("damage", "where"),
    [
        (b"{", "line 3"),
        (b"[]", "line 3"),
        (b'{"run": 1}', "line 3"),
        (b"\xff", "line 3"),
    ],
)
def test_a_damaged_file_is_refused_and_stays_as_it_is(
    damage: bytes, where: str, runs: Path, tmp_path: Path, show: Run
) -> None:
    path = tmp_path / "history.jsonl"
    show(runs / "run-9", runs / "run-10", "--append", path)
    damaged = path.read_bytes() + damage + b"\n"
    path.write_bytes(damaged)
    for arguments in ((runs / "run-11", "--append", path), (path,)):
        status, out, err = show(*arguments)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert f"{where}, is not an entry of a history" in err
    assert path.read_bytes() == damaged


@pytest.mark.parametrize("change", [{"evidence_of": "yesterday"}, {"slices": []}, {"metrics": None}])
def test_an_entry_that_cannot_be_shown_is_refused(
    change: dict[str, object], runs: Path, tmp_path: Path, show: Run
) -> None:
    path = tmp_path / "history.jsonl"
    _, out, _ = show(runs / "run-9", "--format", "jsonl")
    path.write_text(json.dumps(json.loads(out) | change))
    status, out, err = show(path)
    assert (status, out) == (2, "")
    assert "line 1" in err


def test_a_figure_beyond_its_target_is_no_pass_in_an_entry_either(
    runs: Path, tmp_path: Path, show: Run
) -> None:
    path = tmp_path / "history.jsonl"
    _, out, _ = show(runs / "run-9", "--format", "jsonl")
    tree = json.loads(out)
    tree["metrics"]["failover"]["sigterm_failover_ms"]["value"] = 5001
    path.write_text(json.dumps(tree))
    status, out, err = show(path)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "line 1, is not an entry of a history: $.metrics.failover.sigterm_failover_ms.status: PASS" in err


@pytest.mark.parametrize("append", [False, True])
def test_an_artifact_without_a_time_is_refused_before_anything_is_written(
    append: bool, runs: Path, tmp_path: Path, show: Run
) -> None:
    main(
        [
            "report",
            str(runs / "run-9"),
            "--output-dir",
            str(tmp_path),
            "--generated-at",
            "2026-03-30T00:00:00Z",
        ]
    )
    artifact = tmp_path / "val26-proof-report.json"
    tree = json.loads(artifact.read_text())
    tree["evidence"]["window"]["latest"] = "yesterday"
    artifact.write_text(json.dumps(tree))
    path = tmp_path / "history.jsonl"
    show()
    status, _, err = show(artifact, *(["--append", path] if append else []))
    assert (status, err.count("\n")) == (2, 1)
    assert "$.evidence.window.latest" in err
    assert not path.exists()


def test_a_file_that_cannot_be_written_is_one_sentence(runs: Path, tmp_path: Path, show: Run) -> None:
    (tmp_path / "a-file").write_text("")
    (tmp_path / "a-folder").mkdir()
    for path in (tmp_path / "a-file" / "history.jsonl", tmp_path / "a-folder"):
        status, out, err = show(runs / "run-9", "--append", path)
        assert (status, out, err.count("\n")) == (2, "", 1), err


def test_what_is_no_run_is_refused(tmp_path: Path, show: Run) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty.jsonl").write_text("\n")
    for path in (tmp_path / "nothing", tmp_path / "empty", tmp_path / "empty.jsonl"):
        status, out, err = show(path)
        assert (status, out, err.count("\n")) == (2, "", 1), err
    assert show()[0] == 2


def test_evidence_without_a_readable_report_is_shown_and_not_appended(tmp_path: Path, show: Run) -> None:
    (tmp_path / "run" / "val13").mkdir(parents=True)
    path = tmp_path / "history.jsonl"
    status, out, err = show(tmp_path, "--append", path)
    assert status == 0
    assert "no known time" in out
    assert "it is not appended" in err
    assert not path.exists()


def test_a_run_without_any_slice_is_refused_where_it_is_named(tmp_path: Path, show: Run) -> None:
    (tmp_path / "run" / "val13").mkdir(parents=True)
    good = write(tmp_path / "good", seed())
    status, out, err = show(good, tmp_path / "run", "--append", tmp_path / "history.jsonl")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "holds no slice report at all" in err
    assert not (tmp_path / "history.jsonl").exists()


def test_runs_that_cannot_be_compared_are_parted(tmp_path: Path, show: Run) -> None:
    for day, platform in ((1, "docker"), (2, "kubernetes"), (3, "kubernetes")):
        reports = dated(day, seed)
        for report in reports.values():
            report["environment"] |= {"platform": platform, "database": f"PostgreSQL on {platform}"}
        write(tmp_path / f"{day}", reports)
    _, out, _ = show(tmp_path)
    reasons = ("topology platform: docker → kubernetes", "PostgreSQL on docker → PostgreSQL on kubernetes")
    assert flattened(out).count("not comparable with the run before: topology platform: docker") == 1
    assert all(flattened(out).count(reason) == 1 for reason in reasons)
    _, page, _ = show(tmp_path, "--format", "html")
    assert page.count("Not comparable with the run before:<") == 1
    assert all(page.count(reason) == 1 for reason in reasons)


class Page(html.parser.HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_one_file_that_runs_and_fetches_nothing(runs: Path, show: Run) -> None:
    status, out, err = show(runs, "--format", "html")
    assert (status, err) == (0, "")
    page = Page(out)
    names = {tag for tag, _ in page.tags}
    assert names.isdisjoint({"script", "img", "iframe", "object", "embed", "form", "base"})
    for _, attributes in page.tags:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        for name in ("src", "href"):
            assert (attributes.get(name) or "#").startswith(("#", "data:,"))
    policy = next(
        a["content"] or "" for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.tags:
        for name in ("aria-labelledby", "href"):
            for key in (attributes.get(name) or "").split():
                assert not key.startswith("#") or key[1:] in ids or key == "#"
                assert name == "href" or key in ids


def test_the_style_is_the_one_that_the_policy_admits(runs: Path, show: Run) -> None:
    import base64
    import hashlib

    _, out, _ = show(runs, "--format", "html")
    sheet = re.search("<style>(.*)</style>", out, re.DOTALL)
    assert sheet is not None
    digest = base64.b64encode(hashlib.sha256(sheet[1].encode()).digest()).decode()
    assert f"sha256-{digest}" in out


def test_each_figure_has_its_chart_with_its_data_beside_it(runs: Path, show: Run) -> None:
    _, out, _ = show(runs, "--format", "html")
    _, text, _ = show(runs)
    figures = len(re.findall(r"^  VAL1\d \w+", text, re.MULTILINE))
    assert out.count('role="img"') == out.count("<desc") == out.count("<details>") == figures > 15
    assert "First 1,000 ms, latest 4,000 ms, worst 40,000 ms in run 3; measured in 4 of 4 runs" in out


def test_the_same_history_gives_the_same_bytes(runs: Path, show: Run) -> None:
    for form in ("text", "html", "jsonl"):
        assert show(runs, "--format", form) == show(runs, "--format", form)


def test_no_string_of_the_evidence_is_interpreted(tmp_path: Path, show: Run) -> None:
    reports = dated(1)
    hostile = "</code><script>alert(1)</script>\x1b[31m\u202e\n| x"
    for report in reports.values():
        report["environment"]["cluster"] = hostile
    fail(reports["VAL13"], "VAL13-01", hostile)
    place = write(tmp_path / "<img src=x onerror=alert(1)>", reports)
    other = dated(2)
    status, out, _ = show(place, write(tmp_path / "b", other))
    assert status == 0
    assert not any(character in out for character in "\x1b\u202e\r\t")
    assert "\n| x" not in out
    _, page, _ = show(place, tmp_path / "b", "--format", "html")
    assert {tag for tag, _ in Page(page).tags}.isdisjoint({"script", "img"})
    assert "<img src=x onerror=alert(1)>" in Page(page).text
    assert not any(character in page for character in "\x1b\u202e\r\t")
    _, lines, _ = show(place, "--format", "jsonl")
    assert not any(character in lines for character in "\x1b\u202e\r\t")
    assert hostile in json.loads(lines)["topology"]["cluster"]


def test_without_markupsafe_one_sentence_says_what_to_install(
    runs: Path, show: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "markupsafe", None)
    status, out, err = show(runs, "--format", "html")
    assert (status, out, err.count("\n")) == (5, "", 1)
    assert "-m pip install 'markupsafe>=" in err


def beyond(**metrics: object) -> dict[str, object]:
    return {"beyond": [{"id": "PITR", "status": "PASS", "path": "pitr/pitr-report.json", "metrics": metrics}]}


@pytest.mark.parametrize("number", [10**400, 10**300, 2**53])
@pytest.mark.parametrize(
    ("place", "where"),
    [
        (("metrics", "failover", "poll_interval_ms", "value"), "poll_interval_ms.value"),
        (("metrics", "failover", "rapid_cycle_ms", "value", 1), "rapid_cycle_ms.value"),
        (("metrics", "failover", "sigterm_failover_ms", "target", "value"), "ms.target.value: a number"),
        (("summary", "pass"), "$.summary"),
        (("beyond", 0, "metrics", "restore_ms"), "$.beyond[0].metrics.restore_ms"),
        (("beyond", 0, "metrics", "trials_ms", 0), "$.beyond[0].metrics.trials_ms"),
    ],
)
def test_a_number_that_no_evidence_may_hold_is_refused_with_its_line(
    place: tuple[str | int, ...], where: str, number: int, runs: Path, tmp_path: Path, show: Run
) -> None:
    path = tmp_path / "history.jsonl"
    line = show(runs / "run-9", "--format", "jsonl")[1]
    tree = json.loads(line) | beyond(restore_ms=5, trials_ms=[1, 2])
    found: Any = tree
    for key in place[:-1]:
        found = found[key]
    found[place[-1]] = number
    path.write_text(f"{line}{json.dumps(tree)}\n")
    status, out, err = show(path)
    if "target" in place and number < 10**400:  # a limit may be twice another figure
        assert status == 0
        return
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "line 2, is not an entry of a history" in err
    assert where in err
