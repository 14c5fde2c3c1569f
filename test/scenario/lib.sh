# shellcheck shell=bash
# For tests with a real server and real git: source it. A test exits at its first failed check.
#
#   server_start [FLAG ...]   a server on $home; sets $url and $server_pid (ended when the test ends)
#   server_stop | server_kill SIGTERM and wait | SIGKILL and wait
#   person NAME ROLE          somebody with a role in acme/app; token in $home.tokens/NAME
#   repo [PRESET | FILE]      acme/app under a preset (gitflow) or the strategy file
#   as PERSON WORD ...        sluice by this person, for acme/app
#   free_strategy             $test_dir/strategy.yml, by which who may write may move and delete all but main
#   clone_as NAME DIR         a clone of acme/app that pushes as NAME
#   commit DIR PATH TEXT MESSAGE
#   refs                      branches and tags of acme/app on the server's disk, sorted
#   code CODE COMMAND ...     must end with this exit code; output in $out
#   http STATUS|PATTERN METHOD PATH [BODY] as $who (a person): must answer with this status; the answer in $out
#   events                    how many the log of the home has
#   await SECONDS COMMAND ... poll until it succeeds
#   stays_below KILOBYTES     the server has never held more memory
set -u
# shellcheck source=test/scenario/told.lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/told.lib.sh"
top=${TOP:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
sluice=${SLUICE:-$top/build/sluice}
libexec=${BUILD:-$top/build}/libexec
test_dir=$(mktemp -d "${TMPDIR:-/tmp}/sluice-scenario.XXXXXX") || exit 1
home=$test_dir/home
server_pid=
url=
out=
export GIT_CONFIG_GLOBAL=$test_dir/gitconfig GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 LC_ALL=C.UTF-8
printf '[user]\n\tname = Test\n\temail = test@example.org\n[init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n' >"$GIT_CONFIG_GLOBAL"
unset SLUICE_HOME SLUICE_SERVER SLUICE_TOKEN SLUICE_FAULT GIT_DIR GIT_WORK_TREE

# The number of a child that has ended may be another process's by now: only one that the shell still waits for is ended.
end_child() { # PID
	[[ " $(jobs -pr | tr '\n' ' ')" == *" ${1:-none} "* ]] && kill -KILL "$1" 2>/dev/null
	wait "${1:-$$}" 2>/dev/null
}
end_of_test() {
	end_child "$server_pid"
	rm -rf "$test_dir"
}
trap end_of_test EXIT
trap 'exit 130' INT TERM

fail() {
	printf 'FAIL: %s\n' "$1"
	[ -n "$out" ] && printf '%s\n' "$out" | tail -n 40 | sed 's/^/    /'
	[ -f "$test_dir/log" ] && { echo "  server:"; tail -n 15 "$test_dir/log" | sed 's/^/    /'; }
	exit 1
}
code() {
	local want=$1 rc=0
	shift
	out=$("$@" 2>&1) || rc=$?
	[ "$rc" = "$want" ] || fail "$*: exit code $rc, not $want"
}
http() {
	local want=$1 got
	got=$(curl -s -o "$test_dir/answer" -w '%{http_code}' --max-time 60 -X "$2" -H "Authorization: Bearer $(cat "$home.tokens/$who")" -H 'Content-Type: application/json' ${4+--data-binary "$4"} "$url$3")
	out=$(tr -d '\0' <"$test_dir/answer")
	# shellcheck disable=SC2254 # a pattern, such as 4??
	case $got in $want) ;; *) fail "$2 $3: $got, not $want" ;; esac
}
events() { sqlite3 "file:$home/sluice.db?mode=ro" 'SELECT count(*) FROM event'; }
await() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt "$end" ] || return 1
		sleep 0.02
	done
}
stays_below() {
	local most
	[ "${SAN:-}" != 1 ] || return 0 # the sanitizers keep what was freed
	most=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$server_pid/status")
	[ "$most" -lt "$1" ] || fail "the server held $most kB"
}

server_start() {
	: >"$test_dir/address"
	"$libexec/sluice-server" --home "$home" --listen 127.0.0.1:0 "$@" >"$test_dir/address" 2>>"$test_dir/log" &
	server_pid=$!
	await 30 server_answers || fail "the server did not start"
	server_found
}
server_found() { # its address is known: $url, and clones follow to it
	url=$(head -n 1 "$test_dir/address")
	local file
	for file in "$test_dir"/*/.git/config; do
		[ -f "$file" ] && sed -i "s#//\([^@/]*\)@127.0.0.1:[0-9]*#//\1@${url#http://}#" "$file"
	done
}
server_answers() { [ -s "$test_dir/address" ] || ! kill -0 "$server_pid" 2>/dev/null; }
server_stop() {
	kill -TERM "$server_pid"
	wait "$server_pid"
	local rc=$?
	server_pid=
	return $rc
}
server_kill() {
	end_child "$server_pid"
	server_pid=
}

as() { SLUICE_SERVER=$url SLUICE_TOKEN=$(cat "$home.tokens/$1") "$sluice" "${@:2}" --repo acme/app; }
free_strategy() {
	cat >"$test_dir/strategy.yml" <<'END'
strategy: 1
branches:
  main: {type: production, allow: {create: write, push: write}, require: {approvals: 0, checks: []}}
  work: {match: "**", type: work, base: main, allow: {create: write, push: write, force-push: write, delete: write}}
tags:
  release: {match: "v{version}", branches: main, annotated: false, allow: {create: write}}
END
}
repo() {
	case ${1:-gitflow} in
	*/*) yes "repo create" "$sluice" repo create acme/app --strategy "$1" --home "$home" ;;
	*)   yes "repo create" "$sluice" repo create acme/app --preset "${1:-gitflow}" --home "$home" ;;
	esac
}
person() {
	mkdir -p "$home.tokens"
	yes "user add $1" "$sluice" user add "$1" --home "$home"
	[ -z "${2:-}" ] || yes "role grant $1 $2" "$sluice" role grant "$1" "$2" --repo acme/app --home "$home"
	"$sluice" token create --user "$1" --home "$home" >"$home.tokens/$1" 2>/dev/null || fail "token create $1"
}
remote_of() { echo "http://$1:$(cat "$home.tokens/$1")@${url#http://}/acme/app.git"; }
clone_as() { yes "clone as $1" git clone -q "$(remote_of "$1")" "$2"; }
commit() {
	mkdir -p "$(dirname "$1/$2")"
	printf '%s\n' "$3" >"$1/$2"
	git -C "$1" add -A && git -C "$1" commit -qm "$4" || fail "commit"
}
refs() { git --git-dir="$home/repos/acme/app.git" for-each-ref --format='%(objectname) %(refname)' refs/heads refs/tags; }
# The audit log, verified by the server; must stand behind a person.
audit_verifies() { # PERSON
	curl -sf -X POST -u "$1:$(cat "$home.tokens/$1")" -H 'Content-Type: application/json' -d '{}' "$url/api/sluice/audit/verify" | grep '"good": *true'
}
