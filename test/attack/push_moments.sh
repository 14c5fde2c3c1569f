#!/usr/bin/env bash
# What happens while a pack comes in: a token is revoked, a role taken, the rules change, the client goes, the server is to end, Git hangs,
# forty come at once. Nothing lands that may not when it would, what may lands, and nothing is left behind.
# Requirement: PR-6, BR-3
# Timeout: 300
. "$(dirname "$0")/../scenario/lib.sh"
. "$(dirname "$0")/push.lib.sh"
cat >"$test_dir/strategy.yml" <<'END'
strategy: 1
files: {forbid: [.env]}
branches:
  main: {type: production, allow: {create: admin, push: admin}}
  feature: {match: "feature/{name}", type: work, base: main}
END
server_start
begin "$test_dir/strategy.yml" HEAD:main
person bob write
main=$(git -C "$c" rev-parse HEAD)
bare=$home/repos/acme/app.git
n=0
answer=
unpacks() { pgrep -P "$server_pid" -f index-pack; }
nothing_left() { ! unpacks && [ -z "$(find "$bare" -name '*incoming*' -o -name '*.lock')" ]; }

# A push of a commit of its own as NAME, that has begun and takes its time; $slow is who sends it, $new what it brings
begin_slow() { # NAME BYTES_A_SECOND
	n=$((n + 1))
	git -C "$c" checkout -q -B "slow$n" "$main"
	head -c 200000 /dev/urandom | base64 >"$c/file$n"
	commit "$c" "x$n" 1 "feat: slow $n"
	new=$(git -C "$c" rev-parse HEAD)
	printf '%s\n' HEAD "^$main" | git -C "$c" pack-objects -q --revs --stdout >"$test_dir/pack"
	{ pkt "$zero $new refs/heads/feature/slow$n\\0 report-status side-band-64k"; printf 0000; cat "$test_dir/pack"; } >"$test_dir/slow$n"
	answer=$test_dir/answer$n
	curl -s --max-time 100 -u "$1:$(cat "$home.tokens/$1")" -H 'Content-Type: application/x-git-receive-pack-request' -H 'Transfer-Encoding: chunked' -H 'Expect:' --limit-rate "$2" \
		-T "$test_dir/slow$n" -X POST "$url/acme/app.git/git-receive-pack" >"$answer" 2>&1 &
	slow=$!
	await 20 unpacks || { wait $slow; out=$(tr -d "\0" <"$answer"); fail "a slow push did not begin"; }
	before=$(refs)
}
ends() { # WHAT WORDS: refused, in these words
	wait $slow
	out=$(tr -d '\0' <"$answer")
	has "$2"
	held "$1"
}
begin_slow bob 150k
yes "revoke" "$sluice" token revoke "$("$sluice" token list --user bob --home "$home" --format json | sed -n 's/.*"id": *\([0-9]*\).*/\1/p' | tail -n 1)" --home "$home"
ends "the token is revoked" "was revoked"
"$sluice" token create --user bob --home "$home" >"$home.tokens/bob" 2>/dev/null || fail "token create"
begin_slow bob 150k
yes "take the role" "$sluice" role revoke bob write --repo acme/app --home "$home"
ends "the role is taken" "sluice:"
yes "give it back" "$sluice" role grant bob write --repo acme/app --home "$home"
begin_slow bob 150k
yes "take the role" "$sluice" role revoke bob write --repo acme/app --home "$home"
yes "give a lesser one" "$sluice" role grant bob read --repo acme/app --home "$home"
ends "a lesser role" "allow.create"
yes "give the role" "$sluice" role grant bob write --repo acme/app --home "$home"
begin_slow bob 150k
git -C "$c" checkout -q main
mkdir -p "$c/.sluice" && sed 's/\[.env\]/[.env, "file*"]/' "$test_dir/strategy.yml" >"$c/.sluice/strategy.yml"
git -C "$c" add -A && git -C "$c" commit -qm "feat: rules" || fail "commit"
yes "other rules" git -C "$c" push -q origin main
before=$(refs)
ends "other rules" "files.forbid"
git -C "$c" rm -q .sluice/strategy.yml && git -C "$c" commit -qm "feat: none" || fail "commit"
mkdir -p "$c/.sluice" && cp "$test_dir/strategy.yml" "$c/.sluice/strategy.yml"
git -C "$c" add -A && git -C "$c" commit -q --amend -m "feat: the rules before" || fail "commit"
yes "the rules before" git -C "$c" push -q origin main

