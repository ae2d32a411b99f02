#!/usr/bin/env bash
# What action.yml runs, and what any other CI can run: judge an evidence directory, compare it with a baseline,
# keep its history. Everything comes in by environment, so that no value is ever read as shell.
#
#   HAPROOF_EVIDENCE    the evidence directory (required)
#   HAPROOF_REQUIRE     what exit status 0 asks for: design-partner (default), ga, public, or ids such as DP-3,DP-5
#   HAPROOF_MAX_AGE     evidence older than that, such as 1d or 36h, is not coherent (default: any age)
#   HAPROOF_TRUST       public keys of whose signed statements count, one path a line (default: nobody's)
#   HAPROOF_WRITE       further formats, separated by spaces or commas (default: html markdown junit)
#   HAPROOF_OUTPUT_DIR  where the report goes (default: val26 in the evidence directory)
#   HAPROOF_BASELINE    an evidence directory or val26-proof-report.json to compare with
#   HAPROOF_HISTORY     a JSON-lines file to append the run to
#   HAPROOF_COMMAND     the haproof to run (default: haproof)
#
# The exit status is that of `haproof report`; where it is 0, that of `haproof diff` against the baseline.
# What is new since the baseline comes first, then the report. On GitHub both go to the job's summary, and status,
# verdict and folder to its outputs.
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

# One time for everything, so that the summary is the report and the comparison is of the same moment.
[ -n "${SOURCE_DATE_EPOCH:-}" ] || SOURCE_DATE_EPOCH=$(date +%s)
export SOURCE_DATE_EPOCH
trusting=()
while IFS= read -r key; do
  [ -z "$key" ] || trusting+=("--trust=$key")
done <<<"${HAPROOF_TRUST:-}"
judging=(--require "${HAPROOF_REQUIRE:-design-partner}")
judging+=(${trusting[@]+"${trusting[@]}"})
[ -z "${HAPROOF_MAX_AGE:-}" ] || judging+=(--max-age "$HAPROOF_MAX_AGE")
formats=${HAPROOF_WRITE-html markdown junit}
writing=(--output-dir "$folder")
for format in ${formats//,/ }; do writing+=(--write "$format"); done

said=$(mktemp) || exit 2
trap 'rm -f "$said"' EXIT
"$haproof" report "${judging[@]}" "${writing[@]}" -- "$evidence" >"$said"
status=$?
case $status in 0 | 1 | 3 | 5) ;; *) exit "$status" ;; esac
found=yes # or whether all five slices are MISSING: then there is nothing to compare or to keep
[ "$(grep -c '^  VAL1[3-7] .* MISSING' "$said")" -lt 5 ] || found=

difference=
if [ -n "${HAPROOF_BASELINE:-}" ] && [ -n "$found" ]; then
  "$haproof" diff ${trusting[@]+"${trusting[@]}"} -- "$HAPROOF_BASELINE" "$evidence"
  difference=$?
  case $difference in 0 | 1 | 3) ;; *) exit "$difference" ;; esac
  "$haproof" diff ${trusting[@]+"${trusting[@]}"} --format markdown -- "$HAPROOF_BASELINE" "$evidence" >>"$summary"
  echo
fi

cat "$said"
case " ${formats//,/ } " in
  *" markdown "*)
    # Not the file: a signed directory is judged, and its files stay as they are.
    "$haproof" show "${judging[@]}" --format markdown -- "$evidence" >>"$summary" 2>/dev/null
    ;;
esac
verdict=$(tail -n 1 "$said")
{
  printf 'status=%s\n' "$status"
  printf 'verdict=%s\n' "${verdict#Verdict: }"
  printf 'report-dir=%s\n' "$folder"
  [ -z "$difference" ] || printf 'comparison=%s\n' "$difference"
} >>"$outputs"

if [ -n "${HAPROOF_HISTORY:-}" ] && [ -n "$found" ]; then
  "$haproof" history --append="$HAPROOF_HISTORY" --format none ${trusting[@]+"${trusting[@]}"} -- "$evidence" || exit
fi
if [ "$status" = 0 ] && [ -n "$difference" ]; then status=$difference; fi
exit "$status"
