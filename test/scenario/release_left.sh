#!/usr/bin/env bash
# What a release leaves to a person is said for what it is: a branch that must be checked first is no conflict, and the exit code of
# what stands in the way in the repository is 9, wherever it is met.
# Requirement: RL-2, RL-3, PR-6
. "$(dirname "$0")/lib.sh"

cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
branches:
  main: {type: production, allow: {push: admin}, require: {approvals: 0, checks: [], last-push-approval: false}}
  dev: {type: integration, base: main, allow: {push: admin}, require: {approvals: 0, checks: [tests]}}
  release: {match: "release/v{version}", type: release, base: dev, into: {main: {method: merge, tag: full, also-into: [dev]}}}
tags: {full: {match: "v{version}", type: release, branches: main}}
checks: {tests: {on: {push: [dev]}}}
releases: {version-files: [{file: VERSION, text: "version {version}"}]}
YML
server_start
repo "$test_dir/strategy.yml"
person lead admin
person eve write
export SLUICE_SERVER=$url
git init -q "$test_dir/seed"
commit "$test_dir/seed" VERSION "nothing to find" "chore: begin"
yes "the branches" git -C "$test_dir/seed" push -q "$(remote_of lead)" main main:dev

# --- a version file that cannot be read: a person must settle it, begun or not
commit "$test_dir/seed" a 1 "feat: a"
yes "dev goes on" git -C "$test_dir/seed" push -q "$(remote_of lead)" main:dev
code 9 as lead release start 0.1.0
has "no line of VERSION reads like"
code 9 as lead continue
has "no line of VERSION reads like"
yes "abort" as lead abort
commit "$test_dir/seed" VERSION "version 0.0.0" "fix: the version is one"
yes "mended" git -C "$test_dir/seed" push -q "$(remote_of lead)" main:dev

# --- who may not finish leaves an event
yes "start" as lead release start 0.1.0
code 1 as eve release finish 0.1.0
has "branches.main.allow.merge"
out=$(as lead audit log --kind refused --format json | jq -c '[.[] | [.actor, .data.act]]')
[ "$out" = '[["eve","merge"]]' ] || fail "a refused finish leaves no event"

# --- where only a check is missing nothing conflicts
yes "what would be done" as lead release finish 0.1.0 --dry-run
has "dev does not have it yet: a change would bring it"
yes "finish" as lead release finish 0.1.0
hasnt conflict
has "dev does not have it yet: change 2 brings it, from sluice/also-into/1-into-dev"
has "branches.dev.require.checks.tests wants"
has "sluice why merge 2"
code 8 as lead why merge 2
has "branches.dev.require.checks.tests"
yes "JSON" as lead change list --format json
out=$(jq -r '.[0].title' <<<"$out")
[ "$out" = "Bring change 1 into dev too" ] || fail "the title of what is left"

# --- a home that is in use
code 9 "$sluice" serve --home "$home" --listen 127.0.0.1:0
has "Another server runs on this home"
await 10 audit_verifies lead || fail "the audit log does not verify"
