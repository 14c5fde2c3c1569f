#!/usr/bin/env bash
# Taking a phase back whose merge is in no graph: squashed, which a trailer of the commit tells every clone; rebased, which only the clone remembers that did it.
# Requirement: DP-5, BR-7
. "$(dirname "$0")/offline.lib.sh"
export GIT_AUTHOR_DATE='2026-01-05T10:00:00Z' GIT_COMMITTER_DATE='2026-01-05T10:00:00Z'

strategy='strategy: 1
branches:
  main: {type: production}
  develop: {type: integration, base: main, allow: {push: write}}
  phase: {match: "work/{phase}", type: work, base: develop, after-merge: delete, into: {develop: {method: METHOD}}}
phases: {one: {}, two: {after: [one]}, other: {}}
commits: {convention: none}'
change() { printf '%s\n' "$2" >"$1" && git add "$1" && git commit -qm "$3"; }
files() { git ls-tree -r --name-only "$1" | grep -v '^\.sluice' | tr '\n' ' '; }
subjects() { git log -"$1" --format=%s develop | paste -sd,; }
seed() { # METHOD [OPTION of start]
	cd "$work" && rm -rf a b origin.git && mkdir -p a/.sluice && cd a || exit 1
	git init -q . && printf '%s\n' "${strategy/METHOD/$1}" >.sluice/strategy.yml
	printf 'file\n' >file && git add . && git commit -qm begin && git branch develop
	git init -q --bare ../origin.git && git remote add origin ../origin.git && git push -q -u origin main develop && git switch -q develop
	for p in one two other; do
		yes "start $p" "$sluice" phase start $p ${2-}
		change $p $p "feat: $p"
		change $p-more $p "feat: more of $p

Signed-off-by: ann <ann@example.org>"
		yes "finish $p" "$sluice" phase finish
	done
	before=$(git rev-parse develop)
}

# --- squashed: one commit says whose it is, among the trailers that are there; every clone reads that
seed squash
is "$(subjects 3)" "feat: other,feat: two,feat: one"
is "$(git log -1 --format='%(trailers:key=Squashed,valueonly)' develop | head -n 1)" "work/other into develop"
git clone -q ../origin.git ../b && cd ../b && git switch -q develop || fail "clone"
asked="revert --to one"
asks 9
has "two is in develop too, and comes after one"
asked="revert --to other --no-push"
asks 0
is "$(files develop)" "file one one-more two two-more "
is "$(subjects 1)" 'Revert "feat: other"'
git log -1 --format=%b develop | grep -qx "This reverts commit $before." || fail "it does not say what it reverts"
asks 2
has "other has been taken back on develop already"
asked="revert --to other --back --no-push"
asks 0
is "$(files develop)" "file one one-more other other-more two two-more "
# begun anew where it was taken back: with what it had
asked="revert --to one --also-later --no-push"
asks 0
is "$(files develop)" "file other other-more "
asked="phase start two"
asks 9
asked="phase start one"
asks 0
is "$(files work/one)" "file one one-more other other-more "
# a trailer in a message of one commit only, as git writes them: no second paragraph of them
git switch -q develop && git switch -q -c work/other && change again again "feat: again

Reviewed-by: bo" && git switch -q develop
asked="phase finish other --no-push"
asks 0
is "$(git log -1 --format=%B develop | tail -n 3 | head -n 2)" "Reviewed-by: bo
Squashed: work/other into develop"

# --- rebased: commit by commit, the newest first, by what this clone did
seed rebase --ahead
is "$(subjects 6)" "feat: more of other,feat: other,feat: more of two,feat: two,feat: more of one,feat: one"
asked="revert --to one"
asks 9
has "two is in develop too, and comes after one"
asked="revert --to other"
asks 0 --dry-run
is "$(git rev-parse develop)" "$before"
asks 0
is "$(files develop)" "file one one-more two two-more "
is "$(subjects 2)" 'Revert "feat: other",Revert "feat: more of other"'
is "$(git rev-parse develop)" "$(git -C ../origin.git rev-parse develop)"
asked="revert --to one --also-later"
asks 0
is "$(files develop)" "file "
is "$(subjects 4)" 'Revert "feat: one",Revert "feat: more of one",Revert "feat: two",Revert "feat: more of two"'
asked="revert --to one --back"
asks 0
is "$(files develop)" "file one one-more "
# a clone that did not do it knows nothing, and says what helps
git clone -q ../origin.git ../b && cd ../b && git switch -q develop || fail "clone"
asked="revert --to other"
asks 2
has "only the clone that did it and the server remember"
has "sluice revert --merge COMMIT --merge COMMIT"
# what was undone is not remembered
seed rebase --ahead
yes "start" "$sluice" phase start two --anew --ahead
change three three "feat: three"
yes "finish" "$sluice" phase finish --no-push
yes "undo" "$sluice" undo
git switch -q develop
asked="revert --to two --dry-run"
asks 0
hasnt "feat: three"
echo "phases that were squashed and rebased are taken back"
