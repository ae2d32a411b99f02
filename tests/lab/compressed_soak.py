"""A real soak of the reference node, compressed, with everything killed on the way; its truth beside it.

cd tests && ../.venv/bin/python -m lab.compressed_soak --minutes 15 --keep DIR   # a day, for real

Exit status 1: the truth, the journal and the report do not agree; what differs is printed.
"""

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.node_fixture import Bench, RunningNode, running_bench, running_postgres

REBOOTED = 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"'
"""As if the machine had been booted anew: another boot id, for this process and its children only."""


@dataclass
class Truth:
    """What was done to the soak, counted by whoever did it."""

    rounds: int = 0
    prober_kills: int = 0
    node_kills: int = 0
    reboots: int = 0
    overlaps: int = 0
    statuses: list[int] = field(default_factory=list)


class CompressedSoak:
    """The soak of two nodes in a folder, by its command line."""

    def __init__(self, bench: Bench, folder: Path, **plan: str) -> None:
        self.bench = bench
        self.folder = folder
        self.truth = Truth()
        self.prober: subprocess.Popen[bytes] | None = None
        self.boot: Path | None = None
        self.log = folder / "soak.log"
        self.nodes = [bench.leader("node1"), bench.node("node2")]
        urls = [word for node in self.nodes for word in ("--node", f"http://127.0.0.1:{node.port}")]
        options = [word for name, value in plan.items() for word in (f"--{name.replace('_', '-')}", value)]
        token = str(self.nodes[0].token_file)
        done = self.command(
            "setup", "--dsn", bench.dsn, "--target", "reference", *urls, "--token-file", token, *options
        )
        assert done.returncode == 0, done.stderr

    def argv(self, action: str, *more: str) -> list[str]:
        argv = [sys.executable, "-m", "haproof", "soak", action, str(self.folder / "soak"), *more]
        if self.boot is None:
            return argv
        return [
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            REBOOTED,
            str(self.boot),
            *argv,
        ]

    def command(self, action: str, *more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.argv(action, *more), capture_output=True, text=True, timeout=180, check=False
        )

    def start_prober(self) -> None:
        with open(self.log, "ab") as log:
            self.prober = subprocess.Popen(self.argv("probe"), stdout=log, stderr=log)

    def kill_prober(self, number: int = signal.SIGKILL) -> int:
        assert self.prober is not None
        self.prober.send_signal(number)
        return self.prober.wait(30)

    def kill_prober_and_start_it_again(self) -> None:
        self.kill_prober()
        self.truth.prober_kills += 1
        self.start_prober()

    def reboot(self) -> None:
        """Everything of the soak is ended; a new boot begins."""
        self.kill_prober()
        self.truth.reboots += 1
        self.boot = self.folder / f"boot-{self.truth.reboots}"
        self.boot.write_text(f"simulated-{self.truth.reboots}\n")
        self.start_prober()

    def kill_leader(self) -> RunningNode:
        """SIGKILL; the other one takes over, and the killed one comes back."""
        leader = self.bench.leader_among(*self.nodes)
        leader.kill()
        self.truth.node_kills += 1
        self.bench.leader_among(*(node for node in self.nodes if node is not leader))
        leader.start().ready()
        return leader

    def round(self) -> str:
        done = self.command("round")
        self.truth.statuses.append(done.returncode)
        with open(self.log, "a") as log:
            log.write(done.stdout + done.stderr)
        self.truth.rounds += "acknowledged rows are there" in done.stdout + done.stderr
        return done.stdout + done.stderr

    def overlapping_rounds(self) -> None:
        rounds = [subprocess.Popen(self.argv("round"), stdout=subprocess.PIPE, text=True) for _ in range(3)]
        told = "".join(one.communicate(timeout=180)[0] for one in rounds)
        self.truth.rounds += told.count("acknowledged rows are there")
        self.truth.overlaps += told.count("overlapping:")

    def status(self) -> dict[str, Any]:
        done = self.command("status", "--format", "json")
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))


def counted(journal: Path) -> dict[str, int]:
    """What the lines of a journal come to, counted without the program's own fold."""
    lines = [json.loads(line) for line in journal.read_bytes().splitlines()]
    kinds = Counter(line["kind"] for line in lines)
    probes = [line for line in lines if line["kind"] == "probe"]
    return {
        "probes": kinds["probe"],
        "failed": sum(not line.get("ok", False) for line in probes),
        "acknowledged": sum("row" in line for line in probes),
        "restarts": kinds["start"] - 1,
        "rounds": len({line["slot"] for line in lines if line["kind"] == "round-end" and "checked" in line}),
        "overlaps": sum(line.get("decision") == "overlapping" for line in lines),
        "scheduled_failovers": kinds["failover-start"],
        "reboots": len({line["boot"] for line in lines}) - 1,
    }


