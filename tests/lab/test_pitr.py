"""PITR on a real PostgreSQL: a healthy procedure, and procedures that each get one thing wrong.

One primary is written to, backed up and lost; every procedure restores what is left of it.
"""

import dataclasses
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from haproof.core.histories.point_in_time import derive, figures
from haproof.core.histories.point_in_time_lines import Until, decode
from haproof.lab.ground import Ground
from haproof.lab.pitr.archive import Inspection, Segments, archive_command
from haproof.lab.pitr.manifest import Entry, Manifest
from haproof.lab.pitr.primary import Left, Primary
from haproof.lab.pitr.procedure import Procedure
from haproof.lab.pitr.raw_file import RawFile
from haproof.lab.pitr.restores import Restores
from haproof.lab.scenario import Stage
from haproof.lab.scenarios import pitr
from haproof.lab.target import REFERENCE
from haproof.lab.target_file import load_target
from lab.in_process import Ran, run_slice, shared_ground

pytestmark = [pytest.mark.lab, pytest.mark.timeout(900)]

Steps = tuple[Callable[[Restores], None], ...]
Found = dict[str, Any]


class LooksAtNothing(Procedure):
    """Restores what there is, and takes an open server for a complete one."""

    def inspect(
        self, ground: Ground, archive: Path, backup: Manifest, last: str, segments: Segments
    ) -> Inspection:
        return Inspection([], None, "")

    def archive_end(self, last: str, segments: Segments) -> str | None:
        return None


class AlwaysComplains(Procedure):
    """Finds fault with every archive."""

    def inspect(
        self, ground: Ground, archive: Path, backup: Manifest, last: str, segments: Segments
    ) -> Inspection:
        return Inspection([], "an archive is never to be trusted", "")


class TrustsItsManifest(Procedure):
    """Reads the manifest and not the files."""

    def files(self, backup: Path, manifest: Manifest) -> list[Entry]:
        return list(manifest.files)


class IgnoresTheTarget(Procedure):
    """Restores to the end, whatever was asked for."""

    def recovery_settings(self, archive: Path, until: Until, time: str | None) -> dict[str, str]:
        return super().recovery_settings(archive, "end", None)


class StopsLate(Procedure):
    """Restores to a fifth of a second after the moment."""

    def recovery_settings(self, archive: Path, until: Until, time: str | None) -> dict[str, str]:
        assert time is not None
        later = datetime.fromisoformat(time) + timedelta(seconds=0.2)
        return super().recovery_settings(archive, until, later.isoformat())


class FindsNothing(Procedure):
    """Its restore_command never finds a segment."""

    def recovery_settings(self, archive: Path, until: Until, time: str | None) -> dict[str, str]:
        return super().recovery_settings(archive, until, time) | {"restore_command": "false"}


class GoesOnArchiving(Procedure):
    """Leaves the copy's archiving on."""

    def recovery_settings(self, archive: Path, until: Until, time: str | None) -> dict[str, str]:
        settings = super().recovery_settings(archive, until, time)
        return {name: value for name, value in settings.items() if name != "archive_mode"}


class DropsSegments(Procedure):
    """Its archive_command says that it has archived every second segment, and has not."""

    def archive_command(self, archive: Path) -> str:
        return f"case %f in *[02468ACE]) exit 0;; esac; {archive_command(archive)}"


END: Steps = (Restores.to_end, Restores.damaged_segment, Restores.missing_segment)
BAD: dict[str, tuple[type[Procedure], Steps, Found]] = {
    "looks at nothing": (
        LooksAtNothing, END, {"latest_damage_noticed": False, "latest_missing_noticed": False}
    ),
    "always complains": (
        AlwaysComplains, END, {"latest_damage_noticed": False, "latest_missing_noticed": False}
    ),
    "trusts its manifest": (TrustsItsManifest, (Restores.damaged_base,), {"damaged_base_refused": False}),
    "ignores the target": (IgnoresTheTarget, (Restores.beyond_end,), {"future_target_refused": False}),
    "finds no segment": (FindsNothing, (Restores.beyond_end,), {"future_target_refused": False}),
    "stops late": (StopsLate, (Restores.to_moment,), {"restored_within_bounds": False}),
    "goes on archiving": (GoesOnArchiving, (Restores.to_moment,), {"archives_nowhere": False}),
}  # fmt: skip
"""Bad procedures, the steps that show it, and what the figures must say. The last one spoils the archive."""


