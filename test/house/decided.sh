#!/usr/bin/env bash
# The presets that are made from documents decide every point that the documents leave open: each point has a comment in the preset
# that names the document's line, a case where decide() can show it, and stands as a hole in the document as it is written.
# Requirement: BR-2, PR-1
set -u
cd "$(dirname "$0")/../.." || exit 7
sluice=${SLUICE:-build/sluice}
table=test/strategy/decided.txt
bad=0
say() { echo "$*"; bad=1; }
preset_of() {
	case $1 in A) echo tower ;; B) echo mlops ;; C) echo montecarlo ;; D) echo ssot ;; E) echo stability ;; esac
}

# Where the comment stands that names this line of the document; the head of the file, which tells how to read them, does not count.
comment_at() { # FILE REFERENCE
	awk -v ref="$2" '/^strategy: 1/ { body = 1 }
		body && match($0, /# .*/) && match(substr($0, RSTART) " ", ref "[^0-9-]") { print NR; exit }' "$1"
}

while read -r point reference bar shown; do
	case $point in '#'* | '') continue ;; esac
	name=$(preset_of "${point%%-*}")
	[ -n "$name" ] && [ "$bar" = '|' ] && [ "${reference%%:*}" = "${point%%-*}" ] || { say "$table: no row: $point $reference $bar $shown"; continue; }
	line=$(comment_at "presets/$name.yml" "$reference")
	[ -n "$line" ] || say "$point: no comment of presets/$name.yml names $reference"
	[ "$shown" = - ] || grep -qxF "case $shown" "test/cases/$name.case" || say "$point: test/cases/$name.case has no case \"$shown\""
	echo "$point presets/$name.yml:${line:-?}"
done <"$table"

for document in A:17 B:9 C:16 D:11 E:13; do
	letter=${document%:*} name=$(preset_of "${document%:*}")
	written=test/strategy/as-written/$name.yml
	for n in $(seq -f %02g "${document#*:}"); do
		grep -q "^$letter-$n " "$table" || say "$table has no row for $letter-$n"
		grep -qE "#.*\b$letter-$n\b" "$written" || say "$written: no comment says where $letter-$n is"
	done
	"$sluice" strategy check "$written" >/dev/null 2>&1 || say "$written: sluice strategy check refuses it"
done
exit $bad
