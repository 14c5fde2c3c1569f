#!/usr/bin/env bash
# A rebase whose commits conflict: laid out one after the other in a work tree, solved by a person, taken up, given up, killed. Each commit keeps its
# author, date and message; until the last is solved nothing has moved.
# Requirement: BR-5, BR-6, RL-2
# Timeout: 300
. "$(dirname "$0")/offline.lib.sh"

strategy='strategy: 1
branches:
  main: {type: production}
  develop: {type: integration, base: main, allow: {push: write}, require: {up-to-date: false}}
  straight: {match: "straight/{name}", type: work, base: develop, into: {develop: {method: rebase}}, after-merge: delete}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}}
commits: {convention: none}'
set_line() { sed -i "s/^$2\$/$3/" "$1"; } # FILE OLD NEW
commit() { tick && git add . && git commit -qm "$1"; }
is() { [ "$1" = "$2" ] || fail "$name: it is \"$1\", not \"$2\""; }

# straight/x: four commits by Bo; develop contradicts the second and the fourth, or others as each case says
make_seed() {
	mkdir -p "$work/repo/a/.sluice" && cd "$work/repo/a" || exit 1
	git init -q . && printf '%s\n' "$strategy" >.sluice/strategy.yml
	for f in one two three four; do seq 9 >$f; done
	commit begin && git switch -q -c develop && git switch -q -c straight/x
	for f in one two three four; do
		set_line $f 5 bo
		git add . && GIT_AUTHOR_NAME=Bo GIT_AUTHOR_EMAIL=bo@example.org GIT_AUTHOR_DATE="2026-01-05T10:00:0${#f} +0530" git commit -qm "change $f

Because of $f."
	done
	git init -q --bare ../origin.git && git remote add origin ../origin.git && git push -q -u origin main develop
	printf 'kept\n' >one && git stash -q && printf 'mine\n' >untracked
	git tag seeded && cp -a "$work/repo" "$work/seed"
}
seed() { # FILE ...: develop contradicts the commits of these
	cd "$work" && rm -rf repo && cp -a seed repo && cd repo/a || exit 1
	git switch -q develop
	for f in "$@"; do set_line "$f" 5 ann; done
	commit theirs && git push -q && git switch -q straight/x
	before=$(state)
}
state() {
	git for-each-ref
	git -C ../origin.git for-each-ref
	git stash list
	git config --list --local | sort
	git symbolic-ref HEAD
	git ls-files -s
	git status --porcelain
	git worktree list
	find . -path ./.git -prune -o -type f -print | sort | xargs -d '\n' sha1sum
	find .git -name '*.lock' -o -name 'sluice-*' -o -name 'solve-*'
}
stands() { [ "$before" = "$(state)" ] || { out=$(diff <(printf '%s\n' "$before") <(state)); fail "$name: something is not as it was"; }; }
conflicts() { # COMMAND FILE WHICH: it must stop there
	asked=$1
	asks 9
	has "$3"
	has "1 file is in conflict; nothing has moved"
	tree=$(sed -n 's/^A work tree for solving it: //p' <<<"$out")
	is "$(git -C "$tree" diff --name-only --diff-filter=U)" "$2"
	asked=status
	asks 0
	has "In conflict: $3"
	has "to be solved: $2"
}
solve() { printf 'both\n' >"$tree/$1" && git -C "$tree" add "$1"; }
goes_on() { asked=continue; asks 0; [ ! -e "$tree" ] || fail "$name: the work tree is left"; }
authors() { git log --format='%an %ad %s' --date=iso "$1"; }
as_they_were() { # REF: of straight/x, as Bo made them
	is "$(authors "$1")" "$(authors "$2")"
	is "$(git log --format=%B "$1")" "$(git log --format=%B "$2")"
}
make_seed

