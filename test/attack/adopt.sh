#!/usr/bin/env bash
# Whoever may only write makes use of a repository's adoption: the name of tomorrow is taken before, the name of yesterday is deleted or used again, a branch
# is called like a command. Nothing of anybody's is lost, and what somebody else brought is seen before it counts.
# Requirement: BR-5, PR-6
. "$(dirname "$0")/../scenario/offline.lib.sh"
cd "$work" && git init -q --bare origin.git && git init -q -b master a && cd a && git remote add origin ../origin.git || fail "init"
mkdir .sluice && printf 'strategy: 1\nbranches:\n  main: {type: production, was: master}\n  feature: {match: "feature/{name}", type: work, base: main}\n' >.sluice/strategy.yml
git add . && c "feat: begin" && git push -q -u origin master && git -C ../origin.git symbolic-ref HEAD refs/heads/master && git remote set-head origin -a >/dev/null
git clone -q ../origin.git ../mallory

# --- the new name is squatted with a commit on top: the plan names both ids, and how much more there is
(cd ../mallory && git switch -q -c main && git commit -q --allow-empty -m "feat: evil" && git push -q origin main) || fail "squatting"
asked="adopt plan"
asks 0
has "and 1 commit more"
has "$(git -C ../mallory rev-parse main | cut -c 1-10)"
git push -q origin :main
git fetch -q --prune

# --- a branch that is called like a command does nothing in the words that people copy
# shellcheck disable=SC2016 # as it stands
name='$(touch${IFS}owned);x'
git -C ../mallory push -q origin "HEAD:refs/heads/$name" || fail "such a name"
asks 0
hasnt 'git push origin origin/$('
git update-ref "refs/heads/$name" HEAD
asks 0
has "is of no kind. Give it one in the strategy, or another name: git branch -m '"
hasnt 'git branch -m $('
[ ! -e owned ] || fail "a name was run"
git update-ref -d "refs/heads/$name" && git push -q origin ":refs/heads/$name" && git fetch -q --prune

# --- adopted; then a plain bare repository that judges its pushes
asked="adopt apply"
asks 0
git -C ../origin.git symbolic-ref HEAD refs/heads/main
asks 0
(cd ../origin.git && "$sluice" hooks install --bare >/dev/null 2>&1) || fail "hooks"
# the old name does not come back: not by a push, not with work of today
(cd ../mallory && git fetch -q --prune && git switch -q master && git commit -q --allow-empty -m "feat: beside the rules")
no "the old name is used again" git -C ../mallory push origin master
has "master is called main now"
# what somebody brought under it in the meantime is not deleted with it
git -C ../origin.git update-ref refs/heads/master "$(git -C ../mallory push -q origin HEAD:refs/heads/feature/x 2>/dev/null; git -C ../mallory rev-parse HEAD)" || fail "it is not there"
no "work goes with the name" git -C ../mallory push origin :master
has "main has not all of it"
git fetch -q
asked="adopt apply"
asks 0
has "master stays on origin: it has commits that main does not have"
is "$(git -C ../origin.git rev-parse master)" "$(git -C ../mallory rev-parse master)"
# once main has it, the name goes
git -C ../origin.git update-ref refs/heads/master "$(git -C ../origin.git rev-parse main)"
asks 0
! git -C ../origin.git rev-parse -q --verify refs/heads/master >/dev/null || fail "the old name is left"
exit 0
