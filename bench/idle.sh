#!/usr/bin/env bash
# An idle server: resident memory, start to first answer.
. "$(dirname "$0")/lib.sh"
starts=$work/starts
for i in 1 2 3 4 5 6 7; do
	t=$(now_us)
	"$sluice" serve --home "$work/h" --listen 127.0.0.1:0 >"$work/a$i" 2>/dev/null &
	p=$!
	pids+=("$p")
	until [ -s "$work/a$i" ]; do :; done
	read -r _ rest <"$work/a$i" || true
	hostport=$(sed -n '1s,^http://\([0-9.]*\):\([0-9]*\).*,/dev/tcp/\1/\2,p' "$work/a$i")
	until exec 3<>"$hostport"; do :; done 2>/dev/null
	printf 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&3
	read -r status <&3
	exec 3>&-
	[[ $status == *200* ]] || { echo "bench: $status" >&2; exit 1; }
	echo $(($(now_us) - t)) >>"$starts"
	rss=$(awk '/^VmRSS/ {print $2}' "/proc/$p/status")
	kill "$p"
	wait "$p" 2>/dev/null || true
done
result "start to first answer" "$(ms "$(median <"$starts")")" "< 100 ms"
result "idle server, resident" "$(awk -v k="$rss" 'BEGIN {printf "%.1f MB", k / 1000}')" "< 30 MB"
