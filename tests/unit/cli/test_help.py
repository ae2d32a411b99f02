"""What --help says is what the program does."""

import argparse

import pytest

from haproof.cli import lab, main
from haproof.cli.overview import STATUSES
from haproof.cli.parser import Parser
from haproof.lab.faults.catalogue import FAULTS
from haproof.lab.trials.plan import PROFILES, chosen


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """A help text at 80 columns, its white space made single."""
    assert main([*arguments, "--help"]) == 0
    return " ".join(capsys.readouterr().out.split())


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("arguments", [("lab",), ("lab", "run")], ids=" ".join)
def test_the_lab_says_everything_that_it_measures(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    said = shown(capsys, *arguments)
    for name in ("VAL13-VAL17", "PITR", "CLUSTER", "RECOVERY", "own running cluster"):
        assert name in said.partition("Exit status")[0]


def test_a_profile_says_what_it_means_for_a_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    full = chosen("full", None, None)
    assert set(full) == set(FAULTS)
    said = shown(capsys, "lab", "run")
    assert (
        f"quick: {len(PROFILES['quick'])} of its faults, default: {len(chosen('default', None, None))}, once "
        f"each; full: all {len(FAULTS)} faults in {len(full)} trials"
    ) in said


def test_slices_say_what_can_be_named_of_which_target(capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(capsys, "lab", "run").partition("--slices ID[,ID] only")[2].partition("--trials")[0]
    of_nodes, _, rest = said.partition("Of a cluster:")
    of_clusters, _, of_own = rest.partition("Of your own:")
    assert "VAL13 to VAL17" in of_nodes
    assert "PITR" in of_nodes
    assert "CLUSTER, RECOVERY" in of_clusters
    assert of_own.strip() == "CLUSTER"


def test_options_of_your_own_cluster_are_a_group(capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(capsys, "lab", "run")
    group = said.partition("for your own running cluster: ")[2]
    assert group.startswith("--break NAME")
    assert "--dry-run" in group


def _run_parser() -> argparse.ArgumentParser:
    parser = Parser(prog="haproof lab")
    lab.configure(parser)
    (actions,) = (one for one in parser._actions if isinstance(one.choices, dict))
    assert isinstance(actions.choices, dict)
    found: argparse.ArgumentParser = actions.choices["run"]
    return found


def test_examples_are_lines_of_their_own_that_the_parser_takes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "run", "--help"]) == 0
    lines = capsys.readouterr().out.partition("examples:")[2].splitlines()
    commands = [line for line in lines if line.startswith("  haproof lab run ")]
    assert len(commands) == 3
    for command in commands:
        _run_parser().parse_args(command.split()[3:])


def test_appending_without_showing_still_adds_what_is_new_alone(capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(capsys, "history")
    assert "is not read" not in said
    assert "with --format none they are only added" in said


def test_every_verb_that_ends_with_3_is_in_the_table() -> None:
    for verb in ("soak", "calibrate"):
        assert f"{verb}: " in STATUSES["3"]


def test_a_soak_says_what_is_lost_without_a_way_to_fail_over(capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(capsys, "soak", "setup")
    assert "setup refuses unless --scheduled-failovers is 0" in said
    assert "the three failovers of Gate D do not happen" in said
