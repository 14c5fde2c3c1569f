#!/usr/bin/env bash
# What bash, zsh and fish complete of sluice and of `git sluice`, by the shells themselves; manual pages that groff reads without a word;
# and all of it where `make install` puts it.
# Requirement: CM-4
. "$(dirname "$0")/offline.lib.sh"
same() { [ "$2" = "$3" ] || { out="is     $2
wanted $3"; fail "$1"; }; }
BUILD=${BUILD:-$top/build}

# ---- installed ----
dest=$work/dest
out=$(DESTDIR=$dest meson install -C "$BUILD" --no-rebuild 2>&1) || fail "meson install"
prefix=$dest$(meson introspect --buildoptions "$BUILD" | jq -r '.[] | select(.name == "prefix").value')
sluice=$prefix/bin/sluice share=$prefix/share
[ -x "$prefix/libexec/sluice/sluice-server" ] && [ -x "$prefix/libexec/sluice/sluice-keeper" ] || fail "the server is not there"
out=$(PATH=$prefix/bin:$PATH git sluice --version 2>&1) || fail "git sluice"
has "sluice "
"$sluice" serve --home "$work/home" --listen 127.0.0.1:0 >"$work/address" 2>"$work/log" &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$work"' EXIT
end=$((SECONDS + 60))
until [ -s "$work/address" ]; do
	[ $SECONDS -lt $end ] && kill -0 $server 2>/dev/null || { out=$(cat "$work/log"); fail "the installed server does not start"; }
	sleep 0.05
done
kill $server

# ---- what a shell and man read has one form ----
asked=
for words in "man check" "completion bash"; do
	# shellcheck disable=SC2086 # words
	asks 2 $words --format json
	has "There is no option --format"
done

# ---- manual pages: one a command, and what groff says of them is nothing ----
out=$(cd "$share/man" && groff -man -Tutf8 -ww -z man1/*.1 2>&1) || fail "groff"
same "groff's warnings" "$(grep -v '^$' <<<"$out")" ""
mapfile -t commands < <("$sluice" --help | sed '/^First steps/,$d' | sed -nE 's/^  ([a-z]+( [a-z]+)*)(  .*|$)/\1/p')
[ ${#commands[@]} -ge 60 ] || fail "only ${#commands[@]} commands"
for command in "${commands[@]}"; do
	[ -s "$share/man/man1/sluice-${command// /-}.1" ] || fail "no page of $command"
done
same "pages" "$(find "$share/man/man1" -name '*.1' | wc -l)" $((${#commands[@]} + 2))
page=$(man_of() { groff -man -Tutf8 -rLL=200n "$share/man/man1/$1.1" | sed 's/\x1b\[[0-9;]*m//g; s/.\x08//g'; }; man_of sluice-check; man_of sluice)
for text in "sluice-check - What the strategy says" "-f, --format text|json|ndjson" "--into BRANCH" "Exit" "EXIT STATUS" "sluice check origin/main..HEAD --format github" "sluice-change-open(1)" "SLUICE_HOME"; do
	[ "$text" = Exit ] || grep -qF -- "$text" <<<"$page" || { out=$page; fail "the pages do not say: $text"; }
done
asked=man
asks 0 check
has '.TH "sluice-check" 1'
asks 2 chekc
has 'Did you mean "sluice check"'
asks 5 --into "$work/nowhere"

# ---- completion ----
git init -q "$work/repo" && cd "$work/repo" && git commit -q --allow-empty -m "feat: x" && git branch feature/x && echo >file.yml || fail "repository"
asked=completion
asks 2 tcsh
for shell in bash zsh fish; do
	"$sluice" completion $shell >"$work/$shell" || fail "completion $shell"
done
cmp -s "$work/bash" "$share/bash-completion/completions/sluice" && cmp -s "$work/zsh" "$share/zsh/site-functions/_sluice" && cmp -s "$work/fish" "$share/fish/vendor_completions.d/sluice.fish" || fail "what is installed is not what is printed"

in_bash() { bash --norc -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); if [ "$1" = git ]; then _git_sluice; else _sluice; fi; echo "${COMPREPLY[*]}"' "$work/bash" "$@"; }
same "bash: a command" "$(in_bash sluice chec)" "check"
same "bash: a verb" "$(in_bash sluice change o)" "open"
same "bash: behind an option" "$(in_bash sluice --quiet why pu)" "push"
same "bash: an option" "$(in_bash sluice check --fo)" "--format"
same "bash: its value" "$(in_bash sluice check --format s)" "sarif"
same "bash: its value behind =" "$(in_bash sluice check --format = s)" "sarif"
same "bash: another command's" "$(in_bash sluice owners --format j)" "json"
same "bash: a branch" "$(in_bash sluice why push fea)" "feature/x"
same "bash: a file" "$(in_bash sluice check --strategy fi)" "file.yml"
git branch 'evil$(touch${IFS}done)' && : >"two words.yml" || fail "names"
same "bash: a branch that is a command" "$(in_bash sluice why push evi)" 'evil\$\(touch\$\{IFS\}done\)'
[ ! -e done ] || fail "bash runs what a branch is called"
same "bash: a file of two words" "$(in_bash sluice check --strategy two)" "two words.yml"
git branch -q -D 'evil$(touch${IFS}done)'
same "bash: a preset" "$(in_bash sluice preset show gitf)" "gitflow"
same "bash: git sluice" "$(in_bash git sluice why pu)" "push"
same "bash: what is hidden" "$(in_bash sluice hooks ru)" ""
for command in "${commands[@]}"; do
	# shellcheck disable=SC2086 # words
	case " $(in_bash sluice $command) " in *" ${command##* } "*) ;; *) fail "bash does not complete $command" ;; esac
done

# zsh with its own word for each answer: what is handed to it is shown.
in_zsh() { zsh -f -c 'compadd() { [[ $1 == -- ]] && shift; print -rl -- "$@" }; _files() { print -rl -- FILES }; compset() { : }
	_describe() { local name=${@[-1]}; print -rl -- ${(P)name} }; source "$0"; words=("$@"); CURRENT=$#; _sluice' "$work/zsh" "$@" | tr '\n' ' '; }
[[ $(in_zsh sluice "") == *"check:What the strategy says of commits"* ]] || fail "zsh: commands: $(in_zsh sluice "" | head -c 300)"
[[ $(in_zsh sluice change "") == *"open:Ask for a branch"* ]] || fail "zsh: verbs"
[[ $(in_zsh sluice check --f) == *"--format:how to print the answer"* ]] || fail "zsh: options"
same "zsh: a value" "$(in_zsh sluice owners --format "")" "text json "
same "zsh: a value behind =" "$(in_zsh sluice owners --format=j)" "text json "
same "zsh: a branch" "$(in_zsh sluice why push "")" "feature/x main "
same "zsh: a file" "$(in_zsh sluice check --strategy "")" "FILES "

in_fish() { fish --no-config -c 'source $argv[1]; complete -C "$argv[2]"' "$work/fish" "$1" 2>&1; }
same "fish: a command" "$(in_fish "sluice chec")" "check	What the strategy says of commits, branches and changes"
[[ $(in_fish "sluice change o") == "open	"* ]] || fail "fish: a verb: $(in_fish "sluice change o")"
[[ $(in_fish "sluice check --fo") == "--format	how to print the answer" ]] || fail "fish: an option: $(in_fish "sluice check --fo")"
[[ $(in_fish "sluice check --format sar") == "sarif	"* ]] || fail "fish: a value: $(in_fish "sluice check --format sar")"
[[ $(in_fish "sluice --quiet why pu") == "push	"* ]] || fail "fish: behind an option"
[[ $(in_fish "sluice why push fea") == feature/x* ]] || fail "fish: a branch: $(in_fish "sluice why push fea")"
[[ $(in_fish "sluice check --strategy fil") == file.yml* ]] || fail "fish: a file: $(in_fish "sluice check --strategy fil")"

# ---- the kinds of the strategy, as commands, and their branches ----
mkdir .sluice && cat >.sluice/strategy.yml <<'Y' && git add .sluice && git commit -qm "feat: strategy" || fail "strategy"
strategy: 1
branches:
  main: {type: production}
  feature: {match: "feature/{name}", type: work, base: main}
  release: {match: "release/{version}", type: release, base: main}
phases: {phase1: {}, phase2: {after: phase1}}
Y
git branch 'feature/$(touch${IFS}done)' && export PATH=$prefix/bin:$PATH
same "kinds" "$("$sluice" completion kinds)" feature
same "all kinds" "$("$sluice" completion names | tr '\n' ' ')" "feature release "
same "bash: a kind" "$(in_bash sluice fea)" "feature"
same "bash: its verbs" "$(in_bash sluice feature fi)" "finish"
same "bash: its options" "$(in_bash sluice feature finish --int)" "--into"
same "bash: its branches" "$(in_bash sluice feature finish feature/x)" "feature/x"
same "bash: a kind that is called like a command" "$(in_bash sluice branch finish rel)" "release"
same "bash: behind it" "$(in_bash sluice branch delete --force feature feature/x)" "feature/x"
same "bash: one is enough" "$(in_bash sluice feature delete feature/x fea)" ""
same "bash: a new name is anybody's" "$(in_bash sluice feature start fea)" ""
same "bash: a branch of a kind that is a command" "$(in_bash sluice feature finish 'feature/$')" 'feature/\$\(touch\$\{IFS\}done\)'
[[ " $(in_zsh sluice "") " == *" feature "* ]] || fail "zsh: kinds"
[[ $(in_zsh sluice feature "") == *"finish:Merge a branch"* ]] || fail "zsh: verbs of a kind: $(in_zsh sluice feature "")"
same "zsh: branches of a kind" "$(in_zsh sluice feature finish "")" 'feature/$(touch${IFS}done) feature/x '
same "zsh: kinds" "$(in_zsh sluice branch finish "")" "feature release "
same "fish: a kind" "$(in_fish "sluice feat")" "feature	a kind of branch"
[[ $(in_fish "sluice feature fini") == "finish	"* ]] || fail "fish: a verb of a kind: $(in_fish "sluice feature fini")"
same "fish: branches of a kind" "$(in_fish "sluice feature finish feature/x")" "feature/x"
same "fish: kinds" "$(in_fish "sluice branch finish rel")" "release"
same "bash: phases" "$(in_bash sluice phase integrate phase1 ph)" "phase1 phase2"
same "zsh: phases" "$(in_zsh sluice phase finish "")" "phase1 phase2 "
same "fish: phases" "$(in_fish "sluice revert phase2")" "phase2"
same "bash: the verb alone, of a branch" "$(in_bash sluice finish feature/x)" "feature/x"
[ ! -e done ] || fail "a shell runs what a branch is called"
exit 0
