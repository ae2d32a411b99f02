"""The first half of a trial's figures: who was served while the fault lasted, and what became of writes."""

from typing import Annotated, Literal

from haproof.core.described import figure
from haproof.core.record import Count, Number, Part
from haproof.kinds.cluster.faults import Fault

TrialOutcome = Literal["fails over", "stays and serves", "stays and refuses"]

ONE_TRIAL = "More than this trial: the next one may end otherwise."
COUNTED = "Counted in the trial's history, in which each client writes what it sends and what is answered."


class Answered(Part, frozen=True, kw_only=True):
    """What was done, what clients were answered, and what of it is there at the end."""

    fault: Annotated[
        Fault | None,
        figure(
            label="Fault",
            meaning="What was done to the primary's host or its network; null in the control.",
            why="Every fault takes something else away, so each has an outcome of its own.",
            how="The lab injects it and undoes it; both moments are in the journal.",
            not_proved="What happens with two faults at the same time.",
        ),
    ]
    expected: Annotated[
        TrialOutcome | None,
        figure(
            label="Promised outcome",
            meaning="The outcome that the trial is held against: fails over, stays and serves, or stays and "
            "refuses; null in the control.",
            why="Liveness is judged against what was promised, safety in every trial.",
            how="Each promise is in environment.settings.expected, with the page that makes it.",
            not_proved="That the promise is enough for you.",
        ),
    ]
    outcome: Annotated[
        TrialOutcome | None,
        figure(
            label="Outcome",
            subject="What the cluster did",
            meaning="What the cluster did over the hold, by clients off the members.",
            why="It says who was served while the fault lasted, and is held against what was promised.",
            how="By the writes that were acknowledged: fails over, stays and serves, or stays and refuses.",
            not_proved=ONE_TRIAL,
        ),
    ]
    hold_ms: Annotated[
        Number | None,
        figure(
            label="Fault lasted",
            meaning="Time from the fault to its heal.",
            why="A fault that is shorter than the manager's own times shows nothing.",
            how="From the marks fault and heal of the history, on one clock.",
            not_proved="What a longer fault does.",
        ),
    ]
    promotion_ms: Annotated[
        Number | None,
        figure(
            label="New primary served after",
            meaning="Time from the fault to the first write that another server acknowledged on a higher "
            "timeline; null where none did.",
            why="It is how long the failover itself took.",
            how="From the history, on one clock: the promotion itself was a little earlier.",
            not_proved="When every client was served again: write_gap_ms and connect_gap_ms say that.",
        ),
    ]
    write_gap_ms: Annotated[
        Number | None,
        figure(
            label="Gap (open connections)",
            subject="The longest wait of clients with an open connection",
            meaning="Longest time in which no write was acknowledged to any client off the members with an "
            "open connection.",
            why="It is the outage as users behind a connection pool see it.",
            how="From the last acknowledgement before the fault to the end of the trial; a gap that is still "
            "open at the end counts up to it.",
            not_proved="The wait of a single client, or of one with other timeouts.",
        ),
    ]
    connect_gap_ms: Annotated[
        Number | None,
        figure(
            label="Gap (new connections)",
            subject="The longest wait of clients that make a new connection",
            meaning="Longest time in which no write was acknowledged to clients that make a new connection "
            "for each write.",
            why="It is the outage as users without a pool see it: they have to find the new primary.",
            how="As write_gap_ms, from the acknowledgements of these clients alone.",
            not_proved="The wait of a client with other timeouts, or with one address in place of all.",
        ),
    ]
    acknowledged: Annotated[
        Count | None,
        figure(
            label="Acknowledged writes",
            counts=("acknowledged write", "acknowledged writes"),
            meaning="Writes (rows, and transactions that append) that a server acknowledged without a "
            "warning, over the whole trial.",
            how=COUNTED,
        ),
    ]
    acknowledged_before_fault: Annotated[
        Count | None,
        figure(
            label="Writes acknowledged before the fault",
            counts=("write acknowledged before the fault", "writes acknowledged before the fault"),
            meaning="Those of the acknowledged writes whose answer came before the fault.",
            how=COUNTED,
        ),
    ]
    acknowledged_local: Annotated[
        Count | None,
        figure(
            label="Writes that no standby confirmed",
            meaning="Writes acknowledged with the warning that the wait for a standby was cancelled.",
            why="They are no promise: they are in no loss and in no overlap.",
            how="By the warning's SQLSTATE, 01000 or 57P01.",
            not_proved="That a client which reads no warnings knows the difference.",
        ),
    ]
    refused: Annotated[
        Count | None,
        figure(
            label="Refused writes",
            meaning="Writes that a server said no to, or that reached no server; not those that it asked to "
            "repeat.",
            why="A refusal tells the client that nothing was stored.",
            how=COUNTED,
            not_proved="How long a client waited for the refusal.",
        ),
    ]
    unknown: Annotated[
        Count | None,
        figure(
            label="Writes without an answer",
            meaning="Writes to which no answer came: they may be stored or not.",
            why="Whether such a write was stored, its client cannot know: it is neither lost nor kept.",
            how=COUNTED,
            not_proved="That they were stored, or that they were not.",
        ),
    ]
    unknown_present: Annotated[
        Count | None,
        figure(
            label="Writes without an answer that are stored",
            meaning="Those of the writes without an answer that are there at the end.",
            why="A client that sends such a write again stores it twice, unless it checks first.",
            how="Looked for on the read-write member of the highest timeline at the end.",
            not_proved="When they were stored.",
        ),
    ]
    lost: Annotated[
        Count | None,
        figure(
            label="Acknowledged rows lost",
            counts=("acknowledged row lost", "acknowledged rows lost"),
            meaning="Acknowledged writes that are not there at the end.",
            why="An acknowledgement is a promise.",
            how="Every acknowledged write is looked for on the read-write member of the highest timeline at "
            "the end; null where no member takes writes then.",
            not_proved="Writes whose answer was lost: they are neither lost nor kept.",
        ),
    ]
    lost_by_member: Annotated[
        dict[str, Count] | None,
        figure(
            label="Rows lost, by acknowledging member",
            meaning="The lost writes, counted for each member that had acknowledged them.",
            why="It says on which side of a fault the promise was broken.",
            how="By the member that answered, as it named itself.",
            not_proved="Why they were lost.",
        ),
    ]
    duplicated: Annotated[
        Count | None,
        figure(
            label="Rows stored twice",
            counts=("row stored twice", "rows stored twice"),
            meaning="Further copies of a row or of a list's number: each was sent once.",
            why="A payment that is stored twice is paid twice.",
            how="Counted on the read-write member of the highest timeline at the end, and in every list that "
            "a transaction read.",
            not_proved="Writes that change a row in place.",
        ),
    ]
    phantom: Annotated[
        Count | None,
        figure(
            label="Rows that nobody sent",
            counts=("row that nobody sent", "rows that nobody sent"),
            meaning="Rows and list numbers that were read, or are there at the end, although no client sent "
            "them or a server had refused them.",
            why="A write that was refused and is stored all the same is done again by its client.",
            how="What was read and what is there at the end is compared with what was sent.",
            not_proved="Rows of other tables.",
        ),
    ]
    reads_back: Annotated[
        Count | None,
        figure(
            label="Reads that went back",
            counts=("read that went back", "reads that went back"),
            meaning="Reads on the primary that miss an acknowledged row which an earlier read had returned; "
            "in asynchronous mode not for rows that are lost.",
            why="A reader that saw a row and then does not see it has acted on something that never was.",
            how="Readers ask for the same rows again and again; only a read that had ended before the other "
            "began counts as earlier.",
            not_proved="Reads on standbys.",
        ),
    ]
