#!/usr/bin/env bash
# One release of three repositories in their clones: all of them, or none. Begun, looked at, finished; what stops one stops all; a conflict that a
# person solves; remotes that refuse, have moved, are away; taken back.
# Requirement: RL-7, BR-5
# Timeout: 1200
. "$(dirname "$0")/offline.lib.sh"
. "$(dirname "$0")/ecosystem.lib.sh"

# --- it is begun, shown and taken back in all of them
fresh
asked="ecosystem start 1.1.0"
keep
asks 0 --dry-run
has "create the branch release/v1.1.0 from develop"
has "acme/dash ($work/c/dash)"
same
asked="ecosystem status"
asks 2
has "No member has an open release"
asked="ecosystem start 1.1.0"
asks 0
for r in auth app dash; do
	is "$(git -C ../$r symbolic-ref --short HEAD)" release/v1.1.0
	is "$(cat ../$r/VERSION)" 1.1.0
done
asks 2
has "acme/auth: The branch release/v1.1.0 is there already"
has "acme/dash: The branch release/v1.1.0 is there already"
asked=undo
asks 0 --dry-run
asks 0
has "everything stands as before"
same
asks 9
has "is undone: there is nothing to undo"

# --- what stops one stops all: changed files, a remote that has moved on, one that refuses
fresh
asked="ecosystem start 1.1.0"
printf 'x\n' >>../dash/file
keep
asks 9
has "acme/dash: $work/c/dash has changes that are not committed: file"
has "Nothing has moved in any of the 3 repositories"
same
git -C ../dash checkout -q file
other auth && (cd "$work/other" && git switch -q develop && git commit -q --allow-empty -m "fix: x" && git push -q)
keep_clones
asks 9
has "acme/auth: develop is 1 commit behind origin/develop"
has "What helps acme/auth is typed in its clone: cd $work/c/auth"
has "Nothing has moved in any of the 3 repositories"
git -C ../auth pull -q --ff-only
asks 0

# --- what is ready, and what is missing, of each
fresh
begin
asked="ecosystem status"
asks 0
has "ready in all of them"
printf 'x\n' >>../dash/file
printf 'x\n' >>file
asks 0
has "ready in 1 of 3"
has "$work/c/dash has changes that are not committed: file"
asked="ecosystem finish"
asks 9
has "acme/app: $work/c/app has changes that are not committed: file"
has "acme/dash: $work/c/dash has changes that are not committed: file"
has "Nothing has moved in any of the 3 repositories"
git checkout -q file && git -C ../dash checkout -q file

# --- it is finished in all of them: one version, the tag of all with the order of deployment; nothing that waited is left
asked="ecosystem finish"
keep
asks 0 --dry-run
same
asks 0
has "deployed in this order, and rolled back in the other: acme/auth, acme/app, acme/dash"
for r in auth app dash; do
	is "$(git -C ../$r show v1.1.0:VERSION)" 1.1.0
	is "$(remote $r rev-parse v1.1.0^{})" "$(git -C ../$r rev-parse main)"
	is "$(remote $r rev-parse v1.1.0-ecosystem^{})" "$(git -C ../$r rev-parse main)"
	is "$(remote $r cat-file -t v1.1.0-ecosystem)" tag
	out=$(remote $r tag -l -n9 v1.1.0-ecosystem)
	has "1. acme/auth v1.1.0"
	has "3. acme/dash v1.1.0"
	is "$(remote $r for-each-ref refs/sluice 'refs/heads/sluice' 'refs/heads/release')" ""
	git -C ../$r merge-base --is-ancestor release-1.1.0 develop 2>/dev/null || is "$(git -C ../$r show develop:VERSION)" 1.1.0
done
asked="ecosystem status 1.1.0"
asks 0
has "made in all of them"
asked=undo
asks 9
has "acme/auth: It was pushed to origin"
has "no deletion is pushed"
asked=log
asks 0
has "ecosystem finish 1.1.0"
cd ../dash || exit 1
asks 0
has "ecosystem finish 1.1.0"
asked=undo
asks 9
has "led from $work/c/app"
cd ../app || exit 1

# --- without the remotes; and undone
fresh
begin
keep
asked="ecosystem finish --no-push"
asks 0
is "$(git -C ../dash cat-file -t v1.1.0-ecosystem)" tag
is "$(remote dash tag -l)" v1.0.0
git -C ../auth switch -q main
git -C ../auth commit -q --allow-empty -m "fix: later"
asked=undo
asks 9
has "acme/auth: main has 1 commit since"
git -C ../auth reset -q --hard HEAD^
asks 0
same

