#!/usr/bin/env bash
# Branches that are too old, have not moved or are far behind are reported, by the list and on the map, and refused nothing; a change opened without a text
# begins with the template as it stands on the target.
# A twin goes with its branch, and nobody goes on under a name that a branch had.
# Requirement: BR-4, BR-5, BR-8, OB-3
. "$(dirname "$0")/lib.sh"
cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
branches:
  main: {type: production, was: trunk, allow: {create: admin, push: admin}, require: {approvals: 0, checks: [], up-to-date: false, last-push-approval: false}}
  feature: {match: "feature/{name}", type: work, base: main, lifespan: 14d, stale: 7d, behind: 1}
  phase: {match: "performance/{name}", type: work, base: main, after-merge: delete, twin: "benchmark/{name}-test"}
  benchmark: {match: "benchmark/{name}", type: throwaway, base: main}
changes: {template: .sluice/change.md, review-checklist: {security: [Input validated]}}
YML
server_start
repo "$test_dir/strategy.yml"
person ann admin
clone_as ann "$test_dir/c"
cd "$test_dir/c" || exit 1
export SLUICE_SERVER=$url SLUICE_TOKEN
SLUICE_TOKEN=$(cat "$home.tokens/ann")
commit . a 1 "feat: start"
yes "main" git push -q origin HEAD:main

git switch -qc feature/young && commit . young 1 "feat: young"
yes "a young one" git push -q origin feature/young
git switch -qc feature/old main || fail "switch"
printf 'old\n' >old && git add old && GIT_COMMITTER_DATE='2020-01-01T00:00:00Z' git commit -qm "feat: old" || fail "commit"
yes "an old one" git push -q origin feature/old
git switch -q main && commit . b 1 "feat: one" && commit . b 2 "feat: two"
yes "main goes on" git push -q origin main

code 0 "$sluice" branch list --repo acme/app
old=$(printf '%s\n' "$out" | sed -n '/^feature\/old/,/^[^ ][^ ]*  /p') young=$(printf '%s\n' "$out" | sed -n '/^feature\/young/,$p')
case $old in *"it began "*"≈ the last is "*"≈ more than 1 behind"*) ;; *) fail "nothing is reported of the old one" ;; esac
case $young in *"it began"* | *"the last is"*) fail "something is reported of the young one" ;; *"more than 1 behind"*) ;; *) fail "the young one is behind" ;; esac
has "3 branches under the strategy: 3 in order, 0 not"
yes "the map" curl -sf -u "ann:$SLUICE_TOKEN" "$url/acme/app"
has "the last is"
yes "it may be pushed to" git push -q origin feature/old:feature/old2

# --- the template
number=$("$sluice" change open feature/young --into main --repo acme/app --title "feat: young" 2>/dev/null) || fail "change open"
[ "$("$sluice" change show "$number" --repo acme/app --format json | jq -r '.body // ""')" = $'## security\n\n- [ ] Input validated' ] || fail "not what a review goes through"
mkdir -p .sluice && printf '## Why\n\n- [ ] Tested\n' >.sluice/change.md && git add -A && git commit -qm "docs: template" || fail "commit"
yes "the template" git push -q origin main
number=$("$sluice" change open feature/old --into main --repo acme/app --title "feat: old" 2>/dev/null) || fail "change open"
out=$("$sluice" change show "$number" --repo acme/app --format json | jq -r .body)
[ "$out" = $'## Why\n\n- [ ] Tested\n\n## security\n\n- [ ] Input validated' ] || fail "not the template and what a review goes through"
yes "tick" "$sluice" change edit "$number" --under security --tick "Input validated" --repo acme/app
code 0 "$sluice" why merge "$number" --all --repo acme/app
has "changes.review-checklist.security"
has "all of them"
number=$("$sluice" change open feature/old2 --into main --repo acme/app --title "feat: old" --message "my own" 2>/dev/null) || fail "change open"
[ "$("$sluice" change show "$number" --repo acme/app --format json | jq -r .body)" = "my own" ] || fail "not one's own text"

# --- a twin, and a former name
git switch -qc performance/p1 origin/main && commit . p 1 "feat: faster" || fail "switch"
yes "a branch without its twin" git push -q origin performance/p1
code 0 "$sluice" branch list --repo acme/app
has "benchmark/p1-test is not there"
yes "as it says" git push -q origin performance/p1:refs/heads/benchmark/p1-test
code 0 "$sluice" branch list --repo acme/app
hasnt "benchmark/p1-test is not there"
number=$("$sluice" change open performance/p1 --into main --repo acme/app --title "feat: faster" --message "as measured" 2>/dev/null) || fail "change open"
code 0 "$sluice" change merge "$number" --repo acme/app
out=$(git ls-remote origin 'refs/heads/performance/*' 'refs/heads/benchmark/*')
[ -z "$out" ] || fail "the branch or its twin is left"
no "the former name" git push origin HEAD:refs/heads/trunk
has "trunk is called main now"
has "git branch -m trunk main"
