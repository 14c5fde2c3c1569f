#!/usr/bin/env bash
# Signatures as the guide sets them up, asked for in a clone and by the hook of a bare repository, with the real git, ssh-keygen and gpg.
# Requirement: CM-2
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"
command -v ssh-keygen >/dev/null || { echo "ssh-keygen is not here"; exit 77; }

cd "$work" && ssh-keygen -q -t ed25519 -N '' -C ann -f key && ssh-keygen -q -t ed25519 -N '' -C stranger -f other || fail "keys"
git init -q repo && cd repo && mkdir .sluice || fail "init"
cat >.sluice/strategy.yml <<'Y'
strategy: 1
branches:
  main: {type: production, require: {signed: true, approvals: 0, last-push-approval: false, threads-resolved: false, up-to-date: false}, allow: {merge: write}}
  work: {match: "work/{name}", type: work, base: main}
tags: {release: {match: "v{version}", type: release, signed: true, allow: {create: write}}}
Y
printf 'ann@example.org %s\n' "$(cat ../key.pub)" >.sluice/allowed-signers
git add -A && c "chore: begin" || fail "begin"
git config gpg.format ssh && git config user.signingkey "$work/key" || fail "config"

on -c work/a
c "feat: a"
asked="why merge"
asks 1 work/a
has "main.require.signed"
has "not signed"
tick && git commit -q --amend --allow-empty -S -m "feat: a" || fail "sign"
asks 0 work/a --all
has "1 commit, signed by its committer"
git config user.signingkey "$work/other"
tick && git commit -q --amend --allow-empty -S -m "feat: a" || fail "sign by another"
asks 1 work/a
has "main.require.signed"

# Tags, and all that there is.
git config user.signingkey "$work/key"
asked=check
tick && git tag -s -m v1.0.0 v1.0.0 main || fail "tag"
asks 0 --all
tick && git tag -a -m v1.1.0 v1.1.0 main || fail "tag"
asks 1 --all
has "tags.release.signed"
git tag -d v1.1.0 >/dev/null

# The hook of a bare repository takes the tag that is signed, and no other.
git clone -q --bare . "$work/bare.git" && cd "$work/bare.git" && git tag -d v1.0.0 >/dev/null && "$sluice" hooks install --bare >/dev/null 2>&1 || fail "bare"
cd "$work/repo" || exit 1
yes "the signed tag is refused" git push -q "$work/bare.git" v1.0.0
tick && git tag -a -m v1.2.0 v1.2.0 main || fail "tag"
no "a tag without a signature is taken" git push -q "$work/bare.git" v1.2.0
has "signed"
echo ok
