"""What a person sees: plain lines where nobody watches, one live line and lasting results on a terminal."""

import io
import re
import time

import pytest

from haproof.core.slices import failover, quorum_loss
from haproof.lab.display import Live, Plain, watcher
from haproof.render.visible import visible


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def played(stream: io.StringIO) -> str:
    with watcher(visible, stream) as display:
        display.say("evidence: " + "x" * 120)
        display.slice_started(failover.SLICE, 1, 2)
        display.step("hang [the] leader")
        display.waiting("node2")
        time.sleep(0.5)
        display.waiting(None)
        display.slice_ended(failover.SLICE, "PASS (10/10 checks)", True, 12.34)
        display.slice_started(quorum_loss.SLICE, 2, 2)
        display.slice_ended(quorum_loss.SLICE, "FAIL (9/10 checks; VAL17-02)", False, 1)
    return stream.getvalue()


def test_plain_lines() -> None:
    assert isinstance(watcher(visible, io.StringIO()), Plain)
    assert played(io.StringIO()).splitlines() == [
        "evidence: " + "x" * 120,
        "VAL13 HA Failover Validation ...",
        "VAL13 HA Failover Validation: PASS (10/10 checks), 12.3 s",
        "VAL17 Quorum Loss Validation ...",
        "VAL17 Quorum Loss Validation: FAIL (9/10 checks; VAL17-02), 1.0 s",
    ]


def test_live_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    assert isinstance(watcher(visible, Terminal()), Live)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", played(Terminal()))
    assert "evidence: " + "x" * 120 in text, "a path is never broken into lines"
    assert "▱▱ VAL13" in text
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
    with watcher(visible, stream) as display:
        display.say("my \x1b[31msystem")
        display.slice_started(failover.SLICE, 1, 1)
        display.slice_ended(failover.SLICE, "NOT RUN (it said \x1b]0;owned\x07)", False, 1)
    assert "my \\u{001B}[31msystem" in stream.getvalue()
    assert "it said \\u{001B}]0;owned\\u{0007}" in stream.getvalue()
