#!/usr/bin/env bash
# The server with a certificate: Git, the API, the command line, and the session's cookie.
. "$(dirname "$0")/lib.sh"
command -v openssl >/dev/null || { echo "openssl is not there"; exit 77; }

certificate() { # NAME
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$test_dir/$1.key" -out "$test_dir/$1.pem" -days 2 -subj /CN=localhost \
		-addext 'subjectAltName=IP:127.0.0.1' 2>"$test_dir/openssl" || fail "openssl: $(cat "$test_dir/openssl")"
}
certificate one
certificate two

no "a certificate without a key" timeout 30 "$libexec/sluice-server" --home "$home" --listen 127.0.0.1:0 --tls-cert "$test_dir/one.pem"
no "a key that is not its" timeout 30 "$libexec/sluice-server" --home "$home" --listen 127.0.0.1:0 --tls-cert "$test_dir/one.pem" --tls-key "$test_dir/two.key"
server_start --tls-cert "$test_dir/one.pem" --tls-key "$test_dir/one.key"
case $url in https://127.0.0.1:*) ;; *) fail "the address is $url" ;; esac
repo
person ann maintain
token=$(cat "$home.tokens/ann")

yes "readyz" curl -sf --cacert "$test_dir/one.pem" "$url/readyz"
no "plain HTTP" curl -sf "http://${url#https://}/readyz"
yes "Git" env GIT_SSL_CAINFO="$test_dir/one.pem" git clone -q "https://ann:$token@${url#https://}/acme/app.git" "$test_dir/w"
commit "$test_dir/w" a one "feat: one" && git -C "$test_dir/w" checkout -q -b feature/tls
curl -si --cacert "$test_dir/one.pem" "$url/sign-in" --data-urlencode "token=$token" >"$test_dir/answer" || fail "sign in"
grep -q '^Set-Cookie: __Host-sluice=.*; Secure' "$test_dir/answer" || fail "the cookie is not bound to this host: $(grep -i cookie "$test_dir/answer")"
grep -qi '^Strict-Transport-Security' "$test_dir/answer" || fail "no HSTS"

export SLUICE_SERVER=$url SLUICE_TOKEN=$token
no "a certificate that nobody vouches for" "$sluice" repo list
has "SLUICE_CA"
no "another authority" env SLUICE_CA="$test_dir/two.pem" "$sluice" repo list
export SLUICE_CA=$test_dir/one.pem
yes "the command line" "$sluice" repo list
has "acme/app"
yes "more than one call on a connection" "$sluice" token list
[ "$("$sluice" repo list --server https://127.255.255.254:1 >/dev/null 2>&1; echo $?)" = 5 ] || fail "nobody there is exit code 5"
exit 0
