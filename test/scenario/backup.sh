#!/usr/bin/env bash
# A backup while people push: restored, every ref and every event is there, and what was pushed later is not.
# Requirement: RC-1, RC-3
. "$(dirname "$0")/lib.sh"

server_start
repo
person ann maintain
clone_as ann "$test_dir/w"
git -C "$test_dir/w" checkout -q -b feature/one
for i in 1 2 3; do commit "$test_dir/w" "file$i" "$i" "feat: part $i"; done
yes "push" git -C "$test_dir/w" push -q origin feature/one
"$sluice" repo create acme/empty --home "$home" 2>/dev/null || fail "an empty repository"

# --- pushes go on while it is made
(
	clone_as ann "$test_dir/v"
	for i in $(seq 12); do
		git -C "$test_dir/v" checkout -q -b "feature/more-$i" && commit "$test_dir/v" "more$i" "$i" "feat: more $i" && git -C "$test_dir/v" push -q origin "feature/more-$i"
	done
) >"$test_dir/pushes" 2>&1 &
pusher=$!
for n in 1 2 3; do yes "backup $n" "$sluice" backup "$test_dir/backup$n" --home "$home"; done
has "read back and whole"
wait "$pusher" || fail "a push failed beside the backup: $(cat "$test_dir/pushes")"
no "into a folder that is not empty" "$sluice" backup "$test_dir/backup1" --home "$home"
no "not by a person" env SLUICE_TOKEN="$(cat "$home.tokens/ann")" "$sluice" backup "$test_dir/x" --server "$url"
[ ! -e "$test_dir/x" ] || fail "a refused backup left something"

# --- a last one, in quiet: everything is equal
yes "the last backup" "$sluice" backup "$test_dir/last" --home "$home"
refs >"$test_dir/refs"
export_of() { "$sluice" audit export --home "$1" | sed '/^$/,$d'; }
export_of "$home" >"$test_dir/log.before"
server_stop || fail "the server did not end well"
yes "restore" "$sluice" restore "$test_dir/last" --home "$test_dir/new"
(home=$test_dir/new refs) | diff "$test_dir/refs" - || fail "the refs differ"
export_of "$test_dir/new" | diff "$test_dir/log.before" - || fail "the events differ"
home=$test_dir/new
cp -r "$test_dir/home.tokens" "$home.tokens"
server_start
rm -rf "$test_dir/w"
clone_as ann "$test_dir/w"
[ "$(git -C "$test_dir/w" log --format=%s -3 origin/feature/one | head -n 1)" = "feat: part 3" ] || fail "what was pushed is not there"
commit "$test_dir/w" again again "feat: on the new home" && git -C "$test_dir/w" checkout -q -b feature/again
yes "it takes pushes" git -C "$test_dir/w" push -q origin feature/again
server_stop || fail "the restored server did not end well"

# --- those made beside pushes are whole too
for n in 1 2 3; do yes "restore $n" "$sluice" restore "$test_dir/backup$n" --home "$test_dir/new$n"; done

# --- not everything is a backup
no "over a home" "$sluice" restore "$test_dir/last" --home "$test_dir/new"
mkdir "$test_dir/half" && cp "$test_dir/last/sluice.db" "$test_dir/half"
no "a half-written one" "$sluice" restore "$test_dir/half" --home "$test_dir/new9"
has "no whole backup"
[ ! -e "$test_dir/new9" ] || fail "a refused restore left something"
cp -r "$test_dir/last" "$test_dir/damaged"
find "$test_dir/damaged/repos/acme/app.git/objects" -type f \( -name '*.pack' -o -path '*/objects/??/*' \) -delete
no "one that lacks objects" "$sluice" restore "$test_dir/damaged" --home "$test_dir/new8"
has "lacks objects"
exit 0
