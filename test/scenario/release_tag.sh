#!/usr/bin/env bash
# The tag of a release says the same whether a server made it or a clone: the changelog's section of that version. And what `sluice status` says where
# nothing was begun: on a server, in a bare repository, outside of any.
# Requirement: RL-3, RL-5, GT-2
. "$(dirname "$0")/lib.sh"

cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
branches:
  main: {type: production, allow: {create: write, merge: write, push: write}, require: {approvals: 0, checks: [], up-to-date: false, last-push-approval: false}}
  develop: {type: integration, base: main, allow: {create: write, push: write}, require: {approvals: 0, checks: [], last-push-approval: false}}
  release: {match: "release/{version}", type: release, base: develop, allow: {push: write, create: write}, into: {main: {method: merge, tag: release, back-merge: [develop]}}, after-merge: delete}
  hotfix: {match: "hotfix/{version}", type: hotfix, base: main, bump: patch, after-merge: delete, allow: {push: write, create: write}, into: {main: {method: merge, tag: release, back-merge: [develop]}}}
tags: {release: {match: "v{version}", branches: main}}
commits: {convention: conventional}
releases: {version-files: [{file: VERSION, text: "{version}"}], changelog: CHANGELOG.md}
YML
mkdir -p "$test_dir/seed/.sluice"
cp "$test_dir/strategy.yml" "$test_dir/seed/.sluice/strategy.yml"
server_start
repo "$test_dir/strategy.yml"
person lead admin
git init -q "$test_dir/seed"
commit "$test_dir/seed" VERSION 1.0.0 "feat: begin"
git -C "$test_dir/seed" tag -a -m 1.0.0 v1.0.0
yes "the branches" git -C "$test_dir/seed" push -q "$(remote_of lead)" main main:develop v1.0.0
clone_as lead "$test_dir/a"
cd "$test_dir/a" || exit 1
git config user.name lead

# --- nothing was begun: said, and no failure
code 0 "$sluice" status
has "Nothing is under way in acme/app"
has "sluice release start"
code 0 "$sluice" status --format json
[ "$(jq -r .state <<<"$out")" = none ] || fail "the state is $out"
git clone -q --bare "$test_dir/seed" "$test_dir/bare.git"
code 0 env -C "$test_dir/bare.git" "$sluice" status
has "this is a bare repository"
code 2 env -C "$test_dir/bare.git" "$sluice" abort
has "this is a bare repository"
mkdir "$test_dir/nowhere"
code 2 env -C "$test_dir/nowhere" GIT_CEILING_DIRECTORIES="$test_dir" "$sluice" status
has "is in no Git repository"
hasnt "--repo"

# --- the same release, here and there
git switch -q -c develop origin/develop
commit . login in "feat: sign in"
commit . logout out "fix(session): sign out # at once"
git push -q origin develop
code 0 "$sluice" release start 1.1.0
git fetch -q
alone=$test_dir/alone # a clone of no remote, at the same commits
git init -q -b none "$alone"
yes "its branches" git push -q "$alone" 'refs/remotes/origin/main:refs/heads/main' 'refs/remotes/origin/develop:refs/heads/develop' 'refs/remotes/origin/release/1.1.0:refs/heads/release/1.1.0' v1.0.0
git -C "$alone" switch -q develop
said() { git -C "$1" cat-file tag "$2" | sed '1,/^$/d; /^-----BEGIN/,$d'; } # a server signs
alone() { env -C "$alone" "$sluice" "$@"; }
code 0 alone release finish 1.1.0
code 0 "$sluice" release finish 1.1.0
git fetch -q --tags
[ "$(said . v1.1.0)" = "$(said "$alone" v1.1.0)" ] || { diff <(said . v1.1.0) <(said "$alone" v1.1.0); fail "the tags do not say the same"; }
said . v1.1.0 | grep -q "sign out # at once" || fail "the tag has no section: $(said . v1.1.0)"

# --- a hotfix's too
git switch -q main && git pull -q
code 0 "$sluice" hotfix start 1.1.1
commit . fix it "fix: the leak"
code 0 "$sluice" hotfix finish
git fetch -q --tags
said . v1.1.1 | grep -q "the leak" || fail "the hotfix's tag has no section: $(said . v1.1.1)"
exit 0
