#!/usr/bin/env bash
# What `releases.start` wants besides boxes: checks on the commit that a release begins with, approvals of its version, being up to date. In a clone without a
# server, at a push to a bare repository, and on a server, where approvals are people's own.
# Requirement: RL-2, RL-8, GT-1
. "$(dirname "$0")/lib.sh"
export NO_COLOR=1

cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
roles: {qa: triage}
branches:
  main: {type: production, allow: {push: write, create: write, merge: write}, require: {approvals: 0, checks: [], up-to-date: false, last-push-approval: false}}
  develop: {type: integration, base: main, allow: {push: write, create: write}, require: {approvals: 0, last-push-approval: false}}
  release: {match: "release/{version}", type: release, base: develop, allow: {create: write, push: write}, into: {main: {method: merge, tag: release, back-merge: [develop]}}}
tags: {release: {match: "v{version}", branches: main}}
checks: {train: {on: {push: develop}}, lint: {on: {change: develop}}}
gates: {ready: {checks: [lint], boxes: [Documented]}}
releases:
  start: {checks: [train], approvals: {any: 2, qa: 1}, up-to-date: true, gates: [ready]}
YML

# --- without a server
mkdir -p "$test_dir/a/.sluice" && cp "$test_dir/strategy.yml" "$test_dir/a/.sluice/strategy.yml"
git init -q "$test_dir/a" && cd "$test_dir/a" || exit 1
commit . file one "chore: begin"
git branch develop && git init -q --bare "$test_dir/plain.git" && git remote add origin "$test_dir/plain.git"
git switch -q develop && commit . more 1 "feat: more" && git push -q -u origin main develop
code 0 "$sluice" strategy check
hasnt "releases.start"
code 8 "$sluice" release start 1.0.0
has "gates.ready.boxes"
hasnt "approvals"
code 0 "$sluice" release tick 1.0.0 Documented
before=$(git for-each-ref; git -C "$test_dir/plain.git" for-each-ref)
code 8 "$sluice" release start 1.0.0
has "release/1.0.0 begins with $(git rev-parse --short=10 develop), where these checks must have passed: train, lint"
is "$(git for-each-ref; git -C "$test_dir/plain.git" for-each-ref)" "$before"
code 2 "$sluice" release start 1.0.0 --checked nonsense
has "what is wanted: train, lint"
git push -q origin "develop:refs/sluice/checked/$(git rev-parse develop)/train"
code 8 "$sluice" release start 1.0.0
has "must have passed: lint. "
line=$(grep -o 'sluice release start 1.0.0 --checked lint' <<<"$out") || fail "no word that helps"
code 0 "$sluice" ${line#sluice } --dry-run
is "$(git rev-parse -q --verify release/1.0.0)" ""
code 0 "$sluice" ${line#sluice }
git switch -q develop && git branch -q -D release/1.0.0
# production got something that development has not: the release would take it back
git switch -q main && commit . hot 1 "fix: hot" && git push -q origin main && git switch -q develop
code 1 "$sluice" release start 1.0.0 --checked train --checked lint
has "releases.start.up-to-date"
has "git merge origin/main"

# --- at a push to a bare repository that judges: what Git knows of it
(cd "$test_dir/plain.git" && "$sluice" hooks install --bare >/dev/null 2>&1) || fail "install"
git branch release/1.0.0 develop
git push origin release/1.0.0 >"$test_dir/out" 2>&1 && fail "a release that is behind production"
grep -q 'releases.start.up-to-date' "$test_dir/out" || { out=$(cat "$test_dir/out"); fail "it does not say why"; }
git branch -q -D release/1.0.0

# --- on a server: checks are reported, approvals are people's own
server_start
repo "$test_dir/strategy.yml"
person lead admin
person ann write
person quinn triage
git -C "$test_dir/a" push -q "$(remote_of lead)" main develop || fail "the branches"
clone_as lead "$test_dir/c" && cd "$test_dir/c" && git switch -q -c develop origin/develop && git merge -q --no-edit origin/main && commit . other 1 "feat: other" && git push -q || fail "develop"
yes "quinn is of qa" "$sluice" role grant quinn qa --repo acme/app --home "$home"
code 8 as lead release start 2.0.0
for rule in releases.start.checks.train gates.ready.checks.lint gates.ready.boxes releases.start.approvals releases.start.approvals.qa; do has "$rule"; done
has "sluice release tick 2.0.0 Approval"
no "a branch by a push is held as well" git push -q origin develop:refs/heads/release/2.0.0
code 0 as ann release tick 2.0.0 Documented
for check in train lint; do code 0 as lead commit status "$(git rev-parse develop)" -c $check -s success; done
code 2 as lead release tick 2.0.0 "Approval of ann"
code 0 as lead release tick 2.0.0 Approval --dry-run
code 0 as lead release tick 2.0.0 Approval
code 2 as lead release tick 2.0.0 Approval
has "is ticked for 2.0.0 already, by lead"
code 0 as quinn release tick 2.0.0 Approval
code 8 as lead release start 2.0.0
has "lead begins the release"
code 0 as ann release tick 2.0.0 Approval
code 0 as quinn release tick 2.0.0 Approval --off
code 8 as lead release start 2.0.0
has "releases.start.approvals.qa"
code 0 as quinn release tick 2.0.0 Approval
code 0 as lead release boxes 2.0.0
has "[x] Documented (ann"
has "Approved by quinn"
git branch -q --no-track release/2.0.0 origin/develop && out=$("$sluice" why push release/2.0.0 --all 2>&1)
has "releases.start.checks.train"
git branch -q -D release/2.0.0
code 0 as lead release start 2.0.0
await 10 audit_verifies lead || fail "the audit log does not verify"
exit 0
