"""What a lab says when it was its machine's fault: such a run tells of no node, and is made again.

It can hide no wrong node: a lab that says so has judged nothing, and the next run is held to everything.
"""

import itertools
import time
from collections.abc import Callable
from typing import Any, TypeVar

STARVED = ("the lab itself stood still for", "this machine was busy with other work")
"""How these reasons begin (`haproof.lab.shortage`); other shortages are no matter of what else runs."""

TIMES = 4
"""So often is a run made, at most."""

PAUSE_SECONDS = 5.0
"""Before the next one: what took the processors may be done by then."""

R = TypeVar("R")


def unless_starved(run: Callable[[int], R], report: Callable[[R], Any]) -> R:
    """What a run came to, made again where there was no processor for it.

    `run` is given the number of the attempt, from 1; `report` says where the slice's report is in its result.
    """
    for attempt in itertools.count(1):
        result = run(attempt)
        if attempt == TIMES or not starved(report(result).get("not_run")):
            break
        time.sleep(PAUSE_SECONDS)
    return result


def starved(reason: object) -> bool:
    """Whether a slice was not run for want of a processor; `reason` is its report's `not_run`."""
    return str(reason).startswith(STARVED)
