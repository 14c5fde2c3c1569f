#!/usr/bin/env bash
# In a clone without a server: the next version, told by all tags of the version line and the commits since, with the real git.
# Requirement: RL-1, RL-4
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "$0")/offline.lib.sh"
says() { # EXIT CODE, first line, arguments
	local want=$1 line=$2 got=0
	shift 2
	out=$("$sluice" next "$@" 2>&1) || got=$?
	[ "$got" = "$want" ] || fail "$situation: next $*: exit code $got, not $want"
	case ${out%%$'\n'*} in "$line"*) ;; *) fail "$situation: next $*: \"${out%%$'\n'*}\", not \"$line\"" ;; esac
}
at() { clock=$1; }
tag() { tick && git tag -a -m "$1" "$1" ${2+"$2"} || fail "tag $1"; }
back() { # what git revert writes
	c "Revert \"$(git log -1 --format=%s)\"

This reverts commit $(git rev-parse HEAD)."
}

begin() { # a new repository, released as v1.0.0, with development going on
	cd "$work" && rm -rf repo && git init -q repo && cd repo || fail "init"
	situation=$1
	clock=1767225600
	mkdir .sluice && cp "$work/strategy.yml" .sluice/ && git add -A || fail "strategy"
	c "chore: begin"
	tag "${2:-v1.0.0}"
	on -c development
}

cat >"$work/strategy.yml" <<'Y'
strategy: 1
branches:
  main: {type: production}
  development: {type: integration, base: main, into: {main: {tag: release}}}
  feature: {match: "feature/{name}", type: work, base: development, into: {development: {method: merge}}}
  hotfix: {match: "hotfix/{name}", type: hotfix, base: main, bump: patch, into: {main: {tag: release, also-into: [development]}}}
  release: {match: "release/v{version}", type: release, base: development, into: {main: {tag: release, also-into: [development]}}}
  support: {match: "support/v{major}.{minor}", type: support, base: main, versions: "{major}.{minor}.*"}
tags:
  release: {match: "v{version}", type: release, branches: [main, support]}
  candidate: {match: "v{version}-{pre}.{n}", type: prerelease, pre: [alpha, beta, rc], branches: [development, release]}
  ecosystem: {match: "v{version}-ecosystem", type: label}
commits: {convention: conventional}
Y

# ---- ten graphs, each with the version that follows ------------------------------------------------------------------------------
#
#  situation                                                   since        expected          why
#  1  a feature whose commits are older than the tag is merged v1.0.0       1.1.0             reachability counts, not dates
#  2  hotfix: tag on main's merge, branch merged back          v1.0.1       nothing           its fix is released; 1.0.1 is not proposed again
#     … and then a fix on development                          v1.0.1       1.0.2
#  3  release: tag on main's merge, branch merged back         v1.1.0       nothing           its features are released
#     … and then a feature on development                      v1.1.0       1.2.0
#  4  a feature and its revert                                 v1.0.0       nothing           neither is in it
#     … and the revert's revert                                v1.0.0       1.1.0
#  5  only docs since the tag                                  v1.0.0       nothing
#  6  feat! at 0.3.0                                           v0.3.0       0.4.0             1.0.0 is a decision
#  7  a squashed change, titled fix, that lists a feature      v1.0.0       1.1.0             each of its entries counts
#  8  BREAKING CHANGE in footers behind a line of hyphens      v1.0.0       2.0.0
#  9  "breaking change:" in lower case                         v1.0.0       1.0.1             the word is in capitals, or it is text
#  10 a fix after v1.1.0-alpha.1                               v1.0.0       1.1.0             the feature is not released yet;
#                                                                           1.1.0-alpha.2     … and as the next of its prereleases

begin "1 older dates"
on -c feature/old main
at 1700000000
c "feat: began long ago"
c "fix: and mended"
on development
at 1767230000
m feature/old
says 0 1.1.0
says 0 "1.1.0: v1.0.0, 3 commits since, minor by " --why
has "feat: began long ago"

