"""The hosts of a connection string, and which servers a node believes."""

import pytest

from haproof.node.arguments import BadArguments, parse
from haproof.node.database import Database
from haproof.node.hosts import Horizon, hosts


@pytest.mark.parametrize(
    ("dsn", "places"),
    [
        ("dbname=x", [("", 5432)]),
        ("host=10.0.0.1 port=6000 dbname=x", [("10.0.0.1", 6000)]),
        ("host=a,b,c port=6000", [("a", 6000), ("b", 6000), ("c", 6000)]),
        ("host=a,b port=1,2", [("a", 1), ("b", 2)]),
        ("host=a,b hostaddr=10.0.0.1,10.0.0.2 port=1,", [("10.0.0.1", 1), ("10.0.0.2", 5432)]),
        ("hostaddr=10.0.0.1,10.0.0.2", [("10.0.0.1", 5432), ("10.0.0.2", 5432)]),
        ("postgresql://u@a:1,b:2/x?target_session_attrs=read-write", [("a", 1), ("b", 2)]),
    ],
)
def test_each_host_of_a_connection_string(dsn: str, places: list[tuple[str, int]]) -> None:
    found = hosts(dsn)
    assert [(host.host, host.port) for host in found] == places
    assert all("," not in host.dsn for host in found)


def test_everything_else_of_a_connection_string_goes_with_each_host() -> None:
    (one, other) = hosts("host=a,b port=1,2 user=u target_session_attrs=read-write")
    assert sorted(one.dsn.split()) == ["host=a", "port=1", "target_session_attrs=read-write", "user=u"]
    assert sorted(other.dsn.split()) == ["host=b", "port=2", "target_session_attrs=read-write", "user=u"]


@pytest.mark.parametrize(
    ("dsn", "fault"),
    [
        ("host=a,b port=1,2,3", "has 2 hosts and 3 of port"),
        ("host=a,b hostaddr=10.0.0.1", "has 2 hosts and 1 of hostaddr"),
        ("host=a port=x", "has no port 'x'"),
    ],
)
def test_a_connection_string_that_is_none_is_named(dsn: str, fault: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=fault):
        hosts(dsn)
    arguments = [
        "--node-id",
        "n",
        "--listen",
        "127.0.0.1:1",
        "--token-file",
        "x",
        "--backup-dir",
        str(tmp_path),
    ]
    with pytest.raises(BadArguments, match=f"--dsn {fault}"):
        parse([*arguments, "--dsn", dsn])


def server(timeline: int | None, *, read_only: bool = False) -> Database:
    return Database("10.0.0.1", 5432, timeline, read_only)


def test_a_server_on_a_lower_timeline_than_was_seen_is_not_believed() -> None:
    horizon = Horizon()
    assert horizon.disbelief(server(1)) is None
    horizon.saw_timeline(3)
    horizon.saw_timeline(2)
    horizon.saw_timeline(None)
    assert horizon.disbelief(server(3)) is None
    assert horizon.disbelief(server(4)) is None
    assert horizon.disbelief(server(2)) == (
        "the server 10.0.0.1:5432 was superseded: it is on timeline 2, and timeline 3 has been seen"
    )


def test_a_server_that_takes_no_writes_is_not_believed() -> None:
    assert Horizon().disbelief(server(None, read_only=True)) == "the server 10.0.0.1:5432 is read-only"


def test_whoever_holds_a_session_is_told_of_a_higher_timeline() -> None:
    horizon, rung = Horizon(), []
    horizon.watch(lambda: rung.append("a"))
    horizon.watch(lambda: rung.append("b"))
    horizon.saw_timeline(1)  # the first: nobody holds a session on another
    assert rung == []
    horizon.saw_timeline(2)
    horizon.saw_timeline(2)
    assert rung == ["a", "b"]


def test_the_highest_epoch_is_kept() -> None:
    horizon = Horizon()
    for epoch in (2, 5, 3):
        horizon.saw_epoch(epoch)
    assert horizon.epoch == 5
