#!/usr/bin/env bash
# Bad input at every door: the sentence, the exit code or the status, and that nothing changed.
# Requirement: PR-6
# Timeout: 600
. "$(dirname "$0")/../scenario/lib.sh"
server_start
repo
person ann admin
person bob write
yes "an administrator of the server" "$sluice" role grant ann admin --on-server --home "$home"
"$sluice" token create --user ann --scope admin --home "$home" >"$home.tokens/ann" 2>/dev/null || fail "token"
clone_as ann "$test_dir/c"
c=$test_dir/c
commit "$c" a 1 "feat: start"
yes "first push" git -C "$c" push -q origin HEAD:main HEAD:develop
git -C "$c" checkout -q -b feature/x
commit "$c" b 1 "feat: more"
yes "a branch" git -C "$c" push -q origin feature/x
who=ann
http 201 POST /api/v3/repos/acme/app/pulls '{"title":"feat: more","head":"feature/x","base":"develop"}'
files() { (cd "$home" && find . -path ./work -prune -o -path '*/objects' -prune -o -path '*/refs/sluice' -prune -o -type f ! -name '*-shm' ! -name '*-wal' -print | sort); }
all() { refs; events; files; }
before=$(all)
same() { [ "$(all)" = "$before" ] || fail "$1 changed something: $(diff <(echo "$before") <(all))"; }
# The command ends with this code, says these words, and changes nothing.
ends() { # WHAT CODE WORDS COMMAND ...
	local what=$1 want=$2 words=$3 code=0
	shift 3
	out=$("$@" 2>&1) || code=$?
	[ $code = "$want" ] || fail "$what: exit code $code, not $want"
	has "$words"
	same "$what"
}

# --- the command line: on the home and over HTTP
hostile=$test_dir/hostile
mkdir "$hostile"
printf 'strategy: 1\nbranches: {main: {tpye: production}}\n' >"$hostile/misspelt"
printf 'strategy: 1\n\tbranches: [\n' >"$hostile/noyaml"
: >"$hostile/empty"
head -c 300000 /dev/zero | tr '\0' a >"$hostile/large"
{ printf 'strategy: 1\nbranches: '; head -c 50000 /dev/zero | tr '\0' '{'; } >"$hostile/deep"
{ echo 'a: &a [x, x, x, x, x, x, x, x, x]'; for i in b c d e f g h; do echo "$i: [*a, *a, *a, *a, *a, *a]"; done; } >"$hostile/aliases"
head -c 5000 /dev/urandom >"$hostile/noise"
printf 'strategy: 1\nbranches: {a: {match: "%s"}}\n' "$(printf '**/%.0s' $(seq 80))x" >"$hostile/pattern"
printf 'strategy: 1\nbranches: {main: {type: production}}\nextends: [../../etc/passwd]\n' >"$hostile/outside"
for door in "--home $home" "--server $url"; do
	export SLUICE_TOKEN
	SLUICE_TOKEN=$(cat "$home.tokens/ann")
	for file in misspelt noyaml empty large deep aliases noise pattern outside; do
		# shellcheck disable=SC2086 # the door is two words
		ends "a strategy that is $file ($door)" 3 "" timeout 30 "$sluice" repo create acme/other --strategy "$hostile/$file" $door
	done
	# shellcheck disable=SC2086
	while IFS='|' read -r what code words line; do
		[ -n "$what" ] || continue
		eval "ends \"\$what (\$door)\" \$code \"\$words\" \"\$sluice\" $line \$door"
	done <<'END'
a strategy that is not there|2|cannot be read|repo create acme/other --strategy /nowhere/x
a folder as strategy|2||repo create acme/other --strategy /
a preset that is none|2|nosuch|repo create acme/other --preset nosuch
a repository's name that climbs|2||repo create ../../x --preset gitflow
a repository's name without an owner|2||repo create app --preset gitflow
a repository's name with a blank|2||repo create 'acme/a b' --preset gitflow
a repository's name that is an option|2||repo create 'acme/-x' --preset gitflow
a repository's name without end|2||repo create "acme/$(head -c 5000 /dev/zero | tr '\0' a)" --preset gitflow
a repository that is there|2|already|repo create acme/app --preset gitflow
a user's name that climbs|2||user add ../x
a user's name with a control byte|2||user add $'a\001b'
a user's name of two lines|2||user add $'a\nb'
a user that is there|2|already|user add ann
a role that is none|2||role grant bob nosuch --repo acme/app
a role of nobody|2||role grant nobody-there write --repo acme/app
a scope that is none|2|scope|token create --user bob --scope everything
a time that is none|2||token create --user bob --expires yesterday
a change from a name that is none|2||change open 'a..b' --into develop --title x --repo acme/app
a change from an option|2||change open --into develop --title x --repo acme/app -- -x
a change from HEAD|2||change open HEAD --into develop --title x --repo acme/app
a change that is not there|2||change show 4711 --repo acme/app
a change's number that is none|2||change show 99999999999999999999 --repo acme/app
a status on nothing|2||commit status 1234567890123456789012345678901234567890 --context x --state success --repo acme/app
a status that is none|2||commit status main --context x --state great --repo acme/app
a version that is none|2||release start 1.x --repo acme/app
a version that climbs|2||release start ../1.0.0 --repo acme/app
an environment that is none|2||deploy nowhere --repo acme/app
a repository that is not there|2||change list --repo acme/none
END
done
ends "a home that is none" 2 "no server home" "$sluice" user list --home /proc/nowhere
ends "a server that is none" 5 "" "$sluice" repo list --server http://127.0.0.1:1
ends "an address that is none" 2 "" "$sluice" repo list --server nonsense

