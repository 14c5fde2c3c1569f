#!/usr/bin/env bash
# A feature, a hotfix and their like in a clone: start, publish, update, finish, delete; what stops each, in words that help; conflicts that a
# person solves; taking back.
# Requirement: BR-5, BR-6, BR-7, BR-8, RL-3
. "$(dirname "$0")/offline.lib.sh"
export GIT_AUTHOR_DATE='2026-01-05T10:00:00Z' GIT_COMMITTER_DATE='2026-01-05T10:00:00Z'

strategy='strategy: 1
branches:
  main: {type: production}
  develop: {type: integration, base: main}
  feature: {match: ["feature/{name}", "feature/**"], type: work, base: develop, into: {develop: {method: merge}}, after-merge: delete}
  performance: {match: "performance/{name}", type: work, base: develop, into: {develop: {method: squash}}, after-merge: delete, twin: "benchmark/{name}"}
  benchmark: {match: "benchmark/{name}", type: throwaway, base: develop}
  hotfix: {match: "hotfix/{version}", type: hotfix, base: main, bump: patch, after-merge: delete, into: {main: {method: merge, tag: release, back-merge: [develop, release]}}}
  release: {match: "release/{version}", type: release, base: develop, into: {main: {method: merge, tag: release, back-merge: [develop]}}, after-merge: delete}
tags:
  release: {match: "v{version}", branches: main}
commits: {convention: none}'
fresh() { # a remote and a clone of it, on develop
	cd "$work" && rm -rf a b other origin.git && mkdir -p a/.sluice && cd a || exit 1
	git init -q . && printf '%s\n' "$strategy" >.sluice/strategy.yml
	printf 'one\n' >file && git add . && git commit -qm begin && git tag -a -m v1.0.0 v1.0.0 && git branch develop
	git init -q --bare ../origin.git && git remote add origin ../origin.git && git push -q -u origin main develop v1.0.0 && git switch -q develop
}
change() { printf '%s\n' "$2" >"$1" && git add "$1" && git commit -qm "${3:-change $1}"; }
refs() { git for-each-ref; git symbolic-ref HEAD; git ls-files -s; git status --porcelain; }
same() { [ "$(refs)" = "$before" ] || { diff <(printf '%s\n' "$before") <(refs); fail "something moved"; }; }

# --- the whole way
fresh
asked="feature start login"
before=$(refs)
asks 0 --dry-run
has "create the branch feature/login from develop"
has "nothing has changed"
same
asks 0
is "$(git symbolic-ref --short HEAD)" feature/login
asks 2
has "feature/login is there already"
has "git switch feature/login"
change b two
asked="feature publish"
mkdir below && cd below && asks 0 && cd .. && rmdir below # the remote's address is ../origin.git of the top
is "$(git rev-parse HEAD)" "$(git -C ../origin.git rev-parse feature/login)"
is "$(git rev-parse --abbrev-ref '@{upstream}')" origin/feature/login
asks 2
has "is on origin already"
git switch -q develop && change c three && git push -q && git switch -q feature/login
asked="feature update"
asks 0
[ -f c ] || fail "update brought no file"
asked="feature finsh"
asks 2
has 'Did you mean "sluice feature finish"?'
asked="feature finish"
asks 0
is "$(git symbolic-ref --short HEAD)" develop
is "$(git rev-list --parents -1 develop | wc -w)" 3
is "$(git rev-parse develop)" "$(git -C ../origin.git rev-parse develop)"
! git rev-parse -q --verify feature/login >/dev/null || fail "the branch is still here"
! git -C ../origin.git rev-parse -q --verify feature/login >/dev/null || fail "the branch is still there"
is "$(git status --porcelain)" ""
git switch -q main && git switch -q - && is "$(git symbolic-ref --short HEAD)" develop
git reflog HEAD | grep -q "moving from feature/login to develop" || fail "git switch - has lost its way"
! git config --get-regexp '^branch\.feature/login\.' >/dev/null || fail "its settings are left"
asked="undo"
asks 9
has "no deletion is pushed. It is taken back by a commit that says so: sluice revert --merge $(git rev-parse --short=10 develop) --on develop"
asked="log"
asks 0
has "feature finish feature/login"

# --- what was not pushed is taken back
before=$(refs)
asked="feature start other"
asks 0
asked="undo"
asks 0
has "everything stands as before"
same
asks 9
has "nothing to undo"
asked="feature start other"
asks 0
change d four
asked="undo"
asks 9
has "has 1 commit since"
eval "$(sed -n 's/.*elsewhere first: \(.*\); then sluice undo.*/\1/p' <<<"$out")" 2>/dev/null || fail "what is said to help does not"
asks 0
is "$(git log -1 --format=%s kept)" "change d"
git branch -q -D kept
same

