#!/usr/bin/env bash
# Releases and hotfixes in a clone, without a server: begun, finished, what stops each, conflicts at each merge, what is owed.
# Requirement: RL-2, RL-3, RL-4, BR-5, BR-6
. "$(dirname "$0")/offline.lib.sh"
export GIT_AUTHOR_DATE='2026-01-05T10:00:00Z' GIT_COMMITTER_DATE='2026-01-05T10:00:00Z'

strategy='strategy: 1
branches:
  main: {type: production, require: {up-to-date: false}}
  support: {match: "support/{major}.x", type: support, base: main, versions: "{major}.*"}
  develop: {type: integration, base: main}
  release: {match: "release/{version}", type: release, base: develop, into: {main: {method: merge, tag: release, back-merge: [develop, release]}}, after-merge: delete}
  hotfix: {match: "hotfix/{version}", type: hotfix, base: main, bump: patch, after-merge: delete, into: {main: {method: merge, tag: release, back-merge: [develop, release]}, support: {method: merge, tag: release}}}
tags:
  release: {match: "v{version}", branches: [main, support]}
  candidate: {match: "v{version}-{pre}.{n}", type: prerelease, pre: [alpha, beta, rc], branches: release}
commits: {convention: conventional}
releases:
  version-files:
    - {file: VERSION, text: "{version}"}
    - {file: package.json, pointer: /version}
    - {file: Cargo.toml, pointer: /package/version}
    - {file: app.h, mark: x-version}
  changelog: CHANGELOG.md'
fresh() { # a remote and a clone of it, on develop, with something to release
	cd "$work" && rm -rf a b origin.git && mkdir -p a/.sluice && cd a || exit 1
	git init -q . && printf '%s\n' "$strategy" >.sluice/strategy.yml
	printf '1.0.0\n' >VERSION && printf '{"name": "app", "version": "1.0.0"}\n' >package.json && printf 'one\n' >file
	printf '[package]\nversion = "1.0.0"\n' >Cargo.toml && printf '#define V "v1.0.0" /* x-version */\n' >app.h
	git add . && git commit -qm "feat: begin" && git tag -a -m v1.0.0 v1.0.0 && git branch develop
	git init -q --bare ../origin.git && git remote add origin ../origin.git && git push -q -u origin main develop v1.0.0 && git switch -q develop
	change login two "feat: sign in" && git push -q
}
change() { printf '%s\n' "$2" >"$1" && git add "$1" && git commit -qm "${3:-fix: change $1}"; }
refs() { git for-each-ref; git symbolic-ref HEAD; git ls-files -s; git status --porcelain; git -C ../origin.git for-each-ref; }
keep() { before=$(refs); }
same() { [ "$(refs)" = "$before" ] || { diff <(printf '%s\n' "$before") <(refs); fail "something moved"; }; }
gone() { ! git rev-parse -q --verify "$1" >/dev/null || fail "$1 is still there"; }
begin() { # VERSION
	asked="release start $1"
	asks 0
}

# --- no version: the next one is proposed, and nothing begins
fresh
keep
printf 'changed\n' >file
asked="release start"
asks 2
has "By what is on develop the next one is 1.1.0: sluice release start 1.1.0"
asks 2 --kind nonsense
has "Say it: sluice release start VERSION"
git checkout -q file
same
cd "$work" && asks 2
has "Say it: sluice release start VERSION"

# --- the whole way
fresh
asked="release start 1.1.0"
keep
asks 0 --dry-run
has "create the branch release/1.1.0 from develop"
same
asks 0
has "you are on release/1.1.0"
is "$(git log -1 --format=%s)" "chore: release 1.1.0"
is "$(cat VERSION)" 1.1.0
is "$(cat package.json)" '{"name": "app", "version": "1.1.0"}'
is "$(tail -n 1 Cargo.toml)" 'version = "1.1.0"'
is "$(cat app.h)" '#define V "v1.1.0" /* x-version */'
grep -q '^## \[*1.1.0' CHANGELOG.md || fail "no section: $(cat CHANGELOG.md)"
grep -q 'sign in' CHANGELOG.md || fail "the feature is not in it: $(cat CHANGELOG.md)"
is "$(git rev-list --count develop..HEAD)" 1
asks 2
has "release/1.1.0 is there already"
change fix x "fix: the last thing"
asked="release finish"
asks 0 --dry-run
has "write 1.1.0 into its files on release/1.1.0"
has "nothing has changed"
asks 0
has "tag v1.1.0"
is "$(git cat-file -t v1.1.0)" tag
is "$(git rev-parse v1.1.0^{})" "$(git rev-parse main)"
is "$(git rev-list --parents -1 main | wc -w)" 3
is "$(git show main:VERSION)" 1.1.0
git show main:CHANGELOG.md | grep -q 'the last thing' || fail "the changelog was not brought up to date"
git tag -l --format='%(contents)' v1.1.0 | grep -q 'the last thing' || fail "the tag has no notes: $(git cat-file tag v1.1.0)"
git merge-base --is-ancestor main develop || fail "main is not back in develop"
gone release/1.1.0
is "$(git symbolic-ref --short HEAD)" main
is "$(git -C ../origin.git rev-parse v1.1.0)" "$(git rev-parse v1.1.0)"
is "$(git -C ../origin.git rev-parse develop)" "$(git rev-parse develop)"
is "$(git status --porcelain)" ""
asked="log"
asks 0
has "release finish 1.1.0"

