#!/usr/bin/env bash
# `sluice KIND finish` where the target wants checks and the remote is no sluice server: what would land waits there as refs/sluice/plan/N/BRANCH for
# whoever tests it, who says so by Git alone; computed anew when something moved; what lands is the very commit that was tested.
# Requirement: BR-5, BR-6, RL-2, PR-6
. "$(dirname "$0")/offline.lib.sh"

strategy='strategy: 1
branches:
  main: {type: production, require: {checks: [tests], up-to-date: false}}
  develop: {type: integration, base: main, require: {checks: [tests, lint], up-to-date: false}}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}, after-merge: delete}
  hotfix: {match: "hotfix/{version}", type: hotfix, base: main, bump: patch, after-merge: delete, into: {main: {method: merge, tag: release, back-merge: [develop]}}}
tags: {release: {match: "v{version}", branches: main}}
checks: {tests: {on: {change: [main, develop]}}, lint: {on: {change: develop}}}
commits: {convention: none}'
change() { mkdir -p "$(dirname "$1")" && printf '%s\n' "$2" >"$1" && git add "$1" && git commit -qm "${3:-change $1}"; }
fresh() {
	cd "$work" && rm -rf a b ci origin.git && mkdir -p a/.sluice && cd a || exit 1
	git init -q . && printf '%s\n' "$strategy" >.sluice/strategy.yml
	printf 'one\n' >file && git add . && git commit -qm begin && git tag -a -m v1.0.0 v1.0.0 && git branch develop
	git init -q --bare ../origin.git && git remote add origin ../origin.git && git push -q -u origin main develop v1.0.0 && git switch -q develop
	git clone -q ../origin.git ../b 2>/dev/null && git clone -q ../origin.git ../ci 2>/dev/null
}
refs() { git for-each-ref; git symbolic-ref HEAD; git ls-files -s; git status --porcelain; }
there() { git -C "$work/origin.git" for-each-ref; }
same() { [ "$(refs)" = "$before" ] || { diff <(printf '%s\n' "$before") <(refs); fail "something moved"; }; }
at() { git -C "$work/origin.git" rev-parse -q --verify "$1"; }
begin() { git switch -q develop && git switch -q -c "$1" && change "$2" "$3"; }
passed() { # REF CHECK: as a job would say it, with the words that were printed
	git -C "$work/ci" fetch -q origin "$1" && git -C "$work/ci" switch -q --detach FETCH_HEAD &&
		git -C "$work/ci" push -q origin "HEAD:refs/sluice/checked/$(git -C "$work/ci" rev-parse HEAD)/$2" || fail "a job cannot say that $2 passed"
}

# --- told, and nothing has moved; then it waits where CI reads it
fresh
begin feature/login login in
before=$(refs)
was=$(there)
asked="feature finish"
asks 0 --dry-run
has "waits for the check tests of what develop gets"
is "$(there)" "$was"
asks 8
has "refs/sluice/plan/1/develop"
has "git fetch origin refs/sluice/plan/1/develop"
has "sluice continue"
same
is "$(at develop)" "$(git rev-parse develop)"
is "$(git rev-list --parents -1 "$(at refs/sluice/plan/1/develop)")" "$(at refs/sluice/plan/1/develop) $(git rev-parse develop) $(git rev-parse feature/login)"
is "$(git ls-remote -q origin 'refs/sluice/*' | wc -l)" 1
asked="status"
asks 0
has "feature/login is on its way into develop"
has "refs/sluice/plan/1/"
has "tests: waits"
has "lint: waits"

# --- the same plan, as often as it is asked; one check is not all
tested=$(at refs/sluice/plan/1/develop)
asked="continue --checked tests" # a word for one try: the next one needs it again
asks 8
has "When you have tested it all yourself: sluice continue --checked tests --checked lint. Give it up"
asked="continue"
asks 8
hasnt "computed anew"
is "$(at refs/sluice/plan/1/develop)" "$tested"
passed refs/sluice/plan/1/develop tests
asks 8
has "tests: passed"
has "lint: waits"
has "When you have tested it all yourself: sluice continue --checked lint. Give it up"
asked="status"
asks 0
has "tests: passed"
has "lint: waits"
git remote set-url origin ../gone.git
asks 0
has "lint: origin does not answer just now"
git remote set-url origin ../origin.git
asked="continue --checked nonsense"
asks 2
has "what is wanted: tests, lint"

# --- what was tested is what lands, and the plan's refs are gone
asked="continue --checked lint"
asks 0
has "lint passed on"
is "$(at develop)" "$tested"
is "$(git rev-parse develop)" "$tested"
is "$(git ls-remote -q origin 'refs/sluice/*' | wc -l)" 0
is "$(git symbolic-ref --short HEAD)" develop
is "$(git rev-parse -q --verify feature/login)" ""
asked="status"
asks 0
hasnt "on its way"
asked="continue"
asks 2

