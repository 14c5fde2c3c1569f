#!/usr/bin/env bash
# Packs that are cut off or lie, bodies that are not what they say, tokens that are none: refused, nothing kept, the server goes on.
# Requirement: PR-6
# Timeout: 300
. "$(dirname "$0")/../scenario/lib.sh"
. "$(dirname "$0")/push.lib.sh"
server_start
begin gitflow HEAD:main HEAD:develop
git -C "$c" checkout -q -b feature/x
head -c 300000 /dev/urandom | base64 >"$c/big"
commit "$c" a 2 "feat: two"
two=$(git -C "$c" rev-parse HEAD)
printf '%s\n^%s\n' HEAD main | git -C "$c" pack-objects -q --revs --stdout >"$test_dir/good.pack"
before=$(refs)
objects() { find "$home/repos/acme/app.git/objects" -type f \( -path '*/pack/*' -o -path '*incoming*' \) | wc -l; } # the server publishes heads of the log beside it
was=$(objects)
push_pack() { # WHAT FILE [NEW]
	raw_push "$2" "$zero ${3:-$two} refs/heads/feature/x"
	held "$1"
	[ "$(objects)" = "$was" ] || fail "$1: objects were kept"
}

size=$(wc -c <"$test_dir/good.pack")
for n in 0 3 12 40 $((size / 2)) $((size - 20)) $((size - 1)); do
	head -c "$n" "$test_dir/good.pack" >"$test_dir/cut.pack"
	push_pack "cut off after $n bytes" "$test_dir/cut.pack"
done
cp "$test_dir/good.pack" "$test_dir/lie.pack"
printf '\377' | dd of="$test_dir/lie.pack" bs=1 seek=$((size / 2)) conv=notrunc status=none
push_pack "a byte changed" "$test_dir/lie.pack"
cp "$test_dir/good.pack" "$test_dir/lie.pack"
printf '\000\000\000\001' | dd of="$test_dir/lie.pack" bs=1 seek=8 conv=notrunc status=none
push_pack "fewer objects than it says" "$test_dir/lie.pack"
printf 'PACK\000\000\000\002\377\377\377\377' >"$test_dir/lie.pack"
push_pack "four billion objects and none" "$test_dir/lie.pack"
printf 'PACK\000\000\000\011\000\000\000\000' >"$test_dir/lie.pack"
push_pack "a version that is none" "$test_dir/lie.pack"
echo nonsense >"$test_dir/lie.pack"
push_pack "no pack at all" "$test_dir/lie.pack"

# Objects that are whole and wrong: a tree with ".git" in it, one with "..", a commit without a parent that is there.
bad_tree() { # NAME: a commit whose tree has this entry
	local blob tree
	blob=$(git -C "$c" hash-object -w --stdin <<<x)
	tree=$(printf '100644 %s\0' "$1" | cat - <(xxd -r -p <<<"$blob" 2>/dev/null || printf '%b' "$(sed 's/../\\x&/g' <<<"$blob")") | git -C "$c" hash-object -t tree -w --stdin --literally)
	git -C "$c" commit-tree -p main -m "feat: bad" "$tree"
}
for name in .git .. . .GIT; do
	bad=$(bad_tree "$name")
	printf '%s\n^%s\n' "$bad" main | git -C "$c" pack-objects -q --revs --stdout >"$test_dir/bad.pack"
	push_pack "a tree with $name" "$test_dir/bad.pack" "$bad"
done
printf '%s\n' "$two" | git -C "$c" pack-objects -q --stdout >"$test_dir/thin.pack"
push_pack "a commit without its tree" "$test_dir/thin.pack"

