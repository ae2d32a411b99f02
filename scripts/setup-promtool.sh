#!/usr/bin/env bash
# promtool of Debian's prometheus package, unpacked into .cache/promtool. Nothing is installed and no root is needed.
# Exit status 77: no apt here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf 'setup-promtool: %s\n' "$*" >&2; }
folder=.cache/promtool
[ -x "$folder/promtool" ] && exit 0
for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || { say "NOT RUN: no $tool; promtool comes from Debian's package prometheus"; exit 77; }
done
if [ "$(id -u)" = 0 ]; then apt-get update >/dev/null 2>&1 || true; fi
rm -rf "$folder"
mkdir -p "$folder/package"
say "downloading prometheus and unpacking promtool into $folder"
if ! (cd "$folder/package" && apt-get download -qq prometheus >download.log 2>&1); then
  cat "$folder/package/download.log" >&2
  say "the package prometheus could not be downloaded"
  exit 2
fi
dpkg-deb --fsys-tarfile "$folder"/package/*.deb | tar -x -C "$folder" --strip-components=3 ./usr/bin/promtool
rm -rf "$folder/package"
"$folder/promtool" --version 2>&1 | head -n 1 >&2
