#!/usr/bin/env bash
# What the commands say to a person: everything that is wrong at once, what was meant, what helps, in the order in which it happened.
# Requirement: BR-3
. "$(dirname "$0")/lib.sh"


# --- a strategy that is not valid: all of its errors, with their lines, and no repository
printf 'strategy: 1\nbranches:\n  main: {type: prodction}\n  feature: {match: "feature/{name}", type: work, base: mian}\n' >"$test_dir/bad.yml"
code 3 "$sluice" repo create acme/bad --strategy "$test_dir/bad.yml" --home "$home"
has "bad.yml:3:16: branches.main.type must be one of"
has '  main: {type: prodction}'
has 'bad.yml:4:56: branches.feature.base names the branch kind "mian"'
has "no repository was made"
[ ! -e "$home" ] || fail "something was made"

printf 'strategy: 1\n\tbranches: {}\n' >"$test_dir/tab.yml"
code 3 "$sluice" strategy check "$test_dir/tab.yml"
has "Indent with spaces"

server_start
yes "repo create" "$sluice" repo create acme/app --preset gitflow --home "$home"
has "Next: git clone $url/acme/app.git"
person ann maintain
person cy admin
clone_as cy "$test_dir/w"
cd "$test_dir/w" || exit 1
commit . a.txt one "feat: begin"
yes "the first branches" git push -q origin HEAD:main HEAD:develop
git fetch -q

# --- the API tells all of a strategy's errors, too
yes "cy administers the server" "$sluice" role grant cy admin --on-server --home "$home"
yes "a token for it" "$sluice" token create --user cy --scope admin --home "$home"
token=$(grep -o 'slu_[A-Za-z0-9]*' <<<"$out")
out=$(curl -s -u "cy:$token" -H 'Content-Type: application/json' "$url/api/sluice/repos" -d '{"owner": "acme", "name": "bad", "strategy": "strategy: 1\nbranches:\n  main: {type: x}\n  f: {match: f, type: y}\n"}')
[ "$(jq -r '[.errors[] | select(.field == "strategy") | .message | capture(":(?<line>[0-9]+):").line] | join(" ")' <<<"$out")" = "3 4" ] || fail "the API does not list the errors by line"

# --- the token in the remote's address counts for its own server; without any token that is said
code 0 env SLUICE_SERVER="$url" "$sluice" change list
git remote set-url origin "$url/acme/app.git"
code 2 "$sluice" change list
has "No token was given"
git remote set-url origin "$(remote_of ann)"

# --- what is not there is named, whatever one wanted of it
for what in merge close ready reopen "review --approve" "edit --title x" "resolve 1"; do
	# shellcheck disable=SC2086 # the words of a command
	set -- $what
	code 2 "$sluice" change "$1" 99 "${@:2}" --repo acme/app --home "$home" --as cy
	has "There is no change 99 here."
done
no "a deletion of nothing" git push origin :refs/heads/feature/none
has "there is nothing to delete"

# --- a server that speaks no TLS
code 5 "$sluice" change list --repo acme/app --server "https://${url#http://}"
has "its address begins with http://"

# --- a strategy without a name
printf 'strategy: 1\nbranches:\n  main: {type: production, allow: {push: admin}}\n' >"$test_dir/nameless.yml"
yes "repo create" "$sluice" repo create acme/nameless --strategy "$test_dir/nameless.yml" --home "$home"
yes "branch list" "$sluice" branch list --repo acme/nameless --home "$home"
has "0 branches under the strategy: 0 in order"

# --- what is missing, wrong or too much, in one line
code 2 "$sluice" init
has "From what? One of --preset NAME, --detect and --from-gitflow says it."
code 2 "$sluice" token create --user ann --expires tomorrow --home "$home"
has 'takes a duration such as 30d or 48h, not "tomorrow".'
code 2 "$sluice" serve extra
has '"extra" is one word too many: sluice serve'
code 2 "$sluice" role revoke ann admin --repo acme/app --home "$home"
has "ann does not hold the role admin in acme/app."

