#!/usr/bin/env bash
# The server is killed, and Git children of it live on. A new server waits for them before it looks at a lock or a ref, as long as it
# said it would; then it clears up after them. What was decided comes true, whoever moved how many of the refs.
# Requirement: PR-6, RC-3
# Timeout: 200
. "$(dirname "$0")/../scenario/lib.sh"
free_strategy

# A git that stops where a file says so: `update-ref` before it gets the word "commit", others before they begin. Like the real one it
# keeps what descriptors it was given, and leads a process group.
real=$(command -v git)
mkdir "$test_dir/bin"
cat >"$test_dir/bin/git" <<END
#!/usr/bin/env bash
hold() { [ -e "$test_dir/hold-\$1" ] && echo \$\$ >"$test_dir/held-\$1"; while [ -e "$test_dir/hold-\$1" ]; do sleep 0.02; done; }
case " \$* " in
*" update-ref "*)
	while IFS= read -r -d '' word; do
		[ "\$word" != commit ] || hold update-ref
		printf '%s\\0' "\$word"
	done | "$real" "\$@"
	exit ;;
*" index-pack "*) echo \$\$ >"$test_dir/unpacker"; hold unpacker ;;
*" commit-graph "*) hold commit-graph ;;
esac
exec "$real" "\$@"
END
chmod +x "$test_dir/bin/git"

server_path=$test_dir/bin:$PATH
begin() { PATH=$server_path server_start --log-level warning "$@"; }
begin
repo "$test_dir/strategy.yml"
person ann write
clone_as ann "$test_dir/c"
c=$test_dir/c
bare=$home/repos/acme/app.git
commit "$c" a 0 "feat: start"
yes "first push" git -C "$c" push -q origin HEAD:main HEAD:refs/heads/one HEAD:refs/heads/two
mkdir "$bare/logs" # the server leaves the refs of a repository with reflogs to git: a child moves them

# A server is started while an orphan of the last one lives.
start_beside() {
	: >"$test_dir/address"
	: >"$test_dir/log"
	PATH=$server_path "$libexec/sluice-server" --home "$home" --listen 127.0.0.1:0 --log-level warning >"$test_dir/address" 2>>"$test_dir/log" &
	server_pid=$!
}
serves() { [ -s "$test_dir/address" ]; }
holds_home() { # the new server has begun: it has the lock that says so
	! flock -n "$home/run/server.lock" true
}
# Push three branches in the background; killed when its child is held at NAME.
push_and_kill() { # NAME
	rm -f "$test_dir/held-$1"
	: >"$test_dir/hold-$1"
	commit "$c" a "$RANDOM$RANDOM" "feat: at $1"
	head=$(git -C "$c" rev-parse HEAD)
	before=$(refs)
	git -C "$c" push origin HEAD:main HEAD:refs/heads/one HEAD:refs/heads/two >"$test_dir/pushed" 2>&1 &
	push=$!
	await 20 test -s "$test_dir/held-$1" || fail "$1 was not reached"
	server_kill
	wait "$push" && fail "$1: a push was acknowledged by a server that was dead"
	return 0
}

# --- decided, and the child that moves the refs is slow: nobody else touches them
push_and_kill update-ref
start_beside
await 10 holds_home || fail "the new server did not begin"
sleep 1 # it would have been there long ago
serves && fail "the new server did not wait for a child that moves refs"
[ -n "$(find "$bare/refs" -name '*.lock')" ] || fail "the child's locks were taken away"
[ "$(refs)" = "$before" ] || fail "refs moved beside the child"
rm "$test_dir/hold-update-ref"
await 20 serves || fail "the new server did not begin when the child had ended"
server_found
[ "$(refs | grep -c "$head")" = 3 ] || fail "decided, and not carried out: $(refs)"
[ -z "$(find "$bare" -name '*.lock')" ] || fail "locks were left"
yes "ready" curl -sf "$url/readyz"
yes "the audit verifies" audit_verifies ann

# --- the child does not end: the server says why it does not begin, and changes nothing
push_and_kill update-ref
start_beside
await 40 eval '! kill -0 $server_pid 2>/dev/null' || fail "a server waits without end"
wait "$server_pid"
[ $? -ne 0 ] || fail "it did not fail"
out=$(cat "$test_dir/log")
has "Git processes of an earlier server still work on this home"
[ "$(refs)" = "$before" ] || fail "refs moved"
# The child is killed as well, with its locks in place: the next server carries out what was decided.
kill -KILL -- "-$(cat "$test_dir/held-update-ref")"
rm "$test_dir/hold-update-ref"
[ -n "$(find "$bare/refs" -name '*.lock')" ] || fail "a killed update-ref left no lock: this shows nothing"
begin
[ "$(refs | grep -c "$head")" = 3 ] || fail "decided, and lost: $(refs)"
[ -z "$(find "$bare" -name '*.lock')" ] || fail "locks were left"
yes "the next push" git -C "$c" push -q origin HEAD:refs/heads/three

