#!/usr/bin/env bash
# sluice check, without a server: branches, ranges, changes, all there is, what is staged and pushed; in the jobs of CI systems, by
# their variables; its formats as their readers take them; a clone of a part of the history is not judged.
# Requirement: BR-3, PR-2, CM-1, CM-4
. "$(dirname "$0")/offline.lib.sh"
# Of the CI job that this test itself may run in nothing is heard.
unset GITEA_ACTIONS GITHUB_ACTIONS GITLAB_CI JENKINS_URL GITHUB_BASE_REF GITHUB_HEAD_REF GITHUB_EVENT_PATH GITHUB_REF GITHUB_EVENT_NAME BRANCH_NAME TAG_NAME CHANGE_TARGET CHANGE_BRANCH CHANGE_TITLE CI_MERGE_REQUEST_TITLE
# checks WANTED-EXIT-CODE ARGS…: the answer is left in $out
checks() {
	local want=$1 got=0
	shift
	out=$("${env[@]}" "$sluice" check "$@" 2>&1) || got=$?
	[ "$got" = "$want" ] || fail "check $*: exit code $got, not $want"
}
env=(env)
put() { mkdir -p "$(dirname "$1")" && printf '%s\n' "$2" >"$1" && git add -A && git commit -qm "$3" || fail "commit"; }

cd "$work" || exit 1
checks 2
has "no Git repository"
git init -q --bare -b main up.git && git clone -q up.git clone 2>/dev/null && cd clone || fail "clone"
git config user.name ann && git config user.email ann@example.org
git switch -q -c main 2>/dev/null
mkdir .sluice && cat >.sluice/strategy.yml <<'Y'
strategy: 1
files: {forbid: [.env, "*.pem"], max-size: 1KiB}
branches:
  main: {type: production}
  develop: {type: integration, base: main, into: {main: {method: merge}}}
  feature: {match: "feature/{name}", type: work, base: develop}
  hotfix: {match: "hotfix/{name}", type: hotfix, base: main, into: [main]}
tags: {release: {match: "v{version}", branches: main, annotated: true}}
checks: {unit: {on: {change: [main, develop]}}}
commits: {convention: conventional, types: [feat, fix, chore]}
Y
put README hello "chore: begin"
git push -q origin main && git switch -q -c develop && git push -q origin develop && git remote set-head origin main

# A branch that is new: nothing is asked of who makes it.
git switch -q -c feature/login
put a 1 "feat: login"
checks 0
has "2 things judged by .sluice/strategy.yml"
has "0 refused"
checks 0 --rules
has "branches.feature.base"
hasnt "allow.create"
put b 1 "added a thing"
put .env SECRET=1 "feat: settings"
git rm -q --cached .env && rm .env && git commit -qm "fix: no settings"
checks 1
has "commits.convention"
has "no file .env"
has "2 refused"
checks 1 --branch feature/login
checks 0 feature/login
checks 1 develop..HEAD
has "added a thing"
checks 1 develop...HEAD~1
checks 0 HEAD
checks 1 HEAD~2
hasnt "files.forbid"
checks 0 HEAD~2 --on main
checks 1 HEAD~1 --on main
checks 2 nowhere..HEAD
has 'no commit named "nowhere"'
checks 2 --all --staged
checks 2 --branch nothing
has "no branch nothing"

# More bad commits than a refused push names.
git switch -q -c feature/many develop
for i in 1 2 3 4 5 6 7 8; do git commit -q --allow-empty -m "number $i"; done
checks 1
has "9 things judged"
has "8 refused"
git switch -q develop && git branch -qD feature/many

# A bad commit that two branches share is a bad commit of both.
git switch -q -c feature/lower develop && git commit -q --allow-empty -m "shared and bad" && git switch -q -c feature/upper && git commit -q --allow-empty -m "feat: upper" || fail "two branches"
git push -q origin feature/lower feature/upper
for on in lower upper; do
	checks 1 --branch feature/$on
	has "shared and bad"
done
git push -q origin :feature/lower :feature/upper && git switch -q develop && git branch -qD feature/lower feature/upper

