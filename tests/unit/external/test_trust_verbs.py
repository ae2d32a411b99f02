"""`--trust KEY`: the verbs that judge count statements by it, and a verification repeats what was judged."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined]

from attested import key_pair
from builders import full, write
from haproof.cli import main
from statements import ISSUER, OTHER, keyid, private_file, public_file, put, statement

Capture = pytest.CaptureFixture[str]
AT = ["--generated-at", "2026-03-23T12:00:00Z"]
FORMS = ["--write", "html,markdown,junit,openmetrics"]


class Place:
    """An evidence directory with a statement, and the key of its issuer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.directory = write(folder / "evidence", full())
        self.statement = put(self.directory)
        self.public = public_file(folder)
        self.other = public_file(folder, OTHER, "other.pub")

    def run(self, verb: str, *words: str) -> int:
        return main([verb, str(self.directory), *words])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def files(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (directory / "val26").iterdir()}


def states(out: str) -> dict[str, str]:
    return {line[3:15].strip(): line[17:28].strip() for line in out.splitlines() if line[1:3] == ". "}


def test_the_keys_are_recorded_by_their_ids_whatever_their_order(place: Place, capsys: Capture) -> None:
    first = ["--trust", place.public, "--trust", place.other, "--trust", place.public]
    assert place.run("report", *AT, *FORMS, *first) == 0
    made = files(place.directory)
    recorded = json.loads(made["val26-proof-report.json"])["options"]["trusted_keys"]
    assert recorded == sorted((keyid(ISSUER), keyid(OTHER)))
    assert place.run("report", *AT, *FORMS, "--trust", place.other, "--trust", place.public) == 0
    assert files(place.directory) == made


def test_show_judges_as_report_does(place: Place, capsys: Capture) -> None:
    assert place.run("report", *AT, "--trust", place.public, "--require", "PUB-2") == 0
    reported = capsys.readouterr().out
    assert place.run("show", *AT, "--trust", place.public, "--require", "PUB-2") == 0
    assert capsys.readouterr().out == reported
    assert place.run("show", *AT, "--require", "PUB-2") == 3
    assert "--require PUB-2 is not reached: no evidence (external/pub-2.dsse.json" in capsys.readouterr().err


def test_verify_repeats_the_judgement_with_the_keys_that_it_was_made_with(
    place: Place, capsys: Capture
) -> None:
    place.run("report", *AT, *FORMS, "--trust", place.public)
    capsys.readouterr()
    assert place.run("verify", "--trust", place.public, "--trust", place.other) == 0
    out = capsys.readouterr().out
    assert (states(out)["judgement"], states(out)["report files"]) == ("ok", "ok")
    assert "6 slice reports as recorded in val26/val26-proof-report.json\n" in out


@pytest.mark.parametrize("given", [[], ["--trust", "other.pub"]])
def test_without_these_keys_it_cannot_be_told_and_that_is_no_failure(
    place: Place, capsys: Capture, monkeypatch: pytest.MonkeyPatch, given: list[str]
) -> None:
    monkeypatch.chdir(place.folder)
    place.run("report", *AT, *FORMS, "--trust", place.public)
    capsys.readouterr()
    assert place.run("verify", *given) == 0
    out = capsys.readouterr().out
    assert states(out)["judgement"] == states(out)["report files"] == "NOT CHECKED"
    assert f"made with statements that {keyid(ISSUER)} signed" in out


def test_a_key_that_was_not_trusted_then_changes_nothing_now(place: Place, capsys: Capture) -> None:
    place.run("report", *AT, *FORMS)
    assert place.run("verify", "--trust", place.public) == 0


def test_verify_sees_a_statement_and_a_document_that_changed(place: Place, capsys: Capture) -> None:
    place.run("report", *AT, *FORMS, "--trust", place.public)
    document = place.directory / "external" / "audit.pdf"
    document.write_bytes(b"Nothing was found.\n")
    capsys.readouterr()
    assert place.run("verify", "--trust", place.public) == 4
    assert states(capsys.readouterr().out)["judgement"] == "FAILED"
    put(place.directory, issuer="Somebody Else")
    assert place.run("verify", "--trust", place.public) == 4
    assert "modified: external/pub-2.dsse.json" in capsys.readouterr().out


