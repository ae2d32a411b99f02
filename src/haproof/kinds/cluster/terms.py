"""What the words of CLUSTER's table mean: faults, managers, outcomes, columns, and the names of anomalies."""

from haproof.core.histories.transactions.words import MEANINGS
from haproof.core.words import Term

ONE_AT_A_TIME = "What happens with another fault at the same time, or under another load."
DECLARED = (
    "Against what the manager's makers promise with these settings; safety in every trial all the same."
)
MUST_FAIL_OVER = "Every cluster must fail over: no declaration says otherwise. Safety in every trial."


def _fault(title: str, meaning: str, why: str, check: str, *, required: bool = False) -> Term:
    how = MUST_FAIL_OVER if required else DECLARED
    return Term(
        title=title, meaning=meaning, why=why, how=how, not_proved=ONE_AT_A_TIME, see=(check, "CLUSTER-07")
    )


FAULTS = {
    "switchover": _fault(
        "Planned switchover",
        "The manager's own command hands the primary's role to a standby.",
        "It is what an operator does before maintenance.",
        "CLUSTER-03",
        required=True,
    ),
    "manager-term": _fault(
        "SIGTERM to the manager of the primary",
        "The manager on the primary's host is asked to end, as a restart of its service does.",
        "It is the planned end of a host: an upgrade, a reboot.",
        "CLUSTER-03",
    ),
    "host-kill": _fault(
        "Primary's host killed",
        "SIGKILL to the manager and all of PostgreSQL on the primary's host, at once.",
        "It is the power cut: nobody says goodbye, and connections are closed by the kernel.",
        "CLUSTER-04",
        required=True,
    ),
    "host-hang": _fault(
        "Primary's host hangs",
        "SIGSTOP to the manager and all of PostgreSQL on the primary's host; they are continued later.",
        "A hung host answers nothing, closes nothing, and wakes up later believing that it still leads.",
        "CLUSTER-05",
        required=True,
    ),
    "cut-full": _fault(
        "Primary's network link down",
        "The primary's host is cut off from all others, held, and healed; writers are on both sides.",
        "It is the classic split: the old primary runs on, and its local clients still reach it.",
        "CLUSTER-06",
        required=True,
    ),
    "postmaster-kill": _fault(
        "Postmaster killed",
        "SIGKILL to the primary's postmaster alone; the manager lives on.",
        "It is the crash of PostgreSQL, by a bug or by the kernel that is out of memory.",
        "CLUSTER-04",
    ),
    "manager-kill": _fault(
        "Manager of the primary killed",
        "SIGKILL to the manager on the primary's host alone; PostgreSQL runs on, with nobody to demote it.",
        "The others may elect a new primary while the old one still takes writes.",
        "CLUSTER-06",
    ),
    "postmaster-hang": _fault(
        "Postmaster hangs",
        "SIGSTOP to the primary's postmaster alone: open sessions run on, new ones are not accepted.",
        "A check over an open connection sees nothing of it, while every new client waits.",
        "CLUSTER-05",
    ),
    "cut-in": _fault(
        "Nothing reaches the primary",
        "Everything sent to the primary's host is dropped; what it sends still arrives.",
        "Networks fail in one direction, and one side then believes that all is well.",
        "CLUSTER-06",
    ),
    "cut-out": _fault(
        "Nothing leaves the primary",
        "Everything sent by the primary's host is dropped; what is sent to it still arrives.",
        "Networks fail in one direction, and one side then believes that all is well.",
        "CLUSTER-06",
    ),
    "cut-dcs": _fault(
        "Primary cut from the consensus store",
        "The primary's host is cut from the consensus store (or the monitor) alone.",
        "The primary works, but cannot prove that it still leads.",
        "CLUSTER-06",
    ),
    "cut-replication": _fault(
        "Primary cut from the standbys",
        "The primary's host is cut from the standbys' PostgreSQL alone.",
        "Synchronous commits then have nobody to wait for, asynchronous ones nobody to go to.",
        "CLUSTER-06",
    ),
    "dcs-loss": _fault(
        "Consensus store lost",
        "The majority of the consensus store, or the monitor, is killed.",
        "The cluster's own dependency fails while the database is well.",
        "CLUSTER-06",
    ),
    "disk-full": _fault(
        "Primary's disk full",
        "The file system of the primary's data is filled to the last byte.",
        "It is the most ordinary outage: the server answers, and cannot write.",
        "CLUSTER-06",
    ),
    "disk-freeze": _fault(
        "Primary's disk frozen",
        "The file system of the primary's data is frozen: every write to it waits (needs root).",
        "A stalled disk fails nothing and ends nothing; health checks that do not write miss it.",
        "CLUSTER-06",
    ),
}
"""The fifteen faults."""

