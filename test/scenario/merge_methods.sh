#!/usr/bin/env bash
# The four ways to merge, by the server and by a push that is exactly the merge; what is not exactly it; what follows, and where it cannot.
# Requirement: BR-3, PR-1, RL-2
. "$(dirname "$0")/lib.sh"

cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
branches:
  main: {type: production, require: {approvals: 0, threads-resolved: false, last-push-approval: false, up-to-date: true}}
  development: {type: integration, base: main, require: {approvals: 0, threads-resolved: false}}
  release: {match: "release/v{version}", type: release, base: development, require: {approvals: 0},
    into: {main: {method: merge, tag: release, also-into: [development]}}}
  by-merge: {match: "m/{name}", type: work, base: development, into: {development: {method: merge}}, after-merge: delete}
  by-squash: {match: "s/{name}", type: work, base: development, into: {development: {method: squash}}, after-merge: keep}
  by-rebase: {match: "r/{name}", type: work, base: development, into: {development: {method: rebase}}, after-merge: delete}
  by-forward: {match: "f/{name}", type: work, base: development, into: {development: {method: fast-forward}}, after-merge: delete}
  hotfix: {match: "hotfix/{name}", type: hotfix, base: main, bump: patch, after-merge: delete, into: {main: {method: merge, tag: release, back-merge: [development, release]}}}
  patch: {match: "patch/{name}", type: hotfix, base: main, into: {main: {method: squash}}}
tags: {release: {match: "v{version}", type: release, branches: main, annotated: true}}
YML
server_start
repo "$test_dir/strategy.yml"
person lead admin
person ann maintain
export SLUICE_SERVER=$url
git init -q "$test_dir/seed"
commit "$test_dir/seed" a.txt one "feat: begin"
git -C "$test_dir/seed" tag -a v1.0.0 -m 1.0.0
yes "the branches" git -C "$test_dir/seed" push -q "$(remote_of lead)" main main:development
yes "the tag" git -C "$test_dir/seed" push -q "$(remote_of lead)" v1.0.0
clone_as ann "$test_dir/w"
cd "$test_dir/w" || exit 1
tip() { git rev-parse "origin/$1"; }
fetch() { yes "fetch" git fetch -q --prune --tags origin; }
# A branch of two commits by Bo from before another commit on development, pushed, with an open change: its number in $number
work() { # BRANCH [FILE]
	fetch
	yes "switch" git switch -qc "$1" origin/development
	GIT_AUTHOR_NAME=Bo GIT_AUTHOR_EMAIL=bo@example.org commit . "${2:-${1//\//-}}" 1 "feat: first of $1"
	GIT_AUTHOR_NAME=Bo GIT_AUTHOR_EMAIL=bo@example.org commit . "${2:-${1//\//-}}" 2 "feat: second of $1"
	yes "push $1" git push -q origin "$1"
	number=$(as ann change open "$1" --into development --title "feat: all of $1" 2>/dev/null) || fail "change open $1"
}
moved() { # development moves on meanwhile, by a merge
	local n
	fetch
	yes "switch" git switch -qc "m/beside-$1" origin/development
	commit . "$1" x "feat: $1"
	yes "push" git push -q origin "m/beside-$1"
	n=$(as ann change open "m/beside-$1" --into development 2>/dev/null) || fail "change open m/beside-$1"
	yes "merge m/beside-$1" as ann change merge "$n"
	fetch
}
refused() { # WHAT: the local HEAD as development
	local before
	before=$(refs)
	no "$1" git push origin HEAD:development
	[ "$(refs)" = "$before" ] || fail "$1 moved something"
}
accepted() { # WHAT
	yes "$1" git push -q origin HEAD:development
	fetch
	[ "$(tip development)" = "$(git rev-parse HEAD)" ] || fail "$1: development is not what was pushed"
	out=$(as ann change show "$number" 2>&1)
	has merged
}
gone() { case $(refs) in *"refs/heads/$1"*) fail "$1 is still there" ;; esac; }

# --- by the server: merge
work m/one
moved one
before=$(tip development)
yes "merge" as ann change merge "$number"
fetch
[ "$(git rev-parse origin/development^1 origin/development^2 | paste -sd' ')" = "$before $(git rev-parse m/one)" ] || fail "the parents of the merge"
gone m/one

# squash: one commit, the author of the change's, the branch kept
work s/one
moved two
before=$(tip development)
yes "squash" as ann change merge "$number"
fetch
[ "$(git rev-list --parents -1 origin/development)" = "$(tip development) $before" ] || fail "the squash has other parents"
[ "$(git show -s --format='%an %s' origin/development)" = "Bo feat: all of s/one" ] || fail "author and title of the squash: $(git show -s --format='%an %s' origin/development)"
[ "$(git show origin/development:s-one)" = 2 ] || fail "the squash's tree"
case $(refs) in *refs/heads/s/one*) ;; *) fail "s/one was to be kept" ;; esac

