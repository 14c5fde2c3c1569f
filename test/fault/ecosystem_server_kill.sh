#!/usr/bin/env bash
# One release of members on two servers and a plain remote: the clone that leads it is killed at every point. `continue` brings all of it to its end; `abort`
# puts everything back while no server has it, and says so when one has. Nothing is under way afterwards, nothing waits on a remote.
# Requirement: RL-7, RC-2
# Timeout: 2400
. "$(dirname "$0")/../scenario/lib.sh"
. "$(dirname "$0")/../scenario/ecosystem_server.lib.sh"
. "$(dirname "$0")/../scenario/ecosystem_mix.lib.sh"
server_start
person lead
mix
# here the plain remote may go back
cd "$test_dir/tool" && git switch -q main && sed -i 's/{type: production, allow: {/&force-push: write, /; s/{type: integration, base: main, allow: {/&force-push: write, /; s/branches: main}/branches: main, allow: {delete: write}}/; s/label, /label, allow: {delete: write}, /' .sluice/strategy.yml && git commit -qam "chore: rules" && git push -q origin main && git switch -q develop || exit 1
cd "$test_dir/app" || exit 1
killed_at() { # POINT COMMAND ...
	local p=$1
	shift
	(SLUICE_FAULT=$p "$sluice" "$@" >"$test_dir/killed" 2>&1; exit $?) 2>/dev/null
	[ $? = 137 ] || { out=$(cat "$test_dir/killed"); fail "it was not killed at $p"; }
}
idle() {
	for r in auth app dash tool; do
		[ ! -e "$test_dir/$r/.git/sluice/flow/op.json" ] || fail "$1: something is under way in $r"
		is "$(git --git-dir="$(folder_of $r)" for-each-ref refs/sluice/plan)" ""
	done
}
minor=0
round() { # POINT END
	minor=$((minor + 1))
	local v=2.$minor.0 before
	yes "begun" "$sluice" ecosystem start $v
	before=$(remotes)
	killed_at "$1" ecosystem finish $v
	yes "$1: status" "$sluice" status
	case $2 in
	back)
		yes "$1: abort" "$sluice" abort
		[ "$(remotes)" = "$before" ] || { diff <(printf '%s\n' "$before") <(remotes); fail "$1: abort left something"; }
		idle "$1, abort"
		yes "$1: done after all" "$sluice" ecosystem finish $v
		;;
	stays)
		code 9 "$sluice" abort
		has "a server takes no release back"
		yes "$1: continue" "$sluice" continue
		;;
	*) yes "$1: continue" "$sluice" continue ;;
	esac
	in_all $v auth app dash tool
	idle "$1, $2"
}
for point in home:after stored:acme/tool waiting:acme/tool prepared:after decided:after push:before@acme/tool push:after@acme/tool there:before; do
	round $point on
	round $point back
done
for point in land:acme/auth land:acme/dash complete:acme/auth complete:acme/dash; do
	round $point on
	round $point stays
done
# all have it, and only what is here is left
for point in refs:before@acme/tool refs:after@acme/tool tree:after@acme/tool ended:acme/tool; do round $point on; done
# begun, and killed between two of them: gone on with, or taken back
minor=50
for end in continue abort; do
	for point in decided:after there:acme/auth there:acme/dash ended:acme/tool; do
		minor=$((minor + 1))
		before=$(remotes)
		killed_at $point ecosystem start 2.$minor.0
		yes "$point: $end" "$sluice" $end
		idle "start, $point"
		[ $end = continue ] || is "$(remotes)" "$before"
		for r in auth app dash; do
			[ $end = abort ] || [ -n "$(at $r release/v2.$minor.0)" ] || fail "$point: $r has no branch for the release"
		done
		[ $end = abort ] || yes "taken back" "$sluice" undo
		is "$(remotes)" "$before"
	done
done
exit 0
