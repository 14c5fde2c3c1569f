#!/usr/bin/env bash
# The page of a change as a browser gets it first: its HTML, and all that it takes.
. "$(dirname "$0")/lib.sh"
git init -q --bare "$work/source"
grow main 20 "" 1
git -C "$work/source" branch development main
start_server
"$sluice" repo import bench/app "$work/source" --preset tower -q >/dev/null
"$sluice" role grant ann admin --repo bench/app -q >/dev/null
person() { # NAME LEVEL
	"$sluice" user add "$1" >/dev/null 2>&1
	"$sluice" role grant "$1" "$2" --repo bench/app -q >/dev/null
}
person bob maintain
grow feature/large 20 development 2
git -C "$work/source" push -q "$auth/bench/app.git" feature/large 2>"$work/push.log" || { cat "$work/push.log" >&2; exit 1; }
"$sluice" change open feature/large --into development --title "feat(api): twenty steps" --repo bench/app --as ann -q >/dev/null
head=$(git -C "$work/source" rev-parse feature/large)
"$sluice" change review 1 --approve --repo bench/app --as bob -q >/dev/null
"$sluice" commit status "$head" --context tests --state success --repo bench/app --as ann -q >/dev/null
curl -sf -u "ann:$token" "$url/bench/app/changes/1" >"$work/page" || { echo "bench: the page did not come" >&2; exit 1; }
grep -q "twenty steps" "$work/page" || { echo "bench: that is not the page of the change" >&2; exit 1; }
kb() { awk -v n="$1" 'BEGIN {printf "%.1f KB", n / 1000}'; }
result "page of a change of 20 commits with a review and a check: HTML" "$(kb "$(wc -c <"$work/page")")" "< 30 KB"
