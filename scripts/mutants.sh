#!/usr/bin/env bash
# Do the tests notice a fault? Puts small faults into modules, one at a time; each must make one of the tests fail.
#
#   scripts/mutants.sh [--sample N] [--seed N] [--at-least PERCENT] [--jobs N] MODULE... --tests TEST...
#
#   scripts/mutants.sh --sample 300 src/haproof/core/histories --tests tests/unit/histories tests/unit/report/test_recount.py
#
# A module is a file or a folder below src, a test whatever pytest takes. Each survivor is printed as FILE:LINE with what
# was changed: either a test is missing, or the line means nothing. One that computes far longer than the tests was noticed;
# one that only takes long is printed as not decided and counts as not noticed. Exit status 0: at least 98 % were noticed.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=${PYTHON:-$root/.venv/bin/python}
[[ -x $python ]] || { echo "$python is missing: run scripts/setup.sh first, or set PYTHON" >&2; exit 2; }
cd "$root"
exec "$python" scripts/mutants.py "$@"
