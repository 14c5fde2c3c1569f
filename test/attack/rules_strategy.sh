#!/usr/bin/env bash
# Past the rules by changing them, by reporting what a runner should, by an emergency that is none, by a page of another site.
# Requirement: BR-3, PR-6, RC-5
# Timeout: 300
. "$(dirname "$0")/../scenario/lib.sh"
. "$(dirname "$0")/rules.lib.sh"
rules_begin 'emergency: {by: [lead], from: [hotfix], into: [main], require: {approvals: 0, checks: []}, expires: 2s, follow-up: {retrospective: 5d}}'

# --- the file in force is the one on main: a change cannot loosen what it is judged by
file=.sluice/strategy.yml
loose() { sed -i 's/approvals: 1/approvals: 0/g; s/checks: \[unit\]/checks: []/g; s/last-push-approval: true/last-push-approval: false/' "$c/$file"; }
branch hotfix/loose main
loose
git -C "$c" add -A && git -C "$c" commit -qm "fix: rules" || fail "commit"
yes "the branch may say so" git -C "$c" push -q origin hotfix/loose
open_change hotfix/loose main
loose_change=$number
may_not_merge "by the rules that it brings" "approvals"
refused "pushed as a merge" "approvals" git -C "$c" push origin "$(git -C "$c" commit-tree -p "$(tip main)" -p HEAD -m merge "HEAD^{tree}"):refs/heads/main"
refused "the rules, and what they would allow, in one push" "allow.push" git -C "$c" push origin "HEAD:refs/heads/main" "HEAD:refs/heads/develop"
as lead
forbidden "another file as the one in force" "" "4??" POST /api/sluice/repos/acme/app/strategy/accept '{"what":"acme/other:.sluice/strategy.yml"}'
forbidden "the file as it was" "" "4??" POST /api/sluice/repos/acme/app/strategy/restore '{}'
as ann

# --- what is on main must be a strategy
while IFS='|' read -r what mode text; do
	git -C "$c" checkout -q -f -B hotfix/broken origin/main
	blob=$(printf '%b' "$text" | git -C "$c" hash-object -w --stdin)
	inner=$(printf '%s blob %s\tstrategy.yml\n' "$mode" "$blob" | git -C "$c" mktree)
	tree=$({ git -C "$c" ls-tree HEAD | grep -v '\.sluice'; printf '040000 tree %s\t.sluice\n' "$inner"; } | git -C "$c" mktree)
	git -C "$c" update-ref refs/heads/hotfix/broken "$(git -C "$c" commit-tree -p origin/main -m "fix: $what" "$tree")"
	yes "$what: push" git -C "$c" push -q -f origin hotfix/broken
	number=
	http "20?" GET "$api/pulls?state=open&head=acme:hotfix/broken"
	number=$(sed -n 's/.*"number": *\([0-9]*\).*/\1/p' <<<"$out")
	[ -n "$number" ] || open_change hotfix/broken main
	approve bob
	green "$(tip hotfix/broken)"
	may_not_merge "$what" '"rule":"strategy"'
	refused "$what, by a push" "strategy.yml" git -C "$c" push origin "$(git -C "$c" commit-tree -p "$(tip main)" -p hotfix/broken -m merge "$tree"):refs/heads/main"
