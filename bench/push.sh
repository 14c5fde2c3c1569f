#!/usr/bin/env bash
# A push over HTTP: with the decision, with none, and to nginx + fcgiwrap + git http-backend without any hook.
. "$(dirname "$0")/lib.sh"
rounds=${ROUNDS:-15}

git init -q --bare "$work/source"
grow main 50 "" 1
git -C "$work/source" branch development main

nginx_up=no
start_nginx() { # git http-backend as people run it, with core.fsync=all as the server has it
	command -v nginx >/dev/null && [ -x /usr/sbin/fcgiwrap ] || return 0
	mkdir -p "$work/nginx/repos" "$work/nginx/tmp"
	git init -q --bare "$work/nginx/repos/peer.git"
	git -C "$work/nginx/repos/peer.git" config core.fsync all
	git -C "$work/nginx/repos/peer.git" config http.receivepack true
	git -C "$work/nginx/repos/peer.git" config receive.autogc false
	git -C "$work/nginx/repos/peer.git" config receive.fsckObjects true
	GIT_CONFIG_GLOBAL=/dev/null setsid /usr/sbin/fcgiwrap -c 16 -s "unix:$work/nginx/fcgi.sock" >/dev/null 2>&1 &
	fcgi_group=$!
	pids+=("-$fcgi_group") # its group: it does not end its children
	nginx_port=$(awk 'BEGIN {srand(); print 20000 + int(rand() * 30000)}')
	cat >"$work/nginx/nginx.conf" <<CONF
worker_processes 2; pid $work/nginx/nginx.pid; error_log $work/nginx/error.log; daemon off; user root;
events {}
http {
 access_log off; client_max_body_size 0; client_body_temp_path $work/nginx/tmp; fastcgi_temp_path $work/nginx/tmp; proxy_temp_path $work/nginx/tmp; uwsgi_temp_path $work/nginx/tmp; scgi_temp_path $work/nginx/tmp;
 server { listen 127.0.0.1:$nginx_port;
  location ~ (/.*) { fastcgi_pass unix:$work/nginx/fcgi.sock; fastcgi_request_buffering off; fastcgi_read_timeout 300;
   include /etc/nginx/fastcgi_params; fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend; fastcgi_param GIT_HTTP_EXPORT_ALL ""; fastcgi_param GIT_PROJECT_ROOT $work/nginx/repos; fastcgi_param PATH_INFO \$1; fastcgi_param REMOTE_USER ann; } } }
CONF
	nginx -c "$work/nginx/nginx.conf" -e "$work/nginx/error.log" &
	pids+=($!)
	wait_for 10 git ls-remote "http://127.0.0.1:$nginx_port/peer.git"
	nginx_up=yes
}

start_server
make_repo with bench/strategy.yml
make_repo without bench/disabled.yml
start_nginx
peers=(with without)
remote_with=$auth/bench/with.git remote_without=$auth/bench/without.git
if [ "$nginx_up" = yes ]; then peers+=(nginx); remote_nginx=http://127.0.0.1:$nginx_port/peer.git; fi
for p in "${peers[@]}"; do
	r=remote_$p
	git -C "$work/source" push -q "${!r}" main development 2>"$work/seed.log" || { cat "$work/seed.log" >&2; exit 1; }
done

ticks() { # PEER: CPU time of the server and of all its children that have ended
	case $1 in
	nginx) echo 0 ;; # fcgiwrap does not wait for its children, so nobody counts their time
	*) cpu_ticks "$server_pid" ;;
	esac
}
push_one() { # PEER REFSPEC…: "microseconds ticks" on stdout
	local r=remote_$1 p=$1 t c
	shift
	c=$(ticks "$p")
	t=$(now_us)
	git -C "$work/source" push -q "${!r}" "$@" 2>"$work/push.log" || { cat "$work/push.log" >&2; exit 1; }
	t=$(($(now_us) - t))
	echo "$t $(($(ticks "$p") - c))"
}
# What one push does on each side: events (by the head of the log on its reply), fsyncs and processes (by strace, where it is there).
audit_size() { sed -n 's/^remote: audit [^ ]* \([0-9]*\) .*/\1/p' "$work/push.log"; }
pids_of() { # PEER
	case $1 in nginx) pgrep -g "$fcgi_group" ;; *) echo "$server_pid" ;; esac
}
traced() { # PID…: by a strace that has begun
	local p
	for p; do grep -q '^TracerPid:[[:space:]]*[1-9]' "/proc/$p/status" || return 1; done
}
count_one() { # NAME PEER REFSPEC…: a line of the table; "EVENTS FSYNCS" in $counted
	local name=$1 p=$2 r=remote_$2 before=0 events=- fsyncs=- processes=- tracer arg=() q
	shift 2
	if [ "$p" != nginx ]; then
		git -C "$work/source" push -q "${!r}" "development:refs/heads/feature/before-$((seed += 1))" 2>"$work/push.log"
		before=$(audit_size)
		sleep 0.3 # what follows that one on the side
	fi
	if command -v strace >/dev/null; then
		for q in $(pids_of "$p"); do arg+=(-p "$q"); done
		strace -f -qq -e trace=fsync,fdatasync,sync_file_range,syncfs,execve -o "$work/trace" "${arg[@]}" 2>/dev/null &
		tracer=$!
		wait_for 10 traced $(pids_of "$p")
	fi
	git -C "$work/source" push -q "${!r}" "$@" 2>"$work/push.log" || { cat "$work/push.log" >&2; exit 1; }
	[ "$p" = nginx ] || events=$(($(audit_size) - before))
	if [ -n "${tracer:-}" ]; then
		sleep 0.5 # the engine looks at the events
		kill "$tracer" && wait "$tracer" || true
		fsyncs=$(grep -cE '(fsync|fdatasync|syncfs|sync_file_range)\(' "$work/trace" || true)
		processes=$(grep -cE 'execve(\(| resumed).*= 0$' "$work/trace" || true)
	fi
	counted="$events $fsyncs"
	printf '%-34s %-9s %8s %8s %10s\n' "$name" "$p" "$events" "$fsyncs" "$processes"
}
count() { # NAME MAKE-FUNCTION
	local p with=
	for p in "${peers[@]}"; do
		"$2" count
		count_one "$1" "$p" "${refspecs[@]}"
		[ "$p" != with ] || with=$counted
		[ "$p" != without ] || [ "$counted" = "$with" ] || echo "$1: events and fsyncs are NOT the same on both sides"
	done
}

