"""What readiness levels, requirements and a few terms of the report mean."""

from msgspec import Struct


class Term(Struct, frozen=True, kw_only=True):
    """A thing in words: what it means, why it matters, how it is settled, what it does not prove."""

    title: str
    meaning: str
    why: str = ""
    how: str = ""
    not_proved: str = ""
    see: tuple[str, ...] = ()


LEVELS = {
    "design-partner": Term(
        title="HA DESIGN PARTNER READY",
        meaning="The core HA lifecycle works well enough to offer to early adopters who know its limits.",
        why="It is the first claim that may be made outside, and the only one that VAL13-VAL17 can carry.",
        how="Six requirements, DP-1 to DP-6, each of which must be MET.",
        not_proved="Everything listed under Risks and Open Gaps: GAP-1 to GAP-8 and what the run adds.",
        see=("DP-1", "DP-2", "DP-3", "DP-4", "DP-5", "DP-6"),
    ),
    "ga": Term(
        title="HA GA READY",
        meaning="The system may be sold as highly available to everyone, within one region.",
        why="General availability is a promise over months, not over the minutes that these slices take.",
        how="Design partner, plus GA-1 to GA-3, which need evidence beyond VAL13-VAL17.",
        not_proved="Anything about more than one region, or about what only others can attest.",
        see=("design-partner", "GA-1", "GA-2", "GA-3"),
    ),
    "public": Term(
        title="HA PUBLIC PRODUCTION CLAIM",
        meaning="The claim of high availability may be made in public, for production use.",
        why="A public claim is held against the worst day of any customer.",
        how="GA, plus PUB-1 to PUB-3, which need statements that others signed (haproof attest, EXTERNAL).",
        not_proved="That the issuers of these statements are right: the reader decides whose key to trust.",
        see=("ga", "PUB-1", "PUB-2", "PUB-3"),
    ),
}

