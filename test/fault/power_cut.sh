#!/usr/bin/env bash
# What the server renames is still there after a power cut: the folder is synced after the rename. Seen from within, by a library that
# notes renames and syncs: of keys, a new repository, a deployment (`current`, the release) and a backup. Refs are Git's way: a file is
# synced before it gets its name, and the intent brings back a name that was lost (docs/adr/0016-what-a-crash-may-leave.md).
# Requirement: RC-3, DP-3
# Timeout: 200
# shellcheck source=test/scenario/lib.sh
. "$(dirname "$0")/../scenario/lib.sh"
# shellcheck source=test/scenario/deploy.lib.sh
. "$(dirname "$0")/../scenario/deploy.lib.sh"
yes "the library" "${CC:-cc}" -D_GNU_SOURCE -shared -fPIC -o "$test_dir/trace.so" "$(dirname "$0")/power_cut.c"
trace=$test_dir/trace
# That library comes before the sanitizers' own, which they would refuse.
[ "${SAN:-}" != 1 ] || export ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0
export SYNC_TRACE=$trace LD_PRELOAD=$test_dir/trace.so
: >"$trace"
deploy_begin '[{weight: 100%}]'
yes "a backup" "$sluice" backup "$test_dir/backup" --home "$home"
server_stop || fail "the server did not end by itself"
unset LD_PRELOAD

for name in "$home/keys audit.seed" "$home/keys signing.seed" "$work_of current" "$work_of/releases 1.0.0-" "$test_dir/backup manifest.json"; do
	grep -q "^rename $name" "$trace" || { out=$(cat "$trace"); fail "nobody renamed $name: this shows nothing"; }
done
grep -q "^rename $home/repos/acme/app.git/refs/heads main" "$trace" || fail "the server did not move the refs itself: this shows nothing"
# Renames that no sync of their folder, or of everything, came after
out=$(awk '
	$1 == "rename" && $2 !~ /\.git\/refs\// && !($2 ~ /\.git$/ && $3 == "packed-refs") { open[$2] = open[$2] " " $3 }
	$1 == "folder" { delete open[$2] }
	$1 == "all" { delete open }
	END { for (f in open) print f ":" open[f] }' "$trace")
[ -z "$out" ] || fail "these names may be lost in a power cut"
# Folders of the home that were made are in it for good
for folder in "$home" "$home/keys"; do grep -q "^folder $folder " "$trace" || fail "the folder $folder was never synced"; done
# and the file of a ref before it becomes the ref: Git's own word for it
[ "$(git --git-dir="$home/repos/acme/app.git" config core.fsync)" = all ] || fail "Git does not sync what it writes"
