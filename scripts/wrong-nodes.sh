#!/usr/bin/env bash
# How often is each wrong node of tests/lab/bad_nodes found? The tests run each once; this runs them again and again.
#
#   scripts/wrong-nodes.sh [--jobs N] [--results FILE] [TIMES] [SLICE, NODE or outside]...
#
#   scripts/wrong-nodes.sh 20 VAL13
#   scripts/wrong-nodes.sh 20 commits_asynchronously acknowledges_a_moment_early
#   scripts/wrong-nodes.sh --jobs 2 --results wrong.jsonl 20 outside     the kinds that once passed
#
# With --results each run is a line of FILE, next to which lies a table (.md); a campaign that was ended goes on where it
# was. A run that the machine spoiled is counted apart and repeated. Exit status 0: each was found every time.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=${PYTHON:-$root/.venv/bin/python}
[[ -x $python ]] || { echo "$python is missing: run scripts/setup.sh first, or set PYTHON" >&2; exit 2; }
arguments=()
while (($#)); do
  case $1 in
    --results) arguments+=("$1" "$(realpath -- "${2:?--results needs a file}")"); shift 2 ;;
    *) arguments+=("$1"); shift ;;
  esac
done
cd "$root/tests"
exec "$python" -m lab.wrong_nodes "${arguments[@]}"
