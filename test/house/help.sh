#!/usr/bin/env bash
# The help of each command says how it is used, what for, shows an example, and fits a terminal of 80 columns; what is no
# command is answered with what was most likely meant.
set -u
cd "$(dirname "$0")/../.."
sluice=${SLUICE:-build/sluice}
bad=0
say() { echo "$*"; bad=1; }
fits() { # NAME TEXT
	awk -v name="$1" 'length($0) > 80 { printf "%s: %d columns: %s\n", name, length($0), $0; wide = 1 } END { exit wide }' <<<"$2" || bad=1
}

overview=$("$sluice" --help) || say "sluice --help: exit code $?"
fits "sluice --help" "$overview"
mapfile -t commands < <(sed '/^First steps/,$d' <<<"$overview" | sed -nE 's/^  ([a-z]+( [a-z]+)?)  .*/\1/p')
[ "${#commands[@]}" -ge 50 ] || say "only ${#commands[@]} commands were found"
for command in "${commands[@]}"; do
	# shellcheck disable=SC2086 # words
	help=$("$sluice" $command --help) || say "$command --help: exit code $?"
	fits "$command" "$help"
	for part in "usage: sluice $command" Examples Options "Exit codes" "  0  "; do
		grep -q "^$part" <<<"$help" || say "$command --help has no \"$part\""
	done
	grep -qE '^  [0-9]+ *$' <<<"$help" && say "$command --help has an exit code without a word about it"
	example=$(sed -n '/^Examples$/,/^Options$/p' <<<"$help" | sed '1d;$d')
	grep -qF "sluice $command" <<<"$example" || say "$command --help has no example"
	while read -r option; do
		grep -qE -- "^ +(-., )?$option( |\$)" <<<"$help" || say "$command: its example gives $option, which it has not"
	done < <(grep -F "sluice $command" <<<"$example" | grep -oE -- '--[a-z-]+' | sort -u)
done

is() { # WORDS WANTED
	local out code=0
	# shellcheck disable=SC2086 # words
	out=$("$sluice" $1 2>&1) || code=$?
	[ "$code" = 2 ] || say "sluice $1: exit code $code, not 2"
	[[ $out == *"$2"* ]] || say "sluice $1 does not say: $2, but: $out"
}
is "chnage list" 'Did you mean "sluice change list"?'
is "change lsit" 'Did you mean "sluice change list"?'
is "chnage lsit 7" 'Did you mean "sluice change list"?'
is "chnage" 'Did you mean "sluice change"?'
is "change frobnicate" 'sluice change --help'
is "depoly production" 'Did you mean "sluice deploy"?'
is "merge 7" '"sluice change merge"'
is "frobnicate" 'All commands: sluice --help'
[ "$("$sluice" version)" = "$("$sluice" --version)" ] || say "sluice version is not sluice --version"
exit $bad
