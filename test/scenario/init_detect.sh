#!/usr/bin/env bash
# The first strategy file, from what is here: the settings of git flow, or what the history shows. Whatever is written is a strategy, fits what was
# seen, and is not written over one that is there. On real histories too ($HISTORIES: a folder of fast-import streams, default ../shared/histories).
# Requirement: BR-2
# Timeout: 300
. "$(dirname "$0")/offline.lib.sh"
histories=${HISTORIES:-$top/../shared/histories}
step=86400

# ---- settings of git flow ------------------------------------------------------------------------------------------------------------
git init -q "$work/flow" && cd "$work/flow" || fail init
c begin
asks 2 init
has "--detect"
asks 2 init --detect --from-gitflow
got=0; out=$("$sluice" init --from-gitflow 2>&1) || got=$?
[ "$got" != 0 ] || fail "nothing is set, and it writes"
has "git flow init"
[ ! -e .sluice ] || fail "something is written"
git config gitflow.branch.master trunk
git config gitflow.branch.develop dev
git config gitflow.prefix.feature feat/
git config gitflow.prefix.bugfix bugs/
git config gitflow.prefix.release rel-
git config gitflow.prefix.hotfix 'hot"fix/'
git config gitflow.prefix.support old/
git config gitflow.prefix.versiontag ver
asks 0 init --from-gitflow --dry-run
has 'feature: {match: ["feat/{name}", "feat/**"]}    # gitflow.prefix.feature'
[ ! -e .sluice ] || fail "a dry run writes"
asks 0 init --from-gitflow
asks 0 strategy check
asks 0 strategy show
has "ver{version}"
asks 0 strategy graph
has "main (production, trunk)"
has "develop (integration, dev)"
has "feature (work, feat/{name}) from develop"
has "release (release, rel-{version})"
asks 0 why push refs/heads/trunk HEAD --strategy .sluice/strategy.yml --level admin
asks 1 why push refs/heads/feature/x HEAD --strategy .sluice/strategy.yml --level admin
has "is of no kind"
asks 2 init --from-gitflow
has "is there already"
# as the newer git-flow writes it
git config --remove-section gitflow.branch; git config --remove-section gitflow.prefix
git config gitflow.branch.feature.prefix topic/
asks 0 init --from-gitflow --dry-run
has '"topic/{name}"'
rm -rf .sluice
# a name that no pattern can hold makes no file
git config gitflow.branch.feature.prefix 'top ic~/'
asks 3 init --from-gitflow
[ ! -e .sluice/strategy.yml ] || fail "a file that is no strategy is written"

# ---- git-flow by its looks ---------------------------------------------------------------------------------------------------------------
git init -q "$work/app" && cd "$work/app" || fail init
c "chore: begin"
tick && git tag -a -m 1 v1.0.0
on -c develop
for i in 1 2 3 4 5 6 7 8; do
	on -c "feature/$i" && c "feat: $i" && on develop && m "feature/$i"
	[ $((i % 2)) = 1 ] || { on -c "bug/$i" develop && c "fix: $i" && on develop && m "bug/$i"; }
done
for v in 1.1.0 1.2.0 1.3.0; do
	on -c "release/$v" develop && c "chore: $v" && on main && m "release/$v" && tick && git tag -a -m "$v" "v$v" && git tag "build-$v" && on develop && m main
done
asks 0 init --detect --dry-run
has "extends: gitflow"
has '"bug/**"    # 4 such branches'
has '"build-{version}", type: release, annotated: false}    # 3 such tags'
hasnt "convention:"
[ ! -e .sluice ] || fail "a dry run writes"
asks 0 init --detect
asks 0 strategy check
asks 0 replay --strategy .sluice/strategy.yml --format json
[ "$(jq '[.refused_by[] | select(.rule == "branches" or .rule == "tags")] | length' <<<"$out")" = 0 ] || fail "names are refused that were seen"

# ---- squashed, conventional, another default branch ------------------------------------------------------------------------------------------
git init -q -b primary "$work/squash" && cd "$work/squash" || fail init
for i in $(seq 1 30); do c "feat: change $i (#$i)"; done
git tag v0.1.0; git tag v0.2.0 HEAD~3
asks 0 init --detect --dry-run
has "match: \"primary\"}    # the default branch"
has "convention: conventional    # 30 of 30 messages are"
has 'types: ["feat"]'
has "annotated: false}    # 2 of 2 are lightweight"
hasnt "into:"
asks 0 init --detect
asks 0 strategy check
git init -q "$work/empty" && cd "$work/empty" && got=0
out=$("$sluice" init --detect 2>&1) || got=$?
[ "$got" != 0 ] || fail "an empty repository shows something"
has "There is no branch yet"

# ---- where no file can be; a part of the history -------------------------------------------------------------------------------------------------
git clone -q --bare "$work/squash" "$work/bare.git" && cd "$work/bare.git" || fail clone
asks 0 init --detect --dry-run
has "strategy: 1"
got=0 && out=$("$sluice" init --detect 2>&1) || got=$?
[ "$got" = 2 ] || fail "written where no work tree is: $got"
has "in no Git work tree"
git clone -q --depth 1 "file://$work/squash" "$work/shallow" && cd "$work/shallow" || fail clone
got=0 && out=$("$sluice" init --detect --dry-run 2>&1) || got=$?
[ "$got" = 2 ] || fail "a part of the history shows something: $got"
has "git fetch --unshallow"

# ---- real histories ------------------------------------------------------------------------------------------------------------------------------
for stream in "$histories"/gitflow.fi.zst "$histories"/conventional.fi.zst; do
	[ -e "$stream" ] || continue
	name=$(basename "$stream" .fi.zst)
	git init -q "$work/$name" && cd "$work/$name" || fail init
	zstd -dcq "$stream" | git fast-import --quiet --done || fail "import of $name"
	git update-ref -d refs/import/x && git reset -q --hard
	before=$("$sluice" replay --format json | jq .all.refused)
	asks 0 init --detect
	asks 0 strategy check
	asks 0 replay --strategy .sluice/strategy.yml --format json
	# it asks for what the preset did not ask for only where nine in ten do it already
	[ "$(jq '.all.refused - .acts.commits.refused' <<<"$out")" -le "$before" ] || fail "$name: what was made refuses more than the preset"
done
exit 0
