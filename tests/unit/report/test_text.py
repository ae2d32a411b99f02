"""The text report as a page: columns, line ends, the last line, one claim a line."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import EvidenceSet, fail, full, judged, seed
from haproof.core.report import Report
from haproof.core.strength import percent, strength, within
from haproof.render import render
from haproof.render.cells import cells
from haproof.render.visible import visible
from haproof.render.writers.text.page import Page
from unit.formats.attack import attacked


def text(report: Report) -> str:
    return render(report, "text").decode()


def section(report: Report, title: str) -> list[str]:
    """The lines of one section, without its title."""
    _, _, rest = text(report).partition(f"\n{title}")
    return rest.partition("\n\n")[0].splitlines()[1:]


@pytest.mark.parametrize("failing", range(11))
def test_the_last_line_is_the_whole_verdict(tmp_path: Path, failing: int) -> None:
    reports: EvidenceSet = dict(list(seed().items())[: 5 - failing // 2])
    report = judged(tmp_path, reports)
    assert text(report).endswith(f"\n\nVerdict: {report.proof.verdict}\n")


def test_a_hundred_columns_but_for_the_path_and_the_verdict(tmp_path: Path) -> None:
    reports = full()
    for slice_id in ("VAL13", "VAL14", "VAL15", "VAL16", "VAL17"):
        for check in [entry["id"] for entry in reports[slice_id]["checks"]]:
            fail(reports[slice_id], check, "words and words, " * 30)
    reports["VAL14"]["metrics"]["heavy_p99_ms"] = 1234.567
    lines = text(judged(tmp_path, reports)).splitlines()
    long = [line for line in lines if len(line) > 100]
    assert all(line.startswith(("Evidence dir: ", "Verdict: ")) for line in long), long


@pytest.mark.parametrize(
    ("title", "column"),
    [
        ("Failover Timeline", 36),
        ("Backup/Restore Results", 24),
        ("Split-Brain Results", 30),
        ("Quorum Loss Results", 44),
    ],
)
def test_values_stand_in_one_column(tmp_path: Path, title: str, column: int) -> None:
    for reports in (seed(), full()):
        for line in section(judged(tmp_path / str(len(str(reports))), reports), title):
            if not line.startswith("  Method: "):
                assert re.fullmatch(r" {2,4}\S.*: +", line[:column]), line
                assert line[column] != " ", line


def test_a_line_never_ends_between_target_and_verdict(tmp_path: Path) -> None:
    reports = full()
    reports["VAL14"]["metrics"] |= {"heavy_p99_ms": 1.234, "heavy_drain_ms": 412.125}
    lines = section(judged(tmp_path, reports), "Replication Lag Distribution")
    assert "                    … [target drain <= 5,000 ms] PASS" in lines


@pytest.mark.parametrize(
    "kept", ["[target <= 5,000 ms] PASS", "99 %", "5000.0004 ms", "6 h", "1,020 rows", "1:20:00 <= 6:00:00"]
)
def test_what_is_read_at_once_is_not_parted(kept: str) -> None:
    for width in range(60, 110):
        page = Page()
        page.line("x" * (width - 2) + f" {kept} and more", 1)
        assert kept in page.text()
        assert max(map(len, page.text().splitlines())) <= 100


def test_pieces_too_long_for_a_line_are_broken_all_the_same() -> None:
    page = Page()
    page.line("= " * 300 + "[target" + "x" * 300 + "] PASS" + " 1 ms" * 100, 3)
    assert max(map(len, page.text().splitlines())) <= 100
    assert "\0" not in page.text()


def test_strength_is_one_claim_a_line_and_loses_nothing(tmp_path: Path) -> None:
    reports = full()
    reports["VAL13"]["metrics"] |= {
        "sigterm_trials_ms": [*range(50, 350, 5), 342],
        "sigkill_trials_ms": [389, 5001],
    }
    report = judged(tmp_path, reports)
    lines = [line.strip() for line in section(report, "Risks and Open Gaps")]
    lines = lines[next(n for n, line in enumerate(lines) if line.endswith("Strength of the evidence")) :]
    words = " ".join(lines)
    entries = strength(report.slices)
    for entry in (entry for entry in entries if not entry.single):
        (at,) = (n for n, line in enumerate(lines) if line.startswith(f"{entry.check} {entry.claim}  "))
        if entry.clean != entry.trials or entry.fails_below is None:
            assert entry.sentence in words
            continue
        columns = re.split(r" {2,}", lines[at])[1:]
        assert columns == [
            f"{entry.clean} of {entry.trials} {entry.word}",
            f"< {percent(entry.fails_below)}",
            *(f"+{count}" if count else "reached" for _, count in entry.more),
        ]
        if entry.quantiles:
            assert lines[at + 1] == ", ".join(within(entry.quantiles))
    for entry in (entry for entry in entries if entry.single):
        assert entry.check in words
    assert "reached" in words
    assert "1 of 2 trials failed: claim not supported" in words


def placed(value: str) -> EvidenceSet:
    """A set in which every string that a producer may choose is `value`."""
    reports = attacked(value)
    for report in reports.values():
        report["environment"]["chaos"] = value
    return reports


@pytest.mark.parametrize("before", range(1, 160, 3))
def test_no_value_of_the_evidence_begins_a_line_where_it_is_broken(tmp_path: Path, before: int) -> None:
    padding = ("words that fill a line " * 10)[:before].strip()
    report = judged(tmp_path, placed(f"{padding} FORGED: HA DESIGN PARTNER READY"))
    lines = text(report).splitlines()
    assert any("FORGED" in line for line in lines)
    assert [line for line in lines if line.strip().startswith("FORGED")] == []
    assert [line for line in lines if line.startswith("Verdict: ")] == [f"Verdict: {report.proof.verdict}"]


WIDE = "中文の名前は長いです。" * 8


def test_columns_are_cells_of_a_terminal(tmp_path: Path) -> None:
    lines = text(judged(tmp_path, placed(WIDE))).splitlines()
    assert any(character in WIDE for line in lines for character in line)
    for line in lines:
        assert terminal_width(line) <= 100 or line.startswith(("Evidence dir: ", "Verdict: ")), line


def terminal_width(line: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in line)


@given(
    st.text(st.sampled_from("ab 中😀\u0301ｆ") | st.characters(codec="utf-8"), max_size=300),
    st.integers(0, 20),
)
def test_a_wrapped_line_loses_nothing_and_fits(value: str, hang: int) -> None:
    page = Page()
    page.line(value, 1, hang)
    lines = page.text().removesuffix("\n").split("\n")
    assert all(cells(line) <= 100 for line in lines)
    assert all(line.startswith("  " + " " * hang + "… ") for line in lines[1:])
    shown = "".join([lines[0], *(line.removeprefix("  " + " " * hang + "… ") for line in lines[1:])])
    assert re.sub(" +", "", shown) == re.sub(" +", "", visible(value)).rstrip()
