#!/usr/bin/env bash
# The command blocks of the document behind the preset tower: feature, release, hotfix with an open release, messages, going back.
# Requirement: BR-2, BR-5, BR-6, RL-2, RL-3, CM-1, DP-5
# Timeout: 300
# shellcheck source=test/scenario/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/doc.lib.sh
. "$(dirname "$0")/doc.lib.sh"
hello=${BUILD:-$top/build}/examples/hello/hello
hello_pid=
end_of_hello() {
	end_child "$hello_pid"
	end_of_test
}
trap end_of_hello EXIT

# What production is asked for, and the team's scripts: each says what it was called for.
mkdir "$test_dir/live" && echo 1 >"$test_dir/live/VERSION"
(cd "$test_dir/live" && exec "$hello" 127.0.0.1:0) >"$test_dir/live/address" 2>/dev/null &
hello_pid=$!
await 20 test -s "$test_dir/live/address" || fail "nothing answers for production"
adapt="s#https://anime.example.org#http://127.0.0.1:$(sed -n 's,^http:.*:\([0-9]*\)/$,\1,p' "$test_dir/live/address")#; s/watch: {for: 15m}/watch: {for: 1s}/"
mkdir -p "$test_dir/seed/scripts" "$test_dir/seed/.sluice"
notes=$test_dir/notes
: >"$notes"
# shellcheck disable=SC2016 # for the script
for script in deploy_staging blue_green_deployment; do
	printf '#!/bin/sh\necho "$SLUICE_ENVIRONMENT $1 $SLUICE_VERSION $SLUICE_COMMIT $(cat VERSION)" >>%s\n' "$notes" >"$test_dir/seed/scripts/$script.sh"
