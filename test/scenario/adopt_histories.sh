#!/usr/bin/env bash
# Two real histories are adopted to a strategy, their default branch and one name that gives place to another, and taken back ref by ref. They are not part of
# this repository: $HISTORIES names a folder of fast-import streams (*.fi.zst); default ../shared/histories.
# Requirement: BR-5
# Timeout: 600
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"
histories=${HISTORIES:-$top/../shared/histories}
ls "$histories"/gitflow.fi.zst "$histories"/release-lines.fi.zst >/dev/null 2>&1 || { echo "no histories at $histories"; exit 77; }
command -v zstd >/dev/null || { echo "zstd is not installed"; exit 77; }
state() { git for-each-ref; git -C ../origin.git for-each-ref; git symbolic-ref HEAD; git symbolic-ref refs/remotes/origin/HEAD; git config --list --local | sort; git status --porcelain; }

adopted() { # HISTORY PRESET LINE: a branch of it that a folder of that name takes the place of
	cd "$work" && rm -rf a origin.git && git init -q --bare origin.git && zstd -dcq "$histories/$1.fi.zst" | git -C origin.git fast-import --quiet --done && git -C origin.git update-ref -d refs/import/x
	git -C origin.git symbolic-ref HEAD refs/heads/main && git -C origin.git rev-parse -q --verify refs/heads/main >/dev/null && git clone -q origin.git a && cd a || fail "$1 cannot be cloned"
	printf 'strategy: 1\nextends: [%s]\nbranches:\n  main: {match: production, was: main}\n  line: {match: %s/line, type: support, base: main, was: %s}\n' "$2" "$3" "$3" >../strategy.yml
	before=$(state)
	tip=$(git -C ../origin.git rev-parse "refs/heads/$3")
	asked="adopt apply --strategy ../strategy.yml"
	asks 0
	has "rename main to production, here and on origin"
	has "rename $3 to $3/line"
	has "push to origin twice"
	git -C ../origin.git symbolic-ref HEAD refs/heads/production
	asks 0
	has "delete main, on origin: production has all of it"
	is "$(git -C ../origin.git rev-parse "refs/heads/$3/line")" "$tip"
	is "$(git symbolic-ref HEAD) $(git status --porcelain)" "refs/heads/production "
	is "$(git -C ../origin.git for-each-ref refs/heads/main "refs/heads/$3" | wc -l)" 1
	git -C ../origin.git fsck --connectivity-only >/dev/null 2>&1 || fail "$1 is damaged"
	asked="adopt undo"
	asks 0
	git -C ../origin.git symbolic-ref HEAD refs/heads/main
	asks 0
	[ "$(state)" = "$before" ] || { out=$(diff <(printf '%s\n' "$before") <(state)); fail "$1 is not as it was"; }
}
adopted gitflow mlops gh-pages
adopted release-lines github-flow 1-3-x
exit 0