# --- a target that moved on: computed anew, and what was said of the old commit counts no more
fresh
begin feature/a a 1
asked="feature finish"
asks 8
old=$(at refs/sluice/plan/1/develop)
passed refs/sluice/plan/1/develop tests
passed refs/sluice/plan/1/develop lint
(cd "$work/b" && git switch -q develop && change other 1 && git push -q) || fail "develop goes on"
git fetch -q && git switch -q develop && git merge -q --ff-only origin/develop && git switch -q feature/a
asked="continue"
asks 8
has "computed anew"
[ "$(at refs/sluice/plan/1/develop)" != "$old" ] || fail "it is the old plan"
is "$(at develop)" "$(git rev-parse origin/develop)"
# other work meanwhile: the clone is free, and two plans have two numbers
begin feature/b b 1
asked="feature finish"
asks 8
has "refs/sluice/plan/2/develop"
asked="continue --checked tests --checked lint"
asks 0
git fetch -q
asked="feature finish a"
asks 8
has "computed anew"
# given up: the refs go, and everything else is as it was
git switch -q feature/a
before=$(refs)
asked="abort"
asks 0
is "$(git ls-remote -q origin 'refs/sluice/*' | wc -l)" 0
same
asked="status"
asks 0
hasnt "on its way"

# --- a hotfix: what goes back is tested as well; a branch that has the same files as what was tested needs no second test
fresh
git switch -q -c hotfix/1.0.1 main && change fix fix
asked="hotfix finish 1.0.1"
asks 8
has "refs/sluice/plan/1/main"
has "refs/sluice/plan/1/develop"
main=$(at refs/sluice/plan/1/main)
passed refs/sluice/plan/1/main tests
asks 8
passed refs/sluice/plan/1/develop tests
passed refs/sluice/plan/1/develop lint
asks 0
is "$(at main)" "$main"
is "$(git rev-parse "v1.0.1^{commit}")" "$main"
git merge-base --is-ancestor main origin/develop 2>/dev/null || git merge-base --is-ancestor main develop || fail "main is not back in develop"
is "$(git ls-remote -q origin 'refs/sluice/*' | wc -l)" 0

# --- a conflict is solved once, and not again for the plan that waits
fresh
begin feature/ours file ours
(cd "$work/b" && git switch -q develop && change file theirs && git push -q) || fail "develop goes on"
git fetch -q && git switch -q develop && git merge -q --ff-only origin/develop && git switch -q feature/ours
asked="feature finish"
asks 9
tree=$(sed -n 's/^A work tree for solving it: //p' <<<"$out")
printf 'both\n' >"$tree/file" && git -C "$tree" add file
asked="continue"
asks 8
[ ! -e "$tree" ] || fail "the work tree is still there"
asked="continue --checked tests --checked lint"
asks 0
is "$(git show develop:file)" both

# --- killed anywhere: the same command, or `continue`, ends it
for point in begin:after push:before push:after refs:before refs:after tree:before tree:after head:before head:after settings:after deletions:before deletions:after; do
	fresh
	begin feature/k k 1
	(SLUICE_FAULT=$point "$sluice" feature finish >"$work/out" 2>&1; exit $?) 2>/dev/null
	asked="continue"
	asks 8
	tested=$(at refs/sluice/plan/1/develop)
	(SLUICE_FAULT=$point "$sluice" continue --checked tests --checked lint >"$work/out" 2>&1; exit $?) 2>/dev/null
	rc=$?
	[ $rc -eq 0 ] || { [ $rc -eq 137 ] && asks 0; } || fail "$point: $rc"
	is "$(at develop)" "$tested"
	is "$(git rev-parse develop)" "$tested"
	is "$(git ls-remote -q origin 'refs/sluice/*' | wc -l)" 0
	is "$(git rev-parse -q --verify feature/k)" ""
	asked="status"
	asks 0
	hasnt "on its way"
done

# --- a remote that takes no such refs says so; then the word of who tested it is left
fresh
printf '#!/bin/sh\ncase $1 in refs/sluice/*) exit 1 ;; esac\n' >../origin.git/hooks/update && chmod +x ../origin.git/hooks/update
begin feature/plain plain 1
before=$(refs)
asked="feature finish"
asks 9
has "sluice feature finish feature/plain --checked tests --checked lint"
same
asked="status"
asks 0
hasnt "on its way"
asked="feature finish --checked tests --checked lint"
asks 0
is "$(at develop)" "$(git rev-parse develop)"

# --- without a push there is nobody to test it: it is done here, as ever
fresh
begin feature/here here 1
asked="feature finish --no-push"
asks 0
is "$(there | grep -c refs/sluice)" 0
exit 0
