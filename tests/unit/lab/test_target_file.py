"""A target file is refused before anything starts, with one sentence that names the key."""

import sys
from pathlib import Path
from typing import Any

import pytest

from haproof.errors import UsageError
from haproof.lab.contract import OPERATIONS
from haproof.lab.target import REFERENCE, fill, fill_all, fill_body
from haproof.lab.target_file import load_target

LEAST = """
name = "mine"
version = "1"
[node]
start = ["{python}", "{target_dir}/node.py", "--port", "{port}"]
"""


def loaded(folder: Path, text: str) -> Any:
    path = folder / "target.toml"
    path.write_text(text)
    return load_target(path)


def test_reference_offers_everything() -> None:
    target = load_target(REFERENCE)
    needs = [f"api.{name}" for name in OPERATIONS] + ["writes", "node.maintenance"]
    needs += [f"cli.{name}" for name in ("backup_create", "backup_list", "backup_restore", "checksum")]
    needs += ["cli.backup_restore_unconfirmed"]
    needs += [f"sql.{name}" for name in ("protected_rows", "raise_epoch", "open_ghost_epochs", "open_epochs")]
    assert target.lacks(*needs) == []
    assert target.writes_through_node
    assert target.timing.lock_bound_ms == 1000


def test_least_target_has_the_contracts_defaults(tmp_path: Path) -> None:
    target = loaded(tmp_path, LEAST)
    assert target.operations == OPERATIONS
    assert target.timing.poll_interval_ms == 50
    assert target.node.url == "http://127.0.0.1:{port}"
    assert target.headers == {"Authorization": "Bearer {token}", "X-Operator": "{operator}"}
    assert target.lacks("sql.protected_rows", "writes", "api.status") == ["sql.protected_rows"]
    assert target.constants == {"python": sys.executable, "target_dir": str(tmp_path)}


def test_operations_can_be_changed_or_switched_off(tmp_path: Path) -> None:
    target = loaded(
        tmp_path,
        LEAST
        + """
[api]
protected_write = false
[api.status]
path = "/status"
[api.split_brain_recover]
method = "PUT"
body = {how = "{strategy}", list = ["{operator}", 1, true]}
[api.headers]
X-Key = "{token}"
[api.fields]
holder_id = "/leader/name"
""",
    )
    assert target.operations["protected_write"] is None
    assert target.lacks("api.protected_write", "writes") == ["api.protected_write", "writes"]
    assert (target.operations["status"].method, target.operations["status"].path) == ("GET", "/status")
    assert target.operations["split_brain_recover"].method == "PUT"
    assert target.headers["X-Key"] == "{token}"
    assert target.fields == {"holder_id": "/leader/name"}


def test_a_base_url_may_end_with_a_slash(tmp_path: Path) -> None:
    assert loaded(tmp_path, LEAST + 'url = "http://[::1]:{port}/ha/"').node.url == "http://[::1]:{port}/ha"


