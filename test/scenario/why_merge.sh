#!/usr/bin/env bash
# In a clone without a server: what the strategy says of a merge, as far as Git alone knows, with the real git.
# Requirement: BR-3, PR-3, RL-2
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"
asked="why merge"
put() { printf '%s\n' "$2" >"$1" && git add -A && git commit -qm "$3" || fail "commit"; }

cd "$work" && git init -q -b main repo && cd repo && git config user.name ann && git config user.email ann@example.org || fail "init"
mkdir .sluice && cat >.sluice/strategy.yml <<'Y'
strategy: 1
branches:
  main: {type: production}
  develop: {type: integration, base: main, require: {approvals: 0, threads-resolved: false}, into: {main: {method: merge}}}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}}
  release: {match: "release/v{version}", type: release, base: develop, into: {main: {method: merge, tag: release, also-into: [develop]}}}
tags: {release: {match: "v{version}", branches: main}}
checks: {unit: {on: {change: main}}}
Y
put a 1 "chore: begin"
git branch develop && git switch -q -c feature/x develop && put b 1 "feat: b"

# Where a feature goes is known; what it needs there is nothing that only a server knows.
asks 0 feature/x
has "merge feature/x into develop"
asks 0 feature/x develop --all
has "branches.feature.into.develop"
has "judged as if one were open"

# Not into main, and the way that there is.
asks 1 feature/x main --level admin
has "branches.feature.into"
has "feature goes into: develop"
has "sluice change open --into develop"

# Into main: approvals and checks are not known here, and so never pass.
git switch -q -c release/v1.0.0 develop && put VERSION 1.0.0 "chore: version"
asks 8 release/v1.0.0 main --level maintain
has "reviews are not known here"
has "checks are not known here"
has "threads are not known here"
asks 1 release/v1.0.0 main
has "branches.main.allow.merge"

# Not up to date, and a conflict.
git switch -q main && put c 1 "chore: c"
asks 1 release/v1.0.0 main --level maintain
has "branches.main.require.up-to-date"
has "git merge origin/main"
put VERSION 9 "chore: another"
asks 1 release/v1.0.0 main --level maintain
has "change.conflict"
asks 1 feature/nothing develop
has "feature/nothing is not there"
asks 2
asks 2 develop-of-no-kind
has "Into which branch?"
echo ok
