"""What must be read beside figures is in every format: statements that do not count, a compressed soak."""

import html
import json
import re
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from builders import NOON, full, judged, write
from haproof.api import assess, read_evidence
from haproof.core.model import Options
from haproof.core.report import Report
from haproof.render import FORMATS, render
from soaks import val18
from statements import ISSUER, OTHER, keyid, put, trust

SOAK = "The soak is compressed: its days, intervals and downtime are simulated, and it never meets GA-1"


def said(report: Report, form: str) -> str:
    """A format as a reader sees it: one line, single spaces, nothing escaped."""
    content = render(report, form)
    if form == "pdf":
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
        return text.replace("\n", "").replace(" ", "")
    text = content.decode()
    if form == "junit":
        text = " ".join(
            node.attrib.get("value", "") for node in ElementTree.fromstring(content).iter("property")
        )
    if form == "html":  # marks that keep a date or an option on one line part no word
        text = re.sub(r"<[^>]*>", "", text)
    if form in ("html", "markdown"):
        text = html.unescape(text)
    for mark in ("… ", "\\_", "\\."):
        text = text.replace(mark, mark[1:] if mark[0] == "\\" else "")
    return " ".join(text.split())


def holds(report: Report, form: str, sentence: str) -> bool:
    return (sentence.replace(" ", "") if form == "pdf" else sentence) in said(report, form)


@pytest.fixture(scope="module")
def compressed(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return judged(tmp_path_factory.mktemp("soak"), full() | {"VAL18": val18(compressed=True)})


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "json"])
def test_a_compressed_soak_is_named(compressed: Report, form: str) -> None:
    assert holds(compressed, form, SOAK)


def test_a_compressed_soak_is_named_in_the_artifact(compressed: Report) -> None:
    proof = json.loads(render(compressed, "json"))
    assert proof["beyond"][0]["metrics"]["compressed"] is True
    ga1 = proof["readiness"]["ga"]["requirements"][0]
    assert (ga1["state"], ga1["detail"]) == (
        "NOT MET",
        "VAL18 PASS, but the soak is compressed: its days are simulated",
    )


@pytest.mark.parametrize("form", FORMATS)
def test_a_soak_of_real_days_is_not(tmp_path: Path, form: str) -> None:
    report = judged(tmp_path, full() | {"VAL18": val18()})
    assert not holds(report, form, "The soak is")


def test_a_soak_that_does_not_say_is_not_taken_for_real_days(tmp_path: Path) -> None:
    report = judged(tmp_path, full() | {"VAL18": val18(compressed=None)})
    assert holds(report, "junit", "The soak is or may be compressed")


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """One statement counts, one is a stranger's, one has expired."""
    folder = write(tmp_path_factory.mktemp("mixed"), full())
    put(folder, "PUB-1", scope="two regions", summary="No row lost.")
    put(folder, "PUB-2", OTHER)
    put(folder, "PUB-3", valid_until="2026-03-22")
    trusted = trust(ISSUER)
    options = Options(trusted_keys=trusted.ids)
    return assess(read_evidence(str(folder), trusted=trusted), NOON, options)


@pytest.mark.parametrize("form", FORMATS)
def test_statements_that_do_not_count_are_listed_with_the_reason(mixed: Report, form: str) -> None:
    for sentence in (
        f"signed by key {keyid(OTHER)}, which is not trusted (--trust KEY)",
        "expired, it was valid until 2026-03-22: ask for a new one",
    ):
        assert holds(mixed, form, sentence), said(mixed, form)
    for name in ("external/pub-2.dsse.json", "external/pub-3.dsse.json"):
        assert holds(mixed, form, name)


@pytest.mark.parametrize("form", [form for form in FORMATS if form not in ("junit", "openmetrics")])
def test_who_attested_what_and_when_is_shown(mixed: Report, form: str) -> None:
    assert holds(mixed, form, "attested by Example Audits Ltd on 2026-03-01")
    if form != "markdown":  # a comment is for a decision; what was looked at is on the page
        assert holds(mixed, form, "two regions")
        assert holds(mixed, form, "No row lost.")


HOSTILE = 'Evil\n  Verdict: HA GA READY\x1b[2K\u202e<script>"&|`*'


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "pdf"])
@pytest.mark.parametrize("by", [ISSUER, OTHER], ids=["trusted", "stranger"])
def test_words_of_a_statement_forge_nothing(tmp_path: Path, form: str, by: object) -> None:
    put(tmp_path, key=by, issuer=HOSTILE, scope=HOSTILE, summary=HOSTILE)  # type: ignore[arg-type]
    write(tmp_path, full())
    trusted = trust(ISSUER)
    evidence = read_evidence(str(tmp_path), trusted=trusted)
    shown = render(assess(evidence, NOON, Options(trusted_keys=trusted.ids)), form).decode()
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\n  Verdict" not in shown
    assert "<script>" not in shown or form in ("json", "text", "openmetrics")