# --- the first and the last of four, two in between go by themselves; solved by git add, and by a commit
name="finish, first and last"
seed one four
conflicts "straight finish" one "commit 1 of 4"
git -C "$tree" status | grep -q "cherry-picking" || fail "git does not say what is under way there"
asked=continue
asks 9
has "1 file is in conflict in $tree, the first is one"
solve one
asked=status
asks 0
has "all its files are solved"
first=$tree
cd "$tree" || exit 1
conflicts continue four "commit 4 of 4"
is "$tree" "$first" # the same, so that who stands in it stays
cd - >/dev/null || exit 1
asked="straight start y"
asks 9
has "Another operation is under way: straight finish straight/x"
git rev-parse -q --verify straight/x >/dev/null || fail "something has moved"
printf 'both\n' >"$tree/four" && tick && git -C "$tree" commit -qam "in words of my own"
goes_on
as_they_were develop~4..develop seeded~4..seeded
is "$(git show develop:one) $(git show develop:four)" "both both"
is "$(git log -1 --format=%cn develop)" ann
is "$(git rev-parse develop)" "$(git -C ../origin.git rev-parse develop)"

# --- one in the middle; given up, all is as it was; then solved, and undone
name="finish, in the middle"
seed two
conflicts "straight finish --no-push" two "commit 2 of 4"
asked=abort
asks 0
stands
conflicts "straight finish --no-push" two "commit 2 of 4"
solve two
goes_on
as_they_were develop~4..develop seeded~4..seeded
asked=undo
asks 0
stands

# --- update: by what the edge says, and by --rebase; each time on its own branch
name="update"
seed two three
conflicts "straight update" two "commit 2 of 4"
solve two
conflicts continue three "commit 3 of 4"
solve three
goes_on
is "$(git rev-parse straight/x~4)" "$(git rev-parse develop)"
as_they_were straight/x~4..straight/x seeded~4..seeded
git branch -m straight/x feature/x
git reset -q --hard seeded
conflicts "feature update --rebase" two "commit 2 of 4"
asked=abort
asks 0
is "$(git rev-parse feature/x)" "$(git rev-parse seeded)"

# --- what it comes to is nothing: it is left out, and that is said
name="left out"
seed two three
conflicts "straight finish --no-push" two "commit 2 of 4"
first=$tree
git -C "$tree" checkout -q --ours two && git -C "$tree" add two
conflicts continue three "commit 3 of 4"
is "$tree" "$first"
solve three
goes_on
has 'leave out commit 2 of 4'
is "$(git log --format=%s develop~3..develop)" "$(printf 'change four\nchange three\nchange one')"

# --- wrong turns in the work tree
name="wrong turns"
seed two
conflicts "straight finish --no-push" two "commit 2 of 4"
asked=continue
solve two && printf 'more\n' >>"$tree/two"
asks 9
has "two was changed and not added: it would be lost. Add it: git add two"
git -C "$tree" checkout -q -f --detach main
asks 9
has "something else is checked out than what conflicts"
rm -rf "$tree" # it is laid out anew
asked=status
asks 0
has "is laid out anew by: sluice continue"
asked=continue
asks 9
has "is laid out anew. Solve the files there"
is "$(git -C "$tree" diff --name-only --diff-filter=U)" two
git -C "$tree" cherry-pick --skip
asks 9
has "the commit was given up. To leave it out of the branch, say so there: git commit --allow-empty"
git -C "$tree" commit -q --allow-empty -m "left out"
goes_on
has "leave out commit 2 of 4"

# --- changed files, and a lock of somebody's Git, hold it; nothing that was solved is lost
name="changed and locked"
seed two
printf 'changed\n' >one
asked="straight finish"
asks 9
has "changes that are not committed: one"
git checkout -q one
conflicts "straight finish --no-push" two "commit 2 of 4"
solve two
printf 'changed\n' >one
asked=continue
asks 9
has "changes that are not committed: one"
git checkout -q one
: >.git/index.lock
asked=continue
asks 5
has "index.lock is there"
has "What you solved is kept: sluice continue tries again"
asked=status
asks 0
has "its conflict is solved, nothing has moved yet"
rm .git/index.lock
goes_on
as_they_were develop~4..develop seeded~4..seeded

