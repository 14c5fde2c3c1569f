#!/usr/bin/env bash
# The command blocks of the document behind the preset montecarlo that are of a server: features, tags, a release with its gate, a hotfix, going back.
# Requirement: BR-2, BR-3, BR-5, BR-6, RL-1, RL-2, RL-3, GT-2, DP-5
# Timeout: 300
# shellcheck source=test/scenario/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/doc.lib.sh
. "$(dirname "$0")/doc.lib.sh"
# The team's own: no containers here, of the probes of production the script, and a day on which nothing is frozen.
adapt='s/docker-compose up -d/true/; s/probes: \[{http.*command: \([^}]*\)}\]/probes: [{command: \1}]/; s/calendar: {start: 2026-01-05, cycle: 4w, freeze: {.*}, ship/calendar: {start: 2026-01-05, cycle: 4w, ship/'
mkdir -p "$test_dir/seed/scripts" "$test_dir/seed/.sluice" "$home/secrets/acme/app"
notes=$test_dir/notes
: >"$notes"
# shellcheck disable=SC2016 # for the script
printf '#!/bin/sh\necho "$SLUICE_ENVIRONMENT $SLUICE_VERSION $SLUICE_COMMIT $*" >>%s\n' "$notes" >"$test_dir/seed/deploy-phase5.sh"
printf '#!/bin/sh\nexit 0\n' >"$test_dir/seed/scripts/health-check.sh"
chmod +x "$test_dir/seed/deploy-phase5.sh" "$test_dir/seed/scripts/health-check.sh"
printf '## Type of Change\n- [ ] Bug fix\n- [ ] New feature\n\n## Security\n- [ ] Security implications reviewed\n- [ ] No sensitive data exposed\n\n## Deployment\n- [ ] Rollback plan documented\n' >"$test_dir/seed/.sluice/change.md"
for name in PRODUCTION_DOMAIN POSTGRES_PASSWORD REDIS_PASSWORD SECRET_KEY ADMIN_PASSWORD STRIPE_SECRET_KEY SENTRY_DSN SLACK_WEBHOOK; do
	echo none >"$home/secrets/acme/app/$name"
done
mkdir -p "$home/secrets/acme/app/production"
for name in DATABASE_URL REDIS_URL SSL_CERT_PATH SSL_KEY_PATH; do echo none >"$home/secrets/acme/app/production/$name"; echo none >"$home/secrets/acme/app/$name"; done
begin montecarlo main-production develop
person lena lead-developer
person dora devops
person quinn qa-tester
entry=(unit-tests integration-tests linting)
ship=(unit-tests integration-tests linting docs-build security-scan docker-build performance-test)
noted() { grep -q "^$1" "$notes"; }

# --- C:89, a feature, by the document's own name, which its patterns did not know (C-08)
asked 0 ann feature start super-engine-optimization
is "$(git rev-parse HEAD)" "$(at develop)"
work fast engine "SuperEngine is faster"
asked 8 ann feature finish
has "branches.develop.require.checks.linting"
has "Rollback plan documented"
n=$(number feature/super-engine-optimization)
answers() { # NUMBER PERSON
	yes "its author answers" as "$2" change edit "$1" --under "Type of Change" --tick "New feature"
	yes "its author answers" as "$2" change edit "$1" --tick "Security implications reviewed"
	yes "its author answers" as "$2" change edit "$1" --tick "No sensitive data exposed"
	yes "its author answers" as "$2" change edit "$1" --tick "Rollback plan documented"
}
answers "$n" ann
good "$(at feature/super-engine-optimization)" "${entry[@]}"
asked 0 bob change review "$n" --approve
# the wrong turn: approve, then push again (C-07)
work faster engine "SuperEngine is faster still"
yes "another push" git push -q origin feature/super-engine-optimization
good "$(git rev-parse HEAD)" "${entry[@]}"
asked 8 ann feature finish
has "last-push"
asked 0 bob change review "$n" --approve
asked 0 ann feature finish
is "$(file develop:engine)" faster
gone feature/super-engine-optimization

# --- C:189, tags: a beta of what develop is, annotated, under the next number; it deploys nothing (C-02). A release is no tag of anybody (C-01)
git switch -q develop && git pull -q
asked 0 lead next 2.1.0
git tag -a -m "SuperEngine, to be tried" v2.1.0-beta.1
yes "a beta" git push -q "$(remote_of lead)" v2.1.0-beta.1
is "$(at v2.1.0-beta.1)" "$(at develop)"
git tag -a -m "Release v2.1.0" v2.1.0
before=$(refs)
no "a developer's release" git push -q origin --tags
has "tags.release.allow.create"
is "$(refs)" "$before"
no "nor anybody's on develop" git push -q "$(remote_of lead)" v2.1.0
has "tags.release.branches"
is "$(refs)" "$before"
git tag -d v2.1.0 >/dev/null
noted "production 2.1" && { out=$(cat "$notes"); fail "a beta went to production"; }

