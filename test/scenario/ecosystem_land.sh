#!/usr/bin/env bash
# One release of two repositories of a server, as the API has it: prepared, landed in one act or not at all, deployed in order when it is complete.
# Requirement: RL-7, DP-1
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/ecosystem_server.lib.sh"
server_start
person lead
person ann
NOTES=$test_dir/notes
: >"$NOTES"
for r in auth app; do mkdir -p "$home/secrets/acme/$r" && echo "$NOTES" >"$home/secrets/acme/$r/NOTES"; done
two 'environments: {production: {from: main, on: {tag: release}, via: note, secrets: [NOTES]}}
drivers: {note: {run: '"'"'[ "$SLUICE_VERSION" != 1.0.0 ] || exit 0; echo "begin $SLUICE_VERSION $SLUICE_COMMIT" >>"$NOTES"; [ -e "$NOTES.go" ] || sleep 0.3; echo "end $SLUICE_COMMIT" >>"$NOTES"'"'"'}}
secrets: [NOTES]'
s() { "$sluice" "$@" --home "$home" --as lead; }
ended() { [ "$(grep -c '^end' "$NOTES")" = 2 ]; }

# --- nothing is begun: said of each, and nothing moves
post 200 prepare
has "sluice release start 1.1.0"
for r in auth app; do yes "begun" s release start 1.1.0 --repo "acme/$r"; done
before=$(all)

# --- prepared: nothing has moved; a dry run of landing neither
post 200 prepare
is "$(jq -r '[.members[].state] | join(" ")' <<<"$out")" "ready ready"
post 200 land '"dry_run":true'
is "$(all)" "$before"
is "$(curl -s -o /dev/null -w '%{http_code}' -X POST -H 'Content-Type: application/json' -d '{}' "$url/api/sluice/ecosystem/land")" 401
http 422 POST /api/sluice/ecosystem/land '{"version":"1.1.0"}'
has "members is missing"
http 422 POST /api/sluice/ecosystem/land '{"version":"1.1.0","members":[{"repo":"acme/app"},{"repo":"acme/app"}]}'
has "named twice"
http 404 POST /api/sluice/ecosystem/land '{"version":"1.1.0","members":[{"repo":"acme/none"}]}'
post 409 complete
has "has not landed there yet"
is "$(all)" "$before"

# --- a tag that is taken in one of them: none lands
git -C "$test_dir/app" tag -a -m taken v1.1.0-ecosystem origin/main && yes "the tag" git -C "$test_dir/app" push -q origin v1.1.0-ecosystem
before=$(all)
post 409 land
has "acme/app: The tag v1.1.0-ecosystem is there already"
has "Nothing has landed in any of the 2"
is "$(all)" "$before"
git --git-dir="$home/repos/acme/app.git" update-ref -d refs/tags/v1.1.0-ecosystem

# --- a head that is another one than was prepared
plain=$members
members='[{"repo":"acme/auth"},{"repo":"acme/app","head":"'$(tip app main)'"}]'
before=$(all)
post 409 land
has "look again"
is "$(all)" "$before"
members=$plain

# --- landed: both merges in one act, each tagged as a release; nothing is deployed before it is complete
post 200 land
is "$(jq -r '[.members[].state] | join(" ")' <<<"$out")" "landed landed"
for r in auth app; do
	is "$(tip $r refs/tags/v1.1.0^{})" "$(tip $r refs/heads/main)"
	is "$(tip $r refs/tags/v1.1.0-ecosystem)" ""
	is "$(tip $r refs/heads/release/v1.1.0)" ""
done
held() { "$sluice" env show production --repo "acme/$1" --home "$home" --format json | grep -q "has not landed in all repositories"; }
await 30 held auth || { out=$("$sluice" env show production --repo acme/auth --home "$home" --format json); fail "the deployment of auth is not held"; }
await 30 held app || fail "the deployment of app is not held"
is "$(cat "$NOTES")" ""
after=$(all)
post 200 land
post 200 prepare
is "$(all)" "$after"

# --- who may only read lets nothing go
"$sluice" role revoke ann write --repo acme/app --home "$home" >/dev/null 2>&1 && yes "the role" "$sluice" role grant ann read --repo acme/app --home "$home"
who=ann
post 403 complete
post 403 complete '"alone":true'
post 403 land
who=lead
held app || fail "a deployment was let go by a reader"

# --- complete: the tags in both, the deployments one after the other; once more does nothing
post 200 complete
for r in auth app; do
	is "$(tip $r refs/tags/v1.1.0-ecosystem^{})" "$(tip $r refs/heads/main)"
done
git --git-dir="$home/repos/acme/auth.git" cat-file -p v1.1.0-ecosystem | grep -q "in this order" || fail "the tag does not say the order"
await 60 ended || { out=$(cat "$NOTES"); fail "not deployed"; }
is "$(cut -d' ' -f1 "$NOTES" | tr '\n' ' ')" "begin end begin end "
is "$(sed -n 1p "$NOTES")" "begin 1.1.0 $(tip auth main)"
after=$(all)
post 200 complete
is "$(all)" "$after"
for r in auth app; do
	yes "the log of $r" s audit log --repo "acme/$r" --limit 100
	is "$(grep -oE 'ecosystem-(landed|completed|given-up)' <<<"$out" | tr '\n' ' ')" "ecosystem-completed ecosystem-landed "
done
yes "the log verifies" audit_verifies lead
exit 0
