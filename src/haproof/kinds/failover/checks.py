"""The checks of VAL13: each rule over its figures, and what it means."""

from haproof.core.findings import Facts, Findings, observed
from haproof.core.kind import Claim, Rules, check
from haproof.core.targets import FAILOVER_MS, LOCK_TAKEOVER_SLACK_MS
from haproof.kinds.failover.record import FailoverRecord


@check(
    "VAL13-01",
    "two nodes healthy, one leader, both agree on holder_id",
    meaning="Two nodes are healthy, exactly one leads, and both name the same holder.",
    why="A failover measured from an unhealthy start says nothing about failover.",
    how=(
        "Both nodes' status is read before the first fault; it counts healthy nodes and leaders. A follower "
        "that takes a write, or says that it would, counts as a leader."
    ),
    not_proved="That the cluster stays healthy when nobody kills anything.",
)
def baseline(record: FailoverRecord) -> Findings:
    row = observed(record.observations, "nodes_healthy", "leaders", "holder_agreed")
    return row.at_least("nodes_healthy", 2) + row.equals("leaders", 1) + row.equals("holder_agreed", True)


@check(
    "VAL13-02",
    "probe rows acknowledged before the fault are readable",
    meaning=(
        "Probe rows that were acknowledged before the fault can be read, and no answer of success is invalid."
    ),
    why=(
        '"no row lost" means nothing if no row was ever there, and an answer of success that does not '
        "name the row promises nothing."
    ),
    how=(
        "Rows are written through the leader and read back from PostgreSQL before the first fault. "
        "Answers of success that lack the contract's fields, or name another row, are counted over the "
        "whole slice (answers_invalid); they do not count as acknowledged."
    ),
    not_proved="Anything about rows written during a fault (that is VAL13-04).",
)
def probe_rows(record: FailoverRecord) -> Findings:
    row = observed(record.observations, "probe_rows_written", "probe_rows_readable")
    return (
        Facts("metrics", record.metrics).none("answers_invalid")
        + row.at_least("probe_rows_written", 1)
        + row.equals("probe_rows_readable", row.get("probe_rows_written"), "probe_rows_written")
    )


@check(
    "VAL13-03",
    "SIGTERM failover <= 5,000 ms",
    meaning=(
        "After SIGTERM of the leader another node leads and accepts a write within 5,000 ms, in every trial."
    ),
    why=(
        "Planned restarts and upgrades end a leader this way; it is the mildest fault of all. A new "
        "leader that is named but refuses writes is still an outage."
    ),
    how=(
        "From just before the signal until the follower's status, polled every 50 ms, names a new holder, "
        "and until the first write acknowledged after it (sigterm_accepting_trials_ms)."
    ),
    not_proved=(
        "A failover of PostgreSQL itself, or one across a network; from outside nobody sees when the new "
        "leader could first have accepted a write, only when it first did."
    ),
    claim=Claim(
        "SIGTERM failover",
        figure="sigterm_failover_ms",
        trials="sigterm_trials_ms",
        also="sigterm_accepting_trials_ms",
        limit=FAILOVER_MS,
    ),
)
def sigterm_failover(record: FailoverRecord) -> Findings:
    facts = Facts("metrics", record.metrics)
    return (
        facts.at_most("sigterm_failover_ms", FAILOVER_MS)
        + facts.each_at_most("sigterm_trials_ms", FAILOVER_MS)
        + facts.each_at_most("sigterm_accepting_trials_ms", FAILOVER_MS)
    )


