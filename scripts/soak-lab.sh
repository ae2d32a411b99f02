#!/usr/bin/env bash
# Runs the lab again and again and says how often it passed: a flaky lab is a broken lab.
#
#   scripts/soak-lab.sh [RUNS] [haproof lab run options…]
#
#   scripts/soak-lab.sh 10                              ten whole runs
#   scripts/soak-lab.sh 10 --slices VAL13 --profile quick
#   scripts/soak-lab.sh 1 --slices VAL13 --trials 30    the distribution of 30 trials of each kill
#   NOISE=2 scripts/soak-lab.sh 10 …                    with two busy loops beside it
#
# Evidence goes to $SOAK_DIR (default: a new temporary folder, printed). Exit status 0: every run passed.
set -euo pipefail

runs=${1:-10}
[[ $runs =~ ^[1-9][0-9]*$ ]] || { echo "usage: $0 [RUNS] [haproof lab run options...]" >&2; exit 2; }
shift || true
folder=${SOAK_DIR:-$(mktemp -d "${TMPDIR:-/tmp}/haproof-soak-XXXXXX")}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=${PYTHON:-$root/.venv/bin/python}
[[ -x $python ]] || { echo "$python is missing: run scripts/setup.sh first, or set PYTHON" >&2; exit 2; }
mkdir -p "$folder"
echo "evidence below $folder"

noise=()
trap 'for pid in "${noise[@]}"; do kill "$pid" 2>/dev/null || true; done' EXIT
for ((i = 0; i < ${NOISE:-0}; i++)); do
  "$python" -c 'while True: pass' & noise+=("$!")
done

failed=0
for ((run = 1; run <= runs; run++)); do
  evidence=$folder/run-$(printf '%03d' "$run")
  started=$(date +%s)
  if "$python" -m haproof lab run --evidence "$evidence" "$@" >"$evidence.out" 2>&1; then
    result=passed
  else
    result="FAILED (status $?)"; failed=$((failed + 1))
  fi
  echo "run $run of $runs: $result, $(($(date +%s) - started)) s"
done

"$python" - "$folder" <<'PYTHON'
"""Every figure in milliseconds of every run: n, smallest, median, 95th percentile, largest."""
import json, math, pathlib, statistics, sys

figures = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("run-*/val*/val*-report.json")):
    report = json.loads(path.read_bytes())
    for name, value in (report.get("metrics") or {}).items():
        trials = value if isinstance(value, list) else [value]
        if name.endswith("_ms") and not name.endswith("_samples_ms"):
            found = figures.setdefault((report["slice"], name), [])
            found += [trial for trial in trials if isinstance(trial, int | float)]
print(f"{'slice':6} {'figure':32} {'n':>5} {'min':>10} {'median':>10} {'p95':>10} {'max':>10}")
for (name, key), values in sorted(figures.items()):
    if values:
        values.sort()
        p95 = values[math.ceil(0.95 * len(values)) - 1]
        row = (values[0], statistics.median(values), p95, values[-1])
        print(f"{name:6} {key:32} {len(values):5}" + "".join(f" {value:10.1f}" for value in row))
PYTHON

echo "$((runs - failed)) of $runs runs passed"
((failed == 0))
