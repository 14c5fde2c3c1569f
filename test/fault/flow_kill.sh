#!/usr/bin/env bash
# An operation in a clone that is killed before and after each of its steps: `continue` brings it to the same end as an undisturbed one,
# `abort` puts back exactly what was there: refs, HEAD, index, files, settings, stash. Every other work tree too.
# Requirement: BR-5, BR-6, RL-2, RC-2
# Timeout: 1200
. "$(dirname "$0")/../scenario/offline.lib.sh"

strategy='strategy: 1
branches:
  main: {type: production}
  develop: {type: integration, base: main}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}, after-merge: delete}
  archived: {match: "archived/{name}", type: work, base: develop, into: develop, archive: 1d}
  hotfix: {match: "hotfix/{version}", type: hotfix, base: main, bump: patch, after-merge: delete, into: {main: {method: merge, tag: release, back-merge: [develop]}}}
  straight: {match: "straight/{name}", type: work, base: develop, into: {develop: {method: rebase}}, after-merge: delete}
  phase: {match: "phase/{phase}", type: work, base: develop, into: {develop: {method: merge}}, after-merge: delete, twin: "bench/{phase}"}
  bench: {match: "bench/{phase}", type: throwaway, base: develop}
  integration: {match: "integration/{name}", type: throwaway, base: develop}
  line: {match: old/v1, type: support, base: main, was: old}
  release: {match: "release/{version}", type: release, base: develop, after-merge: delete, into: {main: {method: merge, tag: release, back-merge: [develop]}}}
tags:
  release: {match: "v{version}", branches: main}
  archive: {match: "archive/{name}", type: label}
  mark: {match: "v{version}-{phase}", type: label}
  candidate: {match: "v{version}-{pre}.{n}", type: prerelease, branches: release}
phases: {zero: {}, one: {version: 1.1.0}, two: {version: 1.2.0, after: one}}
releases: {version-files: [{file: VERSION, text: "{version}"}], changelog: CHANGELOG.md}'
GIT_AUTHOR_DATE='2026-01-05T10:00:00Z' GIT_COMMITTER_DATE='2026-01-05T10:00:00Z'
export GIT_AUTHOR_DATE GIT_COMMITTER_DATE

# a remote, a clone with work on a feature and a hotfix, a stash, a second work tree that stands on develop, a third on a branch that will be called otherwise
make_seed() {
	mkdir -p "$work/repo/a/.sluice" && cd "$work/repo/a" || exit 1
	git init -q . && printf '%s\n' "$strategy" >.sluice/strategy.yml
	printf 'one\n' >file && mkdir dir && printf 'x\n' >dir/x && git add . && git commit -qm "feat: begin" && git tag -a -m v1.0.0 v1.0.0
	git branch develop
	git init -q --bare "$work/repo/origin.git" && git remote add origin "$work/repo/origin.git" && git push -q origin main develop v1.0.0
	git switch -q -c feature/login develop && printf 'two\n' >new && git rm -q dir/x && git add . && git commit -qm "feat: login"
	git switch -q -c feature/done develop && printf 'three\n' >three && git add . && git commit -qm "feat: three" && git branch archived/x && git switch -q develop && git merge -q --no-ff --no-edit feature/done
	git switch -q -c phase/zero develop && printf 'zero\n' >zero && git add . && git commit -qm "feat: zero" && git switch -q develop && git merge -q --no-ff --no-edit phase/zero && git branch -q -D phase/zero
	git push -q origin develop feature/done archived/x && git config branch.feature/done.remote origin
	git switch -q -c hotfix/1.0.1 main && printf 'fix\n' >fix && git add . && git commit -qm "fix: it"
	git switch -q -c release/1.1.0 develop && printf '1.1.0\n' >VERSION && git add . && git commit -qm "chore: release 1.1.0"
	git switch -q -c phase/one develop && git branch bench/one && printf 'phase\n' >phase && git add . && git commit -qm "feat: phase"
	git worktree add -q "$work/repo/b" develop
	git branch old main && git push -q -u origin old && git worktree add -q "$work/repo/c" old && printf 'mine\n' >"$work/repo/c/untracked"
	printf 'kept\n' >file && git stash -q
	git switch -q feature/login
	git config branch.feature/login.description "my branch"
	cp -a "$work/repo" "$work/seed"
}
seed() {
	cd "$work" && rm -rf "$work/repo" && cp -a "$work/seed" "$work/repo" && cd "$work/repo/a" || exit 1
}
# everything that an operation may touch; what is under way is not part of it
state() {
	git -C "$work/repo/a" for-each-ref
	git -C "$work/repo/origin.git" for-each-ref
	git -C "$work/repo/a" stash list
	git -C "$work/repo/a" config --list --local | sort
	for t in old old/v1; do git -C "$work/repo/a" log -g --format=%gs "$t" -- 2>/dev/null | grep -x "branch: Created from main"; done
	for t in a b c; do
		(cd "$work/repo/$t" && git symbolic-ref HEAD && git ls-files -s && git status --porcelain && find . -path ./.git -prune -o -type f -print -exec cat {} \; | sort)
	done
	find "$work/repo/a/.git" -name '*.lock' -o -name 'sluice-*'
}
points="begin:after push:before push:after refs:before refs:after tree:before tree:after head:before head:after settings:before settings:after deletions:before deletions:after"

