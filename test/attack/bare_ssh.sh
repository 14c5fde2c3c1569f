#!/usr/bin/env bash
# A plain bare repository under its strategy, behind OpenSSH as on most hosts: what an account with nothing but Git may send along, and two
# who push at once; then what the repository itself may hold that means another thing than it says.
# Requirement: PR-6, PR-2
. "$(dirname "$0")/../scenario/offline.lib.sh"
sshd=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v sshd) || { echo "no sshd is installed here"; exit 77; }
[ "$(id -u)" = 0 ] || { echo "only root may run sshd with accounts"; exit 77; }
cat >"$work/strategy.yml" <<'Y'
strategy: 1
files: {forbid: [.env]}
branches:
  main: {type: production, allow: {push: nobody}}
  feature: {match: "feature/{name}", type: work, base: main, into: {main: {method: merge}}}
tags: {release: {match: "v{version}", branches: main, annotated: true}}
commits: {convention: conventional}
Y
cd "$work" || exit 1
git init -q --bare up.git && git clone -q up.git c 2>/dev/null && cd c && mkdir .sluice && cp "$work/strategy.yml" .sluice/ && git add -A && git commit -qm "chore: begin" && git push -q origin HEAD:main || fail "seed"
out=$(cd "$work/up.git" && "$sluice" hooks install --bare 2>&1) || fail "install"
bare() { git --git-dir="$work/up.git" "$@"; }
refs() { bare for-each-ref --format='%(objectname) %(refname)'; }
before=$(refs)
held() {
	local what=$1
	shift
	out=$(timeout 120 "$@" 2>&1) && fail "$what: taken"
	[ "$(refs)" = "$before" ] || fail "$what: refs have changed: $(diff <(echo "$before") <(refs))"
}

# ---- a server of its own, on a port that is free ----
ssh-keygen -q -t ed25519 -N '' -f "$work/host" && ssh-keygen -q -t ed25519 -N '' -f "$work/key" || fail "keys"
mkdir -p /run/sshd && cp "$work/key.pub" "$work/authorized" && chmod 600 "$work/authorized"
for _ in $(seq 20); do
	port=$((20000 + RANDOM % 20000))
	"$sshd" -D -e -f /dev/null -p $port -o ListenAddress=127.0.0.1 -o HostKey="$work/host" -o AuthorizedKeysFile="$work/authorized" -o StrictModes=no -o PermitRootLogin=yes \
		-o UsePAM=no -o PidFile=none -o "AcceptEnv=LANG LC_* GIT_PROTOCOL SLUICE SLUICE_* GIT_NAMESPACE" >"$work/sshd.log" 2>&1 &
	sshd_pid=$!
	trap 'kill $sshd_pid 2>/dev/null; rm -rf "$work"' EXIT
	end=$((SECONDS + 60))
	until grep -q "Server listening" "$work/sshd.log" || ! kill -0 $sshd_pid 2>/dev/null || [ $SECONDS -gt $end ]; do sleep 0.05; done
	grep -q "Server listening" "$work/sshd.log" && break
	grep -q "in use" "$work/sshd.log" || { out=$(cat "$work/sshd.log"); fail "sshd"; }
