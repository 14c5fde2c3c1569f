#!/usr/bin/env bash
# sluice hooks: in a clone with the real git, beside hooks that are there, and taken away again; in a bare repository that no server of
# ours serves, by real pushes over a path, file:// and HTTP.
# Requirement: CM-4, CM-1, BR-3, PR-2, PR-6
. "$(dirname "$0")/offline.lib.sh"
unset SLUICE
cat >"$work/strategy.yml" <<'Y'
strategy: 1
files: {forbid: [.env, "*.pem"], max-size: 1KiB}
branches:
  main: {type: production}
  develop: {type: integration, base: main, into: {main: {method: merge}}, allow: {push: nobody}}
  feature: {match: "feature/{name}", type: work, base: develop, into: {develop: {method: merge}}}
  hotfix: {match: "hotfix/{name}", type: hotfix, base: main, into: {main: {method: fast-forward}}}
tags: {release: {match: "v{version}", branches: main, annotated: true}}
commits: {convention: conventional, types: [feat, fix, chore]}
Y
put() { mkdir -p "$(dirname "$1")" && printf '%s\n' "$2" >"$1" && git add -A && git commit -qm "$3"; }

# ---- in a clone ----
cd "$work" || exit 1
asked="hooks"
asks 2 install
has "no Git repository"
git init -q --bare up.git && git clone -q up.git clone 2>/dev/null && cd clone || fail "clone"
yes "hooks before there is a strategy" "$sluice" hooks install
yes "a commit" put a 1 "no form"
has "no strategy on"
git commit -q --amend -m "chore: begin" 2>/dev/null
mkdir .sluice && cp "$work/strategy.yml" .sluice/ && put a 2 "chore: strategy" 2>/dev/null
yes "the first push" git push -q origin main
git remote set-head origin main
asks 0 status
has "pre-push"
has "installed"
[ "$("$sluice" hooks status --format json | jq -c '[.hooks[] | .state]')" = '["installed","installed","installed"]' ] || fail "the state in JSON"
git switch -q -c develop && SLUICE=0 git push -q origin develop 2>/dev/null
git switch -q -c feature/x

# A message.
no "a message without a form" put b 1 "added b"
has "commits.convention"
has "SLUICE=0 git"
yes "a good one" git commit -qm "feat: b"
yes "past it once" env SLUICE=0 git commit -q --allow-empty -m "past it"
has "SLUICE=0: commit-msg is skipped"
git reset -q --soft HEAD~1
yes "to be melted" git commit -q --allow-empty -m "fixup! feat: b"
git reset -q --hard HEAD~1
yes "no other program is run for a message that is fine" env PATH="$work/nothing" "$sluice" hooks run commit-msg "$work/none" .git/COMMIT_EDITMSG
printf 'feat: c\n# a comment that is no part of it\n' >"$work/message"
yes "from an editor" env GIT_EDITOR="cp $work/message" git commit -q --allow-empty
no "nothing in it" env GIT_EDITOR="cp /dev/null" git commit -q --allow-empty
git reset -q --hard HEAD~1
# A merge is told by its parents.
git switch -q -c feature/y develop && put y 1 "feat: y" && yes "a merge" git merge -q --no-ff -m "Whatever this says" feature/x
git switch -q feature/x
# On a branch whose type the rules do not name.
git switch -q main && yes "a message on main" git commit -q --allow-empty -m "whatever" && git reset -q --hard origin/main && git switch -q feature/x

# What is staged, also by another index.
echo k >k.pem && git add k.pem
no "a forbidden file" git commit -qm "feat: key"
has "k.pem is staged"
git rm -q --cached k.pem && head -c 2000 /dev/zero >big && git add big
no "a large file" git commit -qm "feat: big"
has "files.max-size"
git rm -q --cached big
echo key >id_rsa && git add id_rsa && sed 's/max-size: 1KiB/scan: secrets/' "$work/strategy.yml" >"$work/scan.yml"
out=$("$sluice" check --staged --strategy "$work/scan.yml" 2>&1) && fail "a secret that is staged"
has "id_rsa as staged"
git rm -q --cached id_rsa && rm id_rsa && git add k.pem && echo 2 >b
yes "a commit of one path" git commit -qm "feat: b again" b
git rm -q --cached k.pem && rm k.pem big

