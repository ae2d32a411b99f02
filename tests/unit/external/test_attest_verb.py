"""`haproof attest`: what it writes counts, and what would never count is not written."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from attested import signed
from builders import full, write
from haproof.cli import main
from haproof.core.envelope import decode
from haproof.kinds import HOUSE
from haproof.schema import schema
from statements import ISSUER, keyid, predicate, private_file, public_file

Capture = pytest.CaptureFixture[str]
AT = ["--generated-at", "2026-03-23T12:00:00Z"]


def arguments(folder: Path, directory: Path, document: Path, **changed: str) -> list[str]:
    given = {
        "requirement": "PUB-2",
        "issuer": "Example Audits Ltd",
        "scope": "build 1.2, two nodes",
        "performed-on": "2026-03-01",
        "valid-until": "2099-02-28",
        "result": "PASS",
        "summary": "Nothing above low.",
        "key": str(folder / "issuer.key"),
    } | {name.replace("_", "-"): value for name, value in changed.items()}
    words = [word for name, value in given.items() for word in (f"--{name}", value)]
    return ["attest", str(directory), str(document), *words]


class Desk:
    """An issuer's desk: a key pair, a document, and an evidence directory."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.directory, self.document = folder, folder / "evidence", folder / "audit.pdf"
        write(self.directory, full())
        self.document.write_bytes(b"%PDF audit\n")
        private_file(folder)
        self.public = public_file(folder)

    def attest(self, **changed: str) -> int:
        return main(arguments(self.folder, self.directory, self.document, **changed))

    def refused(self, capsys: Capture, **changed: str) -> str:
        """The one sentence; nothing is written."""
        before = {path: path.read_bytes() for path in self.directory.rglob("*") if path.is_file()}
        assert self.attest(**changed) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.count("\n") == 1
        after = {path: path.read_bytes() for path in self.directory.rglob("*") if path.is_file()}
        assert after == before
        return err.removeprefix("haproof: ").rstrip("\n")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_whole_way(desk: Desk, capsys: Capture) -> None:
    assert desk.attest() == 0
    out, err = capsys.readouterr()
    assert err == ""
    place = desk.directory / "external"
    assert out.splitlines() == [
        f"statement  {place}/pub-2-audit.pdf.dsse.json  (PUB-2 PASS, by Example Audits Ltd)",
        f"document   {place}/audit.pdf",
        f"keyid      {keyid(ISSUER)}",
        "It counts for whoever trusts that key: haproof report EVIDENCE_DIR --trust KEY.pub",
    ]
    assert (desk.directory / "external" / "audit.pdf").read_bytes() == b"%PDF audit\n"
    assert main(["report", str(desk.directory), *AT, "--trust", desk.public, "--require", "PUB-2"]) == 0
    assert "attested by Example Audits Ltd on 2026-03-01, valid until 2099-02-28" in capsys.readouterr().out


def test_the_same_words_give_the_same_bytes_in_one_encoding(desk: Desk) -> None:
    desk.attest()
    path = desk.directory / "external" / "pub-2-audit.pdf.dsse.json"
    first = path.read_bytes()
    path.unlink()
    desk.attest()
    assert path.read_bytes() == first
    payload = json.loads(decode(first).payload)
    assert payload["predicate"] == predicate(valid_until="2099-02-28")
    assert payload["subject"][0]["name"] == "audit.pdf"
    jsonschema.Draft202012Validator(schema("EXTERNAL", HOUSE)).validate(payload)


@pytest.mark.parametrize(
    "changed",
    [
        {"requirement": "GA-1"},
        {"result": "MAYBE"},
        {"issuer": ""},
        {"issuer": "A" * 201},
        {"valid_until": "2026-02-30"},
        {"valid_until": "2026-13-01x"},
        {"predicateType": "urn:haproof:predicate:external:2"},
        {"subject": []},
    ],
)
def test_the_schema_refuses_what_no_statement_is(changed: dict[str, Any]) -> None:
    from statements import statement

    of_whole = {name: value for name, value in changed.items() if name in ("predicateType", "subject")}
    tree = statement("PUB-2", **{name: value for name, value in changed.items() if name not in of_whole})
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    validator = jsonschema.Draft202012Validator(schema("EXTERNAL", HOUSE), format_checker=checker)
    assert validator.is_valid(statement())
    assert not validator.is_valid(tree | of_whole)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"requirement": "PUB-9"}, "--requirement: 'PUB-9' is not one of PUB-1, PUB-2, PUB-3"),
        ({"result": "OK"}, "--result: 'OK' is not one of PASS, FAIL"),
        (
            {"performed_on": "1 March"},
            "this statement would never count: performed_on '1 March' is not a date",
        ),
        (
            {"performed_on": "2026-03-02", "valid_until": "2026-03-01"},
            "this statement would never count: valid_until 2026-03-01 is before performed_on 2026-03-02",
        ),
        ({"performed_on": "2098-01-01"}, "performed on 2098-01-01, which is after today ("),
        (
            {"issuer": ""},
            "this statement would never count: does not match the statement's schema: $.predicate.",
        ),
        ({"issuer": "A\nB"}, "--issuer 'A\\nB' is not one line of visible characters"),
        ({"summary": "\u202eSSAP"}, "--summary '\\u202eSSAP' is not one line of visible characters"),
        ({"scope": " x"}, "--scope ' x' is not one line of visible characters"),
        ({"key": "nokey"}, "key 'nokey' is not there: name a file that holds one key"),
        ({"name": "../up"}, "'../up.dsse.json' is not the name of a file: choose another --name"),
        ({"name": ".x"}, "'.x.dsse.json' is not the name of a file: choose another --name"),
    ],
)
def test_what_would_never_count_is_not_signed(
    desk: Desk, capsys: Capture, changed: dict[str, str], said: str
) -> None:
    assert said in desk.refused(capsys, **changed)


