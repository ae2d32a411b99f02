"""Ctrl-C, SIGTERM, SIGHUP and SIGQUIT end the lab in order: at once in a wait, never in a start or clean-up.

One that the caller ignores (`nohup`, a shell's background job) stays ignored.
"""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class _State:
    """How many blocks that must not be interrupted are open, and whether a signal waits for their end."""

    held = 0
    pending = False


def _on_signal(number: int, frame: FrameType | None) -> None:
    if _State.held:
        _State.pending = True
        return
    raise KeyboardInterrupt


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Within this block these signals raise KeyboardInterrupt (main thread only)."""
    _State.held, _State.pending = 0, False
    heeded = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, _on_signal) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Within this block a signal waits; it is raised at the end, unless another exception is on its way."""
    _State.held += 1
    try:
        yield
    except BaseException:
        _State.held -= 1
        raise
    _State.held -= 1
    if _State.pending and not _State.held:
        _State.pending = False
        raise KeyboardInterrupt
