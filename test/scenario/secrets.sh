#!/usr/bin/env bash
# What looks like a secret, in a clone and in a bare repository: the files of a commit, what is staged, a range, all of the history;
# comments and the baseline; never the secret itself. Tokens are put together here: none stands in this file.
# Requirement: CM-4
. "$(dirname "$0")/offline.lib.sh"
asked=secrets
scans() { # CODE WORDS, and nothing of a secret
	asks "$@"
	case $out in *Xy7kQ2m* | *Zq4wE8r*) fail "secrets $* shows a secret" ;; esac
}
one=glpat-$(echo Xy7kQ2mN9pRt4vWz8sLb)
two=glpat-$(echo Zq4wE8rT1yU6iO3pA5sD)

cd "$work" || exit 1
scans 2 scan
has "in no Git repository"
git init -q -b main repo && cd repo && git config user.name ann && git config user.email ann@example.org || fail "init"
printf 'a\n' >a && git add -A && git commit -qm "chore: begin" || fail "commit"
scans 0 scan
has "1 file looked through, 0 secrets found."

# Staged, not what lies beside it.
mkdir conf && printf 'x: 1\ntoken: %s\n' "$one" >conf/app.yml
scans 0 scan --staged
git add conf
printf 'x: 1\n' >conf/app.yml
scans 1 scan --staged
has "conf/app.yml:2: looks like a GitLab personal access token (gitlab-pat)"
git config diff.relative true && mkdir beside && cd beside || fail "folder" # whoever set this wants diffs of where he stands, and no fewer secrets
scans 1 scan --staged
has "conf/app.yml:2: looks like"
cd .. && git config --unset diff.relative
scans 0 scan
git commit -qm "feat: conf" && git add -A && git commit -qm "fix: no token" || fail "commit"

# Gone from the files, still in the history.
scans 0 scan
scans 1 scan HEAD~2..HEAD
has "conf/app.yml:2: looks like a GitLab personal access token (gitlab-pat), in $(git rev-parse HEAD~1 | cut -c1-10)"
scans 0 scan HEAD~1..
scans 1 scan --all
scans 1 scan HEAD~1
scans 1 scan --all --format json
[ "$("$sluice" secrets scan --all --format json 2>/dev/null | jq -r '.[] | "\(.path) \(.line) \(.rule) \(.allowed) \(.listed)"')" = "conf/app.yml 2 gitlab-pat false false" ] || fail "json"

# Said to be none: in a comment, in the list; one more is one too many.
printf 'y = "%s" # sluice:allow-secret: of the tests\n' "$two" >b && git add b
scans 0 scan --staged
has "1 allowed by a comment"
git commit -qm "feat: b"
mkdir .sluice
scans 0 baseline --all
has "gitlab-pat  conf/app.yml:2"
hasnt " b:1"
"$sluice" secrets baseline --all >.sluice/secrets.baseline 2>/dev/null || fail "baseline"
scans 0 scan --all
has "1 listed in .sluice/secrets.baseline"
printf 'z = %s\n' "$two" >c && git add c
scans 1 scan --staged
has "c:1"
scans 1 scan --all --baseline /dev/null
scans 2 scan --all --baseline none
scans 2 scan --all HEAD

# What a file is called is no entry of the list, and no command to a terminal. A link may lead to a secret.
git reset -q --hard && git clean -qfd
name=$'x\nattack  gitlab-pat\e[2J\u202e'
printf '%s' "$two" >"$name" && ln -s "$one" link && git add -A && git commit -qm "feat: names" || fail "names"
scans 1 scan
has "link:1: looks like"
has "x?attack  gitlab-pat?[2J?:1: looks like"
scans 0 baseline
has "gitlab-pat  x?attack"
[ "$(grep -c '^attack' <<<"$out")" = 0 ] || fail "a name became an entry"
git reset -q --hard HEAD~1

# A name that tells; a large file, read in pieces; one that no line breaks.
git reset -q --hard && git clean -qfd
touch id_rsa && git add id_rsa
scans 0 scan --staged
echo x >id_rsa && git add id_rsa
scans 1 scan --staged
has "id_rsa: a file of this name holds a private SSH key (file-name)"
git reset -q --hard
{ head -c 20000000 /dev/zero | tr '\0' 'a'; printf ' %s ' "$one"; head -c 3000000 /dev/zero; printf '\n%s' "$two"; } >big && git add big
scans 1 scan --staged
has "big:1: looks like"
has "big:2: looks like"
git commit -qm "feat: big"

