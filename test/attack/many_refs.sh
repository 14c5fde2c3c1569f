#!/usr/bin/env bash
# More branches and tags than anybody has, in one packed-refs: every command of a clone answers, or says in one sentence what is too many
# and what helps; in 2 GB of memory, and in the time that a test has. test/long/million_refs.sh has a million of them.
# Requirement: PR-6, RL-1
# Timeout: 600
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/../scenario/offline.lib.sh"
[ "${SAN:-}" = 1 ] || ulimit -v 2000000 # the sanitizers map far more than they use

# many BRANCHES TAGS: a bare repository where that many name the first commit; main is one commit further
many() {
	rm -rf "$work/r.git" && git init -q --bare -b main "$work/r.git" && cd "$work/r.git" || fail "init"
	git fast-import --quiet --done <<'END' || fail "fast-import"
commit refs/heads/main
mark :1
committer A <a@b> 1700000000 +0000
data 11
feat: begin
M 644 inline .sluice/strategy.yml
data <<Y
strategy: 1
branches:
  main: {type: production}
  work: {match: "work/**", type: work, base: main}
tags: {release: {match: "v{version}", branches: main}}
commits: {convention: conventional}
Y

commit refs/heads/main
committer A <a@b> 1700000060 +0000
data 6
fix: b
from :1

done
END
	local tip first
	tip=$(git rev-parse main) && first=$(git rev-parse main~1) && rm refs/heads/main || fail "commits"
	{
		echo "# pack-refs with: peeled fully-peeled sorted "
		echo "$tip refs/heads/main"
		awk -v id="$first" -v n="$1" 'BEGIN { for (i = 0; i < n; i++) printf "%s refs/heads/work/%07d\n", id, i }'
		awk -v id="$first" -v n="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s refs/tags/v%d.%d.%d\n", id, 1 + int(i / 10000), int(i / 100) % 100, i % 100 }' | LC_ALL=C sort -k2
	} >packed-refs
	[ "$(git for-each-ref | wc -l)" = $((1 + $1 + $2)) ] || fail "Git does not read it"
}
says() { # CODE TEXT ARGUMENTS
	local want=$1 text=$2
	shift 2
	asks "$want" "$@"
	has "$text"
}

branches=${BRANCHES:-10000} tags=${TAGS:-10101} # besides main; tags count up: the last has the highest version
last=$((tags - 1))
highest=$((1 + last / 10000)).$((last / 100 % 100))
many "$branches" "$tags"
says 0 "$highest.$((last % 100 + 1)): v$highest.$((last % 100)), 1 commit since" next --why
says 0 "0 refused" check
says 0 "0 refused" check --branch work/0000001
says 0 "0 refused" check main~1..main
says 0 "- b (" changelog --unreleased
says 0 "## 1.50.0" changelog --to v1.50.0
says 0 "allow" why push work/0000001 --as ann --level write
says 1 "deny" why push main --as ann --level write
says 0 "allow" why tag v99.0.0 main --as ann --level admin
says 0 "0 refused" commit lint --every
says 2 "There are $((branches + 1)) branches and $tags tags here; --all judges at most 10000 of each" check --all
says 2 "There are $((branches + 1)) branches here; a history is looked at with at most 10000" replay
says 2 "There are $((branches + 1)) branches here; a history is looked at with at most 10000" init --detect --dry-run
says 2 "There are $tags releases here; --all writes at most 10000" changelog --all
[ "$(printf '%s\n' "$out" | wc -l)" = 1 ] || fail "more than a sentence"

# Tags alone are no matter to a replay; a check holds each against all others.
many 10 "$tags"
says 2 "There are 11 branches and $tags tags here" check --all
says 0 "tags" replay
many 10 1000
says 1 "1011 things judged" check --all
has "999 refused" # all on one commit: none but the highest could be made now
exit 0
