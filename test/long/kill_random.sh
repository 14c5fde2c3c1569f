#!/usr/bin/env bash
# The server is killed at 200 random moments while eight clients push branches, as a whole (six of them 15 at once, which move file by
# file, two 24, which move with one rename), and new versions of an application are deployed with a ramp. After every restart: those of
# a push stand together, nothing acknowledged is lost, every move is an
# event, no lock and no quarantine is left, the audit verifies. The application answers throughout: its requests are counted, none fails.
# At least half of the moments must fall into an open intent. That is read in the database that the dead server left: an intent without
# its decision, or a decided one with a ref that has not moved. The last lines say how many.
# Requirement: PR-6, RC-3, DP-3
# Timeout: 2400
. "$(dirname "$0")/../scenario/lib.sh"
. "$(dirname "$0")/../scenario/deploy.lib.sh"
kills=${KILLS:-200}
clients=8
branches() { if [ "$1" -gt 2 ]; then echo 15; else echo 24; fi; } # CLIENT
keep=1s
write_strategy() {
	cat >"$test_dir/strategy.yml" <<'END'
strategy: 1
branches:
  main: {type: production, allow: {create: maintain, push: maintain}, require: {approvals: 0, last-push-approval: false, up-to-date: false, checks: []}}
  work: {match: "**", type: work, base: main, allow: {create: write, push: write, force-push: write, delete: write}}
tags: {release: {match: "v{version}", branches: main}}
environments:
  production:
    from: main
    on: {tag: release}
    via: web
    rollout:
      style: blue-green
      steps: [{weight: 10%, pause: 1s}, {weight: 50%, pause: 1s}, {weight: 100%}]
      health: {probes: [{http: /health, expect: 200, within: 20s}], successes: 2}
      on-failure: roll-back
drivers:
  web: {driver: local, run: [bin/app], listen: "127.0.0.1:0", ready: {http: /version, within: 60s}, drain: 20s, keep: 1s}
END
}
deploy_begin
bare=$home/repos/acme/app.git
token=$(cat "$home.tokens/ann")

client() { # NUMBER
	local dir=$test_dir/push$1 last next address
	git clone -q --bare "$test_dir/w" "$dir"
	last=$(git --git-dir="$dir" rev-parse main)
	while :; do
		while [ -e "$test_dir/gate" ]; do : >"$test_dir/idle.$1"; sleep 0.02; done
		rm -f "$test_dir/idle.$1"
		[ -e "$test_dir/gate" ] && continue
		address=$(head -n 1 "$test_dir/address" 2>/dev/null)
		[ -n "$address" ] || continue
		address=http://ann:$token@${address#http://}/acme/app.git
		next=$(git --git-dir="$dir" commit-tree -p "$last" -m "feat: next" "$last^{tree}") || exit 1
		if git --git-dir="$dir" push -q "$address" $(seq -f "$next:refs/heads/w$1-%g" "$(branches "$1")") >/dev/null 2>&1; then
			echo "$next" >"$test_dir/acknowledged.$1.new" && mv "$test_dir/acknowledged.$1.new" "$test_dir/acknowledged.$1"
			last=$next
		elif git --git-dir="$dir" fetch -q "$address" "refs/heads/w$1-1" >/dev/null 2>&1; then
			last=$(git --git-dir="$dir" rev-parse FETCH_HEAD) || exit 1
		fi
	done
}
ask_database() { sqlite3 -readonly "$home/sluice.db" "$1"; }
events() { ask_database "SELECT count(*) FROM event WHERE ref LIKE 'refs/heads/w$1-%'"; }

