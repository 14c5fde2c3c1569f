#!/usr/bin/env bash
# A database that is damaged, empty or gone: the server refuses to start on it and says so, and makes no empty one in its
# place; one that goes while the server runs takes no more writes, and /readyz names it. With the file back, all is there.
# Requirement: PR-6, RC-1
# Timeout: 120
. "$(dirname "$0")/../scenario/lib.sh"
server_start
repo gitflow
person ann admin
clone_as ann "$test_dir/c"
c=$test_dir/c
commit "$c" a 1 "feat: start"
yes "first push" git -C "$c" push -q origin HEAD:main HEAD:develop
server_stop || fail "the server did not end well"
db=$home/sluice.db
[ ! -e "$db-wal" ] || sqlite3 "$db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
cp "$db" "$test_dir/kept"
whole() { rm -rf "$db" "$db-wal" "$db-shm"; cp "$test_dir/kept" "$db"; }

# --- at the start
damage() {
	rm -rf "$db" "$db-wal" "$db-shm"
	case $1 in
	noise) head -c 50000 /dev/urandom >"$db" ;;
	cut)   head -c 30000 "$test_dir/kept" >"$db" ;;
	empty) : >"$db" ;;
	gone)  ;;
	folder) mkdir "$db" ;;
	esac
}
while read -r kind code words; do
	damage "$kind"
	out=$(timeout 20 "$libexec/sluice-server" --home "$home" --listen 127.0.0.1:0 2>&1)
	got=$?
	[ $got = "$code" ] || fail "$kind: exit code $got, not $code"
	has "$words"
	has "$db"
	[ "$kind" != gone ] || [ ! -e "$db" ] || fail "an empty database was put in its place"
	no "$kind: a command on the home" "$sluice" user list --home "$home"
done <<'END'
noise 7 file is not a database
cut 7 malformed
empty 7 is missing or empty
gone 7 is missing or empty
folder 5 could not be opened
END

# --- beneath a server that runs
whole
server_start
commit "$c" a 2 "feat: two"
before=$(refs)
mkdir "$test_dir/away" && mv "$db"* "$test_dir/away"
no "a push without the file" git -C "$c" push origin HEAD:refs/heads/feature/x
has "removed or replaced"
[ "$(refs)" = "$before" ] || fail "it moved all the same"
code=0
out=$("$sluice" token create --user ann --home "$home" 2>&1) || code=$?
[ $code = 5 ] || fail "a command without the file: exit code $code, not 5"
has "was removed or replaced"
who=ann
http 503 POST /api/sluice/tokens '{"user":"ann"}'
has "was removed or replaced"
no "not ready" curl -sf "$url/readyz"
out=$(curl -s "$url/readyz")
has "was removed or replaced"
[ ! -e "$db" ] || fail "an empty database was put in its place"
server_kill
mv "$test_dir/away"/* "$home"
server_start
yes "ready again" curl -sf "$url/readyz"
yes "the push goes through" git -C "$c" push origin HEAD:refs/heads/feature/x
yes "the audit verifies" audit_verifies ann
server_stop || fail "the server did not end well"