begin "2 hotfix"
on -c hotfix/crash main
c "fix: no crash"
on main
m hotfix/crash
tag v1.0.1
on development
m hotfix/crash
says 8 "sluice: Nothing since v1.0.1 asks for a new version"
c "fix: another"
says 0 1.0.2
on main
says 8 "sluice: Nothing since v1.0.1"

begin "3 release"
c "feat: login"
on -c release/v1.1.0
c "chore: release 1.1.0"
says 0 1.1.0
says 0 "1.1.0: v1.0.0, 2 commits since, by the name of the branch" --why
on main
m release/v1.1.0
tag v1.1.0
on development
m release/v1.1.0
says 8 "sluice: Nothing since v1.1.0"
on release/v1.1.0
says 1 "sluice: The version 1.1.0 is there already: the tag v1.1.0"
on development
c "feat: logout"
says 0 1.2.0

begin "4 revert"
c "feat: login"
back
says 8 "sluice: Nothing since v1.0.0"
back
says 0 1.1.0
on main
c "feat: released"
tag v1.1.0
back
says 0 1.1.1

begin "5 docs"
c "docs: words"
c "chore: tidy"
says 8 "sluice: Nothing since v1.0.0 asks for a new version: of 2 commits none"

begin "6 before 1.0.0" v0.3.0
c "feat!: another way"
says 0 0.4.0

begin "7 squash"
c "fix: the login page (#12)

* fix: the button

It was too small.

* feat(auth): remember me

* docs: say so"
says 0 1.1.0
c "fix: more (#13)

* feat!: no more cookies

---------

Co-authored-by: Bob <bob@example.org>"
says 0 2.0.0

begin "8 a line of hyphens"
c "fix: the login page (#12)

It was too small.

---------

BREAKING CHANGE: the old page is gone
Co-authored-by: Bob <bob@example.org>"
says 0 2.0.0

begin "9 lower case"
c "fix: the login page

breaking change: not as it is written"
says 0 1.0.1

begin "10 alpha"
c "feat: login"
tag v1.1.0-alpha.1
says 8 "sluice: Nothing came since v1.1.0-alpha.1" --pre alpha
c "fix: login"
says 0 1.1.0
says 0 "1.1.0: v1.0.0, 2 commits since, minor by " --why
says 0 1.1.0-alpha.2 --pre alpha
says 0 1.1.0-beta.1 --pre beta

# ---- the ladder of prereleases: never back ------------------------------------------------------------------------------------------
situation=ladder
tag v1.1.0-rc.9
c "fix: again"
says 0 1.1.0-rc.10 --pre rc
says 1 "sluice: 1.1.0-alpha.1 would not be higher" --pre alpha
says 1 "sluice: No prerelease is called nightly; the class candidate has alpha, beta, rc." --pre nightly
git tag -d v1.1.0-rc.9 >/dev/null
says 0 1.1.0-alpha.2 --pre alpha
c "feat!: all new"
says 0 2.0.0-alpha.1 --pre alpha
# a plan that somebody made by hand is kept by what contains it, and by nothing else
tag v3.0.0-alpha.1
c "fix: of the plan"
says 0 3.0.0
on main
c "fix: beside it"
says 0 1.0.1

# ---- lines ------------------------------------------------------------------------------------------------------------------------------
begin lines
on main
c "feat!: two"
tag v2.0.0
tag v9.0.0-ecosystem
on -c support/v1.0 v1.0.0
c "fix: for the old"
says 0 1.0.1
tag v1.0.1
c "fix: for the old, again"
says 0 1.0.2
on main
says 8 "sluice: Nothing since v2.0.0"
m support/v1.0
says 0 2.0.1
on support/v1.0
c "feat: too much"
says 1 "sluice: 1.1.0 would leave the version line 1.0.* of this branch (commit "
on -c hotfix/leak v1.0.1
c "fix: no leak"
says 0 2.0.1
says 0 1.0.2 --into support/v1.0
says 2 "sluice: There is no branch support/v9.9 here" --into support/v9.9
# what was cherry-picked from a release is released
on main
c "fix: picked"
id=$(git rev-parse HEAD)
tag v2.0.1
on development
tick && git cherry-pick -x --allow-empty "$id" >/dev/null 2>&1 || fail "cherry-pick"
says 8 "sluice: Nothing since v2.0.1"

