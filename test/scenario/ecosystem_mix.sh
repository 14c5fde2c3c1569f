#!/usr/bin/env bash
# One release of members on two sluice servers and on a plain remote: all of them, or none; what one server refuses after others have it, and each way on.
# Requirement: RL-7
# Timeout: 600
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/ecosystem_server.lib.sh"
. "$(dirname "$0")/ecosystem_mix.lib.sh"
export NO_COLOR=1
server_start
person lead
mix 'environments: {production: {from: main, on: {tag: release}, via: note}}
drivers: {note: {run: "true"}}'
cd "$test_dir/app" || exit 1
begin() { yes "begun" "$sluice" ecosystem start "$1"; }
stop_at() { # POINT VERSION
	(SLUICE_FAULT=$1 "$sluice" ecosystem finish "$2" >"$test_dir/killed" 2>&1; exit $?) 2>/dev/null
	[ $? = 137 ] || { out=$(cat "$test_dir/killed"); fail "it was not killed at $1"; }
}
# the other server no longer lets lead merge: as it were a rule that changed meanwhile
shut() { other_server yes "the role" "$sluice" role grant lead read --repo acme/dash --home "$home2" && other_server yes "the role" "$sluice" role revoke lead admin --repo acme/dash --home "$home2"; }
open() { other_server yes "the role" "$sluice" role grant lead admin --repo acme/dash --home "$home2" && other_server yes "the role" "$sluice" role revoke lead read --repo acme/dash --home "$home2"; }

# --- all of it
before=$(remotes)
code 0 "$sluice" ecosystem start 1.1.0 --dry-run
is "$(remotes)" "$before"
begin 1.1.0
code 0 "$sluice" ecosystem status 1.1.0
has "is ready in all of them"
before=$(remotes)
code 0 "$sluice" ecosystem finish 1.1.0 --dry-run
is "$(remotes)" "$before"
code 0 "$sluice" ecosystem finish 1.1.0
has "Release 1.1.0 is made in 4 repositories"
in_all 1.1.0 auth app dash tool

# --- begun and taken back, on servers and here
before=$(remotes)
begin 1.2.0
code 0 "$sluice" undo
is "$(remotes)" "$before"
[ -z "$(git -C "$test_dir/tool" branch --list 'release/*')" ] || fail "a branch is left in tool"
begin 1.2.0

# --- one server refuses before anything has moved: none has it, nothing waits anywhere
shut
before=$(remotes)
code 1 "$sluice" ecosystem finish 1.2.0
has "acme/dash"
is "$(remotes)" "$before"
code 2 "$sluice" continue
open

# --- … after the plain remote has it: abort takes that back where its rules allow, and says so where they do not
stop_at there:before 1.2.0
[ -n "$(at tool v1.2.0)" ] || fail "tool has not got it"
none_there() { for r in auth app dash; do is "$(at $r v1.2.0)" ""; done; }
none_there
shut
code 1 "$sluice" continue
has "Pushed so far: acme/tool"
none_there
code 1 "$sluice" abort
has "acme/tool"
has "Nothing was taken back anywhere"
open
code 0 "$sluice" continue
in_all 1.2.0 auth app dash tool

# --- … after the first server has it: its deployments are held; there is no way back, and two ways on
begin 1.3.0
stop_at land:acme/auth 1.3.0
[ -n "$(at auth v1.3.0)" ] || fail "auth has not got it"
is "$(at dash v1.3.0)" ""
for r in auth app; do
	held() { "$sluice" env show production --repo acme/$r --home "$home" --format json | grep -q "has not landed in all repositories"; }
	await 30 held || fail "the deployment of $r is not held"
done
shut
code 1 "$sluice" continue
has "acme/dash"
code 0 "$sluice" status
has "has landed"
code 9 "$sluice" abort
has "has landed on $url, and a server takes no release back"
has "sluice abort --keep-pushed"
open
code 0 "$sluice" continue
in_all 1.3.0 auth app dash tool
free() { ! "$sluice" env show production --repo acme/auth --home "$home" --format json | grep -q "has not landed in all repositories"; }
await 30 free || fail "the deployment of auth is still held"

# --- what came to a change after it was decided lands by the same rules, not what stood there
begin 1.3.5
stop_at there:before 1.3.5
rm -rf "$test_dir/away/fix" && git clone -q "$(other_server eco_remote dash)" "$test_dir/away/fix" && git -C "$test_dir/away/fix" switch -q release/v1.3.5 && git -C "$test_dir/away/fix" commit -q --allow-empty -m "fix: meanwhile" && git -C "$test_dir/away/fix" push -q || fail "nothing came meanwhile"
fix=$(git -C "$test_dir/away/fix" rev-parse HEAD)
code 0 "$sluice" continue
in_all 1.3.5 auth app dash tool
git --git-dir="$(folder_of dash)" merge-base --is-ancestor "$fix" main || fail "what came meanwhile is not in it"

# --- … and by itself: what has landed stays and is deployed, the rest is open
begin 1.4.0
stop_at land:acme/auth 1.4.0
shut
code 0 "$sluice" abort --keep-pushed
has "acme/auth: has landed, and is released alone"
has "acme/dash: stands as before, and change"
has "acme/tool: was pushed, and is released alone"
await 30 free || fail "the deployment of auth is still held"
is "$(at auth v1.4.0-ecosystem)$(at dash v1.4.0)" ""
open
code 0 "$sluice" ecosystem status 1.4.0

# --- what is stored is not what it was: said, and nothing is done
begin 1.5.0
stop_at there:before 1.5.0
cp .git/sluice/flow/op.json "$test_dir/op.json"
sed -i 's/"change":[0-9]*/"change":999/' .git/sluice/flow/op.json
no "a change that is not there" "$sluice" continue
is "$(at auth v1.5.0)$(at dash v1.5.0)" ""
sed 's/"server":"[^"]*"/"server":5/' "$test_dir/op.json" >.git/sluice/flow/op.json
no "a server that is none" "$sluice" status
cp "$test_dir/op.json" .git/sluice/flow/op.json
# … two at once: one of them does it
"$sluice" continue >"$test_dir/one" 2>&1 &
one=$!
"$sluice" continue >"$test_dir/two" 2>&1
rc=$?
wait $one
is $((rc * $?)) 0
in_all 1.5.0 auth app dash tool

# --- what led it is gone: another clone of the home goes on
begin 1.5.5
stop_at land:acme/auth 1.5.5
rm -rf .git/sluice
git fetch -q
code 9 "$sluice" ecosystem finish 1.5.5
has "acme/tool: A part of another operation is under way"
(cd "$test_dir/tool" && yes "its part ends alone" "$sluice" continue) || exit 1
code 0 "$sluice" ecosystem finish 1.5.5
has "it has release 1.5.5 already"
in_all 1.5.5 auth app dash tool
await 30 free || fail "the deployment of auth is still held"

# --- a server that does not answer: nothing is taken back on a guess; who insists ends it without that one
begin 1.6.0
stop_at land:acme/auth 1.6.0
end_child "$pid2"
code 5 "$sluice" continue
code 0 "$sluice" status
has "acme/dash  its server does not tell"
no "not known" "$sluice" abort
has "a server takes no release back"
code 5 "$sluice" abort --keep-pushed
has "sluice abort --keep-pushed once more"
code 5 "$sluice" continue
has "being ended with what was pushed"
code 0 "$sluice" abort --keep-pushed
has "acme/dash: it is not known whether it has landed"
await 30 free || fail "the deployment of auth is still held"
exit 0