# --- short words: the kind alone, the verb alone on a branch of a kind, and what each says when it cannot be
fresh
asked=
asks 2 feature
has "feature finish"
hasnt "There is no command"
asks 0 feature --help
asks 2 nonsense
has "There is no command"
asks 2 start login
has "sluice KIND start"
asks 2 finish nonsense
has "nonsense is no branch of a kind"
asks 2 finish --into
asks 2 hotfix finish
has "and there is none here. Begin one: sluice hotfix start"
asks 0 feature start short
asks 2 hotfix finish
asks 2 benchmark finish
change s 1
git switch -q develop
asks 2 feature finish
has "Say its name; there is feature/short"
git switch -q feature/short
asks 0 publish
has "feature/short is on origin."
git switch -q develop && change t 1 && git push -q
asks 0 update feature/short
is "$(git merge-base develop feature/short)" "$(git rev-parse develop)"
asks 0 finish feature/short --dry-run
has "merge feature/short into develop"
git switch -q feature/short
asks 0 finish
is "$(git symbolic-ref --short HEAD)" develop
asks 0 log
has "feature finish feature/short"
asks 2 finish start x
has "no kind of branch called finish"
git checkout -q --detach
asks 2 finish
has "No branch is checked out here."
git switch -q develop
asks 0 release start 1.1.0 --no-fetch
change r 1
asks 0 finish --no-push
git rev-parse -q --verify v1.1.0 >/dev/null || fail "the release was not made as such"

# --- what is merged in this clone alone keeps its branch on the remote
fresh
asked="feature start alone"
asks 0
change e five
asked="feature publish"
asks 0
git switch -q develop && git merge -q --no-ff --no-edit feature/alone
before=$(refs)
asked="feature delete alone"
asks 9
has "does not have that yet"
has "git push origin develop"
same
git push -q origin develop
asks 0
! git -C ../origin.git rev-parse -q --verify feature/alone >/dev/null || fail "the branch is still there"

# --- a delete asks the remote first; who is sure (--force) is so of what he knows
somebody() { # BRANCH: somebody else pushes to it
	rm -rf "$work/other" && git clone -q "$work/origin.git" "$work/other" && (cd "$work/other" && git switch -q "$1" && change else "$1" && git push -q) || fail "somebody"
}
fresh
git switch -q -c feature/x develop && change x 1 && git push -q origin feature/x && git switch -q develop && git merge -q --no-ff --no-edit feature/x && git push -q
somebody feature/x
before=$(refs)
asked="feature delete x --force"
asks 9
has "it has moved since it was last asked"
has "git fetch --prune origin"
same
asked="feature delete x"
asks 9
has "feature/x on origin has commits that are merged nowhere"
git push -q --force origin feature/x && git push -q origin :feature/x && git update-ref refs/remotes/origin/feature/x feature/x # somebody has deleted it there
asks 0
has "which is gone on origin"
! git for-each-ref | grep -q feature/x || fail "it is left: $(git for-each-ref)"
asked="undo"
asks 0
git rev-parse -q --verify origin/feature/x >/dev/null || fail "not all is back"

# --- no network: what was not asked before is asked before anything begins
fresh
asked="feature start far"
asks 0
change e five
git remote set-url origin ssh://127.0.0.1:1/gone.git
before=$(refs)
asked="feature finish --no-fetch"
asks 5
has "Nothing has moved"
has "--no-push"
same
asked="status"
asks 0
hasnt "under way:"
asked="feature finish --no-push"
asks 0

# --- one that was given up does not stand before the one that was finished
fresh
before=$(refs)
asked="feature start kept"
asks 0
started=$(refs)
SLUICE_FAULT=refs:before "$sluice" feature start given >/dev/null 2>&1
asked="abort"
asks 0
[ "$(refs)" = "$started" ] || fail "abort moved something"
asked="undo"
asks 0
has "feature start kept"
same

# --- a kind that is called like nothing else, its twin, a squash; and one that is called like a command
fresh
asked="performance start phase1"
asks 0
has "create its twin benchmark/phase1"
git rev-parse -q --verify benchmark/phase1 >/dev/null || fail "no twin"
change p 1 "perf: first"
change p 2 "perf: second"
asked="performance finish --no-push"
asks 0
is "$(git rev-list --count main..develop)" 1
is "$(git log -1 --format=%s develop)" "perf: first"
asked="branch start release 1.1.0"
asks 0
is "$(git symbolic-ref --short HEAD)" release/1.1.0
asked="nonsense start x"
asks 2
has "The strategy has no kind of branch called nonsense. It has: feature, performance, benchmark, hotfix, release."
asked="feature start"
asks 2

