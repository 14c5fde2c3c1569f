#!/usr/bin/env bash
# A ramp 10 → 50 → 100 under load: failed requests of at least 50,000 at each weight, and how far the share is from the weight.
. "$(dirname "$0")/lib.sh"
build=$top/build
mkdir -m 700 "$work/k"
ask() { "$build/test/app/ask" "$work/k" "$@"; }
"$build/libexec/sluice-keeper" "$work/k" 127.0.0.1:0
pids+=("$(ask state | awk '$1 == "keeper" { print $2 }')")
port=$(ask state | awk '$1 == "address" { print $3 }')
begin() { # SLOT VERSION
	mkdir "$work/$2"
	echo "$2" >"$work/$2/VERSION"
	ask "start $1 $2" "$work/$2.log" /usr/bin/env -C "$work/$2" "$build/examples/hello/hello" >/dev/null
	pids+=("$(ask state | awk -v s="$1" '$1 == s { print $4 }')")
}
begin blue old
begin green new
until "$build/bench/load" "127.0.0.1:$port" /health 1 1 >/dev/null; do :; done
for weight in 10 50 100; do
	ask "weight green $weight" >/dev/null
	out=$("$build/bench/load" "127.0.0.1:$port" /version 32 50000) || { echo "$out" >&2; exit 1; }
	share=$(awk '$1 == "version" && $2 == "new" { sub("%", "", $4); print $4 }' <<<"$out")
	off=$(awk -v s="${share:-0}" -v w="$weight" 'BEGIN { d = s - w; printf "%.2f", d < 0 ? -d : d }')
	result "weight $weight: $(head -n 1 <<<"$out"); share off by" "$off points" "< 1 point"
	awk -v d="$off" 'BEGIN { exit !(d < 1) }' || exit 1
done
