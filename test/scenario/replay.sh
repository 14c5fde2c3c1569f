#!/usr/bin/env bash
# A whole history put before a strategy: each act that breaks a rule is counted under it, and nothing else is; in a clone, a bare
# repository and from elsewhere; without a strategy by the preset that fits best; and on real histories ($HISTORIES names a folder of
# fast-import streams, default ../shared/histories) its sums agree with what git counts.
# Requirement: BR-3, CM-1
# Timeout: 300
. "$(dirname "$0")/offline.lib.sh"
git config --global user.name "Ann Somebody"
histories=${HISTORIES:-$top/../shared/histories}
asked=replay
step=86400
is() { # FILTER, value
	local got
	got=$(printf '%s' "$out" | jq -r "$1") || fail "no JSON for $1"
	[ "$got" = "$2" ] || fail "$1 is $got, not $2"
}
by() { is "[.refused_by[] | select(.rule == \"$1\") | .acts] | add // 0" "$2"; }
c() { tick && echo "$1" >"file-$clock" && git add -A && git commit -q -m "$1" || fail "commit $1"; }

# ---- a history of git-flow, with known faults ------------------------------------------------------------------------------------
cd "$work" && git init -q app && cd app || fail init
c begin
tick && git tag -a -m v1.0.0 v1.0.0
on -c develop && c "work 1"
on -c feature/a && c "a 1" && c "a 2" && on develop && m feature/a                   # fine
on -c release/1.1.0 && c "only fixes" && on main && m release/1.1.0                   # fine
tick && git tag -a -m v1.1.0 v1.1.0                                                   # fine
on develop && m main                                                                  # fine: what the release brings back
on -c hotfix/x main && c "x" && on main && m hotfix/x                                 # fine
git tag v1.1.1                                                                        # 1 a lightweight tag
on -c fix-typo main && c "typo" && on main && m fix-typo                              # 2 a branch of no kind
c "straight onto main"                                                                # 3
on -c feature/b develop && c "b" && on main && m feature/b                            # 4 no way of the strategy
on develop && c "work 2" && c "work 3"                                                # 5, 6 and work 1: nobody pushes to develop
on -c hotfix/bad develop && c "bad" && on main && m hotfix/bad                        # 7 it holds what is not released
git tag nightly                                                                       # 8 of no class
git branch -q -D feature/a feature/b release/1.1.0 hotfix/x fix-typo hotfix/bad

asks 0 --preset gitflow --format json
by "tags.release.annotated" 1
by "branches" 1
by "branches.main.allow.push" 1
by "branches.develop.allow.push" 3
by "branches.feature.into" 1
by "branches.hotfix.base" 1
by "tags" 1
by "branches.main.require.up-to-date" 2                                               # 4 and 7 again: main had moved on
is .acts.merges.judged 7
is .acts.merges.refused 3
is .acts.pushes.judged 5
is .acts.pushes.refused 4
is .acts.tags.judged 4
is .acts.tags.refused 2
is .merges 7
is '[.refused_by[].acts] | add' 11
is .all.refused 9
is '[.months[].refused] | add' 9
is '[.refused_by[] | select(.rule == "branches.hotfix.base") | .example.what][0]' "merge of hotfix/bad into main"
is '[.refused_by[] | select(.rule == "branches.hotfix.base") | .example.commit][0]' "$(git rev-parse main)"
is '[.refused_by[] | select(.rule == "branches.feature.into") | .file + ":" + (.line > 0 | tostring)][0]' "preset:gitflow:true"
is '[.waited_for[].rule] | index("branches.main.require.approvals") != null' true
is '.not_judged | add' 0
whole=$out

# the first screen, and nobody's name
asks 0 --preset gitflow
has "app: $(git rev-list --count --all) commits, 7 of them merges"
has "9 of 16 acts would have been refused (56 %)"
has "The 3 rules of 8 that matter"
has "develop branch, without a change: 3"
has "sluice init --preset gitflow"
hasnt Somebody
hasnt ann@
hasnt "The worst"
asks 0 --preset gitflow --all
has "The worst"
has "hotfix/bad carries"
hasnt Somebody

