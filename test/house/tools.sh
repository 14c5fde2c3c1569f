#!/usr/bin/env bash
# The tools that everything rests on: the sums of tools/test, the tables of tools/registry, the bytes of tools/embed, what
# tools/bootstrap says, and that a second build does nothing.
set -u
cd "$(dirname "$0")/../.."
work=${TMPDIR:-/tmp}
bad=0
expect() { # WHAT GOT WANTED
	[ "$2" = "$3" ] && return
	printf '%s\n  is     %s\n  wanted %s\n' "$1" "$2" "$3"
	bad=1
}

# --- no script waits by a process substitution: bash 5.2 keeps the number of each, and gives its exit code to a later command that the
#     kernel has given the same number. A push that failed was taken for one that was acknowledged that way.
out=$(grep -nE '<>[[:space:]]*<\(' -r test tools bench examples --include='*.sh' --include=run --exclude-dir=node_modules)
expect "waits by a process substitution (write \`sleep 0.02\`)" "$out" ""

# --- tools/test over a small tree of its own, whose build always succeeds
mkdir -p "$work/tree/tools" "$work/tree/test/scenario" "$work/tree/build"
cp tools/test "$work/tree/tools/"
for tool in build bootstrap; do printf '#!/bin/sh\n' >"$work/tree/tools/$tool"; done
chmod +x "$work"/tree/tools/*
san=
run() { out=$(BUILD_DIR=build SAN=$san "$work/tree/tools/test" "$@" 2>&1); rc=$?; last=${out##*$'\n'}; }
run
expect "no test at all" "$last, exit $rc" "0 passed, 0 failed, exit 1"
echo 'exit 0' >"$work/tree/test/scenario/good.sh"
printf 'echo because\nexit 77\n' >"$work/tree/test/scenario/skipped.sh"
run
expect "one that passes, one skipped" "$last, exit $rc" "1 passed, 0 failed, exit 0"
[[ $out == *"because"* ]] || { echo "the reason for a skip is not printed"; bad=1; }
printf 'echo what is wrong\nexit 3\n' >"$work/tree/test/scenario/bad.sh"
printf '# Timeout: 1\nread -r _ < <(tail -f /dev/null)\n' >"$work/tree/test/scenario/hangs.sh"
run
expect "one fails, one hangs" "$last, exit $rc" "1 passed, 2 failed, exit 1"
[[ $out == *"what is wrong"* ]] || { echo "the output of a failing test is not printed"; bad=1; }
run scenario/good
expect "chosen by its name" "$last, exit $rc" "1 passed, 0 failed, exit 0"
mkdir "$work/tree/test/unit"
echo >"$work/tree/test/unit/some_test.c"
printf '#!/bin/sh\necho "ok one"; echo "not ok two"; echo "ok three"; exit 1\n' >"$work/tree/build/test-unit-some_test"
chmod +x "$work/tree/build/test-unit-some_test"
run unit/
expect "a unit test's lines count" "$last, exit $rc" "2 passed, 1 failed, exit 1"
printf '#!/bin/sh\necho "ok one"; kill -SEGV $$\n' >"$work/tree/build/test-unit-some_test"
run unit/
expect "a unit test that crashes" "$last, exit $rc" "1 passed, 1 failed, exit 1"
printf '#!/bin/sh\nexit 0\n' >"$work/tree/build/test-unit-some_test"
run unit/
expect "a unit test that runs nothing" "$last, exit $rc" "0 passed, 1 failed, exit 1"
# Somebody ends what runs a test: it is not forgotten.
printf 'kill -KILL "$(ps -o ppid= -p $PPID | tr -d " ")"\nexit 0\n' >"$work/tree/test/scenario/lost.sh"
run scenario/lost
expect "one whose runner is killed" "$last, exit $rc" "0 passed, 1 failed, exit 1"
rm "$work/tree/test/scenario/lost.sh"
# What the sanitizers find counts where the test itself passes.
san=1
printf 'echo "leaked: 7 bytes" >"${ASAN_OPTIONS##*log_path=}.1"\nexit 0\n' >"$work/tree/test/scenario/good.sh"
run scenario/good
expect "a test in which the sanitizers find something" "$last, exit $rc" "0 passed, 1 failed, exit 1"
[[ $out == *"leaked: 7 bytes"* ]] || { echo "what the sanitizers found is not printed"; bad=1; }

# --- tools/registry
mkdir "$work/reg"
printf 'const struct kind k_b = {\n};\nconst struct kind k_a = {\n};\n' >"$work/reg/one.c"
printf '// const struct kind k_no\nconst struct kind k_c = { 0 };\n' >"$work/reg/two.c"
tools/registry "$work/reg/out.c" "$work/reg/out.h" kind k_ table "$work/reg/one.c" "$work/reg/two.c"
expect "rows of a registry" "$(sed -n '/= {/,/};/p' "$work/reg/out.c" | tr -d '\n\t ')" 'conststructkind*consttable[]={&k_a,&k_b,&k_c,NULL,};'
printf 'const struct kind k_a = {\n};\n' >"$work/reg/two.c"
if tools/registry "$work/reg/out.c" "$work/reg/out.h" kind k_ table "$work/reg/one.c" "$work/reg/two.c" 2>/dev/null; then
	echo "a registry with one name twice was made"
	bad=1
fi

# --- tools/embed: every byte, and a file without any
printf '\0\1\377"\\\n\303\244' >"$work/a.css"
: >"$work/empty.js"
tools/embed asset "$work/assets.c" "$work/a.css" "$work/empty.js"
cat >"$work/show.c" <<'C'
#include "web/assets.h"
#include <stdio.h>
int main(void)
{
	size_t n = 0;
	const struct web_asset *row = web_assets(&n);
	for (size_t i = 0; i < n; i++) {
		(void)printf("%s:", row[i].name);
		for (size_t k = 0; k < row[i].size; k++)
			(void)printf("%02x", (unsigned char)row[i].bytes[k]);
		(void)printf(" ");
	}
	return 0;
}
C
${CC:-cc} -std=gnu2x -Isrc -o "$work/show" "$work/show.c" "$work/assets.c" &&
	expect "embedded bytes" "$("$work/show")" 'a.css:0001ff225c0ac3a4 empty.js: '

# --- tools/bootstrap, where nothing can be installed
mkdir "$work/bin"
for program in sh sed cat dirname id env; do ln -s "$(command -v $program)" "$work/bin/$program"; done
printf '# a comment\nno-such-package cmd:no-such-program-anywhere\nsh cmd:sh\n' >"$work/list.txt"
expect "what is missing" "$(PATH=$work/bin tools/bootstrap --check "$work/list.txt")" "no-such-package "
said=$(PATH=$work/bin tools/bootstrap "$work/list.txt" 2>&1)
expect "exit code without apt-get" $? 5
[[ $said == *no-such-package* ]] || { echo "what is missing is not named: $said"; bad=1; }
rm "$work/bin/id"
printf '#!/bin/sh\necho 1000\n' >"$work/bin/id"
printf '#!/bin/sh\nexit 99\n' >"$work/bin/apt-get"
chmod +x "$work/bin/id" "$work/bin/apt-get"
said=$(PATH=$work/bin tools/bootstrap "$work/list.txt" 2>&1 </dev/null)
expect "exit code without root" $? 4
[[ $said == *"apt-get install --no-install-recommends no-such-package"* ]] || { echo "the command that helps is not named: $said"; bad=1; }

# --- a second build does nothing
tools/build >/dev/null
said=$(tools/build 2>&1)
expect "a second build" $? 0
[ -z "$said" ] || { echo "a second build does something: $said"; bad=1; }
exit $bad
