#!/usr/bin/env bash
# `sluice KIND finish` in a clone of a sluice server: pushed, opened as a change, landed there by its rules, followed here. What it waits for, looking
# until it lands, conflicts, what people did meanwhile, taking back, remotes that are no sluice server.
# Requirement: BR-5, BR-6, PR-6
. "$(dirname "$0")/lib.sh"

cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
branches:
  main: {type: production, allow: {push: write, create: write, merge: write}, require: {approvals: 0, checks: [], up-to-date: false, last-push-approval: false}}
  develop: {type: integration, base: main, allow: {push: write, create: write}, require: {approvals: 0, checks: [tests], up-to-date: false, last-push-approval: false}}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}, after-merge: delete}
  kept: {match: "kept/{name}", type: work, base: develop, into: {develop: {method: squash}}, after-merge: keep}
  topped: {match: "topped/{name}", type: work, base: develop, into: {develop: {method: fast-forward}}, after-merge: delete}
  release: {match: "release/{version}", type: release, base: develop, after-merge: delete, into: {main: {method: merge, tag: release, back-merge: [develop], require: {checks: [tests]}}}}
  hotfix: {match: "hotfix/{version}", type: hotfix, base: main, bump: patch, after-merge: delete, into: {main: {method: merge, tag: release, back-merge: [develop]}}}
tags: {release: {match: "v{version}", branches: main}}
checks: {tests: {on: {change: [main, develop]}}}
YML
mkdir -p "$test_dir/seed/.sluice"
cp "$test_dir/strategy.yml" "$test_dir/seed/.sluice/strategy.yml"
server_start
repo "$test_dir/strategy.yml"
person lead admin
person ann write
git init -q "$test_dir/seed"
commit "$test_dir/seed" file one "chore: begin"
git -C "$test_dir/seed" tag -a -m 1.0.0 v1.0.0
yes "the branches" git -C "$test_dir/seed" push -q "$(remote_of lead)" main main:develop v1.0.0
clone_as ann "$test_dir/a"
clone_as lead "$test_dir/l"
export NO_COLOR=1
cd "$test_dir/a" || exit 1
git config user.name ann
git switch -q -c develop origin/develop
here() { git for-each-ref; git symbolic-ref HEAD; git ls-files -s; git status --porcelain; }
same() { [ "$(here)" = "$before" ] || { diff <(printf '%s\n' "$before") <(here); fail "something moved here"; }; }
at_server() { git --git-dir="$home/repos/acme/app.git" rev-parse -q --verify "$1"; }
good() { yes "the check of $1" as lead commit status "$(at_server "refs/heads/$1")" --context tests --state success; }
begin() { # BRANCH FILE TEXT
	git switch -q develop && git switch -q -c "$1" && mkdir -p "$(dirname "$2")" && printf '%s\n' "$3" >"$2" && git add "$2" && git commit -qm "feat: $1"
}

# --- what would be done: nothing moves, here or there, and nothing is remembered
begin feature/login login in
before=$(here)
there=$(refs)
code 0 "$sluice" feature finish --dry-run
has "push feature/login to origin"
has "open a change from feature/login into develop"
has "nothing has changed"
same
is "$(refs)" "$there"
is "$(git config --get-regexp '^sluice\.')" ""
code 2 "$sluice" feature finish --no-push
has "add --local"

# --- nothing to merge: said before anything moves, here or there
git switch -q develop && git switch -q -c feature/empty
code 2 "$sluice" feature finish
has "feature/empty has nothing that develop does not have"
is "$(refs)" "$there"
git switch -q feature/login && git branch -q -d feature/empty

# --- pushed, opened, and what is missing is said: exit code 8; once more says the same, and opens no second change
code 8 "$sluice" feature finish
has "Change 1: feature/login into develop"
has "branches.develop.require.checks.tests"
has "sluice change show 1"
has "sluice feature finish feature/login"
is "$(at_server refs/heads/feature/login)" "$(git rev-parse HEAD)"
is "$(git config "sluice.$url.server")" true
is "$(git rev-parse --abbrev-ref '@{upstream}')" origin/feature/login
code 8 "$sluice" feature finish
is "$(as lead change list --format json | jq length)" 1
code 0 "$sluice" status
has "feature/login is on its way into develop by change 1"
code 8 "$sluice" continue
has "branches.develop.require.checks.tests"
as lead audit log --kind refused --format json | jq -e 'length == 0' >/dev/null || fail "waiting is in the log as a refusal"

# --- other work goes on meanwhile; a commit more is pushed by the next try
begin feature/other other x
git switch -q feature/login
git commit -q --allow-empty -m "feat: more of it"
good feature/login
code 8 "$sluice" feature finish
is "$(at_server refs/heads/feature/login)" "$(git rev-parse HEAD)"
good feature/login

