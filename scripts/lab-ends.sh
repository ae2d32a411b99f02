#!/usr/bin/env bash
# Does a lab that is ended from outside leave anything? Ends labs at random instants, quick profile, the slices in turn.
#
#   scripts/lab-ends.sh [--target NAME] [--jobs N] [--seconds S] [--seed N] [--results FILE] [TIMES] [WAY...]
#
#   scripts/lab-ends.sh 30                      30 times each: SIGKILL SIGINT SIGTERM SIGHUP SIGQUIT, a closed terminal
#   scripts/lab-ends.sh --jobs 3 10 SIGKILL terminal
#   scripts/lab-ends.sh --target patroni --seconds 1 20 SIGKILL      a cluster with its faults, not the slices
#
# Nothing may be left 2 s (--seconds) after the lab ended: no process, no System V segment, no file in /dev/shm, no
# namespace, no mount, no temporary folder (but after SIGKILL, when nobody is there to remove it). Linux. Exit status 0:
# nothing was left.
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
exec "$python" -m lab.ends "${arguments[@]}"
