#!/usr/bin/env bash
# Debian's sshd, unpacked into .cache/sshd for the tests of a cluster that is reached by ssh. Nothing is
# installed and no root is needed. Exit status 77: no apt here, or no ssh of the machine's own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf 'setup-sshd: %s\n' "$*" >&2; }
folder=.cache/sshd
[ -f "$folder/complete" ] && exit 0
for tool in ssh ssh-keygen apt-get dpkg; do
  command -v "$tool" >/dev/null || { say "NOT RUN: no $tool"; exit 77; }
done
if [ "$(id -u)" = 0 ]; then apt-get update >/dev/null 2>&1 || true; fi
rm -rf "$folder"
mkdir -p "$folder/packages" "$folder/root"
packages=(openssh-server libwrap0)
say "downloading and unpacking ${packages[*]} into $folder"
if ! (cd "$folder/packages" && apt-get download -qq "${packages[@]}" >download.log 2>&1); then
  cat "$folder/packages/download.log" >&2
  say "NOT RUN: these packages could not be downloaded"
  exit 77
fi
for package in "$folder"/packages/*.deb; do dpkg -x "$package" "$folder/root"; done
rm -rf "$folder/packages"
libraries=$(dirname "$(find "$folder/root" -name 'libwrap.so.0' | head -n 1)")
LD_LIBRARY_PATH="$libraries" "$folder/root/usr/sbin/sshd" -V 2>&1 | head -n 1 >&2 || true
touch "$folder/complete"
