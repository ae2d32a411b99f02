"""What every test of the lab is held to: nothing of it stays open."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

OPEN = Path("/proc/self/fd")
SPARE = 20
"""Handles that a module may leave: a library's, opened once in the life of the process."""


@pytest.fixture(scope="module", autouse=True)
def nothing_stays_open() -> Iterator[None]:
    """A module gives back its handles: what leaks in a test leaks in a lab that runs for a day."""
    if not OPEN.is_dir():
        yield
        return
    before = set(os.listdir(OPEN))
    yield
    gc.collect()
    left = [_named(handle) for handle in os.listdir(OPEN) if handle not in before]
    assert len(left) <= SPARE, f"{len(left)} handles are left open: {sorted(left)[:10]}"


def _named(handle: str) -> str:
    try:
        return os.readlink(OPEN / handle)
    except OSError:
        return "gone"
