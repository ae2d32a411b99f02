"""One answer is one reading of the node's state, however the state moves while the answer is made."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle, permutations
from pathlib import Path

import pytest

from haproof.node.api import Api
from haproof.node.arguments import Settings
from haproof.node.decide import Claim, Instant, Leadership, Limits, Rules, State
from haproof.node.log import Log
from haproof.node.requests import Answer, Refused, Request
from haproof.node.scribe import Scribe
from haproof.node.shared import Shared, View
from haproof.node.store import Store

T0 = datetime(2026, 1, 1, tzinfo=UTC)

ANSWERED = State(lost_reason=None, answered_once=True, leadership=Leadership(4, "n2", T0))
STATES = {
    "follower": ANSWERED,
    "leader": replace(
        ANSWERED,
        claim=Claim(5, T0),
        lock_held=True,
        lease_until=float("inf"),
        leadership=Leadership(5, "n1", T0),
    ),
    "fenced": replace(
        ANSWERED,
        claim=Claim(5, T0),
        lock_held=True,
        lease_until=float("inf"),
        leadership=Leadership(6, "n2", T0),
    ),
    "lost": replace(
        ANSWERED, lost_reason="connection refused", detected_loss_count=1, last_lost_at=T0 + timedelta(1)
    ),
    "starting": State(),
}
ORDERS = list(permutations(STATES, 3))


class Moving(Shared):
    """What the parts share, in a state that is another one each time that it is looked at.

    Without the threads' means (bell, lock), which no answer of a report needs.
    """

    def __init__(self, *names: str) -> None:
        self.settings = Settings(Limits("n1"), "127.0.0.1", 1, "", b"", Path("/"), 0.2, None)
        self.rules = Rules(self.settings.limits)
        self.store = Store(self.settings)
        self.scribe = Scribe(self.store, Log(None, "n1"))
        self._views: Iterator[View] = cycle(View(STATES[name], Instant(T0, 1.0)) for name in names)
        self.readings = 0

    def view(self) -> View:
        self.readings += 1
        return next(self._views)


def write(api: Api) -> Callable[[Request], Answer]:
    return lambda _: api.write_rollout(Request({"id": "r", "payload": "p"}))


def recover(api: Api) -> Callable[[Request], Answer]:
    body = {"strategy": "promote-leader", "operator": "o"}
    return lambda _: api.recover(Request(body, operator="o"))


REPORTS: dict[str, Callable[[Api], Callable[[Request], Answer]]] = {
    "status": lambda api: api.status,
    "read-ready": lambda api: api.read_ready,
    "write-ready": lambda api: api.write_ready,
    "leader": lambda api: api.leader_health,
    "quorum": lambda api: api.quorum_health,
}


def answer(shared: Shared, asked: Callable[[Api], Callable[[Request], Answer]]) -> object:
    """What is answered, refusals included."""
    try:
        return asked(Api(shared))(Request())
    except Refused as refused:
        return refused.status, refused.body


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_an_answer_is_that_of_one_state(name: str, order: tuple[str, ...]) -> None:
    moving = Moving(*order)
    assert answer(moving, REPORTS[name]) == answer(Moving(order[0]), REPORTS[name])
    assert moving.readings == 1


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_a_status_never_contradicts_itself(order: tuple[str, ...]) -> None:
    status, body = Api(Moving(*order)).status(Request())
    assert status == 200
    assert (body["role"] == "leader") <= bool(body["session_lock_held"])
    assert body["write_ready"] == body["can_accept_protected_writes"]
    assert bool(body["write_ready"]) <= (body["role"] == "leader" and not body["write_block_active"])
    assert (body["quorum_health"] == "lost") <= bool(body["write_block_active"])
    assert bool(body["write_block_active"]) == (body["quorum_loss_reason"] is not None)


@pytest.mark.parametrize("asked", [write, recover])
@pytest.mark.parametrize("next_state", ["leader", "fenced", "lost", "starting"])
def test_a_refusal_names_the_holder_of_the_state_that_refused(
    asked: Callable[[Api], Callable[[Request], Answer]], next_state: str
) -> None:
    refused = answer(Moving("follower", next_state), asked)
    assert refused == (421, {"error": "this node is not the leader", "holder_id": "n2"})
