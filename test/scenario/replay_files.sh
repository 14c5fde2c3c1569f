#!/usr/bin/env bash
# A replay judges the rules on files: forbidden paths and sizes by what each commit changes, contents only when it is asked to; and says which it has judged.
# Requirement: CM-4, BR-3
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"
step=86400
token=glpat-$(echo Xy7kQ2mN9pRt4vWz8sLb)
file() { mkdir -p "$(dirname "$1")" && printf '%s\n' "$2" >"$1" && git add -A && c "$3"; }
told() { out=$("$sluice" replay "${ask[@]}" --format json "$@" 2>&1) || fail "replay $*"; }
is() { [ "$(jq -r "$1" <<<"$out" 2>&1)" = "$2" ] || fail "$1 is $(jq -cr "$1" <<<"$out" 2>&1), not $2"; }
refusals() { # RULE WANTED: acts by kind
	is "[.refused_by[] | select(.rule == \"$1\") | .merges, .pushes, .tags, .commits] | join(\" \")" "$2"
}
join() { m "$1" && git branch -q -D "$1"; }
cat >"$work/own.yml" <<'Y'
strategy: 1
files: {forbid: [.env, "*.pem", vendor/], max-size: 2KiB}
branches:
  main: {type: production}
  topic: {match: "topic/{name}", type: work, base: main, into: {main: {method: merge}}, require: {}}
tags: {all: {match: "**", type: label, annotated: false}}
Y
ask=(--strategy "$work/own.yml")

cd "$work" && git init -q repo && cd repo || exit 1
file a 1 "begin"
# in one commit, out with the next: the merge brings it all the same
on -c topic/a && file .env A=1 "settings" && git rm -q .env && c "no settings" && on main && join topic/a
# straight on; a file that goes is fine, one that comes again is not
file conf/k.pem x "a key" && git rm -q conf/k.pem && c "no key" && file conf/k.pem y "a key again"
# too large; then fine, large and changed
head -c 3000 /dev/zero | tr '\0' x >big && git add big && c "big" && file big 1 "small" && file other 1 "other"
# a submodule is a folder
on -c topic/b && git update-index --add --cacheinfo "160000,$(git rev-parse main),vendor" && c "a submodule" && git reset -q --hard && on main && join topic/b
# a merge that brings nothing of its own, and one that does
on -c topic/c && file c 1 "c" && on main && join topic/c
on -c topic/d && file d 1 "d" && on main && tick && git merge -q --no-ff --no-commit topic/d && echo 1 >evil.pem && git add evil.pem && git commit -q -m "Merge branch 'topic/d'" || fail "a merge with more"
git branch -q -D topic/d
told
is .files.paths_judged true
is .files.sizes_judged true
is .files.secrets_judged null
is .files.looked_at 11
refusals files.forbid "3 2 0 0"
refusals files.max-size "0 1 0 0"
is '[.refused_by[] | select(.rule == "files.forbid") | .example.actual] | join("")' "evil.pem comes in with $(git rev-parse --short=10 main)"
is '.all.refused' 9
out=$("$sluice" replay "${ask[@]}" --all 2>&1)
has "11 files of all commits looked at: paths and sizes, no contents"
has "files that are to stay out: 5"
has "1  files that are too large (files.max-size)"
out=$("$sluice" replay "${ask[@]}" --format html 2>&1)
has "11 files of all commits looked at: paths and sizes, no contents."
# each act by itself says the same: nothing stands for others that it is not like
one=$("$sluice" replay "${ask[@]}" --format json)
[ "$("$sluice" replay "${ask[@]}" --format json --no-cache)" = "$one" ] || fail "another answer without the cache"

# What was set back is no part of the history; what a tag holds is.
git tag old main~1 && git branch gone "$(git rev-list --all --grep=settings | tail -n 1)" && told
is .files.looked_at 11
git branch -q -D gone
# A strategy without such rules looks at nothing, and says nothing of it.
ask=(--preset gitflow)
told
is .files null
ask=(--preset montecarlo)
told
is .files.secrets_judged false
is .files.paths_judged true
out=$("$sluice" replay --preset montecarlo 2>&1)
has "Secrets (files.scan): no content"

out=$("$sluice" replay --preset gitflow --secrets 2>&1)
has "No content was looked at: preset:gitflow does not ask for it (files: {scan: secrets})."

# Contents, when they are asked for: in the middle of a branch, allowed by a comment, and called none by the list of today.
sed -i 's/max-size: 2KiB/scan: secrets/' "$work/own.yml" && ask=(--strategy "$work/own.yml")
on -c topic/e && printf 'k = %s\n' "$token" >k && git add k && c "k" && git rm -q k && c "no k" && k=$(git rev-parse --short=10 HEAD~1) && on main && join topic/e || fail "topic/e"
printf 'k = %s # sluice:allow-secret\n' "${token/L/M}" >allowed && git add allowed && c "allowed"
told
is .files.secrets_judged false
refusals files.scan ""
told --secrets
is .files.secrets_judged true
is .files.sizes_judged null
refusals files.scan "1 0 0 0"
refusals files.forbid "3 2 0 0"
hasnt "$token"
is '[.waited_for[].rule | select(. == "files.scan")] | length' 0
is '[.refused_by[] | select(.rule == "files.scan") | .example.actual] | join("")' "k:1 in $k: looks like a GitLab personal access token (gitlab-pat)"
out=$("$sluice" replay "${ask[@]}" --secrets 2>&1)
has "looked at: paths and contents"
hasnt "Secrets (files.scan): no content"
mkdir -p .sluice && "$sluice" secrets baseline --all >.sluice/secrets.baseline 2>/dev/null && git add -A && c "none of them is one" || fail "baseline"
told --secrets
refusals files.scan ""

# A change that was squashed brings its files with its commit.
cat >"$work/squash.yml" <<'Y'
strategy: 1
files: {forbid: [.env], scan: secrets}
branches:
  main: {type: production}
  topic: {match: "topic/{name}", type: work, base: main, into: {main: {method: squash}}}
Y
ask=(--strategy "$work/squash.yml")
git init -q "$work/squashed" && cd "$work/squashed" && file a 1 "begin" && file .env 1 "feat: settings (#1)" && printf 'k = %s\n' "$token" >k && git add k && c "feat: k (#2)" && file b 1 "feat: b (#3)"
told
refusals files.forbid "0 0 0 1"
is '[.refused_by[] | .example.actual] | join("")' ".env comes in with $(git rev-parse --short=10 main~2)"
told --secrets
refusals files.forbid "0 0 0 1"
refusals files.scan "0 0 0 1"
