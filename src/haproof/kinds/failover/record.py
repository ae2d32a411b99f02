"""VAL13, HA Failover Validation: its figures and its observations."""

from typing import Annotated

from msgspec import UNSET

from haproof.core.described import figure
from haproof.core.record import (
    Maybe,
    MaybeCount,
    MaybeCounts,
    MaybeFlag,
    MaybeNumbers,
    Part,
    Record,
)
from haproof.kinds.failover.times import FailoverTimes


class FailoverMetrics(FailoverTimes, frozen=True, kw_only=True):
    """Figures of VAL13: the times, then what became of writes, epochs and answers."""

    stale_write_refused: Annotated[
        MaybeFlag,
        figure(
            label="Stale leader's write refused",
            asks="whether a write of the replaced leader was refused",
            broken="a write of the replaced leader was accepted (must be refused)",
            meaning=(
                "Whether the writes of a leader that is no longer one were refused: none of their rows "
                "exists."
            ),
        ),
    ] = UNSET
    rows_refused: Annotated[
        MaybeCount,
        figure(
            label="Rows refused",
            meaning="Writes that were refused with a reason, mostly while there was no leader.",
            why="A refusal is honest: the client knows, and the row is not counted as acknowledged.",
            how="The writer's count of answers other than 201.",
            not_proved="That clients retry a refused write.",
        ),
    ] = UNSET
    rows_unknown: Annotated[
        MaybeCount,
        figure(
            label="Rows of unknown outcome",
            meaning=(
                "Writes whose outcome the client could not learn, because the connection ended before the "
                "answer."
            ),
            why="They may or may not be there, so they are neither lost nor acknowledged.",
            how="The writer's count of requests without an answer.",
            not_proved="What became of them.",
        ),
    ] = UNSET
    sigterm_accepting_trials_ms: Annotated[
        MaybeNumbers,
        figure(
            label="SIGTERM to first accepted write, every trial",
            subject="SIGTERM to the first write acknowledged after it",
            meaning="Time from just before SIGTERM until the first write acknowledged after it, every trial.",
            why="A new leader that is named in a status answer and refuses writes is still an outage.",
            how=(
                "Several writers go on through the fault; their own record of acknowledgements, monotonic "
                "clock."
            ),
            not_proved="When the new leader could first have accepted a write: only when it first did.",
        ),
    ] = UNSET
    sigkill_accepting_trials_ms: Annotated[
        MaybeNumbers,
        figure(
            label="SIGKILL to first accepted write, every trial",
            subject="SIGKILL to the first write acknowledged after it",
            meaning="Time from just before SIGKILL until the first write acknowledged after it, every trial.",
            why="A new leader that is named in a status answer and refuses writes is still an outage.",
            how=(
                "Several writers go on through the fault; their own record of acknowledgements, monotonic "
                "clock."
            ),
            not_proved="When the new leader could first have accepted a write: only when it first did.",
        ),
    ] = UNSET
    unobserved_takeover_ms: Annotated[
        Maybe,
        figure(
            label="Takeover while nobody asks",
            subject="Takeover after a kill while nobody asked the nodes anything",
            meaning=(
                "Time from just before a SIGKILL, after which nobody asked the nodes anything, until the "
                "new leader took over."
            ),
            why="A node that acts only when it is looked at passes every test that looks at it.",
            how=(
                "Readers and writers pause for the target time; then the new leader's acquired_at, or the "
                "row that it left in the database, says when."
            ),
            not_proved="A takeover seen from outside: the time is the new leader's word.",
        ),
    ] = UNSET
    rows_acknowledged_early: Annotated[
        MaybeCount,
        figure(
            label="Rows acknowledged before they could be read",
            counts=(
                "row acknowledged before it could be read in the database",
                "rows acknowledged before they could be read in the database",
            ),
            meaning="Rows that were acknowledged and could not be read in the database at once.",
            why="An acknowledgement before the commit is a promise that a crash breaks.",
            how=(
                "Each acknowledged row is read at once by a session of the lab's own; a read that "
                "PostgreSQL did not answer does not count."
            ),
            not_proved="Acknowledgements that come before the commit by less than the read takes.",
        ),
    ] = UNSET
    rows_refused_stored: Annotated[
        MaybeCount,
        figure(
            label="Rows refused but stored",
            counts=("refused row stored all the same", "refused rows stored all the same"),
            meaning="Rows that were refused (503, 421 or another 4xx) and are stored all the same.",
            why="A client that is refused sends the write again, and then it is there twice.",
            how=(
                "The whole table at the end against the answers. After 504, another 5xx or no answer a "
                "row may be there."
            ),
        ),
    ] = UNSET
    rows_duplicated: Annotated[
        MaybeCount,
        figure(
            label="Rows stored twice",
            counts=("row stored more than once", "rows stored more than once"),
            meaning="Ids that are stored more than once, and payloads that are stored under two ids.",
            why="A write that is carried out twice is as wrong as one that is lost.",
            how="The whole table at the end; every payload that the lab sends is used once.",
        ),
    ] = UNSET
    rows_unexpected: Annotated[
        MaybeCount,
        figure(
            label="Rows that nobody sent",
            counts=("stored row that nobody sent", "stored rows that nobody sent"),
            meaning="Rows that are stored and that nobody sent.",
            why="A system that invents rows cannot be trusted with real ones.",
            how="The whole table at the end against everything that was sent, whatever was answered.",
        ),
    ] = UNSET
    non_holder_accepted: Annotated[
        MaybeCount,
        figure(
            label="Writes accepted by a node that does not lead",
            counts=(
                "write acknowledged by a node that was no longer the leader",
                "writes acknowledged by a node that was no longer the leader",
            ),
            meaning=(
                "Writes that were sent after the lab had seen the holder of a higher epoch, and "
                "acknowledged by another node."
            ),
            why="An old leader that lives on after a handover and goes on writing is a split brain.",
            how=(
                "All through the slice the nodes that do not hold are written to; holders are those that "
                "status and write answers named, in the lab's own order."
            ),
        ),
    ] = UNSET
    epochs_shown_twice: Annotated[
        MaybeCount,
        figure(
            label="Epochs shown with two holders",
            counts=("epoch shown with two leaders", "epochs shown with two leaders"),
            meaning="Epochs that any status, write answer or event showed with two different holders.",
            why="An epoch that two nodes held fences neither of them.",
            how="Every epoch and holder that was ever shown to the lab.",
        ),
    ] = UNSET
    answers_invalid: Annotated[
        MaybeCount,
        figure(
            label="Invalid answers of success",
            counts=(
                "answer of success that does not name the row it acknowledges",
                "answers of success that do not name the row they acknowledge",
            ),
            meaning="Answers of success that lack the contract's fields or name another row.",
            why="They promise nothing, so they do not count as acknowledged.",
            how="The fields of every answer of success against the row that was sent.",
            not_proved="That such a row was not stored.",
        ),
    ] = UNSET


