"""The ten checks of RECOVERY."""

from collections.abc import Iterator

from haproof.core.figures import grouped
from haproof.core.findings import Facts, Findings
from haproof.core.kind import Rules, check
from haproof.core.targets import (
    RECOVERY_AFTER_DATABASE_MS,
    RECOVERY_NODE_CUT_SLACK_MS,
    RECOVERY_NODE_KILL_MS,
    RECOVERY_WITHOUT_PROMOTION_MS,
)
from haproof.kinds.recovery.record import DATABASE, Fault, RecoveryRecord, Trial, incomplete, names

NODES = 2


def trials(record: RecoveryRecord, *faults: Fault) -> Iterator[tuple[Trial, Facts]]:
    """Trials of these faults (all where none is named) with their figures."""
    for index, (name, trial) in enumerate(zip(names(record.metrics), record.metrics.trials, strict=True)):
        if not faults or trial.fault in faults:
            yield trial, Facts(f"metrics/trials/{index}", trial, subject=name)


def _zero(record: RecoveryRecord, *figures: str) -> Findings:
    found: Findings = ()
    for _, facts in trials(record):
        found += facts.none(*figures)
    return found


@check(
    "RECOVERY-01",
    "one leader, agreed on, before every fault",
    meaning="Before every fault the cluster was healthy, one node led, both named it, writes were accepted.",
    why="A fault in a control plane that is not whole shows nothing.",
    how="The last status of each node before the fault, and writes acknowledged before it.",
    not_proved="That the load is like production's.",
)
def sound(record: RecoveryRecord) -> Findings:
    found: Findings = ()
    for _, facts in trials(record):
        found += facts.equals("healthy_before", True) + facts.equals("leaders", 1)
        found += facts.equals("holder_agreed", True) + facts.at_least("acknowledged_before_fault", 1)
    return found


@check(
    "RECOVERY-02",
    "writes accepted within 5 s of a ready database",
    meaning=(
        "After a fault of the database's primary, protected writes are accepted within 5,000 ms of its "
        "promotion (and of its first synchronous replica, where one is asked for); within 10,000 ms where "
        "nothing was promoted."
    ),
    why="The control plane must not add an outage of its own to the database's.",
    how="From the fault to the first write acknowledged under a later epoch; promotion by SQL.",
    not_proved="Faults of the database that no promotion follows.",
    criterion=(
        "accepting_ms <= the later of promotion_ms and sync_ready_ms, + 5,000; "
        "accepting_ms <= 10,000 where nothing was promoted"
    ),
)
def database_faults(record: RecoveryRecord) -> Findings:
    found: Findings = ()
    for trial, facts in trials(record, *DATABASE):
        found += facts.at_most("accepting_ms", _database_limit(trial))
    return found


def _database_limit(trial: Trial) -> float:
    """The later of promotion and first synchronous replica, and 5 s; 10 s where nothing was promoted."""
    if trial.promotion_ms is None:
        return RECOVERY_WITHOUT_PROMOTION_MS
    return max(trial.promotion_ms, trial.sync_ready_ms or 0) + RECOVERY_AFTER_DATABASE_MS


@check(
    "RECOVERY-03",
    "a cut-off or killed node is replaced in time",
    meaning=(
        "A leading node that is cut off from the database is replaced within the lock bound and 1,000 ms, "
        "and accepts nothing after the bound; a killed one within 5,000 ms."
    ),
    why="The database knows only that a session is silent: the bound is what makes that a decision.",
    how="The node's host loses the database and nothing else: its clients still reach it, and go on asking.",
    not_proved="A node that is cut off from the other node alone.",
    criterion=(
        "node-cut: accepting_ms <= lock_bound_ms + 1,000, cut_off_accepted = 0; "
        "node-kill: accepting_ms <= 5,000"
    ),
)
def node_faults(record: RecoveryRecord) -> Findings:
    bound = record.metrics.lock_bound_ms
    limit = None if bound is None else bound + RECOVERY_NODE_CUT_SLACK_MS
    found: Findings = ()
    for _, facts in trials(record, "node-cut"):
        found += facts.at_most("accepting_ms", limit) + facts.equals("cut_off_accepted", 0)
    for _, facts in trials(record, "node-kill"):
        found += facts.at_most("accepting_ms", RECOVERY_NODE_KILL_MS)
    return found


