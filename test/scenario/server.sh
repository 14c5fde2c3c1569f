#!/usr/bin/env bash
# The server's first line, readiness, end, and the ways in: its socket, HTTP, and a home on which nothing runs.
# Requirement: RC-3
. "$(dirname "$0")/lib.sh"

# --- without a server, commands serve the home themselves; one makes it
no "a home that is not there" "$sluice" user list --home "$test_dir/none"
has "There is no server home"
[ ! -e "$test_dir/none" ] || fail "looking at a home made it"
yes "the first person makes the home" "$sluice" user add ann --home "$home"
yes "role and repository" "$sluice" repo create acme/app --preset gitflow --home "$home"
yes "role" "$sluice" role grant ann maintain --repo acme/app --home "$home"
yes "a list without a server that listens" "$sluice" repo list --home "$home"
has "/acme/app.git"
hasnt "null"
[ ! -e "$home/run/sluice.sock" ] || fail "a socket is left behind"
waiting=()
for name in bo cy di ed ef fg gh hi; do
	"$sluice" user add $name --home "$home" 2>"$test_dir/said.$name" &
	waiting+=("$!")
done
for pid in "${waiting[@]}"; do wait "$pid" || fail "one of several commands at once: $(cat "$test_dir"/said.*)"; done
yes "commands at once" "$sluice" user list --home "$home" --format json
for name in ann bo cy di ed ef fg gh hi; do has "\"$name\""; done

# --- the token alone on standard output
token=$("$sluice" token create --user ann --home "$home" 2>/dev/null) || fail "token create"
[ "$(printf '%s\n' "$token" | wc -l)" = 1 ] || fail "more than the token is printed"
mkdir -p "$home.tokens" && printf '%s\n' "$token" >"$home.tokens/ann"

# --- the server
server_start
[ "$(wc -l <"$test_dir/address")" = 1 ] || fail "the address is not the only line"
case $url in http://127.0.0.1:[0-9]*) ;; *) fail "the first line is no address: $url" ;; esac
yes "healthz" curl -sf "$url/healthz"
yes "readyz" curl -sf "$url/readyz"
has '"ok":true'
resident=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$server_pid/status")
[ "${SAN:-}" = 1 ] || [ "$resident" -lt 30000 ] || fail "an idle server holds $resident kB"
no "a second server on the home" timeout 30 "$libexec/sluice-server" --home "$home" --listen 127.0.0.1:0
has "Another server runs on this home"
yes "commands go through the socket" "$sluice" repo list --home "$home"
has "acme/app"
has "$url/acme/app.git"

# --- by HTTP with a token
export SLUICE_SERVER=$url
no "without a token" "$sluice" user list
SLUICE_TOKEN=$token
export SLUICE_TOKEN
yes "with one" "$sluice" repo list
has "maintain"
no "what is an administrator's" "$sluice" user add eve
[ "$("$sluice" user add eve >/dev/null 2>&1; echo $?)" = 4 ] || fail "not allowed is exit code 4"
yes "in a clone the remote tells" git clone -q "$url/acme/app.git" "$test_dir/w" -c "http.extraHeader=Authorization: Bearer $token"
unset SLUICE_SERVER
out=$(cd "$test_dir/w" && "$sluice" audit log 2>&1) || fail "audit log in a clone"
has "role-granted"
unset SLUICE_TOKEN

# --- usage
[ "$("$sluice" usr add >/dev/null 2>&1; echo $?)" = 2 ] || fail "an unknown command is exit code 2"
no "an unknown option" "$sluice" user list --hom x
has "Did you mean --home?"
no "an unknown command" "$sluice" user lst
has 'Did you mean "sluice user list"?'
no "nobody there" "$sluice" repo list --server http://127.0.0.1:1
[ "$("$sluice" repo list --server http://127.255.255.254:1 >/dev/null 2>&1; echo $?)" = 5 ] || fail "no server is exit code 5"
no "beyond loopback without TLS" timeout 30 "$libexec/sluice-server" --home "$test_dir/other" --listen 0.0.0.0:0
has "--behind-proxy"

# --- SIGTERM: what was accepted ends first
listens() { (exec 6<>"/dev/tcp/127.0.0.1/${url##*:}") 2>/dev/null; }
gone() { ! listens; }
exec 5<>"/dev/tcp/127.0.0.1/${url##*:}"
printf 'POST /api/sluice/tokens HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\nAuthorization: Bearer %s\r\nContent-Length: 15\r\n\r\n' "$token" >&5
read -r -t 20 line <&5 || fail "no interim answer"
case $line in *" 100 "*) ;; *) fail "expected 100 Continue, not $line" ;; esac
printf '{"name":' >&5
kill -TERM "$server_pid"
await 10 gone || fail "it still takes connections"
printf '"last"}' >&5
out=$(timeout 20 cat <&5)
has "201 Created"
wait "$server_pid"
[ $? = 0 ] || fail "SIGTERM does not end it with 0"
server_pid=
[ ! -e "$home/run/sluice.sock" ] || fail "the socket is left behind"
yes "what was accepted stands" "$sluice" token list --home "$home"
has "last"
exit 0
