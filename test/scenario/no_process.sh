#!/usr/bin/env bash
# What is asked most in a clone is answered without starting git, and as it is where git is asked: told by a git that only writes down that it was called.
# Requirement: RL-1, RL-4, CM-1
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"
mkdir "$work/bin" && printf '#!/bin/sh\necho "$*" >>%s\nexit 1\n' "$work/called" >"$work/bin/git" && chmod +x "$work/bin/git" || fail "bin"
cd "$work" && git init -q repo && cd repo && mkdir .sluice || fail "init"
cat >.sluice/strategy.yml <<'Y'
strategy: 1
branches:
  main: {type: production}
  work: {match: "**", type: work, base: main}
tags:
  release: {type: release, match: "v{version}"}
commits: {convention: conventional}
Y
git add -A && git commit -qm "feat: begin" && git tag -a -m one v1.0.0 || fail "begin"
for i in $(seq 1 12); do
	git commit -q --allow-empty -m "feat: number $i" || fail "commit"
	[ $((i % 3)) -ne 0 ] || git tag -a -m "$i" "v1.$i.0" || fail "tag"
done
git switch -q -c side HEAD~5 && git commit -q --allow-empty -m "fix: aside" && git switch -q main && git merge -q --no-ff -m "Merge side" side || fail "merge"
git commit -q --allow-empty -m "not conventional" && echo "feat: written" >message || fail "last"

same() { # CODE WORDS: with a git and without, in whatever way it is stored
	local code=$1 with
	shift
	asks "$code" "$@"
	with=$out
	rm -f "$work/called"
	out=$(PATH=$work/bin "$sluice" "$@" 2>&1)
	[ $? = "$code" ] && [ "$out" = "$with" ] || fail "$stored: $* is another one without git; with it: $with"
	[ ! -e "$work/called" ] || fail "$stored: $* called git $(cat "$work/called")"
}
all() {
	stored=$1
	same 0 next --why
	same 0 changelog --all
	same 0 changelog --from v1.3.0 --to v1.9.0 --format json
	same 1 commit lint --every
	same 1 commit lint v1.12.0..main
	same 0 commit lint v1.3.0..v1.12.0
	same 0 commit lint --message message
	same 0 replay --preset gitflow --format json
	same 0 replay --preset gitflow --no-cache
}
all "as files"
git pack-refs --all && git repack -adq || fail "pack"
all "packed"
git commit-graph write --reachable || fail "graph"
all "with a commit-graph"
git commit -q --allow-empty -m "feat: above the graph" && git tag -a -m x v1.13.0 && git commit -q --allow-empty -m "fix: and more" || fail "above"
all "with commits above the graph"
git worktree add -q ../linked side && cp message ../linked && cd ../linked || fail "linked"
stored="a linked work tree"
same 0 next --branch main --why
same 1 commit lint --every
cd .. && git clone -q --bare repo bare.git && cd bare.git && cp ../repo/message . || fail "bare"
all "bare"
cd .. && git clone -q repo clone && cd clone && cp ../repo/message . && [ -e .git/refs/remotes/origin/HEAD ] || fail "clone"
all "a clone, in which origin/HEAD names another ref"
git -C ../repo commit -q --allow-empty -m "feat: fetched" && git fetch -q || fail "fetch"
all "a clone that has fetched"

# With what git must tell, it is asked.
cd ../repo && git config user.email x@example.org && printf '[include]\n\tpath = more\n' >>.git/config && printf '[sluice]\n\tpreset = tower\n' >.git/more || fail "include"
rm -f "$work/called"
PATH=$work/bin "$sluice" next >/dev/null 2>&1
[ -s "$work/called" ] || fail "a configuration file that includes another is left to git"
asks 0 next
echo "no process was started"
