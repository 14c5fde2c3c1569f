#!/usr/bin/env bash
# On a real history of conventional commits the same findings as commitlint on every commit, but for the differences that commitlint.mjs lists.
# $HISTORIES names a folder of fast-import streams (*.fi.zst); default ../shared/histories. Requirement: CM-1
# Timeout: 900
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/../scenario/offline.lib.sh"
histories=${HISTORIES:-$top/../shared/histories}
[ -f "$histories/conventional.fi.zst" ] || { echo "no conventional.fi.zst at $histories"; exit 77; }
command -v zstd >/dev/null || { echo "zstd is not installed"; exit 77; }
"$top/tools/npm" bench/peers || fail "commitlint could not be installed from npm"
git init -q --bare "$work/h" && zstd -dc "$histories/conventional.fi.zst" | git -C "$work/h" fast-import --quiet --done || fail "fast-import"
git -C "$work/h" update-ref -d refs/import/x
{ cat "$top/bench/history.yml"; echo "  subject: {max: 100, full-stop: false}"; } >"$work/strategy.yml"
cd "$work/h" && "$sluice" commit lint --every --quiet --format json --strategy "$work/strategy.yml" >"$work/findings"
[ $? = 1 ] || fail "some of them are to be refused"
out=$(node "$top/test/long/commitlint.mjs" "$work/h" "$top/bench/peers" "$work/findings" 2>&1) || fail "differences that are not listed"
echo "$out"
