#!/usr/bin/env bash
# What works in a clone without a server, on real histories and on a made one of 500,000 commits: the next version, the whole changelog, every
# message judged, a hook, a replay; beside what people use today (bench/peers) and `git log`. CPU time of whole processes, medians of
# interleaved rounds, so that a busy machine counts less; peers that take minutes run once. $HISTORIES names the folder of the real ones.
. "$(dirname "$0")/lib.sh"
rounds=${ROUNDS:-5}
cost=$top/build/bench/cost
strategy=$top/bench/history.yml
one=(taskset -c "$(awk '/^Cpus_allowed_list/ {split($2, c, /[-,]/); print c[1]}' /proc/self/status)") # one processor, so one thread
peers=$top/bench/peers/node_modules/.bin
tools/npm bench/peers || { echo "the peers could not be installed from npm: their figures are left out"; peers=; }

load() { # NAME: a real one, with a commit-graph
	real_history "$1" "$work/$1" && ready "$1"
}
ready() { # NAME: packed, with main where HEAD points
	local tip
	git -C "$work/$1" rev-parse -q --verify HEAD >/dev/null || {
		tip=$(git -C "$work/$1" for-each-ref --sort=-committerdate --count=1 --format='%(objectname)' refs/heads)
		git -C "$work/$1" update-ref refs/heads/main "$tip"
		git -C "$work/$1" symbolic-ref HEAD refs/heads/main
	}
	git -C "$work/$1" pack-refs --all
	git -C "$work/$1" commit-graph write --reachable
}
made() { # NAME COMMITS TAGS
	git init -q --bare "$work/$1"
	awk -v n="$2" -v tags="$3" -v seed=7 -f bench/grow.awk | git -C "$work/$1" fast-import --quiet --done --force
	git -C "$work/$1" update-ref -d refs/heads/side
	ready "$1"
}