REQUIREMENTS = {
    "DP-1": Term(
        title="All five slices pass",
        meaning="VAL13 to VAL17 are all there, and each passes its ten checks.",
        why="Each slice carries claims that the others cannot; a hole in one is a hole in the claim.",
        how="A slice passes if all ten checks are reported PASS and none is contradicted by its own figures.",
        not_proved="More than the ten checks of each slice say.",
        see=("VAL26-01", "VAL26-02", "VAL26-03", "VAL26-04", "VAL26-05"),
    ),
    "DP-2": Term(
        title="SIGTERM failover in time",
        meaning="A planned end of the leader is survived within 5,000 ms.",
        why="If even the mildest fault takes longer, no upgrade goes unnoticed.",
        how="VAL13-03, its figures held against the limit again.",
        not_proved="Failover of PostgreSQL itself, or across a network.",
        see=("VAL13-03", "VAL26-06"),
    ),
    "DP-3": Term(
        title="Zero data loss",
        meaning="No acknowledged row was lost across the failovers of VAL13.",
        why="Early adopters forgive a short outage; they do not forgive lost data.",
        how="VAL13-04, the rows counted again.",
        not_proved="Loss when PostgreSQL itself fails over to a standby.",
        see=("VAL13-04", "VAL26-07"),
    ),
    "DP-4": Term(
        title="Restore correctness",
        meaning="A restore brings back the rows and the content of the time of the backup.",
        why="It is the last resort when everything else was wrong.",
        how="VAL15-06, row counts and payload compared.",
        not_proved="Point-in-time recovery.",
        see=("VAL15-06", "VAL26-08"),
    ),
    "DP-5": Term(
        title="Quorum loss noticed, writes blocked",
        meaning="Without its database the control plane notices within 30,000 ms and takes no writes.",
        why="It is the safety that keeps a promise from being made which cannot be kept.",
        how="VAL17-02, VAL17-03 and VAL17-04, their figures held against the limits again.",
        not_proved="Detection of a network partition.",
        see=("VAL17-02", "VAL17-03", "VAL17-04", "VAL26-09"),
    ),
    "DP-6": Term(
        title="One coherent run",
        meaning="The five reports lie within six hours of one another.",
        why="Results of different days, or of different builds, do not add up to one claim.",
        how="Latest minus earliest generated_at of the slices found.",
        not_proved="That the five ran on one system: differing environments are listed under Risks.",
        see=("window", "VAL26-10"),
    ),
    "GA-1": Term(
        title="30-day HA soak",
        meaning="VAL18, Gate D: thirty days of running with scheduled failovers.",
        why="Leaks, drift and rare races take days to show.",
        how="VAL18 passes, is not compressed, was agreed on 30 days or more and is not older than 90 days.",
        not_proved="Anything about days of running follows from minutes of testing.",
        see=("GAP-1",),
    ),
    "GA-2": Term(
        title="Streaming-replication promotion failover",
        meaning="When the primary of PostgreSQL is lost, a standby becomes primary and the cluster goes on.",
        why="These slices end nodes of the control plane; the database behind them has one primary.",
        how="CLUSTER and RECOVERY pass, both synchronous, of one cluster and of the control plane of VAL13, "
        "with at least 5 trials each of host-kill, cut-full and manager-kill, and are at most 90 days old.",
        not_proved="That a fault which was not tried is survived: CLUSTER lists those.",
        see=("GAP-2", "CLUSTER", "RECOVERY"),
    ),
    "GA-3": Term(
        title="Thresholds recalibrated in production",
        meaning="The alerting thresholds of VAL14 are derived again from production write_lag.",
        why="A laboratory's lag is smaller than a network's; alerts set by it would never be quiet.",
        how="CALIBRATION passes and is at most 90 days old: haproof calibrate, run for a day.",
        not_proved="That the derived thresholds fit anything but the machine they were measured on.",
        see=("thresholds",),
    ),
    "PUB-1": Term(
        title="Multi-AZ or multi-region topology",
        meaning="The same claims hold with nodes in several zones or regions.",
        why="One machine or zone fails as one, and latency between zones changes every timing.",
        how="Somebody who ran the slices across zones or regions signs a statement about it: haproof attest "
        "--requirement PUB-1. It counts until its valid_until, for a reader who names its key with --trust.",
        not_proved="That the issuer is right: the reader decides whose key to trust.",
        see=("EXTERNAL", "GAP-7"),
    ),
    "PUB-2": Term(
        title="External security hardening audit",
        meaning="Somebody from outside audited the authentication surfaces of HA.",
        why="An endpoint that triggers a failover or a restore is a weapon in the wrong hands.",
        how="The auditor signs a statement about the audit's report: haproof attest --requirement PUB-2. It "
        "counts until its valid_until, for a reader who names its key with --trust.",
        not_proved="That the auditor is independent, or saw everything: its scope says what was looked at.",
        see=("EXTERNAL",),
    ),
    "PUB-3": Term(
        title="Production-grade monitoring and alerting",
        meaning="Monitoring and alerting were validated as they run in production.",
        why="A failover that nobody notices is followed by one that nobody survives.",
        how="Whoever validated it signs a statement: haproof attest --requirement PUB-3. It counts until its "
        "valid_until, for a reader who names its key with --trust.",
        not_proved="That the alerts still reach somebody today.",
        see=("EXTERNAL",),
    ),
}

TERMS = {
    "VAL26": Term(
        title="HA Proof Report",
        meaning="The judgement of VAL13-VAL17 as one report: ten checks, three readiness levels, open gaps.",
        why="Five piles of figures are no conclusion; a reader needs one that can be followed line by line.",
        how="A pure function of the evidence and the time: the same input gives the same bytes everywhere.",
        not_proved="Anything that its five slices do not; it runs no test of its own.",
        see=("VAL13", "VAL14", "VAL15", "VAL16", "VAL17", "design-partner", "window"),
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
        meaning="A re-judged check was recomputed from figures; another rests on its producer's word.",
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
