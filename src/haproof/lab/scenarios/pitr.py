"""PITR: a base backup and archived WAL restored to a moment between writes; damaged archives refused.

Measures PostgreSQL with a restore procedure of the lab's own, not the target's nodes. Four writers write
through the base backup (and an incremental one, PostgreSQL 17 and newer) and on; then the primary is killed
and the archive is all that there is. Restored: to T and to the end of the archive; then with one segment
damaged, with one missing, to a moment beyond the end, and from a damaged backup. Where pgBackRest is there
and knows this PostgreSQL, all of it once more its way, with another primary.
"""

from pathlib import Path

from haproof.core import raw_names
from haproof.core.histories.point_in_time import figures, figures_of_second
from haproof.errors import NotRun
from haproof.kinds import pitr
from haproof.kinds.pitr.pgbackrest import PgBackRestObservations
from haproof.kinds.pitr.record import PitrMetrics, PitrObservations
from haproof.lab.pitr.pgbackrest import PgBackRest
from haproof.lab.pitr.primary import Left, Primary
from haproof.lab.pitr.procedure import Procedure
from haproof.lab.pitr.raw_file import RawFile
from haproof.lab.pitr.restores import Restores
from haproof.lab.scenario import Scenario, Stage

RAW_FILE = raw_names.OPERATIONS
WHY_NOT = "pgbackrest_not_tried"
CLUSTER = "One PostgreSQL primary of the lab's own, its WAL archive, copies restored from it; one host"
CHAOS = "primary killed; WAL segment damaged, WAL segment removed, base backup damaged"


def run(stage: Stage) -> None:
    """Measure, in each way that there is."""
    measure(stage, Procedure(stage.ground))
    by_pgbackrest(stage)


def measure(stage: Stage, procedure: Procedure) -> Left:
    """Lose a primary, restore it in every way; what is left of it stays until the slice ends."""
    stage.environment.update(
        cluster=CLUSTER,
        chaos=[CHAOS],
        system={"name": "PostgreSQL", "version": stage.ground.binaries.version, "sha256": None},
    )
    raw = RawFile(stage.evidence / RAW_FILE)
    stage.closing.callback(raw.close)
    try:
        return lose_and_restore(stage, raw, procedure, stage.work)
    finally:
        write_figures(stage, raw, procedure)


def lose_and_restore(stage: Stage, raw: RawFile, procedure: Procedure, work: Path) -> Left:
    """All steps of one procedure, below the folder `work`."""
    left = Primary(stage, raw, procedure, work).lose()
    restores = Restores(stage, raw, procedure, left, f"{procedure.prefix}restores")
    restores.verify_backups()
    restores.to_moment()
    restores.to_end()
    restores.beyond_end()
    restores.damaged_segment()
    restores.missing_segment()
    restores.damaged_base()
    return left


def by_pgbackrest(stage: Stage) -> None:
    """The second way; where there is none, the reason."""
    try:
        procedure = PgBackRest(stage.ground, stage.work / "pgbackrest")
    except NotRun as why:
        without_second(stage, str(why))
        return
    stage.draft.leave_out(WHY_NOT)
    stage.draft.observe("pgbackrest_version", procedure.version)
    raw = RawFile(stage.evidence / raw_names.PGBACKREST)
    stage.closing.callback(raw.close)
    try:
        lose_and_restore(stage, raw, procedure, procedure.work)
    finally:
        for name, value in figures_of_second(raw.history()).items():
            stage.draft.observe(name, value)


def without_second(stage: Stage, why: str) -> None:
    """There is no second way: nothing is asked of it, and the report says why."""
    stage.journal.note("pgbackrest not tried", why=why)
    stage.draft.leave_out(*(name for name in PgBackRestObservations.__struct_fields__ if name != WHY_NOT))
    stage.draft.observe(WHY_NOT, why)


def write_figures(stage: Stage, raw: RawFile, procedure: Procedure) -> None:
    """Every figure is derived from the raw file, as anybody derives it again."""
    draft = stage.draft
    for name, value in figures(raw.history()).items():
        (draft.metric if name in draft.metrics else draft.observe)(name, value)
    draft.metric("postgres_version", stage.ground.binaries.version)
    draft.metric("verify_method", procedure.verify_method)


SCENARIO = Scenario(
    slice=pitr.KIND,
    needs=(),
    metrics=PitrMetrics.__struct_fields__,
    observations=PitrObservations.__struct_fields__,
    run=run,
)
