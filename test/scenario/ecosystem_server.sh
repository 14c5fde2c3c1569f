#!/usr/bin/env bash
# `sluice ecosystem` over members that a sluice server serves: begun and taken back there, what each waits for, one that is refused or conflicts stops
# all, landed together with members on plain remotes and on another server, and followed here.
# Requirement: RL-7
# Timeout: 600
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/ecosystem_server.lib.sh"
export NO_COLOR=1
server_start
person lead
person ann
wanted='approvals: 1, checks: [tests]'
two
home_clone=$test_dir/app
cd "$home_clone" || exit 1
as() { SLUICE_SERVER=$url SLUICE_TOKEN=$(cat "$home.tokens/$1") "$sluice" "${@:2}"; }
good() { yes "the check of $1" as lead commit status "$(tip "$1" "release/v$2")" --context tests --state success --repo "acme/$1"; }
change_of() { as lead change list --format json --repo "acme/$1" | jq '[.[] | select(.state == "open")][0].number'; }
approve() { yes "approved" as ann change review "$(change_of "$1")" --approve --repo "acme/$1"; }
here() { for r in auth app; do git -C "$test_dir/$r" for-each-ref; git -C "$test_dir/$r" status --porcelain; git -C "$test_dir/$r" symbolic-ref HEAD; done; }
keep() { kept_there=$(all) kept_here=$(here); }
same() {
	is "$(all)" "$kept_there"
	[ "$(here | grep -v 'refs/remotes\|refs/tags')" = "$(printf '%s\n' "$kept_here" | grep -v 'refs/remotes\|refs/tags')" ] || { diff <(printf '%s\n' "$kept_here") <(here); fail "something moved here"; }
}
released() { # VERSION MEMBER ...: all of it is there, and the clones have followed
	local v=$1 r
	shift
	for r; do
		is "$(tip "$r" "v$v^{}")" "$(tip "$r" main)"
		is "$(tip "$r" "v$v-ecosystem^{}")" "$(tip "$r" main)"
		is "$(tip "$r" "release/v$v")" ""
		is "$(git -C "$test_dir/$r" rev-parse main)" "$(tip "$r" main)"
	done
}

# --- begun: shown, done in both, taken back in both
keep
code 0 "$sluice" ecosystem start 1.1.0 --dry-run
has "create branch release/v1.1.0 from develop"
has "This was a dry run"
same
code 0 "$sluice" ecosystem start 1.1.0
has "Release 1.1.0 is begun in 2 repositories"
for r in auth app; do [ -n "$(tip $r release/v1.1.0)" ] || fail "$r has no branch for the release"; done
code 0 "$sluice" undo
same
# … one of them is begun already: none is
yes "begun alone" "$sluice" release start 1.1.0 --repo acme/app --home "$home" --as lead
keep
code 2 "$sluice" ecosystem start 1.1.0
has "acme/app"
has "Nothing has moved in any of the 2 repositories"
same
yes "taken back" "$sluice" undo --repo acme/app --home "$home" --as lead
code 0 "$sluice" ecosystem start 1.1.0

# --- what each waits for is named; nothing moves; other members' clones stay free
keep
code 0 "$sluice" ecosystem status 1.1.0
has "branches.main.require.approvals wants 1 approval"
has "is ready in 0 of 2"
code 2 "$sluice" ecosystem finish 1.1.0 --no-push
has "add --local"
code 8 "$sluice" ecosystem finish --dry-run
has "in one act with the others there"
same
code 8 "$sluice" ecosystem finish
has "acme/auth  change 2 into main waits: branches.main.require.approvals wants 1 approval (0 of 1)"
has "sluice why merge 2 --repo acme/auth"
same
code 0 "$sluice" status
has "ecosystem finish 1.1.0"
has "change 2 waits"
has "acme/app: branches.main.require.approvals wants 1 approval"
code 2 "$sluice" continue --checked tests
has "sluice commit status COMMIT --context tests --state success"
good auth 1.1.0
approve auth
code 8 "$sluice" continue
hasnt "acme/auth  change"
has "acme/app  change"
code 0 "$sluice" status
has "change 2 may land now"
(cd "$test_dir/auth" && yes "its clone is free" git -C . switch -q -c other && git switch -q develop && git branch -qD other) || exit 1
code 0 "$sluice" abort
same
code 2 "$sluice" ecosystem finish 1.1.0 --timeout never

# --- a branch that is ahead here would be left behind
git -C "$test_dir/auth" fetch -q && git -C "$test_dir/auth" switch -q release/v1.1.0 && git -C "$test_dir/auth" commit -q --allow-empty -m "fix: not pushed"
code 9 "$sluice" ecosystem finish 1.1.0
has "acme/auth: release/v1.1.0 has 1 commit here that origin has not"
git -C "$test_dir/auth" reset -q --hard HEAD^ && git -C "$test_dir/auth" switch -q develop

