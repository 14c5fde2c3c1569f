# shellcheck shell=bash
# For attacks on rules: acme/app under a strategy with two long-lived branches, and people who are not allowed everything.
# Source after test/scenario/lib.sh. Each attack has a control: the honest way to the same end, which passes.
#
#   root admin | lead: the role of that name, maintain | ann write: the attacker | bob write: reviews | ci write: reports checks | rita read
rules_begin() { # [MORE LINES OF THE STRATEGY]; $main_require: more that main requires
	local one
	cat >"$test_dir/strategy.yml" <<END
strategy: 1
roles: {qa: triage, lead: maintain}
files: {forbid: [.env, "*.pem"]}
branches:
  main: {type: production, allow: {create: admin, merge: write}, require: {approvals: 1, checks: [unit], dismiss-stale: true, last-push-approval: true${main_require:+, $main_require}}}
  develop: {type: integration, base: main, allow: {create: admin}, require: {approvals: 1, checks: []}}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}}
  hotfix: {match: "hotfix/{name}", type: hotfix, base: main, into: {main: {method: merge, also-into: [develop]}}}
tags: {release: {match: "v{version}", type: release, branches: main, annotated: true, allow: {create: maintain}}}
checks: {unit: {on: {change: main}, allow: {report: "@ci"}}}
${1:-}
END
	server_start
	repo "$test_dir/strategy.yml"
	person root admin
	person lead lead
	for one in ann bob ci; do person $one write; done
	person rita read
	clone_as root "$test_dir/root"
	commit "$test_dir/root" a 0 "feat: start"
	mkdir -p "$test_dir/root/.sluice" && cp "$test_dir/strategy.yml" "$test_dir/root/.sluice/strategy.yml"
	git -C "$test_dir/root" add -A && git -C "$test_dir/root" commit -qm "feat: the strategy" || fail "commit"
	yes "first push" git -C "$test_dir/root" push -q origin HEAD:main HEAD:develop
	clone_as ann "$test_dir/ann"
	clone_as bob "$test_dir/bob"
	c=$test_dir/ann
	who=ann
}
state() { refs; events_of_acts; }
events_of_acts() { sqlite3 "file:$home/sluice.db?mode=ro" "SELECT count(*) FROM event WHERE kind NOT IN ('push-refused', 'refused')"; }
# The command must fail, say these words, and change neither a ref nor the log (but for the refusal itself).
refused() { # WHAT WORDS COMMAND ...
	local what=$1 words=$2 was
	shift 2
	was=$(state)
	no "$what" "$@"
	has "$words"
	[ "$(state)" = "$was" ] || fail "$what changed something"
}
# The same for the API: as $who.
forbidden() { # WHAT WORDS STATUS METHOD PATH [BODY]
	local what=$1 words=$2 was
	shift 2
	was=$(state)
	http "$@"
	[ -z "$words" ] || has "$words"
	[ "$(state)" = "$was" ] || fail "$what changed something"
}
as() { who=$1; }
api=/api/v3/repos/acme/app
# A branch of ann's from TARGET with one commit; her clone stands on it.
branch() { # NAME TARGET
	yes "fetch" git -C "$c" fetch -q --prune origin
	git -C "$c" checkout -q -f -B "$1" "origin/$2" || fail "checkout"
	commit "$c" "f-${1//\//-}" "$1" "feat: $1"
	yes "push of $1" git -C "$c" push -q -f origin "$1"
}
tip() { git --git-dir="$home/repos/acme/app.git" rev-parse "$1"; }
open_change() { # SOURCE TARGET: as $who; sets $number
	http 201 POST $api/pulls "{\"title\":\"feat: it\",\"head\":\"$1\",\"base\":\"$2\"}"
	number=$(sed 's/.*"number": *\([0-9]*\).*/\1/' <<<"$out")
}
approve() { # PERSON
	local was=$who
	who=$1
	http 200 POST "$api/pulls/$number/reviews" '{"event":"APPROVE"}'
	who=$was
}
green() { # COMMIT
	local was=$who
	who=ci
	http 201 POST "$api/statuses/$1" '{"context":"unit","state":"success"}'
	who=$was
}
may_not_merge() { # WHAT WORDS
	forbidden "$1" "$2" "4??" PUT "$api/pulls/$number/merge" '{}'
}
may_merge() { # WHAT
	http 200 PUT "$api/pulls/$number/merge" '{}'
}
rules_end() {
	[ -z "$(find "$home/repos" -name '*.lock')" ] || fail "a lock was left"
	yes "the audit verifies" audit_verifies root
	yes "the objects are whole" git --git-dir="$home/repos/acme/app.git" fsck
	server_stop || fail "the server did not end well"
}
