#!/usr/bin/env bash
# In a clone without a server: what is in a release, in Markdown and JSON, and the changelog that people also write in, with the real git.
# Requirement: RL-1, RL-2
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"
asked=changelog
is() { [ "$(printf '%s\n' "$out" | sed -E 's/[0-9a-f]{8}\)/ID)/')" = "$1" ] || fail "it is not: $1"; }
clock=1767225600 # 2026-01-01
c() { clock=$((clock + 60)); GIT_AUTHOR_DATE="$clock +0000" GIT_COMMITTER_DATE="$clock +0000" git commit -q --allow-empty -m "$1" || fail "commit $1"; }
tag() { GIT_COMMITTER_DATE="$clock +0000" git tag -a -m "$1" "$1" || fail "tag $1"; clock=$((clock + 86400)); }

mkdir "$work/repo" && cd "$work/repo" && git init -q && mkdir .sluice || fail "init"
cat >.sluice/strategy.yml <<'Y'
strategy: 1
branches:
  main: {type: production}
  support: {match: "support/v{major}", type: support, base: main, versions: "{major}.*"}
tags: {release: {match: "v{version}", branches: [main, support]}}
commits: {convention: conventional, types: [feat, fix, docs, data]}
releases: {changelog: docs/CHANGES.md}
Y
git add -A && c "feat: begin" && tag v1.0.0
c "fix(api): no crash

Closes: #7"
c "data: new figures"
c "docs: words"
c "feat: taken back"
c "Revert \"feat: taken back\"

This reverts commit $(git rev-parse HEAD)."
tag v1.0.1
c "feat!: another way

BREAKING CHANGE: the old way is gone"
tag v2.0.0
git switch -q -c support/v1 v1.0.1 && c "fix: for the old" && tag v1.0.2 && git switch -q main
c "feat: soon (#9)"

today=$(date -u +%F)
asks 0
is "## 2.1.0 - $today

### Added

