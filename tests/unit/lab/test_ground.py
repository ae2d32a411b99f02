"""What all slices of a run share is made once; where that failed, each slice is told the first reason."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from haproof.errors import LabError
from haproof.lab.ground import Ground
from haproof.lab.postgres import Server, template

NOTHING: Any = None


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    found = Ground(NOTHING, NOTHING, tmp_path, NOTHING)
    yield found
    found.ports.close()


def test_what_was_made_is_not_made_again(ground: Ground) -> None:
    made: list[str] = []

    def make() -> str:
        made.append("once")
        return made[-1]

    assert [ground.once("a thing", make), ground.once("a thing", make)] == ["once", "once"]
    assert made == ["once"]
    assert ground.once("another thing", make) == "once"
    assert len(made) == 2


@pytest.mark.parametrize("kind", [LabError, OSError])
def test_what_failed_is_not_tried_again_and_fails_for_the_same_reason(
    ground: Ground, kind: type[Exception]
) -> None:
    tries: list[int] = []

    def make() -> str:
        tries.append(1)
        raise kind(f"the disk is full, try {len(tries)}")

    for _ in range(3):
        with pytest.raises(kind, match=r"\Athe disk is full, try 1\Z"):
            ground.once("a thing", make)
    assert tries == [1]


def test_a_template_that_cannot_be_made_is_told_to_every_slice(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first try leaves half a folder, over which another one would stumble for a reason of its own."""
    calls: list[str] = []

    def fails(tool: str, *_: object, **__: object) -> str:
        calls.append(tool)
        raise LabError(f"{tool} failed with status 1: no space left on device")

    monkeypatch.setattr(ground, "tool", fails)
    monkeypatch.setattr(ground, "rung", cast(Any, type("Rung", (), {"give": lambda self, folder: None})()))
    monkeypatch.setattr(
        ground, "binaries", cast(Any, type("Binaries", (), {"version": (18, 4), "major": 18})())
    )
    said = []
    for number in range(3):
        with pytest.raises(LabError) as fault:
            Server.create(ground, tmp_path, f"postgres-{number}")
        said.append(str(fault.value))
    assert len(set(said)) == 1
    assert said[0] == "initdb failed with status 1: no space left on device"
    assert calls == ["initdb"]
    with pytest.raises(LabError, match="no space left on device"):
        template(ground)