# What is pushed.
yes "a push" git push -q origin feature/x
no "a push to main" git push origin feature/x:main
has "branches.main.allow.push"
[ "$(git ls-remote origin main | cut -f1)" = "$(git rev-parse origin/main)" ] || fail "main has moved"
git switch -q -c nokind && no "a branch of no kind" git push origin nokind
has "nokind is of no kind"
yes "past it" env SLUICE=0 git push -q origin nokind
yes "its deletion" env SLUICE=0 git push -q origin :nokind
# The exact merge is let through: whether it is approved the server knows.
git switch -q develop && git merge -q --no-ff -m "Merge feature/x" feature/x && yes "the merge by push" git push -q origin develop
put m 1 "feat: straight" && no "what is no merge" git push -q origin develop
git reset -q --hard origin/develop
# To an address in place of a name.
yes "to an address" git push -q "$work/up.git" feature/x

# From a folder below, and from a linked work tree.
mkdir -p sub && cd sub && echo k >k.pem && git add k.pem && no "below" git commit -qm "feat: key" && cd .. && git rm -qr --cached sub && rm -r sub
git worktree add -q "$work/tree" -b feature/tree develop && cd "$work/tree" && no "in a work tree" git commit -q --allow-empty -m "nothing" && has "commits.convention"
cd "$work/clone" || exit 1

# Hooks that are there go first, with their words and their input; what they say counts.
asks 0 uninstall
has "pre-push: gone"
[ -z "$(ls .git/hooks | grep -v sample)" ] || fail "something is left"
asks 0 uninstall
has "no hook of sluice"
printf '#!/bin/sh\necho "words $*" >>"%s/said"\ncat >>"%s/said"\nexit $(cat "%s/code")\n' "$work" "$work" "$work" >.git/hooks/pre-push
printf '#!/bin/sh\necho "feat: by another hook" >"$1"\n' >.git/hooks/commit-msg
printf '#!/bin/sh\nexit 1\n' >.git/hooks/pre-commit
chmod +x .git/hooks/pre-push .git/hooks/commit-msg # pre-commit is not: Git does not run it
cp -r .git/hooks "$work/hooks-before"
asks 0 install --dry-run
has "would judge"
diff -r .git/hooks "$work/hooks-before" || fail "a dry run writes"
asks 0 install
has "goes first (pre-push.before-sluice)"
asks 0 install # again
has "pre-push: judges what is pushed, before it is sent; the hook that was there before goes first (pre-push.before-sluice)."
asks 0 status
has "after pre-push.before-sluice"
git switch -q feature/x && yes "their message is judged" git commit -q --allow-empty -m "no form"
[ "$(git log -1 --format=%s)" = "feat: by another hook" ] || fail "the other hook was not run"
echo 3 >"$work/code" && no "the other hook says no" git push -q origin feature/x
echo 0 >"$work/code" && yes "both say yes" git push -q origin feature/x
grep -q "words origin $work/up.git" "$work/said" || grep -q "words origin" "$work/said" || fail "the other hook got no words"
grep -q "refs/heads/feature/x $(git rev-parse HEAD) refs/heads/feature/x" "$work/said" || fail "the other hook got no input"
no "ours says no" git push -q origin feature/x:main
cp .git/hooks/pre-push "$work/ours" && printf '#!/bin/sh\n' >.git/hooks/pre-push
asks 9 install
has "in the way"
cp "$work/ours" .git/hooks/pre-push
asks 0 uninstall
diff -r .git/hooks "$work/hooks-before" || fail "the hooks are not as they were"
rm .git/hooks/pre-push .git/hooks/commit-msg .git/hooks/pre-commit

# core.hooksPath that names nothing, or no folder.
for path in "" /dev/null; do
	for of in --local --global; do
		git config $of core.hooksPath "$path"
		for does in install status uninstall; do
			asks 9 $does
			has "core.hooksPath is \"$path\" in the ${of#--} configuration, which is no folder"
		done
		mend=$(grep -o 'git config [^`]*' <<<"$out") && $mend || fail "what it proposes: $mend"
		asks 0 install
		asks 0 uninstall
		git config --unset core.hooksPath
		git config --global --unset core.hooksPath
	done
