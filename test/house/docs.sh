#!/usr/bin/env bash
# What the documents say of the tree is so: links lead somewhere, named files exist, modules are all described, and the
# example of CONTRIBUTING.md compiles.
set -u
cd "$(dirname "$0")/../.."
bad=0
say() { echo "$*"; bad=1; }

# A module or a kind of test that the tree has a place for, and that appears with its first file.
known() {
	case $1 in
	src/*)  grep -qE "^(pure )?${1#src/}:" layers.txt ;;
	test/*) sed -n '/^kinds=/p' tools/test | grep -qw "${1#test/}" ;;
	*)      return 1 ;;
	esac
}

for page in *.md docs/*.md docs/adr/*.md; do
	folder=$(dirname "$page")
	while read -r link; do
		case $link in http*: | http*://* | mailto:* | '#'*) continue ;; esac
		[ -e "$folder/${link%%#*}" ] || say "$page: the link to $link leads nowhere"
	done < <(sed '/^```/,/^```/d' "$page" | grep -oE '\]\([^) ]+\)' | sed 's/^](//; s/)$//')
	# Paths in back-ticks, but for those with a placeholder in capitals, which name what somebody may add.
	while read -r path; do
		[ -e "$path" ] || known "$path" || say "$page: $path is not there"
	done < <(grep -oE '`(src|test|tools|docs|presets)/[A-Za-z0-9_./-]+`' "$page" | tr -d '`' |
		grep -vE '(NAME|NNNN|cmd_top|scenario/top)' | sort -u)
done

for folder in src/*/; do
	module=$(basename "$folder")
	grep -qE "^\|.*\`src/$module\`.*\|" docs/ARCHITECTURE.md || say "docs/ARCHITECTURE.md: the table of parts has no row for src/$module"
done

example=$(sed -n '/^```c$/,/^```$/p' CONTRIBUTING.md | sed '/^```/d')
[ -n "$example" ] || say "CONTRIBUTING.md has no example in C"
# shellcheck disable=SC2046 # a list of words
printf '%s\n' "$example" | ${CC:-cc} -std=gnu2x -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Werror $(grep '^-' tools/warnings.txt) \
	-Isrc -include src/base/banned.h -fsyntax-only -x c - || say "the example of CONTRIBUTING.md does not compile"
exit $bad
