#!/usr/bin/env bash
# Upkeep of a clone: merged branches go by the graph, idle ones become tags, old tags go when it is said, what is gone is pruned; a plan first, and a
# way back; the remote only with --push.
# Requirement: RC-2
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"
there() { git -C "${2:-.}" rev-parse -q --verify "$1" >/dev/null || { out=$(git -C "${2:-.}" for-each-ref); fail "$1 is gone"; }; }
gone() { ! git -C "${2:-.}" rev-parse -q --verify "$1" >/dev/null || fail "$1 is still there"; }
change() { printf '%s\n' "$1" >"$1" && git add "$1" && c "feat: $1"; }
state() { git for-each-ref; git -C ../origin.git for-each-ref; git symbolic-ref HEAD; git config --list --local | sort; git status --porcelain; }

strategy='strategy: 1
branches:
  main: {type: production}
  develop: {type: integration, base: main}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}, after-merge: delete}
  kept: {match: "kept/{name}", type: work, base: develop, into: {develop: {method: merge}}}
  release: {match: "release/{version}", type: release, base: develop, into: {main: {method: merge, tag: release}}, archive: 90d}
tags:
  release: {match: "v{version}", branches: main}
  archive: {match: "archive/{name}", type: label}
  nightly: {match: "nightly-{version}", type: label, keep: 2}
commits: {convention: none}'
fresh() {
	cd "$work" && rm -rf a b origin.git && mkdir -p a/.sluice && cd a && git init -q . || fail "init"
	printf '%s\n' "$strategy" >.sluice/strategy.yml
	git add . && c "feat: begin" && git branch develop
	on -c feature/done develop && change done && on develop && m feature/done
	on -c kept/done develop && change kept && on develop && m kept/done
	git branch feature/new
	on -c feature/open develop && change open
	on -c feature/held develop && change held && on develop && m feature/held
	on -c release/1.0.0 develop && change r1 && on main && m release/1.0.0 && on -c release/1.1.0 develop && change r2 && on develop
	git init -q --bare ../origin.git && git remote add origin ../origin.git && git push -q -u origin --all
	git fetch -q && git worktree add -q ../b feature/held
}

# --- the plan, and nothing more
fresh
before=$(state)
asked="maintain --at 2026-02-01T00:00:00Z"
asks 0 --dry-run
has "delete the branch feature/done: it is merged into develop"
has "feature/held stays: it is checked out in $work/b."
has "nothing has changed"
hasnt "kept/done"
hasnt "feature/new"
hasnt "archive"
is "$(state)" "$before"
asks 2 everything
has "There is no task everything"
asks 0 branches --format json --dry-run
is "$(jq -c '[.dry_run, (.left | length), (.operation.refs | length), .operation.push]' <<<"$out")" '[true,1,1,[]]'

# --- merged ones go here, and come back
asks 0
gone feature/done
there refs/remotes/origin/feature/done
there feature/new
there feature/open
there kept/done
has "The objects are sound"
has "Now: "
is "$(git config branch.feature/done.remote)" ""
asked=undo
asks 0
is "$(state)" "$before"

# --- idle ones become tags; both on the remote
asked="maintain --at 2026-06-01T00:00:00Z branches archive --push"
asks 0
has "archive the branch release/1.0.0 as the tag archive/release-1.0.0, here and on origin"
gone release/1.0.0
gone release/1.0.0 ../origin.git
gone refs/remotes/origin/feature/done
gone feature/done ../origin.git
there archive/release-1.0.0
is "$(git -C ../origin.git rev-parse 'archive/release-1.1.0^{}')" "$(git rev-parse 'archive/release-1.1.0^{}')"
is "$(git cat-file -t archive/release-1.1.0)" tag
there feature/held ../origin.git
asks 0
has "No branch or tag has to go."

# --- the remote is behind with a merge, has moved on, or refuses: it keeps its branch
fresh
on feature/open && change more && git push -q && on develop && m feature/open
asked="maintain branches --push --at 2026-02-01T00:00:00Z"
git clone -q ../origin.git ../other && git -C ../other switch -q feature/done && git -C ../other commit -q --allow-empty -m "feat: of others" && git -C ../other push -q
asks 0
gone feature/open
there feature/open ../origin.git
there feature/done ../origin.git
rm -rf ../other
fresh
git -C ../origin.git config receive.denyDeletes true
before=$(state)
asks 9
is "$(state)" "$before"

# --- a tag in the way, and a branch that is one here and another there
fresh
git tag archive/release-1.0.0 main~1
git switch -q release/1.1.0 && git commit -q --amend -m "feat: other" && on develop
asked="maintain archive --at 2026-06-01T00:00:00Z"
asks 0
has "release/1.0.0 stays: the tag archive/release-1.0.0 is there already"
has "release/1.1.0 stays: it is one here and another on origin."
there release/1.0.0
there release/1.1.0

