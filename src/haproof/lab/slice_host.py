"""The machine over one slice: does it suffice, what did it do, and was it short of anything."""

from pathlib import Path
from typing import Any

from haproof.core.kind import Kind
from haproof.lab import control_group
from haproof.lab.ground import Ground
from haproof.lab.host import HostWatch, Sample
from haproof.lab.limits import disk_bytes, left, must_suffice, taken
from haproof.lab.scenario import Options, Stage
from haproof.lab.shortage import Taken, noticed, shortage


class SliceHost:
    """Made when a slice begins; `begin` before its first step, `end` while its nodes still live."""

    def __init__(self, ground: Ground, slice_: Kind, options: Options) -> None:
        noticed.clear()
        self._ground = ground
        self._slice = slice_
        self._options = options
        self._work = ground.work / slice_.folder
        self._refused = control_group.refusals()
        self._watch = HostWatch(ground.work)
        self._left = left(self._watch.seen.first)
        self._taken = Taken()
        self._words: str | None = None
        self._began = False

    def begin(self) -> None:
        """Watch the machine from now on. Raises NotRun where it does not suffice."""
        must_suffice(self._slice.id, self._options.profile, self._left, self._ground.work)
        self._watch.start()
        self._began = True

    def end(self, stage: Stage | None) -> None:
        """Look a last time, and at what the nodes hold."""
        self._watch.stop()
        if stage is not None:
            needed = disk_bytes(self._slice.id, self._options.profile)
            self._taken = taken(stage.clusters, self._work, needed)
        if self._began:
            self._words = shortage(
                self._watch.seen, self._newly_refused(), self._server_logs(), self._left, self._taken
            )

    @property
    def shortage(self) -> str | None:
        """Why a slice that did not pass proves nothing here; known after `end`."""
        return self._words

    def shown(self, reference: Sample) -> dict[str, Any]:
        """For `environment.host`; clock drift counts from `reference`."""
        return self._watch.seen.shown(reference)

    def facts(self) -> dict[str, Any]:
        """For the journal: what `shortage` was taken from."""
        return {
            "shortage": self._words,
            "signs": [vars(sign) for sign in noticed.signs()],
            "refused": self._newly_refused(),
            "left_at_start": vars(self._left),
            "taken_by_nodes": vars(self._taken),
        }

    def _newly_refused(self) -> dict[str, int]:
        return {kind: now - self._refused[kind] for kind, now in control_group.refusals().items()}

    def _server_logs(self) -> list[Path]:
        """Logs of this slice's servers that were written to."""
        own = [log for log in self._ground.server_logs if log.is_relative_to(self._work)]
        return [log for log in own if log.exists()]
