#!/usr/bin/env bash
# A strategy file that came to be unusable behind the server's back: the last good one stays in force, and the operator puts it back.
# Requirement: PR-6
# shellcheck source=test/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

server_start
printf 'strategy: 1\nbranches: {main: {type: production, allow: {create: write, push: write}}, topic: {match: "t/*", type: work, base: main}}\n' >"$test_dir/base.yml"
repo "$test_dir/base.yml"
person ann admin
export SLUICE_SERVER=$url
git_dir=$home/repos/acme/app.git
clone_as ann "$test_dir/w"
commit "$test_dir/w" .sluice/strategy.yml "$(cat "$test_dir/base.yml"; echo '# ours')" "feat: our strategy"
yes "it is in force" git -C "$test_dir/w" push -q origin HEAD:main
no "nothing to restore" "$sluice" strategy restore --home "$home" --repo acme/app
has "nothing to restore"

page() { curl -sf -u "ann:$(cat "$home.tokens/ann")" -H 'Accept: text/html' "$url/acme/app/strategy"; }
event() { curl -sf -u "ann:$(cat "$home.tokens/ann")" "$url/api/sluice/repos/acme/app/events"; }
behind() { # COMMIT becomes main without the server
	yes "behind the server's back" git --git-dir="$git_dir" update-ref refs/heads/main "$1"
}

# --- an invalid file
commit "$test_dir/w" .sluice/strategy.yml "strategy: [no" "feat: nonsense"
no "a push of it is refused" git -C "$test_dir/w" push -q origin HEAD:main
pack=$(git -C "$test_dir/w" rev-list --objects HEAD ^origin/main | git -C "$test_dir/w" pack-objects -q --stdout | git --git-dir="$git_dir" index-pack --stdin --fix-thin) || fail "the objects: $pack"
bad=$(git -C "$test_dir/w" rev-parse HEAD)
behind "$bad"
out=$(page) || fail "the page"
has "stays in force"
yes "its rules hold" git -C "$test_dir/w" push -q origin origin/main:refs/heads/t/x
no "and no others" git -C "$test_dir/w" push -q origin origin/main:refs/heads/u/x
token=$("$sluice" token create --user ann --scope admin,repo:write --home "$home" 2>/dev/null) || fail "a token"
out=$(SLUICE_TOKEN=$token "$sluice" strategy restore --repo acme/app 2>&1) && fail "an administrator is not the operator"
has "operator"
yes "restore" "$sluice" strategy restore --home "$home" --repo acme/app
has "puts the text of"
yes "fetch" git -C "$test_dir/w" fetch -q origin
[ "$(git -C "$test_dir/w" show origin/main:.sluice/strategy.yml)" = "$(cat "$test_dir/base.yml"; echo '# ours')" ] || fail "the file is not the good one"
[ "$(git -C "$test_dir/w" rev-parse origin/main^)" = "$bad" ] || fail "it is not one commit on what was there"
out=$(page) || fail "the page"
hasnt "stays in force"
out=$(event)
has strategy-restored
no "nothing more to restore" "$sluice" strategy restore --home "$home" --repo acme/app

# --- a damaged object: not readable for anybody
blob=$(git --git-dir="$git_dir" rev-parse main:.sluice/strategy.yml)
commit "$test_dir/w" other.txt 1 "feat: other"
yes "unpacked" sh -c "cd '$git_dir' && mkdir '$test_dir/packs' && mv objects/pack/* '$test_dir/packs' 2>/dev/null; for p in '$test_dir'/packs/*.pack; do [ -f \"\$p\" ] && git --git-dir=. unpack-objects -q <\"\$p\"; done; :"
file=$git_dir/objects/${blob:0:2}/${blob:2}
[ -f "$file" ] || fail "there is no loose object $file"
chmod u+w "$file" && printf damaged >"$file" || fail "damage"
server_stop
server_start
export SLUICE_SERVER=$url
out=$(page) || fail "the page"
has "stays in force"
yes "restore" "$sluice" strategy restore --home "$home" --repo acme/app
out=$(page) || fail "the page"
hasnt "stays in force"
out=$(git --git-dir="$git_dir" show main:.sluice/strategy.yml) || fail "the file cannot be read"
has "# ours"
await 10 audit_verifies ann || fail "the audit log does not verify"
