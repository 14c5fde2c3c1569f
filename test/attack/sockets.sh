#!/usr/bin/env bash
# The unix sockets behind the doors: the home's, the hooks', the keeper's. Noise and lies have an answer or an end, change
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

# --- the hooks' socket: no push is there that was not begun by the server
hooks=$home/run/hooks.sock
hello='\0\0\0\x0d''V1 pre-receive' proc='\0\0\0\x0e''V1 proc-receive' id='\0\0\0\x20''I0123456789abcdef0123456789abcdef' end='\0\0\0\0E'
main=$(git -C "$c" rev-parse HEAD) zero=0000000000000000000000000000000000000000
ref=$(printf '%s %s refs/heads/main' "$main" "$zero")
ref='\0\0\0\x61'"R$ref"
while IFS='|' read -r what words bytes; do
	say "$hooks" stream "$bytes"
	case $out in *"$words"*) ;; *) fail "hooks, $what: it does not say: $words" ;; esac
	case $out in *y) fail "hooks, $what: yes" ;; esac
	same "hooks, $what"
done <<END
another version|another version|\\0\\0\\0\\x0dV9 pre-receive$end
no hello|version|$id$end
a push that is not there|not known here|$hello$id$ref$end
the second half of one|not known here|$proc$id$ref$end
no push at all|not known here|$hello$ref$end
a frame of four gigabytes|bytes|\\xff\\xff\\xff\\xffR
a frame of a type that is none|unknown type|$hello\\0\\0\\0\\0Z$end
a ref that is none|sluice:|$hello$id\\0\\0\\0\\x03Rx y$end
noise|sluice:|GET / HTTP/1.1\\r\\n\\r\\n
END
# those that begin and say no more hold no push up
for i in $(seq 20); do perl -e 'use Socket; chdir $ARGV[0]; socket(my $s, PF_UNIX, SOCK_STREAM, 0); connect($s, sockaddr_un("hooks.sock")); syswrite $s, "\0\0"; sleep 20 ' "$home/run" & done
yes "a push beside them" timeout 15 git -C "$c" push -q origin HEAD:refs/heads/feature/x
kill $(jobs -p | grep -v "^$server_pid\$") 2>/dev/null
before=$(refs; events)

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
for socket in sluice.sock hooks.sock; do
	[ "$(stat -c %a "$home/run/$socket")" = 600 ] || fail "$socket is open to others"
done
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
