"""docs/verifying.md shows a verification with standard tools only: it is run here as it stands there."""

import os
import re
import shutil
import string
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from attested import Signed, key_pair, signed
from authority import authority
from haproof.attest.inventory import TIMESTAMP_NAME
from haproof.attest.statement import PREDICATE_TYPE
from haproof.core.envelope import PAYLOAD_TYPE
from haproof.core.in_toto import STATEMENT_TYPE

DOCUMENT = Path(__file__).parents[3] / "docs" / "verifying.md"
TOOLS = ("bash", "openssl", "jq", "sha256sum", "base64", "find", "diff")

pytestmark = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in TOOLS), reason=f"needs {', '.join(TOOLS)}"
)


@pytest.fixture
def found(tmp_path: Path) -> Signed:
    """A signed directory and a key by the names that the document uses."""
    made = signed(tmp_path / "made")
    directory = tmp_path / "evidence" / "my-run"
    directory.parent.mkdir()
    made.directory.rename(directory)
    shutil.copy(made.public, tmp_path / "haproof.key.pub")
    return Signed(directory, made.public)


def _script() -> str:
    blocks = re.findall(r"^```sh\n(.*?)^```$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    return str(blocks[0])


def _run(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", _script()],
        cwd=folder,
        env=os.environ | {"TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_verifies_what_we_signed(found: Signed, tmp_path: Path) -> None:
    ended = _run(tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-4:] == [
        "2026-03-23T12:00:00Z",
        "no name",
        "HA DESIGN PARTNER READY",
        "PASSED",
    ]


def test_a_timestamp_beside_the_envelope_is_no_file_added(found: Signed, tmp_path: Path) -> None:
    (found.directory / TIMESTAMP_NAME).write_bytes(b"\x30\x03\x02\x01\x00")
    ended = _run(tmp_path)
    assert ended.returncode == 0, ended.stderr


CURL = """#!/bin/sh
# Answers as the authority would: curl's last argument is its address, the query and the answer are files.
while [ $# -gt 1 ]; do
  case $1 in
    --data-binary) query=${2#@}; shift ;;
    -o) answer=$2; shift ;;
  esac
  shift
done
test "$1" = https://tsa.example.com
exec openssl ts -reply -config AUTHORITY/ts.cnf -queryfile "$query" -out "$answer"
"""


def test_a_timestamp_is_asked_for_and_verified_as_it_is_written(found: Signed, tmp_path: Path) -> None:
    blocks = re.findall(r"^```console\n(.*?)^```$", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
    (first,) = (place for place, block in enumerate(blocks) if block.startswith("$ ENVELOPE="))
    lines = "".join(blocks[first : first + 2]).splitlines()
    commands = [line.removeprefix("$ ") for line in lines]
    tsa = authority(tmp_path / "tsa")
    shutil.copy(tsa.ca, tmp_path / "tsa-ca.pem")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "curl").write_text(CURL.replace("AUTHORITY", str(tsa.folder)))
    (programs / "curl").chmod(0o755)
    places = (str(programs), os.path.dirname(sys.executable), os.environ["PATH"])
    ended = subprocess.run(
        ["bash", "-euc", "\n".join(commands)],
        cwd=tmp_path,
        env=os.environ | {"PATH": os.pathsep.join(places)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr + ended.stdout
    assert "Status: Granted" in ended.stdout
    assert (found.directory / TIMESTAMP_NAME).is_file()
    step = next(line for line in ended.stdout.splitlines() if "timestamp" in line and line.startswith("9."))
    assert " ok " in step
    assert "Verified: signed by key" in ended.stdout


def test_it_verifies_a_kept_run_of_the_first_version(tmp_path: Path) -> None:
    kept = Path(__file__).parents[2] / "kept" / "1.0"
    (tmp_path / "evidence").mkdir()
    shutil.copytree(kept / "signed-run", tmp_path / "evidence" / "my-run")
    shutil.copy(kept / "signed-run.pub", tmp_path / "haproof.key.pub")
    ended = _run(tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-4:-2] == ["no time", "no name"]


def _rewrite(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _edit(found: Signed, old: bytes, new: bytes) -> None:
    content = found.envelope.read_bytes()
    assert content.count(old) == 1
    found.envelope.write_bytes(content.replace(old, new))


def _other_padding(envelope: bytes) -> bytes:
    """The same signature, in base64 whose unused bits are not zero: its last character before `==`."""
    place = envelope.rindex(b'=="') - 1
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    other = alphabet[alphabet.index(chr(envelope[place])) ^ 1].encode()
    return envelope[:place] + other + envelope[place + 1 :]


DAMAGES: dict[str, Callable[[Signed, Path], object]] = {
    "slice report changed": lambda f, _: _rewrite(f.directory / "val13/val13-report.json"),
    "raw file changed": lambda f, _: _rewrite(f.directory / "val13/journal.jsonl"),
    "report changed": lambda f, _: _rewrite(f.directory / "val26/val26-proof-report.txt"),
    "payload changed": lambda f, _: _rewrite(f.envelope),
    "white space in the envelope": lambda f, _: f.envelope.write_bytes(f.envelope.read_bytes() + b"\n"),
    "key given twice": lambda f, _: _edit(f, b'{"payload"', b'{"payloadType":"x","payload"'),
    "padding bits of the signature": lambda f, _: f.envelope.write_bytes(
        _other_padding(f.envelope.read_bytes())
    ),
    "another keyid": lambda f, _: _edit(f, b'"keyid":"', b'"keyid":"0'),
    "no envelope": lambda f, _: f.envelope.unlink(),
    "file added": lambda f, _: (f.directory / "val13/more").write_bytes(b""),
    "file removed": lambda f, _: (f.directory / "val15/notes.txt").unlink(),
    "link added": lambda f, _: (f.directory / "val13/more").symlink_to("journal.jsonl"),
    "another key": lambda _, folder: shutil.copy(key_pair(folder), folder / "haproof.key.pub"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_it_finds_damage(found: Signed, tmp_path: Path, damage: str) -> None:
    DAMAGES[damage](found, tmp_path)
    ended = _run(tmp_path)
    assert ended.returncode != 0
    assert ended.stderr.endswith("NOT VERIFIED (after the lines above)\n")
    assert not list(tmp_path.glob("tmp.*")), "its own folder is left behind"


def test_the_names_of_the_types_are_those_of_the_program() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} " in text
    assert PREDICATE_TYPE in text
    assert STATEMENT_TYPE in text
