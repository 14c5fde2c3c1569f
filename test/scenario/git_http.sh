#!/usr/bin/env bash
# Git over HTTP as real clients speak it: protocol versions, chunked and gzip bodies, a pack larger than what is kept in memory, many at
# once, two that want the same ref, shallow and partial clones, from shallow clones.
# Requirement: PR-6
# Timeout: 180
. "$(dirname "$0")/lib.sh"
free_strategy
server_start
repo "$test_dir/strategy.yml"
person ann write
person bob read
clone_as ann "$test_dir/c"
c=$test_dir/c
commit "$c" a 1 "feat: start"
yes "first push" git -C "$c" push -q origin HEAD:main
yes "a tag and a branch at once" git -C "$c" push -q origin "HEAD:refs/tags/v0.1.0" HEAD:refs/heads/w

for version in 0 1 2; do
	yes "clone by protocol $version" git -c protocol.version=$version clone -q "$(remote_of bob)" "$test_dir/v$version"
	[ "$(git -C "$test_dir/v$version" rev-parse HEAD)" = "$(git -C "$c" rev-parse origin/main)" ] || fail "protocol $version: another commit"
	commit "$c" a "v$version" "feat: by protocol $version"
	yes "push by protocol $version" git -C "$c" -c protocol.version=$version push -q origin HEAD:w
	yes "fetch by protocol $version" git -C "$test_dir/v$version" -c protocol.version=$version fetch -q
	[ "$(git -C "$test_dir/v$version" rev-parse origin/w)" = "$(git -C "$c" rev-parse HEAD)" ] || fail "protocol $version: the fetch is stale"
done

# A pack of 12 MB goes up in chunks and comes down; the server stays small.
head -c 12000000 /dev/urandom >"$c/big"
git -C "$c" add big && git -C "$c" commit -qm "feat: big"
yes "push of 12 MB" git -C "$c" -c http.postBuffer=65536 push -q origin HEAD:w
yes "clone of 12 MB" git clone -q -b w "$(remote_of bob)" "$test_dir/big"
cmp -s "$c/big" "$test_dir/big/big" || fail "12 MB came back otherwise"
rss=$(awk '/VmHWM/ {print $2}' "/proc/$server_pid/status")
[ "${SAN:-}" = 1 ] || [ "$rss" -lt 80000 ] || fail "the server grew to $rss kB"

# Many haves make a gzip body.
git -C "$test_dir/big" checkout -q -b mine
for i in $(seq 60); do git -C "$test_dir/big" commit -q --allow-empty -m "feat: $i"; done
commit "$c" a gz "feat: gz"
yes "push" git -C "$c" push -q origin HEAD:w
out=$(GIT_TRACE_CURL=1 git -C "$test_dir/big" -c protocol.version=0 fetch origin w 2>&1) || fail "fetch with a gzip body"
has "Content-Encoding: gzip"

yes "a shallow clone" git clone -q --depth 1 "$(remote_of bob)" "$test_dir/shallow"
yes "a partial clone" git clone -q --filter=blob:none "$(remote_of bob)" "$test_dir/partial"
no "reading does not push" git -C "$test_dir/v2" push -q origin HEAD:refs/heads/by-bob
[ "$(refs | grep -c by-bob)" = 0 ] || fail "bob pushed"

# Eight at once to branches of their own; then eight to one, of which one wins.
for i in $(seq 8); do
	git clone -q "$(remote_of ann)" "$test_dir/p$i" 2>/dev/null || fail "clone $i"
	commit "$test_dir/p$i" "f$i" "$i" "feat: by $i"
done
pids=
for i in $(seq 8); do git -C "$test_dir/p$i" push -q origin "HEAD:refs/heads/own$i" >"$test_dir/own$i" 2>&1 & pids="$pids $!"; done
for p in $pids; do wait "$p" || fail "one of eight pushes at once failed: $(cat "$test_dir"/own*)"; done
[ "$(refs | grep -c refs/heads/own)" = 8 ] || fail "not all eight stand"
pids= won=0
for i in $(seq 8); do git -C "$test_dir/p$i" push -q origin HEAD:refs/heads/one >"$test_dir/one$i" 2>&1 & pids="$pids $!"; done
for p in $pids; do wait "$p" && won=$((won + 1)); done
[ $won = 1 ] || fail "$won of eight pushes that make one branch won"
[ "$(refs | grep -c 'refs/heads/one$')" = 1 ] || fail "the branch is not there"

yes "delete" git -C "$c" push -q origin :own1
[ "$(refs | grep -c own1)" = 0 ] || fail "not deleted"

# Nobody gets round the server; it knows what has come with the shallow clone, and what has not.
before=$(refs)
commit "$test_dir/shallow" s 1 "feat: from a shallow clone"
yes "a push from a shallow clone" git -C "$test_dir/shallow" push -q "$(remote_of ann)" HEAD:refs/heads/from-shallow
yes "a push with an option" git -C "$c" push -q -o ci.skip origin HEAD:refs/heads/with-option
yes "deleted" git -C "$c" push -q origin :from-shallow :with-option
[ "$(refs)" = "$before" ] || fail "they are there still"
commit "$c" a around "feat: around the server"
no "a push by somebody else's git" git -C "$c" push -q "$home/repos/acme/app.git" HEAD:refs/heads/around
[ "$(refs)" = "$before" ] || fail "a push around the server moved refs"

# Upkeep: after some pushes the commit-graph is written, on the side.
for i in $(seq 12); do
	git -C "$c" commit -q --allow-empty -m "feat: many $i"
	yes "one of many pushes" git -C "$c" push -q origin HEAD:refs/heads/many
done
await 60 test -f "$home/repos/acme/app.git/objects/info/commit-graphs/commit-graph-chain" || fail "no commit-graph after many pushes"
yes "the objects are whole" git --git-dir="$home/repos/acme/app.git" fsck --strict
yes "the audit verifies" audit_verifies ann
