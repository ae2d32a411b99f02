"""PITR's second way with the real pgBackRest, on a PostgreSQL that it knows: Debian's own, both unpacked.

Two primaries are written to, backed up and lost: a healthy procedure restores the one, one that believes exit
statuses the other.
"""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from haproof.core.histories.pgbackrest import read_verify
from haproof.core.histories.point_in_time import derive_second, figures_of_second
from haproof.core.histories.point_in_time_lines import Inspected, decode
from haproof.errors import NotRun
from haproof.lab.ground import Ground
from haproof.lab.pitr.archive import Inspection, Segments
from haproof.lab.pitr.manifest import Manifest
from haproof.lab.pitr.pgbackrest import PgBackRest
from haproof.lab.pitr.primary import Primary
from haproof.lab.pitr.raw_file import RawFile
from haproof.lab.pitr.restores import Restores
from haproof.lab.scenario import Stage
from haproof.lab.scenarios import pitr
from haproof.lab.target import REFERENCE
from haproof.lab.target_file import load_target
from lab.in_process import Ran, run_slice, shared_ground

FILES = Path(__file__).parents[2] / ".cache" / "managers"
pytestmark = [
    pytest.mark.lab,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        not (FILES / "pgbackrest").exists(), reason="needs Debian's files: bash scripts/setup-managers.sh"
    ),
]


@dataclasses.dataclass
class Story:
    """The run of the second way, and the figures of a procedure that believes verify's exit status."""

    ran: Ran
    bad: dict[str, Any]

    @property
    def lines(self) -> list[bytes]:
        return (self.ran.folder / "pgbackrest.jsonl").read_bytes().splitlines(keepends=True)

    def inspected(self, archive: str) -> Inspected:
        return next(
            line for line in decode(self.lines) if isinstance(line, Inspected) and line.archive == archive
        )


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("pgbackrest")
    bad: dict[str, Any] = {}

    def run(stage: Stage) -> None:
        pitr.by_pgbackrest(stage)
        bad.update(_believed(stage, folder / "bad.jsonl"))

    binaries = next((FILES / "root").glob("usr/lib/postgresql/*/bin"))
    with shared_ground(binaries) as ground:
        scenario = dataclasses.replace(pitr.SCENARIO, run=run)
        yield Story(run_slice(ground, folder, scenario, load_target(REFERENCE)), bad)


class BelievesTheStatus(PgBackRest):
    """Takes verify's exit status for its finding, and looks at nothing else."""

    def inspect(
        self, ground: Ground, archive: Path, backup: Manifest, last: str, segments: Segments
    ) -> Inspection:
        found = super().inspect(ground, archive, backup, last, segments)
        return Inspection([], None if found.verify_status == 0 else "verify failed", "")

    def archive_end(self, last: str, segments: Segments) -> str | None:
        return None


def _believed(stage: Stage, path: Path) -> dict[str, Any]:
    """A primary of its own: a procedure keeps the labels of its backups."""
    procedure = BelievesTheStatus(stage.ground, stage.work / "believes")
    raw = RawFile(path)
    left = Primary(stage, raw, procedure, procedure.work).lose()
    restores = Restores(stage, raw, procedure, left, "believes-restores")
    restores.to_end()
    restores.damaged_segment()
    restores.missing_segment()
    raw.close()
    return figures_of_second(raw.history())


def test_pgbackrest_passes_every_rule(story: Story) -> None:
    seen = story.ran.report["observations"]
    true = {name for name, value in seen.items() if value is True}
    assert {name for name, value in seen.items() if value is False} == set()
    assert len(true) == 11, json.dumps(seen)
    assert 1 <= seen["pgbackrest_acknowledged_before"] <= seen["pgbackrest_rows_restored"]
    assert seen["pgbackrest_rows_restored"] <= seen["pgbackrest_sent_before"]
    assert seen["pgbackrest_archived_segments"] >= 1
    assert seen["pgbackrest_incremental_ms"] > 0
    assert seen["pgbackrest_version"][0].isdigit()


def test_every_figure_of_it_is_derived_from_its_raw_file(story: Story) -> None:
    stated = story.ran.report["observations"]
    derived = derive_second(story.lines)
    assert {name: stated[name] for name in derived} == derived


def test_verify_ends_with_0_on_a_damaged_segment_and_its_text_says_so(story: Story) -> None:
    assert story.ran.report["observations"]["pgbackrest_verify_status"] == 0
    damaged, kept = story.inspected("damaged"), story.inspected("kept")
    assert read_verify(str(kept.verify)).wal_fault() is None
    assert "WAL segments of archive" in str(read_verify(str(damaged.verify)).wal_fault())
    assert damaged.missing == []


def test_verify_does_not_count_a_segment_behind_the_backups_as_missing_and_the_list_does(
    story: Story,
) -> None:
    for archive in ("missing", "missing-last"):
        assert read_verify(str(story.inspected(archive).verify)).wal_fault() is None
        assert len(story.inspected(archive).missing) == 1


def test_without_a_target_a_damaged_or_incomplete_repository_opens_and_says_nothing(story: Story) -> None:
    seen = story.ran.report["observations"]
    assert seen["pgbackrest_latest_damage_rows_missing"] > 0
    assert seen["pgbackrest_latest_missing_rows_missing"] > 0


def test_who_believes_the_exit_status_notices_nothing(story: Story) -> None:
    assert story.bad["pgbackrest_latest_damage_noticed"] is False
    assert story.bad["pgbackrest_latest_missing_noticed"] is False


def test_a_postgresql_that_it_does_not_know_is_said(tmp_path: Path) -> None:
    """pgBackRest 2.45, Debian's, does not know the PostgreSQL that comes with the lab."""
    with shared_ground() as ground, pytest.raises(NotRun, match=r"does not know PostgreSQL .* --pg-bin"):
        PgBackRest(ground, tmp_path / "work")
