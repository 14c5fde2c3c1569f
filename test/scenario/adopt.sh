#!/usr/bin/env bash
# From any repository to a strategy: the plan names every ref before and after, nothing moves before it is asked for, an interruption goes on or back, and
# undo puts back exactly what was there, here and on the remote.
# Requirement: BR-5
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"
there() { git -C "${2:-.}" rev-parse -q --verify "$1" >/dev/null || { out=$(git -C "${2:-.}" for-each-ref); fail "$1 is gone"; }; }
gone() { ! git -C "${2:-.}" rev-parse -q --verify "$1" >/dev/null || fail "$1 is still there"; }
add() { printf '%s\n' "$1" >"$1" && git add "$1" && c "feat: $1"; }
state() { # every ref here and there, HEADs, indexes, files, settings
	git for-each-ref
	git symbolic-ref -q refs/remotes/origin/HEAD
	git -C ../origin.git for-each-ref
	git -C ../origin.git symbolic-ref HEAD
	git config --list --local | sort
	for t in . ../b ../d; do
		[ -e "$t/.git" ] && (cd "$t" && git symbolic-ref -q HEAD; git rev-parse HEAD; git ls-files -s; git status --porcelain)
	done
	find .git -name '*.lock' -o -name 'sluice-*'
}
same() { [ "$(state)" = "$before" ] || { out=$(diff <(printf '%s\n' "$before") <(state)); fail "something is not as it was"; }; }
remote() { cd "$work" && rm -rf a b d other third origin.git && git init -q --bare origin.git && git init -q -b "$1" a && cd a && git remote add origin ../origin.git || fail "init"; }
strategy() { mkdir -p .sluice && printf '%s\n' "$1" >.sluice/strategy.yml && git add .sluice && c "chore: strategy"; }
publish() { git push -q -u origin --all && git -C ../origin.git symbolic-ref HEAD "refs/heads/$1" && git remote set-head origin -a >/dev/null && git fetch -q; }

killed_at() { # POINT WORD ...
	local point=$1
	shift
	(SLUICE_FAULT=$point "$sluice" "$@" >/dev/null 2>&1; exit $?) 2>/dev/null && fail "not killed at $point"
}

# --- as git flow lays it out, with another production branch: renamed, and the rest is left alone
remote production
strategy 'strategy: 1
extends: [gitflow]
branches:
  main: {was: production}'
add one && git branch develop && on -c feature/login develop && add login && on -c hotfix/1.0.1 production && add fix && on -c odd develop && add odd && on production
publish production
git config branch.production.description "what we ship"
git config branch.feature/login.remote origin && git config branch.feature/login.merge refs/heads/production
git worktree add -q ../b feature/login
before=$(state)
asked="adopt plan"
asks 0
has "rename production to main, here and on origin, where the old name stays for now"
has "HEAD of $work/a: production -> main"
has "git -C ../origin.git symbolic-ref HEAD refs/heads/main"
has "git branch -m production main"
has "git remote set-head origin --auto"
has "odd is of no kind. Give it one in the strategy, or another name: git branch -m odd feature/odd"
has "Nothing has changed"
hasnt "develop from"
same
asked="adopt apply"
asks 0 --dry-run
same
asks 0
there refs/heads/main
gone refs/heads/production
there refs/heads/production ../origin.git
is "$(git symbolic-ref HEAD)" refs/heads/main
is "$(git status --porcelain)" ""
is "$(git config branch.main.description)" "what we ship"
is "$(git rev-parse --abbrev-ref '@{upstream}')" origin/main
is "$(git -C ../b rev-parse --abbrev-ref '@{upstream}')" origin/main
is "$(git config branch.production.remote)" ""
# the host's half: until then nothing more is to be done, and then the old name goes
asks 0
has "Nothing is to be done"
has "production stays on origin"
git -C ../origin.git symbolic-ref HEAD refs/heads/main
asks 0
gone refs/heads/production ../origin.git
is "$(git symbolic-ref refs/remotes/origin/HEAD)" refs/remotes/origin/main
asks 0
has "Nothing is to be done: the branches are as the strategy says."
is "$(git for-each-ref refs/sluice)" ""
# and back, in the two goes that it took
asked="adopt undo"
asks 0
there refs/heads/production ../origin.git
asks 9
has "main is the default branch of origin, and would go"
git -C ../origin.git symbolic-ref HEAD refs/heads/production
asks 0 --dry-run
has "put production back at"
asks 0
same
asks 2
has "Nothing was adopted in this clone"