OTHER_SETTINGS = "How it behaves with other settings or versions, or how it is run at scale."

MANAGERS = {
    "Patroni": Term(
        title="Manager of PostgreSQL clusters by a lock in a consensus store",
        meaning="Each host runs Patroni; whoever holds the lock in etcd is primary, until the lock expires. "
        "haproof lab run --target patroni brings up three hosts, each with PostgreSQL, Patroni and etcd.",
        why="Its times (ttl, loop_wait, retry_timeout) decide how long nobody serves.",
        not_proved=OTHER_SETTINGS,
        see=("CLUSTER", "dcs-loss"),
    ),
    "pg_auto_failover": Term(
        title="Manager of PostgreSQL clusters by a monitor",
        meaning="A monitor on a host of its own decides who is primary; each node's keeper carries it out. "
        "haproof lab run --target pg_auto_failover brings up three nodes and the monitor.",
        why="The monitor is one: while it is away nothing fails over.",
        not_proved=OTHER_SETTINGS,
        see=("CLUSTER", "dcs-loss"),
    ),
    "repmgr": Term(
        title="Manager of PostgreSQL clusters by daemons on the standbys",
        meaning="repmgrd on each standby watches the primary, and promotes one where it is not seen. "
        "haproof lab run --target repmgr brings up a primary and two standbys, repmgrd on each.",
        why="It has no consensus store and fences nobody: an old primary that lives may go on taking writes.",
        not_proved=OTHER_SETTINGS,
        see=("CLUSTER", "second-primary"),
    ),
}
"""The managers that the lab brings up, by the names under which they are shown."""

OFF_MEMBERS = "By the writes of clients that are on no member's host, over the whole hold."
ONE_TRIAL = "More than this trial: the next one may end otherwise."

OUTCOMES = {
    "fails-over": Term(
        title="Outcome: fails over",
        meaning="Another server took over and acknowledged writes while the fault lasted.",
        why="It is what high availability is bought for.",
        how=OFF_MEMBERS,
        not_proved=ONE_TRIAL,
        see=("gap",),
    ),
    "stays-and-serves": Term(
        title="Outcome: stays and serves",
        meaning="The same primary went on acknowledging writes.",
        why="Some faults are best survived by doing nothing.",
        how=OFF_MEMBERS,
        not_proved=ONE_TRIAL,
        see=("gap",),
    ),
    "stays-and-refuses": Term(
        title="Outcome: stays and refuses",
        meaning="Nobody took over, and no write was acknowledged to the end: safe, and not available.",
        why="A cluster that cannot tell whether it leads must choose safety; users should know when.",
        how=OFF_MEMBERS,
        not_proved=ONE_TRIAL,
        see=("gap",),
    ),
    "nobody-served": Term(
        title="Outcome not seen: nobody served",
        meaning="What happened is none of the three outcomes: the trial's outcome is null.",
        why="What was not seen is not what was expected: the row counts as not as expected.",
        how=OFF_MEMBERS,
        not_proved="Why: the journal and the logs beside the report may say.",
        see=("CLUSTER-06",),
    ),
    "not-tried": Term(
        title="Fault that was not tried",
        meaning="There is no trial of this fault; the reason is next to it.",
        why="A fault that nobody tried must not look like one that went well.",
        how="Each of the fifteen faults is among the trials or in not_tried.",
        not_proved="Anything about this fault.",
        see=("not_tried",),
    ),
}
"""What a cluster did, as its row shows it."""

