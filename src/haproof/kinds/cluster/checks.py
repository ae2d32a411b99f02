"""The twelve checks of CLUSTER. Safety is judged in every trial, liveness only against what is expected."""

from collections.abc import Callable, Iterator, Sequence

from haproof.core.figures import separated
from haproof.core.findings import Facts, Finding, Findings
from haproof.core.histories.transactions import levels
from haproof.core.kind import Closes, Rules, check
from haproof.core.targets import (
    CONTROL_WRITES,
    LEAST_MEMBERS,
    LEAST_READERS,
    LEAST_WRITERS,
    PLANNED_GAP_MS,
    UNPLANNED_GAP_MS,
)
from haproof.kinds.cluster.faults import HANGS, KILLS, OTHERS, PLANNED, REQUIRED, Fault
from haproof.kinds.cluster.gaps import concurrent_writes, partitions, promotion, tolerated_loss
from haproof.kinds.cluster.record import ClusterMetrics, ClusterRecord, disagreement, incomplete, names
from haproof.kinds.cluster.trial import Trial


def trials(record: ClusterRecord, *faults: Fault) -> Iterator[tuple[Trial, Facts]]:
    """Trials of these faults (all where none is named), each with its figures."""
    for index, (name, trial) in enumerate(zip(names(record.metrics), record.metrics.trials, strict=True)):
        if not faults or trial.fault in faults:
            yield trial, Facts(f"metrics/trials/{index}", trial, subject=name)


def control(record: ClusterRecord) -> Facts:
    """The figures of the fault-free trial; every rule on one that is not there fails."""
    return Facts("metrics/control", record.metrics.control or NOTHING, subject="control")


NOTHING = Trial(**dict.fromkeys(Trial.__struct_fields__))
"""A control that is not there."""


def _gone(record: ClusterRecord, faults: Sequence[Fault], longest_ms: int) -> Findings:
    """Every trial of these faults went as expected; clients of one that served waited no longer than this."""
    found = _tried(record, faults)
    for trial, facts in trials(record, *faults):
        found += facts.equals("outcome", trial.expected, "expected")
        if trial.outcome != "stays and refuses":
            found += facts.at_most("write_gap_ms", longest_ms) + facts.at_most("connect_gap_ms", longest_ms)
        if trial.outcome == "fails over":
            found += facts.not_equal("new_primary", trial.old_primary)
    return found


def _tried(record: ClusterRecord, faults: Sequence[Fault]) -> Findings:
    """Of the faults without which there is no verdict, those of this check were tried."""
    tried = {trial.fault for trial in record.metrics.trials}
    found = []
    for group in REQUIRED:
        if not set(group).isdisjoint(faults):
            there, rule = not tried.isdisjoint(group), f"{' or '.join(group)} tried"
            value = "tried" if there else "not tried"
            found.append(
                Finding(f"/metrics/{TRIED}", TRIED, value, None, None, rule, there, group=ClusterMetrics)
            )
    return tuple(found)


TRIED = "trials"
"""The figure of that finding."""


def _known(holds: bool) -> Callable[[object], bool]:
    return lambda _: holds


def gone_as_expected(longest_ms: int) -> str:
    """The rule of `_gone` in words."""
    return (
        "outcome = expected; new_primary not old_primary where it fails over; "
        f"write_gap_ms and connect_gap_ms <= {separated(longest_ms)} unless it stays and refuses; "
        "in every trial"
    )


@check(
    "CLUSTER-01",
    "cluster healthy and under load before every fault",
    meaning="The cluster was healthy and under load before every fault, and in the control.",
    why="A fault in a cluster that is not whole, or that nobody uses, shows nothing.",
    how=(
        "By SQL on every member: one primary, all others streaming on its timeline; writes acknowledged "
        "before the fault; at least 4 writers, 2 readers and one client that connects for each write."
    ),
    not_proved="That the load is like production's.",
)
def sound(record: ClusterRecord) -> Findings:
    metrics = Facts("metrics", record.metrics)
    found = (
        metrics.at_least("members", LEAST_MEMBERS)
        + metrics.at_least("writers", LEAST_WRITERS)
        + metrics.at_least("readers", LEAST_READERS)
        + metrics.at_least("connect_writers", 1)
        + control(record).equals("healthy_before", True)
        + control(record).at_least("acknowledged", CONTROL_WRITES)
    )
    for _, facts in trials(record):
        found += facts.equals("healthy_before", True) + facts.at_least("acknowledged_before_fault", 1)
    return found


