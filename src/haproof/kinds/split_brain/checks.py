"""The checks of VAL16: each rule over its figures, and what it means."""

from haproof.core.findings import Facts, Findings, observed
from haproof.core.kind import Claim, Rules, check
from haproof.kinds.split_brain.record import SplitBrainRecord


@check(
    "VAL16-01",
    "risk none at baseline",
    meaning="Without an injection the risk is none.",
    why="A detector that always warns detects nothing.",
    how="The leader's split-brain answer before the first injection.",
    not_proved="That no false alarm ever comes under load.",
)
def baseline(record: SplitBrainRecord) -> Findings:
    return Facts("metrics", record.metrics).equals("baseline_risk", "none")


@check(
    "VAL16-02",
    "injected epoch divergence -> risk detected",
    meaning="An epoch raised behind the leader's back is detected.",
    why="A leader whose epoch is no longer the durable one is the definition of split brain.",
    how=(
        "current_epoch is raised in SQL while the leader holds its lock; then the leader is asked "
        "(divergence_risk); once more after a recovery."
    ),
    not_proved="Two leaders that really run at once; the state is injected.",
    claim=Claim("Epoch divergence detected", figure="divergence_risk"),
)
def divergence(record: SplitBrainRecord) -> Findings:
    return Facts("metrics", record.metrics).equals("divergence_risk", "detected")


@check(
    "VAL16-03",
    "unclosed ghost epochs -> risk possible",
    meaning="Epochs that nobody closed make the risk possible.",
    why="An open epoch of a vanished leader means that it may still believe in it.",
    how=(
        "Ghost rows without resigned_at are inserted, below and above the current epoch. An answer that "
        "leaves one of them out of its unclosed_epochs does not count (ghost_risk)."
    ),
    not_proved="A ghost that really writes (its write is refused: VAL13-09).",
    claim=Claim("Ghost epochs noticed", figure="ghost_risk"),
)
def ghosts(record: SplitBrainRecord) -> Findings:
    return Facts("metrics", record.metrics).equals("ghost_risk", "possible")


@check(
    "VAL16-04",
    "detection is idempotent, no side effects",
    meaning="Asking twice gives the same answer and writes nothing.",
    why="Detection is polled; side effects would pile up or cure what they should report.",
    how=(
        "Every node is asked repeatedly until the recovery, and each must answer detected "
        "(repeated_risks); rows of the target's tables that changed meanwhile, beyond those that change "
        "without being asked, are counted (detection_writes). A status that goes on saying that the node "
        "accepts protected writes is an answer that does not say detected."
    ),
    not_proved=(
        "The cost of the request under load. From outside, a write outside the target's tables, or one "
        "that leaves every row as it was, is not seen."
    ),
)
def idempotent(record: SplitBrainRecord) -> Findings:
    row = observed(record.observations, "repeated_risks", "detection_writes")
    return row.each_equals("repeated_risks", "detected", fewest=2) + row.equals("detection_writes", 0)


@check(
    "VAL16-05",
    "manual-reconcile is a dry run: no write",
    meaning="Manual-reconcile is a dry run: accepted, and writes nothing.",
    why="An operator must be able to look before acting.",
    how=(
        "The strategy is called at every node, and changed rows of the target's tables, its own and those "
        "of the application, are counted (dry_run_writes)."
    ),
    not_proved="That the plan it prints is the best one.",
)
def dry_run(record: SplitBrainRecord) -> Findings:
    row = observed(record.observations, "dry_run_accepted", "dry_run_writes")
    return row.equals("dry_run_accepted", True) + row.equals("dry_run_writes", 0)


