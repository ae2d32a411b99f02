"""`haproof report` as a whole process, against a bare interpreter of the same environment."""

import shutil
import sys
import tempfile
from pathlib import Path

import whole_process

from haproof.render import ALWAYS, FORMATS

ROOT = Path(__file__).parents[1]
RUNS = 21


def main() -> None:
    """Text + JSON, then each further format on top of it."""
    with tempfile.TemporaryDirectory() as folder:
        evidence = Path(folder) / "evidence"
        shutil.copytree(newest_example(), evidence)
        haproof = str(Path(sys.executable).with_name("haproof"))
        report = [haproof, "report", str(evidence)]
        commands: dict[str, list[str]] = {"pass": [sys.executable, "-c", "pass"], "report": report}
        for name in FORMATS:
            if name not in ALWAYS:
                commands[f"report --write {name}"] = [*report, "--write", name]
        print(f"{RUNS} paired runs each, evidence: {newest_example().relative_to(ROOT)}")
        print(whole_process.table(whole_process.in_turn(commands, RUNS), "pass"))
        shutil.rmtree(evidence / "val26", ignore_errors=True)
        haproof_page = evidence / "val26" / "val26-proof-report.html"
        whole_process.once([*report, "--write", "html"])
        if haproof_page.exists():
            print(f"HTML page: {haproof_page.stat().st_size:,} bytes")


def newest_example() -> Path:
    """The example evidence that a lab really measured, else the golden sample."""
    examples = sorted((ROOT / "examples").glob("*/val13"))
    return examples[-1].parent if examples else ROOT / "tests/golden/cases/seed_sample/evidence"


if __name__ == "__main__":
    main()
