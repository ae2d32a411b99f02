"""The file: read line by line however long it is, grown at its end, whole whatever happens."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from haproof.cli import main
from haproof.errors import OutputError
from haproof.history_file import HistoryFile, append_history
from haproof.kinds import HOUSE
from history_lines import encoded, tree

Lines = list[tuple[str, bytes]]


def new(*numbers: int) -> Lines:
    """Runs to append."""
    return [(one["run"], encoded(one).rstrip(b"\n")) for one in map(tree, numbers)]


def held(path: Path) -> list[str]:
    """The runs that a file holds, in its order."""
    return [line.run for _, line in HistoryFile(str(path), HOUSE)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "history.jsonl"
    made.write_bytes(encoded(*(tree(n) for n in range(5))))
    return made


def test_an_append_writes_the_new_lines_and_nothing_else(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, inode, written = path.read_bytes(), path.stat().st_ino, 0
    true_pwrite = os.pwrite

    def counting(handle: int, content: bytes, place: int) -> int:
        nonlocal written
        assert place >= len(before)
        written += len(content)
        return true_pwrite(handle, content, place)

    monkeypatch.setattr(os, "pwrite", counting)
    lines = new(5, 6)
    assert append_history(str(path), [*new(4), *lines], HOUSE).new == 2
    assert written == sum(len(line) + 1 for _, line in lines)
    assert (path.read_bytes()[: len(before)], path.stat().st_ino) == (before, inode)
    assert held(path) == [f"{n:064x}" for n in range(7)]


def test_a_run_given_twice_is_added_once(path: Path) -> None:
    assert append_history(str(path), new(5, 5, 5), HOUSE).new == 1
    assert append_history(str(path), new(5), HOUSE).new == 0
    assert len(held(path)) == 6


def test_nothing_new_changes_nothing(path: Path) -> None:
    stamp = path.stat().st_mtime_ns
    append_history(str(path), new(0, 4), HOUSE)
    assert path.stat().st_mtime_ns == stamp


@pytest.mark.parametrize("full_after", [0, 1, 5_000])
def test_where_it_cannot_be_written_it_stays_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch, full_after: int
) -> None:
    before, true_pwrite = path.read_bytes(), os.pwrite

    def filling(handle: int, content: bytes, place: int) -> int:
        room = len(before) + full_after - place
        if room <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return true_pwrite(handle, content[:room], place)

    monkeypatch.setattr(os, "pwrite", filling)
    with pytest.raises(OutputError, match="No space left on device"):
        append_history(str(path), new(5, 6, 7), HOUSE)
    assert path.read_bytes() == before


@pytest.mark.parametrize("cut", [1, 40, 3_000])
def test_a_line_that_was_cut_off_is_left_out_and_then_written_over(
    path: Path, capsys: pytest.CaptureFixture[str], cut: int
) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole + encoded(tree(9))[:cut])
    assert main(["history", str(path), "--format", "jsonl"]) == 0
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "ends with an incomplete line" in captured.err
    assert captured.out.encode() == whole
    appended = append_history(str(path), new(5), HOUSE)
    assert (appended.new, appended.cut_off) == (1, True)
    assert path.read_bytes() == whole + encoded(tree(5))


def test_a_whole_line_without_its_line_feed_stays(path: Path) -> None:
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert not append_history(str(path), new(5), HOUSE).cut_off
    assert len(held(path)) == 6


def test_an_incomplete_line_in_the_middle_is_damage(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1][:50] + b"\n" + lines[2])
    assert main(["history", str(path)]) == 2
    assert "line 2, is not an entry of a history" in capsys.readouterr().err


def test_several_processes_append_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    script = (
        "import sys; sys.path.insert(0, sys.argv[3])\n"
        "from history_lines import encoded, tree\n"
        "from haproof.history_file import append_history\n"
        "from haproof.kinds import HOUSE\n"
        "for n in range(int(sys.argv[2]), 40, 2):\n"
        "    one = tree(n)\n"
        "    append_history(sys.argv[1], [(one['run'], encoded(one).rstrip())], HOUSE)\n"
        "    append_history(sys.argv[1], [(tree(n // 4)['run'], encoded(tree(n // 4)).rstrip())], HOUSE)\n"
    )
    tests = str(Path(__file__).parents[2])
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(path), str(first), tests]) for first in (0, 1)
    ]
    assert [each.wait(60) for each in running] == [0, 0]
    assert sorted(held(path)) == [f"{n:064x}" for n in range(40)]


def test_a_file_beyond_64_mib_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "history.jsonl"
    with path.open("wb") as stream:
        for n in range(70):
            stream.write(encoded(tree(n) | {"of a newer version": "x" * (1 << 20)}))
    assert path.stat().st_size > 64 << 20
    assert main(["history", str(path)]) == 0
    assert capsys.readouterr().out.startswith("VAL26 — History of 70 runs\n")


def test_what_a_newer_version_wrote_is_shown_and_carried(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, one = tmp_path / "history.jsonl", tree(0)
    one |= {"schema_version": "1.9", "weather": {"sky": "clear"}}
    one["slices"].append({"id": "VAL18", "name": "Tides", "status": "ADRIFT", "path": "val18/r.json"})
    one["beyond"] = [
        {"id": "SOAK", "status": "FAIL", "path": "soak/r.json", "age_seconds": 1, "metrics": None}
    ]
    figure = {"value": 5, "unit": "fathoms", "target": None, "status": "DAMP"}
    one["metrics"]["tides"] = {"depth": figure, "turn_ms": figure | {"unit": "ms"}}
    path.write_bytes(encoded(tree(1), one))
    for form, expected in (
        ("text", ("SOAK FAIL", "VAL18 ADRIFT", "tides turn_ms")),
        ("html", ("SOAK ", "VAL18 ADRIFT", "turn_ms")),
        ("jsonl", ('"weather":{"sky":"clear"}',)),
    ):
        assert main(["history", str(path), "--format", form]) == 0
        out = capsys.readouterr().out
        assert [words for words in expected if words not in out] == []


def test_append_alone_shows_nothing_and_does_not_read_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, more = tmp_path / "history.jsonl", tmp_path / "more.jsonl"
    before = encoded(tree(7)) + b"not read\n"
    path.write_bytes(before)
    more.write_bytes(encoded(tree(0), tree(1)))
    assert main(["history", str(more), "--append", str(path), "--format", "none"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"haproof: {str(path)!r}: 2 added, 0 there already\n"
    assert path.read_bytes() == before + more.read_bytes()


@pytest.mark.parametrize(
    "content", [b"my notes", b"my notes\n", b"{}", b'{"a": 1', b'{"run": "x"}\nmore', b"[\n"]
)
@pytest.mark.parametrize("form", ["text", "none"])
def test_a_file_that_is_no_history_keeps_every_byte(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, form: str
) -> None:
    path, more = tmp_path / "README.md", tmp_path / "more.jsonl"
    path.write_bytes(content)
    more.write_bytes(encoded(tree(0)))
    assert main(["history", str(more), "--append", str(path), "--format", form]) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)
    assert path.read_bytes() == content


@pytest.mark.parametrize("kind", ["fifo", "folder", "nothing"])
def test_what_is_no_plain_file_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    path = tmp_path / "x.jsonl"
    if kind == "fifo":
        os.mkfifo(path)
    if kind == "folder":
        path.mkdir()
    assert main(["history", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    if kind != "nothing":
        with pytest.raises(OutputError):
            append_history(str(path), new(1), HOUSE)


def test_hidden_characters_of_a_line_are_escaped_when_it_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, one = tmp_path / "history.jsonl", tree(0)
    one["evidence_dir"] = "a\u202eb"
    path.write_text(json.dumps(one, ensure_ascii=False, separators=(", ", "\t: ")) + "\n", encoding="utf-8")
    assert main(["history", str(path), "--format", "jsonl"]) == 0
    out = capsys.readouterr().out
    assert "\u202e" not in out
    assert "\t" not in out
    assert json.loads(out) == one
