#!/usr/bin/env bash
# A secret without a value: nothing of the deployment runs, it says which file is missing, and goes on by itself when that is there.
# Requirement: DP-5
. "$(dirname "$0")/lib.sh"

cat >"$test_dir/strategy.yml" <<YML
strategy: 1
branches:
  main: {type: production, allow: {push: admin}}
environments:
  prod: {from: main, on: {manual: true, push: main}, via: {run: 'echo "\$KEY" >>$test_dir/ran'}, secrets: [KEY]}
YML
server_start
repo "$test_dir/strategy.yml"
person lead admin
"$sluice" token create --user lead --scope repo:write,deploy,admin --home "$home" >"$home.tokens/lead" 2>/dev/null || fail "token create"
export SLUICE_SERVER=$url
code() { # WANTED COMMAND ...
	local want=$1 rc
	shift
	out=$("$@" 2>&1)
	rc=$?
	[ "$rc" = "$want" ] || fail "$*: exit code $rc, not $want"
}
git init -q "$test_dir/seed"
commit "$test_dir/seed" a 1 "feat: begin"
yes "a push, which deploys" git -C "$test_dir/seed" push -q "$(remote_of lead)" main
code 8 as lead deploy prod --version main
has "no value: KEY"
has 'install -D -m 600 /dev/stdin "$SLUICE_HOME/secrets/acme/app/KEY"'
code 8 as lead deploy prod --version main --dry-run
waits() { as lead env show prod | grep -q 'no value: KEY'; }
await 20 waits || fail "the deployment that the push asked for does not say what it waits for"
[ ! -e "$test_dir/ran" ] || fail "a script ran without its secret"
install -d "$home/secrets/acme/app"
: >"$home/secrets/acme/app/KEY"
code 8 as lead deploy prod --version main
has "no value: KEY"
echo value | install -D -m 600 /dev/stdin "$home/secrets/acme/app/KEY"
await 30 test -s "$test_dir/ran" || fail "the deployment does not go on"
[ "$(cat "$test_dir/ran")" = value ] || fail "what the script got"
code 0 as lead deploy prod --version main --wait
exit 0