# ---- the same from elsewhere, in a bare repository, in a clone ---------------------------------------------------------------------
git clone -q --mirror . "$work/app.git" || fail clone
cd "$work" || exit 1
asks 0 --preset gitflow --format json app.git
[ "$out" = "$whole" ] || fail "a bare repository is judged otherwise"
git clone -q app copy 2>/dev/null || fail clone
asks 0 --preset gitflow --format json copy
is .all.refused 9
asks 0 --preset gitflow --since 2099-01-01 app
has "app: No commit was made and no tag was set since 2099-01-01, and so nothing is judged: the newest commit is of 20"
hasnt "would have been refused"
asks 0 --since 2099-01-01 app
has "No commit was made and no tag was set since 2099-01-01"
hasnt "fits best"
asks 0 --since 2099-01-01 --format html app
has "No commit was made and no tag was set since 2099-01-01"
hasnt "fits best"
asks 0 --since 2099-01 --format json app
is .commits 0
is .since 2099-01-01T00:00:00Z
is .chosen false
for date in garbage "3 apples ago" "banana 2024-01-31" 2024-02-31 2024-13-01 "2024-99-99 10:00" "" " " 0 @99999999999999999999 "400 years ago" v1.0 tomorow; do
	asks 2 --preset gitflow --since "$date" app
	has "is no date"
done
for date in 2001-01-31 2001-01 2001 "25 years ago" "Jan 5 2001" @1000000000 1000000000 "31.12.2001" 2001-01-31T10:00:00+02:00 "last Friday 25 years ago" never "10:00 2001-02-03" "noon 9000 days ago"; do
	asks 0 --preset gitflow --format json --since "$date" app
	[ "$(printf '%s' "$out" | jq 'del(.since)')" = "$(printf '%s' "$whole" | jq .)" ] || fail "--since '$date' is not all of it"
done
for date in now today NOW; do asks 0 --preset gitflow --since "$date" app; done
asks 0 --preset gitflow --format json --since "$(date -u -d @$((clock - 43200)) +%Y-%m-%dT%H:%M:%SZ)" app
is .acts.merges.judged 1
asks 2 --preset gitflw app
asks 2 --preset gitflow nowhere
has "There is no folder nowhere."

# a strategy of one's own, named from here; and none at all
printf 'strategy: 1\nbranches:\n  main: {type: production, allow: {push: write}}\n  rest: {match: "**", type: work, base: main, into: {main: {method: merge}}}\ntags: {all: {match: "**", type: label, annotated: false}}\n' >mine.yml
asks 0 --strategy mine.yml --format json app
is .strategy "$(cd "$work" && pwd)/mine.yml"
by "tags.all.annotated" 0
asks 0 app
has "No strategy is in force here: this preset fits best."
has "the next best"
asks 3 --strategy config app

# commits that a merge brought are asked what the strategy asks of them
sed -i 's/^tags:.*/tags: {all: {match: "**", type: label, annotated: false}}\ncommits: {convention: conventional}/' mine.yml
asks 0 --strategy mine.yml --format json app
is '.acts.commits.refused > 0 and .acts.commits.judged == .acts.commits.refused' true

# not guessed: a merge that says nothing
cd app && on -c zzz main && c z && on main && tick && git merge -q --no-ff -m "bring it together" zzz && git branch -q -D zzz
asks 0 --preset gitflow --format json
is .not_judged.merges_without_source 1
is .acts.merges.judged 7
git clone -q --depth 2 "file://$work/app" "$work/shallow" 2>/dev/null || fail clone
asks 2 --preset gitflow "$work/shallow"
has "git fetch --unshallow --tags"
git init -q "$work/empty"

# ---- real histories ------------------------------------------------------------------------------------------------------------------
for stream in "$histories"/gitflow.fi.zst "$histories"/conventional.fi.zst; do
	[ -e "$stream" ] || continue
	name=$(basename "$stream" .fi.zst)
	repo=$work/$name.git
	git init -q --bare "$repo" && zstd -dcq "$stream" | git --git-dir "$repo" fast-import --quiet --done || fail "import of $name"
	git --git-dir "$repo" update-ref -d refs/import/x
	asks 0 --preset gitflow --format json "$repo"
	is .commits "$(git --git-dir "$repo" rev-list --all --count)"
	is .merges "$(git --git-dir "$repo" rev-list --all --count --merges)"
	is .tags "$(git --git-dir "$repo" tag | wc -l)"
	is .acts.tags.judged "$(git --git-dir "$repo" tag | wc -l)"
	is '(.all.judged == ([.acts[].judged] | add)) and (.all.refused == ([.months[].refused] | add)) and (.all.judged == ([.months[].judged] | add))' true
	is '[.refused_by[] | .acts == ([.months[]] | add)] | all' true
	is '.acts.merges.judged + (.not_judged.merges_without_source + .not_judged.merges_without_target + .not_judged.merges_of_several + .not_judged.merges_inside_work) <= .merges' true
	first=$out
	asks 0 --preset gitflow --format json "$repo"
	[ "$out" = "$first" ] || fail "$name: the second time it says something else"
	asks 0 "$repo"
	has "No strategy is in force here"
done
exit 0
