"""Fixtures of all tests."""

import pytest


@pytest.fixture
def broken(request: pytest.FixtureRequest) -> set[str]:
    """The checks that the test's bad system must fail (`bad_systems.breaks`)."""
    mark = request.node.get_closest_marker("breaks")
    assert mark is not None, "say which checks this bad system fails: @breaks(…)"
    return {*mark.args}
