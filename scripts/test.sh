#!/usr/bin/env bash
# Everything that must hold: format, lint, types, import rules, and all tests (unit, property, golden,
# contract, lab with bad nodes). Installs what it needs. `scripts/test.sh fast` leaves out the lab.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash scripts/setup.sh
bin=.venv/bin

step() { printf '\n== %s\n' "$1" >&2; shift; "$@"; }

step "format" $bin/ruff format --check .
step "lint" $bin/ruff check .
step "types" $bin/mypy
step "import rules" $bin/lint-imports
step "tests: unit, properties, golden, contract" $bin/python -m pytest -q -m "not lab and not browser"
if [ "${1:-}" != fast ]; then
  step "tests: lab, with bad nodes" $bin/python -m pytest -q -m lab
fi
