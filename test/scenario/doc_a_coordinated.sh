#!/usr/bin/env bash
# Document A, "Coordinated Release Process" and its block (A:231-242), under the preset tower, over its four
# repositories. As written it tags the one that one stands in, pushes nothing, and asks nobody whether the others are ready; the
# tag that SemVer would read as a version before v2.1.0 is a label here.
# Requirement: RL-7
. "$(dirname "$0")/offline.lib.sh"
export GIT_AUTHOR_DATE='2026-01-05T10:00:00Z' GIT_COMMITTER_DATE='2026-01-05T10:00:00Z'
members="tower-auth anime-production tower-echo-brain tower-dashboard"
remote() { git -C "$work/remote/pvestal/$1.git" "${@:2}"; }

mkdir -p "$work/remote/pvestal" "$work/c"
for m in $members; do
	git init -q --bare "$work/remote/pvestal/$m.git" && git init -q "$work/c/$m" && cd "$work/c/$m" || exit 1
	mkdir .sluice && printf 'strategy: 1\nextends: tower\n' >.sluice/strategy.yml
	[ "$m" != anime-production ] || "$sluice" preset show tower | sed -n '/^ecosystem:/,/^$/p' >>.sluice/strategy.yml
	printf '2.0.0\n' >VERSION && git add . && git commit -qm "feat: begin" && git tag -a -m v2.0.0 v2.0.0 && git branch development
	git remote add origin "$work/remote/pvestal/$m.git" && git push -q origin main development v2.0.0 && git fetch -q && git remote set-head origin main
	# 1. Feature Development: each service develops features independently
	git switch -q development && printf 'new\n' >new && git add . && git commit -qm "feat: new in $m" && git push -q -u origin development
done
cd "$work/c/anime-production" || exit 1
grep -q 'tower-echo-brain' .sluice/strategy.yml || fail "the preset names no members"

# --- as it is written: one repository has a tag, and only here
git tag -a v2.1.0-ecosystem -m "Coordinated release v2.1.0"
is "$(remote tower-auth tag -l)" v2.0.0
is "$(remote anime-production tag -l)" v2.0.0
git tag -d v2.1.0-ecosystem >/dev/null

# --- the same meant: release branches in all four, then one version and one tag in all of them, or none
asked="ecosystem start 2.1.0"
asks 0
for m in $members; do is "$(git -C "../$m" show release/v2.1.0:VERSION)" 2.1.0; done
asked="ecosystem status"
asks 0
has "ready in all of them"

# 2. Integration Testing: what would land stands on the remotes, for whoever tests it together
asked="ecosystem finish 2.1.0"
asks 8
has "cross-service: waits"
for m in $members; do
	is "$(remote "$m" tag -l)" v2.0.0
	git clone -q "$work/remote/pvestal/$m.git" "$work/staging/$m" && git -C "$work/staging/$m" fetch -q origin 'refs/sluice/plan/*:refs/plan/*' || exit 1
	for plan in $(git -C "$work/staging/$m" for-each-ref --format='%(objectname)' refs/plan); do
		[ "$(git -C "$work/staging/$m" cat-file -t "$plan")" = tag ] || is "$(git -C "$work/staging/$m" show "$plan:VERSION")" 2.1.0
	done
done
# a service that is not ready holds all of them: nothing is tagged anywhere
asked=continue
asks 8
for m in $members; do is "$(git -C "../$m" tag -l)" v2.0.0; done

# 3. Coordinated Tagging: all services tagged with the same version
asked="continue --checked tests --checked integration --checked security-scan --checked cross-service"
asks 0
for m in $members; do
	is "$(remote "$m" tag -l | tr '\n' ' ')" "v2.0.0 v2.1.0 v2.1.0-ecosystem "
	is "$(remote "$m" rev-parse 'v2.1.0-ecosystem^{}')" "$(remote "$m" rev-parse main)"
	is "$(remote "$m" show main:VERSION)" 2.1.0
	is "$(remote "$m" for-each-ref refs/sluice/plan refs/sluice/checked refs/heads/release)" ""
done
# the next version counts from v2.1.0; the label beside it counts for nothing
git -C ../tower-auth switch -q development && git -C ../tower-auth commit -q --allow-empty -m "feat: after"
out=$(cd ../tower-auth && "$sluice" next 2>&1)
has 2.2.0

# 4. Deployment Orchestration: deploy_ecosystem.sh v2.1.0-ecosystem, in the order that the tag says; rolled back in the other
order=$(git tag -l --format='%(contents)' v2.1.0-ecosystem | sed -n 's/^[0-9]*\. pvestal\/\([^ ]*\) v2.1.0$/\1/p')
is "$(printf '%s ' $order)" "$members "
asked=log
asks 0
has "ecosystem finish 2.1.0"
exit 0