# --- one of several words
code 2 "$sluice" change list --state al
has "takes open|closed|all"
has "Did you mean all?"
code 2 "$sluice" change list --format jsno
has "Did you mean json?"
code 2 "$sluice" token create --user ann --scope repo:wirte --home "$home"
has "repo:wirte"
hasnt "Validation Failed"

# --- numbers, and options that would be of no effect
code 2 "$sluice" change show seven
has '"seven" is no number: sluice change show NUMBER'
code 2 "$sluice" audit prove x
has '"x" is no number'
code 2 "$sluice" deployment paus 1
has "Did you mean \"sluice deployment pause\"?"
code 2 "$sluice" audit verify --key x
has "--key is for --export"
code 0 "$sluice" audit log --kind pussh
has "No event fits"

# --- what was not pushed
yes "a branch" git checkout -q -b feature/here origin/develop
commit . h.txt h "feat: h"
code 2 "$sluice" change open
has "git push -u origin feature/here"
code 2 "$sluice" commit status HEAD -c tests -s success
has "has it been pushed?"
code 2 "$sluice" change review 1 --comment
has "--message TEXT"

# --- a refusal is said once; what shows every rule is a command that there is
yes "a feature" git checkout -q -b feature/x origin/develop
commit . b.txt two "feat: two"
yes "its push" git push -q -u origin feature/x
has "Next: sluice change open"
yes "its change" "$sluice" change open
code 1 "$sluice" change review 1 --approve
has "somebody else than the author"
code 2 "$sluice" strategy show
has "sluice init --preset gitflow"
code 8 "$sluice" change merge 1
[ "$(grep -c 'require.approvals' <<<"$out")" = 1 ] || fail "the refusal is said twice"
has "(every rule: sluice why merge 1 --all)"
has "place   sluice's default: this key in .sluice/strategy.yml replaces it"
while IFS= read -r line; do
	[ "${#line}" -le 80 ] || [[ $line == "      do "* ]] || fail "a line of ${#line} columns: $line"
done <<<"$out"
code 0 "$sluice" change show 1
hasnt "✓ passed"
has "sluice why merge 1 --all"

# --- nothing to release: it is said, and nothing stays half-made
before=$(refs)
code 2 "$sluice" release start 1.0.0
has "nothing to"
[ "$(refs)" = "$before" ] || fail "a release that cannot be begun left a branch"
no "no operation stays under way" "$sluice" continue
has "No operation is under way"
yes "approved" "$sluice" change review 1 --approve --home "$home" --as cy --repo acme/app
yes "merged" "$sluice" change merge 1

# --- data and talk in the order in which they were said, where both go to one place
code 0 "$sluice" release start 1.0.0
[ "$(grep -n 'Release 1.0.0 is begun' <<<"$out" | cut -d: -f1)" -lt "$(grep -n 'Next:' <<<"$out" | cut -d: -f1)" ] || fail "the next step is said first"
code 0 "$sluice" status
has "release-start 1.0.0"
has "sluice release finish 1.0.0"

# --- a release branch that begins at develop is no fault of develop
code 0 "$sluice" branch list
has "3 branches under the strategy gitflow: 3 in order"

code 8 "$sluice" release finish 1.0.0
code 0 "$sluice" status
has "sluice release finish 1.0.0 --dry-run"
code 0 "$sluice" audit log
has "#2 release/1.0.0"
hasnt refs/heads/
code 0 "$sluice" audit verify --home "$home"
has " events. Every event is"

# --- the title of a change is the last commit's subject, also of a branch that only the server has
yes "a branch" git push -q origin HEAD:feature/elsewhere
git fetch -q
yes "what the branch has" git commit -q --allow-empty -m "feat: from elsewhere"
yes "more" git push -q origin HEAD:feature/elsewhere
git reset -q --hard HEAD~1
yes "its change" "$sluice" change open feature/elsewhere --server "$url" --repo acme/app --format json
[ "$(jq -r .title <<<"$out")" = "feat: from elsewhere" ] || fail "the title of a branch that is not in the clone"
exit 0
