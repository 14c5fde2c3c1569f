#!/usr/bin/env bash
# A push of a tag becomes a deployment; a ramp under load without a failed request; a sick version takes itself back, is held
# and cleared; the way back by a person; what is refused is said.
# Requirement: DP-1, DP-3, DP-4, DP-5
# Timeout: 180
# shellcheck source=test/scenario/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/deploy.lib.sh
. "$(dirname "$0")/deploy.lib.sh"

deploy_begin
[ "$(readlink "$work_of/current")" = "releases/1.0.0-$(git -C "$test_dir/w" rev-parse v1.0.0^0 | cut -c1-12)" ] || fail "current does not name 1.0.0"

load_begin
version 2.0.0
await 40 live 2.0.0 || { out=$(s env show production); fail "2.0.0 was not deployed"; }
yes "2.0.0 answers" answers 2.0.0
ask_keeper state | grep -q '^blue running .* 1.0.0-' || fail "the old version is not kept"

# sick from the beginning: never gets traffic
version 3.0.0 sick 0
await 40 state 3.0.0 failure || { out=$(s env show production); fail "3.0.0 did not fail"; }
yes "2.0.0 still answers" answers 2.0.0
yes "the incident" incident 3.0.0
grep -q ' 3.0.0$' "$test_dir/load.times" && fail "a sick version has answered"

# sick after a while: taken back from the middle of the ramp
version 4.0.0 sick 2
await 40 state 4.0.0 failure || { out=$(s env show production); fail "4.0.0 did not fail"; }
yes "2.0.0 answers again" answers 2.0.0
yes "what is live" live 2.0.0
load_end
grep -q ' 4.0.0$' "$test_dir/load.times" || fail "4.0.0 never had traffic: the ramp was not tested"

no "a version that failed is refused" s deploy production --version 4.0.0
has "env clear production 4.0.0"
yes "clear" s env clear production 4.0.0
no "nothing more to clear" s env clear production 4.0.0
no "an environment that is none" s deploy nowhere
has "production"
no "a version that is none" s deploy production --version 9.9.9

# the way back: at once, since the old version is still there or is started again
yes "rollback" s rollback production
await 30 live 1.0.0 || { out=$(s env show production); fail "no way back to 1.0.0"; }
yes "1.0.0 answers" answers 1.0.0
no "a version that never ran well" s rollback production --to 3.0.0
yes "list" s env list
has 1.0.0
yes "stop" s env stop production
no "it answers no more" get /version
no "nothing to stop" s env stop production
ask_keeper state >/dev/null 2>&1 && fail "the keeper is still there"
yes "and again" s deploy production --version 1.0.0 --wait
port=$(ask_keeper state | awk '$1 == "address" { print $3 }')
yes "1.0.0 answers again" answers 1.0.0
yes "audit" audit_verifies ann
server_stop || fail "the server did not end well"
yes "the application outlives the server" answers 1.0.0