@check(
    "CLUSTER-02",
    "control without a fault: nothing lost, one primary",
    meaning="Without a fault nothing is lost, duplicated, invented or read back, and there is one primary.",
    why="What the same workload shows without a fault is not the fault's doing.",
    how="A trial without a fault, of the same workload and at least as long.",
    not_proved="Days without a fault.",
    loss=True,
    criterion="lost = 0; duplicated = 0; phantom = 0; reads_back = 0; overlap_ms = 0 where it is measured",
)
def control_clean(record: ClusterRecord) -> Findings:
    facts = control(record)
    found = facts.none("lost", "duplicated", "phantom", "reads_back")
    trial = record.metrics.control
    return found if trial is not None and trial.overlap_ms is None else found + facts.equals("overlap_ms", 0)


@check(
    "CLUSTER-03",
    "planned failover as expected, within 10 s",
    meaning="A planned switchover, and the end of the manager, go as expected; nobody waits over 10 s.",
    why="Planned failovers come with every update: their gap is what users feel most often.",
    how=(
        "The manager's own switchover, and SIGTERM to it, under load. The gap is the longest time without "
        "an acknowledged write, of clients with an open connection and of those that make a new one."
    ),
    not_proved="A switchover of a cluster whose standbys lag far behind.",
    criterion=gone_as_expected(PLANNED_GAP_MS),
)
def planned_failover(record: ClusterRecord) -> Findings:
    return _gone(record, PLANNED, PLANNED_GAP_MS)


@check(
    "CLUSTER-04",
    "killed host and killed postmaster as expected",
    meaning="A killed host fails over within 60 s; a killed postmaster goes as its makers declare.",
    why="It is the failure that every HA cluster is bought for.",
    how="SIGKILL to the manager and all of PostgreSQL at once, and to the postmaster alone.",
    not_proved="The loss of a whole machine with its disk.",
    criterion=gone_as_expected(UNPLANNED_GAP_MS),
)
def kills(record: ClusterRecord) -> Findings:
    return _gone(record, KILLS, UNPLANNED_GAP_MS)


@check(
    "CLUSTER-05",
    "hung host and hung postmaster as expected",
    meaning="A host that hangs fails over within 60 s; a postmaster that hangs goes as declared.",
    why="What hangs still holds its connections, so it is noticed later than what is dead.",
    how="SIGSTOP to the manager and all of PostgreSQL, and to the postmaster alone; held, then continued.",
    not_proved="A machine that is slow without being stopped.",
    criterion=gone_as_expected(UNPLANNED_GAP_MS),
)
def hangs(record: ClusterRecord) -> Findings:
    return _gone(record, HANGS, UNPLANNED_GAP_MS)


@check(
    "CLUSTER-06",
    "cuts, lost manager, lost consensus store and broken disk as expected",
    meaning="Cuts, a lost manager or consensus store, and a full or frozen disk go as declared.",
    why="These leave the old primary running: whoever succeeds it must know that it has stopped.",
    how="Packets that vanish, processes that are killed, a file system that is filled or frozen.",
    not_proved="Links that are slow, or lose a part of their packets.",
    criterion=gone_as_expected(UNPLANNED_GAP_MS),
)
def cuts_and_losses(record: ClusterRecord) -> Findings:
    return _gone(record, OTHERS, UNPLANNED_GAP_MS)


@check(
    "CLUSTER-07",
    "never two primaries",
    meaning="Never do two servers acknowledge writes at the same time, and one takes writes at the end.",
    why="What two primaries accept cannot be put together again: one side's writes are lost.",
    how=(
        "A writer on every member's host. Acknowledged writes are grouped by server and timeline, each group "
        "from its first to its last, pauses inside included; the longest time that two servers' groups have "
        "in common is overlap_ms, on one host's clock."
    ),
    not_proved="Where overlap_ms is null (no writer on every host), two primaries are not excluded.",
    loss=True,
    criterion="overlap_ms = 0 where it is measured; read_write_members_at_end = 1; in every trial",
)
def one_primary(record: ClusterRecord) -> Findings:
    found: Findings = ()
    for trial, facts in trials(record):
        if trial.overlap_ms is not None:
            found += facts.equals("overlap_ms", 0)
        found += facts.equals("read_write_members_at_end", 1)
    return found


