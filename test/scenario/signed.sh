#!/usr/bin/env bash
# What the server makes is signed with its own key, and real Git verifies it with what the server publishes.
# shellcheck source=test/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
branches:
  main: {type: production, require: {approvals: 0, last-push-approval: false, threads-resolved: false}}
  development: {type: integration, base: main, require: {approvals: 0}}
  by-squash: {match: "s/{name}", type: work, base: development, into: {development: {method: squash}}}
  by-rebase: {match: "r/{name}", type: work, base: development, into: {development: {method: rebase}}}
  release: {match: "release/v{version}", type: release, base: development, require: {approvals: 0}, into: {main: {method: merge, tag: release, also-into: [development]}}}
tags: {release: {match: "v{version}", type: release, branches: main, annotated: true}}
releases: {changelog: CHANGELOG.md}
YML
server_start
repo "$test_dir/strategy.yml"
person lead admin
export SLUICE_SERVER=$url
git init -q "$test_dir/seed"
commit "$test_dir/seed" a.txt a "feat: begin"
yes "the branches" git -C "$test_dir/seed" push -q "$(remote_of lead)" main main:development
clone_as lead "$test_dir/w"
cd "$test_dir/w" || exit 1
curl -sf "$url/api/sluice/allowed-signers" >"$test_dir/signers" || fail "the signers are not published"
cmp -s "$test_dir/signers" "$home/keys/allowed-signers" || fail "HOME/keys/allowed-signers is another one"
yes "ssh" git config gpg.format ssh
yes "signers" git config gpg.ssh.allowedSignersFile "$test_dir/signers"
verified() { # COMMIT
	yes "the signature on $1" git verify-commit -v "$1"
	has 'Good "git" signature for sluice@localhost'
}

# --- squash, rebase, release commit, merge, tag
for kind in s r; do
	yes "fetch" git fetch -q origin
	yes "switch" git switch -qc "$kind/x" origin/development
	commit . "$kind.txt" 1 "feat: $kind"
	yes "push" git push -q origin "$kind/x"
	no "a person's commit has no signature of the server's" git verify-commit HEAD
	number=$(as lead change open "$kind/x" --into development 2>/dev/null) || fail "change open $kind/x"
	yes "merge" as lead change merge "$number"
	yes "fetch" git fetch -q origin
	verified origin/development
done
[ "$(git log -1 --format=%s origin/development)" = "feat: r" ] || fail "the message is another one"
yes "start" as lead release start 1.0.0
yes "fetch" git fetch -q origin
verified origin/release/v1.0.0
yes "finish" as lead release finish 1.0.0
yes "fetch" git fetch -q --tags origin
verified origin/main
yes "the tag" git verify-tag -v v1.0.0
has 'Good "git" signature for sluice@localhost'
yes "nothing is wrong with the objects" git fsck --strict

# --- no other text passes, and no other key
git cat-file commit origin/main | sed 's/^Merge change/Merge Change/' >"$test_dir/forged"
git cat-file commit origin/main | cmp -s - "$test_dir/forged" && fail "nothing was forged"
no "another message" git verify-commit "$(git hash-object -t commit -w "$test_dir/forged")"
yes "another key" ssh-keygen -q -t ed25519 -N '' -C '' -f "$test_dir/key"
echo "sluice@localhost $(cat "$test_dir/key.pub")" >"$test_dir/others"
no "with another key" git -c gpg.ssh.allowedSignersFile="$test_dir/others" verify-commit origin/main

# --- the key stays
server_stop || fail "the server did not end well"
server_start
[ "$(curl -sf "$url/api/sluice/allowed-signers")" = "$(cat "$test_dir/signers")" ] || fail "the key is another one after a restart"
[ "$(stat -c %a "$home/keys/signing.seed")" = 600 ] || fail "others may read the key"
