#!/usr/bin/env bash
# Make the round of a soak that is due, if one is: run_soak_val18_round.sh [DIR] [haproof soak round's options]
# For a timer; it may call as often as it likes. The exit status is that of the round.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bash "$root/scripts/setup.sh"
exec "$root/.venv/bin/haproof" soak round "$@"
