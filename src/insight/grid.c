/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commits are numbers: 1 is where all began; branch i stands at 100 + i, is pushed to 200 + i, forced to 300 + i. What is not a fact of
 * the act is in order: checks pass, threads are resolved, unless the cell says otherwise.
 */
#include "insight/grid.h"

enum { ROOT = 1, HEAD = 100, NEXT = 200, FORCED = 300, TREE = 900, OTHER_TREE = 901, TAG = 1000, BIG = 1 << 30, OF_A_ROLE = 3 };

struct world {
	const struct grid *g;
	const struct grid_cell *c;
};

static slu_oid oid(uint32_t n)
{
	static const char digit[] = "0123456789abcdef";
	slu_oid id = slu_oid_zero();
	for (size_t i = 40; n && i-- > 0; n /= 16)
		id.hex[i] = digit[n % 16];
	return id;
}

static uint32_t number(const slu_oid *id)
{
	uint32_t n = 0;
	for (const char *p = id->hex; *p; p++)
		n = n * 16 + (uint32_t)(*p <= '9' ? *p - '0' : *p - 'a' + 10);
	return n;
}

/* 0: it has none. */
static uint32_t parent_of(uint32_t c)
{
	return c == ROOT ? 0 : c >= NEXT && c < FORCED ? c - NEXT + HEAD : ROOT;
}

static bool is_behind(uint32_t c, uint32_t of)
{
	while (of && of != c)
		of = parent_of(of);
	return of == c;
}

/* ---- facts ------------------------------------------------------------------------------------------------------------------ */

static slu_rc fact_person(void *ctx, slu_arena *a, slu_str name, struct pol_person *out, slu_err *err)
{
	const struct world *w = ctx;
	(void)a, (void)err;
	*out = (struct pol_person){ .known = true, .level = STRAT_WRITE };
	if (slu_str_is(name, "actor") && w->c->level >= 0) {
		out->level = (enum strat_level)w->c->level;
	} else if (slu_str_is(name, "actor") && w->c->role >= 0) {
		*out = (struct pol_person){ .known = true, .role = &w->g->role.v[w->c->role], .role_n = 1 };
	} else if (slu_str_is(name, "actor")) {
		*out = (struct pol_person){ .known = true, .level = STRAT_ADMIN, .role = w->g->role.v, .role_n = w->g->role.n };
	} else if (slu_str_starts(name, "role-")) {
		uint64_t i = 0;
		(void)slu_parse_u64(&i, (slu_str){ name.p + 7, name.n - 7 }, NULL);
		out->role = &w->g->role.v[i];
		out->role_n = 1;
	}
	return SLU_OK;
}

static int named(const struct world *w, slu_str name)
{
	for (size_t i = 0; i < w->g->branch.n; i++)
		if (slu_str_eq(w->g->branch.v[i], name))
			return (int)i;
	return -1;
}

static bool is_there(const struct world *w, int branch)
{
	return branch >= 0 && !(w->c->verb == POL_CREATE && branch == w->c->branch);
}

static slu_rc fact_ref(void *ctx, slu_arena *a, slu_str name, slu_oid *out, slu_err *err)
{
	const struct world *w = ctx;
	int i = slu_str_starts(name, "refs/heads/") ? named(w, (slu_str){ name.p + 11, name.n - 11 }) : -1;
	(void)a, (void)err;
	*out = is_there(w, i) ? oid(HEAD + (uint32_t)i) : slu_oid_zero();
	return SLU_OK;
}

static slu_rc fact_branches(void *ctx, slu_arena *a, const slu_str **name, const slu_oid **head, size_t *n, slu_err *err)
{
	const struct world *w = ctx;
	slu_str *names = SLU_NEW_N(a, slu_str, GRID_NAMES);
	slu_oid *heads = SLU_NEW_N(a, slu_oid, GRID_NAMES);
	(void)err;
	*n = 0;
	for (size_t i = 0; i < w->g->branch.n; i++) {
		if (!is_there(w, (int)i))
			continue;
		names[*n] = w->g->branch.v[i];
		heads[(*n)++] = oid(HEAD + (uint32_t)i);
	}
	*name = names;
	*head = heads;
	return SLU_OK;
}

static slu_rc fact_commit(void *ctx, slu_arena *a, const slu_oid *id, struct pol_commit *out, slu_err *err)
{
	const struct world *w = ctx;
	uint32_t above = parent_of(number(id));
	slu_oid *parent = SLU_NEW(a, slu_oid);
	(void)err;
	*parent = oid(above);
	*out = (struct pol_commit){ .id = *id, .tree = oid(TREE), .parent = parent, .parent_n = above ? 1 : 0, .author_name = SLU_STR("author"), .message = slu_s(w->c->message) };
	return SLU_OK;
}

