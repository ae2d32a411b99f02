"""VAL16's journal: the last answer of each phase, the first of the risk that is waited for, the epochs."""

import json
from typing import Any

import pytest

from haproof.core.histories.codec import Malformed
from haproof.core.histories.risks import of_split_brain


def asked(phase: str, risk: str | None, *epochs: int | None, leads: bool = True, **keys: Any) -> bytes:
    line = {
        "what": "risk asked",
        "phase": phase,
        "leads": leads,
        "risk": risk,
        "epochs": list(epochs),
        **keys,
    }
    return json.dumps(line).encode() + b"\n"


def after(*epochs: int | None) -> bytes:
    return json.dumps({"what": "epochs after the recovery", "epochs": list(epochs)}).encode() + b"\n"


WHOLE = [
    asked("baseline", None, 7, leads=False),
    asked("baseline", "none", 7),
    asked("divergence", "none", 7, after_ms=10.5),
    asked("divergence", "detected", 8, after_ms=60.5),
    asked("divergence", "detected", 8, after_ms=99),
    asked("repeated", "detected", 8),
    asked("repeated", "possible", 9, leads=False),
    asked("repeated", "detected", 8),
    asked("recovery", "detected", 20, after_ms=3),
    asked("recovery", "none", 10, after_ms=12),
    after(10, 11),
    asked("ghosts", "none", 10, after_ms=1),
    asked("ghosts", "possible", 110, after_ms=2),
    asked("ghosts cleared", "none", 10, after_ms=3),
    asked("final", "none", 10),
]
FIGURES: dict[str, Any] = {
    "baseline_risk": "none",
    "divergence_risk": "detected",
    "detection_ms": 60.5,
    "repeated_risks": ["detected", "detected"],
    "epoch_before_recovery": 9,
    "recovered_risk": "none",
    "recovery_ms": 12,
    "epoch_after_recovery": 10,
    "ghost_risk": "possible",
    "ghost_cleared_risk": "none",
    "final_risk": "none",
}


def test_every_figure_of_a_whole_slice() -> None:
    assert of_split_brain(WHOLE) == FIGURES


@pytest.mark.parametrize(
    ("phase", "gone"),
    [
        ("baseline", {"baseline_risk"}),
        ("divergence", {"divergence_risk", "detection_ms"}),
        ("repeated", {"repeated_risks"}),
        ("recovery", {"recovered_risk", "recovery_ms", "epoch_before_recovery"}),
        ("ghosts", {"ghost_risk"}),
        ("ghosts cleared", {"ghost_cleared_risk"}),
        ("final", {"final_risk"}),
    ],
)
def test_what_was_not_asked_gives_no_figure(phase: str, gone: set[str]) -> None:
    left = [line for line in WHOLE if f'"phase": "{phase}"'.encode() not in line]
    assert FIGURES.keys() - of_split_brain(left).keys() == gone


@pytest.mark.parametrize(
    ("second", "figure", "value"),
    [
        ([asked("divergence again", "none")], "divergence_risk", "none"),
        ([asked("divergence again", None)], "divergence_risk", None),
        (
            [asked("divergence again", "none"), asked("divergence again", "detected")],
            "divergence_risk",
            "detected",
        ),
        ([asked("recovery again", "detected")], "recovered_risk", "detected"),
        ([asked("recovery again", "detected"), asked("recovery again", "none")], "recovered_risk", "none"),
        ([asked("follower promoted", "none")], "divergence_risk", "detected"),
    ],
)
def test_what_a_second_divergence_comes_to_counts_as_well(
    second: list[bytes], figure: str, value: str | None
) -> None:
    assert of_split_brain([*WHOLE, *second]) == FIGURES | {figure: value}


def test_a_first_divergence_that_was_not_found_is_not_made_good_by_a_second() -> None:
    lines = [asked("divergence", "possible"), asked("divergence again", "none")]
    assert of_split_brain(lines)["divergence_risk"] == "possible"


def test_the_last_answer_of_a_phase_counts_and_the_first_of_the_risk() -> None:
    never = [asked("divergence", "none", after_ms=5), asked("divergence", None, after_ms=9)]
    assert of_split_brain(never) == {"divergence_risk": None, "detection_ms": None}
    again = [asked("recovery", "none", after_ms=5), asked("recovery", "detected", after_ms=9)]
    assert of_split_brain(again) == {
        "recovered_risk": "detected",
        "recovery_ms": 5,
        "epoch_before_recovery": None,
    }


@pytest.mark.parametrize(
    ("lines", "before"),
    [
        ([asked("baseline", "none", 3), asked("divergence", "none", 5), asked("repeated", "none", 4)], 5),
        ([asked("baseline", "none", 6, leads=False), asked("repeated", "none", 4)], 6),
        ([asked("baseline", "none", 3, None)], None),
        ([asked("ghosts", "none", 9), asked("final", "none", 9), asked("ghosts cleared", "none", 9)], None),
        ([], None),
    ],
)
def test_the_highest_epoch_before_the_recovery(lines: list[bytes], before: int | None) -> None:
    assert of_split_brain([*lines, asked("recovery", "none", 99)])["epoch_before_recovery"] == before


@pytest.mark.parametrize(("epochs", "lowest"), [((4, 3), 3), ((4,), 4), ((4, None), None), ((), None)])
def test_the_lowest_epoch_after_it(epochs: tuple[int | None, ...], lowest: int | None) -> None:
    assert of_split_brain([after(*epochs)]) == {"epoch_after_recovery": lowest}


def test_other_lines_have_other_keys() -> None:
    assert of_split_brain([b'{"what": "wait", "phase": 3, "epochs": "many"}\n']) == {}
    with pytest.raises(Malformed, match="line 1: "):
        of_split_brain([asked("baseline", "none").replace(b'"none"', b"3")])