# --- taken back; and what is not pushed stays here
fresh
keep
begin 1.1.0
asked="undo"
asks 0
same
begin 1.1.0
keep
asked="release finish 1.1.0 --no-push"
asks 0
is "$(git -C ../origin.git tag -l)" v1.0.0
asked="undo"
asks 0
same

# --- what stops a start
fresh
keep
asked="release start 1.x"
asks 2
asked="release start 1.0.0"
asks 2
has "v1.0.0 is there already"
asked="release start 0.9.0"
asks 2
has "0.9.0 is not above 1.0.0"
asked="release start 1.1.0 --kind nonsense"
asks 2
same
printf 'changed\n' >file
asked="release start 1.1.0"
asks 9
has "changes that are not committed: file"
git checkout -q file
git checkout -q --detach
asks 9
has "HEAD is detached"
git switch -q develop
git clone -q ../origin.git ../b && (cd ../b && git switch -q develop && printf 'more\n' >more && git add more && git commit -qm "feat: more" && git push -q) || exit 1
asks 9
has "develop is 1 commit behind origin/develop"
git pull -q
printf '{ nonsense\n' >package.json && git commit -qam "chore: break it" && git push -q
keep
asks 9
has "package.json is not JSON"
same

# --- the tag was taken elsewhere, the target moved on the remote: nothing has moved here
fresh
begin 1.1.0
git clone -q ../origin.git ../b && git -C ../b tag -a -m taken v1.1.0 && git -C ../b push -q origin v1.1.0
keep
asked="release finish --no-fetch"
asks 9
same
asked="release finish"
asks 2
has "v1.1.0"
has "is there already"
fresh
begin 1.1.0
git clone -q ../origin.git ../b && (cd ../b && git switch -q main && printf 'x\n' >x && git add x && git commit -qm "fix: x" && git push -q) || exit 1
keep
asked="release finish --no-fetch"
asks 9
same
asked="release finish"
asks 9
has "main is 1 commit behind origin/main"

# --- the same version in branch, files and tag
fresh
git switch -q -c release/1.1.0 && change file branch
keep
asked="branch finish release 1.1.0 --version 1.2.0"
asks 2
has "release/1.1.0 is the branch of 1.1.0"
same
asked="branch finish release 1.1.0"
asks 0
is "$(git show v1.1.0:VERSION)" 1.1.0

# --- a conflict with production: a person solves it, and what he leaves must say the version
conflict() {
	fresh
	git switch -q main && change file ours "fix: on main" && git push -q && git switch -q develop && change file theirs && git push -q
	begin 1.1.0
	keep
	asked="release finish"
	asks 9
	has "nothing has moved"
	same
	tree=$(printf '%s\n' "$out" | sed -n 's/^A work tree for solving it: //p')
	[ -d "$tree" ] || fail "no work tree"
}
conflict
asked="abort"
asks 0
same
conflict
printf 'both\n' >"$tree/file" && git -C "$tree" add file
asked="continue"
asks 0
is "$(git show main:file)" both
is "$(git show v1.1.0:VERSION)" 1.1.0
conflict
printf 'both\n' >"$tree/file" && printf '9.9.9\n' >"$tree/VERSION" && git -C "$tree" add file VERSION
asked="continue"
asks 9
has "VERSION says 9.9.9, and the version is 1.1.0"
asked="abort"
asks 0
same