# Commits and tags of megabytes: whoever asks for one would be given all of it, each time. By message, by headers, as deltas; under rules of messages and without.
large() { # HEADER-BYTES MESSAGE-BYTES PARENT: a commit
	{
		printf 'tree %s\nparent %s\nauthor A <a@b> 1700000000 +0000\ncommitter A <a@b> 1700000000 +0000\n' "$(git -C "$c" rev-parse 'main^{tree}')" "$3"
		[ "$1" = 0 ] || printf 'x-note %s\n' "$(head -c "$1" /dev/zero | tr '\0' h)"
		printf '\nfeat: large\n\n'
		seq 1000000 | head -c "$2"
	} | git -C "$c" hash-object -t commit -w --stdin
}
pack_of() { printf '%s\n^%s\n' "$1" main | git -C "$c" pack-objects -q --revs --stdout >"$test_dir/large.pack"; }
main=$(git -C "$c" rev-parse main)
for how in "0 5000000" "3000000 10" "0 131072" "131072 10"; do
	# shellcheck disable=SC2086 # two words
	bad=$(large $how "$main")
	pack_of "$bad"
	push_pack "a commit with headers and message of $how bytes" "$test_dir/large.pack" "$bad"
	has "ng refs/heads/feature/x unpacker error"
done
yes "a branch" git -C "$c" branch large "$bad"
no "a large commit by git itself" git -C "$c" push origin large:feature/large
has "sluice: The commit ${bad:0:10} has"
has "git rebase -i"
bad=$(large 0 70000 "$main")
bad_message() { (cd "$c" && "$sluice" why push feature/large "$bad" --preset tower); }
no "a message that is too long to be judged" bad_message
has "commits.size"
has "at most 65536 bytes"
last=$(large 0 400000 "$bad")
chained=$(large 0 399000 "$last")
printf '%s\n' "$chained" "$last" "$bad" | git -C "$c" pack-objects -q --window=10 --stdout >"$test_dir/large.pack"
git -C "$c" index-pack -o "$test_dir/large.idx" "$test_dir/large.pack" >/dev/null && git -C "$c" verify-pack -v "$test_dir/large.pack" >"$test_dir/large.list"
grep -q '^[0-9a-f]* commit .* 1 [0-9a-f]*$' "$test_dir/large.list" || fail "no commit is a delta: the test tries nothing"
push_pack "large commits as deltas" "$test_dir/large.pack" "$chained"
tag=$(printf 'object %s\ntype commit\ntag v9.9.9\ntagger A <a@b> 1700000000 +0000\n\n%s\n' "$main" "$(seq 100000)" | git -C "$c" hash-object -t tag -w --stdin)
printf '%s\n' "$tag" | git -C "$c" pack-objects -q --stdout >"$test_dir/large.pack"
raw_push "$test_dir/large.pack" "$zero $tag refs/tags/v9.9.9"
held "a large tag"
has "ng refs/tags/v9.9.9 unpacker error"
[ "$(objects)" = "$was" ] || fail "a large tag: objects were kept"

# Bodies.
printf '%s' 0000 >"$test_dir/request"
post "$test_dir/request"
held "no command"
head -c 20000 /dev/urandom >"$test_dir/request"
post "$test_dir/request"
held "noise"
head -c 64 /dev/zero | tr '\0' f >"$test_dir/request"
post "$test_dir/request"
held "a packet longer than any"
printf '00' >"$test_dir/request"
post "$test_dir/request"
held "half a length"
post "$test_dir/request" -H 'Content-Encoding: gzip'
held "gzip that is none"
has "400"
post "$test_dir/request" -H 'Content-Encoding: br'
has "415"
out=$(curl -s -o /dev/null -w '%{http_code}' -u "ann:$(cat "$home.tokens/ann")" -H 'Content-Type: text/plain' -d x "$url/acme/app.git/git-receive-pack")
has 415
host=${url#http://}
exec 3<>"/dev/tcp/${host%:*}/${host#*:}"
printf 'POST /acme/app.git/git-receive-pack HTTP/1.1\r\nHost: %s\r\nAuthorization: Basic %s\r\nContent-Type: application/x-git-receive-pack-request\r\nContent-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n' \
	"$host" "$(printf 'ann:%s' "$(cat "$home.tokens/ann")" | base64 -w 0)" >&3
read -r -t 20 out <&3 || fail "no answer by the headers"
exec 3>&-
has 413
head -c 300000000 /dev/zero | gzip -1 >"$test_dir/bomb"
out=$(curl -s -o /dev/null -w '%{http_code}' -u "ann:$(cat "$home.tokens/ann")" -H 'Content-Type: application/x-git-upload-pack-request' -H 'Content-Encoding: gzip' \
	--data-binary "@$test_dir/bomb" "$url/acme/app.git/git-upload-pack")
case $out in 4* | 5* | 200) ;; *) fail "a gzip bomb: no answer" ;; esac
held "a gzip bomb"
rss=$(awk '/VmHWM/ {print $2}' "/proc/$server_pid/status")
[ "$rss" -lt 200000 ] || fail "the server grew to $rss kB"