done
export GIT_SSH_COMMAND="ssh -F none -p $port -i $work/key -o IdentitiesOnly=yes -o UserKnownHostsFile=$work/known -o StrictHostKeyChecking=accept-new -o SendEnv=SLUICE -o SendEnv=GIT_* -o SendEnv=LC_ALL"
git remote set-url origin "ssh://root@127.0.0.1$work/up.git"
out=$(git ls-remote origin 2>&1) || { out="$out
$(cat "$work/sshd.log")"; fail "Git over SSH"; }

# ---- what is sent along ----
git switch -qc feature/x && echo 1 >a && git add -A && git commit -qm "feat: a" && out=$(git push -q origin feature/x 2>&1) || fail "work"
before=$(refs)
straight=$(git commit-tree -p main -m "feat: straight" "feature/x^{tree}")
held "straight to main" git push origin "$straight:main"
has "remote: ✗ branches.main.allow.push"
hasnt "sluice role"
hasnt "sluice change"
held "SLUICE=0, which the server takes" env SLUICE=0 git push origin "$straight:main"
held "a folder of hooks by the environment, which it does not" env GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/dev/null git push origin "$straight:main"
held "a quarantine of his own" env GIT_QUARANTINE_PATH="$work/up.git/objects" git push origin "$straight:main"
held "a namespace" env GIT_NAMESPACE=x git push origin "feature/x:refs/heads/feature/y"
[[ $out == *GIT_NAMESPACE* ]] || fail "it does not say why"
held "--mirror" git push --mirror origin
held "a hidden ref" git push origin main:refs/sluice/x
git branch -q -f wip "$straight" && held "all branches" git push --all origin
git branch -q -D wip

# ---- a repository whose refs mean others ----
bare symbolic-ref refs/heads/feature/alias refs/heads/main
before=$(refs)
held "main by another name of it" git push origin feature/x:feature/alias
has "refs/heads/feature/alias is another name for refs/heads/main there"
held "its deletion" git push origin :feature/alias
bare symbolic-ref -d refs/heads/feature/alias
git --git-dir="$work/up.git" replace "$(git rev-parse main)" "$(git rev-parse feature/x)"
before=$(refs)
held "where main is replaced" git push origin "$straight:main"
bare replace -d "$(git rev-parse main)" >/dev/null
before=$(refs)

# ---- objects that Git does not make ----
tree_of() { # MODE NAME ID ...
	while [ $# -gt 0 ]; do
		printf '%s %s\0' "$1" "$2"
		printf '%b' "$(sed 's/../\\x&/g' <<<"$3")"
		shift 3
	done | git hash-object -t tree -w --stdin --literally
}
commit_of() { git hash-object -t commit -w --stdin --literally; }
blob=$(git rev-parse main:.sluice/strategy.yml) main=$(git rev-parse main) tree=$(git rev-parse "main^{tree}")
for name in .git .GIT .. a/b; do
	held "$name in a folder" git push origin "$(git commit-tree -p main -m "feat: odd" "$(tree_of 100644 "$name" "$blob")"):refs/heads/feature/odd"
done
held "two files of one name" git push origin "$(git commit-tree -p main -m "feat: odd" "$(tree_of 100644 a "$blob" 100644 a "$(git rev-parse feature/x:a)")"):refs/heads/feature/odd"
odd=$(printf 'tree %s\nparent %s\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 99999999999999999999 +0000\n\nfeat: late\n' "$tree" "$main" | commit_of) && held "a time that no clock shows" git push origin "$odd:refs/heads/feature/odd"
odd=$(printf 'tree %s\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\nparent %s\nparent %s\n\nMerge feature/x\n' "$(git rev-parse "feature/x^{tree}")" "$main" "$(git rev-parse feature/x)" | commit_of) &&
	held "a merge by parents that Git does not read" git push origin "$odd:main"

# ---- two who push at once: one, or both, and each ref at what one of them sent ----
for i in 1 2 3 4; do
	git branch -q -f "feature/at$i" "$(git commit-tree -p main -m "feat: at $i" "feature/x^{tree}")"
	git branch -q -f "feature/same$i" "$(git commit-tree -p main -m "feat: same $i" "feature/x^{tree}")"
	timeout 240 git push -q origin "feature/at$i" "feature/same$i:refs/heads/feature/same" >"$work/said.$i" 2>&1 &
	pid[i]=$!
done
good=0
for i in 1 2 3 4; do
	wait "${pid[i]}" && good=$((good + 1))
	[ -z "$(bare for-each-ref "refs/heads/feature/at$i")" ] || [ "$(bare rev-parse "feature/at$i")" = "$(git rev-parse "feature/at$i")" ] || fail "feature/at$i is not what was sent"
done
out=$(cat "$work"/said.*)
[ $good -ge 1 ] || fail "of four pushes at once none was taken"
[[ " $(git rev-parse feature/same1 feature/same2 feature/same3 feature/same4 | tr '\n' ' ') " == *" $(bare rev-parse feature/same) "* ]] || fail "feature/same is at what nobody sent"
out=$(bare fsck --no-dangling 2>&1) || fail "fsck"
[ -z "$(find "$work/up.git/objects" -maxdepth 1 -name '*incoming*')" ] || fail "a quarantine is left"

# ---- taken away, and the settings with it ----
out=$(cd "$work/up.git" && "$sluice" hooks uninstall 2>&1) || fail "uninstall"
[ -z "$(bare config --get-regexp 'fsck|hookspath')" ] || fail "a setting is left"
bare config receive.fsckObjects false
out=$(cd "$work/up.git" && "$sluice" hooks install --bare 2>&1 && "$sluice" hooks uninstall 2>&1) || fail "again"
[ "$(bare config receive.fsckObjects)" = false ] || fail "a setting of the repository is gone"
exit 0
