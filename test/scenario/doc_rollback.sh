#!/usr/bin/env bash
# Going back to the last good version of the simulation platform (document C, its rollback block), with our command under its preset: what the block
# means, without a tag that anybody could take for a release, and without a branch that goes nowhere.
# Requirement: DP-5, RC-5
# shellcheck source=test/scenario/doc_local.lib.sh
. "$(dirname "$0")/doc_local.lib.sh"

mkdir -p "$work/a/.sluice" && cd "$work/a" || exit 1
git init -q -b main-production . && printf 'strategy: 1\nextends: montecarlo\n' >.sluice/strategy.yml && printf '2.0.0\n' >VERSION
git add . && git commit -qm begin && git tag -a -m v2.0.0 v2.0.0 && git branch develop
git init -q --bare -b main-production ../origin.git && git remote add origin ../origin.git && git push -q -u origin main-production develop v2.0.0
git remote set-head origin main-production
git switch -q develop
asked="feature start super-engine-optimization"
asks 0
change engine faster "the engine"
lands feature finish
asked="release start 2.1.0"
asks 0
lands release finish
is "$(git rev-parse 'v2.1.0^{}')" "$(git rev-parse main-production)"
has "sluice revert --merge"

# --- as it is written: the branch stands where v2.0.0 stood, and is of no kind; what production holds does not change, and the entry is on a branch that goes nowhere
git switch -q -c rollback/v2.0.0-emergency v2.0.0 && date >>INCIDENTS.md && git add . && git commit -qm incident
asked="why push rollback/v2.0.0-emergency"
asks 1
git switch -q main-production && git branch -q -D rollback/v2.0.0-emergency

# --- the kind for emergencies carries it, on top of production; the incident is begun, once
old=$(git rev-parse main-production)
refs=$(git for-each-ref)
asked="revert --to v2.0.0"
asks 0 --dry-run
is "$(git for-each-ref)" "$refs"
asks 0
is "$(git symbolic-ref --short HEAD)" hotfix/critical-rollback-v2.0.0
is "$(git rev-parse 'HEAD~1^{tree}')" "$(git rev-parse 'v2.0.0^{tree}')"
is "$(grep -c '^## .*: main-production taken back, to v2.0.0$' INCIDENTS.md)" 1
is "$(there main-production)" "$old"
lands hotfix finish rollback-v2.0.0
is "$(git rev-parse 'v2.1.1^{}')" "$(there main-production)"
git merge-base --is-ancestor "$old" main-production || fail "production was rewritten"
[ ! -e engine ] && [ "$(git show main-production:VERSION)" = 2.1.1 ] || fail "production has not what v2.0.0 had, under a version of its own"
exit 0
