#!/usr/bin/env bash
# The server is killed at 200 random moments while eight clients push three branches each, as a whole. After every restart: the three
# stand together, nothing acknowledged is lost, every move is an event, no lock is left, the audit verifies.
# At least half of the moments must fall between an intent and its end; the last lines say how many.
# Requirement: PR-6, RC-3
# Timeout: 1800
. "$(dirname "$0")/../scenario/lib.sh"
kills=${KILLS:-200}
clients=8
cat >"$test_dir/strategy.yml" <<'END'
strategy: 1
branches:
  main: {type: production, allow: {create: write, push: write}, require: {approvals: 0, checks: []}}
  work: {match: "**", type: work, base: main, allow: {create: write, push: write, force-push: write, delete: write}}
END
server_start --log-level warning
repo "$test_dir/strategy.yml"
person ann write
clone_as ann "$test_dir/c"
commit "$test_dir/c" a 0 "feat: start"
yes "first push" git -C "$test_dir/c" push -q origin HEAD:main
token=$(cat "$home.tokens/ann")

pause() { sleep "$1"; }
client() { # NUMBER
	local dir=$test_dir/w$1 last next address
	git clone -q --bare "$test_dir/c" "$dir"
	last=$(git --git-dir="$dir" rev-parse main)
	while :; do
		while [ -e "$test_dir/gate" ]; do : >"$test_dir/idle.$1"; pause 0.01; done
		rm -f "$test_dir/idle.$1"
		[ -e "$test_dir/gate" ] && continue
		address=$(head -n 1 "$test_dir/address" 2>/dev/null)
		[ -n "$address" ] || continue
		address=http://ann:$token@${address#http://}/acme/app.git
		next=$(git --git-dir="$dir" commit-tree -p "$last" -m "feat: next" "$last^{tree}")
		if git --git-dir="$dir" push -q "$address" "$next:refs/heads/w$1-a" "$next:refs/heads/w$1-b" "$next:refs/heads/w$1-c" >/dev/null 2>&1; then
			echo "$next" >"$test_dir/acknowledged.$1.new" && mv "$test_dir/acknowledged.$1.new" "$test_dir/acknowledged.$1"
			last=$next
		elif git --git-dir="$dir" fetch -q "$address" "refs/heads/w$1-a" >/dev/null 2>&1; then
			last=$(git --git-dir="$dir" rev-parse FETCH_HEAD)
		fi
	done
}
bare=$home/repos/acme/app.git
value() { git --git-dir="$bare" rev-parse -q --verify "refs/heads/$1"; }
events() { sqlite3 "file:$home/sluice.db?mode=ro" "SELECT count(*) FROM event WHERE ref LIKE 'refs/heads/w$1-%'"; }
check() {
	local i a ack
	for i in $(seq $clients); do
		a=$(value "w$i-a")
		[ "$a" = "$(value "w$i-b")" ] && [ "$a" = "$(value "w$i-c")" ] || fail "kill $n: client $i's branches do not stand together"
		[ -f "$test_dir/acknowledged.$i" ] || continue
		ack=$(cat "$test_dir/acknowledged.$i")
		out=$(git --git-dir="$bare" merge-base --is-ancestor "$ack" "$a" 2>&1)
		case $? in
		0) ;;
		1) out=$(git --git-dir="$bare" log --oneline -n 5 "$a" 2>&1; git --git-dir="$bare" log --oneline -n 3 "$ack" 2>&1); fail "kill $n: client $i was told $ack, and it is lost: its branch is at $a" ;;
		*) fail "kill $n: client $i was told $ack; whether its branch at '$a' has it cannot be told" ;;
		esac
	done
	[ -z "$(find "$bare" -name '*.lock')" ] || fail "kill $n: a lock was left"
	curl -sf "$url/readyz" >/dev/null || fail "kill $n: not ready"
}
all_idle() { [ "$(find "$test_dir" -maxdepth 1 -name 'idle.*' | wc -l)" -eq $clients ]; }

: >"$test_dir/gate"
running=
for i in $(seq $clients); do
	client "$i" &
	running="$running $!"
done
# shellcheck disable=SC2064,SC2086 # the list as it is now
trap "kill -KILL $running 2>/dev/null; end_of_test" EXIT

inside=0
for n in $(seq "$kills"); do
	rm -f "$test_dir/gate"
	pause "$(printf "%d.%03d" $((RANDOM % 2)) $((250 + RANDOM % 500)))"
	: >"$test_dir/gate"
	server_kill
	await 60 all_idle || fail "kill $n: a client hangs"
	: >"$test_dir/log"
	server_start --log-level warning
	grep -qE 'recover: ([1-9][0-9]* intents went back|[0-9]+ intents went back, [1-9][0-9]* forward)' "$test_dir/log" && inside=$((inside + 1))
	check
	if [ $((n % 20)) -eq 0 ]; then
		audit_verifies ann >/dev/null || fail "kill $n: the audit does not verify"
		echo "$n kills, $inside inside an open intent"
	fi
done
pushes=0
for i in $(seq $clients); do
	moved=$(git --git-dir="$bare" rev-list --count "main..w$i-a")
	[ "$(events "$i")" -eq $((3 * moved)) ] || fail "client $i: $moved pushes, $(events "$i") events of three each"
	pushes=$((pushes + moved))
done
git --git-dir="$bare" fsck --connectivity-only >/dev/null || fail "objects are missing"
echo "$kills kills, $inside inside an open intent, $pushes pushes of 3 refs landed"
[ $((2 * inside)) -ge "$kills" ] || fail "only $inside of $kills kills fell inside an open intent"
