#!/usr/bin/env bash
# Objects that lie in the repository and that no ref names, brought beside others, left by a branch that went, named by their ids alone:
# they are judged when a ref is to name them, as if they came only then. What lies in another push's quarantine is nobody else's.
# Requirement: PR-6, BR-3
# Timeout: 300
. "$(dirname "$0")/../scenario/lib.sh"
. "$(dirname "$0")/push.lib.sh"
cat >"$test_dir/strategy.yml" <<'END'
strategy: 1
files: {forbid: [.env], max-size: 1MB}
branches:
  main: {type: production, allow: {create: admin, merge: write}, require: {approvals: 1, checks: []}}
  feature: {match: "feature/{name}", type: work, base: main, into: {main: {method: merge}}}
  try: {match: "try/{name}", type: throwaway}
commits: {convention: conventional, types: [feat, fix], applies-to: [work]}
tags:
  label: {match: "label/{name}", type: label, allow: {create: write}}
END
server_start
begin "$test_dir/strategy.yml" HEAD:main
main=$(git -C "$c" rev-parse HEAD)
git -C "$c" pack-objects -q --stdout </dev/null >"$test_dir/empty.pack"
there() { git --git-dir="$home/repos/acme/app.git" cat-file -e "$1" 2>/dev/null; }
on() { git -C "$c" checkout -q -f -B "$1" "$main"; } # BRANCH
id() { git -C "$c" rev-parse HEAD; }
pack() { printf '%s\n' "$@" | git -C "$c" pack-objects -q --revs --stdout >"$test_dir/pack"; }
refused() { # WHAT PACK ID REF
	raw_push "$2" "$zero $3 $4"
	held "$1"
	has "ng $4"
}

on bad
commit "$c" .env secret "feat: with a secret"
bad=$(id)
git -C "$c" rm -q .env
commit "$c" b 1 "feat: without it"
after=$(id)
on good
commit "$c" g 1 "feat: good"
pack "$(id)" "$bad" "^$main"
raw_push "$test_dir/pack" "$zero $(id) refs/heads/feature/good"
has "ok refs/heads/feature/good"
there "$bad" || fail "what came beside the push is not there: this shows nothing"
before=$(refs)
refused "a commit that came beside another" "$test_dir/empty.pack" "$bad" refs/heads/feature/bad
refused "the same by a tag" "$test_dir/empty.pack" "$bad" refs/tags/label/bad
pack "$after" "^$bad"
refused "a commit after it" "$test_dir/pack" "$after" refs/heads/feature/after
refused "a commit after it, where messages are free" "$test_dir/pack" "$after" refs/heads/try/after

on try
commit "$c" t 1 "no convention at all"
yes "a try" git -C "$c" push -q origin HEAD:try/t
yes "that goes" git -C "$c" push -q origin :try/t
there "$(id)" || fail "the commit of the branch that went is gone: this shows nothing"
before=$(refs)
refused "a commit that a branch left" "$test_dir/empty.pack" "$(id)" refs/heads/feature/t

on large
head -c 2000000 /dev/urandom >"$c/large"
blob=$(git -C "$c" hash-object -w "$c/large")
git -C "$c" add -A && git -C "$c" commit -qm "feat: large" || fail "commit"
large=$(id)
on beside
commit "$c" h 1 "feat: beside"
{ git -C "$c" rev-list --objects HEAD "^$main" | cut -d ' ' -f 1; echo "$blob"; } | git -C "$c" pack-objects -q --stdout >"$test_dir/pack"
raw_push "$test_dir/pack" "$zero $(id) refs/heads/feature/beside"
has "ok refs/heads/feature/beside"
there "$blob" || fail "the file that came beside is not there: this shows nothing"
before=$(refs)
git -C "$c" rev-list --objects "$large" "^$main" | cut -d ' ' -f 1 | grep -v "$blob" | git -C "$c" pack-objects -q --stdout >"$test_dir/pack"
refused "a file that was there" "$test_dir/pack" "$large" refs/heads/feature/large

# By a tag that names no commit, or one behind another tag.
tree=$(git -C "$c" rev-parse "$bad^{tree}")
for what in "$tree" "$blob" "$(git -C "$c" rev-parse "$bad:.env")"; do
	git -C "$c" tag -f -am "of $what" aside "$what" 2>/dev/null
	tag=$(git -C "$c" rev-parse aside)
	git -C "$c" tag -f -am "of a tag" behind aside 2>/dev/null
	for id in "$what" "$tag" "$(git -C "$c" rev-parse behind)"; do
		git -C "$c" rev-list --objects "$id" "^$main" | cut -d ' ' -f 1 | git -C "$c" pack-objects -q --stdout >"$test_dir/pack"
		refused "a tag of $(git -C "$c" cat-file -t "$what")" "$test_dir/pack" "$id" refs/tags/label/aside
	done
done
git -C "$c" tag -f -am "of what is bad" aside "$bad" 2>/dev/null
git -C "$c" tag -f -am "of a tag" behind aside 2>/dev/null
pack behind "^$main"
refused "a tag of a tag of a commit" "$test_dir/pack" "$(git -C "$c" rev-parse behind)" refs/tags/label/behind

