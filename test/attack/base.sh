#!/usr/bin/env bash
# Somebody who may push to a base, and not to the repository that extends it: to loosen its rules, to break it, to be faster, to read what he may not.
# Requirement: PR-6, BR-3
# Timeout: 240
# shellcheck source=test/scenario/lib.sh
. "$(dirname "$0")/../scenario/lib.sh"
# shellcheck source=test/scenario/base.lib.sh
. "$(dirname "$0")/../scenario/base.lib.sh"

base_begin eve write read
b=$test_dir/base
strict='strategy: 1
roles: {owner: maintain}
files: {forbid: [.env], max-size: 1MB}
branches:
  main: {type: production, allow: {create: admin, push: maintain, force-push: nobody}, require: {approvals: 1, checks: [unit]}}
  topic: {match: "t/*", type: work, base: main, into: {main: {require: {approvals: 1}}}}
checks: {unit: {on: {change: main}, allow: {report: "@ci"}}}
emergency: {by: owner, from: topic, into: main, require: {approvals: 1}}'
base "$strict"
tip=$(git -C "$b" rev-parse HEAD)
yes "accepted" sluice strategy accept acme/base:rules.yml --repo acme/app --as ann
clone_as bob "$test_dir/work"
commit "$test_dir/work" .sluice/strategy.yml $'strategy: 1\nextends: ["acme/base:rules.yml"]\nbranches: {main: {allow: {create: write}, require: {approvals: 2}}}' "feat: extend"
yes "extended" git -C "$test_dir/work" push -q origin HEAD:main

in_force() { sluice strategy show --repo acme/app --format json | sed -n 's/.*"digest": *"\([0-9a-f]*\)".*/\1/p' | tail -n 1; }
waits() { sluice strategy show --repo acme/app | grep -qF -- "$1"; }
events_of() { sluice audit log --repo acme/app --format json --limit 500 | grep -c "\"$1\""; }
was=$(in_force)
[ -n "$was" ] || fail "nothing is in force"
stays() { # WHAT SAYS: it waits, with this, and what was in force is
	await 20 waits "$2" || { out=$(sluice strategy show --repo acme/app | grep "^#"); fail "$1: nothing says: $2"; }
	[ "$(in_force)" = "$was" ] || fail "$1: it took force"
	[ "$(events_of strategy-base-adopted)" = 0 ] || fail "$1: it was adopted"
}

# --- each rule loosened, hidden among others that tighten
n=0
while IFS='|' read -r what sed says; do
	n=$((n + 1))
	base "$(sed "$sed" <<<"$strict" | sed "s/forbid: \[.env\]/forbid: [.env, x$n]/")"
	stays "$what" "$says"
done <<'END'
a role's level|s/owner: maintain/owner: write/|roles.owner
people with a role|s/owner: maintain/owner: {level: admin, members: ["@eve"]}/|roles.owner
who may push|s/push: maintain/push: [maintain, "@eve"]/|branches.main.allow.push
who may rewrite|s/force-push: nobody/force-push: write/|branches.main.allow.force-push
fewer checks|s/checks: \[unit\]/checks: []/|branches.main.require.checks
who may report a check|s/report: "@ci"/report: ["@ci", "@eve"]/|checks.unit.allow.report
fewer approvals on the edge|s/into: {main: {require: {approvals: 1}}}/into: main/|branches.topic.into.main
a rule that this repository's file replaces|s/approvals: 1, checks/approvals: 0, checks/|branches.main.require.approvals
an emergency for more|s/from: topic/from: topic, expires: 300d/|emergency.expires
an emergency for everybody|s/by: owner/by: read/|emergency.by
no enforcement|s/^files/enforcement: evaluate\nfiles/|enforcement
another way in|s/^checks/  more: {match: "m\/*", type: hotfix, base: main, into: main}\nchecks/|branches.more
a pattern that takes the name of another kind|s/"t\/\*"/"**"/|branches.topic.match
larger files|s/1MB/2MB/|files.max-size
commands where it is deployed|s/^emergency/environments: {live: {from: main, on: {push: main}, via: {run: "touch \/tmp\/evil"}}}\nemergency/|environments: (absent)
END

