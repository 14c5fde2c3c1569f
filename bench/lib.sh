# Sourced by the benchmarks. Every figure is a ratio of medians of interleaved runs in one process; seconds are only printed beside it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
top=$PWD
sluice=$top/build/sluice
work=$(mktemp -d "${TMPDIR:-/tmp}/sluice-bench.XXXXXX")
export GIT_TERMINAL_PROMPT=0 GIT_CONFIG_GLOBAL=$work/gitconfig GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
export GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.org GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.org
git config --file "$work/gitconfig" gc.auto 0
git config --file "$work/gitconfig" init.defaultBranch main
pids=()
cleanup() {
	trap - EXIT
	for p in "${pids[@]:-}"; do [ -z "$p" ] || kill -- "$p" 2>/dev/null || true; done
	for p in "${pids[@]:-}"; do [ -z "$p" ] || wait "${p#-}" 2>/dev/null || true; done
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

wait_for() { # SECONDS COMMAND…
	local until=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$until" ] || { echo "bench: waited too long for: $*" >&2; exit 1; }
		sleep 0.02
	done
}

# A server on a fresh home; sets $url, $server_pid and $token (of ann, who administers the bench repositories).
start_server() {
	export SLUICE_HOME=$work/home
	"$sluice" serve --home "$SLUICE_HOME" --listen 127.0.0.1:0 >"$work/address" 2>"$work/server.log" &
	server_pid=$!
	pids+=("$server_pid")
	wait_for 20 test -s "$work/address"
	url=$(head -n 1 "$work/address")
	"$sluice" user add ann -q >/dev/null
	token=$("$sluice" token create --user ann -q)
	auth=${url/\/\//\/\/ann:$token@}
}

# name strategy-file: a repository that ann administers
make_repo() {
	"$sluice" repo create "bench/$1" --strategy "$2" -q >/dev/null
	"$sluice" role grant ann admin --repo "bench/$1" -q >/dev/null
}

# Real histories: $HISTORIES, default ../shared/histories beside the repository, of a linked work tree beside the one it belongs to.
common=$(git rev-parse --path-format=absolute --git-common-dir 2>/dev/null || echo "$top/.git")
histories=${HISTORIES:-${common%/.git}/../shared/histories}
# NAME FOLDER: one of them as a bare repository; false: it is not there, and nothing of it can be measured
real_history() {
	[ -f "$histories/$1.fi.zst" ] && command -v zstd >/dev/null || { echo "skipped: $histories/$1.fi.zst or zstd is not there"; return 1; }
	git init -q --bare "$2" && zstd -dc "$histories/$1.fi.zst" | git -C "$2" fast-import --quiet --done && git -C "$2" update-ref -d refs/import/x
}

now_us() { echo "${EPOCHREALTIME/./}"; }
median() { sort -n | awk '{v[NR]=$1} END {if (NR==0) print "nan"; else if (NR%2) print v[(NR+1)/2]; else print (v[NR/2]+v[NR/2+1])/2}'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.3f", a / b}'; }
ms() { awk -v a="$1" 'BEGIN {printf "%.1f ms", a / 1000}'; }

# CPU of a process and of the children that it waited for, in clock ticks.
cpu_ticks() { awk '{sub(/^.*\) /, ""); print $12 + $13 + $14 + $15}' "/proc/$1/stat"; }

# FIGURE VALUE GOAL [DETAIL] (text): one line of the result. The goal is "<= 1.10", "> 0.9", "< 30 MB" …
result() {
	[ -n "${headed:-}" ] || printf '%-64s %10s  %-9s %s\n' figure measured goal ''
	headed=yes
	printf '%-64s %10s  %-9s %-8s%s\n' "$1" "$2" "$3" "$(reached "$2" "$3")" "${4:+ $4}"
}
reached() { # VALUE GOAL
	awk -v v="$1" -v goal="$2" 'BEGIN {
		split(goal, g, " "); v += 0; t = g[2] + 0;
		print (g[1] == "<=" ? v <= t : g[1] == "<" ? v < t : g[1] == ">=" ? v >= t : v > t) ? "reached" : "MISSED";
	}'
}

# N commits, each changing one of 200 files, on top of BASE (or none), as refs/heads/REF of $work/source
grow() { # REF N BASE SEED
	awk -v ref="$1" -v n="$2" -v base="$3" -v seed="$4" 'BEGIN {
		srand(seed); t = 1760000000 + seed * 7;
		for (i = 1; i <= n; i++) {
			msg = "feat(api): step " i " of " seed "\n\nWhat it does and why it does so, in a line or two as people write them.\n";
			body = "line " rand() "\nline " rand() "\nline " rand() "\n";
			printf "commit refs/heads/%s\nmark :%d\nauthor Ann <ann@example.org> %d +0000\ncommitter Ann <ann@example.org> %d +0000\ndata %d\n%s\n", ref, i, t + i, t + i, length(msg), msg;
			if (i == 1 && base != "") printf "from %s\n", base;
			printf "M 100644 inline src/dir%d/file%d.c\ndata %d\n%s\n", int(rand() * 10), int(rand() * 20), length(body), body;
		}
		print "done";
	}' </dev/null | git -C "$work/source" fast-import --quiet --done --force
}
