#!/usr/bin/env bash
# What a push or a merge was judged by is taken away before it lands: nothing lands. The same push without that lands.
# Requirement: PR-6, BR-3
# Timeout: 300
. "$(dirname "$0")/../scenario/lib.sh"

cat >"$test_dir/strategy.yml" <<'END'
strategy: 1
branches:
  main: {type: production, allow: {create: admin, merge: write}, require: {approvals: 1, checks: [unit], up-to-date: false}}
  feature: {match: "feature/{name}", type: work, base: main, into: {main: {method: merge}}}
checks: {unit: {on: {change: main}, allow: {report: "@ci"}}}
END
export SLUICE_FAULT=
server_start
repo "$test_dir/strategy.yml"
person ann maintain
person bob write
person eve write
person ci write
person root admin
clone_as root "$test_dir/c"
c=$test_dir/c
commit "$c" a 0 "feat: start"
yes "first push" git -C "$c" push -q origin HEAD:main
clone_as eve "$test_dir/e"
e=$test_dir/e
n=0

# A change by eve, approved by bob, its check green; $number and $merge (a local merge of it)
change() {
	local head
	n=$((n + 1))
	yes "fetch" git -C "$e" fetch -q origin
	git -C "$e" checkout -q -B "feature/x$n" origin/main
	commit "$e" "x$n" 1 "feat: x$n"
	yes "push of x$n" git -C "$e" push -q origin "feature/x$n"
	head=$(git -C "$e" rev-parse HEAD)
	who=eve
	http 201 POST /api/v3/repos/acme/app/pulls "{\"title\":\"x$n\",\"head\":\"feature/x$n\",\"base\":\"main\"}"
	number=$(sed 's/.*"number": *\([0-9]*\).*/\1/' <<<"$out")
	who=ci
	http 201 POST "/api/v3/repos/acme/app/statuses/$head" '{"context":"unit","state":"success"}'
	who=bob
	http 200 POST "/api/v3/repos/acme/app/pulls/$number/reviews" '{"event":"APPROVE"}'
	review=$(sed 's/^{"id": *\([0-9]*\).*/\1/' <<<"$out")
	git -C "$e" checkout -q -B landing origin/main
	git -C "$e" merge -q --no-ff -m "merge x$n" "feature/x$n" || fail "merge"
	merge=$(git -C "$e" rev-parse HEAD)
}
by_push() { git -C "$e" push origin "$merge:refs/heads/main"; }
by_merge() { curl -s --fail-with-body --max-time 60 -X PUT -H "Authorization: Bearer $(cat "$home.tokens/eve")" -d '{}' "$url/api/v3/repos/acme/app/pulls/$number/merge"; }
# From `begun` on no other ref of the repository moves; what the database has may still change.
# The landing, by $way, stops at $point; the command is done; then it goes on.
race() { # WHAT yes|no WORDS COMMAND ...
	local what=$1 want=$2 words=$3 pid rc
	shift 3
	change
	: >"$test_dir/gate"
	before=$(refs)
	by_$way >"$test_dir/said" 2>&1 &
	pid=$!
	await 30 test -e "$test_dir/gate.reached" || fail "$what: the push did not come to $point: $(cat "$test_dir/said")"
	"$@"
	rm "$test_dir/gate.reached"
	wait $pid
	rc=$?
	out=$(cat "$test_dir/said")
	if [ "$want" = yes ]; then
		[ $rc = 0 ] || fail "$what, by $way at $point: refused"
		[ "$(git --git-dir="$home/repos/acme/app.git" rev-parse "main^2")" = "$(git -C "$e" rev-parse "feature/x$n")" ] || fail "$what, by $way at $point: it did not land"
	else
		[ $rc != 0 ] || fail "$what, by $way at $point: it went through"
		has "$words"
		[ "$(refs | grep -v feature/)" = "$(grep -v feature/ <<<"$before")" ] || fail "$what, by $way at $point: something moved"
	fi
}
dismiss() {
	who=ann
	http 200 PUT "/api/v3/repos/acme/app/pulls/$number/reviews/$review/dismissals" '{"message":"looked again"}'
}
object() {
	who=ann
	http 200 POST "/api/v3/repos/acme/app/pulls/$number/reviews" '{"event":"REQUEST_CHANGES","body":"no"}'
}
red() {
	who=ci
	http 201 POST "/api/v3/repos/acme/app/statuses/$(git -C "$e" rev-parse "feature/x$n")" '{"context":"unit","state":"failure"}'
}
other_head() {
	git -C "$e" checkout -q "feature/x$n" && commit "$e" "y$n" 1 "feat: y$n"
	yes "another push" git -C "$e" push -q origin "feature/x$n"
}
close_it() {
	who=eve
	http 200 PATCH "/api/v3/repos/acme/app/pulls/$number" '{"state":"closed"}'
}
nothing() { :; }
revoke() {
	local id
	id=$("$sluice" token list --user eve --home "$home" --format json | sed -n 's/.*"id": *\([0-9]*\).*/\1/p' | tail -n 1)
	yes "revoke" "$sluice" token revoke "$id" --home "$home"
}
disable() { yes "disable" "$sluice" user disable eve --home "$home"; }
ungrant() { yes "take the role" "$sluice" role revoke eve write --repo acme/app --home "$home"; }
unread_approver() { yes "take the approver's role" "$sluice" role revoke bob write --repo acme/app --home "$home"; }
again() { # eve may again
	"$sluice" user enable eve --home "$home" >/dev/null 2>&1
	"$sluice" role grant eve write --repo acme/app --home "$home" >/dev/null 2>&1
	"$sluice" role grant bob write --repo acme/app --home "$home" >/dev/null 2>&1
	"$sluice" token create --user eve --home "$home" >"$home.tokens/eve" 2>/dev/null || fail "token create"
	git -C "$e" remote set-url origin "$(remote_of eve)"
}

while read -r way point; do
	server_stop || fail "the server did not end well"
	SLUICE_FAULT=$point:$test_dir/gate server_start --faults
	again
	race "nothing happens" yes "" nothing
	race "the approval is dismissed" no "approvals" dismiss
	race "somebody objects" no "asks for changes" object
	race "the check turns red" no "checks.unit" red
	[ "$point" = begun ] || race "the source branch moves" no "allow.push" other_head
	race "the change is closed" no "" close_it
	race "the approver loses the role" no "approvals" unread_approver
	again
	race "the pusher loses the role" no "" ungrant
	again
	race "the token is revoked" no "was revoked" revoke
	again
	race "the person is disabled" no "disabled" disable
	again
	race "nothing happens after all that" yes "" nothing
done <<'END'
push judged
push begun
merge begun
END
yes "the audit verifies" audit_verifies root
[ -z "$(find "$home/repos" -name '*.lock')" ] || fail "a lock was left"
server_stop || fail "the server did not end well"
