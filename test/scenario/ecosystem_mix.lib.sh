# shellcheck shell=bash
# For tests of one release of members on two sluice servers and a plain remote: source it after ecosystem_server.lib.sh, with server_start done.
#
#   mix [EXTRA]     acme/auth and acme/app (the home, where one stands then) on the server, acme/dash on another one, acme/tool on a plain remote;
#                   EXTRA: lines of the strategies of those on servers
#   at MEMBER REV   a commit where its remote has it; "" when it is not there
#   none VERSION | in VERSION MEMBER ...   no remote has it | these have all of it
#   other_server COMMAND ...               with $home and $url of the other server
home2=$test_dir/home2 url2= pid2=
other_server() {
	local home=$home2 url=$url2
	"$@"
}
second_server() {
	"$libexec/sluice-server" --home "$home2" --listen 127.0.0.1:0 >"$test_dir/address2" 2>>"$test_dir/log2" &
	pid2=$!
	await 30 test -s "$test_dir/address2" || fail "the other server did not start"
	url2=$(head -n 1 "$test_dir/address2")
}
end_both() {
	end_child "$pid2"
	end_of_test
}
trap end_both EXIT
mix() {
	third=', acme/dash, acme/tool'
	two "${1:-}"
	second_server
	other_server person lead
	other_server one dash "${1:-}"
	mkdir -p "$test_dir/remote/acme" && git init -q --bare "$test_dir/remote/acme/tool.git" && mkdir -p "$test_dir/tool/.sluice" && git init -q "$test_dir/tool" || exit 1
	eco_file '' >"$test_dir/tool/.sluice/strategy.yml" && printf '1.0.0\n' >"$test_dir/tool/VERSION"
	commit "$test_dir/tool" file tool "feat: begin"
	cd "$test_dir/tool" && git tag -a -m v1.0.0 v1.0.0 && git branch develop && git remote add origin "$test_dir/remote/acme/tool.git" && git push -q origin main develop v1.0.0 && git fetch -q && git remote set-head origin main || exit 1
	git switch -q develop && git branch -q -u origin/develop
	commit . more more "feat: more of tool"
	git push -q && cd "$test_dir/app" || exit 1
}
folder_of() { case $1 in tool) echo "$test_dir/remote/acme/tool.git" ;; dash) echo "$home2/repos/acme/dash.git" ;; *) echo "$home/repos/acme/$1.git" ;; esac; }
at() { git --git-dir="$(folder_of "$1")" rev-parse -q --verify "$2" || true; }
remotes() { for r in auth app dash tool; do git --git-dir="$(folder_of $r)" for-each-ref --format="$r %(objectname) %(refname)" refs/heads refs/tags; done; }
in_all() { # VERSION MEMBER ...
	local v=$1 r
	shift
	for r; do
		[ -n "$(at "$r" "v$v^{}")" ] || fail "$r has no v$v"
		is "$(at "$r" "v$v^{}")" "$(at "$r" main)"
		is "$(at "$r" "v$v-ecosystem^{}")" "$(at "$r" main)"
		is "$(git -C "$test_dir/$r" rev-parse main)" "$(at "$r" main)"
	done
}
none() { for r in auth app dash tool; do is "$(at $r "v$1")$(at $r "v$1-ecosystem")" ""; done; }
