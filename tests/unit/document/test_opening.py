"""What every document opens with, for eight broken runs: whose system, why, and what to do next."""

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from broken_runs import BROKEN, SYSTEM
from builders import judged, seed
from golden.cases import everything_measured
from haproof.core.report import Report
from haproof.render.document.blocks import Reason, State
from haproof.render.document.shown_first import shown_first
from haproof.render.writers.html import render
from haproof.render.writers.pdf import render as render_pdf
from unit.render_html.reader import Element, read


@pytest.fixture(params=sorted(BROKEN))
def name(request: pytest.FixtureRequest) -> str:
    given: str = request.param
    return given


def squeezed(text: str) -> str:
    return "".join(text.split())


def reasons(root: Element) -> list[Element]:
    """The reasons on the first screen, each a paragraph with a link."""
    return [item for listed in root.by_id("verdict").all("ol") for item in listed.children]


def test_the_page_opens_with_system_reason_and_next_step(name: str, tmp_path: Path) -> None:
    run = BROKEN[name]
    root = read(render(run.make(tmp_path)))
    said = root.by_id("verdict").said()
    assert said.startswith(SYSTEM)
    first = reasons(root)[0].said()
    assert run.reason in first
    assert f"Next: {run.next}" in first or run.next in first.partition("Next: ")[2]
    assert root.all("title")[0].text() == f"{SYSTEM}: NOT READY — VAL26 HA Proof Report"


@pytest.mark.parametrize(
    ("run", "kept"),
    [("too_old", "--max-age"), ("incoherent_window", "2026-03-23"), ("lost_rows", "VAL13-04")],
)
def test_no_line_parts_a_date_an_id_or_an_option(run: str, kept: str, tmp_path: Path) -> None:
    root = read(render(BROKEN[run].make(tmp_path)))
    whole = [span.text() for span in root.all("span") if span.attributes.get("class") == "whole"]
    assert kept in whole
    assert ".whole{white-space:nowrap}" in root.all("style")[0].text()


@pytest.mark.parametrize("most", range(1, 8))
def test_what_to_do_next_is_said_beside_the_reasons_that_are_shown_first(most: int) -> None:
    def one(n: int, following: str) -> Reason:
        return Reason(state=State("FAIL", "fail"), sentence=f"{n}", anchor="a", place="p", next=following)

    given = tuple(one(n, following) for n, following in enumerate(["", "A", "", "", "B", ""]))
    first, rest = shown_first(given, most)
    assert [reason.sentence for reason in (*first, *rest)] == [reason.sentence for reason in given]
    assert first[-1].next == ("A" if most < 3 else "B" if most < 6 else "")
    assert tuple(first[:-1]) == given[: len(first) - 1]
    assert tuple(rest) == given[most:]


def test_each_reason_leads_to_its_evidence_on_the_page(name: str, tmp_path: Path) -> None:
    report = BROKEN[name].make(tmp_path)
    root = read(render(report))
    links = [link for item in reasons(root) for link in item.all("a")]
    assert len(links) == len(report.proof.reasons)
    for link, reason in zip(links, report.proof.reasons, strict=True):
        place = root.by_id(link.attributes["href"].removeprefix("#"))
        assert (reason.check or reason.slice or "Evidence window") in place.text()
        folds = [fold for fold in ancestors(place) if fold.name == "details"]
        assert all("open" in fold.attributes for fold in folds)


def ancestors(element: Element) -> list[Element]:
    found = []
    while element.parent is not None:
        element = element.parent
        found.append(element)
    return found


def test_the_cover_of_the_pdf_says_the_same(name: str, tmp_path: Path) -> None:
    run = BROKEN[name]
    reader = PdfReader(io.BytesIO(render_pdf(run.make(tmp_path))))
    cover = squeezed(reader.pages[0].extract_text())
    assert squeezed(SYSTEM) in cover
    assert squeezed(run.reason) in cover
    assert squeezed(run.next) in cover
    assert squeezed("claims are based on a single run") in cover
    assert squeezed("Evidence age when judged") in cover
    assert reader.metadata is not None
    assert reader.metadata.title == f"{SYSTEM}: NOT READY — VAL26 HA Proof Report"
    assert f"{SYSTEM}, judged 2026-03-23T12:00:00Z: NOT READY (" in str(reader.metadata.subject)


UNSURE = ("missing_slice", "schema_mismatch", "incoherent_window", "too_old")
"""Runs of which nothing that was found fails."""


