"""JUnit as CI systems read it: its structure, its counts, and nothing that XML would interpret."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import EvidenceSet, fail, full, judged, seed
from haproof.core.report import Report
from haproof.render import render
from haproof.render.junit import escape
from unit.formats.attack import ATTACKS, attacked, seen

SCHEMA = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, set(), {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname", "id"},
        {"name", "tests", "failures", "errors"},
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set[str](), set[str](), {"property"}),
    "property": ({"name", "value"}, {"name", "value"}, set()),
    "testcase": (
        {"name", "time", "classname", "group"},
        {"name"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": ({"type", "message"}, set(), set()),
    "error": ({"type", "message"}, set(), set()),
    "system-out": (set(), set(), set()),
}
"""Element to its allowed attributes, its required ones, allowed children (the Jenkins schema junit-10)."""


def read(report: Report) -> ElementTree.Element:
    root = ElementTree.fromstring(render(report, "junit"))
    for element in root.iter():
        allowed, required, children = SCHEMA[element.tag]
        assert required <= set(element.attrib) <= allowed
        assert {child.tag for child in element} <= children
    return root


def outcomes(suite: ElementTree.Element) -> dict[str, str]:
    def outcome(case: ElementTree.Element) -> str:
        return next((child.tag for child in case if child.tag in ("failure", "error")), "passed")

    return {case.attrib["name"].split()[0]: outcome(case) for case in suite.iter("testcase")}


def counted(root: ElementTree.Element) -> None:
    for suite in (root, *root):
        found = list(outcomes(suite).values())
        said = {name: int(suite.attrib[name]) for name in ("tests", "failures", "errors")}
        assert said == {
            "tests": len(found),
            "failures": found.count("failure"),
            "errors": found.count("error"),
        }
        assert suite.attrib["time"] == "0"
        assert suite.attrib.get("skipped", "0") == "0"


def test_ten_checks_and_fifty(tmp_path: Path) -> None:
    root = read(judged(tmp_path, full()))
    counted(root)
    assert [len(suite.findall("testcase")) for suite in root] == [10] * 6
    assert set(outcomes(root).values()) == {"passed"}
    cases = {case.attrib["name"].split()[0]: case for case in root.iter("testcase")}
    said = {name: case.findtext("system-out", "") for name, case in cases.items()}
    assert said["VAL13-03"].startswith("sigterm_failover_ms 342 <= 5,000; ")
    assert said["VAL13-06"] == "pg_crash_noticed_ms = [41.5, 38]"
    properties = {entry.attrib["name"]: entry.attrib["value"] for entry in root.iter("property")}
    assert properties["verdict"] == "HA DESIGN PARTNER READY"
    assert "9 of 9 failovers passed" in properties["Strength of the evidence"]


def test_it_carries_the_system_and_the_reasons(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL13"]["metrics"]["data_loss_rows"] = 3
    root = ElementTree.fromstring(render(judged(tmp_path, reports), "junit"))
    properties = {entry.attrib["name"]: entry.attrib["value"] for entry in root.iter("property")}
    assert properties["system"] == "not recorded"
    assert properties["reason VAL13-04"].startswith(
        "3 acknowledged rows lost (limit 0), although the report says PASS. Next: Fix the VAL13 producer"
    )


def test_a_missing_slice_is_ten_errors_and_never_skipped(tmp_path: Path) -> None:
    reports = seed()
    del reports["VAL15"]
    root = read(judged(tmp_path, reports))
    counted(root)
    found = outcomes(root)
    assert {found[f"VAL15-{n:02}"] for n in range(1, 11)} == {"error"}
    assert {name for name, said in found.items() if said == "error" and name[:5] == "VAL26"} == {
        "VAL26-03",
        "VAL26-08",
        "VAL26-10",
    }
    assert list(root.iter("skipped")) == []
    assert all(
        "not found" in (error.text or "") for error in root.iter("error") if error.attrib["type"] == "MISSING"
    )


def test_a_failed_check_is_a_failure_with_its_text(tmp_path: Path) -> None:
    reports = seed()
    fail(reports["VAL17"], "VAL17-05", "no reason was given")
    del reports["VAL15"]
    root = read(judged(tmp_path, reports))
    counted(root)
    found = outcomes(root)
    assert found["VAL17-05"] == found["VAL26-05"] == found["VAL26-10"] == "failure"
    assert "reported FAIL: no reason was given" in [failure.text for failure in root.iter("failure")]


def test_a_contradiction_is_a_failure_that_says_so(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL13"]["metrics"]["sigterm_failover_ms"] = 5000.0004
    root = read(judged(tmp_path, reports))
    counted(root)
    failure = next(failure for failure in root.iter("failure") if failure.attrib["type"] == "contradiction")
    assert failure.text == (
        "SIGTERM failover took 5,000.0004 ms (limit 5,000 ms), although the report says PASS"
    )


def test_an_incoherent_window_is_an_error_where_nothing_says_no(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL13"]["generated_at"] = "2026-03-23T05:19:59Z"
    found = outcomes(read(judged(tmp_path, reports)))
    assert [name for name, said in found.items() if said != "passed"] == ["VAL26-10"]
    assert found["VAL26-10"] == "error"


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_no_string_of_the_evidence_is_interpreted(attack: str, tmp_path: Path) -> None:
    report = judged(tmp_path, attacked(attack))
    root = read(report)
    counted(root)
    text = [failure.text or "" for failure in root.iter("failure")]
    text += [error.text or "" for error in root.iter("error")]
    wanted = seen(attack).replace("\ufffe", "\\u{FFFE}").replace("\uffff", "\\u{FFFF}")
    assert any(wanted in found for found in text)
    raw = render(report, "junit").decode()
    assert "<!" not in raw
    assert "<?" not in raw[5:]
    assert all(character >= " " or character == "\n" for character in raw)


@given(st.text(max_size=80))
def test_any_text_survives_as_text(text: str) -> None:
    element = ElementTree.fromstring(f'<a b="{escape(text)}">{escape(text)}</a>')
    assert len(element) == 0
    assert (element.text or "") == element.attrib["b"]
    plain = "".join(character for character in text if character.isalnum())
    assert plain in "".join(c for c in (element.text or "") if c.isalnum()) or "u{" in (element.text or "")


def test_the_same_bytes_twice(tmp_path: Path) -> None:
    def made(reports: EvidenceSet) -> bytes:
        return render(judged(tmp_path, reports), "junit")

    assert made(full()) == made(full())