done
chmod +x "$test_dir/seed/scripts"/*.sh
printf '## Type of Change\n- [ ] Bug fix\n- [ ] New feature\n\n## Checklist\n- [ ] Self-review completed\n' >"$test_dir/seed/.sluice/change.md"
mkdir -p "$home/secrets/acme/app" && echo http://127.0.0.1:1/ >"$home/secrets/acme/app/TEAM_WEBHOOK"
begin tower main development
entry=(tests integration security-scan)
noted() { grep -q "^$1\$" "$notes"; }
main_is() { # VERSION: on main, in its tag, in its file
	is "$(at "v$1")" "$(at main)"
	is "$(file main:VERSION)" "$1"
	is "$(git --git-dir="$bare" cat-file -t "v$1")" tag
}

# --- A:52, a feature: begun at development, published, reviewed, landed there as one commit; the branch goes
asked 0 ann feature start anime-system-redesign
is "$(git symbolic-ref --short HEAD)" feature/anime-system-redesign
is "$(git rev-parse HEAD)" "$(at development)"
work dual pipeline "feat: implement dual-pipeline architecture"
asked 0 ann feature publish
is "$(at feature/anime-system-redesign)" "$(git rev-parse HEAD)"
asked 8 ann feature finish
has "branches.development.require.approvals"
has "Self-review completed"
n=$(number feature/anime-system-redesign)
yes "its author answers" as ann change edit "$n" --tick "Self-review completed"
yes "its author answers" as ann change edit "$n" --under "Type of Change" --tick "New feature"
good "$(git rev-parse HEAD)" "${entry[@]}"
was=$(at development)
asked 1 ann change review "$n" --approve
asked 0 bob change review "$n" --approve
asked 0 ann feature finish
is "$(git symbolic-ref --short HEAD)" development
is "$(git rev-parse HEAD)" "$(at development)"
is "$(git --git-dir="$bare" rev-parse development^)" "$was"
is "$(file development:pipeline)" dual
is "$(git status --porcelain)" ""
gone feature/anime-system-redesign
is "$(git branch --list 'feature/*')" ""
await 60 noted "staging  [0-9a-f]* $(at development) 2.0.0" || { out=$(cat "$notes"; as lead env show staging); fail "development was not brought to staging"; }
# the wrong turn: work is no push to development or main, whoever pushes
work more pipeline "feat: more"
no "a push to development" git push -q origin development
has "branches.development.allow.push"
git reset -q --hard origin/development

# --- A:69, a release: cut from development, its version and changelog written, fixed, merged into main with its tag, and back, in one act
asked 0 lead release start 2.1.0
has "release/v2.1.0"
git fetch -q
is "$(file release/v2.1.0:VERSION)" 2.1.0
file release/v2.1.0:CHANGELOG.md | grep -q "mplement dual-pipeline architecture" || fail "the changelog does not tell it"
git switch -q release/v2.1.0 && git pull -q
is "$(git log -1 --format=%s)" "chore: release 2.1.0"
git switch -q development
before=$(refs)
asked 8 lead release finish 2.1.0
has "branches.main.require.approvals"
is "$(refs)" "$before"
# a fix on the way: everybody's branch, reviewed as a whole at the end
git switch -q release/v2.1.0
work "dual, fixed" pipeline "fix(comfyui): the pipeline starts"
yes "the fix of the release" git push -q origin release/v2.1.0
git switch -q development
land_release() { # VERSION: approved and checked as often as the changelog asks for it, then finished by lead
	asked 0 bob change review "$(number "release/v$1")" --approve
	good "$(at "release/v$1")" "${entry[@]}"
	out=$(as lead release finish "$1" 2>&1) && return
	good "$(at "release/v$1")" "${entry[@]}"
	asked 0 lead continue
}
land_release 2.1.0
main_is 2.1.0
is "$(file main:pipeline)" "dual, fixed"
file main:CHANGELOG.md | grep -q "he pipeline starts" || fail "the changelog does not tell the fix"
in_history "$(at main^2)" development
is "$(file development:VERSION)" 2.1.0
gone release/v2.1.0

# main was merged: it is in production, once, and what runs there is main (A-04, A-05, A-12)
await 60 noted "production deploy 2.1.0 $(at main) 2.1.0" || { out=$(cat "$notes"; as lead env show production); fail "main was not brought to production"; }
settled() { as lead env show production --repo acme/app --format json | jq -e '.under_way == null' >/dev/null; }
await 60 settled || fail "production does not settle"

# --- A:98, a hotfix while the next release is open: from main, its version in tag and file, back in development and in that release (A-15)
git switch -q development && git pull -q
asked 0 ann feature start consistency
work engine consistency "feat: keep characters consistent"
asked 8 ann feature finish
n=$(number feature/consistency)
yes "its author answers" as ann change edit "$n" --tick "Self-review completed"
yes "its author answers" as ann change edit "$n" --under "Type of Change" --tick "New feature"
good "$(at feature/consistency)" "${entry[@]}"
asked 0 bob change review "$n" --approve
asked 0 ann feature finish
asked 0 lead release start 2.2.0
git fetch -q && git switch -q main 2>/dev/null && git pull -q
asked 0 ann hotfix start critical-generation-bug
is "$(git rev-parse HEAD)" "$(at main)"
work patched leak "fix: resolve the memory leak that fails generations"
asked 1 ann hotfix finish # it is on its way, and an administrator lands it
has "branches.main.require.approvals"
has "branches.main.allow.merge"
good "$(at hotfix/critical-generation-bug)" "${entry[@]}"
asked 0 bob change review "$(number hotfix/critical-generation-bug)" --approve
is "$(at v2.1.1)" ""
asked 0 lead change merge "$(number hotfix/critical-generation-bug)"
main_is 2.1.1
is "$(file release/v2.2.0:leak)" patched
is "$(file release/v2.2.0:VERSION)" 2.2.0
in_history "$(at main^2)" release/v2.2.0
# what development gets was tested nowhere: it is owed until its checks have seen it, and lands by itself then
owed=sluice/also-into/$(number hotfix/critical-generation-bug)-into-development
has "development does not have it yet"
there "$owed"
good "$(at "$owed")" "${entry[@]}"
await 30 landed "$owed" || { out=$(as lead status --repo acme/app); fail "what goes back did not land by itself"; }
is "$(file development:leak)" patched
is "$(file development:consistency)" engine
in_history "$(at main^2)" development
gone "$owed"
# landed by somebody else, with a commit more on it, its version: the clone follows
asked 0 ann hotfix finish
has "hotfix/critical-generation-bug is finished: it is in main by change"
is "$(git rev-parse main development)" "$(at main; at development)"
await 60 noted "production deploy 2.1.1 $(at main) 2.1.1" || { out=$(cat "$notes"; as lead env show production); fail "the hotfix was not brought to production"; }
await 60 settled || fail "production does not settle"
is "$(grep -c '^production deploy' "$notes")" 2

# --- A:165, A:175, messages: both as they are meant; what is no type or scope of the list is refused before it is pushed
printf 'feat(api): check characters\n\n- An endpoint for it\n\nCloses #123\n' >"$test_dir/message"
asked 0 ann commit lint --message "$test_dir/message"
printf 'fix(comfyui): free models after long generations\n\n- Models are cleaned up\n\nFixes #456\n' >"$test_dir/message"
asked 0 ann commit lint --message "$test_dir/message"
printf 'hotfix(gpu): free models\n' >"$test_dir/message"
asked 1 ann commit lint --message "$test_dir/message"
has "commits.types"
printf 'fix(gpu): free models\n' >"$test_dir/message"
asked 1 ann commit lint --message "$test_dir/message"
has "commits.scopes"

# --- A:297, going back: the version before, by the team's script; main does not move, nothing is forced, and a push that would is refused (A-09)
before=$(refs)
asked 0 lead rollback production --wait
noted "production rollback 2.1.0 $(at v2.1.0) 2.1.0" || { out=$(cat "$notes"); fail "production did not go back"; }
is "$(refs)" "$before"
git switch -q main && git reset -q --hard v2.1.0
no "main is not reset" git push -q --force origin main
has "branches.main.allow."
is "$(refs)" "$before"