# --- the target moves on meanwhile: what was solved no longer fits, and is there to copy from
name="moved meanwhile"
seed two
conflicts "straight finish" two "commit 2 of 4"
solve two
first=$tree
git switch -q develop && set_line three 1 ann && commit more && git push -q && git switch -q straight/x
conflicts continue two "commit 2 of 4"
has "$tree"
[ "$tree" != "$first" ] && is "$(cat "$first/two")" both
solve two
goes_on
[ ! -e "$first" ] || fail "the first work tree is left"
as_they_were develop~4..develop seeded~4..seeded

# --- merges of the branch: one that only joins is left out as ever, one that changes files itself is told before somebody solves in vain
name="merges in it"
seed two
git switch -q -c side main && printf 'side\n' >side && git add side && git commit -qm side
git switch -q straight/x && git merge -q --no-ff --no-edit side && git branch -q -D side
conflicts "straight finish --no-push" two "commit 2 of 5"
solve two
goes_on
is "$(git log --merges --oneline develop | wc -l) $(git show develop:side)" "0 side"
asked=undo
asks 0
git switch -q -c side main && printf 'other\n' >other && git add other && git commit -qm other
git switch -q straight/x && git merge -q --no-ff --no-commit side 2>/dev/null && printf 'hidden\n' >hidden && git add hidden && git commit -qm "an evil merge" && git branch -q -D side
asked="straight finish --no-push"
asks 9
has "has merges that change files themselves"
asked=status
asks 0
hasnt "Work tree"

# --- each commit is signed once, by who rebases, and nothing else is
name="signed"
seed one three
cat >"$work/gpg" <<END
#!/bin/sh
cat >/dev/null
echo x >>"$work/signed"
printf '\\n[GNUPG:] SIG_CREATED \\n' >&2
echo "-----BEGIN PGP SIGNATURE-----"
echo "-----END PGP SIGNATURE-----"
END
chmod +x "$work/gpg"
git config gpg.program "$work/gpg" && git config commit.gpgsign true
conflicts "straight finish --no-push" one "commit 1 of 4"
solve one
conflicts continue three "commit 3 of 4"
solve three
goes_on
is "$(wc -l <"$work/signed")" 4
is "$(git rev-list develop~4..develop | xargs -n1 git cat-file commit | grep -c '^gpgsig')" 4

# --- hooks of his do not hold what is only laid out; a record that names another folder leaves that alone
name="hooks and a foreign folder"
seed two
mkdir "$work/hooks" && printf '#!/bin/sh\nexit 1\n' >"$work/hooks/post-checkout" && chmod +x "$work/hooks/post-checkout" && git config core.hooksPath "$work/hooks"
conflicts "straight finish --no-push" two "commit 2 of 4"
mkdir "$work/foreign" && printf 'mine\n' >"$work/foreign/file"
sed -i "s#\"dir\":\"[^\"]*\"#\"dir\":\"$work/foreign\"#" .git/sluice/flow/op.json
asked=continue
asks 5
asked=abort
asks 0
is "$(cat "$work/foreign/file")" mine

# --- a second work tree follows
name="a second work tree"
seed two
git worktree add -q ../b develop
conflicts "straight finish --no-push" two "commit 2 of 4"
solve two
asked=continue
asks 0
is "$(cat ../b/two)" both
is "$(git -C ../b status --porcelain)" ""

# --- killed while it is laid out: gone on with, or back; what was solved before counts
name="killed"
for p in solve:before solve:after; do
	for end in continue abort; do
		seed one three
		(SLUICE_FAULT=$p "$sluice" straight finish --no-push >/dev/null 2>&1; exit $?) 2>/dev/null && fail "$p: it was not killed"
		asked=$end
		if [ $end = abort ]; then
			asks 0
			stands
			continue
		fi
		asks 9
		has "is laid out anew"
		tree=$(echo "$PWD"/.git/sluice/flow/solve-*)
		solve one
		(SLUICE_FAULT=$p "$sluice" continue >/dev/null 2>&1; exit $?) 2>/dev/null && fail "$p: it was not killed again"
		asks 9
		has "is laid out anew"
		is "$(git -C "$tree" diff --name-only --diff-filter=U)" three
		solve three
		goes_on
		as_they_were develop~4..develop seeded~4..seeded
	done
done
echo "a rebase that conflicts: solved, given up, killed"