# --- broken, huge, no text, gone, with a base of its own
base "strategy: ["
stays "no YAML" "cannot be used here"
base "$(head -c 300000 /dev/zero | tr '\0' '#')
$strict"
stays "a huge file" "at most"
base $'strategy: 1\nextends: ["acme/app:other.yml", "acme/secret:rules.yml"]\n'"$(tail -n +2 <<<"$strict")"
stays "a base of its own that nobody accepted" "acme/app:other.yml"
rm "$b/rules.yml" && ln -s /etc/passwd "$b/rules.yml" && git -C "$b" add -A && git -C "$b" commit -qm "fix: link" && yes "link" git -C "$b" push -q -f origin HEAD:main
stays "a link" "takes no force by itself"
git -C "$b" rm -q rules.yml && git -C "$b" commit -q --allow-empty -m "fix: gone" && yes "gone" git -C "$b" push -q -f origin HEAD:main
stays "gone" "There is no file rules.yml"
no "what is gone is not accepted" sluice strategy accept acme/base:rules.yml --repo acme/app --as ann
base "strategy: ["
no "what is broken is not accepted" sluice strategy accept acme/base:rules.yml --repo acme/app --as ann
has "was not accepted"
[ "$(in_force)" = "$was" ] || fail "what could not be accepted is in force"
yes "the repository opens as before" git -C "$test_dir/work" push -q origin HEAD:refs/heads/t/1
yes "back" git -C "$b" push -q -f origin "$tip:main"
await 20 eval '! waits "another one"' || fail "it waits though it is what is in force"

# --- tightened, then pushed back: what came in does not go out again
git -C "$b" reset -q --hard "$tip"
base "$(sed 's/forbid: \[.env\]/forbid: [.env, id_rsa]/; s/push: maintain/push: admin/' <<<"$strict")"
await 20 eval '[ "$(in_force)" != "$was" ]' || fail "a tightened base does not take force"
was=$(in_force)
commit "$test_dir/work" id_rsa key "feat: key"
no "by the tightened rule" git -C "$test_dir/work" push -q origin HEAD:refs/heads/t/2
has "id_rsa"
git -C "$test_dir/work" reset -q --hard HEAD~1
yes "backwards" git -C "$b" push -q -f origin "$tip:main"
await 20 waits "takes no force by itself" || fail "a base that went backwards is not told"
[ "$(in_force)" = "$was" ] || fail "a base that went backwards took force"

# --- another text between reading and accepting
yes "show" sluice strategy show --repo acme/app
command=$(sed -n 's/.*after reading it: sluice //p' <<<"$out")
base "$(sed 's/report: "@ci"/report: "@eve"/' <<<"$strict")"
no "what came after it was read" bash -c "'$sluice' $command --home '$home' --as ann"
has "moved on"
[ "$(in_force)" = "$was" ] || fail "another text than was read is in force"

# --- both move at once: whatever lands, no rule that is in force was passed by
base "$(sed 's/forbid: \[.env\]/forbid: [.env, id_rsa]/; s/push: maintain/push: admin/' <<<"$strict")"
await 20 eval '! waits "another one"' || fail "it waits though it is what is in force"
forbid=
for i in 1 2 3 4 5 6; do
	commit "$test_dir/work" "race$i" text "feat: race $i"
	forbid="$forbid, race$i"
	base "$(sed "s/forbid: \[.env\]/forbid: [.env, id_rsa$forbid]/; s/push: maintain/push: admin/" <<<"$strict")" &
	git -C "$test_dir/work" push -q origin "HEAD:refs/heads/t/race$i" 2>/dev/null
	wait $!
	await 20 eval "sluice strategy show --repo acme/app | grep -q '\"race$i\"\\|race$i'" || fail "round $i: it does not take force"
	git -C "$test_dir/work" reset -q --hard HEAD~1
