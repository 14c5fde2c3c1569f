#!/usr/bin/env bash
# Flows where a clone is not as most are: SHA-256, signatures, submodules, several work trees, a bare clone beside them, the user's hooks and settings;
# in each a feature, a release and a hotfix go their whole way.
# Requirement: BR-5, RL-2, RL-3
. "$(dirname "$0")/offline.lib.sh"

strategy='strategy: 1
branches:
  main: {type: production, require: {up-to-date: false}}
  develop: {type: integration, base: main}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}, after-merge: delete}
  release: {match: "release/{version}", type: release, base: develop, into: {main: {method: merge, tag: release, back-merge: [develop]}}, after-merge: delete}
  hotfix: {match: "hotfix/{version}", type: hotfix, base: main, bump: patch, after-merge: delete, into: {main: {method: merge, tag: release, back-merge: [develop]}}}
tags:
  release: {match: "v{version}", branches: main, annotated: true}
commits: {convention: none}'
fresh() { # [FORMAT]
	cd "$work" && rm -rf a origin.git other && git init -q --object-format="${1:-sha1}" a && cd a && mkdir .sluice || exit 1
	printf '%s\n' "$strategy" >.sluice/strategy.yml
	echo one >file && git add . && git commit -qm begin && git tag -a -m v1.0.0 v1.0.0 && git branch develop
	git init -q --bare --object-format="${1:-sha1}" ../origin.git && git remote add origin ../origin.git && git push -q -u origin main develop v1.0.0 && git switch -q develop
}
change() { printf '%s\n' "$2" >"$1" && git add "$1" && git commit -qm "change $1"; }
work() { # COMMAND ...: it is begun, and one commit with a file that is called as COMMAND, too
	asked=$1
	asks 0
	change "${1%% *}" "$(git symbolic-ref --short HEAD)"
	asked=${1/start*/finish}
	asks 0
}
daily() { # VERSION: a feature, that release, a hotfix; all of it is here, on the remote, and in every work tree
	local b t
	git switch -q develop 2>/dev/null
	work "feature start f$1"
	work "release start $1"
	work "hotfix start"
	for b in main develop; do
		is "$b $(git rev-parse $b)" "$b $(git -C "$work/origin.git" rev-parse $b)"
		is "$(git rev-list --parents -1 $b | wc -w)" 3
		is "$(git show $b:feature $b:release $b:hotfix | tr '\n' ,)" "feature/f$1,release/$1,hotfix/${1%.*}.1,"
	done
	for t in "v$1" "v${1%.*}.1"; do is "$(git cat-file -t "$t") $(git -C "$work/origin.git" rev-parse "$t")" "tag $(git rev-parse "$t")"; done
	is "$(git rev-parse "v${1%.*}.1^{}")" "$(git rev-parse main)"
	is "$(git for-each-ref refs/heads/feature refs/heads/release refs/heads/hotfix)" ""
	while read -r t; do is "$t$(git -C "$t" status --porcelain --ignore-submodules=dirty)" "$t"; done < <(git worktree list --porcelain | sed -n '/^worktree/{N;/\nbare/!{s/^worktree //;s/\n.*//;p}}')
}
refs() { git for-each-ref; git symbolic-ref HEAD; git ls-files -s; git status --porcelain; }

# --- ids of 64 digits
fresh sha256
daily 1.1.0
is "$(git rev-parse develop | tr -d '\n' | wc -c)" 64
is "$(git cat-file -p "$(git -C ../origin.git rev-parse v1.1.1)" | head -1)" "object $(git rev-parse main)"
git switch -q develop
asked="feature start later"
before=$(refs)
asks 0
asked="undo"
asks 0
is "$(refs)" "$before"

# --- what is made is signed where the user signs
fresh
ssh-keygen -q -t ed25519 -N '' -f "$work/key" && echo "ann@example.org $(cat "$work/key.pub")" >"$work/signers"
git config gpg.format ssh && git config user.signingkey "$work/key" && git config gpg.ssh.allowedSignersFile "$work/signers"
git config commit.gpgsign true && git config tag.gpgsign true
daily 1.1.0
yes "a merge of main is not signed" git verify-commit main v1.1.0^{} "$(git log -1 --format=%H --merges --first-parent develop)" "$(git log --format=%H --grep='Merge feature/f1.1.0' develop)"
yes "a tag is not signed" git verify-tag v1.1.0 v1.1.1
is "$(git log --format=%G? --merges main develop | sort -u)" G
asked="hotfix start 1.1.2"
asks 0
change file again
git config user.signingkey "$work/gone"
before=$(refs)
asked="hotfix finish"
"$sluice" hotfix finish >"$work/out" 2>&1 && fail "a merge that cannot be signed was made"
out=$(cat "$work/out")
has "gone" # which key it was
is "$(refs)" "$before"

# --- a submodule goes with its branch
fresh
git init -q "$work/other" && (cd "$work/other" && change lib 1)
git -c protocol.file.allow=always submodule --quiet add "$work/other" lib && git commit -qm "a submodule" && git push -q
asked="release start 1.1.0"
asks 0
(cd lib && change lib 1.1) && git add lib && git commit -qm "the lib of 1.1.0"
asked="release finish"
asks 0
is "$(git rev-parse main:lib develop:lib | uniq)" "$(git -C lib rev-parse HEAD)"
daily 1.2.0
is "$(git submodule status | cut -c1-41)" " $(git rev-parse main:lib)"
git switch -q develop
asked="feature start lib"
asks 0
(cd lib && change lib 2) && git add lib && git commit -qm "a newer lib"
asked="feature finish"
asks 0
is "$(git rev-parse develop:lib)" "$(git -C lib rev-parse HEAD)"
is "$(git status --porcelain)" ""
asked="feature start more"
asks 0
echo dirt >>lib/lib # what is changed inside is no change of this repository
change b two
asked="feature finish"
asks 0
is "$(cat lib/lib)" "2
dirt"