static slu_rc fact_tag(void *ctx, slu_arena *a, const slu_oid *id, struct pol_tag *out, slu_err *err)
{
	const struct world *w = ctx;
	uint32_t n = number(id);
	(void)a, (void)err;
	*out = (struct pol_tag){ .annotated = n >= TAG, .commit = n >= TAG ? oid(n - TAG) : *id, .name = w->c->tag >= 0 ? w->g->tag.v[w->c->tag] : SLU_STR(""), .tagger_name = SLU_STR("actor") };
	return SLU_OK;
}

static slu_rc fact_tags(void *ctx, slu_arena *a, const slu_str **name, const slu_oid **commit, size_t *n, slu_err *err)
{
	const struct world *w = ctx;
	slu_oid *at = SLU_NEW_N(a, slu_oid, w->g->tag.n + 1);
	(void)err;
	for (size_t i = 0; i < w->g->tag.n; i++)
		at[i] = oid(ROOT);
	*name = w->g->tag.v;
	*commit = at;
	*n = w->g->tag.n;
	return SLU_OK;
}

static slu_rc fact_is_ancestor(void *ctx, slu_arena *a, const slu_oid *anc, const slu_oid *of, bool *out, slu_err *err)
{
	(void)ctx, (void)a, (void)err;
	*out = is_behind(number(anc), number(of));
	return SLU_OK;
}

static slu_rc fact_range(void *ctx, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, size_t max, const slu_oid **out, size_t *n, slu_err *err)
{
	slu_oid *list = SLU_NEW_N(a, slu_oid, 4);
	(void)ctx, (void)max, (void)err;
	*n = 0;
	for (uint32_t c = number(tip); c; c = parent_of(c)) {
		bool hidden = false;
		for (size_t i = 0; i < not_n; i++)
			hidden = hidden || is_behind(c, number(&not_[i]));
		if (!hidden)
			list[(*n)++] = oid(c);
	}
	*out = list;
	return SLU_OK;
}

static slu_rc fact_files(void *ctx, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, const struct pol_file **out, size_t *n, slu_err *err)
{
	const struct world *w = ctx;
	struct pol_file *f = SLU_NEW(a, struct pol_file);
	(void)not_, (void)not_n, (void)err;
	*f = (struct pol_file){ .path = slu_s(w->c->file), .blob = oid(TREE), .size = w->c->file && strstr(w->c->file, "1 GB") ? BIG : 100, .commit = *tip };
	*out = f;
	*n = w->c->file != NULL;
	return SLU_OK;
}

/* Behind its target: bringing that in would change a file. */
static slu_rc fact_merge_tree(void *ctx, slu_arena *a, const slu_oid *ours, const slu_oid *theirs, slu_oid *tree, bool *clean, slu_err *err)
{
	const struct world *w = ctx;
	(void)a, (void)theirs, (void)err;
	*tree = oid(!w->c->updated && w->c->source >= 0 && number(ours) == HEAD + (uint32_t)w->c->source ? OTHER_TREE : TREE);
	*clean = true;
	return SLU_OK;
}

static slu_rc fact_change(void *ctx, slu_arena *a, uint64_t no, struct pol_change *out, slu_err *err)
{
	const struct world *w = ctx;
	(void)a, (void)err;
	*out = (struct pol_change){ .number = no, .title = slu_s(w->c->message), .body = slu_s(w->c->boxes ? w->g->body : ""), .author = SLU_STR("author"), .last_pusher = SLU_STR("author"),
		.source = w->g->branch.v[w->c->source], .target = w->g->branch.v[w->c->branch], .head = oid(HEAD + (uint32_t)w->c->source), .target_head = oid(HEAD + (uint32_t)w->c->branch),
		.head_known = true, .threads_open = w->c->threads };
	return SLU_OK;
}

static slu_rc approvals(const struct world *w, slu_arena *a, const slu_oid *of, const struct pol_review **out, size_t *n)
{
	struct pol_review *v = SLU_NEW_N(a, struct pol_review, w->c->approvals + w->g->role.n * OF_A_ROLE + 1);
	*n = 0;
	for (unsigned i = 0; i < w->c->approvals; i++)
		v[(*n)++] = (struct pol_review){ .person = slu_s(slu_printf(a, "reviewer-%u", i)), .state = POL_REVIEW_APPROVE, .commit = *of };
	for (size_t i = 0; w->c->by_roles && i < w->g->role.n; i++)
		for (int k = 0; k < OF_A_ROLE; k++)
			v[(*n)++] = (struct pol_review){ .person = slu_s(slu_printf(a, "role-%d-%zu", k, i)), .state = POL_REVIEW_APPROVE, .commit = *of };
	*out = v;
	return SLU_OK;
}

