#!/usr/bin/env bash
# A pack, or its index, that is cut off while a command has it mapped: the command ends with a sentence that names the file, not by a signal and without a word.
# Requirement: BR-3, CM-1
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"
cd "$work" && git init -q repo && cd repo || fail "init"
for i in $(seq 40); do seq "$i" 400 >file && git add file && c "feat: number $i"; done
git repack -adq && cp -r .git/objects/pack "$work/whole" || fail "repack"
printf 'strategy: 1\nbranches: {main: {type: production}}\ncommits: {convention: conventional}\nfiles: {forbid: [.env]}\n' >"$work/strategy.yml"
mkfifo "$work/strategy" || fail "fifo"

cut_off() { # FILE BYTES WORDS: once the repository is open the command waits for its strategy, and the file becomes shorter
	local file=$1 bytes=$2 pid got=0
	shift 2
	"$sluice" "$@" --strategy "$work/strategy" >"$work/out" 2>&1 &
	pid=$!
	exec 3>"$work/strategy" # the command has come to its end of it
	chmod u+w "$file" && truncate -s "$bytes" "$file"
	cat "$work/strategy.yml" >&3
	exec 3>&-
	wait "$pid" || got=$?
	out=$(cat "$work/out")
	[ "$got" = 7 ] || fail "$* with $file of $bytes bytes: exit code $got, not 7"
	has "sluice: $file became shorter while it was read"
	rm -rf .git/objects/pack && cp -r "$work/whole" .git/objects/pack
}
pack=$(echo "$PWD"/.git/objects/pack/*.pack)
idx=${pack%.pack}.idx
for words in "check main" "commit lint --every" "replay --no-cache" "why push main"; do
	# shellcheck disable=SC2086 # words
	cut_off "$pack" 0 $words
done
cut_off "$idx" 0 commit lint --every
# Whole again, all is as before.
asked=commit
asks 0 lint --every --strategy "$work/strategy.yml"
