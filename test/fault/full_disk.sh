#!/usr/bin/env bash
# A full disk: a push, a merge, a release, a request and a backup say so in a clear sentence, nothing stands half, reading
# goes on, and once there is room again everything goes on without a restart.
# Requirement: PR-6
# Timeout: 300
. "$(dirname "$0")/../scenario/lib.sh"
[ "$(id -u)" = 0 ] || { echo "a small file system can only be mounted by root"; exit 77; }
mkdir "$home"
mount -t tmpfs -o size=32m,mode=700 tmpfs "$home" 2>/dev/null || { echo "nothing can be mounted here"; exit 77; }
trap 'umount -l "$test_dir/full" "$home" 2>/dev/null; end_of_test' EXIT

server_start
cat >"$test_dir/strategy.yml" <<'END2'
strategy: 1
extends: gitflow
branches:
  develop: {require: {approvals: 0, checks: []}}
  main: {require: {approvals: 0, checks: []}}
END2
repo "$test_dir/strategy.yml"
person ann admin
clone_as ann "$test_dir/c"
c=$test_dir/c
commit "$c" a 1 "feat: start"
yes "first push" git -C "$c" push -q origin HEAD:main
commit "$c" d 1 "feat: something to release"
yes "develop" git -C "$c" push -q origin HEAD:develop
git -C "$c" checkout -q -b feature/x
commit "$c" a 2 "feat: two"
yes "push of a branch" git -C "$c" push -q origin feature/x
export SLUICE_SERVER=$url SLUICE_TOKEN
SLUICE_TOKEN=$(cat "$home.tokens/ann")
number=$("$sluice" change open feature/x --into develop --title "feat: two" --repo acme/app --quiet) || fail "change open"

fill() {
	dd if=/dev/zero of="$home/ballast" bs=64k 2>/dev/null
	dd if=/dev/zero of="$home/ballast2" bs=4k 2>/dev/null
	dd if=/dev/zero of="$home/ballast3" bs=1 count=1 2>/dev/null && fail "the disk is not full"
	return 0
}
# It says no with this exit code and these words, and neither a ref nor the log has moved.
refused() { # WHAT CODE WORDS COMMAND ...
	local what=$1 want=$2 words=$3 code
	shift 3
	out=$("$@" 2>&1)
	code=$?
	[ $code = "$want" ] || fail "$what: exit code $code, not $want"
	has "$words"
	[ "$(refs)" = "$before" ] || fail "$what moved something"
	[ "$(events)" = "$known" ] || fail "$what left an event"
}

fill
before=$(refs)
known=$(events)
commit "$c" b 3 "feat: three"
dd if=/dev/urandom of="$c/big" bs=64k count=40 2>/dev/null
git -C "$c" add big && git -C "$c" commit -qm "feat: a large one"
refused "a large push" 1 "sluice: The disk of the server is full; nothing was changed." git -C "$c" push origin feature/x
refused "a small push" 1 "sluice: The disk of the server is full; nothing was changed." git -C "$c" push origin HEAD~1:refs/heads/feature/small
refused "a merge" 5 "No space left on device" "$sluice" change merge "$number" --repo acme/app
refused "a release" 5 "The disk is full" "$sluice" release start 1.0.0 --repo acme/app
refused "a token" 5 "The disk is full" "$sluice" token create --user ann
who=ann
http 507 POST /api/sluice/tokens '{"user":"ann"}'
has '"code":"full"'
has "The disk is full"
http 507 PUT "/api/v3/repos/acme/app/pulls/$number/merge" '{}'
http 507 POST /api/v3/repos/acme/app/git/refs "{\"ref\":\"refs/heads/feature/y\",\"sha\":\"$(git -C "$c" rev-parse HEAD~2)\"}"
[ "$(refs) $(events)" = "$before $known" ] || fail "the API moved something"
mkdir "$test_dir/full" && mount -t tmpfs -o size=64k tmpfs "$test_dir/full"
yes "reading goes on" git -C "$c" fetch origin
yes "so do the pages" curl -sfu "ann:$SLUICE_TOKEN" "$url/acme/app/changes/$number.json"
no "it is not ready" curl -sf "$url/readyz"
out=$(curl -s "$url/readyz")
has "is full"

# --- room again: no restart
rm -f "$home"/ballast*
no "a backup to a full disk" "$sluice" backup "$test_dir/full/backup" --home "$home"
has "The disk is full"
[ ! -e "$test_dir/full/backup" ] || fail "half a backup was left"
no "what is left of it cannot be restored" "$sluice" restore "$test_dir/full/backup" --home "$test_dir/restored"
[ ! -e "$test_dir/restored" ] || fail "a home was made of half a backup"
umount "$test_dir/full"
yes "ready" curl -sf "$url/readyz"
yes "the push" git -C "$c" push origin feature/x
yes "the merge" "$sluice" change merge "$number" --repo acme/app
yes "the release" "$sluice" release start 1.0.0 --repo acme/app
yes "the backup" "$sluice" backup "$test_dir/backup" --home "$home"
[ -z "$(find "$home/repos" -name '*.lock')" ] || fail "a lock was left"
yes "the audit verifies" audit_verifies ann
yes "the objects are whole" git --git-dir="$home/repos/acme/app.git" fsck --strict
server_stop || fail "the server did not end well"