done
asks 2 install --format json

# core.hooksPath of this repository; of all repositories only when asked.
mkdir -p .husky && git config core.hooksPath .husky
asks 0 install
[ -x .husky/commit-msg ] && no "by its own folder" git commit -q --allow-empty -m "no form"
asks 0 uninstall && git config --unset core.hooksPath
git config --global core.hooksPath "$work/global"
asks 9 install
has "--shared"
[ ! -e "$work/global" ] || fail "a folder was made"
asks 0 install --shared
[ -x "$work/global/pre-push" ] || fail "nothing was installed"
asks 0 uninstall && git config --global --unset core.hooksPath

# The program is gone: in a clone work goes on, and it is said.
cp "$sluice" "$work/sluice" && yes "by a copy" "$work/sluice" hooks install
mv "$work/sluice" "$work/gone"
yes "without the program" git commit -q --allow-empty -m "no form"
has "is not there any more: nothing was judged"
git reset -q --hard HEAD~1
asks 0 install
# A strategy in force that cannot be read: nothing is judged as good.
echo "strategy: 9" >"$work/bad.yml" && git worktree add -q "$work/break" --detach origin/main && cp "$work/bad.yml" "$work/break/.sluice/strategy.yml"
SLUICE=0 git -C "$work/break" commit -qam "chore: break" 2>/dev/null && SLUICE=0 git -C "$work/break" push -q origin HEAD:main 2>/dev/null
no "with a broken strategy" git commit -q --allow-empty -m "feat: x"
has ".sluice/strategy.yml:1:"
SLUICE=0 git -C "$work/break" push -qf origin HEAD~1:main 2>/dev/null && git fetch -q
asks 2 install --bare
asks 0 uninstall

# ---- a bare repository ----
cd "$work/up.git" || exit 1
asks 2 install
has "--bare"
git update-ref -d refs/heads/develop && git update-ref -d refs/heads/feature/x
asks 0 install --bare
asks 0 status
has "pre-receive"
cd "$work/clone" || exit 1
git fetch -q --prune && git switch -q develop && git reset -q --hard origin/main
for way in "$work/up.git" "file://$work/up.git"; do
	git remote set-url origin "$way"
	git push -q origin :develop :feature/z 2>/dev/null
	git --git-dir="$work/up.git" for-each-ref --format='delete %(refname)' refs/heads/develop refs/heads/feature | git --git-dir="$work/up.git" update-ref --stdin
	git switch -qC develop origin/main
	yes "a branch" git push -q origin develop
	git switch -qC feature/z && put z "$way" "feat: z" && yes "work" git push -q origin feature/z
	git switch -q develop && put d "$way" "feat: straight" && no "a push to where nobody pushes" git push origin develop
	has "branches.develop.allow.push"
	git reset -q --hard origin/develop && no "the work itself, by another way than merge" git push origin feature/z:develop
	has "it is a fast-forward of feature/z; this way is merged by"
	has "git switch develop && git merge --no-ff feature/z"
	hasnt "sluice change"
	hasnt "sluice why"
	git merge -q --no-ff -m "Merge feature/z" feature/z && yes "the merge" git push -q origin develop
	git switch -qC hotfix/h origin/main && put h "$way" "fix: h" && git switch -qC main hotfix/h
	yes "work and its merge in one push" git push -q origin hotfix/h main
	git tag -f -a -m r v1.0.0 >/dev/null && git tag -f v1.0.1 >/dev/null
	no "one of two tags is not annotated" git push origin v1.0.0 v1.0.1
	has "tags.release.annotated"
	[ -z "$(git ls-remote --tags origin)" ] || fail "a tag of the two was taken"
	git push -q origin :hotfix/h || fail "a deletion"
