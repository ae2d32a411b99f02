"""How often is each wrong node found? Called by scripts/wrong-nodes.sh, which says how.

A wrong node is found when its slice FAILs at each of the checks that it breaks (`CASES`).
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from lab.bad_run import Result, bad_runs
from lab.test_bad_nodes import CASES, TIMING, Case


def once(cases: Sequence[Case]) -> dict[Case, Result]:
    """Each case one time, a few side by side."""
    with tempfile.TemporaryDirectory(prefix="haproof-wrong-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with bad_runs(folder, [(one.script, one.slice_id) for one in cases], TIMING) as runs:
            return {one: runs.result(one.script, one.slice_id) for one in cases}


def is_found(one: Case, result: Result) -> bool:
    """Whether the slice fails at the checks that this node breaks."""
    expected = {f"{one.slice_id}-{check:02}" for check in one.checks}
    return result.status == "FAIL" and expected <= result.failed


def main(times: int, words: Sequence[str]) -> int:
    """Run the chosen cases so many times; 1 where one was not found once."""
    cases = [one for one in CASES if not words or one.slice_id in words or one.script in words]
    found: Counter[Case] = Counter()
    for number in range(1, times + 1):
        for one, result in once(cases).items():
            found[one] += is_found(one, result)
            failed = ", ".join(sorted(result.failed)) or result.report.get("not_run", "nothing failed")
            line = f"{number} of {times}: {one.slice_id} {one.script}: {result.status} ({failed})\n"
            sys.stdout.write(line)
        sys.stdout.flush()
    for one in cases:
        sys.stdout.write(f"{one.slice_id} {one.script:32} found in {found[one]} of {times}\n")
    return 0 if all(found[one] == times for one in cases) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
