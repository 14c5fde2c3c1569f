#!/usr/bin/env bash
# Document C, "Branch structure migration plan" (C:67-93) and its monthly archive (C:734-741): what the blocks mean, done under the preset `montecarlo`, from the
# repository that the document describes (C:22-35). Typed as it stands, the first block renames in one clone only and leaves the old name unprotected where
# everybody pushes (hole C-08); the second deletes whatever `git log` cannot tell the age of.
# Requirement: BR-5, BR-6, RC-2
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"
heads() { git -C "${1:-../origin.git}" for-each-ref --format='%(refname:short)' refs/heads | tr '\n' ' '; }
clock=1736899200 # 2025-01-15, when the document was written
described() {
	cd "$work" && rm -rf a b origin.git && git init -q --bare origin.git && git init -q -b master a && cd a && git remote add origin ../origin.git || fail "init"
	c "feat: begin" && on -c main-v1-production && c "feat: first" && tick && git tag -a -m v1.0.0 v1.0.0
	git branch prototype-deployment && on -c main-v2-modular && c "feat: modular"
	git push -q -u origin --all && git push -q origin v1.0.0 && git -C ../origin.git symbolic-ref HEAD refs/heads/main-v2-modular && git remote set-head origin -a >/dev/null
}

# --- the block as it stands (C:71-84): the remote has main-v1-production still, and no legacy branch that anything could protect
described
{
	git checkout main-v1-production && git branch -m main-v1-production legacy-v1-production
	git checkout main-v2-modular && git checkout -b main-production && git push -u origin main-production
	git checkout -b develop && git push -u origin develop
} >/dev/null 2>&1 || fail "the document's commands"
is "$(heads)" "develop main-production main-v1-production main-v2-modular master prototype-deployment "

# --- the same by a strategy: seen first, here and on the remote, with what other clones type and what a person sets (C:86-87)
described
git clone -q ../origin.git ../b && git -C ../b switch -q main-v1-production
asked="adopt plan --preset montecarlo --at 2025-01-15T09:00:00Z"
asks 0
has "rename main-v2-modular to main-production, here and on origin, where the old name stays for now"
has "rename main-v1-production to legacy-v1-production, here and on origin"
has "create develop from main-production"
has "make main-production the default branch, once it is there: git -C ../origin.git symbolic-ref HEAD refs/heads/main-production"
has "protect main-production: changes by pull request only, 2 approvals, stale approvals dismissed, review by code owners, up to date before merging"
has "protect develop: changes by pull request only, 1 approval"
has "protect legacy-v1-production: changes by pull request only, 1 approval"
has "master is of no kind"
has "prototype-deployment is of no kind"
is "$(heads)" "main-v1-production main-v2-modular master prototype-deployment "
asked="adopt apply --preset montecarlo --at 2025-01-15T09:00:00Z"
asks 0
is "$(git -C ../origin.git symbolic-ref HEAD)" refs/heads/main-v2-modular
git -C ../origin.git symbolic-ref HEAD refs/heads/main-production
asks 0
is "$(heads)" "develop legacy-v1-production main-production master prototype-deployment "
is "$(heads .)" "develop legacy-v1-production main-production master prototype-deployment "
is "$(git -C ../origin.git rev-parse develop)" "$(git -C ../origin.git rev-parse main-production)"
is "$(git -C ../origin.git rev-parse legacy-v1-production)" "$(git rev-parse 'v1.0.0^{}')"
is "$(git symbolic-ref --short HEAD)" main-production
# a colleague, by the commands that the plan showed
(cd ../b && git fetch -q --prune origin && git branch -m main-v1-production legacy-v1-production && git branch -q -u origin/legacy-v1-production legacy-v1-production && git remote set-head origin --auto) >/dev/null 2>&1 || fail "a colleague's clone"
is "$(git -C ../b rev-parse --abbrev-ref 'legacy-v1-production@{upstream}')" origin/legacy-v1-production

# --- the preset is put in force where it counts; from then on a plain remote that judges its pushes keeps the old names away
"$sluice" init --preset montecarlo >/dev/null 2>&1 && git add .sluice && c "chore: the strategy" && git push -q origin main-production main-production:develop || fail "the strategy is not in force"
(cd ../origin.git && "$sluice" hooks install --bare >/dev/null 2>&1) || fail "hooks"
no "the old name comes back" git push origin main-production:main-v1-production
has "main-v1-production is called legacy-v1-production now"
no "production is pushed to" git push origin main-production:main-v2-modular
has "main-v2-modular is called main-production now"

# --- week 2 (C:88-95): the document's own example, a name that its patterns do not let in
on develop && git pull -q || fail "develop"
asked="feature start super-engine-optimization --at 2025-01-22T09:00:00Z"
asks 0
is "$(git symbolic-ref --short HEAD)" feature/super-engine-optimization
c "feat: faster" && asked="feature publish"
asks 0
is "$(git -C ../origin.git rev-parse feature/super-engine-optimization)" "$(git rev-parse HEAD)"

# --- C:734-741: release branches that have not moved for three months become tags, and come back when it was a mistake
on -c release/v2.0.0 develop && c "chore: release 2.0.0"
on develop
asked="maintain archive --no-fetch --at 2025-06-01T09:00:00Z"
asks 0
has "archive the branch release/v2.0.0 as the tag archive/release-v2.0.0"
! git rev-parse -q --verify refs/heads/release/v2.0.0 >/dev/null || fail "the branch is left"
asked="undo"
asks 0
git rev-parse -q --verify refs/heads/release/v2.0.0 >/dev/null || fail "it does not come back"

# --- after its sunset (C:139-140) the strategy lets nobody make the legacy branch: the plan says by which line
described
asked="adopt plan --preset montecarlo --at 2026-01-15T09:00:00Z"
asks 1
has "branches.legacy.sunset"
has "nothing has moved"
exit 0
