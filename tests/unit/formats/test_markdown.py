"""Markdown as a reference parser reads it: the same claims, and no string of the evidence interpreted."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from builders import EvidenceSet, fail, full, judged, seed
from haproof.core.report import Report
from haproof.render import render
from haproof.render.document.claims import claims
from haproof.render.document.wording import signs
from haproof.render.visible import visible
from haproof.render.writers.markdown import LIMIT_BYTES, inline
from unit.formats.attack import ATTACKS, attacked, seen

OURS = {"h2", "h3", "p", "ul", "ol", "li", "strong", "em", "sub", "code", "br", "details", "summary"}
OURS |= {"table", "thead", "tbody", "tr", "th", "td"}


class Page(HTMLParser):
    """Tags with their attributes, text outside code, and the text of each table row by cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, object]] = []
        self.open: list[str] = []
        self.bare = ""
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))
        if tag != "br":
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "code" not in self.open:
            self.bare += data
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")


def page(report: Report) -> Page:
    html = (
        MarkdownIt("commonmark", {"html": True})
        .enable(["table", "strikethrough"])
        .render(render(report, "markdown").decode())
    )
    read = Page()
    read.feed(html)
    read.close()
    assert read.open == []
    return read


def shape(read: Page) -> list[int]:
    return [len(row) for row in read.rows]


def test_the_verdict_comes_first_and_every_claim_follows(tmp_path: Path) -> None:
    report = judged(tmp_path, full())
    text = render(report, "markdown").decode()
    assert text.startswith("## ✅ HA DESIGN PARTNER READY\n")
    assert "\nAll ten checks pass: the core HA lifecycle" in text
    read = page(report)
    for row in claims(report):
        found = "; ".join(row.found).replace("\xa0", " ")
        assert [row.id, "✅ PASS", row.description, row.criterion, found] in read.rows
    assert "SIGTERM graceful failover: 342 ms (≤ 5,000 ms)" in next(
        row[4] for row in read.rows if row[0] == "VAL26-06"
    )
    for slice_ in report.proof.slices:
        covered = next(row for row in read.rows if row[0] == f"{slice_.id} {slice_.name}" and len(row) == 6)
        assert covered[2:4] == ["✅ PASS", "10 of 10 checks pass, 10 judged again from figures"]
    for risk in report.proof.risks:
        said = next(row for row in read.rows if risk.id in row[0].split())
        assert said[0].startswith(risk.title)
        assert risk.state in said[0]
        assert said[2] == signs(risk.closed_by)
    assert [
        "SIGTERM graceful failover sigterm_failover_ms",
        "342 ms (±50)",
        "≤ 5,000 ms",
        "93 % below the limit",
        "✅ PASS",
    ] in read.rows
    assert "No acknowledged row lost VAL13-04" in [row[0] for row in read.rows]


def test_what_says_no_and_what_cannot_tell_look_different(tmp_path: Path) -> None:
    no, unknown = seed(), seed()
    fail(no["VAL13"], "VAL13-03", "too slow")
    del unknown["VAL13"]
    first = render(judged(tmp_path / "no", no), "markdown").decode()
    second = render(judged(tmp_path / "unknown", unknown), "markdown").decode()
    assert first.startswith("## ❌ NOT READY (VAL26-01, VAL26-06, VAL26-10)")
    assert second.startswith("## ⚠️ NOT READY (VAL26-01, VAL26-06, VAL26-07, VAL26-10)")
    assert "⚠️ MISSING" in second
    assert "Inconclusive: no check fails" in second
    assert "Inconclusive" not in first


def test_a_contradiction_is_not_folded(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL13"]["metrics"]["sigterm_failover_ms"] = 5000.0004
    text = render(judged(tmp_path, reports), "markdown").decode()
    assert text.index("### Contradictions") < text.index("<details>")
    said = "SIGTERM failover took 5,000.0004 ms (limit 5,000 ms), although the report says PASS"
    # The reason, the claims of the matrix, the contradiction, the finding: one fact in the same words.
    assert text.count(said) == 5
    assert "5000.0004" not in text


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_no_string_of_the_evidence_is_interpreted(attack: str, tmp_path: Path) -> None:
    report = judged(tmp_path, attacked(attack))
    read = page(report)
    assert {tag for tag, _ in read.tags} <= OURS
    assert all(not attributes or tag in ("td", "th") for tag, attributes in read.tags)
    harmless = page(judged(tmp_path / "harmless", attacked("harmless")))
    assert shape(read) == shape(harmless)
    shown = [cell for row in read.rows for cell in row]
    assert any(seen(attack) in cell for cell in shown)
    assert not re.search(r"@[A-Za-z]|#[0-9]|GH-[0-9]|:[a-z]+:|https?://|www\.", read.bare)


@given(st.text(max_size=60))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    for form in (inline.words, inline.code):
        read = Page()
        source = inline.table(("a", "b"), [[form(text), "after"]])
        read.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(source))
        assert shape(read) == [2, 2]
        assert read.rows[1] == [visible(text) or "(empty)", "after"]
        assert {tag for tag, _ in read.tags} <= OURS


def test_it_fits_a_comment_whatever_the_evidence_holds(tmp_path: Path) -> None:
    attack = "|`\\" * 250
    reports: EvidenceSet = attacked(attack)
    for slice_id, report in reports.items():
        report.pop("not_run", None)
        report["observations"] = {}
        for check in report["checks"]:
            fail(report, check["id"], attack)
        report["environment"]["chaos"] = [f"{slice_id} {n} {attack}" for n in range(9)]
    made = judged(tmp_path, reports)
    content = render(made, "markdown")
    assert len(content) <= LIMIT_BYTES
    assert "Left out, because a comment must not be longer" in content.decode()
    assert page(made).rows


def test_the_same_bytes_twice(tmp_path: Path) -> None:
    assert len({render(judged(tmp_path, full()), "markdown") for _ in range(2)}) == 1


@pytest.mark.parametrize(
    "title", ["<img src=x onerror=alert(1)>", "`a` <b>", "", "*(x)* </summary>", "1 < 2"]
)
def test_a_title_that_folds_is_text_in_its_block_of_html(title: str) -> None:
    page = Page()
    page.feed(MarkdownIt("commonmark", {"html": True}).render(inline.folded(title, "inside")))
    page.close()
    assert page.open == []
    assert {tag for tag, _ in page.tags} <= {"details", "summary", "code", "p"}
