#!/usr/bin/env bash
# A change from push to merge by the command line: exit codes, what is printed, and that a refusal changes nothing.
# Requirement: PR-1, BR-2
. "$(dirname "$0")/lib.sh"

as() { SLUICE_TOKEN=$(cat "$home.tokens/$1") "${@:2}"; }

server_start
repo
person ann maintain
person bo maintain
person cy admin
person reader read
clone_as cy "$test_dir/w"
cd "$test_dir/w" || exit 1
commit . a.txt one "feat: begin"
yes "the first branches" git push -q origin HEAD:main HEAD:develop
yes "develop" git fetch -q
yes "a feature" git checkout -q -b feature/x origin/develop
commit . b.txt two "feat: two"
yes "its push" git push -q -u origin feature/x

# --- open: the branch that the clone stands on, its last subject, the target of the strategy; the number alone on standard output
number=$(as ann "$sluice" change open 2>/dev/null) || fail "change open"
[ "$number" = 1 ] || fail "the number is printed, not: $number"
code 2 as ann "$sluice" change open
has "already"
yes "list" as ann "$sluice" change list
has "feature/x"
has "develop"
yes "list, JSON" as ann "$sluice" change list --format json
has '"number": 1'

# --- not yet: exit code 8, the rule and what opens it; nothing moves
before=$(refs)
code 8 as ann "$sluice" change merge 1
has "require.approvals"
has "sluice change review 1 --approve"
code 8 as ann "$sluice" change merge 1 --format json
has '"verdict": "wait"'
[ "$(refs)" = "$before" ] || fail "a refused merge moved something"
yes "show" as ann "$sluice" change show 1
has "waiting"

# --- reviews
code 2 as bo "$sluice" change review 1
code 2 as bo "$sluice" change review 1 --request-changes
yes "ask for more" as bo "$sluice" change review 1 --request-changes -m "a test is missing"
yes "show" as ann "$sluice" change show 1
has "a test is missing"
yes "approve" as bo "$sluice" change review 1 --approve --head "$(git rev-parse HEAD)"
code 9 as bo "$sluice" change review 1 --approve --head "$(git rev-parse HEAD~1)"

# --- who may not
code 1 as reader "$sluice" change merge 1
[ "$(refs)" = "$before" ] || fail "somebody who may not merge has merged"

# --- a dry run moves nothing, the merge all that follows
code 0 as ann "$sluice" change merge 1 --dry-run
has "nothing was moved"
[ "$(refs)" = "$before" ] || fail "a dry run moved something"
code 9 as ann "$sluice" change merge 1 --head "$(git rev-parse HEAD~1)"
code 0 as ann "$sluice" change merge 1
has "merge   develop"
case $(refs) in *feature/x*) fail "the merged branch is still there" ;; esac
code 0 as ann "$sluice" change list --state all --format json
has '"merged_at": "2'

# --- the text of a change, and its boxes
text() { as ann "$sluice" change list --state all --format json | jq -r '.[] | select(.number == 1) | .body'; }
code 2 as ann "$sluice" change edit 1
code 2 as ann "$sluice" change edit one --title x
yes "another title and text" as ann "$sluice" change edit 1 --title "Two" -m $'Why.\n\n## Type\n- [ ] Bug fix\n- [ ] Feature\n\n```\n- [ ] Done\n```\n* [ ] Done'
yes "boxes" as ann "$sluice" change edit 1 --tick done --tick "Seen by QA"
yes "a box under a heading" as ann "$sluice" change edit 1 --under Type --tick Feature
yes "a box that was not there" as ann "$sluice" change edit 1 --under "Kind of work" --tick Repair
[ "$(text)" = $'Why.\n\n## Type\n- [ ] Bug fix\n- [x] Feature\n\n```\n- [ ] Done\n```\n* [x] Done\n\n- [x] Seen by QA\n\n## Kind of work\n\n- [x] Repair' ] || { out=$(text); fail "the boxes"; }
printf 'From a file\n' >"$test_dir/text"
yes "from a file" as ann "$sluice" change edit 1 --file "$test_dir/text"
[ "$(text)" = "From a file" ] || { out=$(text); fail "the file"; }

# --- statuses
yes "a status" as ann "$sluice" commit status HEAD --context unit-tests --state success
code 2 as ann "$sluice" commit status HEAD --context unit-tests --state fine
has "success|failure|error|pending"
code 2 as ann "$sluice" commit status HEAD --context unit-tests

# --- close, reopen, what is not there
yes "another" git checkout -q -b feature/y
commit . c.txt three "feat: three"
yes "its push" git push -q -u origin feature/y
yes "open" as ann "$sluice" change open feature/y --into develop --title "Three" -m "because"
yes "close" as ann "$sluice" change close 2
code 2 as ann "$sluice" change merge 2
yes "reopen" as ann "$sluice" change reopen "#2"
code 2 as ann "$sluice" change show 99
code 2 as ann "$sluice" change show seven
yes "the operator acts for a person" "$sluice" change close 2 --repo acme/app --home "$home" --as bo
yes "and it is that person's" as ann "$sluice" audit log --kind change-closed --format json
has '"actor": "bo"'
exit 0
