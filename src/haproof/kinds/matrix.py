"""The ten checks of VAL26, in order."""

from collections.abc import Sequence

from haproof.core.figures import in_words as counted
from haproof.core.judged import Judged
from haproof.core.matrix import MatrixCheck, no_evidence, pointers, rests_on, why_failed
from haproof.core.outcome import Outcome
from haproof.core.phrases import phrases
from haproof.core.window import in_words
from haproof.core.words import Words


def _passes(check_id: str, kind_id: str, words: str) -> MatrixCheck:
    """The check for one kind: its report is there and all its checks pass."""

    def judge(judged: Judged) -> Outcome:
        owner = judged.required(kind_id)
        if not owner.found:
            return Outcome(status="FAIL", says_no=False, detail=no_evidence(owner))
        failed = [result for result in owner.checks if not result.passed]
        total = len(owner.checks)
        detail = f"all {total} checks passed"
        if failed or owner.untied:
            why = [*map(why_failed, failed), *phrases(owner.untied)]
            detail = f"{total - len(failed)} of {total} checks passed ({'; '.join(why)})"
        return Outcome(
            status="FAIL" if failed or owner.untied else "PASS",
            says_no=bool(failed or owner.untied),
            detail=detail,
            evidence=tuple(place for result in owner.checks for place in pointers(owner, result)[:1]),
        )

    return MatrixCheck(
        id=check_id,
        when="Setup",
        subject=f"{kind_id} {words} report",
        description=f"{kind_id} {words} report found and all checks pass",
        criterion=f"{kind_id} is PASS: ten checks reported PASS, none contradicted by its own figures",
        judge=judge,
        about=_PASSES,
        passes=kind_id,
        see=(kind_id,),
    )


_PASSES = Words(
    meaning="The slice's report was found and all ten checks pass.",
    why="Each slice carries claims that the others cannot; one that is missing or failed leaves a hole.",
    how=(
        "Ten checks reported PASS, none contradicted by the report's own figures; after a recount, no "
        "figure that its raw files contradict."
    ),
    not_proved="More than the slice itself proves; see its plan.",
)


def _ready(judged: Judged) -> Outcome:
    """Everything above passes, and the evidence is of one coherent run."""
    above = [check_id for check_id, _ in judged.before]
    failed = [(check_id, outcome) for check_id, outcome in judged.before if outcome.status == "FAIL"]
    said = [f"{', '.join(check_id for check_id, _ in failed)} FAIL"] if failed else []
    missing = [result.id for result in judged.slices if not result.found]
    if missing:
        said.append(f"no evidence of {', '.join(missing)}")
    if not judged.window.coherent:
        said.append(f"evidence not coherent: {in_words(judged.window)}")
    return Outcome(
        status="FAIL" if said else "PASS",
        says_no=any(outcome.says_no for _, outcome in failed),
        detail="; ".join(said) or f"{_named(above)} PASS, evidence coherent: {in_words(judged.window)}",
        evidence=tuple(place for _, outcome in judged.before for place in outcome.evidence[:1]),
    )


def _named(check_ids: Sequence[str]) -> str:
    """Checks as a person names them: `VAL26-01..09, VAL26-11`."""
    runs: list[list[str]] = []
    for check_id in check_ids:
        stem, _, number = check_id.rpartition("-")
        if runs and runs[-1][-1] == f"{stem}-{int(number) - 1:0{len(number)}}":
            runs[-1].append(check_id)
        else:
            runs.append([check_id])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}..{run[-1].rpartition('-')[2]}" for run in runs)


