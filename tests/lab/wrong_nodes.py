"""How often is each wrong node found? Called by scripts/wrong-nodes.sh, which says how.

A wrong node is found when its slice FAILs at each of the checks that it breaks (`CASES`).
"""

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from lab.bad_run import bad_runs
from lab.test_bad_nodes import CASES, TIMING


def main(words: list[str]) -> int:
    """Run each chosen case so many times; status 1 where one was not found once."""
    times, chosen = int(words[0]), words[1:]
    cases = [one for one in CASES if not chosen or one.slice_id in chosen or one.script in chosen]
    found: Counter[tuple[str, str]] = Counter()
    for number in range(1, times + 1):
        with tempfile.TemporaryDirectory(prefix="haproof-wrong-") as name:
            folder = Path(name)
            folder.chmod(0o711)
            with bad_runs(folder, [(one.script, one.slice_id) for one in cases], TIMING) as runs:
                for one in cases:
                    result = runs.result(one.script, one.slice_id)
                    expected = {f"{one.slice_id}-{check:02}" for check in one.checks}
                    hit = result.status == "FAIL" and expected <= result.failed
                    found[one.script, one.slice_id] += hit
                    failed = ", ".join(sorted(result.failed)) or result.report.get("not_run", "nothing")
                    clock = time.strftime("%H:%M:%S")
                    print(
                        f"{clock} {number} {one.slice_id} {one.script}: {result.status} {failed}", flush=True
                    )
    for one in cases:
        print(f"{one.slice_id} {one.script:32} found in {found[one.script, one.slice_id]} of {times}")
    return 0 if all(found[one.script, one.slice_id] == times for one in cases) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
