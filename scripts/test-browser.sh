#!/usr/bin/env bash
# The HTML report in headless Chromium: from disk, offline, scripts off; axe-core, keyboard, print.
# HAPROOF_SCREENSHOTS=DIR keeps what was seen, to be looked at. Exit status 77: it cannot be run here, and
# a line says what is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash scripts/setup.sh
bash scripts/setup-browser.sh || exit 77

timeout 300 .venv/bin/python -m pytest -q -m browser tests/browser "$@"
