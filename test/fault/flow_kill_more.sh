#!/usr/bin/env bash
# The flows of a clone that flow_kill.sh does not kill: killed before and after each step, with the push and without, in what leads to a merge, in a
# conflict that is laid out and one that somebody has solved. `continue` ends as an undisturbed one does, `abort` puts back what was there, and what was
# pushed is not taken back, which is said.
# Requirement: BR-5, BR-6, RL-2, RL-3, DP-5
# Timeout: 1200
. "$(dirname "$0")/../scenario/offline.lib.sh"
. "$(dirname "$0")/../scenario/flow.lib.sh"

points="begin:after push:before push:after refs:before refs:after tree:before tree:after head:before head:after settings:before settings:after deletions:before deletions:after end:before end:logged"
there() { git -C ../origin.git for-each-ref; }
killed_at() { # POINT COMMAND ... : the shell's word of a killed child is not for the eyes
	local p=$1
	shift
	(SLUICE_FAULT=$p "$sluice" "$@" >"$work/out" 2>&1; exit $?) 2>/dev/null
	[ $? = 137 ]
}
kill_each() { # COMMAND LEAST BEFORE AFTER: from what is saved
	local command=$1 before=$3 after=$4 p end want n=0 remote
	again
	remote=$(there)
	for p in $points; do
		for end in continue abort; do
			again
			# shellcheck disable=SC2086 # words
			killed_at $p $command || break
			n=$((n + 1)) want=$after
			asked=status
			asks 0
			if [ $end = abort ] && [ "$(there)" != "$remote" ]; then
				asked="abort"
				asks 9
				has "others may have it"
				asked="continue"
				asks 0
			else
				asked=$end
				asks 0
				[ $end = continue ] || want=$before
			fi
			stands "killed at $p, then $end" "$want"
			idle
		done
	done
	[ $n -ge "$2" ] || fail "$name was killed $n times only"
}
killed() { # BRANCH|COMMAND LEAST; with=FUNCTION: what is there before
	local before after remote command
	split "$1"
	name=$asked command=$asked
	seed "$at"
	${with:-:}
	save
	before=$(state) remote=$(there)
	asks 0
	after=$(state)
	[ "$before" != "$after" ] || fail "$name changes nothing"
	if [ "$(there)" = "$remote" ]; then
		asked="undo"
		asks 0
		stands "undone" "$before"
	fi
	kill_each "$command" "$2" "$before" "$after"
}
make_seed

# --- what leads to a merge
ahead() { git switch -q develop && change new theirs && git push -q && git switch -q "$at"; }
with=ahead killed "feature/x|feature update" 4
with=ahead killed "straight/x|straight update" 4
killed "feature/x|feature publish" 4
killed "develop|feature delete merged --no-push" 4
killed "develop|feature delete merged" 4
killed "develop|perf start y" 4
killed "develop|hotfix start y" 4
killed "develop|hotfix start y --from support/0.x" 4
killed "develop|phase integrate two --kind bench --name try --no-run --push" 4
killed "release/1.1.0|release rc" 4

# --- merges
killed "perf/x|perf finish --no-push" 4
killed "perf/x|perf finish" 4
killed "straight/x|straight finish" 4
killed "hotfix/old|hotfix finish --into support/0.x --no-push" 4
killed "hotfix/old|hotfix finish --into support/0.x" 4
killed "hotfix/x|hotfix finish --no-push" 4
killed "hotfix/x|hotfix finish" 4
owing() { git switch -q release/1.1.0 && change main-file theirs && git push -q && git switch -q "$at"; }
with=owing killed "hotfix/x|hotfix finish" 4

# --- what is taken back
killed "main|revert --to v0.9.0 --no-push" 4
killed "main|revert --to v0.9.0" 4
killed "develop|revert --merge HEAD~1 --no-push" 4
killed "develop|revert --merge HEAD~1" 4

# --- a conflict: cut off while it is laid out, it is laid out again or given up; solved, it goes on or back from wherever it was cut off
killed_solved() { # BRANCH|COMMAND TARGET FILE
	local before after p end command
	split "$1"
	name="$asked, in conflict with $2" command=$asked
	seed "$at"
	clash "$2" "$3"
	save
	before=$(state)
	for p in solve:before solve:after; do
		again
		# shellcheck disable=SC2086 # words
		killed_at $p $command || fail "$name: not killed at $p"
		asked=status
		asks 0
		asked=abort
		asks 0
		stands "killed at $p" "$before"
		idle
	done
	asked=$command
	asks 9
	laid_out
	printf 'both\n' >"$tree/$3" && git -C "$tree" add "$3"
	save
	asked=continue
	asks 0
	after=$(state)
	kill_each continue 4 "$before" "$after"
}
killed_solved "feature/x|feature update" develop file
killed_solved "feature/x|feature finish" develop file
killed_solved "perf/x|perf finish --no-push" develop file
killed_solved "hotfix/x|hotfix finish" main main-file
killed_solved "hotfix/old|hotfix finish --into support/0.x" support/0.x main-file
killed_solved "work/two|phase finish" develop file
killed_solved "develop|revert --merge HEAD~1" develop one
killed_solved "straight/x|straight finish" develop file
killed_solved "straight/x|straight update" develop file
exit 0