# Headers that Git passes over when it takes a push and when it reads: they make no merge of a commit, and name nothing that a tag names.
late() { # MESSAGE: a commit on main with a parent in the wrong place
	local who='A <a@b> 1700000000 +0000'
	printf 'tree %s\nparent %s\nauthor %s\ncommitter %s\nparent %s\n\n%s\n' "$(git -C "$c" rev-parse "$main^{tree}")" "$main" "$who" "$who" "$main" "$1" |
		git -C "$c" hash-object -t commit -w --stdin
}
twice() { # ID ID: a tag that names two commits; to Git it is one of the first
	printf 'object %s\ntype commit\ntag label/twice\ntagger A <a@b> 1700000000 +0000\nobject %s\n\ntwo\n' "$1" "$2" | git -C "$c" hash-object -t tag -w --stdin
}
id=$(late "feat: late")
pack "$id" "^$main"
raw_push "$test_dir/pack" "$zero $id refs/heads/feature/late"
has "ok refs/heads/feature/late"
raw_push "" "$id $zero refs/heads/feature/late"
has "ok refs/heads/feature/late"
before=$(refs)
id=$(late "no convention at all")
pack "$id" "^$main"
refused "a commit that calls itself a merge" "$test_dir/pack" "$id" refs/heads/feature/late
pack "$(twice "$bad" "$main")" "^$main"
refused "a tag that names two commits" "$test_dir/pack" "$(twice "$bad" "$main")" refs/tags/label/twice

# What was refused is not there: neither it nor what is built on it is taken by its id.
on never
commit "$c" .env again "feat: again"
never=$(id)
git -C "$c" rm -q .env
commit "$c" n 1 "feat: and without"
pack "$never" "^$main"
refused "a secret" "$test_dir/pack" "$never" refs/heads/feature/never
there "$never" && fail "objects of a refused push were kept"
refused "its id" "$test_dir/empty.pack" "$never" refs/heads/feature/never
pack HEAD "^$never"
refused "its child" "$test_dir/pack" "$(id)" refs/heads/feature/child

# Another's quarantine, while that push waits in it.
on theirs
head -c 300000 /dev/urandom | base64 >"$c/th"
commit "$c" th2 1 "feat: theirs"
pack HEAD "^$main"
{ pkt "$zero $(id) refs/heads/feature/theirs\\0 report-status"; printf 0000; cat "$test_dir/pack"; } >"$test_dir/slow"
curl -s -u "ann:$(cat "$home.tokens/ann")" -H 'Content-Type: application/x-git-receive-pack-request' -H 'Transfer-Encoding: chunked' --limit-rate 20k -T "$test_dir/slow" -X POST \
	"$url/acme/app.git/git-receive-pack" >/dev/null 2>&1 &
slow=$!
await 40 pgrep -P "$server_pid" -f index-pack || fail "the slow push did not begin"
refused "an id of another's quarantine" "$test_dir/empty.pack" "$(id)" refs/heads/feature/mine
has "missing necessary objects"
kill -9 $slow
wait $slow 2>/dev/null

# Folders that have one another ten times over: ten million files, or as many folders of nothing, out of a few hundred bytes.
for leaf in "100644 blob $(git -C "$c" rev-parse "$main:a")	a" ""; do
	tree=$(git -C "$c" mktree <<<"$leaf" 2>/dev/null || git -C "$c" mktree </dev/null)
	for _ in 1 2 3 4 5 6 7 8; do
		tree=$(for i in 0 1 2 3 4 5 6 7 8 9; do printf '040000 tree %s\td%s\n' "$tree" "$i"; done | git -C "$c" mktree)
	done
	bomb=$(git -C "$c" commit-tree -p "$main" -m "feat: many" "$tree")
	pack "$bomb" "^$main"
	began=$SECONDS
	refused "many files out of few bytes" "$test_dir/pack" "$bomb" refs/heads/feature/many
	[ $((SECONDS - began)) -lt 40 ] || fail "many files out of few bytes: $((SECONDS - began)) s"
done
stays_below 900000

# Ids and names that end where a program would read on, or go on where it would stop.
long=$(printf '1%.0s' $(seq 24)) none=$(printf '0%.0s' $(seq 24))
on good
raw_push "$test_dir/empty.pack" "$zero $main$long refs/heads/feature/long"
held "an id and 24 digits more"
raw_push "$test_dir/empty.pack" "$zero$none $main$long refs/heads/feature/long"
held "two of them"
raw_push "" "$(git --git-dir="$home/repos/acme/app.git" rev-parse feature/good)$long $zero$none refs/heads/feature/good"
held "a deletion by them"
raw_push "$test_dir/empty.pack" "$zero ${main^^} refs/heads/feature/upper"
held "an id in capitals"
raw_push "$test_dir/empty.pack" "$zero $main refs/heads/feature/a\\nupdate refs/heads/main $bad"
held "a name with a line in it"
raw_push "$test_dir/empty.pack" "$main $main refs/heads/main"
held "a move to where it stands"
raw_push "" "$zero $zero refs/heads/feature/none"
held "a deletion of nothing"
raw_push "$test_dir/empty.pack" "$main $bad refs/heads/feature/new"
held "a push to what is not there"
yes "the objects are whole" git --git-dir="$home/repos/acme/app.git" fsck --strict
yes "the audit verifies" audit_verifies ann
server_stop || fail "the server did not end well"
