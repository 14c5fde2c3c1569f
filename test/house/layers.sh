#!/usr/bin/env bash
# Includes go downward only, as layers.txt says, and what is called pure cannot reach the world outside.
set -u
cd "$(dirname "$0")/../.."
bad=0
say() { echo "$*"; bad=1; }

# What a pure module may include of the C library.
pure_headers="assert.h ctype.h errno.h float.h inttypes.h limits.h math.h setjmp.h stdalign.h stdarg.h stdbool.h stddef.h stdint.h
	stdio.h stdlib.h string.h strings.h"

rule_of() { sed -n "s/^\(pure \)\{0,1\}$1:/\1:/p" layers.txt; }

for folder in src/*/; do
	module=$(basename "$folder")
	rule=$(rule_of "$module")
	if [ -z "$rule" ]; then say "layers.txt does not name the module $module"; continue; fi
	allowed=" $module $(sed 's/^[^:]*://; s/|.*//' <<<"$rule") "
	libraries=$(sed -n 's/^[^|]*|//p' <<<"$rule")
	[[ $rule == "pure "* ]] && libraries="$libraries $pure_headers"
	while IFS=: read -r file line text; do
		[[ $text =~ [\"\<]([^\"\>]*)[\"\>] ]] || { say "$file:$line: an include without a name"; continue; }
		header=${BASH_REMATCH[1]}
		if [[ $text == *'"'* ]]; then
			case $header in
			*_registry.h) continue ;; # made by tools/registry
			*/*) [[ $allowed == *" ${header%%/*} "* ]] || say "$file:$line: $module may not include $header (layers.txt)" ;;
			*)   say "$file:$line: write the module: \"$module/$header\"" ;;
			esac
			continue
		fi
		[[ $rule == "pure "* || " $libraries " != *" * "* ]] || continue
		ok=no
		set -f
		for pattern in $libraries; do
			# shellcheck disable=SC2053 # a pattern
			[[ $header == $pattern ]] && ok=yes
		done
		set +f
		# Modules that are not pure may use the whole C library, and those with "*" everything.
		if [ $ok = no ] && [[ $rule != "pure "* ]] && ! [[ $header =~ ^(sqlite3|git2|microhttpd|curl/|libpq|jansson|sodium|libfyaml|pcre2|md4c|libdeflate|zlib) ]]; then ok=yes; fi
		[ $ok = yes ] || say "$file:$line: $module may not include <$header> (layers.txt)"
	done < <(grep -nEH '^[[:space:]]*#[[:space:]]*include' "$folder"*.[ch] 2>/dev/null | grep -v '^src/base/banned\.h:')
done

# The archives of pure modules call nothing that reads a clock, a file, the environment, or talks.
forbidden='time gettimeofday clock clock_gettime clock_nanosleep nanosleep sleep usleep getrandom random arc4random
	open open64 openat openat64 creat read pread write pwrite close mmap stat fstat lstat unlink rename mkdir opendir
	fopen fopen64 fdopen freopen fread fwrite fputs fputc puts putchar putc printf fprintf vprintf vfprintf dprintf perror
	fork vfork execve execv execvp execl execlp posix_spawn posix_spawnp waitpid kill signal sigaction system popen
	socket connect bind listen accept send recv sendmsg recvmsg poll select epoll_wait getaddrinfo
	getenv secure_getenv setenv getpid getuid getcwd chdir isatty syslog exit _exit atexit pthread_create
	localtime localtime_r gmtime gmtime_r strftime mktime tzset setlocale'
forbidden="^($(tr -s ' \t\n' '|' <<<"$forbidden")sqlite3_.*|git_.*|PQ.*|curl_.*|MHD_.*)\$"
for module in $(sed -n 's/^pure \([a-z]*\):.*/\1/p' layers.txt); do
	archive=$BUILD_DIR/lib$module.a
	[ -f "$archive" ] || continue
	while read -r object symbol; do
		[ -z "$symbol" ] || say "$archive: $module is pure, and $object calls $symbol"
	done < <(nm -u "$archive" 2>/dev/null | awk -v bad="$forbidden" '
		/:$/ { object = $1; next }
		$1 == "U" && $2 ~ bad { print object, $2 }')
done

# Who may not include the ports calls none of their functions either: what there is to see is a view of the use cases.
while read -r object symbol; do
	[ -z "$symbol" ] || say "web may not see the ports, and $object calls $symbol: make a view of it in src/app"
done < <(nm -u "$BUILD_DIR/libweb.a" | awk '/:$/ { object = $1; next } $1 == "U" && $2 ~ /^port_/ { print object, $2 }')
exit $bad