@check(
    "CLUSTER-08",
    "no acknowledged row lost (synchronous), or every loss measured (asynchronous)",
    meaning="Synchronous: no acknowledged row is lost in any trial. Asynchronous: every loss is measured.",
    why="An acknowledged write is a promise; what an asynchronous failover breaks of it must be known.",
    how=(
        "Every acknowledged row is looked for on the read-write member of the highest timeline at the end. "
        "A write whose wait for a standby was cancelled is no promise. Synchronous replication is asked of "
        "PostgreSQL itself at the instant of the fault."
    ),
    not_proved="Loss of more than one member at once.",
    loss=True,
    criterion="mode sync: lost = 0 and sync_effective; mode async: lost measured; in every trial",
)
def nothing_lost(record: ClusterRecord) -> Findings:
    found: Findings = ()
    for _, facts in trials(record):
        if record.metrics.mode == "sync":
            found += facts.equals("lost", 0) + facts.equals("sync_effective", True)
        else:
            found += facts.measured("lost")
    return found


@check(
    "CLUSTER-09",
    "no row twice, none invented, no read goes back",
    meaning="No row twice, no row that nobody sent, no read that misses what an earlier read showed.",
    why="A reader that saw a row and then does not see it has acted on something that never was.",
    how="Readers ask the primary for the same rows again and again; the table at the end is compared.",
    not_proved="Reads on standbys.",
    loss=True,
)
def nothing_invented(record: ClusterRecord) -> Findings:
    found: Findings = ()
    for _, facts in trials(record):
        found += facts.none("duplicated", "phantom", "reads_back")
    return found


@check(
    "CLUSTER-10",
    "isolation level kept",
    meaning="Transactions show no anomaly that their isolation level forbids and the control does not show.",
    why="A failover that breaks isolation corrupts data that no count of rows shows.",
    how="List-append transactions; a cycle of dependencies between them is an anomaly (Adya's names).",
    not_proved="Transactions that read from standbys.",
    criterion="no anomaly in a trial that isolation_level forbids and the control does not show",
)
def isolation(record: ClusterRecord) -> Findings:
    shown = forbidden(record, record.metrics.control)
    words = f"no anomaly that {record.metrics.isolation_level} forbids and the control does not show"
    found: Findings = ()
    for trial, facts in trials(record):
        new = forbidden(record, trial).keys() - shown.keys()
        found += facts.rule("anomalies", f"anomalies: {words}", _known(not new))
    return found


@check(
    "CLUSTER-11",
    "old primary comes back by itself",
    meaning="An old primary that was replaced comes back as a standby, with nothing else done.",
    why="A cluster that needs a person after each failover is one failure from its end.",
    how="After the heal: one primary and all members streaming, within 120 s.",
    not_proved="An old primary whose disk is lost.",
    criterion="rejoin = automatic in every trial in which the old primary left",
)
def rejoined(record: ClusterRecord) -> Findings:
    found: Findings = ()
    for trial, facts in trials(record):
        if trial.rejoin is not None or trial.outcome == "fails over":
            found += facts.equals("rejoin", "automatic")
    return found


@check(
    "CLUSTER-12",
    "members equal at the end",
    meaning="At the end every member holds the same rows.",
    why="A standby that differs is a loss that waits for the next failover.",
    how="Rows and lists of every member are compared; one that cannot be reached counts as different.",
    not_proved="Tables other than the workload's.",
)
def equal_members(record: ClusterRecord) -> Findings:
    found: Findings = ()
    for _, facts in trials(record):
        found += facts.equals("members_equal", True)
    return found


def forbidden(record: ClusterRecord, trial: Trial | None) -> dict[str, int]:
    """Anomalies of a trial that the isolation level does not allow: name to count; none where nothing is
    known."""
    found = (trial.anomalies or {}) if trial is not None else {}
    return levels.forbidden(found, record.metrics.isolation_level)


RULES = Rules(
    record=ClusterRecord,
    checks=(
        sound,
        control_clean,
        planned_failover,
        kills,
        hangs,
        cuts_and_losses,
        one_primary,
        nothing_lost,
        nothing_invented,
        isolation,
        rejoined,
        equal_members,
    ),
    closes=(
        Closes(gap="GAP-2", measured=promotion),
        Closes(gap="GAP-3", measured=partitions),
        Closes(gap="GAP-4", measured=concurrent_writes),
    ),
    tolerated_loss=tolerated_loss,
    disagreement=disagreement,
    incomplete=incomplete,
)
