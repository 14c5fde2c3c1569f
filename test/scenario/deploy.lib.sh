# shellcheck shell=bash
# For tests of deployments: source it after lib.sh. An environment `production` of the driver local, deployed by tag.
#
#   deploy_begin [STEPS] [ON-FAILURE]   server, people ann (admin), repository, clone in $test_dir/w, first version 1.0.0 deployed; sets $port
#   version N [sick SECONDS]            commit and tag a version, push it
#   live N                              the version that has the traffic, says the server; state N STATE of its newest deployment
#   get PATH                            from the application, by whatever has the weight
#   load_begin | load_end               requests all the time; load_end fails when one failed
hello=${BUILD:-$top/build}/examples/hello/hello
loader=${BUILD:-$top/build}/bench/load
load_pid=
keep=1h
work_of=$home/work/acme/app/production

end_applications() {
	local p
	end_child "$load_pid"
	for p in $("${BUILD:-$top/build}/test/app/ask" "$work_of/keeper" state 2>/dev/null | awk '($2 == "running" || $2 == "draining" || $2 == "stopping") && $4 > 0 { print $4 } $1 == "keeper" { print $2 }'); do
		kill -KILL "$p" 2>/dev/null
	done
	end_of_test
}
trap end_applications EXIT

ask_keeper() { "${BUILD:-$top/build}/test/app/ask" "$work_of/keeper" "$@"; }
s() { "$sluice" "$@" --repo acme/app --home "$home"; }
field() { sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" | head -n 1; }
env_json() { s env show production --format json; }
live() { env_json | tr '\n' ' ' | grep -q "\"live\": {[^}]*\"version\": \"$1\""; }
# newest deployment of a version is in this state
state() { env_json | tr -d '\n' | sed 's/.*"deployments": \[//' | sed 's/},/}\n/g' | grep "\"version\": \"$1\"" | head -n 1 | grep -q "\"state\": \"$2\""; }
incident() { env_json | tr -d '\n' | sed 's/.*"incidents": \[//; s/\].*//' | grep -q "\"version\": \"$1\""; }
get() { curl -sf --max-time 5 "http://127.0.0.1:$port$1"; }
answers() { [ "$(get /version)" = "$1" ]; }

write_strategy() { # STEPS ON-FAILURE
	cat >"$test_dir/strategy.yml" <<YML
strategy: 1
branches:
  main: {type: production, allow: {push: maintain, create: maintain}, require: {approvals: 0, last-push-approval: false, up-to-date: false, checks: []}}
tags: {release: {match: "v{version}", branches: main}}
environments:
  production:
    from: main
    on: {tag: release}
    via: web
    rollout:
      style: blue-green
      steps: $1
      health: {probes: [{http: /health, expect: 200, within: 2s}], successes: 2}
      on-failure: $2
drivers:
  web: {driver: local, run: [bin/app], listen: "127.0.0.1:0", ready: {http: /version, within: 10s}, drain: 5s, keep: $keep}
YML
}
version() {
	printf '%s\n' "$1" >"$test_dir/w/VERSION"
	rm -f "$test_dir/w/sick"
	[ "${2:-}" != sick ] || printf '%s\n' "$3" >"$test_dir/w/sick"
	git -C "$test_dir/w" add -A && git -C "$test_dir/w" commit -qm "feat: version $1" && git -C "$test_dir/w" tag -am "$1" "v$1" || fail "commit of $1"
	# The engine sets out as soon as the refs stand: a server that dies of it may leave the push without its answer, never without its refs.
	out=$(git -C "$test_dir/w" push -q origin main "v$1" 2>&1) && return
	kill -0 "$server_pid" 2>/dev/null && fail "push of $1"
	git --git-dir="$home/repos/acme/app.git" rev-parse -q --verify "refs/tags/v$1" >/dev/null || fail "push of $1: cut off, and its tag does not stand"
}
deploy_begin() {
	local steps='[{weight: 10%, pause: 1s}, {weight: 50%, pause: 1s}, {weight: 100%}]'
	write_strategy "${1:-$steps}" "${2:-roll-back}"
	server_start
	repo "$test_dir/strategy.yml"
	person ann admin
	git init -q "$test_dir/w"
	git -C "$test_dir/w" remote add origin "$(remote_of ann)"
	mkdir "$test_dir/w/bin"
	printf '#!/bin/sh\nexec %s\n' "$hello" >"$test_dir/w/bin/app"
	chmod +x "$test_dir/w/bin/app"
	version 1.0.0
	await 30 live 1.0.0 || { s env show production; fail "1.0.0 was not deployed"; }
	port=$(ask_keeper state | awk '$1 == "address" { print $3 }')
	yes "the first version answers" answers 1.0.0
}
load_begin() {
	"$loader" "127.0.0.1:$port" /version "${width:-8}" 0 "$test_dir/load.times" >"$test_dir/load.out" &
	load_pid=$!
}
load_end() {
	kill -TERM "$load_pid"
	wait "$load_pid" || { cat "$test_dir/load.out"; fail "requests failed"; }
	load_pid=
}
