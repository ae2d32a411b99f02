"""The PDF as an independent reader sees it: what it claims, what it carries, and nothing interpreted."""

import functools
import hashlib
import io
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from builders import EvidenceSet, fail, full, judged, seed
from haproof.cli import main
from haproof.core.report import Report
from haproof.errors import FormatError
from haproof.render import render
from haproof.render.writers.pdf import TEMPLATE, cells
from unit.formats.attack import ATTACKS, attacked, seen


def read(report: Report) -> PdfReader:
    return PdfReader(io.BytesIO(render(report, "pdf")), strict=True)


def squeezed(text: str) -> str:
    """Text without what line breaking adds or takes."""
    return "".join(character for character in text if character not in " \n\xa0")


def words(reader: PdfReader) -> str:
    return squeezed("".join(pages(reader)))


@functools.cache
def pages(reader: PdfReader) -> list[str]:
    """The text of each page; reading it takes longer than setting it."""
    return [page.extract_text() for page in reader.pages]


def titles(outline: Any) -> list[str]:
    found: list[str] = []
    for entry in outline:
        found += titles(entry) if isinstance(entry, list) else [entry.title]
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, PdfReader]:
    report = judged(tmp_path_factory.mktemp("full"), full())
    return report, read(report)


def test_it_claims_to_be_archival_and_accessible(whole: tuple[Report, PdfReader]) -> None:
    root: Any = whole[1].trailer["/Root"].get_object()
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "/StructTreeRoot" in root
    assert whole[1].metadata is not None
    assert whole[1].metadata.title == "System not recorded: HA DESIGN PARTNER READY — VAL26 HA Proof Report"
    assert whole[1].metadata.subject is not None
    assert whole[1].metadata.subject.startswith("VAL26 HA Proof Report of System not recorded, judged 2026-")
    assert str(whole[1].metadata.creation_date) == "2026-03-23 12:00:00+00:00"


