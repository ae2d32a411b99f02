"""What a plan asks for: everything that is missing and nothing else, in an order that wastes no time."""

import json
import shlex
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from builders import NOON, fail, write
from haproof.api import assess, read_evidence
from haproof.cli.parser import Parser
from haproof.core.house import House
from haproof.core.level import Level, kind_passes
from haproof.core.plan.model import Step
from haproof.core.plan.planning import plan, wanted_level
from haproof.kinds import HOUSE
from plans import (
    DAY,
    NODE,
    TOO_OLD,
    calibration,
    cluster,
    everything,
    made,
    planned,
    recovery,
    report_of,
    slices,
    soak,
)
from recipe.zones import KIND as ZONES


def test_the_longest_begins_first_and_all_run_side_by_side(tmp_path: Path) -> None:
    found = planned(tmp_path, slices())
    assert (found.reached, found.level, found.ready) == ("HA DESIGN PARTNER READY", "HA GA READY", False)
    assert made(found) == [("VAL18",), ("CALIBRATION",), ("CLUSTER", "RECOVERY")]
    assert [step.after for step in found.steps] == [(), (), (), (1, 2, 3)]
    assert [step.requirements for step in found.steps] == [("GA-1",), ("GA-3",), ("GA-2",), ()]
    assert [step.seconds for step in found.steps] == [30 * DAY, DAY, 1_715 + 240, 0]
    assert found.seconds == 30 * DAY
    assert found.earliest == "2026-04-22T12:00:00Z"
    assert not found.open_ended


def test_what_is_not_ready_is_planned_for_first(tmp_path: Path) -> None:
    reports = slices()
    fail(reports["VAL16"], "VAL16-04")
    found = planned(tmp_path, reports)
    (step, last) = found.steps
    assert (found.level, found.reached) == ("HA DESIGN PARTNER READY", None)
    assert step.task == "fix and run"
    assert step.kinds == ("VAL13", "VAL14", "VAL15", "VAL16", "VAL17")
    assert step.first == ("haproof explain VAL16-04",)
    assert any("VAL16-04" in sentence for sentence in step.why)
    assert step.requirements == ("DP-1",)
    assert last.task == "put together"


def test_what_must_be_mended_comes_before_anything_that_observes_the_system(tmp_path: Path) -> None:
    reports = slices()
    fail(reports["VAL16"], "VAL16-04")
    found = planned(tmp_path, reports, "ga")
    assert made(found)[0] == ("VAL13", "VAL14", "VAL15", "VAL16", "VAL17")
    assert made(found)[1] == ("VAL18",)
    assert all(1 in step.after for step in found.steps[1:])
    assert found.seconds == 30 * DAY + 90  # and the five slices before


def test_one_run_at_a_time_has_the_lab_s_machine(tmp_path: Path) -> None:
    found = planned(tmp_path, {}, "ga")
    lab = [step for step in found.steps if step.place == "lab"]
    assert [step.kinds[0] for step in lab] == ["VAL13", "CLUSTER"]
    assert lab[1].after == (lab[0].number,)
    assert all(not step.after for step in found.steps if step.place == "elsewhere" and step.kinds)


def test_without_evidence_everything_is_planned(tmp_path: Path) -> None:
    found = planned(tmp_path, {}, "public")
    unmet = {row.id for row in found.requirements if row.state != "MET"}
    assert unmet == {row.id for row in found.requirements}
    assert unmet == {name for step in found.steps for name in step.requirements}
    assert found.open_ended
    assert planned(tmp_path, {}).level == "HA DESIGN PARTNER READY"


def test_where_nothing_is_missing_there_is_no_step_and_each_age_is_given(tmp_path: Path) -> None:
    found = planned(tmp_path, everything(), "ga")
    assert (found.ready, found.steps, found.earliest) == (True, (), None)
    rows = {row.id: row for row in found.requirements}
    assert {row.state for row in rows.values()} == {"MET"}
    assert rows["GA-3"].valid_until == "2026-06-18T10:00:00Z"
    assert rows["GA-3"].begin_by == "2026-06-17T10:00:00Z"
    assert rows["GA-1"].begin_by == "2026-05-19T10:00:00Z"
    assert rows["GA-2"].evidence[0].age_seconds == 3 * DAY + 7_200
    assert rows["DP-2"].valid_until is None
    assert rows["GA-3"].renew[0].startswith("haproof calibrate --dsn DSN --hours 24")
    assert planned(tmp_path, everything()).level == "HA PUBLIC PRODUCTION CLAIM"


