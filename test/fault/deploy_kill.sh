#!/usr/bin/env bash
# The server is killed with -9 before and after each effect of a rollout, forward and back: it goes on where it was, ends as it
# would have, every effect stands in the journal once, and no request to the application fails meanwhile.
# Requirement: DP-3, DP-4
# Timeout: 400
# shellcheck source=test/scenario/lib.sh
. "$(dirname "$0")/../scenario/lib.sh"
# shellcheck source=test/scenario/deploy.lib.sh
. "$(dirname "$0")/../scenario/deploy.lib.sh"

keep=1s width=2
deploy_begin '[{weight: 50%}, {weight: 100%}]'
load_begin
n=1
last=1.0.0

ended() { # the newest deployment is
	s env show production --format json | tr -d '\n' | sed 's/.*"deployments": \[//; s/}.*//' >"$test_dir/newest"
	grep -q "\"open\": false" "$test_dir/newest" && grep -q "\"version\": \"$1\"" "$test_dir/newest"
}
# POINT [sick SECONDS]: the version that is pushed now is deployed by a server that dies at this point
kill_at() {
	local point=$1
	n=$((n + 1))
	server_kill
	export SLUICE_FAULT=$point
	server_start --faults
	unset SLUICE_FAULT
	version "$n.0.0" "${@:2}"
	await 40 eval "! kill -0 $server_pid 2>/dev/null" || fail "the server did not die at $point"
	wait "$server_pid" 2>/dev/null
	yes "an answer without a server, killed at $point" get /version
	server_start
	await 40 ended "$n.0.0" || { out=$(s env show production); fail "killed at $point: the rollout did not end"; }
	if [ "${2:-}" = sick ]; then
		grep -q '"state": "failure"' "$test_dir/newest" || { out=$(cat "$test_dir/newest"); fail "killed at $point: a sick version did not fail"; }
		yes "what is live after $point" live "$last"
	else
		grep -q '"state": "success"' "$test_dir/newest" || { out=$(cat "$test_dir/newest"); fail "killed at $point: it did not succeed"; }
		last=$n.0.0
	fi
	yes "who answers after $point" answers "$last"
	out=$(s deployment show "$n" --format json 2>&1) || out=$(curl -sf -u "ann:$(cat "$home.tokens/ann")" "$url/api/sluice/repos/acme/app/deployments/$n") || fail "journal"
	[ "$(grep -o '"result": *""' <<<"$out" | wc -l)" = 0 ] || fail "killed at $point: the journal has a step without a result"
}

for effect in prepare start-new probe weight finish stop-old; do
	kill_at deploy-stored-$effect
	kill_at deploy-done-$effect
done
for effect in start-old stop-new; do
	kill_at deploy-stored-$effect sick 1
	kill_at deploy-done-$effect sick 1
done
load_end
yes "audit" audit_verifies ann
cat "$test_dir/load.out" | head -n 1
