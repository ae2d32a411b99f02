"""One manager, for real: brought up, written to from everywhere, the host of its primary killed.

Arguments: the manager's name, its mode, a folder for logs and histories, and where Debian's files are.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from haproof.core.histories.codec import decode
from haproof.lab.binaries import find_binaries
from haproof.lab.sandbox.machines import Machines, kill_all
from haproof.lab.sandbox.network import Network
from haproof.lab.systems.members import Members, Status
from haproof.lab.systems.patroni import Patroni
from haproof.lab.systems.pg_auto_failover import PgAutoFailover
from haproof.lab.systems.repmgr import Repmgr
from haproof.lab.workload import schema
from haproof.lab.workload.config import Config, write_config
from haproof.lab.workload.transactions import all_keys

T = TypeVar("T")
name, mode, folder, files = sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
MEMBERS, TRIAL = ("pg1", "pg2", "pg3"), "host-kill-1"

network = Network([*MEMBERS, "monitor", "clients"])
machines = Machines(network, folder)
members = Members({h: f"host={network.hosts[h].address} user=postgres dbname=postgres" for h in MEMBERS})


def wait(what: str, seconds: float, probe: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = probe()
        if found:
            return found
        time.sleep(0.1)
    logs = {one.name: one.log.read_text(errors="replace")[-600:] for one in machines.started}
    raise SystemExit(f"no {what} within {seconds:g} s: {json.dumps(logs, indent=1)}")


def primary() -> Status | None:
    seen = members.status()
    leading = [one for one in seen.values() if one.takes_writes]
    if len(seen) != len(MEMBERS) or len(leading) != 1 or leading[0].streaming != len(MEMBERS) - 1:
        return None
    first = leading[0]
    same = all(one.timeline == first.timeline for one in seen.values())
    return first if same and (first.sync_effective or mode == "async") else None


def bring_up() -> Patroni | PgAutoFailover | Repmgr:
    if name == "patroni":
        patroni = Patroni(machines, find_binaries().folder, sync=mode == "sync")
        patroni.bring_up()
        return patroni
    binaries = next(files.glob("usr/lib/postgresql/*/bin"))
    if name == "repmgr":
        repmgr = Repmgr(machines, files, binaries)
        repmgr.initialise()
        wait("first server", 30, lambda: members.status(["pg1"]))
        members.execute("pg1", "create role repmgr superuser login replication")
        members.execute("pg1", "create database repmgr owner repmgr")
        repmgr.register_primary()
        for host in MEMBERS[1:]:
            repmgr.add_standby(host)
        for host in MEMBERS:
            repmgr.start_daemon(host)
        return repmgr
    cluster = PgAutoFailover(machines, files, binaries)
    cluster.bring_up()
    monitor = Members({"monitor": cluster.monitor_dsn()})
    wait("monitor", 60, monitor.status)
    cluster.add("pg1")
    wait("first node", 60, lambda: members.status(["pg1"]))
    for host in MEMBERS[1:]:
        cluster.add(host)
    return cluster


def start_clients() -> list[Path]:
    hosts = {host: network.hosts[host].address for host in MEMBERS}
    everywhere: list[tuple[str, dict[str, int], str | None]] = [
        ("off", {"writer": 4, "reader": 2, "connect": 1, "txn": 2}, None),
        *((host, {"writer": 1}, host) for host in MEMBERS),
    ]
    outputs = []
    for place, clients, member in everywhere:
        output, config = folder / f"clients-{place}.jsonl", folder / f"clients-{place}.json"
        outputs.append(output)
        write_config(
            config,
            Config(
                TRIAL, place, hosts, 5432, "postgres", "postgres", clients, str(output), 1, member=member,
                started_s=time.monotonic(),
            ),
        )  # fmt: skip
        program = [sys.executable, "-m", "haproof.lab.workload.program", str(config)]
        env = {"PATH": os.defpath, "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
        machines.start(member or "clients", f"clients-{place}", program, role="client", account=None, env=env)
    return outputs


def stop_clients() -> None:
    running = [one for one in machines.started if one.role == "client" and one.popen.poll() is None]
    for one in running:
        one.popen.send_signal(signal.SIGTERM)
    for one in running:
        one.popen.wait(20)


started = time.monotonic()
cluster = bring_up()
old = wait("healthy cluster", 90, primary)
up_s = time.monotonic() - started
for statement in schema.SETUP.split(";"):
    members.execute(old.member, statement)
for key in all_keys(0):
    members.execute(old.member, schema.NEW_LIST, (key, TRIAL))
histories = start_clients()
time.sleep(5)
kill_all(lambda: machines.processes(old.member))
left = len(machines.processes(old.member))
killed = time.monotonic()
new = wait(
    "promotion",
    60,
    lambda: [one for one in members.status().values() if one.takes_writes and one.member != old.member],
)[0]
promotion_s = time.monotonic() - killed
time.sleep(4)
cluster.start(old.member)
if name == "repmgr":
    wait("second primary", 30, lambda: len([1 for one in members.status().values() if one.takes_writes]) == 2)
else:
    wait("healthy cluster again", 90, primary)
stop_clients()
rows = {row[0] for row in members.query(new.member, schema.ALL_ROWS, (TRIAL,)) or ()}
events = [event for path in histories for event in decode(path.read_bytes().splitlines(keepends=True))]
acknowledged = [event for event in events if event.kind == "ok" and event.op == "insert"]
print(
    json.dumps(
        {
            "up_s": up_s,
            "promotion_s": promotion_s,
            "left": left,
            "timelines": [old.timeline, new.timeline],
            "acknowledged": len(acknowledged),
            "by_new": len([1 for event in acknowledged if event.member == new.member]),
            "lost": len([1 for event in acknowledged if event.id not in rows]),
            "vias": sorted({event.via for event in acknowledged if event.via}),
            "transactions": len([1 for event in events if event.kind == "ok" and event.op == "txn"]),
            "reads": len([1 for event in events if event.kind == "ok" and event.op == "read"]),
            "invented": len(rows - {event.id for event in events if event.op == "insert"}),
        }
    )
)