# --- C:470, a release: its branch and files (2.1.0 in VERSION, and no v, C-14), the gate of seven checks and of quality assurance, then merge, tag, deployment
# and the way back into develop as one act, where the document pushes what its own rules refuse (C-04)
asked 0 lena release start 2.1.0
is "$(file release/v2.1.0:VERSION)" 2.1.0
file release/v2.1.0:CHANGELOG.md | grep -q '2.1.0' || fail "no section"
n=$(number release/v2.1.0)
git switch -q main-production
git fetch -q && git merge -q --no-ff -m "Merge release/v2.1.0" origin/release/v2.1.0
before=$(refs)
no "the document's merge, before its approval" git push -q "$(remote_of lena)" main-production
has "push-is-merge"
git reset -q --hard origin/main-production
asked 8 lena release finish 2.1.0
has "0 of 2"
has "qa-tester"
has "docs-build"
good "$(at release/v2.1.0)" "${ship[@]}"
asked 0 ann change review "$n" --approve
asked 0 bob change review "$n" --approve
asked 8 lena release finish 2.1.0
has "qa-tester"
is "$(refs)" "$before"
asked 0 quinn change review "$n" --approve
asked 1 ann release finish 2.1.0
has "branches.main.allow.merge"
is "$(refs)" "$before"
asked 0 lena release finish 2.1.0
is "$(at v2.1.0)" "$(at main-production)"
is "$(git --git-dir="$bare" cat-file -t v2.1.0)" tag
is "$(file main-production:VERSION)" 2.1.0
in_history "$(at main-production)" develop
is "$(file develop:engine)" faster
await 60 noted "production 2.1.0 $(at main-production) --domain none" || { out=$(cat "$notes"; as lead env show production); fail "the release was not brought to production"; }
settled() { as lead env show production --repo acme/app --format json | jq -e '.under_way == null' >/dev/null; }
await 60 settled || fail "production does not settle"

# --- C:500, a hotfix: from production, two approvals as everything there, tag and deployment by its merge, and back into develop
git switch -q main-production && git pull -q
asked 2 ann hotfix start feature/critical-security-fix
asked 0 ann hotfix start hotfix/critical-security-fix
is "$(git rev-parse HEAD)" "$(at main-production)"
work safe fix "Close the hole"
asked 1 ann hotfix finish
has "branches.main.allow.merge"
n=$(number hotfix/critical-security-fix)
good "$(at hotfix/critical-security-fix)" docker-build security-scan performance-test "${entry[@]}"
asked 8 lena change merge "$n"
has "0 of 2"
asked 0 bob change review "$n" --approve
asked 0 lead change review "$n" --approve
asked 0 lena change merge "$n"
is "$(at v2.1.1)" "$(at main-production)"
is "$(file main-production:VERSION)" 2.1.1
hasnt "release/v2.1.0" # it is released: nothing more comes to it
# the version in its file was tested nowhere: develop gets it when its checks have seen what comes out
owed=sluice/back-merge/$n-into-develop
has "develop does not have it yet"
good "$(at "$owed")" "${entry[@]}"
await 30 landed "$owed" || { out=$(as lead status --repo acme/app); fail "what goes back did not land by itself"; }
gone "$owed"
is "$(file develop:fix)" safe
is "$(file develop:VERSION)" 2.1.1
in_history "$(at main-production)" develop
gone hotfix/critical-security-fix
asked 0 ann hotfix finish
is "$(git symbolic-ref --short HEAD)" main-production
is "$(git branch --list 'hotfix/*')" ""
await 60 noted "production 2.1.1 $(at main-production) --domain none" || { out=$(cat "$notes"; as lead env show production); fail "the hotfix was not brought to production"; }
await 60 settled || fail "production does not settle"

# --- C:531, going back to the version that was well there last, by who deploys, with the script of an emergency; no branch moves, and there is none for it (C-12)
asked 0 ann env show production
has "2.1.0"
before=$(refs)
"$sluice" token create --user dora --scope repo:write,deploy --home "$home" >"$home.tokens/dora" 2>/dev/null || fail "dora may not deploy"
"$sluice" token create --user ann --scope repo:write,deploy --home "$home" >"$home.tokens/ann" 2>/dev/null || fail "token of ann"
asked 1 ann rollback production
has "environments.production.allow.roll-back"
asked 0 dora rollback production --wait
noted "production 2.1.0 $(at v2.1.0) --version 2.1.0 --emergency" || { out=$(cat "$notes"); fail "production did not go back"; }
is "$(refs)" "$before"
no "a branch for it" git push -q "$(remote_of lead)" v2.1.0^{}:refs/heads/rollback/v2.1.0-emergency
has "rollback/v2.1.0-emergency"
is "$(refs)" "$before"

# --- C:754, who did what: not what one clone's reflog remembers, but what happened, by whom; refusals too, and nothing of it can be edited unseen
asked 0 lead audit log --repo acme/app --limit 500 --format json
for event in lena:release-published dora:deployment-asked ann:push-refused; do
	jq -e --arg who "${event%:*}" --arg kind "${event#*:}" '[.. | objects | select(.actor? == $who and .kind? == $kind)] | length > 0' <<<"$out" >/dev/null || fail "the log has no $event"
done
await 30 audit_verifies lead || fail "the log does not verify"