def test_one_that_expired_is_written_with_a_warning(desk: Desk, capsys: Capture) -> None:
    assert desk.attest(valid_until="2026-03-02") == 0
    assert "this statement expired on 2026-03-02: it will not count" in capsys.readouterr().err


def test_nothing_is_overwritten(desk: Desk, capsys: Capture) -> None:
    assert desk.attest() == 0
    capsys.readouterr()
    assert "exists, and a statement is never overwritten: choose another --name" in desk.refused(capsys)
    assert desk.attest(name="again") == 0
    capsys.readouterr()
    desk.document.write_bytes(b"%PDF another audit\n")
    assert "is another document under the same name: rename yours" in desk.refused(capsys, name="third")


def test_a_document_that_lies_there_already_is_taken(desk: Desk, capsys: Capture) -> None:
    (desk.directory / "external").mkdir()
    desk.document = desk.document.rename(desk.directory / "external" / "audit.pdf")
    assert desk.attest() == 0
    assert desk.document.read_bytes() == b"%PDF audit\n"


def test_a_statement_about_a_statement_is_not_written(desk: Desk, capsys: Capture) -> None:
    desk.attest()
    capsys.readouterr()
    desk.document = desk.directory / "external" / "pub-2-audit.pdf.dsse.json"
    assert "is a signed statement itself: name the document that it is about" in desk.refused(
        capsys, name="x"
    )
    copy = desk.folder / "innocent.json"
    copy.write_bytes(desk.document.read_bytes())
    desk.document = copy
    assert "is a signed statement itself" in desk.refused(capsys)


def test_documents_that_are_none(desk: Desk, capsys: Capture) -> None:
    for path, said in (
        (desk.folder / "gone", "is not there: name the file that the statement is about"),
        (desk.folder, "is a folder, not a file: name the file that the statement is about"),
        (Path("/dev/stdin"), "has no name: give a file, a copy of which is kept"),
    ):
        desk.document = path
        assert said in desk.refused(capsys)
    desk.document = desk.folder / "empty.pdf"
    desk.document.touch()
    assert "is empty" in desk.refused(capsys)
    desk.document = desk.folder / ".hidden"
    desk.document.write_bytes(b"x")
    assert "its document '.hidden' is not the name of a file next to it" in desk.refused(capsys)


def test_a_private_key_in_the_evidence_is_refused(desk: Desk, capsys: Capture) -> None:
    inside = private_file(desk.directory)
    assert "lies inside the evidence directory and would be handed out with it" in desk.refused(
        capsys, key=inside
    )


def test_signed_evidence_is_left_as_it_is(desk: Desk, capsys: Capture) -> None:
    desk.directory = signed(desk.folder / "made").directory
    assert "which a new file would break: attest first, then report and sign" in desk.refused(capsys)


def test_an_issuer_without_the_evidence_writes_what_is_handed_over(desk: Desk) -> None:
    desk.directory = desk.folder / "handover"
    desk.directory.mkdir()
    assert desk.attest() == 0
    assert sorted(os.listdir(desk.directory / "external")) == ["audit.pdf", "pub-2-audit.pdf.dsse.json"]


def test_an_encrypted_key_is_opened_by_its_passphrase(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    haproof = [sys.executable, "-m", "haproof"]
    make = [*haproof, "keygen", "--passphrase-fd", "0", str(tmp_path / "locked")]
    subprocess.run(make, input=b"tell nobody\n", check=True, capture_output=True, timeout=60)
    words = arguments(tmp_path, desk.directory, desk.document, key=str(tmp_path / "locked"))
    for secret, status in ((b"wrong\n", 2), (b"tell nobody\n", 0)):
        command = [*haproof, *words, "--passphrase-fd", "0"]
        made = subprocess.run(command, input=secret, check=False, capture_output=True, timeout=60)
        assert made.returncode == status, made.stderr
    assert (
        main(
            ["show", str(desk.directory), *AT, "--trust", str(tmp_path / "locked.pub"), "--require", "PUB-2"]
        )
        == 0
    )
