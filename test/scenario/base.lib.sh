# shellcheck shell=bash
# For tests of a strategy that extends another repository's file: source it after lib.sh.
#
#   base_begin PERSON ROLE ANN   server, acme/base and acme/app open to those who may write; ann (admin) and bob (write) in acme/app, PERSON
#                                with ROLE there ("": none) and write in acme/base, where ann has the level ANN
#   base TEXT                    PERSON pushes this as rules.yml to the base's main; the clone is $test_dir/base
#   sluice ARG ...               by who runs the server
sluice() { "$sluice" "$@" --home "$home"; }
base_begin() {
	server_start
	printf 'strategy: 1\nbranches: {main: {type: production, allow: {create: write, push: write, force-push: write}}, topic: {match: "t/*", type: work, base: main}}\n' >"$test_dir/open.yml"
	yes "base" sluice repo create acme/base --strategy "$test_dir/open.yml"
	repo "$test_dir/open.yml"
	person ann admin
	person bob write
	person "$1" "$2"
	yes "ann, base" sluice role grant ann "$3" --repo acme/base
	yes "$1, base" sluice role grant "$1" write --repo acme/base
	git init -q "$test_dir/base" && git -C "$test_dir/base" remote add origin "http://$1:$(cat "$home.tokens/$1")@${url#http://}/acme/base.git"
}
base() {
	commit "$test_dir/base" rules.yml "$1" "feat: rules"
	yes "the base moves" git -C "$test_dir/base" push -q -f origin HEAD:main
}
