#!/usr/bin/env bash
# Several phases tried together on a throwaway branch: in their order, with what they come after; the first pair that does not go together, with its
# files; the checks of such a branch, with the names of the phases.
# Requirement: BR-7, GT-6
. "$(dirname "$0")/offline.lib.sh"
export GIT_AUTHOR_DATE='2026-01-05T10:00:00Z' GIT_COMMITTER_DATE='2026-01-05T10:00:00Z'

strategy=$(cat <<'YML'
strategy: 1
branches:
  main: {type: production}
  develop: {type: integration, base: main, into: {main: {method: merge, tag: release}}}
  phase: {match: "work/{phase}-{name}", type: work, base: develop, into: {develop: {method: merge}}, twin: "bench/{phase}"}
  bench: {match: "bench/{name}", type: throwaway, base: develop}
  trial: {match: "trial/{name}", type: throwaway, base: develop}
tags: {release: {match: "v{version}", branches: main}}
phases:
  three: {after: [two]}
  one: {}
  two: {after: [one]}
  other: {}
checks:
  second: {run: './note second "$SLUICE_PHASES"', on: {push: trial}, needs: [first]}
  first: {run: './note first ${SLUICE_PHASES:+--phases "$SLUICE_PHASES"} $SLUICE_INPUT_HOW_LONG', on: {push: trial}, inputs: {how-long: 4h}}
  elsewhere: {run: ./note elsewhere, on: {push: phase}}
commits: {convention: none}
YML
)
fresh() { # a remote and a clone of it, with four phases
	cd "$work" && rm -rf a b origin.git && mkdir -p a/.sluice && cd a || exit 1
	git init -q . && printf '%s\n' "$strategy" >.sluice/strategy.yml
	printf '#!/bin/sh\necho "$*" >>"%s/ran"\necho output\n[ ! -e bad ]\n' "$work" >note && chmod +x note
	printf 'one\n' >file && git add . && git commit -qm begin && git branch develop
	git init -q --bare ../origin.git && git remote add origin ../origin.git && git push -q -u origin main develop
	for p in one two three other; do git switch -q -c work/$p-x develop && change $p $p; done
	git switch -q develop
	rm -f "$work/ran"
}
change() { printf '%s\n' "$2" >"$1" && git add "$1" && git commit -qm "${3:-change $1}"; }
on() { git switch -q "$1" && shift && change "$@"; }
refs() { git for-each-ref; git symbolic-ref HEAD; git ls-files -s; git status --porcelain; }
same() { [ "$(refs)" = "$before" ] || { diff <(printf '%s\n' "$before") <(refs); fail "something moved"; }; }

# --- together, in their order, with what they come after; the checks that such a branch has
fresh
before=$(refs)
asked="phase integrate three"
asks 0 --dry-run
has "run first: ./note first"
has "SLUICE_PHASES=one,two,three"
same
[ ! -e "$work/ran" ] || fail "a dry run ran checks"
asks 0
is "$(git symbolic-ref --short HEAD)" trial/one-two-three
for p in one two three; do [ -f $p ] || fail "$p is not in it"; done
[ ! -e other ] || fail "it holds another phase"
is "$(git log --first-parent --reverse --format=%s develop.. | tr '\n' ',')" "Merge work/one-x into trial/one-two-three,Merge work/two-x into trial/one-two-three,Merge work/three-x into trial/one-two-three,"
is "$(cat "$work/ran")" "first --phases one,two,three 4h
second one,two,three"
has "first: passed"
! git -C ../origin.git rev-parse -q --verify trial/one-two-three >/dev/null || fail "it went to the remote"
# anew, whatever stood there; what was only there is told
change own own
asks 0
has "trial/one-two-three had 1 commit of its own that the new one does not have"
[ ! -e own ] || fail "it was not made anew"
asked="undo"
asks 0
[ -f own ] || fail "undo did not bring the old one back"
asked="phase integrate --no-run --push"
asks 0
is "$(git symbolic-ref --short HEAD)" trial/one-two-other-three
is "$(git rev-parse HEAD)" "$(git -C ../origin.git rev-parse trial/one-two-other-three)"
asks 0
asked="phase integrate other --name mine --no-run"
asks 0
is "$(git symbolic-ref --short HEAD)" trial/mine

# --- a check that does not pass
fresh
on work/two-x bad 1
rm "$work/ran" 2>/dev/null
asked="phase integrate two"
asks 1
has "first: failed"
has "second: not run: it needs one that did not pass"
is "$(wc -l <"$work/ran")" 1

# --- the first pair that does not go together: by name, with the files; nothing moves
fresh
on work/one-x shared one
on work/three-x shared three
git switch -q develop
before=$(refs)
asked="phase integrate"
asks 9
has "one (work/one-x) and three (work/three-x) do not go together: 1 file is in conflict. Nothing has moved."
has "  shared"
same
asks 9 --dry-run
asked="phase integrate two"
asks 0
# with the base; and only after others
fresh
on develop file theirs && git push -q
on work/one-x file mine
git switch -q develop
asked="phase integrate one"
asks 9
has "develop and one (work/one-x) do not go together"
has "  file"
fresh
git switch -q develop && seq 20 >lines && git add lines && git commit -qm lines && git push -q
for p in one two three; do git switch -q work/$p-x && git merge -q develop; done
on work/one-x here "" && git rm -q lines && git commit -qm gone
on work/two-x there ""
git switch -q work/three-x && sed -i 's/^10$/ten/' lines && git commit -qam ten
git switch -q develop
asked="phase integrate three"
asks 9
has "one (work/one-x) and three (work/three-x)"
has "  lines"

# --- what is missing, wrong, in the way
fresh
git branch -q -D work/one-x
before=$(refs)
asked="phase integrate two"
asks 2
has "one has no branch, neither here nor on the remote, and is not in develop"
same
git switch -q -c work/one-x develop && change one one && git switch -q develop && git merge -q --no-ff --no-edit work/one-x && git push -q && git branch -q -D work/one-x
asks 0
has "one is in develop already"
[ -f one ] && [ -f two ] || fail "it does not hold both"
git switch -q develop
asked="phase integrate nine"
asks 2
has "The strategy has no phase called nine. It has: three, one, two, other."
asked="phase integrate two --kind phase"
asks 2
has "goes on one of a kind of type throwaway"
printf 'changed\n' >file
asked="phase integrate two"
asks 9
has "changes that are not committed: file"
git checkout -q file
git clone -q ../origin.git ../b && (cd ../b && git switch -q develop && change z 1 && git push -q)
asks 9
has "develop is 1 commit behind origin/develop"
git branch -q -D trial/one-two work/one-x work/two-x work/three-x work/other-x 2>/dev/null
git fetch -q origin develop:develop 2>/dev/null || git pull -q
asked="phase integrate"
asks 2
has "No phase has a branch"
# a phase that was taken back is in the trial all the same
fresh
git merge -q --no-ff --no-edit work/one-x && git revert --no-edit -m 1 HEAD >/dev/null && git push -q
asked="phase integrate two --no-run"
asks 0
[ -f one ] && [ -f two ] || fail "what was taken back is not in it"
exit 0