wall() { awk '{print $1}' "$work/t.$1" | median; }
cpu() { awk '{n += $2} END {print n * 10000 / NR}' "$work/t.$1"; } # microseconds each: a tick is 10 ms, so the mean of many
compare() { # NAME ROUNDS GOAL MAKE-FUNCTION
	local name=$1 k=$2 goal=$3 make=$4 p i
	for p in "${peers[@]}"; do : >"$work/t.$p"; done
	for i in $(seq "$k"); do
		"$make" "$i"
		for p in $(printf '%s\n' "${peers[@]}" | awk -v s="$i" '{v[NR]=$0} END {for (j = 0; j < NR; j++) print v[(j + s) % NR + 1]}'); do
			push_one "$p" "${refspecs[@]}" >>"$work/t.$p"
		done
	done
	result "push of $name: decision / none, time" "$(ratio "$(wall with)" "$(wall without)")" "$goal" "$(ms "$(wall with)") / $(ms "$(wall without)")"
	result "push of $name: decision / none, server CPU" "$(ratio "$(cpu with)" "$(cpu without)")" "$goal" "$(ms "$(cpu with)") / $(ms "$(cpu without)")"
	if [ "$nginx_up" = yes ]; then
		result "push of $name: decision / nginx + http-backend, time" "$(ratio "$(wall with)" "$(wall nginx)")" "<= 1.00" "$(ms "$(wall nginx)")"
	fi
}

seed=100
commits=1
a_branch() {
	seed=$((seed + 1))
	grow "feature/b$seed" "$commits" development "$seed"
	refspecs=("refs/heads/feature/b$seed")
}
many_refs() {
	refspecs=()
	local j
	seed=$((seed + 1))
	grow "feature/r$seed" 1 development "$seed"
	for j in $(seq 500); do refspecs+=("refs/heads/feature/r$seed:refs/heads/feature/m$seed-$j"); done
}
commits=1 compare "1 commit" "$rounds" "<= 1.10" a_branch
commits=100 compare "100 commits" "$rounds" "<= 1.10" a_branch
commits=5000 compare "5,000 commits" $(((rounds + 2) / 3)) "<= 1.15" a_branch
compare "500 refs" $(((rounds + 2) / 3)) "<= 1.15" many_refs

echo
printf '%-34s %-9s %8s %8s %10s\n' "what one push does" side events fsyncs processes
commits=1 count "1 commit" a_branch
commits=100 count "100 commits" a_branch
commits=5000 count "5,000 commits" a_branch
count "500 refs" many_refs
echo

# 16 clients at once, each pushing branches of one commit: pushes per second.
per_client=${PER_CLIENT:-12}
client() { # PEER CLIENT FIRST
	local r=remote_$1 i
	for i in $(seq "$per_client"); do git -C "$work/source" push -q "${!r}" "refs/heads/feature/c$2-$i:refs/heads/feature/c$3-$2-$i" 2>/dev/null || echo failed >>"$work/failed"; done
}
for c in $(seq 16); do for i in $(seq "$per_client"); do git -C "$work/source" update-ref "refs/heads/feature/c$c-$i" "$(git -C "$work/source" commit-tree -p development -m "feat(api): client $c push $i" 'development^{tree}')"; done; done
: >"$work/failed"
together() { # PEER RUN: microseconds
	local t ps=() c
	t=$(now_us)
	for c in $(seq 16); do client "$1" "$c" "$2" & ps+=($!); done
	wait "${ps[@]}"
	echo $(($(now_us) - t))
}
for i in 1 2 3 4; do
	order="with without"
	[ $((i % 2)) = 1 ] || order="without with"
	for p in $order; do together "$p" "$i" >>"$work/p.$p"; done
done
a=$(median <"$work/p.with") b=$(median <"$work/p.without")
result "16 clients at once: throughput with / without ($((16 * per_client)) pushes, $(wc -l <"$work/failed") failed)" "$(ratio "$b" "$a")" ">= 0.90"
