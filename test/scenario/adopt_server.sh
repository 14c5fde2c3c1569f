#!/usr/bin/env bash
# Adopting where the remote is a sluice server: it renames, its default branch and open changes go along with their number, reviews and verdicts; cut off anywhere it
# goes on or back; taken back, all is as before. Nobody chooses other rules by moving the default branch.
# Requirement: BR-5, PR-6
. "$(dirname "$0")/lib.sh"
server_start
export SLUICE_HOME=$home
strategy() { # main's name, what it was, what stable/v1 was, what develop was
	printf 'strategy: 1\nbranches:\n  main: {match: %s, type: production%s, require: {approvals: 0, checks: [], last-push-approval: false, up-to-date: false}}\n  legacy: {match: stable/v1, type: support, base: main%s}\n  develop: {match: %s, type: integration, base: main%s, into: {main: {method: merge}}, allow: {push: write, create: maintain}, require: {approvals: 0, checks: []}}\n  feature: {match: "feature/{name}", type: work, base: main, into: {main: {method: merge}}}\ncommits: {convention: none}\n' "$1" "${2:+, was: $2}" "${3:+, was: $3}" "${5:-develop}" "${4:+, was: $4}"
}
git init -q -b master "$test_dir/seed"
mkdir "$test_dir/seed/.sluice" && strategy master "" "" "" dev >"$test_dir/seed/.sluice/strategy.yml"
commit "$test_dir/seed" one 1 "feat: one"
git -C "$test_dir/seed" branch stable
git -C "$test_dir/seed" switch -q -c dev && commit "$test_dir/seed" two 2 "feat: two" && git -C "$test_dir/seed" switch -q master
yes "import" "$sluice" repo import acme/app "$test_dir/seed"
person ada admin
person bob write
clone_as ada "$test_dir/a"
clone_as bob "$test_dir/b"
unset SLUICE_HOME
cd "$test_dir/a" || exit 1
# two changes: one that stays open, one that says what is called otherwise
git -C ../b switch -q -c feature/open && commit ../b open 1 "feat: open" && git -C ../b push -q -u origin feature/open
yes "a change" sh -c 'cd ../b && "$0" change open feature/open --into master --title Open' "$sluice"
git switch -q -c feature/names && strategy main master stable dev >.sluice/strategy.yml && git commit -qam "chore: names" && git push -q -u origin feature/names
yes "another" "$sluice" change open feature/names --into master --title Names
yes "one from a branch that is renamed" "$sluice" change open dev --into master --title Develop
yes "reviewed" sh -c 'cd ../b && "$0" change review 3 --approve' "$sluice"
yes "merged" "$sluice" change merge 2
git switch -q master && git pull -q

# --- the plan says what the server does, too; nobody goes on under the old name
yes "plan" "$sluice" adopt plan
has "rename master to main, here and on origin"
has "rename stable to stable/v1"
has "with master go there: its default branch, change 3, change 1"
has "with dev go there: change 3"
has "the server renames stable in two acts"
before=$(refs)
no "the default branch is deleted" git push origin :master
code 4 sh -c 'cd ../b && git fetch -q && git switch -q master && git pull -q && "$0" adopt apply' "$sluice"
has "only administrators may rename it"
is "$(refs)" "$before"
code 0 env -C ../b "$sluice" status
has "nothing was"
# whoever is no administrator moves no default branch; nor does one with other rules, or to a branch of another kind
code 4 sh -c 'cd ../b && "$0" repo default main' "$sluice"
code 2 "$sluice" repo default nowhere
code 9 "$sluice" repo default feature/open
has "none of that kind"

# --- as everything is here and there, but for what the server's log has
at_server() { git -C "$home/repos/acme/app.git" for-each-ref --format='%(objectname) %(refname)' refs/heads refs/tags; git -C "$home/repos/acme/app.git" symbolic-ref HEAD; }
changes() { for n in 1 3; do who=ada http 200 GET /api/v3/repos/acme/app/pulls/$n; jq -c '[.number, .state, .head.ref, .head.sha, .base.ref]' <<<"$out"; who=ada http 200 GET /api/v3/repos/acme/app/pulls/$n/reviews; jq -c '[.[] | [.user.login, .state, .commit_id]]' <<<"$out"; done; }
here() { git for-each-ref --format='%(objectname) %(refname) %(upstream)'; git symbolic-ref HEAD; git symbolic-ref refs/remotes/origin/HEAD; git status --porcelain; git config --local --get-regexp '^branch\.' | sort; }
all() { at_server; changes; here; }
was=$(all)
as_before() { [ "$(all)" = "$was" ] || { diff <(printf '%s\n' "$was") <(all); fail "$1: not as before"; }; }

