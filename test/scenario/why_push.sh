#!/usr/bin/env bash
# In a clone without a server: what the strategy says of a push, before it is made, with the real git.
# Requirement: BR-3, PR-2, PR-7, CM-1, CM-4
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"
asked="why push"

put() { mkdir -p "$(dirname "$1")" && printf '%s\n' "$2" >"$1" && git add -A && git commit -qm "$3" || fail "commit"; }

cd "$work" || exit 1
out=$("$sluice" why push 2>&1) && fail "outside of a repository it answers"
has "no Git repository"

git init -q --bare -b main up.git && git clone -q up.git clone 2>/dev/null && cd clone || fail "clone"
git config user.name ann && git config user.email ann@example.org
git switch -q -c main 2>/dev/null
put README hello "chore: begin"
asks 2 main
has "sluice init --preset gitflow"
mkdir .sluice && "$sluice" preset show gitflow >.sluice/strategy.yml
asks 2 main
has "--strategy .sluice/strategy.yml"
asks 1 main --strategy .sluice/strategy.yml
rm -r .sluice
git config sluice.preset gitflow
asks 1 main
has "branches.main.allow.create"
asks 0 main --level admin
has "preset:gitflow"
git config sluice.preset nonsense
asks 2 main
has "no preset nonsense"
git config --unset sluice.preset

# The file on the default branch is in force, as the remote has it; never the one that is pushed.
cat >.tmp <<'Y'
strategy: 1
files: {forbid: [.env, "*.pem"], max-size: 1MB}
roles: {release-manager: {level: maintain, members: ["@rita"]}}
branches:
  main: {type: production, sunset: 2030-01-01}
  develop: {type: integration, base: main, into: {main: {method: merge}}}
  feature: {match: "feature/{name}", type: work, base: develop}
  hotfix: {match: "hotfix/{name}", type: hotfix, base: main, into: [main]}
tags: {release: {match: "v{version}", branches: main, annotated: true}}
commits: {convention: conventional, types: [feat, fix, chore]}
Y
mkdir .sluice && mv .tmp .sluice/strategy.yml && git add -A && git commit -qm "chore: strategy" && git push -q origin main
git remote set-head origin main
git switch -q -c develop && git push -q origin develop
git switch -q -c feature/login
put a 1 "feat: login"
asks 0
has "create refs/heads/feature/login nothing.."
has "✓ allow"
has "The level write is a guess"
git tag feature/login # Git calls the branch heads/feature/login then
asks 0
has "create refs/heads/feature/login nothing.."
git tag -d feature/login >/dev/null
asks 0 --all --level write
has "branches.feature.allow.create"
has "branches.feature.base"
has ".sluice/strategy.yml:7:"
hasnt "guess"
git config sluice.level triage
asks 1
has "ann has level triage"
git config sluice.level write

# A message, a file in the middle of the push, an administrator too.
put b 1 "added a thing"
asks 1
has "commits.convention"
has "git commit --amend"
git commit -q --amend -m "feat: more"
put .env SECRET=1 "feat: settings"
git rm -q --cached .env && rm .env && git commit -qm "fix: no settings"
asks 1 feature/login --level admin
has "files.forbid"
has "no file .env"
git reset -q --hard HEAD~2

# Names: of no kind; a hotfix with unreleased work; main itself.
git branch wip && asks 1 wip
has "wip is of no kind"
has "git branch -m wip feature/wip"
git switch -q develop && put d 1 "feat: unreleased" && git push -q origin develop
git switch -q -c hotfix/bad && put e 1 "fix: e"
asks 1
has "branches.hotfix.base"
has "of develop"
git switch -q -c hotfix/good main && put e 1 "fix: e"
asks 0
git switch -q main && put m 1 "chore: m"
asks 1
has "branches.main.allow.push"
has "git push origin HEAD:hotfix/m"
asks 1 --at 2031-01-01T00:00:00Z
has "branches.main.sunset"
out=$("$sluice" why push --at tomorrow 2>&1) && fail "a bad time is taken"
git reset -q --hard origin/main
asks 0
has "nothing would be pushed"
out=$("$sluice" why push --format json | jq -c '[.verdict, .action.verb, .action.ref, .action.actor, (.rules | length), (.strategy | keys), .until]')
[ "$out" = '["allow","push","refs/heads/main","ann",0,["commit","digest","file"],null]' ] || fail "nothing to push is a verdict too"
asks 2 refs/tags/v9.9.9
has "nothing would be pushed"
hasnt "delete"

# A commit that is named; a rewrite; a deletion.
asks 1 develop main --level admin
has "force-push refs/heads/develop"
asks 1 main --delete --level admin
has "branches.main.allow.delete"
git push -q origin feature/login
asks 0 feature/login --delete
has "delete refs/heads/feature/login"
asks 2 nothing
has "There is no branch and no tag nothing here"

# Tags: annotated, on main, by maintain.
git tag v1.0.0 && asks 1 v1.0.0 --level maintain
has "lightweight tag"
git tag -f -a -m r v1.0.0 >/dev/null && asks 0 v1.0.0 --as rita --level read
asks 1 v1.0.0
has "tags.release.allow.create"
git tag -a -m r v1.1.0 develop && asks 1 v1.1.0 --level admin
has "tags.release.branches"

# The same object in JSON; another file to try; one that is not valid.
out=$("$sluice" why push v1.1.0 --format json 2>/dev/null) && fail "refused, and exit code 0"
printf '%s' "$out" | python3 -c '
import json, sys
v = json.load(sys.stdin)
assert v["verdict"] == "deny" and v["until"] is None, v
assert set(v) >= {"verdict", "until", "action", "strategy", "rules"}, v
assert set(v["strategy"]) == {"file", "commit", "digest"} and len(v["strategy"]["commit"]) == 40, v["strategy"]
for r in v["rules"]:
    assert set(r) == {"rule", "file", "line", "column", "state", "wanted", "actual", "opens", "until", "remedy"}, r
    assert r["state"] in "passed waiting failed overridden not-applicable evaluated".split(), r
assert any(r["state"] == "failed" and r["line"] > 0 for r in v["rules"])
' || fail "the verdict in JSON has not its shape"
printf 'strategy: 1\nbranches: {main: {type: producton}}\n' >"$work/bad.yml"
asks 3 feature/login --strategy "$work/bad.yml"
has "bad.yml:2:"
printf 'strategy: 1\nenforcement: evaluate\nbranches: {main: {type: production}}\n' >"$work/soft.yml"
asks 0 wip --strategy "$work/soft.yml"
has "would be failed"

# One that extends another file of the work tree.
printf 'strategy: 1\nbranches: {main: {type: production}}\n' >.sluice/base.yml
printf 'strategy: 1\nextends: [.sluice/base.yml]\nenforcement: evaluate\n' >.sluice/over.yml
asks 0 wip --strategy .sluice/over.yml
has "would be failed"
rm .sluice/base.yml .sluice/over.yml

# A strategy that is not valid in force: said with its place, and nothing is judged.
git switch -q main && printf 'strategy: 1\nbrunches: {}\n' >.sluice/strategy.yml && git commit -qam "chore: break it" && git push -q origin main
asks 3 feature/login
has ".sluice/strategy.yml:2:1"
echo ok
