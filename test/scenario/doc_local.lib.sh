# shellcheck shell=bash
# For tests of a document's command blocks in a clone, with a plain remote in ../origin.git: source it. The clock stands still.
#
#   change PATH TEXT SUBJECT  a file with this text, committed
#   lands WORD ...            sluice, which must succeed once the checks that it waits for have passed
#   there REF                 it is on the remote; its commit
# shellcheck source=test/scenario/offline.lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/offline.lib.sh"
export GIT_AUTHOR_DATE='2026-01-05T10:00:00Z' GIT_COMMITTER_DATE='2026-01-05T10:00:00Z'

change() { mkdir -p "$(dirname "$1")" && printf '%s\n' "$2" >"$1" && git add "$1" && git commit -qm "$3"; }
# Where no server is, the checks are told by CI, or by whoever has seen them pass: here both are this test.
lands() {
	local code=0 name checked=()
	out=$("$sluice" "$@" 2>&1) || code=$?
	for name in $([ $code = 8 ] && printf '%s\n' "$out" | sed -n 's,^ *refs/sluice/plan/[^ ]* *[0-9a-f]* *\(.*\): waits$,\1,p' | sort -u); do checked+=(--checked "$name"); done
	[ ${#checked[@]} = 0 ] || { code=0; out=$("$sluice" "$@" "${checked[@]}" 2>&1) || code=$?; }
	[ $code = 0 ] || fail "$*: exit code $code"
}
there() { git -C ../origin.git rev-parse -q --verify "$1"; }
