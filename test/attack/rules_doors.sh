#!/usr/bin/env bash
# Past the rules of branches and tags by another door: another transport, another name, another order, a merge made by hand,
# files that are brought and taken away again, tokens of less.
# Requirement: BR-3, BR-1, PR-6
# Timeout: 300
. "$(dirname "$0")/../scenario/lib.sh"
. "$(dirname "$0")/rules.lib.sh"
rules_begin
branch feature/x develop
x=$(tip feature/x)
main=$(tip main)
develop=$(tip develop)

# --- straight to a long-lived branch, by every transport
for version in 0 1 2; do
	refused "protocol $version" "allow.push" git -C "$c" -c protocol.version=$version push origin "$x:develop"
done
refused "in chunks" "allow.push" git -C "$c" -c http.postBuffer=1 push origin "$x:develop"
refused "with options" "allow.push" git -C "$c" push -o merge -o ci.skip --atomic origin "$x:develop"
refused "signed by nobody" "" git -C "$c" push --signed=yes origin "$x:develop"
no "beside the server, to its folder" git -C "$c" push "$home/repos/acme/app.git" "$x:develop"
[ "$(tip develop)" = "$develop" ] || fail "a push to the folder moved a branch"
forbidden "the ref by the API" "" "4??" PATCH $api/git/refs/heads/develop "{\"sha\":\"$x\"}"
forbidden "the ref by the API, by force" "" "4??" PATCH $api/git/refs/heads/develop "{\"sha\":\"$x\",\"force\":true}"
forbidden "deleted by the API" "" "4??" DELETE $api/git/refs/heads/develop
forbidden "a ref that is there, made" "" "4??" POST $api/git/refs "{\"ref\":\"refs/heads/develop\",\"sha\":\"$x\"}"
http 200 PATCH $api/git/refs/heads/feature/x "{\"sha\":\"$x\"}"

# --- another name for it: none is a branch of any kind, or is what it seems
while read -r name; do
	forbidden "made by the API: $name" "" "4??" POST $api/git/refs "{\"ref\":\"$name\",\"sha\":\"$x\"}"
done <<'END'
refs/heads/refs/heads/main
refs/heads/heads/main
refs/heads/origin/main
refs/heads/Main
refs/heads/main/
refs/heads//main
refs/heads/./main
refs/heads/main/x
refs/heads/ma\u0131n
refs/heads/m\u0430in
refs/heads/main\u00a0
refs/heads/main\u200b
refs/heads/\u202emain
refs/heads/feature/a\u200bb
refs/heads/feature/\u202ea
refs/heads/feature/a\u0000b
refs/heads/feature/a\nb
refs/heads/HEAD
refs/heads/-x
refs/heads/feature/..
refs/heads/feature/a.lock
refs/tags/main
refs/tags/refs/heads/main
refs/pull/1/head
refs/sluice/heads
refs/replace/0000000000000000000000000000000000000001
refs/notes/commits
HEAD
main
END
while read -r name; do
	refused "pushed: $name" "" git -C "$c" push origin "$x:$name"
done <<'END'
refs/heads/refs/heads/main
refs/heads/heads/main
refs/heads/Main
refs/heads/main/x
refs/heads/maın
refs/heads/mаin
refs/tags/main
refs/notes/commits
refs/pull/1/head
refs/sluice/heads
refs/for/main
refs/replace/0000000000000000000000000000000000000001
END
# two names that look alike, of the same kind: both are work branches, and neither is the other
nfc=$(printf 'feature/\303\251') nfd=$(printf 'feature/e\314\201')
yes "composed" git -C "$c" -c core.precomposeUnicode=false push -q origin "$x:refs/heads/$nfc"
open_change "$nfc" develop
approve bob
yes "decomposed" git -C "$c" -c core.precomposeUnicode=false push -q origin "$x:refs/heads/$nfd"
http 200 GET "$api/pulls?state=open"
[ "$(grep -o '"number":' <<<"$out" | wc -l)" = 1 ] || fail "one name counts for the other"

