"""What a person sees: plain lines where nobody watches, one live line and lasting results on a terminal."""

import io
import re
import signal
import threading
import time

import pytest

from haproof.kinds import failover, quorum_loss
from haproof.lab.display import Live, Plain, watcher
from haproof.lab.interrupt import interruptible
from haproof.render.visible import visible


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


EXPECTED = {"VAL13": 25.0, "VAL17": 10.0}


@pytest.fixture(autouse=True)
def capable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")


def plain(stream: io.StringIO) -> str:
    """Without what steers a terminal."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue())


def played(stream: io.StringIO) -> str:
    with watcher(visible, EXPECTED, stream) as display:
        display.say("evidence: " + "x" * 120)
        display.slice_started(failover.KIND)
        display.step("hang [the] leader")
        display.waiting("node2")
        time.sleep(0.5)
        display.waiting(None)
        display.slice_ended(failover.KIND, "PASS (10/10 checks)", True, 12.34)
        display.slice_started(quorum_loss.KIND)
        display.slice_ended(quorum_loss.KIND, "FAIL (9/10 checks; VAL17-02)", False, 1)
    return stream.getvalue()


def test_plain_lines() -> None:
    assert isinstance(watcher(visible, EXPECTED, io.StringIO()), Plain)
    assert played(io.StringIO()).splitlines() == [
        "evidence: " + "x" * 120,
        "VAL13 HA Failover Validation, about 25 s ...",
        "VAL13 HA Failover Validation: PASS (10/10 checks), 12.3 s",
        "VAL17 Quorum Loss Validation, about 10 s ...",
        "VAL17 Quorum Loss Validation: FAIL (9/10 checks; VAL17-02), 1.0 s",
    ]


def test_live_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert isinstance(watcher(visible, EXPECTED, Terminal()), Live)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", played(Terminal()))
    assert "evidence: " + "x" * 120 in text, "a path is never broken into lines"
    assert "▱▱ VAL13  0 s of about 25 s  in all 0 s of about 35 s" in text
    assert "hang [the] leader" in text
    assert "waiting for" in text
    assert "✓ VAL13 HA Failover Validation  PASS (10/10 checks)" in text
    assert "✗ VAL17 Quorum Loss Validation  FAIL (9/10 checks; VAL17-02)" in text


class Hung(io.StringIO):
    """A pipe that nobody reads any more, or a terminal that is gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


class HungTerminal(Hung):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("stream", [Hung(), HungTerminal()])
def test_nobody_who_watches_is_no_reason_to_end(stream: io.StringIO) -> None:
    assert played(stream) == ""


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_what_a_node_says_does_not_reach_the_terminal_as_it_is(stream: io.StringIO) -> None:
    with watcher(visible, EXPECTED, stream) as display:
        display.say("my \x1b[31msystem")
        display.slice_started(failover.KIND)
        display.slice_ended(failover.KIND, "NOT RUN (it said \x1b]0;owned\x07)", False, 1)
    assert "my \\u{001B}[31msystem" in stream.getvalue()
    assert "it said \\u{001B}]0;owned\\u{0007}" in stream.getvalue()


@pytest.mark.parametrize("term", ["dumb", "", "unknown"])
def test_a_terminal_that_cannot_erase_a_line_gets_plain_lines(
    monkeypatch: pytest.MonkeyPatch, term: str
) -> None:
    monkeypatch.setenv("TERM", term)
    text = played(Terminal())
    assert "\x1b" not in text
    assert text.splitlines()[1] == "VAL13 HA Failover Validation, about 25 s ..."


class Latin(Terminal):
    encoding = "iso-8859-1"


def test_a_terminal_without_the_characters_gets_plain_lines() -> None:
    assert isinstance(watcher(visible, EXPECTED, Latin()), Plain)


@pytest.mark.parametrize("columns", [40, 80, 100, 120])
def test_live_lines_fit_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    stream = Terminal()
    with watcher(visible, EXPECTED, stream) as display:
        display.slice_started(failover.KIND)
        display.step("a step " * 30)
        display.waiting("something " * 30)
        time.sleep(0.5)
    lines = re.split(r"[\r\n]", plain(stream))
    assert max(map(len, lines)) <= columns
    assert any(line.startswith("  a step") for line in lines)
    assert any(line.startswith("  waiting for something") for line in lines)


def test_later_than_expected_is_said() -> None:
    stream = Terminal()
    with watcher(visible, {"VAL13": 0.0}, stream) as display:
        display.slice_started(failover.KIND)
        time.sleep(0.3)
    assert "0 s (about 0 s expected)" in plain(stream)


def interrupted_again(stream: io.StringIO, error: type[BaseException]) -> None:
    """A run that is ended by an exception; while the display closes, Ctrl-C comes again, twice."""
    with interruptible(), watcher(visible, EXPECTED, stream) as display:
        assert isinstance(display, Live)
        stop = display._live.stop

        def stopped() -> None:
            signal.raise_signal(signal.SIGINT)
            stop()
            signal.raise_signal(signal.SIGINT)

        display._live.stop = stopped  # type: ignore[method-assign]
        display.slice_started(failover.KIND)
        time.sleep(0.2)
        raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_nothing_is_shown_after_the_display_was_closed(error: type[BaseException]) -> None:
    before, stream = set(threading.enumerate()), Terminal()
    with pytest.raises(KeyboardInterrupt):
        interrupted_again(stream, error)
    seen = stream.getvalue()
    assert seen.count("\x1b[?25l") == seen.count("\x1b[?25h"), "the cursor is shown again"
    assert plain(stream).rpartition("VAL13")[2].count("\n") <= 3
    time.sleep(0.3)
    assert stream.getvalue() == seen
    assert set(threading.enumerate()) <= before, "a thread that goes on drawing"