# --- the server moves them itself, and dies with its locks in place when some have moved: the others follow
rmdir "$bare/logs"
half_done() { # REF ...: the first has moved, nothing else
	local ref specs=
	for ref; do specs="$specs HEAD:refs/heads/$ref"; done
	server_stop || fail "the server did not end by itself"
	SLUICE_FAULT=decided begin --faults
	commit "$c" a "$RANDOM$RANDOM" "feat: $# branches"
	head=$(git -C "$c" rev-parse HEAD)
	# shellcheck disable=SC2086 # a list of words
	no "a push that dies" git -C "$c" push origin $specs
	await 20 eval '! kill -0 $server_pid 2>/dev/null' || fail "the server did not die"
	wait "$server_pid" 2>/dev/null
	[ "$(find "$bare/refs" -name '*.lock' | wc -l)" = $# ] || fail "the refs were not locked: this shows nothing"
	rm "$bare/refs/heads/$1.lock"
	[ $# -lt 16 ] || mv "$bare/packed-refs.lock" "$test_dir" || fail "so many were to move with one rename: this shows nothing"
	yes "one has moved" git --git-dir="$bare" update-ref "refs/heads/$1" "$head"
	[ $# -lt 16 ] || mv "$test_dir/packed-refs.lock" "$bare"
	begin
	[ "$(refs | grep -c "$head")" = $# ] || fail "half done: $(refs)"
	[ -z "$(find "$bare" -name '*.lock')" ] || fail "locks were left"
	yes "the audit verifies" audit_verifies ann
}
half_done main one two
# shellcheck disable=SC2046 # a list of words
half_done one $(seq -f 'many/%g' 20) # so many that they move with one rename

# --- what unpacks a push has not begun when its server dies: it may end, its push is refused
push_and_kill unpacker
start_beside
await 10 holds_home || fail "the new server did not begin"
sleep 1
serves && fail "the new server did not wait for what unpacks a push"
rm "$test_dir/hold-unpacker"
await 20 serves || fail "the new server did not begin when it had ended"
server_found
[ "$(refs)" = "$before" ] || fail "an orphan moved refs"

# --- both are killed in the middle of a push: its quarantine goes, and nothing else
head -c 40000000 /dev/urandom >"$c/large"
git -C "$c" add large && git -C "$c" commit -qm "feat: a large file" || fail "commit"
head=$(git -C "$c" rev-parse HEAD)
rm -f "$test_dir/unpacker"
git -C "$c" push origin HEAD:main >"$test_dir/pushed" 2>&1 &
push=$!
quarantined() { [ -n "$(find "$bare/objects" -maxdepth 1 -name '*incoming-*')" ]; }
await 30 quarantined || fail "the push does not come in"
await 10 test -s "$test_dir/unpacker" || fail "nothing unpacks it"
server_kill
kill -KILL -- "-$(cat "$test_dir/unpacker")"
wait "$push" && fail "a push was acknowledged that was cut off"
quarantined || fail "there is no quarantine left: this shows nothing"
: >"$test_dir/log"
begin
quarantined && fail "a quarantine was left"
grep -q "1 quarantines removed" "$test_dir/log" || fail "the log does not say it"
yes "the objects are whole" git --git-dir="$bare" fsck --strict
[ "$(refs)" = "$before" ] || fail "refs moved"
yes "the same push again" git -C "$c" push -q origin HEAD:main
[ "$(refs | grep -c "$head")" = 1 ] || fail "it did not land"

# --- what tidies up a repository lives on: the next server does not wait for it, does not touch its lock, and tidies when it has gone
graph=$bare/objects/info/commit-graphs
mkdir -p "$graph"
: >"$graph/commit-graph-chain.lock" # of one that was killed long ago
pushes() { # until 25 have been noted
	local i
	for i in $(seq 25); do yes "push $1 $i" git -C "$c" push -q origin "$head:refs/heads/$1-$i"; done
}
: >"$test_dir/hold-commit-graph"
pushes x
await 20 test -s "$test_dir/held-commit-graph" || fail "nobody tidies"
[ ! -e "$graph/commit-graph-chain.lock" ] || fail "a lock of a killed tidying was left"
server_kill
begin
: >"$graph/commit-graph-chain.lock" # as if the orphan had it
pushes y
[ -e "$graph/commit-graph-chain.lock" ] || fail "the lock of an orphan that tidies was taken away"
rm "$graph/commit-graph-chain.lock" "$test_dir/hold-commit-graph"
await 20 test -s "$graph/commit-graph-chain" || fail "the orphan did not end its work"
yes "the objects are whole" git --git-dir="$bare" fsck --strict
server_stop || fail "the server did not end by itself"
