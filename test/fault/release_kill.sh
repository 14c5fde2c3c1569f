#!/usr/bin/env bash
# The server dies at each point of landing while a release is begun, and while one is finished. Afterwards the flow goes on, or goes back with every
# ref as before; nothing stands half; the log verifies.
# Requirement: RL-2, RC-3
# Timeout: 300
# shellcheck source=test/scenario/lib.sh
. "$(dirname "$0")/../scenario/lib.sh"

cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
branches:
  main: {type: production, allow: {create: maintain}, require: {approvals: 0, last-push-approval: false, checks: []}}
  development: {type: integration, base: main, require: {approvals: 0, checks: []}}
  release: {match: "release/v{version}", type: release, base: development, after-merge: delete, into: {main: {method: merge, tag: release, also-into: [development]}}}
tags: {release: {match: "v{version}", type: release, branches: main}}
releases: {version-files: [{file: VERSION, text: "{version}"}], changelog: CHANGELOG.md}
YML
server_start
repo "$test_dir/strategy.yml"
person lead admin
s() { "$sluice" "$@" --repo acme/app --home "$home" --as lead; }
d=$test_dir/w
git init -q "$d"
commit "$d" VERSION 0.0.1 "feat: begin"
git -C "$d" remote add origin "$(remote_of lead)"
yes "the branches" git -C "$d" push -q origin main main:development
server_stop || fail "the server did not end by itself"

points="begun intent-written refs-prepared recorded decided refs-moved"
die_at() { # POINT COMMAND …: the server dies there
	local point=$1
	shift
	SLUICE_FAULT=$point server_start --faults
	before=$(refs)
	"$@" >/dev/null 2>&1 && fail "$point: it was answered though the server died"
	await 20 eval '! kill -0 $server_pid 2>/dev/null' || fail "$point: the server did not die there"
	wait "$server_pid" 2>/dev/null
	server_start --log-level warning
}
whole() { # VERSION: begun or not, finished or not, nothing between
	local all
	all=$(refs)
	case $all in
	*"refs/tags/v$1"*) [[ $all != *"refs/heads/release/v$1"* ]] || { out=$all; fail "the tag stands and the branch too"; } ;;
	esac
	[ -z "$(find "$home/repos" -name '*.lock')" ] || fail "a lock was left"
	yes "the log verifies" audit_verifies lead
}

i=0
for point in $points; do
	i=$((i + 1))
	die_at "$point" s release start "1.$i.0"
	whole "1.$i.0"
	yes "$point: status" s status
	has "release-start 1.$i.0"
	if [ $((i % 2)) = 1 ]; then # go back
		yes "$point: abort" s abort
		[ "$(refs)" = "$before" ] || { out=$(refs); fail "$point: abort left other refs"; }
		yes "$point: begun again" s release start "1.$i.0"
	else # go on
		yes "$point: continue" s continue
	fi
	out=$(refs)
	has "refs/heads/release/v1.$i.0"
	server_stop || fail "$point: the server did not end by itself"

	die_at "$point" s release finish "1.$i.0"
	whole "1.$i.0"
	yes "$point: it goes on" s continue
	out=$(refs)
	has "refs/tags/v1.$i.0"
	hasnt "refs/heads/release/v1.$i.0"
	git --git-dir="$home/repos/acme/app.git" merge-base --is-ancestor "v1.$i.0^2" development || fail "$point: development has not got it"
	no "$point: nothing is under way" s continue
	whole "1.$i.0"
	server_stop || fail "$point: the server did not end by itself"
done
