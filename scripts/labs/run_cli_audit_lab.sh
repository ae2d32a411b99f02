#!/usr/bin/env bash
# The main job: install what is needed, run the five validation slices against real PostgreSQL and real
# processes, judge the evidence into the VAL26 proof report, print the evidence directory at the end.
# Arguments are those of `haproof lab run`. The exit status is that of the report (see README).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bash "$root/scripts/setup.sh"
exec "$root/.venv/bin/haproof" lab run --report "$@"
