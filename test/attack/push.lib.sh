# shellcheck shell=bash
# For attacks on pushes: requests as no git client would make them. Source after test/scenario/lib.sh.
zero=0000000000000000000000000000000000000000

# begin PRESET|FILE REFSPEC ...: acme/app under it, with ann who may all, her clone in $c, and a first commit pushed there; the server runs
begin() {
	local strategy=$1
	shift
	repo "$strategy"
	person ann admin
	c=$test_dir/c
	clone_as ann "$c"
	commit "$c" a 1 "feat: start"
	yes "first push" git -C "$c" push -q origin "$@"
}
pkt() { # TEXT: one packet; \0 and the like are printf's
	local n
	n=$(printf '%b' "$1" | wc -c)
	printf '%04x' $((n + 4))
	printf '%b' "$1"
}
# raw_push PACK_FILE "OLD NEW REF" ...: a push with these commands and this pack ("" for none); what the server says is in $out
raw_push() {
	local pack=$1 first=1 line
	shift
	{
		for line; do
			if [ $first = 1 ]; then pkt "$line\\0 report-status agent=attack"; else pkt "$line"; fi
			first=0
		done
		printf 0000
		[ -z "$pack" ] || cat "$pack"
	} >"$test_dir/request"
	post "$test_dir/request"
}
post() { # FILE [CURL ARGUMENT ...]
	local file=$1
	shift
	out=$(curl -s -i --max-time 60 -u "ann:$(cat "$home.tokens/ann")" -H 'Content-Type: application/x-git-receive-pack-request' "$@" \
		--data-binary "@$file" "$url/acme/app.git/git-receive-pack" | tr -d '\0')
	[ -n "$out" ] || out="(no answer)"
}
# The attack must not have worked: the refs are as before, no "ok", and the server lives.
held() { # WHAT
	case $out in *"ok refs/"*) fail "$1: something was taken" ;; esac
	[ "$(refs)" = "$before" ] || fail "$1: refs have changed: $(diff <(echo "$before") <(refs))"
	curl -sf --max-time 20 "$url/healthz" >/dev/null || fail "$1: the server does not answer"
}