# --- a conflict with what gets it too: owed until it is paid, and no release begins before
fresh
begin 1.1.0
change file release && git switch -q develop && change file develop && git push -q
asked="release finish 1.1.0"
asks 0
has "main is owed to develop: Both changed file."
is "$(git -C ../origin.git rev-parse sluice/back-merge/main-into-develop)" "$(git rev-parse main)"
asked="status"
asks 0
has "main is owed to develop"
has "git switch develop && git merge sluice/back-merge/main-into-develop"
git switch -q develop
asked="release start 1.2.0"
keep
asks 9
has "No release begins while a merge is owed"
has "git merge sluice/back-merge/main-into-develop"
same
git merge -q sluice/back-merge/main-into-develop >/dev/null 2>&1
printf 'both\n' >file && git add file && git commit -qm "chore: merge main" && git push -q
asks 0
change fix x && git push -q -u origin release/1.2.0
asked="status"
asks 0
hasnt "owed"
asked="release finish"
asks 0
has "delete the branch sluice/back-merge/main-into-develop, which is paid"
gone sluice/back-merge/main-into-develop
! git -C ../origin.git rev-parse -q --verify sluice/back-merge/main-into-develop >/dev/null || fail "the paid branch is still on the remote"

# --- several open releases: each is finished by its version, and the others get it
fresh
begin 1.1.0
git switch -q develop
begin 1.2.0
git switch -q develop
asked="release finish"
asks 2
has "Which release?"
asked="release finish 1.1.0"
asks 0
hasnt owed
git merge-base --is-ancestor main release/1.2.0 || fail "1.2.0 did not get it"
is "$(git show release/1.2.0:VERSION)" 1.2.0
is "$(git show release/1.2.0:package.json)" '{"name": "app", "version": "1.2.0"}'
is "$(git show release/1.2.0:CHANGELOG.md | grep -c '^## ')" 2
git show release/1.2.0:CHANGELOG.md | grep '^## ' | head -1 | grep -q 1.2.0 || fail "the sections are not in their order: $(git show release/1.2.0:CHANGELOG.md)"
asked="hotfix start"
asks 0
change urgent x && asked="hotfix finish"
asks 0
hasnt owed
is "$(git show release/1.2.0:VERSION)" 1.2.0
is "$(git show develop:VERSION)" 1.1.1
asked="release finish 1.1.0"
asks 2
has "Release 1.1.0 is finished already: the tag v1.1.0 is there"

# --- prereleases: numbered up, never back, promoted on the same commit; the finish says which candidate it is
fresh
begin 1.1.0
asked="release beta"
keep
asks 0 --dry-run
has "tag v1.1.0-beta.1 on release/1.1.0"
same
asks 0 --no-push
is "$(git -C ../origin.git tag -l)" v1.0.0
asked="undo"
asks 0
same
asked="release beta"
asks 0
is "$(git -C ../origin.git rev-parse v1.1.0-beta.1^{})" "$(git rev-parse HEAD)"
is "$(git cat-file -t v1.1.0-beta.1)" tag
asks 2
has "Nothing came since v1.1.0-beta.1"
asked="release rc 1.1.0"
asks 0
has "promote v1.1.0-beta.1: it is the same commit"
is "$(git rev-parse v1.1.0-rc.1^{})" "$(git rev-parse v1.1.0-beta.1^{})"
change fix x
asked="release beta"
keep
asks 2
same
git tag -d v1.1.0-beta.1 >/dev/null
asked="release rc"
asks 0
git rev-parse -q --verify v1.1.0-rc.2 >/dev/null || fail "no second candidate"
asked="release rc --label gamma"
asks 2
has "No prerelease is called gamma"
asked="release finish --dry-run"
asks 0
has "promote v1.1.0-rc.2"
change fix y
asks 0
has "release/1.1.0 has 1 commit that the last candidate, v1.1.0-rc.2, did not have"
asked="release finish"
asks 0
git switch -q develop
asked="release rc"
asks 2
has "Which release?"

# --- a hotfix on a support line: its version from the kind, its own way; main is none of its business
fresh
git branch support/1.x v1.0.0 && git push -q origin support/1.x
begin 2.0.0
asked="release finish"
asks 0
asked="hotfix start"
asks 0
is "$(git symbolic-ref --short HEAD)" hotfix/2.0.1
git switch -q main && git branch -q -D hotfix/2.0.1
asked="hotfix start --from support/1.x"
asks 0
is "$(git symbolic-ref --short HEAD)" hotfix/1.0.1
change fix y "fix: the old line"
asked="hotfix finish"
keep
asks 1
same
asked="hotfix finish --into support/1.x"
asks 0
is "$(git rev-parse v1.0.1^{})" "$(git rev-parse support/1.x)"
is "$(git show v1.0.1:VERSION)" 1.0.1
git show v1.0.1:CHANGELOG.md | grep -q 'the old line' || fail "no changelog"
! git merge-base --is-ancestor v1.0.1 main || fail "it came into main"
asked="hotfix start 1.0.1 --from support/1.x"
asks 2
has "1.0.1 is there already"
exit 0
