/* SPDX-License-Identifier: Apache-2.0 */
#include "app/owed.h"

static const char heads[] = "refs/heads/";

static bool number(slu_str s)
{
	uint64_t value;
	return slu_parse_u64(&value, s, NULL) == SLU_OK;
}

/* "main-into-develop" of sluice/back-merge/main-into-develop; n == 0: it is no such branch. Others of the same names have a number: back-merge/2/main-into-develop. */
static slu_str pair_of(slu_str branch)
{
	static const slu_str before[] = { { "sluice/back-merge/", 18 }, { "sluice/also-into/", 17 } };
	for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
		slu_str rest = { branch.p + before[i].n, branch.n - before[i].n }, part = { 0 }, behind;
		if (!slu_str_starts(branch, before[i].p))
			continue;
		behind = rest;
		return slu_str_split(&behind, '/', &part) && number(part) && behind.n ? behind : rest;
	}
	return (slu_str){ 0 };
}

/* Names of branches may hold "-into-" themselves: it is where the second half names a branch that there is. */
static const struct flow_ref *target_of(struct app_owed *x, slu_arena *a, slu_str pair, const struct flow_refs *refs)
{
	static const char between[] = "-into-";
	const size_t n = sizeof between - 1;
	for (size_t i = 1; i + n < pair.n; i++) {
		slu_str into = { pair.p + i + n, pair.n - i - n };
		const struct flow_ref *there = memcmp(pair.p + i, between, n) == 0 ? flow_ref_find(refs, slu_printf(a, "%s%.*s", heads, SLU_FMT(into))) : NULL;
		if (!there)
			continue;
		x->source = slu_printf(a, "%s%.*s", number((slu_str){ pair.p, i }) ? "Change " : "", (int)i, pair.p); /* a server names the change */
		x->into = slu_str_dup(a, into);
		return there;
	}
	return NULL;
}

/* The merge that a server computed waits there, and not what it could not merge (app/bring.h). */
static slu_rc is_computed(bool *out, slu_arena *a, port_git *g, const slu_oid *id, slu_str branch, slu_err *err)
{
	struct pol_owed o;
	struct pol_commit c;
	*out = false;
	if (!pol_owed_of(&o, branch))
		return SLU_OK;
	SLU_TRY(g->ops->commit(g, a, id, &c, err));
	*out = c.parent_n == 2 && slu_str_starts(c.message, slu_printf(a, "Merge change %llu into %.*s (%.*s)\n", (unsigned long long)o.change, SLU_FMT(o.into), SLU_FMT(o.how)));
	return SLU_OK;
}

slu_rc app_owed_list(const struct app_owed **out, size_t *n, slu_arena *a, port_git *g, const struct flow_refs *refs, slu_err *err)
{
	SLU_LIST(struct app_owed) list = { 0 };
	for (size_t i = 0; i < refs->n; i++) {
		const struct flow_ref *r = &refs->v[i];
		slu_str name = slu_str_starts(r->name, heads) ? (slu_str){ r->name.p + strlen(heads), r->name.n - strlen(heads) } : (slu_str){ 0 };
		slu_str pair = pair_of(name);
		bool computed = false;
		if (pair.n == 0)
			continue;
		struct app_owed x = { .branch = slu_str_dup(a, name), .source = "", .into = "", .paid = true, .text = "" };
		const struct flow_ref *into = target_of(&x, a, pair, refs);
		if (into)
			SLU_TRY(g->ops->is_ancestor(g, &r->id, &into->id, &x.paid, err));
		if (!x.paid)
			SLU_TRY(is_computed(&computed, a, g, &r->id, name, err));
		if (computed)
			x.text = slu_printf(a, "%s is on its way into %s: %.10s, on %s, lands there by itself when its checks have passed. What it waits for: sluice change list", x.source, x.into, r->id.hex, x.branch);
		else if (!x.paid)
			x.text = slu_printf(a, "%s is owed to %s: it could not be merged by itself, and waits on %s. Bring it in: git switch %s && git merge %s", x.source, x.into, x.branch, x.into, x.branch);
		*SLU_ADD(a, &list) = x;
	}
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

const struct app_owed *app_owed_first(const struct app_owed *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!v[i].paid)
			return &v[i];
	return NULL;
}