@check(
    "VAL13-04",
    "zero acknowledged rows lost across every failover of the slice",
    meaning=(
        "No acknowledged row is lost in any failover of the slice, and the table holds what was answered."
    ),
    why=(
        "An acknowledgement is a promise, and so is a refusal; high availability that breaks either is "
        "worse than an outage."
    ),
    how=(
        "Several writers go on through every fault; PostgreSQL is stopped while their rows are half "
        "written, and killed three times while their commits are not flushed. Each acknowledged row is "
        "read at once by a session of the lab's own (rows_acknowledged_early), and must be there at the "
        "end with its payload (data_loss_rows). Some rows are as large, as long and as foreign as the "
        "contract allows; some are sent again, as a client that lost the answer would. The whole table is "
        "compared with what was sent: refused and stored (rows_refused_stored), stored twice "
        "(rows_duplicated), sent by nobody (rows_unexpected). Writes of unknown outcome are counted apart."
    ),
    not_proved=(
        "Loss when PostgreSQL itself fails over to a standby. From outside, an acknowledgement a moment "
        "before the commit is seen only where the read comes first or PostgreSQL is killed in between."
    ),
    loss=True,
    claim=Claim("No acknowledged row lost", over_all=True, word="failovers"),
)
def zero_loss(record: FailoverRecord) -> Findings:
    facts = Facts("metrics", record.metrics)
    return (
        facts.equals("data_loss_rows", 0)
        + facts.at_least("rows_acknowledged", 1)
        + facts.none("rows_acknowledged_early", "rows_refused_stored", "rows_duplicated", "rows_unexpected")
    )


@check(
    "VAL13-05",
    "SIGKILL failover <= 5,000 ms",
    meaning=(
        "After SIGKILL of the leader another node leads and accepts a write within 5,000 ms, in every "
        "trial, also while nobody asks it anything."
    ),
    why=(
        "A crash gives the leader no chance to hand over; only the survivors can act, and they must act "
        "by themselves."
    ),
    how=(
        "As for SIGTERM, with kill instants spread at random so that no trial follows a heartbeat's beat, "
        "each until the first write acknowledged after it (sigkill_accepting_trials_ms). One further kill "
        "is followed by silence: no reader, no writer, until the target time is over "
        "(unobserved_takeover_ms)."
    ),
    not_proved=(
        "The loss of a whole machine, whose sockets do not close by themselves. From outside, the time of "
        "a takeover that nobody watched is the new leader's own word, or that of the row it left in "
        "PostgreSQL."
    ),
    claim=Claim(
        "SIGKILL failover",
        figure="sigkill_failover_ms",
        trials="sigkill_trials_ms",
        also="sigkill_accepting_trials_ms",
        limit=FAILOVER_MS,
    ),
)
def sigkill_failover(record: FailoverRecord) -> Findings:
    facts = Facts("metrics", record.metrics)
    return (
        facts.at_most("sigkill_failover_ms", FAILOVER_MS)
        + facts.each_at_most("sigkill_trials_ms", FAILOVER_MS)
        + facts.each_at_most("sigkill_accepting_trials_ms", FAILOVER_MS)
        + facts.at_most("unobserved_takeover_ms", FAILOVER_MS)
    )


@check(
    "VAL13-06",
    "PostgreSQL crash noticed by the nodes",
    meaning="The nodes notice that PostgreSQL ended, in each way it was ended.",
    why="A node that does not notice goes on promising writes that nobody will keep.",
    how="PostgreSQL is stopped (fast) and killed (immediate); time until the nodes report it.",
    not_proved="A PostgreSQL that hangs instead of ending.",
)
def database_crash_noticed(record: FailoverRecord) -> Findings:
    return observed(record.observations, "pg_crash_noticed_ms").each_measured("pg_crash_noticed_ms")


@check(
    "VAL13-07",
    "leader back after PostgreSQL returns, probe rows intact",
    meaning="After PostgreSQL returns there is a leader again, and the probe rows are intact.",
    why="Recovery that needs a person is not high availability.",
    how="PostgreSQL is started again after each end; time until a node leads, then the rows are compared.",
    not_proved="Recovery of a database whose files were damaged.",
)
def leader_back(record: FailoverRecord) -> Findings:
    row = observed(record.observations, "leader_back_ms", "probe_rows_intact")
    return row.each_measured("leader_back_ms") + row.equals("probe_rows_intact", True)


