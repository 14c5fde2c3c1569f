#!/usr/bin/env bash
# A file of another repository counts only after an administrator accepted it, and stays what was accepted.
# Requirement: PR-6
# shellcheck source=test/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

server_start
mkdir "$test_dir/base"
printf 'strategy: 1\nbranches: {main: {type: production, allow: {create: write, push: write}}, topic: {match: "t/*", type: work, base: main}}\n' >"$test_dir/open.yml"
yes "base" "$sluice" repo create acme/base --strategy "$test_dir/open.yml" --home "$home"
repo "$test_dir/open.yml"
person ann admin
yes "role" "$sluice" role grant ann admin --repo acme/base --home "$home"
git init -q "$test_dir/base" && cd "$test_dir/base" || fail "base"
git remote add origin "http://ann:$(cat "$home.tokens/ann")@${url#http://}/acme/base.git"
printf 'strategy: 1\nbranches: {main: {type: production, allow: {create: write, push: write}}, topic: {match: "t/*", type: work, base: main}}\n' >rules.yml
git add -A && git commit -qm "feat: rules" && yes "base main" git push -q origin HEAD:main
cd "$test_dir" || exit 1

clone_as ann "$test_dir/work"
commit "$test_dir/work" .sluice/strategy.yml $'strategy: 1\nextends: ["acme/base:rules.yml"]' "feat: extend"
no "before it is accepted" git -C "$test_dir/work" push -q origin HEAD:main
has "rules.yml"
yes "accept" "$sluice" strategy accept acme/base:rules.yml --repo acme/app --home "$home"
no "what is not there" "$sluice" strategy accept acme/base:none.yml --repo acme/app --home "$home"
yes "after it is accepted" git -C "$test_dir/work" push -q origin HEAD:main
yes "its rules hold" git -C "$test_dir/work" push -q origin HEAD:refs/heads/t/x
no "and no others" git -C "$test_dir/work" push -q origin HEAD:refs/heads/u/x
