#!/usr/bin/env bash
# The branches of a kind in a clone: here and on the remote, how far from their base, merged by the commits or squashed by what they change, stale,
# too old, too far behind; and what a shell completes of kinds and their branches.
# Requirement: BR-3, RC-2
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"
of() { jq -c --arg n "$1" '.branches[] | select(.name == $n) | '"$2" <<<"$out"; }
change() { printf '%s\n' "$1" >"$1" && git add "$1" && c "feat: $1"; }

mkdir -p "$work/a/.sluice" && cd "$work/a" && git init -q . || fail "init"
cat >.sluice/strategy.yml <<'Y'
strategy: 1
branches:
  main: {type: production}
  develop: {type: integration, base: main}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}, lifespan: 30d, stale: 7d, behind: 2, archive: 60d}
  fix: {match: "fix/{name}", type: work, base: develop, into: {develop: {method: squash}}}
tags: {release: {match: "v{version}", branches: main}, archive: {match: "archive/{name}", type: label}}
commits: {convention: none}
Y
git add . && c "feat: begin" && git branch develop && git init -q --bare ../origin.git && git remote add origin ../origin.git && git push -q -u origin main develop
on develop
git branch feature/new
on -c feature/old develop && change old && on develop
on -c feature/done develop && change done && on develop && m feature/done
on -c fix/squashed develop && change s1 && change s2 && on develop && change other
tick && git merge -q --squash fix/squashed >/dev/null 2>&1 && tick && git commit -qm "fix: s" || fail "squash"
on -c fix/open develop && change o && on develop
on -c feature/theirs develop && change theirs && git push -q origin feature/theirs && change mine && on develop && git push -q origin develop
git push -q origin feature/new:refs/heads/feature/far && git fetch -q
on feature/theirs

asked="feature list --at 2026-01-01T02:00:00Z"
asks 0
has "* feature/theirs"
has "merged into develop"
has "nothing of its own"
has "here, origin, 1 to push"
asks 0 --format json
is "$(jq -r '[.kind, (.branches | length)] | join(" ")' <<<"$out")" "feature 5"
is "$(of feature/done '[.merged_into, .merged_by, .ahead, .reported]')" '["develop","graph",0,["behind"]]'
is "$(of feature/new '[.merged_into, .ahead, .began]')" '[null,0,null]'
is "$(of feature/old '[.merged_into, .ahead, .behind, .base, .reported, .remote]')" '[null,1,4,"develop",["behind"],null]'
is "$(of feature/theirs '[.ahead, .behind, .to_push, .to_pull, .current]')" '[2,0,1,0,true]'
is "$(of feature/far '[.here, .ahead]')" '[null,0]'
asked="branch list feature"
asks 0 --at 2026-01-20T00:00:00Z --format json
is "$(of feature/theirs .reported)" '["stale"]'
asks 0 --at 2026-06-01T00:00:00Z --format json
is "$(of feature/theirs .reported)" '["lifespan","stale","archive"]'
asks 0 --at 2026-06-01T00:00:00Z
has "too old, stale, to be archived"
asked="fix list --format json"
asks 0
is "$(of fix/squashed '[.merged_into, .merged_by]')" '["develop","patch"]'
is "$(of fix/open '[.merged_into, .merged_by]')" '[null,null]'
# what was taken back says so, until that is taken back itself
on develop && tick && git revert --no-edit -m 1 "$(git rev-parse develop^{/"feature/done"})" >/dev/null && tick && git revert --no-edit "$(git rev-parse develop^{/"fix: s"})" >/dev/null || fail "revert"
asked="feature list"
asks 0
has "merged into develop, reverted"
asks 0 --format json
is "$(of feature/done '[.merged_into, .reverted_by]')" "[\"develop\",\"$(git rev-parse develop~1)\"]"
is "$(of feature/old .reverted_by)" null
asked="fix list"
asks 0
has "squashed into develop, reverted"
tick && git revert --no-edit HEAD >/dev/null || fail "revert"
asks 0
hasnt "reverted"
asked=
asks 2 branch list nonsense
has "It has: feature, fix"
asks 0 main list
has "main"