# --- --wait: stays until the last approval, lands both in one act, and the clones follow
good app 1.1.0
"$sluice" ecosystem finish 1.1.0 --wait --timeout 5m >"$test_dir/waited" 2>&1 &
waiter=$!
await 60 grep -q "Ctrl-C ends the looking" "$test_dir/waited" || { out=$(cat "$test_dir/waited"); fail "it does not wait"; }
approve app
wait $waiter || { out=$(cat "$test_dir/waited"); fail "it did not land"; }
out=$(cat "$test_dir/waited")
has "Release 1.1.0 is made in 2 repositories"
has "This clone has followed"
released 1.1.0 auth app
git -C "$test_dir/app" cat-file -p v1.1.0-ecosystem | grep -q "1. acme/auth v1.1.0" || fail "the order is not in the tag"
code 0 "$sluice" ecosystem status 1.1.0
has "is made in all of them"
keep
code 0 "$sluice" ecosystem finish 1.1.0
has "change 2 has landed"
same

# --- a rule that one does not keep, a conflict in one: none moves, and what helps is said
begun() { # VERSION
	yes "begun" "$sluice" ecosystem start "$1"
	for r in auth app; do good $r "$1" && approve $r; done
}
begun 1.2.0
file=$test_dir/other
rm -rf "$file" && git clone -q "$(eco_remote app lead)" "$file" && git -C "$file" switch -q release/v1.2.0
printf 'theirs\n' >"$file/more" && git -C "$file" commit -qam "fix: in the release" && yes "pushed" git -C "$file" push -q
git -C "$file" switch -q main && printf 'ours\n' >"$file/more" && git -C "$file" commit -qam "fix: on main" && yes "pushed" git -C "$file" push -q
good app 1.2.0
keep
code 1 "$sluice" ecosystem finish 1.2.0
has "acme/app: ecosystem finish 1.2.0: the strategy does not allow it"
has "change.conflict"
has "git merge origin/main"
has "Nothing has moved in any of the 2 repositories"
same
git -C "$file" switch -q release/v1.2.0 && git -C "$file" merge -q -s ours -m "Merge main" main && yes "solved" git -C "$file" push -q
good app 1.2.0
approve app
yes "the role" "$sluice" role grant lead read --repo acme/auth --home "$home"
yes "the role" "$sluice" role revoke lead admin --repo acme/auth --home "$home"
keep
code 1 "$sluice" ecosystem finish 1.2.0
has "acme/auth"
same
yes "the role" "$sluice" role grant lead admin --repo acme/auth --home "$home"

# --- the tag is taken in one
git -C "$file" fetch -q && git -C "$file" tag -a -m x v1.2.0-ecosystem origin/main && yes "the tag" git -C "$file" push -q origin v1.2.0-ecosystem
keep
code 2 "$sluice" ecosystem finish 1.2.0
has "acme/app: The tag v1.2.0-ecosystem is there already"
same
git --git-dir="$home/repos/acme/app.git" update-ref -d refs/tags/v1.2.0-ecosystem
git tag -d v1.2.0-ecosystem >/dev/null 2>&1
code 0 "$sluice" ecosystem finish 1.2.0
released 1.2.0 auth app

# --- what led it is gone after both have landed: whoever has a clone of the home goes on
begun 1.2.5
(SLUICE_FAULT=land:acme/auth "$sluice" ecosystem finish 1.2.5 >/dev/null 2>&1; exit $?) 2>/dev/null
[ $? = 137 ] || fail "it was not killed"
is "$(tip app v1.2.5-ecosystem)" ""
rm -rf .git/sluice
git fetch -q
code 0 "$sluice" ecosystem finish 1.2.5
released 1.2.5 auth app

# --- a check of the ecosystem's own is wanted of each
git switch -q main
sed -i 's/tag: \[release, ecosystem\]}/tag: [release, ecosystem], require: {checks: [cross]}}/; s/^checks: {/checks: {cross: {}, /' .sluice/strategy.yml
git commit -qam "chore: a check over all" && yes "the strategy" git push -q origin main && git switch -q develop
begun 1.3.0
code 8 "$sluice" ecosystem finish 1.3.0
has "ecosystem.require.checks wants cross"
for r in auth app; do yes "cross" as lead commit status "$(tip $r release/v1.3.0)" --context cross --state success --repo acme/$r; done
code 0 "$sluice" continue
released 1.3.0 auth app
yes "the log verifies" audit_verifies lead
exit 0
