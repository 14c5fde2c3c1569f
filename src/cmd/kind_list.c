/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/kind_list.h"

#include "app/reach.h"
#include "app/told.h"
#include "base/quantity.h"
#include "cmd/offline.h"
#include "cmd/parse.h"
#include "flow/name.h"

struct row {
	slu_str name;
	slu_oid here, there, at; /* zero: not there; at: the one that counts */
	bool current;
	const char *base;        /* NULL: none is there */
	struct app_apart apart;  /* from it */
	struct app_apart remote; /* here from there */
	int64_t last_s;
	const char *into;        /* that has it; NULL: none */
	slu_oid squashed;        /* as this commit, told by its patch and not by the graph; zero: not */
	slu_oid reverted;        /* by this commit, which still holds; zero: not */
	SLU_LIST(const char *) report;
};
struct told { slu_str branch; struct app_told is; };
struct listed {
	struct cmd_ctx *c;
	struct cmd_offline o;
	int kind;
	const struct strat_branch *b;
	struct app_reach reach;
	SLU_LIST(struct row) row;
	SLU_LIST(struct told) told;
	SLU_LIST(struct flow_ref) ref; /* branches by their short names; one that is here and on the remote is twice in it */
};

static const int64_t day = 24 * 3600;

/* ---- what there is ----------------------------------------------------------------------------------------------------------- */

static struct row *row_of(struct listed *l, slu_str name)
{
	for (size_t i = 0; i < l->row.n; i++)
		if (slu_str_eq(l->row.v[i].name, name))
			return &l->row.v[i];
	struct row *r = SLU_ADD(l->c->a, &l->row);
	*r = (struct row){ .name = name, .here = slu_oid_zero(), .there = slu_oid_zero(), .squashed = slu_oid_zero(), .reverted = slu_oid_zero(), .current = slu_str_eq(name, cmd_here_branch(l->c)) };
	return r;
}

static slu_rc find_branches(struct listed *l, slu_str prefix, bool here, slu_err *err)
{
	port_git *g = l->o.ctx.git.git;
	const struct port_git_ref *ref = NULL;
	size_t n = 0;
	SLU_TRY(g->ops->refs(g, l->c->a, prefix, &ref, &n, err));
	for (size_t i = 0; i < n; i++) {
		slu_str name = { ref[i].name.p + prefix.n, ref[i].name.n - prefix.n };
		if (slu_str_is(name, "HEAD"))
			continue;
		*SLU_ADD(l->c->a, &l->ref) = (struct flow_ref){ name, ref[i].id };
		if (strat_branch_kind(l->o.strategy, name, NULL) != l->kind)
			continue;
		struct row *r = row_of(l, name);
		*(here ? &r->here : &r->there) = ref[i].id;
	}
	return SLU_OK;
}

/* ---- what is said of one ------------------------------------------------------------------------------------------------------- */

/* Of several that it may have begun at, the one that it has the fewest commits more than. */
static void find_base(struct listed *l, struct row *r)
{
	for (size_t i = 0; i < l->ref.n && l->b->base >= 0; i++) {
		if (strat_branch_kind(l->o.strategy, l->ref.v[i].name, NULL) != l->b->base)
			continue;
		struct app_apart apart = app_reach_apart(&l->reach, &r->at, &l->ref.v[i].id);
		if (r->base && (apart.ahead > r->apart.ahead || (apart.ahead == r->apart.ahead && apart.behind <= r->apart.behind)))
			continue;
		r->apart = apart;
		r->base = slu_str_dup(l->c->a, l->ref.v[i].name);
	}
}

static bool only_begun(struct listed *l, const struct row *r)
{
	for (size_t i = 0; i < l->ref.n && l->b->base >= 0; i++)
		if (strat_branch_kind(l->o.strategy, l->ref.v[i].name, NULL) == l->b->base && app_reach_within(&l->reach, &r->at, &l->ref.v[i].id) == APP_WITHIN_ALONG)
			return true;
	return false;
}

