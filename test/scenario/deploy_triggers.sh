#!/usr/bin/env bash
# What starts a deployment: a push, a merge, a tag that a release makes, a person; each with its cause, and the version that it is called by.
# Requirement: DP-1, DP-3, RL-2, RL-3
# Timeout: 120
# shellcheck source=test/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
branches:
  main: {type: production, allow: {create: maintain}, require: {approvals: 0, last-push-approval: false, checks: []}}
  development: {type: integration, base: main, require: {approvals: 0, checks: []}}
  feature: {match: "feature/{name}", type: work, base: development}
  release: {match: "release/v{version}", type: release, base: development, after-merge: delete, into: {main: {method: merge, tag: release, also-into: [development]}}}
  hotfix: {match: "hotfix/{name}", type: hotfix, base: main, bump: patch, after-merge: delete, into: {main: {method: merge, tag: release, back-merge: [development]}}}
tags: {release: {match: "v{version}", type: release, branches: main}}
environments:
  preview: {from: feature, on: {push: feature}, via: note, secrets: [NOTES]}
  staging: {from: development, on: {merge: development}, via: note, secrets: [NOTES]}
  production: {from: main, on: {tag: release}, via: note, secrets: [NOTES]}
  legacy: {from: main, on: {manual: true}, via: note, secrets: [NOTES]}
drivers:
  note: {run: 'echo "$SLUICE_ENVIRONMENT $SLUICE_VERSION $SLUICE_COMMIT" >>"$NOTES"'}
secrets: [NOTES]
YML
NOTES=$test_dir/notes
: >"$NOTES"
server_start
repo "$test_dir/strategy.yml"
mkdir -p "$home/secrets/acme/app"
echo "$NOTES" >"$home/secrets/acme/app/NOTES"
person lead admin
s() { "$sluice" "$@" --repo acme/app --home "$home"; }
noted() { grep -q "^$1\$" "$NOTES"; }
settled() { s env show "$1" --format json | grep -q '"under_way": null'; }

d=$test_dir/w
git init -q "$d"
commit "$d" a.txt a "feat: begin"
git -C "$d" remote add origin "$(remote_of lead)"
yes "the branches" git -C "$d" push -q origin main main:development
git -C "$d" checkout -q -b feature/x
commit "$d" b.txt b "feat: more"
yes "a push" git -C "$d" push -q origin feature/x
sha=$(git -C "$d" rev-parse HEAD)
await 20 noted "preview ${sha:0:12} $sha" || { out=$(cat "$NOTES"; s env show preview); fail "a push deployed nothing"; }

yes "a change" "$sluice" change open feature/x --into development --title "feat: more" --repo acme/app --home "$home" --as lead
yes "merged" "$sluice" change merge 1 --repo acme/app --home "$home" --as lead
git -C "$d" fetch -q origin
sha=$(git -C "$d" rev-parse origin/development)
await 20 noted "staging ${sha:0:12} $sha" || { out=$(cat "$NOTES"; s env show staging); fail "a merge deployed nothing"; }

yes "release" "$sluice" release start 1.0.0 --repo acme/app --home "$home" --as lead
yes "finish" "$sluice" release finish 1.0.0 --repo acme/app --home "$home" --as lead
git -C "$d" fetch -q origin
await 20 noted "production 1.0.0 $(git -C "$d" rev-parse origin/main)" || { out=$(cat "$NOTES"; s env show production); fail "a release's tag deployed nothing"; }
yes "its cause" s env show production
grep -q '^legacy' "$NOTES" && fail "an environment that waits for a person was deployed to by itself"

yes "by hand" s deploy legacy --version 1.0.0 --wait
noted "legacy 1.0.0 $(git -C "$d" rev-parse origin/main)" || { out=$(cat "$NOTES"); fail "not by hand"; }
no "a commit that is on no branch of the environment" s deploy legacy --version "$(git -C "$d" rev-parse origin/feature/x 2>/dev/null || git -C "$d" rev-parse feature/x)"
has "environments.legacy.from"
# A hotfix from a clone: started from production, finished through the server, tagged, back in development, deployed at once.
yes "a clone" git clone -q "$(remote_of lead)" "$test_dir/clone"
cd "$test_dir/clone" || exit 1
yes "hotfix start" "$sluice" hotfix start leak
commit . c.txt c "fix: leak"
yes "hotfix finish" "$sluice" hotfix finish leak --wait
git fetch -q origin
await 20 noted "production 1.0.1 $(git rev-parse origin/main)" || { out=$(cat "$NOTES"; s env show production); fail "a hotfix's tag deployed nothing"; }
yes "it is what the hotfix made" git merge-base --is-ancestor "$(git log -1 --format=%H --grep='fix: leak' origin/main)" origin/development
await 20 settled production || fail "production does not settle"
yes "audit" audit_verifies lead
