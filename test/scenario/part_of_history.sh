#!/usr/bin/env bash
# A clone that holds a part only: shallow (the history ends somewhere), or partial (files come when they are asked for). No command
# takes the part for the whole: it says the command that brings the rest, or gets it, or ends with an error.
# Requirement: PR-6
. "$(dirname "$0")/lib.sh"
G() { git -C "$test_dir/up" "$@"; }
git init -q "$test_dir/up" && G config uploadpack.allowFilter true && G config uploadpack.allowAnySHA1InWant true && mkdir "$test_dir/up/.sluice" || fail init
cat >"$test_dir/up/.sluice/strategy.yml" <<'Y'
strategy: 1
files: {scan: secrets}
branches:
  main: {match: main, type: production}
  work: {match: "**", type: work, base: main, into: {main: {method: merge}}}
tags:
  release: {type: release, match: "v{version}"}
commits: {convention: conventional}
Y
echo "* @ann" >"$test_dir/up/CODEOWNERS"
G add -A && G commit -qm "feat: begin" && G tag v0.1.0 || fail begin
echo "key = glpat-$(echo Xy7kQ2mN9pRt4vWz8sLb)" >"$test_dir/key" && cp "$test_dir/key" "$test_dir/up/key"
G add -A && G commit -qm "no form at all" && G rm -q key && G commit -qm "fix: no key" || fail history
reverted=$(G rev-parse HEAD)
G commit -q --allow-empty -m "Revert \"fix: no key\"" -m "This reverts commit $reverted." && G branch back || fail revert
G commit -q --allow-empty -m "docs: last" && G checkout -q -b topic && cp "$test_dir/key" "$test_dir/up/key" && G add -A && G commit -q -m "feat: more" && G checkout -q -b side main || fail topic
G commit -q --allow-empty -m "fix: side" && G checkout -q main && G merge -q --no-ff -m "any words" side && G branch -q -D side || fail merge
url=file://$test_dir/up

# ---- shallow ----
git clone -q --depth 1 --no-single-branch "$url" "$test_dir/shallow" && cd "$test_dir/shallow" || fail clone
git branch -q topic origin/topic && git config sluice.user ann || fail branch
part() { # WORDS…: refused, and how the rest comes is said
	code 2 "$sluice" "$@"
	has "a part of the history only"
	has "git fetch --unshallow --tags"
}
part commit lint --every
part commit lint HEAD~0..HEAD
part commit lint main..topic
part commit lint "^main" topic
part commit lint 'HEAD^!'
part check
part check --all
part check HEAD
part check --branch topic
part next
part changelog --all
part changelog --unreleased
part replay
part secrets scan --all
part secrets scan main..topic
part init --detect --dry-run
part why push topic
part why push topic main
part why merge topic main
part why tag v0.2.0
part why delete topic
part why deploy --offline production v0.1.0
git checkout -q topic && git commit -q --allow-empty -m "fix: here" && git push -q origin topic 2>/dev/null
code 2 "$sluice" check --push <<<"refs/heads/topic $(git rev-parse topic) refs/heads/topic $(git rev-parse origin/topic)"
has "git fetch --unshallow --tags"

# What is here whole is judged: files, what is staged, single commits. The last commit of all is a merge, though its parents are not here.
yes "owners" "$sluice" owners README
yes "version" "$sluice" version check 1.2.3
yes "message" "$sluice" commit lint --message - <<<"feat: x"
yes "nothing staged" "$sluice" check --staged
code 1 "$sluice" secrets scan HEAD
has "1 secret found"
git -C "$test_dir/shallow" checkout -q main
[ "$(git log -1 --format=%P)" = "" ] || fail "git shows parents"
yes "a merge at the edge" "$sluice" commit lint HEAD --all
has "a merge"
yes "two commits" "$sluice" commit lint topic main
has "2 messages judged"
git fetch -q --depth 1 origin back:back || fail "fetch"
part commit lint back
has "names a commit that is not in it"
code 1 "$sluice" commit lint --message - <<<"no form at all"
git fetch -q --unshallow --tags || fail "deepen"
yes "the revert names a commit" "$sluice" commit lint back
code 1 "$sluice" commit lint --every
code 1 "$sluice" secrets scan --all

# ---- partial: files come when they are asked for ----
for filter in blob:none tree:0; do
	cd "$test_dir" && rm -rf partial && git clone -q --filter=$filter "$url" "$test_dir/partial" 2>/dev/null && cd "$test_dir/partial" || fail "clone $filter"
	git branch -q topic origin/topic && git config sluice.user ann || fail branch
	[ "$(git rev-list --objects --missing=print --all | grep -c '^?')" -gt 0 ] || fail "$filter leaves nothing out"
	mv "$test_dir/up" "$test_dir/away" # nothing can be fetched: what needs no file works, the rest says that it cannot
	code 1 "$sluice" commit lint --every
	has "1 refused"
	yes "next" "$sluice" next
	yes "changelog" "$sluice" changelog --all
	yes "replay" "$sluice" replay --preset gitflow
	out=$("$sluice" secrets scan --all 2>&1) && fail "what cannot be read is clean ($filter)"
	has "sluice: "
	hasnt "found no"
	out=$("$sluice" check --all 2>&1) && fail "what cannot be read is allowed ($filter)"
	mv "$test_dir/away" "$test_dir/up"
	code 1 "$sluice" secrets scan --all
	has "key"
	code 1 "$sluice" check --all
	has "files.scan"
	yes "nothing new comes with it" "$sluice" why push other topic --level admin
	code 1 "$sluice" why merge topic main --level admin
	has "files.scan"
	yes "init --detect" "$sluice" init --detect --dry-run
	has "9 commits, 3 branches"
done