# --- a branch and its twin are published together, and deleted together; changed files are no matter to that
fresh
asked="performance start one"
asks 0
change p 1
printf 'changed\n' >file
asked="performance publish --dry-run"
asks 0
has "push performance/one to origin"
has "push benchmark/one to origin"
asked="performance publish"
printf '#!/bin/sh\n! grep -q benchmark\n' >../origin.git/hooks/pre-receive && chmod +x ../origin.git/hooks/pre-receive
asks 9
is "$(git -C ../origin.git for-each-ref | grep -c /one)" 0
rm ../origin.git/hooks/pre-receive
asks 0
has "performance/one and benchmark/one are on origin."
has "What is not committed, such as file, is not published."
for b in performance/one benchmark/one; do is "$(git rev-parse $b)" "$(git -C ../origin.git rev-parse $b)"; done
is "$(cat file)" changed
asks 2
has "is on origin already"
git checkout -q file && git switch -q benchmark/one && change q 1 && git switch -q performance/one
asks 0
has "push benchmark/one"
hasnt "push performance/one"
git switch -q develop && git merge -q --squash performance/one && git commit -qm "perf: one" && git push -q
asked="performance delete one"
asks 9
has "performance/one is merged nowhere"
asks 0 --force
is "$(git for-each-ref | grep -c /one) $(git -C ../origin.git for-each-ref | grep -c /one)" "0 0"

# --- a hotfix: tag, back-merge into develop and the open release
fresh
git branch release/1.1.0 develop && git push -q origin release/1.1.0
asked="hotfix start 1.0.1"
asks 0
change fix 1 "fix: it"
asked="hotfix finish"
asks 0
is "$(git cat-file -t v1.0.1)" tag
is "$(git rev-parse v1.0.1^{})" "$(git rev-parse main)"
for b in develop release/1.1.0; do git merge-base --is-ancestor main $b || fail "main is not back in $b"; done
is "$(git -C ../origin.git rev-parse v1.0.1)" "$(git rev-parse v1.0.1)"
is "$(git symbolic-ref --short HEAD)" main

# --- a conflict of the back-merge does not hold the fix; what is owed stands on a branch
fresh
change file theirs && git push -q
asked="hotfix start 1.0.1"
asks 0
change file ours
asked="hotfix finish --dry-run"
asks 0
has "main is owed to develop"
asked="hotfix finish"
asks 0
has "main is owed to develop: Both changed file."
git rev-parse -q --verify v1.0.1 >/dev/null || fail "the fix was held"
is "$(git rev-parse sluice/back-merge/main-into-develop)" "$(git rev-parse main)"

# --- a conflict of the merge itself: nothing moves, a person solves it, it goes on
conflict() {
	fresh
	asked="feature start x"
	asks 0
	change file mine
	git switch -q develop && change file theirs && git push -q && git switch -q feature/x
	before=$(refs)
	asked="feature finish"
	asks 9
	has "1 file is in conflict; nothing has moved"
	has "  file"
	same
	tree=$(printf '%s\n' "$out" | sed -n 's/^A work tree for solving it: //p')
	[ -f "$tree/file" ] || fail "no work tree"
}
conflict
asked="feature finish --dry-run"
asks 9
has "Another operation is under way: feature finish feature/x"
asked="status"
asks 0
has "a conflict waits for you"
asked="continue"
asks 9
has "1 file is in conflict in"
printf 'both\n' >"$tree/file" && git -C "$tree" add file
asks 0
is "$(cat file)" both
is "$(git symbolic-ref --short HEAD)" develop
[ ! -e "$tree" ] || fail "the work tree is left"
is "$(git worktree list | wc -l)" 1
# from the work tree of the conflict, where its person stands: it goes on, or back, where the command was typed
conflict
cd "$tree" && asked="continue"
asks 9
has "1 file is in conflict in"
printf 'both\n' >file && git add file
asks 0
has "The work tree where you stood is gone with that. Go back: cd $work/a"
cd "$work/a" || fail "no way back"
is "$(cat file)" both
is "$(git symbolic-ref --short HEAD)" develop
conflict
cd "$tree" && printf 'both\n' >file && git add file && git commit -qm "as Git says" && asked="continue"
asks 0
cd "$work/a" || fail "no way back"
is "$(cat file)" both
conflict
cd "$tree" && asked="abort"
asks 0
has "Go back: cd $work/a"
cd "$work/a" || fail "no way back"
same
# who goes on stands on another branch by then: what was begun goes on, and nothing else
conflict
git switch -q -c feature/other develop && change other 1
printf 'both\n' >"$tree/file" && git -C "$tree" add file
asked="continue"
asks 0
has "feature/x is finished"
is "$(git symbolic-ref --short HEAD)" feature/other
is "$(git show develop:file)" both
conflict
git -C "$tree" merge --abort
asked="continue"
asks 9
has "the merge was given up"
asked="abort"
asks 0
same
[ ! -e "$tree" ] || fail "the work tree is left"
# the target has moved since: what was solved no longer fits, and a new one is laid out
conflict
printf 'both\n' >"$tree/file" && git -C "$tree" add file
git clone -q ../origin.git ../b && (cd ../b && git switch -q develop && change file "theirs again" && git push -q)
asked="continue"
asks 9
has "develop is 1 commit behind origin/develop"
asked="status"
asks 0
has "its conflict is solved, nothing has moved yet"
hasnt "Solve the files"
git fetch -q origin develop:develop
asked="continue"
asks 9
has "in conflict; nothing has moved"
has "has moved since: what you solved in $tree no longer fits"
asked="abort"
asks 0
is "$(git worktree list | wc -l)" 1

