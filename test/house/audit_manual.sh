#!/usr/bin/env bash
# What docs/audit.md tells people to run works on the example that it shows, and sees every change to it.
# (That the example is what the code makes is seen in test/unit/checkpoint_test.c.)
# Requirement: RC-3
set -eu
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

block() { # WORD: the fenced block with this word after its language
	awk -v want="$1" '/^```/ { if (on) exit; if ($2 == want) { on = 1; next } } on' docs/audit.md
}
for word in events checkpoint key root audit-root audit-signature; do
	block "$word" >"$dir/$word"
	[ -s "$dir/$word" ] || { echo "docs/audit.md has no block \"$word\""; exit 1; }
done

root=$(bash "$dir/audit-root" <"$dir/events")
[ "$root" = "$(cat "$dir/root")" ] || { echo "audit-root says $root"; exit 1; }
signed=$(sed -n 3p "$dir/checkpoint" | base64 -d | od -An -v -tx1 | tr -d ' \n')
[ "$root" = "$signed" ] || { echo "the checkpoint has the root $signed"; exit 1; }
empty=$(bash "$dir/audit-root" </dev/null)
[ "$empty" = "$(sha256sum </dev/null | cut -d' ' -f1)" ] || { echo "the empty tree has the root $empty"; exit 1; }

for change in 's/"ada"/"eve"/' '1d' '3d' '1{h;d};2G' '2{p}' 's/09:01/09:02/'; do
	other=$(sed "$change" "$dir/events" | bash "$dir/audit-root")
	[ "$other" != "$root" ] || { echo "sed $change does not change the root"; exit 1; }
done

bash "$dir/audit-signature" "$dir/checkpoint" "$dir/key" >/dev/null || { echo "openssl does not accept the signature"; exit 1; }
sed '2s/3/4/' "$dir/checkpoint" >"$dir/forged"
if bash "$dir/audit-signature" "$dir/forged" "$dir/key" >/dev/null 2>&1; then
	echo "openssl accepts the signature of another text"
	exit 1
fi
