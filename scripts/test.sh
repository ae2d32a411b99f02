#!/usr/bin/env bash
# Everything that must be true: format, lint, types, import rules, and all tests. Installs what it needs, runs
# every part even after one has failed, and says at the end what each took and what failed.
#
#   scripts/test.sh                  everything
#   scripts/test.sh GROUP...         only these, of:
#     static     format, lint, types, import rules
#     quick      unit, property, golden and contract tests: a minute or two
#     lab        real PostgreSQL servers and processes, with the deliberately wrong nodes; long commands of the docs
#     cluster    the sandbox and, in it, real HA managers (Linux; repmgr and pg_auto_failover from Debian's files,
#                downloaded and unpacked without installing anything; without them their tests are skipped)
#     browser    the HTML page in Chromium. Where it is not there and cannot be installed it is NOT RUN, and in CI
#                that is a failure
#   scripts/test.sh fast             static and quick
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

known=(static quick lab cluster browser)
usage() { echo "usage: $0 [fast | ${known[*]}]..." >&2; exit 2; }
chosen=()
for word in "$@"; do
  case " ${known[*]} fast " in *" $word "*) ;; *) usage ;; esac
  if [ "$word" = fast ]; then chosen+=(static quick); else chosen+=("$word"); fi
done
[ $# -gt 0 ] || chosen=("${known[@]}")

bash scripts/setup.sh
bin=.venv/bin

results=()
failed=0
part() {
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

static() {
  part "format" $bin/ruff format --check .
  part "lint" $bin/ruff check .
  part "types" $bin/mypy
  part "import rules" $bin/lint-imports
}
quick() {
  bash scripts/setup-promtool.sh || true
  part "tests: unit, properties, golden, contract" \
    $bin/python -m pytest -q -n auto --maxprocesses 8 --dist worksteal -m "not lab and not cluster and not browser"
}
lab() {
  bash scripts/setup-managers.sh || true  # pgBackRest
  part "tests: lab, with wrong nodes" $bin/python -m pytest -q -n 2 --dist loadfile -m lab
}
cluster() {
  bash scripts/setup-managers.sh || true
  bash scripts/setup-sshd.sh || true
  # Two clusters side by side: each waits for its manager's timeouts most of the time, in a sandbox of its own.
  part "tests: clusters in the sandbox" $bin/python -m pytest -q -n 2 --dist load -m cluster
}
browser() { part "tests: HTML in Chromium" bash scripts/test-browser.sh; }

for group in "${known[@]}"; do
  case " ${chosen[*]} " in *" $group "*) $group ;; esac
done

printf '\n' >&2
printf '%s\n' "${results[@]}" >&2
if [ "$failed" != 0 ]; then
  echo "$failed of ${#results[@]} parts failed" >&2
  exit 1
fi
