#!/usr/bin/env bash
# Whose a path is, asked in a clone, in a bare repository and of a commit; and what patterns mean, held against git's own.
# Requirement: PR-2
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"
asked=owners
is() { [ "$out" = "$1" ] || fail "not: $1"; }

cd "$work" && git init -q -b main repo && cd repo && git config user.name ann && git config user.email ann@example.org || fail "init"
asks 2 src/a.c
has "There is no CODEOWNERS here"
mkdir -p .github docs src/deep
printf '%s\n' '# who' '*  @all' '/src/ @ann @acme/qa # us' '/docs/ d@example.org' '/docs/free' >.github/CODEOWNERS
touch a src/b src/deep/c docs/d docs/free 'src/sp ace' && git add -A && git commit -qm "chore: begin" || fail "commit"

# Where one stands, folders, the top, and what is not there yet.
cd src
asks 0 b
is "src/b  @ann @acme/qa  .github/CODEOWNERS:3"
asks 0 ../docs /a new "$work/repo/docs/free" ./deep/../deep
is "docs/d      d@example.org  .github/CODEOWNERS:4
docs/free   nobody         .github/CODEOWNERS:5
a           @all           .github/CODEOWNERS:2
src/new     @ann @acme/qa  .github/CODEOWNERS:3
docs/free   nobody         .github/CODEOWNERS:5
src/deep/c  @ann @acme/qa  .github/CODEOWNERS:3"
asks 2 ../../b
has "outside of the repository"
cd ..
asks 0
[ "$(wc -l <<<"$out")" = 7 ] || fail "without a path it is not about every file"
asks 0 --format json docs/free
[ "$(tr -d ' \n' <<<"$out")" = '[{"path":"docs/free","owners":[],"file":".github/CODEOWNERS","line":5,"pattern":"/docs/free"}]' ] || fail "JSON"

# The work tree, or a commit; a file of ours before all others; a bare repository.
mkdir .sluice && printf '/src/ @bob\n!a @x\n' >.sluice/CODEOWNERS
asks 0 src/b a
has "src/b  @bob    .sluice/CODEOWNERS:1"
has "a      nobody  -"
has ".sluice/CODEOWNERS:2:1: A pattern cannot be negated"
asks 0 --at main src/deep
is "src/deep/c  @ann @acme/qa  .github/CODEOWNERS:3"
asks 2 --at nowhere src
has "There is no commit nowhere"
git clone -q --bare . ../bare.git && cd ../bare.git || fail "clone"
asks 0 src/b docs
has "src/b      @ann @acme/qa  .github/CODEOWNERS:3"
has "docs/free  nobody         .github/CODEOWNERS:5"
cd "$work"
asks 2 a
has "no Git repository"

# Patterns at random against git check-ignore. They differ, as GitHub's do, where the last part is `*` alone (files of that folder only),
# and where a folder is asked for below `**` (there `a/**/` is `a/**`): such patterns are left out here, and stand in the unit test's table.
git init -q -b main peer && cd peer || fail "init"
RANDOM=7
parts=(a b ab 'a*' '*b' '?' 'a?b' '*' '**' '\*' 'a\b' 'a*b*')
names=(a b ab aab axb '*')
for ((i = 0; i < 120; i++)); do
	path=${names[RANDOM % ${#names[@]}]}
	for ((k = RANDOM % 4; k > 0; k--)); do path+=/${names[RANDOM % ${#names[@]}]}; done
	printf '%s\n' "$path"
done | sort -u >../paths
compared=0
for ((i = 0; i < 200; i++)); do
	pattern=${parts[RANDOM % ${#parts[@]}]}
	for ((k = RANDOM % 4; k > 0; k--)); do pattern+=/${parts[RANDOM % ${#parts[@]}]}; done
	[ $((RANDOM % 3)) = 0 ] && pattern=/$pattern
	[ $((RANDOM % 4)) = 0 ] && pattern+=/
	case $pattern in '*' | '**') ;; '*/' | '**/' | '/*' | '/**/' | */'*' | *'**/') continue ;; esac
	printf '%s\n' "$pattern" >.gitignore
	printf '%s @x\n' "$pattern" >CODEOWNERS
	git check-ignore --no-index --stdin <../paths | sort >../git
	xargs -d '\n' "$sluice" owners <../paths 2>&1 | sed -n 's/  *@x  *CODEOWNERS:1$//p' | sort >../ours
	out=$(diff ../git ../ours) || fail "$pattern: git (<) and sluice (>) differ"
	[ -s ../git ] && compared=$((compared + 1))
done
[ $compared -ge 100 ] || fail "only $compared patterns matched anything"
exit 0
