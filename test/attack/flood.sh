#!/usr/bin/env bash
# Too many connections, and such that never come to an end: others are answered meanwhile, quickly; who is not gets 503 at once;
# heads and bodies that drip are ended. A slow push that goes on is none of these.
# Requirement: PR-6
# Timeout: 400
. "$(dirname "$0")/../scenario/lib.sh"
command -v perl >/dev/null || { echo "no perl"; exit 77; }
ulimit -n 2048 2>/dev/null || { echo "too few descriptors"; exit 77; }
server_start
repo
person ann maintain
who=ann
port=${url##*:}

# crowd N BYTES: so many connections, each sends these; "there" is printed when all stand. They stay until the crowd is ended.
cat >"$test_dir/crowd.pl" <<'PERL'
use strict; use IO::Socket::INET;
my ($port, $n, $bytes) = @ARGV; my @all; $bytes =~ s/\\r/\r/g; $bytes =~ s/\\n/\n/g; $SIG{PIPE} = 'IGNORE';
for (1 .. $n) {
	my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port", Timeout => 10) or next;
	syswrite $s, $bytes; push @all, $s;
}
open my $f, '>', $ARGV[3]; print $f scalar @all; close $f;
for (1 .. 100) { sleep 1; exit if getppid() == 1 }
PERL
crowd() { # N BYTES
	rm -f "$test_dir/there"
	perl "$test_dir/crowd.pl" "$port" "$1" "$2" "$test_dir/there" 2>/dev/null &
	crowd_pid=$!
	await 60 test -s "$test_dir/there" || fail "the crowd did not come"
}
disperse() { kill "$crowd_pid"; wait "$crowd_pid" 2>/dev/null; }
quick() { # WHAT STATUS PATH: answered within five seconds
	local got
	got=$(curl -s -o "$test_dir/answer" -w '%{http_code}' -m 5 -H "Authorization: Bearer $(cat "$home.tokens/ann")" "$url$3")
	out=$(cat "$test_dir/answer")
	[ "$got" = "$2" ] || fail "$1: $3 is $got, not $2"
}
threads() { ls "/proc/$server_pid/task" | wc -l; }

crowd 600 ''
quick "600 that say nothing" 200 /healthz
quick "600 that say nothing" 200 /acme/app
[ "$(threads)" -lt 330 ] || fail "$(threads) threads"
disperse
crowd 600 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: '
quick "600 half heads" 200 /acme/app
yes "a push beside them" git ls-remote "$(remote_of ann)"
disperse
crowd 600 'POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ntoken='
full() { [ "$(curl -s -o /dev/null -w '%{http_code}' -m 5 "$url/acme/app")" = 503 ]; }
await 20 full || fail "600 half bodies: nobody is sent away" # they are connected, and have yet to be heard
quick "600 half bodies" 200 /healthz
quick "600 half bodies" 503 /acme/app
has "at once as it can"
quick "600 half bodies" 503 "/acme/app.git/info/refs?service=git-upload-pack"
yes "the operator has a door of his own" "$sluice" user list --home "$home"
disperse
await 30 curl -sf -m 5 -u "ann:$(cat "$home.tokens/ann")" "$url/acme/app" || fail "it does not recover"

# --- a byte a second
cat >"$test_dir/drip.pl" <<'PERL'
use strict; use IO::Socket::INET; use Time::HiRes 'time';
my ($port, $bytes, $to) = @ARGV; $bytes =~ s/\\r/\r/g; $bytes =~ s/\\n/\n/g; $SIG{PIPE} = 'IGNORE';
my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port") or die; my $begun = time; syswrite $s, $bytes;
my $in = ''; vec($in, fileno $s, 1) = 1;
while (time - $begun < 90) {
	my $ready = $in;
	if (select($ready, undef, undef, 1)) { my $got = sysread $s, my $b, 4096; last unless $got; next }
	defined syswrite($s, 'a') or last;
}
open my $f, '>', $to; printf $f "%d\n", time - $begun; close $f;
PERL
drip() { perl "$test_dir/drip.pl" "$port" "$2" "$test_dir/drip-$1" & }
drip head 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: '
drip body 'POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ntoken='
drip chunk 'POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n'
drip refused 'POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n'
drip git "POST /acme/app.git/git-receive-pack HTTP/1.1\\r\\nHost: localhost\\r\\nAuthorization: Basic $(printf 'ann:%s' "$(cat "$home.tokens/ann")" | base64 -w0)\\r\\nContent-Type: application/x-git-receive-pack-request\\r\\nContent-Length: 100000\\r\\n\\r\\n0000"
git clone -q "$(remote_of ann)" "$test_dir/c" 2>/dev/null
commit "$test_dir/c" a 1 "feat: slow"
head -c 300000 /dev/urandom | base64 >"$test_dir/c/big"
git -C "$test_dir/c" add -A && git -C "$test_dir/c" commit -qm "feat: large" || fail "commit"
printf '%s\n' "$(git -C "$test_dir/c" rev-parse HEAD)" | git -C "$test_dir/c" pack-objects -q --revs --stdout >"$test_dir/pack"
{
	printf '%04x%s %s refs/heads/main\0 report-status\n0000' $((4 + 40 + 1 + 40 + 1 + 15 + 1 + 14 + 1)) 0000000000000000000000000000000000000000 "$(git -C "$test_dir/c" rev-parse HEAD)"
	cat "$test_dir/pack"
} >"$test_dir/request"
out=$(curl -s -m 120 --limit-rate 8k -u "ann:$(cat "$home.tokens/ann")" -H 'Content-Type: application/x-git-receive-pack-request' --data-binary "@$test_dir/request" "$url/acme/app.git/git-receive-pack" | tr -d '\0')
case $out in *"ok refs/heads/main"* | *"ng refs/heads/main"*) ;; *) fail "a slow push had no answer" ;; esac
for what in head body chunk refused git; do
	await 80 test -s "$test_dir/drip-$what" || fail "$what: it drips on"
	[ "$(cat "$test_dir/drip-$what")" -lt 60 ] || fail "$what: ended after $(cat "$test_dir/drip-$what") s"
done
quick "after all that" 200 /acme/app
[ "$(threads)" -lt 60 ] || fail "$(threads) threads are left"
server_stop || fail "the server did not end well"
