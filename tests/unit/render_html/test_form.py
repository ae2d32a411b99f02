"""The page's form: well formed, self-contained, under its own policy, addressable, the same every time."""

import base64
import hashlib
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from builders import judged, seed
from haproof.api import assess, read_evidence
from haproof.core.report import Report
from haproof.errors import FormatError
from haproof.render.document.blocks import Column, Row, Table
from haproof.render.writers.html import render
from haproof.render.writers.html.blocks import fold
from haproof.render.writers.html.tables import table as made
from unit.render_html.cases import CASES
from unit.render_html.reader import Element, read


@pytest.fixture(params=sorted(CASES))
def report(request: pytest.FixtureRequest, tmp_path: Path) -> Report:
    return judged(tmp_path, CASES[request.param]())


@pytest.fixture
def page(report: Report) -> bytes:
    return render(report)


def test_is_well_formed_and_small(page: bytes) -> None:
    root = read(page)
    assert [child.name for child in root.children] == ["html"]
    assert [child.name for child in root.children[0].children] == ["head", "body"]
    assert len(page) <= 300 * 1024


def test_holds_no_script_no_inline_style_and_no_foreign_address(page: bytes) -> None:
    for element in read(page).all():
        assert element.name not in {"script", "iframe", "object", "embed", "img", "base", "form", "input"}
        for name, value in element.attributes.items():
            assert name != "style"
            assert not name.startswith("on")
            assert "://" not in value
            if name in {"href", "src"}:
                assert value.startswith("#") or value == "data:,"


