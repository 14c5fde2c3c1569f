#!/usr/bin/env bash
# What a push is told first is, byte by byte, what git would say of the repository; git itself is run only the first time, and always
# where the repository is configured otherwise than the server makes it.
# Requirement: PR-6
. "$(dirname "$0")/lib.sh"
cat >"$test_dir/strategy.yml" <<'END'
strategy: 1
branches:
  main: {type: production, allow: {create: write, push: write}, require: {approvals: 0, checks: []}}
  work: {match: "**", type: work, base: main, allow: {create: write, push: write, force-push: write, delete: write}}
tags:
  release: {match: "v{version}", branches: main, annotated: false, allow: {create: write}}
END
real=$(command -v git)
mkdir "$test_dir/bin"
printf '#!/bin/sh\necho "$*" >>"%s"\nexec "%s" "$@"\n' "$test_dir/ran" "$real" >"$test_dir/bin/git"
chmod +x "$test_dir/bin/git"
PATH=$test_dir/bin:$PATH server_start
repo "$test_dir/strategy.yml"
person ann write
bare=$home/repos/acme/app.git

ours() { curl -sf -u "ann:$(cat "$home.tokens/ann")" "$url/acme/app.git/info/refs?service=git-receive-pack" >"$test_dir/ours" || fail "no advertisement"; }
same() { # STATE: as git says it
	ours
	{ printf '001f# service=git-receive-pack\n0000'; "$real" receive-pack --stateless-rpc --http-backend-info-refs "$bare"; } >"$test_dir/git" || fail "git"
	cmp "$test_dir/ours" "$test_dir/git" || fail "$1: not what git says"
}
asked() { grep -c "receive-pack.*--http-backend-info-refs" "$test_dir/ran"; }

same "nothing in it"
same "nothing in it, once more"
[ "$(asked)" = 1 ] || fail "git was asked $(asked) times"
clone_as ann "$test_dir/c"
c=$test_dir/c
commit "$c" a 1 "feat: start"
yes "first push" git -C "$c" push -q origin HEAD:main
same "one branch"
git -C "$c" tag -a -m tag v0.1.0
git -C "$c" tag v0.2.0
yes "tags and branches" git -C "$c" push -q origin v0.1.0 v0.2.0 HEAD:refs/heads/w/x HEAD:refs/heads/w-x
same "tags and branches"
spec=()
for i in $(seq 40); do spec+=("HEAD:refs/heads/many/$i"); done
yes "many" git -C "$c" push -q origin "${spec[@]}"
same "packed refs"
yes "deleted" git -C "$c" push -q origin :many/7
same "one is gone"
git --git-dir="$bare" update-ref refs/sluice/hidden refs/heads/main
git --git-dir="$bare" update-ref refs/sluice/heads refs/heads/main
git --git-dir="$bare" update-ref refs/other/thing refs/heads/main
same "refs that are hidden, and others that are not"
grep -q refs/sluice/hidden "$test_dir/ours" && fail "a hidden ref is told"
[ "$(asked)" = 1 ] || fail "git was asked $(asked) times"

git --git-dir="$bare" config --add transfer.hideRefs refs/heads/many
same "more is hidden"
grep -q refs/heads/many "$test_dir/ours" && fail "a hidden branch is told"
[ "$(asked)" = 2 ] || fail "git was not asked about another configuration"
git --git-dir="$bare" config --unset transfer.hideRefs refs/heads/many
git --git-dir="$bare" config receive.advertiseAtomic false
same "another capability"
yes "a push by it" git -C "$c" push -q origin HEAD:refs/heads/last
git --git-dir="$bare" config receive.advertiseAtomic true
n=$(asked)
same "as before"
same "as before, again"
[ "$(asked)" -le $((n + 1)) ] || fail "git is asked each time"
server_stop || fail "the server did not end by itself"