# --- a merge made by hand that is not the merge
land() { git -C "$c" push origin "$1:refs/heads/develop"; } # COMMIT
git -C "$c" checkout -q --detach origin/develop
git -C "$c" merge -q --no-ff -m "merge" feature/x || fail "merge"
honest=$(git -C "$c" rev-parse HEAD)
branch feature/y develop
open_change feature/y develop
y=$number
refused "the merge of a change that nobody approved" "approvals" land "$(git -C "$c" commit-tree -p "$develop" -p "$(tip feature/y)" -m merge "$(git -C "$c" merge-tree --write-tree "$develop" feature/y)")"
tree=$(git -C "$c" rev-parse "$honest^{tree}")
git -C "$c" checkout -q --detach "$honest"
echo evil >"$c/evil" && git -C "$c" add evil && git -C "$c" commit -q --amend -m merge || fail "commit"
refused "a merge with a file of its own" "allow.push" land "$(git -C "$c" rev-parse HEAD)"
refused "a merge without the file" "allow.push" land "$(git -C "$c" commit-tree -p "$develop" -p "$x" -m merge "$develop^{tree}")"
refused "its parents the other way round" "" land "$(git -C "$c" commit-tree -p "$x" -p "$develop" -m merge "$tree")"
refused "a third parent" "allow.push" land "$(git -C "$c" commit-tree -p "$develop" -p "$x" -p "$(tip feature/y)" -m merge "$tree")"
refused "a squash where merges are made" "merged by merge" land "$(git -C "$c" commit-tree -p "$develop" -m "feat: squash" "$tree")"
refused "a fast-forward" "merged by merge" land "$x"
refused "a commit on top of the merge" "allow.push" land "$(git -C "$c" commit-tree -p "$honest" -m "feat: on top" "$honest^{tree}")"
refused "the merge and a deletion of main" "allow.delete" git -C "$c" push origin "$honest:refs/heads/develop" :refs/heads/main
refused "a deletion of main and the merge" "allow.delete" git -C "$c" push origin :refs/heads/main "$honest:refs/heads/develop"
[ "$(tip develop)" = "$develop" ] || fail "develop moved"
yes "exactly the merge" land "$honest"
[ "$(tip develop)" = "$honest" ] || fail "the merge did not land"

# --- files that no commit may hold
branch feature/env develop
before=$(tip feature/env)
echo KEY=1 >"$c/.env" && git -C "$c" add -f .env && git -C "$c" commit -qm "feat: env" || fail "commit"
held=$(git -C "$c" rev-parse HEAD)
refused "a forbidden file" "files.forbid" git -C "$c" push origin feature/env
git -C "$c" rm -q --cached .env && git -C "$c" commit -qm "feat: away with it" || fail "commit"
refused "brought and taken away again" "files.forbid" git -C "$c" push origin feature/env
refused "in a new branch" "files.forbid" git -C "$c" push origin "HEAD:refs/heads/feature/env2"
git -C "$c" tag -am t v7.0.0 "$held"
refused "by a tag" "files.forbid" git -C "$c" push "$(remote_of lead)" v7.0.0
git -C "$c" reset -q --hard "$before"
rm -f "$c/.env"
GIT_INDEX_FILE=$test_dir/index git -C "$c" read-tree HEAD
blob=$(echo KEY=2 | git -C "$c" hash-object -w --stdin)
GIT_INDEX_FILE=$test_dir/index git -C "$c" update-index --add --cacheinfo "100644,$blob,deep/er/.env"
tree=$(GIT_INDEX_FILE=$test_dir/index git -C "$c" write-tree)
refused "by a merge that neither parent has" "files.forbid" git -C "$c" push origin "$(git -C "$c" commit-tree -p HEAD -p origin/main -m "feat: merge" "$tree"):refs/heads/feature/env"
GIT_INDEX_FILE=$test_dir/index git -C "$c" update-index --force-remove deep/er/.env --add --cacheinfo "120000,$(printf /etc/shadow | git -C "$c" hash-object -w --stdin),server.pem"
refused "as a link" "files.forbid" git -C "$c" push origin "$(git -C "$c" commit-tree -p HEAD -m "feat: link" "$(GIT_INDEX_FILE=$test_dir/index git -C "$c" write-tree)"):refs/heads/feature/env"
commit "$c" .env.example 1 "feat: an example"
yes "another name" git -C "$c" push -q origin feature/env

