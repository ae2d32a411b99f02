"""PUB-1 to PUB-3 by the statements about them, to the last word; and how a statement that counts is shown."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from haproof.core.judged import Judged
from haproof.core.level import Held
from haproof.core.model import SliceResult
from haproof.core.record import Summary
from haproof.core.source import Source
from haproof.core.window import judge_window
from haproof.kinds import HOUSE
from haproof.kinds.attested import attested
from haproof.kinds.external.judging import judge
from haproof.kinds.external.record import ExternalMetrics, ExternalRecord, Statement, incomplete, remarks
from haproof.kinds.external.view import lines, statements
from haproof.render.document.plain.lines import Labelled, Line

NOON = datetime(2026, 3, 23, 12, tzinfo=UTC)
KINDS = ("EXTERNAL",)
ANY: Any = None

ONE = Statement(
    path="external/audit.dsse.json",
    keyid="ab12",
    requirement="PUB-2",
    issuer="Example Audits Ltd",
    scope="The endpoints",
    performed_on="2026-03-01",
    valid_until="2027-02-28",
    result="PASS",
    summary="Nothing above low. ",
    document="audit.pdf",
    document_sha256="cd" * 32,
    state="counts",
    reason=None,
)
FAILED = replace(
    ONE, issuer="Others Ltd", result="FAIL", summary="Open. To all.. ", performed_on="2026-03-02"
)
EXPIRED = replace(ONE, state="expired", valid_until="2026-03-22", reason="expired")
OUT = replace(ONE, state="does not count", reason="signed by nobody", path="external/x.dsse.json")


def record(*found: Statement) -> ExternalRecord:
    counted = [one for one in found if one.state == "counts"]
    return ExternalRecord(
        schema_version="1",
        slice="EXTERNAL",
        name="x",
        checks=[],
        summary=Summary(total=1, passed=1, failed=0),
        metrics=ExternalMetrics(
            statements=list(found),
            statements_counted=len(counted),
            statements_failed=sum(one.result == "FAIL" for one in counted),
            statements_not_counted=len(found) - len(counted),
        ),
    )


def result(given: ExternalRecord | None, fault: str | None = None) -> SliceResult:
    kind = HOUSE.kind("EXTERNAL")
    assert kind is not None
    return SliceResult(source=Source(kind=kind, path="external", record=given, fault=fault))


def held(*results: SliceResult) -> Held:
    judged = Judged(slices=(), beyond=results, window=judge_window((), NOON), generated_at=NOON)
    requirement = attested("PUB-2", "The text", absent="nowhere")
    assert (requirement.id, requirement.text) == ("PUB-2", "The text")
    return requirement.judge(judged)


NEWEST = replace(ONE, issuer="Newer Ltd", performed_on="2026-03-05", valid_until="2026-12-31")
BY = "attested by Example Audits Ltd on 2026-03-01"
SAYS_FAIL = "Others Ltd says FAIL (2026-03-02): Open. To all"


@pytest.mark.parametrize(
    ("found", "state", "said", "until"),
    [
        ((), "NO EVIDENCE", "nowhere", None),
        ((replace(ONE, requirement="PUB-1"),), "NO EVIDENCE", "nowhere", None),
        ((ONE,), "MET", f"{BY}, valid until 2027-02-28", "2027-02-28"),
        ((ONE, OUT), "MET", f"{BY}, valid until 2027-02-28", "2027-02-28"),
        ((NEWEST, ONE), "MET", "attested by Newer Ltd on 2026-03-05, valid until 2026-12-31", "2027-02-28"),
        ((FAILED, ONE), "NOT MET", SAYS_FAIL, None),
        (
            (FAILED, replace(FAILED, issuer=None, summary=None), ONE),
            "NOT MET",
            f"{SAYS_FAIL};  says FAIL (2026-03-02): ",
            None,
        ),
        (
            (EXPIRED, OUT),
            "NOT MET",
            f"{BY}, but only valid until 2026-03-22: ask for a new statement",
            None,
        ),
        ((EXPIRED, ONE), "MET", f"{BY}, valid until 2027-02-28", "2027-02-28"),
        ((replace(FAILED, state="expired"), ONE), "MET", f"{BY}, valid until 2027-02-28", "2027-02-28"),
        ((OUT,), "NO EVIDENCE", "external/x.dsse.json does not count: signed by nobody", None),
        (
            (OUT, replace(OUT, path="y", reason="empty")),
            "NO EVIDENCE",
            "external/x.dsse.json does not count: signed by nobody; y does not count: empty",
            None,
        ),
    ],
)
def test_what_the_statements_come_to(
    found: tuple[Statement, ...], state: Any, said: str, until: str | None
) -> None:
    end = None if until is None else datetime.fromisoformat(f"{until}T23:59:59+00:00")
    again = () if state == "MET" else KINDS
    assert held(result(record(*found))) == Held(state, said, KINDS, again, end)


def test_several_that_expired_are_each_told() -> None:
    other = replace(EXPIRED, issuer="B", performed_on="2026-01-01", valid_until="2026-02-01")
    assert held(result(record(EXPIRED, other))).detail == (
        f"{BY}, but only valid until 2026-03-22: ask for a new statement; "
        "attested by B on 2026-01-01, but only valid until 2026-02-01: ask for a new statement"
    )


@pytest.mark.parametrize("name", ["valid_until", "path"])
def test_of_two_of_one_day_the_one_that_lasts_longer_is_named_then_the_later_name(name: str) -> None:
    later = replace(
        ONE, issuer="Later Ltd", **{name: "2027-03-01" if name == "valid_until" else "external/b"}
    )
    for order in ((ONE, later), (later, ONE)):
        assert held(result(record(*order))).detail.startswith("attested by Later Ltd on 2026-03-01, ")


def test_without_a_folder_or_with_one_that_cannot_be_read() -> None:
    assert held() == Held("NO EVIDENCE", "nowhere", KINDS, KINDS)
    said = Held("NO EVIDENCE", "EXTERNAL MISSING: no folder", KINDS, KINDS)
    assert held(result(None, "no folder")) == said


def test_the_record_of_no_statement_says_what_it_is_of() -> None:
    made = judge((), NOON, ())
    assert (made.schema_version, made.slice, made.name) == ("1", "EXTERNAL", "Statements by Others")
    metrics = made.metrics
    assert metrics == ExternalMetrics(
        statements=[], statements_counted=0, statements_failed=0, statements_not_counted=0
    )
    assert made.summary == Summary(total=1, passed=0, failed=1)
    assert [(one.id, one.status) for one in made.checks] == [("EXTERNAL-01", "FAIL")]


def test_what_does_not_count_is_said_with_its_reason() -> None:
    bare = replace(OUT, requirement=None)
    nobody = replace(OUT, issuer=None)
    about = "external/x.dsse.json (PUB-2, Example Audits Ltd) does not count: signed by nobody"
    plain = "external/x.dsse.json does not count: signed by nobody"
    assert list(remarks(record(ONE, OUT, bare, nobody))) == [about, plain, plain]
    assert incomplete(record(ONE, OUT)) is None
    assert incomplete(record(OUT)) == "the only statement does not count"
    assert incomplete(record()) == "none of 0 statements counts"
    assert incomplete(record(OUT, EXPIRED)) == "none of 2 statements counts"


def test_what_counts_in_lines() -> None:
    found = result(record(OUT, ONE))
    first, *rest = lines(ANY, found, {})
    words = "PUB-2 PASS: Example Audits Ltd on 2026-03-01, valid until 2027-02-28"
    assert first == Line(words, 1)
    assert rest == [
        Labelled("Scope:", 10, "The endpoints", 2),
        Labelled("Summary:", 10, "Nothing above low. ", 2),
        Labelled("Document:", 10, "audit.pdf", 2),
        Labelled("File:", 10, "external/audit.dsse.json", 2),
        Labelled("Key:", 10, "ab12", 2),
    ]
    bare = replace(ONE, issuer=None, scope=None)
    assert list(lines(ANY, result(record(bare)), {}))[:2] == [
        Line("PUB-2 PASS:  on 2026-03-01, valid until 2027-02-28", 1),
        Labelled("Scope:", 10, "", 2),
    ]


def test_what_counts_in_a_table() -> None:
    (table,) = statements(ANY, result(record(OUT, ONE)))
    assert (table.key, table.caption, len(table.rows)) == ("external-statements", "Statements that count", 1)
    assert [(one.title, one.place) for one in table.columns] == [
        ("Requirement", table.columns[0].place),
        ("Result", "with"),
        ("Attested by", table.columns[0].place),
        ("What was looked at, and what was found", "beside"),
    ]
    assert list(statements(ANY, result(record(OUT)))) == []
    assert list(statements(ANY, result(None, "gone"))) == []
