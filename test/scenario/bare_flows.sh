#!/usr/bin/env bash
# The flows of a clone against a plain bare repository that judges its pushes (`sluice hooks install --bare`), under the presets: what the strategy allows
# lands by the same commands as elsewhere, what it wants first is said with a command that helps.
# Requirement: BR-5, BR-6, BR-8, RL-2, RL-3, DP-5, PR-6
# Timeout: 600
. "$(dirname "$0")/offline.lib.sh"
. "$(dirname "$0")/ecosystem.lib.sh"
export GIT_AUTHOR_DATE='2026-01-05T10:00:00Z' GIT_COMMITTER_DATE='2026-01-05T10:00:00Z'

change() { mkdir -p "$(dirname "$1")" && printf '%s\n' "$2" >"$1" && git add "$1" && git commit -qm "$3" || fail "commit $3"; }
fresh() { # PRESET MAIN [DEVELOPMENT] [MORE OF THE STRATEGY]
	cd "$work" && rm -rf a origin.git && mkdir -p a/.sluice && cd a && git init -q -b "$2" . || exit 1
	printf 'strategy: 1\nextends: %s\n%s' "$1" "${4-}" >.sluice/strategy.yml
	printf '1.0.0\n' >VERSION && printf '[project]\nversion = "1.0.0"\n' >pyproject.toml && echo '{"version": "1.0.0"}' >package.json
	git add . && git commit -qm "chore: begin" && git tag -a -m v1.0.0 v1.0.0 && { [ -z "${3-}" ] || git branch "$3"; }
	git init -q -b "$2" --bare ../origin.git && git remote add origin ../origin.git && git push -q -u origin --all && git push -q --tags || fail "seed"
	(cd ../origin.git && "$sluice" hooks install --bare >/dev/null 2>&1) || fail "install, $1"
	git fetch -q && git remote set-head origin -a >/dev/null
	preset=$1
}
there() { git -C ../origin.git rev-parse -q --verify "$1"; }
# What waits for its checks waits there; CI, which this test is, says that each passed.
lands() { # COMMAND…
	local code=0 line
	out=$("$sluice" "$@" 2>&1) || code=$?
	while [ $code = 8 ] && line=$(grep -o 'git push origin [0-9a-f]*:refs/sluice/checked/[^. ]*' <<<"$out"); do
		$line 2>/dev/null || fail "$preset: $* waits, and CI cannot say: $line"
		code=0
		out=$("$sluice" "$@" 2>&1) || code=$?
	done
	[ $code = 0 ] || fail "$preset: $*: exit code $code"
}
same() { # BRANCH…: the remote has them as they are here
	local b
	for b in "$@"; do is "$(there "$b")" "$(git rev-parse "$b")"; done
}
tidy() { is "$(git -C ../origin.git for-each-ref refs/sluice/plan)" ""; }
tick_all() { # VERSION
	local box
	"$sluice" release boxes "$1" 2>/dev/null | sed -n '/^Before/,/^After/s/^  \[ \] \(.*\)/\1/p' | sed 's/ (by .*)$//' >"$work/boxes"
	while read -r box; do lands release tick "$1" "$box"; done <"$work/boxes"
}
cycle() { # METHOD MAIN DEVELOPMENT HOTFIX: features, a release, a hotfix while the next release is open
	lands feature start one && change one 1 "feat: one"
	if [ "$1" = squash ]; then
		asked="feature finish one"
		asks 9
		has "it is the merge of no branch that is there or comes with"
		has "feature/one is not on origin as it stands here"
		has "sluice branch publish feature feature/one"
		is "$(git -C ../origin.git for-each-ref refs/sluice/plan refs/heads/feature)" ""
		lands branch publish feature feature/one
	fi
	lands feature finish one
	same "$3"
	lands feature start two && change two 1 "feat: two" && lands feature publish two && change two 2 "feat: two again"
	[ "$1" != squash ] || lands feature publish two
	lands feature finish two
	is "$(there refs/heads/feature/two)" ""
	tick_all 1.1.0
	lands release start 1.1.0 && change fixed 1 "fix: what was found" && lands release finish 1.1.0
	same "$2" "$3" v1.1.0
	tick_all 1.2.0
	lands feature start three && change three 1 "feat: three" && lands feature publish three && lands feature finish three
	lands release start 1.2.0
	lands hotfix start "$4" && change hot 1 "fix: hot" && lands hotfix finish
	same "$2" "$3" v1.1.1
	git cat-file -e "$3:hot" || fail "$preset: the hotfix is not in $3"
	lands release finish 1.2.0
	same "$2" "$3" v1.2.0
	tidy
}

fresh gitflow main develop
cycle merge main develop 1.1.1
fresh tower main development
cycle squash main development 1.1.1
fresh mlops main develop
"$sluice" hooks install >/dev/null 2>&1 || fail "hooks in the clone" # they let by what is judged there
cycle squash main develop 1.1.1
fresh montecarlo main-production develop
cycle squash main-production develop critical-one

