"""What a person sees: plain lines where nobody watches, one live line and lasting results on a terminal."""

import io
import re
import time

import pytest

from haproof.core.slices import failover, quorum_loss
from haproof.lab.display import Live, Plain, watcher


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def played(stream: io.StringIO) -> str:
    with watcher(stream) as display:
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
    assert isinstance(watcher(io.StringIO()), Plain)
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
    assert isinstance(watcher(Terminal()), Live)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", played(Terminal()))
    assert "evidence: " + "x" * 120 in text, "a path is never broken into lines"
    assert "▱▱ VAL13" in text
    assert "hang [the] leader" in text
    assert "waiting for" in text
    assert "✓ VAL13 HA Failover Validation  PASS (10/10 checks)" in text
    assert "✗ VAL17 Quorum Loss Validation  FAIL (9/10 checks; VAL17-02)" in text
