"""30 trials of each kill: how long until another node leads, by its own clock and by a 50 ms poll."""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

TRIALS = 30


def main() -> None:
    """Run VAL13 with 30 trials and print both distributions."""
    with tempfile.TemporaryDirectory() as folder:
        evidence = Path(folder) / "evidence"
        haproof = str(Path(sys.executable).with_name("haproof"))
        command = [haproof, "lab", "run", "--slices", "VAL13", "--trials", str(TRIALS), "--evidence"]
        run = subprocess.run([*command, str(evidence)], capture_output=True, text=True, check=False)
        path = evidence / "val13" / "val13-report.json"
        if not path.exists():
            sys.exit(f"the lab wrote no report (exit status {run.returncode}): {run.stderr[-500:]}")
        metrics = json.loads(path.read_text()).get("metrics", {})
    for kill in ("sigterm", "sigkill"):
        show(f"{kill} own clock", metrics.get(f"{kill}_takeover_trials_ms"))
        show(f"{kill} observed", metrics.get(f"{kill}_trials_ms"))
    print(f"hung leader replaced after {metrics.get('hung_leader_failover_ms')} ms")
    print(f"rows lost {metrics.get('data_loss_rows')} of {metrics.get('rows_acknowledged')} acknowledged")


def show(name: str, trials: list[float | None] | None) -> None:
    """One line: n, minimum, median, 95th percentile (nearest rank), maximum."""
    measured = sorted(trial for trial in trials or () if trial is not None)
    if not measured:
        print(f"{name:20} not measured")
        return
    p95 = measured[-(-len(measured) * 95 // 100) - 1]
    print(
        f"{name:20} n={len(measured):3}  min {measured[0]:7.1f}  median {statistics.median(measured):7.1f}"
        f"  p95 {p95:7.1f}  max {measured[-1]:7.1f} ms"
    )


if __name__ == "__main__":
    main()
