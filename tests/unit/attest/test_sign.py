"""Only what verifies is signed; what is refused leaves the directory as it was."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import haproof
from attested import files_below, key_pair, reported, signed
from haproof.attest.inventory import ENVELOPE_NAME
from haproof.errors import HaproofError, IntegrityError, OutputError, UsageError


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return reported(tmp_path / "evidence")


@pytest.fixture
def private(tmp_path: Path) -> str:
    return key_pair(tmp_path).removesuffix(".pub")


def test_the_public_names_sign_and_verify(directory: Path, private: str) -> None:
    made = haproof.sign(str(directory), private)  # type: ignore[operator]
    assert made.path == str(directory / ENVELOPE_NAME)
    assert made.subjects == len(files_below(directory)) - 1
    found = haproof.verify(str(directory), f"{private}.pub")  # type: ignore[operator]
    assert found.ok
    assert found.keyid == made.keyid


def test_signing_again_gives_the_same_bytes(directory: Path, private: str) -> None:
    haproof.sign(str(directory), private)  # type: ignore[operator]
    first = (directory / ENVELOPE_NAME).read_bytes()
    haproof.sign(str(directory), private)  # type: ignore[operator]
    assert (directory / ENVELOPE_NAME).read_bytes() == first


def test_signing_changes_no_other_file(directory: Path, private: str) -> None:
    before = {name: (directory / name).read_bytes() for name in files_below(directory)}
    haproof.sign(str(directory), private)  # type: ignore[operator]
    after = {name: (directory / name).read_bytes() for name in files_below(directory)}
    assert after.pop(ENVELOPE_NAME)
    assert after == before


REFUSED: dict[str, tuple[Callable[[Path], object], type[HaproofError], str]] = {
    "no report": (lambda d: shutil.rmtree(d / "val26"), IntegrityError, "haproof report"),
    "evidence changed after the report": (
        lambda d: (d / "val13/val13-report.json").write_text("{}"),
        IntegrityError,
        "modified: val13/val13-report.json",
    ),
    "raw file gone": (
        lambda d: (d / "val13/journal.jsonl").unlink(),
        IntegrityError,
        "val13/journal.jsonl is not there",
    ),
    "text edited": (
        lambda d: (d / "val26/val26-proof-report.txt").write_text("READY"),
        IntegrityError,
        "is not what this evidence gives",
    ),
    "a link": (lambda d: (d / "val13/link").symlink_to("."), IntegrityError, "a symbolic link"),
    "a FIFO": (lambda d: os.mkfifo(d / "pipe"), IntegrityError, "a FIFO"),
    "a stray file in the report's folder": (
        lambda d: (d / "val26/index.html").write_text("READY"),
        IntegrityError,
        "val26/index.html",
    ),
    "a name that is not UTF-8": (
        lambda d: os.close(os.open(os.fsencode(d) + b"/val13/\xff", os.O_CREAT | os.O_WRONLY)),
        UsageError,
        "not UTF-8",
    ),
    "a folder in the envelope's place": (
        lambda d: (d / ENVELOPE_NAME).mkdir(),
        OutputError,
        "val26-attestation.dsse.json",
    ),
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("defect", REFUSED)
def test_it_is_refused(directory: Path, private: str, defect: str) -> None:
    act, kind, words = REFUSED[defect]
    act(directory)
    before = files_below(directory)
    with pytest.raises(kind, match=words):
        haproof.sign(str(directory), private)  # type: ignore[operator]
    assert files_below(directory) == before


def test_a_report_of_another_version_is_refused(directory: Path, private: str) -> None:
    place = directory / "val26/val26-proof-report.json"
    content = place.read_text(encoding="utf-8")
    place.write_text(content.replace(f'"version": "{haproof.__version__}"', '"version": "9.9.9"', 1))
    with pytest.raises(IntegrityError, match="another version of haproof"):
        haproof.sign(str(directory), private)  # type: ignore[operator]


@pytest.mark.parametrize("by_link", [False, True])
def test_a_private_key_is_not_handed_out_with_the_evidence(
    directory: Path, tmp_path: Path, by_link: bool
) -> None:
    inside = key_pair(directory).removesuffix(".pub")
    if by_link:
        (tmp_path / "link").symlink_to(inside)
    with pytest.raises(UsageError, match="inside the evidence directory"):
        haproof.sign(str(directory), str(tmp_path / "link") if by_link else inside)  # type: ignore[operator]


def test_an_older_attestation_survives_a_refusal(tmp_path: Path) -> None:
    found = signed(tmp_path)
    before = found.envelope.read_bytes()
    (found.directory / "val13/val13-report.json").write_text("{}")
    with pytest.raises(IntegrityError):
        haproof.sign(str(found.directory), found.private)  # type: ignore[operator]
    assert found.envelope.read_bytes() == before
