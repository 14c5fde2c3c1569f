#!/usr/bin/env bash
# Who may push to a plain bare repository under its strategy tries to get past the hook: by the environment that Git hands on, settings
# of his own, refs that change what is read, quarantined objects, many refs, half-good pushes, lies in trees and tags.
# Requirement: PR-6, PR-2, CM-4
. "$(dirname "$0")/../scenario/offline.lib.sh"
zero=0000000000000000000000000000000000000000
cat >"$work/strategy.yml" <<'Y'
strategy: 1
files: {forbid: [.env]}
branches:
  main: {type: production, allow: {push: nobody}}
  feature: {match: "feature/{name}", type: work, base: main, into: {main: {method: merge}}}
tags: {release: {match: "v{version}", branches: main, annotated: true}}
commits: {convention: conventional}
Y
cd "$work" || exit 1
git init -q --bare up.git && git clone -q up.git c 2>/dev/null && cd c && mkdir .sluice && cp "$work/strategy.yml" .sluice/ && git add -A && git commit -qm "chore: begin" && git push -q origin HEAD:main || fail "seed"
(cd "$work/up.git" && "$sluice" hooks install --bare >/dev/null 2>&1) || fail "install"
bare() { git --git-dir="$work/up.git" "$@"; }
refs() { bare for-each-ref --format='%(objectname) %(refname)'; }
git switch -qc feature/x && echo 1 >a && git add -A && git commit -qm "feat: a" && git push -q origin feature/x 2>/dev/null || fail "work"
before=$(refs)
# held WHAT COMMAND…: it is refused, and no ref has moved
held() {
	local what=$1
	shift
	out=$("$@" 2>&1) && fail "$what: taken"
	[ "$(refs)" = "$before" ] || fail "$what: refs have changed: $(diff <(echo "$before") <(refs))"
}
straight=$(git commit-tree -p main -m "feat: straight" "feature/x^{tree}")

# Each way by a path, which hands the pusher's environment on, and by file://.
for way in "$work/up.git" "file://$work/up.git"; do
	git remote set-url origin "$way"
	held "straight to main" git push origin "$straight:main"
	held "SLUICE=0" env SLUICE=0 git push origin "$straight:main"
	printf '[sluice]\n\tpreset = trunk\n\tlevel = admin\n\tuser = root\n[core]\n\thooksPath = /dev/null\n[receive]\n\tdenyNonFastForwards = false\n' >"$work/his"
	held "settings of his own, hooks elsewhere among them" env GIT_CONFIG_GLOBAL="$work/his" git push origin "$straight:main"
	held "a level of his own" env GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=sluice.level GIT_CONFIG_VALUE_0=admin git push origin "$straight:main"
	held "by -c" git -c sluice.level=admin -c sluice.preset=trunk push origin "$straight:main"
	held "push options" git push -o sluice=0 origin "$straight:main"
	held "--force" git push -f origin "$straight:main"
	held "deletion" git push origin :main
	held "no-verify" git push --no-verify origin "$straight:main"
	held "a good ref and a bad one" git push origin "feature/x:feature/y" "$straight:main"
	held "the same, atomic" git push --atomic origin "feature/x:feature/y" "$straight:main"
	held "of no kind" git push origin feature/x:wip
done

# Refs that change what is read, or that people do not see.
for ref in "refs/replace/$(git rev-parse main)" refs/notes/x refs/stash refs/remotes/origin/main refs/remotes/origin/HEAD refs/x refs/heads/HEAD refs/heads/-x; do
	held "$ref" git push origin "feature/x:$ref"
done
git replace -f "$straight" feature/x >/dev/null 2>&1
held "replaced at home" git push origin "$straight:main"
git replace -d "$straight" >/dev/null

# What looks like the merge and is not: more in its tree, other parents, another branch's work, an edge that is not there.
git switch -qC main origin/main && git merge -q --no-ff --no-commit feature/x && echo more >more && git add -A && git commit -qm "Merge feature/x"
held "a merge with more in it" git push origin main
git reset -q --hard origin/main
lie=$(git commit-tree -p feature/x -p main -m "Merge feature/x" "feature/x^{tree}")
held "a merge the other way round" git push origin "$lie:main"
lie=$(git commit-tree -p main -p "$straight" -m "Merge feature/x" "feature/x^{tree}")
held "a merge of what is no branch" git push origin "$lie:main"
held "a merge of a branch of no kind that comes with it" git push origin "$straight:wip" "$lie:main"
git switch -qC feature/evil main && echo k >.env && git add -f .env && git commit -qm "feat: key" && git rm -q .env && git commit -qm "feat: no key"
held "a forbidden file in the middle" git push origin feature/evil
git switch -qC main origin/main && git merge -q --no-ff -m "Merge feature/evil" feature/evil
held "the merge of a refused branch in the same push" git push origin feature/evil main
held "its merge alone" git push origin main
git reset -q --hard origin/main
git switch -qC feature/words main && git commit -q --allow-empty -m "Merge branch 'x' into main"
held "a message that calls itself a merge" git push origin feature/words
git commit -q --amend --allow-empty -m "Revert \"x\"