# A push to where nobody pushes is refused without knowing who; who may otherwise, only a server knows.
git switch -q main && put m 1 "chore: m"
checks 1
has "branches.main.allow.push"
git reset -q --hard origin/main
checks 0
git switch -q develop && put d 1 "feat: d"
checks 1
git reset -q --hard origin/develop
git switch -q -c wip && checks 1
has "wip is of no kind"
git switch -q develop && git branch -qD wip

# Into a target: conflicts, edges; approvals and checks are said to be unknown, and refuse nothing.
git switch -q -c feature/fine develop && put f 1 "feat: fine"
checks 0 --into develop
has "Only a server knows: who may merge, approvals, checks.unit, threads-resolved"
checks 1 --into main
has "branches.feature.into"
checks 0 --into develop --as ann --level maintain
hasnt "who may"
checks 1 --into develop --level read
has "allow.merge"
checks 2 --into develop --level wizard
git switch -q develop && put f 2 "feat: other" && git push -q origin develop
checks 1 --branch feature/fine --into develop
has "change.conflict"
git reset -q --hard HEAD~1 && git push -q -f origin develop

# Waiting is another thing than refused.
sed 's/^checks:/releases: {calendar: {start: 2026-01-05, cycle: 4w, freeze: {at: 2w, branches: [develop], types: [fix]}, ship: {at: 3w}}}\n&/' .sluice/strategy.yml >"$work/freeze.yml"
checks 8 --branch feature/fine --into develop --strategy "$work/freeze.yml" --at 2026-01-20T12:00:00Z
has "1 must wait until 2026-01-26"
checks 3 --strategy <(echo "strategy: 2")

# What is staged: paths and sizes, before there is a commit, too.
git switch -q -c feature/staged
checks 0 --staged
echo x >key.pem && head -c 2000 /dev/zero >big && ln -s a link && git add -A
checks 1 --staged
has "key.pem is staged"
has "big has 2000 bytes as staged"
has "git rm --cached -- key.pem"
hasnt "comes in"
head -c 2000 /dev/zero >unstaged
git rm -q --cached key.pem big && checks 0 --staged
git update-index --add --cacheinfo "160000,$(git rev-parse HEAD),.env" || fail "a submodule"
checks 1 --staged
has ".env, a submodule, is staged"
git commit -qm "feat: a submodule"
checks 1 HEAD
has ".env, a submodule, comes in with"
git reset -q --soft HEAD~1 && git rm -q --cached .env && checks 0 --staged
git rm -q --cached link && rm -f key.pem big link unstaged
git init -q "$work/fresh" && (cd "$work/fresh" && echo x >k.pem && git add k.pem) || fail "fresh"
cd "$work/fresh" && checks 1 --staged --strategy "$work/clone/.sluice/strategy.yml"
has "k.pem is staged"
cd "$work/clone" || exit 1