# rebase: both commits again, each with its author, in order
work r/one
moved three
before=$(tip development)
yes "rebase" as ann change merge "$number"
fetch
[ "$(git rev-parse origin/development~2)" = "$before" ] || fail "the rebase does not stand on development"
[ "$(git log -2 --format='%an %s' origin/development | paste -sd,)" = "Bo feat: second of r/one,Bo feat: first of r/one" ] || fail "the commits of the rebase"
[ "$(git show origin/development~1:r-one)" = 1 ] || fail "the first commit's tree"
gone r/one

# fast-forward: the same commits; when there is something to merge it is a conflict for a person
work f/one
moved four
before=$(refs)
code 9 as ann change merge "$number"
has "fast-forward"
[ "$(refs)" = "$before" ] || fail "what cannot be fast-forwarded moved something"
git switch -q f/one
yes "rebased by hand" git rebase -q origin/development
yes "force-push of one's own branch" git push -qf origin f/one
yes "fast-forward" as ann change merge "$number"
fetch
[ "$(tip development)" = "$(git rev-parse f/one)" ] || fail "development is not f/one"
gone f/one

# another way than the strategy's is refused, and named
work s/two
code 1 as ann change merge "$number" --method merge
has squash
yes "the strategy's own" as ann change merge "$number" --method squash

# --- by a push: merge
work m/push
moved five
yes "switch" git switch -q --detach origin/development
yes "a squash" git merge -q --squash m/push
yes "its commit" git commit -qm "feat: squashed"
refused "a squash where merges are wanted"
has "it is a squash of change $number"
yes "back" git switch -q --detach origin/development
yes "merge" git merge -q --no-ff m/push
good=$(git rev-parse HEAD)
echo evil >evil.txt && git add evil.txt && git commit -q --amend --no-edit || fail "evil merge"
refused "a merge commit with another file in it"
yes "the merge" git reset -q --hard "$good"
accepted "git merge --no-ff"
gone m/push

# an amended commit is another head than the change's
work m/amended
yes "amend" git commit -q --amend --author "Eve <eve@example.org>" --no-edit
yes "switch" git switch -q --detach origin/development
yes "merge" git merge -q --no-ff m/amended
refused "a merge of somebody else's amend"

# squash
work s/push
moved six
yes "switch" git switch -q --detach origin/development
yes "merge" git merge -q --no-ff s/push
refused "a merge where squashes are wanted"
has "it is a merge of change $number"
yes "back" git switch -q --detach origin/development
yes "squash" git merge -q --squash s/push
echo evil >evil.txt && git add evil.txt && git commit -qm "feat: all of it" || fail "evil squash"
refused "a squash with another file in it"
yes "without it" git rm -q --cached evil.txt
rm evil.txt
yes "amended" git commit -q --amend --no-edit
accepted "git merge --squash"

# rebase
work r/push
moved seven
yes "switch" git switch -q --detach origin/development
yes "merge" git merge -q --no-ff r/push
refused "a merge where rebases are wanted"
has "it is a merge of change $number"
yes "rebase" git switch -q --detach r/push
yes "rebase" git rebase -q origin/development
good=$(git rev-parse HEAD)
yes "another author" git commit -q --amend --author "Eve <eve@example.org>" --no-edit
refused "a rebase that gives a commit to somebody else"
yes "other words" git commit -q --amend --author "Bo <bo@example.org>" --date "$(git show -s --format=%aI "$good")" -m "feat: something else"
refused "a rebase with another message"
yes "back" git reset -q --hard "$good"
echo evil >evil.txt && git add evil.txt && git commit -q --amend --no-edit || fail "evil rebase"
refused "a rebase with another file in it"
yes "back" git reset -q --hard "$good~2"
echo evil >evil.txt && git add evil.txt || fail "evil"
yes "the first commit, and more in it" git cherry-pick -n "$good~1"
yes "commit" git commit -qC "$good~1"
yes "the second takes it back" git cherry-pick -n "$good"
git rm -qf evil.txt && git commit -qC "$good" || fail "the second"
[ "$(git rev-parse 'HEAD^{tree}')" = "$(git rev-parse "$good^{tree}")" ] || fail "the trees at the end differ"
refused "a rebase that hides a file between its commits"
yes "back" git reset -q --hard "$good"
accepted "git rebase"
gone r/push

# fast-forward
work f/push
yes "switch" git switch -q --detach origin/development
yes "merge" git merge -q --no-ff f/push
refused "a merge where only fast-forwards are wanted"
has "it is a merge of change $number"
yes "forward" git switch -q --detach f/push
commit . more.txt more "feat: one commit more"
refused "a fast-forward with one commit more than the change"
yes "back" git switch -q --detach origin/development
yes "forward" git merge -q --ff-only f/push
accepted "git merge --ff-only"
gone f/push