# Of the server that is dead: intents without a decision, and decided ones with a ref that is not where it will be.
undecided() { ask_database "SELECT count(*) FROM intent WHERE decided = 0"; }
unmoved() {
	local ref old new
	while read -r ref old new; do
		[ "$new" = - ] && new=
		[ "$(git --git-dir="$bare" rev-parse -q --verify "$ref")" = "$new" ] || { echo 1; return; }
	done <<<"$(ask_database "SELECT updates FROM intent WHERE decided = 1" | grep .)"
	echo 0
}
nothing_left() { [ -z "$(find "$bare" -name '*.lock' -o -name '*incoming-*')" ]; }
check() {
	local i a values ack
	git --git-dir="$bare" for-each-ref --format='%(refname:short) %(objectname)' 'refs/heads/w*' >"$test_dir/values" || fail "kill $n: the refs cannot be read"
	for i in $(seq $clients); do
		values=$(sed -n "s/^w$i-[0-9]* //p" "$test_dir/values")
		a=$(head -n 1 <<<"$values")
		[ -z "$values" ] || [ "$(uniq -c <<<"$values" | awk '{ print $1 }')" = "$(branches "$i")" ] || fail "kill $n: client $i's branches do not stand together"
		[ -f "$test_dir/acknowledged.$i" ] || continue
		ack=$(cat "$test_dir/acknowledged.$i")
		out=$(git --git-dir="$bare" merge-base --is-ancestor "$ack" "$a" 2>&1)
		case $? in
		0) ;;
		1) out=$(git --git-dir="$bare" log --oneline -n 5 "$a" 2>&1; git --git-dir="$bare" log --oneline -n 3 "$ack" 2>&1); fail "kill $n: client $i was told $ack, and it is lost: its branch is at $a" ;;
		*) fail "kill $n: client $i was told $ack; whether its branch at '$a' has it cannot be told" ;;
		esac
	done
	await 20 nothing_left || { out=$(find "$bare" -name '*.lock' -o -name '*incoming-*'); fail "kill $n: a lock or a quarantine was left"; }
	curl -sf "$url/readyz" >/dev/null || fail "kill $n: not ready"
}
pushes_land() { [ -n "$(find "$test_dir" -maxdepth 1 -name 'acknowledged.?' -newer "$test_dir/opened")" ]; } # the load is on again
all_idle() { [ "$(find "$test_dir" -maxdepth 1 -name 'idle.*' | wc -l)" -eq $clients ]; }
clients_live() { local p; for p in $running; do kill -0 "$p" 2>/dev/null || return 1; done; }

: >"$test_dir/gate"
running=
for i in $(seq $clients); do
	client "$i" &
	running="$running $!"
done
# shellcheck disable=SC2064,SC2086 # the list as it is now
trap "kill -KILL $running 2>/dev/null; wait $running 2>/dev/null; end_applications" EXIT
nice -n 19 "$loader" "127.0.0.1:$port" /version 1 0 >"$test_dir/load.out" &
load_pid=$!

inside=0 back=0 released=1
for n in $(seq "$kills"); do
	if [ $((n % 25)) -eq 1 ]; then # its rollout is under way during the next kills
		released=$((released + 1))
		version "$released.0.0"
	fi
	: >"$test_dir/opened"
	rm -f "$test_dir/gate"
	await 60 pushes_land || fail "kill $n: no push lands"
	sleep "$(printf "0.%03d" $((RANDOM % 1000)))"
	: >"$test_dir/gate"
	server_kill
	open=$(undecided)
	[ "$open" != 0 ] && back=$((back + open))
	[ "$open" != 0 ] || [ "$(unmoved)" = 1 ] && inside=$((inside + 1))
	await 60 all_idle || fail "kill $n: a client hangs"
	clients_live || fail "kill $n: a client has ended"
	: >"$test_dir/log"
	server_start --log-level warning
	said=$(sed -n 's/.*recover: \([0-9]*\) intents went back.*/\1/p' "$test_dir/log")
	[ "${said:-0}" = "$open" ] || fail "kill $n: $open intents were open, and ${said:-0} went back"
	check
	if [ $((n % 20)) -eq 0 ]; then
		audit_verifies ann >/dev/null || fail "kill $n: the audit does not verify"
		echo "$n kills, $inside inside an open intent"
	fi
done
await 60 live "$released.0.0" || { out=$(s env show production); fail "$released.0.0 was not deployed"; }
load_end
pushes=0
for i in $(seq $clients); do
	moved=$(git --git-dir="$bare" rev-list --count "main..w$i-1")
	[ "$(events "$i")" -eq $(($(branches "$i") * moved)) ] || fail "client $i: $moved pushes of $(branches "$i") branches, $(events "$i") events"
	pushes=$((pushes + moved))
done
git --git-dir="$bare" fsck --connectivity-only >/dev/null || fail "objects are missing"
echo "$kills kills, $inside inside an open intent ($back went back, $((inside - back)) forward), $pushes pushes of 15 or 24 refs landed"
echo "$((released - 1)) versions deployed meanwhile; the application: $(head -n 1 "$test_dir/load.out")"
[ $((2 * inside)) -ge "$kills" ] || fail "only $inside of $kills kills fell inside an open intent"
