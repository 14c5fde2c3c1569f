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
sqlite3 "$home/sluice.db" "BEGIN IMMEDIATE; SELECT 1;" ".shell $(command -v touch) $test_dir/locked" ".shell bash -c 'while [ -e $test_dir/locked ]; do read -r -t 0.05 <> <(:); done'" "ROLLBACK;" >/dev/null 2>&1 &
locker=$!
await 10 test -e "$test_dir/locked" || fail "the database was not locked"
no "a push while the database is locked" git -C "$c" push origin feature/x
has "sluice:"
[ "$(refs)" = "$before" ] || fail "it moved all the same"
rm "$test_dir/locked"
wait $locker
yes "a push after it" git -C "$c" push -q origin feature/x
[ -z "$(find "$home/repos" -name '*.lock')" ] || fail "a lock was left"
yes "the audit verifies" audit_verifies ann