killed_at() { # POINT COMMAND ... : the shell's word of a killed child is not for the eyes
	local p=$1
	shift
	(SLUICE_FAULT=$p "$sluice" "$@" >"$work/out" 2>&1; exit $?) 2>/dev/null
}
is_pushed() { [ "$(git -C "$work/repo/origin.git" for-each-ref)" != "$remote_before" ]; }
check() { # NAME COMMAND ...
	local name=$1 before after killed=0 p
	shift
	seed
	before=$(state)
	"$sluice" "$@" >"$work/out" 2>&1 || { cat "$work/out"; echo "FAIL: $name"; exit 1; }
	after=$(state)
	[ "$before" != "$after" ] || { echo "FAIL: $name changes nothing"; exit 1; }
	for p in $points; do
		for end in continue abort; do
			seed
			[ "$(state)" = "$before" ] || { echo "FAIL: the seed differs"; exit 1; }
			if killed_at $p "$@"; then continue; fi
			killed=$((killed + 1))
			# another operation is refused meanwhile, and nothing of it is done
			if "$sluice" feature start other >"$work/out" 2>&1; then echo "FAIL: $name $p: a second operation began"; exit 1; fi
			grep -q "under way" "$work/out" || { cat "$work/out"; echo "FAIL: $name $p: it does not say what is under way"; exit 1; }
			"$sluice" status >"$work/out" 2>&1 || { cat "$work/out"; echo "FAIL: $name $p: status"; exit 1; }
			# of what was pushed there is no way back, and that is said
			if [ $end = abort ] && is_pushed; then
				if "$sluice" abort >"$work/out" 2>&1; then echo "FAIL: $name $p: what was pushed was aborted"; exit 1; fi
				grep -q "others may have it" "$work/out" || { cat "$work/out"; echo "FAIL: $name $p: abort does not say why not"; exit 1; }
				"$sluice" continue >"$work/out" 2>&1 || { cat "$work/out"; echo "FAIL: $name $p: continue after abort"; exit 1; }
				[ "$(state)" = "$after" ] || { diff <(printf '%s\n' "$after") <(state); echo "FAIL: $name $p: continue differs"; exit 1; }
				continue
			fi
			"$sluice" $end >"$work/out" 2>&1 || { cat "$work/out"; echo "FAIL: $name $p: $end"; exit 1; }
			if [ $end = abort ]; then want=$before; else want=$after; fi
			[ "$(state)" = "$want" ] || { diff <(printf '%s\n' "$want") <(state); echo "FAIL: $name killed at $p: $end differs"; exit 1; }
		done
	done
	[ $killed -ge 4 ] || { echo "FAIL: $name was killed $killed times only"; exit 1; }
	echo "$name: killed $killed times"
}
make_seed
seed
remote_before=$(git -C "$work/repo/origin.git" for-each-ref)

