"""Run over ssh on one host of the sandbox: what an operator's commands do there to Patroni and PostgreSQL.

    own_host.py send SIGNAL manager|all|postmaster     own_host.py start ARGV…
    own_host.py cut SECONDS                            own_host.py heal

All hosts share one PID namespace here, so "all processes of the host" are those in its network namespace.
"""

import os
import signal
import subprocess
import sys
import time


def here() -> list[tuple[int, str]]:
    """Every process of this host with its command line."""
    mine = os.stat("/proc/self/ns/net").st_ino
    found = []
    for name in os.listdir("/proc"):
        try:
            if name.isdecimal() and os.stat(f"/proc/{name}/ns/net").st_ino == mine:
                with open(f"/proc/{name}/cmdline", "rb") as stream:
                    found.append((int(name), stream.read().replace(b"\0", b" ").decode()))
        except OSError:
            continue
    return found


def which(what: str) -> list[int]:
    manager = [pid for pid, line in here() if "-m patroni " in line and "own_host" not in line]
    postmaster = [pid for pid, line in here() if "/postgres -D " in line]
    backends = [pid for pid, line in here() if line.startswith("postgres:")]
    return {"manager": manager, "postmaster": postmaster, "all": manager + postmaster + backends}[what]


def send(number: signal.Signals, what: str) -> int:
    pids = which(what)
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
    return 0 if pids else 1


def ip(*words: str) -> str:
    return subprocess.run(["ip", *words], capture_output=True, text=True, check=True).stdout


def up(routes: list[str]) -> None:
    ip("link", "set", "eth0", "up")
    for route in sorted(routes, key=lambda route: " via " in route):  # a gateway must be reachable first
        ip("route", "replace", *route.split())


def cut(seconds: float) -> int:
    """The link down after the connection that this came over has ended, and up again by itself."""
    routes = ip("route", "show").splitlines()
    if os.fork():
        return 0
    os.setsid()
    empty = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(empty, number)
    time.sleep(0.3)
    ip("link", "set", "eth0", "down")
    time.sleep(seconds)
    up(routes)
    return 0


def start(argv: list[str]) -> int:
    if which("manager"):
        return 0
    with open("/tmp/manager.log", "ab") as log:
        subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/",
            env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "HOME": "/tmp"},
        )  # fmt: skip
    return 0


verb, *given = sys.argv[1:]
if verb == "send":
    sys.exit(send(signal.Signals[f"SIG{given[0]}"], given[1]))
if verb == "cut":
    sys.exit(cut(float(given[0])))
if verb == "start":
    sys.exit(start(given))
sys.exit(0)
