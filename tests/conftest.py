"""Fixtures of all tests."""

import os

import pytest
from hypothesis import HealthCheck, settings

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


@pytest.fixture
def broken(request: pytest.FixtureRequest) -> set[str]:
    """The checks that the test's bad system must fail (`bad_systems.breaks`)."""
    mark = request.node.get_closest_marker("breaks")
    assert mark is not None, "say which checks this bad system fails: @breaks(…)"
    return {*mark.args}
