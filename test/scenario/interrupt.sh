#!/usr/bin/env bash
# Ctrl-C, as a terminal sends it: to a command and the git that it started, at once. The command ends by that signal, nothing of it goes on running, nothing is
# left that is in the way, its last words say where things stand, and the next one says what it would have said. An operation that was on its way can go on or back.
# Requirement: BR-5, RC-3
# Timeout: 300
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"
set -m # each command below is a process group of its own, to which SIGINT means what it means in a terminal
await() { # COMMAND: until it succeeds
	local until=$((SECONDS + 60))
	until "$@" 2>/dev/null; do [ "$SECONDS" -lt "$until" ] || fail "waited for: $*"; done
}
alive() { kill -0 -- "-$1" 2>/dev/null; }
gone() { ! alive "$1"; }
begin() { # WORDS…: in the background; its group is in $group
	"$sluice" "$@" >"$work/out" 2>&1 &
	group=$!
	await grep -q '^sluice' "/proc/$group/comm" # and the shell's own child no more
}
signal=INT
interrupted() { # CODE…: it ends with one of these
	local got=0
	kill -$signal -- "-$group" 2>/dev/null
	wait "$group" || got=$?
	out=$(cat "$work/out")
	case " $* " in *" $got "*) ;; *) fail "exit code $got, not $*" ;; esac
	await gone "$group"
}
locks() { find .git ../origin.git -name '*.lock' -o -name 'sluice-*' -o -name '*incoming-*'; }

# ---- a command that reads: wherever it is just now ------------------------------------------------------------------------------------
cd "$work" && git init -q --bare long.git || fail "init"
awk 'BEGIN { for (i = 1; i <= 30000; i++) printf "commit refs/heads/%s\ncommitter a <a@b> %d +0000\ndata 14\nMerge branch x\n%s", i % 3 ? "main" : "side", 1700000000 + i * 60, i % 5 || i < 9 ? "" : "merge refs/heads/" (i % 3 ? "side" : "main") "\n" }' |
	git -C long.git fast-import --quiet || fail "import"
want=$("$sluice" replay --preset gitflow --format json --no-cache long.git) || fail "replay"
for i in 0 1 2 3 4 5 6 7 8 9; do
	rm -rf long.git/sluice
	begin replay --preset gitflow --format json long.git
	for ((k = 0; k < i * 20000; k++)); do :; done # somewhere on its way
	interrupted 130 0
	rm -f long.git/sluice/history.new # of one that was writing: in the way for ten minutes
	[ "$("$sluice" replay --preset gitflow --format json long.git)" = "$want" ] || fail "another answer after Ctrl-C"
done

# ---- a command that waits for git --------------------------------------------------------------------------------------------------------
git init -q --bare origin.git && git init -q repo && cd repo && mkdir .sluice || fail "init"
cat >.sluice/strategy.yml <<'Y'
strategy: 1
branches:
  main: {type: production}
  develop: {type: integration, base: main}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}, after-merge: delete}
  step: {match: "step/{phase}", type: work, base: develop, into: {develop: {method: merge}}}
  integration: {match: "integration/{name}", type: throwaway, base: develop}
phases: {one: {}}
checks: {slow: {run: 'touch "$SLUICE_WAITS" && exec sleep 600', on: {push: [integration]}}}
Y
git add -A && c "chore: begin" && git branch develop && git remote add origin ../origin.git && git push -q origin main develop || fail "begin"
mkdir "$work/bin" && printf '#!/bin/sh\ntouch "%s/waits"\nexec sleep 600\n' "$work" >"$work/bin/git" && chmod +x "$work/bin/git" || fail "bin"
before=$(git for-each-ref; git status --porcelain)
for words in "check HEAD~1" "secrets scan" "maintain --no-fetch"; do
	rm -f "$work/waits"
	# shellcheck disable=SC2086 # words
	PATH=$work/bin:$PATH begin $words
	await test -e "$work/waits"
	interrupted 130
	[ "$(git for-each-ref; git status --porcelain)" = "$before" ] || fail "$words: something moved"
done
has '"maintain" was interrupted before its first step: nothing has moved.'

# ---- while it fetches, by either signal; and while what was tried together is checked ---------------------------------------------------------
printf '#!/bin/sh\nfor word; do [ "$word" != fetch ] || { touch "%s/waits"; exec sleep 600; }; done\nexec %s "$@"\n' "$work" "$(command -v git)" >"$work/bin/git"
on -c step/one develop && echo s >s && git add s && c "feat: s" && on -c feature/far develop && echo f >far && git add far && c "feat: far"
before=$(git for-each-ref; git status --porcelain)
for signal in TERM INT; do
	rm -f "$work/waits"
	PATH=$work/bin:$PATH begin feature finish
	await test -e "$work/waits"
	interrupted "$([ $signal = INT ] && echo 130 || echo 143)"
	has '"feature finish" was interrupted before its first step: nothing has moved.'
	[ "$(git for-each-ref; git status --porcelain)" = "$before" ] || fail "something moved"
	yes "status" "$sluice" status
	has "Nothing is under way"
done
rm -f "$work/waits"
SLUICE_WAITS=$work/waits begin phase integrate
await test -e "$work/waits"
interrupted 130
has "The checks of integration/one were interrupted."
yes "undo" "$sluice" undo
on develop && git branch -q -D feature/far step/one

# ---- an operation, in the middle of its push ------------------------------------------------------------------------------------------------
printf '#!/bin/sh\ntouch "%s/waits"\nexec sleep 600\n' "$work" >../origin.git/hooks/pre-receive && chmod +x ../origin.git/hooks/pre-receive || fail "hook"
there=$(git -C ../origin.git for-each-ref)
for end in abort continue; do
	on -c feature/login develop && echo x >login && git add login && c "feat: login"
	head=$(git rev-parse HEAD)
	rm -f "$work/waits"
	begin feature finish
	await test -e "$work/waits"
	interrupted 130
	has '"feature finish" was interrupted while it pushed'
	has "sluice continue"
	has "sluice abort"
	await eval '[ -z "$(find ../origin.git -name "*incoming-*" -newer "$work/waits")" ]' || fail "a push goes on"
	[ "$(git -C ../origin.git for-each-ref)" = "$there" ] || fail "the push went on"
	yes "status" "$sluice" status
	has "sluice $end"
	[ $end = abort ] || rm ../origin.git/hooks/pre-receive
	yes "$end" "$sluice" $end
	case $end in
	abort) [ "$(git rev-parse HEAD) $(git symbolic-ref --short HEAD) $(cat login)" = "$head feature/login x" ] || fail "abort does not put back what was there"
		on develop && git branch -q -D feature/login ;;
	*) [ "$(git rev-parse develop)" = "$(git -C ../origin.git rev-parse develop)" ] && git merge-base --is-ancestor "$head" develop || fail "continue does not go to the end" ;;
	esac
	[ -z "$(git status --porcelain)" ] || fail "$end: $(git status --porcelain)"
done
[ -z "$(find .git -name '*.lock')" ] || fail "a lock is left"

# ---- a server -----------------------------------------------------------------------------------------------------------------------------
begin serve --home "$work/home" --listen 127.0.0.1:0
await grep -q http "$work/out"
interrupted 0
begin serve --home "$work/home" --listen 127.0.0.1:0
await grep -q http "$work/out"
interrupted 0