# --- document C's repository by its preset: two renames, develop from its base; a colleague types the commands that are shown
remote main-v2-modular
add one && git branch main-v1-production && git branch master && add two && git branch prototype-deployment && publish main-v2-modular
for t in ../other ../third; do git clone -q ../origin.git $t && git -C $t switch -q main-v1-production && git -C $t switch -q main-v2-modular; done
git worktree add -q -f ../b main-v2-modular
git worktree add -q ../d main-v1-production
before=$(state)
asked="adopt apply --preset montecarlo --at 2025-01-15T00:00:00Z"
asks 0
has "create develop from main-production"
has "rename main-v1-production to legacy-v1-production, here and on origin"
has "protect main-production: changes by pull request only, 2 approvals"
has "The preset montecarlo is not in force by this"
for t in . ../b; do is "$(git -C $t symbolic-ref HEAD)" refs/heads/main-production; done
is "$(git -C ../d symbolic-ref HEAD)" refs/heads/legacy-v1-production
is "$(git -C ../d status --porcelain)" ""
gone refs/heads/main-v1-production ../origin.git
is "$(git rev-parse develop)" "$(git -C ../origin.git rev-parse main-production)"
git -C ../origin.git symbolic-ref HEAD refs/heads/main-production
commands=$(printf '%s\n' "$out" | sed -n '/^In every other clone/,/^[^ ]/p' | grep '^  git')
(cd ../other && while read -r line; do $line >/dev/null 2>&1 || exit 1; done <<<"$commands") || fail "the commands for other clones fail"
is "$(git -C ../other for-each-ref --format='%(refname) %(upstream)' refs/heads)" "refs/heads/legacy-v1-production refs/remotes/origin/legacy-v1-production
refs/heads/main-production refs/remotes/origin/main-production"
is "$(git -C ../other symbolic-ref refs/remotes/origin/HEAD)" refs/remotes/origin/main-production
is "$(git -C ../other status --porcelain)" ""
asks 0
# a third does the same by the command itself, and pushes nothing
cd ../third && asks 0
has "rename main-v2-modular to main-production, here"
hasnt "all or none"
hasnt "In every other clone"
cd ../a || exit 1
is "$(git -C ../third for-each-ref --format='%(refname) %(upstream)' refs/heads)" "$(git -C ../other for-each-ref --format='%(refname) %(upstream)' refs/heads)"
asked="adopt undo"
asks 0
git -C ../origin.git symbolic-ref HEAD refs/heads/main-v2-modular
asks 0
same

# --- names that Git cannot have together, here and on the remote, checked out in two work trees
together='strategy: 1
branches:
  main: {type: production}
  stable: {match: release/v1, type: support, base: main, was: release}
  release: {match: "release/{version}", type: release, base: main, into: {main: {tag: release}}}
tags:
  release: {match: "v{version}", branches: [main, stable]}
commits: {convention: none}'
fresh() {
	remote main
	strategy "$together"
	add one && git branch release && publish main
	on release && add fix && git push -q && git worktree add -q -f ../b release
	before=$(state)
}
fresh
mkdir sub && (cd sub && "$sluice" adopt plan >/dev/null 2>&1) && rmdir sub || fail "not from a folder below, where the address of the remote is another"
asked="adopt apply"
asks 0 --dry-run
has "rename release to release/v1, here and on origin"
has "push to origin twice, since Git never has both names: first 1 goes, then 1, each time all or none"
same
asks 0
for t in . ../b; do is "$(git -C $t symbolic-ref HEAD) $(git -C $t status --porcelain)" "refs/heads/release/v1 "; done
is "$(git -C ../origin.git rev-parse release/v1)" "$(git rev-parse HEAD)"
is "$(git log -g --format=%gs release/v1 -- | tr '\n' ',')" "sluice: adopt apply,commit: feat: fix,branch: Created from main,"
gone refs/heads/release
gone refs/heads/release ../origin.git
is "$(git for-each-ref refs/sluice)" ""
is "$(git rev-parse --abbrev-ref '@{upstream}')" origin/release/v1
asked="status"
asks 0
has "is taken back, there too, by: sluice adopt undo"
asked="undo"
asks 9
has "sluice adopt undo"
asked="adopt undo"
asks 0
same
is "$(git log -g --format=%gs release -- | tr '\n' ',')" "sluice: adopt undo,sluice: adopt apply,commit: feat: fix,branch: Created from main,"

# the remote refuses the second half: the first is put back by itself, and nothing has moved here
refuse() { printf '#!/bin/sh\nwhile read -r old new ref; do case $ref in %s) echo "not this one"; exit 1 ;; esac; done\n' "$1" >../origin.git/hooks/pre-receive && chmod +x ../origin.git/hooks/pre-receive; }
refuse refs/heads/release/v1
asked="adopt apply"
asks 9
has "not this one"
has "did not take the push"
same
asked="status"
asks 0
hasnt "sluice continue"
# killed between the two pushes: back, or on
rm ../origin.git/hooks/pre-receive
for end in abort continue; do
	asked="adopt apply"
	killed_at push:before adopt apply
	gone refs/heads/release ../origin.git
	there refs/heads/release
	asked=$end
	asks 0
	[ $end = continue ] || has "everything stands as before"
	[ $end = continue ] || same