# ROUNDS REPOSITORY NAME COMMAND… [-- NAME COMMAND…]: interleaved; sets ${cpu[NAME]} (µs), ${wall[NAME]}, ${kb[NAME]}
declare -A cpu wall kb
measure() {
	local n=$1 repo=$2 i name words c w k
	shift 2
	rm -f "$work"/t.*
	for ((i = 0; i < n; i++)); do
		words=() name=
		for word in "$@" --; do
			if [ "$word" != -- ]; then [ -n "$name" ] && words+=("$word") || name=$word; continue; fi
			(cd "$work/$repo" && "$cost" 1 "${words[@]}") >>"$work/t.$name" || { echo "bench: could not run ${words[*]}" >&2; exit 1; }
			words=() name=
		done
	done
	for c in "$work"/t.*; do
		name=${c##*/t.}
		cpu[$name]=$(awk '{print $1}' "$c" | median) wall[$name]=$(awk '{print $2}' "$c" | median) kb[$name]=$(awk '{print $3}' "$c" | sort -n | tail -n 1)
	done
}
figure() { result "$1" "$(ms "${cpu[$2]}")" "$3" "on the clock $(ms "${wall[$2]}")${4:+; $4}"; }
memory() { result "$1" "$(awk -v k="${kb[$2]}" 'BEGIN {printf "%.1f MB", k / 1024}')" "$3" "${4:-}"; }
cliff() { # REPOSITORY ARG…: git-cliff, once; its cost as words
	[ -n "$peers" ] || return 0
	measure 1 "$1" cliff "$peers/git-cliff" --tag-pattern '^v[0-9]' "${@:2}"
	printf 'git-cliff %s, %s' "$(ms "${cpu[cliff]}")" "$(awk -v k="${kb[cliff]}" 'BEGIN {printf "%d MB", k / 1024}')"
}

if load merges; then
	commits=$(git -C "$work/merges" rev-list --all --count)
	by=(--strategy "$strategy")
	measure "$rounds" merges next "$sluice" next "${by[@]}" -- log git log --all -- lint "${one[@]}" "$sluice" commit lint --every "${by[@]}" -- lint2 "$sluice" commit lint --every "${by[@]}" -- changelog "$sluice" changelog --all "${by[@]}" -- replay "$sluice" replay --preset gitflow
	echo "merges: $commits commits; git log --all: $(ms "${cpu[log]}")"
	figure "next version on merges" next "< 50 ms" "$(cliff merges --bumped-version)"
	figure "whole changelog of merges" changelog "< 1500 ms" "$(cliff merges)"
	memory "the same, memory" changelog "< 100 MB"
	result "every message of merges: commits a CPU second" "$(awk -v n="$commits" -v t="${cpu[lint]}" 'BEGIN {printf "%d", n * 1e6 / t}')" "> 60000" "$(ms "${cpu[lint]}")"
	result "the same, one thread: CPU of git log / ours" "$(ratio "${cpu[log]}" "${cpu[lint]}")" ">= 1.6"
	result "the same, two threads: clock of git log / ours" "$(ratio "${wall[log]}" "${wall[lint2]}")" ">= 3" "$(ms "${wall[lint2]}"), CPU $(ms "${cpu[lint2]}")"
	memory "the same, memory of two threads" lint2 "< 100 MB"
	result "replay of merges under gitflow: CPU of git log / ours" "$(ratio "${cpu[log]}" "${cpu[replay]}")" ">= 3" "$(ms "${cpu[replay]}")"
	rm -rf "$work/merges/objects/info/commit-graph"
	measure "$rounds" merges bare_lint "${one[@]}" "$sluice" commit lint --every "${by[@]}" -- bare_lint2 "$sluice" commit lint --every "${by[@]}" -- log git log --all
	result "every message, no commit-graph, one thread: CPU of git log / ours" "$(ratio "${cpu[log]}" "${cpu[bare_lint]}")" ">= 1" "$(ms "${cpu[bare_lint]}")"
	result "the same, two threads: clock of git log / ours" "$(ratio "${wall[log]}" "${wall[bare_lint2]}")" ">= 1.5" "$(ms "${wall[bare_lint2]}")"
	memory "the same, memory" bare_lint2 "< 100 MB"
fi
if load conventional; then
	measure "$((rounds * 4))" conventional next "$sluice" next --strategy "$strategy" -- log git log --all -- lint "${one[@]}" "$sluice" commit lint --every --strategy "$strategy" -- lint2 "$sluice" commit lint --every --strategy "$strategy"
	figure "next version on conventional" next "< 10 ms" "$(cliff conventional --bumped-version)"
	result "every message of conventional, one thread: CPU of git log / ours" "$(ratio "${cpu[log]}" "${cpu[lint]}")" ">= 1.6" "$(ms "${cpu[lint]}")"
	result "the same, two threads: clock of git log / ours" "$(ratio "${wall[log]}" "${wall[lint2]}")" ">= 3" "$(ms "${wall[lint2]}"), CPU $(ms "${cpu[lint2]}")"
fi

git init -q "$work/hook" && mkdir "$work/hook/.sluice" && cp "$strategy" "$work/hook/.sluice/strategy.yml"
for n in $(seq 1 59); do printf '  kind%d: {match: "kind%d/*", type: work,\n    base: main,\n    lifespan: 7d,\n    allow: {create: write, push: write},\n    require: {signed: false}}\n' "$n" "$n"; done >"$work/kinds"
sed "/^  work:/r $work/kinds" "$strategy" >"$work/hook/long.yml"
git -C "$work/hook" add -A && git -C "$work/hook" commit -qm "feat: begin" && echo "feat: what it does" >"$work/hook/message"
"$sluice" strategy check "$work/hook/long.yml" >/dev/null 2>&1 || { echo "bench: the long strategy is not valid" >&2; exit 1; }
measure 25 hook hook "$sluice" commit lint --message message -- check "$sluice" strategy check long.yml
if [ -n "$peers" ]; then
	echo 'module.exports = { extends: ["@commitlint/config-conventional"] };' >"$work/hook/commitlint.config.cjs"
	ln -s "$top/bench/peers/node_modules" "$work/hook/node_modules"
	measure 3 hook peer "$peers/commitlint" --edit message
fi
figure "hook for one message" hook "< 5 ms" "${peers:+commitlint $(ms "${cpu[peer]}")}"
figure "strategy check of $(wc -l <"$work/hook/long.yml") lines" check "< 10 ms"

made half 250000 850
made whole 500000 1700
measure 1 half half "$sluice" changelog --all --strategy "$strategy"
measure 1 whole whole "$sluice" changelog --all --strategy "$strategy"
figure "whole changelog of 500,000 commits, 1,700 tags" whole "< 6000 ms" "${CLIFF_WHOLE:+$(cliff whole)}"
memory "the same, memory" whole "< 250 MB"
result "twice the commits and tags: CPU" "$(ratio "${cpu[whole]}" "${cpu[half]}")" "<= 2.3"
