#!/usr/bin/env bash
# Make the environment in .venv that every other script uses: pinned packages from requirements.lock, and
# this checkout itself. Does nothing when that is already done. Prints only what it does, on stderr.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 2; }

wanted() { cksum requirements.lock pyproject.toml scripts/setup.sh | cksum; pwd; }
stamp=.venv/.haproof-setup

done_already() { [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(wanted)" ] && .venv/bin/python -c 'import msgspec' 2>/dev/null; }

find_python() {
  local candidate
  for candidate in python3 python3.14 python3.13 python3.12 python3.11 python /usr/bin/python3; do
    if command -v "$candidate" >/dev/null 2>&1 &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      "$candidate" -c 'import sys; print(sys.executable)'
      return
    fi
  done
  return 1
}

usable_venv() { .venv/bin/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

make_venv() {
  rm -rf .venv
  if ! "$1" -m venv .venv >/dev/null 2>&1; then
    # Debian's python3 comes without ensurepip; its package is the one thing that pip cannot serve.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      say "installing Debian's python3-venv"
      { apt-get update && apt-get install -y --no-install-recommends python3-venv; } >/dev/null 2>&1 || true
    fi
    rm -rf .venv
    "$1" -m venv .venv >/dev/null || fail "$1 cannot make virtual environments: install its venv package (on Debian: apt-get install python3-venv)"
  fi
}

exec 9>.setup.lock
if command -v flock >/dev/null; then flock 9; fi
if done_already; then exit 0; fi

if ! usable_venv; then
  python=$(find_python) || fail "no Python 3.11 or newer found: install one (on Debian: apt-get install python3 python3-venv)"
  make_venv "$python"
fi
say "installing into .venv ($(.venv/bin/python --version), pinned by requirements.lock)"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
log=.venv/setup.log
if ! { .venv/bin/python -m pip install --require-hashes -r requirements.lock &&
  .venv/bin/python -m pip install --no-deps --no-build-isolation --no-index --editable .; } >"$log" 2>&1; then
  tail -n 15 "$log" >&2
  fail "the packages of requirements.lock could not be installed: see above; a package index must be in reach"
fi
# Compiled once here, so that no run pays for it (and runs that may not write it start as quickly).
.venv/bin/python -m compileall -q src/haproof
wanted >"$stamp"
