#!/usr/bin/env bash
# The name of the next build, as a class of tags has it: it goes up only, and is never one that is there.
# Requirement: RL-1, RL-4
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"
at=2026-01-05T09:00:00Z
says() { # EXIT CODE, first line, arguments
	local want=$1 line=$2 got=0
	shift 2
	out=$("$sluice" next --build --at "$at" "$@" 2>&1) || got=$?
	[ "$got" = "$want" ] || fail "next --build $*: exit code $got, not $want"
	[ "${out%%$'\n'*}" = "$line" ] || fail "next --build $*: \"${out%%$'\n'*}\", not \"$line\""
}
tag() { tick && git tag -a -m "$1" "$1" || fail "tag $1"; }
begin() { # the tags of a strategy, in a repository with one commit
	rm -rf "$work/repo" && mkdir -p "$work/repo/.sluice" && cd "$work/repo" && git init -q . || fail "init"
	{ printf 'strategy: 1\nbranches: {main: {type: production}, work: {match: "work/{name}", type: work, base: main}}\ntags:\n'; cat; } >.sluice/strategy.yml
	git add -A && c "chore: begin" || fail "begin"
}

# ---- a build of the next version: a day and a number -----------------------------------------------------------------------------
begin <<'Y'
  release: {match: "v{version}", type: release}
  candidate: {match: "v{version}-{pre}.{n}", type: prerelease, pre: [rc]}
  build: {match: "v{version}+{build}", type: build}
Y
says 0 v0.1.0+20260105.1
tag v1.0.0
says 0 v1.0.0+20260105.1 # nothing since asks for a version, so it is one of that release
says 0 "v1.0.0+20260105.1: the first; of 1.0.0, as nothing since asks for a version" --why
c "feat: a"
says 0 v1.1.0+20260105.1
tag v1.1.0+20260105.1
says 0 v1.1.0+20260105.2
tag v1.1.0+20260105.9
says 0 v1.1.0+20260105.10
out=$("$sluice" next --build --at "$at" --why) || fail "why"
case $out in "v1.1.0+20260105.10: after v1.1.0+20260105.9; of 1.1.0: v1.0.0, 1 commit since, minor by "*'"feat: a"') ;; *) fail "why: $out" ;; esac
git tag -d v1.1.0+20260105.1 >/dev/null # what is gone below is not made again
says 0 v1.1.0+20260105.10
at=2026-01-06T00:00:00Z
says 0 v1.1.0+20260106.1
at=2026-01-04T23:59:59Z # a clock that is behind
says 1 "sluice: v1.1.0+20260104.1 would go back: v1.1.0+20260105.9 is there."
at=2026-01-05T09:00:00Z
says 0 v1.1.0+77f3ab --id 77f3ab # what has no order is new or not
says 1 "sluice: The build v1.1.0+20260105.9 is there already. A build is made once." --id 20260105.9
says 1 "sluice: v1.1.0+7 would go back: v1.1.0+20260105.9 is there." --id 7
says 2 "sluice: \"a b\" does not fit {build} of the pattern \"v{version}+{build}\"." --id "a b"
says 0 v2.0.0+20260105.1 2.0.0
says 1 "sluice: A build of 0.9.0 would go back: 1.0.0 is released (tag v1.0.0)." 0.9.0
says 1 "sluice: No class of tags that makes builds is called release; there is: build." --class release
out=$("$sluice" next --build --at "$at" --format json) || fail "json"
[ "$(jq -r '[.tag, .class, .version, .previous, (.released | tostring)] | join(" ")' <<<"$out")" = "v1.1.0+20260105.10 build 1.1.0+20260105.10 v1.1.0+20260105.9 false" ] || fail "json"
# a build counts for no version, and what is made is what the strategy takes
says 0 v1.1.0+20260105.10
tag v1.1.0+20260105.10
[ "$("$sluice" next)" = 1.1.0 ] || fail "a build counted for the next version"
yes "the tag is refused" "$sluice" check --all

# ---- lone numbers go on as such, for each version --------------------------------------------------------------------------------
tag v1.2.0+41
says 0 v1.2.0+42 1.2.0
says 0 v1.3.0+1 1.3.0
asked=next
asks 2 --id 5
has "they go with --build"

# ---- a day and a number of that day, without a version -------------------------------------------------------------------------------
begin <<'Y'
  release: {match: "v{version}", type: release}
  daily: {match: "daily/{date}", type: build}
  build: {match: "build/{date}.{n}", type: build}
  of: {match: "of/{name}/{n}", type: build}
Y
says 1 "sluice: Several classes of tags make builds: daily, build, of. Name one of them with --class."
says 0 build/2026-01-05.1 --class build
tag build/2026-01-05.1
says 0 build/2026-01-05.2 --class build
tag build/20260105.7 # written as the last one was
says 0 build/20260105.8 --class build
at=2026-01-06T09:00:00Z
says 0 build/20260106.1 --class build
says 0 daily/2026-01-06 --class daily
tag daily/2026-01-06
says 1 "sluice: The build daily/2026-01-06 is there already. A build is made once." --class daily
at=2026-01-05T09:00:00Z
says 1 "sluice: daily/2026-01-05 would go back: daily/2026-01-06 is there." --class daily
says 2 "sluice: The pattern \"daily/{date}\" of the class daily has no {build} that an id could stand for." --class daily --id 5
tag of/any/41
says 2 "sluice: A name of the pattern \"of/{name}/{n}\" needs {name}, and none was given." --class of
on -c work/login
says 0 of/login/42 --class of
tag of/login/18446744073709551615
says 2 "sluice: No number comes after 18446744073709551615." --class of
[ "$("$sluice" next --build --class build --at "$at" --format json | jq -c '[.version, .previous]')" = '[null,"build/20260105.7"]' ] || fail "json without a version"

# ---- of prereleases, in a class of releases, and where nothing makes builds -----------------------------------------------------------
begin <<'Y'
  release: {match: ["v{version}", "v{version}+{build}"], type: release}
  candidate: {match: "v{version}-{pre}.{n}", type: prerelease, pre: [rc]}
  nightly: {match: "n{version}-{pre}.{n}+{build}", type: build, pre: [rc]}
Y
says 0 v0.1.0+20260105.1 --class release
says 0 n0.1.0-rc.1+20260105.1 --class nightly --pre rc
tag v0.1.0-rc.1
c "fix: b"
says 0 n0.1.0-rc.2+20260105.1 --class nightly --pre rc
begin <<'Y'
  release: {match: "v{version}", type: release}
Y
says 1 "sluice: The strategy has no class of tags for builds: none of the type build, and no pattern with {build}."
echo ok
