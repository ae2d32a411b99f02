"""The figures of a slice while it runs: every key there from the start, null until it is measured."""

from collections.abc import Iterable
from typing import Any

from haproof.errors import LabError


class Draft:
    """Metrics and observations of one slice.

    A key that is never set stays null ("tried, not measured"), which breaks its rule: what the system
    under test did not do is a FAIL. A key that does not apply to this target is left out explicitly.
    `gave_up` is why the slice ended before its last step, in a sentence about the system under test.
    """

    def __init__(self, metrics: Iterable[str], observations: Iterable[str]) -> None:
        self.metrics: dict[str, Any] = dict.fromkeys(metrics)
        self.observations: dict[str, Any] = dict.fromkeys(observations)
        self.quotes: dict[str, str] = {}
        self.gave_up: str | None = None

    def quote(self, name: str, sentence: str) -> None:
        """What the system under test did, for the detail of the check that the figure `name` breaks."""
        self._known(name)
        self.quotes[name] = sentence

    def metric(self, name: str, value: Any) -> None:
        """A measured figure."""
        self._set(self.metrics, name, value)

    def observe(self, name: str, value: Any) -> None:
        """A fact behind a check that no metric carries."""
        self._set(self.observations, name, value)

    def leave_out(self, *names: str) -> None:
        """This target cannot be asked for these optional keys; their rules then do not apply."""
        for name in names:
            group = self.metrics if name in self.metrics else self.observations
            self._set(group, name, None)
            del group[name]

    def _set(self, group: dict[str, Any], name: str, value: Any) -> None:
        if name not in group:
            raise LabError(f"the scenario set {name!r}, which it did not declare")
        group[name] = value

    def _known(self, name: str) -> None:
        if name not in self.metrics and name not in self.observations:
            raise LabError(f"the scenario quoted what was done about {name!r}, which it did not declare")
