#!/usr/bin/env bash
# Taking a phase back in a clone of a sluice server that squashed or rebased it: a trailer tells, or the server's changes do.
# Requirement: DP-5, BR-7, BR-8
. "$(dirname "$0")/lib.sh"

cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
branches:
  main: {type: production}
  develop: {type: integration, base: main, allow: {create: write, push: write}, require: {approvals: 0, checks: [], up-to-date: false, last-push-approval: false}}
  phase: {match: "phase/{phase}", type: work, base: develop, into: {develop: {method: rebase}}}
  short: {match: "short/{phase}", type: work, base: develop, into: {develop: {method: squash}}}
phases: {one: {}, two: {}, three: {}}
commits: {convention: none}
YML
mkdir -p "$test_dir/seed/.sluice"
cp "$test_dir/strategy.yml" "$test_dir/seed/.sluice/strategy.yml"
server_start
repo "$test_dir/strategy.yml"
person lead admin
person ann write
git init -q "$test_dir/seed"
commit "$test_dir/seed" file one "chore: begin"
yes "the branches" git -C "$test_dir/seed" push -q "$(remote_of lead)" main main:develop
clone_as ann "$test_dir/a"
cd "$test_dir/a" || exit 1
git config user.name ann
files() { git ls-tree -r --name-only "$1" | grep -v '^\.sluice' | tr '\n' ' '; }
lands() { # BRANCH FILE: two commits, landed by the server; this clone forgets what it did itself
	git switch -q -c "$1" origin/develop
	commit . "$2" 1 "feat: $2"
	commit . "$2-more" 1 "feat: more of $2"
	code 0 "$sluice" branch finish "${1%%/*}" "$1"
	git switch -q develop 2>/dev/null || git switch -q -c develop origin/develop
	rm -rf .git/sluice/flow
}
lands phase/one one
lands short/two two
lands phase/three three
is "$(git log -1 --format='%(trailers:key=Squashed,valueonly)' develop~2 | head -n 1)" "short/two into develop"
is "$(git log -6 --format=%s develop | paste -sd,)" "feat: more of three,feat: three,feat: more of two,feat: more of one,feat: one,chore: begin"

code 0 "$sluice" revert --to one --dry-run
has 'take '"$(git rev-parse --short=10 develop~3)"' back, "feat: more of one"'
has 'take '"$(git rev-parse --short=10 develop~4)"' back, "feat: one"'
code 0 "$sluice" revert --to one
is "$(files develop)" "file three three-more two two-more "
code 0 "$sluice" revert --to two
is "$(files develop)" "file three three-more "
code 2 "$sluice" revert --to two
has "two has been taken back on develop already"
# without the server nothing tells of what was rebased
code 2 "$sluice" revert --to three --no-push --no-fetch
has "only the clone that did it and the server remember"
echo "phases that a server squashed and rebased are taken back"
