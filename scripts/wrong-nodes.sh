#!/usr/bin/env bash
# How often is each wrong node of tests/lab/bad_nodes found? The tests run each once; this runs them again and again.
#
#   scripts/wrong-nodes.sh [TIMES] [SLICE or SCRIPT…]
#
#   scripts/wrong-nodes.sh 20 VAL13
#   scripts/wrong-nodes.sh 20 commits_asynchronously acknowledges_a_moment_early
#
# Exit status 0: each was found every time.
set -euo pipefail

times=${1:-1}
[[ $times =~ ^[1-9][0-9]*$ ]] || { echo "usage: $0 [TIMES] [SLICE or SCRIPT...]" >&2; exit 2; }
shift || true
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=${PYTHON:-$root/.venv/bin/python}
[[ -x $python ]] || { echo "$python is missing: run scripts/setup.sh first, or set PYTHON" >&2; exit 2; }
cd "$root/tests"
exec "$python" -m lab.wrong_nodes "$times" "$@"
