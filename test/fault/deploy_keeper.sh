#!/usr/bin/env bash
# The keeper is killed with -9 all through a rollout, the application once it is live, and both with the server: each is found
# in its place again, and while an application runs no request fails.
# Requirement: DP-3, DP-8
# Timeout: 200
# shellcheck source=test/scenario/lib.sh
. "$(dirname "$0")/../scenario/lib.sh"
# shellcheck source=test/scenario/deploy.lib.sh
. "$(dirname "$0")/../scenario/deploy.lib.sh"

keep=2s width=2
deploy_begin
keeper_pid() { ask_keeper state | awk '$1 == "keeper" { print $2 }'; }
another_keeper() { local p; p=$(keeper_pid) && [ -n "$p" ] && [ "$p" != "$1" ]; }

# while nothing rolls
old=$(keeper_pid)
kill -KILL "$old"
await 15 another_keeper "$old" || fail "no new keeper"
yes "1.0.0 answers" answers 1.0.0

# again and again while a version is brought
load_begin
version 2.0.0
kills=0
until live 2.0.0; do
	p=$(keeper_pid 2>/dev/null)
	if [ -n "$p" ]; then
		kill -KILL "$p" && kills=$((kills + 1))
	fi
	[ $SECONDS -lt 90 ] || { out=$(s env show production; curl -s -u "ann:$(cat "$home.tokens/ann")" "$url/api/sluice/repos/acme/app/deployments/2"); fail "2.0.0 was not deployed"; }
	sleep 0.2
done
[ $kills -ge 3 ] || fail "the keeper was killed $kills times only"
load_end
yes "2.0.0 answers" answers 2.0.0

# the application itself dies: it is begun again
application() { # its process, once the last keeper that was killed has its successor
	app=$(ask_keeper state | awk '$2 == "running" && $6 ~ /^2.0.0/ { print $4 }')
	[ -n "$app" ]
}
await 15 application || { out=$(ask_keeper state); fail "no process of 2.0.0"; }
kill -KILL "$app"
await 20 answers 2.0.0 || fail "2.0.0 was not begun again"

# server, keeper and application at once, as when the machine goes down
server_kill
old=$(keeper_pid)
kill -KILL "$old" $(ask_keeper state | awk '$2 == "running" { print $4 }')
server_start
await 20 answers 2.0.0 || fail "2.0.0 was not begun again after everything had ended"