# --- tokens: by Git, by the command, by the API
"$sluice" token create --user bob --expires 1s --home "$home" >"$home.tokens/expired" 2>/dev/null || fail "token"
"$sluice" token create --user bob --home "$home" >"$home.tokens/revoked" 2>/dev/null || fail "token"
id=$("$sluice" token list --user bob --home "$home" --format json | sed -n 's/.*"id": *\([0-9]*\).*/\1/p' | tail -n 1)
yes "revoke" "$sluice" token revoke "$id" --home "$home"
sed 's/.$/~/' "$home.tokens/bob" >"$home.tokens/mistyped"
printf 'slu_%s' "$(printf '0%.0s' $(seq 49))" >"$home.tokens/madeup"
printf 'hunter2' >"$home.tokens/password"
: >"$home.tokens/nothing"
end=$((SECONDS + 2))
await 10 eval '[ $SECONDS -gt $end ]'
before=$(all)
while IFS='|' read -r kind words; do
	SLUICE_TOKEN=$(cat "$home.tokens/$kind")
	ends "git with a token that is $kind" 128 "$words" git ls-remote "http://bob:$SLUICE_TOKEN@${url#http://}/acme/app.git"
	ends "a push with a token that is $kind" 128 "" git -C "$c" push "http://bob:$SLUICE_TOKEN@${url#http://}/acme/app.git" HEAD:refs/heads/feature/y
	ends "the command with a token that is $kind" 4 "" "$sluice" repo list --server "$url"
	who=$kind
	http 401 GET /api/v3/user
	has "$words"
	http 401 GET /api/sluice/repos
	http 401 POST /api/v3/repos/acme/app/pulls '{}'
	same "the API with a token that is $kind"
done <<'END'
expired|expired
revoked|was revoked
mistyped|checksum
madeup|token
password|not a whole token
END
ends "another's name with it" 128 "belongs to" git ls-remote "http://ann:$(cat "$home.tokens/bob")@${url#http://}/acme/app.git"