check "start" feature start other --from develop
check "finish" feature finish --no-push
check "hotfix" hotfix finish 1.0.1 --no-push
check "finish and push" hotfix finish 1.0.1
check "release start" release start 1.2.0 --no-fetch --at 2026-01-05T10:00:00Z
check "release rc" release rc 1.1.0 --no-push
check "release finish" release finish 1.1.0 --no-push --at 2026-01-05T10:00:00Z
check "release finish and push" release finish 1.1.0 --at 2026-01-05T10:00:00Z
check "phase start" phase start two --ahead
check "phase integrate" phase integrate one --no-run --no-fetch
check "phase finish" phase finish one --no-push
check "phase finish and push" phase finish one
check "revert" revert --to zero --on develop --no-push
check "revert and push" revert --to zero --on develop
check "maintain" maintain --no-fetch branches archive
check "maintain and push" maintain --no-fetch branches archive --push

# a rebase of which two commits conflict: killed while one is laid out, taken up or carried out; what was solved is not asked for again
two_conflicts() {
	seed
	git switch -q -c straight/x develop && for f in one two; do printf 'mine\n' >$f && git add $f && git commit -qm "feat: $f"; done
	(cd "$work/repo/b" && printf 'theirs\n' | tee one >two && git add . && git commit -qm "feat: theirs") && git push -q origin develop
}
solve() { # what the tree of the conflict has open
	local tree
	tree=$(echo "$work"/repo/a/.git/sluice/flow/solve-*)
	(cd "$tree" && git diff --name-only --diff-filter=U | while read -r f; do printf 'both\n' >"$f" && git add "$f"; done)
}
go_on() { # to the end, however often it asks
	local n=0
	until "$sluice" continue >"$work/out" 2>&1; do
		n=$((n + 1))
		[ $n -lt 5 ] || { cat "$work/out"; echo "FAIL: rebase: it does not come to its end"; exit 1; }
		solve
	done
}
two_conflicts
before=$(state)
"$sluice" straight finish --no-push >"$work/out" 2>&1 && { echo "FAIL: rebase: no conflict"; exit 1; }
go_on
after=$(state | sed -n '/refs\/heads/!p') # its commits are others each time
tree_after=$(git rev-parse "develop^{tree}")
killed=0
for p in solve:before solve:after $points; do
	for end in continue abort; do
		for round in 0 1 2; do # the first command, the first `continue`, the second
			two_conflicts
			command="straight finish --no-push"
			for ((i = 0; i < round; i++)); do
				"$sluice" $command >"$work/out" 2>&1 && { echo "FAIL: rebase $p: no conflict"; exit 1; }
				solve
				command=continue
			done
			killed_at $p $command
			[ $? = 137 ] || continue
			killed=$((killed + 1))
			"$sluice" status >"$work/out" 2>&1 || { cat "$work/out"; echo "FAIL: rebase $p: status"; exit 1; }
			if [ $end = abort ]; then
				"$sluice" abort >"$work/out" 2>&1 || { cat "$work/out"; echo "FAIL: rebase $p: abort"; exit 1; }
				[ "$(state)" = "$before" ] || { diff <(printf '%s\n' "$before") <(state); echo "FAIL: rebase $p, $round: abort differs"; exit 1; }
				continue
			fi
			go_on
			[ "$(git rev-parse "develop^{tree}") $(git log -2 --format=%s develop | paste -sd,)" = "$tree_after feat: two,feat: one" ] || { echo "FAIL: rebase $p: other commits"; exit 1; }
			[ "$(state | sed -n '/refs\/heads/!p')" = "$after" ] || { diff <(printf '%s\n' "$after") <(state); echo "FAIL: rebase $p, $round: continue differs"; exit 1; }
		done
	done
