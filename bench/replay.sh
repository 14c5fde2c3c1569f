#!/usr/bin/env bash
# A whole history replayed under a strategy against `git log` of the same, in CPU time, interleaved; and again after 100 new commits.
# Without the history there is nothing to measure.
. "$(dirname "$0")/lib.sh"
rounds=${ROUNDS:-9}
real_history merges "$work/source" || exit 0
git -C "$work/source" commit-graph write --reachable 2>/dev/null
cpu_of() { # FILE COMMAND…: milliseconds of CPU, its own and its children's
	local to=$1
	shift
	TIMEFORMAT='%U %S'
	{ time "$@" >/dev/null 2>&1; } 2>&1 | awk '{print ($1 + $2) * 1000}' >>"$to"
}
replay() { "$sluice" replay ${cache:-} --preset gitflow "$work/source"; }
log() { git -C "$work/source" log --all; }
cache=--no-cache
for i in $(seq "$rounds"); do
	peers=(replay log)
	[ $((i % 2)) = 0 ] || peers=(log replay)
	for p in "${peers[@]}"; do cpu_of "$work/cpu.$p" "$p"; done
done
cache=
r=$(median <"$work/cpu.replay") l=$(median <"$work/cpu.log")
result "git log / replay of $(git -C "$work/source" rev-list --count --all) commits under gitflow, CPU" "$(ratio "$l" "$r")" ">= 3" "$l ms / $r ms"
main=$(git -C "$work/source" for-each-ref --sort=-committerdate --count=1 --format='%(refname)' refs/heads)
tip=$(git -C "$work/source" rev-parse "$main")
replay >/dev/null
for round in $(seq "$rounds"); do
	for i in $(seq 100); do tip=$(git -C "$work/source" commit-tree -p "$tip" -m "step $round $i" "$tip^{tree}"); done
	git -C "$work/source" update-ref "$main" "$tip"
	cpu_of "$work/cpu.again" replay
	cpu_of "$work/cpu.first" "$sluice" replay --no-cache --preset gitflow "$work/source"
done
result "the same again after 100 new commits, CPU" "$(median <"$work/cpu.again") ms" "< 50 ms" "from the beginning $(median <"$work/cpu.first") ms"
