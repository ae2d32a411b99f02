"""What each risk that a run adds means, by its id; a longer id ends with the check or kind it is about."""

from haproof.core import risk_ids
from haproof.core.words import Term

RUN_RISKS = {
    risk_ids.MISSING: Term(
        title="A slice has no evidence",
        meaning="RUN-MISSING-VAL14: there is no usable report of VAL14.",
        why="Absence must never look like success, and a hole in the evidence is a hole in the claim.",
        how="One for each slice that is MISSING, with the file and the fault.",
        not_proved="That the system failed: nothing is known.",
        see=("missing",),
    ),
    risk_ids.FAILED: Term(
        title="A kind of evidence does not pass",
        meaning="RUN-FAILED-CLUSTER: CLUSTER was tried, and some of its checks fail.",
        why="The verdict does not ask for it, so nothing else at the top of the report says so.",
        how="One for each kind beyond the five slices that fails, with the checks that do.",
        not_proved="Anything about the five slices: what they say is theirs.",
    ),
    risk_ids.CONTRADICTION: Term(
        title="A report contradicts itself",
        meaning="RUN-CONTRADICTION-VAL13-04: VAL13-04 is reported PASS, and a figure says otherwise.",
        why="A producer that is wrong about one check may be wrong about others.",
        how="One for each check, or each slice where no check ties the figure.",
        not_proved="Who is wrong: the check, the figure, or the program that wrote both.",
        see=("contradiction",),
    ),
    risk_ids.WINDOW: Term(
        title="Not one coherent run",
        meaning="The reports lie more than six hours apart, are older than --max-age, or are of the future.",
        why="Results of different days, or of different builds, do not add up to one claim.",
        how="From the embedded generated_at of the slices found, and the time of judgement.",
        not_proved="That the timestamps are true: they are the producer's.",
        see=("window", "DP-6"),
    ),
    risk_ids.ENVIRONMENT: Term(
        title="Different environments",
        meaning="The slices describe different platforms, clusters, databases, systems or chaos.",
        why="A claim applies only to what was tested, and this was not one thing.",
        how="Each slice's environment is compared with the others'.",
        not_proved="That the environments really differed: they are described by the producer.",
    ),
    risk_ids.RUNS: Term(
        title="Reports of different runs",
        meaning="The reports name more than one run_id.",
        why="Between two runs the system, its build or its settings may have changed.",
        how="The run_id of every slice found that names one; a report without one is no difference.",
        not_proved="That the runs were of different systems.",
        see=("window",),
    ),
    risk_ids.CLOCK: Term(
        title="A clock was set back",
        meaning="A report says that its slice started later than it was generated.",
        why="Timestamps, and the evidence window with them, cannot be relied on.",
        how="started_at and generated_at of each slice found.",
        not_proved="That durations are wrong: the lab takes its own from a monotonic clock.",
        see=("window",),
    ),
    risk_ids.WORST: Term(
        title="A single figure is not the worst of its trials",
        meaning="A figure and the array of its trials are given, and the figure is not the worst of them.",
        why="Each is judged by its own limit, but a reader of the one would miss the other.",
        how="The single figures of VAL13 and VAL17 against their trials.",
        not_proved="Which of the two is wrong.",
    ),
    risk_ids.STRENGTH: Term(
        title="Strength of the evidence",
        meaning="What the claims that were tried several times support.",
        why="Ten passing failovers are compatible with one failure in four.",
        how="Exact binomial limits, and order statistics for quantiles, at 95 % confidence.",
        not_proved="That trials are independent and alike: it is assumed.",
        see=("strength",),
    ),
    risk_ids.SINGLE: Term(
        title="Claims based on a single run",
        meaning="Every claim that was tried once, in one list.",
        why="One passing trial gives no useful bound on how often the next one fails.",
        how="Every claim that this evidence tries, counted by its trials.",
        not_proved="That the claim is wrong: it is thin.",
        see=("strength",),
    ),
    risk_ids.LOSS: Term(
        title="Acknowledged writes were lost",
        meaning="Writes that were acknowledged are gone, and no check fails by it.",
        why="An asynchronous cluster may lose them: whoever runs one must know how many.",
        how="CLUSTER and RECOVERY in mode async, every trial's loss counted.",
        not_proved="How much a failover under another load loses.",
        see=("CLUSTER-08",),
    ),
    "RUN-n": Term(
        title="Risks of older reports",
        meaning="Reports of version 1.0 number the risks that a run adds: RUN-1, RUN-2 and so on.",
        why="The same number may be another risk in another report, so no ticket can cite it.",
        how="Judge the evidence again: the risks of today's reports have ids that stay.",
        not_proved="That there are no other risks.",
    ),
}
"""Beginning of the id to its words."""