# ---- a version that a person gives --------------------------------------------------------------------------------------------------------
situation=given
says 0 3.0.0 3.0.0
says 0 3.0.0-rc.1 3.0.0-rc.1
says 1 "sluice: The version 2.0.0 is there already: the tag v2.0.0." 2.0.0
says 1 "sluice: 1.9.0 is not above 2.0.1 (tag v2.0.1), the highest version." 1.9.0
says 2 "sluice: " 1.9
says 0 "3.0.0: v2.0.1, " --why 3.0.0
has "given by you"
sed -i 's/^commits:/releases: {version-from: given}\n&/' "$work/strategy.yml"
says 1 "sluice: The strategy wants a version that a person gives" --strategy "$work/strategy.yml"
has "sluice next VERSION"

# ---- by phases, by branches -----------------------------------------------------------------------------------------------------------------
cat >"$work/strategy.yml" <<'Y'
strategy: 1
branches:
  main: {type: production}
  hotfix: {match: "hotfix/{name}", type: hotfix, base: main, bump: patch, into: {main: {tag: release}}}
  phase: {match: "{phase}-{name}", type: work, base: main, into: {main: {method: merge, tag: release}}}
tags: {release: {match: "v{version}", branches: main}}
releases: {version-from: phases}
phases:
  phase1: {version: 1.1.0}
  phase2: {after: [phase1], version: 1.2.0}
  phase3: {after: [phase2]}
Y
begin phases
on main
c "chore: nothing that commits would count"
says 0 1.1.0
on -c phase2-index
says 0 1.2.0
says 0 "1.2.0: v1.0.0, 1 commit since, by the phase" --why
on -c hotfix/leak
says 0 1.0.1
says 0 "1.0.1: v1.0.0, 1 commit since, patch by the kind of the branch" --why
on -c phase3-last
says 1 "sluice: The strategy gives the phase phase3 no version."
on main
tag v1.1.0
says 0 1.2.0
tag v1.2.0
says 8 "sluice: Every phase that has a version is released: none is above 1.2.0."
sed -i 's/version-from: phases/version-from: branch/' "$work/strategy.yml"
situation="by the branch"
says 1 "sluice: The strategy takes versions from the names of branches" --strategy "$work/strategy.yml"

# ---- the first, JSON, and clones that are not whole -------------------------------------------------------------------------------------------
situation="a long word"
says 2 'sluice: "' 1.0.0 "$(head -c 100000 /dev/zero | tr '\0' a)"
[ "${#out}" -lt 2000 ] || fail "it says all of a long word"
situation="the first"
cd "$work" && git init -q first && cd first && c "feat: a" || fail "first"
says 0 0.1.0 --preset gitflow
says 0 "0.1.0: no release yet, 1 commit" --preset gitflow --why
c "fix: b" && tag v0.1.0 && c "feat: c (#1)"
git remote add origin "$work/nowhere" # tags of one that is not there
out=$("$sluice" next --preset gitflow --format json 2>/dev/null) || fail "json"
[ "$(printf %s "$out" | jq -r '[.version, .tag, .previous.tag, .source, .part, .decided_by.subject, (.commits | tostring)] | join(" ")')" = "0.2.0 v0.2.0 v0.1.0 commits minor feat: c (#1) 1" ] || fail "json"
git remote remove origin
git clone -q --depth 1 "file://$work/first" "$work/shallow" && cd "$work/shallow" || fail "clone"
situation=shallow
says 2 "sluice: This clone holds a part of the history only" --preset gitflow
has "git fetch --unshallow --tags"
git fetch -q --unshallow --tags || fail "deepen"
says 0 0.2.0 --preset gitflow
git switch -q --detach
says 0 "No branch is checked out: counted as for main" --preset gitflow
has "0.2.0"
git clone -q --bare "$work/first" "$work/bare.git" && cd "$work/bare.git" || fail "bare"
situation=bare
says 0 0.2.0 --preset gitflow --branch main
says 2 "sluice: There is no branch nowhere" --preset gitflow --branch nowhere
echo ok
