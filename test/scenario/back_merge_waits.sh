#!/usr/bin/env bash
# What goes back into a branch that wants checks on what it gets: the server's merge waits on a branch with a change of its own, says so, and lands by itself when
# its checks have passed; made anew where the branch moved on, a person's where that conflicts; the server may end at any time.
# Requirement: RL-2, RL-3, BR-6
. "$(dirname "$0")/lib.sh"

cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
branches:
  main: {type: production, allow: {create: write, merge: write, push: write}, require: {approvals: 0, checks: [], up-to-date: false, last-push-approval: false}}
  develop: {type: integration, base: main, allow: {create: write, push: write, merge: write}, require: {approvals: 1, checks: [tests], up-to-date: false, last-push-approval: false}}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}, after-merge: delete}
  release: {match: "release/{version}", type: release, base: develop, allow: {push: write, create: write}, into: {main: {method: merge, tag: release, back-merge: [develop]}}}
  hotfix: {match: "hotfix/{version}", type: hotfix, base: main, bump: patch, after-merge: delete, allow: {push: write, create: write}, into: {main: {method: merge, tag: release, back-merge: [develop]}}}
tags: {release: {match: "v{version}", branches: main}}
checks: {tests: {on: {change: [develop]}}}
commits: {convention: conventional}
releases: {version-files: [{file: VERSION, text: "{version}"}], changelog: CHANGELOG.md}
YML
mkdir -p "$test_dir/seed/.sluice"
cp "$test_dir/strategy.yml" "$test_dir/seed/.sluice/strategy.yml"
server_start
repo "$test_dir/strategy.yml"
person lead admin
person ann write
bare=$home/repos/acme/app.git
at_server() { git --git-dir="$bare" rev-parse -q --verify "$1"; }
git init -q "$test_dir/seed"
commit "$test_dir/seed" VERSION 1.0.0 "feat: begin"
git -C "$test_dir/seed" tag -a -m 1.0.0 v1.0.0
git -C "$test_dir/seed" branch develop
yes "the branches" git -C "$test_dir/seed" push -q "$(remote_of lead)" main develop v1.0.0
# develop is on its way to the next version
git --git-dir="$bare" worktree add -q "$test_dir/w" develop && commit "$test_dir/w" VERSION 1.1.0 "chore: on to 1.1.0" && git --git-dir="$bare" worktree remove "$test_dir/w"
goes_on() { # FILE TEXT: develop moves, by a commit that was tested
	git fetch -q && git switch -q --detach origin/develop && commit . "$1" "$2" "feat: $1 on develop"
	git push -q origin "HEAD:refs/heads/feature/$1"
	yes "tested" as lead commit status "$(git rev-parse HEAD)" --context tests --state success
	yes "a change" as lead change open "feature/$1" --into develop --title "feat: $1" --format json
	local n
	n=$(jq .number <<<"$out")
	yes "approved" as ann change review "$n" --approve
	yes "merged" as lead change merge "$n"
}
clone_as lead "$test_dir/a"
cd "$test_dir/a" || exit 1
git config user.name lead
hotfix() { # VERSION FILE TEXT
	git fetch -q && git switch -q -C main origin/main && git branch -q -D "hotfix/$1" 2>/dev/null
	yes "hotfix $1" "$sluice" hotfix start "$1"
	commit . "$2" "$3" "fix: $2 ($1)"
	code 0 "$sluice" hotfix finish
}
waits() { at_server "refs/heads/sluice/back-merge/$1-into-develop"; }

# --- production has it; what develop gets is computed, with develop's own version, and waits for its checks alone
hotfix 1.0.1 fix fixed
is "$(at_server 'v1.0.1^{}')" "$(at_server main)"
has "develop does not have it yet"
has "lands by itself"
has "branches.develop.require.checks.tests"
first=$(waits 1)
is "$(git --git-dir="$bare" rev-parse "$first^1" "$first^2")" "$(at_server develop)
$(at_server main)"
is "$(git --git-dir="$bare" show "$first:VERSION")" 1.1.0
is "$(git --git-dir="$bare" show "$first:fix")" fixed
who=lead http 200 GET /api/v3/repos/acme/app/pulls/2
is "$(jq -r '.head.sha + " " + .base.ref + " " + .user.login' <<<"$out")" "$first develop lead"
git fetch -q
code 0 "$sluice" status
has "Change 1 is on its way into develop: ${first:0:10}, on sluice/back-merge/1-into-develop, lands there by itself"
hasnt "could not be merged"

