"""What `haproof calibrate` costs beside a pgbench: its own CPU, and that of the one session at the server."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from psycopg.conninfo import make_conninfo

from haproof.lab.binaries import find_binaries
from haproof.lab.ground import ADMIN, Ground, clean_environment, passable, prepared
from haproof.lab.postgres import Server

SECONDS = 30.0
CLIENTS = 4
PRODUCTION = {"cluster_name": "", "wal_receiver_status_interval": "1s"}
SESSION = "select pid from pg_stat_activity where application_name = 'haproof-calibrate'"


def main() -> None:
    """One line: both shares of a core, values and pgbench's transactions meanwhile, and without it."""
    with tempfile.TemporaryDirectory() as links, prepared(find_binaries(), print) as ground:
        ground.closed_cleanly = True
        primary = pair(ground, Path(links))
        bench(ground, primary, "-i", "-s", "2")
        alone = transactions(ground, primary, SECONDS)
        with calibrating(ground, primary, Path(links)) as process:
            pid = session_of(process, primary)
            before_s, own_s, server_s = time.monotonic(), cpu_s(process.pid), cpu_s(pid)
            beside = transactions(ground, primary, SECONDS)
            took_s = time.monotonic() - before_s
            own = (cpu_s(process.pid) - own_s) / took_s
            server = (cpu_s(pid) - server_s) / took_s
        print(
            f"calibrate at 20 Hz: client {own:.2%} of a core, its session {server:.2%}; "
            f"pgbench {alone:,.0f} tps alone, {beside:,.0f} tps beside it"
        )


def pair(ground: Ground, links: Path) -> Server:
    """A primary and its standby that do not look like a lab's."""
    links.chmod(0o755)
    primary = Server.create(ground, passable(ground.work / "pair"), "primary", PRODUCTION)
    _start(primary, links)
    _start(primary.standby("standby", PRODUCTION), links)
    return primary


def _start(server: Server, links: Path) -> None:
    link = links / server.name
    link.symlink_to(server.data)
    server.data = link
    server.start()


def bench(ground: Ground, primary: Server, *arguments: str) -> str:
    """Run pgbench. Raises CalledProcessError."""
    program = str(ground.binaries.folder / "pgbench")
    words = ["-h", "127.0.0.1", "-p", str(primary.port), "-U", ADMIN, "postgres"]
    env = clean_environment() | {"PGPASSFILE": str(ground.passfile), "PGSSLMODE": "disable"}
    return subprocess.run(
        [program, *arguments, *words], check=True, capture_output=True, text=True, env=env
    ).stdout


def transactions(ground: Ground, primary: Server, seconds: float) -> float:
    """Transactions a second."""
    output = bench(ground, primary, "-c", str(CLIENTS), "-T", str(int(seconds)))
    line = next(line for line in output.splitlines() if line.startswith("tps"))
    return float(line.split()[2])


@contextlib.contextmanager
def calibrating(ground: Ground, primary: Server, folder: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """The command itself, for longer than it is watched."""
    dsn = make_conninfo(primary.dsn(ADMIN, "postgres"), passfile=str(ground.passfile), sslmode="disable")
    haproof = str(Path(sys.executable).with_name("haproof"))
    argv = [haproof, "calibrate", "--dsn", dsn, "--hours", "1", "--evidence", str(folder / "evidence")]
    process = subprocess.Popen(argv)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def session_of(process: "subprocess.Popen[bytes]", primary: Server) -> int:
    """The process at the server, once there is one. Raises RuntimeError where the command ended instead."""
    while process.poll() is None:
        if rows := primary.rows(SESSION, ADMIN):
            return int(rows[0][0])
        time.sleep(0.1)
    raise RuntimeError(f"haproof calibrate ended with status {process.returncode}")


def cpu_s(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
