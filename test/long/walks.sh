#!/usr/bin/env bash
# Questions about real histories as Git answers them: test/unit/git_peer_test.c on all of them. Requirement: BR-3, PR-3
# Timeout: 900
top=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
histories=${HISTORIES:-$top/../shared/histories}
ls "$histories"/*.fi.zst >/dev/null 2>&1 || { echo "no histories at $histories"; exit 77; }
"$top/tools/build" tests || exit 1
TOP=$top PEER_ALL=1 "${BUILD:-$top/build}/test-unit-git_peer_test"
