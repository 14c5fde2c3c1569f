#!/usr/bin/env bash
# Flows where a clone is not as most are: SHA-256, signatures, submodules, several work trees, the user's hooks and settings.
# Requirement: BR-5, RL-3
. "$(dirname "$0")/offline.lib.sh"

strategy='strategy: 1
branches:
  main: {type: production}
  develop: {type: integration, base: main}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}, after-merge: delete}
  hotfix: {match: "hotfix/{version}", type: hotfix, base: main, bump: patch, after-merge: delete, into: {main: {method: merge, tag: release, back-merge: [develop]}}}
tags:
  release: {match: "v{version}", branches: main, annotated: true}
commits: {convention: none}'
fresh() { # [FORMAT]
	cd "$work" && rm -rf a origin.git other && git init -q --object-format="${1:-sha1}" a && cd a && mkdir .sluice || exit 1
	printf '%s\n' "$strategy" >.sluice/strategy.yml
	echo one >file && git add . && git commit -qm begin && git tag -a -m v1.0.0 v1.0.0 && git branch develop
	git init -q --bare --object-format="${1:-sha1}" ../origin.git && git remote add origin ../origin.git && git push -q -u origin main develop v1.0.0 && git switch -q develop
}
change() { printf '%s\n' "$2" >"$1" && git add "$1" && git commit -qm "change $1"; }
refs() { git for-each-ref; git symbolic-ref HEAD; git ls-files -s; git status --porcelain; }

# --- ids of 64 digits
fresh sha256
asked="feature start login"
asks 0
change b two
asked="feature publish"
asks 0
asked="feature finish"
asks 0
is "$(git rev-parse develop)" "$(git -C ../origin.git rev-parse develop)"
is "$(git rev-parse develop | tr -d '\n' | wc -c)" 64
asked="hotfix start 1.0.1"
asks 0
change file fixed
asked="hotfix finish"
asks 0
is "$(git cat-file -p "$(git -C ../origin.git rev-parse v1.0.1)" | head -1)" "object $(git rev-parse main)"
is "$(git show develop:file)" fixed
is "$(git status --porcelain)" ""
asked="feature start later"
before=$(refs)
asks 0
asked="undo"
asks 0
is "$(refs)" "$before"

# --- what is made is signed where the user signs
fresh
ssh-keygen -q -t ed25519 -N '' -f "$work/key" && echo "ann@example.org $(cat "$work/key.pub")" >"$work/signers"
git config gpg.format ssh && git config user.signingkey "$work/key" && git config gpg.ssh.allowedSignersFile "$work/signers"
git config commit.gpgsign true && git config tag.gpgsign true
asked="hotfix start 1.0.1"
asks 0
change file fixed
asked="hotfix finish"
asks 0
yes "the merge is not signed" git verify-commit main
yes "the back-merge is not signed" git verify-commit develop
yes "the tag is not signed" git verify-tag v1.0.1
asked="hotfix start 1.0.2"
asks 0
change file again
git config user.signingkey "$work/gone"
before=$(refs)
asked="hotfix finish"
"$sluice" hotfix finish >"$work/out" 2>&1 && fail "a merge that cannot be signed was made"
out=$(cat "$work/out")
has "gone" # which key it was
is "$(refs)" "$before"

# --- a submodule goes with its branch
fresh
git init -q "$work/other" && (cd "$work/other" && change lib 1)
git -c protocol.file.allow=always submodule --quiet add "$work/other" lib && git commit -qm "a submodule" && git push -q
asked="feature start lib"
asks 0
(cd lib && change lib 2) && git add lib && git commit -qm "a newer lib"
asked="feature finish"
asks 0
is "$(git rev-parse develop:lib)" "$(git -C lib rev-parse HEAD)"
is "$(git status --porcelain)" ""
asked="feature start more"
asks 0
echo dirt >>lib/lib # what is changed inside is no change of this repository
change b two
asked="feature finish"
asks 0
is "$(cat lib/lib)" "2
dirt"

# --- the user's hooks: Git's own at the push and at the refs, and those that follow a switch
fresh
mkdir "$work/hooks" && git config core.hooksPath "$work/hooks"
# shellcheck disable=SC2016 # for the hook
printf '#!/bin/sh\necho "$(basename "$0") $*" >>"%s/ran"\ngit update-index --refresh >/dev/null || exit 1\nexit 3\n' "$work" >"$work/hooks/post-checkout"
cp "$work/hooks/post-checkout" "$work/hooks/post-merge" && chmod +x "$work"/hooks/*
git worktree add -q "$work/other" main 2>/dev/null
: >"$work/ran"
asked="feature start login"
asks 0
is "$(cat "$work/ran")" "post-checkout $(git rev-parse develop) $(git rev-parse develop) 1"
change b two
asked="hotfix start 1.0.1"
asks 0
change file fixed
: >"$work/ran"
asked="hotfix finish"
asks 0
grep -q "^post-merge 0$" "$work/ran" || { out=$(cat "$work/ran") && fail "the other work tree's hook did not run"; }
is "$(cat "$work/other/file")" fixed
printf '#!/bin/sh\necho "not on a Friday" >&2\nexit 1\n' >"$work/hooks/pre-push" && chmod +x "$work/hooks/pre-push"
git switch -q feature/login 2>/dev/null; before=$(refs)
asked="feature finish login"
asks 9
has "not on a Friday"
is "$(refs)" "$before"
asked="status"
asks 0
hasnt "is under way"
rm "$work/hooks/pre-push"
# shellcheck disable=SC2016 # for the hook
printf '#!/bin/sh\n[ "$1" != prepared ] || ! grep -q refs/heads/develop || { echo "develop is closed" >&2; exit 1; }\n' >"$work/hooks/reference-transaction" && chmod +x "$work/hooks/reference-transaction"
asked="feature finish login --no-push"
asks 9
has "aborted by hook: develop is closed"
is "$(refs)" "$before"

# --- a clone that has only the end of the history begins work, but merges nothing and counts nothing
fresh
git switch -q main && git commit -q --allow-empty -m more && git push -q && git switch -q develop && git merge -q --no-edit main && git push -q
rm -rf "$work/shallow" && git clone -q --depth 1 --no-single-branch -b develop "file://$work/origin.git" "$work/shallow" 2>/dev/null && cd "$work/shallow" || fail "a shallow clone"
asked="feature start here"
asks 0
change b two
before=$(refs)
for asked in "feature finish" "hotfix finish 1.0.1" "maintain" "adopt plan"; do
	asks 2
	has "git fetch --unshallow"
	is "$(refs)" "$before"
done
git fetch -q --unshallow --tags
asked="feature finish"
asks 0

# --- a setting that forbids merge commits is not for what the strategy merges; one that says how renames are found is
fresh
git config merge.ff only
asked="feature start login"
asks 0
change b two
asked="feature finish"
asks 0
is "$(git rev-list --parents -1 develop | wc -w)" 3
exit 0
