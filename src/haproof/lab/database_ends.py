"""PostgreSQL ended under load, several times: is it noticed, and does a leader take writes afterwards?"""

from dataclasses import dataclass

from haproof.lab.caught import HELD, writes_caught
from haproof.lab.cluster import Cluster
from haproof.lab.faults import nodes as faults
from haproof.lab.held_commits import let_commits_go
from haproof.lab.load import Load
from haproof.lab.measure import worst
from haproof.lab.postgres import Server, StopMode
from haproof.lab.scenario import Stage

STOP_MODES: tuple[StopMode, ...] = ("fast", "immediate", "immediate", "immediate")
"""Killed three times under load: a commit that is not flushed is lost then."""

HOLDING = (0, HELD, 0, HELD)
"""Sessions held in their commit at each end; at one kill none, for a system that has one session for all."""

NAMES: dict[StopMode, str] = {"fast": "stop", "immediate": "crash"}
"""What the history calls them."""


@dataclass(frozen=True)
class Ended:
    """One end: time until the last node noticed, and until a leader took writes again; None where never."""

    noticed_ms: float | None
    back_ms: float | None


def end_database(stage: Stage, cluster: Cluster, server: Server, load: Load) -> list[Ended]:
    """End PostgreSQL in each way and start it again; stops after an end that was not seen or not survived."""
    ends: list[Ended] = []
    for number, mode in enumerate(STOP_MODES, 1):
        stage.step(f"end PostgreSQL ({mode}), {number} of {len(STOP_MODES)}, and start it again")
        stage.must(cluster.settle(), f"no leader that all nodes agree on before PostgreSQL's {mode} stop")
        ends.append(
            _end(stage, cluster, server, load, number, f"{NAMES[mode]}-{STOP_MODES[:number].count(mode)}")
        )
        if ends[-1].noticed_ms is None or ends[-1].back_ms is None:
            break
    return ends


def _end(stage: Stage, cluster: Cluster, server: Server, load: Load, number: int, trial: str) -> Ended:
    timing, mode = stage.target.timing, STOP_MODES[number - 1]
    with writes_caught(stage, server, load, mode, HOLDING[number - 1]):
        load.history.mark("fault", trial)
        with faults.database_stopped(stage.journal, server, mode) as fault:
            load.relax()
            seen = cluster.await_all(
                "every node to report the loss",
                timing.loss_deadline_s,
                "quorum_health",
                "lost",
                since_s=fault.at_s,
            )
            if None in seen.values():
                stage.draft.quote("pg_crash_noticed_ms", f"while PostgreSQL was away {cluster.portraits()}")
            load.history.mark("heal", trial)
    server.await_connections()
    back = stage.waits.until(
        "a leader that takes writes",
        timing.loss_deadline_s,
        lambda: accepting(cluster),
        every_s=timing.poll_interval_ms / 1000,
        since_s=fault.healed_s,
    )
    load.history.mark("end", trial)
    let_commits_go(stage.journal, server)
    if back is None:
        stage.draft.quote("leader_back_ms", f"after PostgreSQL was back {cluster.portraits()}")
    noticed = worst([one.elapsed_ms if one else None for one in seen.values()])
    return Ended(noticed, back.elapsed_ms if back else None)


def accepting(cluster: Cluster) -> str | None:
    """The name of a node that says it leads and takes writes."""
    for name, answer in cluster.statuses().items():
        if answer.text("role") == "leader" and answer.flag("can_accept_protected_writes"):
            return name
    return None
