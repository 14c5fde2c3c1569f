#!/usr/bin/env bash
# The command blocks of the document behind the preset mlops: a feature into develop, a release branch, its merge into production, a hotfix.
# Requirement: BR-2, BR-3, BR-5, BR-6, RL-2, RL-3
# Timeout: 240
# shellcheck source=test/scenario/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/doc.lib.sh
. "$(dirname "$0")/doc.lib.sh"
mkdir -p "$test_dir/seed/pipelines"
printf '#!/bin/sh\nexit 0\n' >"$test_dir/seed/pipelines/deploy" && chmod +x "$test_dir/seed/pipelines/deploy"
begin mlops main develop
person quinn qa
person mira maintain
person cleo write
production=(pr-validation train benchmark)

# --- B:27, a feature: no sentence has to have a form (B has no rule for messages), and develop takes it by a change that was validated
asked 0 ann feature start add-new-circuit
is "$(git rev-parse HEAD)" "$(at develop)"
work circuit plant "Add the configuration of a circuit"
asked 8 ann feature finish
has "branches.develop.require.approvals"
has "branches.develop.require.checks.pr-validation"
# the wrong turn: develop is no longer pushed to, and a validation of an earlier push does not count (B-01, B-08)
no "a push to develop" git push -q origin feature/add-new-circuit:develop
has "push-is-merge"
has "0 of 1"
good "$(at feature/add-new-circuit)" pr-validation
work "circuit 2" plant "Correct it"
asked 8 ann feature finish
has "branches.develop.require.checks.pr-validation"
good "$(at feature/add-new-circuit)" pr-validation
asked 0 bob change review "$(number feature/add-new-circuit)" --approve
asked 0 ann feature finish
is "$(file develop:plant)" "circuit 2"
is "$(git rev-list --count "$(at main)..develop")" 1
gone feature/add-new-circuit

# --- B:56, a release branch, cut from develop by who may, once develop was trained
asked 1 ann release start 2.1.0
has "branches.release.allow.create"
gone release/v2.1.0
asked 8 mira release start 2.1.0
has "All features merged to develop"
asked 0 mira release tick 2.1.0 "All features merged to develop"
asked 8 mira release start 2.1.0
has "releases.start.checks.train"
good "$(at develop)" train
asked 0 mira release start 2.1.0
is "$(at release/v2.1.0)" "$(at develop)"
# what comes to it is reviewed there: nobody pushes, a fix is a branch of its own (B-05, B-06)
git fetch -q && git switch -q -c fix/threshold origin/release/v2.1.0
work "circuit 3" plant "Lower the threshold"
no "a push to the release branch" git push -q origin HEAD:release/v2.1.0
has "branches.release.allow.push"
asked 8 ann fix finish
has "release/v2.1.0"
good "$(at fix/threshold)" pr-validation
asked 0 bob change review "$(number fix/threshold)" --approve
asked 0 ann fix finish
is "$(file release/v2.1.0:plant)" "circuit 3"

# --- B:74, the release goes into production: the document's own merge and push, taken when it is exactly what may be merged, and refused before (B-02);
# one act tags it, annotated, and brings it back to develop (B-03, B-08)
git fetch -q && git switch -q main
yes "a merge by hand" git merge -q --no-ff -m "Release 2.1.0" origin/release/v2.1.0
before=$(refs)
no "too early" git push -q "$(remote_of mira)" main
has "push-is-merge"
has "0 of 2"
is "$(refs)" "$before"
n=$(number release/v2.1.0)
good "$(at release/v2.1.0)" "${production[@]}"
asked 0 ann change review "$n" --approve # whose fix is the last push: it does not count
asked 0 bob change review "$n" --approve
asked 8 mira why merge "$n"
has "ann made the last push"
asked 0 cleo change review "$n" --approve
asked 0 mira change edit "$n" --tick "QA validation complete" # by somebody else it says nothing
asked 8 mira why merge "$n"
has "nobody of role qa has approved"
asked 0 quinn change review "$n" --approve
asked 0 mira change edit "$n" --tick "Bug fixes applied"
asked 0 mira why merge "$n"
no "who may not merge into main" git push -q origin main
has "branches.main.allow.merge"
is "$(refs)" "$before"
yes "the merge is the merge of the change" git push -q "$(remote_of mira)" main
is "$(at main)" "$(git rev-parse HEAD)"
is "$(at v2.1.0)" "$(at main)"
is "$(git --git-dir="$bare" cat-file -t v2.1.0)" tag
in_history "$(at main)" develop
is "$(file main:plant)" "circuit 3"
is "$(file develop:plant)" "circuit 3"

# --- B:123, a hotfix: trained, measured and approved as all that reaches main, tagged, and in develop and the open release too (B-03, B-07)
asked 0 mira release tick 2.2.0 "All features merged to develop"
good "$(at develop)" train
asked 0 mira release start 2.2.0
git fetch -q
asked 0 ann hotfix start fix-critical-bug
is "$(git rev-parse HEAD)" "$(at main)"
work "circuit 4" plant "Fix a critical bug"
asked 1 ann hotfix finish
n=$(number hotfix/fix-critical-bug)
good "$(at hotfix/fix-critical-bug)" "${production[@]}"
asked 0 bob change review "$n" --approve
asked 8 mira change merge "$n"
has "1 of 2"
is "$(at v2.1.1)" ""
asked 0 cleo change review "$n" --approve
asked 0 mira change merge "$n"
is "$(at v2.1.1)" "$(at main)"
is "$(at release/v2.1.0)" "$(at main^1^2)" # it is released: nothing more comes to it
is "$(file main:plant)" "circuit 4"
for branch in develop release/v2.2.0; do
	is "$(file $branch:plant)" "circuit 4"
	in_history "$(at main)" $branch
done
gone hotfix/fix-critical-bug
asked 0 ann hotfix finish # another one landed it: the clone follows
is "$(git symbolic-ref --short HEAD)" main
is "$(git rev-parse HEAD)" "$(at main)"
is "$(git branch --list 'hotfix/*')" ""
is "$(git status --porcelain)" ""

# --- B:117 when develop has moved on meanwhile: what it is owed was tested nowhere, and is an open change that the push names
asked 0 ann feature start later
work later sensor "Add a sensor"
asked 8 ann feature finish
good "$(at feature/later)" pr-validation
asked 0 bob change review "$(number feature/later)" --approve
asked 0 ann feature finish
n=$(number release/v2.2.0)
good "$(at release/v2.2.0)" "${production[@]}"
for who in bob cleo quinn; do asked 0 "$who" change review "$n" --approve; done
for box in "QA validation complete" "Bug fixes applied"; do asked 0 mira change edit "$n" --tick "$box"; done
git fetch -q && git switch -q main && git merge -q --no-ff -m "Release 2.2.0" origin/release/v2.2.0 || fail "merge"
yes "the merge of the next release" git push "$(remote_of mira)" main
n=$(number sluice/back-merge/"$n"-into-develop)
has "develop does not have it yet: sluice why merge $n"
is "$(at v2.2.0)" "$(at main)"
asked 8 mira why merge "$n"
has "branches.develop.require.checks.pr-validation"
await 30 audit_verifies lead || fail "the log does not verify"
