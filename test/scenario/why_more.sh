#!/usr/bin/env bash
# why tag, why delete and why deploy: in a clone by what Git knows, and a deployment as the server judges it.
# Requirement: BR-3, RL-1, DP-1
. "$(dirname "$0")/lib.sh"
export NO_COLOR=1

cat >"$test_dir/strategy.yml" <<'Y'
strategy: 1
branches:
  main: {type: production, allow: {create: write, push: write}, require: {approvals: 0, last-push-approval: false, dismiss-stale: false, checks: []}}
  feature: {match: "feature/{name}", type: work, base: main, into: {main: {method: merge}}}
tags: {release: {match: "v{version}", branches: main, annotated: true, allow: {create: write}}}
environments:
  production: {from: main, on: {manual: true}, via: {run: "true"}, allow: {deploy: write}, require: {approvals: 1}}
Y
repo "$test_dir/strategy.yml"
person ann write
person bob write
server_start
clone_as ann "$test_dir/ann"
cd "$test_dir/ann" || exit 1
git switch -q -C main
mkdir .sluice && cp "$test_dir/strategy.yml" .sluice/strategy.yml
commit . a 1 "feat: a"
yes "main" git push -q origin main
git remote set-head origin main
git switch -q -c feature/x && commit . b 1 "feat: b"
yes "a feature" git push -q origin feature/x

# A tag before it is made: annotated as `git tag -a` makes it, on the branch that its class names.
code 1 "$sluice" why tag v1.0.0
has "tags.release.branches"
hasnt "lightweight tag"
code 0 "$sluice" why tag v1.0.0 origin/main
has "tag v1.0.0 on $(git rev-parse --short=10 main), annotated"
code 1 "$sluice" why tag v1.0.0 origin/main --lightweight
has "tags.release.annotated"
code 1 "$sluice" why tag v1.0.0 origin/main --level read
has "tags.release.allow.create"
code 1 "$sluice" why tag nightly origin/main
has "nightly is of no class"
code 2 "$sluice" why tag v1.0.0 nowhere
long=$(head -c 100000 /dev/zero | tr '\0' x)
for ask in "tag $long" "tag v1.0.0 $long" "push $long" "push new $long" "delete $long" "merge $long" "merge feature/x $long"; do
	# shellcheck disable=SC2086 # words
	code 2 "$sluice" why $ask
	has "has 100000 bytes: names of branches and tags have at most 255."
	[ ${#out} -lt 400 ] || fail "a name of 100 KB is shown"
done
git tag v2.0.0 main
code 1 "$sluice" why tag v2.0.0
has "it is a lightweight tag"
code 1 "$sluice" why tag refs/tags/v2.0.0 HEAD --level admin
has "tags.release.allow.move"
git tag -d v2.0.0 >/dev/null && git tag -a -m r v1.0.0 main
code 0 "$sluice" why tag v1.0.0
[ "$("$sluice" why tag v1.0.0 --format json 2>/dev/null | jq -r .action.verb)" = tag ] || fail "the verdict in JSON"

# A deletion.
code 0 "$sluice" why delete feature/x
has "delete refs/heads/feature/x"
code 1 "$sluice" why delete main --level admin
has "branches.main.allow.delete"
code 1 "$sluice" why delete v1.0.0 --level admin
has "tags.release.allow.delete"
code 2 "$sluice" why delete nothing
has "there is nothing to delete"

# A deployment, in the clone: what Git knows, and what it does not.
code 8 "$sluice" why deploy production 1.0.0 --offline --level write
has "deploy 1.0.0 ($(git rev-parse --short=10 main)) to production"
has "reviews are not known here"
code 1 "$sluice" why deploy production feature/x --offline
has "environments.production.from"
code 1 "$sluice" why deploy production main --offline --level read
has "environments.production.allow.deploy"
code 1 "$sluice" why deploy moon main --offline
has "moon is none"
code 2 "$sluice" why deploy production --offline
has "Which version?"
code 2 "$sluice" why deploy production 9.9.9 --offline

# … and by the server, which deploys nothing.
yes "the tag" git push -q origin v1.0.0
export SLUICE_SERVER=$url SLUICE_TOKEN
SLUICE_TOKEN=$(cat "$home.tokens/ann")
before=$(git ls-remote origin | sha256sum)
code 8 "$sluice" why deploy production 1.0.0
has "environments.production.require.approvals"
has "0 of 1"
yes "bob approves" env -u SLUICE_SERVER -u SLUICE_TOKEN "$sluice" env approve production 1.0.0 --repo acme/app --home "$home" --as bob
code 0 "$sluice" why deploy production 1.0.0
has "allow"
[ "$("$sluice" why deploy production 1.0.0 --format json | jq -r .verdict)" = allow ] || fail "the server's verdict in JSON"
code 2 "$sluice" why deploy production 9.9.9
[ "$(git ls-remote origin | sha256sum)" = "$before" ] || fail "asking has moved something"
[ "$(sqlite3 "file:$home/sluice.db?mode=ro" 'SELECT count(*) FROM deployment')" = 0 ] || fail "asking has deployed something"
exit 0