# The client goes away in the middle of its pack: the child ends too.
{ pkt "$zero $two refs/heads/feature/x\\0 report-status"; printf 0000; cat "$test_dir/good.pack"; } >"$test_dir/request"
curl -s -u "ann:$(cat "$home.tokens/ann")" -H 'Content-Type: application/x-git-receive-pack-request' -H 'Transfer-Encoding: chunked' --limit-rate 10 \
	-T "$test_dir/request" -X POST "$url/acme/app.git/git-receive-pack" >/dev/null 2>&1 &
slow=$!
await 40 pgrep -P "$server_pid" -f index-pack || fail "the slow push did not begin"
kill -9 $slow
wait $slow 2>/dev/null
gone() { ! pgrep -P "$server_pid" -f index-pack && [ -z "$(find "$home/repos/acme/app.git/objects" -name "*incoming*")" ]; }
await 30 gone || fail "a child or a quarantine outlived its client"
out=
held "a client that went away"

# Who may read alone: refused before a byte of the pack is unpacked, with the reason, however large the pack is and whatever the ref.
person rob read
clone_as rob "$test_dir/rob"
git -C "$test_dir/rob" config http.postBuffer 65536
head -c 30000000 /dev/urandom >"$test_dir/rob/blob"
commit "$test_dir/rob" a 3 "feat: thirty megabytes"
for ref in main feature/rob nothing/of/the/kind; do
	no "a reader's pack for $ref" git -C "$test_dir/rob" push origin "HEAD:refs/heads/$ref"
	has "rob has level read"
	has "sluice role list"
	has "[remote rejected] HEAD -> $ref"
	held "a reader's pack for $ref"
done
[ "$(objects)" = "$was" ] || fail "a reader's pack was kept"
head -c 3000 /dev/urandom >"$test_dir/noise"
{ pkt "$zero $two refs/heads/feature/x\\0 report-status"; printf 0000; cat "$test_dir/noise"; } >"$test_dir/request"
out=$(curl -s -i --max-time 60 -u "rob:$(cat "$home.tokens/rob")" -H 'Content-Type: application/x-git-receive-pack-request' --data-binary "@$test_dir/request" "$url/acme/app.git/git-receive-pack" | tr -d '\0')
has "ng refs/heads/feature/x refused: see above" # of a pack that is none nothing is said: nobody looked
hasnt "no pack of Git's"

# Who may not.
person eve
code() { curl -s -o /dev/null -w '%{http_code}' "$@" "$url/acme/app.git/info/refs?service=git-receive-pack"; }
[ "$(code)" = 401 ] || fail "nobody: $(code)"
[ "$(code -u ann:slu_wrong)" = 401 ] || fail "a wrong token"
[ "$(code -u "eve:$(cat "$home.tokens/eve")")" = 404 ] || fail "somebody without a role sees the repository"
[ "$(code -u "eve:$(cat "$home.tokens/ann")")" = 401 ] || fail "another's token"
out=$(curl -s -w '%{http_code}' -u "ann:$(cat "$home.tokens/ann")" "$url/acme/app.git/info/refs")
has dumb
has 403
out=$(curl -s -w '%{http_code}' -u "ann:$(cat "$home.tokens/ann")" "$url/acme/app.git/objects/info/packs")
has 403

yes "a good push" git -C "$c" push -q origin feature/x
yes "the objects are whole" git --git-dir="$home/repos/acme/app.git" fsck --strict
yes "the audit verifies" audit_verifies ann
