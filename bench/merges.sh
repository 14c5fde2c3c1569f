#!/usr/bin/env bash
# A push on top of a real history of 85,000 commits and 1,000 refs; without it there is nothing to measure.
. "$(dirname "$0")/lib.sh"
rounds=${ROUNDS:-15}
real_history merges "$work/source" || exit 0
git -C "$work/source" commit-graph write --reachable
main=$(git -C "$work/source" symbolic-ref HEAD)
git -C "$work/source" rev-parse -q --verify "$main" >/dev/null || main=$(git -C "$work/source" for-each-ref --sort=-committerdate --count=1 --format='%(refname)' refs/heads)
sed -e "s|^  main: {|  main: {match: ${main#refs/heads/}, |" -e "s|base: development|base: main|" bench/strategy.yml >"$work/strategy.yml"
start_server
for p in with without; do
	strategy=$work/strategy.yml
	[ "$p" = with ] || strategy=bench/disabled.yml
	"$sluice" repo import "bench/$p" "$work/source" --strategy "$strategy" -q >/dev/null
	"$sluice" role grant ann admin --repo "bench/$p" -q >/dev/null
done
base=$(git -C "$work/source" rev-parse "$main")
for i in $(seq "$rounds"); do
	tip=$base
	for k in 1 2 3; do tip=$(git -C "$work/source" commit-tree -p "$tip" -m "feat(api): step $k of $i" "$base^{tree}"); done
	peers=(with without)
	[ $((i % 2)) = 0 ] || peers=(without with)
	for p in "${peers[@]}"; do
		c=$(cpu_ticks "$server_pid")
		t=$(now_us)
		git -C "$work/source" push -q "$auth/bench/$p.git" "$tip:refs/heads/feature/b$i" 2>"$work/push.log" || { cat "$work/push.log" >&2; exit 1; }
		echo "$(($(now_us) - t)) $(($(cpu_ticks "$server_pid") - c))" >>"$work/t.$p"
	done
done
wall() { awk '{print $1}' "$work/t.$1" | median; }
cpu() { awk '{n += $2} END {print n * 10000 / NR}' "$work/t.$1"; }
refs=$(git -C "$work/source" for-each-ref | wc -l)
result "push on $(git -C "$work/source" rev-list --count --all) commits, $refs refs: decision / none, time" "$(ratio "$(wall with)" "$(wall without)")" "<= 1.05" "$(ms "$(wall with)") / $(ms "$(wall without)")"
result "the same, server CPU" "$(ratio "$(cpu with)" "$(cpu without)")" "<= 1.05" "$(ms "$(cpu with)") / $(ms "$(cpu without)")"