# --- what a member wants done after a release is told, of that member
fresh 'dash=s/^releases: {/releases: {close: {boxes: [Announced]}, /'
begin
asked="ecosystem finish"
asks 0
has "acme/dash: "
has "Announced"

# --- one member's rules refuse: with its rule, and nothing moves anywhere
fresh 'dash=/production/s/{/{allow: {merge: nobody}, /'
begin
keep
asked="ecosystem finish"
asks 1
has "acme/dash: ecosystem finish 1.1.0: the strategy does not allow it"
has "branches.main.allow.merge"
has "Nothing has moved in any of the 3"
same
asked="ecosystem status"
asks 0
has "branches.main.allow.merge wants"

# --- a conflict in one: laid out there, told here; solved, given up
conflicts() { # MEMBER ...
	fresh
	begin
	local r
	for r; do
		(cd "../$r" && printf 'ours\n' >file && git commit -qam "fix: in the release" && git switch -q main && printf 'theirs\n' >file && git commit -qam "fix: on main" && git push -q origin main && git switch -q release/v1.1.0) || exit 1
	done
	keep
	asked="ecosystem finish"
	asks 9
}
solve() { # MEMBER
	local tree
	tree=$(printf '%s\n' "$laid" | sed -n "s/^A work tree for solving it: \(.*\/c\/$1\/.*\)/\1/p")
	[ -d "$tree" ] || fail "no work tree of $1"
	printf 'both\n' >"$tree/file" && git -C "$tree" add file
}
conflicts dash
laid=$out
has "acme/dash: ecosystem finish 1.1.0: 1 file is in conflict; nothing has moved"
has "then, in $work/c/app: sluice continue"
asked=status
asks 0
has "a conflict waits in"
asked="ecosystem start 2.0.0"
asks 9
has "Another operation is under way: ecosystem finish"
cd ../dash || exit 1
for asked in "feature start x" continue abort; do
	asks 9
	has "$work/c/app"
done
cd ../app || exit 1
asked=continue
asks 9
has "acme/dash: 1 file is in conflict"
solve dash
asks 0
is "$(remote dash show main:file)" both
is "$(remote auth rev-parse v1.1.0^{})" "$(git -C ../auth rev-parse main)"
conflicts dash
asked=abort
asks 0
same
conflicts auth app
laid=$out
solve auth
solve app
asked=continue
asks 0
is "$(remote auth show v1.1.0:file)" both
is "$(remote app show v1.1.0:file)" both
# what was solved outlasts a remote that refuses, before anything was decided or as the first one after it
for where in "auth pre-receive" "auth update" "dash pre-receive"; do
	conflicts app dash
	laid=$out
	solve app
	solve dash
	keep_clones
	# shellcheck disable=SC2086 # words
	hook $where 'case $1 in refs/heads/main | "") echo protected >&2; exit 1 ;; esac'
	asked=continue
	asks 9
	has "What was solved is kept: sluice continue tries again, sluice abort gives it up."
	same_clones
	asked=status
	asks 0
	has "its conflict is solved"
	rm "$work/remote/acme/${where% *}.git/hooks/${where#* }"
	asked=continue
	asks 0
	is "$(remote app show main:file) $(remote dash show v1.1.0:file)" "both both"
done
# a conflict in one is not laid out while another refuses
conflicts auth
asked=abort
asks 0
printf 'x\n' >>../dash/file
asked="ecosystem finish"
asks 9
hasnt "work tree for solving"
has "acme/dash"

# --- a remote has moved, a tag is taken there: heard of before anything moves, whether it was fetched or not
fresh
begin
other dash && git -C "$work/other" commit -q --allow-empty -m "fix: x" && git -C "$work/other" push -q
keep
asked="ecosystem finish --no-fetch"
asks 9
has "acme/dash: origin does not stand where this clone saw it last"
same
asked="ecosystem finish"
asks 9
has "acme/dash: main is 1 commit behind origin/main"
fresh
begin
other dash && git -C "$work/other" tag -a -m taken v1.1.0-ecosystem && git -C "$work/other" push -q origin v1.1.0-ecosystem
keep
asked="ecosystem finish --no-fetch"
asks 9
has "acme/dash: origin does not stand where this clone saw it last"
same
asked="ecosystem finish"
asks 2
has "acme/dash: The tag v1.1.0-ecosystem is there already"

# --- one has released that version alone; one has no branch of it
fresh
begin
git -C ../dash switch -q develop && git -C ../dash branch -q -D release/v1.1.0
asked="ecosystem finish 1.1.0"
asks 2
has "acme/dash: There is no branch release/v1.1.0"
has "sluice release start 1.1.0, in $work/c/dash; or in all of them: sluice ecosystem start 1.1.0"
(cd ../dash && "$sluice" release start 1.1.0 && "$sluice" release finish) >/dev/null 2>&1 || fail "dash alone"
asks 2
has "acme/dash: Release 1.1.0 is finished already: the tag v1.1.0 is there"

