"""A thread that does one thing again and again, can be held for a while, and ends when it is told to."""

import threading
from collections.abc import Callable


class Loop:
    """Calls `turn` again and again; `turn` gives the seconds to let pass before the next one.

    A turn is never cut short: holding and ending take effect after the one that is under way.
    """

    def __init__(self, name: str, turn: Callable[[], float]) -> None:
        self._turn = turn
        self._changed = threading.Condition()
        self._held = self._idle = self._ended = False
        self._thread = threading.Thread(target=self._go, name=name, daemon=True)
        self.fault: BaseException | None = None
        """What broke it down; None as long as nothing has."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def hold(self) -> None:
        """Begin no further turn until `resume`; does not wait for the one under way."""
        self._set(held=True)

    def await_held(self, seconds: float) -> bool:
        """Wait for the turn under way; False where it takes longer than so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._idle or not self._thread.is_alive(), seconds)

    def resume(self) -> None:
        """Go on after `hold`."""
        self._set(held=False)

    def tell_end(self) -> None:
        """End after the turn under way, without waiting for it."""
        self._set(ended=True)

    def join(self) -> None:
        """Wait for the end of a loop that was told to end (or never began)."""
        if self._thread.ident is not None:
            self._thread.join()

    def _set(self, held: bool | None = None, ended: bool = False) -> None:
        with self._changed:
            self._held = self._held if held is None else held
            self._ended = self._ended or ended
            self._changed.notify_all()

    def _go(self) -> None:
        try:
            while self._may_go_on():
                seconds = self._turn()
                with self._changed:
                    self._changed.wait_for(lambda: self._held or self._ended, seconds)
        except BaseException as fault:  # noqa: BLE001 - told by whoever ends the loop, in the main thread
            self.fault = fault

    def _may_go_on(self) -> bool:
        with self._changed:
            while self._held and not self._ended:
                self._idle = True
                self._changed.notify_all()
                self._changed.wait()
            self._idle = False
            return not self._ended
