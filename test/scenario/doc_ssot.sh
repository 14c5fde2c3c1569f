#!/usr/bin/env bash
# What the command blocks of the three-phase rollout mean (document D), done with our commands under its preset, in its order; where a block fails as it is
# written, or contradicts another, the way that works. D:36 is line 36 of that document.
# Requirement: BR-7, GT-6, DP-5, RL-1, IO-4
# shellcheck source=test/scenario/doc_local.lib.sh
. "$(dirname "$0")/doc_local.lib.sh"

held() { git ls-tree -r --name-only "$1" -- src | tr '\n' ' '; } # what of the phases a branch holds

# The team's own scripts note that they were called, and how (IO-4).
mkdir -p "$work/a/.sluice" && cd "$work/a" || exit 1
git init -q . && printf 'strategy: 1\nextends: ssot\n' >.sluice/strategy.yml
for script in tests/integration/validate_ssot_integration tests/performance/validate_workflow_analysis tests/performance/load_test_full_integration tests/e2e/complete_workflow_test; do
	mkdir -p "${script%/*}" && printf '#!/bin/sh\necho "%s $*" >>"%s/ran"\n' "${script##*/}" "$work" >$script.sh && chmod +x $script.sh
done
git add . && git commit -qm begin && git branch development
git init -q --bare ../origin.git && git remote add origin ../origin.git && git push -q -u origin main development && git switch -q development

# --- D:36-49 as it is written: development reaches nobody, the tag is a name without author or date
cp -a "$work/a" "$work/as-written" && cp -a "$work/origin.git" "$work/origin-as-written.git" && cd "$work/as-written" || exit 1
git remote set-url origin ../origin-as-written.git
git switch -q -c feature/phase1-ssot-bridge-implementation && change src/bridge 1 "the bridge"
git checkout -q development && git pull -q origin main && git merge -q --no-ff --no-edit feature/phase1-ssot-bridge-implementation
git checkout -q main && git merge -q --no-ff --no-edit development && git tag "v1.0.0-ssot-phase1" && git push -q origin main --tags
! git -C ../origin-as-written.git ls-tree -r --name-only development | grep -q bridge || fail "the document pushes development after all"
is "$(git cat-file -t v1.0.0-ssot-phase1)" commit
# and D:186, D:202: Git does not revert a merge without being told what to keep
no "git revert HEAD" git revert HEAD --no-edit
has "is a merge but no -m option was given"

# --- phase 1: begun, validated, into development, on to main under its version (D:20-49)
cd "$work/a" || exit 1
asked="phase start phase1 ssot-bridge-implementation"
asks 0
is "$(git symbolic-ref --short HEAD)" feature/phase1-ssot-bridge-implementation
change src/bridge 1 "the bridge"
asked="phase integrate phase1"
asks 0
is "$(head -n 1 "$work/ran")" "validate_ssot_integration --phases phase1"
asked="phase finish phase1"
asks 8 # its checks are told by CI where no server is: who has seen them passed says so
has "security-scan"
lands phase finish phase1
is "$(held "$(there development)")" "src/bridge "
lands phase finish phase1 --into main
is "$(git rev-parse main 'v1.0.0^{}' 'v1.0.0-ssot-phase1^{}' | sort -u | wc -l)" 1
is "$(git cat-file -t v1.0.0-ssot-phase1)" tag
is "$(there main)" "$(git rev-parse main)"
is "$(there v1.0.0-ssot-phase1)" "$(git rev-parse v1.0.0-ssot-phase1)"

# --- phase 3 waits for phase 2 (D:127); work on both goes on side by side (D:80-83)
git switch -q development
asked="phase start phase3 echo-brain-integration"
asks 8
has "phase3 comes after phase2"
asks 0 --ahead
change src/brain 3 "the brain"
git switch -q development
asked="phase start phase2 comfyui-workflow-persistence"
asks 0
change src/workflow 2 "the workflow"

# --- the combination of phases 1 and 2 before phase 2 goes on (D:78-90), of all (D:141-156); these branches go nowhere
rm "$work/ran"
asked="phase integrate phase2 --name phase1-phase2-validation"
asks 0
is "$(git symbolic-ref --short HEAD)" integration/phase1-phase2-validation
is "$(held HEAD)" "src/bridge src/workflow "
is "$(sort "$work/ran")" "complete_workflow_test 
load_test_full_integration 
validate_ssot_integration --phases phase1,phase2
validate_workflow_analysis "
rm "$work/ran"
asked="phase integrate --name all-phases-validation"
asks 0
is "$(held HEAD)" "src/brain src/bridge src/workflow "
grep -q "validate_ssot_integration --phases phase1,phase2,phase3" "$work/ran" || fail "the validation does not know the phases"
asked="branch finish integration integration/all-phases-validation --into main"
asks 1
! there integration/all-phases-validation || fail "it reached the remote"

# --- phases 2 and 3 on to main (D:92-113, D:158-179); the tag of the last is the one that the document names
for p in 2 3; do
	lands phase finish phase$p
	lands phase finish phase$p --into main
	has "Should it go wrong within 1h: sluice revert --to phase$p --on main"
done
is "$(held main)" "src/brain src/bridge src/workflow "
is "$(git rev-parse main 'v2.0.0^{}' 'v2.0.0-ssot-complete^{}' | sort -u | wc -l)" 1
yes "v1.1.0-ssot-phase2" git rev-parse v1.1.0-ssot-phase2

# --- D:200-203: phase 3 alone goes, 1 and 2 stay; its tables go with it (D:210)
git switch -q main
old=$(git rev-parse main)
asked="revert --to phase3"
asks 0
has "scripts/drop_phase3_tables.sh (phases.phase3.undo)"
is "$(there main)" "$old"
lands hotfix finish revert-phase3
is "$(held main)" "src/bridge src/workflow "
is "$(held development)" "src/bridge src/workflow "

# --- … and comes back, which no merge of Git's would do (D says nothing of it)
git switch -q -c as-git development
git merge -q --no-edit feature/phase3-echo-brain-integration && is "$(held as-git)" "src/bridge src/workflow " && git switch -q development && git branch -q -D as-git
lands phase finish phase3
lands phase finish phase3 --into main --version 2.0.2
is "$(held main)" "src/brain src/bridge src/workflow "

# --- D:204-206 takes phase 2 back and leaves phase 3, which depends on it: refused; both go, the later first
git switch -q main
asked="revert --to phase2"
asks 9
has "phase3 is in main too, and comes after phase2"
asked="revert --to phase2 --also-later"
asks 0
has "scripts/undo_phase2.sh (phases.phase2.undo)"
lands hotfix finish revert-phase2
is "$(held main)" "src/bridge "

# --- D:191-192 resets main to a tag and forces it: here the same files come back on top, and nothing is lost of what came between
cd "$work" && rm -rf b && git clone -q origin.git b && cd b && git switch -q main || exit 1
change src/fix 4 "somebody's fix" && git push -q
old=$(git rev-parse main)
asked="revert --to v1.0.0-ssot-phase1 --name back-to-phase1"
asks 0
is "$(git rev-parse 'HEAD^{tree}')" "$(git rev-parse 'v1.0.0-ssot-phase1^{tree}')"
lands hotfix finish back-to-phase1
git merge-base --is-ancestor "$old" "$(there main)" || fail "main was rewritten"
is "$(held main)" "src/bridge "
exit 0