# --- refused before the first step, with a way out
fresh
before=$(refs)
asked="feature start x"
printf 'changed\n' >file
asks 9
has "changes that are not committed: file"
has "git stash"
git checkout -q file
git switch -q --detach
asks 9
has "HEAD is detached"
git switch -q develop
git switch -q -c t && change file mine && git switch -q develop && change file theirs && ! git merge -q t >/dev/null 2>&1 || fail "no conflict"
asks 9
has "A merge is under way"
has "git merge --abort"
git merge --abort
git reset -q --hard origin/develop && git branch -q -D t
git bisect start >/dev/null
asks 9
has "A bisect is under way"
has "give it up: git bisect reset"
git bisect reset >/dev/null 2>&1
git clone -q ../origin.git ../b && (cd ../b && git switch -q develop && change z 1 && git push -q)
asks 0
git switch -q develop && git branch -q -D feature/x
git fetch -q
asks 9
has "develop is 1 commit behind origin/develop"
change y 1
asks 9
has "have both moved on: 1 here, 1 there"
has "git pull --rebase=merges origin develop"
git pull -q --rebase=merges origin develop && git push -q
asked="feature start ../x"
asks 2
asked="feature start login/form"
asks 0 --dry-run
has "create the branch feature/login/form from develop"
asked="feature start nothing"
asks 0
asked="feature finish"
asks 2
has "nothing that develop does not have: there is nothing to finish. Commit there first, or delete it: git switch develop && git branch -d feature/nothing"
git switch -q develop && git branch -q -d feature/nothing
asked="feature publish"
asks 2
has "You stand on develop, which is no feature branch"
git config user.useConfigOnly true && git config --unset-all user.name
mv "$work/config" "$work/config.off"
asked="feature start x"
asks 2
has "Git does not know who you are here"
mv "$work/config.off" "$work/config"

# --- the remote has moved, or refuses: nothing moves here
fresh
asked="feature start x"
asks 0
change b 1
(cd ../b 2>/dev/null || git clone -q ../origin.git ../b; cd ../b && git switch -q develop && git pull -q && change q 1 && git push -q)
before=$(refs)
asked="feature finish --no-fetch"
asks 9
has "did not take the push"
same
asked="status"
asks 0
hasnt "Go on: sluice continue"
printf '#!/bin/sh\necho "not on a Friday"; exit 1\n' >../origin.git/hooks/pre-receive && chmod +x ../origin.git/hooks/pre-receive
git fetch -q && git fetch -q origin develop:develop
before=$(refs)
asked="feature finish"
asks 9
has "not on a Friday"
same
rm ../origin.git/hooks/pre-receive
# the strategy forbids
asked="feature finish --into main"
asks 1
has "branches.feature.into"
same
# the tag is there
git push -q origin HEAD:refs/heads/keep 2>/dev/null
asked="feature delete x"
asks 9
has "merged nowhere that it may go"

# --- a branch that is checked out elsewhere, and one that another tree holds
fresh
asked="feature start x"
asks 0
change b 1
git worktree add -q ../b develop
asked="feature finish --no-push"
asks 0
is "$(cat ../b/b)" 1
is "$(git -C ../b status --porcelain)" ""

# what helps there is said for there
fresh
git switch -q -c feature/z && change z 1
git worktree add -q ../b develop
git clone -q ../origin.git ../other && (cd ../other && git switch -q develop && change y 1 && git push -q) && git fetch -q
asked="feature finish"
asks 9
has "develop is 1 commit behind origin/develop. Bring it up to date: git -C $work/b pull --ff-only origin develop"
git -C ../b pull -q --ff-only origin develop && echo changed >../b/file
asks 9
has "$work/b has changes that are not committed: file. Commit them, or put them aside: git -C $work/b stash"

# --- names that cannot stand together: release and release/v1
fresh
git branch -q hotfix
asked="hotfix start 1.0.1"
asks 9
has "hotfix"
exit 0