# --- landed, and followed: here is what is there
code 0 "$sluice" feature finish
has "Change 1 is merged into develop"
has "feature/login is finished: it is in develop by change 1."
is "$(git symbolic-ref --short HEAD)" develop
is "$(git rev-parse develop)" "$(at_server refs/heads/develop)"
is "$(git rev-parse -q --verify feature/login)" ""
is "$(git rev-parse -q --verify origin/feature/login)" ""
is "$(at_server refs/heads/feature/login)" ""
is "$(git status --porcelain)" ""
is "$(git config --get-regexp '^branch\.feature/login')" ""
code 0 "$sluice" status
hasnt "on its way"
code 0 "$sluice" feature finish login
has "feature/login is finished: it is in develop by change 1."
code 0 "$sluice" undo --dry-run
code 0 "$sluice" undo
has "What is on origin stays"
is "$(git symbolic-ref --short HEAD)" feature/login
[ -n "$(at_server refs/heads/develop)" ] || fail "undo went to the server"
code 0 "$sluice" feature finish
is "$(git symbolic-ref --short HEAD)" develop

# --- looking until it lands: others work on, the clone is free; Ctrl-C leaves all in order
git switch -q feature/other
: >"$test_dir/waits" # what an earlier one said must not be taken for this one
"$sluice" feature finish --wait >"$test_dir/waits" 2>&1 &
waiter=$!
await 60 grep -q "Ctrl-C ends the looking" "$test_dir/waits" || { out=$(cat "$test_dir/waits"); fail "it does not wait"; }
kill -INT $waiter 2>/dev/null || kill -TERM $waiter
rc=0; wait $waiter || rc=$?
out=$(cat "$test_dir/waits")
is "$rc" 8
has "branches.develop.require.checks.tests"
has "sluice feature finish feature/other"
code 8 "$sluice" feature finish --wait --timeout 1s
: >"$test_dir/waits" # what an earlier one said must not be taken for this one
"$sluice" feature finish --wait >"$test_dir/waits" 2>&1 &
waiter=$!
await 60 grep -q "Ctrl-C ends the looking" "$test_dir/waits" || { out=$(cat "$test_dir/waits"); fail "it does not wait"; }
code 0 "$sluice" feature start third --from develop # the clone is free
good feature/other
rc=0; wait $waiter || rc=$?
out=$(cat "$test_dir/waits")
is "$rc" 0
has "feature/other is finished"
is "$(git symbolic-ref --short HEAD)" feature/third
is "$(git rev-parse develop)" "$(at_server refs/heads/develop)"
is "$(git rev-parse -q --verify feature/other)" ""

# --- a conflict is told before anything has moved, and solved here; the branch is what gets the solution
git -C "$test_dir/l" switch -q -c develop origin/develop && git -C "$test_dir/l" pull -q
commit "$test_dir/l" file theirs "feat: theirs"
yes "develop goes on" git -C "$test_dir/l" push -q origin develop
begin feature/ours file ours
there=$(refs)
code 9 "$sluice" feature finish
has "1 file is in conflict; nothing has moved"
is "$(refs)" "$there"
tree=$(sed -n 's/^A work tree for solving it: //p' <<<"$out")
code 9 "$sluice" continue
has "1 file is in conflict in"
printf 'both\n' >"$tree/file" && git -C "$tree" add file
code 8 "$sluice" continue
has "merge develop into feature/ours, as you solved it"
is "$(git rev-parse HEAD)" "$(at_server refs/heads/feature/ours)"
is "$(cat file)" both
[ ! -e "$tree" ] || fail "the work tree is still there"
good feature/ours
# files that are changed by now: it lands, and the clone follows when they are settled
printf 'changed\n' >file
code 9 "$sluice" feature finish
has "changes that are not committed: file"
git checkout -q file
(SLUICE_FAULT=landing:landed "$sluice" feature finish >/dev/null 2>&1; exit $?) 2>/dev/null
is "$(at_server refs/heads/feature/ours)" ""
printf 'changed\n' >file
code 9 "$sluice" feature finish
git checkout -q file
code 0 "$sluice" continue
has "feature/ours is finished"
is "$(git show develop:file)" both

# --- a hotfix: tag, back-merge and deletion come from the server
git switch -q -c hotfix/1.0.1 origin/main
printf 'fix\n' >fix && git add fix && git commit -qm "fix: it"

code 0 "$sluice" hotfix finish 1.0.1
has "tag"
is "$(git rev-parse main)" "$(at_server refs/heads/main)"
is "$(git rev-parse "v1.0.1^{commit}")" "$(git rev-parse main)"
is "$(git symbolic-ref --short HEAD)" main

# --- what goes back to develop waits for its checks there; no release begins before, and when they have passed it has landed
code 9 env SLUICE_TOKEN="$(cat "$home.tokens/lead")" "$sluice" release start 1.1.0
has "No release begins while a merge is owed"
back=$(git --git-dir="$home/repos/acme/app.git" for-each-ref --format='%(refname:lstrip=2)' refs/heads/sluice/back-merge)
good "$back"
landed_back() { [ -z "$(at_server "refs/heads/$back")" ]; }
await 60 landed_back || fail "what goes back does not land"