/* What the messages of a branch that others go into tell, read once. */
static slu_rc told_of(const struct app_told **out, struct listed *l, const struct flow_ref *branch, slu_err *err)
{
	const slu_oid none = slu_oid_zero();
	struct app_told is;
	for (size_t i = 0; i < l->told.n; i++)
		if (slu_str_eq(l->told.v[i].branch, branch->name)) {
			*out = &l->told.v[i].is;
			return SLU_OK;
		}
	SLU_TRY(app_told_of(&is, l->c->a, l->o.ctx.git.git, l->o.strategy, &branch->id, &none, err));
	struct told *t = SLU_ADD(l->c->a, &l->told);
	*t = (struct told){ branch->name, is };
	*out = &t->is;
	return SLU_OK;
}

/* Was the merge, or the squashed commit, taken back? */
static slu_rc find_revert(struct listed *l, struct row *r, const struct flow_ref *into, slu_err *err)
{
	const struct app_told *told = NULL;
	bool found = false;
	SLU_TRY(told_of(&told, l, into, err));
	for (size_t i = 0; i < told->merge.n && !found; i++) { /* the newest that brought it as it is now */
		found = slu_oid_eq(&told->merge.v[i].brought, &r->at);
		if (found)
			r->reverted = told->merge.v[i].taken_back;
	}
	for (size_t i = 0; i < told->revert.n && !slu_oid_is_zero(&r->squashed); i++)
		if (slu_oid_eq(&told->revert.v[i].what, &r->squashed))
			r->reverted = told->revert.v[i].id;
	return SLU_OK;
}

static slu_rc find_merge(struct listed *l, struct row *r, slu_err *err)
{
	if (only_begun(l, r)) /* another branch that began there may be merged, this one holds nothing yet */
		return SLU_OK;
	for (size_t i = 0; i < l->ref.n && !r->into; i++) {
		int of = strat_branch_kind(l->o.strategy, l->ref.v[i].name, NULL);
		for (size_t k = 0; k < l->b->edge_n && !r->into; k++) {
			const struct strat_edge *e = &l->b->edge[k];
			enum app_within within = e->into == of ? app_reach_within(&l->reach, &r->at, &l->ref.v[i].id) : APP_WITHIN_ALONG;
			if (within == APP_WITHIN_NOT && e->method == STRAT_SQUASH)
				SLU_TRY(app_reach_squashed(&r->squashed, &l->reach, l->o.ctx.git.git, &r->at, &l->ref.v[i].id, err));
			if (within == APP_WITHIN_MERGED || !slu_oid_is_zero(&r->squashed))
				r->into = slu_str_dup(l->c->a, l->ref.v[i].name);
		}
		if (r->into)
			SLU_TRY(find_revert(l, r, &l->ref.v[i], err));
	}
	return SLU_OK;
}

static void report(struct listed *l, struct row *r, const char *what, bool is)
{
	if (is)
		*SLU_ADD(l->c->a, &r->report) = what;
}

static slu_rc look_at(struct listed *l, struct row *r, slu_err *err)
{
	r->last_s = app_reach_time(&l->reach, &r->at);
	if (!slu_oid_is_zero(&r->here) && !slu_oid_is_zero(&r->there) && !slu_oid_eq(&r->here, &r->there))
		r->remote = app_reach_apart(&l->reach, &r->here, &r->there);
	find_base(l, r);
	SLU_TRY(find_merge(l, r, err));
	int64_t idle = l->o.now_s - r->last_s;
	report(l, r, "lifespan", l->b->lifespan_s && r->apart.ahead && l->o.now_s - r->apart.began_s > l->b->lifespan_s);
	report(l, r, "stale", l->b->stale_s && idle > l->b->stale_s);
	report(l, r, "archive", l->b->archive_s && idle > l->b->archive_s);
	report(l, r, "behind", l->b->behind && r->apart.behind > l->b->behind);
	return SLU_OK;
}

