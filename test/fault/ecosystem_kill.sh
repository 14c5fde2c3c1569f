#!/usr/bin/env bash
# One release of three repositories that is killed at every point, in every member: `continue` brings it to the same end as an undisturbed one,
# `abort` puts back exactly what was there, in every clone and on every remote. The way back is killed, too.
# Requirement: RL-7, BR-5, RC-2
# Timeout: 2400
. "$(dirname "$0")/../scenario/offline.lib.sh"
. "$(dirname "$0")/../scenario/ecosystem.lib.sh"

# here the rules let remotes go back
open='s/production, /production, allow: {force-push: write}, /; s/type: integration,/type: integration, allow: {force-push: write},/; s/branches: main}/branches: main, allow: {delete: write}}/; s/label, /label, allow: {delete: write}, /'
fresh "auth=$open" "app=$open" "dash=$open"
begin
(cd ../auth && git switch -q develop) # one stands elsewhere
printf 'kept\n' >../dash/file && git -C ../dash stash -q
mkdir "$work/seed" && cp -a "$work/c" "$work/remote" "$work/seed"

seed() { cd "$work" && rm -rf c remote && cp -a "$work/seed/c" "$work/seed/remote" . && cd "$work/c/app" || exit 1; }
killed_at() { # POINT COMMAND ... : the shell's word of a killed child is not for the eyes
	local p=$1
	shift
	(SLUICE_FAULT=$p "$sluice" "$@" >"$work/out" 2>&1; exit $?) 2>/dev/null
	[ $? = 137 ]
}
does() { # WHAT COMMAND ... must succeed
	local what=$1
	shift
	"$sluice" "$@" >"$work/out" 2>&1 || { cat "$work/out"; echo "FAIL: $what: $*"; exit 1; }
}
stands() { # WHAT STATE
	[ "$2" = "$(every)" ] || { diff <(printf '%s\n' "$2") <(every) | head -40; echo "FAIL: $1"; exit 1; }
}
once="home:after decided:after prepared:after"
each="stored: waiting: ended:"
steps="push refs tree head settings deletions"
points() { # MEMBER ...
	local m k
	echo "$once"
	for m; do
		for k in $each; do echo "${k}acme/$m"; done
		for k in $steps; do echo "$k:before@acme/$m $k:after@acme/$m"; done
	done
}
check() { # NAME MEMBERS LEAST COMMAND ...
	local name=$1 members=$2 least=$3 before after killed=0 p end
	shift 3
	seed
	before=$(every)
	does "$name" "$@"
	after=$(every)
	[ "$before" != "$after" ] || { echo "FAIL: $name changes nothing"; exit 1; }
	# shellcheck disable=SC2086 # words
	for p in $(points $members); do
		for end in continue abort; do
			seed
			killed_at "$p" "$@" || continue
			killed=$((killed + 1))
			# nothing else begins meanwhile, at home
			if "$sluice" feature start other >"$work/out" 2>&1; then echo "FAIL: $name $p: another operation began"; exit 1; fi
			does "$name $p" status
			does "$name killed at $p" $end
			if [ $end = abort ]; then stands "$name killed at $p: abort differs" "$before"; else stands "$name killed at $p: continue differs" "$after"; fi
			# nothing is left under way anywhere
			for m in auth app dash; do [ ! -e "../$m/.git/sluice/flow/op.json" ] || { echo "FAIL: $name killed at $p, $end: something is under way in $m"; exit 1; }; done
		done
	done
	[ $killed -ge "$least" ] || { echo "FAIL: $name was killed $killed times only"; exit 1; }
	echo "$name: killed $killed times"
}
check "finish and push" "app dash" 40 ecosystem finish 1.1.0 --at 2026-01-05T10:00:00Z
check "finish" dash 20 ecosystem finish 1.1.0 --no-push --at 2026-01-05T10:00:00Z
check "start" app 14 ecosystem start 1.2.0 --no-fetch --at 2026-01-05T10:00:00Z

# --- killed after a conflict of one was solved by hand: what was solved lands, or all of it goes back
seed
(cd ../dash && echo ours >file && git commit -qam "fix: in the release" && git switch -q main && echo theirs >file && git commit -qam "fix: on main" && git push -q origin main && git switch -q release/v1.1.0) || exit 1
(cd ../auth && git switch -q release/v1.1.0)
before_all=$(every)
"$sluice" ecosystem finish 1.1.0 --at 2026-01-05T10:00:00Z >"$work/out" 2>&1
is $? 9
tree=$(sed -n 's/^A work tree for solving it: //p' "$work/out")
echo both >"$tree/file" && git -C "$tree" add file || exit 1
mv "$work/seed" "$work/plain" && mkdir "$work/seed" && cp -a "$work/c" "$work/remote" "$work/seed"
[ "$(every)" = "$before_all" ] || { echo "FAIL: laying out the conflict changes something"; exit 1; }
check "finish, solved by hand" dash 20 continue
seed
does "solved by hand" continue
is "$(remote dash show v1.1.0:file)" both
rm -rf "$work/seed" && mv "$work/plain" "$work/seed"