# --- a release: begun and finished on the server; what is only here must be pushed first; the clone follows
git switch -q develop && git pull -q
begin feature/new new 1
code 8 "$sluice" feature finish
good feature/new
code 0 "$sluice" feature finish
export SLUICE_TOKEN=$(cat "$home.tokens/lead")
code 0 "$sluice" release start 1.1.0
hasnt "is no sluice server"
git fetch -q && git switch -q release/1.1.0
git commit -q --allow-empty -m "fix: only here"
code 9 "$sluice" release finish 1.1.0
has "1 commit here that origin has not"
yes "pushed" git push -q origin release/1.1.0
code 8 "$sluice" release finish 1.1.0
has "checks.tests"
: >"$test_dir/waits" # what an earlier one said must not be taken for this one
"$sluice" release finish 1.1.0 --wait >"$test_dir/waits" 2>&1 &
waiter=$!
await 60 grep -q "Ctrl-C ends the looking" "$test_dir/waits" || { out=$(cat "$test_dir/waits"); fail "it does not wait"; }
good release/1.1.0
rc=0; wait $waiter || rc=$?
out=$(cat "$test_dir/waits")
is "$rc" 0
is "$(git symbolic-ref --short HEAD)" main
is "$(git rev-parse main)" "$(at_server refs/heads/main)"
is "$(git rev-parse develop)" "$(at_server refs/heads/develop)"
is "$(git rev-parse "v1.1.0^{commit}")" "$(git rev-parse main)"
is "$(git rev-parse -q --verify release/1.1.0)" ""
unset SLUICE_TOKEN

# --- squashed and kept: what is here counts as merged by the change's record
git switch -q develop && git pull -q
begin kept/x kept 1
code 8 "$sluice" kept finish
good kept/x
code 0 "$sluice" kept finish
has "kept/x is finished"
is "$(git symbolic-ref --short HEAD)" kept/x
code 0 "$sluice" kept finish
has "kept/x is finished: it is in develop by change"

# --- commits here that did not land stay
begin feature/more more 1
code 8 "$sluice" feature finish
good feature/more
git commit -q --allow-empty -m "feat: not pushed"
n=$(as lead change list --format json | jq '.[0].number')
yes "somebody merges it" as lead change merge "$n"
code 8 "$sluice" feature finish # pushed again, as another change
has "Change $((n + 1)): feature/more into develop"
yes "closed" as lead change close $((n + 1))

# --- what the strategy refuses is refused by its rules, and nothing has landed
begin topped/x topped 1
git -C "$test_dir/l" pull -q
commit "$test_dir/l" later 1 "feat: later"
yes "develop goes on" git -C "$test_dir/l" push -q origin develop
code 1 "$sluice" topped finish
has "fast-forward"
has "Nothing has landed"
git switch -q develop
code 2 "$sluice" abort
has "Stand on the one that is meant"
git switch -q topped/x
code 0 "$sluice" abort
has "What is on the server stays"
code 0 "$sluice" status
hasnt "topped/x is on its way"

# --- the same in the clone, by --local: what the server knows holds there as well
git switch -q develop && git pull -q
begin feature/local local 1
code 0 "$sluice" feature finish --local --no-push
is "$(git symbolic-ref --short HEAD)" develop
git reset -q --hard origin/develop

# --- a repository whose strategy the server has in place of a file: it is asked
yes "another repository" "$sluice" repo create acme/preset --preset gitflow --home "$home"
yes "its people" "$sluice" role grant lead admin --repo acme/preset --home "$home"
git init -q "$test_dir/p" && cd "$test_dir/p" && commit . file one "chore: begin" && git remote add origin "$(remote_of lead | sed s,acme/app,acme/preset,)"
yes "its branches" git push -q origin HEAD:refs/heads/main HEAD:refs/heads/develop
git fetch -q
code 0 "$sluice" feature start x
commit . x 1 "feat: x"
code 8 "$sluice" feature finish
has "branches.develop.require.approvals"
git remote set-url origin "http://lead:nonsense@${url#http://}/acme/preset.git"
code 4 "$sluice" feature start y
has "is asked what is in force"
cd "$test_dir/a" || exit 1

# --- a disk that takes nothing more: the file is named, and nothing has moved
before=$(here)
out=$(trap '' XFSZ; ulimit -f 0; "$sluice" feature start full --from develop 2>&1) && fail "it began on a full disk"
has "op.json.new cannot be written: File too large"
same

# --- a server that does not answer, and a remote that is none
begin feature/late late 1
server_stop
code 5 "$sluice" feature finish
hasnt "is finished"
is "$(git symbolic-ref --short HEAD)" feature/late
git remote set-url origin "http://127.0.0.1:1/acme/app.git"
code 0 "$sluice" feature finish --no-push
has "does not tell whether it is a sluice server"
has "feature/late is finished"
is "$(git config "sluice.http://127.0.0.1:1.server")" ""
exit 0
