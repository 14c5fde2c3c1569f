#!/usr/bin/env bash
# What is deployed must not reach the server: with --deploy-user scripts and applications run as somebody who can
# read neither the database nor the keys nor another repository's secrets, nor speak to the server's sockets. Without it, a
# server of root says so.
# Requirement: PR-6, DP-3
# Timeout: 200
. "$(dirname "$0")/../scenario/lib.sh"
[ "$(id -u)" = 0 ] || { echo "only root can have others run"; exit 77; }
user=nobody uid=$(id -u nobody)
place=$(mktemp -d /tmp/sluice-home.XXXXXX) # a place that others may come through
chmod 711 "$place"
home=$place/home
applications() { for p in /proc/[0-9]*; do case $(readlink "$p/cwd" 2>/dev/null) in "$place"/*) echo "${p#/proc/}" ;; esac; done; }
end_all() {
	# shellcheck disable=SC2046
	kill -KILL $(pgrep -f "sluice-keeper $place/" ) $(applications) 2>/dev/null
	rm -rf "$place"
	end_of_test
}
trap end_all EXIT
setpriv --reuid="$uid" --regid="$uid" --clear-groups test -x "$libexec/sluice-keeper" || { echo "$user cannot come to the programs"; exit 77; }

no "a user that is none" "$libexec/sluice-server" --home "$home" --listen 127.0.0.1:0 --deploy-user no-such-user
has "there is no user"
no "by somebody who may not" setpriv --reuid="$uid" --regid="$uid" --clear-groups "$libexec/sluice-server" --home "$place/other" --listen 127.0.0.1:0 --deploy-user root
server_start
grep -q "runs as root, and so will" "$test_dir/log" || fail "root is not warned"
server_stop || fail "the server did not end well"
rm -f "$test_dir/log"
server_start --deploy-user "$user"
grep -q "runs as root" "$test_dir/log" && fail "warned though there is a user"

cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
branches:
  main: {type: production, allow: {push: maintain, create: maintain}, require: {approvals: 0, last-push-approval: false, up-to-date: false, checks: []}}
tags: {release: {match: "v{version}", branches: main}}
environments:
  script: {from: main, on: {tag: release}, via: note, secrets: [WORD, HOME_OF_ALL]}
  web: {from: main, on: {tag: release}, via: web}
drivers:
  note: {run: "sh ./look"}
  web: {driver: local, run: [bin/app], listen: "127.0.0.1:0", drain: 1s}
YML
export HOME_OF_ALL=of-the-server
repo "$test_dir/strategy.yml"
person ann admin
mkdir -p "$home/secrets/acme/app" "$home/secrets/acme/other"
echo word >"$home/secrets/acme/app/WORD"
echo own >"$home/secrets/acme/app/HOME_OF_ALL"
echo word >"$home/secrets/acme/other/WORD"
clone_as ann "$test_dir/c"
c=$test_dir/c
cat >"$c/look" <<SH
echo "I am \$(id -u) \$(id -G); \$WORD; \$HOME_OF_ALL; \$HOME" >seen
for f in sluice.db keys/audit.seed keys secrets secrets/acme/other/WORD secrets/acme/app/WORD repos repos/acme/app.git/HEAD run/sluice.sock run work; do
	(cat "$home/\$f" || ls "$home/\$f/") >/dev/null 2>&1 && echo "read \$f" >>seen
	(: >>"$home/\$f" || touch "$home/\$f/x") 2>/dev/null && echo "wrote \$f" >>seen
done
curl -s --unix-socket "$home/run/sluice.sock" http://x/api/sluice/users && echo "spoke to the server" >>seen
(ls .. || ls ../.. || ls ../../.. || ls ../../../web/keeper) >/dev/null 2>&1 && echo "looked about" >>seen
touch ../x ../../x ../../current 2>/dev/null && echo "wrote outside" >>seen
cat /proc/$server_pid/environ >/dev/null 2>&1 && echo "read the server's environment" >>seen
ln -s /etc/shadow link
cat seen
SH
mkdir "$c/bin"
printf '#!/bin/sh\necho "$(id -u) $LISTEN_FDS $([ "$LISTEN_PID" = $$ ] && echo mine)" >ran\necho "the application"\nsleep 1000\n' >"$c/bin/app"
chmod +x "$c/bin/app"
git -C "$c" add -A && git -C "$c" commit -qm "feat: start" && git -C "$c" tag -am 1 v1.0.0 || fail "commit"
yes "push" git -C "$c" push -q origin HEAD:main v1.0.0
s() { "$sluice" "$@" --repo acme/app --home "$home"; }
done_with() { s env show "$1" --format json | grep -q '"under_way": null' && s env show "$1" --format json | grep -q '"state": "success"'; }
await 60 done_with script || { out=$(s env show script --format json); fail "the script's deployment"; }
await 60 done_with web || { out=$(s env show web --format json); fail "the application's deployment"; }
out=$(cat "$home/work/acme/app/script/releases"/*/seen)
[ "$out" = "I am $uid $(id -g "$user"); word; own; $(getent passwd "$user" | cut -d: -f6)" ] || fail "the script saw more than it should"
out=$(cat "$home/work/acme/app/web/releases"/*/ran)
[ "$out" = "$uid 1 mine" ] || fail "the application runs as $out"
for part in keeper log; do [ "$(stat -c "%u %a" "$home/work/acme/app/web/$part")" = "0 700" ] || fail "the folder $part is not the server's alone"; done
[ "$(stat -c %a "$home")" = 711 ] || fail "the home is $(stat -c %a "$home")"

server_stop || fail "the server did not end well"
