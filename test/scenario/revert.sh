#!/usr/bin/env bash
# Taking back in a clone: one phase and no other, with what builds on it, a merge by its name, all since a tag; on a branch of its own where nobody
# may push; and the way back again, which Git alone would not find. The incident file. What stops each. The offer after a merge.
# Requirement: DP-5, BR-7, RC-5
. "$(dirname "$0")/offline.lib.sh"
export GIT_AUTHOR_DATE='2026-01-05T10:00:00Z' GIT_COMMITTER_DATE='2026-01-05T10:00:00Z'

strategy='strategy: 1
branches:
  main: {type: production}
  develop: {type: integration, base: main, allow: {push: write}, into: {main: {method: merge, tag: release}}}
  phase: {match: "work/{phase}", type: work, base: develop, into: {develop: {method: merge}}}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}}
  hotfix: {match: "hotfix/{name}", type: hotfix, base: main, bump: patch, after-merge: delete, into: {main: {method: merge, tag: release, back-merge: [develop]}}}
tags: {release: {match: "v{version}", branches: main}}
environments: {production: {from: main, on: {tag: release}, via: {run: "true"}, quick-rollback: 2h}}
releases: {version-from: phases}
phases:
  one: {version: 1.0.0}
  two: {version: 1.1.0, after: [one], undo: scripts/undo two}
  three: {version: 1.2.0, after: [two], undo: scripts/undo three}
  other: {version: 1.3.0}
incidents: {record: INCIDENTS.md, follow-up: {report: 5d}}
commits: {convention: none}'
change() { printf '%s\n' "$2" >"$1" && git add "$1" && git commit -qm "${3:-change $1}"; }
refs() { git for-each-ref; git symbolic-ref HEAD; git ls-files -s; git status --porcelain; }
same() { [ "$(refs)" = "$before" ] || { diff <(printf '%s\n' "$before") <(refs); fail "something moved"; }; }
files() { git ls-tree -r --name-only "$1" | grep -v '^\.sluice' | tr '\n' ' '; }
phase() { # NAME: one commit, in develop and in main
	yes "start $1" "$sluice" phase start "$1"
	change "$1" "$1"
	yes "finish $1" "$sluice" phase finish
	yes "release $1" "$sluice" phase finish "$1" --into main
	git switch -q develop
}
make_seed() { # a remote and a clone of it, on develop; three phases and another one are in main
	mkdir -p "$work/seed/a/.sluice" && cd "$work/seed/a" || exit 1
	git init -q . && printf '%s\n' "$strategy" >.sluice/strategy.yml
	printf 'one\n' >file && git add . && git commit -qm begin && git tag -a -m v0.9.0 v0.9.0 && git branch develop
	git init -q --bare ../origin.git && git remote add origin ../origin.git && git push -q -u origin main develop v0.9.0 && git switch -q develop
	phase one
	phase two
	phase three
	phase other
}
fresh() { cd "$work" && rm -rf a b origin.git && cp -a seed/. . && cd a || exit 1; }
make_seed

# --- one phase alone, where it may be pushed: by a commit that names its merge; the others stay
fresh
merge=$(git log --format=%H --grep='Merge work/other into develop' develop)
asked="revert --to other"
before=$(refs)
asks 0 --dry-run
has "take ${merge:0:10} back"
same
asks 0
has "other is taken back on develop"
is "$(files develop)" "file one three two "
is "$(git log -1 --format=%s develop)" 'Revert "Merge work/other into develop"'
git log -1 --format=%b develop | grep -q "This reverts commit $merge, reversing" || fail "it does not say what it reverts"
is "$(git rev-parse develop)" "$(git -C ../origin.git rev-parse develop)"
asks 2
has "other has been taken back on develop already"
has "sluice phase finish other"
# … and back: Git alone would bring nothing
git switch -q -c try develop && git merge -q --no-edit work/other && is "$(files try)" "file one three two " && git switch -q develop && git branch -q -D try
asked="phase finish other"
asks 0
is "$(files develop)" "file one other three two "
is "$(git rev-parse develop^{tree})" "$(git rev-parse "$merge^{tree}")"
# with more work on the branch: both
asked="revert --to other"
asks 0
git switch -q work/other && change other2 more && git switch -q develop
asked="phase finish other"
asks 0
is "$(files develop)" "file one other other2 three two "
# the whole of it once more, both merges, the newest first
asked="revert --to other"
asks 0
is "$(files develop)" "file one three two "
asked="revert --to other --back"
asks 0
is "$(files develop)" "file one other other2 three two "
asks 2
has "Nothing of other was taken back on develop"

