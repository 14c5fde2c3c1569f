# shellcheck shell=bash
# For tests of every flow of a clone under one condition after another: source it after offline.lib.sh. One is $name in what a failure says.
#
#   make_seed                 a remote and a clone of it, as below, to begin each time anew
#   seed [BRANCH]             as made, standing on this branch | save: as it is now, for again to come back to
#   state                     everything that an operation may touch | stands WHAT STATE: it is so now | idle: nothing is under way
#   split BRANCH|COMMAND      sets $at and $asked
#   dirty | moved BRANCH | taken TAG | refuses | theirs BRANCH FILE TEXT     what may be in the way
#   clash TARGET FILE         it is changed there, here and on the remote, so that what stands on $at does not merge
#   laid_out                  sets $tree, the work tree that $out names for a conflict
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
save() { rm -rf "$work/saved" && cp -a "$work/repo" "$work/saved"; }
again() { cd "$work" && rm -rf repo && cp -a saved repo && cd repo/a || exit 1; }
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

dirty() { printf 'changed\n' >line && printf 'staged\n' >shared && git add shared 2>/dev/null; }
moved() { theirs "$1" theirs 1; }
taken() { git -C ../origin.git tag "$1" main; } # TAG
refuses() { mkdir -p ../origin.git/hooks && printf '#!/bin/sh\necho "not on a Friday"; exit 1\n' >../origin.git/hooks/pre-receive && chmod +x ../origin.git/hooks/pre-receive; }
clash() { git switch -q "$1" && change "$2" theirs && git push -q && git switch -q "$at" || fail "$name: setup"; }
laid_out() {
	tree=$(sed -n 's/^A work tree for solving it: //p' <<<"$out")
	[ -d "$tree" ] || fail "$name: no work tree"
}