# --- one remote is away, or takes nothing
fresh
begin
mv "$work/remote/acme/dash.git" "$work/away"
keep_clones
asked="ecosystem finish --no-fetch"
asks 5
has "acme/dash"
asked="ecosystem finish"
asks 5
has "acme/dash: origin could not be fetched from"
same_clones
mv "$work/away" "$work/remote/acme/dash.git"
hook dash pre-receive 'echo "read-only today" >&2; exit 1'
keep
asked="ecosystem finish"
asks 9
has "acme/dash: origin does not take a push"
same

# --- one takes branches and tags only: what waits there waits on branches, and goes again
fresh
begin
hook dash update 'case $1 in refs/heads/*|refs/tags/*) echo "$1" >>seen ;; *) exit 1 ;; esac'
asked="ecosystem finish"
asks 0
grep -q refs/heads/sluice/ecosystem/1.1.0/ "$work/remote/acme/dash.git/seen" || fail "nothing waited on a branch"
is "$(remote dash for-each-ref refs/heads/sluice)" ""

# --- a remote that refuses in the end, by a rule of its own: the first one stops all of it, …
fresh
begin
hook auth update 'case $1 in refs/heads/main) echo "protected" >&2; exit 1 ;; esac'
keep
asked="ecosystem finish"
asks 9
has "acme/auth: origin did not take the push"
same
asked=status
asks 0
has "ecosystem start 1.1.0"

# … a later one leaves it under way: both ways are said. The rules let main not go back; going on ends it
late() {
	fresh "$@"
	begin
	keep
	hook dash update 'case $1 in refs/heads/main) echo "protected" >&2; exit 1 ;; esac'
	asked="ecosystem finish"
	asks 9
	has "acme/dash: origin did not take the push"
	has "Pushed so far: acme/auth, acme/app"
	has "sluice continue tries again"
}
late
asked=status
asks 0
has "pushed; next: move branches and tags"
has "not pushed to origin yet"
(cd ../auth && asked="feature start x" && asks 9 && has "$work/c/app") || exit 1
asked=abort
refs_before=$(every)
asks 1
has "acme/auth: It was pushed to origin, and branches.main.allow.force-push (force-push main: nobody) does not let main go back there"
has "Nothing was taken back anywhere"
[ "$(every)" = "$refs_before" ] || fail "something was taken back"
asked=continue
asks 9
has "acme/dash: origin did not take the push"
rm "$work/remote/acme/dash.git/hooks/update"
asks 0
is "$(remote dash rev-parse v1.1.0-ecosystem^{})" "$(git -C ../dash rev-parse main)"
is "$(remote dash for-each-ref refs/sluice refs/heads/sluice)" ""
asked=status
asks 0
has "ecosystem finish 1.1.0 by ann <ann@example.org>: done"
# neither way: what was pushed stays, the rest is put back
late
asked="abort --keep-pushed"
dash_before=$(state_of ../dash)
asks 0
has "acme/auth: was pushed, and is released alone"
has "acme/dash: stands as before"
is "$(remote auth rev-parse v1.1.0^{})" "$(git -C ../auth rev-parse main)"
is "$(git -C ../dash symbolic-ref --short HEAD)" release/v1.1.0
[ "$dash_before" = "$(state_of ../dash)" ] || fail "dash does not stand as before"
is "$(remote dash tag -l)" v1.0.0
asks 2
has "Nothing is under way here"
# somebody pushes to one while another is pushed to: what was planned there is stale; going on plans it anew, on what came
meanwhile() { # MEMBER=SED ... -- COMMAND : in another clone of $late_one, on main
	local change=()
	while [ "$1" != -- ]; do change+=("$1") && shift; done
	shift
	fresh "${change[@]}"
	begin
	other $late_one && (cd "$work/other" && "$@") || fail "nothing came meanwhile"
	hook auth post-receive "while read old new ref; do [ \$ref != refs/heads/main ] || env -u GIT_DIR -u GIT_QUARANTINE_PATH git -C '$work/other' push -q; done"
}
for late_one in app dash; do # the home may be the one
	meanwhile -- git commit -q --allow-empty -m "fix: meanwhile"
	asked="ecosystem finish"
	asks 9
	has "acme/$late_one: origin did not take the push"
	has "Pushed so far: acme/auth"
	asked=continue
	asks 0
	has "acme/$late_one, anew: 1. bring main to where origin has it"
	has "ecosystem finish 1.1.0 is done"
	for r in auth app dash; do
		is "$(remote $r rev-parse v1.1.0^{})" "$(remote $r rev-parse main)"
		is "$(remote $r rev-parse v1.1.0-ecosystem^{})" "$(git -C ../$r rev-parse main)"
		is "$(remote $r for-each-ref refs/sluice refs/heads/sluice)" ""
	done
	remote $late_one merge-base --is-ancestor "$(git -C "$work/other" rev-parse HEAD)" main || fail "what came meanwhile is not in it"
