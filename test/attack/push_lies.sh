#!/usr/bin/env bash
# Packs whose sum is right and whose contents lie: deltas on each other, bombs, sizes that are none. Refused, nothing kept, the server stays small and goes on.
# Requirement: PR-6
# Timeout: 300
. "$(dirname "$0")/../scenario/lib.sh"
. "$(dirname "$0")/push.lib.sh"
command -v node >/dev/null || { echo "node is not installed"; exit 77; }
server_start
begin gitflow HEAD:main HEAD:develop
git -C "$c" checkout -q -b feature/x
commit "$c" a 2 "feat: two"
two=$(git -C "$c" rev-parse HEAD)
git -C "$c" cat-file commit "$two" >"$test_dir/commit"
git -C "$c" cat-file tree "$two^{tree}" >"$test_dir/tree"
git -C "$c" cat-file blob "$two:a" >"$test_dir/blob"
before=$(refs)
objects() { find "$home/repos/acme/app.git/objects" -type f \( -path '*/pack/*' -o -path '*incoming*' \) | wc -l; } # the server publishes heads of the log beside it
was=$(objects)

# The three objects of the commit, then what the lie adds: entries of a pack, as JavaScript.
cat >"$test_dir/pack.js" <<'END'
const fs = require('fs'), zlib = require('zlib'), crypto = require('crypto');
const [dir, lie] = process.argv.slice(2);
function head(type, size) {
	const out = [];
	let n = BigInt(size), c = type << 4 | Number(n & 15n);
	for (n >>= 4n; n > 0n; n >>= 7n) { out.push(c | 0x80); c = Number(n & 127n); }
	return Buffer.from([...out, c]);
}
const whole = (type, bytes, size) => Buffer.concat([head(type, size ?? bytes.length), zlib.deflateSync(bytes)]);
const delta = (base, bytes) => Buffer.concat([head(7, bytes.length), Buffer.from(base, 'hex'), zlib.deflateSync(bytes)]);
const id = (type, text) => crypto.createHash('sha1').update(`${type} ${text.length}\0${text}`).digest('hex');
const text = Buffer.from('hello');
const lies = {
	none: [],
	'deltas on each other': [delta(id('blob', 'one'), Buffer.from([3, 3, 0x90, 3])), delta(id('blob', 'two'), Buffer.from([3, 3, 0x90, 3]))],
	'a bomb': [whole(3, Buffer.alloc(300e6), 10)],
	'a terabyte': [whole(3, text, 2n ** 40n)],
	'a size near 2^64': [whole(3, text, 2n ** 63n)],
	'four gigabytes by a delta': [whole(3, text), delta(id('blob', text), Buffer.from([5, 0x80, 0x80, 0x80, 0x80, 0x10, 0x90, 5]))],
	'a base of another size': [whole(3, text), delta(id('blob', text), Buffer.from([6, 5, 0x90, 5]))],
	'behind the end of its base': [whole(3, text), delta(id('blob', text), Buffer.from([5, 1, 0x91, 6, 1]))],
	'an operation that is none': [whole(3, text), delta(id('blob', text), Buffer.from([5, 5, 0, 5]))],
	'a distance before the pack': [Buffer.concat([head(6, 4), Buffer.from([0xff, 0xff, 0x7f]), zlib.deflateSync(Buffer.from([5, 5, 0x90, 5]))])],
	'a kind that is none': [whole(5, text)],
	'one byte too many': [whole(3, text, 4)],
};
if (lie === 'names') {
	console.log(Object.keys(lies).join('\n'));
} else {
	const all = [whole(1, fs.readFileSync(dir + '/commit')), whole(2, fs.readFileSync(dir + '/tree')), whole(3, fs.readFileSync(dir + '/blob')), ...lies[lie]];
	const start = Buffer.from('PACK\0\0\0\2\0\0\0\0', 'latin1');
	start.writeUInt32BE(all.length, 8);
	const pack = Buffer.concat([start, ...all]);
	fs.writeFileSync(dir + '/lie.pack', Buffer.concat([pack, crypto.createHash('sha1').update(pack).digest()]));
}
END
told=0
while read -r lie; do
	node "$test_dir/pack.js" "$test_dir" "$lie" || fail "$lie: no pack was made"
	[ "$lie" != none ] || continue
	raw_push "$test_dir/lie.pack" "$zero $two refs/heads/feature/x"
	held "$lie"
	[ "$(objects)" = "$was" ] || fail "$lie: objects were kept"
	told=$((told + 1))
done < <(node "$test_dir/pack.js" "$test_dir" names)
[ "$told" = 11 ] || fail "only $told lies were told"
rss=$(awk '/VmHWM/ {print $2}' "/proc/$server_pid/status")
[ "$rss" -lt 200000 ] || fail "the server grew to $rss kB"
node "$test_dir/pack.js" "$test_dir" none
raw_push "$test_dir/lie.pack" "$zero $two refs/heads/feature/x"
has "ok refs/heads/feature/x"
