#!/usr/bin/env bash
# Every flow of a clone under every condition that no test of its own asserts: changes that are not committed, a remote that has moved on, a tag
# that is taken, a conflict (solved and gone on with, or given up), killed at each step. What is stopped leaves every ref here and on the remote, HEAD,
# index, file, setting and stash as it was, and nothing under way.
# Requirement: BR-5, BR-6, RL-2, DP-5
# Timeout: 600
. "$(dirname "$0")/offline.lib.sh"
export GIT_AUTHOR_DATE='2026-01-05T10:00:00Z' GIT_COMMITTER_DATE='2026-01-05T10:00:00Z' GIT_TEMPLATE_DIR=$work/none # few files: it is copied often

strategy='strategy: 1
branches:
  main: {type: production, require: {up-to-date: false}}
  support: {match: "support/{major}.x", type: support, base: main, versions: "{major}.*", require: {up-to-date: false}}
  develop: {type: integration, base: main, allow: {push: write}, require: {up-to-date: false}}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}, after-merge: delete}
  perf: {match: "perf/{name}", type: work, base: develop, into: {develop: {method: squash}}, after-merge: delete, twin: "bench/{name}"}
  straight: {match: "straight/{name}", type: work, base: develop, into: {develop: {method: rebase}}, after-merge: delete}
  bench: {match: "bench/{name}", type: throwaway, base: develop}
  phase: {match: "work/{phase}", type: work, base: develop, into: {develop: {method: merge}}, after-merge: delete}
  release: {match: "release/{version}", type: release, base: develop, into: {main: {method: merge, tag: release, back-merge: [develop]}}, after-merge: delete}
  hotfix: {match: "hotfix/{name}", type: hotfix, base: main, bump: patch, after-merge: delete, into: {main: {method: merge, tag: release, back-merge: [develop, release]}, support: {method: merge, tag: release}}}
tags:
  release: {match: "v{version}", branches: [main, support]}
  candidate: {match: "v{version}-{pre}.{n}", type: prerelease, pre: [rc], branches: release}
phases: {one: {}, two: {after: one}}
commits: {convention: none}'
change() { printf '%s\n' "$2" >"$1" && git add "$1" && git commit -qm "${3:-change $1}"; }
branch() { git switch -q -c "$1" "$2" && change "$3" "$1" && change "${1//\//-}" "$1"; } # BRANCH BASE FILE: two commits, one of them in FILE
is() { [ "$1" = "$2" ] || fail "$name: it is \"$1\", not \"$2\""; }

# a remote and a clone of it, with a branch of each kind, each of which changes a file of the target's, too; a stash and an untracked file
make_seed() {
	mkdir -p "$work/none" "$work/repo/a/.sluice" && cd "$work/repo/a" || exit 1
	git init -q . && printf '%s\n' "$strategy" >.sluice/strategy.yml
	for f in file line main-file; do seq 9 >$f; done
	git add . && git commit -qm begin && git tag -a -m v0.9.0 v0.9.0 && git branch support/0.x
	change main-file 2 && git tag -a -m v1.0.0 v1.0.0
	git switch -q -c develop && change shared develop && git switch -q -c work/one && change one one
	git switch -q develop && git merge -q --no-ff --no-edit work/one && git branch -q -D work/one && git branch feature/merged
	branch release/1.1.0 develop line
	for b in feature/x perf/x straight/x work/two; do branch $b develop file; done
	git branch bench/x develop
	branch hotfix/x main main-file
	branch hotfix/old support/0.x main-file
	git init -q --bare ../origin.git && git remote add origin ../origin.git
	git push -q -u origin main develop support/0.x release/1.1.0 feature/merged v0.9.0 v1.0.0
	printf 'kept\n' >file && git stash -q && printf 'mine\n' >untracked && git switch -q develop
	git repack -adq && git -C ../origin.git repack -adq
	cp -a "$work/repo" "$work/seed"
}
seed() { # [BRANCH to stand on]
	cd "$work" && rm -rf repo other && cp -a seed repo && cd repo/a || exit 1
	[ $# = 0 ] || git switch -q "$1" || fail "switch $1"
}
state() {
	git for-each-ref
	git -C ../origin.git for-each-ref
	git stash list
	git config --list --local | sort
	git symbolic-ref HEAD
	git ls-files -s
	git status --porcelain
	git worktree list | wc -l
	find . -path ./.git -prune -o -type f -print | sort | xargs -d '\n' sha1sum
	find .git -name '*.lock' -o -name 'sluice-*'
}
stands() { # WHAT STATE
	[ "$2" = "$(state)" ] || { out=$(diff <(printf '%s\n' "$2") <(state)); fail "$name: $1: something is not as it was"; }
}
idle() { asked=status asks 0; hasnt "sluice continue"; }
theirs() { # BRANCH FILE TEXT: somebody else pushes; this clone has not heard of it
	rm -rf "$work/other" && git clone -q "$work/repo/origin.git" "$work/other" 2>/dev/null && (cd "$work/other" && git switch -q "$1" && change "$2" "$3" && git push -q) || fail "theirs"
}
split() { set -- "$1" "${1%%|*}" "${1#*|}"; at=$2 asked=$3; }

stopped() { # BRANCH|COMMAND CODE WORDS SPOILER [ARG ...]
	local before code=$2 words=$3
	split "$1"
	name="$asked, $4 ${*:5}"
	seed "$at"
	"${@:4}"
	case $asked in *--no-fetch*) ;; *) git fetch -q --tags ;; esac # what fetching finds is no trace of the command
	before=$(state)
	asks "$code"
	has "$words"
	stands "after it stopped" "$before"
	idle
}
dirty() { printf 'changed\n' >line && printf 'staged\n' >shared && git add shared 2>/dev/null; }
moved() { theirs "$1" theirs 1; }
taken() { git -C ../origin.git tag "$1" main; } # TAG
refuses() { mkdir -p ../origin.git/hooks && printf '#!/bin/sh\necho "not on a Friday"; exit 1\n' >../origin.git/hooks/pre-receive && chmod +x ../origin.git/hooks/pre-receive; }

