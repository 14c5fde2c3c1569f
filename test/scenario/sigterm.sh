#!/usr/bin/env bash
# SIGTERM in the middle of a big push: the push was accepted, so it ends first and is acknowledged; what comes later is not taken; the
# server ends by itself with exit code 0, leaves no lock, no quarantine and no intent, and the next one finds nothing to recover.
# Requirement: RC-3
. "$(dirname "$0")/lib.sh"
server_start
repo
person ann maintain
clone_as ann "$test_dir/c"
git -C "$test_dir/c" checkout -q -b feature/big
head -c 60000000 /dev/urandom >"$test_dir/c/large"
git -C "$test_dir/c" add large && git -C "$test_dir/c" commit -qm "feat: a large file" || fail "commit"
bare=$home/repos/acme/app.git
address=$url
git -C "$test_dir/c" push origin feature/big >"$test_dir/pushed" 2>&1 &
push=$!
coming() { [ -n "$(find "$bare/objects" -maxdepth 1 -name '*incoming-*')" ]; }
await 30 coming || { out=$(cat "$test_dir/pushed"); fail "the push does not come in"; }
kill -TERM "$server_pid"
await 10 eval '! curl -s --max-time 2 "$address/healthz"' || fail "a server that ends takes new connections"
coming || fail "the push was over already: this shows nothing"
wait "$push" || { out=$(cat "$test_dir/pushed"); fail "a push that was accepted was cut off"; }
wait "$server_pid"
rc=$?
server_pid=
[ $rc = 0 ] || fail "the server ended with $rc"
[ "$(git --git-dir="$bare" rev-parse refs/heads/feature/big)" = "$(git -C "$test_dir/c" rev-parse HEAD)" ] || fail "acknowledged, and not there"
[ -z "$(find "$bare" -name '*.lock' -o -name '*incoming-*')" ] || fail "a lock or a quarantine was left"
[ "$(sqlite3 "$home/sluice.db" 'SELECT count(*) FROM intent')" = 0 ] || fail "an intent was left"
: >"$test_dir/log"
server_start
out=$(grep recover "$test_dir/log") && fail "there was something to recover"
yes "the audit verifies" audit_verifies ann
server_stop || fail "the next server did not end by itself"
