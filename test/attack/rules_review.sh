#!/usr/bin/env bash
# Past the review: own approvals, approvals of something else, changes that become other ones after they were approved.
# Requirement: BR-3, PR-6
# Timeout: 300
. "$(dirname "$0")/../scenario/lib.sh"
. "$(dirname "$0")/rules.lib.sh"
rules_begin

# --- one's own approval, by each door
branch feature/own develop
open_change feature/own develop
forbidden "an own approval" "the author" 422 POST "$api/pulls/$number/reviews" '{"event":"APPROVE"}'
refused "by the command" "the author" "$sluice" change review "$number" --approve --repo acme/app --home "$home" --as ann
may_not_merge "without a review" "approvals"
git -C "$c" -c user.name=Bob -c user.email=bob@example.org commit -q --allow-empty -m "feat: as bob" --author "Bob <bob@example.org>"
yes "commits in bob's name" git -C "$c" push -q origin feature/own
forbidden "an own approval of commits in another's name" "the author" 422 POST "$api/pulls/$number/reviews" '{"event":"APPROVE"}'
as rita
http 200 POST "$api/pulls/$number/reviews" '{"event":"APPROVE"}'
as ann
may_not_merge "approved by somebody who may only read" "less than write"
http 201 POST "$api/issues/$number/comments" '{"body":"approved, LGTM :+1:"}'
may_not_merge "approved by a comment" "approvals"
approve bob
as bob
http 200 POST "$api/pulls/$number/reviews" '{"event":"REQUEST_CHANGES","body":"no"}'
review=$(sed 's/^{"id": *\([0-9]*\).*/\1/' <<<"$out")
as ann
may_not_merge "against an objection" "asks for changes"
forbidden "the author dismisses the objection" "dismissed by" "4??" PUT "$api/pulls/$number/reviews/$review/dismissals" '{"message":"mine"}'
approve bob
may_merge "approved by another"

# --- approved, then another thing (main dismisses what is stale)
branch hotfix/stale main
open_change hotfix/stale main
approve bob
green "$(tip hotfix/stale)"
approved=$(tip hotfix/stale)
commit "$c" smuggled 1 "fix: smuggled"
yes "one more commit" git -C "$c" push -q origin hotfix/stale
green "$(tip hotfix/stale)"
may_not_merge "an approval of an older commit" "not the head"
forbidden "an approval that names the older commit" "look again" "4??" POST "$api/pulls/$number/reviews" "{\"event\":\"APPROVE\",\"commit_id\":\"$approved\"}"
forbidden "a merge that names the older commit" "" 409 PUT "$api/pulls/$number/merge" "{\"sha\":\"$approved\"}"
git -C "$c" commit -q --amend -m "fix: other"
yes "force-push" git -C "$c" push -q -f origin hotfix/stale
may_not_merge "after a force-push" "not the head"
http 200 PATCH "$api/pulls/$number" '{"state":"closed"}'
http 200 PATCH "$api/pulls/$number" '{"state":"open"}'
may_not_merge "closed and opened again" "not the head"
yes "back to what was approved" git -C "$c" push -q -f origin "$approved:refs/heads/hotfix/stale"
may_merge "what was approved"

# --- a rebase keeps an approval only when it brings the same, byte for byte
branch hotfix/base main
printf 'if x:\n    a()\n    b()\n' >"$c/code.py"
printf '\0\1\2' >"$c/blob.bin"
printf 'echo\n' >"$c/run.sh"
git -C "$c" add -A && git -C "$c" commit -qm "fix: code" || fail "commit"
yes "push" git -C "$c" push -q -f origin hotfix/base
open_change hotfix/base main
approve bob
rewrite() { # WHAT COMMAND: the last commit again, with this difference
	git -C "$c" reset -q --hard "$honest"
	(cd "$c" && eval "$2") || fail "$1"
	git -C "$c" add -A && git -C "$c" commit -q --amend -m "fix: code again" || fail "$1"
	yes "$1: push" git -C "$c" push -q -f origin hotfix/base
	green "$(tip hotfix/base)"
	may_not_merge "an approval survives $1" "not the head"
}
honest=$(git -C "$c" rev-parse HEAD)
rewrite "other indentation" "printf 'if x:\n    a()\nb()\n' >code.py"
rewrite "spaces at a line's end" "printf 'if x:\n    a() \n    b()\n' >code.py"
rewrite "other line ends" "printf 'if x:\r\n    a()\r\n    b()\r\n' >code.py"
rewrite "other bytes in a binary file" "printf '\0\1\3' >blob.bin"
rewrite "a file that may be run" "chmod +x run.sh"
rewrite "a link in a file's place" "ln -sf /etc/passwd run.sh"
rewrite "another name" "git mv run.sh ran.sh"
git -C "$c" reset -q --hard "$honest"
git -C "$c" commit -q --amend -m "fix: code, in other words"
yes "a pure rewrite" git -C "$c" push -q -f origin hotfix/base
green "$(tip hotfix/base)"
may_merge "the same patch"

