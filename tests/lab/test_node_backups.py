"""Backup and restore against a real server: complete, refused, or as if it had never been tried."""

import hashlib
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lab.node_fixture import Bench, Postgres, RunningNode, eventually, running_bench, running_postgres

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def bench(postgres: Postgres, tmp_path: Path) -> Iterator[Bench]:
    with running_bench(postgres, tmp_path) as found:
        yield found


AWKWARD = """
CREATE TYPE app.colour AS ENUM ('red', 'green');
CREATE TABLE app.things (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "a name" text, colour app.colour DEFAULT 'red'
);
INSERT INTO app.things ("a name") VALUES
    (E'tab\\tnewline\\nbackslash\\\\'), (E'\\\\.'), (NULL), (''), (E'\\\\restrict x'),
    ('COPY app.things FROM stdin;');
CREATE INDEX by_name ON app.things ("a name");
CREATE FUNCTION app.twice(x integer) RETURNS integer LANGUAGE plpgsql AS $body$
BEGIN
    -- a body with ; and
    RETURN 2 * x;
END
$body$;
CREATE TABLE app.parts (
    id integer PRIMARY KEY REFERENCES app.things, size integer CHECK (app.twice(size) > 0)
);
INSERT INTO app.parts SELECT id, id FROM app.things;
CREATE VIEW app.named AS SELECT * FROM app.things WHERE "a name" IS NOT NULL;
"""


def content(bench: Bench) -> list[Any]:
    tables = bench.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'app' ORDER BY 1")
    return [(t, bench.sql(f'SELECT t::text FROM app."{t}" t ORDER BY 1')) for (t,) in tables]


def restart(node: RunningNode, *more: str) -> None:
    node.kill(signal.SIGTERM)
    node.start(*more).ready()


def restore(node: RunningNode, backup_id: str, **body: Any) -> Any:
    return node.post(f"/v1/ha/backups/{backup_id}/restore", body or {"confirm": True})


def backup(node: RunningNode) -> dict[str, Any]:
    answer = node.post("/v1/ha/backups", {"reason": "a drill"})
    assert answer.status == 201, answer
    return dict(answer.body)


def test_a_restore_brings_back_everything_and_nothing_else(bench: Bench) -> None:
    node = bench.leader("n1")
    bench.sql(AWKWARD)
    assert node.write("kept").status == 201
    made = backup(node)
    before = content(bench)
    archive = bench.folder / "backups" / made["file"]
    assert made["status"] == "completed"
    assert made["checksum"] == hashlib.sha256(archive.read_bytes()).hexdigest()
    assert (made["bytes"], made["rows"]) == (archive.stat().st_size, 13)
    assert archive.read_bytes()[:5] == b"PGDMP"
    assert node.get("/v1/ha/backups").body == {"backups": [made]}

    bench.sql("UPDATE app.things SET \"a name\" = 'changed' WHERE id = 1; DELETE FROM app.parts WHERE id > 3")
    bench.sql("CREATE TABLE app.later (id integer REFERENCES app.things); INSERT INTO app.later VALUES (1)")
    bench.sql("CREATE VIEW public.outside AS SELECT * FROM app.things")
    assert node.write("lost").status == 201
    epoch, events = node.status()["current_epoch"], len(node.events())
    restart(node, "--maintenance")
    done = restore(node, made["backup_id"])
    assert done.status == 200, done
    assert content(bench) == before
    assert bench.sql("SELECT app.twice(21)") == [(42,)]
    added = bench.sql("INSERT INTO app.things (\"a name\") VALUES ('next') RETURNING id")
    assert added == [(7,)]  # the sequence was restored too
    assert node.status()["current_epoch"] == epoch
    assert len(node.events()) > events
    restored = node.events("ha.backup.restored")
    assert [(e["resource"], e["actor"]) for e in restored] == [(made["backup_id"], "tester")]
    assert [e["resource"] for e in node.events("ha.backup.created")] == [made["backup_id"]]
    restart(node)
    eventually("the node leads again", node.leads)
    assert node.write("after").status == 201


