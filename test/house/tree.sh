#!/usr/bin/env bash
# What lies in the tree: only what belongs to the product, as text, without secrets, and the same on every machine.
set -u
cd "$(dirname "$0")/../.."
bad=0
say() { echo "$*"; bad=1; }
files=$(git ls-files 2>/dev/null) || files=$(find . -type f -not -path './build*' -not -path '*/node_modules/*' -not -path './.git/*' | sed 's|^\./||')
[ -n "$files" ] || { echo "no file is tracked"; exit 1; }

while read -r file; do
	[ -f "$file" ] && [ ! -L "$file" ] || continue
	case $file in
	test/corpus/*) [ "$(stat -c %s "$file")" -le 65536 ] || say "$file: a corpus file has at most 64 KiB" ;;
	*)
		if [ -s "$file" ] && ! grep -qI . "$file"; then say "$file: a binary file"; fi
		case $file in *.o | *.a | *.so | *.db | *.log) say "$file: a made file" ;; esac
		;;
	esac
	case $file in
	*.c | *.h)
		[ "$(head -n 1 "$file")" = "/* SPDX-License-Identifier: Apache-2.0 */" ] ||
			say "$file: the first line must be /* SPDX-License-Identifier: Apache-2.0 */" ;;
	esac
done <<<"$files"

look() { # WHAT PATTERN [FILES]
	local found
	found=$(grep -v '^test/corpus/' <<<"${3:-$files}" | tr '\n' '\0' | xargs -0 grep -nIE -e "$2" -- 2>/dev/null | head -n 20)
	[ -z "$found" ] || say "$1:"$'\n'"$found"
}
# The patterns are written so that they do not find themselves.
look "a path of somebody's machine" '(^|[^A-Za-z0-9_./}])/([w]ork|[f]arm|[h]ome/[a-z]+/src|tmp/[t]eam|tmp/[w]t)(/|[^A-Za-z0-9_/-]|$)'
look "a private key" 'BEGIN ([A-Z]+ )?[P]RIVATE KEY' "$(grep -v '^test/' <<<"$files")"
look "a key of a service" '\b([A]KIA[0-9A-Z]{16}|[g]hp_[A-Za-z0-9]{36}|[x]ox[bp]-[0-9]{6,})' "$(grep -v '^test/' <<<"$files")"
look "not about the product" '\b([s]ub-?agent|[c]hatbot|[l]anguage model|[A]I-generated)s?\b|\b[L]LM\b'
look "work left undone" '\b([T]ODO|[F]IXME|[X]XX|[H]ACK)\b' "$(grep -E '^(src|tools|test|bench)/' <<<"$files" | grep -v '^test/house/tree.sh$')"
for lock in $(grep 'package-lock.json$' <<<"$files"); do
	grep -n '"resolved"' "$lock" && say "$lock: names a registry; see .npmrc beside it"
done
exit $bad
