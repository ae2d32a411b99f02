#!/usr/bin/env bash
# What action.yml runs, and what any other CI can run: judge an evidence directory, compare it with a baseline,
# keep its history. Everything comes in by environment, so that no value is ever read as shell.
#
#   HAPROOF_EVIDENCE    the evidence directory (required)
#   HAPROOF_REQUIRE     design-partner (default), ga or public: what exit status 0 asks for
#   HAPROOF_WRITE       further formats, separated by spaces or commas (default: html markdown junit)
#   HAPROOF_OUTPUT_DIR  where the report goes (default: val26 in the evidence directory)
#   HAPROOF_BASELINE    an evidence directory or val26-proof-report.json to compare with
#   HAPROOF_HISTORY     a JSON-lines file to append the run to
#   HAPROOF_COMMAND     the haproof to run (default: haproof)
#
# The exit status is that of `haproof report`; where it is 0, that of `haproof diff` against the baseline.
# On GitHub, report and comparison go to the job's summary, and status, verdict and folder to its outputs.
set -fuo pipefail

haproof=${HAPROOF_COMMAND:-haproof}
summary=${GITHUB_STEP_SUMMARY:-/dev/null}
outputs=${GITHUB_OUTPUT:-/dev/null}
evidence=${HAPROOF_EVIDENCE:-}
if [ -z "$evidence" ]; then
  echo "judge: HAPROOF_EVIDENCE is empty: name the evidence directory" >&2
  exit 2
fi
folder=${HAPROOF_OUTPUT_DIR:-$evidence/val26}
case $folder in
  *[[:cntrl:]]*)
    # An output is a line: a line feed in a path would be read as another output, such as a status of its own.
    echo "judge: HAPROOF_EVIDENCE or HAPROOF_OUTPUT_DIR holds a control character: rename the folder" >&2
    exit 2
    ;;
  -*) folder=./$folder ;;
esac

options=(--require "${HAPROOF_REQUIRE:-design-partner}" --output-dir "$folder")
formats=${HAPROOF_WRITE-html markdown junit}
for format in ${formats//,/ }; do options+=(--write "$format"); done

"$haproof" report "${options[@]}" -- "$evidence"
status=$?
case $status in 0 | 1 | 3 | 5) ;; *) exit "$status" ;; esac
[ -f "$folder/val26-proof-report.md" ] && cat "$folder/val26-proof-report.md" >>"$summary"
verdict=$(tail -n 1 "$folder/val26-proof-report.txt")
{
  printf 'status=%s\n' "$status"
  printf 'verdict=%s\n' "${verdict#Verdict: }"
  printf 'report-dir=%s\n' "$folder"
} >>"$outputs"

if [ -n "${HAPROOF_HISTORY:-}" ]; then
  "$haproof" history --append="$HAPROOF_HISTORY" -- "$evidence" >/dev/null || exit
fi

if [ -n "${HAPROOF_BASELINE:-}" ]; then
  "$haproof" diff -- "$HAPROOF_BASELINE" "$evidence"
  difference=$?
  case $difference in 0 | 1 | 3) ;; *) exit "$difference" ;; esac
  "$haproof" diff --format markdown -- "$HAPROOF_BASELINE" "$evidence" >>"$summary"
  printf 'comparison=%s\n' "$difference" >>"$outputs"
  if [ "$status" = 0 ]; then status=$difference; fi
fi
exit "$status"
