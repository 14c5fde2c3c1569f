#!/usr/bin/env bash
# A bare repository that is not as most are, under its strategy: the file is a link, a folder, a submodule, too large or gone; the history is
# cut off, borrowed or grafted. Nothing gets past by it, nothing hangs, and each refusal says what helps.
# Requirement: PR-6, PR-2
. "$(dirname "$0")/../scenario/offline.lib.sh"
cat >"$work/strategy.yml" <<'Y'
strategy: 1
files: {forbid: [.env]}
branches:
  main: {type: production, allow: {push: nobody}}
  feature: {match: "feature/{name}", type: work, base: main, into: {main: {method: merge}}}
commits: {convention: conventional}
Y
bare() { git --git-dir="$work/up.git" "$@"; }
fresh() { # a bare repository with its hook, and a clone of it with a good branch and a commit that goes straight to main
	cd "$work" && rm -rf up.git c && git init -q --bare up.git && git clone -q up.git c 2>/dev/null && cd c && mkdir .sluice && cp "$work/strategy.yml" .sluice/ && git add -A || fail "fresh"
	git commit -qm "chore: begin" && git push -q origin HEAD:main && git commit -q --allow-empty -m "chore: second" && git push -q origin HEAD:main || fail "seed"
	(cd "$work/up.git" && "$sluice" hooks install --bare >/dev/null 2>&1) || fail "install"
	git switch -qc feature/x && echo 1 >a && git add -A && git commit -qm "feat: a" || fail "work"
	straight=$(git commit-tree -p main -m "feat: straight" "feature/x^{tree}")
}
held() { # WHAT COMMAND…: refused, no ref has moved, and it did not take a minute
	local what=$1 before
	shift
	before=$(bare for-each-ref)
	out=$(timeout 60 "$@" 2>&1) && fail "$what: taken"
	[ "$(bare for-each-ref)" = "$before" ] || fail "$what: refs have changed"
}
goes() { out=$(timeout 60 "${@:2}" 2>&1) || fail "$1: refused"; }
# --- the file is not a file
for form in link "link elsewhere" folder submodule gone; do
	fresh
	file=$(git hash-object -w .sluice/strategy.yml)
	case $form in
	link) inner=$(printf '120000 blob %s\tstrategy.yml\n100644 blob %s\treal.yml\n' "$(printf real.yml | git hash-object -w --stdin)" "$file" | git mktree) ;;
	"link elsewhere") inner=$(printf '120000 blob %s\tstrategy.yml\n' "$(printf /etc/passwd | git hash-object -w --stdin)" | git mktree) ;;
	folder) inner=$(printf '040000 tree %s\tstrategy.yml\n' "$(printf '100644 blob %s\tx\n' "$file" | git mktree)" | git mktree) ;;
	submodule) inner=$(printf '160000 commit %s\tstrategy.yml\n' "$(git rev-parse main)" | git mktree --missing) ;;
	gone) inner=$(printf '100644 blob %s\tother\n' "$file" | git mktree) ;;
	esac
	top_tree=$(printf '040000 tree %s\t.sluice\n' "$inner" | git mktree)
	planted=$(git commit-tree -p main -m "chore: planted" "$top_tree")
	held "the strategy by a push ($form)" git push origin "$planted:main"
	# put there by who owns the folder: no push can
	git update-ref refs/heads/planted "$planted" && bare fetch -q "$work/c" +planted:refs/heads/main || fail "plant $form"
	straight=$(git commit-tree -p "$planted" -m "feat: straight" "$top_tree")
	held "straight to main, the strategy is a $form" git push origin "$straight:main"
	held "the strategy is a $form" git push origin feature/x
	case $form in link*) has "the strategy is not valid" ;; *) has "There is no .sluice/strategy.yml on main" ;; esac
done

# --- the history is cut off: what cannot be looked up is not taken for good
fresh
rm -rf "$work/full.git" && mv "$work/up.git" "$work/full.git"
git clone -q --bare --depth 1 --no-single-branch "file://$work/full.git" "$work/up.git" 2>/dev/null || fail "a shallow clone"
(cd "$work/up.git" && "$sluice" hooks install --bare >/dev/null 2>&1) || fail "install"
held "straight to main, the repository is shallow" git push origin "$straight:main"
git checkout -q -b old main~1 && git commit -q --allow-empty -m "feat: beside what is cut off"
held "a commit on what is not there" git push origin old:refs/heads/feature/old

# --- objects are borrowed from another folder
fresh
rm -rf "$work/lender.git" && git clone -q --bare "$work/c" "$work/lender.git" && echo "$work/lender.git/objects" >"$work/up.git/objects/info/alternates"
held "straight to main, by borrowed objects" git push origin "$straight:main"
held "a borrowed commit as main" git push origin feature/x:main
echo secret >.env && git add -f .env && git commit -qm "feat: key"
git push -q "$work/lender.git" feature/x 2>/dev/null || fail "lend"
held "a forbidden file that is there already" git push origin feature/x
git reset -q --hard HEAD~1
goes "good work by borrowed objects" git push origin feature/x
mv "$work/lender.git" "$work/gone.git"
git commit -q --allow-empty -m "feat: more"
out=$(timeout 60 git push origin "$straight:main" 2>&1) && fail "straight to main, the lender is gone: taken"
mv "$work/gone.git" "$work/lender.git"

# --- grafts say that a straight commit has the right parents
fresh
mkdir -p "$work/up.git/info" .git/info
echo "$straight $(git rev-parse main) $(git rev-parse feature/x)" | tee "$work/up.git/info/grafts" >.git/info/grafts
held "straight to main, grafted to look like a merge" git push origin "$straight:main"
held "the same with the work" git push origin feature/x "$straight:main"
exit 0