def test_write_row_takes_the_place_of_the_endpoint(tmp_path: Path) -> None:
    target = loaded(tmp_path, LEAST + "[sql]\nwrite_row = \"insert into t values ({id}, {payload}, '{}')\"\n")
    assert not target.writes_through_node
    assert target.lacks("writes") == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name = 1\n" + LEAST.replace('name = "mine"', ""), "name: must be a text"),
        (LEAST.replace('name = "mine"', ""), "name: is missing"),
        (LEAST.replace('version = "1"', ""), "version: give either version or version_command"),
        (LEAST + "[nodes]\n", "nodes: unknown key; known are api, cli, cluster, database, kind, name"),
        (LEAST + "stop = []\n", "node.stop: unknown key"),
        (LEAST.replace("{port}", "{prot}"), "node.start: unknown template name {prot}; known are backup_dir"),
        (
            LEAST.replace('["{python}", ', '["no-such-program-anywhere", '),
            "there is no program 'no-such-program",
        ),
        (LEAST.replace('["{python}", ', '["./node", '), "must be absolute, or begin with {target_dir}/"),
        (LEAST.replace('["{python}", ', '["{target_dir}/absent", '), "node.start: there is no program"),
        (LEAST.split("start")[0], "node.start: the command line that starts a node is missing"),
        (LEAST.replace('["{python}"', '["{python}", 7'), "node.start: must be a command line"),
        (LEAST + 'start2 = "x"', "node.start2: unknown key"),
        (LEAST + 'url = "https://x"', "node.url: must begin with http://"),
        (LEAST + 'url = "http://"', "node.url: must be a URL such as http://127.0.0.1:{port}"),
        (LEAST + 'url = "http://127.0.0.1:{node}x"', "node.url: must be a URL such as"),
        (LEAST + 'url = "http://127.0.0.1:{port}/a b"', "node.url: must be a URL such as"),
        (LEAST + 'url = "{url}"', "node.url: unknown template name {url}"),
        (LEAST + 'ready = "ready"', "node.ready: must be a path"),
        (LEAST + 'ready = "/re\u00e4dy"', "node.ready: must not contain spaces or anything else"),
        (LEAST + '[node.env]\n"A=B" = "x"', "node.env: 'A=B' cannot be a name here"),
        (LEAST + '[node.env]\n"" = "x"', "node.env: '' cannot be a name here"),
        (LEAST.replace('["{python}", ', '["", '), "node.start: must be a command line"),
        (LEAST + '[node.env]\nA = "{nobody}"', "node.env.A: unknown template name {nobody}"),
        (LEAST + "[timing]\npoll_interval_ms = 0", "timing.poll_interval_ms: must be a whole number above 0"),
        (LEAST + "[timing]\npoll_interval_ms = 1.5", "timing.poll_interval_ms: must be a whole number"),
        (LEAST + "[timing]\nstart_deadline_s = true", "timing.start_deadline_s: must be a number above 0"),
        (LEAST + "[timing]\nstart_deadline_s = nan", "timing.start_deadline_s: must be a number above 0"),
        (LEAST + "[timing]\npoll = 1", "timing.poll: unknown key"),
        (LEAST + "[api]\nstatus = true", "api.status: must be a table"),
        (LEAST + "[api]\nstaus = false", "api.staus: unknown key"),
        (LEAST + '[api.status]\nmethod = "FETCH"', "api.status.method: must be one of GET"),
        (LEAST + '[api.status]\npath = "status"', "api.status.path: must be a path that begins with /"),
        (LEAST + '[api.status]\npath = "/a b"', "api.status.path: must not contain spaces"),
        (
            LEAST + '[api.protected_write]\nbody = {a = ["{idd}"]}',
            "api.protected_write.body.a[0]: unknown template",
        ),
        (
            LEAST + "[api.protected_write]\nbody = {a = 2026-01-01}",
            "body.a: must be something that JSON can say",
        ),
        (
            LEAST + "[api.protected_write]\nbody = {a = inf}",
            "body.a: must be something that JSON can say",
        ),
        (LEAST + '[api.fields]\nholder = "/h"', "api.fields.holder: is no field of the HTTP contract"),
        (LEAST + '[api.fields]\nholder_id = "h"', "api.fields.holder_id: must be a JSON Pointer"),
        (LEAST + '[api.fields]\nholder_id = "/a~2"', "api.fields.holder_id: must be a JSON Pointer, where ~"),
        (LEAST + '[api.headers]\n"A B" = "x"', "api.headers: 'A B' cannot be a name here"),
        (LEAST + '[api.headers]\n"A\\nB" = "x"', "api.headers: 'A\\nB' cannot be a name here"),
        (LEAST + '[api.headers]\nX = "a\\r\\nY: b"', "api.headers.X: must be a text on one line"),
        (LEAST + '[cli]\nchecksum = "("', "cli.checksum: is no regular expression"),
        (LEAST + '[cli]\nchecksum = "sha"', "cli.checksum: must have exactly one group"),
        (LEAST + '[cli]\nbackup_list = ["no-such-program-anywhere"]', "cli.backup_list: there is no program"),
        (LEAST + '[sql]\nwrite_row = "insert {id}"', "sql.write_row: must contain {payload}"),
        (
            LEAST + '[sql]\nwrite_row = "{id} {payload} {epoch}"',
            "sql.write_row: unknown template name {epoch}",
        ),
        (
            LEAST + "[sql]\nwrite_row = \"insert into t values ('{id}', {payload})\"",
            "sql.write_row: {id} and {payload} become parameters",
        ),
        (LEAST + '[sql]\nstep = "x"', "sql.step: unknown key"),
        ("name = \n", "is not TOML"),
        (
            'kind = "cluster"\n' + LEAST,
            "kind: must be 'control-plane', or 'database' for a PostgreSQL cluster",
        ),
        ('api = "x"\n' + LEAST, "api: must be a table"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        loaded(tmp_path, text)
    message = str(caught.value)
    assert sentence in message
    assert "target.toml" in message
    assert "\n" not in message


def test_unreadable_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not there"):
        load_target(tmp_path / "absent.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not UTF-8"):
        load_target(tmp_path / "binary.toml")


def test_values_are_filled_in_once_and_never_split() -> None:
    values = {"port": "{url}", "url": "a b"}
    assert fill("{port} {url} {unknown} {}", values) == "{url} a b {unknown} {}"
    assert fill_all(("--url={url}", "x"), values) == ["--url=a b", "x"]
    assert fill_body({"a": ["{url}", 1, None, True]}, values) == {"a": ["a b", 1, None, True]}


def test_a_target_may_name_its_cluster_and_its_database(tmp_path: Path) -> None:
    own = loaded(tmp_path, 'cluster = "Five nodes"\ndatabase = "our PostgreSQL"\n' + LEAST)
    assert (own.cluster, own.database) == ("Five nodes", "our PostgreSQL")
    none = loaded(tmp_path, LEAST)
    assert (none.cluster, none.database) == (None, None)


@pytest.mark.parametrize("key", ["cluster", "database"])
@pytest.mark.parametrize(
    "value", ["3", "true", '["a"]', '{a = "b"}', '""', '" "', '"a\\nb"', f'"{"x" * 201}"']
)
def test_lines_of_the_topology_are_texts_on_one_line(tmp_path: Path, key: str, value: str) -> None:
    with pytest.raises(UsageError, match=f"{key}: must be "):
        loaded(tmp_path, f"{key} = {value}\n{LEAST}")
