#!/usr/bin/env bash
# Adopting where the remote is a sluice server: the new name is pushed, the default branch and open changes move by the server, then the old name goes; cut off
# anywhere, the same command goes on. Nobody chooses other rules by moving the default branch.
# Requirement: BR-5, PR-6
. "$(dirname "$0")/lib.sh"
is() { [ "$1" = "$2" ] || fail "it is \"$1\", not \"$2\""; }
server_start
export SLUICE_HOME=$home
strategy() { # the branch, what it was
	printf 'strategy: 1\nbranches:\n  main: {match: %s, type: production%s, require: {approvals: 0, checks: [], last-push-approval: false, up-to-date: false}}\n  legacy: {match: stable/v1, type: support, base: main%s}\n  feature: {match: "feature/{name}", type: work, base: main, into: {main: {method: merge}}}\ncommits: {convention: none}\n' "$1" "${2:+, was: $2}" "${3:+, was: $3}"
}
git init -q -b master "$test_dir/seed"
mkdir "$test_dir/seed/.sluice" && strategy master >"$test_dir/seed/.sluice/strategy.yml"
commit "$test_dir/seed" one 1 "feat: one"
git -C "$test_dir/seed" branch stable
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
git switch -q -c feature/names && strategy main master stable >.sluice/strategy.yml && git commit -qam "chore: names" && git push -q -u origin feature/names
yes "another" "$sluice" change open feature/names --into master --title Names
yes "merged" "$sluice" change merge 2
git switch -q master && git pull -q

# --- the plan says what the server does, too; nobody goes on under the old name
yes "plan" "$sluice" adopt plan
has "rename master to main, here and on origin, where the old name stays for now"
has "rename stable to stable/v1"
has "make main the default branch of acme/app on the server"
has "change 1 goes into main, no longer into master"
before=$(refs)
no "the default branch is deleted" git push origin :master
no "bob adopts" sh -c 'cd ../b && git fetch -q && git switch -q master && git pull -q && "$0" adopt apply' "$sluice"
is "$(refs)" "$before"
# whoever is no administrator moves no default branch; nor does one with other rules, or to a branch of another kind
code 4 sh -c 'cd ../b && "$0" repo default main' "$sluice"
code 2 "$sluice" repo default nowhere
code 9 "$sluice" repo default feature/open
has "none of that kind"

# --- cut off before the server has moved: the same command goes on
(SLUICE_FAULT=server:before "$sluice" adopt apply >/dev/null 2>&1; exit $?) 2>/dev/null && fail "not killed"
git -C "$home/repos/acme/app.git" rev-parse -q --verify main >/dev/null || fail "main is not there"
git -C "$home/repos/acme/app.git" rev-parse -q --verify master >/dev/null || fail "the old name went first"
yes "apply" "$sluice" adopt apply
is "$(git -C "$home/repos/acme/app.git" symbolic-ref HEAD)" refs/heads/main
is "$(git -C "$home/repos/acme/app.git" for-each-ref --format='%(refname)' refs/heads | grep -v feature/)" "refs/heads/main
refs/heads/stable/v1"
who=ada http 200 GET /api/v3/repos/acme/app
is "$(jq -r .default_branch <<<"$out")" main
who=ada http 200 GET /api/v3/repos/acme/app/pulls/1
is "$(jq -r '.base.ref + " " + .state' <<<"$out")" "main open"
is "$(git symbolic-ref HEAD) $(git symbolic-ref refs/remotes/origin/HEAD) $(git rev-parse --abbrev-ref '@{upstream}')" "refs/heads/main refs/remotes/origin/main origin/main"
yes "again" "$sluice" adopt apply
has "Nothing is to be done"
# the rules are in force as before, and the old name does not come back
no "a push to main" git push -q origin feature/names:main
no "the old name" git push -q origin main:master
has "master is called main now"
yes "the change that was open is merged" "$sluice" change merge 1
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
yes "merged" "$sluice" change merge 3
code 9 "$sluice" repo default trunk
has "is another one than that in force"
exit 0
