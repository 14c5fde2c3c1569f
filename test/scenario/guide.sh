#!/usr/bin/env bash
# docs/guide.md, typed line by line as its readers do: each command is there, in this order, and does what it should.
# Requirement: RL-2
# Timeout: 300
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/deploy.lib.sh"
seed=$test_dir/seed at=0 ann=
mapfile -t lines < <(sed '/^```/,/^```$/d' "$top/docs/guide.md" | sed -n 's/^    //p')

# A line as it is here: with our folders, address and tokens.
here() {
	sed -E "s,/path/to/your/repository,$seed,; s,/backup/,$test_dir/backup-,; s,/srv/sluice-new,$test_dir/new,; s,ann@127.0.0.1:8080,ann:$ann@${url#http://},
	        s,http://127.0.0.1:8080,$url,; s,SLUICE_TOKEN=…,SLUICE_TOKEN=$ann,; s|  +#.*||" <<<"$1"
}
# Type the lines up to one that begins so ("": to the end). What the last one printed is in $out.
type_to() {
	local line
	while [ "$at" -lt ${#lines[@]} ]; do
		[ -z "$1" ] || [[ ${lines[at]} != "$1"* ]] || return
		line=$(here "${lines[at]}")
		at=$((at + 1))
		eval "$line" >"$test_dir/out" 2>&1
		set -- "$1" $?
		out=$(cat "$test_dir/out")
		[ "$2" = 0 ] || fail "the guide's line fails with $2: $line"
	done
	[ -z "$1" ] || fail "the guide has no line, or not here: $1"
}
# The next line is not typed as it stands.
skip() {
	[[ ${lines[at]} == "$1"* ]] || fail "the guide's next line is ${lines[at]}, not $1"
	at=$((at + 1))
}
as_bob() { env SLUICE_TOKEN="$(cat "$home.tokens/bob")" "$@"; }

# 1. The build stands, and the server is started by the test.
skip "make build"
skip "export PATH="
skip "export SLUICE_HOME="
skip "sluice serve --listen 127.0.0.1:8080"
export PATH="$(dirname "$sluice"):$PATH" SLUICE_HOME=$home
server_start

# 2. `make run REPO=` is what test/scenario/story.sh looks at.
type_to "make run"
skip "make run REPO="

# 3.
git init -q "$seed"
commit "$seed" greeting.txt "Hello" "feat: greet"
commit "$seed" deploy.sh "#!/bin/sh
echo \$SLUICE_ENVIRONMENT \$SLUICE_VERSION \$SLUICE_WEIGHT >>$test_dir/deployed" "feat: how it is deployed"
mkdir "$seed/bin" && printf '#!/bin/sh\nexec %s\n' "$hello" >"$seed/bin/app" && chmod +x "$seed/bin/app" "$seed/deploy.sh"
commit "$seed" VERSION 1.0.0 "feat: an application"
git -C "$seed" branch develop
type_to "sluice token create"
type_to "sluice init"
ann=$out
[[ $ann =~ slu_[A-Za-z0-9]+ ]] && ann=${BASH_REMATCH[0]} || fail "no token was printed"
cd "$seed" || exit 1
type_to "sluice why push main"
! eval "$(here "${lines[at]}")" >"$test_dir/out" 2>&1 || fail "main takes a push by the strategy of the guide"
skip "sluice why push main --strategy"
grep -q "branches.main.allow" "$test_dir/out" || fail "why push does not name the rule"

skip "sluice strategy accept" # test/scenario/strategy_base.sh has another repository to accept from
type_to "git clone"

# 4. The change brings the strategy, with what section 6 adds to it.
unset SLUICE_HOME
mkdir "$test_dir/clones" && cd "$test_dir/clones" || exit 1
type_to 'git commit -am'
mkdir .sluice
sed '/^```yaml$/,/^```$/!d; /^```/d' "$top/docs/guide.md" | awk -v at="$test_dir/yaml" '/^environments:/ { n++ } { print > (at n) }'
[ -f "$test_dir/yaml2" ] && [ ! -f "$test_dir/yaml3" ] || fail "section 6 does not show two ways"
{ echo "strategy: 1"; sed 's/production:/staging:/' "$test_dir/yaml1"; } >.sluice/staging.yml
{ cat "$seed/.sluice/strategy.yml"; echo "extends: [.sluice/staging.yml]"; sed 's/127.0.0.1:9000/127.0.0.1:0/; s/pause: 5m/pause: 1s/' "$test_dir/yaml2"; } >.sluice/strategy.yml
yes "the strategy of the guide" "$sluice" strategy check
git add -A
type_to "sluice why merge 1"
line=$(here "${lines[at]}")
$line >"$test_dir/out" 2>&1
[ $? = 8 ] || fail "the change waits for nothing: $(cat "$test_dir/out")"
skip "sluice why merge 1"
person bob write
yes "approve" as_bob "$sluice" change review 1 --approve
skip "sluice change review 1 --approve"
type_to "sluice release finish"
has "branch release/1.0.0"

# 5. The finish waits for an approval, and is asked again.
out=$(sluice release finish 1.0.0 2>&1)
[ $? = 8 ] || fail "the finish waits for nothing"
has "nothing has moved"
yes "approve the release" as_bob "$sluice" change review 2 --approve
type_to "sluice deploy production"
has "v1.0.0"

# 6.
type_to "sluice rollback production"
has "success"
has "1.0.0"
yes "the command driver" sluice deploy staging --version 1.0.0 --wait
[ "$(tail -n 1 "$test_dir/deployed")" = "staging 1.0.0 100" ] || fail "deploy.sh was not run: $(cat "$test_dir/deployed")"
yes "a change" git switch -q -c feature/version origin/develop
commit . VERSION 1.1.0 "feat: another version"
yes "its push" git push -q -u origin feature/version
yes "its change" sluice change open
yes "approved" as_bob "$sluice" change review 3 --approve
yes "merged" sluice change merge 3
yes "start" sluice release start 1.1.0
yes "approved" as_bob "$sluice" change review 4 --approve
yes "finish" sluice release finish 1.1.0
yes "deploy" sluice deploy production --version 1.1.0 --wait
type_to "sluice version check"
await 10 live 1.0.0 || fail "the rollback did not bring 1.0.0 back"

# 7. has been typed in the clone.
type_to "sluice feature start"

# 8. In a clone whose remote is no server of ours.
git init -q --bare "$test_dir/plain.git"
git init -q "$test_dir/flows" && cd "$test_dir/flows" || exit 1
yes "a strategy" sluice init --preset gitflow
commit . greeting.txt "Hello" "feat: greet"
git branch -M main && git branch develop && git remote add origin "$test_dir/plain.git" && git push -q origin main develop
type_to "git commit -am"
echo more >>greeting.txt
type_to "sluice branch start release"
[ "$(git rev-list --count --merges develop)" = 1 ] || fail "the feature is not merged"
type_to "sluice log"
! git rev-parse -q --verify release/2.1.0 >/dev/null || fail "undo left the branch"
type_to "sluice phase start"
git init -q --bare "$test_dir/phases.git" && git init -q "$test_dir/phases" && cd "$test_dir/phases" || exit 1
mkdir .sluice
cat >.sluice/strategy.yml <<'YML'
strategy: 1
branches:
  main: {type: production}
  development: {type: integration, base: main, into: {main: {method: merge, tag: release}}}
  phase: {match: "feature/{phase}-{name}", type: work, base: development, into: {development: {method: merge}}}
  integration: {match: "integration/{name}", type: throwaway, base: development}
  hotfix: {match: "hotfix/{name}", type: hotfix, base: main, bump: patch, into: {main: {method: merge, tag: release, back-merge: [development]}}}
tags: {release: {match: "v{version}", branches: main}}
releases: {version-from: phases}
phases: {phase1: {version: 1.0.0}, phase2: {version: 1.1.0, after: phase1}}
YML
commit . greeting.txt "Hello" "begin"
git branch -M main && git branch development && git remote add origin "$test_dir/phases.git" && git push -q origin main development
type_to "sluice phase integrate"
commit . bridge.txt "Bridge" "the bridge"
type_to "sluice revert"
[ "$(git rev-parse 'v1.0.0^{}')" = "$(git rev-parse main)" ] || fail "the phase is not released"
type_to "sluice phase finish"
[ ! -e bridge.txt ] && ! git cat-file -e development:bridge.txt 2>/dev/null || fail "the phase was not taken back"
type_to "sluice ecosystem start"
git cat-file -e development:bridge.txt || fail "the phase did not come back"
for member in auth app dashboard; do
	git init -q --bare "$test_dir/remotes/acme/$member.git" && git init -q "$test_dir/members/$member" && cd "$test_dir/members/$member" || exit 1
	yes "a strategy" sluice init --preset gitflow
	[ "$member" != app ] || sed -n '/^ecosystem:$/,/^```$/p' "$top/docs/guide.md" | grep -v '^```' >>.sluice/strategy.yml
	commit . greeting.txt "Hello" "feat: greet"
	git branch -M main && git remote add origin "$test_dir/remotes/acme/$member.git" && git switch -q -c develop
	commit . more.txt "More" "feat: more"
	git push -q origin main develop || fail "push"
done
cd ../app || exit 1
type_to "sluice feature list"
[ "$(git -C ../dashboard rev-parse 'v2.1.0^{}')" = "$(git -C "$test_dir/remotes/acme/dashboard.git" rev-parse main)" ] || fail "the ecosystem is not released"
cd "$test_dir/flows" || exit 1
type_to "sluice backup"

# 9.
export SLUICE_HOME=$home
unset SLUICE_SERVER SLUICE_TOKEN
cd "$test_dir" || exit 1
type_to ""
has "verified"
exit 0
