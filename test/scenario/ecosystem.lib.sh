# shellcheck shell=bash
# For tests of several repositories that are released together: source it after offline.lib.sh.
#
#   fresh [MEMBER=SED ...]  acme/auth, acme/app (the home, where one stands then) and acme/dash with remotes; a member's strategy changed by sed
#   begin                   release 1.1.0 is begun in all of them
#   keep | same             every ref, file and setting of all clones and remotes is as it was then (keep_clones: of the clones only)
#   remote MEMBER GIT-ARGS  git in a remote | hook MEMBER NAME TEXT  a hook there | other MEMBER  another clone of it, in $work/other, on main
export GIT_AUTHOR_DATE='2026-01-05T10:00:00Z' GIT_COMMITTER_DATE='2026-01-05T10:00:00Z'
eco_strategy='strategy: 1
branches:
  main: {type: production, require: {up-to-date: false}}
  develop: {type: integration, base: main}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}}
  release: {match: "release/v{version}", type: release, base: develop, into: {main: {method: merge, tag: release, also-into: [develop]}}, after-merge: delete}
tags:
  release: {match: "v{version}", branches: main}
  ecosystem: {match: "v{version}-ecosystem", type: label, annotated: true}
releases: {version-files: [{file: VERSION, text: "{version}"}], changelog: CHANGELOG.md}'
eco_members='ecosystem: {members: [acme/auth, acme/app, acme/dash], tag: [release, ecosystem]}'

remote() {
	local r=$1
	shift
	git -C "$work/remote/acme/$r.git" "$@"
}
make_member() { # NAME SED
	git init -q --bare "$work/remote/acme/$1.git" && git init -q "$work/c/$1" && cd "$work/c/$1" || exit 1
	mkdir .sluice && printf '%s\n' "$eco_strategy" | sed "$2" >.sluice/strategy.yml
	[ "$1" != app ] || printf '%s\n' "$eco_members" >>.sluice/strategy.yml
	printf '1.0.0\n' >VERSION && printf '%s\n' "$1" >file && git add . && git commit -qm "feat: begin" && git tag -a -m v1.0.0 v1.0.0 && git branch develop
	git remote add origin "$work/remote/acme/$1.git" && git push -q origin main develop v1.0.0 && git fetch -q && git remote set-head origin main
	git switch -q develop && printf 'more\n' >more && git add . && git commit -qm "feat: more of $1" && git push -q -u origin develop
}
fresh() {
	local r change
	cd "$work" && rm -rf c remote other away elsewhere gone && mkdir -p c remote/acme || exit 1
	for r in auth app dash; do
		change=
		for word; do case $word in $r=*) change=${word#*=} ;; esac; done
		(make_member "$r" "$change") || exit 1
	done
	cd "$work/c/app" || exit 1
}
begin() { "$sluice" ecosystem start 1.1.0 >/dev/null 2>&1 || { out=$("$sluice" ecosystem start 1.1.0 2>&1); fail "the release does not begin"; }; }
hook() { printf '#!/bin/sh\n%s\nexit 0\n' "$3" >"$work/remote/acme/$1.git/hooks/$2" && chmod +x "$work/remote/acme/$1.git/hooks/$2"; }
other() { rm -rf "$work/other" && git clone -q "$work/remote/acme/$1.git" "$work/other"; }
state_of() { # FOLDER
	git -C "$1" for-each-ref
	git -C "$1" symbolic-ref HEAD
	git -C "$1" config --list --local | sort
	[ ! -d "$1/.git" ] || (cd "$1" && git ls-files -s && git status --porcelain && git stash list && find . -path ./.git -prune -o -type f -exec cat {} + && find .git -name '*.lock' -o -name 'sluice-*')
}
clones() { for r in auth app dash; do state_of "$work/c/$r"; done; }
every() {
	clones
	for r in auth app dash; do state_of "$work/remote/acme/$r.git"; done
}
keep() { kept=$(every); }
same() { [ "$kept" = "$(every)" ] || { diff <(printf '%s\n' "$kept") <(every); fail "something changed"; }; }
keep_clones() { kept=$(clones); }
same_clones() { [ "$kept" = "$(clones)" ] || { diff <(printf '%s\n' "$kept") <(clones); fail "something changed in the clones"; }; }