# --- the user's hooks: Git's own at the push and at the refs, and those that follow a switch
fresh
mkdir "$work/hooks" && git config core.hooksPath "$work/hooks"
# shellcheck disable=SC2016 # for the hook
printf '#!/bin/sh\necho "$(basename "$0") $*" >>"%s/ran"\ngit update-index --refresh >/dev/null || exit 1\nexit 3\n' "$work" >"$work/hooks/post-checkout"
cp "$work/hooks/post-checkout" "$work/hooks/post-merge" && chmod +x "$work"/hooks/*
daily 1.1.0
is "$(sort "$work/ran" | cut -d' ' -f1 | uniq | tr '\n' ,)" "post-checkout,"
git switch -q develop 2>/dev/null
git worktree add -q "$work/other" main 2>/dev/null
: >"$work/ran"
asked="feature start login"
asks 0
is "$(cat "$work/ran")" "post-checkout $(git rev-parse develop) $(git rev-parse develop) 1"
change b two
asked="hotfix start"
asks 0
change file fixed
: >"$work/ran"
asked="hotfix finish"
asks 0
grep -q "^post-merge 0$" "$work/ran" || { out=$(cat "$work/ran") && fail "the other work tree's hook did not run"; }
is "$(cat "$work/other/file")" fixed
printf '#!/bin/sh\necho "not on a Friday" >&2\nexit 1\n' >"$work/hooks/pre-push" && chmod +x "$work/hooks/pre-push"
git switch -q feature/login 2>/dev/null; before=$(refs)
asked="feature finish login"
asks 9
has "not on a Friday"
is "$(refs)" "$before"
asked="status"
asks 0
hasnt "is under way"
rm "$work/hooks/pre-push"
# shellcheck disable=SC2016 # for the hook
printf '#!/bin/sh\n[ "$1" != prepared ] || ! grep -q refs/heads/develop || { echo "develop is closed" >&2; exit 1; }\n' >"$work/hooks/reference-transaction" && chmod +x "$work/hooks/reference-transaction"
asked="feature finish login --no-push"
asks 9
has "aborted by hook: develop is closed"
is "$(refs)" "$before"

# --- a clone that has only the end of the history begins work, but merges nothing and counts nothing
fresh
git switch -q main && git commit -q --allow-empty -m more && git push -q && git switch -q develop && git merge -q --no-edit main && git push -q
rm -rf "$work/shallow" && git clone -q --depth 1 --no-single-branch -b develop "file://$work/origin.git" "$work/shallow" 2>/dev/null && cd "$work/shallow" || fail "a shallow clone"
asked="feature start here"
asks 0
change b two
before=$(refs)
for asked in "feature finish" "hotfix finish 1.0.1" "maintain" "adopt plan"; do
	asks 2
	has "git fetch --unshallow"
	is "$(refs)" "$before"
done
git fetch -q --unshallow --tags
asked="feature finish"
asks 0

# --- each branch has a work tree of its own, where its files follow; also beside a bare clone, once that keeps what it fetches
fresh
git worktree add -q ../main main && git worktree add -q "$work/other" -b aside develop
daily 1.1.0
is "$(cat ../main/hotfix)" hotfix/1.1.1
is "$(git -C ../main symbolic-ref --short HEAD) $(git -C "$work/other" symbolic-ref --short HEAD)" "main aside"
(cd ../main && work "hotfix start") || exit 1
is "$(cat ../main/hotfix)" hotfix/1.1.2
rm -rf ../main "$work/bare" && fresh
git clone -q --bare ../origin.git ../bare && git -C ../bare worktree add -q ../main main && git -C ../bare worktree add -q "$work/other" develop && cd "$work/other" || exit 1
asked="feature start x"
asks 2
has "This clone does not keep where the branches of origin stand"
eval "$(sed -n "s/.*Have it do that: //p" <<<"$out")" 2>/dev/null || fail "what is said to help does not"
daily 1.1.0
is "$(cat ../main/hotfix)" hotfix/1.1.1
cd ../bare || exit 1
for asked in "feature start x" "feature finish" "hotfix finish 1.1.2" maintain "adopt plan"; do
	asks 2
	has "This repository is bare"
done

# --- settings of his own: one that forbids merge commits is not for what the strategy merges, nor one that wants none of them
for ff in only false; do
	fresh
	git config merge.ff $ff
	daily 1.1.0
done

# --- those that say how renames are found are: a file that comes into a folder which is called otherwise by now lands as he has it, wherever it is merged
renamed() { # COMMAND BASE
	fresh
	[ -z "$setting" ] || git config merge.directoryRenames "$setting"
	mkdir old && seq 20 >old/a && seq 30 >old/b && git add . && git commit -qm old && git switch -q main && git merge -q develop && git switch -q develop && change more 1 && git push -q origin main develop
	asked=$1
	asks 0
	change old/c three
	git switch -q "$2" && git mv old new && git commit -qm renamed && git push -q && git switch -q -
	asked=${1/start*/finish}
	[ -n "$setting" ] || { asks 9; has "1 file is in conflict"; has "  new/c"; asked=abort; asks 0; return; }
	asks 0
	is "$(git ls-tree -r --name-only "$2" | grep c$)" "$want"
}
for setting in "" true false; do
	want=new/c
	[ "$setting" = true ] || want=old/c
	renamed "feature start x" develop
	renamed "release start 1.1.0" main
	renamed "hotfix start" main
done
exit 0