def test_policy_admits_exactly_the_one_style_sheet(page: bytes) -> None:
    root = read(page)
    (sheet,) = root.all("style")
    (policy,) = [
        meta.attributes["content"]
        for meta in root.all("meta")
        if meta.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    digest = base64.b64encode(hashlib.sha256(sheet.text().encode()).digest()).decode()
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["style-src"] == f"'sha256-{digest}'"
    assert "unsafe" not in policy
    assert not re.search(r"@import|url\(|https?:", sheet.text())
    assert (sheet.text().count("{"), "</" in sheet.text()) == (sheet.text().count("}"), False)


def test_every_id_is_unique_and_every_reference_resolves(page: bytes) -> None:
    elements = read(page).all()
    ids = Counter(element.attributes["id"] for element in elements if "id" in element.attributes)
    assert [key for key, count in ids.items() if count > 1] == []
    for element in elements:
        for name in ("aria-labelledby", "aria-describedby"):
            assert set(element.attributes.get(name, "").split()) <= set(ids)
        if element.attributes.get("href", "").startswith("#"):
            assert element.attributes["href"][1:] in ids


def test_headings_descend_one_level_at_a_time(page: bytes) -> None:
    levels = [int(element.name[1]) for element in read(page).all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_landmarks_language_and_title(page: bytes) -> None:
    root = read(page)
    assert root.children[0].attributes["lang"] == "en"
    for name in ("main", "nav", "header", "footer", "title"):
        assert len(root.all(name)) == (1 if name != "title" else 1 + len(root.all("desc")))
    skip = next(element for element in root.all("a"))
    assert (skip.attributes["class"], skip.attributes["href"]) == ("skip", "#main")


def test_every_table_has_caption_heads_and_a_place_that_scrolls_by_keyboard(page: bytes) -> None:
    tables = read(page).all("table")
    assert tables
    for table in tables:
        caption, head, body = table.children
        assert (caption.name, head.name, body.name) == ("caption", "thead", "tbody")
        assert caption.text()
        (columns,) = head.children
        assert all(cell.attributes["scope"] == "col" for cell in columns.children)
        for row in body.children:
            assert len(row.children) == len(columns.children)
            assert row.children[0].attributes.get("scope") == "row"
        place = table.parent
        assert place is not None
        assert place.attributes["tabindex"] == "0"


def test_tables_are_tables_by_themselves(page: bytes) -> None:
    """No role that says again what an element is, and no style that makes a table part something else."""
    root = read(page)
    for element in root.all("table", "caption", "thead", "tbody", "tr", "th", "td"):
        assert "role" not in element.attributes
    for selectors, rule in rules_of(root):
        parts = [name for name in PARTS if names(selectors, name)]
        if parts and "display:" in rule:
            whole = ("table-header-group", "none")
            assert selectors.startswith(".stacked") or rule.partition("display:")[2].startswith(whole), rule


PARTS = ("table", "thead", "tbody", "tr", "th", "td")

ROLES = {"thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell", "th": "rowheader"}


def rules_of(root: Element) -> list[tuple[str, str]]:
    sheet = re.sub(r"details::details-content\{[^}]*\}", "", root.all("style")[0].text())
    return [(found[0].strip(), found[1]) for found in re.findall(r"([^{}]*)\{([^{}]*)\}", sheet)]


def drawn(given: Table) -> Element:
    return read(f"<!DOCTYPE html>\n{made(given, fold)}\n".encode())


def test_a_stacked_table_is_one_to_a_screen_reader_too_and_names_each_value() -> None:
    """Style makes blocks of its parts on a phone, so every part says what it is."""
    columns = Column("Fault"), Column("Rows <lost>"), Column("Gap"), Column("each", place="note")
    rows = (Row(("host-kill", "3", "52 ms", "worst")), Row(("cut-in", "", "", "")))
    given = Table(key="x", caption="Faults", columns=columns, rows=rows, heads="names", stacked=True)
    root = drawn(given)
    (whole,) = root.all("table")
    assert (whole.attributes["role"], whole.attributes["class"]) == ("table", "stacked names")
    head, body = whole.children[1:]
    assert [cell.attributes["role"] for cell in head.all("th")] == ["columnheader"] * 3
    for part in (head, body, *head.all("tr"), *body.all("tr", "th", "td")):
        assert part.attributes["role"] == ROLES[part.name]
    for row in body.children:
        labels = [cell.attributes.get("data-label") for cell in row.children]
        assert labels == [None, "Rows <lost>", "Gap and each"]
        assert all([child.name for child in cell.children] == ["div"] for cell in row.children[1:])
    assert body.children[0].children[2].said() == "52 msworst"


def test_each_part_of_a_cell_has_its_title_above() -> None:
    columns = (
        Column("Check"),
        Column("Status", place="with"),
        Column("Criterion"),
        Column("Found", place="beside"),
    )
    given = Table(key="x", caption="Checks", columns=columns, rows=(Row(("A", "B", "C", "D")),))
    first, second = drawn(given).all("th")[:2]
    assert first.said() == "Check"
    assert [part.said().strip() for part in second.children[0].children] == ["Criterion", "Found"]


def names(selectors: str, part: str) -> bool:
    """Whether a rule's subject is that element: its last simple selector."""
    return any(
        re.search(rf"(?:^|[\s>+~]){part}(?:[.:\[][^\s]*)?$", each.strip()) for each in selectors.split(",")
    )


def test_on_paper_a_head_keeps_its_first_row_and_a_long_row_may_end_on_the_next_page(page: bytes) -> None:
    paper = dict(rules_of(read(page)))
    assert paper["thead"] == "break-after:avoid"
    assert paper["tr:has(li:nth-child(9))"] == "break-inside:auto"


def test_on_a_wide_screen_the_first_result_has_the_rule_of_the_one_beside_it(page: bytes) -> None:
    rules = rules_of(read(page))
    wide = [rule for selectors, rule in rules if selectors == "#results>h2+section.result"]
    assert wide == ["border-top:1px solid var(--rule);margin-top:1rem"]


def test_every_chart_is_named_described_and_beside_its_data(page: bytes) -> None:
    for chart in read(page).all("figure"):
        (drawing,) = [svg for svg in chart.all("svg") if svg.attributes.get("role") == "img"]
        title, desc = drawing.children[:2]
        assert (title.name, desc.name) == ("title", "desc")
        assert drawing.attributes["aria-labelledby"] == f"{title.attributes['id']} {desc.attributes['id']}"
        assert title.text()
        assert desc.text()
        assert chart.all("table")[0].all("tbody")[0].all("tr")


def test_each_drawing_has_something_on_it_and_stays_in_its_frame(page: bytes) -> None:
    for drawing in read(page).all("svg"):
        for shape in drawing.all("rect", "circle", "line", "text", "svg"):
            for name, value in shape.attributes.items():
                if value.endswith("%") and name != "width":
                    assert -0.01 <= float(value[:-1]) <= 100.01, (shape.name, name, value)
                assert "nan" not in value
                assert "inf" not in value


def test_same_report_same_bytes(report: Report, page: bytes) -> None:
    again = assess(read_evidence(report.proof.evidence_dir), report.generated_at)
    assert render(again) == page


def test_missing_package_is_one_sentence_with_the_command_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "markupsafe", None)
    with pytest.raises(FormatError, match=r"-m pip install 'markupsafe>=") as fault:
        render(judged(tmp_path, seed()))
    assert "\n" not in str(fault.value)


def states(root: Element) -> list[Element]:
    return [span for span in root.all("span") if "state" in span.attributes.get("class", "").split()]


def test_state_is_always_a_word_beside_its_sign(page: bytes) -> None:
    for span in states(read(page)):
        assert re.search(r"[A-Za-z]{3}", span.text())
        for sign in span.children:
            assert sign.attributes["aria-hidden"] == "true"