COLUMNS = {
    "expected": Term(
        title="What the manager's makers promise",
        meaning="The outcome that this manager is declared to have under this fault, with these settings.",
        why="Doing nothing is right for one manager and an outage for another.",
        how="Each promise is in environment.settings.expected, with the page that makes it.",
        not_proved="That the promise is enough for you.",
        see=("fails-over", "stays-and-serves", "stays-and-refuses"),
    ),
    "gap": Term(
        title="Longest gap between acknowledged writes",
        meaning="In a table of clusters: for clients with an open connection, and for those that make a new "
        "one for each write. What a report does not prove is listed as GAP-1 to GAP-8.",
        why="It is how long users wait, with their pool and without one.",
        how="From the histories of the clients; of several trials the worst.",
        not_proved="The wait of a client with other timeouts.",
        see=("write_gap_ms", "connect_gap_ms"),
    ),
    "two-primaries": Term(
        title="Two servers that acknowledged writes at the same time",
        meaning="How long two members acknowledged writes at once, and whether two take writes at the end.",
        why="Two primaries are two truths, and one of them will be thrown away.",
        how="By writers on every member's host, which know that member alone: the longest time that two "
        "servers' acknowledgements have in common, each server's from its first to its last on one timeline "
        "(pauses inside count).",
        not_proved="Two primaries that nobody wrote to.",
        see=("CLUSTER-07", "overlap_ms"),
    ),
    "old-primary": Term(
        title="How the old primary came back",
        meaning="automatic, manual, refused or second primary; 'did not leave' where it stayed.",
        why="A cluster that needs a person after each failover is one failure from its end.",
        how="After the heal: one primary and all members streaming, within 120 s.",
        not_proved="An old primary whose disk is lost.",
        see=("CLUSTER-11", "automatic", "manual", "refused", "second-primary"),
    ),
    "did-not-leave": Term(
        title="The old primary did not leave",
        meaning="Nobody replaced the primary, so there was nobody to come back.",
        why="It is not the same as a return that failed.",
        how="There is no rejoin in the trial, and nobody else took over.",
        not_proved=ONE_TRIAL,
        see=("old-primary",),
    ),
    "automatic": Term(
        title="Return: automatic",
        meaning="The old primary came back as a standby, with nothing else done.",
        why="Redundancy is there again before anybody is awake.",
        how="One primary and all members streaming, within 120 s of the heal.",
        not_proved="An old primary whose disk is lost.",
        see=("CLUSTER-11",),
    ),
    "manual": Term(
        title="Return: manual",
        meaning="The old primary came back after the manager's documented command was given.",
        why="Until somebody gives it, the cluster has one member less.",
        how="The command is in the journal, with what it said.",
        not_proved="That the person on call knows the command.",
        see=("CLUSTER-11",),
    ),
    "refused": Term(
        title="Return: refused",
        meaning=(
            "The old primary did not come back: not with the manager's documented command, or within 120 s "
            "where the manager has none."
        ),
        why="It has to be made anew from a copy of the primary, which takes as long as its data is large.",
        how="The command, where there is one, is in the journal, with what it said.",
        not_proved="That no other way brings it back.",
        see=("CLUSTER-11",),
    ),
    "second-primary": Term(
        title="Return: as a second primary",
        meaning="After the heal two members take writes, and nobody ends it.",
        why="Clients of either side write what the other does not have.",
        how="Two read-write members for 25 s after the heal.",
        not_proved="That the manager would never end it.",
        see=("CLUSTER-07", "CLUSTER-11"),
    ),
    "sync": Term(
        title="Synchronous mode",
        meaning="A commit waits for a standby before it is acknowledged.",
        why="What was acknowledged is then on two members, and no failover may lose it.",
        how="As the run was asked for (--mode); what PostgreSQL said is sync_effective of every trial.",
        not_proved="That every transaction of an application waits.",
        see=("mode", "CLUSTER-08"),
    ),
    "async": Term(
        title="Asynchronous mode",
        meaning="A commit waits for no standby.",
        why="It is faster, and a failover may lose what no standby had yet: the loss is measured.",
        how="As the run was asked for (--mode).",
        not_proved="That the loss is bounded: the next one may be larger.",
        see=("mode", "CLUSTER-08"),
    ),
}
"""The columns of the table, and what is in them."""

ANOMALIES = {
    name: Term(
        title="Anomaly of isolation",
        meaning=f"{words[0].upper()}{words[1:]}.",
        why="A failover that breaks isolation corrupts data that no count of rows shows.",
        how="From list-append transactions. A name with -session or -realtime behind it: the contradiction "
        "needs the order in which one client sent, or in which the clock shows, its transactions.",
        not_proved="Transactions that read from standbys.",
        see=("CLUSTER-10",),
    )
    for name, words in MEANINGS.items()
}
"""Every anomaly, by the name under which CLUSTER-10 counts it."""

TERMS = FAULTS | MANAGERS | OUTCOMES | COLUMNS | ANOMALIES