# Updates as the hooks get them; a tag finds its commit on the branch that comes with it.
zero=0000000000000000000000000000000000000000
git switch -q develop && git tag -a -m r v1.0.0 develop
at=$(git rev-parse develop) && tag=$(git rev-parse v1.0.0) && main=$(git rev-parse main)
out=$(printf 'refs/heads/feature/fine %s refs/heads/feature/fine %s\n' "$(git rev-parse feature/fine)" $zero | "$sluice" check --push 2>&1) || fail "a push that is fine"
out=$(printf 'refs/heads/develop %s refs/heads/main %s\n' "$(git rev-parse feature/fine)" "$main" | "$sluice" check --push 2>&1) && fail "a push to main"
has "branches.main.allow.push"
sed 's/develop: {type: integration,/& allow: {push: write},/' .sluice/strategy.yml >"$work/open.yml"
two=$(git commit-tree -p "$(git commit-tree -p "$at" -m "feat: one" "main^{tree}")" -m "feat: two" "feature/fine^{tree}") && git push -q origin "$two:refs/heads/feature/two" && git fetch -q
out=$(printf 'x %s refs/heads/develop %s\n' "$two" "$at" | "$sluice" check --push --strategy "$work/open.yml" 2>&1) || fail "who may push may, merge or not"
git commit -q --allow-empty -m "chore: n" && git tag -a -m r v2.0.0
out=$(printf 'refs/tags/v2.0.0 %s refs/tags/v2.0.0 %s\n' "$(git rev-parse v2.0.0)" $zero | "$sluice" check --push 2>&1) && fail "a tag that is not on main"
has "tags.release.branches"
out=$(printf '%s %s refs/tags/v2.0.0\n%s %s refs/heads/main\n' $zero "$(git rev-parse v2.0.0)" "$main" "$(git rev-parse HEAD)" | "$sluice" check --push --format json 2>/dev/null) && fail "main and tag"
[ "$(jq -r '.checked[0].name' <<<"$out")" = main ] || fail "branches come first"
sed 's/production}/production, allow: {push: write}}/' .sluice/strategy.yml >"$work/free.yml"
out=$(printf '%s %s refs/tags/v2.0.0\n%s %s refs/heads/main\n' $zero "$(git rev-parse v2.0.0)" "$main" "$(git rev-parse HEAD)" | "$sluice" check --push --strategy "$work/free.yml" 2>&1) || fail "main and its tag"
out=$(printf '%s %s refs/notes/x\n' $zero "$at" | "$sluice" check --push 2>&1) && fail "a ref outside of heads and tags"
has "only branches (refs/heads/) and tags"
out=$(printf 'x %s refs/heads/develop %s\n' "$at" 1111111111111111111111111111111111111111 | "$sluice" check --push 2>&1) && fail "an end that is not here"
has "git fetch"
out=$(printf 'nonsense\n' | "$sluice" check --push 2>&1) && fail "no update"
git push -q origin :feature/two
git reset -q --hard origin/develop && git tag -d v1.0.0 v2.0.0 >/dev/null
: "$tag"

# All there is, in a bare repository, too.
git push -q origin feature/login && git tag v0.9 main && git push -q origin v0.9 && git push -q origin main:refs/heads/oops
git fetch -q
checks 1 --all
has "oops is of no kind"
has "v0.9 is of no class"
has "added a thing"
hasnt "number"
cd "$work/up.git" || exit 1
checks 1 --all
has "added a thing"
checks 1 --branch feature/login
has "commits.convention"
checks 1 --branch feature/login --into develop
checks 0 # main
checks 2 --staged
has "in no Git work tree"
cd "$work/clone" && git push -q origin :oops :v0.9 && git tag -d v0.9 >/dev/null

