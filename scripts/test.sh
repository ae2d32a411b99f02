#!/usr/bin/env bash
# Everything that must hold: format, lint, types, import rules, and all tests (unit, property, golden,
# contract; the lab with its bad nodes; the HTML page in Chromium). Installs what it needs, runs every group
# even after one has failed, and says at the end what each took and what failed. Where Chromium is not there
# and cannot be installed, its group is NOT RUN, and in CI that is a failure.
#
#   scripts/test.sh          everything
#   scripts/test.sh fast     without lab and browser: a minute or two
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
case "${1:-}" in "" | fast) ;; *) echo "usage: $0 [fast]" >&2; exit 2 ;; esac
bash scripts/setup.sh
bin=.venv/bin

results=()
failed=0
group() {
  local name=$1 started=$SECONDS status=0 word=passed
  shift
  printf '\n== %s\n' "$name" >&2
  "$@" || status=$?
  if [ $status = 77 ] && [ -z "${CI:-}" ]; then
    word="NOT RUN"
  elif [ $status != 0 ]; then
    word=FAILED failed=$((failed + 1))
  fi
  results+=("$(printf '%-8s %4d s  %s' "$word" $((SECONDS - started)) "$name")")
}

group "format" $bin/ruff format --check .
group "lint" $bin/ruff check .
group "types" $bin/mypy
group "import rules" $bin/lint-imports
group "tests: unit, properties, golden, contract" $bin/python -m pytest -q -n auto --maxprocesses 8 --dist worksteal -m "not lab and not browser"
if [ "${1:-}" != fast ]; then
  group "tests: lab, with bad nodes" $bin/python -m pytest -q -n 2 --dist loadfile -m lab
  group "tests: HTML in Chromium" bash scripts/test-browser.sh
fi

printf '\n' >&2
printf '%s\n' "${results[@]}" >&2
if [ "$failed" != 0 ]; then
  echo "$failed of ${#results[@]} groups failed" >&2
  exit 1
fi