done
there refs/heads/release/v1 ../origin.git
asked="adopt undo"
asks 0
same
# killed between the two halves here: what is moved is held against any gc, and HEAD names a commit
killed_at late:before adopt apply
gone refs/heads/release
git -c gc.reflogExpire=now -c gc.reflogExpireUnreachable=now gc -q --prune=now
is "$(git status --porcelain)" ""
git rev-parse -q --verify HEAD >/dev/null || fail "HEAD names nothing"
asked="continue"
asks 0
there refs/heads/release/v1
is "$(git for-each-ref refs/sluice)" ""

# the way back: changed files in another work tree, and a remote that refuses, stop it before the first step; what was solved of that, it goes
fresh
asked="adopt apply"
asks 0
asked="adopt undo"
printf 'changed\n' >../b/fix
before=$(state)
asks 9
has "$work/b has changes that are not committed: fix"
same
git -C ../b checkout -q fix
before=$(state)
refuse 'refs/heads/release'
asks 9
has "did not take the push"
same
rm ../origin.git/hooks/pre-receive
asks 0
gone refs/heads/release/v1
there refs/heads/release ../origin.git

# --- the remote moves between plan and apply: nothing is pushed over, and planning anew finds it
fresh
git clone -q ../origin.git ../other && git -C ../other switch -q release && git -C ../other commit -q --allow-empty -m "fix: theirs" && git -C ../other push -q
before=$(state)
asked="adopt apply --no-fetch"
asks 9
has "release has moved on origin since it was fetched"
same
asked="adopt apply"
asks 0
is "$(git -C ../origin.git rev-parse release/v1)" "$(git -C ../other rev-parse HEAD)"
is "$(git status -sb | head -n 1)" "## release/v1...origin/release/v1 [behind 1]"
# somebody has gone on from it: it is not taken back, here or there
git -C ../other fetch -q --prune && git -C ../other branch -m release release/v1 && git -C ../other branch -q -u origin/release/v1 release/v1 && git -C ../other commit -q --allow-empty -m "fix: more" && git -C ../other push -q
before=$(state)
asked="adopt undo"
asks 9
has "release/v1 on origin is at"
same
git pull -q && add own
before=$(state)
asks 9
has "somebody has gone on from it"
same

# --- both names are there: what the new one has goes, what it has not stays and is said
remote main
strategy 'strategy: 1
branches:
  main: {type: production, was: master}
commits: {convention: none}'
add one && git branch master && add two && publish main
before=$(state)
asked="adopt apply"
asks 0
has "delete master, here and on origin: main has all of it, and 1 commit more"
has "git branch -d master"
gone refs/heads/master
gone refs/heads/master ../origin.git
asked="adopt undo"
asks 0
same
on master && printf 'changed\n' >one
before=$(state)
asked="adopt apply"
asks 9
has "changes that are not committed: one" # to main, which has another file
same
git checkout -q one
add three && git push -q && on main
before=$(state)
asked="adopt apply"
asks 0
has "master stays: it has commits that main does not have"
has "master stays on origin"
there refs/heads/master
there refs/heads/master ../origin.git

# --- without a remote, and a strategy that does not say what the branch was
remote trunk
git remote remove origin
add one
before=$(git for-each-ref)
asked="adopt plan --preset github-flow"
asks 2
has "There is no branch main, and nothing says which one it is"
has "was: "
printf 'strategy: 1\nextends: [github-flow]\nbranches:\n  main: {was: trunk}\n' >../s.yml
asked="adopt apply --strategy ../s.yml"
asks 0
is "$(git symbolic-ref HEAD)" refs/heads/main
has "commit it as .sluice/strategy.yml on main"
asked="undo"
asks 0
is "$(git for-each-ref)" "$before"
is "$(git symbolic-ref HEAD)" refs/heads/trunk

# --- right after init, its strategy new and not committed: where no file moves, changed ones are no matter
remote master
add one && publish master
yes "init" "$sluice" init --preset github-flow
printf 'strategy: 1\nbranches:\n  main: {type: production, was: master}\ncommits: {convention: none}\n' >.sluice/strategy.yml
git add . && printf 'changed\n' >one
before=$(state)
asked="adopt plan --strategy .sluice/strategy.yml"
asks 0
has "rename master to main"
same
asked="adopt apply --strategy .sluice/strategy.yml"
asks 0
is "$(git symbolic-ref HEAD) $(cat one)" "refs/heads/main changed"
is "$(git status --porcelain)" $'A  .sluice/strategy.yml\n M one'
asked="adopt undo"
asks 0
same

# --- refused before the first step: work under way in any work tree, the strategy forbids it
fresh
(cd ../b && git commit -q --allow-empty -m "one more" && git checkout -q --detach && ! GIT_SEQUENCE_EDITOR="sed -i 1ibreak" git rebase -q -i HEAD~1 2>/dev/null)
[ -d .git/worktrees/b/rebase-merge ] || fail "no rebase is under way"
asked="adopt apply"
asks 9
has "A rebase is under way in $work/b"
git -C ../b rebase --abort
asks 1 --level write
has "branches.stable.allow.create"
exit 0
