#!/usr/bin/env bash
# Nobody calls a banned function. Most are poisoned by src/base/banned.h; here are those that it cannot poison,
# and here it is seen that the poison works.
set -eu
cd "$(dirname "$0")/../.."

if grep -nEH '\b(alloca|scanf|ctime|ctime_r|putenv|rand|srand)[[:space:]]*\(' \
	$(find src test -name '*.[ch]' -not -path '*/node_modules/*') | grep -vE '^[^:]*:[0-9]+:[[:space:]]*(\*|/\*|//)'; then
	echo "These functions are banned: see src/base/banned.h for what to use in their place."
	exit 1
fi

for call in 'strcpy(b, a)' 'sprintf(b, "%s", a)' 'atoi(a)' 'strtok(b, a)' 'system(a)' 'popen(a, b)' 'localtime(0)'; do
	if printf 'void f(char *b, const char *a); void f(char *b, const char *a) { (void)b; (void)%s; }\n' "$call" |
		${CC:-cc} -D_GNU_SOURCE -x c -fsyntax-only -include src/base/banned.h - 2>/dev/null; then
		echo "$call compiles, although src/base/banned.h poisons it"
		exit 1
	fi
done
