"""What belongs to a host: its manager and whatever came of it, not the lab's client, not another host's."""

import json
import sys
import time
from pathlib import Path

from haproof.lab.sandbox.machines import Machines, kill_all
from haproof.lab.sandbox.network import Network

DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
time.sleep(60)
"""

folder = Path("/tmp/work")
folder.mkdir()
machines = Machines(Network(["one", "two"]), folder)
python = [sys.executable, "-c"]
machines.start("one", "manager", [*python, DAEMON], role="manager")
machines.start("one", "client", [*python, "import time; time.sleep(60)"], role="client")
machines.start("two", "manager", [*python, DAEMON], role="manager")


def count() -> dict[str, int]:
    return {host: len(machines.processes(host)) for host in ("one", "two")}


# A daemon is two processes on its way to being two: what stays for a while counts, not what is met first.
deadline, both, since = time.monotonic() + 10, count(), time.monotonic()
while (both != {"one": 2, "two": 2} or time.monotonic() < since + 0.5) and time.monotonic() < deadline:
    time.sleep(0.02)
    if (now := count()) != both:
        both, since = now, time.monotonic()
ran = machines.run("one", [*python, "import os; print(os.getuid())"], seconds=20)
kill_all(lambda: machines.processes("one"))
client = machines.find("one", "client")
print(
    json.dumps(
        {
            "before": both,
            "uid": ran.stdout.strip(),
            "after": count(),
            "client": client is not None and client.popen.poll() is None,
            "all": len(machines.processes("one", without=())),
        }
    )
)