# --- a merge back that is in conflict does not hold the hotfix: it is owed there too, and paid by a push
fresh gitflow main develop
lands feature start q && change f develop "feat: q" && lands feature finish
lands hotfix start 1.0.1 && change f main "fix: hot" && lands hotfix finish
same main v1.0.1
is "$(there sluice/back-merge/main-into-develop)" "$(there main)"
git switch -q develop && git merge -q sluice/back-merge/main-into-develop >/dev/null 2>&1 && fail "there was to be a conflict"
printf 'both\n' >f && git add f && git commit -q --no-edit && git push -q origin develop 2>/dev/null || fail "what was solved is not taken"
lands feature start r && change r 1 "feat: r" && lands feature finish
is "$(there sluice/back-merge/main-into-develop)" ""
# a conflict of the merge itself is solved where the work is: there everybody sees how
lands feature start k && change f k "feat: k" && lands feature publish
lands feature start l && change f l "feat: l" && lands feature finish
git switch -q feature/k && asked="feature finish" && asks 9
tree=$(sed -n 's/^A work tree for solving it: //p' <<<"$out") && printf 'k and l\n' >"$tree/f" && git -C "$tree" add f && asked=continue && asks 9
has "are in conflict, and how that was"
"$sluice" abort >/dev/null 2>&1
git switch -q feature/k && git merge -q develop >/dev/null 2>&1 || { printf 'k and l\n' >f && git add f && git commit -q --no-edit; }
lands feature publish && lands feature finish
is "$(git show develop:f)" "k and l"
same develop
# several merges in one push, as Git users do it
for b in a b; do git switch -q -c feature/$b develop && change $b 1 "feat: $b" && git switch -q develop && git merge -q --no-ff -m "Merge branch 'feature/$b' into develop" feature/$b; done
yes "two merges at once" git push -q origin develop

# --- phases, and back again
fresh ssot main development
for n in 1 2; do lands phase start phase$n x && change p$n 1 "feat: p$n" && lands phase publish && lands phase finish phase$n; done
same development
out=$("$sluice" phase integrate phase1 phase2 2>&1)
has "go together"
git switch -q development && lands branch finish development development
same main
lands revert --to phase2 --on main
git cat-file -e main:p2 || fail "main was moved by a revert that nobody merged"
lands branch finish hotfix hotfix/revert-phase2
git cat-file -e main:p2 2>/dev/null && fail "phase2 is still in main"
same main
tidy

# --- several repositories, each of which judges; what waits for a check that their home declares, too
eco_members='ecosystem: {members: [acme/auth, acme/app, acme/dash], tag: [release, ecosystem], require: {checks: [cross-service]}}
checks: {cross-service: {}}'
make_ecosystem() {
	local r
	cd "$work" && mkdir -p c remote/acme || exit 1
	for r in auth app dash; do
		(make_member $r "" && cd "$work/remote/acme/$r.git" && git symbolic-ref HEAD refs/heads/main && "$sluice" hooks install --bare >/dev/null 2>&1) || exit 1
	done
	cd "$work/c/app" || exit 1
}
make_ecosystem && asked="ecosystem start 1.1.0" && asks 0
asked="ecosystem finish" && asks 8
for r in auth app dash; do
	ref=$(remote $r for-each-ref --format='%(refname)' --points-at "$(sed -n "s,^  acme/$r  main \\([0-9a-f]*\\)  cross-service: waits$,\\1,p" <<<"$out")" refs/sluice/plan | head -n 1)
	id=$(remote $r rev-parse "$ref^{commit}")
	yes_out=$out
	git -C "$work/c/$r" push -q origin "$id:refs/sluice/checked/$id/cross-service" 2>/dev/null || fail "CI cannot say it of $r"
	out=$yes_out
done
asked=continue && asks 0
for r in auth app dash; do is "$(remote $r rev-parse 'v1.1.0^{}')" "$(remote $r rev-parse main)" && is "$(remote $r for-each-ref refs/sluice)" ""; done

# --- a repository takes over a strategy: renamed and made there, then the old name goes
cd "$work" && rm -rf a origin.git && mkdir -p a/.sluice && cd a && git init -q -b master . || exit 1
printf 'strategy: 1\nextends: gitflow\nbranches: {main: {match: main, was: master}}\n' >.sluice/strategy.yml && git add . && git commit -qm "chore: begin"
git init -q -b master --bare ../origin.git && git remote add origin ../origin.git && git push -q -u origin master && (cd ../origin.git && "$sluice" hooks install --bare >/dev/null 2>&1) || fail "install"
git fetch -q && git remote set-head origin -a >/dev/null
preset=adopt && lands adopt apply
same main develop
git -C ../origin.git symbolic-ref HEAD refs/heads/main && lands adopt apply
is "$(git -C ../origin.git for-each-ref --format='%(refname)' | tr '\n' ' ')" "refs/heads/develop refs/heads/main "

# --- plans that nobody lands go after their time, from any clone; younger ones and others' refs stay
fresh tower main development
old=$(GIT_COMMITTER_DATE='2020-01-05T10:00:00Z' git commit-tree -p main -m "old" 'main^{tree}')
young=$(git commit-tree -p main -m "young" 'main^{tree}')
plant() { git push -q --no-verify "$work/origin.git" "$1:refs/heads/planted" 2>/dev/null || git -C ../origin.git fetch -q "$work/a" "$1" || fail "plant"; git -C ../origin.git update-ref "$2" "$1"; }
git config uploadpack.allowAnySHA1InWant true
for of in development main; do plant "$old" "refs/sluice/plan/1/$of"; done
plant "$young" refs/sluice/plan/2/development
git -C ../origin.git update-ref "refs/sluice/checked/$old/tests" "$old" && git -C ../origin.git update-ref refs/sluice/release/1.0.0 "$old"
git clone -q "$work/origin.git" "$work/tidy" 2>/dev/null && cd "$work/tidy" || exit 1
asked="maintain plans --at 2026-01-06T00:00:00Z"
asks 0
is "$(git -C ../origin.git for-each-ref refs/sluice | wc -l)" 5
asks 0 --push --dry-run
has "delete 3 refs of plans that have waited for checks for more than 30 days"
is "$(git -C ../origin.git for-each-ref refs/sluice | wc -l)" 5
asks 0 --push
is "$(git -C ../origin.git for-each-ref --format='%(refname)' refs/sluice | tr '\n' ' ')" "refs/sluice/plan/2/development refs/sluice/release/1.0.0 "
