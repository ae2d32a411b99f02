"""A cluster of three hosts that somebody runs: Patroni, reached by real sshd, and a lab beside it.

    own.py FOLDER BINARIES SSHD_ROOT full|interrupted

Prints what happened as JSON. The lab is the command line itself, on a host that is no member.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

from haproof.lab.journal import Journal
from haproof.lab.progress import Silent
from haproof.lab.sandbox.machines import Machines
from haproof.lab.sandbox.network import Network
from haproof.lab.secret import Secrets
from haproof.lab.systems.patroni import Patroni
from haproof.lab.trials.bench import Bench, names

folder, binaries, sshd_root, what = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
HOST = Path(__file__).with_name("own_host.py")
NAME = "three hosts"
PASSWD = "sshd:x:74:65534::/run/sshd:/usr/sbin/nologin\n"
OPTIONS = (
    "BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "ConnectTimeout=3",
    "ServerAliveInterval=1", "ServerAliveCountMax=3", "LogLevel=ERROR",
)  # fmt: skip
HOLD_S = {"full": 32, "interrupted": 12}[what]


def command(*argv: str) -> str:
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


def sshd(machines: Machines, host: str, address: str) -> None:
    config = folder / f"sshd-{host}.conf"
    config.write_text(
        f"ListenAddress {address}\nHostKey {folder}/host_key\nAuthorizedKeysFile {folder}/key.pub\n"
        "StrictModes no\nUsePAM no\nPermitRootLogin yes\nPidFile none\n"
    )
    argv = [str(sshd_root / "usr/sbin/sshd"), "-D", "-e", "-f", str(config)]
    libraries = {"LD_LIBRARY_PATH": str(sshd_root / "usr/lib/x86_64-linux-gnu")}
    machines.start(host, f"sshd-{host}", argv, role="client", account=None, env=libraries)


def keys() -> None:
    """Keys of the hosts and of the operator; sshd also wants an account and a folder of its own."""
    for name in ("key", "host_key", "other_key"):
        command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name))
    passwd = folder / "passwd"
    passwd.write_text(Path("/etc/passwd").read_text() + PASSWD)
    command("mount", "--bind", str(passwd), "/etc/passwd")
    os.makedirs("/run/sshd", mode=0o755, exist_ok=True)


def own_file(bench: Bench, name: str, **changed: Any) -> Path:
    """The target file; `changed` replaces user, key or members."""
    hosts, machines = bench.network.hosts, bench.machines
    ssh = ["ssh", "-i", str(folder / changed.get("key", "key"))]
    ssh += [word for option in OPTIONS for word in ("-o", option)]
    ssh += ["root@{host}", "--"]
    on_host = [sys.executable, str(HOST)]
    start = machines.command(
        "{member}", [sys.executable, "-m", "patroni", f"{machines.folder}/{{member}}/patroni.json"]
    )
    commands = {
        "manager_term": [*on_host, "send", "TERM", "manager"],
        "manager_kill": [*on_host, "send", "KILL", "manager"],
        "host_kill": [*on_host, "send", "KILL", "all"],
        "hang": [*on_host, "send", "STOP", "all"],
        "resume": [*on_host, "send", "CONT", "all"],
        "start": [*on_host, "start", *start],
        "cut": [*on_host, "cut", "{seconds}"],
        "heal": [*on_host, "heal"],
        "settings": ["curl", "-s", "http://{host}:8008/config"],
    }
    members = [
        {"name": one, "host": hosts[one].address} for one in changed.get("members", bench.system.members)
    ]
    lines = ['kind = "database"', f'name = "{NAME}"', 'version = "4"', "[cluster]"]
    user = changed.get("user", "haproof")
    lines += [
        f'dsn = "host={{hosts}} port={{port}} dbname=haproof_test user={user}"',
        f"exec = {json.dumps(ssh)}",
    ]
    if shutil.which("psql"):
        lines.append(f'local_dsn = "host=127.0.0.1 connect_timeout=2 dbname=haproof_test user={user}"')
    tables = ", ".join(
        "{" + ", ".join(f'{key} = "{value}"' for key, value in one.items()) + "}" for one in members
    )
    lines += [f"members = [{tables}]", "[commands]"]
    lines += [f"{key} = {json.dumps(argv)}" for key, argv in commands.items()]
    lines += ["[expected]", 'manager-kill = "fails over"', "[timing]", f"hold_s = {HOLD_S}"]
    path = folder / f"{name}.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


def lab(bench: Bench, file: Path, *more: str, evidence: str = "evidence") -> "subprocess.Popen[str]":
    argv = [sys.executable, "-m", "haproof", "lab", "run", "--target", str(file), "--break", NAME]
    argv += ["--evidence", str(folder / evidence), *more]
    return subprocess.Popen(
        bench.machines.command("clients", argv, account=None), text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder,
        env={key: os.environ[key] for key in ("PATH", "PYTHONPATH") if key in os.environ} | {"HOME": "/root"},
    )  # fmt: skip


def said(process: "subprocess.Popen[str]") -> list[Any]:
    out, err = process.communicate(timeout=500)
    return [process.returncode, out, err]


def refusals(bench: Bench) -> dict[str, Any]:
    """Labs that must not begin."""
    standbys = [one.member for one in bench.look().seen.values() if one.in_recovery]
    files = {
        "standbys": own_file(bench, "standbys", members=standbys),
        "rights": own_file(bench, "rights", user="nobody_special"),
        "ssh": own_file(bench, "refused", key="other_key"),
    }
    found = {name: said(lab(bench, file, evidence=name)) for name, file in files.items()}
    found["mode"] = said(lab(bench, own_file(bench, "mode"), "--mode", "async", evidence="mode"))
    found["folders"] = [name for name in found if (folder / name).exists()]
    return found


def journal_of(evidence: str) -> list[Any]:
    try:
        lines = (folder / evidence / "cluster" / "journal.jsonl").read_text().splitlines()
    except OSError:
        return []
    return [json.loads(line) for line in lines]


def journalled(what: str, evidence: str) -> bool:
    return any(line["what"] == what for line in journal_of(evidence))


def wait_for(what: str, evidence: str = "evidence", seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not journalled(what, evidence):
        if time.monotonic() > deadline:
            raise SystemExit(f"the journal has no {what}")
        time.sleep(0.2)


def left(bench: Bench) -> dict[str, Any]:
    """What a lab leaves behind."""
    primary = bench.wait_healthy().member
    with psycopg.connect(
        f"{bench.dsn(primary)}".replace("dbname=postgres", "dbname=haproof_test")
    ) as session:
        schemas = session.execute("select nspname from pg_namespace where nspname like 'haproof%'").fetchall()
    links = [command("ip", "-n", host, "-o", "link", "show", "eth0") for host in bench.system.members]
    return {
        "schemas": [row[0] for row in schemas],
        "links_up": all("state UP" in link for link in links),
        "healthy": bench.healthy() is not None,
    }


def killed(bench: Bench) -> dict[str, Any]:
    """A lab that is killed while a host hangs; the next one is told what it left."""
    run = lab(bench, own_file(bench, "own"), "--faults", "host-hang", evidence="killed")
    wait_for("fault", "killed")
    time.sleep(6)
    run.kill()
    run.communicate()
    acts = [line["what"] for line in journal_of("killed") if line["kind"] == "act"]
    found = left(bench)
    return {
        "last_act": acts[-1],
        "left": found,
        "next": said(lab(bench, own_file(bench, "own"), evidence="next")),
    }


def prepared() -> Bench:
    journal = Journal(folder / "journal.jsonl", Secrets())
    bench = Bench(
        Network(names(3)), folder, lambda machines: Patroni(machines, binaries, 3, True), journal, Silent()
    )
    primary = bench.bring_up().member
    with psycopg.connect(bench.dsn(primary), autocommit=True) as session:
        for statement in (
            "create role haproof login", "grant pg_monitor to haproof", "create role nobody_special login",
            "create database haproof_test owner haproof",
        ):  # fmt: skip
            session.execute(statement)
    keys()
    for host in bench.system.members:
        sshd(bench.machines, host, bench.network.hosts[host].address)
    return bench


def main() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    bench = prepared()
    found: dict[str, Any] = {}
    if what == "full":
        found["refused"] = refusals(bench)
        run = lab(bench, own_file(bench, "own"), "--faults", "host-kill,host-hang,manager-kill,cut-full")
        wait_for("schema.create")
        found["second"] = said(lab(bench, own_file(bench, "own"), evidence="second"))
    else:
        run = lab(bench, own_file(bench, "own"), "--faults", "cut-full")
        wait_for("fault")
        time.sleep(3)
        run.send_signal(signal.SIGINT)
    found["run"] = said(run)
    found["left"] = left(bench)
    if what == "interrupted":
        found["killed"] = killed(bench)
    print(json.dumps(found))


os.environ["PATH"] += ":/usr/sbin:/sbin"
main()
