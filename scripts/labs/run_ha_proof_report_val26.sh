#!/usr/bin/env bash
# Judge an evidence directory: run_ha_proof_report_val26.sh EVIDENCE_DIR [haproof report's options]
# Installs what it needs on first use. The exit status is that of the report (see README).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bash "$root/scripts/setup.sh"
exec "$root/.venv/bin/haproof" report "$@"