static slu_rc fact_reviews(void *ctx, slu_arena *a, uint64_t no, const struct pol_review **out, size_t *n, slu_err *err)
{
	const struct world *w = ctx;
	const slu_oid head = oid(HEAD + (uint32_t)w->c->source);
	(void)no, (void)err;
	return approvals(w, a, &head, out, n);
}

static slu_rc fact_deploy_approvals(void *ctx, slu_arena *a, slu_str environment, const slu_oid *commit, const struct pol_review **out, size_t *n, slu_err *err)
{
	(void)environment, (void)err;
	return approvals(ctx, a, commit, out, n);
}

static slu_rc fact_check(void *ctx, slu_arena *a, const slu_oid *commit, slu_str name, struct pol_check *out, slu_err *err)
{
	const struct world *w = ctx;
	(void)a, (void)commit, (void)name, (void)err;
	*out = (struct pol_check){ .state = w->c->checks ? POL_CHECK_SUCCESS : POL_CHECK_MISSING };
	return SLU_OK;
}

static slu_rc fact_secret(void *ctx, slu_arena *a, slu_str name, bool *there, slu_str *file, slu_err *err)
{
	(void)ctx, (void)a, (void)name, (void)err;
	*there = true;
	*file = SLU_STR("");
	return SLU_OK;
}

static slu_rc fact_paths(void *ctx, slu_arena *a, const slu_oid *from, const slu_oid *to, bool merge, const slu_str **out, size_t *n, slu_err *err)
{
	(void)ctx, (void)from, (void)to, (void)merge, (void)err;
	*out = SLU_NEW(a, slu_str);
	*n = 0;
	return SLU_OK;
}

static slu_rc fact_file_at(void *ctx, slu_arena *a, const slu_oid *commit, slu_str path, slu_str *text, bool *found, slu_err *err)
{
	(void)ctx, (void)a, (void)commit, (void)path, (void)err;
	*text = SLU_STR("");
	*found = false;
	return SLU_OK;
}

/* ---- the act ------------------------------------------------------------------------------------------------------------------ */

static struct pol_action action_of(const struct world *w, slu_arena *a)
{
	const struct grid_cell *c = w->c;
	uint32_t at = (uint32_t)c->branch;
	struct pol_action out = { .verb = c->verb, .actor = SLU_STR("actor"), .old = slu_oid_zero(), .new_ = slu_oid_zero(), .head = slu_oid_zero() };
	if (c->verb == POL_MERGE) {
		out.change = 1;
		out.has_method = c->has_method;
		out.method = c->method;
		out.version = SLU_STR("");
		return out;
	}
	if (c->verb == POL_DEPLOY) {
		out.environment = w->g->environment.v[c->environment];
		out.head = oid(HEAD + at);
		return out;
	}
	if (c->tag >= 0) {
		out.ref = slu_s(slu_printf(a, "refs/tags/%.*s", SLU_FMT(w->g->tag.v[c->tag])));
		out.old = c->verb == POL_TAG ? slu_oid_zero() : oid(TAG + ROOT);
		out.new_ = c->verb == POL_TAG_DELETE ? slu_oid_zero() : oid(HEAD + at + (c->light ? 0 : TAG));
		return out;
	}
	out.ref = slu_s(slu_printf(a, "refs/heads/%.*s", SLU_FMT(w->g->branch.v[c->branch])));
	out.old = c->verb == POL_CREATE ? slu_oid_zero() : oid(HEAD + at);
	out.new_ = c->verb == POL_CREATE ? oid(ROOT) : c->verb == POL_PUSH ? oid(NEXT + at) : c->verb == POL_FORCE_PUSH ? oid(FORCED + at) : slu_oid_zero();
	return out;
}

slu_rc grid_judge(struct pol_verdict *out, const struct grid *g, slu_arena *a, const struct grid_cell *c, const strat *s, int64_t now_s, slu_err *err)
{
	struct world w = { .g = g, .c = c };
	const struct pol_facts f = { .ctx = &w, .person = fact_person, .ref = fact_ref, .branches = fact_branches, .commit = fact_commit, .tag = fact_tag, .tags = fact_tags,
		.is_ancestor = fact_is_ancestor, .range = fact_range, .files = fact_files, .merge_tree = fact_merge_tree, .change = fact_change, .reviews = fact_reviews,
		.deploy_approvals = fact_deploy_approvals, .check = fact_check, .secret = fact_secret, .paths = fact_paths, .file_at = fact_file_at };
	const struct pol_action act = action_of(&w, a);
	return pol_decide(out, a, s, &f, &act, now_s, err);
}
