#!/usr/bin/env bash
# --dry-run on everything that acts: the exit code is that of the act, words say what would be done, and nothing has changed: no ref,
# no event, no file.
# Requirement: PR-6
. "$(dirname "$0")/lib.sh"

# --- each command reads, or acts and takes --dry-run
reads=" next release-boxes calendar owners serve schema status commit-lint commit-parse version-bump version-check version-compare version-sort \
audit-export audit-head audit-key audit-log audit-prove audit-verify branch-list change-list change-show emergency-list env-list env-show \
preset-list preset-show repo-list role-list strategy-check strategy-show token-list user-list why-merge why-push why-tag why-delete why-deploy check \
completion man hooks-status replay secrets-baseline secrets-rules secrets-scan strategy-diff strategy-graph log adopt-plan ecosystem-status "
"$sluice" --help | sed -n '/^Begin/,/^First steps/ s/^  \([a-z]\)/\1/p' | sed -E 's/  +.*//' >"$test_dir/commands"
[ "$(wc -l <"$test_dir/commands")" -gt 50 ] || fail "the commands are not found in --help"
while read -r words; do
	# shellcheck disable=SC2086 # the words of a command
	out=$("$sluice" $words --help)
	case $reads in *" ${words// /-} "*) continue ;; esac
	has "--dry-run"
done <"$test_dir/commands"

state() { # all that a command could change
	(cd "$test_dir" && find home/repos home/keys -type f -o -type d | sort) 2>/dev/null
	[ ! -f "$home/sluice.db" ] || events
	[ ! -d "$home/repos/acme/app.git" ] || refs
}
dry() { # CODE WORDS COMMAND ...
	local want=$1 words=$2 before rc
	before=$(state)
	shift 2
	out=$("$sluice" "$@" --dry-run 2>&1)
	rc=$?
	[ "$rc" = "$want" ] || fail "$*: exit code $rc, not $want"
	has "$words"
	[ "$(state)" = "$before" ] || fail "$*: a dry run changed something"
}

# --- a home that is not there is not made
dry 2 "There is no server home" user add ann --home "$home"
[ ! -e "$home" ] || fail "a dry run made a home"
export SLUICE_HOME=$home
server_start
repo
person lead admin
person bob write
git init -q "$test_dir/seed"
commit "$test_dir/seed" a 1 "feat: begin"
yes "a push" git -C "$test_dir/seed" push -q "$(remote_of lead)" main

dry 0 "ann would be added" user add ann
dry 2 "cannot be the name" user add "a b"
dry 2 "bob" user add bob
dry 0 "bob would be disabled" user disable bob
dry 2 "nobody-here" user enable nobody-here
dry 0 "A token of bob with the scopes" token create --user bob
hasnt slu_
out=$("$sluice" token create --user bob --dry-run --format json) || fail "JSON of a dry run"
hasnt '"token"'
dry 2 "no scope" token create --user bob --scope everything
id=$("$sluice" token list --user bob --format json | jq '.[0].id')
dry 0 "would be revoked" token revoke "$id"
dry 2 "There is no token" token revoke 4711
dry 0 "bob would be maintain of acme/app" role grant bob maintain --repo acme/app
dry 2 "neither a level" role grant bob emperor --repo acme/app
dry 0 "bob would no longer be write of acme/app" role revoke bob write --repo acme/app
dry 0 "lead would be admin of the server" role grant lead admin --on-server
dry 0 "acme/new would be made" repo create acme/new
dry 2 "already a repository" repo create acme/app
git -C "$test_dir/seed" branch -qm trunk
dry 0 "with the default branch trunk" repo import acme/new "$test_dir/seed"
mkdir "$test_dir/empty"
dry 2 "" repo import acme/new "$test_dir/nothing"
dry 2 "is no Git repository" repo import acme/new "$test_dir/empty"
dry 0 "1 repository with 1 ref" backup "$test_dir/backup"
[ ! -e "$test_dir/backup" ] || fail "a dry run made the folder of a backup"
dry 2 "is not empty" backup "$test_dir/seed"
dry 2 "there is nothing to restore" strategy restore --repo acme/app
dry 2 "" emergency done 7 --note x --repo acme/app

yes "a backup" "$sluice" backup "$test_dir/backup"
dry 2 "is not empty" restore "$test_dir/backup" --home "$test_dir/seed"
dry 0 "would be brought to" restore "$test_dir/backup" --home "$test_dir/new"
[ ! -e "$test_dir/new" ] || fail "a dry run restored a home"

# --- over HTTP, and by the rights of the one who asks
who=bob
http 403 PUT "/api/sluice/repos/acme/app/roles/bob/admin?dry_run=true"
who=lead
out=$("$sluice" token create --user lead --scope admin) || fail "token"
printf '%s\n' "$out" | tail -n 1 >"$home.tokens/lead"
http 200 PUT "/api/sluice/repos/acme/app/roles/bob/admin?dry_run=true"
has '"dry_run":true'
http 422 POST "/api/sluice/audit/verify?dry_run=true" '{}'
has "There is no dry run of this"
exit 0
