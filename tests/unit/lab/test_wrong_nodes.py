"""The campaign on wrong nodes counts what was found, what was missed, and what the machine spoiled."""

import json
from collections import Counter
from pathlib import Path

import pytest

from lab.bad_run import BAD_NODES, Result
from lab.test_bad_nodes import Case
from lab.wrong_nodes import FROM_OUTSIDE, chosen, counted, lacking, table, word

WRONG = Case("forgets", "VAL13", frozenset({4, 9}))


def result(status: str, *failed: int) -> Result:
    checks = [{"id": f"VAL13-{number:02}", "status": "FAIL"} for number in failed]
    return Result(status, {"checks": checks}, 1.0)


@pytest.mark.parametrize(
    ("ran", "expected"),
    [
        (result("FAIL", 4, 9), "found"),
        (result("FAIL", 2, 4, 9), "found"),
        (result("FAIL", 4), "found at another check"),
        (result("PASS"), "PASSED"),
        (result("NOT RUN"), "not run"),
    ],
)
def test_what_a_run_came_to(ran: Result, expected: str) -> None:
    assert word(WRONG, ran) == expected


def test_what_is_done_is_not_run_again_and_what_was_spoiled_is(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    assert counted(path) == {}
    words = ["found", "not run", "PASSED", "not run"]
    path.write_text("".join(json.dumps({"case": "VAL13 forgets", "word": one}) + "\n" for one in words))
    counts = counted(path)
    assert counts == {"VAL13 forgets": Counter({"found": 1, "not run": 2, "PASSED": 1})}
    assert lacking([WRONG], counts, 2) == []
    assert lacking([WRONG], counts, 3) == [WRONG]
    assert lacking([WRONG], {}, 1) == [WRONG]
    assert lacking([WRONG], {"VAL13 forgets": Counter({"not run": 3})}, 1) == [], "given up"
    assert table([WRONG], counts).splitlines()[-1] == "| VAL13 | `forgets` | 04, 09 | 1 | 2 | 1 | 0 |"


def test_the_kinds_that_once_passed_are_all_there() -> None:
    assert set(FROM_OUTSIDE) <= {path.stem for path in BAD_NODES.glob("*.py")}
    assert {one.script for one in chosen(["outside"])} == set(FROM_OUTSIDE)
    assert {one.slice_id for one in chosen(["VAL16"])} == {"VAL16"}
    with pytest.raises(SystemExit, match="no such slice or node: VAL99"):
        chosen(["VAL99"])
