# shellcheck shell=bash
# For the scenarios of the documents behind the presets: source it after lib.sh. Their people work in clones of a sluice server under the preset, which
# stands in .sluice/strategy.yml as a team would have it.
#
#   begin PRESET PRODUCTION [DEVELOPMENT]   server, lead (admin), ann and bob (write); acme/app with v2.0.0 on its first branches; one stands in
#                                           ann's clone $test_dir/ann; $seed is where the first commit is made, files in $test_dir/seed go into it
#                                           $adapt (sed) makes the preset the team's own: addresses, and times that no test can wait for
#   as PERSON WORDS                         sluice in the clone of that person | asked CODE PERSON WORDS: must end with this code; output in $out
#   clone PERSON                            the clone of a person, made where there is none
#   at REF                                  the commit of a ref on the server, nothing where there is none
#   file REF:PATH                           a file there
#   good COMMIT CHECK ...                   CI says that these checks are well there
#   number BRANCH                           the number of the newest change from this branch
#   work TEXT FILE [MESSAGE]                a commit in the clone that one stands in
#   is A B | in_history COMMIT REF          must be the same | the commit must be in the history of the server's ref
#   gone REF | there REF                    on the server
bare=$home/repos/acme/app.git
at() { git --git-dir="$bare" rev-parse -q --verify "$1^{}"; }
file() { git --git-dir="$bare" show "$1"; }
landed() { [ -z "$(at "$1")" ]; } # a branch that went with its change
gone() { [ -z "$(at "$1")" ] || fail "$1 is still on the server"; }
there() { [ -n "$(at "$1")" ] || { out=$(refs); fail "$1 is not on the server"; }; }
in_history() { git --git-dir="$bare" merge-base --is-ancestor "$1" "$2" || fail "$2 has not got $1"; }
as() { SLUICE_SERVER=$url SLUICE_TOKEN=$(cat "$home.tokens/$1") "$sluice" "${@:2}"; }
asked() {
	local want=$1 rc=0
	shift
	out=$(as "$@" 2>&1) || rc=$?
	[ "$rc" = "$want" ] || fail "$*: exit code $rc, not $want"
}
good() {
	local commit=$1
	for check in "${@:2}"; do yes "the check $check" as lead commit status "$commit" --context "$check" --state success --repo acme/app; done
}
number() { as lead change list --state all --repo acme/app --format json | jq -r --arg b "$1" '[.[] | select(.head.ref == $b)][0].number'; }
work() {
	mkdir -p "$(dirname "$2")"
	printf '%s\n' "$1" >"$2"
	git add "$2" && git commit -qm "${3:-feat: $2}" || fail "commit $2"
}
clone() {
	[ -d "$test_dir/$1" ] || clone_as "$1" "$test_dir/$1"
	cd "$test_dir/$1" || exit 1
	git config user.name "$1" && git config user.email "$1@example.org"
}
begin() {
	local branch
	export NO_COLOR=1
	repo "$1"
	person lead admin
	person ann write
	person bob write
	"$sluice" token create --user lead --scope repo:write,deploy --home "$home" >"$home.tokens/lead" 2>/dev/null || fail "lead may not deploy"
	server_start
	mkdir -p "$test_dir/seed/.sluice"
	"$sluice" preset show "$1" | sed "${adapt:-}" >"$test_dir/seed/.sluice/strategy.yml" || fail "preset show $1"
	git init -q -b "$2" "$test_dir/seed"
	commit "$test_dir/seed" VERSION 2.0.0 "chore: begin"
	git -C "$test_dir/seed" tag -a -m 2.0.0 v2.0.0
	yes "the first branch" git -C "$test_dir/seed" push -q "$(remote_of lead)" "$2"
	for branch in "${@:3}"; do yes "$branch begins" git -C "$test_dir/seed" push -q "$(remote_of lead)" "$2:$branch"; done
	yes "the last release" git -C "$test_dir/seed" push -q "$(remote_of lead)" v2.0.0
	cmp -s "$test_dir/seed/.sluice/strategy.yml" <(file "$2:.sluice/strategy.yml") || fail "the strategy is not on $2"
	clone ann
}