static slu_rc find(struct listed *l, slu_err *err)
{
	struct cmd_ctx *c = l->c;
	l->o.ctx.git.a = c->a;
	SLU_TRY(find_branches(l, SLU_STR("refs/heads/"), true, err));
	if (l->o.ctx.remote.n)
		SLU_TRY(find_branches(l, slu_s(slu_printf(c->a, "refs/remotes/%.*s/", SLU_FMT(l->o.ctx.remote))), false, err));
	slu_oid *tip = SLU_NEW_N(c->a, slu_oid, l->ref.n + 1);
	for (size_t i = 0; i < l->ref.n; i++)
		tip[i] = l->ref.v[i].id;
	if (l->row.n)
		SLU_TRY(app_reach_open(&l->reach, c->a, l->o.ctx.git.git, tip, l->ref.n, err));
	for (size_t i = 0; i < l->row.n; i++) {
		struct row *r = &l->row.v[i];
		r->at = slu_oid_is_zero(&r->here) ? r->there : r->here;
		SLU_TRY(look_at(l, r, err));
	}
	return SLU_OK;
}

/* ---- text -------------------------------------------------------------------------------------------------------------------------- */

static const char *ago(struct listed *l, int64_t at_s)
{
	char text[SLU_DURATION_TEXT];
	int64_t s = l->o.now_s > at_s ? l->o.now_s - at_s : 0, unit = s >= 2 * day ? day : s >= 7200 ? 3600 : 60;
	return s < 60 ? "just now" : slu_printf(l->c->a, "%s ago", slu_duration_text(s / unit * unit, text));
}

static const char *where(struct listed *l, const struct row *r)
{
	slu_arena *a = l->c->a;
	if (slu_oid_is_zero(&r->there))
		return "here";
	if (slu_oid_is_zero(&r->here))
		return slu_printf(a, "%.*s", SLU_FMT(l->o.ctx.remote));
	const char *push = r->remote.ahead ? slu_printf(a, ", %llu to push", (unsigned long long)r->remote.ahead) : "";
	const char *pull = r->remote.behind ? slu_printf(a, ", %llu to pull", (unsigned long long)r->remote.behind) : "";
	return slu_printf(a, "here, %.*s%s%s", SLU_FMT(l->o.ctx.remote), push, pull);
}

static const char *says(struct listed *l, const struct row *r)
{
	slu_arena *a = l->c->a;
	const char *text = r->into ? slu_printf(a, "%s into %s%s", slu_oid_is_zero(&r->squashed) ? "merged" : "squashed", r->into, slu_oid_is_zero(&r->reverted) ? "" : ", reverted") : r->base && !r->apart.ahead ? "nothing of its own" : "open";
	for (size_t i = 0; i < r->report.n; i++)
		text = slu_printf(a, "%s, %s", text, strcmp(r->report.v[i], "lifespan") == 0 ? "too old" : strcmp(r->report.v[i], "behind") == 0 ? "too far behind" : strcmp(r->report.v[i], "archive") == 0 ? "to be archived" : "stale");
	return text;
}

static int put_text(struct listed *l)
{
	static const char *const head[] = { "BRANCH", "WHERE", "COMMITS", "LAST", "STATE" };
	struct cmd_ctx *c = l->c;
	struct cmd_table t;
	if (l->row.n == 0) {
		cmd_say(c, "There is no branch of the kind %.*s.", SLU_FMT(l->b->name));
		return 0;
	}
	cmd_table_init(&t, c, 5);
	for (size_t i = 0; i < 5; i++)
		cmd_table_cell(&t, head[i]);
	for (size_t i = 0; i < l->row.n; i++) {
		const struct row *r = &l->row.v[i];
		cmd_table_cell(&t, slu_printf(c->a, "%s%.*s", r->current ? "* " : "", SLU_FMT(r->name)));
		cmd_table_cell(&t, where(l, r));
		cmd_table_cell(&t, r->base ? slu_printf(c->a, "%llu ahead, %llu behind %s", (unsigned long long)r->apart.ahead, (unsigned long long)r->apart.behind, r->base) : "-");
		cmd_table_cell(&t, ago(l, r->last_s));
		cmd_table_cell(&t, says(l, r));
	}
	return cmd_table_put(&t);
}