# A bare one, and a strategy's own words of a push.
git clone -q --bare . "$work/bare.git" && cd "$work/bare.git" || fail "clone"
scans 1 scan
has "big:2: looks like a GitLab personal access token (gitlab-pat)"
scans 2 scan --staged
has "in no Git work tree"

# A part of the history is not told as clean.
git clone -q --depth 1 "file://$work/bare.git" "$work/shallow" && cd "$work/shallow" || fail "shallow clone"
scans 1 scan
for words in --all HEAD..HEAD; do
	scans 2 scan $words
	has "git fetch --unshallow"
done
cd "$work/repo" || exit 1
printf 'strategy: 1\nfiles: {scan: secrets}\nbranches: {main: {type: production}, topic: {type: work, base: main}}\n' >"$work/strategy.yml"
git checkout -q -b topic && printf 'k=%s\n' "$one" >k && git add k && git commit -qm "feat: k" || fail "commit"
out=$("$sluice" why push topic --strategy "$work/strategy.yml" --as ann 2>&1) && fail "why push says yes"
has "files.scan"
has "k:1 in $(git rev-parse HEAD | cut -c1-10): looks like a GitLab personal access token"
has "sluice:allow-secret"
case $out in *Xy7kQ2m*) fail "why push shows the secret" ;; esac
scans 0 rules
has "github-pat"
[ "$(printf '%s\n' "$out" | wc -l)" -gt 60 ] || fail "fewer than 60 rules"

# What a branch brings since it parted from another: A..B holds what the other has not, A...B begins where they parted.
git init -q -b main "$work/parted" && cd "$work/parted" && git config user.name ann && git config user.email ann@example.org && git commit -q --allow-empty -m "chore: begin" || fail "parted"
git switch -q -c topic && printf 'k = %s\n' "$one" >k && git add k && git commit -qm "feat: k" && git switch -q main && printf 'm = %s\n' "$two" >m && git add m && git commit -qm "feat: m" || fail "two"
scans 1 scan main...topic
has "k:1"
hasnt "m:1"
scans 1 scan topic...main
has "m:1"
scans 1 scan topic...
hasnt "k:1"
scans 0 scan main...main
git switch -q --orphan lone && git commit -q --allow-empty -m "chore: alone" || fail "lone"
scans 1 scan lone...topic # which have nothing in common: all of it
has "k:1"
scans 2 scan main...nowhere

# The list in JSON has the rows of the list in text.
[ "$("$sluice" secrets baseline --all --format json 2>/dev/null | jq -r '.[] | "\(.fingerprint)  \(.rule)  \(.path):\(.line)"')" = "$("$sluice" secrets baseline --all 2>/dev/null | grep -v '^#')" ] || fail "the list in JSON is another"
[ "$("$sluice" secrets baseline main --format json 2>/dev/null | jq -r length)" = 1 ] || fail "the list of one"
[ "$("$sluice" secrets baseline lone --format json 2>/dev/null)" = "[]" ] || fail "an empty list in JSON"

# A history of more commits than a push may bring is looked through whole, to its first commit.
git init -q --bare "$work/long.git" && cd "$work/long.git" || fail "long"
awk -v secret="$one" 'BEGIN {
	text = "k = " secret "\n"
	printf "commit refs/heads/main\ncommitter a <a@b> 1700000000 +0000\ndata 1\nx\nM 644 inline first\ndata %d\n%s\n", length(text), text
	printf "commit refs/heads/main\ncommitter a <a@b> 1700000000 +0000\ndata 1\nx\nD first\n"
	for (i = 1; i <= 100100; i++) printf "commit refs/heads/main\ncommitter a <a@b> %d +0000\ndata 1\nx\n", 1700000000 + i
}' | git fast-import --quiet || fail "import"
git symbolic-ref HEAD refs/heads/main
scans 1 scan --all
has "first:1: looks like a GitLab personal access token (gitlab-pat), in $(git rev-list --max-parents=0 main | cut -c1-10)"
git branch root "$(git rev-list --max-parents=0 main)"
scans 0 scan root..main
has "0 files looked through, 0 secrets found."
