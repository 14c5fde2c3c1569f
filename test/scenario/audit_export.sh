#!/usr/bin/env bash
# An export is verified without a server; what was edited, taken out or moved in it is named, and rows that were edited in the database do
# not become true by an export of them.
# Requirement: RC-3
. "$(dirname "$0")/lib.sh"
server_start
repo gitflow
person ann write
person bob write
person cyd write
export SLUICE_HOME=$home
"$sluice" audit export >"$test_dir/good" || fail "no export"
"$sluice" audit key >"$test_dir/key" || fail "no key"
n=$(sed '/^$/,$d' "$test_dir/good" | wc -l)
unset SLUICE_HOME

verify() { "$sluice" audit verify --export "$1" --key "$test_dir/key"; }
found() { # SENTENCE, COMMAND on the export: its exit code is 1 and it says so
	local says=$1
	shift
	"$@" <"$test_dir/good" >"$test_dir/bad"
	no "$says" verify "$test_dir/bad"
	has "$says"
	[ "$("$sluice" audit verify --export "$test_dir/bad" --key "$test_dir/key" --format json | jq .good)" = false ] || fail "the JSON says it is good"
}
yes "as it was written" verify "$test_dir/good"
has "$n events, signed by the key given"
found "event 3 is not what was recorded" sed '3s/"actor":"[^"]*"/"actor":"eve"/'
found "event 3 is missing" sed 3d
found "event $n is missing" sed "${n}d"
found "event 4 does not stand in its place" sed '4{h;d};5G'
found "line $((n + 1)) is no event of the log" sed "${n}p"
found "Which one cannot be told" sed -e '3s/"actor":"[^"]*"/"actor":"eve"/' -e '/^#/d'
found "Which one cannot be told" sed -e '3s/"actor":"[^"]*"/"actor":"eve"/' -e '/^#/s/0/1/'
[ "$("$sluice" audit verify --export <(sed '3s/"time":"2/"time":"1/' "$test_dir/good") --key "$test_dir/key" --format json | jq .bad_seq)" = 3 ] || fail "the JSON does not say where"

server_stop
sqlite3 "$home/sluice.db" "UPDATE event SET actor = 'eve' WHERE seq = 3"
server_start
SLUICE_HOME=$home "$sluice" audit export >"$test_dir/edited" || fail "no export of an edited log"
no "an export of an edited row" verify "$test_dir/edited"
has "event 3 is not what was recorded"
no "an edited row" env SLUICE_HOME="$home" "$sluice" audit verify --format json
[ "$(jq -r '.head // "none"' <<<"$out")" = none ] || fail "the server signed what is not true"
echo "the place of each change is named"
