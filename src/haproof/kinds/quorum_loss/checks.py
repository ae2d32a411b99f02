"""The checks of VAL17: each rule over its figures, and what it means."""

from haproof.core.findings import Facts, Findings, observed
from haproof.core.kind import Claim, Closes, Rules, check
from haproof.core.targets import LOSS_COUNT, LOSS_COUNT_TWO_CYCLES, LOSS_DETECTION_MS, RECOVERY_MS
from haproof.kinds.quorum_loss.record import QuorumLossRecord


@check(
    "VAL17-01",
    "quorum healthy, no write block at baseline",
    meaning="Before the loss the quorum is healthy and no write is blocked.",
    why="A block that is always on passes every test of blocking.",
    how="The leader's status before PostgreSQL is stopped.",
    not_proved="Health over time.",
)
def baseline(record: QuorumLossRecord) -> Findings:
    row = observed(record.observations, "baseline_quorum", "baseline_write_block")
    return row.equals("baseline_quorum", "healthy") + row.equals("baseline_write_block", False)


@check(
    "VAL17-02",
    "loss detected within 30,000 ms",
    meaning="Every node reports the loss within 30,000 ms, in every trial.",
    why="Until then the control plane promises what it cannot keep.",
    how="From just before PostgreSQL's stop signal until the last node's quorum_health is lost.",
    not_proved="Detection of a partition, or of a PostgreSQL that hangs.",
    claim=Claim(
        "Loss detection",
        figure="loss_detection_ms",
        trials="loss_detection_trials_ms",
        limit=LOSS_DETECTION_MS,
    ),
)
def detection(record: QuorumLossRecord) -> Findings:
    facts = Facts("metrics", record.metrics)
    return facts.at_most("loss_detection_ms", LOSS_DETECTION_MS) + facts.each_at_most(
        "loss_detection_trials_ms", LOSS_DETECTION_MS
    )


@check(
    "VAL17-03",
    "write_block_active = true during loss",
    meaning="During the loss the write block is on, and it stays on until PostgreSQL is started again.",
    why=(
        "It is the mandatory safety of the slice: no quorum, no protected writes. A block that ends by "
        "itself during a longer outage is none."
    ),
    how=(
        "write_block_active of the node that led before the loss; every node is polled through both "
        "outages, the longest of loss_held_ms, and each of its answers from its detection to the start "
        "command must show the block on and no protected writes (block_held); so must what its health "
        "endpoints answer at the end of the long outage, where they answer as the contract has it."
    ),
    not_proved=(
        "That every client honours the block. From outside, an outage longer than loss_held_ms, or a "
        "block that is off between two polls, is not seen."
    ),
    claim=Claim("Write block during loss", figure="write_block_active"),
)
def write_block(record: QuorumLossRecord) -> Findings:
    facts = Facts("metrics", record.metrics)
    return facts.equals("write_block_active", True) + facts.equals("block_held", True)


@check(
    "VAL17-04",
    "can_accept_protected_writes = false during loss",
    meaning=(
        "During the loss the node says that it cannot accept protected writes, and no node acknowledges one."
    ),
    why=(
        "A status field is a promise; the refused write is the fact. A write that is acknowledged while "
        "PostgreSQL is away exists only in a buffer."
    ),
    how=(
        "can_accept_protected_writes of the node that led, and a protected write sent to it; every node "
        "is written to through both outages, and nothing sent after PostgreSQL's exit was seen may be "
        "acknowledged before the start command (writes_acknowledged_during_loss)."
    ),
    not_proved="Writes that go to PostgreSQL past the control plane.",
    claim=Claim("Protected write refused during loss", figure="can_accept_protected_writes"),
)
def writes_refused(record: QuorumLossRecord) -> Findings:
    facts = Facts("metrics", record.metrics)
    return (
        facts.equals("can_accept_protected_writes", False)
        + facts.equals("protected_write_refused", True)
        + facts.none("writes_acknowledged_during_loss")
    )


@check(
    "VAL17-05",
    "loss reason and last_lost_at recorded",
    meaning="The reason of the loss and its time are recorded.",
    why="An operator who is woken needs to know what was lost and when.",
    how=(
        "quorum_loss_reason and last_lost_at of the node's status; last_lost_at must lie within each "
        "loss, one in which nobody asked included."
    ),
    not_proved="That the reason is the root cause.",
)
def reason(record: QuorumLossRecord) -> Findings:
    row = observed(record.observations, "last_lost_at")
    if not row.applies("last_lost_at"):
        return ()
    text = Facts("metrics", record.metrics, required=True)
    return row.measured("last_lost_at") + text.not_empty("quorum_loss_reason")


