"""Which statements count, and what each of the others says of itself."""

import json
import os
import shutil
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bad_systems import breaks
from builders import NOON, full, write
from haproof.api import assess, read_evidence
from haproof.core.artifact import parse_artifact
from haproof.core.model import Options, RequirementRow
from haproof.core.parse import Mismatch
from haproof.core.report import Report
from haproof.core.trust import Trusted
from haproof.kinds import HOUSE
from haproof.render import render
from haproof.schema import schema
from hostile_statements import EXPECTED, FOLDER, files
from statements import ISSUER, NAMES, OTHER, Json, envelope, keyid, put, signature, statement, trust

TRUSTED = trust(ISSUER)


def judged(folder: Path, trusted: Trusted = TRUSTED, at: datetime = NOON) -> Report:
    write(folder, full())
    options = Options(trusted_keys=trusted.ids)
    return assess(read_evidence(str(folder), trusted=trusted), at, options)


def statements(report: Report) -> dict[str, Json]:
    """Those of the artifact, by the name of their file."""
    (row,) = report.proof.beyond
    assert row.metrics is not None
    return {Path(one["path"]).name.removesuffix(".dsse.json"): one for one in row.metrics["statements"]}


def requirement(report: Report, name: str) -> RequirementRow:
    rows = report.proof.readiness["public_production"].requirements
    return next(row for row in rows if row.id == name)


def test_the_hostile_files_are_those_that_are_said() -> None:
    assert {path.name: path.read_bytes() for path in FOLDER.iterdir()} == files()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copytree(FOLDER, folder / "external")
    return judged(folder)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_hostile_file_is_listed_with_its_reason_and_does_not_count(name: str, hostile: Report) -> None:
    found = statements(hostile)[name]
    assert EXPECTED[name] in found["reason"]
    assert found["state"] == ("expired" if name == "expired" else "does not count")


def test_hostile_files_meet_nothing_and_stop_nothing(hostile: Report) -> None:
    (row,) = hostile.proof.beyond
    assert (row.id, row.status, row.passed) == ("EXTERNAL", "MISSING", None)
    assert f"none of {len(EXPECTED)} statements counts" in (row.detail or "")
    assert hostile.ready
    assert requirement(hostile, "PUB-1").state == "NO EVIDENCE"
    assert requirement(hostile, "PUB-2").state == "NOT MET"  # one of them expired
    assert len(hostile.proof.evidence.files) == 5 + len(EXPECTED)


def test_the_artifact_fits_its_schema_and_is_read_again(hostile: Report) -> None:
    content = render(hostile, "json")
    jsonschema.Draft202012Validator(schema("proof", HOUSE)).validate(json.loads(content))
    assert parse_artifact(content, HOUSE).proof == hostile.proof


def test_an_artifact_whose_statements_lie_elsewhere_is_none(hostile: Report) -> None:
    tree = json.loads(render(hostile, "json"))
    validator = jsonschema.Draft202012Validator(schema("proof", HOUSE))
    for path in ("external/pub-2.json", "external/a/b.dsse.json", "val13/pub-2.dsse.json"):
        tree["evidence"]["files"][-1]["path"] = path
        assert not validator.is_valid(tree)
        with pytest.raises(Mismatch, match="is not in the folder of EXTERNAL"):
            parse_artifact(json.dumps(tree).encode(), HOUSE)


def test_the_statements_of_an_artifact_stand_together(hostile: Report) -> None:
    tree = json.loads(render(hostile, "json"))
    files = tree["evidence"]["files"]
    files.insert(0, files.pop())
    with pytest.raises(Mismatch, match="expected each slice once, in order"):
        parse_artifact(json.dumps(tree).encode(), HOUSE)


def test_a_good_statement_counts(tmp_path: Path) -> None:
    put(tmp_path)
    report = judged(tmp_path)
    (row,) = report.proof.beyond
    assert (row.status, row.passed, row.total, row.generated_at, row.path) == ("PASS", 1, 1, None, None)
    assert statements(report)["pub-2"] == {
        "path": "external/pub-2.dsse.json",
        "keyid": keyid(ISSUER),
        "requirement": "PUB-2",
        "issuer": "Example Audits Ltd",
        "scope": "build 1.2, two nodes",
        "performed_on": "2026-03-01",
        "valid_until": "2027-02-28",
        "result": "PASS",
        "summary": "Nothing above low.",
        "document": "audit.pdf",
        "document_sha256": statement()["subject"][0]["digest"]["sha256"],
        "state": "counts",
        "reason": None,
    }
    assert [file.path for file in report.proof.evidence.files][-1] == "external/pub-2.dsse.json"
    met = requirement(report, "PUB-2")
    assert met.state == "MET"
    assert met.detail == "attested by Example Audits Ltd on 2026-03-01, valid until 2027-02-28"


