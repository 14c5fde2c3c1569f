#!/usr/bin/env bash
# What is stored of the operation under way cannot be read: every command says so, and `abort --discard` puts it aside without losing what hangs on it.
# Requirement: BR-6
. "$(dirname "$0")/offline.lib.sh"

strategy='strategy: 1
branches:
  main: {type: production}
  develop: {type: integration, base: main, allow: {push: write}}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}, after-merge: delete}
commits: {convention: none}'
seed() {
	cd "$work" && rm -rf a && mkdir -p a/.sluice && cd a || exit 1
	git init -q . && printf '%s\n' "$strategy" >.sluice/strategy.yml
	printf 'file\n' >file && git add . && git commit -qm begin && git switch -q -c develop && git switch -q -c feature/x
	printf 'mine\n' >file && git commit -qam "feat: mine" && git switch -q -c feature/y develop && printf 'y\n' >y && git add y && git commit -qm "feat: y"
	git switch -q develop && printf 'z\n' >z && git add z && git commit -qm "feat: z" && git switch -q feature/y
	stored=.git/sluice/flow/op.json
}
conflict() {
	git switch -q develop && printf 'theirs\n' >file && git commit -qam theirs && git switch -q feature/x
	asked="feature finish"
	asks 9
	tree=$(sed -n 's/^A work tree for solving it: //p' <<<"$out")
	printf 'solved\n' >"$tree/file"
}
killed() { (SLUICE_FAULT=$1 "$sluice" "${@:2}" >/dev/null 2>&1; exit $?) 2>/dev/null && fail "not killed at $1"; }
state() { git for-each-ref; git symbolic-ref HEAD; git ls-files -s; git status --porcelain; git worktree list; find .git/sluice -type f -print | sort | xargs -d '\n' sha1sum; }

# --- nothing to put aside, or what can be read
seed
asked="abort --discard"
asks 2
has "Nothing is under way here"
conflict
asked="abort --discard"
asks 2
has "can be read: sluice status tells it"

# --- damaged in each way: every command says what helps, and changes nothing
for damage in "cut" "empty" "format" "folder"; do
	seed
	conflict
	case $damage in
	cut) head -c 100 $stored >cut && mv cut $stored ;;
	empty) : >$stored ;;
	format) sed -i 's/"format":1/"format":9/' $stored ;;
	folder) rm $stored && mkdir $stored && printf 'x\n' >$stored/x ;;
	esac
	before=$(state)
	for command in status continue abort undo "feature start z" "feature finish y"; do
		out=$("$sluice" $command 2>&1) && fail "$damage: $command goes on"
		[ $damage = folder ] || has "cannot be read: $PWD/$stored. Nothing is changed."
		[ $damage = folder ] || has "sluice abort --discard"
	done
	asked="abort --discard --dry-run"
	asks 0
	has "Work tree of a conflict: $tree"
	is "$(state)" "$before"
	asked="abort --discard"
	asks 0
	has "What could not be read is kept as $PWD/.git/sluice/flow/op-unreadable-1.json"
	has "Nothing was put back"
	has "Work tree of a conflict: $tree"
	[ -e .git/sluice/flow/op-unreadable-1.json ] && [ ! -e $stored ] || fail "$damage: it is not kept"
	is "$(cat "$tree/file")" solved
	# what comes next has another number, and leaves that work tree alone
	asked="feature finish"
	asks 9
	has "/solve-2-1"
	is "$(cat "$tree/file")" solved
	asked=abort
	asks 0
	is "$(cat "$tree/file")" solved
	asked=log
	asks 0
	has "abort --discard: what was under way could not be read"
	git worktree remove --force "$tree" || fail "the command that is told is none"
done

# --- killed halfway and damaged: branches that moved are told with the way back; its lock is gone; what refs held is held on
seed
git switch -q feature/y
was=$(git rev-parse develop)
killed tree:before feature finish
git update-ref refs/sluice/moving/here/0 feature/x
[ -e .git/index.lock ] || fail "there is no lock"
: >$stored
asked="abort --discard"
asks 0
has "Moved and not ended: develop was at ${was:0:10}, now $(git rev-parse --short=10 develop) (feature finish feature/y). Back, where nobody has it yet: git branch -f develop ${was:0:10}"
hasnt "Moved and not ended: feature/x"
has "Held for it: refs/sluice/aside/1/here/0 at $(git rev-parse --short=10 feature/x)"
is "$(git for-each-ref --format='%(refname)' refs/sluice)" refs/sluice/aside/1/here/0
[ ! -e .git/index.lock ] || fail "the lock is left"
yes "the way back" git branch -f develop "${was:0:10}"
# one that ended is not told again
asked="feature finish"
asks 0
: >$stored
asked="abort --discard"
asks 0
hasnt "Moved and not ended: develop"
asks 2
out=$("$sluice" abort --discard --format json 2>&1) && fail "it goes on"
: >$stored
out=$("$sluice" abort --discard --format json) || fail "as JSON"
has '"work_trees":[]'
echo "what cannot be read is put aside"
