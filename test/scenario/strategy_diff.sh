#!/usr/bin/env bash
# What two strategies decide otherwise, told by what they decide: a file against itself, against one that asks for more, written otherwise;
# every preset against the next, both ways round. And the graph of each, as text, dot, Mermaid and SVG.
# Requirement: BR-2, BR-3
# Timeout: 300
. "$(dirname "$0")/offline.lib.sh"
asked=strategy
cd "$work" || exit 1
is() { [ "$(printf '%s' "$out" | jq -r "$1")" = "$2" ] || fail "$1 is not $2"; }

cat >a.yml <<'Y'
strategy: 1
roles: {qa: triage}
branches:
  main: {type: production, require: {approvals: 1}}
  feature: {match: "feature/{name}", type: work, base: main, into: {main: {method: merge}}}
tags: {release: {match: "v{version}", branches: main}}
checks: {test: {run: make test, on: {change: main}}}
Y
asks 0 diff a.yml a.yml
has "decide alike"

# written otherwise, decided alike
printf '# the same\nstrategy: 1\ntitle: another\nroles:\n  qa: triage\nchecks: {test: {run: make test, on: {change: [main]}}}\nbranches:\n  main: {type: production, require: {approvals: {any: 1}}}\n  feature:\n    match: feature/{name}\n    type: work\n    base: main\n    into: main\ntags: {release: {match: ["v{version}"], branches: [main]}}\n' >b.yml
sed -i 's,match: feature/{name},match: "feature/{name}",; s,into: main,into: {main: {method: merge}},' b.yml
asks 0 diff a.yml b.yml

one() { # EXPRESSION of sed, what is refused now, what is allowed now (rules, or "")
	sed "$1" a.yml >b.yml
	cmp -s a.yml b.yml && fail "sed $1 changes nothing"
	out=$("$sluice" strategy diff --format json a.yml b.yml)
	[ $? = 6 ] || fail "$1: not 6"
	is '[.differences[] | select(.becomes == "refused") | .rule] | unique | join(" ")' "$2"
	is '[.differences[] | select(.becomes == "allowed") | .rule] | unique | join(" ")' "$3"
}
one 's/approvals: 1}/approvals: 2}/' "branches.main.require.approvals" ""
sed 's/approvals: 1}/approvals: 0}/' a.yml >b.yml # somebody must still approve the last push
asks 0 diff a.yml b.yml
one 's/approvals: 1}/approvals: 0, last-push-approval: false}/' "" "branches.main.require.approvals"
one 's/require: {approvals: 1}/allow: {push: write}/' "" "branches.main.allow.push"
one 's/approvals: 1}/approvals: {any: 1, qa: 1}}/' "branches.main.require.approvals.qa" ""
one 's/method: merge/method: squash/' "branches.feature.into.main.method" "branches.feature.into.main.method"
one 's/run: make test, on: {change: main}/run: make test, on: {push: feature}/' "" "branches.main.require.checks.test"
one 's/approvals: 1}/approvals: 1, boxes: [Tried]}/' "branches.main.require.boxes" ""
one 's/branches: main}}/branches: main, allow: {create: [admin, qa]}}}/' "tags.release.allow.create" "tags.release.allow.create"
one '/^tags/d' "tags" ""
one 's/^checks:/commits: {convention: conventional}\nchecks:/' "commits.convention commits.subject" ""
one 's/^checks:/files: {forbid: [.env]}\nchecks:/' "files.forbid" ""
one 's/into: {main: {method: merge}}/into: {}/' "branches.feature.into" ""
asks 6 diff a.yml b.yml
has "Now refused"
has "merge of feature/x into main"
has "branches.feature.into, b.yml:5:"
hasnt "Now allowed"
asks 6 diff b.yml a.yml
has "Now allowed"
hasnt "Now refused"

# every preset against the next: what one way refuses, the other way allows
presets=$("$sluice" preset list | tail -n +2 | cut -d' ' -f1)
asks 0 diff tower preset:tower
before=gitflow
for p in $presets; do
	there=$("$sluice" strategy diff --format json "$before" "$p" | jq -c '[.acts, .now_refused, .now_allowed]')
	back=$("$sluice" strategy diff --format json "$p" "$before" | jq -c '[.acts, .now_allowed, .now_refused]')
	[ -n "$there" ] && [ "$there" = "$back" ] || fail "$before and $p: $there one way, $back the other"
	before=$p
done
asks 2 diff a.yml
asks 2 diff a.yml preset:nothing
asks 2 diff a.yml nothing.yml
printf 'strategy: 1\nbranchs: {}\n' >bad.yml
asks 3 diff a.yml bad.yml
has "bad.yml:2:1"

# ---- the graph -----------------------------------------------------------------------------------------------------------------------
asks 0 graph a.yml
has "feature (work, feature/{name}) from main"
has "→ main: merge; 1 approval, 1 check"
for p in $presets; do
	asks 0 graph "$p"
	ways=$(grep -c '→' <<<"$out")
	asks 0 graph "$p" --format mermaid
	[ "$(grep -c -- '-->' <<<"$out")" = "$ways" ] || fail "$p: Mermaid has other ways than the text"
	asks 0 graph "$p" --format dot
	[ "$(grep -- '->' <<<"$out" | grep -vc 'style=dashed')" = "$ways" ] || fail "$p: dot has other ways than the text"
	asks 0 graph "$p" --format svg
	[ "$(grep -o 'class="edge"' <<<"$out" | wc -l)" = "$ways" ] || fail "$p: the picture has other ways than the text"
	printf '%s' "$out" | python3 -c 'import sys, xml.dom.minidom as x; x.parseString(sys.stdin.buffer.read())' || fail "$p: the picture is no XML"
done
git init -q . && mkdir .sluice && cp a.yml .sluice/strategy.yml
asks 0 graph
has "feature (work"
exit 0
