#!/usr/bin/env bash
# A release from its start to its tag, with real pushes: what it writes, what it waits for, the way back.
# Requirement: RL-1, RL-2, PR-7, BR-3
. "$(dirname "$0")/lib.sh"

cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
branches:
  main: {type: production, require: {approvals: 1, checks: [tests]}}
  development: {type: integration, base: main}
  feature: {match: "feature/{name}", type: work, base: development}
  release: {match: "release/v{version}", type: release, base: development, after-merge: delete,
    into: {main: {method: merge, tag: release, also-into: [development]}}}
tags: {release: {match: "v{version}", type: release, branches: main, annotated: true}}
commits: {convention: conventional, types: [feat, fix, docs, chore]}
checks: {tests: {on: {change: [main, development]}}}
releases: {version-files: [{file: VERSION, text: "{version}"}, {file: package.json, pointer: /version}], changelog: CHANGELOG.md}
YML
server_start
repo "$test_dir/strategy.yml"
person lead admin
person bob write
person eve write
export SLUICE_SERVER=$url
git init -q "$test_dir/seed"
commit "$test_dir/seed" VERSION 0.1.0 "chore: begin"
commit "$test_dir/seed" package.json '{"name": "app", "version": "0.1.0"}' "chore: name it"
git -C "$test_dir/seed" tag -a v0.1.0 -m 0.1.0
yes "the branches come to be" git -C "$test_dir/seed" push -q "$(remote_of lead)" main main:development
yes "the first tag" git -C "$test_dir/seed" push -q "$(remote_of lead)" v0.1.0
clone_as bob "$test_dir/bob"
d=$test_dir/bob
git -C "$d" checkout -q -b feature/a origin/development
commit "$d" a.txt a "feat: greet people by name"
yes "a feature is pushed" git -C "$d" push -q origin feature/a
yes "a change" as bob change open feature/a --into development --title "feat: greet people by name"
yes "its check" as lead commit status "$(git -C "$d" rev-parse HEAD)" --context tests --state success
yes "approved" as lead change review 1 --approve
yes "merged" as bob change merge 1

# --- what cannot be begun
no "an old version" as lead release start 0.0.9
has "not above 0.1.0"
no "no version" as lead release start 2.1
no "who may not cut a release branch" as bob release start 0.2.0
has "branches.release.allow.create"
before=$(refs)
yes "a dry run" as lead release start 0.2.0 --dry-run
has "create branch release/v0.2.0 from development"
has "write the version into package.json"
[ "$before" = "$(refs)" ] || fail "a dry run moved a ref"

# --- start
yes "start" as lead release start 0.2.0
git -C "$d" fetch -q origin
[ "$(git -C "$d" show origin/release/v0.2.0:VERSION)" = 0.2.0 ] || fail "VERSION"
[ "$(git -C "$d" show origin/release/v0.2.0:package.json)" = '{"name": "app", "version": "0.2.0"}' ] || fail "package.json"
out=$(git -C "$d" show origin/release/v0.2.0:CHANGELOG.md)
has "0.2.0"
has "reet people by name"
hasnt "name it"
yes "the change lists itself" as lead change list
has "release/v0.2.0"
yes "status" as lead status
has "release-start 0.2.0"
no "the same again" as lead release start 0.2.0
has "sluice release finish 0.2.0"

# --- undo puts every ref back, and it can be begun again
yes "undo" as lead undo
[ "$before" = "$(refs)" ] || { out=$(refs); fail "undo left other refs"; }
yes "start again" as lead release start 0.2.0
git -C "$d" fetch -q origin
sha=$(git -C "$d" rev-parse origin/release/v0.2.0)

