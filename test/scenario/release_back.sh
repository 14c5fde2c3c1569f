#!/usr/bin/env bash
# A hotfix on a server while a release is open: both wrote the version and the changelog. What is merged back keeps the branch's own version and
# has the section of what was released, as in a clone; where people differ, a change is opened.
# Requirement: RL-2, RL-3, BR-6
. "$(dirname "$0")/lib.sh"

cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
branches:
  main: {type: production, require: {approvals: 0, checks: [], up-to-date: false, last-push-approval: false}}
  develop: {type: integration, base: main, require: {approvals: 0, last-push-approval: false}}
  release: {match: "release/{version}", type: release, base: develop, allow: {push: write, create: write}, into: {main: {method: merge, tag: release, back-merge: [develop]}}, after-merge: delete}
  hotfix: {match: "hotfix/{version}", type: hotfix, base: main, bump: patch, after-merge: delete, allow: {push: write, create: write},
    into: {main: {method: merge, tag: release, back-merge: [develop, release]}}}
tags: {release: {match: "v{version}", branches: main}}
commits: {convention: conventional}
releases: {version-files: [{file: VERSION, text: "{version}"}, {file: package.json, pointer: /version}], changelog: CHANGELOG.md}
YML
server_start
repo "$test_dir/strategy.yml"
person lead admin
export SLUICE_SERVER=$url
clone_as lead "$test_dir/d"
d=$test_dir/d
git -C "$d" switch -q -c main
commit "$d" VERSION 1.0.0 "feat: begin"
commit "$d" package.json '{"name": "app", "version": "1.0.0"}' "chore: name it"
git -C "$d" tag -a -m 1.0.0 v1.0.0
commit "$d" login in "feat: sign in"
yes "the branches" git -C "$d" push -q origin main~1:refs/heads/main main:refs/heads/develop v1.0.0
yes "a release is begun" as lead release start 1.1.0

hotfix() { # VERSION FILE TEXT: its change is merged
	git -C "$d" fetch -q origin
	git -C "$d" switch -q -C "hotfix/$1" origin/main
	commit "$d" "$2" "$3" "fix: it ($1)"
	yes "hotfix $1 is pushed" git -C "$d" push -q origin "hotfix/$1"
	local n
	yes "change of hotfix $1" as lead change open "hotfix/$1" --into main --title "fix: it ($1)" --format json
	n=$(jq .number <<<"$out")
	yes "hotfix $1 is merged" as lead change merge "$n"
	git -C "$d" fetch -q origin
}
at() { git -C "$d" show "origin/$1"; }
hotfix 1.0.1 fix fixed
hasnt "does not have it yet"
[ "$(at main:VERSION)" = 1.0.1 ] || fail "main's version is $(at main:VERSION)"
[ "$(at release/1.1.0:VERSION)" = 1.1.0 ] || fail "the release's version is $(at release/1.1.0:VERSION)"
[ "$(at release/1.1.0:package.json | tr -d ' ')" = '{"name":"app","version":"1.1.0"}' ] || fail "the release's package.json: $(at release/1.1.0:package.json)"
[ "$(at release/1.1.0:fix)" = fixed ] || fail "the release has not got the fix"
git -C "$d" merge-base --is-ancestor origin/main origin/release/1.1.0 || fail "main is not in the release"
git -C "$d" merge-base --is-ancestor origin/main origin/develop || fail "main is not in develop"
out=$(at release/1.1.0:CHANGELOG.md)
has "1.0.1"
has "it (1.0.1)"
has "1.1.0"
has "ign in"
[ "$(grep -n '^## ' <<<"$out" | sed 's/.*\(1\.[01]\.[01]\).*/\1/' | tr '\n' ' ')" = "1.1.0 1.0.1 " ] || fail "the sections stand in another order"

# --- what people wrote differently is for people: the fix is in production, and a change brings it
git -C "$d" switch -q -C release/1.1.0 origin/release/1.1.0
commit "$d" fix "fixed otherwise" "fix: it otherwise"
yes "the release goes on" git -C "$d" push -q origin release/1.1.0
hotfix 1.0.2 fix "fixed again"
has "release/1.1.0 does not have it yet"
has "Both changed"
[ "$(at main:VERSION)" = 1.0.2 ] || fail "main's version is $(at main:VERSION)"
[ "$(at release/1.1.0:VERSION)" = 1.1.0 ] || fail "the release moved"
exit 0
