#!/usr/bin/env bash
# The unix sockets behind the doors: the home's and the keeper's. Noise and lies have an answer or an end, change
# nothing, and hold nobody up; nobody but the server's user comes near.
# Requirement: PR-6
# Timeout: 200
. "$(dirname "$0")/../scenario/lib.sh"
command -v perl >/dev/null || { echo "no perl"; exit 77; }
server_start
repo
person ann admin
clone_as ann "$test_dir/c"
c=$test_dir/c
commit "$c" a 1 "feat: start"
yes "first push" git -C "$c" push -q origin HEAD:main HEAD:develop
before=$(refs; events)

# say SOCKET stream|seqpacket BYTES (perl's escapes): what comes back within three seconds, control bytes as dots
cat >"$test_dir/say.pl" <<'PERL'
use strict; use Socket;
my ($path, $kind, $bytes) = @ARGV; $bytes = eval "qq{$bytes}"; die $@ if $@; $SIG{PIPE} = 'IGNORE';
my ($dir, $name) = $path =~ m{(.*)/([^/]*)} or die; chdir $dir or die; # such a path may be too long for an address
socket(my $s, PF_UNIX, $kind eq 'stream' ? SOCK_STREAM : SOCK_SEQPACKET, 0) or die; connect($s, sockaddr_un($name)) or do { print "refused: $!\n"; exit };
if ($kind eq 'stream') { syswrite $s, $bytes } else { send $s, $bytes, 0 }
my $in = ''; vec($in, fileno $s, 1) = 1; my $all = '';
while (select(my $r = $in, undef, undef, 3)) { my ($b, $n) = (''); $n = $kind eq 'stream' ? sysread($s, $b, 4096) : defined(recv($s, $b, 8192, 0)) ? length($b) : 0; last unless $n; $all .= $b; last if $kind ne 'stream' }
$all =~ s/[^\x20-\x7e\n]/./g; print $all;
PERL
say() { out=$(perl "$test_dir/say.pl" "$@" 2>&1); }
same() { [ "$(refs; events)" = "$before" ] || fail "$1 changed something"; curl -sf -m 10 "$url/readyz" >/dev/null || fail "$1: the server is not ready"; }

# --- the home's socket: the same HTTP, for the server's own user
while IFS='|' read -r what words bytes; do
	say "$home/run/sluice.sock" stream "$bytes"
	case $out in *"$words"*) ;; *) fail "home, $what: it does not say: $words" ;; esac
	same "home, $what"
done <<'END'
noise||\0\1\2\3\r\n\r\n
somebody who is not there|403|GET /api/sluice/users HTTP/1.1\r\nHost: x\r\nSluice-As: nobody-of-that-name\r\nConnection: close\r\n\r\n
somebody with a name that is none|403|GET /api/sluice/users HTTP/1.1\r\nHost: x\r\nSluice-As: ../../etc\r\nConnection: close\r\n\r\n
two hosts|400|GET /api/sluice/users HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n
not JSON|400|POST /api/sluice/users HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello
a name that is none|422|POST /api/sluice/users HTTP/1.1\r\nHost: x\r\nContent-Length: 19\r\nConnection: close\r\n\r\n{"name":"../../x"}\n
END
[ "$(stat -c %a "$home/run/sluice.sock")" = 600 ] || fail "the home's socket is open to others"
if [ "$(id -u)" = 0 ]; then
	other() { out=$(cd "$home/run" && setpriv --reuid=65534 --regid=65534 --clear-groups curl -s -m 10 --unix-socket ./sluice.sock http://x/api/sluice/users 2>&1); }
	chmod 711 "$home/run" && chmod 666 "$home/run/sluice.sock" # even somebody who gets as far as the socket
	other
	has "Only the owner"
	chmod 600 "$home/run/sluice.sock"
	other && fail "another user is connected"
	chmod 700 "$home/run"
fi
same "another user"

# --- the keeper's socket
mkdir -m 700 "$test_dir/keeper"
yes "keeper" "$libexec/sluice-keeper" "$test_dir/keeper" 127.0.0.1:0
say "$test_dir/keeper/socket" seqpacket state
state=$out
keeper=$(sed -n 's/^keeper //p' <<<"$out")
[ -n "$keeper" ] || fail "no keeper"
trap 'kill -KILL "$keeper" 2>/dev/null; end_of_test' EXIT
while IFS='|' read -r what bytes; do
	say "$test_dir/keeper/socket" seqpacket "$bytes"
	case $out in error*) ;; *) fail "keeper, $what: no error" ;; esac
	[ "$(tail -n +2 <<<"$out")" = "$(tail -n +2 <<<"$state")" ] || fail "keeper, $what: its state is another"
done <<'END'
noise|\0\1\2\3
a word|go
a start of nothing|start
no tag|start blue
a slot that is none|start red 1.0.0\n/tmp/x\n/bin/true
no program|start blue 1.0.0\n/tmp/x
a tag without end|start blue @{["t" x 5000]}\n/tmp/x\n/bin/true
arguments without end|start blue 1.0.0\n/tmp/x\n/bin/true@{["\nx" x 5000]}
no weight|weight blue
a weight below nothing|weight blue -1
a weight above all|weight blue 101
no time|stop blue
END
say "$test_dir/keeper/socket" seqpacket '@{["x" x 200000]}'
say "$test_dir/keeper/socket" seqpacket state
[ "$out" = "$state" ] || fail "the keeper is another one after all that"
[ "$(stat -c %a "$test_dir/keeper")" = 700 ] || fail "the keeper's folder is open to others"
yes "the audit verifies" audit_verifies ann
server_stop || fail "the server did not end well"