def test_nothing_is_crossed_out_where_nothing_fails(name: str, tmp_path: Path) -> None:
    report = BROKEN[name].make(tmp_path)
    assert report.says_no == (name not in UNSURE)
    page = read(render(report)).by_id("main")
    paper = PdfReader(io.BytesIO(render_pdf(report)))
    printed = "".join(sheet.extract_text() for sheet in paper.pages)
    for words in (page.said(), page.text(), printed):
        assert ("✗" in words) is report.says_no


def description(root: Element) -> str:
    (meta,) = [meta for meta in root.all("meta") if meta.attributes.get("name") == "description"]
    return meta.attributes["content"]


def facts(report: Report) -> dict[str, str]:
    pairs = read(render(report)).by_id("verdict").all("dl")[0].children
    return {pair.children[0].text(): pair.children[1].said() for pair in pairs}


def test_a_ready_run_says_on_what_it_is_based(tmp_path: Path) -> None:
    report = judged(tmp_path, everything_measured())
    root = read(render(report))
    assert description(root) == (
        f"VAL26 HA Proof Report of {SYSTEM}, judged 2026-03-23T12:00:00Z: HA DESIGN PARTNER READY"
    )
    assert reasons(root) == []
    said = facts(report)
    assert said["Tested on"].startswith("local processes on one machine")
    assert "not representative of cloud VM or multi-region deployments" in said["Tested on"]
    assert said["Recorded"] == (
        "2026-03-23 10:00 to 11:20 UTCAll reports within the 6-hour window, 1 h 20 min apart"
    )
    assert said["Evidence age when judged"] == (
        "40 minjudged 2026-03-23 12:00:00 UTClatest report 2026-03-23 11:20:00 UTC"
    )
    assert said["Checks"] == "10 of 10 pass5 of 5 slices pass, 0 missing"
    assert said["Trials"].startswith("14 of 22 claims are based on a single run3 × SIGTERM failover, ")


def test_nothing_recorded_is_said_to_be_so(tmp_path: Path) -> None:
    report = judged(tmp_path / "none", {})
    said = facts(report)
    assert said["Tested on"].startswith("platform not recorded")
    assert said["Recorded"] == "no timestamps"
    assert "Trials" not in said
    title = read(render(judged(tmp_path / "seed", seed()))).all("title")[0].text()
    assert title.startswith("System not recorded: HA DESIGN PARTNER READY")


def test_passing_slices_are_folded_and_failing_ones_open(tmp_path: Path) -> None:
    root = read(render(BROKEN["lost_rows"].make(tmp_path)))
    for key in ("val13", "val14", "val15", "val16", "val17"):
        fold = root.by_id(key).children[0]
        assert (fold.name, "open" in fold.attributes) == ("details", key == "val13")
        assert fold.children[0].name == "summary"
        assert "10 checks pass" in fold.children[0].said()
    assert "2 informational figures" in root.by_id("val16").said()


def test_a_fact_is_stated_in_one_place(tmp_path: Path) -> None:
    """Of each slice the checks, of each gap the reason, of each claim the evidence: one place each."""
    report = judged(tmp_path, everything_measured())
    root = read(render(report))
    text = root.all("main")[0].text().replace("\N{NO-BREAK SPACE}", " ")
    for risk in report.proof.risks:
        assert text.count(risk.closed_by.replace(">=", "≥")) == 1
    ids = [code.text() for code in root.by_id("results").all("code")]
    for result in report.slices:
        for entry in result.checks:
            assert ids.count(entry.check.id) == 1


def test_a_claim_that_fails_says_why_in_the_words_of_the_reason(tmp_path: Path) -> None:
    root = read(render(BROKEN["lost_rows"].make(tmp_path)))
    said = root.by_id("matrix").said()
    assert said.count("3 acknowledged rows lost (limit 0)") == 2
    assert "9 of 10 checks passed" in said
    assert "the rule is" not in said


def test_a_figure_that_keeps_its_limit_under_a_failed_check_says_so(tmp_path: Path) -> None:
    root = read(render(BROKEN["lost_rows"].make(tmp_path)))
    metrics = root.by_id("val13-metrics-caption").parent
    assert metrics is not None
    said = {row.children[0].text(): row.children[2].said() for row in metrics.all("tbody")[0].children}
    assert said["Acknowledged rows lostdata_loss_rows"] == "✗ FAIL"
    assert said["Rows acknowledgedrows_acknowledged"] == "✗ FAILits check fails"


def test_the_lead_names_a_section_that_is_there(tmp_path: Path) -> None:
    root = read(render(judged(tmp_path, everything_measured())))
    lead = next(part for part in root.all("p") if part.attributes.get("class") == "lead").text()
    named = lead.partition("“")[2].partition("”")[0]
    assert named in [heading.text() for heading in root.all("h2")]
