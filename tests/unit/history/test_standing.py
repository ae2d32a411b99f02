"""Since when it is ready or not, in the first sentences of every format."""

import pytest

from haproof.core.standing import Since, standing
from haproof.render.history.wording import summary
from history_lines import Tree, as_history, not_ready, tree


def told(states: str) -> tuple[list[str], list[Tree]]:
    """Sentences for runs that are ready (`.`), failed (`x`) or without VAL13 (`?`)."""
    trees = [
        tree(n) if state == "." else not_ready(tree(n), "FAIL" if state == "x" else "MISSING")
        for n, state in enumerate(states)
    ]
    return summary(as_history(trees)), trees


READY = "HA DESIGN PARTNER READY"
NOT_READY = "NOT READY (VAL26-01, VAL26-10)"


@pytest.mark.parametrize(
    ("states", "opening", "latest", "further"),
    [
        (".", "1 of 1 run is", f"run 1 (2026-10-30): {READY}", []),
        ("..xx", "2 of 4 runs are", f"run 4 (2026-11-02): {NOT_READY}", [
            "Not ready since run 3 (2026-11-01): VAL13 FAIL.",
        ]),
        (".x..", "3 of 4 runs are", f"run 4 (2026-11-02): {READY}", [
            "First run that was not ready: run 2 (2026-10-31).",
            "Ready again since run 3 (2026-11-01).",
        ]),
        (".x.x?", "2 of 5 runs are", f"run 5 (2026-11-03): {NOT_READY}, inconclusive", [
            "Not ready since run 4 (2026-11-02): VAL13 MISSING since run 5 (2026-11-03).",
            "First run that was not ready: run 2 (2026-10-31).",
        ]),
        ("xx", "0 of 2 runs are", f"run 2 (2026-10-31): {NOT_READY}", [
            "Not ready since run 1 (2026-10-30): VAL13 FAIL.",
        ]),
    ],
)  # fmt: skip
def test_the_first_sentences(states: str, opening: str, latest: str, further: list[str]) -> None:
    first = f"{opening} ready for design partners; the latest is {latest}."
    assert told(states)[0] == [first, *further]


def test_a_run_without_evidence_is_inconclusive_and_one_that_fails_is_not() -> None:
    trees = [tree(0), not_ready(tree(1)), not_ready(tree(2), "MISSING")]
    for row in trees[2]["slices"]:
        row["status"] = "MISSING"
    runs = as_history(trees).runs
    assert [run.state for run in runs] == ["ready", "not ready", "inconclusive"]
    failing = standing(runs).failing
    assert failing[0] == Since("VAL13", "MISSING", 2)
    assert len(failing) == len(trees[2]["slices"])
