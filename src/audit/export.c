/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/export.h"

static slu_rc keep_nothing(void *ctx, unsigned level, uint64_t index, const aud_hash *node, slu_err *err)
{
	(void)ctx, (void)level, (void)index, (void)node, (void)err;
	return SLU_OK;
}

static void root_of(aud_hash *out, const aud_hash *leaf, size_t n)
{
	struct aud_frontier f = { 0 };
	for (size_t i = 0; i < n; i++)
		(void)!aud_append(&f, &leaf[i], keep_nothing, NULL, NULL);
	aud_root(out, &f);
}

void aud_export_hash_line(slu_buf *out, const aud_hash *leaf)
{
	char hex[2 * AUD_HASH_BYTES + 1];
	slu_buf_addc(out, '#');
	slu_buf_adds(out, aud_hash_hex(leaf, hex));
}

static bool hash_line(aud_hash *out, slu_str line)
{
	static const char digits[] = "0123456789abcdef";
	if (line.n != 1 + 2 * AUD_HASH_BYTES || line.p[0] != '#')
		return false;
	for (size_t i = 0; i < AUD_HASH_BYTES; i++) {
		const char *hi = memchr(digits, line.p[1 + 2 * i], 16), *lo = memchr(digits, line.p[2 + 2 * i], 16);
		if (!hi || !lo)
			return false;
		out->b[i] = (unsigned char)((hi - digits) * 16 + (lo - digits));
	}
	return true;
}

slu_rc aud_export_read(struct aud_export *out, slu_arena *a, slu_str text, slu_err *err)
{
	SLU_LIST(aud_hash) leaf = { 0 }, kept = { 0 };
	slu_str rest = text, line;
	while (slu_str_split(&rest, '\n', &line) && line.n > 0) {
		aud_hash *hash = SLU_ADD(a, &leaf);
		if (line.p[0] != '#')
			aud_leaf_hash(hash, line);
		else if (!hash_line(hash, line))
			return slu_fail(err, SLU_E_CORRUPT, "line %zu is no event and no hash", leaf.n);
	}
	const char *end = rest.n ? memmem(rest.p, rest.n, "\n\n#", 3) : NULL;
	slu_str head = { rest.p, end ? (size_t)(end + 1 - rest.p) : rest.n };
	while (head.n > 1 && head.p[head.n - 2] == '\n') /* a blank line, and no hashes after it */
		head.n--;
	rest = end ? (slu_str){ end + 2, rest.n - (size_t)(end + 2 - rest.p) } : (slu_str){ 0 };
	while (slu_str_split(&rest, '\n', &line) && line.n > 0)
		if (!hash_line(SLU_ADD(a, &kept), line))
			return slu_fail(err, SLU_E_CORRUPT, "line %zu after the signed head is no hash", kept.n);
	*out = (struct aud_export){ leaf.v, leaf.n, kept.v, kept.n, head };
	return SLU_OK;
}

void aud_export_root(aud_hash *out, const struct aud_export *e, size_t n)
{
	root_of(out, e->leaf, n);
}

static bool is_kept(const struct aud_export *e, const aud_hash *leaf)
{
	for (size_t i = 0; i < e->kept_n; i++)
		if (aud_hash_eq(&e->kept[i], leaf))
			return true;
	return false;
}

const char *aud_export_differs(uint64_t *seq, slu_arena *a, const struct aud_export *e, const aud_hash *root)
{
	aud_hash kept;
	*seq = 0;
	root_of(&kept, e->kept, e->kept_n);
	if (!aud_hash_eq(&kept, root))
		return "the events do not give the root that was signed: one of them was changed, left out, or put elsewhere. Which one cannot be told: "
		       "the hashes at the export's end are missing or were changed, too";
	size_t i = 0;
	while (i < e->leaf_n && i < e->kept_n && aud_hash_eq(&e->leaf[i], &e->kept[i]))
		i++;
	unsigned long long at = i + 1;
	*seq = at;
	if (i == e->kept_n)
		return slu_printf(a, "line %llu is no event of the log: it has %zu", at, e->kept_n);
	if (i == e->leaf_n || (e->leaf_n < e->kept_n && i + 1 < e->kept_n && aud_hash_eq(&e->leaf[i], &e->kept[i + 1])))
		return slu_printf(a, "event %llu is missing", at);
	if (is_kept(e, &e->leaf[i]))
		return slu_printf(a, "event %llu does not stand in its place: the order was changed", at);
	return slu_printf(a, "event %llu is not what was recorded", at);
}
