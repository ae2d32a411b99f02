"""Every way to cut a host off, as a client on a third host sees it: silence, never a refusal."""

import json
import subprocess
import sys
import time
from collections.abc import Callable

from haproof.lab.sandbox.host_exec import __file__ as host_exec
from haproof.lab.sandbox.network import Drop, Network

SERVER = """
import socket, sys
listening = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("ready", flush=True)
while True:
    taken, _ = listening.accept()
    taken.sendall(b"hello")
    taken.close()
"""
CLIENT = """
import socket, sys
try:
    print(socket.create_connection((sys.argv[1], int(sys.argv[2])), 0.6).recv(9).decode())
except TimeoutError:
    print("silence")
except OSError as fault:
    print(repr(fault))
"""


def on(host: str, code: str, *given: str) -> list[str]:
    return [
        sys.executable,
        "-I",
        "-S",
        host_exec,
        host,
        "65534:65534",
        "--",
        sys.executable,
        "-c",
        code,
        *given,
    ]


network = Network(["server", "other", "client"])
server, other, client = network.hosts.values()
for port in ("5000", "6000"):
    started = subprocess.Popen(on("server", SERVER, server.address, port), stdout=subprocess.PIPE)
    assert started.stdout is not None
    assert started.stdout.readline() == b"ready\n"


def asked(port: str = "5000") -> str:
    done = subprocess.run(on("client", CLIENT, server.address, port), capture_output=True, text=True)
    return done.stdout.strip()


def seen(cut: Callable[[], list[Drop] | None], heal: Callable[[list[Drop]], object]) -> list[str]:
    before = asked()
    drops = cut() or []
    during = [asked("5000"), asked("6000")]
    heal(drops)
    deadline = time.monotonic() + 5
    while (after := asked()) != "hello" and time.monotonic() < deadline:
        pass
    return [before, *during, after]


ways = {
    "cable": seen(lambda: network.down(server), lambda _: network.up(server)),
    "inbound": seen(lambda: network.drop_into(server), network.pass_again),
    "outbound": seen(lambda: network.drop_out_of(server), network.pass_again),
    "port": seen(lambda: network.drop([Drop.between(client, server, "dport 5000")]), network.pass_again),
    "answers": seen(lambda: network.drop([Drop.between(server, client, "sport 5000")]), network.pass_again),
    "stranger": seen(lambda: network.drop([Drop.between(other, server)]), network.pass_again),
}
print(json.dumps(ways))
