#!/usr/bin/env bash
# A rule's no is the same everywhere: exit code 1 or 8 with the rule, an event with the verdict, said once; and what acts can be
# asked first with --dry-run, which changes nothing.
# Requirement: PR-6, RC-3, DP-5
. "$(dirname "$0")/lib.sh"

cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
branches:
  main: {type: production, allow: {push: admin}, require: {approvals: 1, checks: all, boxes: ["I have read it"]}}
  dev: {type: integration, base: main, allow: {push: admin}}
  feature: {match: "feature/{name}", type: work, base: main}
  release: {match: "release/v{version}", type: release, base: dev, into: {main: {method: merge, tag: full}}}
tags: {full: {match: "v{version}", type: release, branches: main}}
checks:
  tests: {on: {change: [main]}, allow: {report: "@ci"}}
  audit: {on: {change: {label: sec}}}
environments:
  sick: {from: main, via: {run: "false"}}
  prod: {from: main, via: {run: "true"}, allow: {deploy: maintain}}
YML
server_start
repo "$test_dir/strategy.yml"
person lead admin
person bob write
person ci write
for who in lead bob; do "$sluice" token create --user $who --scope repo:write,deploy,admin --home "$home" >"$home.tokens/$who" 2>/dev/null || fail "token create"; done
export SLUICE_SERVER=$url
refused() { as lead audit log --kind refused --format json | jq length; }
newest() { as lead audit log --format json | jq '[.[].seq] | max'; }
# A dry run: the exit code that the act would have, words that say so, and not one event more.
dry() { # CODE WORDS COMMAND ...
	local want=$1 words=$2 before
	before=$(newest)$(refs)
	shift 2
	code "$want" "$@" --dry-run
	has "$words"
	[ "$(newest)$(refs)" = "$before" ] || fail "$*: a dry run changed something"
}
git init -q "$test_dir/seed"
commit "$test_dir/seed" a 1 "feat: begin"
yes "main" git -C "$test_dir/seed" push -q "$(remote_of lead)" main
yes "dev" git -C "$test_dir/seed" push -q "$(remote_of lead)" main:dev
commit "$test_dir/seed" b 1 "feat: more"
yes "dev goes on" git -C "$test_dir/seed" push -q "$(remote_of lead)" main:dev
clone_as bob "$test_dir/bob"
d=$test_dir/bob
git -C "$d" checkout -q -b feature/x
commit "$d" x 1 "feat: x"
yes "a feature" git -C "$d" push -q origin feature/x
head=$(git -C "$d" rev-parse HEAD)

# --- who signs in at the page leaves an event, and once more within the hour none
signed_in() { "$sluice" audit log --on-server --kind signed-in --home "$home" --format json | jq -c 'map(.actor)'; }
for _ in 1 2 3; do curl -sf -o /dev/null "$url/sign-in" --data-urlencode "token=$(cat "$home.tokens/bob")" || fail "sign in"; done
curl -s -o /dev/null "$url/sign-in" --data-urlencode "token=slu_nothing"
[ "$(signed_in)" = '["bob"]' ] || { out=$(signed_in); fail "the events of signing in"; }

# --- a change
dry 0 "would be opened" as bob change open feature/x --title "feat: x"
yes "open" as bob change open feature/x --title "feat: x"
dry 1 "change.author" as bob change review 1 --approve
dry 0 "nothing has changed" as lead change review 1 --approve
before=$(refused)
code 1 as bob change review 1 --approve
has "change.author"
[ "$(refused)" = $((before + 1)) ] || fail "a refused review leaves no event"
code 1 as bob change review 1 --approve
[ "$(refused)" = $((before + 1)) ] || fail "the same refusal is written again"
code 8 as lead change merge 1
[ "$(refused)" = $((before + 2)) ] || fail "a refused merge leaves no event"
out=$(as lead audit log --kind refused --format json | jq -c '[.[] | [.actor, .change, .data.act, .data.verdict.verdict]] | sort')
[ "$out" = '[["bob",1,"approve","deny"],["lead",1,"merge","wait"]]' ] || fail "what the events say"
dry 0 "nothing has changed" as bob change close 1