@check(
    "RECOVERY-04",
    "no acknowledged write lost",
    meaning="Synchronous: no acknowledged write is lost. Asynchronous: the loss of every trial is known.",
    why="An acknowledgement is a promise.",
    how="Acknowledged writes are compared with the rows on the primary at the end, payloads included.",
    not_proved="Writes whose answer was lost: they are neither lost nor kept.",
    loss=True,
    criterion="mode sync: lost = 0; mode async: lost measured; in every trial",
)
def nothing_lost(record: RecoveryRecord) -> Findings:
    if record.metrics.mode == "sync":
        return _zero(record, "lost")
    found: Findings = ()
    for _, facts in trials(record):
        found += facts.measured("lost")
    return found


@check(
    "RECOVERY-05",
    "no epoch shown with two holders",
    meaning="No epoch was ever shown with two holders, and none went back.",
    why="An epoch that a promotion loses and another node uses again fences nobody.",
    how="Every status, write answer and audit event of both nodes, over all trials of the run.",
    not_proved="Epochs that nobody was shown.",
)
def epochs(record: RecoveryRecord) -> Findings:
    return _zero(record, "epochs_shown_twice", "epoch_went_back")


@check(
    "RECOVERY-06",
    "never two nodes that accept",
    meaning="No write is accepted under an epoch that was superseded, and never do two nodes accept at once.",
    why="Two leaders are two truths.",
    how="Acknowledgements of each node, from its first to its last in an epoch, on one clock.",
    not_proved="A write that nobody sent.",
    loss=True,
)
def one_leader(record: RecoveryRecord) -> Findings:
    return _zero(record, "stale_accepted", "two_accepting_ms")


@check(
    "RECOVERY-07",
    "a write sent again is one row",
    meaning="A write whose answer was lost, and that is sent again under its id, is one row.",
    why="Clients send again what was not answered.",
    how="Every client sends a row again until it is acknowledged; ids and payloads are counted at the end.",
    not_proved="Writes that change a row in place.",
)
def no_duplicates(record: RecoveryRecord) -> Findings:
    return _zero(record, "duplicated")


@check(
    "RECOVERY-08",
    "nothing acknowledged between two leaders",
    meaning="Nothing is acknowledged between the end of one leader and the start of the next.",
    why="Who accepts without leading has nothing that fences it.",
    how="Writes sent after the old leader said that it leads no more, before a later epoch is seen.",
    not_proved="A leader that does not know its own end.",
    loss=True,
)
def between_leaders(record: RecoveryRecord) -> Findings:
    return _zero(record, "acknowledged_between_leaders")


@check(
    "RECOVERY-09",
    "audit trail tells the recovery in order",
    meaning="The events of loss, restoration and election are there, in order.",
    why="Who reads the trail later must be able to tell what happened.",
    how="The audit trail after each trial: each node's loss before its restoration, and an election.",
    not_proved="That the times in it are right.",
)
def audit(record: RecoveryRecord) -> Findings:
    found: Findings = ()
    for _, facts in trials(record):
        found += facts.equals("audit_in_order", True)
    return found


@check(
    "RECOVERY-10",
    "healthy at the end, both nodes back",
    meaning="At the end of every trial the cluster is healthy, a node accepts writes, both nodes are back.",
    why="A recovery that leaves half of the system behind is the next outage's first half.",
    how="By SQL on every member within 120 s of the heal, then by both nodes' status within 60 s more.",
    not_proved="Faults that nobody heals.",
)
def rejoined(record: RecoveryRecord) -> Findings:
    found: Findings = ()
    for _, facts in trials(record):
        found += facts.equals("healthy_at_end", True) + facts.equals("nodes_rejoined", NODES)
    return found


def tolerated_loss(record: RecoveryRecord) -> str | None:
    """What was lost on an asynchronous cluster, where RECOVERY-04 only asks that it be known."""
    lost = sum(trial.lost or 0 for trial in record.metrics.trials)
    if record.metrics.mode == "sync" or not lost:
        return None
    return f"{grouped(lost)} acknowledged writes lost by the promotions of an asynchronous cluster"


RULES = Rules(
    record=RecoveryRecord,
    checks=(
        sound,
        database_faults,
        node_faults,
        nothing_lost,
        epochs,
        one_leader,
        no_duplicates,
        between_leaders,
        audit,
        rejoined,
    ),
    tolerated_loss=tolerated_loss,
    incomplete=incomplete,
)