# --- bodies: each kind of door takes the same care
printf '{"title":"%s"}' "$(head -c 2000000 /dev/zero | tr '\0' a)" >"$test_dir/large"
head -c 100000 /dev/zero | tr '\0' '[' >"$test_dir/deep"
{ printf '{"a":'; head -c 20000 /dev/zero | sed 's/\x0/{"a":/g'; } >"$test_dir/deeper"
head -c 70000000 /dev/zero | gzip -9 >"$test_dir/bomb"
printf '{}' | gzip | head -c 10 >"$test_dir/cut"
printf 'hello' >"$test_dir/words"
printf '{"title":' >"$test_dir/half"
printf '{"title":"\xc3\x28"}' >"$test_dir/bytes"
printf '{"title":"a","title":"b"}' >"$test_dir/twice"
printf '{"title":"\\ud800"}' >"$test_dir/surrogate"
printf '{"number":1e999}' >"$test_dir/number"
printf '{} {}' >"$test_dir/two"
send() { # DOOR FILE [CURL ARGUMENT ...]: the status
	local method=${1%% *} path=${1#* } file=$2
	shift 2
	curl -s -o "$test_dir/answer" -w '%{http_code}' --max-time 30 -X "$method" -H "Authorization: Bearer $(cat "$home.tokens/ann")" -H 'Expect:' -H 'Content-Type: application/json' "$@" --data-binary "@$file" "$url$path"
}
while read -r door; do
	while IFS='|' read -r want words file arguments; do
		# shellcheck disable=SC2086
		got=$(send "$door" "$test_dir/$file" $arguments)
		out=$(tr -d '\0' <"$test_dir/answer" | head -c 2000)
		[ "$got" = "$want" ] || fail "$door, $file $arguments: $got, not $want"
		has "$words"
	done <<'BODIES'
413|larger than|large|
413|larger than|large|-HTransfer-Encoding:chunked
400|nested deeper|deep|
400|nested deeper|deeper|
413|larger than|bomb|-HContent-Encoding:gzip
413|larger than|bomb|-HContent-Encoding:gzip -HTransfer-Encoding:chunked
400|gzip|cut|-HContent-Encoding:gzip
400|gzip|words|-HContent-Encoding:gzip
400|Content-Encoding|words|-HContent-Encoding:br
400|Problems parsing JSON|words|
400|Problems parsing JSON|half|
400|Problems parsing JSON|bytes|
400|Problems parsing JSON|twice|
400|Problems parsing JSON|surrogate|
400|Problems parsing JSON|number|
400|Problems parsing JSON|two|
BODIES
	same "$door"
done <<'END'
POST /api/v3/repos/acme/app/pulls
PATCH /api/v3/repos/acme/app/pulls/1
PUT /api/v3/repos/acme/app/pulls/1/merge
POST /api/v3/repos/acme/app/git/refs
POST /api/v3/repos/acme/app/check-runs
POST /api/sluice/users
POST /api/sluice/repos
END
jar=$test_dir/jar
[ "$(curl -s -o /dev/null -w '%{http_code}' -c "$jar" "$url/sign-in" --data-urlencode "token=$(cat "$home.tokens/ann")")" = 303 ] || fail "sign in"
before=$(all) # signing in is an event
for page in /acme/app/changes/1 /sign-out /sign-in; do
	while IFS='|' read -r want file arguments; do
		# shellcheck disable=SC2086
		got=$(curl -s -o "$test_dir/answer" -w '%{http_code}' --max-time 30 -b "$jar" -X POST -H 'Expect:' $arguments --data-binary "@$test_dir/$file" "$url$page")
		# shellcheck disable=SC2254
		case $got in $want) ;; *) fail "POST $page, $file $arguments: $got, not $want" ;; esac
	done <<'FORMS'
413|large|
413|bomb|-HContent-Encoding:gzip
400|cut|-HContent-Encoding:gzip
4??|words|
400|words|-HContent-Type:application/json
400|words|-HContent-Type:multipart/form-data;boundary=x
4??|deep|
FORMS
	same "POST $page"
done

# --- Git's doors: bodies that are not what they say; versions and encodings that are none
for service in upload receive; do
	for version in '' version=2 version=9 "$(printf 'version=2%.0s' $(seq 200))"; do
		while IFS='|' read -r want file arguments; do
			# shellcheck disable=SC2086
			got=$(curl -s -o "$test_dir/answer" -w '%{http_code}' --max-time 60 -u "ann:$(cat "$home.tokens/ann")" -H 'Expect:' -H "Git-Protocol: $version" -H "Content-Type: application/x-git-$service-pack-request" $arguments \
				--data-binary "@$test_dir/$file" "$url/acme/app.git/git-$service-pack")
			# shellcheck disable=SC2254
			case $got in $want) ;; *) fail "git-$service-pack, $version, $file $arguments: $got, not $want: $(head -c 300 "$test_dir/answer")" ;; esac
		done <<'PACKS'
4??|words|
4??|words|-HTransfer-Encoding:chunked
400|words|-HContent-Encoding:gzip
415|words|-HContent-Encoding:br
400|cut|-HContent-Encoding:gzip
4??|deep|
PACKS
	done
	got=$(curl -s -o /dev/null -w '%{http_code}' --max-time 60 -u "ann:$(cat "$home.tokens/ann")" -H "Content-Type: application/x-git-$service-pack-request" -H 'Content-Encoding: gzip' --data-binary "@$test_dir/bomb" "$url/acme/app.git/git-$service-pack")
	case $got in 4??) ;; *) fail "a bomb for git-$service-pack: $got" ;; esac
	same "git-$service-pack"
done
stays_below 150000

# --- ten thousand refs, by the real git
head=$(git -C "$c" rev-parse HEAD)
for i in $(seq 10000); do echo "$head:refs/heads/feature/n$i"; done >"$test_dir/many"
ends "ten thousand refs" 1 "at most 2000" git -C "$c" push origin $(cat "$test_dir/many")
ends "two thousand and one" 1 "at most 2000" git -C "$c" push origin $(head -n 2001 "$test_dir/many")
yes "a hundred" git -C "$c" push -q origin $(head -n 100 "$test_dir/many")
yes "the audit verifies" audit_verifies ann
server_stop || fail "the server did not end well"
