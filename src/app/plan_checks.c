/* SPDX-License-Identifier: Apache-2.0 */
/* Checks that a plan's branches want, where no server knows them: who tests says so by a ref on the remote. */
#include "app/plan_checks.h"

static const char heads[] = "refs/heads/";

/* The check of a row that waits for it, and that nobody here can tell; n == 0: another row. */
static slu_str check_of(const struct pol_row *row)
{
	static const char word[] = ".checks.";
	const char *at = row->unknown && row->state == POL_WAITING ? strstr(row->rule, word) : NULL;
	return at ? slu_s(at + strlen(word)) : (slu_str){ 0 };
}

static void add(struct app_plan *p, const struct pol_action *act, slu_str branch, slu_str check)
{
	for (size_t i = 0; i < p->want.n; i++)
		if (slu_str_eq(p->want.v[i].branch, branch) && slu_str_eq(p->want.v[i].check, check))
			return;
	*SLU_ADD(p->a, &p->want) = (struct app_plan_want){ .branch = slu_s(slu_str_dup(p->a, branch)), .check = slu_s(slu_str_dup(p->a, check)), .on = act->new_, .begins = act->verb == POL_CREATE };
}

void app_plan_wants(struct app_plan *p, const struct pol_action *act, const struct pol_verdict *v)
{
	slu_str branch = act->verb == POL_MERGE ? act->target : slu_str_starts(act->ref, heads) ? (slu_str){ act->ref.p + strlen(heads), act->ref.n - strlen(heads) } : (slu_str){ 0 };
	for (size_t i = 0; branch.n && i < v->row.n; i++) {
		slu_str check = check_of(&v->row.v[i]);
		if (check.n)
			add(p, act, branch, check);
	}
}

/* As a part of a ref's name: what could mean something there is written as %2F. */
static const char *in_ref(slu_arena *a, slu_str text)
{
	slu_auto_buf b;
	slu_buf_init(&b, 64 * 1024);
	for (size_t i = 0; i < text.n; i++) {
		unsigned char ch = (unsigned char)text.p[i];
		bool fine = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '-' || ch == '_';
		slu_buf_addf(&b, fine ? "%c" : "%%%02X", ch);
	}
	return slu_str_dup(a, slu_buf_str(&b));
}

const char *app_plan_checked_ref(slu_arena *a, const slu_oid *on, slu_str check)
{
	return slu_printf(a, "refs/sluice/checked/%s/%s", on->hex, in_ref(a, check));
}

static bool says(slu_arena *a, const struct app_plan_refs *r, const slu_oid *on, slu_str check)
{
	slu_str name = slu_s(app_plan_checked_ref(a, on, check));
	for (size_t i = 0; i < r->n; i++)
		if (slu_str_eq(r->v[i].name, name) && slu_oid_eq(&r->v[i].id, on))
			return true;
	return false;
}

slu_rc app_plan_is_checked(bool *out, slu_arena *a, port_git *g, const struct app_plan_refs *r, const slu_oid *on, slu_str check, slu_err *err)
{
	struct pol_commit c, parent;
	*out = says(a, r, on, check);
	SLU_TRY(g->ops->commit(g, a, on, &c, err));
	for (size_t i = 0; i < c.parent_n && !*out; i++) {
		SLU_TRY(g->ops->commit(g, a, &c.parent[i], &parent, err));
		*out = slu_oid_eq(&parent.tree, &c.tree) && says(a, r, &c.parent[i], check);
	}
	return SLU_OK;
}

slu_rc app_plan_checks(struct app_plan *p, const struct app_plan_refs *r, slu_err *err)
{
	size_t kept = 0;
	for (size_t i = 0; i < p->want.n; i++) {
		struct app_plan_want w = p->want.v[i];
		if (!w.begins)
			SLU_TRY(app_plan_at(&w.on, p, slu_s(slu_printf(p->a, "%s%.*s", heads, SLU_FMT(w.branch))), err));
		if (slu_oid_is_zero(&w.on))
			continue; /* a branch that the plan deletes is not what lands */
		SLU_TRY(app_plan_is_checked(&w.passed, p->a, p->git, r, &w.on, w.check, err));
		p->want.v[kept++] = w;
	}
	p->want.n = kept;
	return SLU_OK;
}

/* ---- commits of an earlier try ------------------------------------------------------------------------------------------------- */

static bool same_commit(const struct pol_commit *c, const slu_oid *tree, const slu_oid *parent, size_t parent_n, const struct port_git_ident *author, slu_str message)
{
	bool same = slu_oid_eq(&c->tree, tree) && c->parent_n == parent_n && slu_str_eq(c->message, message) &&
	            (!author || (slu_str_eq(c->author_name, author->name) && slu_str_eq(c->author_email, author->email) && c->author_time_s == author->time_s));
	for (size_t i = 0; same && i < parent_n; i++)
		same = slu_oid_eq(&c->parent[i], &parent[i]);
	return same;
}

slu_rc app_plan_commit(struct app_plan *p, const slu_oid *tree, const slu_oid *parent, size_t parent_n, const struct port_git_ident *author, slu_str message, slu_oid *out, slu_err *err)
{
	for (size_t i = 0; i < p->before.n; i++) {
		struct pol_commit c;
		slu_rc rc = p->git->ops->commit(p->git, p->a, &p->before.v[i], &c, NULL);
		if (rc != SLU_OK || !same_commit(&c, tree, parent, parent_n, author, message))
			continue; /* also one that was cleared away meanwhile */
		*out = c.id;
		*SLU_ADD(p->a, &p->made) = c.id;
		return SLU_OK;
	}
	SLU_TRY(p->clone->ops->commit(p->clone, tree, parent, parent_n, author, message, out, err));
	*SLU_ADD(p->a, &p->made) = *out;
	return SLU_OK;
}
