/* SPDX-License-Identifier: Apache-2.0 */
#include "git/packed_refs.h"

static const char header[] = "# pack-refs with: peeled fully-peeled sorted \n";

static size_t line_end(slu_str t, size_t at)
{
	const char *end = at < t.n ? memchr(t.p + at, '\n', t.n - at) : NULL;
	return end ? (size_t)(end - t.p) + 1 : t.n;
}

/** Where the refs begin. */
static size_t first(slu_str t)
{
	size_t at = 0;
	while (at < t.n && t.p[at] == '#')
		at = line_end(t, at);
	return at;
}

bool packed_refs_ok(slu_str t)
{
	if (t.n == 0)
		return true;
	slu_str head = { t.p, line_end(t, 0) };
	return t.p[t.n - 1] == '\n' && slu_str_starts(head, "# pack-refs with:") && memmem(head.p, head.n, " fully-peeled ", 14) && memmem(head.p, head.n, " sorted ", 8);
}

slu_str packed_refs_name(slu_str t, size_t at)
{
	size_t end = line_end(t, at);
	const char *space = at < t.n ? memchr(t.p + at, ' ', end - at) : NULL;
	if (!space)
		return (slu_str){ 0 };
	return (slu_str){ space + 1, (size_t)(t.p + end - 1 - (space + 1)) };
}

size_t packed_refs_next(slu_str t, size_t at)
{
	at = line_end(t, at);
	while (at < t.n && t.p[at] == '^')
		at = line_end(t, at);
	return at;
}

/** Begin of the ref's line that the byte `at` is of; not before `low`, which is the begin of one. */
static size_t line_of(slu_str t, size_t low, size_t at)
{
	for (;;) {
		while (at > low && t.p[at - 1] != '\n')
			at--;
		if (at <= low || t.p[at] != '^')
			return at;
		at--;
	}
}

size_t packed_refs_find(slu_str t, slu_str name)
{
	size_t low = first(t), high = t.n;
	while (low < high) {
		size_t mid = line_of(t, low, low + (high - low) / 2);
		if (slu_str_cmp(packed_refs_name(t, mid), name) < 0)
			low = packed_refs_next(t, mid);
		else
			high = mid;
	}
	return low;
}

bool packed_refs_at(slu_str t, size_t at, slu_oid *id, slu_oid *peeled)
{
	size_t end = line_end(t, at);
	slu_str line = { t.p + at, end - at }, word = { 0 };
	if (!slu_str_split(&line, ' ', &word) || slu_oid_parse(id, word, NULL) != SLU_OK)
		return false;
	*peeled = *id;
	if (end >= t.n || t.p[end] != '^')
		return true;
	line = (slu_str){ t.p + end + 1, line_end(t, end) - end - 1 };
	return slu_str_split(&line, '\n', &word) && slu_oid_parse(peeled, word, NULL) == SLU_OK;
}

bool packed_refs_whole(slu_str t)
{
	slu_str last = { 0 };
	slu_oid id, peeled;
	if (!packed_refs_ok(t))
		return false;
	for (size_t at = first(t); at < t.n; at = packed_refs_next(t, at)) {
		slu_str name = packed_refs_name(t, at);
		size_t peel = line_end(t, at), next = packed_refs_next(t, at);
		if (name.n == 0 || slu_str_cmp(last, name) >= 0 || !packed_refs_at(t, at, &id, &peeled) || (peel < next && line_end(t, peel) != next))
			return false;
		last = name;
	}
	return true;
}

bool packed_refs_value(slu_str t, slu_str name, slu_oid *out)
{
	size_t at = packed_refs_find(t, name);
	if (at >= t.n || !slu_str_eq(packed_refs_name(t, at), name))
		return false;
	slu_str line = { t.p + at, line_end(t, at) - at }, id = { 0 };
	*out = slu_oid_zero();
	if (slu_str_split(&line, ' ', &id))
		(void)!slu_oid_parse(out, id, NULL);
	return true;
}

void packed_refs_edit(slu_buf *out, slu_str t, const struct packed_ref *c, size_t n)
{
	size_t from = 0;
	if (t.n == 0)
		slu_buf_adds(out, header);
	for (size_t i = 0; i < n; i++) {
		size_t at = packed_refs_find(t, c[i].name);
		slu_buf_add(out, t.p + from, at - from);
		from = at < t.n && slu_str_eq(packed_refs_name(t, at), c[i].name) ? packed_refs_next(t, at) : at;
		if (slu_oid_is_zero(&c[i].id))
			continue;
		slu_buf_addf(out, "%s %.*s\n", c[i].id.hex, SLU_FMT(c[i].name));
		if (!slu_oid_is_zero(&c[i].peeled))
			slu_buf_addf(out, "^%s\n", c[i].peeled.hex);
	}
	slu_buf_add(out, t.p + from, t.n - from);
}
