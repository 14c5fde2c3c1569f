#!/usr/bin/env bash
# Where a sandbox keeps the kernel from sharing out connections: a deployment by the driver local fails before anything runs, and says
# what is missing and what helps; the push that asked for it stands, and the driver command deploys. And the keeper needs no right that an
# ordinary user lacks.
# Requirement: DP-3
# shellcheck source=test/scenario/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/deploy.lib.sh
. "$(dirname "$0")/deploy.lib.sh"
mkdir "$test_dir/libexec"
printf '#!/bin/sh\nexec %s %s "$@"\n' "${BUILD:-$top/build}/test/app/sandbox" "$libexec/sluice-server" >"$test_dir/libexec/sluice-server"
chmod +x "$test_dir/libexec/sluice-server"
libexec=$test_dir/libexec
cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
branches:
  main: {type: production, allow: {push: maintain, create: maintain}, require: {approvals: 0, last-push-approval: false, checks: []}}
tags: {release: {match: "v{version}", branches: main}}
environments:
  production: {from: main, on: {tag: release}, via: web, rollout: {style: blue-green, steps: [{weight: 10%}, {weight: 100%}]}}
  plain: {from: main, on: {tag: release}, via: note}
drivers:
  web: {driver: local, run: [bin/app], listen: "127.0.0.1:0"}
  note: {driver: command, run: "true"}
YML
server_start
repo "$test_dir/strategy.yml"
person ann admin
git init -q "$test_dir/w"
git -C "$test_dir/w" remote add origin "$(remote_of ann)"
mkdir "$test_dir/w/bin"
printf '#!/bin/sh\ntouch %s\n' "$test_dir/it-ran" >"$test_dir/w/bin/app"
chmod +x "$test_dir/w/bin/app"
version 1.0.0
await 30 state 1.0.0 failure || { s env show production; fail "the deployment did not end"; }
yes "what there is to see" s env show production
has "sandbox"
has "SO_ATTACH_REUSEPORT_CBPF"
has 'driver `command`'
[ ! -e "$test_dir/it-ran" ] || fail "the application was started"
[ ! -e "$work_of/current" ] || fail "the release became the current one"
plain() { s env show plain --format json | tr '\n' ' ' | grep -q '"live": {[^}]*"version": "1.0.0"'; }
await 30 plain || fail "the driver command did not deploy"
yes "the server goes on" git ls-remote "$(remote_of ann)" v1.0.0

# --- an ordinary user's keeper
[ "$(id -u)" = 0 ] || exit 0 # it is one already
other=$(mktemp -d /tmp/sluice-keeper.XXXXXX) || fail "no folder"
trap 'rm -rf "$other"; end_applications' EXIT
cp "${BUILD:-$top/build}/libexec/sluice-keeper" "$other"
mkdir -m 700 "$other/k"
chown -R 65534 "$other"
yes "a keeper of an ordinary user" setpriv --reuid=65534 --regid=65534 --clear-groups "$other/sluice-keeper" "$other/k" 127.0.0.1:0
out=$("${BUILD:-$top/build}/test/app/ask" "$other/k" state) || fail "it does not answer"
kill "$(awk '$1 == "keeper" { print $2 }' <<<"$out")"
has "address 127.0.0.1"
