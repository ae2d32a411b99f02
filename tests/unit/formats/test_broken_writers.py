"""A writer that breaks costs its format and status 5, never the verdict, the other files or status 70."""

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from msgspec.structs import replace

from builders import NOON, fail, judged, seed, write
from haproof.cli import main
from haproof.core.report import Report
from haproof.kinds import HOUSE
from haproof.render import ALWAYS, FORMATS, NAMES, ON_SCREEN, render

AT = ["--generated-at", NOON.isoformat()]
OPTIONAL = sorted(set(FORMATS) - set(ALWAYS))


class Panic(BaseException):
    """What a compiled package raises: no Exception."""


FAULTS: tuple[BaseException, ...] = (
    ImportError("/usr/lib/libfoo.so.6: wrong ELF class: ELFCLASS32"),
    OSError("libfontconfig.so.1: cannot open shared object file"),
    RuntimeError("a fault of the program\nwith a second line"),
    RecursionError("maximum recursion depth exceeded"),
    Panic("called `Option::unwrap()` on a `None` value"),
    ValueError(),
)

each_fault = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)


def break_writer(monkeypatch: pytest.MonkeyPatch, form: str, fault: BaseException) -> None:
    """Let the writer of a format raise."""

    def broken(report: Report) -> bytes:
        raise fault

    module = ModuleType("broken")
    module.render = broken  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, ON_SCREEN.get(form) or FORMATS[form][0], module)


@each_fault
@pytest.mark.parametrize("form", OPTIONAL)
def test_the_others_are_written_and_the_verdict_is_printed(
    tmp_path: Path,
    form: str,
    fault: BaseException,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = write(tmp_path / "evidence", seed())
    break_writer(monkeypatch, form, fault)
    others = [name for name in ("html", "markdown", "junit") if name != form]
    assert main(["report", str(folder), "--write", ",".join([form, *others]), *AT]) == 5
    said = capsys.readouterr()
    assert said.out.endswith("Verdict: HA DESIGN PARTNER READY\n")
    (line,) = (
        line for line in said.err.splitlines() if f"the {NAMES.get(form, form)} report was not made" in line
    )
    assert type(fault).__name__ in line
    assert "with a second line" not in line
    written = {path.name.partition(".")[2] for path in (folder / "val26").iterdir()}
    assert written == {FORMATS[name][1] for name in (*ALWAYS, *others)}


@each_fault
def test_not_ready_stays_not_ready(
    tmp_path: Path, fault: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = seed()
    fail(reports["VAL13"], "VAL13-03")
    folder = write(tmp_path / "evidence", reports)
    break_writer(monkeypatch, "html", fault)
    assert main(["report", str(folder), "--write", "html", *AT]) == 1


@pytest.mark.parametrize("form", [*ALWAYS, *ON_SCREEN, "markdown"])
@pytest.mark.parametrize("verb", ["report", "show"])
def test_what_stdout_carries_may_break_too(
    tmp_path: Path,
    verb: str,
    form: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = write(tmp_path / "evidence", seed())
    break_writer(monkeypatch, form, RuntimeError("no"))
    assert main([verb, str(folder), "--format", form, *AT]) == 5
    said = capsys.readouterr()
    assert said.out == ""
    assert f"the {NAMES.get(form, form)} report was not made (RuntimeError: no)" in said.err
    if verb == "report":
        kept = {path.name.partition(".")[2] for path in (folder / "val26").iterdir()}
        assert kept == {FORMATS[name][1] for name in ALWAYS if name != form}


@pytest.mark.parametrize("fault", FAULTS[:2], ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize(("package", "form"), [("markupsafe", "html"), ("typst", "pdf")])
def test_a_package_that_is_there_and_cannot_be_loaded_says_what_to_install(
    tmp_path: Path,
    package: str,
    form: str,
    fault: BaseException,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = write(tmp_path / "evidence", seed())
    for name in [name for name in sys.modules if name.startswith(("haproof.render.", package))]:
        monkeypatch.delitem(sys.modules, name)
    place = tmp_path / "packages" / package
    place.mkdir(parents=True)
    (place / "__init__.py").write_text(f"raise {type(fault).__name__}({str(fault)!r})\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(place.parent))
    assert main(["report", str(folder), "--write", form, *AT]) == 5
    said = capsys.readouterr()
    assert f"the {NAMES.get(form, form)} report was not made ({type(fault).__name__}: {fault})" in said.err
    assert f"{package}>=" in said.err
    assert said.out.endswith("Verdict: HA DESIGN PARTNER READY\n")


@pytest.mark.parametrize(
    ("arguments", "module"),
    [
        (["history", "--format", "html"], "haproof.render.history.html"),
        (["history"], "haproof.render.history.text"),
        (["diff"], "haproof.render.diff.text"),
        (["diff", "--format", "markdown"], "haproof.render.diff.markdown"),
    ],
)
def test_the_other_verbs_break_no_worse(
    tmp_path: Path,
    arguments: list[str],
    module: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folders = [str(write(tmp_path / name, seed())) for name in ("a", "b")]
    broken = ModuleType("broken")
    broken.render = 5  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module, broken)
    assert main([*arguments, *folders]) == 5
    assert "was not made (TypeError: " in capsys.readouterr().err


def test_a_check_that_breaks_is_no_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(judged: Any) -> Any:
        raise RuntimeError("a check")

    folder = write(tmp_path / "evidence", seed())
    changed = tuple(replace(check, judge=broken) for check in HOUSE.matrix)
    monkeypatch.setattr("haproof.cli.judging.HOUSE", replace(HOUSE, matrix=changed))
    assert main(["report", str(folder), *AT]) == 70
    said = capsys.readouterr()
    assert said.out == ""
    assert "there is no verdict" in said.err


def test_an_unknown_format_is_a_fault_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        render(judged(tmp_path, seed()), "papyrus")


def test_a_whole_report_is_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "evidence", seed())
    assert main(["report", str(folder), "--write", ",".join(OPTIONAL), "--format", "json", *AT]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "HA DESIGN PARTNER READY"
