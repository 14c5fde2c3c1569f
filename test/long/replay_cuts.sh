#!/usr/bin/env bash
# Real histories at random moments of their past: branches are cut back and come on again, go and come, tags come and move; what a replay says that takes what an earlier
# one left is, byte for byte, what one without it says, under several strategies and dates. Requirement: BR-3, PR-6
# Timeout: 1800
set -u
top=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
sluice=${SLUICE:-$top/build/sluice}
common=$(git -C "$top" rev-parse --path-format=absolute --git-common-dir 2>/dev/null || echo "$top/.git")
histories=${HISTORIES:-${common%/.git}/../shared/histories}
if [ ! -d "$histories" ] || ! command -v zstd >/dev/null; then echo "skipped: real histories or zstd are not there"; exit 77; fi
work=$(mktemp -d "${TMPDIR:-/tmp}/replay-cuts.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null HOME=$work NO_COLOR=1 LC_ALL=C.UTF-8
fail() { printf 'FAIL: %s\n' "$1"; exit 1; }
cd "$work" || exit 1
printf 'strategy: 1\nextends: gitflow\ncommits: {convention: conventional}\nfiles: {forbid: [.env], max-size: 1MB}\n' >own.yml
asks=("--preset gitflow --all" "--preset trunk --format json" "--strategy own.yml --format json" "--preset tower --format json --since 2019-05-01" "--format html")
runs=0
cut() { # NAME ROUND: another moment of it
	local refs commits ref n=0
	mapfile -t refs <"$1.refs"
	mapfile -t commits < <(git -C "$1" rev-list --all --max-count=100000 | awk -v seed="$2" 'BEGIN { srand(seed) } rand() < 0.01')
	for ref in "${refs[@]}"; do
		read -r id name <<<"$ref"
		case $name,$((RANDOM % 8)) in
		refs/heads/*,[0-3]) echo "update $name $(git -C "$1" rev-list --first-parent --skip=$((RANDOM % 150)) --max-count=1 "$id" | grep . || echo "$id")" ;;
		refs/heads/*,4) [ $n -lt 20 ] && { n=$((n + 1)); echo "delete $name"; } ;;
		refs/heads/*,*) echo "update $name $id" ;;
		refs/tags/*,0) echo "delete $name" ;;
		refs/tags/*,1) [ ${#commits[@]} -gt 0 ] && echo "update $name ${commits[RANDOM % ${#commits[@]}]}" ;;
		refs/tags/*,*) echo "update $name $id" ;;
		esac
	done | git -C "$1" update-ref --stdin || fail "$1: cut $2"
}
for name in conventional gitflow; do
	git init -q --bare $name && zstd -dc "$histories/$name.fi.zst" | git -C $name fast-import --quiet --done && git -C $name update-ref -d refs/import/x || fail "$name"
	git -C $name for-each-ref --format='%(objectname) %(refname)' >$name.refs
	for i in $(seq "${ROUNDS:-12}"); do
		RANDOM=$i
		cut $name "$i"
		case $i in 4) git -C $name commit-graph write --reachable ;; 7) git -C $name pack-refs --all ;; 9) rm -f $name/sluice/history ;; esac
		for ask in "${asks[@]}"; do
			# shellcheck disable=SC2086 # words
			"$sluice" replay $ask $name >with 2>&1; a=$?
			# shellcheck disable=SC2086
			"$sluice" replay --no-cache $ask $name >without 2>&1; b=$?
			[ $a = $b ] && cmp -s with without || fail "$name, moment $i: replay $ask: $(diff with without | head -6)"
			runs=$((runs + 1))
		done
	done
	[ -s $name/sluice/history ] || fail "$name: nothing was left for the next"
done
echo "$runs replays, the same with and without"
