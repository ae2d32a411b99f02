"""`haproof report` as a process: exit statuses, files, streams, time."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from builders import EvidenceSet, fail, seed, write

AT = ["--generated-at", "2026-03-23T12:00:00Z"]


def haproof(
    *arguments: str | Path, cwd: Path | None = None, **options: object
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", "from haproof.cli import console; console()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=30, cwd=cwd, check=False, **options)  # type: ignore[call-overload,no-any-return]


def with_environment(**variables: str) -> dict[str, str]:
    base = {
        name: value for name, value in os.environ.items() if name not in ("SOURCE_DATE_EPOCH", "NO_COLOR")
    }
    return base | variables


def proof(folder: Path, ending: str = "json") -> bytes:
    return (folder / f"val26-proof-report.{ending}").read_bytes()


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    return write(tmp_path / "run", seed())


def test_ready_is_zero_and_stdout_is_the_text_file(evidence: Path) -> None:
    run = haproof("report", evidence, *AT)
    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout == proof(evidence / "val26", "txt")
    assert json.loads(proof(evidence / "val26"))["verdict"] == "HA DESIGN PARTNER READY"


def test_json_on_stdout_is_the_json_file(evidence: Path) -> None:
    assert haproof("report", evidence, "--format", "json", *AT).stdout == proof(evidence / "val26")


def statuses(reports: EvidenceSet, folder: Path) -> int:
    return haproof("report", write(folder, reports), *AT).returncode


def test_the_evidence_says_no(tmp_path: Path) -> None:
    reports = seed()
    fail(reports["VAL16"], "VAL16-04")
    assert statuses(reports, tmp_path / "failed") == 1
    reports = seed()
    reports["VAL17"]["metrics"]["write_block_active"] = False
    assert statuses(reports, tmp_path / "contradicted") == 1
    del reports["VAL13"]
    assert statuses(reports, tmp_path / "failed and missing") == 1


def test_it_cannot_tell(tmp_path: Path) -> None:
    reports = seed()
    del reports["VAL13"]
    assert statuses(reports, tmp_path / "missing") == 3
    reports = seed()
    reports["VAL13"]["generated_at"] = "2026-03-22T10:00:00Z"
    assert statuses(reports, tmp_path / "incoherent") == 3


def test_a_directory_without_any_slice_is_judged_with_a_warning(tmp_path: Path) -> None:
    run = haproof("report", tmp_path, *AT)
    assert run.returncode == 3
    assert b"it may be the wrong directory" in run.stderr
    assert run.stdout.endswith(b"VAL26-09, VAL26-10)\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), b"no command given"),
        (("frobnicate",), b"no command 'frobnicate'"),
        (("report", "nowhere"), b"'nowhere' does not exist"),
        (("report", "a-file"), b"'a-file' is not a directory"),
        (("report", ""), b"'' does not exist"),
        (("report",), b"run the lab first"),
        (("report", ".", "--format", "pdf"), b"'pdf' is not one of text, json"),
        (("report", ".", "--write", "docx"), b"'docx' is not one of "),
        (("report", ".", "--frob"), b"there is no option '--frob' here"),
        (("report", ".", "."), b"one argument too many: '.'"),
        (("report", ".", "--generated-at", "yesterday"), b"--generated-at 'yesterday' is not an RFC 3339"),
        (("report", ".", "--generated-at", "2026-03-23T12:00:00"), b"is not an RFC 3339"),
        (("report", ".", "--output-dir", "a-file"), b"cannot write"),
        (("schema",), b"required: NAME"),
        (("schema", "VAL99"), b"'VAL99' is not one of VAL13, "),
    ],
)
def test_usage_errors_are_one_line_and_two(
    tmp_path: Path, arguments: tuple[str, ...], sentence: bytes
) -> None:
    (tmp_path / "a-file").write_text("")
    run = haproof(*arguments, cwd=tmp_path)
    assert run.returncode == 2
    assert sentence in run.stderr
    assert run.stderr.count(b"\n") == 1
    assert run.stdout == b""


def test_the_newest_run_is_the_default(tmp_path: Path) -> None:
    write(tmp_path / "evidence" / "cli-audit-lab-2026-03-23", {})
    write(tmp_path / "evidence" / "cli-audit-lab-2026-03-23-2", seed())
    run = haproof("report", *AT, cwd=tmp_path)
    assert run.returncode == 0
    assert b"Evidence dir: evidence/cli-audit-lab-2026-03-23-2\n" in run.stdout


def test_output_dir_takes_the_files_and_evidence_is_untouched(evidence: Path, tmp_path: Path) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in evidence.rglob("*.json")}
    assert haproof("report", evidence, "--output-dir", tmp_path / "a" / "b", *AT).returncode == 0
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in evidence.rglob("*")
            if path.is_file()} == before  # fmt: skip
    assert proof(tmp_path / "a" / "b", "txt").startswith("VAL26 — HA".encode())


def test_same_input_same_bytes_whatever_the_environment(evidence: Path) -> None:
    first = haproof("report", evidence, *AT, env=with_environment(LC_ALL="C", TZ="Asia/Kolkata"))
    files = (proof(evidence / "val26"), proof(evidence / "val26", "txt"))
    second = haproof(
        "report", evidence, *AT, env=with_environment(LC_ALL="C.UTF-8", PYTHONHASHSEED="7", COLUMNS="40")
    )
    assert first.stdout == second.stdout
    assert files == (proof(evidence / "val26"), proof(evidence / "val26", "txt"))


def test_source_date_epoch_is_the_generation_time(evidence: Path) -> None:
    run = haproof("report", evidence, env=with_environment(SOURCE_DATE_EPOCH="1774267200"))
    assert b"Generated:    2026-03-23T12:00:00Z\n" in run.stdout


@pytest.mark.parametrize("epoch", ["noon", "1.5", "1e9", "1_774_267_200", " 1774267200", "١٧", "9" * 30])
def test_a_source_date_epoch_that_is_none(evidence: Path, epoch: str) -> None:
    run = haproof("report", evidence, env=with_environment(SOURCE_DATE_EPOCH=epoch))
    assert (run.returncode, run.stdout) == (2, b"")
    assert f"SOURCE_DATE_EPOCH '{epoch}' is not".encode() in run.stderr
    assert haproof("report", evidence, *AT, env=with_environment(SOURCE_DATE_EPOCH=epoch)).returncode == 0


def test_a_page_of_an_earlier_run_that_cannot_be_removed(evidence: Path) -> None:
    assert haproof("report", evidence, *AT).returncode == 0
    before = proof(evidence / "val26"), proof(evidence / "val26", "txt")
    (evidence / "val26" / "val26-proof-report.html").mkdir()
    (evidence / "val13" / "val13-report.json").unlink()
    run = haproof("report", evidence, *AT)
    assert (run.returncode, run.stdout) == (2, b"")
    assert b"val26-proof-report.html" in run.stderr
    assert (proof(evidence / "val26"), proof(evidence / "val26", "txt")) == before


def test_a_closed_stdout_changes_neither_files_nor_status(evidence: Path) -> None:
    read, write_end = os.pipe()
    os.close(read)
    command = [
        sys.executable,
        "-c",
        "from haproof.cli import console; console()",
        "report",
        str(evidence),
        *AT,
    ]
    run = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, timeout=30, check=False)
    os.close(write_end)
    assert (run.returncode, run.stderr) == (0, b"")
    assert proof(evidence / "val26", "txt").endswith(b"Verdict: HA DESIGN PARTNER READY\n")


def test_no_stdout_at_all(evidence: Path) -> None:
    program = "from haproof.cli import console; console()"
    script = f"exec {sys.executable} -c '{program}' report '{evidence}' {' '.join(AT)} >&-"
    run = subprocess.run(["/bin/sh", "-c", script], stderr=subprocess.PIPE, timeout=30, check=False)
    assert (run.returncode, run.stderr) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_stdout_is_said_and_changes_neither_files_nor_status(evidence: Path) -> None:
    with open("/dev/full", "wb") as full:
        command = [
            sys.executable,
            "-c",
            "from haproof.cli import console; console()",
            "report",
            str(evidence),
            *AT,
        ]
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=30, check=False)
    assert run.returncode == 0
    assert b"the report's files are complete" in run.stderr


PRINTED = [("schema", "VAL13"), ("explain", "VAL26-09"), ("--help",), ("report", "--help"), ("--version",)]


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", PRINTED)
@pytest.mark.parametrize("how", ["closed", "nobody reads"])
def test_nobody_reads_stdout(arguments: tuple[str, ...], unbuffered: str, how: str) -> None:
    program = "from haproof.cli import console; console()"
    close = ">&-" if how == "closed" else "| true"
    script = f'set -o pipefail; "$0" -c "$1" "${{@:2}}" {close}'
    command = ["bash", "-c", script, sys.executable, program, *arguments]
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    run = subprocess.run(command, capture_output=True, timeout=30, check=False, env=environment)
    assert (run.returncode, run.stderr) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_stdout_does_not_change_what_verify_found(tmp_path: Path) -> None:
    evidence = write(tmp_path / "run", seed())
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "haproof", "verify", str(evidence), "--unsigned"]
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=30, check=False)
    assert run.returncode == 4  # there is no report
    assert run.stderr.endswith(b"; the exit status is right all the same\n")


def test_the_module_has_the_manners_of_the_command() -> None:
    script = '"$0" -m haproof --help >&-'
    run = subprocess.run(["bash", "-c", script, sys.executable], capture_output=True, timeout=30, check=False)
    assert (run.returncode, run.stderr) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", PRINTED)
def test_a_full_stdout_where_it_is_all_there_is(arguments: tuple[str, ...], unbuffered: str) -> None:
    command = [sys.executable, "-c", "from haproof.cli import console; console()", *arguments]
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    with open("/dev/full", "wb") as full:
        run = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, timeout=30, check=False, env=environment
        )
    assert run.returncode == 2
    assert run.stderr.startswith(b"haproof: the output cannot be written (No space left on device)")
    assert run.stderr.count(b"\n") == 1


def test_a_path_with_bytes_that_are_no_text(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/run\xff\x1b[2J"
    os.makedirs(name)
    write(Path(os.fsdecode(name)), seed())
    run = haproof("report", os.fsdecode(name), *AT)
    assert run.returncode == 0
    assert rb"/run\u{DCFF}\u{001B}[2J" in run.stdout
    artifact = (Path(os.fsdecode(name)) / "val26" / "val26-proof-report.json").read_bytes()
    assert rb"/run\udcff\u001b[2J" in artifact
    assert json.loads(artifact)["evidence_dir"] == os.fsdecode(name)


def test_a_fault_of_the_program_prints_no_verdict(evidence: Path) -> None:
    broken = (
        "import haproof.kinds, haproof.cli.judging as j, msgspec\n"
        "def boom(judged): raise RuntimeError('boom')\n"
        "re = msgspec.structs.replace\n"
        "j.HOUSE = re(j.HOUSE, matrix=tuple(re(k, judge=boom) for k in j.HOUSE.matrix))\n"
        "import sys; from haproof.cli import main; sys.exit(main())"
    )
    run = subprocess.run(
        [sys.executable, "-c", broken, "report", str(evidence), *AT],
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert run.returncode == 70
    assert run.stdout == b""
    assert run.stderr.count(b"\n") == 1
    assert b"RuntimeError: boom" in run.stderr
    assert not (evidence / "val26").exists()


def test_colour_only_at_a_terminal_and_never_another_word(evidence: Path) -> None:
    import pty
    import re

    def at_terminal(**variables: str) -> bytes:
        main, other = pty.openpty()
        command = [
            sys.executable,
            "-c",
            "from haproof.cli import console; console()",
            "report",
            str(evidence),
            *AT,
        ]
        with subprocess.Popen(command, stdout=other, env=with_environment(TERM="xterm", **variables)) as run:
            os.close(other)
            said = b""
            try:
                while part := os.read(main, 65536):
                    said += part
            except OSError:
                pass
            assert run.wait(30) == 0
        os.close(main)
        return said.replace(b"\r\n", b"\n")

    coloured = at_terminal()
    plain = proof(evidence / "val26", "txt")
    assert b"\x1b[32mPASS\x1b[0m" in coloured
    assert re.sub(rb"\x1b\[\d+m", b"", coloured) == plain
    assert at_terminal(NO_COLOR="1") == plain


def test_help_and_version() -> None:
    assert haproof("--version").stdout.startswith(b"haproof ")
    for arguments in (("--help",), ("report", "--help"), ("schema", "-h")):
        run = haproof(*arguments)
        assert (run.returncode, run.stderr) == (0, b"")
        assert run.stdout.startswith(b"usage: haproof ")
