"""How often is each wrong node found? Called by scripts/wrong-nodes.sh, which says how.

A wrong node is found when its slice FAILs at each of the checks that it breaks (`CASES`). Every run is a line
of a file; what is there already is not run again, so a campaign may be ended and taken up. A run that the
machine spoiled (`NOT RUN`) tells nothing of the node, is counted apart, and does not count as a try.
"""

import argparse
import json
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from lab.bad_run import Result, bad_runs
from lab.test_bad_nodes import CASES, FURTHER, TIMING, Case

FROM_OUTSIDE = (
    *("old_leader_writes_on", "follower_accepts_one_in_twenty", "leads_but_refuses", "refuses_and_stores"),
    *("stores_twice", "success_that_says_no", "unknown_is_success", "acknowledges_a_moment_early"),
    *("commits_asynchronously", "loses_one_of_two", "fence_before_the_write", "acts_when_looked_at"),
    *("notices_when_looked_at", "flaps", "epoch_used_again", "block_ends_by_itself", "buffers_writes"),
    *("gives_up_in_a_long_loss", "lost_session_is_success", "archive_without_rows"),
    *("restores_beside_a_leader", "audit_is_a_fixed_list", "reports_risk_once", "turns_the_epoch_back"),
    *("reconcile_writes", "dry_run_touches_user_rows"),
    *("repeat_is_refused", "remembers_ids_in_memory", "key_before_commit", "flattens_text"),
    *("truncates_long_payloads", "cuts_long_ids", "follower_says_it_accepts", "restores_rows_only"),
    *("restore_forgets_counters", "archives_rows_only", "restores_the_newest", "one_file_for_all"),
    *("second_backup_is_cached", "later_backups_are_empty", "restore_turns_the_epoch_back"),
    *("leads_in_maintenance", "ignores_ghosts_below", "ignores_ghosts_above", "fenced_but_says_ready"),
    *("writes_while_detected", "recovery_restamps_rows", "audit_stamped_when_read"),
    *("follower_promotes_itself", "detects_once", "write_ready_endpoint_lies", "quorum_endpoint_lies"),
    *("follower_stays_blocked",),
)
"""The kinds that were once built from the contract alone, and passed: `outside` on the command line."""

MOST_NOT_RUN = 3
"""So many spoiled runs for each that is wanted: then a case is given up."""

Word = str
FOUND, ELSEWHERE, PASSED, NOT_RUN = "found", "found at another check", "PASSED", "not run"
COLUMNS = (FOUND, NOT_RUN, PASSED, ELSEWHERE)


def name(one: Case) -> str:
    """A case as the file of results names it."""
    return f"{one.slice_id} {one.script}"


def word(one: Case, result: Result) -> Word:
    """What a run came to."""
    if result.status == "NOT RUN":
        return NOT_RUN
    if result.status != "FAIL":
        return PASSED
    expected = {f"{one.slice_id}-{check:02}" for check in one.checks}
    return FOUND if expected <= result.failed else ELSEWHERE


def counted(path: Path) -> dict[str, Counter[Word]]:
    """What the runs so far came to, for each case."""
    counts: dict[str, Counter[Word]] = {}
    for line in path.read_text().splitlines() if path.exists() else ():
        run = json.loads(line)
        counts.setdefault(run["case"], Counter())[run["word"]] += 1
    return counts


def lacking(cases: Iterable[Case], counts: Mapping[str, Counter[Word]], times: int) -> list[Case]:
    """The cases that were not tried so often yet; one that is never run is given up."""
    found = []
    for one in cases:
        count = counts.get(name(one), Counter[Word]())
        if count.total() - count[NOT_RUN] < times and count[NOT_RUN] < MOST_NOT_RUN * times:
            found.append(one)
    return found


def once(cases: Sequence[Case], jobs: int, path: Path) -> None:
    """Each case one time, `jobs` side by side; each result is a line of the file the moment it is there."""
    with tempfile.TemporaryDirectory(prefix="haproof-wrong-") as there:
        folder = Path(there)
        folder.chmod(0o711)
        with bad_runs(folder, [(one.script, one.slice_id) for one in cases], TIMING, jobs) as runs:
            for one in cases:
                result = runs.result(one.script, one.slice_id)
                run = {
                    "case": name(one),
                    "word": word(one, result),
                    "status": result.status,
                    "failed": sorted(result.failed),
                    "not_run": result.report.get("not_run"),
                    "seconds": round(result.seconds, 1),
                }
                with open(path, "a", encoding="utf-8") as stream:
                    stream.write(json.dumps(run) + "\n")
                failed = ", ".join(sorted(result.failed)) or result.report.get("not_run", "nothing failed")
                sys.stdout.write(f"{name(one)}: {run['word']} ({failed})\n")
                sys.stdout.flush()


def table(cases: Iterable[Case], counts: Mapping[str, Counter[Word]]) -> str:
    """A Markdown table of all runs."""
    lines = [f"| slice | node | breaks | {' | '.join(COLUMNS)} |", f"|{'---|' * (3 + len(COLUMNS))}"]
    for one in cases:
        count = counts.get(name(one), Counter[Word]())
        breaks = ", ".join(f"{check:02}" for check in sorted(one.checks))
        cells = " | ".join(str(count[column]) for column in COLUMNS)
        lines.append(f"| {one.slice_id} | `{one.script}` | {breaks} | {cells} |")
    return "\n".join(lines) + "\n"


def chosen(words: Sequence[str]) -> list[Case]:
    """The cases of these slices and scripts, all without a word. Raises SystemExit for a word of nothing."""
    known = CASES + FURTHER
    scripts = {one.script for one in known} | {one.slice_id for one in known} | {"outside"}
    unknown = sorted(set(words) - scripts)
    if unknown:
        raise SystemExit(f"no such slice or node: {', '.join(unknown)}")
    outside = FROM_OUTSIDE if "outside" in words else ()
    return [one for one in known if not words or one.script in {*words, *outside} or one.slice_id in words]


def main(arguments: Sequence[str]) -> int:
    """Run the chosen cases until each was tried so often; 1 where one was not found once."""
    parser = argparse.ArgumentParser(prog="scripts/wrong-nodes.sh")
    parser.add_argument("times", type=int, nargs="?", default=1)
    parser.add_argument("words", nargs="*", metavar="SLICE, NODE or outside")
    parser.add_argument("--jobs", type=int, default=3, help="so many side by side")
    parser.add_argument("--results", type=Path, help="the file of results, which is gone on with")
    options = parser.parse_args(arguments)
    cases = chosen(options.words)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="haproof-wrong-") as there:
        path = options.results or Path(there) / "results.jsonl"
        while left := lacking(cases, counted(path), options.times):
            once(left, options.jobs, path)
            if options.results is not None:
                path.with_suffix(".md").write_text(table(cases, counted(path)))
        counts = counted(path)
    sys.stdout.write(table(cases, counts))
    clean = all(counts[name(one)][FOUND] >= options.times for one in cases)
    return 0 if clean and not any(counts[name(one)][PASSED] for one in cases) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