# --- what Git itself would be tricked by
trick() { # WHAT PATH TEXT [MODE]
	local made
	made=$({ git -C "$c" ls-tree HEAD; printf '%s blob %s\t%s\n' "${4:-100644}" "$(printf '%b' "$3" | git -C "$c" hash-object -w --stdin)" "$2"; } | git -C "$c" mktree) || fail "$1"
	refused "$1" "${5:-fsck error}" git -C "$c" push origin "$(git -C "$c" commit-tree -p HEAD -m "feat: trick" "$made"):refs/heads/feature/env"
}
trick "a submodule's address that is an option" .gitmodules '[submodule "x"]\n\tpath = x\n\turl = --upload-pack=touch\n'
trick "a submodule's path that is an option" .gitmodules '[submodule "x"]\n\tpath = -x\n\turl = https://example.org/x\n'
trick "a submodule's name that climbs" .gitmodules '[submodule "../../x"]\n\tpath = x\n\turl = https://example.org/x\n'
trick "a submodule that runs a command" .gitmodules '[submodule "x"]\n\tpath = x\n\turl = https://example.org/x\n\tupdate = !touch x\n'
trick "a link as .gitmodules" .gitmodules ../../config 120000
printf '* merge=evil filter=evil diff=evil\n' >"$c/.gitattributes"
git -C "$c" add -A && git -C "$c" commit -qm "feat: drivers" || fail "commit"
git --git-dir="$home/repos/acme/app.git" config merge.evil.driver "touch $test_dir/pwned" # even if somebody had set one up
git --git-dir="$home/repos/acme/app.git" config filter.evil.smudge "touch $test_dir/pwned"
git --git-dir="$home/repos/acme/app.git" config diff.evil.textconv "touch $test_dir/pwned"
yes "push" git -C "$c" push -q origin feature/env
open_change feature/env develop
http 200 GET "$api/pulls/$number/files"
approve bob
may_merge "attributes that name drivers"
[ ! -e "$test_dir/pwned" ] || fail "a driver of the branch ran"
for key in merge.evil filter.evil diff.evil; do git --git-dir="$home/repos/acme/app.git" config --remove-section "$key"; done

# --- tags
on_main() { git -C "$c" push "$(remote_of lead)" "$@"; }
git -C "$c" fetch -q
git -C "$c" tag v1.0.0 origin/main && git -C "$c" tag -am off v1.0.1 origin/feature/y && git -C "$c" tag -am fine v1.0.2 origin/main
git -C "$c" -c advice.nestedTag=false tag -am nested v1.0.3 v1.0.1
refused "a tag by somebody who may not" "allow.create" git -C "$c" push origin v1.0.2
forbidden "the same by the API" "" "4??" POST $api/git/refs "{\"ref\":\"refs/tags/v1.0.2\",\"sha\":\"$main\"}"
forbidden "the same by a release" "" "4??" POST $api/releases '{"tag_name":"v1.0.2","target_commitish":"main"}'
refused "a plain tag where annotated ones are" "annotated" on_main v1.0.0
refused "a tag off its branch" "branches" on_main v1.0.1
refused "a tag of a tag off its branch" "" on_main v1.0.3
refused "another's name in the tag" "name" on_main "v1.0.2:refs/tags/v2.0.0"
refused "a tag of a folder" "" on_main "$(git -C "$c" rev-parse "origin/main^{tree}"):refs/tags/v3.0.0"
yes "a good tag" on_main -q v1.0.2
good=$(tip v1.0.2)
git -C "$c" tag -f -am moved v1.0.2 origin/main >/dev/null
refused "moved" "allow.move" on_main -f v1.0.2
refused "deleted" "allow.delete" on_main :v1.0.2
refused "deleted and made again in one push" "" on_main -f :refs/tags/v1.0.2 "v1.0.2:refs/tags/v1.0.2"
forbidden "deleted by the API" "" "4??" DELETE $api/git/refs/tags/v1.0.2
[ "$(tip v1.0.2)" = "$good" ] || fail "the tag is another one"

# --- tokens of less
token_of() { "$sluice" token create --user "$1" --scope "$2" --home "$home" 2>/dev/null >"$home.tokens/$1-$2" || fail "token"; }
for scope in repo:read repo:status deploy; do token_of lead $scope; done
number=$y
approve bob
for scope in repo:read repo:status deploy; do
	as "lead-$scope"
	forbidden "a merge by $scope" "scope" 403 PUT "$api/pulls/$y/merge" '{}'
	forbidden "an approval by $scope" "scope" 403 POST "$api/pulls/$y/reviews" '{"event":"APPROVE"}'
	forbidden "a ref by $scope" "scope" 403 POST $api/git/refs "{\"ref\":\"refs/heads/feature/z\",\"sha\":\"$x\"}"
	forbidden "a role by $scope" "" "4??" PUT /api/sluice/repos/acme/app/roles/ann/admin
	forbidden "a wider token by $scope" "" "4??" POST /api/sluice/tokens '{"scopes":"admin"}'
	no "a push by $scope" git -C "$c" push "http://lead:$(cat "$home.tokens/lead-$scope")@${url#http://}/acme/app.git" "$x:refs/heads/feature/z"
done
as ann
forbidden "a role for oneself" "" "4??" PUT /api/sluice/repos/acme/app/roles/ann/admin
forbidden "a user" "" "4??" POST /api/sluice/users '{"name":"mallory"}'
forbidden "another's token" "" "4??" POST /api/sluice/tokens '{"user":"root"}'
forbidden "acting for another" "" "4??" POST "$api/pulls/$y/reviews" '{"event":"APPROVE","user":"bob"}'
may_merge "with a token that may"
rules_end
