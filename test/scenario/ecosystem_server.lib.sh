# shellcheck shell=bash
# For tests of one release of several repositories on a sluice server: source it after lib.sh.
#
#   two [EXTRA]      acme/auth and acme/app (the home of the ecosystem) on the running server, with seeds in $test_dir/auth and …/app; EXTRA: lines of their strategies
#   $wanted          what main requires, when not nothing
#   tip REPO REV     a commit on the server's disk; "" when it is not there
#   all              every branch and tag of both
#   post STATUS STEP [MORE]   /api/sluice/ecosystem/STEP for release $version of $members; MORE: members of the body
members='[{"repo":"acme/auth"},{"repo":"acme/app"}]'
version=1.1.0
who=lead
eco_file() { # EXTRA
	cat <<YML
strategy: 1
branches:
  main: {type: production, allow: {push: maintain, create: maintain, merge: write}, require: {${wanted:-approvals: 0, checks: []}, up-to-date: false, last-push-approval: false}}
  develop: {type: integration, base: main, allow: {push: write, create: write}, require: {approvals: 0, checks: [], up-to-date: false, last-push-approval: false}}
  release: {match: "release/v{version}", type: release, base: develop, into: {main: {method: merge, tag: release, also-into: [develop]}}, after-merge: delete}
tags:
  release: {match: "v{version}", branches: main}
  ecosystem: {match: "v{version}-ecosystem", type: label, annotated: true}
checks: {tests: {}}
releases: {version-files: [{file: VERSION, text: "{version}"}], changelog: CHANGELOG.md}
$1
YML
}
eco_remote() { echo "http://${2:-lead}:$(cat "$home.tokens/${2:-lead}")@${url#http://}/acme/$1.git"; }
one() { # REPO EXTRA
	local d=$test_dir/$1
	eco_file "$2" >"$test_dir/strategy.yml"
	yes "repo create $1" "$sluice" repo create "acme/$1" --strategy "$test_dir/strategy.yml" --home "$home"
	for p in "$home.tokens"/*; do yes "role" "$sluice" role grant "${p##*/}" "$([ "${p##*/}" = lead ] && echo admin || echo write)" --repo "acme/$1" --home "$home"; done
	mkdir -p "$d/.sluice" && git init -q "$d" && cp "$test_dir/strategy.yml" "$d/.sluice/strategy.yml"
	[ "$1" != app ] || printf 'ecosystem: {members: [acme/auth, acme/app%s], tag: [release, ecosystem]}\n' "${third:-}" >>"$d/.sluice/strategy.yml"
	printf '1.0.0\n' >"$d/VERSION"
	commit "$d" file "$1" "feat: begin"
	git -C "$d" tag -a -m v1.0.0 v1.0.0 && git -C "$d" remote add origin "$(eco_remote "$1")"
	yes "the branches of $1" git -C "$d" push -q origin main main:develop v1.0.0
	git -C "$d" fetch -q && git -C "$d" remote set-head origin main && git -C "$d" switch -q -c develop --track origin/develop
	commit "$d" more more "feat: more of $1"
	yes "more of $1" git -C "$d" push -q
}
two() { one auth "${1:-}" && one app "${1:-}"; }
tip() { git --git-dir="$home/repos/acme/$1.git" rev-parse -q --verify "$2" || true; }
all() { for r in auth app; do git --git-dir="$home/repos/acme/$r.git" for-each-ref --format="$r %(objectname) %(refname)"; done; }
post() { http "$1" POST "/api/sluice/ecosystem/$2" "{\"version\":\"$version\",\"members\":$members,\"tags\":[\"release\",\"ecosystem\"],\"order\":[\"acme/auth\",\"acme/app\"],\"message\":\"in this order\"${3:+,$3}}"; }
