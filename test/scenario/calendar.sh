#!/usr/bin/env bash
# The calendar of a strategy in a clone: the cycle and its sprint, what may enter, what comes next, the roadmap against the tags; nothing moves.
# Requirement: RL-5
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"

mkdir -p "$work/repo/.sluice" && cd "$work/repo" && git init -q . || fail "init"
cat >.sluice/strategy.yml <<'Y'
strategy: 1
branches:
  main: {type: production}
  develop: {type: integration, base: main, into: {main: {tag: release}}}
tags:
  release: {match: "v{version}", branches: main}
releases:
  calendar: {start: 2026-01-05, cycle: 4w, sprint: 2w, freeze: {at: 2w, branches: [develop], types: [fix]}, ship: {at: 3w}, major-every: 3}
  roadmap:
    1.0.0: {title: The beginning, due: 2026-01-26}
    1.1.0: {title: Reports, due: 2026-02-23}
    2.0.0: {title: New core}
Y
git add . && c "feat: begin" && git tag -a -m v1.0.0 v1.0.0
before=$(git for-each-ref; find .git -type f | sort)

asked="calendar --at"
asks 0 2025-12-31T10:00:00Z
has "The first cycle begins on 2026-01-05 (in 5 days)."
has "Next release: 2026-01-26 (in 26 days), of cycle 1, no major version."
asks 0 2026-01-06T10:00:00Z
has "Cycle 1, from 2026-01-05 to 2026-02-02: day 2 of 28, sprint 1 of 2, until 2026-01-19."
has "Today all may enter that the branches let in."
has "Next freeze: from 2026-01-19 (in 13 days) to 2026-01-26: only fix enters develop."
asks 0 2026-01-25T23:00:00Z
has "Frozen: only fix enters develop, until 2026-01-26 (tomorrow)."
asks 0 2026-01-26T12:00:00Z
has "Next release: 2026-01-26 (today)"
asks 0 2026-03-05T00:00:00Z
has "2026-03-23 (in 18 days), of cycle 3, a major version."
has "done, v1.0.0"
has "late by 10 days"
has "planned"
asks 0 2026-02-01T00:00:00Z --format json
is "$(jq -r '.cycle.number, .cycle.sprint.number, .freeze.holds, .freeze.from, .ship.at, (.roadmap | map(.state) | join(" "))' <<<"$out" | tr '\n' ' ')" \
	"1 2 false 2026-02-16T00:00:00Z 2026-02-23T00:00:00Z done due planned "
asks 0 2026-01-20T00:00:00Z --format json
is "$(jq -c '[.freeze.holds, .freeze.branches, .freeze.types, .roadmap[0].tag, .roadmap[2].due]' <<<"$out")" '[true,["develop"],["fix"],"v1.0.0",null]'

# --- without a calendar, in a bare clone, with a time that is none
asked=calendar
asks 0 --preset github-flow
has "The strategy has no cycles"
asks 0 --preset github-flow --format json
is "$(jq -c '[.cycle, .freeze, .ship, .roadmap]' <<<"$out")" '[null,null,null,[]]'
asks 2 --at yesterday
has "--at"
is "$(git for-each-ref; find .git -type f | sort)" "$before"
git clone -q --bare . ../bare.git && cd ../bare.git || fail "clone"
asks 0 --at 2026-01-06T10:00:00Z
has "Cycle 1"
