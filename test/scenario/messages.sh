#!/usr/bin/env bash
# Versions and commit messages on the command line, with the real git: check, compare, sort and bump; parse and lint; bad input.
# Requirement: RL-1, CM-1
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"
# gives CODE STDIN ARGS…: what is printed, errors too, is left in $out
gives() {
	local want=$1 in=$2 got=0
	shift 2
	out=$(printf '%b' "$in" | "$sluice" "$@" 2>&1 | tr '\0' '@'; exit "${PIPESTATUS[1]}") || got=$?
	[ "$got" = "$want" ] || fail "$*: exit code $got, not $want"
}
is() { [ "$out" = "$(printf '%b' "$1")" ] || fail "it is not: $1"; }
cd "$work" || exit 1

# ---- versions
gives 0 '' version; has "strategy format 1"
gives 0 '' version check 1.2.3 1.2.3-rc.1+b; is '1.2.3 is a release\n1.2.3-rc.1+b is a prerelease'
gives 0 '1.2.3\r\n99999999999999999999.0.0\n' version check; is '1.2.3 is a release\n99999999999999999999.0.0 is a release'
gives 1 '1.2.3\nv1.2.3\n\n1.2.4' version check; has 'the "v" belongs to the tag'; [ "$(wc -l <<<"$out")" = 4 ] || fail "not one line a line"
gives 1 '1.2' version check --format json; is '{"version":"1.2","valid":false,"column":4,"problem":"\\"1.2\\" is not a version of SemVer 2.0.0: three numbers with dots between them are expected, as in 1.2.3."}'
gives 0 '1.0.0-a.1+x.y' version check --format json
is '{"version":"1.0.0-a.1+x.y","valid":true,"major":"1","minor":"0","patch":"0","prerelease":["a","1"],"build":["x","y"]}'
gives 0 '' version check
is ''
gives 0 '' version compare 1.0.0-rc.1 1.0.0 2.0.0 1.9.9 1.0.0+a 1.0.0+b; is '1.0.0-rc.1 < 1.0.0\n2.0.0 > 1.9.9\n1.0.0+a = 1.0.0+b'
gives 1 '1.0.0   1.0.1\n1.0.0\n1.0.0 1.0.0 1.0.0\n' version compare --quiet; is '1.0.0 < 1.0.1\n1.0.0 ? \n1.0.0 ? 1.0.0 1.0.0'
gives 2 '' version compare 1.0.0; has "in pairs"
gives 0 '1.10.0\n1.9.0\n1.9.0-rc.1\n1.9.0+b' version sort; is '1.9.0-rc.1\n1.9.0\n1.9.0+b\n1.10.0'
gives 1 '1.10.0\nx\n1.9.0\n' version sort -r --quiet; is '1.10.0\n1.9.0\nx'
gives 1 'x\n1.0.0' version sort --format json; has '{"version":"1.0.0","valid":true}'
gives 0 '' version bump minor 1.2.3 0.9.9-rc.1; is '1.3.0\n0.10.0'
gives 0 '1.2.3\n1.3.0-rc.1\n' version bump minor; is '1.3.0\n1.3.0'
gives 0 '' version bump major --label rc 1.2.3 2.0.0-rc.4; is '2.0.0-rc.1\n3.0.0-rc.1'
gives 0 '' version bump prerelease 1.0.0-rc.9 1.0.0-4; is '1.0.0-rc.10\n1.0.0-5'
gives 0 '' version bump prerelease --label beta 1.2.3; is '1.2.4-beta.1'
gives 1 '' version bump prerelease 1.2.3 1.0.0-a.1 --quiet; is '\n1.0.0-a.2'
gives 1 '' version bump prerelease --label beta 1.0.0-rc.1; has "would not be higher"
gives 1 '' version bump patch 1.x --format json; has '"valid":false'
gives 2 '' version bump mayor 1.0.0; has "major, minor, patch and prerelease"
gives 1 'a\0b\n\0377\0376\n\0342\0200\0256\033[2J\n' version check; hasnt $'\033'; hasnt '@'; hasnt $'\342\200\256'
head -c 1000000 /dev/zero | tr '\0' 1 >long
code=0; timeout 20 "$sluice" version check <long >answer 2>&1 || code=$?
[ "$code" = 1 ] || fail "a megabyte is a version"
grep -q "at most 65536" answer || fail "it does not say how long a version may be"
head -c 20000000 /dev/zero >long
code=0; timeout 20 "$sluice" version sort <long >answer 2>&1 || code=$?
[ "$code" != 0 ] && grep -q "larger than" answer || fail "20 MB are taken"

