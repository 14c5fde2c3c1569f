#!/usr/bin/env bash
# The phases of a plan in a clone: begun and finished in their order, each with its twin and its tag, on to production; what stops each.
# Requirement: BR-8, GT-2, RL-6
. "$(dirname "$0")/offline.lib.sh"
export GIT_AUTHOR_DATE='2026-01-05T10:00:00Z' GIT_COMMITTER_DATE='2026-01-05T10:00:00Z'

strategy='strategy: 1
branches:
  main: {type: production}
  develop: {type: integration, base: main, into: {main: {method: merge, tag: release}}}
  phase: {match: "work/{phase}-{name}", type: work, base: develop, into: {develop: {method: merge}}, twin: "bench/{phase}"}
  bench: {match: "bench/{name}", type: throwaway, base: develop}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}}
  trial: {match: "trial/{name}", type: throwaway, base: develop}
tags:
  release: {match: "v{version}", branches: main}
  mark: {match: "v{version}-{phase}", type: label, branches: develop}
  done: {match: "plan-complete", type: label, branches: main}
releases: {version-from: phases}
phases:
  one: {title: Measure, version: 1.0.0}
  two: {version: 1.1.0, after: [one]}
  three: {version: 2.0.0, after: [one, two], tag: plan-complete}
commits: {convention: none}'
fresh() { # a remote and a clone of it, on develop
	cd "$work" && rm -rf a b origin.git && mkdir -p a/.sluice && cd a || exit 1
	git init -q . && printf '%s\n' "${1:-$strategy}" >.sluice/strategy.yml
	printf 'one\n' >file && git add . && git commit -qm begin && git branch develop
	git init -q --bare ../origin.git && git remote add origin ../origin.git && git push -q -u origin main develop && git switch -q develop
}
change() { printf '%s\n' "$2" >"$1" && git add "$1" && git commit -qm "${3:-change $1}"; }
refs() { git for-each-ref; git symbolic-ref HEAD; git ls-files -s; git status --porcelain; }
same() { [ "$(refs)" = "$before" ] || { diff <(printf '%s\n' "$before") <(refs); fail "something moved"; }; }
phase() { # NAME: begun, one commit, finished
	git switch -q develop
	yes "start $1" "$sluice" phase start "$1" x
	change "$1" "$1"
	yes "finish $1" "$sluice" phase finish
}

# --- begun: in its order, with its twin, from its base
fresh
before=$(refs)
asked="phase start two x"
asks 8
has "two comes after one"
has "one is neither in what it begins at nor tagged"
has "do      sluice phase start two x --ahead"
hasnt "reported"
same
asked="phase start four x"
asks 2
has "The strategy has no phase called four. It has: one, two, three."
asked="phase start one"
asks 2
has "Say what else stands in its name: sluice phase start one NAME"
asked="phase start one a..b"
asks 2
has "makes no name of a branch of one"
same
printf 'changed\n' >file
asked="phase start one x"
asks 9
has "changes that are not committed: file"
git checkout -q file
asks 0 --dry-run
same
asks 0
is "$(git symbolic-ref --short HEAD)" work/one-x
is "$(git rev-parse bench/one)" "$(git rev-parse develop)"
asks 2
has "work/one-x is there already"
asked="phase start two x --ahead"
git switch -q develop
asks 0
asked="phase start work/three-y --ahead"
git switch -q develop
asks 0
is "$(git symbolic-ref --short HEAD)" work/three-y

# --- what else there is of a kind called like the command; and one of no phases
asked="phase list"
asks 0
has "work/two-x"
asked="phase delete two-x --no-push"
asks 2
asked="phase delete work/two-x --no-push --force"
asks 0
fresh "$(printf '%s\n' "$strategy" | sed '/^phases:/,/^  three/d; s/version-from: phases/version-from: commits/; /mark:/d; /twin/s/, twin.*/}/; s/{phase}-//')"
asked="phase start one x"
asks 2
has "sluice branch start phase NAME"
asked="branch start phase one"
asks 0
is "$(git symbolic-ref --short HEAD)" work/one

