#!/usr/bin/env bash
# A replay that takes what an earlier one left says what one without it says: in every format, while a history grows by commits, merges and
# tags, loses branches and is rewritten, under other strategies and dates; with a damaged or strange file, in a repository that is read only, with several at once,
# and when one is killed. Requirement: BR-3, PR-6
# Timeout: 600
set -u
top=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
sluice=${SLUICE:-$top/build/sluice}
work=$(mktemp -d "${TMPDIR:-/tmp}/replay-cache.XXXXXX") || exit 1
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
export GIT_CONFIG_GLOBAL=$work/config GIT_CONFIG_SYSTEM=/dev/null HOME=$work NO_COLOR=1 LC_ALL=C.UTF-8
printf '[user]\n\tname = Ann Somebody\n\temail = ann@example.org\n[init]\n\tdefaultBranch = main\n' >"$GIT_CONFIG_GLOBAL"
unset SLUICE_HOME SLUICE_SERVER SLUICE_TOKEN
fail() { printf 'FAIL: %s\n' "$1"; exit 1; }
cd "$work" && git init -q --bare r.git || fail init
file=$work/r.git/sluice/history
changes=$work/r.git/sluice/files # what commits change, where the strategy has rules on files
clock=1600000000
grow() { # SEED, commits: some of them merges, on branches that are there and new ones
	git -C r.git for-each-ref --format='%(refname)' refs/heads | awk -v seed="$1" -v n="$2" -v clock="$clock" '
		function at(ref) { return touched[ref] ? ref : ref "^0" }
		function say(text) { printf "data %d\n%s\n", length(text), text }
		{ branch[++count] = $0; there[$0] = 1 }
		END {
			srand(seed)
			if (!count) branch[++count] = "refs/heads/main"
			for (i = 1; i <= n; i++) {
				b = branch[1 + int(rand() * count)]
				if (rand() < 0.06) { b = "refs/heads/" (rand() < 0.5 ? "feature/" : "fix-") seed "-" i; branch[++count] = b }
				else if (rand() < 0.5) b = branch[1]
				from = branch[1 + int(rand() * count)]
				merge = there[b] && there[from] && from != b && rand() < 0.4
				clock += int(rand() * 7200) - 600
				short = from; sub("refs/heads/", "", short)
				printf "commit %s\ncommitter A <a@b> %d +0000\n", b, clock
				say(merge ? (rand() < 0.7 ? "Merge branch '\''" short "'\''" : "join\nmore") : rand() < 0.2 ? "feat: a (#" i ")" : rand() < 0.1 ? "" : "work " i "\n\nBREAKING CHANGE: x")
				if (!there[b] && there[branch[1]]) printf "from %s\n", at(branch[1])
				else if (there[b] && !touched[b]) printf "from %s^0\n", b
				if (merge) printf "merge %s\n", at(from)
				printf "M 644 inline f%d\n", i % 7
				say(seed " " i)
				there[b] = touched[b] = 1
			}
		}' >stream || fail stream
	git -C r.git fast-import --quiet --force --date-format=raw <stream >/dev/null || fail "fast-import $1"
	clock=$((clock + 3600 * $2))
}
cat >own.yml <<'Y'
strategy: 1
branches:
  main: {type: production, allow: {push: write}}
  rest: {match: "**", type: work, base: main, into: {main: {method: merge}}}
commits: {convention: conventional}
tags: {all: {match: "**", type: label, annotated: false}}
Y
printf 'strategy: 1\nextends: gitflow\nfiles: {forbid: [f3, "f5/"], max-size: 4}\n' >files.yml
asks=("--strategy files.yml --all --format json" "--preset gitflow --all" "--preset gitflow --format json" "--preset trunk --format json" "--format html" "--strategy own.yml --format json --all" "--preset gitflow --format json --since 2020-09-20")
same() { # WHAT: every question, with and without
	for ask in "${asks[@]}"; do
		# shellcheck disable=SC2086 # words
		"$sluice" replay $ask r.git >with 2>&1 || fail "$1: replay $ask: exit code $?: $(head -3 with)"
		# shellcheck disable=SC2086
		"$sluice" replay --no-cache $ask r.git >without 2>&1 || fail "$1: replay --no-cache $ask"
		cmp -s with without || fail "$1: replay $ask is another with the cache: $(diff without with | head -6)"
	done
}
one() { "$sluice" replay --preset gitflow --format json r.git 2>&1; }