@pytest.mark.parametrize(
    ("at", "state"),
    [
        ("2026-02-28T23:59:59Z", "does not count"),
        ("2026-03-01T00:00:00Z", "counts"),
        ("2027-02-28T23:59:59Z", "counts"),
        ("2027-03-01T00:00:00Z", "expired"),
    ],
)
def test_it_counts_from_its_first_day_to_its_last_in_utc(tmp_path: Path, at: str, state: str) -> None:
    put(tmp_path)
    moment = datetime.fromisoformat(at)
    for zone in (UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))):
        assert statements(judged(tmp_path, at=moment.astimezone(zone)))["pub-2"]["state"] == state


def rewritten(path: Path, **changed: Any) -> None:
    path.write_text(json.dumps(envelope(statement()) | changed, indent=2))


def test_what_other_programs_write_counts_too(tmp_path: Path) -> None:
    """DSSE leaves the layout of the JSON, the name of the key and the alphabet of base64 to the writer."""
    path = put(tmp_path)
    payload = json.dumps(statement()).encode()
    signed = signature(payload)["sig"].translate(str.maketrans("+/", "-_"))
    for hint in ({}, {"keyid": ""}, {"keyid": None}, {"keyid": "SHA256:issuer"}):
        rewritten(path, signatures=[{"sig": signed, "cert": "ignored"} | hint], more=1)
        found = statements(judged(tmp_path))["pub-2"]
        assert (found["state"], found["keyid"]) == ("counts", keyid(ISSUER))


@breaks("EXTERNAL-01")
def test_a_statement_that_says_fail_is_not_outvoted(tmp_path: Path, broken: set[str]) -> None:
    put(tmp_path, name="a")
    put(
        tmp_path,
        name="b",
        key=OTHER,
        issuer="Second Opinion",
        result="FAIL",
        summary="Open replication port.",
    )
    report = judged(tmp_path, trust(ISSUER, OTHER))
    found = requirement(report, "PUB-2")
    assert found.state == "NOT MET"
    assert found.detail == "Second Opinion says FAIL (2026-03-01): Open replication port"
    (row,) = report.proof.beyond
    assert (row.status, row.passed, row.failed) == ("FAIL", 0, 1)
    assert report.proof.contradictions == ()
    assert {one.check.id for one in report.results[-1].checks if not one.passed} == broken
    risks = {risk.id: risk for risk in report.proof.risks}
    assert "Failed: EXTERNAL-01." in risks["RUN-FAILED-EXTERNAL"].detail
    assert report.ready
    assert requirement(judged(tmp_path), "PUB-2").state == "MET"  # the reader trusts one of the two


def test_a_fail_that_expired_does_not_outlive_a_pass(tmp_path: Path) -> None:
    put(tmp_path, name="a", result="FAIL", performed_on="2025-01-01", valid_until="2026-01-01")
    assert requirement(judged(tmp_path), "PUB-2").state == "NOT MET"
    put(tmp_path, name="b")
    assert requirement(judged(tmp_path), "PUB-2").state == "MET"


def test_one_that_expired_meets_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    put(tmp_path, valid_until="2026-03-22")
    found = requirement(judged(tmp_path), "PUB-2")
    assert found.state == "NOT MET"
    assert found.detail == (
        "attested by Example Audits Ltd on 2026-03-01, but only valid until 2026-03-22: "
        "ask for a new statement"
    )


def test_the_newest_of_several_is_named(tmp_path: Path) -> None:
    put(tmp_path, name="b", issuer="Old", performed_on="2026-01-01")
    put(tmp_path, name="a", issuer="New", performed_on="2026-02-01")
    assert requirement(judged(tmp_path), "PUB-2").detail.startswith("attested by New on 2026-02-01")


