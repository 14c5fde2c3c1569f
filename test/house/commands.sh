#!/usr/bin/env bash
# Every command that a page, a refusal or the documentation tells people to type is one that the program has, with its options.
set -u
cd "$(dirname "$0")/../.."
sluice=${SLUICE:-build/sluice}
bad=0
found=0

# A text may tell of several, each after a colon.
each() { awk '{ place = $1; sub(/^[^ ]* /, ""); n = split($0, part, ": sluice "); print place, part[1]; for (i = 2; i <= n; i++) print place, "sluice " part[i] }'; }
# What stands in backticks, in <code>, in parentheses, after a colon or alone in a text: `sluice change open feature/x --into main`.
told() {
	grep -rnoE '(`|<code>|\(|[a-z]: |")sluice [a-z]+[^`"<)]*' --include='*.c' src | sed -E 's/^([^:]*:[0-9]+):[^s]*(sluice .*)/\1 \2/' | each
	grep -noE '(`|^    )sluice [a-z]+[^`]*' README.md docs/*.md | sed -E 's/^([^:]*:[0-9]+):[` ]*(sluice .*)/\1 \2/'
}

while read -r place _ text; do
	case $text in merge* | "needs it"*) [[ $place == src/cmd/help.c* || $place == src/cmd/ctx.c* ]] && continue ;; esac # a comment; prose
	text=${text%%,*}; text=${text%%&&*}; text=${text%%. *}; text=${text%%  *} # what stands behind it
	# The words of its name: lower case, before the first argument or placeholder.
	name=$(grep -oE '^[a-z]+( [a-z]+)*' <<<"$text")
	# shellcheck disable=SC2086 # words
	set -- $name
	help=
	for n in 3 2 1; do
		[ $# -ge "$n" ] && help=$("$sluice" "${@:1:n}" --help 2>/dev/null) && break
	done
	if [ -z "$help" ]; then
		echo "$place: there is no command: sluice $text"
		bad=1
		continue
	fi
	found=$((found + 1))
	while read -r option; do
		[ "$option" != --help ] || continue # all have it
		grep -qE -- "^ +(-., )?$option( |\$)" <<<"$help" || { echo "$place: $option is no option of: sluice $text"; bad=1; }
	done < <(grep -oE -- '--[a-z][a-z-]+' <<<"$text" | sort -u)
done < <(told)
[ "$found" -ge 100 ] || { echo "only $found commands were found"; bad=1; }
exit $bad
