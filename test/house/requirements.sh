#!/usr/bin/env bash
# Tests name only requirement ids that exist; tools/requirements finds those that they name, and tells what is covered whole from what
# is covered in part.
set -u
cd "$(dirname "$0")/../.."
fail() { echo "$1"; exit 1; }
report=$(tools/requirements) || fail "$(grep -E '^(unknown|not covered, and yet)' <<<"$report")"
[[ $report =~ ([0-9]+)\ covered ]] && [ "${BASH_REMATCH[1]}" -gt 0 ] || fail "no test names a requirement"

# The same over a tree of its own: one id of each sort, and one that nobody knows.
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/tools" "$tree/docs" "$tree/test"
cp tools/requirements "$tree/tools"
printf 'AA-1 whole\nAA-2 half\n\tmissing: the other half\nAA-3 nothing\n' >"$tree/docs/requirements.txt"
printf '# %s: AA-1, AA-2\n' Requirement >"$tree/test/one.sh"
[ "$("$tree/tools/requirements" --in-part)" = "in part: AA-2 half; missing: the other half - test/one.sh
1 covered, 1 in part, 1 not covered" ] || fail "$("$tree/tools/requirements")"
printf '\tmissing: more\n' >>"$tree/docs/requirements.txt"
"$tree/tools/requirements" >/dev/null && fail "something is said to be missing of what is not covered at all"
sed -i '$d' "$tree/docs/requirements.txt"
printf '# %s: AA-9\n' Requirement >"$tree/test/two.sh"
"$tree/tools/requirements" >/dev/null && fail "an id that is none is taken"
echo "${report##*$'\n'}"
