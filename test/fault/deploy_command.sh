#!/usr/bin/env bash
# The driver `command`: the script's environment and steps, its time-out, what happens when it fails, the way back by its own script,
# health commands, a change that reverts, a rollout that is held, pause and abort; a killed server never runs two scripts at once.
# Requirement: DP-1, DP-3, DP-4, DP-5, IO-4
# Timeout: 200
# shellcheck source=test/scenario/lib.sh
. "$(dirname "$0")/../scenario/lib.sh"

s() { "$sluice" "$@" --repo acme/app --home "$home"; }
journal=$test_dir/journal
cat >"$test_dir/strategy.yml" <<YML
strategy: 1
branches:
  main: {type: production, allow: {push: maintain, create: maintain}, require: {approvals: 0, last-push-approval: false, up-to-date: false, checks: []}}
  feature: {match: "feature/{name}", type: work, base: main, into: main}
tags: {release: {match: "v{version}", branches: main}}
environments:
  production:
    from: main
    via: {run: "scripts/deploy $journal", roll-back: "echo back to \$SLUICE_VERSION at \$SLUICE_WEIGHT >>$journal", timeout: 3s}
    variables: {JOURNAL: $journal}
    rollout:
      style: canary
      steps: [{weight: 25%, pause: 1s}, {weight: 100%}]
      health: {probes: [{command: "test ! -e sick", within: 5s}]}
      on-failure: revert
  pushed: {from: main, on: {push: main}, via: {run: "echo pushed \$SLUICE_COMMIT >>$journal"}}
  merged: {from: main, on: {merge: main}, via: {run: "echo merged \$SLUICE_COMMIT >>$journal"}}
  careful:
    from: main
    via: {run: "echo careful \$SLUICE_WEIGHT >>$journal"}
    rollout:
      style: canary
      steps: [{weight: 25%, pause: 1h}, {weight: 100%}]
      health: {probes: [{command: "test ! -e sick"}]}
      on-failure: pause
YML
server_start
repo "$test_dir/strategy.yml"
person ann admin
git init -q "$test_dir/w"
git -C "$test_dir/w" remote add origin "$(remote_of ann)"
mkdir "$test_dir/w/scripts"
cat >"$test_dir/w/scripts/deploy" <<'SH'
#!/bin/sh
echo "$SLUICE_ENVIRONMENT $SLUICE_VERSION $SLUICE_WEIGHT $SLUICE_COLOR previous=$SLUICE_PREVIOUS_VERSION" >>"$1"
[ ! -e slow ] || { echo "begin $$" >>"$JOURNAL.slow"; sleep 1; echo "end $$" >>"$JOURNAL.slow"; }
[ ! -e hangs ] || sleep 1000
[ ! -e broken ] || { echo "it is broken here" >&2; exit 7; }
SH
chmod +x "$test_dir/w/scripts/deploy"
version() { # N [FILE]
	rm -f "$test_dir"/w/{sick,slow,hangs,broken}
	[ -z "${2:-}" ] || touch "$test_dir/w/$2"
	echo "$1" >"$test_dir/w/VERSION"
	git -C "$test_dir/w" add -A && git -C "$test_dir/w" commit -qm "feat: version $1" && git -C "$test_dir/w" tag -am "$1" "v$1" || fail "commit"
	yes "push" git -C "$test_dir/w" push -q origin main "v$1"
}
version 1.0.0
yes "the first" s deploy production --version 1.0.0 --wait
version 2.0.0
yes "the second" s deploy production --version v2.0.0 --wait
out=$(cat "$journal")
has "production 1.0.0 25 blue previous="
has "production 2.0.0 25 green previous=1.0.0"
has "production 2.0.0 100 green previous=1.0.0"

