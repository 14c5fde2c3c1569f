#!/usr/bin/env bash
# What `make run` plays is played to its end: a refused push, a change, a release with a ramp under load, a sick one that takes itself back.
# And with REPO: somebody's own repository, and what the strategy says of each of its branches.
# Requirement: BR-1, DP-3, DP-4, DP-5, RC-3
# Timeout: 240
# shellcheck source=test/scenario/lib.sh
. "$(dirname "$0")/lib.sh"
case ${BUILD:-$top/build} in "$top/build" | build) ;; *) exit 77 ;; esac # it plays the build that people run

yes "the story" env RUN_ONCE=1 "$top/tools/run"
has "branches.main.allow.push"
has "0.1.0: success, 100 % of the traffic"
has "0.2.0 was taken back by itself"
has " failed 0"
has "Every event is what was recorded"

git init -q "$test_dir/own"
commit "$test_dir/own" a.txt a "feat: begin"
git -C "$test_dir/own" branch develop
git -C "$test_dir/own" branch feature/x
git -C "$test_dir/own" branch someones-idea
yes "somebody's own repository" env RUN_ONCE=1 REPO="$test_dir/own" PRESET=gitflow "$top/tools/run"
has "feature/x"
has "1 of no kind"
no "a folder that is none" env RUN_ONCE=1 REPO="$test_dir/nowhere" "$top/tools/run"
has "is not a folder"
