"""`haproof show`: judges and prints, writes nothing."""

import os
import stat
import sys
from pathlib import Path

import pytest

from attested import signed
from builders import EvidenceSet, fail, full, seed, write
from haproof.cli import main

AT = ["--generated-at", "2026-03-23T12:00:00Z"]
Capture = pytest.CaptureFixture[bytes]


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder, with its content and its time of change."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_it_prints_what_report_prints_and_writes_nothing(
    form: str, tmp_path: Path, capsysbinary: Capture
) -> None:
    evidence = write(tmp_path / "run", full())
    before = tree(tmp_path)
    assert main(["show", str(evidence), *AT, "--format", form]) == 0
    shown = capsysbinary.readouterr()
    assert tree(tmp_path) == before
    assert not (evidence / "val26").exists()
    assert main(["report", str(evidence), *AT, "--format", form, "--output-dir", str(tmp_path / "out")]) == 0
    assert capsysbinary.readouterr().out == shown.out
    assert shown.err == b""


def failed() -> EvidenceSet:
    reports = seed()
    fail(reports["VAL16"], "VAL16-04")
    return reports


def missing() -> EvidenceSet:
    reports = seed()
    del reports["VAL14"]
    return reports


@pytest.mark.parametrize(
    ("reports", "level", "status"),
    [
        (full(), "design-partner", 0),
        (full(), "ga", 3),
        (failed(), "design-partner", 1),
        (failed(), "public", 1),
        (missing(), "design-partner", 3),
        ({}, "design-partner", 3),
    ],
)
def test_its_status_is_that_of_report(reports: EvidenceSet, level: str, status: int, tmp_path: Path) -> None:
    arguments = [str(write(tmp_path / "run", reports)), *AT, "--require", level]
    assert main(["show", *arguments]) == status
    assert main(["report", *arguments]) == status


def test_a_signed_directory_still_verifies(tmp_path: Path, capsysbinary: Capture) -> None:
    found = signed(tmp_path, forms=("text", "json", "html"))
    before = tree(found.directory)
    assert main(["show", str(found.directory)]) == 0
    assert capsysbinary.readouterr().err == b""
    assert tree(found.directory) == before
    assert main(["verify", str(found.directory), "--key", found.public]) == 0


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A browser that writes down what it was asked to open."""
    asked = tmp_path / "asked"
    script = tmp_path / "browser"
    script.write_text(f"#!/bin/sh\nprintf '%s' \"$1\" > '{asked}'\n")
    script.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{script} %s")
    monkeypatch.delitem(sys.modules, "webbrowser", raising=False)  # it looks at BROWSER once
    (tmp_path / "tmp").mkdir()
    use_as_temporary(tmp_path / "tmp", monkeypatch)
    return asked


def use_as_temporary(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(folder))


def test_open_makes_one_private_page_outside_the_evidence(
    browser: Path, tmp_path: Path, capsysbinary: Capture
) -> None:
    evidence = write(tmp_path / "run", full())
    before = tree(evidence)
    assert main(["show", str(evidence), *AT, "--open"]) == 0
    captured = capsysbinary.readouterr()
    (page,) = (tmp_path / "tmp").rglob("*.html")
    assert captured.err == f"haproof: temporary page: {page}\n".encode()
    assert captured.out.endswith(b"Verdict: HA DESIGN PARTNER READY\n")
    assert browser.read_text() == page.as_uri()
    assert stat.S_IMODE(page.parent.stat().st_mode) == 0o700
    assert tree(evidence) == before
    assert main(["report", str(evidence), *AT, "--write", "html"]) == 0
    assert (evidence / "val26" / "val26-proof-report.html").read_bytes() == page.read_bytes()


def test_where_no_browser_starts_the_page_is_there_all_the_same(
    browser: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: Capture
) -> None:
    import webbrowser

    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    assert main(["show", str(write(tmp_path / "run", full())), *AT, "--open"]) == 0
    (page,) = (tmp_path / "tmp").rglob("*.html")
    assert f"{page} (no browser could be started: open it yourself)".encode() in capsysbinary.readouterr().err


def test_a_temporary_folder_in_the_evidence_is_not_used(
    browser: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: Capture
) -> None:
    evidence = write(tmp_path / "run", full())
    (evidence / "tmp").mkdir()
    use_as_temporary(evidence / "tmp", monkeypatch)
    assert main(["show", str(evidence), *AT, "--open"]) == 2
    assert b"lies in the evidence directory: set TMPDIR elsewhere" in capsysbinary.readouterr().err
    assert os.listdir(evidence / "tmp") == []


def test_without_the_optional_package_the_text_is_shown_and_the_status_says_so(
    browser: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: Capture
) -> None:
    for name in [name for name in sys.modules if name.startswith("haproof.render.writers.html")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "markupsafe", None)
    assert main(["show", str(write(tmp_path / "run", full())), *AT, "--open"]) == 5
    captured = capsysbinary.readouterr()
    assert captured.out.endswith(b"Verdict: HA DESIGN PARTNER READY\n")
    assert b"markupsafe" in captured.err
    assert main(["show", str(write(tmp_path / "other", failed())), *AT, "--open"]) == 1
    assert not list((tmp_path / "tmp").rglob("*"))
