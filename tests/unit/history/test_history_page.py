"""The page and the text of a history: what a reader sees of many runs."""

import os
import re
from pathlib import Path

import pytest

from haproof.cli import main
from haproof.render.cells import cells
from haproof.render.history import View, render
from haproof.render.history.course import drawn_top
from history_lines import as_history, course, encoded, not_ready, tree


def page_of(trees: list[dict[str, object]], pages: dict[str, str] | None = None) -> str:
    return render(View(as_history(trees), pages or {}), "html").decode()


def text_of(trees: list[dict[str, object]], columns: int = 100) -> str:
    return render(View(as_history(trees), {}, columns), "text").decode()


@pytest.mark.parametrize(
    ("made", "sign", "tone"),
    [
        (tree(1), "✓", "pass"),
        (not_ready(tree(1)), "✗", "fail"),
        (not_ready(tree(1), "MISSING"), "?", "warn"),
    ],
)
def test_the_sign_is_that_of_the_verdict(made: dict[str, object], sign: str, tone: str) -> None:
    out = page_of([tree(0), made])
    assert re.search(rf'<section class="verdict {tone}"|class="verdict {tone}"', out)
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", out)
    assert heading is not None
    assert f">{sign}</span>" in heading[1]
    assert f"  {sign} " in text_of([tree(0), made])


def test_the_version_of_the_system_is_a_column_and_in_each_point_s_words() -> None:
    trees = [tree(n) for n in range(3)]
    trees[2]["topology"]["system"] = "node 7.1"
    out = page_of(trees)
    assert ">Version</th>" in out
    assert '<td role="cell" data-label="Version">7.1</td>' in out or ">7.1</td>" in out
    assert re.search(r"<title>run 3, 2026-11-01, version 7.1: [\d,.]+ ms</title>", out)
    assert re.search(r"<circle [^>]*><title>", out)
    assert "version 7.1" in text_of(trees)


def test_points_are_placed_by_time() -> None:
    trees = [tree(0), tree(1), tree(10)]
    out = page_of(trees)
    first = re.search(r'<svg[^>]*role="img".*?</svg>', out, re.DOTALL)
    assert first is not None
    places = [float(x) for x in re.findall(r'<circle cx="([\d.]+)%"', first[0])]
    assert places == sorted(places)
    gaps = (places[1] - places[0], places[2] - places[1])
    assert gaps[1] == pytest.approx(9 * gaps[0], rel=0.01)
    assert ">2026-10-30<" in first[0]
    assert ">2026-11-09<" in first[0]


def test_runs_of_one_moment_stand_side_by_side() -> None:
    trees = [tree(0) | {"run": f"{n:064x}"} for n in range(3)]
    first = re.search(r'<svg[^>]*role="img".*?</svg>', page_of(trees), re.DOTALL)
    assert first is not None
    assert len(set(re.findall(r'<circle cx="([\d.]+)%"', first[0]))) == 3


def test_one_outlier_does_not_flatten_the_rest() -> None:
    values = [50.0, 60.0, 55.0, 4800.0, 58.0, 52.0]
    assert drawn_top(values) == 60
    assert drawn_top([50.0, 60.0, 4800.0, 4900.0, 4700.0, 4600.0]) == 4900
    assert drawn_top([1.0, 1000.0]) == 1000
    assert drawn_top([0.0, 0.0, 0.0, 0.0, 7.0]) == 7
    out = text_of(course(values))
    bars = next(line.strip() for line in out.splitlines() if "▲" in line and "far above" not in line)
    assert bars[3] == "▲"
    assert set(bars.replace("▲", "")) <= set("▆▇█")
    assert ", ▲ above<" in page_of(course(values))


def test_a_run_s_page_is_linked_where_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names = ["evidence/run-1", "javascript:alert(1)", "a&b \"'#?%", str(tmp_path / "elsewhere")]
    trees = []
    for n, name in enumerate([*names, "without"]):
        trees.append(tree(n) | {"evidence_dir": name})
        if name != "without":
            os.makedirs(f"{name}/val26")
            Path(f"{name}/val26/val26-proof-report.html").write_text("")
    Path("h.jsonl").write_bytes(encoded(*trees))
    assert main(["history", "h.jsonl", "--format", "html"]) == 0
    out = capsys.readouterr().out
    links = [link for link in re.findall(r' href="([^"]*)"', out) if not link.startswith(("#", "data:"))]
    assert links == [
        f"{tmp_path}/elsewhere/val26/val26-proof-report.html",
        "./a%26b%20%22%27%23%3F%25/val26/val26-proof-report.html",
        "./javascript%3Aalert%281%29/val26/val26-proof-report.html",
        "./evidence/run-1/val26/val26-proof-report.html",
    ]


def test_a_page_of_many_runs_is_no_larger_than_one_of_few() -> None:
    sizes = [len(page_of([tree(n) for n in range(count)])) for count in (120, 1_200)]
    assert sizes[1] < 1.02 * sizes[0]
    assert sizes[1] < 1_500_000
    text = text_of([tree(n) for n in range(1_200)])
    assert "1,100 runs before these: in the history file" in text
    assert len(text.splitlines()) < 500


def test_older_runs_are_counted_with_what_they_came_to() -> None:
    trees = [tree(n) for n in range(130)]
    for one in trees[:7]:
        not_ready(one)
    assert "Not listed: 30 runs before these, 23 of them ready for design partners." in page_of(trees)


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_the_text_is_as_wide_as_the_terminal(columns: int) -> None:
    trees = course([52.0 * (1 + (n > 14)) + n % 7 for n in range(30)])
    trees[3]["topology"]["system"] = "節点 " + "長" * 150
    lines = text_of(trees, columns).splitlines()
    assert max(map(cells, lines)) <= columns
    assert max(map(cells, lines)) > columns - 15


def test_a_change_is_tinted_in_its_chart_and_said_under_it() -> None:
    out = page_of(course([52.0 + n % 5 for n in range(14)] + [104.0 + n % 5 for n in range(8)]))
    assert out.count('class="i-unnoticed"') == 1
    said = re.sub(r"<[^>]+>", "", out)
    assert said.count("SIGTERM failover (VAL13) doubled since run 15 (2026-11-13): median") == 2
    better = page_of(course([104.0 + n % 5 for n in range(14)] + [52.0 + n % 5 for n in range(8)]))
    assert better.count('class="i-healthy"') == 1
