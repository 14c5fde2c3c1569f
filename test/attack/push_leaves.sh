#!/usr/bin/env bash
# Git takes long over a push: whoever went away meanwhile is not waited for, with side bands and without, and whoever stays hears from us.
# Requirement: PR-6
# Timeout: 300
. "$(dirname "$0")/../scenario/lib.sh"
. "$(dirname "$0")/push.lib.sh"
mkdir "$test_dir/bin"
cat >"$test_dir/bin/git" <<END
#!/bin/sh
case " \$* " in
*" index-pack "*) [ ! -e "$test_dir/hang" ] || { cat >/dev/null; : >"$test_dir/hangs"; exec sleep 600; } ;;
*" rev-list "*) while [ -e "$test_dir/slow" ]; do sleep 0.1; done ;;
esac
PATH=${PATH@Q}
exec git "\$@"
END
chmod +x "$test_dir/bin/git"
PATH=$test_dir/bin:$PATH server_start
begin gitflow HEAD:main HEAD:develop
commit "$c" a 2 "feat: two"
two=$(git -C "$c" rev-parse HEAD)
printf '%s\n^%s\n' HEAD HEAD~1 | git -C "$c" pack-objects -q --revs --stdout >"$test_dir/pack"
before=$(refs)
send() { # CAPABILITIES: in the background; $pusher, and what comes back in $test_dir/said
	{ pkt "$zero $two refs/heads/feature/x\\0 report-status $1"; printf 0000; cat "$test_dir/pack"; } >"$test_dir/request"
	curl -s -N --max-time 200 -u "ann:$(cat "$home.tokens/ann")" -H 'Content-Type: application/x-git-receive-pack-request' --data-binary "@$test_dir/request" \
		-o "$test_dir/said" "$url/acme/app.git/git-receive-pack" &
	pusher=$!
}
nothing_left() { [ -z "$(find "$home/repos/acme/app.git/objects" -name '*incoming*')" ]; }

: >"$test_dir/hang"
for can in "side-band-64k" "agent=old"; do
	rm -f "$test_dir/hangs"
	send "$can"
	await 60 test -e "$test_dir/hangs" || fail "$can: the push did not begin"
	kill -9 $pusher
	wait $pusher 2>/dev/null
	await 60 nothing_left || fail "$can: Git was waited for, and nobody listens"
	out=
	held "$can"
done
rm "$test_dir/hang"

# It is being decided: an empty packet comes now and then, and the answer when it is there.
: >"$test_dir/slow"
send "side-band-64k"
await 100 grep -qa '^0005' "$test_dir/said" || fail "no sign of life"
rm "$test_dir/slow"
wait $pusher || fail "the push was cut off"
out=$(tr -d '\0\1\2' <"$test_dir/said")
has "ok refs/heads/feature/x"
nothing_left || fail "a quarantine is left"