# --- tags only when it is said, and of a class that keeps so many
fresh
for i in 1 2 3 4; do c "feat: night $i" && git tag nightly-1.0.$i && git tag -a -m v1.0.$i v1.0.$i main; done
git push -q origin --tags
asked="maintain --no-fetch --at 2026-02-01T00:00:00Z"
asks 0
there nightly-1.0.1
asks 0 tags
gone nightly-1.0.1
gone nightly-1.0.2
there nightly-1.0.3
there v1.0.1
there nightly-1.0.1 ../origin.git
git fetch -q --tags
asks 0 tags --push
gone nightly-1.0.1 ../origin.git

# --- the newest of a line of versions stays; where an environment runs releases, all do
strategy=${strategy/branches: main\}/branches: main, keep: 1\}}
strategy=${strategy/tags:/  support: {match: \"support/v{major\}\", type: support, base: main, versions: \"{major\}.*\"\}
tags:}
strategy=${strategy//\\/}
fresh
for v in v1.0.1 v1.0.2 v2.0.0; do c "feat: $v" && git tag -a -m $v $v; done
git branch support/v1 v1.0.2
asks 0 tags
gone v1.0.1
there v1.0.2
there v2.0.0
git tag -a -m v1.0.1 v1.0.1 v1.0.2~1
printf '%s\nenvironments: {live: {from: main, on: {tag: release}, via: {run: ./deploy}}}\n' "$strategy" >"$work/live.yml"
asks 0 tags --strategy "$work/live.yml" --dry-run
has "Tags of the class release stay: live is deployed from them"
hasnt "delete the tag"

# --- one that is only begun stays, though another that began there is merged
fresh
on -c release/2.0.0 develop && on -c release/2.1.0 develop && on main && m release/2.0.0
sed -i 's/archive: 90d/after-merge: delete/' .sluice/strategy.yml && git add . && c "feat: delete" && git push -q origin main
asked=maintain
asks 0 branches --dry-run
has "release/1.0.0: it is merged into main"
hasnt "release/2"
asked="release list"
asks 0
has "nothing of its own"

# --- what a merge owes stays until the branch that it is owed to has it, whoever else has it by now
fresh
git branch sluice/back-merge/main-into-develop main && git push -q origin sluice/back-merge/main-into-develop
on release/1.1.0 && m main && on develop && git push -q origin release/1.1.0
asked=maintain
asks 0 branches --push
has "sluice/back-merge/main-into-develop stays: it waits for somebody to bring it in"
there sluice/back-merge/main-into-develop
there sluice/back-merge/main-into-develop ../origin.git
m main
asks 0 branches --push
gone sluice/back-merge/main-into-develop
there sluice/back-merge/main-into-develop ../origin.git # develop has it here alone
git push -q origin develop
asks 0 branches --push
gone sluice/back-merge/main-into-develop ../origin.git

# --- prune: what the remote has no more, and a work tree that is gone
fresh
git -C ../origin.git branch -D feature/open >/dev/null && rm -rf ../b
asked=maintain
asks 0 prune --dry-run
has "origin/feature/open would be pruned"
there refs/remotes/origin/feature/open
asks 0 prune gc
has "origin/feature/open is pruned"
has "worktrees/b is pruned"
gone refs/remotes/origin/feature/open
is "$(git worktree list | wc -l)" 1

# --- refused before the first step; objects that are damaged are told
echo changed >done
asks 9
has "changes that are not committed"
git checkout -q done
object=$(git rev-parse develop:done)
pack=$(ls .git/objects/pack/*.pack) && git unpack-objects -q <"$pack"
mv .git/objects/pack "$work/pack.$$" && mkdir .git/objects/pack && git unpack-objects -q <"$work/pack.$$/$(basename "$pack")" && rm -f ".git/objects/${object:0:2}/${object:2}"
asks 1 fsck
has "git fsck finds faults"
has "$object"
# --- a twin goes with its branch, here and there, unless something of it would be lost
more='  perf: {match: "perf/{name}", type: work, base: develop, into: {develop: {method: merge}}, after-merge: delete, twin: "bench/{name}"}
  bench: {match: "bench/{name}", type: throwaway, base: develop}'
strategy=$(while IFS= read -r line; do printf '%s\n' "$line"; [ "$line" != branches: ] || printf '%s\n' "$more"; done <<<"$strategy")
fresh
for b in one two; do on -c perf/$b develop && git branch bench/$b && change p$b && on develop && m perf/$b; done
on bench/two && change measured && on develop && git push -q origin --all && git fetch -q
asked="maintain branches --push"
asks 0 --dry-run
has "delete its twin bench/one, here and on origin"
has "bench/two stays, the twin of perf/two: it has commits that are nowhere else."
asks 0
for where in . ../origin.git; do gone perf/one $where && gone bench/one $where && gone perf/two $where && there bench/two $where; done
