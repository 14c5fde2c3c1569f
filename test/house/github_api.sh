#!/usr/bin/env bash
# Every operation in GitHub's shape is in the table of docs/github-api.md with its request, and is called by the octokit test; the table names no other.
set -u
cd "$(dirname "$0")/../.."
bad=0
say() { echo "$*"; bad=1; }

camel() { # repos/get-branch-protection → repos.getBranchProtection
	sed -E 's/-([a-z])/\U\1/g; s,/,.,' <<<"$1"
}

found=$(cat src/web/api_v3_*.c | tr '\n' ' ' | grep -oE 'const struct web_api api_v3_[^;]*;' |
	sed -E 's/.*\.method = "([A-Z]+)".*\.pattern = "\/api\/v3([^"]*)".*\.operation = "([^"]*)".*/\3 \1 \2/; s/\.\.\.\}/}/')
[ "$(wc -l <<<"$found")" -ge 50 ] || say "only $(wc -l <<<"$found") operations found in src/web/api_v3_*.c"
while read -r operation verb path; do
	path=${path:-/}
	grep -qF "| $operation | $verb \`$path\` |" docs/github-api.md || say "docs/github-api.md: no row | $operation | $verb \`$path\` |"
	grep -qE "^(const [a-z]+ = )?await operation\('$(camel "$operation")'," test/web/octokit.mjs || say "test/web/octokit.mjs does not try $(camel "$operation")"
done <<<"$found"
while read -r operation; do
	grep -qE "^$operation " <<<"$found" || say "docs/github-api.md: there is no operation $operation"
done < <(sed -nE 's/^\| ([a-z]+\/[a-z-]+) \|.*/\1/p' docs/github-api.md)
exit $bad
