#!/usr/bin/env bash
# The commands that need only a file: strategy check and show, schema, preset, init. Requirement: BR-2
set -u
sluice=${SLUICE:-$PWD/build/sluice}
top=${TOP:-$PWD}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
bad=0
say() { echo "not so: $*"; bad=1; }
runs() { # EXIT-CODE COMMAND...: its output into $dir/out and $dir/err
	local want=$1; shift
	"$@" >"$dir/out" 2>"$dir/err"
	local rc=$?
	[ $rc = "$want" ] || { say "$* ends with $rc, not $want"; cat "$dir/out" "$dir/err"; }
}
has() { grep -qF -- "$1" "$dir/${2:-out}" || { say "the ${2:-out}put has no \"$1\""; cat "$dir/out" "$dir/err"; }; }

cd "$dir" && git init -q -b main work && cd work || exit 1

# Without a file: what helps.
runs 2 "$sluice" strategy check
has "There is no .sluice/strategy.yml" err

# A folder, and a file below one that is none, are wrong words, not a disk that fails.
: >plain
for place in . plain/strategy.yml; do
	runs 2 "$sluice" strategy check "$place"
	has "$place cannot be read: " err
	runs 2 "$sluice" strategy show "$place"
	runs 2 "$sluice" why push main --strategy "$place"
done
rm plain

# init writes the preset, says what to do next, and never overwrites.
runs 2 "$sluice" init
runs 2 "$sluice" init --preset gitflov
has 'did you mean "gitflow"' err
runs 0 "$sluice" init --preset gitflow --dry-run
[ ! -e .sluice ] || say "--dry-run wrote something"
mkdir sub && cd sub || exit 1
runs 0 "$sluice" init --preset gitflow
cd ..
has "sluice strategy check" err
cmp -s .sluice/strategy.yml "$top/presets/gitflow.yml" || say "init wrote something else than the preset"
echo "# mine" >>.sluice/strategy.yml
runs 2 "$sluice" init --preset tower
has "is not overwritten" err
tail -n 1 .sluice/strategy.yml | grep -q mine || say "init changed the file"

# A valid file; each built-in preset; from any folder, by name, from standard input.
runs 0 "$sluice" strategy check
has "is valid: 7 kinds of branch" err
for preset in $("$sluice" preset list --format json | sed -n 's/.*"name": "\(.*\)".*/\1/p'); do
	"$sluice" preset show "$preset" >preset.yml
	cmp -s preset.yml "$top/presets/$preset.yml" || say "preset show $preset is not the file"
	runs 0 "$sluice" strategy check preset.yml
	runs 0 "$sluice" strategy check - <preset.yml
	has " 0 warnings" err
	rm -rf "$dir/new" && git init -q "$dir/new" && cd "$dir/new" || exit 1
	runs 0 "$sluice" init --preset "$preset"
	cmp -s .sluice/strategy.yml "$dir/work/preset.yml" || say "init --preset $preset wrote something else than the preset"
	cd "$dir/work" || exit 1
done
# What a preset's head says of extending it is a file that works.
for preset in gitflow github-flow gitlab-flow trunk; do
	sed -n '/^strategy: 1/q; s/^#     //p' "$top/presets/$preset.yml" >heir.yml
	grep -qx "extends: $preset" heir.yml || say "the head of $preset shows no file that extends it"
	runs 0 "$sluice" strategy check heir.yml
	has " 0 warnings" err
