"""`haproof history` over 10,000 runs from its file, and an append to that file, as whole processes."""

import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import report as benchmark
import whole_process

from haproof.api import assess, read_evidence
from haproof.core.history_line import entry
from haproof.render.history.lines import line

COUNT = 10_000
RUNS = 5


def main() -> None:
    """Text, page and append, against a bare interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.jsonl"
        write_runs(path)
        haproof = str(Path(sys.executable).with_name("haproof"))
        shown = [haproof, "history", str(path)]
        append = [
            haproof,
            "history",
            str(benchmark.newest_example()),
            "--append",
            str(path),
            "--format",
            "none",
        ]
        commands = {
            "pass": [sys.executable, "-c", "pass"],
            "history": shown,
            "history --format html": [*shown, "--format", "html"],
            "history --append --format none": append,
        }
        print(f"{COUNT:,} runs, {path.stat().st_size:,} bytes; {RUNS} paired runs each")
        print(whole_process.table(whole_process.in_turn(commands, RUNS), "pass"))
        page = subprocess.run(commands["history --format html"], capture_output=True, check=True).stdout
        print(f"page: {len(page):,} bytes")


def write_runs(path: Path) -> None:
    """A run an hour, each with figures of its own."""
    first = datetime(2025, 10, 1, tzinfo=UTC)
    proof = assess(read_evidence(str(benchmark.newest_example())), first).proof
    tree = json.loads(line(entry(proof, "")))
    failover = tree["metrics"]["failover"]["sigterm_failover_ms"]
    with path.open("w", encoding="utf-8") as stream:
        for n in range(COUNT):
            tree["run"] = f"{n:064x}"
            tree["evidence_of"] = (first + timedelta(hours=n)).isoformat()
            failover["value"] = 50 + n * 7919 % 100
            stream.write(json.dumps(tree, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
