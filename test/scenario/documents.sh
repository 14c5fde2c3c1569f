#!/usr/bin/env bash
# What the documents tell a reader to type is there: every command, with every option it is given; and the strategies that
# the guide shows are valid.
. "$(dirname "$0")/lib.sh"
cd "$top" || exit 1

# Commands in indented blocks, and in back-ticks.
commands() { # FILE
	sed -nE 's/^ {4}(.*)$/\1/p' "$1" | sed 's/ \{2,\}#.*//' | grep -oE '\bsluice [a-z][^|&;)"]*'
	grep -oE '^([^`]|`[^`]*`)*' "$1" | grep -oE '`sluice [a-z][^`]*`' | tr -d '`'
}
n=0
while IFS=$'\t' read -r page line; do
	read -r -a word <<<"$line"
	for many in 3 2 0; do
		[ "$many" != 0 ] || fail "$page: there is no command: $line"
		[ "${#word[@]}" -ge "$many" ] || continue
		case " ${word[*]:1:many-1}" in *' -'*) continue ;; esac
		help=$("$sluice" "${word[@]:1:many-1}" --help 2>/dev/null </dev/null) && break
	done
	for option in "${word[@]:many}"; do
		case $option in --[a-z]*) ;; *) continue ;; esac
		grep -qE -- "$(sed 's/[].,]*$//' <<<"${option%%=*}")([ ,]|\$)" <<<"$help" || fail "$page: $line: there is no ${option%%=*}"
	done
	n=$((n + 1))
done < <(for page in README.md docs/*.md; do commands "$page" | sed "s,^,$page\t,"; done)
[ "$n" -ge 40 ] || fail "only $n commands were found"

sed -n '/^```yaml$/,/^```$/p' docs/guide.md | awk -v at="$test_dir/guide" '/^```yaml/ { n++; next } /^```/ { next } { print > (at n ".yml") }'
for file in "$test_dir"/guide*.yml; do
	{ printf 'strategy: 1\nextends: gitflow\n'; cat "$file"; } >"$test_dir/strategy.yml"
	yes "a strategy of the guide" "$sluice" strategy check "$test_dir/strategy.yml"
done
[ -e "$test_dir/guide2.yml" ] || fail "the guide shows no strategies"

cd "$test_dir" || exit 1
no "an option is no value of another" "$sluice" serve --home --help
has "--home needs a value"
[ ! -e "$test_dir/--help" ] || fail "a home was made of an option"
exit 0