# ---- parse
gives 0 'feat(api)!: x\n\nwhy\n\nCloses #12\nReviewed-by: Z\n' commit parse
is '{"conventional":true,"type":"feat","scope":"api","breaking":true,"note":"x","description":"x","body":"why","footers":[{"token":"Closes","value":"#12"},{"token":"Reviewed-by","value":"Z"}],"references":[{"action":"Closes","repository":null,"issue":"12"}]}'
gives 0 'fix: a\0Update b\0' commit parse; [ "$(wc -l <<<"$out")" = 2 ] || fail "not two lines"; has '"problem":{"line":1,"column":7'
gives 0 '' commit parse; is ''
gives 0 'feat: x\n\nBREAKING CHANGE:\ny' commit parse; has '"note":"y"'
gives 0 'feat: x\n\nBREAKING CHANGE:\ny' commit parse --breaking spec; has '"breaking":false'
gives 0 'feat: x\n\nA: b\n  c\nB : d\n' commit parse --footers git; has '[{"token":"A","value":"b c"},{"token":"B","value":"d"}]'
gives 0 'feat: \0377\0342\0200\0256\n' commit parse; has '"type":"feat"'; hasnt $'\377'
{ printf 'fix: '; head -c 1000000 /dev/zero | tr '\0' x; printf '\0fix: short'; } >long
code=0; timeout 20 "$sluice" commit parse <long >answer || code=$?
[ "$code" = 1 ] && [ "$(wc -l <answer)" = 2 ] && grep -q "more than 65536 bytes" answer && grep -q '"description":"short"' answer || fail "a megabyte: exit code $code"
gives 2 '' commit parse HEAD; has "not a git repository"

git init -q -b main clone && cd clone && git config user.name ann && git config user.email ann@example.org || fail "init"
put() { git commit -q --allow-empty -m "$1" || fail "commit"; }
put "chore: begin"; put "feat: one"; put "Do two"; put "fix(api): three"
gives 0 '' commit parse HEAD; has "\"commit\":\"$(git rev-parse HEAD)\""; [ "$(wc -l <<<"$out")" = 1 ] || fail "more than one commit"
gives 0 '' commit parse HEAD~3..HEAD; [ "$(wc -l <<<"$out")" = 3 ] || fail "not three commits"
gives 2 '' commit parse nothing; has "could not read these commits"
gives 2 '' commit parse -- --output=x; has "names no commits"

# ---- lint
mkdir .sluice && cat >.sluice/strategy.yml <<'Y'
strategy: 1
branches: {main: {type: production}}
commits: {convention: conventional, types: [feat, fix, chore], scopes: {names: [api], use: optional}, subject: {max: 50}}
Y
by=(--strategy .sluice/strategy.yml)
gives 0 'feat: x' commit lint "${by[@]}"; has "1 message judged, 0 refused"
gives 0 'feat: x' commit lint "${by[@]}" --all --quiet; has "messages as the strategy has them"
gives 1 'feet: x\n' commit lint "${by[@]}"; has "commits.types"; has "strategy.yml:3"; has "feet"
gives 1 'feat: x\0feat(ui): y\0' commit lint "${by[@]}"; has "commits.scopes"; has "2 messages judged, 1 refused"
gives 1 '' commit lint "${by[@]}" HEAD~3..HEAD; has "$(git rev-parse HEAD~1 | cut -c1-10) Do two"; has "3 messages judged, 1 refused"; hasnt "fix(api)"
gives 0 '' commit lint "${by[@]}" HEAD
gives 1 '' commit lint "${by[@]}" --every; has "$(git rev-list --all --count) messages judged"
gives 2 '' commit lint "${by[@]}" --every HEAD; has "only one of them"
gives 2 '' commit lint "${by[@]}" nothing..HEAD
gives 1 '' commit lint "${by[@]}" --format json --quiet HEAD~1 HEAD; [ "$(grep -c '"verdict":"deny"' <<<"$out") $(grep -c '"verdict":"allow"' <<<"$out")" = "1 1" ] || fail "not one verdict a line"
printf '\n# Please enter\nfeat: x\n# On branch main\n# ------------------------ >8 ------------------------\nfoo\n' >message
gives 0 '' commit lint "${by[@]}" --message message
printf '# only comments\n' >message
gives 1 '' commit lint "${by[@]}" -m message; has "message is empty"
gives 2 '' commit lint "${by[@]}" -m nothing; has "nothing cannot be read"
gives 2 '' commit lint "${by[@]}" -m message HEAD; has "only one of them"
gives 1 'a\0342\0200\0256b \033[2J\0377\n' commit lint "${by[@]}"; hasnt $'\033'; hasnt $'\342\200\256'
gives 2 'x' commit lint; has "There is no .sluice/strategy.yml"
gives 0 'Whatever' commit lint --preset gitflow; has "no form of messages"
gives 1 'Whatever' commit lint --preset tower
gives 3 'x' commit lint --strategy ../long
# A merge by its parents and a revert by the commit that it names, never by words.
git switch -q -c side HEAD~1 && put "feat: side" && git switch -q main && git merge -q --no-ff -m "Merge side" side || fail "merge"
git commit -q --allow-empty -m "Revert \"$(git log -1 --format=%s HEAD~1)\"" -m "This reverts commit $(git rev-parse HEAD~1)." || fail "revert"
gives 0 '' commit lint "${by[@]}" HEAD HEAD~1
git commit -q --allow-empty -m "Anything" -m "This reverts commit $(git rev-parse HEAD~2)." || fail "words"
gives 1 '' commit lint "${by[@]}" HEAD
put "Merge branch 'x'"; gives 1 '' commit lint "${by[@]}" HEAD
put "Revert it