# --- nobody lands what he likes by it: on such a branch a person's merge stays a person's, whatever it calls itself
git switch -q --detach origin/develop && git merge -q --no-commit --no-ff "origin/main" >/dev/null 2>&1
printf '1.1.0\n' >VERSION && git checkout -q --ours CHANGELOG.md 2>/dev/null
printf 'smuggled\n' >smuggled && git add -A && git commit -q -m "Merge change 1 into develop (back-merge)"
yes "it is a resolution, and taken as one" git push -q -f origin HEAD:sluice/back-merge/1-into-develop
yes "it is tested" as lead commit status "$(git rev-parse HEAD)" --context tests --state success
landed() { [ "$(at_server develop)" = "$1" ]; }
await 3 landed "$(git rev-parse HEAD)" && fail "what a person made has landed unseen"
is "$(waits 1)" "$(git rev-parse HEAD)"
yes "it is taken back" git push -q -f origin "$first:sluice/back-merge/1-into-develop"

# --- develop moves on: made anew, and what was said of the old one counts no more
goes_on more 1
anew() { [ "$(waits "$1")" != "$2" ]; }
await 60 anew 1 "$first" || fail "it is not made anew"
second=$(waits 1)
is "$(git --git-dir="$bare" rev-parse "$second^1" "$second^2")" "$(at_server develop)
$(at_server main)"
yes "the old one is tested" as lead commit status "$first" --context tests --state success
yes "the new one fails" as lead commit status "$second" --context tests --state failure
who=lead http 200 GET /api/v3/repos/acme/app/pulls/2
is "$(jq -r '.head.sha + " " + .state' <<<"$out")" "$second open"

# --- tested, it lands by itself: the very commit; nobody has come back, and nobody approved it
gone() { [ -z "$(waits "$1")" ]; }
yes "it is tested" as ann commit status "$second" --context tests --state success
await 60 gone 1 || fail "it does not land"
is "$(at_server develop)" "$second"
who=lead http 200 GET /api/v3/repos/acme/app/pulls/2
is "$(jq -r '.merged' <<<"$out")" true
git fetch -q --prune
code 0 "$sluice" status
hasnt "on its way"
yes "the log" as lead audit log --format json
jq -e 'map(select(.kind == "change-merged" and .change == 2 and .actor == "system")) | length == 1' <<<"$out" >/dev/null || fail "it is not in the log as the system's"
yes "the log holds" audit_verifies lead

# --- the server ends before it has looked, within the landing, and right after it: it lands once
n=1
for at in stopped intent-written recorded decided refs-moved; do
	n=$((n + 1))
	hotfix "1.0.$n" "fix$n" fixed
	number=$(git --git-dir="$bare" for-each-ref --format='%(refname)' refs/heads/sluice/back-merge | sed 's#.*/\([0-9]*\)-into-develop#\1#')
	made=$(waits "$number")
	# what a CI job says, while nobody looks: the server that hears it ends on the way
	server_stop
	if [ "$at" = stopped ]; then server_start; else SLUICE_FAULT=$at server_start --faults; fi
	yes "$at: it is tested" as ann commit status "$made" --context tests --state success
	dead() { ! kill -0 "$server_pid" 2>/dev/null; }
	[ "$at" = stopped ] || await 60 dead || fail "$at: the server is not killed"
	server_kill
	server_start
	await 60 gone "$number" || fail "$at: it does not land"
	is "$(at_server develop)" "$made"
	is "$(git --git-dir="$bare" rev-list --count --grep "Merge change $number into develop" develop)" 1
done
yes "the log holds" audit_verifies lead

# --- it waits, and develop goes another way: then it is a person's
hotfix 1.0.7 both production
number=$(git --git-dir="$bare" for-each-ref --format='%(refname)' refs/heads/sluice/back-merge | sed 's#.*/\([0-9]*\)-into-develop#\1#')
made=$(waits "$number")
goes_on both otherwise
await 60 anew "$number" "$made" || fail "it still waits for checks"
is "$(waits "$number")" "$(at_server main)"
git fetch -q
code 0 "$sluice" status
has "is owed to develop: it could not be merged by itself"
code 9 "$sluice" release start 1.2.0
has "No release begins while a merge is owed"
exit 0
