#!/usr/bin/env bash
# `sluice KIND finish` on a server whose client dies between and within push, change, merge and following: `continue` ends as an undisturbed one does,
# with one change and one merge; `abort` leaves the clone as it was, and the same command lands it then.
# Requirement: BR-5, BR-6
# Timeout: 600
. "$(dirname "$0")/../scenario/lib.sh"

cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
branches:
  main: {type: production, allow: {push: write, create: write}}
  develop: {type: integration, base: main, allow: {push: write, create: write}, require: {approvals: 0, last-push-approval: false}}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}, after-merge: delete}
YML
mkdir -p "$test_dir/a/.sluice"
cp "$test_dir/strategy.yml" "$test_dir/a/.sluice/strategy.yml"
server_start
repo "$test_dir/strategy.yml"
person ann admin
export NO_COLOR=1
git init -q "$test_dir/a" && cd "$test_dir/a" || exit 1
commit . file one "chore: begin"
git remote add origin "$(remote_of ann)"
yes "the branches" git push -q origin main main:develop
git fetch -q && git switch -q -c develop origin/develop

at_server() { git --git-dir="$home/repos/acme/app.git" rev-parse -q --verify "$1"; }
is() { [ "$1" = "$2" ] || fail "$point, $way: it is \"$1\", not \"$2\""; }
killed() { # POINT: the shell's word of a killed child is not for the eyes
	(SLUICE_FAULT=$1 "$sluice" feature finish >"$test_dir/out" 2>&1; exit $?) 2>/dev/null
	[ $? -eq 137 ]
}
n=0
begin() {
	n=$((n + 1))
	b=feature/f$n
	git switch -q develop && git switch -q -c $b && echo $n >file$n && git add . && git commit -qm "feat: number $n" || fail "begin"
}
landed() { # as it is after an undisturbed one
	is "$(git symbolic-ref --short HEAD)" develop
	is "$(git rev-parse develop)" "$(at_server refs/heads/develop)"
	is "$(git rev-parse -q --verify $b)" ""
	is "$(git rev-parse -q --verify origin/$b)" ""
	is "$(at_server refs/heads/$b)" ""
	is "$(git status --porcelain)" ""
	is "$(git config --get-regexp "^branch\.$b\.")" ""
	is "$(cat file$n)" $n
	is "$(git rev-list --count --merges develop)" $n
	is "$(curl -sf -u "ann:$(cat "$home.tokens/ann")" "$url/api/v3/repos/acme/app/pulls?state=all&head=$b" | jq -c 'map(.merged_at != null)')" "[true]"
	is "$(find .git -name '*.lock' -o -name 'sluice-*')" ""
	code 0 "$sluice" status
	hasnt "on its way"
	hasnt "It stopped at"
}
total=0
for point in begin:after push:before push:after settings:before settings:after landing:pushed landing:opened landing:landed refs:before refs:after tree:before tree:after head:before head:after \
	deletions:before deletions:after; do
	for way in continue abort again; do
		for before in new published; do
			begin
			[ $before = new ] || yes "publish" "$sluice" feature publish
			tip=$(git rev-parse $b)
			killed $point || { landed; continue; } # a point that this one does not come to
			total=$((total + 1))
			code 0 "$sluice" status
			case $out in *"sluice continue"* | *"is on its way"*) ;; *) fail "$point, $way: status does not say what to do" ;; esac
			if [ $way = abort ]; then
				rc=0; out=$("$sluice" abort 2>&1) || rc=$?
				if [ $rc -ne 0 ]; then # what was pushed is not taken back, and that is said
					is $rc 9
					has "others may have it"
					code 0 "$sluice" continue
					landed
					continue
				fi
				is "$(git rev-parse $b)" "$tip"
				is "$(git symbolic-ref --short HEAD)" $b
				is "$(git status --porcelain)" ""
			fi
			if [ $way = continue ]; then
				code 0 "$sluice" continue
			else
				rc=0; out=$("$sluice" feature finish f$n 2>&1) || rc=$?
				if [ $rc -ne 0 ]; then # a step was cut off: it is said how to go on
					is $rc 9
					has "sluice continue"
					code 0 "$sluice" continue
				fi
			fi
			landed
		done
	done
done
[ $total -ge 60 ] || fail "killed $total times only"
echo "killed $total times"
exit 0
