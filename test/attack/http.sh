#!/usr/bin/env bash
# Requests that are wrong or hostile, sent byte by byte: each has an answer of its own, changes nothing, and the server goes on.
# Requirement: PR-6
. "$(dirname "$0")/../scenario/lib.sh"

server_start
repo
person ann maintain
person eve
token=$(cat "$home.tokens/ann")
eve=$(cat "$home.tokens/eve")
port=${url##*:}
before=$(refs; "$sluice" user list --home "$home" --format json; "$sluice" token list --home "$home" --format json | grep -c '"id"')

# Send bytes, print the status (000: closed without an answer).
raw() { # BYTES (printf format)
	local line=
	exec 5<>"/dev/tcp/127.0.0.1/$port" || return 1
	# shellcheck disable=SC2059 # the table holds formats
	printf "$1" >&5
	read -r -t 20 line <&5
	exec 5>&-
	set -- $line
	echo "${2:-000}"
}

# --- heads: status and bytes
h='Host: localhost\r\nConnection: close\r\n'
auth="Authorization: Bearer $token\\r\\n"
while IFS='|' read -r want name bytes; do
	[ -n "$want" ] || continue
	got=$(raw "$bytes")
	case " $want " in *" $got "*) ;; *) fail "$name: $got, not $want" ;; esac
done <<EOT
200|plain|GET /healthz HTTP/1.1\r\n$h\r\n
400|no host|GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n
400|two hosts|GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n
400|a host that is not ours|GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n
400|a host with a path|GET /healthz HTTP/1.1\r\nHost: localhost/x\r\nConnection: close\r\n\r\n
400 000|length and chunks|POST /api/sluice/tokens HTTP/1.1\r\n${h}${auth}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{}
400 000|two lengths|POST /api/sluice/tokens HTTP/1.1\r\n${h}${auth}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x
400 000|a length that is none|POST /api/sluice/tokens HTTP/1.1\r\n${h}${auth}Content-Length: -1\r\n\r\n{}
400 000|another transfer encoding|POST /api/sluice/tokens HTTP/1.1\r\n${h}${auth}Transfer-Encoding: gzip\r\n\r\n
400|dots|GET /assets/../healthz HTTP/1.1\r\n$h\r\n
400|encoded dots|GET /assets/%%2e%%2e/healthz HTTP/1.1\r\n$h\r\n
400|dots behind an encoded slash|GET /acme/x%%2F..%%2Fapp HTTP/1.1\r\n$h\r\n
400|encoded twice|GET /assets/%%252e%%252e/x HTTP/1.1\r\n$h\r\n
400|NUL|GET /assets/a%%00.css HTTP/1.1\r\n$h\r\n
400|line end in the path|GET /assets/a%%0d%%0aX:y HTTP/1.1\r\n$h\r\n
400|overlong UTF-8|GET /%%c0%%ae%%c0%%ae/x HTTP/1.1\r\n$h\r\n
400|backslash|GET /assets/..%%5Cx HTTP/1.1\r\n$h\r\n
400|two slashes|GET //healthz HTTP/1.1\r\n$h\r\n
400|absolute form|GET http://localhost/healthz HTTP/1.1\r\n$h\r\n
400|Git by dots|GET /acme/app.git/../app.git/info/refs?service=git-upload-pack HTTP/1.1\r\n$h\r\n
400|Git by encoded dots|GET /%%2e%%2e/%%2e%%2e/info/refs?service=git-upload-pack HTTP/1.1\r\n$h\r\n
401|Git without a name|GET /acme/app.git/info/refs?service=git-upload-pack HTTP/1.1\r\n$h\r\n
401|Git that is not there, without a name|GET /acme/none.git/info/refs?service=git-upload-pack HTTP/1.1\r\n$h\r\n
404|Git that one may not read|GET /acme/app.git/info/refs?service=git-upload-pack HTTP/1.1\r\n${h}Authorization: Bearer $eve\r\n\r\n
404|Git that is not there|GET /acme/none.git/info/refs?service=git-upload-pack HTTP/1.1\r\n${h}${auth}\r\n
404|a page that one may not read|GET /acme/app HTTP/1.1\r\n${h}Authorization: Bearer $eve\r\n\r\n
404|the API of what one may not read|GET /api/sluice/repos/acme/app HTTP/1.1\r\n${h}Authorization: Bearer $eve\r\n\r\n
404|the files of a repository|GET /acme/app.git/HEAD HTTP/1.1\r\n${h}Authorization: Bearer $eve\r\n\r\n
405|a method that is not for here|DELETE /healthz HTTP/1.1\r\n$h\r\n
405|a method that is none|BREW /api/sluice/repos HTTP/1.1\r\n$h\r\n
405|TRACE|TRACE /api/sluice/repos HTTP/1.1\r\n$h\r\n
401|a token that is none|GET /api/sluice/repos HTTP/1.1\r\n${h}Authorization: Bearer slu_0000000000000000000000000000000000000000000000000\r\n\r\n
401|a token with another end|GET /api/sluice/repos HTTP/1.1\r\n${h}Authorization: Bearer ${token%?}~\r\n\r\n
401|an empty token|GET /api/sluice/repos HTTP/1.1\r\n${h}Authorization: Bearer \r\n\r\n
401|a kind that is not known|GET /api/sluice/repos HTTP/1.1\r\n${h}Authorization: Digest x\r\n\r\n
401|Basic that is no base64|GET /api/sluice/repos HTTP/1.1\r\n${h}Authorization: Basic ***\r\n\r\n
403|another site's page posts|POST /api/sluice/tokens HTTP/1.1\r\n${h}${auth}Sec-Fetch-Site: cross-site\r\nContent-Length: 2\r\n\r\n{}
403|another site's origin posts|POST /api/sluice/tokens HTTP/1.1\r\n${h}${auth}Origin: http://evil.example\r\nContent-Length: 2\r\n\r\n{}
403|no origin at all posts|POST /api/sluice/tokens HTTP/1.1\r\n${h}${auth}Origin: null\r\nContent-Length: 2\r\n\r\n{}
403|another site's page reads|GET /api/sluice/repos HTTP/1.1\r\n${h}${auth}Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n\r\n
200|a link from another site|GET /sign-in HTTP/1.1\r\n${h}Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n\r\n
403|somebody else's form|POST /sign-in HTTP/1.1\r\n${h}Origin: http://evil.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 2\r\n\r\na=
401|acting for somebody by a header|GET /api/sluice/users HTTP/1.1\r\n${h}Sluice-As: ann\r\n\r\n
413|a body too large by its length|POST /api/sluice/tokens HTTP/1.1\r\n${h}${auth}Content-Length: 999999999999\r\n\r\n
415 400|a coding that is not known|POST /api/sluice/tokens HTTP/1.1\r\n${h}${auth}Content-Encoding: br\r\nContent-Length: 2\r\n\r\n{}
400|not JSON|POST /api/sluice/tokens HTTP/1.1\r\n${h}${auth}Content-Length: 5\r\n\r\nhello
400|JSON that ends too early|POST /api/sluice/tokens HTTP/1.1\r\n${h}${auth}Content-Length: 8\r\n\r\n{"name":
400|a key twice|POST /api/sluice/tokens HTTP/1.1\r\n${h}${auth}Content-Length: 19\r\n\r\n{"name":1,"name":2}
422|a wrong type|POST /api/sluice/tokens HTTP/1.1\r\n${h}${auth}Content-Length: 10\r\n\r\n{"name":7}
400|gzip that is none|POST /api/sluice/tokens HTTP/1.1\r\n${h}${auth}Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}
EOT