done
[ $killed -ge 10 ] || { echo "FAIL: rebase was killed $killed times only"; exit 1; }
echo "rebase: killed $killed times"

# two names that cannot stand together: what only makes room on the remote is put back
all_points=$points
points="begin:after keep:before keep:after room:before room:after push:before push:after refs:before refs:after head:before head:after settings:before settings:after logs:before logs:after deletions:before deletions:after late:before late:after land:before land:after logs-on:before logs-on:after let-go:before let-go:after"
is_pushed() { git -C "$work/repo/origin.git" rev-parse -q --verify refs/heads/old/v1 >/dev/null; }
check "adopt" adopt apply --no-fetch
check "adopt here" adopt apply --no-push
seed
before=$(state)
for p in $points; do # and its way back
	for end in continue abort; do
		seed
		"$sluice" adopt apply --no-fetch >"$work/out" 2>&1 || { cat "$work/out"; echo "FAIL: adopt"; exit 1; }
		after=$(state)
		killed_at $p adopt undo && continue
		if [ $end = abort ] && git -C "$work/repo/origin.git" rev-parse -q --verify refs/heads/old >/dev/null; then end=continue; fi
		"$sluice" $end >"$work/out" 2>&1 || { cat "$work/out"; echo "FAIL: adopt undo killed at $p: $end"; exit 1; }
		if [ $end = abort ]; then want=$after; else want=$before; fi
		[ "$(state)" = "$want" ] || { diff <(printf '%s\n' "$want") <(state); echo "FAIL: adopt undo killed at $p, then $end"; exit 1; }
	done
done
points=$all_points

# --- what somebody wrote meanwhile, where a file of the operation has to stand, is kept and told, whatever its size
for size in 12 9000000; do
	for end in continue abort; do
		seed
		killed_at tree:before feature finish --no-push && { echo "FAIL: not killed"; exit 1; }
		head -c $size /dev/urandom >three
		sum=$(sha256sum <three)
		"$sluice" $end >"$work/out" 2>&1 || { cat "$work/out"; echo "FAIL: $end over a file of somebody's"; exit 1; }
		kept=$(sed -n 's/.*what stood in it is kept: //p' "$work/out")
		[ -f "$kept" ] && [ "$(sha256sum <"$kept")" = "$sum" ] || { cat "$work/out"; echo "FAIL: $end: what somebody wrote is lost"; exit 1; }
		[ $end = abort ] || [ "$(cat three)" = three ] || { echo "FAIL: the file of the operation does not stand"; exit 1; }
	done
done

# --- the way back is killed, too
for p in $points; do
	seed
	before=$(state)
	killed_at deletions:before feature finish --no-push && { echo "FAIL: not killed"; exit 1; }
	killed_at $p abort
	"$sluice" abort >"$work/out" 2>&1
	[ "$(state)" = "$before" ] || { diff <(printf '%s\n' "$before") <(state); echo "FAIL: abort killed at $p"; exit 1; }
done
# --- and taking a finished one back
for p in $points; do
	seed
	before=$(state)
	"$sluice" feature finish --no-push >"$work/out" 2>&1 || { cat "$work/out"; echo "FAIL: finish"; exit 1; }
	after=$(state)
	killed_at $p undo || "$sluice" continue >"$work/out" 2>&1 || { cat "$work/out"; echo "FAIL: undo killed at $p: continue"; exit 1; }
	[ "$(state)" = "$before" ] || { diff <(printf '%s\n' "$before") <(state); echo "FAIL: undo killed at $p"; exit 1; }
	seed
	"$sluice" feature finish --no-push >"$work/out" 2>&1
	killed_at $p undo && continue
	"$sluice" abort >"$work/out" 2>&1 || { cat "$work/out"; echo "FAIL: undo killed at $p: abort"; exit 1; }
	[ "$(state)" = "$after" ] || { diff <(printf '%s\n' "$after") <(state); echo "FAIL: undo killed at $p, then abort"; exit 1; }
done
exit 0