def test_a_statement_is_about_its_own_requirement_alone(tmp_path: Path) -> None:
    put(tmp_path, "PUB-3")
    report = judged(tmp_path)
    assert {name: requirement(report, name).state for name in NAMES} == {
        "PUB-1": "NO EVIDENCE",
        "PUB-2": "NO EVIDENCE",
        "PUB-3": "MET",
    }


def test_without_a_key_nothing_counts_and_the_reason_says_which_key_is_asked_for(tmp_path: Path) -> None:
    put(tmp_path)
    report = assess(read_evidence(str(write(tmp_path, full()))), NOON)
    assert statements(report)["pub-2"]["reason"] == (
        f"signed by key {keyid(ISSUER)}, which is not trusted (--trust KEY)"
    )
    assert report.proof.options.trusted_keys == ()
    found = requirement(report, "PUB-2")
    assert found.state == "NO EVIDENCE"
    assert found.detail.startswith("external/pub-2.dsse.json does not count: signed by key ")


def test_a_key_at_hand_that_the_options_do_not_name_counts_for_nothing(tmp_path: Path) -> None:
    """What was judged without a key is judged so again, whatever keys there are by then."""
    put(tmp_path)
    write(tmp_path, full())
    with_key = assess(read_evidence(str(tmp_path), trusted=TRUSTED), NOON)
    assert with_key.proof == assess(read_evidence(str(tmp_path)), NOON).proof


def test_a_name_that_the_envelope_gives_wrongly_changes_nothing_without_the_key(tmp_path: Path) -> None:
    path = put(tmp_path)
    rewritten(path, signatures=[signature(json.dumps(statement()).encode()) | {"keyid": "me"}])
    write(tmp_path, full())
    with_key = assess(read_evidence(str(tmp_path), trusted=TRUSTED), NOON)
    assert with_key.proof == assess(read_evidence(str(tmp_path)), NOON).proof


def test_a_folder_without_a_statement_is_missing(tmp_path: Path) -> None:
    (tmp_path / "external").mkdir()
    (tmp_path / "external" / "audit.pdf").write_bytes(b"x")
    (tmp_path / "external" / ".hidden.dsse.json").write_bytes(b"x")
    report = judged(tmp_path)
    (row,) = report.proof.beyond
    assert (row.status, row.detail) == ("MISSING", "external/*.dsse.json: not found")
    assert requirement(report, "PUB-1").detail == "EXTERNAL MISSING: not found"


def reason(folder: Path) -> str:
    return str(statements(judged(folder))["pub-2"]["reason"])


def test_a_statement_or_a_document_by_a_link_out_of_the_directory_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    path = put(folder)
    path.rename(tmp_path / "outside.dsse.json")
    path.symlink_to(tmp_path / "outside.dsse.json")
    assert reason(folder) == "a link that leads outside the evidence directory"
    path.unlink()
    (tmp_path / "outside.dsse.json").rename(path)
    paper = folder / "external" / NAMES["PUB-2"]
    paper.rename(tmp_path / "audit.pdf")
    paper.symlink_to(tmp_path / "audit.pdf")
    assert reason(folder) == "its document audit.pdf: a link that leads outside the evidence directory"


def test_a_pipe_a_folder_and_a_huge_file_are_named_and_never_waited_for(tmp_path: Path) -> None:
    path = put(tmp_path)
    content = path.read_bytes()
    path.unlink()
    os.mkfifo(path)
    assert reason(tmp_path) == "not a regular file"
    path.unlink()
    path.mkdir()
    assert reason(tmp_path) == "not a regular file"
    path.rmdir()
    with path.open("wb") as stream:
        stream.truncate(1024 * 1024 + 1)
    assert reason(tmp_path) == "larger than 1 MiB (1048577 bytes)"
    path.write_bytes(content)
    paper = tmp_path / "external" / NAMES["PUB-2"]
    paper.unlink()
    os.mkfifo(paper)
    assert reason(tmp_path) == "its document audit.pdf: not a regular file"
    paper.unlink()
    with paper.open("wb") as stream:
        stream.truncate(1024**3 + 1)
    assert reason(tmp_path) == f"its document audit.pdf: larger than 1024 MiB ({1024**3 + 1} bytes)"


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "external").write_bytes(b"")
    (row,) = judged(tmp_path).proof.beyond
    assert (row.status, row.detail) == ("MISSING", "external/*.dsse.json: not found")