# --- a target, a head, a parameter list without end
long=$(head -c 9000 /dev/zero | tr '\0' a)
[ "$(curl -so /dev/null -w '%{http_code}' "$url/$long")" = 413 ] || fail "a long target"
code=$(curl -so /dev/null -w '%{http_code}' "$url/healthz" -H "X-A: $(head -c 60000 /dev/zero | tr '\0' a)" -H "X-B: $(head -c 60000 /dev/zero | tr '\0' b)")
case $code in 413 | 431 | 400) ;; *) fail "a head of 120 kB: $code" ;; esac
code=$(curl -so /dev/null -w '%{http_code}' "$url/healthz?$(seq -s '&' 200)")
[ "$code" = 413 ] || fail "200 parameters: $code"

# --- bodies
api() { curl -so "$test_dir/answer" -w '%{http_code}' -X POST "$url/api/sluice/tokens" -H "Authorization: Bearer $token" -H 'Expect:' "$@"; }
printf '{"name":"%s"}' "$(head -c 2000000 /dev/zero | tr '\0' a)" >"$test_dir/large"
[ "$(api --data-binary @"$test_dir/large")" = 413 ] || fail "two megabytes"
[ "$(api -H 'Transfer-Encoding: chunked' --data-binary @"$test_dir/large")" = 413 ] || fail "two megabytes in chunks"
{ head -c 100000 /dev/zero | tr '\0' '['; } >"$test_dir/deep"
[ "$(api --data-binary @"$test_dir/deep")" = 400 ] || fail "nested 100,000 deep"
grep -q "nested deeper" "$test_dir/answer" || fail "it does not say what is wrong"
head -c 300000000 /dev/zero | gzip -9 >"$test_dir/bomb"
[ "$(api -H 'Content-Encoding: gzip' --data-binary @"$test_dir/bomb")" = 413 ] || fail "a gzip bomb"
{ printf '{"name":"%s"}' "$(head -c 100000 /dev/zero | tr '\0' a)" | gzip; } >"$test_dir/fine"
[ "$(api -H 'Content-Encoding: gzip' --data-binary @"$test_dir/fine")" = 422 ] || fail "gzip within bounds, a name too long"
head -c 60 "$test_dir/fine" >"$test_dir/cut"
[ "$(api -H 'Content-Encoding: gzip' --data-binary @"$test_dir/cut")" = 400 ] || fail "gzip that ends too early"
stays_below 100000

