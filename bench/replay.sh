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
# A working clone, and 100 commits that it fetched since the last replay.
source=$work/source
main=$(git -C "$source" for-each-ref --sort=-committerdate --count=1 --format='%(refname)' refs/heads)
tip=$(git -C "$source" rev-parse "$main")
git -C "$source" symbolic-ref HEAD "$main"
git clone -q "$source" "$work/clone"
again() { "$sluice" replay ${cache:-} --preset gitflow "$work/clone"; }
again >/dev/null
for round in $(seq "$rounds"); do
	for i in $(seq 100); do tip=$(git -C "$source" commit-tree -p "$tip" -m "step $round $i" "$tip^{tree}"); done
	git -C "$source" update-ref "$main" "$tip"
	git -C "$work/clone" fetch -q
	cpu_of "$work/cpu.again" again
	from=$(now_us)
	again >/dev/null
	echo $((($(now_us) - from) / 1000)) >>"$work/clock.again"
	cache=--no-cache cpu_of "$work/cpu.first" again
done
result "the same again in a clone that has fetched 100 commits, CPU" "$(median <"$work/cpu.again") ms" "< 50 ms" "from the beginning $(median <"$work/cpu.first") ms"
result "the same by the clock" "$(median <"$work/clock.again") ms" "< 50 ms"
