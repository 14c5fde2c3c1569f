#!/usr/bin/env bash
# A phase whose clone is one of a sluice server: finished, it lands there by a change, as any branch does.
# Requirement: BR-8, GT-2
. "$(dirname "$0")/lib.sh"

cat >"$test_dir/strategy.yml" <<'YML'
strategy: 1
branches:
  main: {type: production, allow: {create: write, merge: write}, require: {approvals: 0, checks: [], up-to-date: false, last-push-approval: false}}
  develop: {type: integration, base: main, allow: {create: write}, require: {approvals: 0, checks: [], last-push-approval: false}}
  phase: {match: ["phase/{phase}", "slice/{phase}-{name}"], type: work, base: develop, into: {develop: {method: merge}}, twin: "bench/{phase}"}
  bench: {match: "bench/{phase}", type: throwaway, base: develop}
tags: {release: {match: "v{version}", branches: main}, mark: {match: "v{version}-{phase}", type: label}}
environments: {production: {from: main, on: {manual: true}, via: {run: "true"}}}
phases: {one: {version: 1.0.0}, two: {version: 1.1.0, after: one}, three: {version: 1.2.0}, four: {version: 1.3.0}, five: {version: 1.4.0}, six: {version: 1.5.0}, seven: {version: 1.6.0}, eight: {version: 1.7.0}}
YML
sed -i 's#^tags:#  hotfix: {match: "hotfix/{name}", type: hotfix, base: main, bump: patch, into: {main: {method: merge, tag: release, back-merge: [develop]}}}\n  bringing: {match: "bring/{name}", type: work, base: develop, into: {develop: {method: merge}}}\ntags:#' "$test_dir/strategy.yml"
sed -i 's#checks: \[\], last-push-approval: false}}$#checks: [], last-push-approval: false}, into: {main: {method: merge, tag: release}}}#' "$test_dir/strategy.yml"
mkdir -p "$test_dir/seed/.sluice"
cp "$test_dir/strategy.yml" "$test_dir/seed/.sluice/strategy.yml"
server_start
repo "$test_dir/strategy.yml"
person lead admin
person ann write
git init -q "$test_dir/seed"
commit "$test_dir/seed" file one "chore: begin"
yes "the branches" git -C "$test_dir/seed" push -q "$(remote_of lead)" main main:develop
clone_as ann "$test_dir/a"
cd "$test_dir/a" || exit 1
git config user.name ann
git switch -q -c develop origin/develop
at_server() { git --git-dir="$home/repos/acme/app.git" rev-parse -q --verify "$1"; }

code 0 "$sluice" phase start two --ahead
commit . two 2 "feat: two"
code 8 "$sluice" phase finish
has "two comes after one"
git switch -q develop
code 0 "$sluice" phase start one
commit . one 1 "feat: one"
code 0 "$sluice" phase finish --dry-run
has "open a change from phase/one into develop"
has "have one marked by its tag on the server"
code 0 "$sluice" phase finish
has "v1.0.0-one marks one."
is "$(git rev-parse develop)" "$(at_server develop)"
[ -n "$(git rev-list --merges develop)" ] || fail "it is not merged"
is "$(git tag -l --format='%(contents:subject)' v1.0.0-one)" one
is "$(at_server v1.0.0-one)" "$(git rev-parse v1.0.0-one)"
is "$(at_server 'v1.0.0-one^{}')" "$(at_server develop)"

# --- cut off when it has landed, when it is marked, and while this clone follows: the same goes on, and there is one tag
for at in landing:landed landing:marked refs:after server:recorded server:decided server:refs-moved; do
	case $at in landing:landed) n=two ;; landing:marked) n=three ;; refs:*) n=four ;; *:recorded) n=five ;; *:decided) n=six ;; *) n=seven ;; esac
	git switch -q develop
	[ "$n" = two ] || code 0 "$sluice" phase start "$n"
	git switch -q "phase/$n"
	[ "$n" = two ] || commit . "$n" 2 "feat: $n"
	git push -q -u origin "phase/$n" 2>/dev/null # so that what moves here moves once: when this clone follows
	mine=$at
	[ "${at%%:*}" != server ] || mine=landing:landed
	(SLUICE_FAULT=$mine "$sluice" phase finish "$n" >/dev/null 2>&1; exit $?) 2>/dev/null && fail "$at: not killed"
	if [ "$mine" != "$at" ]; then # the server ends while it makes the tag
		server_stop
		SLUICE_FAULT=${at#server:} server_start --faults
		no "$at: the server is not killed" "$sluice" continue
		server_kill
		server_start
	fi
	code 0 "$sluice" status
	code 0 "$sluice" continue
	code 0 "$sluice" status
	hasnt "on its way"
	tag=$(git tag -l "*-$n")
	[ -n "$tag" ] || fail "$at: no tag marks $n"
	is "$(at_server "$tag")" "$(git rev-parse "$tag")"
	is "$(at_server "$tag^{}")" "$(at_server develop)"
	is "$(git rev-parse develop)" "$(at_server develop)"
done
is "$(git show develop:two)" 2

# --- of several branches each lands by itself; the last one brings the tag
for b in a b; do
	git switch -q -c "slice/eight-$b" develop && commit . "eight$b" 8 "feat: eight, $b" && git push -q -u origin "slice/eight-$b" 2>/dev/null
done
code 2 "$sluice" phase finish eight
has "On a server they land one by one: sluice phase finish slice/eight-a"
code 0 "$sluice" phase finish slice/eight-a
has "is made when all of its branches are in: sluice phase finish slice/eight-b"
is "$(git tag -l '*-eight')" ""
code 0 "$sluice" phase finish slice/eight-b --no-tag
is "$(git tag -l '*-eight')" ""
who=ann http 4?? POST /api/sluice/repos/acme/app/changes/1/mark '{"phase": "eight"}'
who=ann http 4?? POST /api/sluice/repos/acme/app/changes/1/mark '{"phase": "none such"}'
code 0 "$sluice" phase finish slice/eight-b
is "$(at_server 'v1.7.0-eight^{}')" "$(at_server develop)"
code 0 "$sluice" phase finish slice/eight-b
has "v1.7.0-eight marks eight already."
git switch -q develop

# --- on to main, and taken back there: the branch is pushed, and a change opened; landed, both branches are without it
git switch -q main
code 0 "$sluice" phase finish two --into main --version 1.1.0
has "Should it go wrong within 1h: sluice revert --"
code 0 "$sluice" revert --to two --on main --dry-run
has "open a change from hotfix/revert-two into main"
code 0 "$sluice" revert --to two --on main
has "Change "
has "hotfix/revert-two into main"
is "$(at_server refs/heads/hotfix/revert-two)" "$(git rev-parse HEAD)"
code 2 "$sluice" revert --to two --on main
code 0 "$sluice" hotfix finish revert-two --version 1.1.1
! git cat-file -e "$(at_server refs/heads/main):two" 2>/dev/null || fail "main has it still"
# the server's merge would bring nothing, and says so before: it comes back by a change, too
code 9 "$sluice" phase finish two
has "develop took two back"
has "sluice revert --to two --back --on develop"
git fetch -q && git switch -q develop && git merge -q --ff-only origin/develop
! git cat-file -e develop:two 2>/dev/null || fail "develop has it still"
code 0 "$sluice" revert --to two --back --on develop
has "bring/bring-back-two into develop"
code 0 "$sluice" bringing finish bring-back-two
git cat-file -e "$(at_server refs/heads/develop):two" || fail "develop does not have it back"
exit 0