ABOVE: tuple[MatrixCheck, ...] = (
    _passes("VAL26-01", "VAL13", "failover"),
    _passes("VAL26-02", "VAL14", "replication lag"),
    _passes("VAL26-03", "VAL15", "backup/restore"),
    _passes("VAL26-04", "VAL16", "split-brain"),
    _passes("VAL26-05", "VAL17", "quorum loss"),
    MatrixCheck(
        id="VAL26-06",
        when="Metric",
        subject="SIGTERM leader failover",
        description="SIGTERM leader failover <= 5,000 ms",
        criterion="VAL13-03 PASS: sigterm_failover_ms and every trial <= 5,000 ms",
        judge=lambda judged: rests_on(judged, "VAL13-03"),
        see=("VAL13-03",),
        about=Words(
            meaning="A leader that is asked to go is replaced within 5,000 ms.",
            why="It is the failover that happens most often, at every upgrade and restart.",
            how="VAL13-03, with its figures held against the limit again.",
            not_proved="Failover of PostgreSQL itself, or across a network.",
        ),
    ),
    MatrixCheck(
        id="VAL26-07",
        when="Metric",
        subject="Zero data loss across leader failover",
        description="Zero data loss across leader failover",
        criterion="VAL13-04 PASS: data_loss_rows = 0 and rows_acknowledged >= 1",
        judge=lambda judged: rests_on(judged, "VAL13-04"),
        see=("VAL13-04",),
        about=Words(
            meaning="No acknowledged row was lost across any leader failover.",
            why="An acknowledgement is a promise; a control plane that breaks it cannot be built upon.",
            how="VAL13-04, with the number of lost and of acknowledged rows held against their limits again.",
            not_proved="Loss when PostgreSQL itself fails over to a standby.",
        ),
    ),
    MatrixCheck(
        id="VAL26-08",
        when="Metric",
        subject="Backup restore correctness",
        description="Backup restore correctness verified",
        criterion="VAL15-06 PASS: row_counts_match and payload_match are true",
        judge=lambda judged: rests_on(judged, "VAL15-06"),
        see=("VAL15-06",),
        about=Words(
            meaning="What was restored equals what was backed up.",
            why="A backup that was never restored is a hope.",
            how="VAL15-06: row counts and payload against the state before the backup.",
            not_proved="Point-in-time recovery, or restores at production size.",
        ),
    ),
    MatrixCheck(
        id="VAL26-09",
        when="Metric",
        subject="Quorum loss detected and writes blocked",
        description="Quorum loss detected + writes blocked <= 30,000 ms",
        criterion="VAL17-02, -03 and -04 PASS: detected within 30,000 ms, write block on, no protected write",
        judge=lambda judged: rests_on(judged, "VAL17-02", "VAL17-03", "VAL17-04"),
        see=("VAL17-02", "VAL17-03", "VAL17-04"),
        about=Words(
            meaning=(
                "A lost quorum is noticed within 30,000 ms, and protected writes are blocked during the loss."
            ),
            why=(
                "A control plane that goes on accepting writes without its database promises what nobody "
                "keeps."
            ),
            how="VAL17-02, -03 and -04, with their figures held against the limits again.",
            not_proved="Detection of a network partition.",
        ),
    ),
)
"""Every check but the last."""


def _sums_up(above: Sequence[MatrixCheck]) -> MatrixCheck:
    """The check that rests on every one above it, and says in words how many and which these are."""
    count = counted(len(above))
    return MatrixCheck(
        id="VAL26-10",
        when="Summary",
        subject="HA design partner readiness",
        description="HA design partner readiness — all above pass and evidence coherent",
        criterion=f"{_named([check.id for check in above])} all PASS + 6-hour window",
        judge=_ready,
        sums_up=True,
        see=("VAL26-01", "window", "design-partner"),
        about=Words(
            meaning=(
                f"HA design partner readiness: all {count} checks above pass and the evidence is coherent."
            ),
            why="Single results from different days, or with one of them failed, do not make a claim.",
            how=f"The {count} outcomes, and the window of the embedded timestamps.",
            not_proved="GA and public production need evidence that VAL13-VAL17 cannot give.",
        ),
    )


MATRIX: tuple[MatrixCheck, ...] = (*ABOVE, _sums_up(ABOVE))