def structure(node: Any) -> list[tuple[str, Any]]:
    """Every structure element: its role and itself."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [pair for child in node for pair in structure(child)]
    if not isinstance(node, dict):
        return []
    here = [(str(node["/S"]), node)] if "/S" in node else []
    return here + (structure(node["/K"]) if "/K" in node else [])


def test_tables_have_heads_and_charts_have_words(whole: tuple[Report, PdfReader]) -> None:
    root: Any = whole[1].trailer["/Root"].get_object()
    roles = structure(root["/StructTreeRoot"])
    count = {
        role: sum(found == role for found, _ in roles) for role in ("/Table", "/TH", "/H1", "/H2", "/TOC")
    }
    assert count["/Table"] >= 20
    assert count["/TH"] >= 4 * count["/Table"] - 40
    assert count["/H1"] >= 8
    assert count["/H2"] >= 10
    figures = [node for role, node in roles if role == "/Figure"]
    assert len(figures) == 7
    assert all(len(str(node["/Alt"])) > 40 for node in figures)


def test_every_font_is_inside(whole: tuple[Report, PdfReader]) -> None:
    for page in whole[1].pages:
        resources: Any = page["/Resources"]
        fonts = resources["/Font"].get_object()
        for font in fonts.values():
            for inner in font.get_object()["/DescendantFonts"]:
                descriptor = inner.get_object()["/FontDescriptor"].get_object()
                assert "/FontFile2" in descriptor or "/FontFile3" in descriptor


def test_the_digest_and_the_number_stand_on_every_page(whole: tuple[Report, PdfReader]) -> None:
    report, reader = whole
    digest = hashlib.sha256(render(report, "json")).hexdigest()
    for number, text in enumerate(pages(reader), 1):
        assert digest in text
        assert f"{number} of {len(reader.pages)}" in text


def test_no_page_is_almost_empty(whole: tuple[Report, PdfReader]) -> None:
    """The contents are followed by the conclusion on their page; leaders of dots are no words."""
    shown = pages(whole[1])
    contents = next(text for text in shown if "\nContents\n" in text)
    after = contents.rpartition(" . ")[2]
    assert "HA DESIGN PARTNER READY" in after
    assert len(after.split()) > 100
    assert all(len(text.replace(" .", "").split()) > 100 for text in shown[:-1])


def test_the_artifact_is_attached(whole: tuple[Report, PdfReader]) -> None:
    report, reader = whole
    assert dict(reader.attachments) == {"val26-proof-report.json": [render(report, "json")]}


def test_it_says_what_the_report_says(whole: tuple[Report, PdfReader]) -> None:
    report, reader = whole
    text = words(reader)
    proof = report.proof
    for row in proof.checks:
        assert row.id in text
        assert squeezed(row.description.replace("<=", "≤")) in text
    for risk in proof.risks:
        listed = risk.id in ("RUN-STRENGTH", "RUN-SINGLE")
        assert squeezed("Strength of the evidence" if listed else risk.detail) in text
        assert squeezed(risk.closed_by.replace(">=", "≥")) in text
    for level in (
        proof.readiness["design_partner"],
        proof.readiness["ga"],
        proof.readiness["public_production"],
    ):
        texts = [item.text.replace("<=", "≤").replace(">=", "≥") for item in level.requirements]
        assert all(squeezed(words) in text for words in texts)
    for file in proof.evidence.files:
        assert file.sha256 in text
    assert squeezed("9 of 9 failovers pass") in text
    assert squeezed("fails in fewer than 28.4 % of cases") in text
    assert squeezed("14 of 22 claims are based on a single run") in text
    assert squeezed("SIGTERM graceful failover: 342 ms (≤ 5,000 ms)") in text
    assert squeezed("measured in this run: apply_lag measurement; Write-gate HTTP endpoint") in text
    assert squeezed("2026-03-23 10:00 to 11:20 UTC") in text
    assert squeezed("Not to scale: the order of events") in text
    assert squeezed("VAL13-01 to VAL13-10 reported PASS") in text
    assert [title for title in titles(reader.outline) if title[:2] in ("1 ", "9 ")] == [
        "1 Conclusion",
        "9 What the checks mean",
    ]


def test_what_is_missing_says_so(tmp_path: Path) -> None:
    reports = seed()
    del reports["VAL14"]
    fail(reports["VAL13"], "VAL13-07", "no leader came back")
    text = words(read(judged(tmp_path, reports)))
    assert "VAL14HAReplicationLagBaseline?MISSING" in text
    assert squeezed("No evidence. val14/val14-report.json: not found") in text
    assert squeezed("no leader came back") in text


def test_no_evidence_at_all(tmp_path: Path) -> None:
    text = words(read(judged(tmp_path, {})))
    assert text.count("Noevidence.") >= 5
    assert squeezed("Inconclusive: no check fails, but evidence is missing") in text


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_no_string_of_the_evidence_stops_it(attack: str, tmp_path: Path) -> None:
    assert render(judged(tmp_path, attacked(attack)), "pdf").startswith(b"%PDF-1.7")


def test_no_string_of_the_evidence_is_interpreted(tmp_path: Path) -> None:
    reports = attacked(ATTACKS[10])
    for report in reports.values():
        report["environment"]["chaos"] = list(ATTACKS)
    reader = read(judged(tmp_path, reports))
    text = words(reader)
    for attack in ATTACKS:
        assert squeezed(cells.printable(seen(attack))) in text
    assert titles(reader.outline) == titles(read(judged(tmp_path / "x", attacked("x"))).outline)
    for page in reader.pages:
        for annotation in page.get("/Annots", []):
            action: Any = annotation.get_object()
            assert action["/Subtype"] == "/Link"
            assert "/URI" not in action.get("/A", {})
    root: Any = reader.trailer["/Root"].get_object()
    assert "/OpenAction" not in root
    assert "/AA" not in root


def test_the_template_never_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import typst

    given: list[dict[str, bytes]] = []

    def compile_(files: dict[str, bytes], **_: object) -> bytes:
        given.append(files)
        return b"%PDF"

    monkeypatch.setattr(typst, "compile", compile_)
    for name, attack in (("a", "#panic()"), ("b", "harmless")):
        assert render(judged(tmp_path / name, attacked(attack)), "pdf") == b"%PDF"
    first, second = ({name: files[name] for name in TEMPLATE} for files in given)
    assert first == second
    assert set(given[0]) == {*TEMPLATE, "val26-proof-report.json"}


def test_words_keep_their_place_on_the_line() -> None:
    assert cells.text("95 % of 30,000 ms") == "95\xa0% of 30,000\xa0ms"
    assert cells.text("a" * 30) == "\u200b".join(["a" * 12, "a" * 12, "a" * 6])
    assert cells.text("\u4e2d\u05d0e\u0301") == "\\u{4E2D}\u200b\\u{05D0}\u200be\u200b\\u{0301}"
    assert cells.text("é ≤ ✓ \u0416 \u03a9") == "é ≤ ✓ \u0416 \u03a9"


def test_the_same_bytes_twice_and_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = judged(tmp_path, full())
    first = render(report, "pdf")
    monkeypatch.chdir("/")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    monkeypatch.setenv("TYPST_FONT_PATHS", "/usr/share/fonts")
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    assert render(report, "pdf") == first


@pytest.mark.parametrize("year", ["0001-01-02T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z"])
def test_any_generation_time(year: str, tmp_path: Path) -> None:
    from haproof.core.instant import parse_instant

    assert render(judged(tmp_path, seed(), parse_instant(year)), "pdf").startswith(b"%PDF-1.7")


def written(folder: Path) -> set[str]:
    return {name.rpartition("report.")[2] for name in os.listdir(folder / "val26")}


def test_a_missing_package_is_one_sentence_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ready: EvidenceSet = seed()
    judged(tmp_path, ready)
    monkeypatch.setitem(sys.modules, "typst", None)
    arguments = ["report", str(tmp_path), "--generated-at", "2026-03-23T12:00:00Z"]
    assert main([*arguments, "--write", "pdf", "--write", "junit"]) == 5
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "-m pip install 'markupsafe>=3.0' 'typst" in said.err
    assert said.out.endswith("Verdict: HA DESIGN PARTNER READY\n")
    assert written(tmp_path) == {"txt", "json", "junit.xml"}


class Panic(BaseException):
    """What a compiler written in another language raises."""


@pytest.mark.parametrize("fault", [ValueError("no"), Panic("index out of bounds\nat src")])
def test_a_compiler_that_fails_touches_neither_verdict_nor_files(
    fault: BaseException,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    import typst

    def compile_(*_: object, **__: object) -> bytes:
        raise fault

    report = judged(tmp_path, seed())
    monkeypatch.setattr(typst, "compile", compile_)
    with pytest.raises(FormatError, match="the PDF report was not made"):
        render(report, "pdf")
    assert main(["report", str(tmp_path), "--generated-at", "2026-03-23T12:00:00Z", "--write", "pdf"]) == 5
    assert capsys.readouterr().err.count("\n") == 1
    assert written(tmp_path) == {"txt", "json"}


def test_an_interrupt_is_not_a_failed_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import typst

    def compile_(*_: object, **__: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(typst, "compile", compile_)
    with pytest.raises(KeyboardInterrupt):
        render(judged(tmp_path, seed()), "pdf")