This reverts commit 1234567890123456789012345678901234567890."
held "a revert of nothing" git push origin feature/words

# Tags: on what is not on main, by another name, of a tree, moved.
git tag -a -m r v1.0.0 feature/x && held "a tag of work" git push origin v1.0.0
git tag -a -m r v1.0.1 "main^{tree}" && held "a tag of a tree" git push origin v1.0.1
git tag -a -m r v1.0.2 main && held "a tag by another name" git push origin "$(git rev-parse v1.0.2):refs/tags/v1.0.3"
git push -q origin v1.0.2 2>/dev/null || fail "a tag that is fine"
before=$(refs)
again=$(printf 'object %s\ntype tag\ntag v9.9.9\ntagger A <a@b> 1 +0000\n\nm\n' "$(git rev-parse v1.0.2)" | git mktag) && held "a second release of one commit, by a tag of its tag" git push origin "$again:refs/tags/v9.9.9"
has "it names another tag, not a commit"
git tag -f -a -m r v1.0.3 "main:.sluice/strategy.yml" >/dev/null && held "a tag of a file" git push origin v1.0.3
has "git tag -a -f v1.0.3 main"
held "a file as a tag" git push origin "$(git rev-parse main:.sluice/strategy.yml):refs/tags/v1.0.3"
has "git tag -a -f v1.0.3 main"
hasnt "nothing"

# A branch that names no commit.
for what in "main^{tree}" main:.sluice/strategy.yml v1.0.2 "$again"; do
	for ref in refs/heads/feature/what refs/heads/main refs/heads/feature/x; do
		held "$what as $ref" git push -f origin "$(git rev-parse "$what"):$ref"
		has ref-commit
	done
done
git tag -f -a -m again v1.0.2 main >/dev/null && held "a moved tag" git push -f origin v1.0.2
held "a deleted tag" git push origin :v1.0.2

# Many refs; lines that are no updates; a strategy that would lock everybody out.
for i in $(seq 2100); do echo "feature/x:refs/heads/feature/m$i"; done >"$work/many"
held "2,100 branches" xargs -a "$work/many" git push -q origin
git switch -qC feature/lock main && printf 'strategy: 1\nbranches: {trunk: {type: production}}\n' >.sluice/strategy.yml && git commit -qam "feat: lock" && git push -q origin feature/lock 2>/dev/null || fail "a strategy on a branch"
before=$(refs)
git switch -qC main origin/main && git merge -q --no-ff -m "Merge feature/lock" feature/lock
held "a strategy in which main is of no kind" git push origin main
git reset -q --hard origin/main
for line in "" "x" "$zero $zero refs/heads/main" "$zero $(git rev-parse main) refs/heads/$(printf 'x%.0s' $(seq 300))" "$zero $(git rev-parse main)  refs/heads/feature/s" "a b c d e"; do
	got=0
	out=$(cd "$work/up.git" && printf '%s\n' "$line" | GIT_DIR=. hooks/pre-receive 2>&1) || got=$?
	case $line in "" | "$zero $zero refs/heads/main") ;; *) [ "$got" != 0 ] || fail "taken: $line" ;; esac
done

# What was quarantined is gone, and what is good still goes.
[ -z "$(find "$work/up.git/objects" -maxdepth 1 -name '*incoming*')" ] || fail "a quarantine is left"
bare cat-file -e "$straight" 2>/dev/null && fail "a refused object was kept"
git switch -qC main origin/main && git merge -q --no-ff -m "Merge feature/x" feature/x && git push -q origin main 2>/dev/null || fail "a good merge"

# The program gone, or the strategy unreadable: nothing is taken.
before=$(refs)
git switch -qC feature/late main && git commit -q --allow-empty -m "feat: late"
sed -i "s,^sluice=.*,sluice='$work/gone'," "$work/up.git/hooks/pre-receive"
held "without the program" git push origin feature/late
(cd "$work/up.git" && "$sluice" hooks install --bare >/dev/null 2>&1) || fail "install again"
blob=$(bare rev-parse main:.sluice/strategy.yml) && chmod -R u+w "$work/up.git/objects" && bare unpack-objects -q </dev/null 2>/dev/null
file="$work/up.git/objects/${blob:0:2}/${blob:2}"
if [ -f "$file" ]; then
	cp "$file" "$work/kept" && echo damaged >"$file"
	held "with a strategy that is damaged" git push origin feature/late
	cp "$work/kept" "$file"
fi
git push -q origin feature/late 2>/dev/null || fail "mended"
exit 0
