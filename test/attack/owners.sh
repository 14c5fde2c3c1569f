#!/usr/bin/env bash
# Past the owners of a path: with their role lost, their account closed, the file turned, moved or broken, the path renamed, a push in place of a merge.
# Requirement: PR-2, PR-5
# Timeout: 300
. "$(dirname "$0")/../scenario/lib.sh"
. "$(dirname "$0")/rules.lib.sh"
main_require="code-owners: true"
rules_begin

# The file comes in by the honest way: without it nothing is owned.
own() { # LINES
	branch hotfix/owners main
	mkdir -p "$c/core"
	printf '%s\n' "$@" >"$c/CODEOWNERS" && printf 'x\n' >"$c/core/x" && printf 'y\n' >"$c/core/y"
	git -C "$c" add -A && git -C "$c" commit -qm "fix: owners" && git -C "$c" push -q origin hotfix/owners || fail "push"
	open_change hotfix/owners main
	approve bob
	green "$(tip hotfix/owners)"
	may_merge "the file comes in"
}
own '/core/ @acme/qa' '/CODEOWNERS @lead' '/mail/ Olga@Example.org'
person olga write
person quin qa
touch_core() { # BRANCH: a change to what qa owns
	branch "$1" main
	mkdir -p "$c/core" && printf '%s\n' "$1" >"$c/core/x"
	git -C "$c" add -A && git -C "$c" commit -qm "fix: core" && git -C "$c" push -q origin "$1" || fail "push"
	open_change "$1" main
	green "$(tip "$1")"
	approve bob
}

# --- somebody else's approval, one's own name in it, and a role that is lost between approval and merge
touch_core hotfix/role
may_not_merge "approved by somebody who does not own it" "code-owners"
has "role qa"
approve quin
yes "quin loses the role" "$sluice" role revoke quin qa --repo acme/app --home "$home"
may_not_merge "approved by somebody who has lost the role" "code-owners"
yes "quin has it again" "$sluice" role grant quin qa --repo acme/app --home "$home"
yes "quin is disabled" "$sluice" user disable quin --home "$home"
may_not_merge "approved by somebody who is disabled" "code-owners"
yes "quin is enabled" "$sluice" user enable quin --home "$home"
forbidden "a push of the merge by hand" "" "4??" PUT "$api/pulls/$number/merge" '{"sha":"1111111111111111111111111111111111111111"}'
may_merge "approved by who holds the role"

# --- the change brings its own judge: in the file itself, in a place that comes before it, by a line that clears
for place in CODEOWNERS .sluice/CODEOWNERS .github/CODEOWNERS docs/CODEOWNERS; do
	touch_core "hotfix/judge-${place//[.\/]/-}"
	mkdir -p "$c/$(dirname "$place")" && printf '* @bob\n/core/\n' >"$c/$place"
	git -C "$c" add -A && git -C "$c" commit -qm "fix: judge" && git -C "$c" push -q origin HEAD || fail "push"
	green "$(git -C "$c" rev-parse HEAD)"
	approve bob
	may_not_merge "a change with its own $place" "(CODEOWNERS:1)"
	approve quin
	may_not_merge "$place without who owns the file in force" "(CODEOWNERS:2)"
done
touch_core hotfix/broken
printf '/core/ @acme/qa\n!/core/x @bob\n/CODEOWNERS @lead\n' >"$c/CODEOWNERS"
git -C "$c" add -A && git -C "$c" commit -qm "fix: broken" && git -C "$c" push -q origin HEAD || fail "push"
green "$(tip hotfix/broken)"
approve bob && approve quin && approve lead
may_not_merge "a line that cannot be read comes in" "cannot be negated"

# --- a path that goes, one that goes elsewhere, and one that a merge leads elsewhere
branch hotfix/gone main
git -C "$c" rm -q core/y && git -C "$c" commit -qm "fix: gone" && git -C "$c" push -q origin HEAD || fail "push"
open_change hotfix/gone main
green "$(tip hotfix/gone)" && approve bob
may_not_merge "a path is deleted" "core/y"
branch hotfix/moved main
git -C "$c" mv core/y free && git -C "$c" commit -qm "fix: moved" && git -C "$c" push -q origin HEAD || fail "push"
open_change hotfix/moved main
green "$(tip hotfix/moved)" && approve bob
may_not_merge "a path is renamed out of it" "core/y"

branch hotfix/begin main
mkdir -p "$c/free" && seq 40 >"$c/free/list"
git -C "$c" add -A && git -C "$c" commit -qm "fix: a list" && git -C "$c" push -q origin HEAD || fail "push"
open_change hotfix/begin main
green "$(tip hotfix/begin)" && approve bob
may_merge "what nobody owns"
branch hotfix/edit main
seq 41 >"$c/free/list"
git -C "$c" add -A && git -C "$c" commit -qm "fix: longer" && git -C "$c" push -q origin HEAD || fail "push"
open_change hotfix/edit main
green "$(tip hotfix/edit)" && approve bob
edit=$number
branch hotfix/owned main
git -C "$c" mv free/list core/list && git -C "$c" commit -qm "fix: owned" && git -C "$c" push -q origin HEAD || fail "push"
open_change hotfix/owned main
green "$(tip hotfix/owned)" && approve bob && approve quin
may_merge "the list has an owner now"
number=$edit
may_not_merge "a merge leads the edit to an owned path" "core/list (CODEOWNERS:1)"

# --- an address counts for who has it here, whatever stands in a commit
branch hotfix/mail main
mkdir -p "$c/mail" && printf 'm\n' >"$c/mail/m"
git -C "$c" add -A && git -C "$c" -c user.email=olga@example.org commit -qm "fix: mail" && git -C "$c" push -q origin HEAD || fail "push"
open_change hotfix/mail main
green "$(tip hotfix/mail)" && approve bob
may_not_merge "an address in a commit" "nobody's address"
yes "olga's address" sqlite3 "$home/sluice.db" "UPDATE person SET email = 'olga@example.ORG' WHERE name = 'olga'"
may_not_merge "without olga" "@olga"
approve olga
may_merge "approved by who has the address"

# --- with the API's words the rule is there
who=root
http 200 GET "$api/branches/main/protection"
has '"require_code_owner_reviews"'

# --- the strategy's check says who has left
yes "quin leaves" "$sluice" user disable quin --home "$home"
yes "the check" "$sluice" strategy check "$test_dir/strategy.yml" --repo acme/app --home "$home"
has "nobody holds the role qa"
hasnt "is disabled"
yes "olga leaves" "$sluice" user disable olga --home "$home"
yes "the check" "$sluice" strategy check "$test_dir/strategy.yml" --repo acme/app --home "$home"
has "CODEOWNERS:3:1: warning: "
has "olga is disabled"
rules_end