# --- a conflict: exit code 9, the files by name, nothing moved
work m/left shared.txt
left=$number
fetch
yes "switch" git switch -qc r/right origin/development
commit . shared.txt other "feat: the other side"
yes "push" git push -q origin r/right
right=$(as ann change open r/right --into development 2>/dev/null) || fail "change open r/right"
yes "the first" as ann change merge "$left"
before=$(refs)
code 9 as ann change merge "$right"
has shared.txt
has r/right
[ "$(refs)" = "$before" ] || fail "a conflict moved something"

# --- a release begins
fetch
yes "switch" git switch -qc release/v1.1.0 origin/development
commit . VERSION 1.1.0 "chore: version"
yes "push" git push -q origin release/v1.1.0
released=$(as ann change open release/v1.1.0 --into main --title "chore: 1.1.0" 2>/dev/null) || fail "change open release"

# --- hotfix: a patch on the last tag, into main, development and the open release; development has a conflict, which becomes a change
yes "switch" git switch -qc m/clash origin/development
commit . a.txt developed "feat: another a"
yes "push" git push -q origin m/clash
number=$(as ann change open m/clash --into development 2>/dev/null) || fail "change open m/clash"
yes "merge" as ann change merge "$number"
fetch
yes "switch" git switch -qc hotfix/a origin/main
commit . a.txt fixed "fix: a"
yes "push" git push -q origin hotfix/a
number=$(as ann change open hotfix/a --into main 2>/dev/null) || fail "change open hotfix"
yes "hotfix" as ann change merge "$number"
fetch
[ "$(git rev-parse 'v1.0.1^{commit}')" = "$(tip main)" ] || fail "v1.0.1 is not main's merge"
[ "$(git cat-file -t v1.0.1)" = tag ] || fail "v1.0.1 is not annotated"
[ "$(git show origin/release/v1.1.0:a.txt)" = fixed ] || fail "the open release has not got the fix"
git merge-base --is-ancestor origin/main origin/release/v1.1.0 || fail "main and its tag are not in the open release"
[ "$(git show origin/development:a.txt)" = developed ] || fail "development was changed in spite of the conflict"
[ "$(git rev-parse "origin/sluice/back-merge/$number-into-development")" = "$(tip main)" ] || fail "no branch for the conflict"
yes "the changes" as ann change list
has "sluice/back-merge/$number-into-development"
gone hotfix/a
# its branch takes the merge that resolves it, and nothing else by the way
left=sluice/back-merge/$number-into-development
yes "its branch" git switch -qC left "origin/$left"
commit . b.txt smuggled "feat: something else"
no "work of one's own" git push -q origin "left:$left"
has "branches.sluice"
git reset -q --hard "origin/$left"
git merge -q origin/development >/dev/null 2>&1 && fail "there is no conflict"
echo "fixed and developed" >a.txt
git commit -qam "fix: both" || fail "commit"
commit . b.txt smuggled "feat: something else"
no "work on top of the resolution" git push -q origin "left:$left"
has "is no such merge"
git reset -q --hard HEAD~1
yes "the resolution" git push -q origin "left:$left"
echo "fixed, then developed" >a.txt
git commit -qa --amend -m "fix: both, in order" || fail "commit"
yes "another resolution in its place" git push -qf origin "left:$left"

# a second one, without a conflict anywhere: all three at once
yes "switch" git switch -qc hotfix/b origin/main
commit . b.txt fixed "fix: b"
yes "push" git push -q origin hotfix/b
number=$(as ann change open hotfix/b --into main 2>/dev/null) || fail "change open hotfix/b"
yes "switch" git switch -q --detach origin/main
yes "merge" git merge -q --no-ff hotfix/b
yes "the hotfix by push" git push -q origin HEAD:main
fetch
[ "$(git rev-parse 'v1.0.2^{commit}')" = "$(tip main)" ] || fail "v1.0.2 is not main's merge"
[ "$(git show origin/release/v1.1.0:b.txt)" = fixed ] || fail "the open release has not got the second fix"

# --- up-to-date: main has something that the release was not tested with
fetch
yes "switch" git switch -qc patch/c origin/main
commit . c.txt c "fix: c"
yes "push" git push -q origin patch/c
number=$(as ann change open patch/c --into main --title "fix: c" 2>/dev/null) || fail "change open patch/c"
yes "merge" as ann change merge "$number"
fetch
before=$(refs)
code 1 as ann change merge "$released"
has up-to-date
yes "switch" git switch -q --detach origin/main
yes "merge" git merge -q --no-ff origin/release/v1.1.0
no "nor by a push" git push origin HEAD:main
has up-to-date
[ "$(refs)" = "$before" ] || fail "what is not up to date moved something"
yes "switch" git switch -qC release/v1.1.0 origin/release/v1.1.0
yes "main into it" git merge -q --no-edit origin/main
yes "push" git push -q origin release/v1.1.0
yes "release" as ann change merge "$released"
fetch
[ "$(git rev-parse 'v1.1.0^{commit}')" = "$(tip main)" ] || fail "v1.1.0 is not main's merge"
await 10 audit_verifies lead || fail "the audit log does not verify"