# ---- nothing is left where it is of no use, or is not wanted ---------------------------------------------------------------------------
grow 1 40 && same "a small history"
[ -e "$file" ] && fail "a small history left a file"
grow 2 400
"$sluice" replay --no-cache r.git >/dev/null || fail "--no-cache"
[ -e "$file" ] && fail "--no-cache left a file"

# ---- a history that grows, and does not only grow ----------------------------------------------------------------------------------------
same "first"
[ -s "$file" ] && [ -s "$changes" ] || fail "nothing was left"
for seed in 3 4 5 6 7 8; do
	RANDOM=$seed
	grow "$seed" $((10 + RANDOM % 90))
	same "seed $seed, grown"
	mapfile -t heads < <(git -C r.git for-each-ref --format='%(refname)' refs/heads)
	some=${heads[RANDOM % ${#heads[@]}]}
	git -C r.git tag "l$seed" "$some" && git -C r.git tag -a -m "tag $seed" "v1.$seed.0" "$some~1" 2>/dev/null
	git -C r.git tag -f "moving" "$some" >/dev/null 2>&1
	same "seed $seed, tagged"
	for b in "${heads[@]}"; do # a third of the branches goes, some are set back
		case $((RANDOM % 6)),$b in
		*,refs/heads/main) ;;
		[01],*) git -C r.git update-ref -d "$b" ;;
		2,*) git -C r.git update-ref "$b" "$b~1" 2>/dev/null ;;
		esac
	done
	git -C r.git tag -d "l$((seed - 1))" >/dev/null 2>&1
	same "seed $seed, without some branches"
	[ "$seed" = 5 ] && git -C r.git commit-graph write --reachable
	[ "$seed" = 6 ] && git -C r.git gc --quiet --prune=now
done
git -C r.git update-ref refs/heads/main "$(git -C r.git rev-list --first-parent main | sed -n 20p)" && same "main was set back"
for p in "$(git -C r.git rev-parse main)"; do
	tip=$(git -C r.git commit-tree -m "another end" -p "$p" "main^{tree}") && git -C r.git update-ref refs/heads/main "$tip" && same "main was rewritten"
done

# ---- what is remembered is not read -----------------------------------------------------------------------------------------------------------
want=$("$sluice" replay --no-cache --preset gitflow --format json r.git)
files() { "$sluice" replay --strategy files.yml --format json r.git 2>&1; }
want_files=$("$sluice" replay --no-cache --strategy files.yml --format json r.git)
[ "$(jq -r '[.refused_by[] | select(.rule == "files.forbid" or .rule == "files.max-size")] | length' <<<"$want_files")" = 2 ] || fail "no rule on files refuses anything: $want_files"
rm "$file" "$changes"; one >/dev/null; files >/dev/null
mv r.git/objects away && mkdir -p r.git/objects/pack
got=$(one) got_files=$(files)
"$sluice" replay --no-cache --preset gitflow r.git >/dev/null 2>&1 && fail "a history without objects was read"
rm -r r.git/objects && mv away r.git/objects
[ "$got" = "$want" ] || fail "what was left is not used: $got"
[ "$got_files" = "$want_files" ] || fail "what was left of the files is not used: $got_files"

# ---- any bytes in its place -----------------------------------------------------------------------------------------------------------------
want=$("$sluice" replay --no-cache --preset gitflow --format json r.git)
rm "$file"; one >/dev/null; cp "$file" good; size=$(stat -c %s good)
is() { [ "$(one)" = "$want" ] || fail "another answer: $1"; }
again() { is "$1"; cmp -s good "$file" || fail "not made anew: $1"; is "$1, again"; }
: >"$file"; again "empty"
head -c $((size - 1)) good >"$file"; again "cut short"
head -c 47 good >"$file"; again "less than a header"
{ cat good; echo; } >"$file"; again "longer"
head -c "$size" /dev/zero >"$file"; again "zeros"
RANDOM=9
for i in $(seq 12); do
	at=$(((RANDOM * 32768 + RANDOM) % size))
	cp good "$file"
	old=$(od -An -tu1 -j "$at" -N 1 good)
	# shellcheck disable=SC2059 # a byte
	printf "\\$(printf %03o $((old ^ (1 << i % 8))))" | dd of="$file" bs=1 seek="$at" conv=notrunc status=none
	again "byte $at flipped"
