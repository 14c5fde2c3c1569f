#!/usr/bin/env bash
# Signed commits and tags with real keys of OpenSSH and GnuPG, and past them: the signature of another commit, a key that nobody knows, one
# that has expired or was taken back, backdated, a signer who is not the committer, two signatures, two committers, keys that come with the change.
# Requirement: PR-4
# Timeout: 300
. "$(dirname "$0")/../scenario/lib.sh"
command -v gpg >/dev/null || { echo "gpg is not there"; exit 77; }
cat >"$test_dir/strategy.yml" <<'END'
strategy: 1
branches:
  main: {type: production, allow: {create: admin, push: admin, merge: write}, require: {approvals: 0, checks: [], last-push-approval: false, up-to-date: false, signed: true}}
  feature: {match: "feature/{name}", type: work, base: main, into: {main: {method: merge}}, after-merge: keep}
tags:
  release: {match: "v{version}", branches: main, annotated: true, signed: true, allow: {create: write}}
END
keys=$test_dir/keys
export GNUPGHOME=$test_dir/gnupg HOME=$test_dir
mkdir -m 700 "$keys" "$GNUPGHOME"
for name in ann bob old stranger; do ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$keys/$name" || fail "ssh-keygen"; done
gpg_key() { gpg --batch --quiet --pinentry-mode loopback --passphrase '' --faked-system-time "${2:-20260101T000000}" --quick-generate-key "$1" ed25519 sign "${3:-none}" 2>/dev/null || fail "gpg: a key for $1"; }
gpg_key "Cat <cat@example.org>"
gpg_key "Dan <dan@example.org>" 20200101T000000 1y
gpg_key "Eve <eve@example.org>"
gpg_key "Fay <fay@example.org>"
gpg --batch --quiet --export --armor cat@example.org dan@example.org fay@example.org >"$keys/pgp" || fail "gpg --export"
cat >"$keys/allowed" <<END
ann@example.org $(cut -d' ' -f1,2 "$keys/ann.pub")
bob@example.org namespaces="git" $(cut -d' ' -f1,2 "$keys/bob.pub")
old@example.org valid-before="20210101" $(cut -d' ' -f1,2 "$keys/old.pub")
END
server_start
repo "$test_dir/strategy.yml"
person lead admin
clone_as lead "$test_dir/c"
c=$test_dir/c
cd "$c" || exit 1
mkdir .sluice && cp "$keys/allowed" .sluice/allowed-signers && cp "$keys/pgp" .sluice/allowed-signers.asc && cp "$test_dir/strategy.yml" .sluice/strategy.yml
git add -A && git commit -qm "feat: begin" && yes "begin" git push -q origin HEAD:main
export SLUICE_SERVER=$url SLUICE_TOKEN
SLUICE_TOKEN=$(cat "$home.tokens/lead")
n=0
ssh_as() { git config gpg.format ssh && git config user.signingKey "$keys/$1.pub" && git config user.email "${2:-$1@example.org}"; }
pgp_as() { git config gpg.format openpgp && git config user.signingKey "$1@example.org" && git config user.email "${2:-$1@example.org}"; }
on() { # a branch of its own, with something to commit
	n=$((n + 1))
	git checkout -q -f -B "feature/n$n" origin/main && echo "$n" >"f$n" && git add -A || fail "a branch"
}
signed() { git commit -q -S -m "feat: x" "$@" || fail "git commit -S"; }
unsigned() { git commit -q -m "feat: x" "$@" || fail "git commit"; }
raw_head() { git cat-file commit HEAD; }
becomes() { # FILE: the commit of this branch is these bytes
	local id
	id=$(git hash-object -t commit -w --literally "$1") && git update-ref "refs/heads/feature/n$n" "$id" && git reset -q --hard || fail "a commit of $1"
}
sig_of() { awk '/^$/ { exit } /^gpgsig/ { on = 1; print; next } on && /^ / { print; next } { on = 0 }' "$1"; }
with_sig() { # FILE SIG: the signature header of one in another's place
	awk 'FNR == NR { sig = sig $0 "\n"; next } body { print; next } /^$/ { printf "%s", sig; body = 1; print; next } /^gpgsig/ { skip = 1; next } skip && /^ / { next } { skip = 0; print }' "$2" "$1"
}
judged() { # the change of this branch
	yes "push" git push -q origin "feature/n$n"
	number=$("$sluice" change open "feature/n$n" --into main --repo acme/app --title "feat: $n" 2>/dev/null) || fail "change open"
}
lands() { # WHAT
	judged
	yes "$1" "$sluice" change merge "$number" --repo acme/app
	yes "fetch" git fetch -q origin
}
refused() { # WHAT WORDS
	judged
	code 1 "$sluice" change merge "$number" --repo acme/app
	has "require.signed"
	case $(echo $out) in *"$2"*) ;; *) fail "$1: it does not say: $2" ;; esac
}

# --- what is right
ssh_as ann; on; signed; lands "signed by OpenSSH"
git cat-file commit HEAD >"$test_dir/good"
pgp_as cat; on; signed; lands "signed by GnuPG"
on; unsigned --author "Ann <ann@example.org>"; ssh_as bob; signed --amend; lands "the committer signs, whoever the author is"