@check(
    "VAL17-06",
    "recovery detected within 30,000 ms",
    meaning="Every node reports recovery within 30,000 ms of PostgreSQL's start, in every trial.",
    why="A block that outlives its cause is an outage of its own.",
    how="From just before the start command until the last node's quorum_health is healthy.",
    not_proved="Recovery of a server with much WAL to replay.",
    claim=Claim("Recovery after loss", figure="recovery_ms", trials="recovery_trials_ms", limit=RECOVERY_MS),
)
def recovery(record: QuorumLossRecord) -> Findings:
    facts = Facts("metrics", record.metrics)
    return facts.at_most("recovery_ms", RECOVERY_MS) + facts.each_at_most("recovery_trials_ms", RECOVERY_MS)


@check(
    "VAL17-07",
    "writes accepted again after recovery",
    meaning=(
        "After recovery the block is off, a protected write is accepted, and no acknowledged row is lost."
    ),
    why="Reporting health is one thing, taking writes another, and keeping them a third.",
    how=(
        "The new leader's status, and a protected write sent to it; a follower's block must be off, too, "
        "where it was at baseline. After each recovery the table is "
        "compared with what was acknowledged (rows_lost). PostgreSQL ends once while rows are half "
        "written, and once while commits are not flushed."
    ),
    not_proved="Full write throughput.",
    loss=True,
)
def writes_again(record: QuorumLossRecord) -> Findings:
    row = observed(record.observations, "after_write_block", "after_can_accept", "after_write_accepted")
    return (
        Facts("metrics", record.metrics).none("rows_lost")
        + row.equals("after_write_block", False)
        + row.equals("after_can_accept", True)
        + row.equals("after_write_accepted", True)
    )


@check(
    "VAL17-08",
    "last_restored_at set, loss count >= 1",
    meaning="The restoration is recorded after the loss, and the loss was counted.",
    why="The length of an outage is the difference of the two times.",
    how="last_restored_at, last_lost_at and detected_loss_count of the node's status.",
    not_proved="That the times agree with other machines' clocks.",
)
def restored(record: QuorumLossRecord) -> Findings:
    count = Facts("metrics", record.metrics).at_least("detected_loss_count", LOSS_COUNT)
    lost = Facts("observations", record.observations).get("last_lost_at")
    row = observed(record.observations, "last_restored_at")
    return count + row.later_than("last_restored_at", "last_lost_at", lost)


@check(
    "VAL17-09",
    "a second cycle raises the count by one",
    meaning="A second loss raises the count by one.",
    why="A counter that sticks, or jumps, hides how often it happened.",
    how=(
        "A second stop and start; one node's count at baseline and after each cycle (loss_counts). "
        "Between the two lies a loss in which nobody asks the nodes anything: it must be counted too."
    ),
    not_proved="Losses shorter than the node's poll.",
)
def second_cycle(record: QuorumLossRecord) -> Findings:
    count = Facts("metrics", record.metrics).at_least("detected_loss_count", LOSS_COUNT_TWO_CYCLES)
    return count + observed(record.observations, "loss_counts").one_by_one("loss_counts")


@check(
    "VAL17-10",
    "audit events for loss and restoration",
    meaning="Loss and restoration leave audit events, each after its deed.",
    why=(
        "The events must survive although the database was away when they happened; a fixed list of "
        "events records nothing."
    ),
    how=(
        "The audit query before the loss and after each recovery: no event before its deed, at least one "
        "more after it, stamped within it, give or take a second (audit_follows_deeds)."
    ),
    not_proved=(
        "Events of a node that dies during the loss. From outside, an event that tells a wrong story at "
        "the right time is not seen."
    ),
)
def audit(record: QuorumLossRecord) -> Findings:
    row = observed(record.observations, "audit_events", "audit_follows_deeds")
    return row.contains("audit_events", "ha.quorum.lost", "ha.quorum.restored") + row.optional.equals(
        "audit_follows_deeds", True
    )


RULES = Rules(
    record=QuorumLossRecord,
    checks=(
        baseline,
        detection,
        write_block,
        writes_refused,
        reason,
        recovery,
        writes_again,
        restored,
        second_cycle,
        audit,
    ),
    closes=(Closes(gap="GAP-8", figure="protected_write_refused"),),
)
