#!/usr/bin/env bash
# A default branch whose new name cannot be beside the old one (release, release/v1): a sluice server takes it by way of a name between in one go, a plain remote in three,
# between which its owner makes another branch the default one. Cut off anywhere it goes on or back; taken back all is as before. Names that are exchanged are refused.
# Requirement: BR-5
. "$(dirname "$0")/lib.sh"
strategy() { # the branch, what it was
	printf 'strategy: 1\nbranches:\n  main: {match: %s, type: production%s, require: {approvals: 0, checks: [], last-push-approval: false, up-to-date: false}}\n  feature: {match: "feature/{name}", type: work, base: main, into: {main: {method: merge}}}\ncommits: {convention: none}\n' "$1" "${2:+, was: $2}"
}
seed() { # DIR
	git init -q -b release "$1" && mkdir "$1/.sluice" && strategy release/v1 release >"$1/.sluice/strategy.yml"
	commit "$1" one 1 "feat: one"
}
heads() { git -C "$1" for-each-ref --format='%(objectname) %(refname)' refs/heads refs/tags; git -C "$1" symbolic-ref HEAD; }
here() { git for-each-ref --format='%(objectname) %(refname) %(upstream)' refs/heads refs/remotes; git symbolic-ref HEAD; git status --porcelain; git config --local --get-regexp '^branch\.' | sort; }

# --- a plain remote: a copy first, and nothing else
seed "$test_dir/seed"
git clone -q --bare "$test_dir/seed" "$test_dir/plain.git"
git clone -q "$test_dir/plain.git" "$test_dir/p"
cd "$test_dir/p" || exit 1
at=$(git rev-parse HEAD)
plain=$test_dir/plain.git
before=$(heads "$plain"; here)
code 0 "$sluice" adopt plan
has "push release to origin as sluice/adopting/main, to be the default branch there for a while"
has "make sluice/adopting/main the default branch"
has "release becomes release/v1 in a second go"
is "$(heads "$plain"; here)" "$before"
(SLUICE_FAULT=push:after "$sluice" adopt apply >/dev/null 2>&1; exit $?) 2>/dev/null && fail "not killed"
code 0 "$sluice" continue
code 0 "$sluice" adopt apply
is "$(heads "$plain")" "$at refs/heads/release
$at refs/heads/sluice/adopting/main
refs/heads/release"
code 0 "$sluice" adopt undo
is "$(heads "$plain"; here)" "$before"
code 0 "$sluice" adopt apply
# --- its owner has done it: now the names, by two pushes
git -C "$plain" symbolic-ref HEAD refs/heads/sluice/adopting/main
code 0 "$sluice" adopt plan
has "push to origin twice"
has "make release/v1 the default branch"
for at_step in room:after push:before; do
	(SLUICE_FAULT=$at_step "$sluice" adopt apply >/dev/null 2>&1; exit $?) 2>/dev/null && fail "$at_step: not killed"
	code 0 "$sluice" abort
	is "$(heads "$plain")" "$at refs/heads/release
$at refs/heads/sluice/adopting/main
refs/heads/sluice/adopting/main"
done
(SLUICE_FAULT=push:after "$sluice" adopt apply >/dev/null 2>&1; exit $?) 2>/dev/null && fail "not killed"
code 0 "$sluice" continue
is "$(git symbolic-ref --short HEAD) $(git rev-parse --abbrev-ref '@{upstream}')" "release/v1 origin/release/v1"
code 0 "$sluice" adopt plan
has "sluice/adopting/main stays on origin as long as it is the default branch there"
# --- and the last go
git -C "$plain" symbolic-ref HEAD refs/heads/release/v1
code 0 "$sluice" adopt apply
has "delete sluice/adopting/main on origin"
is "$(heads "$plain")" "$at refs/heads/release/v1
refs/heads/release/v1"
code 0 "$sluice" adopt apply
has "Nothing is to be done"

# --- a sluice server does it in one go, by two acts of its own
server_start
yes "import" "$sluice" repo import acme/app "$test_dir/seed" --home "$home"
person ada admin
clone_as ada "$test_dir/a"
cd "$test_dir/a" || exit 1
bare=$home/repos/acme/app.git
git switch -q -c feature/x && commit . x 1 "feat: x" && git push -q -u origin feature/x
git switch -q release
before=$(heads "$bare"; here)
code 0 "$sluice" adopt plan
has "the server renames release in two acts, by way of a name between"
is "$(heads "$bare"; here)" "$before"
for at in intent-written recorded decided refs-moved; do
	server_stop
	SLUICE_FAULT=$at server_start --faults
	no "$at: the server is not killed" "$sluice" adopt apply
	server_kill
	server_start
	code 0 "$sluice" continue
	is "$(heads "$bare" | grep -v feature)" "$(git rev-parse release/v1) refs/heads/release/v1
refs/heads/release/v1"
	is "$(git symbolic-ref --short HEAD)" release/v1
	# the way back, the server ending in the second of its acts
	code 0 "$sluice" adopt undo
	is "$(heads "$bare"; here)" "$before"
done
code 0 "$sluice" adopt apply
code 0 "$sluice" adopt apply
has "Nothing is to be done"

# --- both names are there, and the new one has all of the old: the default branch and the change into it move by calls, the old name goes last; cut off between, the same goes on
git init -q -b master "$test_dir/two" && mkdir "$test_dir/two/.sluice" && strategy main master >"$test_dir/two/.sluice/strategy.yml"
commit "$test_dir/two" one 1 "feat: one"
git -C "$test_dir/two" switch -q -c main && commit "$test_dir/two" two 2 "feat: two" && git -C "$test_dir/two" switch -q master
yes "import" "$sluice" repo import acme/both "$test_dir/two" --home "$home"
yes "ada there" "$sluice" role grant ada admin --repo acme/both --home "$home"
yes "clone" git clone -q "http://ada:$(cat "$home.tokens/ada")@${url#http://}/acme/both.git" "$test_dir/both"
cd "$test_dir/both" || exit 1
bare=$home/repos/acme/both.git
code 0 "$sluice" adopt plan
has "make main the default branch of acme/both on the server"
has "delete master on origin"
for at in server:before server:after; do
	(SLUICE_FAULT=$at "$sluice" adopt apply >/dev/null 2>&1; exit $?) 2>/dev/null && fail "$at: not killed"
	git -C "$bare" rev-parse -q --verify master >/dev/null || fail "$at: the old name went first"
done
code 0 "$sluice" adopt apply
is "$(heads "$bare")" "$(git -C "$test_dir/two" rev-parse main) refs/heads/main
refs/heads/main"
is "$(git symbolic-ref --short HEAD) $(git rev-parse --abbrev-ref '@{upstream}')" "main origin/main"
code 0 "$sluice" adopt apply
has "Nothing is to be done"

# --- exchanged: no file can say so, since it would say it still when it is done
printf 'strategy: 1\nbranches:\n  main: {type: production, was: develop}\n  develop: {type: integration, base: main, was: main}\n' >"$test_dir/swap.yml"
code 3 "$sluice" strategy check "$test_dir/swap.yml"
has "Names are exchanged by way of one that neither has, in two adoptions."
exit 0
