"""Fixtures of all tests."""

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says something of the machine and of what else runs on it, nothing of the program.
settings.register_profile("haproof", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("haproof")


@pytest.fixture
def broken(request: pytest.FixtureRequest) -> set[str]:
    """The checks that the test's bad system must fail (`bad_systems.breaks`)."""
    mark = request.node.get_closest_marker("breaks")
    assert mark is not None, "say which checks this bad system fails: @breaks(…)"
    return {*mark.args}
