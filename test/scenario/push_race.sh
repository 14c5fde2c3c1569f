#!/usr/bin/env bash
# Two people push to one branch, each having seen the same value of it: exactly one push lands, the other is told so in words that
# help, nothing of it stands (its other branch neither), and after a fetch it lands. Both wait in their pre-push hook for each other.
# Requirement: PR-2, PR-6
. "$(dirname "$0")/lib.sh"
cat >"$test_dir/strategy.yml" <<'END'
strategy: 1
branches:
  main: {type: production, allow: {create: write, push: write}, require: {approvals: 0, checks: []}}
  work: {match: "**", type: work, base: main, allow: {create: write, push: write}}
END
server_start
repo "$test_dir/strategy.yml"
person ann write
person bob write
clone_as ann "$test_dir/ann"
commit "$test_dir/ann" a 0 "feat: start"
yes "first push" git -C "$test_dir/ann" push -q origin HEAD:main
clone_as bob "$test_dir/bob"
for who in ann bob; do
	printf '#!/bin/sh\n: >"%s/ready.%s"\nwhile [ ! -e "%s/go" ]; do sleep 0.01; done\n' "$test_dir" "$who" "$test_dir" >"$test_dir/$who/.git/hooks/pre-push"
	chmod +x "$test_dir/$who/.git/hooks/pre-push"
done
both_ready() { [ -e "$test_dir/ready.ann" ] && [ -e "$test_dir/ready.bob" ]; }

for round in 1 2 3 4 5; do
	rm -f "$test_dir"/ready.* "$test_dir/go"
	for who in ann bob; do
		git -C "$test_dir/$who" checkout -q -B main && git -C "$test_dir/$who" reset -q --hard origin/main || fail "reset"
		commit "$test_dir/$who" "$who" "$round" "feat: $who $round"
	done
	git -C "$test_dir/ann" push origin HEAD:main "HEAD:refs/heads/ann-$round" >"$test_dir/ann.out" 2>&1 &
	ann=$!
	git -C "$test_dir/bob" push origin HEAD:main "HEAD:refs/heads/bob-$round" >"$test_dir/bob.out" 2>&1 &
	bob=$!
	await 20 both_ready || fail "round $round: a push did not begin"
	: >"$test_dir/go"
	wait "$ann"
	ann=$?
	wait "$bob"
	bob=$?
	case $ann$bob in
	01) won=ann lost=bob ;;
	10) won=bob lost=ann ;;
	*) out=$(cat "$test_dir/ann.out" "$test_dir/bob.out"); fail "round $round: ann's push ended with $ann, bob's with $bob: exactly one may land" ;;
	esac
	out=$(cat "$test_dir/$lost.out")
	has "somebody else moved it"
	has "fetch and try again"
	refs >"$test_dir/refs"
	grep -q "$(git -C "$test_dir/$won" rev-parse HEAD) refs/heads/main" "$test_dir/refs" || fail "round $round: $won was told yes, and main is elsewhere"
	grep -q "refs/heads/$won-$round" "$test_dir/refs" || fail "round $round: half of $won's push stands"
	grep -q "refs/heads/$lost-$round" "$test_dir/refs" && fail "round $round: half of $lost's push stands"
	yes "round $round: $lost fetches" git -C "$test_dir/$lost" pull -q --rebase origin main
	yes "round $round: and tries again" git -C "$test_dir/$lost" push -q origin HEAD:main "HEAD:refs/heads/$lost-$round"
	yes "round $round: $won fetches" git -C "$test_dir/$won" fetch -q origin
done
[ "$(git --git-dir="$home/repos/acme/app.git" rev-list --count main)" = 11 ] || fail "main does not have what was acknowledged"
[ "$(sqlite3 "file:$home/sluice.db?mode=ro" "SELECT count(*) FROM event WHERE ref = 'refs/heads/main' AND kind = 'push'")" = 10 ] || fail "the events of main are not its moves"
[ "$(sqlite3 "file:$home/sluice.db?mode=ro" "SELECT count(*) FROM intent WHERE decided = 0")" = 0 ] || fail "a lost push left its intent"
yes "the audit verifies" audit_verifies ann
server_stop || fail "the server did not end by itself"
