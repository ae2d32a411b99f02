"""`haproof matrix`: clusters side by side, in every format; what cannot be shown is said in one sentence."""

import json
from pathlib import Path
from typing import Any

import pytest

from cluster_report import metrics, tree, trial
from haproof.cli import main
from haproof.kinds.cluster.faults import FAULTS

HOSTILE = "<script>alert(1)</script>|\x1b[31m"


def cluster(folder: Path, content: dict[str, Any], name: str = "Patroni", **settings: Any) -> str:
    environment = {
        "system": {"name": name, "version": "4.1"},
        "settings": {"manager": settings, "server": {"synchronous_commit": "on"}},
    }
    (folder / "cluster").mkdir(parents=True)
    report = json.dumps(tree(content, environment=environment))
    (folder / "cluster" / "cluster-report.json").write_text(report, encoding="utf-8")
    return str(folder)


def asynchronous() -> dict[str, Any]:
    content = metrics(mode="async", trials=[trial("cut-full", lost=54, overlap_ms=9_321.5)])
    return content | {
        "not_tried": [{"fault": fault, "reason": "no time"} for fault in FAULTS if fault != "cut-full"]
    }


def test_every_fault_is_shown_for_every_cluster(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = cluster(tmp_path / "a", metrics(), ttl=20, watchdog="off")
    other = cluster(tmp_path / "b", asynchronous(), ttl=30, watchdog="off")
    assert main(["matrix", one, other]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "54 lost; two primaries: 9.3 s" in shown
    assert "Patroni, async not tried: no time" in shown
    assert "ttl: Patroni, sync 20, Patroni, async 30" in shown
    assert "watchdog" not in shown


def test_the_same_system_twice_is_told_apart_by_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [cluster(tmp_path / name, metrics()) for name in ("a", "b")]
    assert main(["matrix", *paths, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [side["name"] for side in found["sides"]] == [f"Patroni, sync ({path})" for path in paths]
    assert list(found["sides"][0]["rows"]) == list(FAULTS)


@pytest.mark.parametrize("form", ["text", "html", "markdown", "json"])
def test_what_a_cluster_calls_itself_is_never_interpreted(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = cluster(tmp_path / "a", metrics(), HOSTILE, **{HOSTILE: HOSTILE})
    assert main(["matrix", path, "--format", form]) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    if form in ("html", "markdown"):
        assert "<script>" not in shown


def test_a_directory_without_a_cluster_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["matrix", str(tmp_path / "none")]) == 2
    assert "does not exist" in capsys.readouterr().err
    (tmp_path / "val13").mkdir()
    assert main(["matrix", str(tmp_path)]) == 2
    assert "holds no CLUSTER evidence" in capsys.readouterr().err
    (tmp_path / "cluster").mkdir()
    (tmp_path / "cluster" / "cluster-report.json").write_text("{}", encoding="utf-8")
    assert main(["matrix", str(tmp_path)]) == 2
    assert "cluster/cluster-report.json" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_page_and_comment_say_the_same(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = cluster(tmp_path / "a", metrics(), ttl=20, watchdog="off")
    other = cluster(tmp_path / "b", asynchronous(), ttl=30, watchdog="off")
    assert main(["matrix", one, other, "--format", form]) == 0
    shown = capsys.readouterr().out.replace("\xa0", " ")
    for words in ("clients that make a new one", "two primaries: 9.3 s", "not tried: no time", one, other):
        assert words in shown
    assert "ttl" in shown
    assert "watchdog" not in shown
    assert "✗ 54 lost" in shown
    assert "✗ two primaries: 9.3 s" in shown
    assert shown.count("✗") == 2
    assert "PostgreSQL on the primary's host, at once." in shown.replace("&#39;", "'")