# --- the target: approved for develop does not count for main, and the target may not move beneath
branch hotfix/retarget main
as lead
http "4??" POST $api/pulls '{"title":"fix: it","head":"hotfix/retarget","base":"develop"}'
as ann
open_change hotfix/retarget main
approve bob
green "$(tip hotfix/retarget)"
forbidden "into a branch that it does not go into" "" "4??" PATCH "$api/pulls/$number" '{"base":"develop"}'
as bob
branch hotfix/first main
first=$number
as ann
open_change hotfix/first main
approve bob
green "$(tip hotfix/first)"
may_merge "the first of two"
number=$first
may_not_merge "what was tested is not what would land" "up-to-date"
git -C "$c" checkout -q hotfix/retarget && git -C "$c" fetch -q && git -C "$c" merge -q -m "merge main" origin/main || fail "merge"
yes "up to date" git -C "$c" push -q origin hotfix/retarget
green "$(tip hotfix/retarget)"
may_merge "up to date, tested, and still the patch that was approved"

# --- the branch goes and comes back as another one
branch feature/twin develop
open_change feature/twin develop
approve bob
yes "deleted" git -C "$c" push -q origin :feature/twin
git -C "$c" checkout -q -f -B feature/twin origin/develop
commit "$c" evil 1 "feat: something else"
yes "made again" git -C "$c" push -q origin feature/twin
number2=$number
forbidden "the closed change merges" "" "4??" PUT "$api/pulls/$number2/merge" '{}'

# --- branches of the system: whoever fills one is its author
branch hotfix/conflict main
printf 'ours\n' >"$c/both"
git -C "$c" add -A && git -C "$c" commit -qm "fix: both" || fail "commit"
yes "push" git -C "$c" push -q origin hotfix/conflict
git -C "$c" checkout -q -f -B feature/both origin/develop
commit "$c" both theirs "feat: both"
yes "push" git -C "$c" push -q origin feature/both
open_change feature/both develop
approve bob
may_merge "one side"
open_change hotfix/conflict main
approve bob
green "$(tip hotfix/conflict)"
as bob
http 200 PUT "$api/pulls/$number/merge" '{}'
conflict=$(refs | sed -n 's|.* refs/heads/\(sluice/.*\)|\1|p' | head -n 1)
[ -n "$conflict" ] || fail "no branch for the conflict"
as ann
http 200 GET "$api/pulls?head=acme:$conflict"
number=$(sed 's/.*"number": *\([0-9]*\).*/\1/' <<<"$out")
refused "a person makes such a branch" "by the system" git -C "$c" push -q origin "HEAD:refs/heads/sluice/mine"
forbidden "a change from such a branch into another" "" "4??" POST $api/pulls "{\"title\":\"feat: it\",\"head\":\"$conflict\",\"base\":\"main\"}"
git -C "$c" fetch -q && git -C "$c" checkout -q -B fix "origin/$conflict" && git -C "$c" merge -q -m "merge develop" origin/develop >/dev/null 2>&1
printf 'resolved\n' >"$c/both"
git -C "$c" add -A && git -C "$c" commit -q -m "fix: resolved" || fail "commit"
yes "ann resolves" git -C "$c" push -q origin "fix:refs/heads/$conflict"
as ann
curl -s -o /dev/null -X POST -H "Authorization: Bearer $(cat "$home.tokens/ann")" -d '{"event":"APPROVE"}' "$url$api/pulls/$number/reviews"
may_not_merge "approved by whoever resolved it" "approvals"
approve lead
may_merge "approved by somebody else"
rules_end
