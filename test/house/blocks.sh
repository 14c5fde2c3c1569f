#!/usr/bin/env bash
# Every block of commands in the documents behind the presets is in test/scenario/blocks.txt, with the scenario that does what it means, or with why
# there is none: a row is DOCUMENT:LINE of the fence, the scenario or -, some words. The documents are not part of this repository: $STRATEGIES
# names their folder, default ../shared/strategies; without them only the scenarios are looked for.
# Requirement: BR-5
set -u
cd "$(dirname "$0")/../.." || exit 1
list=test/scenario/blocks.txt
documents=${STRATEGIES:-../shared/strategies}
bad=0
say() { echo "$*"; bad=1; }

# A scenario of a document says which block it is at, as the presets do: A:52, A:53-66 or a line of it.
names() { # DOCUMENT LINE FILE
	local place from to
	while read -r place; do
		from=${place#*:} to=${place##*[-:]}
		from=${from%-*}
		[ "$from" -le $(($2 + 30)) ] && [ "$2" -le "$to" ] && return
	done < <(grep '^# ' "$3" | grep -oE "\b${1^}:[0-9]+(-[0-9]+)?")
	return 1
}
n=0
while read -r block scenario words; do
	[[ $block =~ ^[a-z]-[a-z]+\.md:[0-9]+$ ]] && [ -n "$words" ] || { say "$list: this is no row: $block $scenario $words"; continue; }
	n=$((n + 1))
	[ "$scenario" != - ] || continue
	file=test/scenario/$scenario.sh
	[ -f "$file" ] || { say "$list: $block: there is no scenario $scenario"; continue; }
	case $scenario in doc_*) names "${block%%-*}" "${block##*:}" "$file" || say "$list: $block: no comment of $file says where in the document it is" ;; esac
done <$list
[ "$n" -ge 40 ] || say "$list has only $n rows"
[ -z "$(cut -d' ' -f1 $list | sort | uniq -d)" ] || say "$list: a block stands there twice: $(cut -d' ' -f1 $list | sort | uniq -d | tr '\n' ' ')"
[ -d "$documents" ] || exit "$bad"
fences() { # the fence of each block of the language, DOCUMENT:LINE
	local file
	for file in "$documents"/[a-e]-*.md; do
		awk -v name="$(basename "$file")" '/^ *```/ { inside = !inside; if (inside && $0 ~ /^ *```(bash|sh|shell|console)/) print name ":" NR }' "$file"
	done
}
while read -r block; do
	say "$list: it lacks $block"
done < <(comm -13 <(cut -d' ' -f1 $list | sort) <(fences | sort))
while read -r block; do
	say "$list: no block of commands begins at $block"
done < <(comm -23 <(cut -d' ' -f1 $list | sort) <(fences | sort))
exit "$bad"