def wrong(truth: Truth, status: dict[str, Any], report: dict[str, Any], journal: Path) -> list[str]:
    """Where the truth, the journal, `soak status` and the report do not agree, one sentence each."""
    found, figures, seen = counted(journal), status["metrics"], report["observations"]
    days = [sum(seen[name]) for name in ("day_reboots", "day_unplanned_failovers", "day_clock_jumps")]
    hours, down_s = sum(seen["day_observed_hours"]), sum(seen["day_downtime_seconds"])
    pairs: list[tuple[str, Any, Any]] = [
        ("rounds, truth", truth.rounds, figures["rounds"]),
        ("rounds, journal", found["rounds"], figures["rounds"]),
        ("overlaps, journal", truth.overlaps, found["overlaps"]),
        ("restarts, truth", truth.prober_kills + truth.reboots, figures["restarts"]),
        ("restarts, journal", found["restarts"], figures["restarts"]),
        ("reboots, truth", truth.reboots, status["reboots"]),
        ("reboots, journal", found["reboots"], status["reboots"]),
        ("unplanned failovers, truth", truth.node_kills, len(figures["unplanned_failover_ms"])),
        ("planned failovers, journal", found["scheduled_failovers"], figures["scheduled_failovers"]),
        ("planned failovers measured", figures["scheduled_failovers"], len(figures["failover_ms"])),
        ("probes, journal", found["probes"], figures["probes"]),
        ("rows lost", 0, status["rows_lost"]),
        ("data continuity", 1, figures["data_continuity_rate"]),
        ("chain intact", True, figures["chain_intact"]),
        ("compressed", True, figures["compressed"]),
        ("report's figures", figures, report["metrics"]),
        ("finished days", [truth.reboots, truth.node_kills, 0], days),
        ("hours of the finished days", True, 0 < hours <= figures["days"] * 24 + 0.001),
        ("downtime of the finished days", True, 0 < down_s <= figures["downtime_seconds"] + 0.001),
    ]
    told = [f"{name}: {one} is not {other}" for name, one, other in pairs if one != other]
    if figures["days"] < 1:
        told.append(f"only {figures['days']:.3f} of a day was observed: this machine was too busy for it")
    return told


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--keep", required=True, metavar="DIR", help="where the soak's folder is copied to")
    args = parser.parse_args()
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres())
        bench = stack.enter_context(running_bench(postgres, postgres.folder))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="haproof-soak-")))
        factor = 24 * 60 / args.minutes
        soak = CompressedSoak(bench, folder, compress=str(factor), goal_days="1")
        soak.start_prober()
        _a_day(soak, args.minutes * 60)
        soak.kill_prober(signal.SIGTERM)
        soak.command("report", "--evidence", str(folder / "evidence"))
        status = soak.status()
        shutil.copytree(folder, args.keep)
    report = json.loads((Path(args.keep) / "evidence" / "val18" / "val18-report.json").read_bytes())
    told = wrong(soak.truth, status, report, Path(args.keep) / "soak" / "journal.jsonl")
    sys.stdout.write(
        json.dumps({"truth": vars(soak.truth), "status": status, "wrong": told}, indent=2) + "\n"
    )
    sys.exit(1 if told else 0)


def _a_day(soak: CompressedSoak, seconds: float) -> None:
    """Rounds as a timer calls them, and an accident now and then; until the day is full."""
    events = [
        (0.2, soak.kill_leader),
        (0.3, soak.kill_prober_and_start_it_again),
        (0.45, soak.reboot),
        (0.55, soak.overlapping_rounds),
        (0.6, soak.kill_leader),
        (0.7, soak.kill_prober_and_start_it_again),
        (0.85, soak.reboot),
    ]
    started = time.monotonic()
    while time.monotonic() - started < 2 * seconds:
        if events and time.monotonic() - started > events[0][0] * seconds:
            events.pop(0)[1]()
        soak.round()
        if time.monotonic() - started > seconds and soak.status()["metrics"]["days"] >= 1:
            return
        time.sleep(seconds / 12 / 8)


if __name__ == "__main__":
    main()
