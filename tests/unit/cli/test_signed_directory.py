"""Looking never destroys: a signed directory is left as it is, and whatever `report` removes it names."""

import os
from pathlib import Path

import pytest

from attested import Signed, key_pair, reported, signed
from builders import full, seed, write
from haproof.attest.sign import sign
from haproof.cli import main

AT = ["--generated-at", "2026-03-23T12:00:00Z"]
LATER = ["--generated-at", "2026-03-23T12:00:01Z"]
Capture = pytest.CaptureFixture[str]
FORMS = ("text", "json", "html", "junit")


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


@pytest.fixture
def found(tmp_path: Path) -> Signed:
    return signed(tmp_path, forms=FORMS)


def test_a_signed_directory_is_judged_and_left_as_it_is(found: Signed, capsys: Capture) -> None:
    before = tree(found.directory)
    assert main(["report", str(found.directory), *LATER, "--write", "markdown"]) == 0
    captured = capsys.readouterr()
    assert captured.out.endswith("Verdict: HA DESIGN PARTNER READY\n")
    assert "Generated:    2026-03-23T12:00:01Z\n" in captured.out
    assert "signed files were left as they are" in captured.err
    assert captured.err.count("\n") == 1
    assert tree(found.directory) == before
    assert main(["verify", str(found.directory), "--key", found.public]) == 0


def test_the_status_is_that_of_the_judgement_not_of_the_signed_report(found: Signed, capsys: Capture) -> None:
    (found.directory / "val14" / "val14-report.json").unlink()
    before = tree(found.directory)
    assert main(["report", str(found.directory), *LATER]) == 3
    assert "Verdict: NOT READY (VAL26-02, VAL26-10)" in capsys.readouterr().out
    assert tree(found.directory) == before


@pytest.mark.parametrize("where", ["val26", "val26/../val26", "val13", "more/below", "."])
def test_no_place_inside_a_signed_directory_is_written_to(found: Signed, where: str, capsys: Capture) -> None:
    before = tree(found.directory)
    folder = os.path.join(found.directory, where)
    assert main(["report", str(found.directory), *LATER, "--output-dir", folder]) == 0
    assert "signed files were left as they are" in capsys.readouterr().err
    assert tree(found.directory) == before
    assert not (found.directory / "more").exists()


def test_a_link_to_the_signed_folder_is_the_signed_folder(found: Signed, tmp_path: Path) -> None:
    before = tree(found.directory)
    (tmp_path / "link").symlink_to(found.directory / "val26")
    assert main(["report", str(found.directory), *LATER, "--output-dir", str(tmp_path / "link")]) == 0
    assert tree(found.directory) == before


def test_another_s_signed_report_is_not_overwritten_either(found: Signed, tmp_path: Path) -> None:
    before = tree(found.directory)
    other = write(tmp_path / "other", seed())
    assert main(["report", str(other), *AT, "--output-dir", str(found.directory / "val26")]) == 0
    assert tree(found.directory) == before
    assert not (other / "val26").exists()


def test_elsewhere_is_written_as_ever(found: Signed, tmp_path: Path, capsys: Capture) -> None:
    before = tree(found.directory)
    out = tmp_path / "out"
    assert main(["report", str(found.directory), *LATER, "--write", "html", "--output-dir", str(out)]) == 0
    assert capsys.readouterr().err == ""
    assert sorted(path.suffix for path in out.iterdir()) == [".html", ".json", ".txt"]
    assert tree(found.directory) == before


def test_overwriting_replaces_the_report_removes_the_signature_and_says_so(
    found: Signed, capsys: Capture
) -> None:
    token = found.envelope.with_suffix(".tsr")
    token.write_bytes(b"a time stamp of the signature")
    assert main(["report", str(found.directory), *LATER, "--write", "html", "--overwrite-signed"]) == 0
    err = capsys.readouterr().err
    for path in (found.envelope, token):
        assert f"removed '{path}': it signed the report before this one" in err
    assert "val26-proof-report.junit.xml': it belonged to the report before this one" in err
    assert err.count("\n") == 3
    names = sorted(path.name for path in (found.directory / "val26").iterdir())
    assert names == [f"val26-proof-report.{ending}" for ending in ("html", "json", "txt")]
    assert main(["verify", str(found.directory), "--unsigned"]) == 0
    sign(str(found.directory), found.private)
    assert main(["verify", str(found.directory), "--key", found.public]) == 0


def test_overwriting_what_is_not_signed_says_nothing(tmp_path: Path, capsys: Capture) -> None:
    assert main(["report", str(write(tmp_path / "run", full())), *AT, "--overwrite-signed"]) == 0
    assert capsys.readouterr().err == ""


def test_a_signature_that_cannot_be_removed_leaves_everything(found: Signed, capsys: Capture) -> None:
    found.envelope.unlink()
    found.envelope.mkdir()
    before = tree(found.directory)
    assert main(["report", str(found.directory), *LATER, "--overwrite-signed"]) == 2
    assert str(found.envelope) in capsys.readouterr().err
    assert tree(found.directory) == before


def test_every_page_of_an_earlier_run_that_is_removed_is_named(tmp_path: Path, capsys: Capture) -> None:
    folder = reported(tmp_path / "run", forms=FORMS)
    assert main(["report", str(folder), *AT, "--write", "html"]) == 0
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    page = folder / "val26" / "val26-proof-report.junit.xml"
    assert err == f"haproof: removed '{page}': it belonged to the report before this one\n"
    assert main(["report", str(folder), *AT, "--write", "html"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("where", ["", "val26", "new/below"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["history", "RUN", "--append", "PLACE/runs.jsonl"],
        ["keygen", "PLACE/key", "--no-passphrase"],
        ["lab", "run", "--evidence", "PLACE/more"],
        ["soak", "setup", "PLACE/soak", "--dsn", "host=127.0.0.1"],
        ["calibrate", "--dsn", "host=127.0.0.1", "--hours", "1", "--evidence", "PLACE"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_no_verb_puts_a_file_among_signed_ones(
    found: Signed, arguments: list[str], where: str, capsys: Capture
) -> None:
    before = tree(found.directory)
    place = os.path.join(found.directory, where)
    words = [word.replace("RUN", str(found.directory)).replace("PLACE", place) for word in arguments]
    assert main(words) == 2
    captured = capsys.readouterr()
    assert "is covered by the signature" in captured.err
    assert str(found.envelope) in captured.err
    assert (captured.out, captured.err.count("\n")) == ("", 1)
    assert tree(found.directory) == before
    assert not (found.directory / "new").exists()


def test_signing_again_is_not_hindered(found: Signed, tmp_path: Path) -> None:
    other = key_pair(tmp_path, "other.key")
    sign(str(found.directory), other.removesuffix(".pub"))
    assert main(["verify", str(found.directory), "--key", other]) == 0