# --- a phase that others build on: refused, unless they go as well, the last first
fresh
before=$(refs)
asked="revert --to two"
asks 9
has "three is in develop too, and comes after two"
has "--also-later"
same
asked="revert --to one --also-later"
asks 0
is "$(files develop)" "file other "
is "$(git log -3 --format=%s develop | tr '\n' ',')" 'Revert "Merge work/one into develop",Revert "Merge work/two into develop",Revert "Merge work/three into develop",'
has "is undone by: scripts/undo three (phases.three.undo)"
printf '%s\n' "$out" | grep -n 'undo' | head -n 1 | grep -q three || fail "what came last is not undone first"
# and back in their order, each alone: not before what it comes after
asked="phase finish three"
asks 9
has "three comes after one, which was taken back on develop"
has "sluice phase finish one"
git branch -q -m work/three work/kept && git push -q origin :work/three 2>/dev/null
asked="phase start three"
asks 9
has "Bring that one back first"
git branch -q -m work/kept work/three
for p in one two three; do
	asked="phase finish $p"
	asks 0
done
is "$(files develop)" "file one other three two "
# one that does not come after it, but was begun with it, and changes the same file
fresh
git switch -q work/other && git merge -q origin/develop && change three changed && git switch -q develop
yes "merge" "$sluice" phase finish other
asked="revert --to three"
asks 9
has "other is in develop too, and was begun with, and changes, three"

# --- production, where nobody pushes: a hotfix carries it, with its entry; finished, the phase is out, there and in develop
fresh
git switch -q main
before=$(refs)
asked="revert --to three"
asks 0 --dry-run
has "create the branch hotfix/revert-three for it"
same
asks 0
is "$(git symbolic-ref --short HEAD)" hotfix/revert-three
is "$(git rev-parse main)" "$(git rev-parse origin/main)"
is "$(git rev-parse hotfix/revert-three)" "$(git -C ../origin.git rev-parse hotfix/revert-three)"
has "Open a change (a pull or merge request) from hotfix/revert-three into main"
is "$(grep -c '^## 2026-01-05: main taken back, three$\|^## 20.*: main taken back, three$' INCIDENTS.md)" 1
grep -q '^- \[ \] report, within 5 days$' INCIDENTS.md || fail "the follow-up is missing"
asks 2
has "The branch hotfix/revert-three is there already"
has "--name NAME"
asked="branch finish hotfix hotfix/revert-three --into main"
asks 0
has "Should it go wrong within 2h: sluice revert --merge $(git rev-parse --short=10 main) --on main"
is "$(files main)" "INCIDENTS.md file one other two "
is "$(files develop)" "INCIDENTS.md file one other two "
asked="phase finish three"
asks 0
asked="phase finish three --into main"
asks 2
has "three was in main before and comes back"
asked="phase finish three --into main --version 1.3.2"
asks 0
has "Should it go wrong within 2h: sluice revert --to three --on main"
is "$(files main)" "INCIDENTS.md file one other three two "
is "$(git rev-parse v1.3.2^{})" "$(git rev-parse main)"
# a second time, though the first branch of it is still there
git branch hotfix/revert-three main
asked="revert --to three --on main --no-push"
asks 0
is "$(git symbolic-ref --short HEAD)" hotfix/revert-three-2
is "$(grep -c '^## .*: main taken back, three$' INCIDENTS.md)" 1
asked="phase start three"
git switch -q develop && git branch -q -D work/three && git push -q origin :work/three 2>/dev/null
asks 0
[ -f three ] || fail "develop has it, and the branch has not"

# --- a message that only speaks of a revert is none; nor is one of what was never there
fresh
merge=$(git log --format=%H --grep='Merge work/other into develop' develop)
printf 'why\n' >why && git add why && git commit -qm "docs: why

This reverts commit $merge, says somebody." && git push -q
asked="revert --to other"
asks 0
is "$(files develop)" "file one three two why "
asked="phase finish other"
asks 0
is "$(files develop)" "file one other three two why "
git switch -q --orphan aside && git commit -q --allow-empty -m "Merge work/one into develop" && stray=$(git commit-tree -p HEAD -p main -m "Merge work/one into develop" "HEAD^{tree}") && git switch -q develop
printf 'odd\n' >odd && git add odd && git commit -qm "Revert \"Merge work/one into develop\"

This reverts commit $stray." && git push -q
git switch -q work/one && change one2 more && git switch -q develop
asked="phase finish one"
asks 0
is "$(files develop)" "file odd one one2 other three two why "

# --- begun anew where it was taken back: with what it had, or without
fresh
asked="revert --to other"
asks 0
git branch -q -D work/other
asked="phase start other"
asks 0
[ -f other ] || fail "it begins without what it had"
change other2 more
asked="phase finish"
asks 0
is "$(files develop)" "file one other other2 three two "
fresh
asked="revert --to other"
asks 0
git branch -q -D work/other
asked="phase start other --anew"
asks 0
[ ! -e other ] || fail "it begins with what it had"

# --- a merge by its name
fresh
git switch -q -c feature/x develop && change x 1 && git switch -q develop
yes "finish" "$sluice" feature finish x
git switch -q develop
asked="revert --merge HEAD"
asks 0
is "$(files develop)" "file one other three two "
asked="revert --merge HEAD~1"
asks 2
has "has been taken back on develop already"
git switch -q feature/x
asked="feature finish"
asks 0
is "$(files develop)" "file one other three two x "
asked="revert --merge nothing"
asks 2
has "There is no commit nothing here"
asked="revert --merge feature/x --on main"
asks 2
has "is not in main"

