#!/usr/bin/env bash
# Boxes around a release: open ones hold its branch; what is to be done after it is told until it is. Without a server, shared through the remote, and
# on one, where each tick is an event and `by` counts.
# Requirement: RL-8
. "$(dirname "$0")/lib.sh"
export NO_COLOR=1

cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
roles: {qa: triage}
branches:
  main: {type: production, allow: {push: write, create: write, merge: write}, require: {approvals: 0, checks: [], up-to-date: false, last-push-approval: false}}
  develop: {type: integration, base: main, allow: {push: write, create: write}, require: {approvals: 0, last-push-approval: false}}
  release: {match: "release/{version}", type: release, base: develop, allow: {create: write, push: write}, after-merge: delete, into: {main: {method: merge, tag: release, back-merge: [develop]}}}
tags: {release: {match: "v{version}", branches: main}}
releases:
  start: {boxes: [All features merged, {box: Tested by hand, by: qa}]}
  close: {boxes: [Monitor deployment, Update documentation]}
YML

# --- without a server: two clones of a plain remote
mkdir -p "$test_dir/a/.sluice" && cp "$test_dir/strategy.yml" "$test_dir/a/.sluice/strategy.yml"
git init -q "$test_dir/a" && cd "$test_dir/a" || exit 1
commit . file one "chore: begin"
git branch develop && git init -q --bare "$test_dir/plain.git" && git remote add origin "$test_dir/plain.git"
git switch -q develop && commit . more 1 "feat: more" && git push -q -u origin main develop
git clone -q "$test_dir/plain.git" "$test_dir/b" 2>/dev/null
git -C "$test_dir/b" config user.name bea
before=$(git for-each-ref; git -C "$test_dir/plain.git" for-each-ref)
code 8 "$sluice" release start 1.0.0
has "releases.start.boxes"
has "nobody has ticked it"
code 0 "$sluice" release boxes 1.0.0
has "[ ] All features merged"
has "[ ] Tested by hand (by role qa)"
has "[ ] Monitor deployment"
code 2 "$sluice" release tick 1.0.0 "All feature merged"
has 'It has: "All features merged", "Tested by hand", "Monitor deployment", "Update documentation".'
code 0 "$sluice" release tick 1.0.0 "All features merged" --dry-run
is "$(git for-each-ref; git -C "$test_dir/plain.git" for-each-ref)" "$before"
code 0 "$sluice" release tick 1.0.0 "All features merged"
code 2 "$sluice" release tick 1.0.0 "All features merged"
has "is ticked for 1.0.0 already, by Test"
code 8 "$sluice" release start 1.0.0
has "Tested by hand"
(cd "$test_dir/b" && "$sluice" release tick 1.0.0 "Tested by hand") >"$test_dir/out" 2>&1 || { out=$(cat "$test_dir/out"); fail "another clone cannot tick"; }
code 0 "$sluice" release boxes 1.0.0 --format json
is "$(jq -r '.start[1].by' <<<"$out")" bea
code 0 "$sluice" release tick 1.0.0 "Tested by hand" --off
code 8 "$sluice" release start 1.0.0
code 0 "$sluice" release tick 1.0.0 "Tested by hand"
code 8 "$sluice" release start 1.1.0
code 0 "$sluice" release start 1.0.0
commit . fix 1 "fix: it"
code 0 "$sluice" release finish
has "Release 1.0.0 is out, and not done yet:"
has "[ ] Monitor deployment"
code 0 "$sluice" status
has "[ ] Update documentation"
code 0 "$sluice" release tick 1.0.0 "Monitor deployment"
code 0 "$sluice" status
hasnt "[ ] Monitor deployment"
has "[ ] Update documentation"
git -C "$test_dir/b" fetch -q origin 'refs/sluice/release/*:refs/sluice/release/*'
(cd "$test_dir/b" && "$sluice" status) >"$test_dir/out" 2>&1
out=$(cat "$test_dir/out")
has "[ ] Update documentation"
code 0 "$sluice" release tick 1.0.0 "Update documentation"
code 0 "$sluice" status
hasnt "not done yet"
is "$(git log --format=%s refs/sluice/release/1.0.0 | head -n 2 | tr '\n' ';')" "Tick: Update documentation;Tick: Monitor deployment;"
is "$(git ls-remote -q origin refs/sluice/release/1.0.0 | cut -f1)" "$(git rev-parse refs/sluice/release/1.0.0)"
code 9 "$sluice" undo

# --- a remote that takes no such refs: the tick is refused, or kept here
printf '#!/bin/sh\ncase $1 in refs/sluice/*) exit 1 ;; esac\n' >"$test_dir/plain.git/hooks/update" && chmod +x "$test_dir/plain.git/hooks/update"
code 9 "$sluice" release tick 1.1.0 "All features merged"
code 0 "$sluice" release tick 1.1.0 "All features merged" --no-push
code 0 "$sluice" release boxes 1.1.0
has "[x] All features merged"

# --- killed in it: it goes on, or back
for point in begin:after push:before push:after refs:before refs:after; do
	rm -f "$test_dir/plain.git/hooks/update"
	v=2.0.$((n = ${n:-0} + 1))
	(SLUICE_FAULT=$point "$sluice" release tick $v "All features merged" >/dev/null 2>&1; exit $?) 2>/dev/null
	is $? 137
	code 0 "$sluice" continue
	code 0 "$sluice" release boxes $v
	has "[x] All features merged"
done

# --- on a server
server_start
repo "$test_dir/strategy.yml"
person lead admin
person ann write
person quinn triage
git -C "$test_dir/b" push -q "$(remote_of lead)" origin/main:refs/heads/main origin/develop:refs/heads/develop || fail "the branches"
clone_as lead "$test_dir/c" && cd "$test_dir/c" && git switch -q -c develop origin/develop && commit . other 1 "feat: other" && git push -q || fail "develop"
yes "quinn is of qa" "$sluice" role grant quinn qa --repo acme/app --home "$home"
code 8 as lead release start 2.0.0
has "releases.start.boxes"
code 2 as lead release tick 2.0.0 Nonsense
has 'A release has no box "Nonsense" here'
code 0 as lead release tick 2.0.0 "All features merged" --dry-run
code 0 as lead release tick 2.0.0 "All features merged"
code 0 as ann release tick 2.0.0 "Tested by hand"
code 8 as lead release start 2.0.0
has "ticked by ann, who may not"
no "a branch by a push is held as well" git push -q origin develop:refs/heads/release/2.0.0
code 0 as ann release tick 2.0.0 "Tested by hand" --off
code 0 as quinn release tick 2.0.0 "Tested by hand"
code 0 as lead release boxes 2.0.0
has "[x] Tested by hand (quinn"
as lead audit log --kind release-box-ticked --format json | jq -e 'length == 3 and (.[0].actor == "quinn" or .[2].actor == "quinn")' >/dev/null || fail "no events"
code 0 as lead release start 2.0.0
code 0 as lead release finish 2.0.0
has "Release 2.0.0 is out, and not done yet:"
code 0 as lead status
has "[ ] Monitor deployment"
code 0 as lead release tick 2.0.0 "Monitor deployment"
code 0 as lead release tick 2.0.0 "Update documentation"
code 0 as lead status
has "release-finish 2.0.0"
hasnt "not done yet"
await 10 audit_verifies lead || fail "the audit log does not verify"
exit 0