- soon (#9) (ID)"
asks 0 --unreleased
is "## Unreleased

### Added

- soon (#9) (ID)"
asks 0 --to v1.0.1
is "## 1.0.1 - 2026-01-02

### Fixed

- **api:** no crash (#7, ID)

### Data

- new figures (ID)"
asks 0 --to v1.0.1 --full
has "### Other changes"
has "- words ("
hasnt "taken back"
asks 0 --from v1.0.0 --to v2.0.0
has "## 2.0.0 - 2026-01-03"
has "### Breaking changes

- the old way is gone ("
has "no crash"
asks 0 --from 2.0.0
has "## Unreleased"
hasnt "another way"
asks 0 3.0.0
has "## 3.0.0 - $today"
asks 1 1.5.0
has "1.5.0 is not above 2.0.0"
asks 2 --all --unreleased
asks 2 --from nowhere
asks 0 --all
[ "$(printf '%s\n' "$out" | grep '^## ' | tr '\n' ' ')" = "## Unreleased ## 2.0.0 - 2026-01-03 ## 1.0.2 - 2026-01-04 ## 1.0.1 - 2026-01-02 ## 1.0.0 - 2026-01-01 " ] || fail "releases"
asks 0 --all --branch support/v1 # its own line only
[ "$(printf '%s\n' "$out" | grep -c '^## ')" = 3 ] || fail "line"
hasnt "2.0.0"

# JSON
asks 0 --to v2.0.0 --format json
[ "$(printf %s "$out" | jq -r '.[0] | [.version, .date, .groups[0].heading, (.groups[0].breaking | tostring), .groups[0].entries[0].note, .groups[1].entries[0].text] | join("|")')" = \
	"2.0.0|2026-01-03|Breaking changes|true|the old way is gone|another way" ] || fail "json"
asks 0 --to v1.0.1 --format json
[ "$(printf %s "$out" | jq -r '.[0].groups[0].entries[0] | [.type, .scope, .references[0], (.commit | length | tostring)] | join("|")')" = "fix|api|#7|40" ] || fail "json entry"

# --write: what people wrote about old releases stays, what is missing comes to its place, what is not released is made anew
mkdir docs && cat >docs/CHANGES.md <<'M'
# What changed

Written by people, too.

## [1.0.1] - 2026-01-02

- Words of our own.

[1.0.1]: https://example.org/1.0.1
M
chmod 664 docs/CHANGES.md
before=$(cat docs/CHANGES.md)
asks 0 --all --write --dry-run
has "docs/CHANGES.md: 4 sections would be written."
[ "$(cat docs/CHANGES.md)" = "$before" ] || fail "a dry run wrote"
echo kept >"$work/elsewhere" && ln -s "$work/elsewhere" docs/CHANGES.md.new && ln -s "$work/elsewhere" docs/CHANGES.md.sluice-new || fail "links" # as a commit may bring them
asks 0 --all --write
has "docs/CHANGES.md: 4 sections written."
[ "$(cat "$work/elsewhere")" = kept ] || fail "a link beside it was written through"
rm docs/CHANGES.md.new
[ "$(grep '^## ' docs/CHANGES.md | tr '\n' ' ')" = "## Unreleased ## 2.0.0 - 2026-01-03 ## 1.0.2 - 2026-01-04 ## [1.0.1] - 2026-01-02 ## 1.0.0 - 2026-01-01 " ] || { out=$(cat docs/CHANGES.md); fail "order"; }
out=$(cat docs/CHANGES.md)
has "Written by people, too."
has "- Words of our own."
has "[1.0.1]: https://example.org/1.0.1"
[ "$(stat -c %a docs/CHANGES.md)" = 664 ] || fail "mode"
[ "$(ls docs)" = CHANGES.md ] || fail "something was left"
before=$out
asks 0 --all --write
has "docs/CHANGES.md is up to date."
[ "$(cat docs/CHANGES.md)" = "$before" ] || fail "repeated"
c "fix: sooner"
asks 0 --unreleased --write
out=$(cat docs/CHANGES.md)
has "- sooner ("
[ "$(grep -c '^## ' docs/CHANGES.md)" = 5 ] || fail "twice"

# corrected: in the message itself, or later by a note, which is one object of a tree of folders when there are many
c "fix: wrong

Release-note: what was meant"
c "chore: hidden" && git notes --ref changelog add -m "feat(ui): noted" || fail "note"
asks 0 --unreleased
has "- what was meant ("
has "- **ui:** noted ("
hasnt "wrong"
folded=$(git ls-tree refs/notes/changelog | while read -r mode kind id name; do
	under=$(printf '%s %s %s\t%s\n' "$mode" "$kind" "$id" "${name:2}" | git mktree) && printf '040000 tree %s\t%s\n' "$under" "${name:0:2}"
done | git mktree) || fail "folders"
git update-ref refs/notes/changelog "$(git commit-tree -m folders "$folded")" && git notes --ref changelog show >/dev/null || fail "Git reads no such notes"
asks 0 --unreleased
has "- **ui:** noted ("
git notes --ref changelog add -f -m none 2>/dev/null
asks 0 --unreleased
hasnt "noted"

# groups and lines of the strategy
sed -i 's/^releases:.*/releases: {changelog: {file: docs\/CHANGES.md, groups: {Repaired: [fix], Watch out: [breaking]}, entry: "{text}[ of {scope}]"}}/' .sluice/strategy.yml
asks 0 --to v1.0.1 --strategy .sluice/strategy.yml
is "## 1.0.1 - 2026-01-02

### Repaired

- no crash of api"
sed -i 's/{scope}/{sope}/; s/\[breaking\]/[fix]/' .sluice/strategy.yml
asks 3 --strategy .sluice/strategy.yml
has 'and no other name in braces; here is "{text}[ of {sope}]"'
has 'the type "fix" is in "Repaired" already'
git checkout -q .sluice/strategy.yml

git clone -q --depth 1 "file://$work/repo" "$work/shallow" && cd "$work/shallow" || fail "clone"
asks 2 --all
has "git fetch --unshallow --tags"
echo ok