done
runs 0 "$sluice" preset list
for preset in "$top"/presets/*.yml; do # one line each that tells a newcomer what it is for, and fits a terminal
	summary=$(sed -n '1s/^# //p' "$preset")
	[[ $summary == *": for "*. && ${#summary} -le 66 ]] || say "the first line of $preset is no such sentence"
	grep -qE "^$(basename "$preset" .yml) +$summary\$" "$dir/out" || say "preset list does not say what $preset is for"
done
runs 0 "$sluice" strategy check "$top/presets/tower.yml"
has '`notify`: read, not enforced by this version'
has '`reports`: read, not enforced by this version'

# What is shown is a strategy file that amounts to the same.
for file in "$top"/presets/*.yml; do
	runs 0 "$sluice" strategy show "$file"
	cp "$dir/out" shown.yml
	runs 0 "$sluice" strategy show shown.yml
	cmp -s "$dir/out" shown.yml || say "strategy show of $file is not stable"
done
runs 0 "$sluice" strategy show --origin
has "# .sluice/strategy.yml:12"
has "# default"

# Errors: all of them, with the line and a caret, exit 3; the same as JSON.
printf 'strategy: 1\nbranches:\n  main: {type: produktion}\n\tx: y\n' >tab.yml
runs 3 "$sluice" strategy check tab.yml
has "tab.yml:4:1: This is not valid YAML"
printf 'strategy: 1\nbranches:\n  main: {tipe: production}\n  größe: {type: work, bäse: main}\nfiles: {forbid: [*.pem]}\n' >wrong.yml
runs 3 "$sluice" strategy check wrong.yml
has 'wrong.yml:3:10: branches.main has no key "tipe"; did you mean "type"?'
has '      3 |   main: {tipe: production}'
has '        |          ^'
has 'wrong.yml:4:25: branches.größe has no key "bäse".'
has '        |                       ^'
has 'A value that begins with "*" must be quoted: "*.pem"'
runs 3 "$sluice" strategy check wrong.yml --format json
has '"valid": false'
has '"column": 10'
runs 3 "$sluice" strategy show wrong.yml
has 'wrong.yml:3:' err

# extends: a preset, a file of the repository, null removes; each value keeps the place it came from.
mkdir -p rules
printf 'strategy: 1\nextends: gitflow\nbranches:\n  main: {require: {approvals: 2}}\n  support: null\ntags: {release: {branches: main}}\n' >rules/base.yml
printf 'strategy: 1\nname: team\nextends: [rules/base.yml]\nbranches: {bugfix: null, spike: {match: "spike/{name}", type: throwaway}}\n' >.sluice/strategy.yml
runs 0 "$sluice" strategy show --origin
has '# rules/base.yml:4'
has '# preset:gitflow:'
has '# .sluice/strategy.yml:4'
if grep -qE '^  (support|bugfix):' "$dir/out"; then say "null did not remove"; fi
# A file that leaves out the branch that it stands on.
git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/trunk
runs 0 "$sluice" strategy check
has 'warning: trunk, the default branch of origin, is of no kind'
has '1 warning' err
git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main
runs 0 "$sluice" strategy check
if grep -q 'of no kind' "$dir/out"; then say "main is said to be of no kind"; fi
printf 'strategy: 1\nextends: rules/loop.yml\n' >rules/loop.yml
runs 3 "$sluice" strategy check rules/loop.yml
has 'extends itself'
printf 'strategy: 1\nextends: [gitflov, ../x.yml, "other/repo:.sluice/strategy.yml"]\nbranches: {main: {type: production}}\n' >missing.yml
runs 3 "$sluice" strategy check missing.yml
has 'missing.yml:2:11: extends: "gitflov" is neither a built-in preset (gitflow'
has 'has no `..`'
has 'known to the server only'
printf 'strategy: 1\nextends: rules/broken.yml\nbranches: {main: {type: production}}\n' >user.yml
printf 'strategy: 1\nbranches:\n  main: {tpye: production}\n' >rules/broken.yml
runs 3 "$sluice" strategy check user.yml
has 'rules/broken.yml:3:10: branches.main has no key "tpye"'
has '      3 |   main: {tpye: production}'

# A kind that is called like a command is said to be, and how it is reached.
"$sluice" preset show gitflow >user.yml
runs 0 "$sluice" strategy check user.yml
has 'user.yml:43:3: The kind release is called like a command'
has 'sluice branch start release NAME'
runs 0 "$sluice" strategy check user.yml -f json
has '"notes": ['

# The schema is JSON.
runs 0 "$sluice" schema
has '"$schema": "http://json-schema.org/draft-07/schema#"'
exit $bad
