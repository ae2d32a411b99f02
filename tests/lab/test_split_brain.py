"""VAL16: what counts as a write, what counts as user data, and the slice on real nodes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from haproof.errors import LabError
from haproof.lab.ground import ADMIN, Ground
from haproof.lab.postgres import Server
from haproof.lab.row_versions import LAB_SCHEMA, StateTables, changed_rows
from haproof.lab.scenario import SystemFailed
from haproof.lab.scenarios import split_brain
from haproof.lab.side_effects import excess
from haproof.lab.target import REFERENCE
from haproof.lab.target_file import load_target
from haproof.lab.user_data import ROWS, create_fixture, user_data
from lab.in_process import Ran, healthy_target, run_slice, shared_ground

pytestmark = pytest.mark.lab

SCENARIO = split_brain.SCENARIO
RUBBISH = Path(__file__).with_name("rubbish_node.py")
HEALS = Path(__file__).with_name("healthy_nodes") / "heals_ghosts.py"


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
    risks = observations["repeated_risks"]
    assert risks == ["detected"] * len(risks)
    assert len(risks) > split_brain.FEWEST_REPEATS


def test_the_epoch_after_the_recovery_is_above_all_that_were_shown(ran: Ran) -> None:
    metrics = ran.report["metrics"]
    assert metrics["epoch_before_recovery"] == 2  # the first epoch, raised by one
    assert metrics["epoch_after_recovery"] == 3


def test_every_injection_is_journalled_with_what_it_changed(ran: Ran) -> None:
    acts = {line["what"]: line for line in reversed(ran.journal()) if line["kind"] == "act"}
    assert acts["sql.raise_epoch"]["rows"] == 1
    assert sum(line["what"] == "sql.raise_epoch" for line in ran.journal()) == 2
    assert acts["sql.open_ghost_epochs"]["rows"] == 2
    assert acts["sql.close_ghost_epochs"]["rows"] == 2
    assert acts["manual-reconcile"]["body"]["dry_run"] is True  # of the leader, which is asked first
    assert acts["promote-leader"]["body"]["success"] is True


def test_writes_are_compared_only_after_the_event_is_there(ran: Ran) -> None:
    lines = ran.journal()
    event = next(n for n, line in enumerate(lines) if "ha.split_brain.detected" in line["what"])
    repeated = next(n for n, line in enumerate(lines) if line["what"].startswith("rows changed"))
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
        ("select * from haproof_ha.t for update", 0),
        ("vacuum (freeze) haproof_ha.t", 0),
        ("create table beside (id integer); insert into beside values (1); drop table beside", 0),
    ],
)
def test_every_changed_row_is_counted(table: Server, statement: str, changes: int) -> None:
    tables = StateTables(table, None)
    before = tables.versions()
    table.execute(statement)
    assert sum(changed_rows(before, tables.versions()).values()) == changes


def test_tables_of_another_control_plane_are_watched_wherever_they_are(server: Server) -> None:
    server.execute("create table leases as select 1 as epoch")
    create_fixture(server)
    try:
        assert list(StateTables(server, None).versions()) == ["public.leases"]
        server.execute("drop table leases")
        with pytest.raises(LabError, match="no table of a control plane"):
            StateTables(server, None).versions()
    finally:
        server.execute(f"drop schema {LAB_SCHEMA} cascade")


def test_the_tables_of_the_contract_are_those_of_the_node_and_of_what_it_controls(table: Server) -> None:
    table.execute("create schema app; create table app.rows (id integer); create table beside (id integer)")
    try:
        assert list(StateTables(table, None).versions()) == ["app.rows", "haproof_ha.empty", "haproof_ha.t"]
    finally:
        table.execute("drop schema app cascade; drop table beside")


def test_a_target_names_its_schemas_and_tables(table: Server) -> None:
    table.execute('create table leases (id integer); create table "Odd Name" (id integer)')
    try:
        chosen = StateTables(table, ("haproof_ha.t", "public"))
        assert list(chosen.versions()) == ["haproof_ha.t", 'public."Odd Name"', "public.leases"]
        with pytest.raises(
            LabError, match="state_tables names leaves, which is no schema and no table there"
        ):
            StateTables(table, ("haproof_ha", "leaves")).versions()
    finally:
        table.execute('drop table leases; drop table "Odd Name"')


def test_a_table_that_is_gone_is_the_systems_doing_and_is_named(table: Server) -> None:
    tables = StateTables(table, None)
    tables.versions()
    table.execute("drop table haproof_ha.empty")
    with pytest.raises(
        SystemFailed, match=r"^haproof_ha\.empty, a table of the system's own, is there no more$"
    ):
        tables.versions()
    with pytest.raises(SystemFailed, match=r"is there no more: .*does not exist"), tables.blamed():
        table.rows("select * from haproof_ha.empty", ADMIN)


def test_a_statement_that_is_wrong_from_the_start_is_not_the_systems_doing(table: Server) -> None:
    tables = StateTables(table, None)
    tables.versions()
    with pytest.raises(LabError, match="does not exist"), tables.blamed():
        table.rows("select * from haproof_ha.never_there", ADMIN)


@pytest.mark.parametrize(
    ("asked", "quiet", "more"),
    [
        ({}, {}, 0),
        ({"a": 1}, {}, 1),
        ({"a": 8}, {"b": 8}, 8),
        ({"a": 3}, {"a": 4}, 0),  # as often as without, give or take the one that falls into either time
        ({"a": 3}, {"a": 3}, 0),
        ({"a": 4}, {"a": 4}, 1),
        ({"a": 12, "b": 1}, {"a": 2}, 11),
        ({"a": 1}, {"a": 1}, 0),
    ],
)
def test_only_what_exceeds_a_tables_own_pace_is_a_side_effect(
    asked: dict[str, int], quiet: dict[str, int], more: int
) -> None:
    assert excess(asked, quiet) == more


def test_user_data_differs_by_one_value_and_cannot_be_read_when_a_table_is_gone(server: Server) -> None:
    target = load_target(REFERENCE)
    server.execute("create schema app; grant all on schema app to public")
    server.execute("create table app.rollouts as select 'r' as id, 'p' as payload, 1 as epoch")
    server.execute("grant select on app.rollouts to public")
    create_fixture(server)
    try:
        first = user_data(server, target)
        assert first.rows == ROWS + 1
        assert user_data(server, target) == first
        server.execute("update app.rollouts set payload = 'q'")
        changed = user_data(server, target)
        assert (changed.rows, changed.sha256 == first.sha256) == (first.rows, False)
        server.execute("update app.rollouts set payload = 'p', epoch = 2")
        assert user_data(server, target) not in (first, changed)
        server.execute(f"drop table {LAB_SCHEMA}.user_data")
        with pytest.raises(LabError, match="user_data"):
            user_data(server, target)
    finally:
        server.execute(f"drop schema {LAB_SCHEMA} cascade; drop schema app cascade")


def test_how_many_rows_a_statement_touched(table: Server) -> None:
    assert table.affected("update haproof_ha.t set v = 'x'") == 3
    assert table.affected("update haproof_ha.t set v = 'x' where id = 9") == 0
    assert table.affected("update haproof_ha.t set v = 'x' where id = 9; delete from haproof_ha.t") == 3
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


@pytest.mark.parametrize("script", ["heals_ghosts", "writes_by_itself"])
def test_a_healthy_node_of_unusual_manners_passes(ground: Ground, tmp_path: Path, script: str) -> None:
    ran = run_slice(ground, tmp_path, SCENARIO, healthy_target(tmp_path, script))
    assert ran.words == "PASS (10/10 checks)", ran.report
    ran.assert_judged_again()


def test_ghosts_that_the_system_closed_by_itself_need_no_closing(ground: Ground, tmp_path: Path) -> None:
    path = edited(tmp_path, "where holder_id = 'ghost' and", "where false and")
    text = path.read_text().replace('"{python}", "-m", "haproof.node",', f'"{{python}}", "{HEALS}",')
    path.write_text(text)
    ran = run_slice(ground, tmp_path, SCENARIO, load_target(path))
    assert ran.words == "PASS (10/10 checks)", ran.report
    closed = next(line for line in ran.journal() if line["what"] == "sql.close_ghost_epochs")
    assert closed["rows"] == 0
