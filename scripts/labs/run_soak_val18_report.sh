#!/usr/bin/env bash
# Write the VAL18 report of a soak: run_soak_val18_report.sh [DIR] [--evidence EVIDENCE_DIR]
# The exit status is 0 where all ten checks pass, 1 where one fails.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bash "$root/scripts/setup.sh"
exec "$root/.venv/bin/haproof" soak report "$@"
