#!/usr/bin/env bash
# What lies in the tree: only what belongs to the product, as text, without secrets, and the same on every machine.
set -u
cd "$(dirname "$0")/../.."
bad=0
say() { echo "$*"; bad=1; }
files=$(git ls-files 2>/dev/null) || files=$(find . -type f -not -path './build*' -not -path '*/node_modules/*' -not -path './.git/*' | sed 's|^\./||')
[ -n "$files" ] || { echo "no file is tracked"; exit 1; }

# -L -I lists what has no line of text: binary files, and empty ones.
for file in $(grep -v '^test/corpus/' <<<"$files" | tr '\n' '\0' | xargs -0 grep -LI . -- 2>/dev/null); do
	[ ! -s "$file" ] || say "$file: a binary file"
done
while read -r file; do
	[ -z "$file" ] || say "$file: a corpus file has at most 64 KiB"
done < <([ ! -d test/corpus ] || find test/corpus -type f -size +128)
while read -r file; do
	case $file in
	tools/*.txt) ;;
	tools/* | .ci/*) [ -x "$file" ] || say "$file: not executable" ;;
	*.o | *.a | *.so | *.db | *.log) say "$file: a made file" ;;
	*.c | *.h)
		[ -f "$file" ] || continue
		IFS= read -r first <"$file"
		[ "$first" = "/* SPDX-License-Identifier: Apache-2.0 */" ] ||
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
