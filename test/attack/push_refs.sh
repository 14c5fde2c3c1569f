#!/usr/bin/env bash
# Names, deletions, renames, moved tags, many refs, half-good pushes: nobody gets past a rule by what a push is called.
# Requirement: PR-6, PR-2, PR-7
# Timeout: 300
. "$(dirname "$0")/../scenario/lib.sh"
. "$(dirname "$0")/push.lib.sh"
server_start
begin gitflow HEAD:main HEAD:develop
git -C "$c" tag -am "Version 1" v1.0.0
yes "a first tag" git -C "$c" push -q origin v1.0.0
git -C "$c" checkout -q -b feature/x
commit "$c" a 2 "feat: two"
yes "feature" git -C "$c" push -q origin feature/x
main=$(git -C "$c" rev-parse main)
two=$(git -C "$c" rev-parse feature/x)
git -C "$c" pack-objects -q --stdout </dev/null >"$test_dir/empty.pack"
before=$(refs)

long=$(printf 'x%.0s' $(seq 300))
while IFS= read -r name; do
	raw_push "$test_dir/empty.pack" "$zero $main $name"
	held "create $name"
done <<END
refs/replace/$main
refs/sluice/heads/x
refs/sluice/x
refs/notes/commits
refs/remotes/origin/x
refs/stash
refs/x
refs/heads
refs/heads/
refs/tags/
refs/heads/a..b
refs/heads/-x
refs/heads/HEAD
refs/heads/feature/a\\001b
refs/heads/feature/a\\177b
refs/heads/feature/a\\\\b
refs/heads/feature/a\\tb
refs/heads/feature/a b
refs/heads/feature/a~1
refs/heads/feature/a^b
refs/heads/feature/a:b
refs/heads/feature/a?b
refs/heads/feature/a*b
refs/heads/feature/[a]
refs/heads/feature/a@{1}
refs/heads/feature/a.lock
refs/heads/feature/.a
refs/heads/feature//a
refs/heads/feature/a.
refs/heads/../heads/feature/a
refs/heads/feature/../../../config
../config
/refs/heads/feature/a
HEAD
FETCH_HEAD
REFS/HEADS/feature/a
Refs/heads/feature/a
refs/Heads/feature/a
refs/heads/Main
refs/heads/MAIN
refs/heads/DEVELOP
refs/heads/Feature/a
refs/tags/V1.0.0
refs/tags/v1.0
refs/heads/feature/$long
refs/heads/main/x
refs/heads/feature/\\303\\050
END

# Protected branches: deletion, a push, a force-push, a rename (create the new name, delete the old), also for administrators.
raw_push "" "$main $zero refs/heads/main"
held "delete main"
raw_push "$test_dir/empty.pack" "$main $two refs/heads/main"
held "push to main"
raw_push "$test_dir/empty.pack" "$zero $main refs/heads/feature/renamed" "$main $zero refs/heads/main"
held "rename main"
raw_push "$test_dir/empty.pack" "$main $two refs/heads/main" "$main $zero refs/heads/main"
held "one ref twice"
no "force-push to develop" git -C "$c" push -q -f origin "$(git -C "$c" commit-tree -m "feat: other" "HEAD^{tree}"):develop"
held "force-push"

# Tags: none moves, none goes, and none takes another's place.
tag=$(git -C "$c" rev-parse v1.0.0)
raw_push "$test_dir/empty.pack" "$tag $main refs/tags/v1.0.0"
held "move a tag"
raw_push "" "$tag $zero refs/tags/v1.0.0"
held "delete a tag"
raw_push "$test_dir/empty.pack" "$zero $main refs/tags/v1.0.0"
held "make a tag that is there"
raw_push "$test_dir/empty.pack" "$zero $two refs/tags/v2.0.0"
held "a tag off its branch"
again=$(printf 'object %s\ntype tag\ntag v2.0.0\ntagger A <a@b> 1 +0000\n\nm\n' "$tag" | git -C "$c" mktag)
no "a second release of one commit, by a tag of its tag" git -C "$c" push origin "$again:refs/tags/v2.0.0"
has "it names another tag, not a commit"

# All or nothing, whether the client asks for --atomic or not; also where a part of it names what is not there.
for flag in --atomic --no-atomic; do
	no "one of two is refused ($flag)" git -C "$c" push -q $flag origin feature/x:refs/heads/feature/y feature/x:main
	held "one of two, $flag"
done
raw_push "$test_dir/empty.pack" "$zero $two refs/heads/feature/y" "$zero $two refs/sluice/y"
held "beside a hidden ref"
raw_push "$test_dir/empty.pack" "$zero $two refs/heads/feature/y" "$zero 1234567890123456789012345678901234567890 refs/heads/feature/z"
held "beside a missing object"
raw_push "$test_dir/empty.pack" "$main $two refs/heads/feature/x"
held "an old value that is not"
raw_push "$test_dir/empty.pack" "$zero $two refs/heads/feature/y" "$zero $two refs/heads/feature/y/z"
held "a folder and a file of one name"
raw_push "$test_dir/empty.pack" "$zero $two refs/heads/feature/y" "$zero $two refs/heads/feature/y"
held "one new ref twice"
for what in "$two^{tree}" "$two:a" v1.0.0; do
	raw_push "$test_dir/empty.pack" "$zero $(git -C "$c" rev-parse "$what") refs/heads/feature/y"
	held "a branch that names $what"
	no "by Git" git -C "$c" push origin "$(git -C "$c" rev-parse "$what"):refs/heads/feature/y"
	has "ref-commit"
done
raw_push "$test_dir/empty.pack" "$zero$(printf '0%.0s' $(seq 24)) $two$(printf '0%.0s' $(seq 24)) refs/heads/feature/y"
held "ids of another length"
raw_push "$test_dir/empty.pack" "$zero $two$(printf '0%.0s' $(seq 24)) refs/heads/feature/y"
held "ids of two lengths"
raw_push "" "$zero $two refs/heads/feature/y"
held "no pack at all"
raw_push "" "$two $zero$(printf '0%.0s' $(seq 24)) refs/heads/feature/x"
held "a deletion by ids of two lengths"

# Ten thousand refs at once.
{
	pkt "$zero $two refs/heads/feature/n0\\0 report-status"
	for i in $(seq 1 9999); do printf '%04x%s %s refs/heads/feature/n%04d' $((4 + 82 + 22)) "$zero" "$two" "$i"; done
	printf 0000
	cat "$test_dir/empty.pack"
} >"$test_dir/request"
post "$test_dir/request"
held "ten thousand refs"

# What is allowed still goes.
yes "a good push" git -C "$c" push -q origin feature/x:refs/heads/feature/y
[ "$(refs | grep -c feature/y)" = 1 ] || fail "the good push did not land"
[ -z "$(find "$home/repos" -name '*.lock')" ] || fail "a lock was left"
yes "the audit verifies" audit_verifies ann