# --- what a person is told to type to open a row opens it; labels are whole words
why() { out=$(as lead why merge 1 --format json); out=$(jq -c ".rules[] | select(.rule | test(\"$1\")) | [.state, .remedy]" <<<"$out"); }
why boxes
has '"waiting","sluice change edit 1 --tick'
dry 0 "nothing has changed" as bob change edit 1 --tick "I have read it"
yes "tick it" as bob change edit 1 --tick "I have read it" --title "feat: the x"
why boxes
has '"passed"'
code 2 as bob change edit 1
yes "a label that only begins so" as bob change edit 1 --label security
why checks.audit
[ -z "$out" ] || fail "part of a label is taken for it"
yes "a label" as bob change edit 1 --label sec --label more --no-label security
why checks.audit
has '"waiting"'
out=$(as lead audit log --kind change-edited --format json | jq -r 'max_by(.seq).data.labels')
[ "$out" = sec,more ] || fail "the labels in the event"
yes "off again" as bob change edit 1 --no-label sec

# --- a thread
thread=$(curl -sf -u "lead:$(cat "$home.tokens/lead")" -d '{"body": "why?", "thread": true}' "$url/api/v3/repos/acme/app/issues/1/comments" | jq .thread)
why threads-resolved
[ "$out" = '["waiting","sluice change resolve 1 THREAD"]' ] || fail "the remedy of a thread"
yes "it is listed" as bob change show 1
has "$thread lead"
yes "resolved" as bob change resolve 1 "$thread"
why threads-resolved
has '"passed"'

# --- a report
code 1 as bob commit status "$head" --context tests --state success
has "checks.tests.allow.report"
dry 0 "nothing has changed" as ci commit status "$head" --context tests --state success
yes "its check" as ci commit status "$head" --context tests --state success
yes "approved" as lead change review 1 --approve

# --- why was this allowed: the verdict by which it landed stays with it
yes "merged" as lead change merge 1
out=$(curl -sf -u "lead:$(cat "$home.tokens/lead")" "$url/acme/app/changes/1.json" | jq -c '[.state, .verdict.verdict, (.verdict.rules | map(.rule) | index("branches.main.require.approvals") != null)]')
[ "$out" = '["merged","allow",true]' ] || fail "the verdict of a merged change"
out=$(curl -sf -u "lead:$(cat "$home.tokens/lead")" "$url/acme/app/changes/1")
has "The rules by which it was merged"
has "branches.main.require.approvals"

# --- an environment
code 1 as bob deploy prod --version main
has "environments.prod.allow.deploy"
dry 1 "environments.prod.allow.deploy" as bob deploy prod --version main
code 1 as bob env clear prod 1.0.0
has "environments.prod.allow.deploy"
dry 1 "environments.prod.allow.deploy" as bob env stop prod
yes "nothing there" as lead env show prod
has "Nothing was deployed to prod yet"
hasnt DEPLOYMENT
dry 0 "would go to prod" as lead deploy prod --version main
out=$(as lead env show prod --format json | jq '.deployments | length')
[ "$out" = 0 ] || fail "a dry run was stored"
# a first deployment that fails has no traffic, and nothing was rolled back
no "it fails" as lead deploy sick --version main --wait
hasnt "100 %"
out=$(as lead audit log --format json | jq -c '[.[] | select(.data.environment == "sick") | .kind] | sort')
[ "$out" = '["deploy-failed","deployment-asked","deployment-begun"]' ] || fail "the events of a first deployment that fails"
yes "deploy" as lead deploy prod --version main --wait
dry 0 "would be ended" as lead env stop prod
dry 2 "go back" as lead rollback prod

# --- short addresses have their JSON, and a strategy without a name is named by its file
out=$(curl -sfL -u "lead:$(cat "$home.tokens/lead")" "$url/strategy.json" | jq -r type)
[ "$out" = object ] || fail "/strategy.json"
out=$(curl -sf -u "lead:$(cat "$home.tokens/lead")" "$url/")
hasnt "Strategy: </p>"

# --- a release
code 1 as bob release start 0.1.0
has "branches.release.allow.create"
yes "start" as lead release start 0.1.0
dry 0 "taken back" as lead undo
dry 2 "No operation is under way" as lead abort
dry 2 "No operation is under way" as lead continue
out=$(as lead audit log --kind refused --format json | jq -c '[.[] | .data.act] | sort | unique')
[ "$out" = '["approve","create","deploy","merge","report"]' ] || fail "what was refused is in the log"
yes "the log says of each what was refused, and where" as lead audit log --kind refused
grep -qE ' refused: deploy +prod$' <<<"$out" || fail "what was refused, and where"
grep -qE ' refused: create +release/v0.1.0$' <<<"$out" || fail "what was refused, and where"
code 2 as lead user list --dry-run

# --- no scope: not a rule's no
code 4 as ci deploy prod --version main
has "needs deploy"
yes "audit" audit_verifies lead
exit 0