done
# of each branch that landed the log has the push before the rule that forbids it
for i in 1 2 3 4 5 6; do
	landed=$(sqlite3 "file:$home/sluice.db?mode=ro" "SELECT coalesce(max(seq), 0) FROM event WHERE repo = 'acme/app' AND kind = 'branch-created' AND ref = 'refs/heads/t/race$i'")
	ruled=$(sqlite3 "file:$home/sluice.db?mode=ro" "SELECT min(seq) FROM event WHERE repo = 'acme/app' AND kind = 'strategy-base-adopted' AND data LIKE '%race$i%'")
	[ -n "$ruled" ] && [ "$landed" -lt "$ruled" ] || fail "race$i landed as event $landed, after event $ruled forbade it"
done

# --- tightened until nothing moves: what was in force before is accepted at its commit, and held
base "$(sed "s/forbid: \[.env\]/forbid: [.env, id_rsa$forbid]/; s/push: maintain/push: nobody/; s/force-push: nobody}/force-push: nobody, merge: nobody}/" <<<"$strict")"
await 20 eval 'sluice strategy show --repo acme/app | grep -q "merge: nobody"' || fail "it does not take force"
free=$(git -C "$b" rev-parse HEAD~1)
no "what is no commit" sluice strategy accept acme/base:rules.yml --commit HEAD~1 --repo acme/app --as ann
yes "held" sluice strategy accept acme/base:rules.yml --commit "$free" --repo acme/app --as ann
yes "show" sluice strategy show --repo acme/app
hasnt "merge: nobody"
has ", held"
base "$(sed "s/forbid: \[.env\]/forbid: [.env, id_rsa$forbid, later]/; s/push: maintain/push: admin/" <<<"$strict")"
await 20 waits "It is held" || { out=$(sluice strategy show --repo acme/app | grep "^#"); fail "nothing says that it is held"; }
await 20 waits "only tightens: files.forbid" || { out=$(sluice strategy show --repo acme/app | grep "^#"); fail "nothing says what the newest one would change"; }
yes "show" sluice strategy show --repo acme/app
hasnt "merge: nobody"
yes "not held any more" sluice strategy accept acme/base:rules.yml --repo acme/app --as ann

# --- who accepted it may no longer read it: nothing of it reaches him
was=$(in_force)
yes "ann leaves" sluice role revoke ann read --repo acme/base
base "$(sed "s/forbid: \[.env\]/forbid: [.env, id_rsa$forbid, later, hush]/; s/push: maintain/push: admin/" <<<"$strict")"
await 20 waits "may no longer read" || fail "somebody who may no longer read it is not told apart"
[ "$(in_force)" = "$was" ] || fail "it took force for somebody who may not read it"
yes "show" sluice strategy show --repo acme/app
hasnt hush
no "nor does he accept it" sluice strategy accept acme/base:rules.yml --repo acme/app --as ann
hasnt hush

# --- of a base that is read-only nothing is taken
yes "ann returns" sluice role grant ann read --repo acme/base
await 20 eval 'sluice strategy show --repo acme/app | grep -q hush' || fail "it does not take force when she may again"
was=$(in_force)
base "$(sed "s/forbid: \[.env\]/forbid: [.env, id_rsa$forbid, later, hush, more]/; s/push: maintain/push: admin/" <<<"$strict")" &
wait $!
server_kill
was=$(sqlite3 "$home/sluice.db" "SELECT digest FROM accepted")
sqlite3 "$home/sluice.db" "UPDATE repo SET read_only = 'a ref is odd' WHERE name = 'base'" || fail "sqlite3"
server_start
if ! sqlite3 "file:$home/sluice.db?mode=ro" "SELECT text FROM accepted" | grep -q more; then # else it was faster than the kill
	await 20 waits "acme/base is read-only" || fail "a read-only base is not told"
	[ "$(sqlite3 "file:$home/sluice.db?mode=ro" "SELECT digest FROM accepted")" = "$was" ] || fail "a read-only base took force"
fi
yes "the log is whole" sluice audit verify
