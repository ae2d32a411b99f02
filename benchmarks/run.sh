#!/usr/bin/env bash
# Run benchmark groups (default: all of them; `report evaluate` take seconds); see README.md here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash scripts/setup.sh
for group in "${@:-report evaluate history transactions lab takeover hung_leader calibrate peers}"; do
  for name in $group; do
    printf '\n== %s\n' "$name"
    .venv/bin/python "benchmarks/$name.py"
  done
done
