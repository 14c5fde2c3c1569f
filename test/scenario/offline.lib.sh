# shellcheck shell=bash
# For tests of commands in a clone, without a server: source it. A test exits at its first failed check.
#
#   $work                     a folder of its own, HOME too; Git knows no other configuration than its `config`
#   asks CODE [ARG ...]       $asked (words of a command) with these must end with this exit code; output, errors too, in $out
#   c SUBJECT                 a commit without files | m BRANCH … a merge | on BRANCH … a switch; each commit is $step seconds after the one before
set -u
# shellcheck source=test/scenario/told.lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/told.lib.sh"
top=${TOP:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
sluice=${SLUICE:-$top/build/sluice}
work=$(mktemp -d "${TMPDIR:-/tmp}/sluice-offline.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_GLOBAL=$work/config GIT_CONFIG_SYSTEM=/dev/null HOME=$work NO_COLOR=1 LC_ALL=C.UTF-8
printf '[user]\n\tname = ann\n\temail = ann@example.org\n[init]\n\tdefaultBranch = main\n' >"$GIT_CONFIG_GLOBAL"
unset SLUICE_HOME SLUICE_SERVER SLUICE_TOKEN
out=
asked=
clock=1767225600 # 2026-01-01
step=60

fail() { printf 'FAIL: %s\n' "$1"; printf '%s\n' "$out" | head -n 40 | sed 's/^/    /'; exit 1; }
asks() {
	local want=$1 got=0
	shift
	# shellcheck disable=SC2086 # words
	out=$("$sluice" $asked "$@" 2>&1) || got=$?
	[ "$got" = "$want" ] || fail "$asked $*: exit code $got, not $want"
}
tick() { clock=$((clock + step)); export GIT_AUTHOR_DATE="$clock +0000" GIT_COMMITTER_DATE="$clock +0000"; }
c() { tick && git commit -q --allow-empty -m "$1" || fail "commit $1"; }
m() { tick && git merge -q --no-ff --no-edit "$@" || fail "merge $*"; }
on() { git switch -q "$@" || fail "switch $*"; }
