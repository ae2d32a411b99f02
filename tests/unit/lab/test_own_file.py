"""The target file of somebody's own cluster: what it says, and how it is refused before all else."""

import shlex
import sys
from pathlib import Path

import pytest

from haproof.errors import UsageError
from haproof.lab.own.cluster_file import KEYS, parse_cluster
from haproof.lab.own.described import DEEDS, READINGS, SWITCHES, Member, OwnTiming
from haproof.lab.own.reach import Reach, run
from haproof.lab.systems.managed import FAILS_OVER, SERVES
from haproof.lab.toml_keys import read_table
from own_file import COMMANDS, LEAST, loaded

pytest.importorskip("psycopg")


def test_the_least_file_has_the_contracts_defaults(tmp_path: Path) -> None:
    target = loaded(tmp_path, LEAST)
    assert target.name == "three of mine"
    assert target.members == (Member("pg1", "10.0.0.11", 5432), Member("pg2", "10.0.0.12", 5432))
    assert target.database == "haproof_test"
    assert sorted(target.conninfo.split()) == ["dbname=haproof_test", "user=haproof"]
    assert target.timing == OwnTiming(hold_s=45, trial_s=90, command_s=30)
    assert {target.lacks(fault) for fault in DEEDS} == {
        f"the target file gives no command {deed.does}" for deed in DEEDS.values()
    }
    assert target.lacks("disk-full") == "a target file has no command for it"


def test_ports_ways_and_promises_are_each_members_and_each_modes_own(tmp_path: Path) -> None:
    text = LEAST.replace("port={port} ", "port=6432 passfile={target_dir}/pass ").replace(
        '"10.0.0.12" }', '"10.0.0.12", port = 7000, exec = [] }'
    )
    text = text.replace("[cluster]", '[cluster]\nexec = ["env", "ssh", "{host}", "--"]')
    target = loaded(
        tmp_path,
        text + '[expected]\npostmaster-kill = "stays and serves"\ncut-dcs = { sync = "fails over" }\n',
    )
    assert [member.port for member in target.members] == [6432, 7000]
    assert [member.exec for member in target.members] == [("env", "ssh", "{host}", "--"), ()]
    assert f"passfile={tmp_path}/pass" in target.conninfo
    assert {name: said.outcome for name, said in target.promises("sync").items()} == {
        "postmaster-kill": SERVES,
        "cut-dcs": FAILS_OVER,
    }
    assert set(target.promises("async")) == {"postmaster-kill"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("haproof_test", "haproof", "cluster.dsn: the database 'haproof' does not end in _test"),
        ("haproof_test", "{port}_test", "does not end in _test"),
        ("dbname=haproof_test", "", "the database '' does not end in _test"),
        ("host={hosts}", "host=10.0.0.1", "must say host={hosts}"),
        ("host={hosts}", "", "must say host={hosts}"),
        ("user=haproof", "users=haproof", "is no connection string"),
        ("user=haproof", "user=haproof target_session_attrs=any", "target_session_attrs is the lab's own"),
        ("user=haproof", "user=haproof service=prod", "service is the lab's own"),
        ("user=haproof", "user={name}", "unknown template name {name}"),
        ("port={port}", "port=abc", "port must be {port} or one port's number"),
        ('"host={hosts} port={port}', '"postgresql://{hosts}/x?', "write it with keywords"),
        ('name = "three of mine"', "", "name: is missing"),
        ('version = "1"', "", "version: give either version or version_command"),
        ('version = "1"', 'version = "1"\nnode = 1', "node: unknown key"),
        ('"pg2"', '"pg1"', "the name pg1 is given twice"),
        ("10.0.0.12", "10.0.0.11", "the host and port 10.0.0.11:5432 is given twice"),
        ("10.0.0.12", "10.0.0.12,10.0.0.13", "cluster.members[1].host: must be one address or host name"),
        ('"pg2"', '"../pg2"', "cluster.members[1].name: must be of letters"),
        ('"10.0.0.12" }', '"10.0.0.12", port = 0 }', "cluster.members[1].port"),
        ('"10.0.0.12" }', '"10.0.0.12", exec = ["no-such-program-here"] }', "there is no program"),
        ('"10.0.0.12" }', '"10.0.0.12", ssh = 1 }', "cluster.members[1].ssh: unknown key"),
        ("[cluster]", '[cluster]\nreplication = "logical"', "cluster.replication: must be 'streaming'"),
        ("[cluster]", '[cluster]\nquote = "yes"', "cluster.quote: must be true"),
        (', { name = "pg2", host = "10.0.0.12" }', "", "cluster.members: must be 2 to 9"),
    ],
)
def test_what_is_wrong_is_named_with_its_key(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in LEAST
    with pytest.raises(UsageError) as refused:
        loaded(tmp_path, LEAST.replace(old, new))
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('[commands]\nhang = ["true"]', "commands.hang: needs the command resume, which undoes it"),
        ('[commands]\nhost_kill = ["true"]', "commands.host_kill: needs the command start"),
        ('[commands]\nhost_kil = ["true"]', "commands.host_kil: unknown key"),
        ('[commands]\nhost_kill = "true"', "commands.host_kill: must be a command line"),
        ('[commands]\nsync_on = ["true"]', "commands.sync_on: needs the command sync_off"),
        ('[commands]\nstart = ["true", "{seconds}"]', "commands.start: unknown template name {seconds}"),
        ('[commands]\nstart = ["no-such-program-here"]', "commands.start: there is no program"),
        (
            '[commands]\ncut = ["true"]\nheal = ["true"]',
            "commands.cut: must undo itself after {seconds}",
        ),
        ('[expected]\nhost-kill = "fails over"', "after host-kill every cluster must fail over"),
        ('[expected]\nhost-kil = "fails over"', "expected.host-kil: is no fault"),
        ('[expected]\ncut-dcs = "fail over"', "expected.cut-dcs: must be one of"),
        ("[expected]\ncut-dcs = { sync = 1 }", "expected.cut-dcs.sync: must be one of"),
        ('[expected]\ncut-dcs = { both = "fails over" }', "expected.cut-dcs.both: unknown key"),
        ("[timing]\nhold_s = 120", "timing.hold_s: must not be above trial_s (90)"),
        ("[timing]\nhold_s = 1", "timing.hold_s: must be at least 10"),
        ("[timing]\ncommand_s = true", "timing.command_s: must be a number of seconds above 0"),
        ("[timing]\nholds = 30", "timing.holds: unknown key"),
    ],
)
def test_commands_promises_and_times_are_refused_too(tmp_path: Path, more: str, words: str) -> None:
    with pytest.raises(UsageError) as refused:
        loaded(tmp_path, LEAST + more)
    assert words in str(refused.value)