# --- killed while it is being laid out for its checks: it waits, or is given up
seed
for m in app; do (cd "../$m" && git switch -q main && printf 'checks: {cross: {}}\n' >>.sluice/strategy.yml && sed -i 's/tag: \[release, ecosystem\]}/tag: [release, ecosystem], require: {checks: [cross]}}/' .sluice/strategy.yml && git commit -qam "chore: rules" && git push -q origin main && git switch -q release/v1.1.0) || exit 1; done
rm -rf "$work/seed" && mkdir "$work/seed" && cp -a "$work/c" "$work/remote" "$work/seed"
before=$(every)
for p in home:after stored:acme/dash waiting:acme/auth waiting:acme/dash; do
	for end in continue abort; do
		seed
		killed_at "$p" ecosystem finish 1.1.0 --at 2026-01-05T10:00:00Z || { echo "FAIL: not killed at $p"; exit 1; }
		"$sluice" $end >"$work/out" 2>&1
		rc=$?
		[ $end = continue ] && { is $rc 8; grep -q "cross: waits" "$work/out" || { cat "$work/out"; echo "FAIL: it does not wait"; exit 1; }; does "give up" abort; rc=0; }
		is $rc 0
		stands "killed at $p, $end" "$before"
	done
done
rm -rf "$work/seed"
fresh "auth=$open" "app=$open" "dash=$open"
begin
mkdir "$work/seed" && cp -a "$work/c" "$work/remote" "$work/seed"

# --- the way back is killed: abort, or continue, brings it to its end
seed
before=$(every)
n=0
for p in turned:after recall:before@acme/dash recall:after@acme/dash recall:after@acme/auth deletions:after@acme/dash refs:before@acme/app refs:after@acme/auth back:acme/dash back:acme/auth; do
	for end in abort continue; do
		seed
		killed_at ended:acme/auth ecosystem finish 1.1.0 || { echo "FAIL: not killed"; exit 1; }
		killed_at "$p" abort || { echo "FAIL: abort is not killed at $p"; exit 1; }
		n=$((n + 1))
		does "abort killed at $p" $end
		stands "abort killed at $p, then $end" "$before"
	done
done
# --- and taking a finished one back
for p in turned:after refs:before@acme/app refs:after@acme/dash tree:after@acme/auth back:acme/dash back:acme/auth; do
	seed
	does "finish" ecosystem finish 1.1.0 --no-push
	killed_at "$p" undo || continue
	n=$((n + 1))
	does "undo killed at $p" continue
	stands "undo killed at $p, then continue" "$before"
done
[ $n -ge 20 ] || { echo "FAIL: the way back was killed $n times only"; exit 1; }

# --- one has moved after others were pushed to: killed while it is planned anew, and after it
seed
other dash && git -C "$work/other" commit -q --allow-empty -m "fix: meanwhile"
hook auth post-receive "while read old new ref; do [ \$ref != refs/heads/main ] || env -u GIT_DIR -u GIT_QUARANTINE_PATH git -C '$work/other' push -q; done"
"$sluice" ecosystem finish 1.1.0 >"$work/out" 2>&1 && { echo "FAIL: nothing came meanwhile"; exit 1; }
rm -rf "$work/seed" && mkdir "$work/seed" && cp -a "$work/c" "$work/remote" "$work/seed"
for p in again:acme/dash push:before@acme/dash push:after@acme/dash refs:before@acme/auth refs:after@acme/dash deletions:after@acme/dash ended:acme/auth; do
	seed
	killed_at "$p" continue || { cat "$work/out"; echo "FAIL: not killed at $p"; exit 1; }
	does "continue killed at $p" continue
	for m in auth app dash; do
		is "$(remote $m rev-parse v1.1.0-ecosystem^{})" "$(remote $m rev-parse main)"
		is "$(git -C ../$m rev-parse main)" "$(remote $m rev-parse main)"
		is "$(remote $m for-each-ref refs/sluice refs/heads/sluice)" ""
	done
done
rm -rf "$work/seed"
fresh "auth=$open" "app=$open" "dash=$open"
begin
mkdir "$work/seed" && cp -a "$work/c" "$work/remote" "$work/seed"

# --- what was pushed stays, the rest goes back: killed, and brought to its end
for p in turned:after settled:acme/auth settled:acme/app; do
	for end in continue "abort --keep-pushed"; do
		seed
		hook dash update 'case $1 in refs/heads/main) exit 1 ;; esac'
		"$sluice" ecosystem finish 1.1.0 >"$work/out" 2>&1 && { echo "FAIL: the hook does not refuse"; exit 1; }
		killed_at "$p" abort --keep-pushed || { echo "FAIL: not killed at $p"; exit 1; }
		# shellcheck disable=SC2086 # words
		does "keep killed at $p" $end
		is "$(remote auth rev-parse v1.1.0^{})" "$(git -C ../auth rev-parse main)"
		is "$(git -C ../dash rev-parse main)" "$(remote dash rev-parse main)"
		is "$(git -C ../dash tag -l)" v1.0.0
	done
done
exit 0
