#!/usr/bin/env bash
# Every flow of a clone under every condition that no test of its own asserts: changes that are not committed, a remote that has moved on, a tag
# that is taken, a remote that refuses, a conflict (solved and gone on with, or given up). What is stopped leaves every ref here and on the remote, HEAD,
# index, file, setting and stash as it was, and nothing under way. Killed at each step: test/fault/flow_kill.sh, flow_kill_more.sh.
# Requirement: BR-5, BR-6, RL-2, DP-5
# Timeout: 600
. "$(dirname "$0")/offline.lib.sh"
. "$(dirname "$0")/flow.lib.sh"

stopped() { # BRANCH|COMMAND CODE WORDS SPOILER [ARG ...]
	local before code=$2 words=$3
	split "$1"
	name="$asked, $4 ${*:5}"
	seed "$at"
	"${@:4}"
	case $asked in *--no-fetch*) ;; *) git fetch -q --tags ;; esac # what fetching finds is no trace of the command
	before=$(state)
	asks "$code"
	has "$words"
	stands "after it stopped" "$before"
	idle
}
refused_then() { # what was solved is not lost by it
	local solved
	solved=$(state)
	refuses
	asked=continue
	asks 9
	has "What you solved is kept: sluice continue tries again, sluice abort gives it up."
	stands "solved, then refused" "$solved"
	asked=status
	asks 0
	has "its conflict is solved, nothing has moved yet"
	rm ../origin.git/hooks/pre-receive
}
conflict() { # BRANCH|COMMAND TARGET FILE WHERE-IT-LANDS
	local before tree round target=$2 file=$3 where=$4
	split "$1"
	name="$asked, in conflict with $target"
	local command=$asked
	seed
	clash "$target" "$file"
	before=$(state)
	for round in abort continue; do
		asked=$command
		asks 9
		has "1 file is in conflict; nothing has moved"
		laid_out
		is "$(git worktree list | wc -l)" 2
		[ $round = abort ] || { printf 'both\n' >"$tree/$file" && git -C "$tree" add "$file"; }
		case "$round $command" in abort* | *" update"*) ;; *) refused_then ;; esac
		asked=$round
		asks 0
		[ ! -e "$tree" ] || fail "$name: the work tree is left"
		[ $round = continue ] || stands "given up" "$before"
	done
	is "$(git show "$where:$file")" both
	[ "$where" = "$at" ] || is "$(git -C ../origin.git rev-parse "$where")" "$(git rev-parse "$where")"
	idle
	is "$(git stash list | wc -l) $(cat untracked)" "1 mine"
}

make_seed

# --- a conflict at the merge: nothing has moved; given up, all is as it was; solved, it goes on to its end
conflict "feature/x|feature update" develop file feature/x
conflict "perf/x|perf finish" develop file develop
conflict "hotfix/x|hotfix finish" main main-file main
conflict "hotfix/old|hotfix finish --into support/0.x" support/0.x main-file support/0.x
conflict "work/two|phase finish" develop file develop
conflict "develop|revert --merge HEAD~1" develop one develop
conflict "straight/x|straight finish" develop file develop
conflict "straight/x|straight update" develop file straight/x
conflict "feature/x|feature update --rebase" develop file feature/x
# a branch that is being rebased by hand is left alone
name="straight finish, while git rebases"
seed straight/x
clash develop file
git rebase develop >/dev/null 2>&1
asked="straight finish"
asks 9
has "A rebase is under way"

# a conflict with what gets it too holds nothing: an open release is owed the fix, the rest is done, and may be undone
name="hotfix finish, in conflict with an open release"
seed release/1.1.0
change main-file theirs && git push -q && git switch -q hotfix/x
before=$(state)
asked="hotfix finish --no-push"
asks 0
has "main is owed to release/1.1.0: Both changed main-file."
git merge-base --is-ancestor main develop || fail "develop did not get it"
is "$(git rev-parse sluice/back-merge/main-into-release/1.1.0)" "$(git rev-parse main)"
asked="undo"
asks 0
stands "undone" "$before"