done
rm "$file"; mkdir "$file"; is "a folder"; rmdir "$file"
mkfifo "$file"; again "a pipe"
cp good elsewhere; rm "$file"; ln -s "$work/elsewhere" "$file"; again "a link"
[ "$(stat -c %s elsewhere)" = "$size" ] || fail "a link was followed"
rm -r "$work/r.git/sluice"; : >"$work/r.git/sluice"; is "a file for the folder"; rm "$work/r.git/sluice"
one >/dev/null; cmp -s good "$file" || fail "not made again"

# The same of the other file.
files >/dev/null; cp "$changes" good.files; size=$(stat -c %s good.files)
again_files() {
	[ "$(files)" = "$want_files" ] || fail "another answer, files: $1"
	cmp -s good.files "$changes" || fail "the files are not made anew: $1"
}
: >"$changes"; again_files "empty"
head -c $((size - 1)) good.files >"$changes"; again_files "cut short"
head -c "$size" /dev/zero >"$changes"; again_files "zeros"
cp good "$changes"; again_files "the other one in its place"
for i in $(seq 12); do
	at=$(((RANDOM * 32768 + RANDOM) % size))
	cp good.files "$changes"
	old=$(od -An -tu1 -j "$at" -N 1 good.files)
	# shellcheck disable=SC2059 # a byte
	printf "\\$(printf %03o $((old ^ (1 << i % 8))))" | dd of="$changes" bs=1 seek="$at" conv=notrunc status=none
	again_files "byte $at flipped"
done
rm "$changes"; ln -s "$work/elsewhere" "$changes"; again_files "a link"
: >"$work/elsewhere"; rm "$changes"; mkfifo "$changes"; again_files "a pipe"
for i in 1 2 3 4 5 6; do { rm -f "$changes"; [ "$(files)" = "$want_files" ] || echo "$i" >>differ; } & done
wait
[ -e differ ] && fail "another answer with several at once"

# ---- nobody can write, several at once, killed --------------------------------------------------------------------------------------------------
rm "$file"; chmod -R a-w r.git; is "read only"
[ -w "$work/r.git" ] || [ ! -e "$file" ] || fail "written where nothing may be"
chmod -R u+w r.git
for i in 1 2 3 4 5 6; do { [ "$(one)" = "$want" ] || echo "$i" >>differ; } & done
wait
[ -e differ ] && fail "another answer with several at once"
cmp -s good "$file" || fail "several at once left another file"
for i in $(seq 20); do
	rm -f "$file"
	{ timeout -s KILL "0.0$((i % 10))$i" "$sluice" replay --preset gitflow r.git >/dev/null; } 2>/dev/null
	is "after a kill"
	[ ! -e "$file" ] || cmp -s good "$file" || fail "half a file after a kill"
done
rm -f "$file" "$file.new"; : >"$file.new"; is "somebody else writes"
[ -e "$file" ] && fail "two write at once"
touch -d '1 hour ago' "$file.new"; is "an old rest"; is "an old rest is gone"
cmp -s good "$file" || fail "a rest of somebody who was killed stays in the way"
git clone -q --bare --depth 20 "file://$work/r.git" shallow.git 2>/dev/null
"$sluice" replay --preset gitflow shallow.git >/dev/null 2>&1 && fail "part of a history was judged"
git -C r.git worktree add -q ../tree main 2>/dev/null && { "$sluice" replay --preset gitflow --format json tree >with; [ "$(jq 'del(.repository)' <with)" = "$(printf '%s' "$want" | jq 'del(.repository)')" ] || fail "a linked work tree is judged otherwise"; }
exit 0