conflict() { # BRANCH|COMMAND TARGET FILE WHERE-IT-LANDS
	local before tree round target=$2 file=$3 where=$4
	split "$1"
	name="$asked, in conflict with $target"
	local command=$asked
	seed
	git switch -q "$target" && change "$file" theirs && git push -q && git switch -q "$at" || fail "$name: setup"
	before=$(state)
	for round in abort continue; do
		asked=$command
		asks 9
		has "1 file is in conflict; nothing has moved"
		tree=$(sed -n 's/^A work tree for solving it: //p' <<<"$out")
		[ -d "$tree" ] || fail "$name: no work tree"
		is "$(git worktree list | wc -l)" 2
		[ $round = abort ] || { printf 'both\n' >"$tree/$file" && git -C "$tree" add "$file"; }
		asked=$round
		asks 0
		[ ! -e "$tree" ] || fail "$name: the work tree is left"
		[ $round = continue ] || stands "given up" "$before"
	done
	is "$(git show "$where:$file")" both
	[ "$where" = "$at" ] || is "$(git -C ../origin.git rev-parse "$where")" "$(git rev-parse "$where")"
	idle
	is "$(git stash list | wc -l) $(cat untracked)" "1 mine"
}

points="begin:after push:before push:after refs:before refs:after tree:before tree:after head:before head:after settings:before settings:after deletions:before deletions:after"
killed() { # BRANCH|COMMAND LEAST
	local before after p end want n=0 there
	split "$1"
	name=$asked
	local command=$asked
	seed "$at"
	before=$(state)
	there=$(git -C ../origin.git for-each-ref)
	asks 0
	after=$(state)
	[ "$before" != "$after" ] || fail "$name changes nothing"
	if [ "$(git -C ../origin.git for-each-ref)" = "$there" ]; then
		asked="undo"
		asks 0
		stands "undone" "$before"
	fi
	for p in $points; do
		for end in continue abort; do
			seed "$at"
			# shellcheck disable=SC2086 # words
			(SLUICE_FAULT=$p "$sluice" $command >"$work/out" 2>&1; exit $?) 2>/dev/null && break
			n=$((n + 1)) want=$after
			if [ $end = abort ] && [ "$(git -C ../origin.git for-each-ref)" != "$there" ]; then
				asked="abort"
				asks 9
				has "others may have it"
				asked="continue"
				asks 0
			else
				asked=$end
				asks 0
				[ $end = continue ] || want=$before
			fi
			stands "killed at $p, then $end" "$want"
		done
	done
	[ $n -ge "$2" ] || fail "$name was killed $n times only"
}
make_seed

# --- a conflict at the merge: nothing has moved; given up, all is as it was; solved, it goes on to its end
conflict "feature/x|feature update" develop file feature/x
conflict "perf/x|perf finish" develop file develop
conflict "hotfix/x|hotfix finish" main main-file main
conflict "hotfix/old|hotfix finish --into support/0.x" support/0.x main-file support/0.x
conflict "work/two|phase finish" develop file develop
conflict "develop|revert --merge HEAD~1" develop one develop
# a rebase is laid out by Git
contested() { git switch -q develop && change file theirs && git push -q && git switch -q "$at"; }
stopped "straight/x|straight finish" 9 "straight/x cannot be rebased onto develop, and nothing has moved. Both sides changed file. Rebase it by hand, then do this again: git switch straight/x && git rebase develop" contested
stopped "straight/x|straight update" 9 "git switch straight/x && git rebase develop" contested
git rebase develop >/dev/null 2>&1
asked="straight finish"
asks 9
has "A rebase is under way"
printf 'both\n' >file && git add file && GIT_EDITOR=true git rebase --continue >/dev/null 2>&1 || fail "the way that is told is none"
asks 0
is "$(git show develop:file)" both