class FailoverObservations(Part, frozen=True, kw_only=True):
    """Facts of VAL13 that no metric carries."""

    nodes_healthy: Annotated[
        MaybeCount,
        figure(
            counts=("node healthy at the start", "nodes healthy at the start"),
        ),
    ] = UNSET
    leaders: Annotated[
        MaybeCount,
        figure(
            subject="Leaders at the start",
        ),
    ] = UNSET
    holder_agreed: Annotated[
        MaybeFlag,
        figure(
            asks="whether the nodes agree on the leader at the start",
            broken="the nodes do not agree on the leader at the start",
        ),
    ] = UNSET
    probe_rows_written: Annotated[
        MaybeCount,
        figure(
            counts=("probe row written", "probe rows written"),
        ),
    ] = UNSET
    probe_rows_readable: Annotated[
        MaybeCount,
        figure(
            subject="Acknowledged probe rows that could be read before the fault",
        ),
    ] = UNSET
    pg_crash_noticed_ms: Annotated[
        MaybeNumbers,
        figure(
            subject="PostgreSQL's end noticed by the nodes",
            elements="cases",
        ),
    ] = UNSET
    leader_back_ms: Annotated[
        MaybeNumbers,
        figure(
            subject="Leader back after PostgreSQL came back",
            elements="cases",
        ),
    ] = UNSET
    probe_rows_intact: Annotated[
        MaybeFlag,
        figure(
            asks="whether the probe rows were the same after PostgreSQL came back",
            broken="the probe rows differ after PostgreSQL came back (must be the same)",
        ),
    ] = UNSET
    epochs: Annotated[
        MaybeCounts,
        figure(
            subject="Epochs",
        ),
    ] = UNSET
    events_match: Annotated[
        MaybeFlag,
        figure(
            asks="whether the audit events name the same epochs and leaders as the answers",
            broken="the audit events name other epochs or leaders than the answers",
        ),
    ] = UNSET
    nodes_killed: Annotated[
        MaybeCount,
        figure(
            counts=("node killed", "nodes killed"),
        ),
    ] = UNSET
    nodes_rejoined: Annotated[
        MaybeCount,
        figure(
            subject="Killed nodes that rejoined",
        ),
    ] = UNSET
    final_healthy: Annotated[
        MaybeFlag,
        figure(
            asks="whether the cluster was healthy at the end",
            broken="the cluster was not healthy at the end",
        ),
    ] = UNSET
    unprovoked_changes: Annotated[
        MaybeCount,
        figure(
            counts=("change of leader without a fault", "changes of leader without a fault"),
        ),
    ] = UNSET


class FailoverRecord(Record, frozen=True, kw_only=True):
    """A VAL13 report."""

    metrics: FailoverMetrics
    observations: FailoverObservations | None = None
