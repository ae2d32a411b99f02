"""Every id, figure and term has its words, and they say what is judged."""

import re

import pytest

from haproof.cli import main
from haproof.core.described import listed, metrics
from haproof.core.kind import Kind
from haproof.core.shape import run_risks
from haproof.explain import Explanation, catalogue, explain, near
from haproof.kinds import HOUSE, KINDS, cluster, recovery
from haproof.kinds.gaps import GAPS
from haproof.kinds.matrix import MATRIX

CATALOGUE = catalogue(HOUSE)
IDS = [entry.id for entry in CATALOGUE]


def test_everything_that_a_report_names_is_explained() -> None:
    wanted = [check.id for check in MATRIX] + [gap.id for gap in GAPS]
    wanted += [check.id for kind in KINDS for check in kind.checks] + [kind.id for kind in KINDS]
    wanted += [one.id for level in HOUSE.levels for one in level.requirements]
    wanted += [
        "DP-1",
        "DP-6",
        "RUN-1",
        "RUN-12",
        "RUN-MISSING-VAL14",
        "run-contradiction-val13-04",
        "RUN-SINGLE",
        "VAL26",
        "window",
        "thresholds",
        "strength",
    ]
    assert [name for name in wanted if len(explain(name, HOUSE)) != 1] == []


def test_every_risk_that_a_run_may_add_is_explained() -> None:
    assert [name for name in run_risks(HOUSE) if len(explain(name, HOUSE)) != 1] == []
    assert explain("RUN-WINDOW-VAL13", HOUSE) == (), "the window is of no kind"


def test_a_check_of_the_matrix_refers_to_what_its_criterion_names() -> None:
    for check in MATRIX:
        assert all(explain(name, HOUSE) for name in check.see), check.id
        named = {name for name in check.see if name[0] == "V"}
        assert all(name.partition("-")[0] in check.criterion for name in named), check.id


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_every_figure_of_the_types_is_explained_and_no_other(kind: object) -> None:
    for name, figure in metrics(kind.record).items():  # type: ignore[attr-defined]
        assert figure.about.meaning.endswith("."), name


@pytest.mark.parametrize("entry", CATALOGUE, ids=[f"{e.group[:5]}-{e.id}" for e in CATALOGUE])
def test_every_explanation_is_whole(entry: object) -> None:
    parts = dict(entry.parts())  # type: ignore[attr-defined]
    assert entry.meaning.endswith(".")  # type: ignore[attr-defined]
    assert {"Why it matters"} <= set(parts)
    for label, words in parts.items():
        first = words.partition(" ")[0]
        assert label == "Criterion" or words[0].isupper() or "_" in first or not first.isalpha()
        assert "unknown" not in words.replace("of unknown outcome", "")
        assert "  " not in words
        assert "\n" not in words
    if "Gap" not in entry.group and "gap" not in entry.group:  # type: ignore[attr-defined]
        assert "What it does not prove" in parts
    for name in entry.see:  # type: ignore[attr-defined]
        assert explain(name, HOUSE), name


def test_a_criterion_is_the_rule_that_is_judged() -> None:
    def said(name: str) -> str:
        return explain(name, HOUSE)[0].criterion

    assert said("VAL13-03") == (
        "sigterm_failover_ms <= 5,000; where given: every sigterm_trials_ms <= 5,000; "
        "every sigterm_accepting_trials_ms <= 5,000"
    )
    assert said("VAL13-10").endswith(
        "final_healthy = true; unprovoked_changes = 0, where given (as reported where these are not given)"
    )
    assert said("VAL15-06") == "row_counts_match = true; payload_match = true"
    assert said("VAL14-01") == (
        "baseline_state = streaming; baseline_gap_bytes = 0 (as reported where these are not given)"
    )
    assert said("hung_leader_failover_ms") == "hung_leader_failover_ms <= lock_bound_ms + 1,000"
    assert said("data_loss_rows") == "data_loss_rows = 0"
    assert said("write_gap_ms") == "None: the figure is for information."
    assert explain("VAL26-09", HOUSE)[0].see == ("VAL17-02", "VAL17-03", "VAL17-04")


