#!/usr/bin/env bash
# Every message of the real histories is read in four ways and written as it was, byte for byte; and the trailers of each are those that
# Git itself finds. The histories are not part of this repository: $HISTORIES names a folder of fast-import streams; default ../shared/histories.
# Timeout: 900
# Requirement: CM-1
set -u
top=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${BUILD:-$top/build}
histories=${HISTORIES:-$top/../shared/histories}
ls "$histories"/*.fi.zst >/dev/null 2>&1 || { echo "no histories at $histories"; exit 77; }
command -v zstd >/dev/null || { echo "zstd is not installed"; exit 77; }
"$top/tools/build" tests || exit 1
work=$(mktemp -d "${TMPDIR:-/tmp}/messages.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
fail() { printf 'FAIL: %s\n' "$1"; exit 1; }

for stream in "$histories"/*.fi.zst; do
	name=$(basename "$stream" .fi.zst)
	git=(git --git-dir="$work/$name.git")
	git init -q --bare "$work/$name.git"
	zstd -dc "$stream" | "${git[@]}" fast-import --quiet --done || fail "$name: fast-import"
	"${git[@]}" log -z --all --encoding=none --format=%B >"$work/messages"
	"$build/test-fuzz-commit_fuzz" --records <"$work/messages" || fail "$name: a message is not written as it was"
	"$build/sluice" commit parse --footers git <"$work/messages" >"$work/parsed" || fail "$name: a message is not read"
	[ "$(wc -l <"$work/parsed")" = "$(tr -cd '\0' <"$work/messages" | wc -c)" ] || fail "$name: not one line a message"
	"${git[@]}" log --all --encoding=none --format='%(trailers:only=true,unfold=true)' | grep -a . >"$work/theirs"
	jq -r '.footers[] | "\(.token): \(.value)"' <"$work/parsed" >"$work/ours" || fail "$name: it is no JSON"
	cmp "$work/ours" "$work/theirs" || fail "$name: other trailers than Git's"
	echo "$name: $(wc -l <"$work/parsed") messages, $(wc -l <"$work/ours") trailers"
	rm -rf "$work/$name.git"
done
