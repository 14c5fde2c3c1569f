#!/usr/bin/env bash
# A member that a sluice server serves is not released from a clone behind its back: it is said what to do, and nothing moves anywhere.
# Requirement: RL-7
. "$(dirname "$0")/lib.sh"
server_start
repo
person lead admin
git init -q "$test_dir/c/app" && cd "$test_dir/c/app" || exit 1
yes "a strategy" "$sluice" init --preset gitflow
printf 'ecosystem: {members: [acme/app, acme/tool], tag: [release]}\n' >>.sluice/strategy.yml
commit . file 1 "feat: begin"
git branch -M main && git branch develop && git clone -q --bare . "$test_dir/acme/tool.git" && git clone -q "$test_dir/acme/tool.git" "$test_dir/c/tool" || exit 1
git remote add origin "$(remote_of lead)" && git update-ref refs/remotes/origin/main main && git remote set-head origin main || exit 1
for r in app tool; do git -C "$test_dir/c/$r" switch -q develop && commit "$test_dir/c/$r" more 1 "feat: more"; done
before=$(git for-each-ref; git -C ../tool for-each-ref)
code 2 "$sluice" ecosystem start 1.0.0 --no-fetch
has "acme/app: Its remote is a sluice server"
has "sluice release start 1.0.0"
has "Nothing has moved in any of the 2 repositories"
[ "$before" = "$(git for-each-ref; git -C ../tool for-each-ref)" ] || fail "something moved"
# … unless somebody insists that it is none
code 0 "$sluice" ecosystem start 1.0.0 --no-fetch --local
git rev-parse -q --verify release/1.0.0 >/dev/null || git rev-parse -q --verify release/v1.0.0 >/dev/null || fail "not begun"
exit 0
