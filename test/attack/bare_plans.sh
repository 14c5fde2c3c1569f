#!/usr/bin/env bash
# Refs of our own in a plain bare repository under its strategy: plans that wait for checks, what was said of them, boxes of releases. Whoever may push tries
# to get past a rule by them, to hide things in them, to fill the repository, to spoil others' plans.
# Requirement: PR-6, PR-2, BR-6, RL-2
. "$(dirname "$0")/../scenario/offline.lib.sh"
cat >"$work/strategy.yml" <<'Y'
strategy: 1
files: {forbid: [.env], max-size: 10KiB, scan: secrets}
branches:
  main: {type: production, require: {checks: [tests], approvals: 0, up-to-date: false}}
  develop: {type: integration, base: main, require: {checks: [tests], approvals: 0}}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}}
  release: {match: "release/{version}", type: release, base: develop, into: {main: {method: merge, tag: release, back-merge: [develop]}}}
tags: {release: {match: "v{version}", branches: main, annotated: true}}
checks: {tests: {on: {change: [main, develop]}}}
commits: {convention: conventional}
releases: {start: {boxes: [All merged]}}
Y
cd "$work" || exit 1
git init -q --bare up.git && git clone -q up.git c 2>/dev/null && cd c && mkdir .sluice && cp "$work/strategy.yml" .sluice/ && git add -A && git commit -qm "chore: begin" && git push -q origin HEAD:main HEAD:develop || fail "seed"
(cd "$work/up.git" && "$sluice" hooks install --bare >/dev/null 2>&1) || fail "install"
git fetch -q && git remote set-head origin -a >/dev/null
bare() { git --git-dir="$work/up.git" "$@"; }
refs() { bare for-each-ref --format='%(objectname) %(refname)'; }
held() { # WHAT COMMAND…: refused, no ref has moved, nothing of it is kept
	local what=$1 before
	shift
	before=$(refs)
	out=$(timeout 120 "$@" 2>&1) && fail "$what: taken"
	[ "$(refs)" = "$before" ] || fail "$what: refs have changed: $(diff <(echo "$before") <(refs))"
}
goes() { out=$(timeout 120 "${@:2}" 2>&1) || fail "$1: refused"; }
merge() { git commit-tree -p "$1" -p "$2" -m "Merge ${3:-feature/x} into develop" "$(git merge-tree --write-tree "$1" "$2")"; } # INTO WHAT [NAME]
put() { mkdir -p "$(dirname "$1")" && printf '%s\n' "$2" >"$1" && git add -f "$1" && git commit -qm "${3:-feat: $1}"; }
work() { git switch -qC "$1" origin/develop; }

# --- what a plan is: taken, found by CI, landed, and gone with it
work feature/x && put x 1
plan=$(merge origin/develop feature/x)
goes "a plan" git push origin "$plan:refs/sluice/plan/1/develop"
git clone -q "$work/up.git" "$work/ci" 2>/dev/null && goes "CI reads it" git -C "$work/ci" fetch -q origin refs/sluice/plan/1/develop
[ "$(git -C "$work/ci" rev-parse FETCH_HEAD)" = "$plan" ] || fail "it is another commit"
goes "CI says that it passed" git -C "$work/ci" push -q origin "$plan:refs/sluice/checked/$plan/tests"
goes "it lands, and its refs go" git push --atomic origin "$plan:develop" :refs/sluice/plan/1/develop ":refs/sluice/checked/$plan/tests"
[ -z "$(bare for-each-ref refs/sluice)" ] || fail "something is left"
git fetch -q

# --- a plan is judged as the push that lands it
work feature/y && put y 1
git push -q origin feature/y 2>/dev/null
at=origin/develop
straight=$(git commit-tree -p $at -m "feat: straight" "feature/y^{tree}")
held "straight to develop, as a plan" git push origin "$straight:refs/sluice/plan/1/develop"
has "plan 1: develop"
has "it is the merge of no branch"
held "straight to main, as a plan" git push origin "$straight:refs/sluice/plan/1/main"
held "work, as a plan for main" git push origin "$(git commit-tree -p origin/main -p feature/y -m "Merge feature/y into main" "feature/y^{tree}"):refs/sluice/plan/1/main"
put more 1 && held "a merge with more in it" git push origin "$(git commit-tree -p $at -p feature/y~1 -m "Merge feature/y into develop" "feature/y^{tree}"):refs/sluice/plan/1/develop"
git reset -q --hard HEAD~1
held "backwards" git push origin "$(git rev-parse origin/main):refs/sluice/plan/1/develop"
held "of a history of its own" git push origin "$(git commit-tree -m "feat: alone" "feature/y^{tree}"):refs/sluice/plan/1/develop"
held "a branch of no kind" git push origin "feature/y:refs/sluice/plan/1/wip"
fine=$(merge $at feature/y feature/y)
for ref in refs/sluice/plan/1 refs/sluice/plan/0/develop refs/sluice/plan/01/develop refs/sluice/plan/-1/develop refs/sluice/plan/x/develop refs/sluice/plan/1234567890/develop refs/sluice/plan/1/ \
	refs/sluice/plan//develop "refs/sluice/plan/1/HEAD" refs/sluice/plan/ecosystem-1.0.0/develop refs/sluice/plan/ecosystem-x/123456789012 refs/sluice/heads refs/sluice/x refs/sluice/moving/x/1 refs/sluice/hook; do
	held "$ref" git push origin "$fine:$ref"
