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
[ ! -e "$test_dir/new8" ] || fail "a restore that failed left a home"

# --- one that fails leaves nothing behind, in a folder that was there as little as in one that was not
home=$test_dir/new
server_start
id=$(git --git-dir="$home/repos/acme/app.git" rev-parse feature/one)
object=$home/repos/acme/app.git/objects/${id:0:2}/${id:2}
[ -f "$object" ] || object=$(find "$home/repos/acme/app.git/objects/pack" -name '*.pack' | head -n 1)
mv "$object" "$test_dir/kept"
mkdir "$test_dir/there"
no "a backup of a damaged repository" "$sluice" backup "$test_dir/absent" --home "$home"
no "and into a folder that is there" "$sluice" backup "$test_dir/there" --home "$home"
[ ! -e "$test_dir/absent" ] || fail "a failed backup left its folder"
[ -d "$test_dir/there" ] && [ -z "$(ls -A "$test_dir/there")" ] || fail "a failed backup left something: $(ls -A "$test_dir/there")"
mv "$test_dir/kept" "$object"

# --- cut off: the folder is marked, is no backup, and can be used again
head -c 60000000 /dev/urandom >"$test_dir/w/large"
git -C "$test_dir/w" add large && git -C "$test_dir/w" commit -qm "feat: large" || fail "commit"
yes "a large file" git -C "$test_dir/w" push -q origin feature/again
"$sluice" backup "$test_dir/absent" --home "$home" >/dev/null 2>&1 &
await 20 test -e "$test_dir/absent/repos" || fail "the backup did not begin"
server_kill
wait $!
[ -e "$test_dir/absent/sluice-unfinished" ] || fail "the backup had ended already: this shows nothing"
no "it is no backup" "$sluice" restore "$test_dir/absent" --home "$test_dir/new7"
has "no whole backup"
server_start
yes "the same again" "$sluice" backup "$test_dir/absent" --home "$home"
[ ! -e "$test_dir/absent/sluice-unfinished" ] || fail "a whole backup is marked as unfinished"
refs >"$test_dir/refs"
server_stop || fail "the server did not end well"

# --- a restore that is cut off: nobody serves what it left, and it can be repeated
"$sluice" restore "$test_dir/absent" --home "$test_dir/new7" >/dev/null 2>&1 &
restoring=$!
await 20 test -e "$test_dir/new7/repos" || fail "the restore did not begin"
kill -KILL "$restoring"
wait "$restoring" 2>/dev/null
[ -e "$test_dir/new7/sluice-unfinished" ] || fail "the restore had ended already: this shows nothing"
no "a server on a half-restored home" timeout 20 "$sluice" serve --home "$test_dir/new7" --listen 127.0.0.1:0
has "is not whole"
has "sluice restore"
yes "the same restore again" "$sluice" restore "$test_dir/absent" --home "$test_dir/new7"
(home=$test_dir/new7 refs) | diff "$test_dir/refs" - || fail "the refs of a repeated restore differ"
mkdir "$test_dir/busy" && : >"$test_dir/busy/sluice-unfinished"
exec 8>"$test_dir/busy/sluice-unfinished"
flock 8
no "two at once into one home" "$sluice" restore "$test_dir/absent" --home "$test_dir/busy"
has "at this moment"
exec 8>&-
mkdir "$test_dir/full" && echo mine >"$test_dir/full/file"
no "over somebody's files" "$sluice" restore "$test_dir/absent" --home "$test_dir/full"
[ "$(cat "$test_dir/full/file")" = mine ] || fail "somebody's file was removed"
exit 0
