#!/usr/bin/env bash
# Every object of real histories, as our readers give it and as git does.
# $HISTORIES names a folder of fast-import streams (*.fi.zst); default ../shared/histories.
# Timeout: 900
. "$(dirname "$0")/../scenario/lib.sh"
histories=${HISTORIES:-$top/../shared/histories}
ls "$histories"/*.fi.zst >/dev/null 2>&1 || { echo "no histories at $histories"; exit 77; }
command -v zstd >/dev/null || { echo "zstd is not installed"; exit 77; }
for stream in "$histories"/*.fi.zst; do
	name=$(basename "$stream" .fi.zst)
	git init -q --bare "$test_dir/$name.git"
	zstd -dc "$stream" | git --git-dir="$test_dir/$name.git" fast-import --quiet --done || fail "$name: fast-import"
	git --git-dir="$test_dir/$name.git" repack -adq || fail "$name: repack"
	out=$(PACK_REPOSITORY=$test_dir/$name.git "$BUILD/test-unit-git_pack_test" a_repository_that_is_named) || fail "$name: $out"
	echo "$name: $out"
	out=$(OWN_REPOSITORY=$test_dir/$name.git "$BUILD/test-unit-git_objects_test" a_repository_that_is_named) || fail "$name: $out"
	echo "$name: $out"
	rm -rf "$test_dir/$name.git"
done