/* ---- JSON ------------------------------------------------------------------------------------------------------------------------- */

static void put_id(slu_json *j, const char *key, const slu_oid *id)
{
	slu_json_kv_z(j, key, slu_oid_is_zero(id) ? NULL : id->hex);
}

static void put_row(slu_json *j, const struct row *r)
{
	char at[SLU_TIME_TEXT];
	slu_json_open(j, '{');
	slu_json_kv_str(j, "name", r->name);
	put_id(j, "here", &r->here);
	put_id(j, "remote", &r->there);
	slu_json_kv_int(j, "to_push", (int64_t)r->remote.ahead);
	slu_json_kv_int(j, "to_pull", (int64_t)r->remote.behind);
	slu_json_kv_bool(j, "current", r->current);
	slu_json_kv_z(j, "base", r->base);
	slu_json_kv_int(j, "ahead", (int64_t)r->apart.ahead);
	slu_json_kv_int(j, "behind", (int64_t)r->apart.behind);
	slu_json_kv_z(j, "began", r->apart.ahead ? slu_time_text(r->apart.began_s, at) : NULL);
	slu_json_kv_z(j, "last", slu_time_text(r->last_s, at));
	slu_json_kv_z(j, "merged_into", r->into);
	slu_json_kv_z(j, "merged_by", !r->into ? NULL : slu_oid_is_zero(&r->squashed) ? "graph" : "patch");
	put_id(j, "reverted_by", &r->reverted);
	slu_json_key(j, "reported");
	slu_json_open(j, '[');
	for (size_t i = 0; i < r->report.n; i++)
		slu_json_str(j, slu_s(r->report.v[i]));
	slu_json_close(j, ']');
	slu_json_close(j, '}');
}

static int put_json(struct listed *l)
{
	slu_auto_buf b;
	slu_buf_init(&b, 64 * 1024 * 1024);
	slu_json j = slu_json_to(&b);
	slu_json_open(&j, '{');
	slu_json_kv_str(&j, "kind", l->b->name);
	slu_json_key(&j, "branches");
	slu_json_open(&j, '[');
	for (size_t i = 0; i < l->row.n; i++)
		put_row(&j, &l->row.v[i]);
	slu_json_close(&j, ']');
	slu_json_close(&j, '}');
	slu_buf_addc(&b, '\n');
	return cmd_put(l->c, &b);
}

/* Open, and find the kind. Its word may be a command's with a slip in it: whoever types "chnage list" has no kind in mind. */
static int open(struct listed *l, const char *kind)
{
	const char *const typed[] = { kind, "list" };
	struct cmd_ctx *c = l->c;
	const char *near = cmd_near(slu_printf(c->a, "%s list", kind));
	const struct cmd_offline_ask ask = { .anybody = true, .may_have_none = near != NULL };
	int code = cmd_offline_open_as(c, &l->o, &ask);
	if (code)
		return code;
	l->kind = l->o.strategy ? strat_find_branch(l->o.strategy, slu_s(kind)) : STRAT_NONE;
	if (l->kind >= 0)
		return 0;
	return near ? cmd_unknown(c->err, typed, 2) : cmd_usage(c, "The strategy has no kind of branch called %s. It has: %s.", kind, flow_kinds_text(c->a, l->o.strategy));
}

static int list(struct listed *l, const char *kind)
{
	struct cmd_ctx *c = l->c;
	slu_err err = { 0 };
	int code = open(l, kind);
	if (code)
		return code;
	l->b = &l->o.strategy->branch[l->kind];
	if (cmd_whole(c, ": how far branches are apart cannot be told by it", &err) != SLU_OK || find(l, &err) != SLU_OK)
		return cmd_fail(c, &err);
	return c->format == CMD_FORMAT_JSON ? put_json(l) : put_text(l);
}

int cmd_kind_list(struct cmd_ctx *c, const char *kind)
{
	struct listed l = { .c = c };
	int code = list(&l, kind);
	cmd_offline_close(&l.o);
	return code;
}
