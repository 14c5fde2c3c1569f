#!/usr/bin/env bash
# A feature, and a release, from its start to its finish, with one commit in between, against what does the same in plain git and in Debian's git-flow: CPU time of
# all processes, interleaved, in a small repository and in one with 5,000 branches and 5,000 tags. Reflogs, settings and the deleted branch are the same.
. "$(dirname "$0")/lib.sh"
rounds=${ROUNDS:-15}
export GIT_CONFIG_GLOBAL=$work/config GIT_CONFIG_SYSTEM=/dev/null HOME=$work
printf '[user]\n\tname = ann\n\temail = ann@example.org\n[init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n' >"$GIT_CONFIG_GLOBAL"

seed() { # FOLDER
	git init -q "$1" && mkdir "$1/.sluice" && "$sluice" preset show gitflow >"$1/.sluice/strategy.yml"
	for i in $(seq 200); do echo "$i" >"$1/f$i"; done
	git -C "$1" add . && git -C "$1" commit -qm "feat: begin" && git -C "$1" branch develop && git -C "$1" switch -q develop
	git -C "$1" config gitflow.branch.master main && git -C "$1" config gitflow.branch.develop develop
	local kind
	for kind in feature bugfix release hotfix support versiontag; do git -C "$1" config "gitflow.prefix.$kind" "$kind/"; done
}
work_on() { echo "$1" >>f1 && git add f1 && git commit -qm "feat: $1"; }
feature_ours() { "$sluice" feature start "x$1" && work_on "$1" && "$sluice" feature finish; }
feature_plain() { git switch -q -c "feature/x$1" develop && work_on "$1" && git switch -q develop && git merge -q --no-ff -m "Merge feature/x$1 into develop" "feature/x$1" && git branch -q -d "feature/x$1"; }
feature_flow() { git flow feature start "x$1" && work_on "$1" && git flow feature finish --no-ff "x$1"; }
release_ours() { "$sluice" release start "1.$1.0" && work_on "$1" && "$sluice" release finish "1.$1.0"; }
release_plain() {
	git switch -q -c "release/1.$1.0" develop && work_on "$1" && git switch -q main && git merge -q --no-ff -m "Merge release/1.$1.0 into main" "release/1.$1.0" && git tag -a -m "1.$1.0" "v1.$1.0" &&
		git switch -q develop && git merge -q --no-ff -m "Merge main into develop" main && git switch -q main && git branch -q -d "release/1.$1.0"
}
release_flow() { git flow release start "1.$1.0" && work_on "$1" && GIT_MERGE_AUTOEDIT=no git flow release finish -m "1.$1.0" "1.$1.0" && git switch -q main; }
cpu_of() { # FILE COMMAND…: milliseconds of CPU, its own and its children's
	local to=$1
	shift
	TIMEFORMAT='%U %S'
	{ time "$@" >/dev/null 2>"$work/err" || { cat "$work/err" >&2; exit 1; }; } 2>&1 | awk '{print ($1 + $2) * 1000}' >>"$to"
}
peers=(ours plain)
! git flow version >/dev/null 2>&1 || peers+=(flow)
for size in small large; do
	for p in "${peers[@]}"; do
		seed "$work/$size.$p"
		[ $size = small ] || (cd "$work/$size.$p" && at=$(git rev-parse HEAD) && for i in $(seq 5000); do echo "create refs/heads/feature/b$i $at"; echo "create refs/tags/v0.0.$i $at"; done | git update-ref --stdin && git pack-refs --all)
	done
	what=$size
	[ $size = small ] || what="5,000 branches and 5,000 tags"
	for cycle in feature release; do
		for i in $(seq "$rounds"); do
			for p in "${peers[@]}"; do
				cd "$work/$size.$p" && cpu_of "$work/$size.$cycle.$p.cpu" "${cycle}_$p" "$i"
			done
		done
		o=$(median <"$work/$size.$cycle.ours.cpu") g=$(median <"$work/$size.$cycle.plain.cpu")
		result "a $cycle cycle, $what: ours / plain git, CPU" "$(ratio "$o" "$g")" "<= 1.2" "$o ms / $g ms"
		[ ${#peers[@]} = 2 ] || result "the same: ours / git-flow, CPU" "$(ratio "$o" "$(median <"$work/$size.$cycle.flow.cpu")")" "<= 1" "git-flow $(median <"$work/$size.$cycle.flow.cpu") ms"
	done
done
