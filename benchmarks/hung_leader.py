"""20 hung leaders (SIGSTOP): how long until another node leads, and whether a late write is refused."""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

TRIALS = 20
SLACK_MS = 500


def main() -> None:
    """One trial is one VAL13 run of the quick profile, which hangs its leader once."""
    haproof = str(Path(sys.executable).with_name("haproof"))
    taken: list[float | None] = []
    refused: list[bool | None] = []
    bound = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for trial in range(TRIALS):
            evidence = Path(folder) / f"run-{trial:02}"
            command = [haproof, "lab", "run", "--slices", "VAL13", "--profile", "quick", "--evidence"]
            run = subprocess.run([*command, str(evidence)], capture_output=True, text=True, check=False)
            path = evidence / "val13" / "val13-report.json"
            metrics = json.loads(path.read_text()).get("metrics") if path.exists() else None
            if metrics is None:
                sys.exit(f"the lab measured nothing (exit status {run.returncode}): {run.stderr[-500:]}")
            taken.append(metrics["hung_leader_failover_ms"])
            refused.append(metrics["stale_write_refused"])
            bound = metrics["lock_bound_ms"]
    measured = sorted(value for value in taken if value is not None)
    soon = sum(value <= bound + SLACK_MS for value in measured)
    in_time = sum(value <= bound + 2 * SLACK_MS for value in measured)
    print(f"hung leaders: {TRIALS}, replaced: {len(measured)}; lock bound {bound:.0f} ms")
    if measured:
        print(f"min {measured[0]:.0f}, median {statistics.median(measured):.0f}, max {measured[-1]:.0f} ms")
    print(f"within bound + {SLACK_MS} ms: {soon}; within bound + {2 * SLACK_MS} ms: {in_time}")
    print(
        f"stale writes (after SIGCONT, and under an older epoch) refused: {refused.count(True)} of {TRIALS}"
    )


if __name__ == "__main__":
    main()