done
# … which may conflict: solved by a commit there
conflicting() { printf 'theirs\n' >file && git commit -qam "fix: meanwhile"; }
meanwhile -- conflicting
(cd ../dash && printf 'ours\n' >file && git commit -qam "fix: in the release") || exit 1
asked="ecosystem finish"
asks 9
asked=continue
asks 9
has "acme/dash: What came to it meanwhile conflicts with the release in file"
has "git switch release/v1.1.0 && git merge origin/main"
has "sluice abort --keep-pushed"
asks 9
(cd ../dash && git merge -q origin/main >/dev/null 2>&1; printf 'both\n' >file && git add file && git commit -qm "fix: both") || exit 1
asks 0
is "$(remote dash show v1.1.0:file)" both
# … and may want checks again: it waits with what was planned anew
meanwhile 'dash=s/up-to-date: false}/up-to-date: false, checks: [tests]}/; s/^tags:/checks: {tests: {}}\ntags:/' -- git commit -q --allow-empty -m "fix: meanwhile"
asked="ecosystem finish --checked tests"
asks 9
asked=continue
asks 8
has "What was planned anew waits for its checks"
dash=$(printf '%s\n' "$out" | sed -n 's/^  acme\/dash  main \([0-9a-f]*\)  tests: waits$/\1/p')
asks 8
asked="continue --checked tests"
asks 0
is "$(remote dash rev-parse main | cut -c1-10)" "$dash"
# where the rules let it, abort takes the remotes back too
open='s/production, /production, allow: {force-push: write}, /; s/type: integration,/type: integration, allow: {force-push: write},/; s/branches: main}/branches: main, allow: {delete: write}}/; s/label, /label, allow: {delete: write}, /'
late "auth=$open" "app=$open" "dash=$open"
asked=abort
asks 0
has "everything stands as before"
rm "$work/remote/acme/dash.git/hooks/update"
same
# … unless somebody has built on it
late "auth=$open" "app=$open" "dash=$open"
other auth && git -C "$work/other" commit -q --allow-empty -m "fix: on top" && git -C "$work/other" push -q
asked=abort
refs_before=$(every)
asks 9
has "acme/auth: Others have moved on at origin"
[ "$(every | grep -v refs/remotes)" = "$(printf '%s\n' "$refs_before" | grep -v refs/remotes)" ] || fail "something was taken back"
rm "$work/remote/acme/dash.git/hooks/update"
asked=continue
asks 0

