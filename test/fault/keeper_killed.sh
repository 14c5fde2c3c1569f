#!/usr/bin/env bash
# The keeper is killed with -9 under load, in each state of a rollout, and its place is taken: no request fails, the
# weights go on as they were, both applications can be stopped, and again.
# Requirement: DP-3
set -u
# shellcheck source=test/fault/keeper.lib.sh
. "$(dirname "$0")/keeper.lib.sh"

replace() {
	local old
	old=$(keeper_pid)
	kill -KILL "$old"
	await "the keeper to die" eval '! kill -0 '"$old"' 2>/dev/null'
	mark
	await "answers without a keeper" eval '[ "$(wc -l <"$work/load.times")" -gt $((mark + 200)) ]'
	raise_keeper
	[ "$(keeper_pid)" != "$old" ] || fail "the same keeper"
}
only() { # VERSION: 500 answers later still nothing else
	mark
	await "answers" eval '[ "$(wc -l <"$work/load.times")" -gt $((mark + 600)) ]'
	[ -z "$(tail -n +"$((mark + 100))" "$work/load.times" | awk -v v="$1" '$2 != v' | head -n 1)" ] || { tail -n +"$((mark + 100))" "$work/load.times" | sort -k2 | cut -d" " -f2 | uniq -c; ask state; cat "$work/load.out"; fail "something else than $1 answered"; }
}
share() { # VERSION AT_LEAST AT_MOST of the answers
	mark
	await "answers" eval '[ "$(wc -l <"$work/load.times")" -gt $((mark + 2100)) ]'
	local s
	s=$(tail -n +"$((mark + 100))" "$work/load.times" | awk -v v="$1" '$2 == v { n++ } END { printf "%d", 100 * n / NR }')
	[ "$s" -ge "$2" ] && [ "$s" -le "$3" ] || fail "share of $1 is $s, not $2 to $3"
}

for v in 1.0.0 2.0.0 3.0.0 4.0.0; do release $v; done
raise_keeper
run_in blue 1.0.0
: >"$work/load.times"
load_begin
replace # one application, never another one
only 1.0.0
[ "$(field blue 2)" = running ] || fail "blue was not adopted"

run_in green 2.0.0
only 1.0.0
ask "weight green 30" >/dev/null
share 2.0.0 25 35
replace # both run, in the middle of a ramp
share 2.0.0 25 35
ask "weight green 100" >/dev/null
only 2.0.0
ask "stop blue 10000" >/dev/null
await "the adopted blue to end" is blue unknown
only 2.0.0

run_in blue 3.0.0 # over the spare socket that took the place of the one that went
only 2.0.0
ask "weight green 60" >/dev/null
share 3.0.0 35 45
replace # two again, one of them twice
share 3.0.0 35 45
ask "weight blue 100" >/dev/null
only 3.0.0
ask "stop green 10000" >/dev/null
await "the twice adopted green to end" is green unknown
replace # the one that lives stood second, and becomes the first of the group
only 3.0.0
run_in green 4.0.0
only 3.0.0
ask "weight green 50" >/dev/null
share 4.0.0 45 55
ask "weight green 100" >/dev/null
only 4.0.0
ask "stop blue 10000" >/dev/null
await "blue to end" is blue unknown
only 4.0.0

# An application that dies while there is no keeper: the next one says `unknown`, and begins it again on the same address.
old=$(keeper_pid)
load_end
app=$(field green 4)
kill -KILL "$old" "$app"
await "both to die" eval "! kill -0 $old 2>/dev/null && ! kill -0 $app 2>/dev/null"
raise_keeper
[ "$(field green 2)" = unknown ] || fail "green: $(field green 2)"
run_in green 4.0.0
ask "weight green 100" >/dev/null
await "an answer" eval '[ "$(get /version)" = 4.0.0 ]'
tail -n 5 "$work/load.out"
