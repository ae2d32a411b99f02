"""The three verbs from outside: statuses, one line a step, one sentence for a fault."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from attested import Signed, key_pair, reported, signed
from builders import full
from haproof.cli import main


@pytest.fixture
def found(tmp_path: Path) -> Signed:
    return signed(tmp_path)


def _run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str], str]:
    status = main(list(arguments))
    out, err = capsys.readouterr()
    return status, out.splitlines(), err


def test_the_whole_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = str(reported(tmp_path / "evidence"))
    monkeypatch.chdir(tmp_path)
    status, out, err = _run("keygen", capsys=capsys)
    assert (status, err) == (0, "")
    assert "not encrypted" in out[0]
    assert stat.S_IMODE(os.stat("haproof.key").st_mode) == 0o600
    signer = "Jane Doe, Example GmbH <jane@example.com>"
    status, signed_words, err = _run(
        "sign", directory, "--key", "haproof.key", "--signer", signer, capsys=capsys
    )
    assert (status, err) == (0, "")
    assert signed_words[1:] == ["Verdict of the report: HA DESIGN PARTNER READY"]
    status, lines, err = _run("verify", directory, "--key", "haproof.key.pub", capsys=capsys)
    assert (status, err) == (0, "")
    assert [line[:2] for line in lines[:8]] == [f"{n}." for n in range(1, 9)]
    assert lines[8] == "Verdict of the report: HA DESIGN PARTNER READY"
    keyid = out[2].split()[1]
    assert lines[9] == f"Signed by key {keyid}"
    assert lines[10].startswith(f'Signer: "{signer}" (as the signer wrote it); signed at: 20')
    assert lines[10].endswith("Z, by the signer's clock")
    assert lines[11] == (
        "The signature does not show: who holds the key, when it was made, that the evidence was measured "
        "honestly, that it is the newest"
    )
    assert lines[12:] == [f"Verified: signed by key {keyid}; not checked: step 8"]
    assert keyid in signed_words[0]


def test_a_signature_without_a_name_says_so(found: Signed, capsys: pytest.CaptureFixture[str]) -> None:
    _, lines, _ = _run("verify", str(found.directory), "--key", found.public, capsys=capsys)
    assert lines[10] == "Signer: not named; signed at: 2026-03-23T12:00:00Z, by the signer's clock"


@pytest.mark.parametrize("signer", ["", "two\nlines", "x" * 201])
def test_a_signer_that_is_no_line_signs_nothing(
    found: Signed, capsys: pytest.CaptureFixture[str], signer: str
) -> None:
    before = found.envelope.read_bytes()
    arguments = ("sign", str(found.directory), "--key", found.private, "--signer", signer)
    status, out, err = _run(*arguments, capsys=capsys)
    assert (status, out, err.count("\n")) == (2, [], 1)
    assert err.startswith("haproof: the signer is ")
    assert found.envelope.read_bytes() == before


def test_a_report_that_is_not_ready_is_signed_and_both_sides_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = full()
    del reports["VAL14"]
    directory, public = str(reported(tmp_path / "evidence", reports)), key_pair(tmp_path)
    said = "Verdict of the report: NOT READY (VAL26-02, VAL26-10)"
    status, lines, _ = _run("sign", directory, "--key", public.removesuffix(".pub"), capsys=capsys)
    assert (status, lines[-1]) == (0, said)
    status, lines, _ = _run("verify", directory, "--key", public, capsys=capsys)
    assert (status, lines[8]) == (0, said)


def test_the_installed_command_says_and_returns_the_same(
    found: Signed, capsys: pytest.CaptureFixture[str]
) -> None:
    """It leaves without tearing the interpreter down: everything must be written by then."""
    for arguments in (
        ["verify", str(found.directory), "--key", found.public],
        ["verify", str(found.directory)],
        ["verify", str(found.directory / "nowhere")],
    ):
        status, lines, err = _run(*arguments, capsys=capsys)
        ended = subprocess.run(
            [sys.executable, "-c", "from haproof.cli import console; console()", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (ended.returncode, ended.stdout.splitlines(), ended.stderr) == (status, lines, err)


def test_status_4_names_the_steps(found: Signed, capsys: pytest.CaptureFixture[str]) -> None:
    (found.directory / "val13/val13-report.json").unlink()
    status, lines, err = _run("verify", str(found.directory), "--key", found.public, capsys=capsys)
    assert (status, err) == (4, "")
    assert lines[-1] == "NOT VERIFIED (steps 4, 6, 7)"
    assert not any(line.startswith("Verified") for line in lines)


def test_an_envelope_without_a_key_is_status_4(found: Signed, capsys: pytest.CaptureFixture[str]) -> None:
    status, lines, _ = _run("verify", str(found.directory), capsys=capsys)
    assert status == 4
    assert lines[1].startswith("2. signature     NOT CHECKED  no key was given: pass --key PUB or --unsigned")
    assert not any("FAILED" in line for line in lines)
    assert lines[-1] == (
        "NOT VERIFIED: there is a signature, and it was not checked: pass --key PUB or --unsigned"
    )


def test_unsigned_is_status_0_and_says_so(found: Signed, capsys: pytest.CaptureFixture[str]) -> None:
    status, lines, _ = _run("verify", str(found.directory), "--unsigned", capsys=capsys)
    assert status == 0
    assert lines[-1].startswith("Verified, without a signature")


def test_a_key_without_an_envelope_is_status_4(found: Signed, capsys: pytest.CaptureFixture[str]) -> None:
    found.envelope.unlink()
    status, lines, _ = _run("verify", str(found.directory), "--key", found.public, capsys=capsys)
    assert status == 4
    assert lines[-1] == "NOT VERIFIED (step 1)"
    assert _run("verify", str(found.directory), capsys=capsys)[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify"],
        ["verify", "nowhere"],
        ["verify", "{public}"],
        ["verify", "{directory}", "--key", "nowhere"],
        ["verify", "{directory}", "--key", "{directory}"],
        ["verify", "{directory}", "--key", "{public}", "--unsigned"],
        ["verify", "{directory}", "--ke", "{public}"],
        ["sign", "{directory}"],
        ["sign", "{directory}", "--key", "nowhere"],
        ["sign", "{directory}", "--key", "{public}"],
        ["sign", "nowhere", "--key", "{private}"],
        ["keygen", "{private}"],
    ],
)
def test_usage_faults_are_one_sentence_and_status_2(
    found: Signed, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    places = {"directory": str(found.directory), "public": found.public, "private": found.private}
    status, out, err = _run(*(word.format(**places) for word in arguments), capsys=capsys)
    assert status == 2
    assert out == []
    assert err.count("\n") == 1
    assert err.startswith("haproof: ")


def test_a_refused_signature_is_status_4(found: Signed, capsys: pytest.CaptureFixture[str]) -> None:
    (found.directory / "val13/val13-report.json").write_text("{}")
    status, out, err = _run("sign", str(found.directory), "--key", found.private, capsys=capsys)
    assert (status, out) == (4, [])
    assert err.startswith("haproof: not signed, digests: modified: val13/val13-report.json")


def test_the_help_of_each_verb(capsys: pytest.CaptureFixture[str]) -> None:
    for verb in ("keygen", "sign", "verify"):
        status, out, _ = _run(verb, "--help", capsys=capsys)
        assert status == 0
        assert "Exit status 0" in " ".join(out)


def test_verify_without_a_key_needs_no_optional_package_and_no_network(tmp_path: Path) -> None:
    directory = reported(tmp_path / "evidence")
    script = (
        "import sys; sys.modules['cryptography'] = None; sys.modules['socket'] = None\n"
        f"from haproof.cli import main; sys.exit(main(['verify', {str(directory)!r}]))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_closed_stdout_changes_no_status(found: Signed) -> None:
    (found.directory / "val13/val13-report.json").unlink()
    script = "import sys; from haproof.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", script, "verify", str(found.directory), "--key", found.public]
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        ended = subprocess.run(command, stdout=closed, stderr=subprocess.PIPE, timeout=60, check=False)
    assert ended.returncode == 4
    assert b"Traceback" not in ended.stderr
