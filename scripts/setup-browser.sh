#!/usr/bin/env bash
# What is needed to look at the report: Chromium (Debian's package, where apt-get is to be had) and the npm
# packages of tests/browser, the latter into tests/browser/node_modules. HAPROOF_CHROMIUM names another browser.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

need() { printf 'setup-browser: %s\n' "$1" >&2; exit 2; }

packages=()
if [ -z "${HAPROOF_CHROMIUM:-}" ] && ! command -v chromium chromium-browser google-chrome >/dev/null; then
  packages+=(chromium)
fi
command -v npm >/dev/null || packages+=(nodejs npm)
if [ ${#packages[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || need "install ${packages[*]} (there is no apt-get here), then run this again"
  sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || need "install ${packages[*]} as root, then run this again"
    sudo=(sudo)
  fi
  { "${sudo[@]}" apt-get update -qq && "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >/dev/null ||
    need "apt-get could not install ${packages[*]} (its own words are above): install them, then run this again"
fi
if ! said=$(npm ci --prefix tests/browser --ignore-scripts --no-audit --no-fund --loglevel=error 2>&1 >/dev/null); then
  printf '%s\n' "$said" | tail -n 15 >&2
  need "npm could not install what tests/browser/package-lock.json names; npm's own words are above"
fi