# --- changes that are not committed
stopped "feature/x|feature update" 9 "changes that are not committed: line" dirty
stopped "feature/x|feature finish" 9 "changes that are not committed: line" dirty
stopped "develop|feature delete merged" 9 "changes that are not committed: line" dirty
stopped "develop|hotfix start y" 9 "changes that are not committed: line" dirty
stopped "develop|hotfix start y --from support/0.x" 9 "changes that are not committed: line" dirty
stopped "hotfix/x|hotfix finish" 9 "changes that are not committed: line" dirty
stopped "hotfix/old|hotfix finish --into support/0.x" 9 "changes that are not committed: line" dirty
stopped "release/1.1.0|release rc" 9 "changes that are not committed: line" dirty
stopped "release/1.1.0|release finish" 9 "changes that are not committed: line" dirty
stopped "work/two|phase finish" 9 "changes that are not committed: line" dirty
stopped "main|revert --to v0.9.0" 9 "changes that are not committed: line" dirty
stopped "develop|revert --merge HEAD~1" 9 "changes that are not committed: line" dirty

# --- the remote has moved on
published() { git push -q origin "$at" && moved "$at"; }
stopped "feature/x|feature publish" 9 "feature/x is 1 commit behind origin/feature/x" published
stopped "feature/x|feature finish" 9 "feature/x is 1 commit behind origin/feature/x" published
stopped "feature/x|feature update" 9 "feature/x is 1 commit behind origin/feature/x" published
stopped "feature/x|feature update" 9 "develop is 1 commit behind origin/develop" moved develop
stopped "perf/x|perf finish" 9 "develop is 1 commit behind origin/develop" moved develop
stopped "straight/x|straight finish" 9 "develop is 1 commit behind origin/develop" moved develop
stopped "develop|feature delete merged" 9 "feature/merged on origin has commits that are merged nowhere that it may go: they would be lost" moved feature/merged
stopped "develop|hotfix start y" 9 "main is 1 commit behind origin/main" moved main
stopped "develop|hotfix start y --from support/0.x" 9 "support/0.x is 1 commit behind origin/support/0.x" moved support/0.x
stopped "hotfix/x|hotfix finish" 9 "main is 1 commit behind origin/main" moved main
stopped "hotfix/x|hotfix finish" 9 "develop is 1 commit behind origin/develop" moved develop
stopped "hotfix/old|hotfix finish --into support/0.x" 9 "support/0.x is 1 commit behind origin/support/0.x" moved support/0.x
stopped "release/1.1.0|release rc" 9 "1 commit behind" moved release/1.1.0
stopped "release/1.1.0|release finish" 9 "1 commit behind" moved release/1.1.0
stopped "develop|phase start one" 9 "develop is 1 commit behind" moved develop
stopped "main|revert --to v0.9.0" 9 "main is 1 commit behind" moved main
stopped "develop|revert --merge HEAD~1" 9 "develop is 1 commit behind" moved develop

# --- the tag is taken
stopped "hotfix/x|hotfix finish --version 1.0.1" 2 "The tag v1.0.1 that this merge gets is there already" taken v1.0.1
stopped "hotfix/x|hotfix finish --no-fetch" 9 "did not take the push" taken v1.0.1
stopped "hotfix/old|hotfix finish --into support/0.x --version 0.9.1" 2 "The tag v0.9.1 that this merge gets is there already" taken v0.9.1
stopped "hotfix/old|hotfix finish --into support/0.x --no-fetch" 9 "did not take the push" taken v0.9.1
stopped "release/1.1.0|release rc --no-fetch" 9 "did not take the push" taken v1.1.0-rc.1

# --- the remote refuses
stopped "feature/x|feature publish" 9 "not on a Friday" refuses
stopped "develop|feature delete merged" 9 "not on a Friday" refuses
stopped "perf/x|perf finish" 9 "not on a Friday" refuses
stopped "straight/x|straight finish" 9 "not on a Friday" refuses
stopped "hotfix/x|hotfix finish" 9 "not on a Friday" refuses
stopped "hotfix/old|hotfix finish --into support/0.x" 9 "not on a Friday" refuses
stopped "release/1.1.0|release rc" 9 "not on a Friday" refuses
stopped "release/1.1.0|release finish" 9 "not on a Friday" refuses
stopped "work/two|phase finish" 9 "not on a Friday" refuses
stopped "main|revert --to v0.9.0" 9 "not on a Friday" refuses
stopped "develop|revert --merge HEAD~1" 9 "not on a Friday" refuses

exit 0
