#!/usr/bin/env bash
# Whatever refuses a push says so in rows of at most five lines of at most 72 columns: the rule, what, file:line, the command
# that helps. Each kind of refusal that a strategy can cause is caused here, with names as long and as odd as they may be.
# Requirement: PR-6, BR-3
# Timeout: 300
. "$(dirname "$0")/../scenario/lib.sh"
cat >"$test_dir/strategy.yml" <<'END'
strategy: 1
roles: {architecture-and-long-term-maintenance: write}
files: {forbid: [.env, "*.pem"], max-size: 1MB}
branches:
  main:
    type: production
    allow: {create: admin, merge: write}
    require:
      approvals: {any: 2, architecture-and-long-term-maintenance: 1}
      checks: [unit]
      threads-resolved: true
      boxes: [Self-review completed, A text that goes on and on until nobody reads it any more because it is so very long]
      evaluate: {signed: true}
  develop: {type: integration, base: main, allow: {create: admin}, require: {approvals: 0, checks: []}}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: squash}}, allow: {delete: admin, force-push: nobody}}
  release: {match: "release/v{version}", type: release, base: develop, into: {main: {method: merge}}}
  hotfix: {match: "hotfix/{name}", type: hotfix, base: main, into: {main: {method: merge}}}
  legacy: {match: "legacy", type: support, versions: "1.*", sunset: 2020-12-31}
tags:
  release: {match: "v{version}", type: release, branches: main, annotated: true, allow: {create: maintain}}
  label: {match: "label/{name}", type: label, allow: {create: write}}
commits: {convention: conventional, types: [feat, fix], scopes: {names: [api], use: optional}, subject: {max: 40, case: lower, full-stop: false}, references: required}
checks: {unit: {on: {change: main}, allow: {report: "@ci"}}}
END
server_start
repo "$test_dir/strategy.yml"
person root admin
person ann write
person rita read
clone_as root "$test_dir/r"
commit "$test_dir/r" a 0 "feat: start (#1)"
yes "first push" git -C "$test_dir/r" push -q origin HEAD:main HEAD:develop
clone_as ann "$test_dir/c"
c=$test_dir/c
who=ann
long=$(printf 'n%.0s' $(seq 1 180))
wide=$(printf '変%.0s' $(seq 1 60))

# Each row of what came back: at most five lines of at most 72 columns, with a place and a command.
rows=0 kinds=
shape() { # WHAT RULE COMMAND ...: refused, by this rule
	local what=$1 rule=$2 line text lines=0 columns i char
	shift 2
	no "$what" "$@"
	case $out in *"$rule"*) ;; *) fail "$what: no row of $rule" ;; esac
	kinds="$kinds $rule"
	while IFS= read -r line; do
		case $line in 'remote: '*) text=${line#remote: } ;; 'remote:') continue ;; *) continue ;; esac
		text=${text%"${text##*[! ]}"}
		columns=0
		for ((i = 0; i < ${#text}; i++)); do
			char=${text:i:1}
			columns=$((columns + 1))
			[[ $char == [変] ]] && columns=$((columns + 1))
		done
		[ "$columns" -le 72 ] || fail "$what: a line of $columns columns: $text"
		case $text in
		'✗ '* | '… '*) lines=1 rows=$((rows + 1)) ;;
		'sluice: '*) lines=1 rows=$((rows + 1)) ;;
		'  '*) lines=$((lines + 1)) ;;
		*':') lines=0 ;;
		'') ;;
		*) fail "$what: a line that is no row's: $text" ;;
		esac
		[ "$lines" -le 5 ] || fail "$what: a row of $lines lines: $text"
	done <<<"$out"
	while IFS= read -r line; do
		[[ $line == *$'\e'* || $line == *$'\a'* ]] && fail "$what: control bytes reach the terminal"
	done <<<"$out"
}
push() { git -C "$c" -c core.precomposeUnicode=false push "$@"; }
on() { git -C "$c" checkout -q -f -B work "origin/$1"; } # BRANCH