# --- what lands wants checks, of each or of all: it waits where whoever tests it finds it; then the very commits that were tested land
checked() { # MEMBER COMMIT CHECK : as a build machine, with Git alone
	other "$1"
	git -C "$work/other" fetch -q origin "$(remote "$1" for-each-ref --format='%(objectname) %(refname)' refs/sluice/plan | sed -n "s/^$2 //p")" && git -C "$work/other" push -q origin "FETCH_HEAD:refs/sluice/checked/$2/$3" || fail "$1: nothing waits for a build machine"
}
waits() {
	eco_members='ecosystem: {members: [acme/auth, acme/app, acme/dash], tag: [release, ecosystem], require: {checks: [cross-service]}}
checks: {cross-service: {}}'
	tests='s/up-to-date: false}/up-to-date: false, checks: [tests]}/; s/^tags:/checks: {tests: {}}\ntags:/'
	fresh "auth=$tests"
	begin
}
waits
keep
asked="ecosystem finish"
asks 8 --dry-run
same
keep_clones
asks 8
has "Nothing has moved in any of the 3 repositories"
has "git fetch origin refs/sluice/plan/ecosystem-1.1.0/"
planned=$(printf '%s\n' "$out" | sed -n 's/^  acme\/\(.*\)  main \([0-9a-f]*\)  \(.*\): waits$/\1 \2 \3/p')
is "$(printf '%s\n' "$planned" | cut -d' ' -f1,3 | tr '\n' ,)" "auth tests,auth cross-service,app cross-service,dash cross-service,"
same_clones
asked=status
asks 0
has "prepared: nothing has moved"
asked=continue
asks 8
while read -r member commit check; do
	case $member/$check in dash/*) continue ;; esac
	checked "$member" "$(git -C "../$member" rev-parse "$commit")" "$check"
done <<<"$planned"
asks 8
has "auth  main $(printf '%s' "$planned" | sed -n 's/^auth \(.*\) tests/\1/p')  tests: passed"
has "dash"
asked="continue --checked nonsense"
asks 2
has "no member waits for a check of that name"
asked="continue --checked cross-service"
asks 0
for member in auth app dash; do
	is "$(remote "$member" rev-parse main | cut -c1-10)" "$(printf '%s' "$planned" | sed -n "s/^$member \(.*\) cross-service/\1/p")"
	is "$(remote "$member" for-each-ref refs/sluice)" ""
done
# … given up, nothing waits any more; and what a person solved is not lost by waiting
waits
keep
asked="ecosystem finish"
asks 8
asked=abort
asks 0
same
(cd ../dash && printf 'ours\n' >file && git commit -qam "fix: in the release" && git switch -q main && printf 'theirs\n' >file && git commit -qam "fix: on main" && git push -q origin main && git switch -q release/v1.1.0) || exit 1
asked="ecosystem finish"
asks 9
laid=$out
solve dash
asked=continue
asks 8
asked="continue --checked tests --checked cross-service"
asks 0
is "$(remote dash show main:file)" both
eco_members='ecosystem: {members: [acme/auth, acme/app, acme/dash], tag: [release, ecosystem]}'

# --- clones that are not there, are elsewhere, are several
fresh
mv ../dash "$work/elsewhere"
asked="ecosystem status 1.1.0"
asks 2
has "acme/dash, a member of the ecosystem, has no clone beside $work/c/app"
has "git clone $work/remote/acme/dash.git $work/c/dash"
git config sluice.acme/dash.clone "$work/elsewhere"
asks 0
has "acme/dash"
git config sluice.acme/dash.clone "$work/nowhere"
asks 2
has "git config sluice.acme/dash.clone says"
git config --unset sluice.acme/dash.clone
cp -a "$work/elsewhere" ../dash && cp -a "$work/elsewhere" ../dash2
asks 9
has "has several clones here"
rm -rf ../dash2
cd ../auth || exit 1
asks 2
has "names no members of an ecosystem"

# --- cut off when it was decided, and a part is lost meanwhile: no remote gets anything; the others go back, and what was not begun moves nowhere
decided() {
	fresh
	begin
	keep
	(SLUICE_FAULT=decided:after "$sluice" ecosystem finish >/dev/null 2>&1; exit $?) 2>/dev/null
	[ $? = 137 ] || fail "it was not killed"
}
decided
rm ../dash/.git/sluice/flow/op.json
asked=continue
asks 9
has "acme/dash: Its part is not there any more"
hasnt "Pushed so far"
asked=abort
asks 0
for r in auth app dash; do is "$(remote $r tag -l)" v1.0.0; done
decided
git -C ../dash commit -q --allow-empty -m "fix: meanwhile" && fix=$(git -C ../dash rev-parse HEAD)
asked=continue
asks 0
remote dash merge-base --is-ancestor "$fix" main || fail "what came to the release is not in it"
is "$(remote dash rev-parse v1.1.0^{})" "$(git -C ../dash rev-parse main)"
decided
rm -rf ../dash
asked=continue
asks 9
has "acme/dash: its clone $work/c/dash is no more"
asked=abort
asks 0
has "is given up"
is "$(git -C ../auth symbolic-ref --short HEAD) $(git -C ../auth tag -l)" "release/v1.1.0 v1.0.0"

# --- a member that has no branches for releases is tagged where it stands, in one version with the others
fresh 'dash=/^  develop/d; /^  feature/d; /type: release/d; /^releases/d'
asked="ecosystem start 1.1.0"
asks 0
has "it has no branch for a release"
asked="ecosystem finish"
asks 0
is "$(remote dash rev-parse v1.1.0^{})" "$(remote dash rev-parse main)"
is "$(remote dash rev-parse v1.1.0-ecosystem^{})" "$(remote dash rev-parse main)"
# … one without the class of tag is told
fresh 'dash=/ecosystem:/d'
begin
asked="ecosystem finish"
asks 2
has "acme/dash: Its strategy has no class of tag called ecosystem"

# --- the home is gone: a part stands alone, and can be given up
conflicts dash
mv "$work/c/app" "$work/gone"
cd "$work/c/dash" || exit 1
asked=abort
asks 0
has "knows nothing of it any more"
cd "$work/gone" || exit 1

exit 0
