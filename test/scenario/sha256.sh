#!/usr/bin/env bash
# Repositories with SHA-256 objects: what is judged, counted and written in a clone, and what the hook of a bare one takes.
# Requirement: RL-1, CM-1
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"
cd "$work" || exit 1
git init -q --object-format=sha256 repo 2>/dev/null || { echo "this git makes no SHA-256 repositories"; exit 77; }
cd repo && mkdir .sluice || fail "init"
cat >.sluice/strategy.yml <<'Y'
strategy: 1
branches: {main: {type: production}, work: {match: "work/{name}", type: work, base: main}}
tags: {release: {match: "v{version}", type: release}, build: {match: "v{version}+{build}", type: build}}
commits: {convention: conventional}
files: {scan: secrets}
Y
git add -A && c "chore: begin" && git tag -a -m v1.0.0 v1.0.0 || fail "begin"
c "feat: a"
feat=$(git rev-parse HEAD)
c "Revert \"feat: a\"

This reverts commit $feat."
c "fix: b"
on -c work/a
c "fix: c"

asked=next
asks 0 --why --branch main
has "1.0.1: v1.0.0, 3 commits since, patch by $(git rev-parse main | cut -c1-10) \"fix: b\""
asks 0 --build --at 2026-01-05T09:00:00Z
[ "$out" = v1.0.1+20260105.1 ] || fail "the next build"
asked=changelog
asks 0 --unreleased
has "- b ($(git rev-parse main | cut -c1-8))"
hasnt "- a ("
asked=check
asks 0 --all
asks 0 HEAD~1..HEAD
asked="commit lint"
asks 0 --every
has "5 messages judged, 0 refused"
asked=replay
asks 0
has "5 commits, 0 of them merges"
again=$out
asks 0
[ "$out" = "$again" ] || fail "a second replay says something else"

# The hook of a bare repository; the list counts as it stands on the default branch.
git clone -q --bare -b main . "$work/bare.git" && cd "$work/bare.git" && yes "hooks" "$sluice" hooks install --bare
cd "$work/repo" || exit 1
c "not of the form"
no "a message without a type is taken" git push -q "$work/bare.git" work/a
has "commits.convention"
tick && git commit -q --amend --allow-empty -m "fix: of the form" || fail "amend"
yes "a good push is refused" git push -q "$work/bare.git" work/a
printf 'token: glpat-%s\n' "$(echo Xy7kQ2mN9pRt4vWz8sLb)" >conf && git add conf && c "feat: conf"
no "a secret is taken" git push -q "$work/bare.git" work/a
has "files.scan"
"$sluice" secrets baseline --all >"$work/list" 2>/dev/null && on main && cp "$work/list" .sluice/secrets.baseline && git add -A && c "chore: list" || fail "baseline"
yes "the list on main" git --git-dir="$work/bare.git" fetch -q "$work/repo" main:main
yes "what is listed is refused" git push -q "$work/bare.git" work/a
echo ok