# Git hangs, and who pushes goes: both end, and what came is gone.
begin_slow bob 20k
kill -STOP "$(unpacks)"
kill -9 $slow
wait $slow 2>/dev/null
await 40 nothing_left || fail "a Git that hangs outlives its client"
out=
held "Git hangs"

# The client goes at each byte that matters.
git -C "$c" checkout -q -B leave "$main"
commit "$c" l 1 "feat: leave"
printf '%s\n' HEAD "^$main" | git -C "$c" pack-objects -q --revs --stdout >"$test_dir/pack"
{ pkt "$zero $(git -C "$c" rev-parse HEAD) refs/heads/feature/leave\\0 report-status"; printf 0000; cat "$test_dir/pack"; } >"$test_dir/request"
size=$(wc -c <"$test_dir/request")
host=${url#http://}
for bytes in 0 1 4 50 117 130 $((size - 100)) $((size - 21)) $((size - 1)); do
	exec 3<>"/dev/tcp/${host%:*}/${host#*:}"
	printf 'POST /acme/app.git/git-receive-pack HTTP/1.1\r\nHost: %s\r\nAuthorization: Basic %s\r\nContent-Type: application/x-git-receive-pack-request\r\nContent-Length: %s\r\n\r\n' \
		"$host" "$(printf 'ann:%s' "$(cat "$home.tokens/ann")" | base64 -w 0)" "$size" >&3
	head -c "$bytes" "$test_dir/request" >&3
	exec 3>&-
done
await 40 nothing_left || fail "something of a client that went is left"
held "the client goes"

# Forty at once, more than the server works on at once: all land, or have an answer that Git shows.
for i in $(seq 40); do
	tree=$(git -C "$c" rev-parse "main^{tree}")
	one[i]=$(git -C "$c" commit-tree -p "$main" -m "feat: $i" "$tree")
done
for i in $(seq 40); do
	git -C "$c" push -q origin "${one[i]}:refs/heads/feature/n$i" >"$test_dir/said$i" 2>&1 &
	who[i]=$!
done
for i in $(seq 40); do
	wait "${who[i]}" || { out=$(cat "$test_dir/said$i"); fail "one of forty at once was refused"; }
done
[ "$(refs | grep -c feature/n)" = 40 ] || fail "acknowledged, and not there"

# The server is to end, and Git hangs: after the grace it ends all the same, in order; the push is not acknowledged and can be made again.
begin_slow ann 20k
hangs=$(unpacks)
kill -STOP "$hangs"
kill -TERM "$server_pid"
began=$SECONDS
wait "$server_pid"
rc=$?
server_pid=
[ $rc = 0 ] || fail "the server ended with $rc"
[ $((SECONDS - began)) -lt 60 ] || fail "the server took $((SECONDS - began)) s to end"
kill -0 "$hangs" 2>/dev/null && fail "Git outlives the server that ended it"
wait $slow 2>/dev/null
[ "$(refs)" = "$before" ] || fail "a push that was cut off has moved something"
[ -z "$(find "$bare" -name '*incoming*' -o -name '*.lock')" ] || fail "a quarantine or a lock is left"
server_start
yes "the same again" git -C "$c" push -q origin "$new:refs/heads/feature/slow$n"
yes "the objects are whole" git --git-dir="$bare" fsck --strict
yes "the audit verifies" audit_verifies ann
stays_below 120000
server_stop || fail "the server did not end well"
