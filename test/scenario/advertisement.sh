#!/usr/bin/env bash
# What a push is told first: the refs that git would tell, in its order, and what this server can do with them. No process is run for it.
# Requirement: PR-6
. "$(dirname "$0")/lib.sh"
free_strategy
real=$(command -v git)
mkdir "$test_dir/bin"
printf '#!/bin/sh\necho "$*" >>"%s"\nexec "%s" "$@"\n' "$test_dir/ran" "$real" >"$test_dir/bin/git"
chmod +x "$test_dir/bin/git"
PATH=$test_dir/bin:$PATH server_start
repo "$test_dir/strategy.yml"
person ann write
bare=$home/repos/acme/app.git

# The first line ends, after a NUL, with what each side can do: that is looked at by itself.
refs_of() { perl -0777 -pe 's/^001f# service=git-receive-pack\n0000//; s/^[0-9a-f]{4}([^\0]*)\0[^\n]*\n/$1\n/' "$1"; }
can_of() { perl -0777 -ne 'print "$1" if /\0([^\n]*)\n/' "$1"; }
same() { # STATE: as git says it
	curl -sf -u "ann:$(cat "$home.tokens/ann")" "$url/acme/app.git/info/refs?service=git-receive-pack" >"$test_dir/ours" || fail "no advertisement"
	"$real" receive-pack --stateless-rpc --http-backend-info-refs "$bare" >"$test_dir/git" || fail "git"
	cmp <(refs_of "$test_dir/ours") <(refs_of "$test_dir/git") || fail "$1: not what git says"
}

same "nothing in it"
for word in $(can_of "$test_dir/ours"); do
	case $word in agent=*) continue ;; esac
	case " $(can_of "$test_dir/git") " in *" $word "*) ;; *) fail "git knows nothing of $word" ;; esac
done
for word in report-status side-band-64k delete-refs atomic ofs-delta; do
	case " $(can_of "$test_dir/ours") " in *" $word "*) ;; *) fail "it does not offer $word" ;; esac
done
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
grep -q receive-pack "$test_dir/ran" && fail "git was run to tell refs"
server_stop || fail "the server did not end by itself"