# --- the signer is not the one
on; unsigned; refused "no signature" "not signed"
ssh_as stranger; on; signed; refused "a key that nobody knows" "a key that nobody knows here: SHA256:"
pgp_as eve; on; signed; refused "the same of GnuPG" "a key that nobody knows here"
ssh_as bob ann@example.org; on; signed; refused "another signer" "signed by bob@example.org, who is not its committer"
pgp_as cat ann@example.org; on; signed; refused "the same of GnuPG" "signed by cat@example.org, who is not its committer"
ssh_as stranger; on
printf '%s %s\n' stranger@example.org "$(cut -d' ' -f1,2 "$keys/stranger.pub")" >>.sluice/allowed-signers
git add -A; signed; refused "a key that comes with the change" "a key that nobody knows here"

# --- the key holds no more, whatever time the commit says
ssh_as old; on; signed; refused "expired" "holds no more"
on; GIT_COMMITTER_DATE='2020-06-01T00:00:00Z' signed; refused "expired, and backdated" "holds no more"
pgp_as dan; on
printf '#!/bin/sh\nexec gpg --faked-system-time 20200601T000000 "$@"\n' >"$test_dir/past" && chmod +x "$test_dir/past"
git config gpg.program "$test_dir/past"
GIT_COMMITTER_DATE='2020-06-01T00:00:00Z' signed; refused "the same of GnuPG" "holds no more"
git config --unset gpg.program

# --- the signature is of something else
ssh_as ann; on; signed; raw_head | sed 's/^feat: x/feat: y/' >"$test_dir/raw"
becomes "$test_dir/raw"; refused "another message" "does not fit"
on; signed; raw_head >"$test_dir/own"; sig_of "$test_dir/good" >"$test_dir/sig"; with_sig "$test_dir/own" "$test_dir/sig" >"$test_dir/raw"
becomes "$test_dir/raw"; refused "the signature of another commit" "does not fit"
pgp_as cat; on; signed; raw_head | sed 's/^feat: x/feat: y/' >"$test_dir/raw"
becomes "$test_dir/raw"; refused "the same of GnuPG" "does not fit"
ssh_as bob; on; signed; raw_head >"$test_dir/own"; { sig_of "$test_dir/own"; sig_of "$test_dir/own"; } >"$test_dir/sig"; with_sig "$test_dir/own" "$test_dir/sig" >"$test_dir/raw"
becomes "$test_dir/raw"; refused "two signatures" "does not fit"

# Two committers: people are shown the first, so the first is who must have signed.
on; unsigned; raw_head | sed 's/^committer .*/committer Ann <ann@example.org> 1700000000 +0000\ncommitter Bob <bob@example.org> 1700000000 +0000/' >"$test_dir/two"
ssh-keygen -q -Y sign -n git -f "$keys/bob" <"$test_dir/two" 2>/dev/null | sed '1s/^/gpgsig /;2,$s/^/ /' >"$test_dir/sig"
[ -s "$test_dir/sig" ] || fail "ssh-keygen -Y sign"
with_sig "$test_dir/two" "$test_dir/sig" >"$test_dir/raw"
becomes "$test_dir/raw"
if git push -q origin "feature/n$n" 2>/dev/null; then refused "two committers" "signed by bob@example.org, who is not its committer"; fi

# --- taken back: the key as it is on the default branch now
pgp_as fay; on; signed; judged
sed 's/^:-----BEGIN/-----BEGIN/' "$GNUPGHOME/openpgp-revocs.d/$(gpg --batch --with-colons --list-keys fay@example.org | awk -F: '/^fpr/ { print $10; exit }').rev" | gpg --batch --quiet --import 2>/dev/null || fail "revoke"
git checkout -q -f -B list origin/main && gpg --batch --quiet --export --armor cat@example.org fay@example.org >.sluice/allowed-signers.asc && git add -A || fail "keys"
unsigned; yes "the keys land" git push -q origin HEAD:main
code 1 "$sluice" change merge "$number" --repo acme/app
has "holds no more"
yes "fetch" git fetch -q origin

# --- tags
tag_pushed() { # VERSION: signed, at main
	git tag -s -m "a tag" "$1" origin/main || fail "git tag -s"
	git push -q origin "$1"
}
ssh_as ann; yes "a signed tag" tag_pushed v1.0.0
git tag -a -m "two" v2.0.0 origin/main; no "an unsigned tag" git push -q origin v2.0.0
has "tags.release.signed"; has "not signed"
ssh_as bob ann@example.org; no "another signer" tag_pushed v3.0.0
has "who is not its tagger"
git cat-file tag v1.0.0 | sed 's/^tag v1.0.0/tag v4.0.0/' >"$test_dir/raw"
git update-ref refs/tags/v4.0.0 "$(git hash-object -t tag -w "$test_dir/raw")" || fail "a tag"
no "the signature of another tag" git push -q origin v4.0.0
has "does not fit"
pgp_as cat; yes "a tag signed by GnuPG" tag_pushed v5.0.0

# What the server makes is signed by the server, and counts when it comes in with something else.
ssh_as ann; on; signed; lands "the last one"
[ "$(git log -1 --format=%ce origin/main)" = sluice@localhost ] || fail "the merge is not the server's"
server_stop
out=$(ls -d "${TMPDIR:-/tmp}"/sluice-keys-* 2>/dev/null)
[ -z "$out" ] || fail "folders of keys are left"