done
# Over HTTP, by Git's own program.
cat >"$work/cgi.py" <<'P'
import http.server, os, subprocess, sys
class H(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.0'
    def log_message(self, *a): pass
    def do_GET(self): self.serve()
    def do_POST(self): self.serve()
    def serve(self):
        path, _, query = self.path.partition('?')
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        env = dict(os.environ, GIT_PROJECT_ROOT=sys.argv[1], GIT_HTTP_EXPORT_ALL='1', REQUEST_METHOD=self.command, PATH_INFO=path, QUERY_STRING=query, REMOTE_USER='ann',
                   CONTENT_TYPE=self.headers.get('Content-Type') or '', CONTENT_LENGTH=str(len(body)), HTTP_CONTENT_ENCODING=self.headers.get('Content-Encoding') or '', GIT_PROTOCOL=self.headers.get('Git-Protocol') or '')
        out = subprocess.run(['git', 'http-backend'], input=body, env=env, stdout=subprocess.PIPE).stdout
        head, _, rest = out.partition(b'\r\n\r\n')
        lines = dict(l.split(': ', 1) for l in head.decode().split('\r\n'))
        self.send_response(int(lines.pop('Status', '200').split()[0]))
        for k, v in lines.items(): self.send_header(k, v)
        self.end_headers()
        self.wfile.write(rest)
s = http.server.ThreadingHTTPServer(('127.0.0.1', 0), H)
print(s.server_address[1], flush=True)
s.serve_forever()
P
mkfifo "$work/port" && { python3 "$work/cgi.py" "$work" >"$work/port" 2>/dev/null & cgi=$!; } && trap 'kill $cgi 2>/dev/null; rm -rf "$work"' EXIT && read -r port <"$work/port" || fail "no server"
git remote set-url origin "http://127.0.0.1:$port/up.git"
git switch -qC feature/http origin/develop && put http 1 "feat: over http" && yes "work" git push -q origin feature/http
put http 2 "no form" && no "a message" git push origin feature/http
has "remote: "
has "commits.convention"
while IFS= read -r line; do
	line=${line%"${line##*[! ]}"}
	case $line in remote:*) line=${line#remote: }; [ ${#line} -le 72 ] || fail "a line of ${#line} columns: $line" ;; esac
done <<<"$out"
git reset -q --hard HEAD~1
git switch -qC develop origin/develop && git merge -q --no-ff -m "Merge feature/http" feature/http && yes "the merge" git push -q origin develop

# A strategy that is not valid is not taken; a new one counts from the next push on.
git switch -qC hotfix/s origin/main && cp "$work/bad.yml" .sluice/strategy.yml && git commit -qam "fix: strategy" && yes "it may stand on a branch" git push -q origin hotfix/s
git switch -qC main hotfix/s && no "in force it may not" git push origin main
has "a valid strategy file"
git switch -q hotfix/s && sed 's/feat, fix, chore/feat, fix, chore, docs/' "$work/strategy.yml" >.sluice/strategy.yml && git commit -qam "fix: strategy again" && git push -q origin hotfix/s
git switch -qC main hotfix/s && yes "one that is valid" git push -q origin main
git switch -qC hotfix/d main && yes "a type that it brought" git commit -q --allow-empty -m "docs: d" && yes "its push" git push -q origin hotfix/d

# A repository that is empty needs something to judge by.
git init -q --bare "$work/fresh.git" && cd "$work/fresh.git" || exit 1
asks 2 install --bare
[ ! -e hooks/pre-receive ] || fail "a hook without a strategy"
asks 2 install --bare --preset nothing
asks 0 install --bare --preset gitflow
[ "$(git config sluice.preset)" = gitflow ] || fail "the preset is not kept"
cd "$work/clone" && yes "main" git push -q "$work/fresh.git" hotfix/h:refs/heads/main
no "of no kind" git push "$work/fresh.git" hotfix/h:refs/heads/nokind
has "nokind is of no kind"
cd "$work/fresh.git" && [ "$(git config core.hooksPath)" = hooks ] || fail "a pusher's own settings would have another folder"
asks 0 uninstall
[ -z "$(git config core.hooksPath)$(ls hooks | grep -v sample)" ] || fail "something is left"
echo ok