This reverts commit 0123456789012345678901234567890123456789."; gives 1 '' commit lint "${by[@]}" HEAD
# A message of any length is a finding, and those beside it are judged, too.
{ printf 'feat: long\n\n'; head -c 3000000 /dev/zero | tr '\0' x; } >long
git commit -q --allow-empty -F long && put "Do five" || fail "long"
for which in HEAD~2..HEAD "HEAD HEAD~1"; do
	# shellcheck disable=SC2086 # words
	gives 1 '' commit lint "${by[@]}" $which; has "commits.size"; has "a message of at most 65536 bytes"; has "Do five"; has "2 messages judged, 2 refused"
done
gives 1 '' commit lint "${by[@]}" --every; has "$(git rev-list --all --count) messages judged"; has "commits.size"; has "Do five"; has " Do two"
gives 1 "feat: x\0feat: $(head -c 70000 /dev/zero | tr '\0' x)\0Do six" commit lint "${by[@]}"; has "3 messages judged, 2 refused"; has "commits.size"; has "Do six"
gives 1 '' commit lint "${by[@]}" --message long; has "commits.size"
rm long
# Many commits are judged by two threads where there are two processors: the same comes out, in the same order, with a commit-graph and without.
git init -q --bare "$work/many.git" && cd "$work/many.git" || fail "many"
awk 'BEGIN { for (i = 1; i <= 3000; i++) { m = (i % 3 ? "feat: number " : "Number ") i "\n"; printf "commit refs/heads/main\ncommitter A <a@example.org> %d +0000\ndata %d\n%s\n", 1700000000 + i % 7 * 1000 + i, length(m), m } }' |
	git fast-import --quiet || fail "import"
cpu=$(awk '/^Cpus_allowed_list/ {split($2, one, /[-,]/); print one[1]}' /proc/self/status)
for format in text json; do
	alone=$(taskset -c "$cpu" "$sluice" commit lint --every --strategy "$work/clone/.sluice/strategy.yml" --format "$format" 2>&1) && fail "none is refused"
	[ "$format" = json ] || [ "$(grep -c '^[0-9a-f]* Number ' <<<"$alone")" = 1000 ] || fail "not one of three is refused"
	for graph in no yes; do
		[ "$graph" = no ] || git commit-graph write --reachable 2>/dev/null || fail "graph"
		out=$("$sluice" commit lint --every --strategy "$work/clone/.sluice/strategy.yml" --format "$format" 2>&1)
		[ "$out" = "$alone" ] || fail "by two it is another list ($format, graph: $graph)"
	done
	rm -f objects/info/commit-graph
done
cd "$work/clone" || fail "back"
# Bare, by the file on the default branch.
git add -A && put "chore: strategy" && git clone -q --bare . ../bare.git && cd ../bare.git || fail "bare"
gives 1 '' commit lint HEAD~1; has "commits.convention"
echo "all as it should be"
