# shellcheck shell=bash
# What a test says of what a command did; lib.sh and offline.lib.sh source it and bring `fail`, which ends the test.
#
#   yes MESSAGE COMMAND ...   must succeed | no MESSAGE COMMAND ... must fail; output, errors too, in $out
#   has TEXT | hasnt TEXT     $out contains it
#   is GOT WANTED             two texts are the same
yes() {
	local what=$1
	shift
	out=$("$@" 2>&1) || fail "$what"
}
no() {
	local what=$1
	shift
	out=$("$@" 2>&1) && fail "$what"
	return 0
}
has() { case $out in *"$1"*) ;; *) fail "it does not say: $1" ;; esac; }
hasnt() { case $out in *"$1"*) fail "it says: $1" ;; esac; }
is() { [ "$1" = "$2" ] || fail "it is \"$1\", not \"$2\""; }