# --- finished: merged, marked; on to production under its version
fresh
asked="phase start one x"
asks 0
change a 1
before=$(refs)
asked="phase finish"
asks 0 --dry-run
has "merge work/one-x into develop"
has "tag v1.0.0-one on"
same
asks 0
has "Next: sluice phase finish one --into main"
is "$(git rev-list --parents -1 develop | wc -w)" 3
is "$(git rev-parse v1.0.0-one^{})" "$(git rev-parse develop)"
is "$(git cat-file tag v1.0.0-one | tail -n 1)" "one: Measure"
is "$(git -C ../origin.git rev-parse develop v1.0.0-one)" "$(git rev-parse develop v1.0.0-one)"
asked="phase finish one"
asks 2
has "All of one is in develop already. It goes on with: sluice phase finish one --into main"
before=$(refs)
asked="phase finish two --into main"
asks 2
has "brings nothing of two into main"
asked="phase finish one --into main"
asks 0
is "$(git rev-parse v1.0.0^{})" "$(git rev-parse main)"
is "$(git -C ../origin.git rev-parse main)" "$(git rev-parse main)"
asks 2
has "brings nothing of one into main"
# standing on no branch of one
git switch -q main
asked="phase finish"
asks 2
has "Which phase? You stand on main"
asked="phase finish two"
asks 2
has "two has no branch, neither here nor on the remote"

# --- two phases together: the release is that of the last
phase two
phase three
hasnt "tag plan-complete"
before=$(refs)
asked="phase finish two --into main"
asks 9
has "two has the version 1.1.0, and its merge into main would be tagged as 2.0.0. three comes along"
has "sluice phase finish three --into main"
same
asked="phase finish three --into main"
asks 0
is "$(git rev-parse v2.0.0^{} plan-complete^{})" "$(git rev-parse main main)"

# --- a dependency that is missing where it counts: the merge waits
fresh
asked="phase start two x --ahead"
asks 0
change b 1
before=$(refs)
asked="phase finish"
asks 8
has "two comes after one"
has "one is neither in develop nor tagged"
same
# its branch is there, and was merged, and is gone: the merge tells
git switch -q develop && git switch -q -c work/one-x && change a 1 && git switch -q develop && git merge -q --no-ff --no-edit work/one-x && git branch -q -D work/one-x && git push -q
git switch -q work/two-x
asks 0

# --- the tag is taken; the remote has moved; it refuses
fresh
git switch -q --orphan elsewhere && git commit -q --allow-empty -m "of somebody" && git tag v1.0.0-one && git switch -q develop
asked="phase start one x"
asks 0
change a 1
before=$(refs)
asked="phase finish"
asks 2
has "The tag v1.0.0-one, which marks one, is there already"
has "--no-tag"
same
git clone -q ../origin.git ../b && (cd ../b && git switch -q develop && change z 1 && git push -q)
asks 9
has "develop is 1 commit behind origin/develop"
git fetch -q origin develop:develop
asked="phase finish --no-tag"
asks 0
[ -f z ] || git show develop:z >/dev/null || fail "the remote's work is lost"

# --- a conflict: nothing moves, a person solves it, it goes on with its tag
fresh
asked="phase start one x"
asks 0
change file mine
git switch -q develop && change file theirs && git push -q && git switch -q work/one-x
before=$(refs)
asked="phase finish"
asks 9
has "1 file is in conflict; nothing has moved"
same
tree=$(printf '%s\n' "$out" | sed -n 's/^A work tree for solving it: //p')
printf 'both\n' >"$tree/file" && git -C "$tree" add file
asked="continue"
asks 0
is "$(git show develop:file)" both
is "$(git rev-parse v1.0.0-one^{})" "$(git rev-parse develop)"
exit 0
