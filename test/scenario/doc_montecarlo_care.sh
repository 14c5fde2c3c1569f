#!/usr/bin/env bash
# The command blocks of the document behind the preset montecarlo that are of a clone: what never enters, hooks, the health of branches, weekly upkeep,
# what an audit asks of a history.
# Requirement: BR-3, CM-4, PR-2, RC-2
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"
there() { git rev-parse -q --verify "$1" >/dev/null || { out=$(git for-each-ref); fail "$1 is gone"; }; }
gone() { ! git rev-parse -q --verify "$1" >/dev/null || fail "$1 is still there"; }
change() { printf '%s\n' "${2:-$1}" >"$1" && git add "$1" && c "Change $1"; }

mkdir -p "$work/a/.sluice" && cd "$work/a" || exit 1
git init -q -b main-production . && "$sluice" preset show montecarlo >.sluice/strategy.yml && git add . && c "Begin"
git tag -a -m 2.0.0 v2.0.0 && git branch legacy-v1-production && on -c develop && change app
git init -q --bare ../origin.git && git remote add origin ../origin.git && git push -q -u origin --all && git push -q --tags && git remote set-head origin main-production

# --- C:356, what never enters: refused where it is committed, by the hooks of C:432, and where it is pushed from a clone without them
asked="hooks install"
asks 0
on -c feature/settings
printf 'KEY=1\n' >.env && git add -f .env
no "a file with secrets" git commit -qm "Settings"
has "files.forbid"
has ".env"
is "$(git log -1 --format=%s)" "Change app"
mkdir secrets && printf 'x\n' >secrets/key && git add -f secrets
asked="check --staged"
asks 1
has "secrets/key"
git rm -q -r --cached --ignore-unmatch secrets .env && rm -rf secrets .env
change settings
yes "what may enter" git push -q -u origin feature/settings
printf 'KEY=1\n' >production.env && git add -f production.env && SLUICE=0 git commit -qm "Settings of production" 2>/dev/null
no "a push of it" git push -q
has "production.env"
asked="secrets scan --all"
asks 0
asked="check --branch feature/settings"
asks 1
has "production.env"
git reset -q --hard HEAD~1

# --- C:577, the health of branches, which Git would not tell in the document's words (C-15): what is behind by more than 50 commits, and what has not moved
# for 30 days
on develop
for i in $(seq 51); do c "Change $i" || exit 1; done
asked="feature list --at 2026-01-02T00:00:00Z"
asks 0
has "1 ahead, 51 behind develop"
has "too far behind"
hasnt "stale"
asked="feature list --format json --at 2026-02-15T00:00:00Z"
asks 0
is "$(jq -c '[.branches[] | [.name, .reported]]' <<<"$out")" '[["feature/settings",["stale","behind"]]]'

# --- C:703, every week: merged work goes, here and on the remote, and nothing else, where the document deletes whatever is merged in develop, the old line
# too, and prunes what somebody may still be looking for (C-13)
on -c bugfix/issue-7 && change fixed && on develop && m bugfix/issue-7
SLUICE=0 git push -q -u origin --all 2>/dev/null || fail "setup"
git -C ../origin.git branch -q -D feature/settings
is "$(git branch --merged develop --format '%(refname:short)' | tr '\n' ' ')" "bugfix/issue-7 develop legacy-v1-production main-production "
before=$(git for-each-ref refs/heads)
asked="maintain --push --dry-run"
asks 0
has "delete the branch bugfix/issue-7"
has "nothing has changed"
is "$(git for-each-ref refs/heads)" "$before"
asked="maintain --push"
asks 0
has "The objects are sound"
gone bugfix/issue-7
! git -C ../origin.git rev-parse -q --verify bugfix/issue-7 >/dev/null || fail "it is still on the remote"
gone refs/remotes/origin/feature/settings
for branch in feature/settings legacy-v1-production main-production develop; do there "$branch"; done
asked="maintain tags"
asks 0
has "No branch or tag has to go."
there v2.0.0

# --- C:778, what compliance asks of a history: the document's lines say nothing of a file with secrets, and that all is signed where nothing is (C-15)
SLUICE=0
export SLUICE # the hooks would have stopped it
on -c feature/leak develop && printf 'KEY=1\n' >.env && git add -f .env && c "Settings" 2>/dev/null && git rm -q .env && c "Without them" 2>/dev/null
on -c release/v2.1.0
unset SLUICE
is "$(git ls-files .env)" ""
asked="check v2.0.0..release/v2.1.0"
asks 1
# shellcheck disable=SC2086 # words
out=$("$sluice" $asked --format json 2>/dev/null)
is "$(jq -c '[.checked[] | select(.verdict.verdict == "deny") | [.title, (.verdict.rules[] | select(.state == "failed") | .rule)]]' <<<"$out")" '[["Settings","files.forbid"]]'
asked="secrets scan --all"
asks 0
asked="check --branch release/v2.1.0 --into main-production"
asks 1
has ".env comes in with $(git rev-parse --short=10 release/v2.1.0~1)"
has "branches.main.require.evaluate.signed"
has "not signed"
asked="why push main-production release/v2.1.0"
asks 1
has "branches.main.allow.push"