on develop
commit "$c" f 1 "feat: one (#1)"
good=$(git -C "$c" rev-parse HEAD)
shape "a name of no kind" "branches" push origin "$good:refs/heads/other"
shape "a long name of no kind" "branches" push origin "$good:refs/heads/$long"
shape "a wide name of no kind" "branches" push origin "$good:refs/heads/$wide"
shape "a name that git uses" "ref-name" push origin "$good:refs/heads/HEAD"
shape "a name for options" "ref-name" push origin "$good:refs/heads/-x"
shape "outside" "ref-name" push origin "$good:refs/notes/$long"
shape "outside, replaced" "ref-name" push origin "$good:refs/replace/$good"
shape "a name that is too long" "ref-name" push origin "$good:refs/heads/feature/$long$long"
shape "characters that turn text" "ref-name" push origin "$good:refs/heads/feature/$(printf '\342\200\256')x"
shape "bytes that are no text" "ref-name" push origin "$good:refs/heads/feature/$(printf '\303\050')"
shape "push" "allow.push" push origin "$good:refs/heads/develop"
shape "a creation by who may nothing" "✗ allow" push "$(remote_of rita)" "$good:refs/heads/feature/$long"
shape "the system's own" "branches.sluice" push origin "$good:refs/heads/sluice/x"
yes "a feature" push -q origin "$good:refs/heads/feature/x"
shape "force-push" "allow.force-push" push -f origin "$(git -C "$c" commit-tree -p origin/develop -m "feat: two (#1)" "HEAD^{tree}"):refs/heads/feature/x"
shape "delete" "allow.delete" push origin :refs/heads/feature/x
shape "after the sunset" "sunset" push "$(remote_of root)" "$good:refs/heads/legacy"
shape "unreleased work in a hotfix" "base" push origin "$good:refs/heads/hotfix/$long"
for message in "nothing of the kind" "wip: one (#1)" "feat(ui): one (#1)" "feat: Upper (#1)" "feat: one. (#1)." "feat: without" "feat: $long (#1)" "feat: $wide (#1)" "$(printf 'wip \033[31mred\a')"; do
	on develop
	commit "$c" "m$RANDOM" 1 "$message"
	shape "a message: $message" "commits" push origin HEAD:refs/heads/feature/m
done
on develop
commit "$c" .env 1 "feat: env (#1)"
shape "a forbidden file" "files.forbid" push origin HEAD:refs/heads/feature/env
on develop
commit "$c" "$long/$wide.pem" 1 "feat: key (#1)"
shape "a forbidden file with a long name" "files.forbid" push origin HEAD:refs/heads/feature/pem
on develop
head -c 2000000 /dev/urandom >"$c/big" && git -C "$c" add big && git -C "$c" commit -qm "feat: big (#1)"
shape "a file that is too large" "files.max-size" push origin HEAD:refs/heads/feature/big
git -C "$c" tag -f v1.0.0 origin/main >/dev/null && git -C "$c" tag -f -am off v2.0.0 "$good" >/dev/null
shape "a tag by somebody who may not" "allow.create" push origin v2.0.0
shape "a plain tag" "annotated" push "$(remote_of root)" v1.0.0
shape "a tag off its branch" "branches" push "$(remote_of root)" v2.0.0
shape "a tag of no class" "tags" push origin "$good:refs/tags/$long"
yes "a label" push -q origin "$good:refs/tags/label/x"
shape "a label moved" "allow.move" push -f origin "origin/main:refs/tags/label/x"
shape "a label deleted" "allow.delete" push origin :refs/tags/label/x

# merges: an edge that is none, and all that main requires
on main
commit "$c" h 1 "fix: hot (#1)"
yes "a hotfix" push -q origin HEAD:refs/heads/hotfix/h
http 201 POST /api/v3/repos/acme/app/pulls '{"title":"fix: hot","head":"hotfix/h","base":"main"}'
http 201 POST /api/v3/repos/acme/app/pulls/1/comments "{\"body\":\"why?\",\"path\":\"h\",\"line\":1,\"commit_id\":\"$(git -C "$c" rev-parse HEAD)\"}"
merge=$(git -C "$c" commit-tree -p origin/main -p HEAD -m "merge" "HEAD^{tree}")
for rule in push-is-merge approvals approvals.architecture last-push-approval checks.unit boxes threads-resolved; do
	shape "a merge too early: $rule" "$rule" push origin "$merge:refs/heads/main"
done
shape "merged by another method" "allow.push" push origin "HEAD:refs/heads/main"
mkdir -p "$c/.sluice" && printf 'strategy: 1\nbranches: {main: {tpye: production}}\n%s: 1\n' "$long" >"$c/.sluice/strategy.yml"
git -C "$c" add -A && git -C "$c" commit -qm "fix: rules (#1)"
yes "a hotfix of the rules" push -q origin HEAD:refs/heads/hotfix/rules
http 201 POST /api/v3/repos/acme/app/pulls '{"title":"fix: rules","head":"hotfix/rules","base":"main"}'
shape "a strategy that is none" "strategy" push origin "$(git -C "$c" commit-tree -p origin/main -p HEAD -m merge "HEAD^{tree}"):refs/heads/main"

# several at once, each with its rows; what git refuses by itself; what could not be judged
shape "several" "branches" push origin "$good:refs/heads/$long" "$good:refs/heads/develop" "$good:refs/notes/x" "$good:refs/heads/feature/fine" :refs/heads/feature/x
shape "of a set, all" "allow.push" push --no-atomic origin "$good:refs/heads/develop" "$good:refs/heads/feature/fine"
mv "$home/sluice.db" "$home/away"
shape "the database is gone" "sluice:" push origin "$good:refs/heads/feature/fine"
mv "$home/away" "$home/sluice.db"
"$sluice" token create --user ann --scope repo:read --home "$home" >"$home.tokens/reads" 2>/dev/null
shape "a token that may read" "repo:write" push "http://ann:$(cat "$home.tokens/reads")@${url#http://}/acme/app.git" "$good:refs/heads/feature/fine"
[ "$rows" -ge 60 ] || fail "$rows rows were looked at"
yes "what is fine goes" push -q origin "$good:refs/heads/feature/fine"
yes "the audit verifies" audit_verifies root
server_stop || fail "the server did not end well"
