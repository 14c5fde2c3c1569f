#!/usr/bin/env bash
# Past the scan for secrets: in the middle of a push, in a commit that only a tag names, by a rename, in a merge, as a large file or one
# of a few bytes that swells, beside ten thousand that are allowed, with the list in the push itself. No answer, page or log has the secret.
# Requirement: CM-4, PR-6
# Timeout: 300
. "$(dirname "$0")/../scenario/lib.sh"
. "$(dirname "$0")/push.lib.sh"
cat >"$test_dir/strategy.yml" <<'END'
strategy: 1
files: {scan: secrets}
branches:
  main: {type: production, allow: {create: admin, push: admin, merge: write}, require: {approvals: 0, checks: [], last-push-approval: false}}
  feature: {match: "feature/{name}", type: work, base: main, into: {main: {method: merge}}}
tags:
  label: {match: "label/{name}", type: label, allow: {create: write}}
END
server_start
begin "$test_dir/strategy.yml" HEAD:main
token() { echo "glpat-$(printf '%s' "$1" | sha1sum | base64 | cut -c1-20)"; }
on() { git -C "$c" checkout -q -f -B "$1" origin/main; } # BRANCH
refused() { # WHAT WORDS REFSPEC
	no "$1" git -C "$c" push -q origin "$3"
	has "files.scan"
	has "$2"
	hasnt "$secret"
}

secret=$(token one)
on feature/middle
commit "$c" conf "k: $secret" "feat: one"
commit "$c" conf "k: none" "fix: none"
refused "a commit in the middle" "conf:1" feature/middle
[ -z "$(refs | grep middle)" ] || fail "the ref moved"
yes "a tag of it" git -C "$c" tag label/x HEAD~1
refused "only a tag" "conf:1" label/x
git -C "$c" update-ref refs/heads/feature/inner HEAD~1
refused "as the tip" "conf:1" feature/inner

on feature/merge
commit "$c" m 1 "feat: m"
git -C "$c" checkout -q -B side origin/main && commit "$c" s 1 "feat: s" && git -C "$c" checkout -q feature/merge
git -C "$c" merge -q --no-commit side >/dev/null && printf '%s\n' "$secret" >"$c/m" && git -C "$c" commit -qam "feat: merged" || fail "merge"
refused "what a merge itself brings" "m:1" feature/merge

on feature/listed
mkdir -p "$c/.sluice" && printf '%s\n' "$secret" >"$c/t" && git -C "$c" add -A && git -C "$c" commit -qm "feat: t"
(cd "$c" && "$sluice" secrets baseline 2>/dev/null) >"$test_dir/list" && cp "$test_dir/list" "$c/.sluice/secrets.baseline"
git -C "$c" add -A && git -C "$c" commit -qm "feat: list"
refused "the list in the push" "t:1" feature/listed

# The file ends beyond what is held in memory at once; or it is a few bytes in the pack, and hundreds of megabytes when it is read.
on feature/large
{ head -c 17000000 /dev/urandom; printf '\n%s\n' "$secret"; } >"$c/large" && git -C "$c" add -A && git -C "$c" commit -qm "feat: large"
refused "at the end of a large file" "large:" feature/large
on feature/swells
{ head -c 250000000 /dev/zero; printf '\n%s\n' "$secret"; } >"$c/swells" && git -C "$c" add -A && git -C "$c" commit -qm "feat: swells"
refused "at the end of one that swells" "swells:2" feature/swells
stays_below 200000

# Thousands that a comment allows, and one that none does; more than are counted.
on feature/many
for i in $(seq 1500); do printf 'k = "%s" # sluice:allow-secret\n' "$(token "$i")"; done >"$c/many" && printf '\n\n%s\n' "$secret" >>"$c/many"
git -C "$c" add -A && git -C "$c" commit -qm "feat: many"
refused "after many that are allowed" "many:1503" feature/many
for i in $(seq 1501 2600); do printf 'k = "%s" # sluice:allow-secret\n' "$(token "$i")"; done >>"$c/many" && sed -i "/^$secret/d" "$c/many"
git -C "$c" add -A && git -C "$c" commit -q --amend -m "feat: many"
refused "more than are counted" "more secrets than are counted" feature/many

# What is there is no matter; what people say is none lands by the list on the default branch, from then on.
on list
mkdir -p "$c/.sluice" && cp "$test_dir/list" "$c/.sluice/secrets.baseline" && git -C "$c" add -A && git -C "$c" commit -qm "feat: list"
yes "the list lands" git -C "$c" push -q origin HEAD:main
yes "then what it names" git -C "$c" push -q origin feature/middle
refused "and nothing else" "many" feature/many

! grep -q "$secret" "$test_dir/log" || fail "the server's log has the secret"
strings "$home/sluice.db" "$home"/sluice.db-* 2>/dev/null | grep -qF "$secret" && fail "the database has the secret"
yes "the audit log" audit_verifies ann
exit 0