done <<'END'
a link to another file|120000|../loose.yml
a link out of the repository|120000|/etc/passwd
an empty file|100644|
no YAML|100644|: : :\n\t- [
a list|100644|- strategy: 1\n
a version that is none|100644|strategy: 2\n
bytes|100644|\0\0\0\0
an alias|100644|a: &a [x]\nb: *a\nstrategy: 1\n
a key twice|100644|strategy: 1\nstrategy: 1\n
a key that is none|100644|strategy: 1\nenforcment: disabled\n
a branch that is everything twice|100644|strategy: 1\nbranches: {a: {match: "**"}, b: {match: "*"}}\n
a secret's path|100644|strategy: 1\nbranches: {main: {type: production}}\nextends: ../../../keys/audit.seed\n
another repository's file that nobody accepted|100644|strategy: 1\nextends: [acme/other:.sluice/strategy.yml]\n
END
http 200 PATCH "$api/pulls/$number" '{"state":"closed"}'
number=$loose_change
approve bob
green "$(tip hotfix/loose)"
may_merge "reviewed, the new rules come"

# --- checks: only who may report does, on the commit that lands, under the name that is meant
branch hotfix/strict main
sed -i 's/approvals: 0, checks: \[\], dismiss/approvals: 1, checks: [unit], dismiss/' "$c/$file"
git -C "$c" add -A && git -C "$c" commit -qm "fix: strict again" || fail "commit"
yes "push" git -C "$c" push -q origin hotfix/strict
open_change hotfix/strict main
may_merge "by the rules of now, which ask for nothing"
branch hotfix/checked main
head=$(tip hotfix/checked)
open_change hotfix/checked main
approve bob
may_not_merge "unchecked" "checks.unit"
for name in ann lead root; do
	as $name
	forbidden "a report by $name" "allow.report" "4??" POST "$api/statuses/$head" '{"context":"unit","state":"success"}'
	forbidden "a check run by $name" "allow.report" "4??" POST $api/check-runs "{\"name\":\"unit\",\"head_sha\":\"$head\",\"status\":\"completed\",\"conclusion\":\"success\"}"
done
as ann
refused "a report by the command" "allow.report" "$sluice" commit status "$head" --context unit --state success --repo acme/app --home "$home" --as ann
for context in Unit UNIT ' unit' 'unit ' 'units' 'unit\u200b' 'ci/unit'; do
	curl -s -o /dev/null -X POST -H "Authorization: Bearer $(cat "$home.tokens/ann")" -d "{\"context\":\"$context\",\"state\":\"success\"}" "$url$api/statuses/$head"
	may_not_merge "checked as '$context'" "checks.unit"
done
http 201 POST $api/check-runs "{\"name\":\"mine\",\"head_sha\":\"$head\",\"status\":\"completed\",\"conclusion\":\"success\"}"
run=$(sed 's/^{"id": *\([0-9]*\).*/\1/' <<<"$out")
forbidden "a run that takes the check's name" "allow.report" "4??" PATCH "$api/check-runs/$run" '{"name":"unit"}'
as ci
http 201 POST "$api/statuses/$(tip main)" '{"context":"unit","state":"success"}'
for state in pending failure error; do
	as ci
	http 201 POST "$api/statuses/$head" "{\"context\":\"unit\",\"state\":\"$state\"}"
	as ann
	may_not_merge "$state" "checks.unit"
done
for conclusion in neutral skipped cancelled timed_out action_required stale; do
	as ci
	http 201 POST $api/check-runs "{\"name\":\"unit\",\"head_sha\":\"$head\",\"status\":\"completed\",\"conclusion\":\"$conclusion\"}"
	as ann
	may_not_merge "$conclusion" "checks.unit"
done
green "$head"
as ci
http 201 POST $api/check-runs "{\"name\":\"unit\",\"head_sha\":\"$head\",\"status\":\"completed\",\"conclusion\":\"success\",\"completed_at\":\"2999-01-01T00:00:00Z\"}"
http 201 POST "$api/statuses/$head" '{"context":"unit","state":"failure"}'
as ann
may_not_merge "red after a green of a far future" "checks.unit"
green "$head"
may_merge "green, as the runner said"

# --- emergencies
branch hotfix/fire main
open_change hotfix/fire main
fire=$number
emergency() { forbidden "$1" "$2" "4??" POST "/api/sluice/repos/acme/app/changes/$number/emergency" "$3"; }
emergency "declared by somebody who may not" "emergency.by" '{"reason":"it burns"}'
as lead
emergency "without a reason" "reason" '{}'
emergency "with a reason of blanks" "reason" '{"reason":" \t\n"}'
as ann
branch feature/fire develop
open_change feature/fire develop
as lead
emergency "for a way that it is not for" "emergency.from" '{"reason":"it burns"}'
number=$fire
http 20? POST "/api/sluice/repos/acme/app/changes/$number/emergency" '{"reason":"it burns"}'
end=$((SECONDS + 3))
await 20 eval '[ $SECONDS -gt $end ]'
may_not_merge "an emergency that is over" "approvals"
http 20? POST "/api/sluice/repos/acme/app/changes/$number/emergency" '{"reason":"it burns again"}'
may_merge "while it lasts"

# --- the pages: a session acts only from its own forms, and only while its person may
branch feature/page develop
open_change feature/page develop
page=/acme/app/changes/$number
jar=$test_dir/jar
sign_in() { [ "$(curl -s -o /dev/null -w '%{http_code}' -c "$jar" "$url/sign-in" --data-urlencode "token=$(cat "$home.tokens/$1")")" = 303 ] || fail "sign in"; }
form() { # STATUS PATH [CURL ARGUMENT ...]
	local want=$1 at=$2 got
	shift 2
	got=$(curl -s -o "$test_dir/answer" -w '%{http_code}' -b "$jar" -X POST "$url$at" "$@")
	out=$(cat "$test_dir/answer")
	# shellcheck disable=SC2254
	case $got in $want) ;; *) fail "POST $at $*: $got, not $want" ;; esac
}
csrf_of() { curl -s -b "$jar" "$url$page" | sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' | head -n 1; }
sign_in ann
anns=$(csrf_of)
sign_in bob
was=$(state)
form "4??" "$page" -d do=approve -d "head=$(tip feature/page)"
form "4??" "$page" -d do=approve -d "head=$(tip feature/page)" -d "csrf="
form "4??" "$page" -d do=approve -d "head=$(tip feature/page)" -d "csrf=$anns"
form "4??" "$page" -d do=approve -d "head=$(tip feature/page)" -d "csrf=$(csrf_of)" -H 'Origin: https://evil.example'
form "4??" "$page" -d do=approve -d "head=$(tip feature/page)" -d "csrf=$(csrf_of)" -H 'Sec-Fetch-Site: cross-site'
form "4??" "$page" -d do=merge -d "head=$(tip feature/page)" -d "csrf=$anns"
form "4??" "$api/pulls/$number/reviews" -d '{"event":"APPROVE"}'
form "4??" "$page?csrf=$(csrf_of)" -d do=approve -d "head=$(tip feature/page)"
[ "$(state)" = "$was" ] || fail "a form of another page did something"
[ "$(curl -s -o /dev/null -w '%{http_code}' -b "$jar" "$url$page")" = 200 ] || fail "bob reads the page"
yes "disable" "$sluice" user disable bob --home "$home"
was=$(state)
form "4??" "$page" -d do=approve -d "head=$(tip feature/page)" -d "csrf=$(csrf_of)"
[ "$(curl -s -o /dev/null -w '%{http_code}' -b "$jar" "$url$page")" = 404 ] || fail "a disabled person's session reads on"
[ "$(state)" = "$was" ] || fail "a disabled person's session did something"
yes "enable" "$sluice" user enable bob --home "$home"
[ "$(curl -s -o /dev/null -w '%{http_code}' -b "$jar" "$url$page")" = 404 ] || fail "the session came back with the person"
sign_in bob
yes "take the role" "$sluice" role revoke bob write --repo acme/app --home "$home"
[ "$(curl -s -o /dev/null -w '%{http_code}' -b "$jar" "$url$page")" = 404 ] || fail "a session without a role reads on"
yes "give it back" "$sluice" role grant bob write --repo acme/app --home "$home"
form "4??" "$page" -d do=approve -d "head=$(tip main)" -d "csrf=$(csrf_of)"
form "30?" "$page" -d do=approve -d "head=$(tip feature/page)" -d "csrf=$(csrf_of)"
as ann
may_merge "approved by the page's own form"
rules_end
