"""Fixtures of all tests, and how those of labs and clusters are run."""

import os
import signal

import pytest
from hypothesis import HealthCheck, settings

from lab.starved import STARVED

# How long an example takes says something of the machine and of what else runs on it, nothing of the program.
# CI tries the same examples each time, so that a change is not blamed for what it did not touch; everybody
# else's run looks for new ones.
settings.register_profile(
    "haproof",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("HAPROOF_SAME_EXAMPLES")),
)
settings.load_profile("haproof")


# What a shell starts in the background has SIGINT ignored, and whoever is tested inherits it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

STARVED_RERUNS = 2
LAB_SECONDS = 400
"""What a test that runs labs or clusters is given: most of it is waiting, and other labs run beside it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What tests of labs and clusters are given more than others.

    Time, where they say nothing of it; and another run where the lab says that its machine had no processor
    for it, for such a lab has judged nothing.
    """
    for item in items:
        if not (item.get_closest_marker("lab") or item.get_closest_marker("cluster")):
            continue
        item.add_marker(pytest.mark.flaky(reruns=STARVED_RERUNS, only_rerun=[*STARVED]))
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(LAB_SECONDS))


@pytest.fixture
def broken(request: pytest.FixtureRequest) -> set[str]:
    """The checks that the test's bad system must fail (`bad_systems.breaks`)."""
    mark = request.node.get_closest_marker("breaks")
    assert mark is not None, "say which checks this bad system fails: @breaks(…)"
    return {*mark.args}
