/* SPDX-License-Identifier: Apache-2.0 */
#include "app/reach.h"

enum { REACHED = 1, FIRST = 2 };

static slu_str key_of(const slu_oid *id, unsigned char bytes[32])
{
	return (slu_str){ (const char *)bytes, slu_oid_bytes(bytes, id) };
}

static size_t number_of(const struct app_reach *r, const slu_oid *id)
{
	unsigned char bytes[32];
	const size_t *at = slu_map_get(r->number, key_of(id, bytes));
	return at ? *at : SIZE_MAX;
}

slu_rc app_reach_open(struct app_reach *out, slu_arena *a, port_git *g, const slu_oid *tip, size_t n, slu_err *err)
{
	struct app_reach r = { .a = a, .number = slu_map_new(a), .marked = slu_map_new(a), .patch = slu_map_new(a) };
	unsigned char bytes[32];
	SLU_TRY(g->ops->topology(g, a, tip, n, &r.t, err));
	for (size_t i = 0; i < n; i++) {
		size_t *at = SLU_NEW_N(a, size_t, 1);
		*at = SIZE_MAX;
		slu_map_put(r.number, key_of(&tip[i], bytes), at);
	}
	for (size_t i = 0; i < r.t.n; i++) {
		size_t *at = slu_map_get(r.number, (slu_str){ (const char *)r.t.id.b + i * r.t.id.size, r.t.id.size });
		if (at)
			*at = i;
	}
	*out = r;
	return SLU_OK;
}

/* Parents have lower numbers, so that one pass downwards meets each commit after all that reach it. */
static void mark(const struct app_reach *r, size_t from, unsigned char *out)
{
	if (from >= r->t.n)
		return;
	out[from] = REACHED | FIRST;
	for (size_t i = from + 1; i-- > 0;)
		for (uint32_t p = r->t.parent_at[i]; out[i] && p < r->t.parent_at[i + 1]; p++)
			out[r->t.parent[p]] |= (unsigned char)(p == r->t.parent_at[i] ? out[i] : REACHED);
}

static const unsigned char *marks_of(struct app_reach *r, const slu_oid *tip)
{
	unsigned char bytes[32], *out = slu_map_get(r->marked, key_of(tip, bytes));
	if (out)
		return out;
	out = SLU_NEW_N(r->a, unsigned char, r->t.n + 1);
	mark(r, number_of(r, tip), out);
	slu_map_put(r->marked, key_of(tip, bytes), out);
	return out;
}

enum app_within app_reach_within(struct app_reach *r, const slu_oid *tip, const slu_oid *into)
{
	size_t at = number_of(r, tip);
	unsigned char is = at < r->t.n ? marks_of(r, into)[at] : 0;
	return !is ? APP_WITHIN_NOT : is & FIRST ? APP_WITHIN_ALONG : APP_WITHIN_MERGED;
}

struct app_apart app_reach_apart(struct app_reach *r, const slu_oid *tip, const slu_oid *base)
{
	struct app_apart out = { 0 };
	const unsigned char *theirs = marks_of(r, base);
	slu_auto_arena *a = slu_arena_new();
	unsigned char *own = SLU_NEW_N(a, unsigned char, r->t.n + 1);
	mark(r, number_of(r, tip), own);
	for (size_t i = 0; i < r->t.n; i++) {
		out.ahead += own[i] && !theirs[i];
		out.behind += theirs[i] && !own[i];
		if (own[i] && !theirs[i] && (out.ahead == 1 || r->t.time_s[i] < out.began_s))
			out.began_s = r->t.time_s[i];
	}
	return out;
}

/* What lies between two commits, as an id; zero: nothing, or more than is looked at. Remembered by the later one. */
static slu_rc patch_of(slu_oid *out, struct app_reach *r, port_git *g, size_t from, size_t to, slu_err *err)
{
	const slu_oid x = slu_oids_at(&r->t.id, from), y = slu_oids_at(&r->t.id, to);
	slu_oid *known = slu_map_get(r->patch, slu_s(y.hex));
	slu_err why = { 0 };
	if (!known) {
		slu_oid made = slu_oid_zero();
		slu_rc rc = slu_oids_same(&r->t.tree, from, to) ? SLU_OK : g->ops->patch_id(g, r->a, &x, &y, &made, &why);
		if (rc != SLU_OK && rc != SLU_E_LIMIT) {
			*err = why;
			return rc;
		}
		known = SLU_NEW_N(r->a, slu_oid, 1);
		*known = made;
		slu_map_put(r->patch, slu_s(y.hex), known);
	}
	*out = *known;
	return SLU_OK;
}

slu_rc app_reach_squashed(slu_oid *out, struct app_reach *r, port_git *g, const slu_oid *tip, const slu_oid *into, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new(); /* of each branch anew; those that it may be in are few and are kept */
	const unsigned char *theirs = marks_of(r, into);
	unsigned char *own = SLU_NEW_N(a, unsigned char, r->t.n + 1);
	size_t at = number_of(r, tip), base = r->t.n, looked = 0;
	slu_oid whole, one;
	*out = slu_oid_zero();
	mark(r, at, own);
	while (base > 0 && !(own[base - 1] && theirs[base - 1]))
		base--; /* of those that both have, the one with the highest number is an ancestor of no other */
	if (at >= r->t.n || base == 0)
		return SLU_OK;
	SLU_TRY(patch_of(&whole, r, g, base - 1, at, err));
	for (size_t i = r->t.n; i-- > 0 && looked < APP_REACH_PATCHES && !slu_oid_is_zero(&whole) && slu_oid_is_zero(out);) {
		uint32_t first = r->t.parent_at[i];
		if (!(theirs[i] & FIRST) || own[i] || r->t.parent_at[i + 1] - first != 1 || r->t.time_s[i] < r->t.time_s[at])
			continue;
		looked++;
		SLU_TRY(patch_of(&one, r, g, r->t.parent[first], i, err));
		if (slu_oid_eq(&one, &whole))
			*out = slu_oids_at(&r->t.id, i);
	}
	return SLU_OK;
}

int64_t app_reach_time(const struct app_reach *r, const slu_oid *tip)
{
	size_t at = number_of(r, tip);
	return at < r->t.n ? r->t.time_s[at] : 0;
}
