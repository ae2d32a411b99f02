"""The page as readers have it: from disk, offline, scripts off; by eye, by keyboard, with axe-core, on paper.

`scripts/test-browser.sh` installs what these need and runs them. Without Chromium, Node or the npm packages
they are skipped, and say what is missing.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from broken_runs import BROKEN, SYSTEM
from builders import judged
from golden.cases import everything_measured
from haproof.render.charts.palette import DARK, LIGHT
from haproof.render.writers.html import render
from unit.render_html.cases import CASES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

HERE = Path(__file__).parent
READINGS = ("light", "dark", "narrow")
WIDE = ("wide", "widest")
TALLEST = {"light": 7_000, "narrow": 16_000}
"""Pixels that the page of a run that is ready may take, 1280 and 360 pixels wide."""


def found(*names: str) -> str | None:
    return next((path for name in names if (path := shutil.which(name))), None)


CHROMIUM = os.environ.get("HAPROOF_CHROMIUM") or found("chromium", "chromium-browser", "google-chrome")
NODE = found("node")


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[n : n + 2], 16)) for n in (1, 3, 5))})"


def page(case: str, folder: Path) -> bytes:
    """The report of one case or of one broken run, or the history of three runs, each unlike the one before
    in more words than its neighbours leave room for."""
    if case in BROKEN:
        return render(BROKEN[case].make(folder / "evidence"))
    if case != "history":
        return render(
            judged(folder / "evidence", (everything_measured if case == "ready" else CASES[case])())
        )
    for n, run in enumerate(("full", "failing", "seed")):
        reports = CASES[run]()
        for report in reports.values():
            report["generated_at"] = report["generated_at"].replace("-03-23T", f"-03-{20 + n}T")
            report["environment"] = report.get("environment", {}) | {"chaos": [f"fault {n} of many " * 30]}
        judged(folder / "runs" / run, reports)
    history = [sys.executable, "-m", "haproof", "history", str(folder / "runs"), "--format", "html"]
    return subprocess.run(history, capture_output=True, timeout=60, check=True).stdout


PAGES = ("ready", "failing", "hostile", "nothing", "history")


@pytest.fixture(scope="module", params=PAGES)
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return looked(request.param, tmp_path_factory.mktemp("page"))


def looked(case: str, folder: Path, *flags: str) -> dict[str, Any]:
    """What Chromium sees of one page."""
    if CHROMIUM is None or NODE is None:
        pytest.skip("Chromium or Node is not installed: run scripts/test-browser.sh")
    if not (HERE / "node_modules" / "axe-core").is_dir():
        pytest.skip("npm packages are not installed: run scripts/test-browser.sh")
    kept = os.environ.get("HAPROOF_SCREENSHOTS")
    report = folder / "report.html"
    report.write_bytes(page(case, folder))
    shots = Path(kept) / case if kept else folder
    shots.mkdir(parents=True, exist_ok=True)
    run = subprocess.run(
        [
            NODE,
            str(HERE / "look.cjs"),
            str(report),
            CHROMIUM,
            str(shots),
            *(["keep"] if kept else []),
            *flags,
        ],
        capture_output=True,
        text=True,
        timeout=220,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    printed = shots / "print.pdf"
    return found | {"pdf": printed.read_bytes() if printed.is_file() else b"", "address": report.as_uri()}


@pytest.mark.parametrize("reading", [*READINGS, *WIDE])
def test_opens_offline_without_a_word_on_the_console(seen: dict[str, Any], reading: str) -> None:
    assert seen[reading]["said"] == []
    assert seen[reading]["asked"] == [seen["address"]]


@pytest.mark.parametrize("reading", [*READINGS, *WIDE])
def test_style_is_let_in_by_the_policy_and_follows_the_scheme(seen: dict[str, Any], reading: str) -> None:
    assert seen[reading]["styled"]
    assert seen[reading]["paper"] == rgb((DARK if reading == "dark" else LIGHT)["paper"])


@pytest.mark.parametrize("reading", [*READINGS, *WIDE])
def test_nothing_reaches_over_the_edge(seen: dict[str, Any], reading: str) -> None:
    assert seen[reading]["scrolls"] <= 0
    assert seen[reading]["over"] == []


@pytest.mark.parametrize("reading", [*READINGS, *WIDE])
@pytest.mark.parametrize("folds", ["folded", "opened"])
def test_no_text_lies_on_other_text_or_crosses_a_rule(seen: dict[str, Any], reading: str, folds: str) -> None:
    assert seen[reading][folds] == {"cells": [], "over": []}


@pytest.mark.parametrize("reading", [*READINGS, *WIDE])
def test_no_table_goes_on_without_a_hint(seen: dict[str, Any], reading: str) -> None:
    assert seen[reading]["cut"] == []


@pytest.mark.parametrize("reading", [*READINGS, *WIDE])
def test_no_line_parts_a_date(seen: dict[str, Any], reading: str) -> None:
    assert seen[reading]["parted"] == []


def test_a_wide_screen_is_used(seen: dict[str, Any]) -> None:
    assert seen["wide"]["width"] >= 1800
    assert seen["wide"]["height"] <= seen["light"]["height"]


@pytest.mark.parametrize("reading", READINGS)
def test_axe_finds_no_violation(seen: dict[str, Any], reading: str) -> None:
    assert seen[reading]["violations"] == []


def test_keyboard_reaches_every_place_in_order_and_shows_where_it_is(seen: dict[str, Any]) -> None:
    light = seen["light"]
    assert len(light["places"]) > 20
    assert [stop["html"] for stop in light["tabbed"]] == light["places"]
    assert all(stop["seen"] for stop in light["tabbed"])


def test_prints_to_a4_with_nothing_cut_or_closed(seen: dict[str, Any]) -> None:
    assert seen["print"] == {"cut": [], "closed": 0}
    assert seen["pdf"].startswith(b"%PDF-")
    boxes = {box.split(b"]")[0] for box in seen["pdf"].split(b"/MediaBox")[1:]}
    assert boxes
    for box in boxes:
        left, bottom, width, height = (float(part) for part in box.strip(b" [").split())
        assert (left, bottom) == (0, 0)
        assert width == pytest.approx(595, abs=1)
        assert height == pytest.approx(842, abs=1)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return looked("ready", tmp_path_factory.mktemp("ready"), "quick")


@pytest.mark.parametrize("reading", sorted(TALLEST))
def test_a_run_that_is_ready_is_short(ready: dict[str, Any], reading: str) -> None:
    assert ready[reading]["height"] <= TALLEST[reading]


def test_the_first_screen_of_a_run_that_is_ready_is_complete(ready: dict[str, Any]) -> None:
    """Whose it is, the verdict, on what machine, when, how much it is worth, what blocks the next level."""
    first = " ".join(ready["light"]["first"].split())
    for words in (
        SYSTEM,
        "HA DESIGN PARTNER READY",
        "local processes on one machine",
        "claims are based on a single run",
        "Evidence age when judged",
        "HA GA READY",
        *("GA-1", "GA-2", "GA-3"),
        "What this does not prove",
    ):
        assert words in first, words


@pytest.fixture(scope="module", params=sorted(BROKEN))
def broken(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, Any]]:
    return request.param, looked(request.param, tmp_path_factory.mktemp("broken"), "quick")


@pytest.mark.parametrize("reading", sorted(TALLEST))
def test_the_first_screen_names_system_reason_and_next_step(
    broken: tuple[str, dict[str, Any]], reading: str
) -> None:
    name, seen = broken
    first = " ".join(seen[reading]["first"].split())
    assert SYSTEM in first
    assert "NOT READY" in first
    assert BROKEN[name].reason in first
    assert BROKEN[name].next in first
    assert "local processes on one machine" in first
    assert "claims are based on a single run" in first
    assert "Evidence age when judged" in first
