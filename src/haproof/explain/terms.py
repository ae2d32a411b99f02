"""What a few terms of the report mean."""

from haproof.core.words import Term

TERMS = {
    "VAL26": Term(
        title="HA Proof Report",
        meaning="The judgement of VAL13-VAL17 as one report: ten checks, three readiness levels, open gaps.",
        why="Five piles of figures are no conclusion; a reader needs one that can be followed line by line.",
        how="A pure function of the evidence and the time: the same input gives the same bytes everywhere.",
        not_proved="Anything that its five slices do not; it runs no test of its own.",
        see=("VAL13", "VAL14", "VAL15", "VAL16", "VAL17", "design-partner", "window"),
    ),
    "kind": Term(
        title="Kind of evidence",
        meaning="One sort of evidence, with a folder, a report and checks of its own: the five slices VAL13 "
        "to VAL17, which the verdict requires, and optional ones such as CLUSTER, RECOVERY, PITR and VAL18.",
        why="Each closes other gaps and meets other requirements; none stands in for another.",
        how="Found in the evidence directory by its folder; its checks are named after it, such as "
        "CLUSTER-07.",
        not_proved="Anything about a kind that is not there.",
        see=("slice", "VAL13", "CLUSTER"),
    ),
    "slice": Term(
        title="Slice",
        meaning="One of the five kinds of evidence that the verdict requires: VAL13 failover, VAL14 "
        "replication lag, VAL15 backup and restore, VAL16 split brain, VAL17 quorum loss.",
        why="Design partner readiness asks for all five, of one system and within six hours.",
        how="Each is one report of ten checks in a folder of its own, such as val13/val13-report.json.",
        not_proved="What is listed as GAP-1 to GAP-8: these are outside the five slices.",
        see=("kind", "window", "VAL13", "VAL14", "VAL15", "VAL16", "VAL17"),
    ),
    "trial": Term(
        title="Trial",
        meaning="One fault, tried once: the system is healthy and under load, the fault comes and is undone, "
        "and the system is healthy again or not.",
        why="A single trial shows that something can go well; only many show how often it does.",
        how="The lab repeats a fault as often as --profile or --trials says; each trial has figures of its "
        "own.",
        not_proved="That the next trial ends as this one did.",
        see=("strength", "claim", "control"),
    ),
    "claim": Term(
        title="Claim",
        meaning="What a check says of the system beyond the trials that were made, such as: a killed leader "
        "is replaced within 5 s.",
        why="A reader needs to know how many trials a claim is based on, and what that many bound.",
        how="Its trials are counted from figures that the check names; from how many passed follows a bound "
        "on how often it fails.",
        not_proved="That trials are independent and alike: it is assumed.",
        see=("strength", "trial"),
    ),
    "recount": Term(
        title="Recount",
        meaning="Figures derived again from the raw files beside a report, and compared with those that it "
        "states.",
        why="A figure that anybody can derive again does not have to be taken on trust.",
        how="By 'haproof report --recount' and 'haproof verify'. A figure that comes out otherwise fails "
        "the check that looks at it.",
        not_proved="That the raw files are true: they are the producer's. A signature binds them.",
        see=("contradiction", "re-judged"),
    ),
    "window": Term(
        title="Evidence window",
        meaning="The time between the earliest and the latest report; it must not exceed six hours.",
        why="Five results are one claim only if they were taken from one system at one time.",
        how="From each report's embedded generated_at; one more than 5 minutes after the time of judgement "
        "makes the evidence incoherent too.",
        not_proved="That the time stamps are true: they are the producer's. A signature binds them.",
        see=("VAL26-10", "DP-6"),
    ),
    "thresholds": Term(
        title="Derived alerting thresholds",
        meaning="healthy = max(p95 × 3 + 1, 10), degraded = max(healthy × 10, 100), "
        "alert = max(healthy × 50, 500), in ms, with p95 the larger of idle_p95_ms and light_p95_ms.",
        why="Alerts need figures from which lag is normal, and from which somebody is woken.",
        how="Computed from measured values by the seed's formulas; they are not workplan targets.",
        not_proved="That they fit production: recalibrate them against production write_lag.",
        see=("VAL14-09", "GA-3"),
    ),
    "contradiction": Term(
        title="Contradiction",
        meaning="A check that its producer reports PASS while a figure of the same report says otherwise.",
        why="A slice's word is not taken where its own figures say no.",
        how="Every check is judged again from metrics and observations; the check then counts as failed, and "
        "the slice does not pass.",
        not_proved="Who is wrong: the check, the figure, or the program that wrote both.",
    ),
    "re-judged": Term(
        title="Re-judged and as reported",
        meaning="A re-judged check was recomputed from figures; another is as its producer reports it.",
        why="A reader should know which claims were looked at, and which were only passed on.",
        how="A check is re-judged when at least one rule applied to a figure of the report.",
        not_proved="That the figures are true: they are the producer's.",
        see=("contradiction",),
    ),
    "missing": Term(
        title="MISSING",
        meaning="There is no usable report of a slice: absent, unreadable, ambiguous, of another schema, or "
        "not run.",
        why="Absence must never look like success, and a broken file must not stop the judgement.",
        how="The coverage row names the file, the place in it and the fault.",
        not_proved="That the system failed: nothing is known. Exit status 3 rather than 1.",
    ),
    "gate-d": Term(
        title="Gate D",
        meaning="What thirty days of soak (VAL18) must show: at least 3 scheduled failovers, each within "
        "10,000 ms, every acknowledged row kept (data_continuity_rate = 1.000), and an uptime of 99.9 %.",
        why="99.9 % of thirty days is 43 minutes of downtime; leaks, drift and rare races take days to show.",
        how="A prober writes and reads a row at least every 10 s; a round every two hours compares all rows. "
        "Only time between two probes of one boot counts, in a journal whose lines are chained by SHA-256.",
        not_proved="What the operator could have invented: a soak is self-reported unless its daily digests "
        "were anchored elsewhere. 360 rounds alone, without a prober, would bound unavailability at 0.83 %.",
        see=("GA-1", "GAP-1"),
    ),
    "strength": Term(
        title="Strength of the evidence",
        meaning="What the number of trials supports: n passing trials of n bound the failure probability "
        "below 1 − 0.05^(1/n) at 95 % confidence.",
        why="Ten passing failovers are compatible with one failure in four; nobody should have to guess.",
        how="Exact binomial limits, and order statistics for quantiles, whatever the distribution. 59 "
        "passing trials bound 5 %, 299 bound 1 %.",
        not_proved="That trials are independent and alike: it is assumed. The next fault may be another one.",
    ),
}
"""Terms of the report by the word under which they are asked for."""
