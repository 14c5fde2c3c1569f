#!/usr/bin/env bash
# A merge that is tagged brings its version into the files and the changelog, whoever's branch it was: hotfix, and a long-lived branch
# that goes into production. The next release merges after it without a conflict. A client's own merge cannot get that commit and is refused.
# Requirement: RL-1, RL-2, RL-3
. "$(dirname "$0")/lib.sh"
cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
branches:
  main: {type: production, allow: {create: write, merge: write, push: nobody}, require: {approvals: 0, checks: [], last-push-approval: false}}
  development: {type: integration, base: main, into: {main: {tag: release}}, allow: {create: write, merge: write}, require: {approvals: 0, checks: [], last-push-approval: false}}
  release: {match: "release/v{version}", type: release, base: development, after-merge: delete, allow: {create: write},
    into: {main: {tag: release, also-into: [development], require: {approvals: 0, checks: [], last-push-approval: false}}}}
  hotfix: {match: "hotfix/{name}", type: hotfix, base: main, bump: patch, after-merge: delete, into: {main: {tag: release, also-into: [development]}}}
tags:
  release: {match: "v{version}", branches: main, allow: {create: write}}
releases:
  version-files: [{file: VERSION, text: "{version}"}, {file: package.json, pointer: /version}]
  changelog: CHANGELOG.md
YML
server_start
repo "$test_dir/strategy.yml"
person ann admin
export SLUICE_SERVER=$url
SLUICE_TOKEN=$(cat "$home.tokens/ann")
export SLUICE_TOKEN
c=$test_dir/c
bare=$home/repos/acme/app.git
clone_as ann "$c"
printf '{\n  "name": "app",\n  "version": "0.1.0"\n}\n' >"$c/package.json"
git -C "$c" add package.json
commit "$c" VERSION 0.1.0 "feat: start"
git -C "$c" tag -a -m "v0.1.0" v0.1.0
yes "start" git -C "$c" push -q origin HEAD:main HEAD:development
yes "start" git -C "$c" push -q origin v0.1.0
cd "$c" || exit 1
at() { git --git-dir="$bare" show "$1" 2>/dev/null; }
says() { # REF VERSION
	[ "$(at "$1:VERSION")" = "$2" ] || fail "VERSION at $1 is $(at "$1:VERSION"), wanted $2"
	[ "$(at "$1:package.json" | jq -r .version)" = "$2" ] || fail "package.json at $1 is not $2"
	at "$1:CHANGELOG.md" | grep -q "^## .*$2" || fail "CHANGELOG.md at $1 has no $2"
}

git checkout -q -b hotfix/crash origin/main
commit "$c" a.txt a "fix: no crash"
git push -q origin HEAD
yes "open" "$sluice" change open hotfix/crash --into main -q --title "fix: crash"
n=$out
before=$(refs)
yes "dry run" "$sluice" change merge "$n" --dry-run
[ "$before" = "$(refs)" ] || fail "the dry run moved refs"
# by hand, as git-flow does it: the merge would be tagged 0.1.1, and its files say 0.1.0
git checkout -q -B main origin/main
git merge -q --no-ff -m "Merge hotfix" hotfix/crash
no "a client's own merge" git push origin main
has "releases.version-files"
has "VERSION says 0.1.1"
has "package.json says 0.1.0"
has "strategy given at repo create:11:"
has "sluice change merge $n"
[ "$before" = "$(refs)" ] || fail "the refused push moved refs"
yes "the log" "$sluice" audit log --repo acme/app --format json --limit 5
jq -e '[.. | objects | select(.kind? == "push-refused")][0].data | (if type == "string" then fromjson else . end) | .verdict.rules
	| map(select(.rule == "releases.version-files" and .state == "failed" and .line > 0 and (.remedy | startswith("sluice change merge")))) | length == 2' <<<"$out" >/dev/null || fail "the event has no row of the rule"
yes "why merge" "$sluice" why merge "$n" --all
has "VERSION says 0.1.0; the server's merge writes it"
git checkout -q -b hotfix/probe # the same commit, where it may stand: asked of the server, it is refused by the same rows
git push -q origin HEAD || fail "the merge on a branch of its own"
who=ann
http 200 GET "/api/sluice/repos/acme/app/why?ref=refs/heads/main&commit=$(git rev-parse HEAD)"
jq -e '.verdict == "deny" and (.rules | map(select(.rule == "releases.version-files" and .state == "failed")) | length == 2)' <<<"$out" >/dev/null || fail "why push says otherwise: $out"
git push -q origin :hotfix/probe && git checkout -q main && before=$(refs)
yes "merge" "$sluice" change merge "$n"
says v0.1.1 0.1.1
says development 0.1.1
[ "$(git --git-dir="$bare" rev-parse 'v0.1.1^{commit}')" = "$(git --git-dir="$bare" rev-parse main)" ] || fail "the tag does not stand on main"
git --git-dir="$bare" rev-parse -q --verify refs/heads/hotfix/crash >/dev/null && fail "the hotfix branch is still there"
at v0.1.1:CHANGELOG.md | grep -q "no crash" || fail "the changelog does not tell of the fix"

# with files that say it, a client's own merge is taken
git fetch -q --tags origin
git checkout -q -b hotfix/leak origin/main
commit "$c" b.txt b "fix: no leak"
sed -i 's/0\.1\.1/0.1.2/' package.json VERSION
git commit -qam "chore: 0.1.2"
git push -q origin HEAD
yes "open" "$sluice" change open hotfix/leak --into main -q --title "fix: leak"
git checkout -q -B main origin/main
git merge -q --no-ff -m "Merge hotfix" hotfix/leak
yes "a merge that says its version" git push -q origin main
[ "$(at v0.1.2:VERSION)" = 0.1.2 ] || fail "v0.1.2 is not tagged on it"

# a release after the hotfixes; then development itself goes into production
yes "release start" "$sluice" release start 0.2.0
yes "release finish" "$sluice" release finish 0.2.0
says v0.2.0 0.2.0
says development 0.2.0
yes "open" "$sluice" change open development --into main -q --title "fix: what development has"
yes "merge" "$sluice" change merge "$out"
says main 0.2.1
says development 0.2.1
yes "the audit" "$sluice" audit verify
echo "files, changelog and tag say the same version"