def test_a_report_with_statements_is_signed_and_verified(place: Place, capsys: Capture) -> None:
    place.run("report", *AT, *FORMS, "--trust", place.public)
    signer = key_pair(place.folder)
    assert place.run("sign", "--key", signer.removesuffix(".pub")) == 4
    assert "not signed, judgement: made with statements that" in capsys.readouterr().err
    assert place.run("sign", "--key", signer.removesuffix(".pub"), "--trust", place.public) == 0
    capsys.readouterr()
    assert place.run("verify", "--key", signer, "--trust", place.public) == 0
    assert set(states(capsys.readouterr().out).values()) <= {"ok", "NOT CHECKED"}
    (place.directory / "external" / "audit.pdf").unlink()
    assert place.run("verify", "--key", signer, "--trust", place.public) == 4
    assert "removed: external/audit.pdf" in capsys.readouterr().out


@pytest.mark.parametrize("verb", ["report", "show", "verify", "history"])
def test_a_key_that_is_none_is_one_sentence(place: Place, capsys: Capture, verb: str) -> None:
    private = private_file(place.folder)
    for path, said in (
        (private, "is a private key: verify with the signer's public key (.pub)"),
        (str(place.statement), "is not a public key in PEM, OpenSSH's form or DER"),
        (str(place.folder / "absent"), "absent' is not there: name a file that holds one key"),
    ):
        assert place.run(verb, "--trust", path) == 2
        err = capsys.readouterr().err
        assert said in err
        assert err.count("\n") == 1
    assert not (place.directory / "val26").exists()


def test_two_runs_are_compared_by_the_statements_that_count(place: Place, capsys: Capture) -> None:
    before = write(place.folder / "before", full())
    trust = ["--trust", place.public]
    assert main(["diff", str(before), str(place.directory), *AT, *trust]) == 0
    assert "EXTERNAL" in capsys.readouterr().out
    assert main(["diff", str(place.directory), str(before), *AT, *trust]) == 1
    put(place.directory, name="other", result="FAIL")
    put(before)
    assert main(["diff", str(before), str(place.directory), *AT, *trust]) == 1


def test_a_history_keeps_what_counted(place: Place, capsys: Capture) -> None:
    words = [*AT, "--trust", place.public, "--format", "jsonl"]
    assert place.run("history", *words) == 0
    (row,) = json.loads(capsys.readouterr().out)["beyond"]
    assert (row["id"], row["status"], row["metrics"]["statements_counted"]) == ("EXTERNAL", "PASS", 1)


def test_what_securesystemslib_signs_counts(place: Place) -> None:
    """An implementation that is not ours writes the envelope: it names the key by an id of its own."""
    signer = CryptoSigner(load_pem_private_key(Path(private_file(place.folder)).read_bytes(), None))
    theirs = Envelope(json.dumps(statement()).encode(), "application/vnd.in-toto+json", {})
    theirs.sign(signer)
    place.statement.write_text(json.dumps(theirs.to_dict(), indent=2))
    assert theirs.to_dict()["signatures"][0]["keyid"] != keyid(ISSUER)
    assert place.run("show", *AT, "--trust", place.public, "--require", "PUB-2") == 0


def test_keys_are_loaded_only_where_they_are_named(place: Place) -> None:
    probe = (
        "import sys, haproof.cli as cli\n"
        f"cli.main(['report', {str(place.directory)!r}, *sys.argv[1:]])\n"
        "print(sorted(m for m in sys.modules if m in ('cryptography', 'haproof.attest')), file=sys.stderr)"
    )
    for given, loaded in (([], []), (["--trust", place.public], ["cryptography", "haproof.attest"])):
        command = [sys.executable, "-c", probe, *AT, *given]
        run = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
        assert run.stderr.splitlines()[-1] == str(loaded)