version 3.0.0 broken
no "a script that fails" s deploy production --version 3.0.0 --wait
has "exit status 7"
out=$(cat "$journal")
has "back to 2.0.0 at 100"
number=$(s env show production --format json | sed -n 's/^ *"number": \([0-9]*\),$/\1/p' | sort -n | tail -n 1)
yes "what it wrote is kept" curl -sf -u "ann:$(cat "$home.tokens/ann")" "$url/api/sluice/repos/acme/app/deployments/$number"
has "it is broken here"
yes "the change that reverts" s change list
has "revert: 3.0.0"
yes "its commit" git --git-dir="$home/repos/acme/app.git" cat-file -p "sluice/revert-$number"
has "This reverts commit"
[ "$(git --git-dir="$home/repos/acme/app.git" rev-parse "sluice/revert-$number^{tree}")" = "$(git -C "$test_dir/w" rev-parse "v2.0.0^{tree}")" ] || fail "the revert is not the tree before"

version 4.0.0 hangs
no "a script that hangs" s deploy production --version 4.0.0 --wait
has "within 3 s"

version 5.0.0 sick
no "a sick one" s deploy production --version 5.0.0 --wait
has "exit status 1"

# two servers, one after the other: the script of the first is waited for
version 6.0.0 slow
s deploy production --version 6.0.0 >/dev/null 2>&1 || fail "deploy 6.0.0"
await 10 grep -q begin "$journal.slow" || fail "the script did not begin"
server_kill
server_start
await 30 eval 's env show production --format json | grep -q "\"version\": \"6.0.0\"" && s env list | grep -q 6.0.0' || { out=$(s env list); fail "6.0.0 did not come"; }
awk '$1 == "begin" { if (open) { print "two at once"; exit 1 } open = 1 } $1 == "end" { open = 0 }' "$journal.slow" || fail "two scripts ran at once"

# persons: pause, abort; on-failure: pause is held, and is resumed or aborted
yes "the first one" s deploy careful --version 1.0.0
d=$out
told() { s deployment "$1" "$d"; }
phase_is() { curl -sf -u "ann:$(cat "$home.tokens/ann")" "$url/api/sluice/repos/acme/app/deployments/$d" | grep -q "\"$1\": *\"$2\""; }
d=$(s env show careful --format json | sed -n 's/^ *"number": \([0-9]*\),$/\1/p' | sort -n | tail -n 1)
await 15 phase_is phase pausing || fail "it does not pause at its step"
yes "pause" told pause
yes "resume" eval "await 5 told resume"
yes "promote" eval "await 5 told promote"
await 15 phase_is state success || fail "promote did not end the pause"
no "nothing to abort" told abort
yes "a sick one" s deploy careful --version 5.0.0
d=$(s env show careful --format json | sed -n 's/^ *"number": \([0-9]*\),$/\1/p' | sort -n | tail -n 1)
await 15 phase_is state held || fail "it is not held"
no "promote does not fit" told promote
yes "abort" told abort
await 15 phase_is state failure || fail "it did not go back"
yes "clear" s env clear careful 5.0.0

# rollback while one is under way aborts it
yes "another one" s deploy careful --version 2.0.0
d=$(s env show careful --format json | sed -n 's/^ *"number": \([0-9]*\),$/\1/p' | sort -n | tail -n 1)
await 15 phase_is phase pausing || fail "it does not pause at its step"
yes "rollback" s rollback careful
await 15 phase_is state aborted || fail "rollback did not abort it"

# triggers: each push of main has come to `pushed`, none to `merged` before there is a merge
grep -q "^pushed $(git -C "$test_dir/w" rev-parse v6.0.0^0)\$" "$journal" || fail "the push of main triggered nothing"
grep -q "^merged" "$journal" && fail "a push triggered what waits for a merge"
git -C "$test_dir/w" checkout -qb feature/x
commit "$test_dir/w" x.txt x "feat: x"
yes "push of the branch" git -C "$test_dir/w" push -q origin feature/x
change=$(s change open feature/x --into main --title "feat: x" 2>"$test_dir/said" | tail -n 1) || { out=$(cat "$test_dir/said"); fail "open"; }
yes "merge" s change merge "$change"
merge=$(git --git-dir="$home/repos/acme/app.git" rev-parse main)
await 20 grep -q "^merged $merge\$" "$journal" || { out=$(cat "$journal"; s env show merged); fail "the merge triggered nothing"; }
[ "$(grep -c "^merged" "$journal")" = 1 ] || fail "the merge triggered more than once"
yes "audit" audit_verifies ann
