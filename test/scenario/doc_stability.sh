#!/usr/bin/env bash
# What the command blocks of the measured phases mean (document E), done with our commands under its preset, in its order; where a block fails as it is
# written, or contradicts another, the way that works. E:81 is line 81 of that document.
# Requirement: BR-8, RL-1, RL-3, RL-4, RL-6, DP-5
# shellcheck source=test/scenario/doc_local.lib.sh
. "$(dirname "$0")/doc_local.lib.sh"

mkdir -p "$work/a/.sluice" && cd "$work/a" || exit 1
git init -q . && printf 'strategy: 1\nextends: stability\n' >.sluice/strategy.yml && printf '[project]\nversion = "1.0.3"\n' >pyproject.toml
git add . && git commit -qm "chore: begin" && git tag -a -m v1.0.3 v1.0.3 && git branch develop
git init -q --bare ../origin.git && git remote add origin ../origin.git && git push -q -u origin main develop v1.0.3

# --- E:81-93 as it is written: after it one stands on the branch of the benchmark, where the work of E:99 is then committed
cp -a "$work/a" "$work/as-written" && cd "$work/as-written" || exit 1
git checkout -q main && git checkout -q -b performance/phase1 && git checkout -q -b benchmark/phase1-test
is "$(git symbolic-ref --short HEAD)" benchmark/phase1-test
# E:103-114: no merge is left to see, or to take back, and the tag of the release is for SemVer one before it
git switch -q performance/phase1 && change measure.py 1 "feat(phase1): measuring" && git checkout -q develop && git merge -q performance/phase1 && git checkout -q main && git merge -q develop
is "$(git rev-list --merges --count main)" 0
yes "compare" "$sluice" version compare 1.1.0-phase1 1.1.0
is "$out" "1.1.0-phase1 < 1.1.0"

# --- a phase and its twin begin together, and one stands on the phase; the next waits (E:55-68)
cd "$work/a" || exit 1
asked="phase start phase2"
asks 8
has "phase2 comes after phase1"
asked="phase start phase1"
asks 0
is "$(git symbolic-ref --short HEAD)" performance/phase1
is "$(git rev-parse benchmark/phase1-test)" "$(git rev-parse main)"
asked="phase publish"
asks 0
there benchmark/phase1-test >/dev/null || fail "the twin is not on the remote"
change measure.py 1 "feat(phase1): measuring"

# --- E:103-115: together on develop, marked there; into main goes what the candidate of it holds (E:436-466), with one tag
lands phase finish phase1
is "$(git rev-parse 'v1.1.0-phase1^{}')" "$(git rev-parse develop)"
is "$(there develop)" "$(git rev-parse develop)"
is "$(git rev-list --merges --count develop)" 1
asked="release start 1.1.0"
asks 0
is "$(git symbolic-ref --short HEAD)" release/v1.1.0-candidate
is "$(git show HEAD:pyproject.toml | sed -n 's/^version = //p')" '"1.1.0"'
for pre in alpha beta rc; do
	asked="release $pre"
	asks 0
done
is "$(git tag -l 'v1.1.0-*' | tr '\n' ' ')" "v1.1.0-alpha.1 v1.1.0-beta.1 v1.1.0-phase1 v1.1.0-rc.1 "
there v1.1.0-rc.1 >/dev/null || fail "the candidate is not on the remote"
lands release finish
is "$(git rev-parse 'v1.1.0^{}')" "$(git rev-parse main)"
is "$(there main) $(there develop)" "$(git rev-parse main) $(git rev-parse develop)"
git merge-base --is-ancestor main develop || fail "main is not back in develop"

# --- E:796-810: a hotfix from main, whatever is checked out; it goes back to develop and to the phase under way
asked="phase start phase2"
asks 0
change timeout.py 2 "feat(phase2): timeouts"
asked="hotfix start issue-20260105"
asks 0
is "$(git rev-parse HEAD)" "$(git rev-parse main)"
change fix.py fix "fix: the issue"
lands hotfix finish
is "$(git rev-parse 'v1.1.1^{}')" "$(git rev-parse main)"
for b in develop performance/phase2; do git merge-base --is-ancestor main $b || fail "the fix is not in $b"; done

# --- phase 2, released
lands phase finish phase2
asked="release start 1.2.0"
asks 0
lands release finish 1.2.0
has "Should it go wrong within 1h: sluice revert --merge"

# --- E:471-499 goes back to v1.0.3, for ever, in a clone without a branch; main stays as it is. Here the last good version comes back to main
cd "$work/as-written" && git checkout -q v1.0.3 && ! git symbolic-ref -q HEAD || fail "the document stands on a branch"
cd "$work/a" || exit 1
git switch -q main
old=$(git rev-parse main)
asked="revert --to v1.1.1"
asks 0
is "$(git symbolic-ref --short HEAD)" hotfix/rollback-v1.1.1
is "$(git rev-parse 'HEAD^{tree}')" "$(git rev-parse 'v1.1.1^{tree}')"
is "$(there main)" "$old"
there hotfix/rollback-v1.1.1 >/dev/null || fail "nobody could open a change for it"

# --- or phase 2 alone, which leaves what else was released since
git switch -q main
asked="revert --to phase2 --on main"
asks 0
[ ! -e timeout.py ] && [ -f fix.py ] && [ -f measure.py ] || fail "it is not phase 2 alone that went"
exit 0