def test_restores_are_refused_before_the_database_is_touched(bench: Bench) -> None:
    node = bench.leader("n1")
    assert node.write("kept").status == 201
    made = backup(node)
    assert node.write("newer").status == 201
    before = content(bench)
    out_of_maintenance = restore(node, made["backup_id"])
    assert out_of_maintenance.status == 409
    assert "maintenance" in out_of_maintenance.body["error"]
    restart(node, "--maintenance")
    for body in ({"confirm": False}, {"reason": "no confirmation"}):
        assert restore(node, made["backup_id"], **body).status == 400
    assert restore(node, made["backup_id"], confirm="yes").status == 400
    assert restore(node, "no-such-backup").status == 404
    archive = bench.folder / "backups" / made["file"]
    data = bytearray(archive.read_bytes())
    data[len(data) // 2] ^= 1
    archive.write_bytes(data)
    corrupt = restore(node, made["backup_id"])
    assert corrupt.status == 409
    assert "checksum" in corrupt.body["error"]
    archive.unlink()
    assert restore(node, made["backup_id"]).status == 409
    assert content(bench) == before
    assert len(node.events("ha.backup.restore_refused")) == 6
    assert node.events("ha.backup.restored") == []


def test_a_row_that_points_outside_the_backup_folder_is_not_followed(bench: Bench) -> None:
    node = bench.node("n1", "--maintenance")
    outside = bench.folder / "outside.dump"
    outside.write_bytes(b"PGDMP")
    (bench.folder / "backups" / "link.dump").symlink_to(outside)
    checksum = hashlib.sha256(b"PGDMP").hexdigest()
    for name in ("../outside.dump", str(outside), "link.dump", ""):
        bench.sql(
            "INSERT INTO haproof_ha.backups VALUES (%s, 'completed', %s, %s, 5, now(), 0)",
            f"b-{len(name)}",
            name,
            checksum,
        )
        assert restore(node, f"b-{len(name)}").status == 409


def test_a_node_that_leads_elsewhere_keeps_a_restore_out_and_is_named(bench: Bench) -> None:
    leader = bench.leader("n1")
    made = backup(leader)
    other = bench.node("n2", "--maintenance")
    refused = restore(other, made["backup_id"])
    assert (refused.status, refused.body["holder_id"]) == (409, "n1")
    assert "n1" in refused.body["error"]


def test_a_restore_that_fails_half_way_leaves_the_database_as_it_was(bench: Bench) -> None:
    node = bench.leader("n1")
    bench.sql("CREATE TYPE public.size AS ENUM ('s', 'l')")
    bench.sql("CREATE FUNCTION public.f(x text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT x'")
    bench.sql(
        "CREATE TABLE app.a (id integer PRIMARY KEY, size public.size); INSERT INTO app.a VALUES (1, 's')"
    )
    bench.sql(
        "CREATE TABLE app.b (t text); CREATE INDEX i ON app.b (public.f(t)); INSERT INTO app.b VALUES ('x')"
    )
    made = backup(node)
    restart(node, "--maintenance")
    steps = {
        "before the data": "DROP TYPE public.size CASCADE",
        "after the data": "CREATE TYPE public.size AS ENUM ('s', 'l'); DROP FUNCTION public.f CASCADE",
        "in the data": """CREATE FUNCTION public.f(x text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT x';
            DROP TYPE public.size CASCADE; CREATE TYPE public.size AS ENUM ('l')""",
    }
    for when, change in steps.items():
        bench.sql(change)
        before = content(bench)
        failed = restore(node, made["backup_id"])
        assert failed.status == 500, when
        assert "rolled back" in failed.body["error"]
        assert content(bench) == before, when
    assert node.events("ha.backup.restored") == []
    bench.sql("DROP TYPE public.size; CREATE TYPE public.size AS ENUM ('s', 'l')")
    assert restore(node, made["backup_id"]).status == 200
    assert bench.sql("SELECT size FROM app.a") == [("s",)]


def test_a_session_that_holds_locks_on_app_is_ended(bench: Bench) -> None:
    node = bench.leader("n1")
    made = backup(node)
    restart(node, "--maintenance")
    holder = bench.session()
    holder.execute("BEGIN")
    holder.execute("SELECT * FROM app.rollouts")
    assert restore(node, made["backup_id"]).status == 200
    with pytest.raises(psycopg.OperationalError):
        holder.execute("COMMIT")


def test_a_dump_that_fails_is_recorded_and_leaves_no_file(bench: Bench) -> None:
    node = bench.leader("n1")
    (bench.folder / "backups").chmod(0o700)
    bench.sql(
        "CREATE FUNCTION app.gone() RETURNS integer LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler'"
    )
    bench.sql("UPDATE pg_proc SET prolang = 99999 WHERE proname = 'gone'")
    failed = node.post("/v1/ha/backups", {})
    assert failed.status == 500
    assert "pg_dump" in failed.body["error"]
    listed = node.get("/v1/ha/backups").body["backups"]
    assert [(entry["status"], entry["file"], entry["checksum"]) for entry in listed] == [
        ("failed", None, None)
    ]
    assert list((bench.folder / "backups").iterdir()) == []
    bench.sql("DELETE FROM pg_proc WHERE proname = 'gone'")


def test_what_a_killed_node_left_half_written_is_removed_and_nothing_else(bench: Bench) -> None:
    node = bench.leader("n1")
    folder = bench.folder / "backups"
    ours, others = (
        ".20260101T000000Z-n1-0123abcd.dump.partial",
        ".20260101T000000Z-x-n1-0123abcd.dump.partial",
    )
    for name in (ours, others):
        (folder / name).write_bytes(b"half")
    restart(node)
    assert [path.name for path in folder.iterdir()] == [others]


def test_the_inventory_grows_by_one_with_each_backup(bench: Bench) -> None:
    node = bench.leader("n1")
    for count in (1, 2, 3):
        backup(node)
        assert len(node.get("/v1/ha/backups").body["backups"]) == count
