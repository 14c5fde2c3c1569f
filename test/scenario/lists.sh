#!/usr/bin/env bash
# What commands list is one table each: a heading, a row for each thing, and a sentence where there is none.
# Requirement: BR-2
. "$(dirname "$0")/lib.sh"

as() { SLUICE_TOKEN=$(cat "$home.tokens/$1") "${@:2}"; }
row() { grep -qE "$1" <<<"$out" || fail "no row like $1 in: $out"; }

server_start
repo
person ann maintain
person cy admin
clone_as cy "$test_dir/w"
cd "$test_dir/w" || exit 1
commit . a.txt one "feat: begin"
yes "the first branches" git push -q origin HEAD:main HEAD:develop
yes "develop" git fetch -q
yes "a feature" git checkout -q -b feature/x origin/develop
commit . b.txt two "feat: two"
yes "its push" git push -q -u origin feature/x

yes "no change" as ann "$sluice" change list
has "No change is open."
hasnt CHANGE
yes "a draft" as ann "$sluice" change open --draft --quiet
yes "changes" as ann "$sluice" change list
row '^CHANGE +STATE +FROM +INTO +BY +TITLE$'
row '^#1 +draft +feature/x +develop +ann +feat: two$'
yes "ready, by #1 as the list shows it" as ann "$sluice" change ready '#1'
yes "changes" as ann "$sluice" change list
row '^#1 +open '
yes "what is in force on the server, where the branch has no file" env SLUICE_SERVER="$url" SLUICE_TOKEN="$(cat "$home.tokens/ann")" "$sluice" strategy show
has "in force in acme/app: preset:gitflow"
yes "nothing owed" as ann "$sluice" emergency list
has "Nothing is left open by an emergency."
yes "people" "$sluice" user list --home "$home"
row '^NAME +STATE +SINCE +FULL NAME$'
row '^ann +active +[0-9T:Z-]+ *$'
yes "one is disabled" "$sluice" user disable cy --home "$home"
yes "people" "$sluice" user list --home "$home"
row '^cy +disabled '
yes "tokens" "$sluice" token list --user ann --home "$home"
row '^ID +USER +BEGINS +SCOPES +EXPIRES +LAST USED +NAME$'
row '^[0-9]+ +ann +slu_[^ ]+ +[a-z:,]+ +never +[0-9T:Z-]+'
yes "roles" "$sluice" role list --home "$home" --repo acme/app
row '^NAME +ROLE +SINCE +BY$'
row '^ann +maintain +[0-9T:Z-]+ +operator$'
yes "repositories" "$sluice" repo list --home "$home"
row '^NAME +DEFAULT BRANCH +YOU MAY +CLONE$'
row '^acme/app +main +admin +http'
yes "the log" as ann "$sluice" audit log --kind change-opened
row '^SEQ +TIME +WHO +WHAT +WHERE$'
row '^[0-9]+ +[0-9T:Z-]+ +ann +change-opened +#1 feature/x$'
