#!/usr/bin/env bash
# The keeper: what it holds, starts, weighs, stops, and what it refuses.
# Requirement: DP-3, DP-8
set -u
# shellcheck source=test/fault/keeper.lib.sh
. "$(dirname "$0")/../fault/keeper.lib.sh"

raise_keeper
"$keeper" "$work/k" "127.0.0.1:0" || fail "a second one is not content that the first lives"
release 1.0.0
release 2.0.0

# The first version; asked again, nothing changes.
run_in blue 1.0.0
pid=$(field blue 4)
run_in blue 1.0.0
[ "$(field blue 4)" = "$pid" ] || fail "started twice"
await "version 1.0.0" eval '[ "$(get /version)" = 1.0.0 ]'
ask "start blue 9.9.9" "$work/x.log" "$hello" | grep -q '^error another application' || fail "a slot was taken from an application"
ask "weight green 10" | grep -q '^error a weight' || fail "weight for a slot without application"
ask "weight green 101" | grep -q '^error' || fail "weight 101"
ask "stop red 10" | grep -q '^error' || fail "a slot that is none"
ask "nonsense" | grep -q '^error' || fail "a request that is none"

# The second beside it, and a ramp under load: no failure, shares as asked.
run_in green 2.0.0
[ "$(ask state | awk '$1 == "weight" { print $2 }')" = 0 ] || fail "green has weight"
"$BUILD/bench/load" "127.0.0.1:$port" /version 4 50 "$work/green.times" 127.83.76.2 >/dev/null || fail "green, without weight, is not reached by the probes' address"
[ "$(cut -d' ' -f2 "$work/green.times" | sort -u)" = 2.0.0 ] || fail "the probes' address of green leads elsewhere"
load_begin
for weight in 10 50 100; do
	ask "weight green $weight" >/dev/null || fail "weight $weight"
	mark=0
	mark
	sleep_until=$((mark + 3000))
	await "load" eval '[ "$(wc -l <"$work/load.times")" -ge $sleep_until ]'
	share=$(tail -n +"$((mark + 300))" "$work/load.times" | awk '$2 == "2.0.0" { n++ } END { printf "%d", 100 * n / NR }')
	[ "$share" -ge $((weight - 5)) ] && [ "$share" -le $((weight + 5)) ] || fail "weight $weight, share $share"
done
"$BUILD/bench/load" "127.0.0.1:$port" /version 4 50 "$work/blue.times" 127.83.76.1 >/dev/null || fail "blue, without weight, is not reached by the probes' address"
[ "$(cut -d' ' -f2 "$work/blue.times" | sort -u)" = 1.0.0 ] || fail "the probes' address of blue leads elsewhere"
ask "stop green 1000" | grep -q '^error it still has weight' || fail "stopped what has all traffic"
ask "stop blue 5000" >/dev/null || fail "stop blue"
await "blue to end" is blue exited
[ "$(field blue 3)" = 0 ] || fail "exit status $(field blue 3)"
load_end

# An application that does not end is killed at the deadline, its whole group with it; the status says so.
cat >"$work/stubborn" <<'SH'
#!/bin/bash
trap '' TERM
sleep 1000 &
echo "child $!"
while :; do wait; done
SH
chmod +x "$work/stubborn"
ask "start blue stubborn" "$work/stubborn.log" /usr/bin/env PATH=/usr/bin:/bin "$work/stubborn" >/dev/null
await "its child" grep -q child "$work/stubborn.log"
child=$(sed -n 's/^child //p' "$work/stubborn.log")
ask "stop blue 600" >/dev/null
await "SIGKILL" is blue killed
[ "$(field blue 3)" = 9 ] || fail "signal $(field blue 3)"
await "its child to end" eval '! kill -0 $child 2>/dev/null'

# What cannot be executed ends with a status; one that crashes while it has all weight loses it to the other.
ask "start blue missing" "$work/missing.log" /usr/bin/env "$work/no-such-program" >/dev/null
await "the end of what is not there" is blue exited
[ "$(field blue 3)" = 127 ] || fail "exit status $(field blue 3)"
grep -q no-such-program "$work/missing.log" || fail "the log says nothing"
run_in blue 1.0.0
kill -KILL "$(field green 4)"
await "weight to blue" eval 'ask state | grep -qx "weight 0"'
[ "$(get /version)" = 1.0.0 ] || fail "no answer after a crash"
[ "$(field green 2) $(field green 3)" = "killed 9" ] || fail "green: $(field green 2)"
echo fine