# --- cut off at each step: back, as before
for at in begin:after there:before renamed:0 renamed:2 there:after refs:after head:after deletions:after settings:after; do
	(SLUICE_FAULT=$at "$sluice" adopt apply >/dev/null 2>&1; exit $?) 2>/dev/null && fail "$at: not killed"
	code 0 "$sluice" status
	has "adopt apply"
	code 0 "$sluice" abort
	as_before "$at, abort"
done
# --- the server ends in the middle: the same goes on; what is done is done once
for at in intent-written recorded decided refs-moved; do
	server_stop
	SLUICE_FAULT=$at server_start --faults
	no "$at: the server is not killed" "$sluice" adopt apply
	server_kill
	server_start
	code 0 "$sluice" status
	if grep -q 'nothing was done\|Take it back\|given up' <<<"$out"; then code 0 "$sluice" adopt apply; else code 0 "$sluice" continue; fi
	is "$(git symbolic-ref HEAD) $(git -C "$home/repos/acme/app.git" symbolic-ref HEAD)" "refs/heads/main refs/heads/main"
	code 0 "$sluice" adopt undo
	as_before "$at, undone"
done

# --- done: the changes have their numbers, reviews and commits
code 0 "$sluice" adopt apply
has "Take it back: sluice adopt undo"
is "$(git -C "$home/repos/acme/app.git" symbolic-ref HEAD)" refs/heads/main
is "$(git -C "$home/repos/acme/app.git" for-each-ref --format='%(refname)' refs/heads | grep -v feature/)" "refs/heads/develop
refs/heads/main
refs/heads/stable/v1"
who=ada http 200 GET /api/v3/repos/acme/app
is "$(jq -r .default_branch <<<"$out")" main
is "$(changes | sed 's#"main"#"master"#g; s#"develop"#"dev"#g')" "$(grep '^\[' <<<"$was")"
is "$(git symbolic-ref HEAD) $(git symbolic-ref refs/remotes/origin/HEAD) $(git rev-parse --abbrev-ref '@{upstream}')" "refs/heads/main refs/remotes/origin/main origin/main"
yes "again" "$sluice" adopt apply
has "Nothing is to be done"

# --- taken back, by who may; cut off at each step: on to its end, or forwards again
applied=$(all)
yes "no administrator" "$sluice" role revoke ada admin --repo acme/app --home "$home"
yes "a writer" "$sluice" role grant ada write --repo acme/app --home "$home"
code 1 "$sluice" adopt undo
has "branches.develop.allow.create"
code 0 "$sluice" status
hasnt "Put everything back"
yes "again" "$sluice" role grant ada admin --repo acme/app --home "$home"
is "$(all)" "$applied"
code 0 "$sluice" adopt undo --dry-run
has "with main go there: its default branch, change 3, change 1"
for at in there:before renamed:1 there:after refs:after; do
	(SLUICE_FAULT=$at "$sluice" adopt undo >/dev/null 2>&1; exit $?) 2>/dev/null && fail "$at: not killed"
	code 0 "$sluice" continue
	as_before "$at, back"
	code 0 "$sluice" adopt apply
	is "$(all)" "$applied"
	(SLUICE_FAULT=$at "$sluice" adopt undo >/dev/null 2>&1; exit $?) 2>/dev/null && fail "$at: not killed"
	code 0 "$sluice" abort
	is "$(all)" "$applied"
done
# the rules are in force as before, and the old name does not come back
no "a push to main" git push -q origin feature/names:main
no "the old name" git push -q origin main:master
has "master is called main now"
yes "the change that was open is merged" "$sluice" change merge 1
code 9 "$sluice" adopt undo
has "main on origin is at"
has "somebody has gone on from it"
yes "the log" "$sluice" audit log --home "$home"
has "default-branch-changed"

# --- a server that was cut off between its database and HEAD puts it right
server_stop
git -C "$home/repos/acme/app.git" symbolic-ref HEAD refs/heads/master
server_start
is "$(git -C "$home/repos/acme/app.git" symbolic-ref HEAD)" refs/heads/main
# --- other rules: refused
git -C "$home/repos/acme/app.git" update-ref refs/heads/trunk "$(git -C "$home/repos/acme/app.git" rev-parse main~1)"
git fetch -q && git switch -q -c feature/two origin/main && sed -i 's/match: main,/match: [main, trunk],/' .sluice/strategy.yml && sed -i 's/, was: master//' .sluice/strategy.yml && git commit -qam "chore: two" && git push -q -u origin feature/two
yes "a change" "$sluice" change open feature/two --into main --title Two
yes "merged" "$sluice" change merge 4
code 9 "$sluice" repo default trunk
has "is another one than that in force"
exit 0
