#!/usr/bin/env bash
# A file of another repository that moves on: what only tightens takes force by itself, with an event; what loosens waits, and every place says so.
# Requirement: PR-6, BR-3
# shellcheck source=test/scenario/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/base.lib.sh
. "$(dirname "$0")/base.lib.sh"

base_begin carl "" write
rules() { printf 'strategy: 1\nbranches:\n  main: {type: production, allow: {create: write, push: %s}}\n  topic: {match: "t/*", type: work, base: main, allow: {create: %s}}\n' "$1" "$2"; }
digest() { sluice strategy show --repo acme/app --format json | sed -n 's/.*"digest": *"\([0-9a-f]*\)".*/\1/p' | tail -n 1; }
says() { sluice "${@:2}" | grep -qF -- "$1"; }
event() { sluice audit log --repo acme/app --format json | grep -q "$1"; }

base "$(rules write write)"
clone_as bob "$test_dir/work"
yes "accepted" sluice strategy accept acme/base:rules.yml --repo acme/app
commit "$test_dir/work" .sluice/strategy.yml $'strategy: 1\nextends: ["acme/base:rules.yml"]' "feat: extend"
yes "extended" git -C "$test_dir/work" push -q origin HEAD:main
yes "show" sluice strategy show --repo acme/app
has "# extends acme/base:rules.yml"
hasnt "another one"

# --- tightened: it takes force by itself
before=$(digest)
base "$(rules maintain write)"
await 20 event strategy-base-adopted || fail "a tightened base did not take force"
[ "$(digest)" != "$before" ] || fail "the digest of what is in force is as it was"
commit "$test_dir/work" a a "feat: a"
no "by the new rule" git -C "$test_dir/work" push -q origin HEAD:main
has "branches.main.allow.push"
has "acme/base:rules.yml:3"
yes "the log" sluice audit log --repo acme/app --format json
has '"branches.main.allow.push"'
has 'strategy-in-force'
yes "show" sluice strategy show --repo acme/app --origin
hasnt "another one"
has "push: maintain"

# --- loosened: it waits, whatever else it tightens
in_force=$(digest)
base "$(rules write maintain)"
await 20 says "takes no force by itself" strategy show --repo acme/app || fail "nothing says that the base has moved on"
[ "$(digest)" = "$in_force" ] || fail "a loosened base took force"
no "by the rule in force" git -C "$test_dir/work" push -q origin HEAD:main
yes "a topic" git -C "$test_dir/work" push -q origin HEAD:refs/heads/t/1
yes "show" sluice strategy show --repo acme/app
has "may loosen:    branches.main.allow.push: maintain → write"
has "only tightens: branches.topic.allow.create: write → maintain"
command=$(sed -n 's/.*after reading it: sluice //p' <<<"$out")
has "sluice strategy accept 'acme/base:rules.yml' --digest "
yes "what shows is a strategy file" bash -c 'cat >"$0"' "$test_dir/shown.yml" <<<"$out"
yes "check there" sluice strategy check "$test_dir/shown.yml" --repo acme/app
has "is valid for acme/app"
has "takes no force by itself"
yes "check the draft" bash -c "printf 'strategy: 1\nextends: [\"acme/base:rules.yml\"]\n' | '$sluice' strategy check - --repo acme/app --home '$home'"
has "is valid"
no "check a wrong one" bash -c "printf 'strategy: 1\nbranchs: {}\n' | '$sluice' strategy check - --repo acme/app --home '$home'"
has "branches"
yes "branch list" sluice branch list --repo acme/app
has "sluice strategy accept"
who=bob
http 200 GET /acme/app/strategy
has "takes no force by itself"
has "branches.main.allow.push"
has "may loosen"
has "sluice strategy accept"
http 200 GET '/acme/app/strategy?file=acme/base:rules.yml'
has '<span id="L3"><a href="#L3">3</a>  main: {type: production, allow: {create: write, push: maintain}}</span>'
http 404 GET '/acme/app/strategy?file=acme/base:other.yml'
http 200 GET /acme/app
has "is not what is in force here"
http 200 GET /
has "has moved on"
yes "it waits once" [ "$(sluice audit log --repo acme/app --format json | grep -c '"strategy-base-waits"')" = 1 ]

# --- accepted: that which was read, by an administrator
base "$(rules "[write, triage]" write)"
await 20 says "triage" strategy show --repo acme/app || fail "the newer text is not told"
no "another text than was read" bash -c "'$sluice' $command --home '$home'"
has "moved on"
yes "show" sluice strategy show --repo acme/app
command=$(sed -n 's/.*after reading it: sluice //p' <<<"$out")
no "by somebody else" bash -c "'$sluice' $command --home '$home' --as bob"
has "needs admin"
yes "by ann" bash -c "'$sluice' $command --home '$home' --as ann"
yes "show" sluice strategy show --repo acme/app
hasnt "another one"
has "accepted by ann"
yes "by the accepted rule" git -C "$test_dir/work" push -q origin HEAD:main

# --- back to what is in force, comments, a title: nothing waits
base "$(rules read write)"
await 20 says "takes no force by itself" strategy show --repo acme/app || fail "a loosened base is not told"
base "$(rules "[write, triage]" write)"
await 20 event strategy-base-returned || fail "it does not cease to wait"
base "$(rules "[write, triage]" write)
title: Ours # who changes it: architecture"
await 20 says "title: Ours" strategy show --repo acme/app || fail "a title did not come through"

# --- a server that was killed before it looked does so when it begins again
base "$(rules triage write | sed 's/triage/[triage, write]/')
files: {forbid: [.env]}"
server_kill
server_start
await 20 says "forbid: [" strategy show --repo acme/app || fail "what moved before the kill is not looked at"
yes "the log is whole" sluice audit verify