# a conflict with what gets it too holds nothing: an open release is owed the fix, the rest is done, and may be undone
name="hotfix finish, in conflict with an open release"
seed release/1.1.0
change main-file theirs && git push -q && git switch -q hotfix/x
before=$(state)
asked="hotfix finish --no-push"
asks 0
has "main is owed to release/1.1.0: Both changed main-file."
git merge-base --is-ancestor main develop || fail "develop did not get it"
is "$(git rev-parse sluice/back-merge/main-into-release/1.1.0)" "$(git rev-parse main)"
asked="undo"
asks 0
stands "undone" "$before"

# --- changes that are not committed
stopped "feature/x|feature publish" 9 "changes that are not committed: line" dirty
stopped "feature/x|feature update" 9 "changes that are not committed: line" dirty
stopped "feature/x|feature finish" 9 "changes that are not committed: line" dirty
stopped "develop|feature delete merged" 9 "changes that are not committed: line" dirty
stopped "develop|hotfix start y" 9 "changes that are not committed: line" dirty
stopped "hotfix/x|hotfix finish" 9 "changes that are not committed: line" dirty
stopped "hotfix/old|hotfix finish --into support/0.x" 9 "changes that are not committed: line" dirty
stopped "release/1.1.0|release rc" 9 "changes that are not committed: line" dirty
stopped "release/1.1.0|release finish" 9 "changes that are not committed: line" dirty
stopped "work/two|phase finish" 9 "changes that are not committed: line" dirty
stopped "main|revert --to v0.9.0" 9 "changes that are not committed: line" dirty
stopped "develop|revert --merge HEAD~1" 9 "changes that are not committed: line" dirty

# --- the remote has moved on
stopped "feature/x|feature update" 9 "develop is 1 commit behind origin/develop" moved develop
stopped "perf/x|perf finish" 9 "develop is 1 commit behind origin/develop" moved develop
stopped "straight/x|straight finish" 9 "develop is 1 commit behind origin/develop" moved develop
stopped "develop|feature delete merged" 9 "feature/merged on origin has commits that are merged nowhere that it may go: they would be lost" moved feature/merged
stopped "develop|hotfix start y" 9 "main is 1 commit behind origin/main" moved main
stopped "hotfix/x|hotfix finish" 9 "main is 1 commit behind origin/main" moved main
stopped "hotfix/x|hotfix finish" 9 "develop is 1 commit behind origin/develop" moved develop
stopped "hotfix/old|hotfix finish --into support/0.x" 9 "support/0.x is 1 commit behind origin/support/0.x" moved support/0.x
stopped "release/1.1.0|release rc" 9 "1 commit behind" moved release/1.1.0
stopped "release/1.1.0|release finish" 9 "1 commit behind" moved release/1.1.0
stopped "develop|phase start one" 9 "develop is 1 commit behind" moved develop
stopped "main|revert --to v0.9.0" 9 "main is 1 commit behind" moved main
stopped "develop|revert --merge HEAD~1" 9 "develop is 1 commit behind" moved develop

# --- the tag is taken
stopped "hotfix/x|hotfix finish --version 1.0.1" 2 "The tag v1.0.1 that this merge gets is there already" taken v1.0.1
stopped "hotfix/x|hotfix finish --no-fetch" 9 "did not take the push" taken v1.0.1
stopped "hotfix/old|hotfix finish --into support/0.x --version 0.9.1" 2 "The tag v0.9.1 that this merge gets is there already" taken v0.9.1
stopped "hotfix/old|hotfix finish --into support/0.x --no-fetch" 9 "did not take the push" taken v0.9.1
stopped "release/1.1.0|release rc --no-fetch" 9 "did not take the push" taken v1.1.0-rc.1

# --- the remote refuses
stopped "feature/x|feature publish" 9 "not on a Friday" refuses
stopped "develop|feature delete merged" 9 "not on a Friday" refuses
stopped "perf/x|perf finish" 9 "not on a Friday" refuses
stopped "straight/x|straight finish" 9 "not on a Friday" refuses
stopped "hotfix/x|hotfix finish" 9 "not on a Friday" refuses
stopped "hotfix/old|hotfix finish --into support/0.x" 9 "not on a Friday" refuses
stopped "release/1.1.0|release rc" 9 "not on a Friday" refuses
stopped "release/1.1.0|release finish" 9 "not on a Friday" refuses
stopped "work/two|phase finish" 9 "not on a Friday" refuses
stopped "main|revert --to v0.9.0" 9 "not on a Friday" refuses
stopped "develop|revert --merge HEAD~1" 9 "not on a Friday" refuses

# --- killed
killed "feature/x|feature publish" 4
killed "develop|feature delete merged --no-push" 4
killed "develop|feature delete merged" 4
killed "develop|perf start y" 4
killed "perf/x|perf finish --no-push" 4
killed "straight/x|straight finish" 4
killed "develop|hotfix start y" 4
killed "hotfix/old|hotfix finish --into support/0.x --no-push" 4
killed "hotfix/x|hotfix finish --no-push" 4
killed "main|revert --to v0.9.0 --no-push" 4
killed "develop|revert --merge HEAD~1 --no-push" 4
exit 0
