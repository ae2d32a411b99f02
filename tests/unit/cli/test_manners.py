"""How every verb behaves towards a person and a machine, whatever it does."""

import os
import pty
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from builders import full, write
from haproof.cli import VERBS, main
from haproof.cli.parser import NARROWEST, WIDEST, Parser

COMMAND = [sys.executable, "-c", "from haproof.cli import console; console()"]
EXAMPLE = str(Path(__file__).parents[3] / "examples" / "cli-audit-lab-2026-11-28")
AT = ["--generated-at", "2026-03-23T12:00:00Z"]


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = main(list(arguments))
    return status, capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("reprot",), "'report'"),
        (("Verify",), "'verify'"),
        (("versoin",), "'version'"),
        (("help", "histroy"), "'history'"),
        (("report", ".", "--ouput-dir", "x"), "'--output-dir'"),
        (("report", ".", "--ouput-dir=x"), "'--output-dir'"),
        (("report", ".", "--format", "jsn"), "'json'"),
        (("report", ".", "--write", "html,jnit"), "'junit'"),
        (("show", EXAMPLE, "--require", "design-parnter"), "'design-partner'"),
        (("diff", "a", "b", "--format", "txt"), "'text'"),
        (("history", "a", "--apend", "x"), "'--append'"),
        (("schema", "proff"), "'proof'"),
        (("lab", "rum"), "'run'"),
        (("lab", "run", "--trails", "3"), "'--trials'"),
        (("lab", "run", "--profile", "quik"), "'quick'"),
        (("ha", "statsu"), "'status'"),
        (("ha", "backup", "lst"), "'list'"),
        (("ha", "status", "--ulr", "x"), "'--url'"),
        (("verify", ".", "--unsinged"), "'--unsigned'"),
        (("explain", "VAL26-9"), "'VAL26-09'"),
        (("explain", "val1303"), "'VAL13-03'"),
        (("explain", "gateD"), "'gate-d'"),
        (("explain", "sigkil"), "'sigkill_failover_ms'"),
        (("lab", "run", "--target", "patrnoi"), "'patroni'"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(
    arguments: tuple[str, ...], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, err = said(capsys, *arguments)
    assert status == 2
    assert re.search(rf"did you mean .*{re.escape(meant)}", err), err
    assert err.count("\n") == 1


def test_what_resembles_nothing_gets_no_guess(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ("frobnicate",),
        ("report", ".", "--xyzzy"),
        ("schema", "qqqq"),
        ("report", ".", "a", "b"),
    ):
        status, err = said(capsys, *arguments)
        assert (status, "did you mean" in err, err.count("\n")) == (2, False, 1)
    assert "one argument too many: 'a'" in err


def test_a_guess_is_about_what_was_typed(capsys: pytest.CaptureFixture[str]) -> None:
    assert "RUN-SINGLE" not in said(capsys, "explain", "sigkil")[1]
    assert "did you mean 'VAL26-09'? " in said(capsys, "explain", "VAL26-9")[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "RUN", "--key", "RUN/mine.key.pup"),
        ("sign", "RUN", "--key", "RUN/mien.key.pub"),
        ("verify", "RUN", "--unsigned", "--tsa-cert", "RUN/mine.key.bup"),
        ("lab", "run", "--target", "RUN/mine.key.puub"),
        ("history", "RUN/mine.key.pub.jsonl"),
        ("diff", "RUN", "RUN/mine.key.pup"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_file_that_is_not_there_is_answered_with_the_one_that_was_meant(
    arguments: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write(tmp_path / "run", full())
    (run / "mine.key.pub").write_text("")
    status, err = said(capsys, *(word.replace("RUN", str(run)) for word in arguments))
    assert (status, err.count("\n")) == (2, 1)
    assert f"did you mean '{run}/mine.key.pub'?" in err


@pytest.mark.parametrize("given", ["html,", ",html", "html,,pdf", ""])
def test_a_format_that_is_missing_between_commas_is_said(
    given: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, err = said(capsys, "report", str(tmp_path), "--write", given)
    assert (status, err.count("\n")) == (2, 1)
    assert ("nothing before or after a comma" in err) == ("," in given)
    assert "is not one of" not in err


def test_a_directory_in_the_place_of_a_verb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, err = said(capsys, str(tmp_path))
    assert status == 2
    assert "no command given: to judge the directory" in err


@pytest.mark.parametrize(
    "arguments", [("schema", "val13"), ("schema", "Proof"), ("explain", "val26-09"), ("explain", "dp-2")]
)
def test_the_case_of_a_name_does_not_matter(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(list(arguments)) == 0
    assert capsys.readouterr().out


def test_formats_by_commas_by_repetition_and_in_any_case(tmp_path: Path) -> None:
    evidence = write(tmp_path / "run", full())
    arguments = [
        "report",
        str(evidence),
        *AT,
        "--write",
        "Markdown,junit",
        "--write",
        "JUNIT, openmetrics,json",
    ]
    assert main([*arguments, "--format", "JSON", "--require", "Design-Partner"]) == 0
    endings = {path.name.removeprefix("val26-proof-report.") for path in (evidence / "val26").iterdir()}
    assert endings == {"txt", "json", "md", "junit.xml", "prom"}


def test_version_and_help_as_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == main(["--version"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == second
    assert main(["help", "report"]) == main(["report", "--help"]) == 0
    out = capsys.readouterr().out
    assert out[: len(out) // 2] == out[len(out) // 2 :]


def helps() -> list[list[str]]:
    """Every text of help that there is."""
    found = [["--help"]]
    for verb in VERBS:
        parser = Parser(prog=f"haproof {verb}")
        import_module(f"haproof.cli.{verb}").configure(parser)
        found += [[verb, *below, "--help"] for below in _below(parser)]
    return found


def _below(parser: Parser) -> list[list[str]]:
    """The words that lead to each parser under this one."""
    found: list[list[str]] = [[]]
    for action in parser._actions:
        if isinstance(action.choices, dict):
            for word, child in action.choices.items():
                found += [[word, *rest] for rest in _below(child)]
    return found


@pytest.mark.parametrize("columns", ["20", "60", "80", "200"])
def test_help_is_as_wide_as_the_terminal(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    bound = min(max(int(columns), NARROWEST), WIDEST)
    widest = 0
    for arguments in helps():
        assert main(arguments) == 0
        lines = capsys.readouterr().out.splitlines()
        # An option of the usage line is not broken in two.
        too_wide = [line for line in lines if len(line) > bound and not line.lstrip().startswith("[--")]
        assert too_wide == [], arguments
        widest = max(widest, *map(len, lines))
    assert widest > bound - 10


def at_terminal(rows: int, columns: int, *arguments: str, **variables: str) -> str:
    """What a command shows at a terminal of that size."""
    import fcntl
    import struct
    import termios

    main_end, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    left_out = ("COLUMNS", "NO_COLOR", "TERM")
    environment = {name: value for name, value in os.environ.items() if name not in left_out} | variables
    with subprocess.Popen([*COMMAND, *arguments], stdout=other, env=environment) as run:
        os.close(other)
        shown = b""
        try:
            while part := os.read(main_end, 65536):
                shown += part
        except OSError:
            pass
        assert run.wait(30) == 0
    os.close(main_end)
    return shown.decode().replace("\r\n", "\n")


def test_a_terminal_is_asked_how_wide_it_is() -> None:
    narrow = at_terminal(24, 50, "report", "--help").splitlines()
    wide = at_terminal(24, 90, "report", "--help").splitlines()
    assert max(map(len, narrow)) <= 50 < max(map(len, wide)) <= 90
    assert max(map(len, at_terminal(24, 50, "explain", "VAL26-09").splitlines())) <= 50


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": ""}, False),
        ({}, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
    ],
)
def test_colour_only_where_a_terminal_takes_it(
    variables: dict[str, str], coloured: bool, tmp_path: Path
) -> None:
    evidence = write(tmp_path / "run", full())
    shown = at_terminal(24, 100, "report", str(evidence), *AT, **variables)
    assert ("\x1b[" in shown) == coloured


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252", "ascii:strict", "utf-16"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("explain",),
        ("explain", "VAL26-09"),
        ("schema", "VAL15"),
        ("schema", "proof"),
        ("--help",),
        ("ha", "--help"),
        ("report", "RUN", *AT),
        ("report", "RUN", *AT, "--format", "markdown"),
        ("diff", "RUN", "RUN", *AT),
        ("history", "RUN", *AT),
    ],
    ids=" ".join,
)
def test_a_stdout_that_is_not_utf_8_changes_no_status(
    arguments: tuple[str, ...], encoding: str, tmp_path: Path
) -> None:
    evidence = write(tmp_path / "run", full())
    command = [*COMMAND, *(str(evidence) if word == "RUN" else word for word in arguments)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUTF8"}
    run = subprocess.run(
        command,
        capture_output=True,
        timeout=30,
        check=False,
        env=environment | {"PYTHONIOENCODING": encoding},
    )
    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout
