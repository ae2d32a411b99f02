#!/usr/bin/env bash
# The pictures of the README: docs/report.png (the first screen) and docs/report-charts.png, made from the
# HTML report of a lab run.
#
#   bash scripts/report-picture.sh EVIDENCE_DIR
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ $# -eq 1 ] && [ -d "$1" ] || { printf 'usage: report-picture.sh EVIDENCE_DIR\n' >&2; exit 2; }
bash scripts/setup.sh
bash scripts/setup-browser.sh

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
status=0
.venv/bin/haproof report --write html --output-dir "$made" -- "$1" >/dev/null || status=$?
[ -f "$made/val26-proof-report.html" ] || { printf 'report-picture: no report (status %s)\n' "$status" >&2; exit 2; }
chromium=${HAPROOF_CHROMIUM:-$(command -v chromium chromium-browser google-chrome | head -n 1)}
node tests/browser/picture.cjs "$made/val26-proof-report.html" "$chromium" docs
