#!/usr/bin/env bash
# An environment's approvals: those of the change that brought the commit, and those given for the deployment itself; never one's own.
# Requirement: DP-1, GT-3
. "$(dirname "$0")/lib.sh"
cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
roles: {devops: write}
branches:
  main: {type: production, require: {approvals: 0, checks: [], last-push-approval: false}, allow: {create: write, merge: write}}
  feature: {match: "feature/{name}", type: work, base: main}
environments:
  production: {from: main, on: {merge: main}, allow: {deploy: write}, require: {approvals: {devops: 1}}, via: {run: "true"}}
YML
server_start
repo "$test_dir/strategy.yml"
person ann write
person eve write
person dev devops
person don devops
for who in ann eve dev don; do
	"$sluice" token create --user $who --scope repo:write,deploy --home "$home" >"$home.tokens/$who" 2>/dev/null || fail "token"
done
c=$test_dir/c
clone_as ann "$c"
commit "$c" a 0 "feat: start"
yes "start" git -C "$c" push -q origin HEAD:main
feature() { # NAME: open; the change's number in $n
	git -C "$c" checkout -q -b "feature/$1" main
	commit "$c" "$1" 1 "feat: $1"
	git -C "$c" push -q origin "feature/$1" 2>/dev/null || fail "push $1"
	n=$(as ann change open "feature/$1" --into main --title "feat: $1" -q) || fail "open $1"
}
main() { git --git-dir="$home/repos/acme/app.git" rev-parse main; }
state() { as ann env show production --format json | jq -r --arg c "$(main)" '[.deployments[] | select(.commit == $c)][0].state // "none"'; }
is() { [ "$(state)" = "$1" ]; }

# approved by one of devops before the merge: it goes out by itself
feature one
yes "approve" as dev change review "$n" --approve
yes "merge" as ann change merge "$n"
await 20 is success || fail "the approved change is not deployed: $(state)"

# not approved: it waits, and says for whom; a word of somebody else, or of another role, opens nothing
git -C "$c" fetch -q && git -C "$c" checkout -q -B main origin/main
feature two
yes "merge" as don change merge "$n"
await 20 is waiting || fail "it does not wait: $(state)"
no "deploy" as ann deploy production
has "approvals.devops"
has "sluice env approve production"
remedy=$(grep -o "sluice env approve production [0-9a-f]*" <<<"$out" | head -n 1)
yes "a dry run" as dev env approve production "$(main)" --dry-run
yes "another role" as eve env approve production "$(main)"
yes "his own deployment" as don env approve production "$(main)"
sleep_until=$((SECONDS + 7))
while [ $SECONDS -lt $sleep_until ]; do is waiting || fail "it went out: $(state)"; pause 0.3; done
yes "one of devops, by the command that was named" as dev ${remedy#sluice } # as it stands
await 20 is success || fail "the approved deployment does not go on: $(state)"
yes "the log tells" as ann audit log --format json
has deployment-approved
echo "approvals of the change and of the deployment count"