def test_the_report_says_how_old_each_is_and_how_long_it_lasts(tmp_path: Path) -> None:
    rows = report_of(tmp_path, everything()).proof.readiness["ga"].requirements
    assert rows[0].detail == "VAL18 PASS; 3 days old, valid until 2026-06-18T10:00:00Z"
    told = "CLUSTER and RECOVERY PASS, 3 days old, valid until 2026-06-18T10:00:00Z; "
    assert rows[1].detail.startswith(told)


@pytest.mark.parametrize(
    ("kind", "report", "task", "kinds", "said"),
    [
        ("VAL18", soak(compressed=True), "run again", ("VAL18",), "compressed"),
        ("VAL18", soak(chain_intact=False), "fix and run", ("VAL18",), "VAL18-08"),
        ("CALIBRATION", calibration(at=TOO_OLD), "run again", ("CALIBRATION",), "90 days 1 s old"),
        ("CLUSTER", cluster(repeats=4), "run again", ("CLUSTER",), "too few trials"),
        ("CLUSTER", cluster(mode="async"), "run again", ("CLUSTER",), "asynchronous"),
        ("CLUSTER", cluster(system="repmgr"), "run again", ("RECOVERY",), "CLUSTER of repmgr"),
        ("RECOVERY", recovery(of="repmgr"), "run again", ("RECOVERY",), "RECOVERY is of repmgr"),
        ("RECOVERY", recovery(system="another"), "run again", ("RECOVERY",), "VAL13 of haproof"),
        ("RECOVERY", None, "run", ("RECOVERY",), "RECOVERY not found"),
    ],
)  # fmt: skip
def test_what_does_not_count_is_made_again_and_nothing_else(
    kind: str, report: dict[str, Any] | None, task: str, kinds: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    reports = everything() | ({kind: report} if report else {})
    if report is None:
        del reports[kind]
    found = planned(tmp_path, reports, "ga")
    (step, _) = found.steps
    assert (step.task, step.kinds) == (task, kinds)
    assert any(said in sentence for sentence in step.why), step.why


def test_a_soak_that_is_under_way_goes_on(tmp_path: Path) -> None:
    begun = soak(days=12, rounds=144, scheduled_failovers=1, failover_ms=[300], uptime=1, downtime_seconds=0)
    assert [entry["id"] for entry in begun["checks"] if entry["status"] == "FAIL"] == ["VAL18-01", "VAL18-02"]
    (step, last) = planned(tmp_path, everything() | {"VAL18": begun}, "ga").steps
    assert (step.task, step.seconds) == ("go on", 18 * DAY)
    assert step.commands == ("haproof soak status SOAK",)
    assert f"haproof soak report SOAK --evidence {tmp_path}-next" in last.commands


def test_a_calibration_that_is_under_way_goes_on(tmp_path: Path) -> None:
    (step, last) = planned(tmp_path, everything() | {"CALIBRATION": calibration(hours=20)}, "ga").steps
    assert (step.task, step.seconds) == ("go on", 4 * 3600)
    assert f"cp -R BEGUN/calibration {tmp_path}-next/" in last.commands


def test_what_would_be_too_old_when_the_soak_ends_is_made_again(tmp_path: Path) -> None:
    reports = everything() | {"CALIBRATION": calibration(at="2026-01-10T12:00:00Z")}
    assert planned(tmp_path / "whole", reports, "ga").steps == ()
    del reports["VAL18"]
    found = planned(tmp_path / "soak", reports, "ga")
    assert made(found) == [("VAL18",), ("CALIBRATION",)]
    why = "GA-3 is met until 2026-04-10T12:00:00Z only, and the last step ends 2026-04-22T12:00:00Z"
    assert found.steps[1].why == (why,)


def test_what_lasts_less_than_the_soak_is_made_near_its_end(tmp_path: Path) -> None:
    reports = everything()
    del reports["VAL18"]
    found = planned(tmp_path, reports, "ga", max_age=7 * DAY)
    step = next(step for step in found.steps if step.kinds[:1] == ("VAL13",))
    assert step.not_before == "2026-04-15T12:00:00Z"
    assert step.task == "run again"


def test_the_slices_are_only_made_together(tmp_path: Path) -> None:
    reports = everything()
    del reports["VAL15"]
    (step, last) = planned(tmp_path, reports, "ga").steps
    assert step.kinds == tuple(kind.id for kind in HOUSE.window)
    kept = next(command for command in last.commands if command.startswith("cp -R"))
    assert shlex.split(kept)[2:-1] == [
        f"{tmp_path}/{folder}" for folder in ("cluster", "recovery", "val18", "calibration")
    ]


@pytest.mark.parametrize(("system", "option"), [(NODE, []), ("mine", ["--target", "FILE"]), (None, [])])
def test_the_command_names_the_system_that_the_evidence_names(
    system: str | None, option: list[str], tmp_path: Path
) -> None:
    reports = slices(system or NODE)
    if system is None:
        for report in reports.values():
            del report["environment"]["system"]
    reports["VAL13"]["generated_at"] = "2026-03-22T10:00:00Z"
    (step, _) = planned(tmp_path, reports).steps
    words = ["haproof", "lab", "run", *option, "--evidence", f"{tmp_path}-parts/slices"]
    assert shlex.split(step.commands[0]) == words
    assert [blank.word for blank in step.blanks] == option[1:]


def test_a_cluster_is_measured_again_by_its_own_manager(tmp_path: Path) -> None:
    reports = everything() | {"CLUSTER": cluster(system="pg_auto_failover", at="2025-12-01T10:00:00Z")}
    reports["RECOVERY"] = recovery(of="pg_auto_failover")
    (step, _) = planned(tmp_path, reports, "ga").steps
    assert "--target pg_auto_failover --mode sync --profile full --slices CLUSTER " in step.commands[0]
    assert step.seconds == 2_300


def with_zones(making: str | None) -> House:
    """A house with a level above, which asks for the toy kind. None: it does not say how it is made."""
    asks = kind_passes("ZONE-1", "Failover across zones", "ZONES", "no second zone was tried")
    level = Level(key="zones", word="zones", name="ZONES READY", meaning="more", requirements=(asks,))
    others = (kind for kind in HOUSE.kinds if kind.id != ZONES.id)
    kinds = (*others, replace(ZONES, making=making))
    return replace(HOUSE, kinds=kinds, levels=(*HOUSE.levels, level))


def test_a_kind_of_the_recipe_is_planned_for_as_it_says(tmp_path: Path) -> None:
    house = with_zones(ZONES.making)
    write(tmp_path, everything())
    report = assess(read_evidence(str(tmp_path), house), NOON, house=house)
    found = plan(report, wanted_level(report, "zones"))
    step = next(step for step in found.steps if step.kinds == ("ZONES",))
    folder = f"{tmp_path}-parts/zones/zones"
    assert step.commands == (f"mkdir -p {folder}", f"cp REPORT {folder}/zones-report.json")
    assert step.seconds == 600


def test_a_kind_that_does_not_say_how_it_is_made_is_planned_for_all_the_same(tmp_path: Path) -> None:
    house = with_zones(None)
    write(tmp_path, everything())
    report = assess(read_evidence(str(tmp_path), house), NOON, house=house)
    found = plan(report, wanted_level(report, "zones"))
    step = next(step for step in found.steps if step.kinds == ("ZONES",))
    assert (step.commands, step.seconds) == ((), None)
    assert step.why == ("ZONE-1 NO EVIDENCE: no second zone was tried",)
    assert step.source == "no way of making it is known to this program"


def test_gaps_that_no_level_asks_for_are_named_until_they_are_measured(tmp_path: Path) -> None:
    found = planned(tmp_path, slices())
    (further,) = (one for one in found.further if one.kind != ZONES.id)
    assert (further.kind, further.gaps) == ("PITR", ("GAP-6",))
    assert further.commands == (f"haproof lab run --slices PITR --evidence {tmp_path}-parts/pitr",)


FILLED = {
    "TOKEN": "token", "URL": "http://127.0.0.1:1", "FILE": "x.toml", "NAME": "n", "TEXT": "t",
    "DATE": "2026-03-23", "RESULT": "PASS", "KEY": "k", "DOCUMENT": "d",
}  # fmt: skip


def parsed(command: str) -> None:
    """The program's own parser takes it; raises UsageError where it does not."""
    words = [FILLED.get(word, word) for word in shlex.split(command)]
    if words[0] in ("sudo", "mkdir", "cp"):
        return
    assert words[0] == "haproof"
    module = import_module(f"haproof.cli.{words[1]}")
    parser = Parser(prog=words[1])
    module.configure(parser)
    parser.parse_args(words[2:])


def commands(steps: Sequence[Step]) -> list[str]:
    return [command for step in steps for command in (*step.first, *step.commands, *step.watch)]


def test_every_command_is_one_that_the_program_takes(tmp_path: Path) -> None:
    broken = slices()
    fail(broken["VAL16"], "VAL16-04")
    unfinished = everything() | {"CALIBRATION": calibration(hours=20), "VAL18": soak(chain_intact=False)}
    for number, reports in enumerate(({}, broken, everything(), unfinished)):
        found = planned(tmp_path / f"a b'{number}", reports, "public")
        renewals = [command for row in found.requirements for command in row.renew]
        further = [command for one in found.further for command in one.commands]
        for command in [*commands(found.steps), *renewals, *further]:
            parsed(command)


def test_put_together_gives_a_directory_that_meets_what_was_planned_for(tmp_path: Path) -> None:
    """What the lab would have written is put where the commands write; then the last step is carried out."""
    directory = tmp_path / "it's mine"
    reports = everything()
    del reports["CALIBRATION"]
    del reports["RECOVERY"]
    fail(reports["VAL16"], "VAL16-04")
    found = planned(directory, reports, "ga")
    assert made(found) == [("VAL13", "VAL14", "VAL15", "VAL16", "VAL17"), ("CALIBRATION",), ("RECOVERY",)]
    good = everything()
    for step in found.steps[:-1]:
        words = shlex.split(step.commands[0])
        write(Path(words[words.index("--evidence") + 1]), {name: good[name] for name in step.kinds})
    *shell, judge = found.steps[-1].commands
    subprocess.run(["sh", "-ec", "\n".join(shell)], check=True)
    words = shlex.split(judge)
    assert words[:2] == ["haproof", "report"]
    assert words[3:] == ["--require", "ga"]
    again = assess(read_evidence(words[2]), NOON)
    assert again.proof.readiness["ga"].ready
    assert sorted(path.name for path in Path(words[2]).iterdir()) == sorted(
        kind.folder for kind in HOUSE.kinds if kind.id in good
    )


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ("run", "run-parts/slices"),
        ("a/run/", "a/run-parts/slices"),
        (".", "./../evidence-parts/slices"),
        ("..", "../../evidence-parts/slices"),
        ("-x", "./-x-parts/slices"),
    ],
)
def test_new_folders_lie_beside_the_directory_and_never_in_it(
    given: str, parts: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "one" / "two"
    (folder / given).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(folder)
    report = assess(read_evidence(given), NOON)
    (step, _) = plan(report, 0).steps
    words = shlex.split(step.commands[0])
    assert words[words.index("--evidence") + 1] == parts


def test_the_same_plan_at_any_place_of_the_calendar(tmp_path: Path) -> None:
    report = report_of(tmp_path, {}, datetime(9999, 12, 31, tzinfo=UTC))
    found = plan(report, wanted_level(report, "ga"))
    assert found.earliest is None
    late = calibration(at="9999-12-30T00:00:00Z")
    row = report_of(tmp_path, {"CALIBRATION": late}, datetime(9999, 12, 31, tzinfo=UTC))
    assert row.proof.readiness["ga"].requirements[2].detail == "CALIBRATION PASS"


def test_expected_times_are_those_of_the_lab() -> None:
    from haproof.lab import expected
    from haproof.lab.recovery import outside
    from haproof.lab.scenario import TRIALS
    from haproof.lab.scenario import Options as LabOptions
    from haproof.lab.systems.built_in import MAKERS
    from haproof.lab.trials.plan import Request, chosen, seconds

    lab = expected.plan(expected.SECONDS, LabOptions("default", TRIALS["default"], 0))
    for name, takes in lab.items():
        kind = HOUSE.kind(name)
        assert kind is not None
        assert kind.made is not None
        assert kind.made.seconds == takes
    of_cluster, of_recovery = (kind.made for kind in HOUSE.kinds if kind.id in ("CLUSTER", "RECOVERY"))
    assert of_cluster is not None
    assert of_recovery is not None
    assert of_recovery.seconds == outside.SECONDS
    names = {target: name for name, target in of_cluster.way.targets}
    assert set(names) == set(MAKERS)
    for target, name in names.items():
        wish = Request(system=target, mode="sync", faults=chosen("full", None, None))
        assert of_cluster.takes(name) == seconds(wish)


def test_a_plan_is_data(tmp_path: Path) -> None:
    from haproof.render.plan import render

    found = planned(tmp_path, slices())
    tree = json.loads(render(found, "json", 100))
    assert tree["schema_version"] == "1.0"
    assert tree["steps"][0]["seconds"] == 30 * DAY
    assert [row["id"] for row in tree["requirements"]][-1] == "GA-3"
    assert timedelta(seconds=tree["seconds"]) == timedelta(days=30)
