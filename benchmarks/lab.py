"""A lab run: seconds for each slice and for all of it, report included."""

import json
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path


def main() -> None:
    """One default run into a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        evidence = Path(folder) / "evidence"
        haproof = str(Path(sys.executable).with_name("haproof"))
        start = time.monotonic()
        run = subprocess.run(
            [haproof, "lab", "run", "--report", "--evidence", str(evidence)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        total = time.monotonic() - start
        for path in sorted(evidence.glob("val1?/*-report.json")):
            report = json.loads(path.read_text())
            times = [datetime.fromisoformat(report[key]) for key in ("started_at", "generated_at")]
            summary = report.get("summary", {})
            print(
                f"{report['slice']}  {(times[1] - times[0]).total_seconds():6.1f} s  "
                f"{summary.get('passed')}/{summary.get('total')} checks"
            )
        print(f"all    {total:6.1f} s  exit status {run.returncode}")


if __name__ == "__main__":
    main()
