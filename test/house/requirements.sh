#!/usr/bin/env bash
# Tests name only requirement ids that exist, and tools/requirements finds the ids that they name.
set -u
cd "$(dirname "$0")/../.."
report=$(tools/requirements) || { grep '^unknown' <<<"$report"; exit 1; }
[[ $report =~ ([0-9]+)\ covered ]] && [ "${BASH_REMATCH[1]}" -gt 0 ] || { echo "no test names a requirement"; exit 1; }
echo "${report##*$'\n'}"