def test_a_password_is_no_part_of_what_is_shown(tmp_path: Path) -> None:
    target = loaded(tmp_path, (LEAST + COMMANDS).replace("user=haproof", "user=haproof password=hunter2"))
    assert "hunter2" in target.conninfo
    assert "hunter2" not in repr(target)


def test_constants_are_where_the_file_lies(tmp_path: Path) -> None:
    assert loaded(tmp_path).constants == {"python": sys.executable, "target_dir": str(tmp_path)}


ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "examples" / "own-cluster" / "patroni.toml"
PAGE = (ROOT / "docs" / "own-cluster.md").read_text(encoding="utf-8")


def test_the_shown_file_is_the_shipped_one_and_can_be_read() -> None:
    assert f"```toml\n{SHIPPED.read_text(encoding='utf-8')}```\n" in PAGE
    target = parse_cluster(read_table(SHIPPED), SHIPPED)
    assert {fault for fault in DEEDS if target.lacks(fault) is None} >= {
        "switchover", "manager-term", "host-kill", "host-hang", "cut-full", "manager-kill", "postmaster-kill",
    }  # fmt: skip
    assert not any("\n" in word for argv in target.commands.values() for word in argv)
    for name in ("cut", "heal"):
        script = Reach(target).named("pg1", name, 75)[-1]
        assert run(["sh", "-n", "-c", shlex.split(script)[0]], 20).done


def test_every_key_and_command_is_on_the_page() -> None:
    names = {deed.does for deed in DEEDS.values()} | {deed.undoes for deed in DEEDS.values()} - {None}
    for name in (
        *names,
        *SWITCHES,
        *READINGS,
        *KEYS - {"cluster"},
        "local_dsn",
        *OwnTiming.__dataclass_fields__,
    ):
        assert f"`{name}`" in PAGE or f"`[{name}]`" in PAGE, name
