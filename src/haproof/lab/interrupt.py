"""Ctrl-C, SIGTERM, SIGHUP and SIGQUIT end the lab in order: at once in a wait, never in a start or clean-up.

One that the caller ignores (`nohup`, a shell's background job) stays ignored.
"""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class _State:
    """How many blocks that must not be interrupted are open, whether a signal waits for their end, and
    whether one has come at all."""

    held = 0
    pending = False
    came = False


def _on_signal(number: int, frame: FrameType | None) -> None:
    _State.came = True
    if _State.held:
        _State.pending = True
        return
    raise KeyboardInterrupt


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Within this block these signals raise KeyboardInterrupt (main thread only), and nothing else does."""
    _State.held, _State.pending, _State.came = 0, False, False
    taken = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.getsignal(number) for number in taken}
    try:
        with heeded():
            for number in taken:
                signal.signal(number, _on_signal)
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        _State.came = False


@contextlib.contextmanager
def heeded() -> Iterator[None]:
    """Once a signal has come, this block ends with KeyboardInterrupt, whatever it ends with of its own.

    The exception is raised between any two instructions, those of libraries too, and there another can take
    its place: a condition that was about to take its lock back ends as "release unlocked lock", and in a
    destructor it is dropped. Whoever catches faults asks here first, so that none of them is taken for one.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise
    except Exception as fault:
        if _State.came:
            raise KeyboardInterrupt from fault
        raise
    if _State.came:
        raise KeyboardInterrupt


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
