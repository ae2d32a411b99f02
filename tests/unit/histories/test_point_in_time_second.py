"""The second way's figures: the same, with the words of `pgbackrest verify` in place of manifests."""

from typing import Any

import pytest
from msgspec.structs import replace

from haproof.core.histories.point_in_time import derive_second
from haproof.core.histories.point_in_time_lines import Backup, Found, Inspected, Listed, encode
from pgbackrest_texts import DAMAGED_BACKUP, DAMAGED_WAL, FULL, HEALTHY, INCREMENTAL
from pitr_history import TRUE, Run, healthy


def second(kept: str | None = HEALTHY, damaged: str = DAMAGED_WAL) -> Run:
    run = healthy()
    run.lines = [line for line in run.lines if not isinstance(line, Listed | Found)]
    run.change(Backup, lambda line: line.backup == "base", label=FULL)
    run.change(Backup, lambda line: line.backup == "incremental", label=INCREMENTAL)
    run.change(Inspected, lambda line: line.archive == "kept", verify=kept, verify_status=0)
    run.change(
        Inspected, lambda line: line.archive == "damaged", verify=damaged, verify_status=0, unreadable=None
    )
    return run


def figures(run: Run) -> dict[str, Any]:
    return derive_second(map(encode, run.lines))


def test_every_figure_but_those_that_one_way_tells_for_both() -> None:
    found = figures(second())
    assert {name: found[f"pgbackrest_{name}"] for name in TRUE} == dict.fromkeys(TRUE, True)
    only_first = {"target_time", "rows_in_flight", "recovery_stop_reason"}
    names = {f"pgbackrest_{name}" for name in healthy().figures if name not in only_first}
    assert found.keys() == names | {"pgbackrest_verify_status"}
    assert found["pgbackrest_verify_status"] == 0


@pytest.mark.parametrize(("kept", "verified"), [(DAMAGED_BACKUP, False), (None, None)])
def test_backups_are_as_good_as_the_text_says(kept: str | None, verified: bool | None) -> None:
    assert figures(second(kept))["pgbackrest_base_verified"] is verified


def test_a_text_that_finds_nothing_notices_nothing_whatever_the_procedure_made_of_it() -> None:
    run = second(damaged=HEALTHY)
    run.change(Inspected, lambda line: line.archive == "damaged", unreadable="made up")
    run.lines = [replace(line, end=None) if hasattr(line, "stopped_at") else line for line in run.lines]
    assert figures(run)["pgbackrest_latest_damage_noticed"] is False


def test_an_archive_that_nobody_looked_at_has_no_status_and_no_backup_is_verified() -> None:
    run = second()
    run.drop(Inspected, lambda line: True)
    found = figures(run)
    assert (found["pgbackrest_verify_status"], found["pgbackrest_base_verified"]) == (None, None)