@dataclasses.dataclass
class Story:
    """The healthy run, and the figures of each bad procedure on the same primary."""

    ran: Ran
    bad: dict[str, Found]


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with shared_ground() as found:
        yield found


@pytest.fixture(scope="module")
def story(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("pitr")
    bad: dict[str, Found] = {}

    def run(stage: Stage) -> None:
        left = pitr.measure(stage, Procedure(ground))
        pitr.without_second(stage, "this test has one way")
        lines = (stage.evidence / pitr.RAW_FILE).read_bytes()
        for number, (name, (procedure, steps, _)) in enumerate(BAD.items()):
            bad[name] = _restored(stage, left, procedure(ground), steps, folder / f"{number}.jsonl", lines)

    scenario = dataclasses.replace(pitr.SCENARIO, run=run)
    return Story(run_slice(ground, folder, scenario, load_target(REFERENCE)), bad)


def _restored(
    stage: Stage, left: Left, procedure: Procedure, steps: Steps, path: Path, before: bytes
) -> Found:
    """The figures of some steps by another procedure; `before` has what was written, and T."""
    raw = RawFile(path)
    made = (b'"what":"sent"', b'"what":"answered"', b'"what":"target"', b'"what":"backup"')
    raw.write(*decode(line for line in before.splitlines(keepends=True) if any(one in line for one in made)))
    restores = Restores(stage, raw, procedure, left, path.stem)
    for step in steps:
        step(restores)
    raw.close()
    return figures(raw.history())


def test_a_healthy_procedure_passes_every_check(story: Story) -> None:
    assert story.ran.words == "PASS (10/10 checks)"
    story.ran.assert_judged_again()


def test_every_figure_is_derived_from_the_raw_file(story: Story) -> None:
    report = story.ran.report
    stated = report["metrics"] | report["observations"]
    lines = (story.ran.folder / pitr.RAW_FILE).read_bytes().splitlines(keepends=True)
    derived = derive(lines)
    assert {name: stated[name] for name in derived} == derived
    assert set(stated) - set(derived) == {"postgres_version", "verify_method", pitr.WHY_NOT}


def test_postgresql_by_itself_opens_a_damaged_archive_and_says_nothing(story: Story) -> None:
    """The loss that only the procedure notices: the copies opened, and acknowledged rows are missing."""
    seen = story.ran.report["observations"]
    assert seen["latest_damage_rows_missing"] > 0
    assert seen["latest_missing_rows_missing"] > 0


def test_the_report_says_what_was_measured(story: Story) -> None:
    environment = story.ran.report["environment"]
    assert environment["system"]["name"] == "PostgreSQL"
    assert environment["cluster"] == pitr.CLUSTER


@pytest.mark.parametrize("name", BAD)
def test_a_bad_procedure_is_found(story: Story, name: str) -> None:
    found = story.bad[name]
    assert {figure: found[figure] for figure in BAD[name][2]} == BAD[name][2], json.dumps(found)


def test_an_archive_that_loses_segments_is_found(ground: Ground, tmp_path: Path) -> None:
    found: Found = {}

    def run(stage: Stage) -> None:
        raw = RawFile(stage.evidence / pitr.RAW_FILE)
        stage.closing.callback(raw.close)
        procedure = DropsSegments(ground)
        restores = Restores(stage, raw, procedure, Primary(stage, raw, procedure).lose(), "restores")
        restores.to_end()
        found.update(figures(raw.history()))
        inspected = raw.history().inspected["kept"]
        found["missing"] = inspected.missing

    run_slice(ground, tmp_path, dataclasses.replace(pitr.SCENARIO, run=run), load_target(REFERENCE))
    assert found["latest_restored_all"] is False
    assert found["missing"]
