"""The verb `lab`: what it refuses, where evidence goes, how a run ends."""

from pathlib import Path
from typing import NoReturn

import pytest

from haproof.cli import lab, lab_cluster, main, measuring
from haproof.cli.evidence_folder import evidence_folder
from haproof.core.kind import Kind
from haproof.errors import LabError, UsageError
from haproof.kinds import failover, quorum_loss
from haproof.lab.run import Ended, Status
from haproof.lab.slice_report import make_folder
from haproof.lab.systems.patroni_times import DEFAULT, SMALLEST
from haproof.lab.trials.plan import Request, seconds

SIGNED = Path(__file__).parents[2] / "kept" / "1.0" / "signed-run"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "ACTION"),
        (["walk"], "walk"),
        (["run", "--trials", "0"], "whole number from 1 to 1000"),
        (["run", "--trials", "١"], "whole number"),
        (["run", "--seed", "-1"], "seed"),
        (["run", "--profile", "slow"], "profile"),
        (["run", "--slices", "VAL13,VAL99"], "there is no slice 'VAL99'; known are VAL13"),
        (["run", "--slices", "val18"], "VAL18 is not made by this run but by 'haproof soak setup'"),
        (["run", "--slices", "CLUSTER"], "CLUSTER is not made by this run but with --target patroni"),
        (["run", "--slices", ""], "there is no slice ''"),
        (["run", "--target", "/absent.toml"], "target file /absent.toml is not there: name a TOML file"),
        (["run", "--pg-bin", "/absent"], "--pg-bin: /absent has no initdb"),
    ],
)
def test_refused_before_anything_starts(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["lab", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert len(err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_lab_that_cannot_begin_leaves_no_empty_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing_runs(*arguments: object) -> NoReturn:
        raise LabError("PostgreSQL cannot be run here")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("haproof.lab.ground.prepared", nothing_runs)
    assert main(["lab", "run"]) == LabError.exit_status
    assert "PostgreSQL cannot be run here" in capsys.readouterr().err
    assert list((tmp_path / "evidence").iterdir()) == []


def test_slices_are_chosen_by_name_in_their_own_order() -> None:
    chosen = lab._chosen("val13 , VAL13")
    assert [scenario.slice.id for scenario in chosen] == ["VAL13"]


def test_default_evidence_folder_never_overwrites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folders = [evidence_folder(None, False, ["VAL13"]) for _ in range(3)]
    first = folders[0].name
    assert first.startswith("cli-audit-lab-20")
    assert [folder.name for folder in folders] == [first, f"{first}-2", f"{first}-3"]
    assert all(folder.is_dir() for folder in folders)


def test_given_evidence_folder_must_be_new_or_empty(tmp_path: Path) -> None:
    assert evidence_folder(str(tmp_path / "a" / "b"), False, ["VAL13"]).is_dir()
    (tmp_path / "a" / "b" / "old").touch()
    with pytest.raises(UsageError, match="not empty"):
        evidence_folder(str(tmp_path / "a" / "b"), False, ["VAL13"])
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="name a new or empty folder"):
        evidence_folder(str(tmp_path / "file"), False, ["VAL13"])


def test_evidence_is_added_to_a_folder_that_does_not_have_it(tmp_path: Path) -> None:
    (tmp_path / "val13").mkdir()
    (tmp_path / "val26").mkdir()
    assert evidence_folder(str(tmp_path), True, ["CLUSTER", "RECOVERY"]) == tmp_path
    with pytest.raises(UsageError, match="has VAL13 already, and evidence is never overwritten"):
        evidence_folder(str(tmp_path), True, ["CLUSTER", "VAL13"])
    (tmp_path / "cluster").symlink_to("nowhere")
    with pytest.raises(UsageError, match="has CLUSTER already"):
        evidence_folder(str(tmp_path), True, ["CLUSTER"])


def test_nothing_is_added_under_a_signature_or_where_nothing_is(tmp_path: Path) -> None:
    for given, words in (
        (None, "name the folder that is added to with --evidence"),
        (str(tmp_path / "absent"), "is not there: without --add a new one is made"),
        (str(SIGNED), "its signature would no longer hold"),
    ):
        with pytest.raises(UsageError, match=words):
            evidence_folder(given, True, ["CLUSTER"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("there", "nodes", "clusters"),
    [
        (["val13"], ["VAL14", "VAL15", "VAL16", "VAL17", "PITR"], ["CLUSTER", "RECOVERY"]),
        (["cluster", "pitr"], ["VAL13", "VAL14", "VAL15", "VAL16", "VAL17"], ["RECOVERY"]),
        (["cluster", "recovery"], ["VAL13", "VAL14", "VAL15", "VAL16", "VAL17", "PITR"], []),
        (["val13", "val14", "val15", "val16", "val17", "pitr"], [], ["CLUSTER", "RECOVERY"]),
    ],
)
def test_what_is_there_already_is_left_out(
    there: list[str], nodes: list[str], clusters: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in there:
        (tmp_path / folder).mkdir()
    parts = planned(monkeypatch, "--all", "--add", "--evidence", str(tmp_path))
    assert [list(part.expected) for part in parts] == [names for names in (nodes, clusters) if names]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--slices", "VAL13,VAL14"], "has VAL13 already"),
        (["--target", "patroni", "--slices", "CLUSTER"], "has CLUSTER already"),
    ],
)
def test_what_was_asked_for_by_name_must_not_be_there(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("val13", "cluster"):
        (tmp_path / folder).mkdir()
    assert main(["lab", "run", "--add", "--evidence", str(tmp_path), *arguments]) == 2
    assert words in capsys.readouterr().err


def test_a_folder_that_has_everything_and_a_part_of_a_run_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(13, 18):
        (tmp_path / f"val{number}").mkdir()
        (tmp_path / f"val{number}" / f"val{number}-report.json").write_text("{}")
    assert main(["lab", "run", "--add", "--evidence", str(tmp_path)]) == 2
    assert "has VAL13, VAL14, VAL15, VAL16, VAL17 already" in capsys.readouterr().err
    with pytest.raises(UsageError, match="is only a part of the run"):
        evidence_folder(str(tmp_path / "val13"), True, ["CLUSTER"])
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is no folder"):
        evidence_folder(str(tmp_path / "file"), True, ["CLUSTER"])


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    make_folder(tmp_path / "val13")
    with pytest.raises(UsageError, match="was made by another run meanwhile"):
        make_folder(tmp_path / "val13")


def planned(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> list[measuring.Part]:
    """What such a run is going to do."""
    found: list[measuring.Part] = []

    def kept(args: object, *parts: measuring.Part) -> int:
        found.extend(parts)
        return 0

    monkeypatch.setattr(measuring, "measured", kept)
    assert main(["lab", "run", *arguments]) == 0
    return found


@pytest.mark.parametrize(
    ("arguments", "faults"),
    [
        ([], "faults: manager-term, host-kill, cut-full, manager-kill"),
        (["--profile", "default"], "faults: manager-term, host-kill, host-hang, cut-full, manager-kill"),
        (["--trials", "3"], "faults: manager-term, host-kill, cut-full, manager-kill"),
        (["--faults", "dcs-loss"], "faults: dcs-loss"),
    ],
)
def test_all_is_everything_that_the_lab_measures(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], faults: str
) -> None:
    nodes, cluster = planned(monkeypatch, "--all", *arguments)
    assert list(nodes.expected) == ["VAL13", "VAL14", "VAL15", "VAL16", "VAL17", "PITR"]
    assert nodes.opening[0].startswith("haproof reference node")
    assert list(cluster.expected) == ["CLUSTER", "RECOVERY"]
    assert cluster.opening[0].startswith("patroni, 3 members, mode sync")
    assert cluster.opening[1] == faults


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--all", "--target", "patroni"], "--all measures everything that the lab can by itself"),
        (["--all", "--slices", "PITR"], "leave out --slices"),
        (["--all", "--break", "mine"], "--break is for your own running cluster"),
        (["--target", ""], "--target is empty: name a system or its file, or leave it out"),
        (["--target", "patroni", "--nodes", " "], "--nodes is empty: name a target file"),
        (["--pg-bin", ""], "--pg-bin is empty: name the folder of the PostgreSQL programs"),
        (["--evidence", ""], "--evidence is empty: name a folder"),
        (["--nodes", "x.toml"], "--nodes is for a PostgreSQL HA cluster"),
        (["--target", "patroni", "--profile", "quick", "--nodes", "x"], "add --slices RECOVERY"),
        (["--target", "patroni", "--nodes", "/absent.toml"], "target file /absent.toml is not there"),
        (["--settings", "default"], "--settings is for a PostgreSQL HA cluster"),
        (["--target", "repmgr", "--settings", "smallest"], "--settings is about Patroni's times"),
        (["--target", "patroni", "--settings", "big"], "is not one of smallest, default"),
        (
            ["--target", "patroni", "--set", "ttl=soon"],
            "from 20 to 3600, such as ttl=30",
        ),
        (["--target", "patroni", "--set", "ttl=true"], "must be a whole number of seconds"),
        (["--target", "patroni", "--set", "ttl=19"], "from 20 to 3600"),
        (["--target", "patroni", "--set", "ttl=-100"], "from 20 to 3600"),
        (["--target", "patroni", "--set", "loop_wait=0"], "from 1 to 3600"),
        (["--target", "patroni", "--set", "TTL=60"], "'TTL' is no setting that can be given"),
        (["--target", "patroni", "--set", "failsafe_mod=true"], "did you mean 'failsafe_mode'"),
        (["--target", "patroni", "--set", "failsafe_mode=null"], "must be one value"),
        (["--target", "patroni", "--set", 'postgresql={"use_slots":false}'], "no setting that can be given"),
        (["--target", "patroni", "--slices", "RECOVERY", "--trials", "3"], "are about CLUSTER"),
        (["--target", "patroni", "--slices", "RECOVERY", "--faults", "cut-full"], "are about CLUSTER"),
        (["--evidence", "", "--add"], "--evidence is empty: name a folder"),
    ],
)
def test_what_does_not_go_together(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["lab", "run", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "held_s"),
    [({}, 45), (DEFAULT, 71), ({"ttl": 60}, 85), ({"ttl": 20}, 45), ({"failsafe_mode": True}, 45)],
)
def test_a_fault_is_held_until_these_settings_have_answered_it(
    settings: dict[str, object], held_s: float
) -> None:
    wish = Request("patroni", settings=dict(settings))
    assert wish.hold_s == held_s
    assert (seconds(wish) > seconds(Request("patroni"))) == (held_s > 45)
    assert Request("patroni", settings=dict(settings), held_s=30).hold_s == 30
    assert Request("repmgr", settings=dict(settings)).hold_s == 45
    assert wish.late_s == {**SMALLEST, **settings}["ttl"]


def test_why_a_fault_is_left_out() -> None:
    left = Request("patroni", profile="quick", faults=("manager-term",)).left_out
    assert "manager-term" not in left
    assert left["host-kill"] == "not asked for (--faults)"
    assert left["dcs-loss"] == "not asked for (profile quick)"


def test_an_own_cluster_of_any_name_is_held_as_its_file_says() -> None:
    for name in ("patroni", "ours"):
        wish = Request(name, held_s=60, at_most_s=3_600)
        assert (wish.hold_s, wish.late_s, wish.slower_s) == (60, 3_540, 0)
    assert (Request("repmgr").late_s, Request("pg_auto_failover").late_s) == (0, 30)


def test_later_settings_win_over_earlier_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lab_cluster._settings("patroni", "default", ["ttl=40", "failsafe_mode=true"]) == {
        **DEFAULT,
        "ttl": 40,
        "failsafe_mode": True,
    }
    assert lab_cluster._settings("patroni", "smallest", []) == {}


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("PASS", "PASS"), 0),
        (("PASS", "FAIL"), 1),
        (("NOT RUN", "PASS"), 3),
        (("NOT RUN", "FAIL"), 1),
    ],
)
def test_exit_status(statuses: tuple[Status, Status], expected: int) -> None:
    slices: tuple[Kind, ...] = (failover.KIND, quorum_loss.KIND)
    outcomes = [Ended(slice_, status, "") for slice_, status in zip(slices, statuses, strict=True)]
    assert measuring.status(outcomes) == expected
