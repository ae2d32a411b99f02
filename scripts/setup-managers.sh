#!/usr/bin/env bash
# Debian's files of pg_auto_failover, repmgr and pgBackRest, with a PostgreSQL of their own, unpacked into
# .cache/managers. Nothing is installed and no root is needed: they run from any folder. Exit status 77: no apt here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf 'setup-managers: %s\n' "$*" >&2; }
folder=.cache/managers
[ -f "$folder/complete" ] && [ -f "$folder/pgbackrest" ] && exit 0
for tool in apt-get apt-cache dpkg; do
  command -v "$tool" >/dev/null || { say "NOT RUN: no $tool; these programs come from Debian's packages"; exit 77; }
done
if [ "$(id -u)" = 0 ]; then apt-get update >/dev/null 2>&1 || true; fi

unpack() { # packages, into the one root
  rm -rf "$folder/packages"
  mkdir -p "$folder/packages" "$folder/root"
  say "downloading and unpacking $* into $folder"
  if ! (cd "$folder/packages" && apt-get download -qq "$@" >download.log 2>&1); then
    cat "$folder/packages/download.log" >&2
    return 1
  fi
  for package in "$folder"/packages/*.deb; do dpkg -x "$package" "$folder/root"; done
  rm -rf "$folder/packages"
}

if [ ! -f "$folder/complete" ]; then
  major=$(apt-cache pkgnames postgresql- 2>/dev/null | sed -n 's/^postgresql-\([0-9][0-9]*\)-repmgr$/\1/p' | sort -n | tail -n 1)
  [ -n "$major" ] || { say "NOT RUN: apt knows no postgresql-N-repmgr: run apt-get update"; exit 77; }
  rm -rf "$folder"
  unpack postgresql-"$major" postgresql-client-"$major" postgresql-"$major"-repmgr repmgr repmgr-common \
    pg-auto-failover-cli postgresql-"$major"-auto-failover || { say "these packages could not be downloaded"; exit 2; }
  "$folder/root/usr/lib/postgresql/$major/bin/postgres" --version >&2
  touch "$folder/complete"
fi

# A second way of PITR: without it that way is not tried, and the rest is as good.
if unpack pgbackrest && "$folder/root/usr/bin/pgbackrest" version >&2; then
  touch "$folder/pgbackrest"
else
  say "pgbackrest is not available here: the second way of PITR will not be tried"
fi
