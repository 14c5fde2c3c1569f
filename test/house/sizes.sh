#!/usr/bin/env bash
# A function has at most 60 lines, 15 branches and 4 levels of nesting; a file at most 600 lines. Tests may branch
# more: their branches are checks in a row.
set -u
cd "$(dirname "$0")/../.."
bad=0
mapfile -t files < <(find src test -name '*.[ch]' -not -path '*/node_modules/*' | LC_ALL=C sort)

long=$(wc -l "${files[@]}" | awk '$2 != "total" && $1 > 600 { print $2 ": " $1 " lines, at most 600" }')
[ -z "$long" ] || { echo "$long"; bad=1; }

# pmccabe: modified McCabe complexity, traditional, statements, first line, lines, FILE(LINE): FUNCTION. A path through
# a function without any branch counts as 1. Macros that define tests look like functions without a name to it.
wide=$(pmccabe "${files[@]}" 2>/dev/null | awk -F'\t' '
	$1 > 16 && $6 !~ /^test\// { print $6 ": " $1 - 1 " branches, at most 15" }
	$5 > 60 { print $6 ": " $5 " lines, at most 60" }')
[ -z "$wide" ] || { echo "$wide"; bad=1; }

# Nesting, by the braces and indentation that clang-format keeps: a statement inside four levels stands five tabs deep.
# Continued lines and tables are not statements, so only lines that open a block are looked at.
deep=$(awk '
	FNR == 1 { infn = 0 }
	/^\{/ { infn = 1 }
	/^\}/ { infn = 0 }
	infn && /^\t\t\t\t\t+(if|for|while|switch|do)\>.*/ { print FILENAME ":" FNR ": more than 4 levels of nesting" }
' $(printf '%s\n' "${files[@]}" | grep '\.c$'))
[ -z "$deep" ] || { echo "$deep"; bad=1; }
exit $bad
