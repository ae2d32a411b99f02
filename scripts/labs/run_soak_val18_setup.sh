#!/usr/bin/env bash
# Set a 30-day soak up: run_soak_val18_setup.sh [DIR] --dsn DSN [haproof soak setup's options]
# Installs what it needs on first use; prober and timer are then in DIR/units (docs/soak.md).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bash "$root/scripts/setup.sh"
exec "$root/.venv/bin/haproof" soak setup "$@"
