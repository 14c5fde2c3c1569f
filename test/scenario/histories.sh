#!/usr/bin/env bash
# Real histories, imported and served: a clone of each is the same, ref by ref, and a push on top of it lands. They are not part of this
# repository: $HISTORIES names a folder of fast-import streams (*.fi.zst); default ../shared/histories.
# Timeout: 900
. "$(dirname "$0")/lib.sh"
histories=${HISTORIES:-$top/../shared/histories}
ls "$histories"/*.fi.zst >/dev/null 2>&1 || { echo "no histories at $histories"; exit 77; }
command -v zstd >/dev/null || { echo "zstd is not installed"; exit 77; }
cat >"$test_dir/strategy.yml" <<'END'
strategy: 1
branches:
  main: {match: [main, master, develop], type: production}
  work: {match: "**", type: work, base: main, allow: {create: write, push: write}}
END
server_start
yes "user" "$sluice" user add ann --home "$home"
mkdir -p "$home.tokens"
"$sluice" token create --user ann --home "$home" >"$home.tokens/ann" 2>/dev/null || fail "token"
for stream in "$histories"/*.fi.zst; do
	name=$(basename "$stream" .fi.zst)
	git init -q --bare "$test_dir/$name.git"
	zstd -dc "$stream" | git --git-dir="$test_dir/$name.git" fast-import --quiet --done || fail "$name: fast-import"
	git --git-dir="$test_dir/$name.git" update-ref -d refs/import/x
	yes "$name: import" "$sluice" repo import "acme/$name" "$test_dir/$name.git" --strategy "$test_dir/strategy.yml" --home "$home"
	yes "$name: role" "$sluice" role grant ann write --repo "acme/$name" --home "$home"
	address=http://ann:$(cat "$home.tokens/ann")@${url#http://}/acme/$name.git
	yes "$name: clone" git clone -q --mirror "$address" "$test_dir/clone.git"
	cmp <(git --git-dir="$test_dir/$name.git" for-each-ref) <(git --git-dir="$test_dir/clone.git" for-each-ref) || fail "$name: the clone differs"
	[ -f "$home/repos/acme/$name.git/objects/info/commit-graphs/commit-graph-chain" ] || fail "$name: no commit-graph"
	head=$(git --git-dir="$test_dir/clone.git" rev-parse HEAD)
	next=$(git --git-dir="$test_dir/clone.git" commit-tree -p "$head" -m "feat: on top" "$head^{tree}")
	yes "$name: push" git --git-dir="$test_dir/clone.git" push -q "$address" "$next:refs/heads/topic-on-top"
	echo "$name: $(git --git-dir="$test_dir/clone.git" for-each-ref | wc -l) refs, the same"
	rm -rf "$test_dir/clone.git" "$test_dir/$name.git"
done
