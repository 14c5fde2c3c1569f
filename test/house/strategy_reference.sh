#!/usr/bin/env bash
# docs/strategy-reference.md is what the schema table says today.
set -u
cd "$(dirname "$0")/../.."
if ! "${SLUICE:-build/sluice}" schema --markdown | diff -u docs/strategy-reference.md - ; then
	echo "docs/strategy-reference.md is not current. Run: build/sluice schema --markdown >docs/strategy-reference.md"
	exit 1
fi
