#!/usr/bin/env bash
# The picture of clusters side by side in the README, docs/matrix.png: what `haproof matrix DIR... --format html` shows.
#
#   bash scripts/matrix-picture.sh DIR...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ $# -ge 1 ] || { printf 'usage: matrix-picture.sh DIR...\n' >&2; exit 2; }
bash scripts/setup.sh
bash scripts/setup-browser.sh

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
.venv/bin/haproof matrix --format html -- "$@" >"$made/matrix.html"
chromium=${HAPROOF_CHROMIUM:-$(command -v chromium chromium-browser google-chrome | head -n 1)}
node tests/browser/matrix.cjs "$made/matrix.html" "$chromium" docs/matrix.png
