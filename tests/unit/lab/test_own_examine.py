"""What stands in the way of putting somebody's own cluster under test, and how it is said."""

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("psycopg")

from haproof.cli import main
from haproof.errors import UsageError
from haproof.lab.own import examine
from haproof.lab.own.examine import Server
from own_file import COMMANDS, LEAST, loaded, written

FIRST = Server("pg1", "haproof_test", "haproof", "16.4", 160_004, False, "7", "1 10.0.0.11", True, True, "")
SECOND = replace(FIRST, member="pg2", in_recovery=True, incarnation="2 10.0.0.12")


def reasons(folder: Path, *servers: Server) -> list[str]:
    target = loaded(folder)
    asked = (examine._strange, examine._no_rights, examine._no_primary)
    return [reason for ask in asked for reason in ask(target, servers)]


def test_a_healthy_pair_is_refused_nothing(tmp_path: Path) -> None:
    assert reasons(tmp_path, FIRST, SECOND) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"in_recovery": True}, "the connection string reaches standbys only (pg1, pg2)"),
        ({"reads_all": False}, "cannot see the replication of pg1: grant pg_monitor to haproof"),
        ({"may_create": False}, "must not make a schema in the database haproof_test: grant create on"),
        ({"database": "prod"}, "pg1 connects to the database 'prod', not to 'haproof_test'"),
        ({"version_number": 130_002, "version": "13.2"}, "pg1 is PostgreSQL 13.2: the lab needs 14"),
        ({"system_identifier": "8"}, "are of two clusters"),
        ({"incarnation": "2 10.0.0.12"}, "pg1 and pg2 are the same server"),
    ],
)
def test_each_obstacle_is_one_sentence(tmp_path: Path, changed: dict[str, object], words: str) -> None:
    said = reasons(tmp_path, replace(FIRST, **changed), SECOND)  # type: ignore[arg-type]
    assert any(words in reason for reason in said)


def test_two_primaries_are_refused(tmp_path: Path) -> None:
    said = reasons(tmp_path, FIRST, replace(SECOND, in_recovery=False))
    assert said == ["pg1 and pg2 both take writes: the lab begins with one primary only"]


@pytest.mark.parametrize(
    ("mode", "names", "words"),
    [
        ("sync", "", "give --mode async"),
        ("async", "*", "give --mode sync"),
        ("sync", "*", None),
        ("async", "", None),
    ],
)
def test_the_mode_that_is_asked_for_is_the_clusters(
    tmp_path: Path, mode: str, names: str, words: str | None
) -> None:
    target, primary = loaded(tmp_path), replace(FIRST, synchronous_standby_names=names)
    if words is None:
        examine._mode(target, primary, mode)
        return
    with pytest.raises(UsageError, match=words):
        examine._mode(target, primary, mode)


def test_the_schema_of_another_lab_is_told_from_one_that_was_left(tmp_path: Path) -> None:
    target = loaded(tmp_path, (LEAST + COMMANDS).replace("user=haproof", "user=haproof password=hunter2"))
    running = examine.occupied(target, target.members[0], "haproof", 3)
    assert running.endswith("3 session(s) of a lab are open: another lab is at work on this cluster")
    left = examine.occupied(target, target.members[0], "haproof", 0)
    assert left.endswith("-c 'drop schema haproof_lab cascade'")
    assert "hunter2" not in left


def test_a_member_that_does_not_answer_is_named(tmp_path: Path) -> None:
    target = loaded(tmp_path, (LEAST + COMMANDS).replace("10.0.0.11", "127.0.0.1").replace("{port}", "1"))
    with pytest.raises(UsageError, match=r"pg1 \(127\.0\.0\.1:1\) cannot be asked: "):
        examine._server(target, target.members[0])


Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            [],
            "members of the running cluster 'three of mine', and it is not named: give --break",
        ),
        (["--break", "another"], "--break 'another' is not its name"),
        (
            ["--break", "three of mine", "--members", "3"],
            "--members is for the clusters that the lab brings up",
        ),
        (["--dry-run", "--slices", "RECOVERY"], "of your own cluster CLUSTER is measured"),
        (["--dry-run", "--faults", "disk-full"], "none of these faults can be tried (disk-full: "),
        (["--dry-run", "--faults", "disk-ful"], "there is no fault 'disk-ful'"),
    ],
)
def test_the_command_line_is_refused_before_anything_is_touched(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, options: list[str], words: str
) -> None:
    monkeypatch.setattr(examine, "examine", lambda *given: pytest.fail("the cluster was asked"))
    monkeypatch.chdir(tmp_path)
    path = written(tmp_path, LEAST + COMMANDS)
    assert main(["lab", "run", "--target", str(path), *options]) == 2
    assert words in capsys.readouterr().err
    assert sorted(one.name for one in tmp_path.iterdir()) == ["own.toml"]


@pytest.mark.parametrize("target", [["--target", "patroni"], []])
@pytest.mark.parametrize("option", [["--break", "x"], ["--dry-run"]])
def test_its_options_are_for_a_running_cluster_alone(
    capsys: Capture, target: list[str], option: list[str]
) -> None:
    assert main(["lab", "run", *target, *option]) == 2
    assert f"{option[0]} is for your own running cluster" in capsys.readouterr().err


def test_a_dry_run_shows_the_plan_and_asks_nobody(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = written(tmp_path, LEAST + COMMANDS)
    assert main(["lab", "run", "--target", str(path), "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "writes: only into the schema haproof_lab of the database haproof_test, removed at the end" in out
    assert "host-kill-1: about 45 s, expected: fails over; on the primary, if that is pg1: sh -c" in out
    assert "  undone by: true\n" in out
    assert "not tried: cut-full: the target file gives no command cut\n" in out
    assert "not tried: switchover, postmaster-kill, postmaster-hang, " in out
    assert out.splitlines()[-1].startswith("dry run: nothing was done; the cluster was not asked")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["own.toml"]
