"""VAL17: how readings are put together, and the slice on real nodes."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haproof.core.histories.codec import decode
from haproof.core.histories.losses import losses
from haproof.core.histories.operation import Operation
from haproof.core.histories.timing import trials
from haproof.core.instant import parse_instant
from haproof.lab.ground import Ground
from haproof.lab.readings import every, some
from haproof.lab.scenario import Stage
from haproof.lab.scenarios import quorum_loss
from haproof.lab.target import REFERENCE
from haproof.lab.target_file import load_target
from lab.in_process import Ran, run_slice, shared_ground

SCENARIO = quorum_loss.SCENARIO
READINGS = st.lists(st.sampled_from([True, False, None]), max_size=4)
RUBBISH = Path(__file__).with_name("rubbish_node.py")
SQL_ONLY = """
name = "reference node, rows written past it"
version = "1"
[node]
start = [
  "{python}", "-m", "haproof.node", "--node-id", "{node}", "--listen", "127.0.0.1:{port}", "--dsn", "{dsn}",
  "--token-file", "{token_file}", "--backup-dir", "{backup_dir}",
]
[api]
protected_write = false
[sql]
setup = "create table probe (id text primary key, payload text not null); grant all on probe to haproof_node"
write_row = "insert into probe (id, payload) values ({id}, {payload})"
"""


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with shared_ground() as found:
        yield found


@pytest.fixture(scope="module")
def ran(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run_slice(ground, tmp_path_factory.mktemp("val17"), SCENARIO, load_target(REFERENCE))


@given(READINGS)
def test_a_safety_holds_only_if_every_reading_says_so(readings: list[bool | None]) -> None:
    assert (every(readings) is True) == (bool(readings) and all(reading is True for reading in readings))
    assert (every(readings) is False) == (False in readings)
    assert (some(readings) is False) == (bool(readings) and all(reading is False for reading in readings))
    assert (some(readings) is True) == (True in readings)


@pytest.mark.lab
def test_reference_node_passes_every_check(ran: Ran) -> None:
    assert ran.words == "PASS (10/10 checks)"
    ran.assert_judged_again()


@pytest.mark.lab
def test_figures_are_of_this_run(ran: Ran) -> None:
    metrics, observations = ran.report["metrics"], ran.report["observations"]
    assert len(metrics["loss_detection_trials_ms"]) == len(metrics["recovery_trials_ms"]) == 2
    assert metrics["loss_detection_ms"] == max(metrics["loss_detection_trials_ms"])
    assert metrics["recovery_ms"] == max(metrics["recovery_trials_ms"])
    assert observations["loss_counts"] == [0, 1, 2, 3]  # the second without anybody asking
    assert metrics["loss_held_ms"] >= 5_000
    lost, restored = (parse_instant(observations[name]) for name in ("last_lost_at", "last_restored_at"))
    assert lost < restored


@pytest.mark.lab
def test_fields_are_read_at_the_node_that_led_while_postgresql_is_away(ran: Ran) -> None:
    lines = ran.journal()
    stops = [n for n, line in enumerate(lines) if line["what"] == "database.stop"]
    starts = [n for n, line in enumerate(lines) if line["what"] == "database.start"]
    assert len(stops) == len(starts) == 3
    watched = [(stop, start) for stop, start in zip(stops, starts, strict=True) if start - stop > 1]
    assert len(watched) == 2
    for stop, start in watched:
        leader = _leader_before(lines, stop)
        inside = {line["what"]: line for line in lines[stop:start] if line["kind"] == "saw"}
        assert inside["during the loss"]["node"] == inside["at the end of the loss"]["node"] == leader
        assert inside["write during the loss"]["outcome"] == "refused"
        assert inside["write during the loss"]["status"] == 503


def _leader_before(lines: list[dict[str, object]], stop: int) -> str:
    seen = [line for line in lines[:stop] if line["what"] in ("baseline", "after")][-1]
    answers = {name: seen[name] for name in ("node1", "node2")}
    (leader,) = [
        name
        for name, answer in answers.items()
        if isinstance(answer, dict) and answer["body"]["can_accept_protected_writes"]
    ]
    return leader


@pytest.mark.lab
def test_nobody_asks_during_the_silent_loss_nor_for_a_while_after_it(ran: Ran) -> None:
    operations = history(ran)
    (silent,) = trials(operations, "silent")
    assert silent.heal_ms is not None
    inside = [
        line.op
        for line in operations
        if line.op is not None and silent.at_ms < line.t_ms < silent.heal_ms + 500
    ]
    assert inside == []


@pytest.mark.lab
def test_every_node_is_polled_and_written_to_through_both_losses(ran: Ran) -> None:
    operations = history(ran)
    for loss in trials(operations, "loss"):
        assert loss.gone_ms is not None
        assert loss.heal_ms is not None
        inside = [line for line in operations if loss.gone_ms < line.t_ms < loss.heal_ms]
        asked = {(line.op, line.kind, line.node) for line in inside}
        for node in ("node1", "node2"):
            assert {("status", "ok", node), ("insert", "invoke", node), ("insert", "fail", node)} <= asked
        longest = max(b.t_ms - a.t_ms for a, b in pairwise(inside))
        assert longest < 1_000


@pytest.mark.lab
def test_the_figures_of_the_losses_follow_from_the_history(ran: Ran) -> None:
    figures, metrics = losses(history(ran)), ran.report["metrics"]
    assert figures.detected_ms == metrics["loss_detection_trials_ms"]
    assert figures.recovered_ms == metrics["recovery_trials_ms"]
    assert figures.held_ms == metrics["loss_held_ms"]
    assert figures.block_held is metrics["block_held"] is True
    assert len(figures.acknowledged) == metrics["writes_acknowledged_during_loss"] == 0
    assert figures.refused is metrics["protected_write_refused"] is True
    assert figures.table is not None
    assert len(figures.table.lost) == metrics["rows_lost"] == 0


def history(ran: Ran) -> list[Operation]:
    with open(ran.folder / "writes.jsonl", "rb") as lines:
        return decode(lines)


@pytest.mark.lab
def test_target_without_a_protected_write_is_written_to_by_sql(ground: Ground, tmp_path: Path) -> None:
    path = tmp_path / "target.toml"
    path.write_text(SQL_ONLY)
    ran = run_slice(ground, tmp_path, SCENARIO, load_target(path))
    assert ran.words == "PASS (10/10 checks)"
    assert "protected_write_refused" not in ran.report["metrics"]
    assert ran.report["observations"]["after_write_accepted"] is True


@pytest.mark.lab
def test_a_secret_that_a_node_tells_does_not_reach_the_report(ground: Ground, tmp_path: Path) -> None:
    password = ground.secrets.node_password

    def told(stage: Stage) -> None:
        stage.draft.metric("quorum_loss_reason", f"no login with {password}")

    ran = run_slice(ground, tmp_path, replace(SCENARIO, run=told), load_target(REFERENCE))
    assert ran.report["metrics"]["quorum_loss_reason"] == "no login with [redacted]"
    assert password not in (ran.folder / "val17-report.json").read_text()


@pytest.mark.lab
def test_rubbish_in_every_answer_is_a_fail_with_nulls(ground: Ground, tmp_path: Path) -> None:
    path = tmp_path / "target.toml"
    path.write_text(
        'name = "rubbish"\nversion = "1"\n[timing]\nstart_deadline_s = 1\n'
        f'[node]\nstart = ["{{python}}", "{RUBBISH}", "{{port}}"]\n'
    )
    ran = run_slice(ground, tmp_path, SCENARIO, load_target(path))
    assert ran.words.startswith("FAIL (0/10 checks")
    assert set(ran.report["metrics"].values()) == {None}