# ---- pull requests, by the variables of each host; the clone is as it makes one ----
git switch -q feature/login && git push -q origin HEAD:refs/pull/7/head
git switch -q --detach origin/develop && git merge -q --no-ff -m "Merge feature/login into develop" feature/login && git push -q origin HEAD:refs/pull/7/merge
head=$(git rev-parse feature/login) && merged=$(git rev-parse HEAD)
ci_clone() { # REF: what stands at REF is checked out, all branches are there
	cd "$work" && rm -rf ci && git clone -q --no-checkout "file://$work/up.git" "$work/ci" && cd "$work/ci" && git remote set-head origin -d && git fetch -q origin "$1" && git checkout -q --detach FETCH_HEAD || fail "ci clone"
}
change() {
	has "feature/login (${head:0:10}) into develop"
	has "commits.convention"
	has "no file .env"
	has "Only a server knows: who may merge, approvals, checks.unit"
	hasnt "Merge feature"
	has "6 things judged"
	has "2 refused"
}
printf '{"pull_request":{"head":{"sha":"%s"}},"repository":{"default_branch":"main"}}' "$head" >"$work/event.json"
ci_clone refs/pull/7/merge
[ "$(git rev-parse HEAD)" = "$merged" ] || fail "the merge is checked out"
env=(env GITHUB_ACTIONS=true GITHUB_BASE_REF=develop GITHUB_HEAD_REF=feature/login GITHUB_REF=refs/pull/7/merge "GITHUB_EVENT_PATH=$work/event.json")
checks 1
has "A pull request of GitHub"
change
env=(env GITHUB_ACTIONS=true GITHUB_BASE_REF=develop GITHUB_HEAD_REF=feature/login GITHUB_REF=refs/pull/7/merge)
checks 1
change
checks 0 HEAD # words say what is judged: the job does not count then
ci_clone refs/pull/7/head
env=(env GITEA_ACTIONS=true GITHUB_ACTIONS=true GITHUB_BASE_REF=develop GITHUB_HEAD_REF=feature/login GITHUB_REF=refs/pull/7/head "GITHUB_EVENT_PATH=$work/event.json")
checks 1
has "A pull request of Gitea"
change
env=(env GITLAB_CI=true CI_MERGE_REQUEST_TARGET_BRANCH_NAME=develop CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=feature/login CI_DEFAULT_BRANCH=main)
checks 1
has "A pull request of GitLab"
change
env=(env GITLAB_CI=true CI_MERGE_REQUEST_TARGET_BRANCH_NAME=gone CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=feature/login CI_DEFAULT_BRANCH=main)
checks 2
has "git fetch origin +refs/heads/gone:refs/remotes/origin/gone"
# Jenkins makes the merge itself, the change first.
who=(-c user.name=j -c user.email=j@example.org)
git checkout -q --detach "$(git "${who[@]}" commit-tree -p "$head" -p origin/develop -m "Merge commit into HEAD" "$head^{tree}")" || fail "merge"
env=(env JENKINS_URL=http://127.0.0.1/ CHANGE_ID=7 CHANGE_TARGET=develop CHANGE_BRANCH=feature/login BRANCH_NAME=PR-7)
checks 1
has "A pull request of Jenkins"
change
# A merge that somebody made and pushed is his, and what it brings is judged.
echo K=1 >.env && git add -f .env
own=$(git "${who[@]}" commit-tree -p "$head" -p origin/develop -m "Merge develop into feature/back" "$(git write-tree)")
git checkout -q -f --detach "$own" && git push -q origin "$own:refs/heads/feature/back" && git fetch -q || fail "own merge"
env=(env JENKINS_URL=http://127.0.0.1/ CHANGE_ID=8 CHANGE_TARGET=develop CHANGE_BRANCH=feature/back BRANCH_NAME=PR-8)
checks 1
has "feature/back (${own:0:10}) into develop"
has "7 things judged"
git update-ref -d refs/remotes/origin/feature/back
env=(env GITLAB_CI=true CI_MERGE_REQUEST_TARGET_BRANCH_NAME=develop CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=feature/back CI_DEFAULT_BRANCH=main)
checks 1
has "feature/back (${own:0:10}) into develop"
git push -q origin :feature/back
# Where the way there is a squash, the title becomes the message.
printf '{"pull_request":{"title":"no form at all","head":{"sha":"%s"}},"repository":{"default_branch":"main"}}' "$head" >"$work/titled.json"
env=(env GITHUB_ACTIONS=true GITHUB_BASE_REF=develop GITHUB_HEAD_REF=feature/login "GITHUB_EVENT_PATH=$work/titled.json")
checks 1
has "the change's title becomes the message: "
has "3 refused"
for env in "GITLAB_CI=true CI_MERGE_REQUEST_TARGET_BRANCH_NAME=develop CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=feature/login CI_DEFAULT_BRANCH=main CI_MERGE_REQUEST_TITLE" \
	"JENKINS_URL=http://127.0.0.1/ CHANGE_ID=7 CHANGE_TARGET=develop CHANGE_BRANCH=feature/login BRANCH_NAME=PR-7 CHANGE_TITLE"; do
	read -ra words <<<"$env"
	name=${words[-1]}
	unset 'words[-1]'
	env=(env "${words[@]}" "$name=no form at all")
	checks 1
	has "the change's title becomes the message: \"no form at all\""
	env=(env "${words[@]}" "$name=Draft: feat: log in")
	checks 1 --rules
	has "the change's title becomes the message: \"feat: log in\""
done
printf '{' >"$work/broken.json"
env=(env GITHUB_ACTIONS=true GITHUB_BASE_REF=develop GITHUB_HEAD_REF=feature/login "GITHUB_EVENT_PATH=$work/broken.json")
checks 2
has "is no JSON"
printf '{"pull_request":{"head":{"sha":"%s"}}}' 2222222222222222222222222222222222222222 >"$work/event.json"
env=(env GITHUB_ACTIONS=true GITHUB_BASE_REF=develop GITHUB_HEAD_REF=feature/login "GITHUB_EVENT_PATH=$work/event.json")
checks 2
has "the head of the pull request, is not in this clone"

# A merge queue: what it made is judged as the merges that it consists of; a branch is found by where it stands, not by what a message says.
base=$(git rev-parse origin/develop)
git "${who[@]}" branch -f scratch "$(git "${who[@]}" commit-tree -p "$base" -m "feat: fine" "$base^{tree}")" && fine=$(git rev-parse scratch) && git push -q origin "$fine:refs/heads/feature/fine" || fail "a second branch"
first=$(git "${who[@]}" commit-tree -p "$base" -p "$fine" -m "Merge pull request #8 from acme/feature/fine" "$fine^{tree}")
second=$(git "${who[@]}" commit-tree -p "$first" -p "$head" -m "Merge pull request #7 from acme/feature/fine" "$head^{tree}")
squashed=$(git "${who[@]}" commit-tree -p "$base" -m "no form at all (#9)" "$head^{tree}")
queue=gh-readonly-queue/develop/pr-7-$first
git push -q origin "$second:refs/keep/second" "$squashed:refs/keep/squashed" || fail "the queue's commits"
queued() { # BASE HEAD
	printf '{"action":"checks_requested","merge_group":{"head_sha":"%s","head_ref":"refs/heads/%s","base_sha":"%s","base_ref":"refs/heads/develop"},"repository":{"default_branch":"main"}}' "$2" "$queue" "$1" >"$work/event.json"
	git -C "$work/up.git" update-ref "refs/heads/$queue" "$2" && ci_clone "$queue"
	env=(env GITHUB_ACTIONS=true GITHUB_EVENT_NAME=merge_group "GITHUB_REF=refs/heads/$queue" "GITHUB_EVENT_PATH=$work/event.json")
}
queued "$base" "$first"
checks 0
has "A merge queue of GitHub: 1 commit into develop."
hasnt "gh-readonly-queue"
hasnt "no branch that is here"
checks 0 --rules
has "feature/fine into develop"
queued "$first" "$second"
checks 1
has "commits.convention"
has "no file .env"
hasnt "feature/fine"
has "2 refused"
queued "$base" "$second"
checks 1 --rules
has "2 commits into develop"
has "feature/fine into develop"
has "feature/login into develop"
# a kind that has no way there; a branch of a fork, or a squash: the way is not known, and the commits are judged all the same
git push -q origin "$fine:refs/heads/hotfix/1.0.1" ":refs/heads/feature/fine"
queued "$base" "$first"
checks 1
has "hotfix/1.0.1 into develop"
git push -q origin ":refs/heads/hotfix/1.0.1" && queued "$base" "$first"
checks 0
has "Of 1 of them no branch that is here was merged"
queued "$base" "$squashed"
checks 1
has "commits.convention"
has "Of 1 of them no branch that is here was merged"
queued "$second" "$first" && git fetch -q origin refs/keep/second
checks 2
has "does not go on from ${second:0:10}, where it says that develop stands"
printf '{"merge_group":{"head_sha":"%s","base_sha":"%s","base_ref":"refs/heads/a\\u001b[2J\\u202eb"},"repository":{"default_branch":"main"}}' "$first" "$base" >"$work/event.json"
checks 2
has "The branch a?[2J?b, into which"
printf '{"repository":{"default_branch":"main"}}' >"$work/event.json"
checks 2
has "does not say what is merged into what"
git push -q origin ":refs/heads/$queue"

# Pushes: a branch, a tag.
ci_clone feature/login
env=(env GITLAB_CI=true CI_COMMIT_BRANCH=feature/login CI_COMMIT_BEFORE_SHA=$zero CI_DEFAULT_BRANCH=main)
checks 1
has "A push at GitLab"
has "5 things judged"
env=(env GITLAB_CI=true CI_COMMIT_BRANCH=feature/login "CI_COMMIT_BEFORE_SHA=$(git rev-parse HEAD~1)" CI_DEFAULT_BRANCH=main)
checks 0
has "2 things judged"
env=(env GITLAB_CI=true CI_COMMIT_BRANCH=feature/login "CI_COMMIT_BEFORE_SHA=1${zero#0}" CI_DEFAULT_BRANCH=main)
checks 1
has "5 things judged" # after a rebase what was there before is in no clone
git tag v3.0.0 origin/feature/login
env=(env JENKINS_URL=http://127.0.0.1/ BRANCH_NAME=v3.0.0 TAG_NAME=v3.0.0)
checks 1
has "it is a lightweight tag"
has "tags.release.branches"
env=(env GITHUB_ACTIONS=true GITHUB_REF=refs/heads/main)
git checkout -q origin/main
checks 0

# A part of the history: not judged, and how the rest comes is said.
cd "$work" && rm -rf ci && git clone -q --depth 1 --no-single-branch "file://$work/up.git" "$work/ci" && cd "$work/ci" || fail "shallow clone"
env=(env)
for words in "" HEAD --all "--branch main"; do
	# shellcheck disable=SC2086 # words
	checks 2 $words
	has "git fetch --unshallow"
done
env=(env GITHUB_ACTIONS=true GITHUB_BASE_REF=develop GITHUB_HEAD_REF=feature/login)
checks 2
has "fetch-depth: 0"
env=(env GITLAB_CI=true CI_COMMIT_BRANCH=main)
checks 2
has 'GIT_DEPTH: "0"'
env=(env)
checks 0 --staged
git fetch -q --unshallow && checks 0 HEAD

# ---- formats ----
cd "$work/clone" && git switch -q -c feature/odd develop || exit 1
printf 'feat: \x01<b>&"'\''%%0A::error::x|`@all`\xff\xe2\x80\xae.\n' | git commit -q --allow-empty -F - 2>/dev/null || fail "odd commit"
put k.pem x "no <type> | 100%"
for f in text json ndjson github gitlab markdown sarif junit; do checks 1 --format $f; done
checks 1 --format junit -q
printf '%s' "$out" >"$work/junit.xml"
xmllint --noout "$work/junit.xml" || fail "the JUnit report is not well-formed"
[ "$(xmllint --xpath 'string(/testsuite/@tests)' "$work/junit.xml")" = 3 ] && [ "$(xmllint --xpath 'count(/testsuite/testcase/failure)' "$work/junit.xml")" = 2 ] || fail "the JUnit report has other sums"
checks 1 --format json -q
[ "$(jq -c '[.sums, (.checked | map(.kind)), .unknown]' <<<"$out")" = '[{"judged":3,"refused":2,"waiting":0},["branch","commit","commit"],[]]' ] || fail "the JSON report has not its shape"
checks 1 --format ndjson -q
[ "$(jq -c .verdict.verdict <<<"$out" | tr '\n' ' ')" = '"allow" "deny" "deny" ' ] || fail "one object a line"
checks 1 --format github -q
[ "$(grep -c '^::error file=.sluice/strategy.yml,line=[0-9]*,col=[0-9]*,title=' <<<"$out")" = "$(wc -l <<<"$out")" ] || fail "each line is one command"
has "100%25"
checks 1 --format gitlab -q
jq -e 'length == 3 and all(.[]; .description and .check_name and (.fingerprint | test("^[0-9a-f]{32}$")) and .severity == "major" and .location.path == ".sluice/strategy.yml" and .location.lines.begin > 0)' <<<"$out" >/dev/null || fail "the report for GitLab has not its shape"
[ "$(jq -r '.[].fingerprint' <<<"$out" | sort -u | wc -l)" = 3 ] || fail "a fingerprint for each finding"
checks 1 --format markdown -q
hasnt "<b>"
hasnt "@all"
has "| ✗ | commit"
checks 2 --format xml
git switch -q develop && checks 0 --format gitlab -q
[ "$(jq -c . <<<"$out")" = '[]' ] || fail "nothing found is an empty report"
echo ok
