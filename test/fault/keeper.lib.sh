# shellcheck shell=bash
# For tests of the keeper: sourced. Needs BUILD (the build folder, absolute) and TMPDIR.
work=$(mktemp -d "${TMPDIR:-/tmp}/keeper.XXXXXX") || exit 7
mkdir -m 700 "$work/k"
keeper=$BUILD/libexec/sluice-keeper
hello=$BUILD/examples/hello/hello
port=0
bg=()

fail() { echo "FAIL: $*" >&2; exit 1; }
ask() { "$BUILD/test/app/ask" "$work/k" "$@"; }
field() { ask state | awk -v slot="$1" -v f="$2" '$1 == slot { print $f }'; } # SLOT 2 state, 3 status, 4 pid, 5 queue
keeper_pid() { ask state | awk '$1 == "keeper" { print $2 }'; }
raise_keeper() {
	"$keeper" "$work/k" "127.0.0.1:$port" || fail "the keeper does not begin"
	port=$(ask state | awk '$1 == "address" { print $3 }')
}
release() { # VERSION: makes its folder
	mkdir -p "$work/$1"
	echo "$1" >"$work/$1/VERSION"
}
run_in() { # SLOT VERSION: start the sample application
	ask "start $1 $2" "$work/$2.log" /usr/bin/env -C "$work/$2" "$hello" >/dev/null || fail "start $1 $2: $(ask "start $1 $2" "$work/$2.log" "$hello")"
}
get() { # PATH: the answer's body
	exec 9<>"/dev/tcp/127.0.0.1/$port" || return 1
	printf 'GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' "$1" >&9
	sed '1,/^\r$/d' <&9
	exec 9>&-
}
await() { # WHAT COMMAND…: until it succeeds, at most 15 s
	local what=$1 end=$((SECONDS + 15))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || fail "waited in vain: $what"
		sleep 0.05
	done
}
is() { [ "$(field "$1" 2)" = "$2" ]; }
load_begin() { # runs until load_end
	"$BUILD/bench/load" "127.0.0.1:$port" /version 16 0 "$work/load.times" >"$work/load.out" &
	load=$!
	bg+=("$load")
}
load_end() { # fails when any request did
	kill -TERM "$load"
	wait "$load" || { cat "$work/load.out"; fail "requests failed"; }
}
answered() { # VERSION: it has answered the load since `mark`
	tail -n +"$((mark + 1))" "$work/load.times" | grep -q " $1\$"
}
mark() { mark=$(wc -l <"$work/load.times"); }
end_all() {
	local p
	for p in $(ask state 2>/dev/null | awk '($2 == "running" || $2 == "draining" || $2 == "stopping") && $4 > 0 { print $4 } $1 == "keeper" { print $2 }') "${bg[@]}"; do
		kill -KILL "$p" 2>/dev/null
	done
	rm -rf "$work"
}
trap end_all EXIT
