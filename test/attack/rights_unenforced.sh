#!/usr/bin/env bash
# Where a strategy enforces nothing, the rights of the server still hold: who may only read brings nothing in, by no door.
# Requirement: PR-1
. "$(dirname "$0")/../scenario/lib.sh"

declare -A level=([reader]=read [triager]=triage)
server_start
{ "$sluice" preset show github-flow; } >"$test_dir/active.yml" || fail "preset show"
for mode in evaluate disabled; do
	sed "s/^enforcement:.*/enforcement: $mode/" "$test_dir/active.yml" >"$test_dir/$mode.yml"
	grep -q "^enforcement: $mode" "$test_dir/$mode.yml" || sed -i "1,/^branches:/s/^branches:/enforcement: $mode\nbranches:/" "$test_dir/$mode.yml"
	grep -q "^enforcement: $mode" "$test_dir/$mode.yml" || fail "no mode in the strategy"
	yes "repo create" "$sluice" repo create "acme/$mode" --strategy "$test_dir/$mode.yml" --home "$home"
	for who in reader:read triager:triage writer:write; do
		[ -s "$home.tokens/${who%:*}" ] || person "${who%:*}"
		yes "role" "$sluice" role grant "${who%:*}" "${who#*:}" --repo "acme/$mode" --home "$home"
	done
	remote() { echo "http://$1:$(cat "$home.tokens/$1")@${url#http://}/acme/$mode.git"; }
	api() { curl -s -o "$test_dir/answer" -w '%{http_code}' -u "$1:$(cat "$home.tokens/$1")" -X "$2" -H 'Content-Type: application/json' -d "$4" "$url/api/v3/repos/acme/$mode/$3"; }
	work=$test_dir/$mode
	yes "clone" git clone -q "$(remote writer)" "$work"
	commit "$work" a.txt a "feat: a"
	yes "who may write brings a branch" git -C "$work" push -q origin HEAD:feature/there
	commit "$work" c.txt c "feat: c"
	yes "and moves the default branch" git -C "$work" push -q origin HEAD:main
	commit "$work" b.txt b "feat: b"
	before=$(git --git-dir="$home/repos/acme/$mode.git" for-each-ref)
	tip=$(git -C "$work" rev-parse origin/main) || fail "tip"
	for who in reader triager; do
		for ref in HEAD:feature/mine HEAD:main HEAD:feature/there :feature/there +HEAD~3:main HEAD:refs/tags/v9.9.9; do
			no "$mode: $who pushes $ref" git -C "$work" push "$(remote "$who")" "$ref"
		done
		has "level ${level[$who]}"
		for door in "POST git/refs {\"ref\":\"refs/heads/door\",\"sha\":\"$tip\"}" "POST git/refs {\"ref\":\"refs/tags/v9.9.8\",\"sha\":\"$tip\"}" \
			"PATCH git/refs/heads/feature/there {\"sha\":\"$tip\",\"force\":true}" "DELETE git/refs/heads/feature/there {}" \
			"POST releases {\"tag_name\":\"v9.9.7\",\"target_commitish\":\"main\"}" "POST merges {\"base\":\"main\",\"head\":\"feature/there\"}"; do
			read -r method path body <<<"$door"
			code=$(api "$who" "$method" "$path" "$body")
			case $code in 403 | 404 | 405 | 409 | 422) ;; *) out=$(cat "$test_dir/answer"); fail "$mode: $who: $method $path answers $code" ;; esac
		done
	done
	[ "$(git --git-dir="$home/repos/acme/$mode.git" for-each-ref)" = "$before" ] || fail "$mode: a ref has moved"
	yes "$mode: who may write goes on" git -C "$work" push -q origin HEAD:feature/more
done