@check(
    "VAL13-08",
    "three rapid SIGTERM cycles, each <= 5,000 ms",
    meaning="Three rapid SIGTERM cycles in a row each fail over within 5,000 ms.",
    why="A restart loop or a rolling upgrade kills leaders faster than a cluster can rest.",
    how="Three cycles with the leader alternating, each timed like a single SIGTERM failover.",
    not_proved="Behaviour under dozens of failovers an hour.",
    claim=Claim("Rapid failover cycles", trials="rapid_cycle_ms", word="cycles", limit=FAILOVER_MS),
)
def rapid_cycles(record: FailoverRecord) -> Findings:
    return Facts("metrics", record.metrics).each_at_most("rapid_cycle_ms", FAILOVER_MS)


@check(
    "VAL13-09",
    "one leader, epochs without gap; a write under an older epoch is refused",
    meaning=(
        "One leader with gapless epochs, each shown with one holder; a hung leader is replaced, and "
        "whoever does not hold the leadership accepts no write."
    ),
    why=(
        "A leader that wakes up after its replacement, or lives on after a handover, must not write; only "
        "the database can stop it."
    ),
    how=(
        "The leader is stopped with SIGSTOP, sent a write, and continued after its replacement leads; "
        "then the epoch is raised behind a leader's back, with writes in flight, and it is sent a write. "
        "Neither row may exist, nor one of the older epoch that was not there when it was raised "
        "(stale_write_refused). All through the slice the nodes that do not hold are written to: writes "
        "that were sent after the lab had seen the holder of a higher epoch, and acknowledged by another "
        "node, are counted (non_holder_accepted). The epochs are those that status and write answers "
        "showed to the lab (epochs_shown_twice: with two holders); the events must name the same epochs "
        "and holders (events_match)."
    ),
    not_proved=(
        "A leader cut off by a network partition. From outside, an epoch that was shown to nobody and "
        "left no event is not seen, nor is a write accepted in the moment before the lab saw the new "
        "holder."
    ),
    claim=Claim("Hung leader replaced, its late write refused", figure="stale_write_refused"),
)
def fencing(record: FailoverRecord) -> Findings:
    facts = Facts("metrics", record.metrics)
    findings = facts.equals("stale_write_refused", True)
    if facts.applies("hung_leader_failover_ms"):
        bound = facts.get("lock_bound_ms")
        limit = None if bound is None else bound + LOCK_TAKEOVER_SLACK_MS
        pair = Facts("metrics", record.metrics, required=True)
        findings += facts.at_most("hung_leader_failover_ms", limit) + pair.measured("lock_bound_ms")
    row = observed(record.observations, "epochs", "events_match")
    return (
        findings
        + facts.none("non_holder_accepted", "epochs_shown_twice")
        + row.one_by_one("epochs")
        + row.optional.equals("events_match", True)
    )


@check(
    "VAL13-10",
    "killed nodes rejoin as followers, cluster healthy",
    meaning=(
        "Every node that was killed rejoined as a follower, the cluster is healthy at the end, and "
        "nothing changed that nobody provoked."
    ),
    why=(
        "A failover that leaves one node behind can be done only once, and leadership that moves by "
        "itself interrupts writes without a fault."
    ),
    how=(
        "Killed nodes are counted, and those that came back as followers; status of both at the end. "
        "Changes of role or holder outside the time after a fault are counted (unprovoked_changes)."
    ),
    not_proved="A rejoin with lost local disks. From outside, a change between two polls is not seen.",
)
def rejoined(record: FailoverRecord) -> Findings:
    row = observed(
        record.observations, "nodes_killed", "nodes_rejoined", "final_healthy", "unprovoked_changes"
    )
    return (
        row.at_least("nodes_killed", 1)
        + row.equals("nodes_rejoined", row.get("nodes_killed"), "nodes_killed")
        + row.equals("final_healthy", True)
        + row.optional.none("unprovoked_changes")
    )


RULES = Rules(
    record=FailoverRecord,
    checks=(
        baseline,
        probe_rows,
        sigterm_failover,
        zero_loss,
        sigkill_failover,
        database_crash_noticed,
        leader_back,
        rapid_cycles,
        fencing,
        rejoined,
    ),
)
