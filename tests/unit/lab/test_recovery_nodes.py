"""RECOVERY's nodes of any target: what their file must offer, what fills it, how their trails are read."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haproof.errors import NotRun, UsageError
from haproof.lab.client import Answer
from haproof.lab.progress import Silent
from haproof.lab.recovery.nodes import NEEDS, ControlPlane, merged, must_offer, words
from haproof.lab.recovery.outside import RecoveryRun
from haproof.lab.recovery.target import of_file
from haproof.lab.target import REFERENCE, OnCluster, Target, Timing
from haproof.lab.target_file import load_target
from haproof.lab.transport import Reply
from haproof.lab.trials.plan import Request

TARGET = load_target(REFERENCE)


def answer(body: Any) -> Answer:
    return Answer(Reply(200, body, None, 0.0, 0.0), {})


def event(second: int, name: str) -> Answer:
    return answer({"timestamp": f"2026-03-20T10:00:{second:02}Z", "event_name": name})


def without(need: str) -> Target:
    group, _, name = need.partition(".")
    if group == "api":
        return replace(TARGET, operations={**TARGET.operations, name: None})
    return replace(TARGET, **{group: replace(getattr(TARGET, group), **{name: None})})


def test_the_reference_node_offers_everything() -> None:
    must_offer(TARGET)


@pytest.mark.parametrize("need", NEEDS)
def test_what_a_target_lacks_is_said(need: str) -> None:
    with pytest.raises(NotRun, match=f"haproof reference node does not offer {need}$"):
        must_offer(without(need))


def bench(folder: Path, sync: bool = True) -> Any:
    hosts = {name: SimpleNamespace(address=f"10.0.0.{number}") for number, name in enumerate(NAMES, 11)}
    return SimpleNamespace(
        machines=SimpleNamespace(folder=folder),
        network=SimpleNamespace(hosts=hosts),
        system=SimpleNamespace(members=NAMES[:3], sync=sync),
    )


NAMES = ("pg1", "pg2", "pg3", "node1", "node2")


@pytest.mark.parametrize(("sync", "replicas"), [(True, "1"), (False, "0")])
def test_each_node_knows_its_own_host_and_every_member(tmp_path: Path, sync: bool, replicas: str) -> None:
    plane = ControlPlane(bench(tmp_path, sync), TARGET, "/pg/bin")
    first, second = (plane.names[name] for name in ("node1", "node2"))
    assert first["url"] == "http://10.0.0.14:8441"
    assert second["address"] == "10.0.0.15"
    assert first["dsn"] == second["dsn"]
    assert "host=10.0.0.11,10.0.0.12,10.0.0.13 " in first["dsn"]
    assert first["min_sync_replicas"] == replicas
    assert first["backup_dir"] == second["backup_dir"]
    assert first["dir"] != second["dir"]
    assert Path(first["token_file"]).read_text().strip() == second["token"]
    assert plane.lock_bound_ms == 1_000


def test_the_tables_of_a_target_are_made_once_and_the_role_is_there_that_they_name(tmp_path: Path) -> None:
    done: list[tuple[str, str]] = []
    here = bench(tmp_path)
    here.wait_healthy = lambda: SimpleNamespace(member="pg2")
    here.must = lambda member, statement: done.append((member, statement))
    ControlPlane(here, TARGET, "/pg/bin").prepare()
    assert done == []
    made = replace(TARGET, sql=replace(TARGET.sql, setup="create table probe (id text)"))
    ControlPlane(bench_again(here, tmp_path), made, "/pg/bin").prepare()
    assert done == [("pg2", "create role haproof_node"), ("pg2", "create table probe (id text)")]


def bench_again(here: Any, folder: Path) -> Any:
    again = folder / "again"
    again.mkdir()
    here.machines.folder = again
    return here


def test_a_trail_that_the_nodes_share_stays_in_its_order() -> None:
    trail = [event(3, "a"), event(1, "b"), event(2, "a")]
    assert merged([trail]) == trail
    assert merged([trail, trail]) == trail
    assert merged([trail, trail[:2]]) == trail


def test_trails_of_their_own_are_one_by_time() -> None:
    one, other = [event(1, "lost"), event(4, "elected")], [event(2, "lost"), event(3, "restored")]
    found = merged([one, other])
    assert [each.text("event_name") for each in found] == ["lost", "lost", "restored", "elected"]
    assert merged([one, [answer({"timestamp": "soon"})]]) == one


@given(st.lists(st.lists(st.integers(0, 59), max_size=6), min_size=1, max_size=2))
def test_no_event_is_lost_or_told_twice(trails: list[list[int]]) -> None:
    each = [[event(second, f"{number}") for second in set(trail)] for number, trail in enumerate(trails)]
    found = merged(each)

    def key(one: Answer) -> tuple[str | None, str | None]:
        return one.text("timestamp"), one.text("event_name")

    assert sorted(map(key, found)) == sorted(key(one) for trail in each for one in trail)


def test_what_the_nodes_said_is_a_sentence() -> None:
    said = {"node1": answer({"role": "leader", "holder_id": 7})}
    assert words(said) == ('node1: role "leader", holder_id 7, can_accept_protected_writes absent or null')
    assert words({}) == "no node answered"


BARE = """
name = "mine"
version = "1"
[node]
start = ["{python}", "-V"]
"""


def test_a_target_without_such_a_table_is_not_run_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(BARE)
    wish = Request("patroni", nodes=of_file(file))
    ended = RecoveryRun(wish, tmp_path, Silent()).run()
    assert ended.status == "NOT RUN"
    assert ended.words == (
        "NOT RUN (the target mine does not offer on_cluster.start, timing.lock_bound_ms, sql.protected_rows)"
    )


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('[on_cluster]\nstop = "x"', "on_cluster.stop"),
        ('[on_cluster]\nstart = ["{python}", "{addres}"]', "on_cluster.start"),
        ('[on_cluster]\nstart = ["/absent/program"]', "there is no program '/absent/program'"),
        ('[on_cluster]\nurl = "https://{address}"', "on_cluster.url: must begin with http://"),
        ('[on_cluster]\nurl = "http://{address}:x"', "must be a URL such as http://{address}:{port}"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(tmp_path: Path, table: str, words: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f"{BARE}\n{table}\n")
    with pytest.raises(UsageError) as refused:
        load_target(file)
    assert words in str(refused.value)


def test_its_defaults() -> None:
    assert OnCluster() == OnCluster(None, "http://{address}:{port}")
    assert Timing().lock_bound_ms is None


def test_the_words_of_statuses_are_cut() -> None:
    assert len(words({"node1": cast(Any, answer({"role": "x" * 5_000}))})) < 400
