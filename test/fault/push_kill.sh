#!/usr/bin/env bash
# The server dies at each named point of a push of three refs, once. Whatever was acknowledged stands; nothing stands half;
# no lock is left; what the database has as an event is in the refs, and the other way round; the next push goes through.
# Requirement: PR-6, RC-3
# Timeout: 300
. "$(dirname "$0")/../scenario/lib.sh"

points=$(sed -n 's/^#define APP_FAULT_[A-Z]* *"\([a-z-]*\)".*/\1/p' "$top/src/app/fault.h")
[ "$(wc -w <<<"$points")" -ge 8 ] || fail "the table of fault points was not found"
free_strategy

server_start
repo "$test_dir/strategy.yml"
person ann write
clone_as ann "$test_dir/c"
c=$test_dir/c
commit "$c" a 0 "feat: start"
yes "first push" git -C "$c" push -q origin HEAD:main
server_stop || fail "the server did not end by itself"

events_of() { # events of ref moves that name this commit
	sqlite3 "file:$home/sluice.db?mode=ro" "SELECT count(*) FROM event WHERE kind <> 'push-refused' AND ref <> '' AND data LIKE '%\"new\":\"$1\"%'"
}

i=0
for point in $points; do
	i=$((i + 1))
	SLUICE_FAULT=$point server_start --faults
	commit "$c" a "$point" "feat: at $point"
	git -C "$c" tag "v0.$i.0"
	head=$(git -C "$c" rev-parse HEAD)
	before=$(refs)
	out=$(git -C "$c" push origin HEAD:main "HEAD:refs/heads/w$i" "v0.$i.0" 2>&1)
	acknowledged=$?
	await 20 eval '! kill -0 $server_pid 2>/dev/null' || fail "$point: the server did not die there"
	wait "$server_pid" 2>/dev/null
	case $point in refs-prepared | decided) # as if git had been killed too, with its locks in place
		touch "$home/repos/acme/app.git/refs/heads/main.lock" "$home/repos/acme/app.git/packed-refs.lock" ;;
	esac
	server_start --log-level warning
	moved=$(refs | grep -c "$head")
	[ "$moved" -eq 3 ] || [ "$moved" -eq 0 ] || fail "$point: $moved of 3 refs stand"
	[ $acknowledged -ne 0 ] || [ "$moved" -eq 3 ] || fail "$point: acknowledged and lost"
	[ "$moved" -eq 3 ] || [ "$(refs)" = "$before" ] || fail "$point: refs are neither before nor after"
	case $point in
	judged | begun | intent-written | refs-prepared | recorded) [ "$moved" -eq 0 ] || fail "$point: moved without a decision" ;;
	*) [ "$moved" -eq 3 ] || fail "$point: decided and lost" ;;
	esac
	known=$(events_of "$head")
	[ "$known" = "$moved" ] || fail "$point: $moved refs, $known events"
	[ -z "$(find "$home/repos" -name '*.lock')" ] || fail "$point: a lock was left: $(find "$home/repos" -name '*.lock')"
	yes "$point: the audit verifies" audit_verifies ann
	yes "$point: the same push again" git -C "$c" push origin HEAD:main "HEAD:refs/heads/w$i" "v0.$i.0"
	[ "$(refs | grep -c "$head")" -eq 3 ] || fail "$point: the push after it did not land"
	yes "$point: ready" curl -sf "$url/readyz"
	server_stop || fail "$point: the server did not end by itself"
done
yes "the objects are whole" git --git-dir="$home/repos/acme/app.git" fsck --strict

# Many refs go into packed-refs, all of them with one rename: killed around it.
for point in refs-prepared decided refs-moved; do
	SLUICE_FAULT=$point server_start --faults
	commit "$c" a "many $point" "feat: many at $point"
	head=$(git -C "$c" rev-parse HEAD)
	spec=()
	for i in $(seq 30); do spec+=("HEAD:refs/heads/$point/$i"); done
	no "$point: a push that dies" git -C "$c" push origin HEAD:main "${spec[@]}"
	wait "$server_pid" 2>/dev/null
	server_start --log-level warning
	want=31
	[ "$point" != refs-prepared ] || want=0
	[ "$(refs | grep -c "$head")" -eq $want ] || fail "$point: $(refs | grep -c "$head") of 31 refs stand, not $want"
	[ "$(events_of "$head")" -eq $want ] || fail "$point: $want refs, $(events_of "$head") events"
	[ -z "$(find "$home/repos" -name '*.lock')" ] || fail "$point: a lock was left"
	yes "$point: the same push again" git -C "$c" push origin HEAD:main "${spec[@]}"
	[ "$(refs | grep -c "$head")" -eq 31 ] || fail "$point: the push after it did not land"
	server_stop || fail "$point: the server did not end by itself"
done
yes "the refs are whole" git --git-dir="$home/repos/acme/app.git" fsck --strict

# A ref that is neither where it was nor where it should be: read-only, and said so; nothing is guessed.
SLUICE_FAULT=decided server_start --faults
commit "$c" a third "feat: third"
no "a push that dies" git -C "$c" push origin HEAD:main
wait "$server_pid" 2>/dev/null
rm "$home/repos/acme/app.git/refs/heads/main.lock" || fail "the ref was not locked when the server died"
git --git-dir="$home/repos/acme/app.git" update-ref refs/heads/main "$(git -C "$c" rev-parse HEAD~3)"
server_start
no "not ready" curl -sf "$url/readyz"
out=$(curl -s "$url/readyz")
has acme/app
has read-only
no "nothing moves" git -C "$c" push origin HEAD:refs/heads/other
has read-only
yes "reading goes on" git -C "$c" fetch -q origin