# --- finish: refused with what opens it, then done, all refs at once
before=$(refs)
no "neither approved nor checked" as lead release finish 0.2.0
hasnt "answered with status" # the verdict says it, not HTTP
has "approval"
has "tests"
[ "$before" = "$(refs)" ] || fail "a refused finish moved a ref"
number=$(as lead change list --format json | jq -r '[.[]? // .changes[]?][0].number')
yes "its check" as lead commit status "$sha" --context tests --state success
yes "approved" as bob change review "$number" --approve
yes "a dry run of the finish" as lead release finish 0.2.0 --dry-run
has "tag v0.2.0 on main"
[ "$before" = "$(refs)" ] || fail "a dry run moved a ref"
yes "finish" as lead release finish 0.2.0
hasnt "0000000000"
out=$(refs)
has refs/tags/v0.2.0
hasnt refs/heads/release/
git -C "$d" fetch -q --prune origin
[ "$(git -C "$d" cat-file -t v0.2.0)" = tag ] || fail "the tag is not annotated"
[ "$(git -C "$d" rev-parse 'v0.2.0^{commit}')" = "$(git -C "$d" rev-parse origin/main)" ] || fail "the tag is not on main"
git -C "$d" merge-base --is-ancestor "$sha" origin/development || fail "development has not got the release"
[ "$(git -C "$d" show origin/main:VERSION)" = 0.2.0 ] || fail "main's VERSION"
# what GitHub's clients see of it: the release with its section of the changelog, and its event
api() { out=$(curl -sf -u "lead:$(cat "$home.tokens/lead")" "$url/api/v3/repos/acme/app/$1" | jq -c "$2"); }
api releases 'map([.tag_name, .draft, .prerelease, .author.login])'
[ "$out" = '[["v0.2.0",false,false,"lead"]]' ] || fail "the releases"
api releases/latest '[.tag_name, .target_commitish, (.body | contains("reet people by name")), (.body | startswith("## "))]'
[ "$out" = '["v0.2.0","main",true,false]' ] || fail "the latest release"
api releases/tags/v0.2.0 .published_at
hasnt null
yes "its event" as lead audit log
has "release-published"

rc=0; out=$(as lead undo 2>&1) || rc=$?
[ "$rc" = 9 ] || fail "a finish is not undone: exit code $rc"
has "rollback"

# --- a fix on the release branch: the changelog follows, the checks must see it, approvals stand; abort takes it back
git -C "$d" checkout -q -B feature/b origin/development
commit "$d" b.txt b "feat: say goodbye"
yes "another feature" git -C "$d" push -q origin feature/b
yes "its change" as bob change open feature/b --into development --title "feat: goodbye"
number=$(as lead change list --format json | jq -r '[.[]? // .changes[]?][0].number')
yes "check" as lead commit status "$(git -C "$d" rev-parse HEAD)" --context tests --state success
yes "approve" as lead change review "$number" --approve
yes "merge" as bob change merge "$number"
yes "start 0.3.0" as lead release start 0.3.0
git -C "$d" fetch -q origin
git -C "$d" checkout -q -B release/v0.3.0 origin/release/v0.3.0
commit "$d" b.txt c "fix: goodbye has a full stop"
yes "a fix is pushed to the release" git -C "$d" push -q origin release/v0.3.0
number=$(as lead change list --format json | jq -r '[.[]? // .changes[]?][0].number')
yes "check of the fix" as lead commit status "$(git -C "$d" rev-parse HEAD)" --context tests --state success
yes "approve the fix" as eve change review "$number" --approve
before=$(refs)
no "who may not merge into main moves nothing" as eve release finish 0.3.0
has "branches.main.allow.merge"
[ "$before" = "$(refs)" ] || { out=$(refs); fail "a finish by somebody who may not merge moved a ref"; }
no "who did not begin a release does not undo it" as eve undo
has "begun by lead"
no "the changelog's commit was not checked" as lead release finish 0.3.0
has "sluice continue"
has "tests"
git -C "$d" fetch -q origin
out=$(git -C "$d" show origin/release/v0.3.0:CHANGELOG.md)
has "oodbye has a full stop"
yes "status" as lead status
has "stopped"
no "another one may not begin meanwhile" as lead release start 0.4.0
has "under way"
no "who did not begin it does not take it back" as eve abort
has "begun by lead"
no "nor goes on with it" as eve continue
has "begun by lead"
yes "abort" as lead abort
[ "$before" = "$(refs)" ] || { out=$(refs); fail "abort left other refs"; }
no "nothing to continue" as lead continue
no "once more" as lead release finish 0.3.0
git -C "$d" fetch -q origin
yes "the check sees the changelog" as lead commit status "$(git -C "$d" rev-parse origin/release/v0.3.0)" --context tests --state success
yes "continue" as lead continue
out=$(refs)
has refs/tags/v0.3.0
await 10 audit_verifies lead || fail "the audit log does not verify"