# --- signed in by a cookie: nothing happens without the page's own value
jar=$test_dir/jar
sign_in() { curl -so /dev/null -w "%{http_code}" -c "$jar" "$url/sign-in" --data-urlencode "token=$1" "${@:2}"; }
[ "$(sign_in wrong)" = 401 ] || fail "signed in by a wrong token"
[ "$(sign_in "$token" -d 'next=//evil.example')" = 303 ] || fail "sign in"
curl -si "$url/sign-in" --data-urlencode "token=$token" -d 'next=//evil.example' | tr -d '\r' | grep -qx 'Location: /' || fail "an open redirect"
grep -q '#HttpOnly' "$jar" || fail "the cookie is open to scripts"
[ "$(curl -so /dev/null -w '%{http_code}' -b "$jar" "$url/acme/app")" = 200 ] || fail "the cookie signs in"
[ "$(curl -so /dev/null -w '%{http_code}' -b "$jar" -X POST "$url/sign-out" -d 'csrf=x')" = 403 ] || fail "a form without the session's value"
[ "$(curl -so /dev/null -w '%{http_code}' -b "$jar" -X POST "$url/api/sluice/tokens" -d '{}')" = 403 ] || fail "the API by a cookie without the session's value"
csrf=$(curl -s -b "$jar" "$url/sign-out" | sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p')
[ "$(curl -so /dev/null -w '%{http_code}' -b "$jar" -X POST "$url/sign-out" -d "csrf=$csrf")" = 303 ] || fail "sign out"
[ "$(curl -so /dev/null -w '%{http_code}' -b "$jar" "$url/acme/app")" = 404 ] || fail "signed out, the cookie still signs in"

# --- a token that is expired, revoked, or whose person is disabled
[ "$(sign_in "$token")" = 303 ] || fail "sign in again"
id=$("$sluice" token list --user ann --home "$home" --format json | sed -n 's/.*"id": *\([0-9]*\).*/\1/p' | head -n 1)
yes "revoke" "$sluice" token revoke "$id" --home "$home"
[ "$(curl -so /dev/null -w '%{http_code}' "$url/api/v3/user" -H "Authorization: Bearer $token")" = 401 ] || fail "a revoked token"
[ "$(curl -so /dev/null -w '%{http_code}' -b "$jar" "$url/acme/app")" = 404 ] || fail "a revoked token's session"
no "push with a revoked token" git clone -q "$(remote_of ann)" "$test_dir/w"
yes "disable" "$sluice" user disable eve --home "$home"
[ "$(curl -so /dev/null -w '%{http_code}' "$url/api/v3/user" -H "Authorization: Bearer $eve")" = 401 ] || fail "a disabled person's token"
yes "enable" "$sluice" user enable eve --home "$home"

# --- a reader's token neither pushes nor makes tokens that may more
reader=$("$sluice" token create --user eve --scope repo:read --home "$home" 2>/dev/null)
no "more scopes than one has" env SLUICE_TOKEN="$reader" "$sluice" token create --scope admin --server "$url"
[ "$(curl -so /dev/null -w '%{http_code}' "$url/acme/app.git/info/refs?service=git-receive-pack" -u "eve:$reader")" = 404 ] || fail "push to what one may not read"

# --- many connections that say nothing, then one that does
for i in $(seq 60); do exec {fd}<>"/dev/tcp/127.0.0.1/$port" && printf 'GET / HT' >&"$fd"; done
[ "$(curl -so /dev/null -w '%{http_code}' -m 20 "$url/healthz")" = 200 ] || fail "idle connections hold others up"

yes "it still answers" curl -sf "$url/readyz"
[ "$(refs; "$sluice" user list --home "$home" --format json)" = "$(printf '%s\n' "$before" | sed '$d')" ] || fail "something changed"
exit 0