def of_cluster(name: str) -> Explanation:
    """A figure of CLUSTER."""
    found = (
        entry for entry in explain(name, HOUSE) if entry.group == "CLUSTER PostgreSQL HA Cluster: figures"
    )
    return next(found)


def test_a_figure_names_every_check_that_looks_at_it_and_what_each_asks() -> None:
    """Also those whose rule is not asked of a trial without figures: their criterion says so."""
    overlap = of_cluster("overlap_ms")
    assert overlap.see == ("CLUSTER-07", "CLUSTER-02")
    assert overlap.criterion == "overlap_ms = 0 where it is measured"
    assert "pauses inside it count" in overlap.meaning
    assert "without a fault" not in overlap.how
    assert "overlap_ms" in explain("CLUSTER-07", HOUSE)[0].see
    gap = of_cluster("connect_gap_ms")
    assert gap.see == ("CLUSTER-03", "CLUSTER-04", "CLUSTER-05", "CLUSTER-06")
    assert "<= 10,000 unless it stays and refuses (CLUSTER-03)" in gap.criterion
    assert "<= 60,000 unless it stays and refuses (CLUSTER-04, CLUSTER-05, CLUSTER-06)" in gap.criterion
    assert "switchover" not in of_cluster("write_gap_ms").how
    assert "mode sync: lost = 0" in of_cluster("lost").criterion
    assert of_cluster("rejoin").see == ("CLUSTER-11",)


@pytest.mark.parametrize("kind", [cluster.KIND, recovery.KIND], ids=lambda kind: kind.id)
def test_every_key_of_a_trial_is_explained(kind: Kind) -> None:
    for name in listed(kind.record):
        titles = [entry.title for entry in explain(name, HOUSE) if entry.measured]
        assert any(title.startswith(f"{kind.id} figure") for title in titles), name


def test_a_word_of_a_table_does_not_hide_a_figure_of_its_name() -> None:
    assert [entry.id for entry in explain("rows_lost", HOUSE)] == ["rows_lost", "lost", "lost"]
    assert [entry.title for entry in explain("refused", HOUSE)] == [
        "CLUSTER figure, count",
        "Return: refused",
    ]
    assert [entry.title for entry in explain("CLUSTER", HOUSE)] == ["PostgreSQL HA Cluster"]


@pytest.mark.parametrize("word", ["slice", "claim", "recount", "kind", "trial"])
def test_the_program_s_own_words_are_terms(word: str) -> None:
    (entry,) = explain(word, HOUSE)
    assert entry.group == "Terms"


@pytest.mark.parametrize(
    "name", ["VAL26-09", "val26-09", "DESIGN_PARTNER", "HA design partner ready", " dp-2 "]
)
def test_an_id_is_found_however_it_is_written(name: str) -> None:
    assert len(explain(name, HOUSE)) == 1


def test_a_figure_of_two_slices_is_explained_twice() -> None:
    assert [entry.title for entry in explain("recovery_ms", HOUSE)] == [
        "VAL16 figure, ms",
        "VAL17 figure, ms",
    ]


def test_the_command_explains(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "VAL15-06"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("VAL15-06  row counts and payload spot values equal the pre-backup state\n")
    for label in ("Why it matters", "Criterion", "How it is measured", "What it does not prove", "See also"):
        assert f"\n  {label}" in shown
    assert all(len(line) <= 100 for line in shown.splitlines())


def test_the_command_lists_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    shown = capsys.readouterr().out
    assert re.findall(r"^  (\S+)  ", shown, re.MULTILINE) == IDS
    assert all(len(line) <= 100 for line in shown.splitlines())


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("VAL26-11", "VAL26-10"),
        ("sigterm_failover", "sigterm_failover_ms"),
        ("DP-9", "DP-"),
        ("desing-partner", "design"),
    ],
)
def test_an_unknown_id_names_the_nearest(
    asked: str, nearest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", asked]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"did you mean '{nearest}" in captured.err
    assert captured.err.count("\n") == 1


def test_an_id_like_nothing_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert near("\x1b[2Jqqqq", HOUSE) == ()
    assert main(["explain", "\x1b[2Jqqqq"]) == 2
    assert "\x1b" not in capsys.readouterr().err
