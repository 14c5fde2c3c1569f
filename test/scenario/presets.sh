#!/usr/bin/env bash
# Each built-in preset carries a repository on a real server: its first branches, a piece of work in the words of its document, the
# push to the production branch that none of them allows, and its page. Requirement: BR-1, BR-2, BR-3
. "$(dirname "$0")/lib.sh"
person ann
person ada
server_start

# PRESET  PRODUCTION  BRANCHES THAT BEGIN THERE  A BRANCH OF WORK  ITS BASE  A NAME OF NO KIND, or - where every name is known
while read -r preset production others work base unknown; do
	yes "repo create $preset" "$sluice" repo create "acme/$preset" --preset "$preset" --home "$home"
	yes "role of ann" "$sluice" role grant ann write --repo "acme/$preset" --home "$home"
	yes "role of ada" "$sluice" role grant ada admin --repo "acme/$preset" --home "$home"
	dir=$test_dir/$preset
	git init -q -b "$production" "$dir" || fail "init"
	git -C "$dir" remote add origin "http://ada:$(cat "$home.tokens/ada")@${url#http://}/acme/$preset.git"
	git -C "$dir" remote add ann "http://ann:$(cat "$home.tokens/ann")@${url#http://}/acme/$preset.git"
	commit "$dir" a.txt one "feat: one"
	yes "$preset: $production begins" git -C "$dir" push -q origin "$production"
	IFS=, read -ra also <<<"$others"
	for branch in "${also[@]}"; do
		[ "$branch" = - ] || yes "$preset: $branch begins" git -C "$dir" push -q origin "$production:$branch"
	done
	git -C "$dir" checkout -q -b "$work"
	commit "$dir" b.txt two "feat: two"
	yes "$preset: ann pushes $work" git -C "$dir" push -q ann "$work"
	yes "$preset: a change into $base" env SLUICE_SERVER="$url" SLUICE_TOKEN="$(cat "$home.tokens/ann")" "$sluice" change open "$work" --into "$base" --title "feat: two" --repo "acme/$preset"
	no "$preset: $production is pushed to" git -C "$dir" push -q origin "HEAD:$production"
	has "branches."
	if [ "$unknown" != - ]; then
		no "$preset: $unknown is of no kind" git -C "$dir" push -q origin "HEAD:$unknown"
		has "rejected"
	fi
	who=ann
	http 200 GET "/acme/$preset/strategy"
done <<'END'
gitflow main develop feature/two develop two
github-flow main - ann/two main -
gitlab-flow main pre-production,production two main -
trunk main - two main -
tower main development feature/two development two
mlops main develop feature/add-new-circuit develop add-new-circuit
montecarlo main-production develop feature/super-engine-optimization develop main-v1-production
ssot main development feature/phase1-ssot-bridge-implementation development feature-phase1
stability main develop feature/cli-options develop release/v1.1.0-alpha
END
[ "$(find "$home/repos/acme" -maxdepth 1 -name '*.git' | wc -l)" = "$("$sluice" preset list --format json | grep -c '"name"')" ] || fail "not every preset has a row here"
