#!/usr/bin/env bash
# With a real server and real git: why a change cannot be merged, what opens each rule, the merge by push, the emergency.
# Requirement: PR-1, PR-3, RC-5, BR-3
. "$(dirname "$0")/lib.sh"

cat >"$test_dir/strategy.yml" <<'Y'
strategy: 1
files: {forbid: [.env]}
branches:
  main: {type: production, allow: {create: maintain}, require: {approvals: 1, checks: [unit], threads-resolved: false}}
  feature: {match: "feature/{name}", type: work, base: main, into: {main: {method: merge}}}
  hotfix: {match: "hotfix/{name}", type: hotfix, base: main, after-merge: delete, into: {main: {method: merge}}}
checks: {unit: {on: {change: main}}}
emergency: {by: maintain, from: hotfix, into: main, require: {approvals: 0}, expires: 4h, follow-up: {retrospective: 5d}}
Y
repo "$test_dir/strategy.yml"
person ann write
person bob write
person max maintain
server_start
ask() { # PERSON COMMAND…
	local who=$1
	shift
	SLUICE_SERVER=$url SLUICE_TOKEN=$(cat "$home.tokens/$who") "$sluice" "$@" --repo acme/app
}
exits() { # WANTED PERSON COMMAND…
	local want=$1 got=0
	shift
	out=$(ask "$@" 2>&1) || got=$?
	[ "$got" = "$want" ] || fail "$*: exit code $got, not $want"
}

clone_as max "$test_dir/max"
git -C "$test_dir/max" checkout -q -B main
commit "$test_dir/max" a 1 "chore: begin"
yes "max makes main" git -C "$test_dir/max" push -q origin main
clone_as ann "$test_dir/ann"
git -C "$test_dir/ann" checkout -q -b feature/x
commit "$test_dir/ann" b 1 "feat: b"
yes "ann pushes a feature" git -C "$test_dir/ann" push -q origin feature/x

# A push to main is refused, with the reason, the place and the way, in lines that fit.
no "a push to main" git -C "$test_dir/ann" push origin feature/x:main
has "branches.main.allow.push"
has "sluice change open feature/x --into main"
while IFS= read -r line; do
	line=${line%"${line##*[! ]}"} # git pads what a server says
	case $line in remote:*) line=${line#remote: }; [ ${#line} -le 72 ] || fail "a line of ${#line} columns: $line" ;; esac
done <<<"$out"

# Why not yet: each rule with what opens it; 8 is "not yet".
yes "a change" ask ann change open feature/x --into main --title "feat: b"
exits 8 max why merge 1
has "branches.main.require.approvals"
has "branches.main.require.checks.unit"
has "sluice change review 1 --approve"
exits 1 ann why merge 1
has "branches.main.allow.merge"
git -C "$test_dir/max" fetch -q origin
yes "git merge" git -C "$test_dir/max" merge -q --no-ff -m "merge" origin/feature/x
no "the merge by push, too early" git -C "$test_dir/max" push -q origin main
has "push-is-merge"
has "branches.main.require.approvals"
yes "bob approves" ask bob change review 1 --approve
sha=$(git -C "$test_dir/ann" rev-parse feature/x)
yes "ci reports" ask bob commit status "$sha" --context unit --state success
exits 0 max why merge 1
has "allow"
exits 0 max why merge 1 --format json
has '"verdict": "allow"'

# The documents' way: git merge, git push.
yes "git push of the merge" git -C "$test_dir/max" push -q origin main
yes "the change is merged by it" ask max change show 1
has "merged"

# The one way round: not for a feature, not without a reason, by whom it names, with what it takes in place.
git -C "$test_dir/ann" fetch -q origin && git -C "$test_dir/ann" checkout -q -b hotfix/y origin/main
commit "$test_dir/ann" a 2 "fix: a"
yes "ann pushes a hotfix" git -C "$test_dir/ann" push -q origin hotfix/y
yes "a change" ask ann change open hotfix/y --into main --title "fix: a"
exits 8 max why merge 2
exits 2 max change emergency 2
exits 1 ann change emergency 2 --reason "it burns"
has "emergency.by"
yes "max declares it" ask max change emergency 2 --reason "it burns"
exits 0 max why merge 2 --all
has "overridden"
has "it burns"
yes "max merges" ask max change merge 2
echo ok
