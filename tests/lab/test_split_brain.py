"""VAL16: what counts as a write, what counts as user data, and the slice on real nodes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from haproof.errors import LabError
from haproof.lab.ground import ADMIN, Ground
from haproof.lab.postgres import Server
from haproof.lab.row_versions import LAB_SCHEMA, changed_rows, control_rows
from haproof.lab.scenarios import split_brain
from haproof.lab.target import REFERENCE
from haproof.lab.target_file import load_target
from haproof.lab.user_data import ROWS, create_fixture, user_data
from lab.in_process import Ran, run_slice, shared_ground

pytestmark = pytest.mark.lab

SCENARIO = split_brain.SCENARIO
RUBBISH = Path(__file__).with_name("rubbish_node.py")


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with shared_ground() as found:
        yield found


@pytest.fixture(scope="module")
def ran(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run_slice(ground, tmp_path_factory.mktemp("val16"), SCENARIO, load_target(REFERENCE))


@pytest.fixture(scope="module")
def server(ground: Ground) -> Iterator[Server]:
    server = Server.create(ground, ground.work, "tables")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def table(server: Server) -> Iterator[Server]:
    """A server with a control plane's tables: one of three rows, one of none."""
    server.execute("create schema haproof_ha; create table haproof_ha.t (id integer primary key, v text)")
    server.execute("create table haproof_ha.empty (id integer)")
    server.execute("insert into haproof_ha.t values (1, 'a'), (2, 'b'), (3, 'c')")
    yield server
    server.execute("drop schema haproof_ha cascade")


def edited(folder: Path, old: str, new: str) -> Path:
    text = REFERENCE.read_text(encoding="utf-8")
    assert old in text
    path = folder / "target.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_reference_node_passes_every_check(ran: Ran) -> None:
    assert ran.words == "PASS (10/10 checks)"
    ran.assert_judged_again()


def test_figures_are_of_this_run(ran: Ran) -> None:
    metrics, observations = ran.report["metrics"], ran.report["observations"]
    assert metrics["detection_ms"] > 0
    assert metrics["recovery_ms"] > 0
    assert metrics["user_rows_before"] == ROWS + split_brain.PROBE_ROWS
    assert observations["repeated_risks"] == ["detected"] * split_brain.REPEATS


def test_every_injection_is_journalled_with_what_it_changed(ran: Ran) -> None:
    acts = {line["what"]: line for line in ran.journal() if line["kind"] == "act"}
    assert acts["sql.raise_epoch"]["rows"] == 1
    assert acts["sql.open_ghost_epochs"]["rows"] == 2
    assert acts["sql.close_ghost_epochs"]["rows"] == 2
    assert acts["manual-reconcile"]["body"]["dry_run"] is True
    assert acts["promote-leader"]["body"]["success"] is True


def test_writes_are_compared_only_after_the_event_is_there(ran: Ran) -> None:
    lines = ran.journal()
    event = next(n for n, line in enumerate(lines) if "ha.split_brain.detected" in line["what"])
    repeated = next(n for n, line in enumerate(lines) if line["what"] == "repeated detection")
    assert lines[event]["came"] is True
    assert event < repeated


@pytest.mark.parametrize(
    ("statement", "changes"),
    [
        ("insert into haproof_ha.t values (4, 'd')", 1),
        ("update haproof_ha.t set v = v where id = 1", 1),
        ("update haproof_ha.t set v = 'x'", 3),
        ("delete from haproof_ha.t where id < 3", 2),
        ("create table haproof_ha.u as select 1 as one", 1),
        ("drop table haproof_ha.t", 3),
        ("select * from haproof_ha.t for update", 0),
        ("vacuum (freeze) haproof_ha.t", 0),
        ("create table beside (id integer); insert into beside values (1); drop table beside", 0),
    ],
)
def test_every_changed_row_is_counted(table: Server, statement: str, changes: int) -> None:
    before = control_rows(table)
    table.execute(statement)
    assert sum(changed_rows(before, control_rows(table)).values()) == changes


def test_tables_of_another_control_plane_are_watched_wherever_they_are(server: Server) -> None:
    server.execute("create table leases as select 1 as epoch")
    create_fixture(server)
    try:
        assert list(control_rows(server)) == ["public.leases"]
        server.execute("drop table leases")
        with pytest.raises(LabError, match="no table of a control plane"):
            control_rows(server)
    finally:
        server.execute(f"drop schema {LAB_SCHEMA} cascade")


def test_user_data_differs_by_one_value_and_is_none_when_a_table_is_gone(server: Server) -> None:
    target = load_target(REFERENCE)
    server.execute("create schema app; grant all on schema app to public")
    server.execute("create table app.rollouts as select 'r' as id, 'p' as payload, 1 as epoch")
    server.execute("grant select on app.rollouts to public")
    create_fixture(server)
    try:
        first = user_data(server, target)
        assert first is not None
        assert first.rows == ROWS + 1
        assert user_data(server, target) == first
        server.execute("update app.rollouts set payload = 'q'")
        changed = user_data(server, target)
        assert changed is not None
        assert (changed.rows, changed.sha256 == first.sha256) == (first.rows, False)
        server.execute(f"drop table {LAB_SCHEMA}.user_data")
        assert user_data(server, target) is None
    finally:
        server.execute(f"drop schema {LAB_SCHEMA} cascade; drop schema app cascade")


def test_how_many_rows_a_statement_touched(table: Server) -> None:
    assert table.affected("update haproof_ha.t set v = 'x'", ADMIN) == 3
    assert table.affected("update haproof_ha.t set v = 'x' where id = 9", ADMIN) == 0
    assert (
        table.affected("update haproof_ha.t set v = 'x' where id = 9; delete from haproof_ha.t", ADMIN) == 3
    )
    with pytest.raises(LabError, match="does not exist"):
        table.affected("delete from nowhere")


def test_an_injection_that_changes_nothing_is_no_test_of_the_system(ground: Ground, tmp_path: Path) -> None:
    path = edited(tmp_path, "set current_epoch = current_epoch + 1", "set current_epoch = 1 where false")
    ran = run_slice(ground, tmp_path, SCENARIO, load_target(path))
    assert "[sql] raise_epoch" in ran.report["not_run"]
    assert "changed no row" in ran.report["not_run"]


def test_what_the_target_does_not_offer_is_named(ground: Ground, tmp_path: Path) -> None:
    path = edited(tmp_path, "[cli]", "[api]\nsplit_brain_recover = false\n[cli]")
    ran = run_slice(ground, tmp_path, SCENARIO, load_target(path))
    assert ran.report["not_run"].endswith("does not offer api.split_brain_recover")


def test_rubbish_in_every_answer_is_a_fail_with_nulls(ground: Ground, tmp_path: Path) -> None:
    path = tmp_path / "target.toml"
    path.write_text(
        'name = "rubbish"\nversion = "1"\n[timing]\nstart_deadline_s = 1\n'
        f'[node]\nstart = ["{{python}}", "{RUBBISH}", "{{port}}"]\n'
        '[sql]\nprotected_rows = "select 1"\nraise_epoch = "select 1"\nopen_ghost_epochs = "select 1"\n'
        'close_ghost_epochs = "select 1"\n'
    )
    ran = run_slice(ground, tmp_path, SCENARIO, load_target(path))
    assert ran.words.startswith("FAIL (0/10 checks")
    assert set(ran.report["metrics"].values()) == {None}