done
for what in "develop^{tree}" "origin/develop:.sluice/strategy.yml"; do held "$what as a plan" git push origin "$(git rev-parse "origin/${what#origin/}"):refs/sluice/plan/1/develop"; done
git tag -a -m t v9.9.9 $at && held "a tag as a plan" git push origin v9.9.9:refs/sluice/plan/1/develop
held "a good plan and a bad one" git push origin "$fine:refs/sluice/plan/1/develop" "$straight:refs/sluice/plan/2/develop"
held "a good plan and a bad push" git push origin "$fine:refs/sluice/plan/1/develop" "$straight:develop"

# --- what no branch would take stays out of it, wherever in it, also with its branch or by the name in its message
for bad in ".env k" "big $(head -c 12000 /dev/zero | tr '\0' x)" "key glpat-$(printf one | sha1sum | base64 | cut -c1-20)"; do
	work feature/bad && put "${bad%% *}" "${bad#* }" "feat: bad" && git rm -q "${bad%% *}" && git commit -qm "feat: not bad" && put fine 1 "feat: fine"
	held "a plan with ${bad%% *}" git push origin "$(merge $at feature/bad feature/bad):refs/sluice/plan/3/develop"
	held "and its branch" git push origin feature/bad "$(merge $at feature/bad feature/bad):refs/sluice/plan/3/develop"
	one=$(git rev-parse feature/bad)
	held "for several repositories" git push origin "$one:refs/sluice/plan/ecosystem-1.0.0/${one:0:12}"
	held "as what was checked" git push origin "$one:refs/sluice/checked/$one/tests"
	held "as boxes" git push origin "$one:refs/sluice/release/1.0.0"
	bare cat-file -e "$one" 2>/dev/null && fail "${bad%% *} is kept"
done
work feature/words && git commit -q --allow-empty -m "no form"
held "a message" git push origin "$(merge $at feature/words feature/words):refs/sluice/plan/3/develop"
held "a message, for several" git push origin "feature/words:refs/sluice/plan/ecosystem-1.0.0/$(git rev-parse --short=12 feature/words)"

# --- what is in a plan is judged again when it goes to a branch: put there by who owns the folder, or before a rule came
work feature/old && put .env k "feat: key" && git push -q "file://$work/up.git" 2>/dev/null
key=$(merge $at feature/old feature/old)
git update-ref refs/heads/planted "$key" && bare fetch -q "$work/c" planted:refs/sluice/plan/4/develop || fail "plant"
held "the plan lands" git push origin "$key:develop"
held "its work as a branch" git push origin feature/old
held "as another branch" git push origin "$(git rev-parse feature/old):refs/heads/feature/other"
bare update-ref -d refs/sluice/plan/4/develop

# --- what was said: of that commit, with a check that there is, of what is there
goes "a plan" git push origin "$fine:refs/sluice/plan/1/develop"
held "another commit" git push origin "$fine:refs/sluice/checked/$(git rev-parse $at)/tests"
held "no check of the strategy" git push origin "$fine:refs/sluice/checked/$fine/lint"
held "deeper" git push origin "$fine:refs/sluice/checked/$fine/tests/x"
held "a short name" git push origin "$fine:refs/sluice/checked/${fine:0:12}/tests"
new=$(git commit-tree -p $at -m "feat: new" "$at^{tree}")
held "a commit that is nowhere" git push origin "$new:refs/sluice/checked/$new/tests"
has "is in none"
goes "of the plan" git push origin "$fine:refs/sluice/checked/$fine/tests"
goes "of a branch" git push origin "$(git rev-parse $at):refs/sluice/checked/$(git rev-parse $at)/tests"
several=$(git commit-tree -p $at -m "chore: waits" "$at^{tree}")
goes "for several repositories" git push origin "$several:refs/sluice/plan/ecosystem-1.0.0/${several:0:12}"
held "by another name" git push origin "$several:refs/sluice/plan/ecosystem-1.0.0/123456789012"
held "it is not moved" git push -f origin "$(git rev-parse $at):refs/sluice/plan/ecosystem-1.0.0/${several:0:12}"
goes "a check of theirs" git push origin "$several:refs/sluice/checked/$several/cross-service"
held "deeper" git push origin "$several:refs/sluice/checked/$several/cross-service/x"
held "of another commit" git push origin "$(git rev-parse $at):refs/sluice/checked/$(git rev-parse $at)/cross-service"
held "it lands nothing" git push origin "$several:develop"
goes "all of it goes" git push origin ":refs/sluice/plan/ecosystem-1.0.0/${several:0:12}" ":refs/sluice/checked/$several/cross-service"
held "it opens no push of anything else" git push origin "$straight:develop"
goes "taken back" git push origin ":refs/sluice/checked/$(git rev-parse $at)/tests" ":refs/sluice/checked/$fine/tests"

# --- somebody else's plan: not moved by who has not seen it; one of the same number goes beside it, and both stay whole
git -C "$work/ci" fetch -q && git -C "$work/ci" switch -qC feature/z origin/develop && (cd "$work/ci" && put z 1) || fail "work of somebody else"
theirs=$(cd "$work/ci" && merge origin/develop feature/z feature/z)
held "over it" git -C "$work/ci" push origin "$theirs:refs/sluice/plan/1/develop"
held "over it, as if it were not there" git -C "$work/ci" push --force-with-lease=refs/sluice/plan/1/develop: origin "$theirs:refs/sluice/plan/1/develop"
goes "beside it" git -C "$work/ci" push origin "$theirs:refs/sluice/plan/2/develop"
goes "computed anew, by who has" git push --force-with-lease="refs/sluice/plan/1/develop:$fine" origin "$(git commit-tree -p $at -p feature/y -m "Merge feature/y into develop" -m again "$fine^{tree}"):refs/sluice/plan/1/develop"
goes "given up" git push origin :refs/sluice/plan/1/develop
goes "and the other one" git push origin :refs/sluice/plan/2/develop

# --- dates, names that mean something else, and many
late=$(GIT_COMMITTER_DATE='2099-01-01T00:00:00Z' git commit-tree -p $at -p feature/y -m "Merge feature/y into develop" "$fine^{tree}")
held "from the future" git push origin "$late:refs/sluice/plan/1/develop"
has "its date lies in the future"
bare symbolic-ref refs/sluice/plan/1/develop refs/heads/main
held "another name for main" git push -f origin "$fine:refs/sluice/plan/1/develop"
has "another name for refs/heads/main"
bare symbolic-ref -d refs/sluice/plan/1/develop
for i in $(seq 500); do echo "create refs/sluice/plan/$i/develop $(git rev-parse $at)"; done | bare update-ref --stdin
held "one too many" git push origin "$fine:refs/sluice/plan/501/develop"
has "most 500 refs below refs/sluice/plan/"
has "sluice maintain plans --push"
goes "one for another" git push --atomic origin :refs/sluice/plan/7/develop "$fine:refs/sluice/plan/501/develop"
held "several for one" git push --atomic origin :refs/sluice/plan/8/develop "$fine:refs/sluice/plan/502/develop" "$fine:refs/sluice/plan/503/develop"
held "for one that is not there" git push --atomic origin :refs/sluice/plan/8/develop :refs/sluice/plan/7/develop "$fine:refs/sluice/plan/502/develop" "$fine:refs/sluice/plan/503/develop"
goes "work goes on" git push origin feature/y
bare for-each-ref --format='delete %(refname)' refs/sluice | bare update-ref --stdin

# --- boxes: only ticks, only forwards, and they hold the branch back
empty=$(git mktree </dev/null)
tick=$(git commit-tree -m "Tick: All merged" "$empty")
git switch -qC release/1.0.0 origin/develop && put r 1 "fix: r"
held "a release before its boxes" git push origin release/1.0.0
has "releases.start.boxes"
held "its merge, by its name" git push origin "$(git commit-tree -p origin/main -p release/1.0.0 -m "Merge release/1.0.0 into main" "release/1.0.0^{tree}"):main"
held "ticked with the same push" git push origin "$tick:refs/sluice/release/1.0.0" release/1.0.0
held "with files" git push origin "$(git commit-tree -m "Tick: All merged" "$at^{tree}"):refs/sluice/release/1.0.0"
held "with other words" git push origin "$(git commit-tree -m "feat: hidden" "$empty"):refs/sluice/release/1.0.0"
held "with a history" git push origin "$(git commit-tree -p $at -m "Tick: All merged" "$empty"):refs/sluice/release/1.0.0"
held "many bytes" git push origin "$(printf 'Tick: %s' "$(head -c 20000 /dev/zero | tr '\0' x)" | git commit-tree "$empty"):refs/sluice/release/1.0.0"
held "no version" git push origin "$tick:refs/sluice/release/develop"
many=$tick && for _ in $(seq 100); do many=$(git commit-tree -p "$many" -m "Tick: x" "$empty"); done
held "many at once" git push origin "$many:refs/sluice/release/1.0.0"
goes "ticked" git push origin "$tick:refs/sluice/release/1.0.0"
held "taken away" git push origin :refs/sluice/release/1.0.0
has "one more tick"
held "rewritten" git push -f origin "$(git commit-tree -m "Tick: x" "$empty"):refs/sluice/release/1.0.0"
goes "the release" git push origin release/1.0.0
exit 0
