"""How a slice is run: the scenario, and the stage that it is given.

A scenario is one module in `haproof.lab.scenarios`, with the same stem as its slice in `haproof.core`:

    SCENARIO = Scenario(
        slice=quorum_loss.KIND,
        needs=("api.status", "writes"),                # what the target must offer, or the slice is not run
        metrics=("loss_detection_ms", …),              # every key that the report will carry; all begin null
        observations=("baseline_quorum", …),
        run=run,
    )

    def run(stage: Stage) -> None:
        stage.step("start PostgreSQL and two nodes")
        server = stage.server("postgres")              # a real server, in the slice's folder
        server.start()
        cluster = stage.cluster(server)                # two nodes of the target
        cluster.start()
        settled = stage.must(cluster.settle(), "no leader that both nodes agree on")
        stage.draft.observe("baseline_quorum", settled.answers[settled.leader.name].text("quorum_health"))
        …

Rules of conduct:

- What the system under test does not do is a figure that stays null, never an exception of ours: use
  `stage.waits.until(…)`, which answers None at its deadline, and go on as far as that makes sense. Where
  it makes none, `stage.must` (or raising `SystemFailed`) ends the slice: it is written with what was
  measured so far, and judged; nulls break their rules.
- What the lab cannot do raises LabError (or anything else): the slice is written as `not_run`.
- Every key that the ten checks need is declared; one that this target cannot be asked for is left out
  with `stage.draft.leave_out`. A check without any fact is a fault of the scenario.
- Everything done and seen goes to `stage.journal`; raw samples go through `stage.save`. Logs of nodes and
  servers, and the journal, are copied beside the report and digested by the runner, which also ends all
  children and removes the folder. What else must stop before the files are digested (a thread that
  writes one) is put on `stage.closing`.
- Random choices come from `stage.random`, seeded by the run's seed and the slice.
- Children are started from the main thread only; requests and SQL may come from any.
"""

import contextlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from haproof.core.kind import Kind
from haproof.errors import HaproofError, LabError
from haproof.lab.cluster import Cluster, Node
from haproof.lab.draft import Draft
from haproof.lab.ground import Ground, passable
from haproof.lab.journal import Journal
from haproof.lab.measure import Waits
from haproof.lab.portrait import portrait
from haproof.lab.postgres import Server
from haproof.lab.progress import Watcher
from haproof.lab.target import Target

T = TypeVar("T")
Profile = Literal["quick", "default", "full"]
TRIALS: dict[Profile, int] = {"quick": 1, "default": 10, "full": 30}
"""Trials of each repeated fault, where `--trials` does not say otherwise."""


class SystemFailed(HaproofError):
    """The system under test did not do what the rest of the slice stands on; the slice ends as a FAIL."""

    exit_status = 1


@dataclass(frozen=True)
class Options:
    """What the caller chose. `seed` is printed and recorded, so that a run's choices can be repeated."""

    profile: Profile = "default"
    trials: int = TRIALS["default"]
    seed: int = 0


class Stage:
    """What a scenario works with. Everything on it belongs to this slice, except the ground and target."""

    def __init__(
        self,
        slice_: Kind,
        ground: Ground,
        target: Target,
        options: Options,
        journal: Journal,
        watcher: Watcher,
        draft: Draft,
        evidence: Path,
    ) -> None:
        self.ground = ground
        self.target = target
        self.options = options
        self.journal = journal
        self.draft = draft
        self.evidence = evidence
        self.waits = Waits(journal, watcher)
        self.random = random.Random(f"{options.seed}/{slice_.id}")
        self.settings: dict[str, object] = {}
        self.environment: dict[str, object] = {}
        """What this slice was measured on, where that is not what the run says of all."""
        self.closing = contextlib.ExitStack()
        self.work = passable(ground.work / slice_.folder)
        self._watcher = watcher
        self._cluster: Cluster | None = None
        self.clusters: list[Cluster] = []

    def step(self, text: str) -> None:
        """Say what happens next: to the person who watches, and in the journal."""
        self._watcher.step(text)
        self.journal.note("step", text=text)

    def server(self, name: str, settings: Mapping[str, str] | None = None) -> Server:
        """A new PostgreSQL primary in this slice's folder, not started."""
        return Server.create(self.ground, self.work, name, settings)

    def cluster(self, server: Server, nodes: int = 2, min_sync_replicas: int = 0) -> Cluster:
        """Nodes of the target (node1, node2, …) on a running server, not started; `[sql] setup` is run."""
        if self.target.sql.setup is not None:
            server.execute(self.target.sql.setup)
            self.journal.act("sql.setup")
        self._cluster = Cluster(
            self.ground, self.target, server, self.journal, self.waits, self.work, nodes, min_sync_replicas
        )
        self.clusters.append(self._cluster)
        return self._cluster

    def must(self, value: T | None, otherwise: str) -> T:
        """`value`, or the end of the slice: the system under test did not do what the rest stands on."""
        if value is None:
            words = self._cluster.last_words() if self._cluster is not None else ""
            otherwise = f"{otherwise}; {words}" if words else otherwise
            self.journal.saw("system failed", why=otherwise)
            raise SystemFailed(otherwise)
        return value

    def portrait(self, node: Node) -> str:
        """What a node answers now when it is asked for its status, in words."""
        return portrait(node.name, node.status(), self.target.timing.answer_deadline_ms)

    def sql(self, name: str) -> str:
        """A statement of the target's `[sql]`; the scenario's `needs` has made sure that it is there."""
        statement: str | None = getattr(self.target.sql, name)
        if statement is None:
            raise LabError(f"the scenario uses [sql] {name} but does not list it in its needs")
        return statement

    def save(self, name: str, content: str) -> None:
        """A raw file beside the report (samples, snapshots), listed in its artifacts. Secrets are removed."""
        (self.evidence / name).write_text(self.ground.secrets.redact(content), encoding="utf-8")


@dataclass(frozen=True)
class Scenario:
    """A lab run that produces the record of one slice."""

    slice: Kind
    needs: tuple[str, ...]
    metrics: tuple[str, ...]
    observations: tuple[str, ...]
    run: Callable[[Stage], None]