# --- a conflict: nothing moves, a person solves it, the rest goes on
fresh
git switch -q develop && change three changed && git push -q
before=$(refs)
asked="revert --to two --also-later"
asks 9
has "1 file is in conflict; nothing has moved"
same
tree=$(printf '%s\n' "$out" | sed -n 's/^A work tree for solving it: //p')
git -C "$tree" rm -q three
git switch -q main # what was taken back on develop is, wherever one stands by then
asked="continue"
asks 0
git switch -q develop
is "$(files develop)" "file one other "
fresh
change two changed && git push -q
before=$(refs)
asked="revert --to two --also-later"
asks 9
tree=$(printf '%s\n' "$out" | sed -n 's/^A work tree for solving it: //p')
asked="abort"
asks 0
same
asked="revert --to two --also-later"
asks 9
tree=$(printf '%s\n' "$out" | sed -n 's/^A work tree for solving it: //p')
git -C "$tree" rm -q two
asked="continue" # the revert of three, which was no conflict, is the same commit as before
asks 0
is "$(files develop)" "file one other "

# --- all since a tag: on a branch, the files of the tag and the entry; production is not rewritten
fresh
asked="revert --to v1.0.0"
git switch -q main
old=$(git rev-parse main)
asks 0
is "$(git symbolic-ref --short HEAD)" hotfix/rollback-v1.0.0
is "$(git rev-parse HEAD~1^{tree})" "$(git rev-parse v1.0.0^{tree})"
is "$(files HEAD)" "INCIDENTS.md file one "
is "$(git rev-parse main origin/main)" "$old
$old"
git merge-base --is-ancestor "$old" HEAD || fail "it does not stand on main"
is "$(grep -c '^## .*: main taken back, to v1.0.0$' INCIDENTS.md)" 1
asks 2
has "is there already"
asked="branch finish hotfix hotfix/rollback-v1.0.0 --into main"
asks 0
is "$(files main)" "INCIDENTS.md file one "
git merge-base --is-ancestor "$old" main || fail "main was rewritten"
# the same again on the same day begins no second entry
git switch -q main && git switch -q -c hotfix/more && change more 1 && git switch -q main
yes "finish" "$sluice" hotfix finish more
asked="revert --to v1.0.0 --no-push"
git switch -q main
asks 0
is "$(grep -c '^## .*: main taken back, to v1.0.0$' INCIDENTS.md)" 1
fresh
git switch -q --orphan elsewhere && git commit -q --allow-empty -m "of somebody" && git tag stray && git switch -q main
before=$(refs)
asked="revert --to stray"
asks 2
has "is not in the history of main"
asked="revert --to v1.3.0"
asks 2
has "main has the files of v1.3.0 already"
asked="revert --to v9"
asks 2
has "v9 is neither a phase (one, two, three, other), nor a tag that is here."
has "git fetch --tags origin"
asked="revert v9"
asks 2
has "v9 is neither a phase"
asked="revert"
asks 2
has "--to PHASE|TAG"
same
# a strategy that was another one then comes back with it, and that is said
printf '\ntitle: another\n' >>.sluice/strategy.yml && git commit -qam "title" && git push -q
asked="revert --to v1.0.0 --no-push --name back"
asks 0
has "The strategy of v1.0.0 comes back with it"

# --- a strategy's own kind for rollbacks
fresh
printf '%s\n' "$strategy" | sed 's#^  hotfix:#  rollback: {match: "rollback/{tag}", type: hotfix, base: main, bump: patch, into: {main: {method: merge, tag: release}}}\n  hotfix:#' >.sluice/strategy.yml
git switch -q main 2>/dev/null || git switch -q -m main
git commit -qam strategy && git push -q
asked="revert --to v1.1.0 --no-push"
asks 0
is "$(git symbolic-ref --short HEAD)" rollback/v1.1.0

# --- in the way: changed files, the remote moved on, no way there
fresh
printf 'changed\n' >file
asked="revert --to other"
asks 9
has "changes that are not committed: file"
git checkout -q file
git clone -q ../origin.git ../b && (cd ../b && git switch -q develop && change z 1 && git push -q)
asks 9
has "develop is 1 commit behind origin/develop"
before=$(refs)
asks 9 --no-fetch
same
asked="revert --to other --on nowhere/x"
asks 2
has "is of no kind of branch"
fresh
sed -i '/^  feature:/d; s/, allow: {push: write}//' .sluice/strategy.yml && git commit -qam strategy && git push -q
git switch -q main && git merge -q develop && git push -q && git switch -q develop
asked="revert --to other"
asks 2
has "Nobody may push to develop, and the strategy has no kind of branch"
has "base: develop, into: develop}}"

# --- the offer: as long as the strategy says, of what went to production; not after it
fresh
asked="status"
asks 0
has "Should it go wrong within "
has "sluice revert --to other --on main"
yes "feature" "$sluice" feature start y
asks 0
hasnt "Should it go wrong"
exit 0
