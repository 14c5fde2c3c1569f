#!/usr/bin/env bash
# The server dies at each point of landing two repositories in one act, and of tagging them. Afterwards both have it or neither; asked again, both have
# it; the log verifies.
# Requirement: RL-7, RC-3
# Timeout: 600
. "$(dirname "$0")/../scenario/lib.sh"
. "$(dirname "$0")/../scenario/ecosystem_server.lib.sh"
server_start
person lead
two
minor=0
s() { "$sluice" "$@" --home "$home" --as lead; }
half() { # WHAT REV: both have it, or neither
	local n
	n=$(($([ -n "$(tip auth "$2")" ] && echo 1 || echo 0) + $([ -n "$(tip app "$2")" ] && echo 1 || echo 0)))
	[ $n != 1 ] || { out=$(all); fail "$1: $2 stands in one of them"; }
}
asked() { curl -s --max-time 30 -X POST -H "Authorization: Bearer $(cat "$home.tokens/lead")" -H 'Content-Type: application/json' -o "$test_dir/answer" -d "{\"version\":\"$version\",\"members\":$members,\"tags\":[\"release\",\"ecosystem\"],\"order\":[\"acme/auth\",\"acme/app\"]}" "$url/api/sluice/ecosystem/$1"; }
for step in land complete; do
	points="begun intent-written refs-prepared recorded decided moved-in-auth refs-moved"
	[ $step = land ] || points="$points ecosystem-tagged"
	for point in $points; do
		minor=$((minor + 1))
		version=2.$minor.0
		for r in auth app; do yes "begun" s release start $version --repo "acme/$r"; done
		[ $step = land ] || post 200 land
		server_stop || fail "the server did not end by itself"
		SLUICE_FAULT=$point server_start --faults
		asked $step && fail "$point: it was answered"
		await 30 eval '! kill -0 $server_pid 2>/dev/null' || fail "$step: the server did not die at $point"
		wait "$server_pid" 2>/dev/null
		server_start --log-level warning
		half "$step, $point" "refs/tags/v$version"
		half "$step, $point" "refs/tags/v$version-ecosystem"
		[ -z "$(find "$home/repos" -name '*.lock')" ] || fail "$point: a lock was left"
		post 200 land
		post 200 complete
		for r in auth app; do
			is "$(tip $r "v$version-ecosystem^{}")" "$(tip $r refs/heads/main)"
			is "$(tip $r "v$version^{}")" "$(tip $r refs/heads/main)"
		done
		yes "the log verifies" audit_verifies lead
	done
done
exit 0