@check(
    "VAL16-06",
    "promote-leader restores risk none",
    meaning="Promote-leader brings the risk back to none, under an epoch above every one before.",
    why=(
        "Detection without a cure leaves the cluster fenced for ever; an epoch that goes back lets a "
        "fenced leader write again."
    ),
    how=(
        "The strategy is called on the leader, which is then asked again; its epoch afterwards against "
        "the highest that was shown or injected before (epoch_after_recovery, epoch_before_recovery)."
    ),
    not_proved=(
        "Recovery without an operator. From outside, an epoch that nobody was ever shown is not known."
    ),
    claim=Claim("Split-brain recovery", figure="recovered_risk"),
)
def recovery(record: SplitBrainRecord) -> Findings:
    facts = Facts("metrics", record.metrics)
    findings = facts.equals("recovered_risk", "none")
    if facts.applies("epoch_before_recovery") or facts.applies("epoch_after_recovery"):
        pair = Facts("metrics", record.metrics, required=True)
        before = pair.get("epoch_before_recovery")
        findings += pair.measured("epoch_before_recovery")
        findings += pair.above("epoch_after_recovery", "epoch_before_recovery", before)
    return findings


@check(
    "VAL16-07",
    "user data untouched by metadata recovery",
    meaning="User data is untouched by the recovery of metadata.",
    why="Repairing the control plane must not cost what it controls.",
    how=(
        "Count and digest of user tables before the injections and after the recovery, of protected rows "
        "with their epoch. Rows that were sent under an epoch that was no longer durable must not be there "
        "(user_data_intact)."
    ),
    not_proved="Data under concurrent writes during the recovery.",
    loss=True,
    claim=Claim("User data untouched", figure="user_data_intact"),
)
def user_data(record: SplitBrainRecord) -> Findings:
    facts = Facts("metrics", record.metrics)
    return (
        facts.equals("user_data_intact", True)
        + facts.at_least("user_rows_before", 1)
        + facts.equals("user_rows_after", facts.get("user_rows_before"), "user_rows_before")
    )


@check(
    "VAL16-08",
    "ghost risk clears once the rows are resigned",
    meaning="The ghost risk clears once the ghost rows are resigned.",
    why="A warning that stays after its cause is gone is soon ignored.",
    how="resigned_at is set on the ghost rows; the leader is asked until it says none.",
    not_proved="That somebody really checked the ghost before closing its row.",
)
def ghosts_clear(record: SplitBrainRecord) -> Findings:
    return observed(record.observations, "ghost_cleared_risk").equals("ghost_cleared_risk", "none")


@check(
    "VAL16-09",
    "audit events for detection and recovery",
    meaning="Detection and recovery leave audit events, each after its deed.",
    why="A split brain that left no trace cannot be studied afterwards; a fixed list of events is no trace.",
    how=(
        "The audit query before and after each step: no event before its deed, at least one more after "
        "it, stamped within it, give or take a second, and none dated anew (audit_follows_deeds)."
    ),
    not_proved=(
        "That audit records cannot be removed by a database administrator. From outside, an event that "
        "tells a wrong story at the right time is not seen."
    ),
)
def audit(record: SplitBrainRecord) -> Findings:
    row = observed(record.observations, "audit_events", "audit_follows_deeds")
    return row.contains(
        "audit_events", "ha.split_brain.detected", "ha.split_brain.recovered"
    ) + row.optional.equals("audit_follows_deeds", True)


@check(
    "VAL16-10",
    "cluster stable after all injections",
    meaning="After all injections one node leads, the risk is none, and a write is accepted.",
    why="Surviving the drill is not enough; the cluster must work again.",
    how=(
        "Both nodes' status, the leader's risk and a protected write at the end. A follower that takes a "
        "write, or acts on promote-leader while another node leads, counts as a leader (final_leaders)."
    ),
    not_proved="Stability over hours.",
)
def stable(record: SplitBrainRecord) -> Findings:
    row = observed(record.observations, "final_leaders", "final_risk", "final_write_accepted")
    return (
        row.equals("final_leaders", 1)
        + row.equals("final_risk", "none")
        + row.equals("final_write_accepted", True)
    )


RULES = Rules(
    record=SplitBrainRecord,
    checks=(
        baseline,
        divergence,
        ghosts,
        idempotent,
        dry_run,
        recovery,
        user_data,
        ghosts_clear,
        audit,
        stable,
    ),
)
