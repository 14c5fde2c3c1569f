#!/usr/bin/env bash
# A locked database: the push is refused and says so, nothing moves, and when it is free again the push goes through.
# Requirement: PR-6
# Timeout: 180
. "$(dirname "$0")/../scenario/lib.sh"
server_start
repo gitflow
person ann admin
clone_as ann "$test_dir/c"
c=$test_dir/c
commit "$c" a 1 "feat: start"
yes "first push" git -C "$c" push -q origin HEAD:main HEAD:develop
before=$(refs)
git -C "$c" checkout -q -b feature/x
commit "$c" a 2 "feat: two"
sqlite3 -cmd ".timeout 5000" "$home/sluice.db" "BEGIN IMMEDIATE; SELECT 1;" ".shell $(command -v touch) $test_dir/locked" ".shell bash -c 'while [ -e $test_dir/locked ]; do sleep 0.05; done'" "ROLLBACK;" >/dev/null 2>&1 &
locker=$!
await 10 test -e "$test_dir/locked" || fail "the database was not locked"
no "a push while the database is locked" git -C "$c" push origin feature/x
has "sluice: The database is locked by another process"
code=0
out=$("$sluice" token create --user ann --home "$home" 2>&1) || code=$?
[ $code = 5 ] || fail "a command while the database is locked: exit code $code, not 5"
has "The database is locked by another process"
who=ann
http 503 POST /api/sluice/tokens '{"user":"ann"}'
has '"code":"busy"'
http 200 GET /acme/app
http 200 GET /api/v3/repos/acme/app/branches
[ "$(refs)" = "$before" ] || fail "it moved all the same"
rm "$test_dir/locked"
wait $locker
yes "a push after it" git -C "$c" push -q origin feature/x
[ -z "$(find "$home/repos" -name '*.lock')" ] || fail "a lock was left"
yes "the audit verifies" audit_verifies ann
