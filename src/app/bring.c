/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bring.h"

#include "app/audit.h"
#include "app/changes_impl.h"
#include "app/land.h"
#include "app/push_impl.h"
#include "app/release_files.h"

static const char heads[] = "refs/heads/";

/* ---- the commit ------------------------------------------------------------------------------------------------------------------ */

/* "Merge change 7 into develop (back-merge)" */
static const char *subject_of(slu_arena *a, const struct app_bring *b)
{
	return slu_printf(a, "Merge change %llu into %s (%s)\n", (unsigned long long)b->change, b->branch, b->how);
}

/* Where both sides differ only in what releases wrote, it is known what is right: as in a clone. */
static slu_rc settle(bool *done, slu_oid *tree, struct app_unit *u, struct app_repo *r, const struct app_bring *b, const struct port_git_conflict *c, size_t n, slu_err *err)
{
	const struct app_release_files w = { .a = u->a, .git = r->git, .s = r->strategy, .now_s = u->now_s };
	slu_str *path = SLU_NEW_N(u->a, slu_str, n);

	for (size_t i = 0; i < n; i++)
		path[i] = c[i].path;
	return app_release_settle(tree, done, &w, b->version, &(struct app_release_torn){ b->into, b->what, path, n }, err);
}

slu_rc app_bring_make(slu_oid *made, const char **both, struct app_unit *u, struct app_repo *r, const struct app_bring *b, slu_err *err)
{
	port_git *g = r->git;
	const struct port_git_ident author = app_ident(u), server = app_server_ident(u);
	const struct port_git_conflict *c = NULL;
	const slu_oid parents[2] = { b->into, b->what };
	slu_oid tree = { 0 };
	bool settled = false;
	size_t n = 0;

	*both = "";
	SLU_TRY(g->ops->merge_tree(g, u->a, &b->into, &b->what, &tree, &c, &n, err));
	if (n)
		SLU_TRY(settle(&settled, &tree, u, r, b, c, n, err));
	if (n && !settled) {
		*both = app_conflict_text(u->a, c, n);
		return SLU_OK;
	}
	const char *text = slu_printf(u->a, "%s\n%.*s\n", subject_of(u->a, b), SLU_FMT(b->title));
	return g->ops->commit_make(g, &tree, parents, 2, &author, &server, slu_s(text), made, err);
}

/* ---- what waits ------------------------------------------------------------------------------------------------------------------ */

struct waiting {
	struct app_bring b;
	struct port_change change; /* that brings it */
	struct port_git_update update[2];
	struct app_push_ref ref[2];
	size_t n;
};

/* The release tag that stands on it: the version that went back with it. */
static slu_rc released_as(slu_str *out, struct app_unit *u, struct app_repo *r, const slu_oid *commit, slu_err *err)
{
	const struct port_git_ref *tag = NULL;
	size_t n = 0;
	SLU_TRY(r->git->ops->refs(r->git, u->a, SLU_STR("refs/tags/"), &tag, &n, err));
	for (size_t i = 0; i < n && out->n == 0; i++) {
		slu_str name = { tag[i].name.p + strlen("refs/tags/"), tag[i].name.n - strlen("refs/tags/") };
		struct strat_captures caps = { 0 };
		int cls = slu_oid_eq(&tag[i].peeled, commit) ? strat_tag_class(r->strategy, name, &caps) : STRAT_NONE;
		if (cls >= 0 && r->strategy->tag[cls].type == STRAT_TAG_RELEASE)
			*out = caps.v[STRAT_CAP_VERSION];
	}
	return SLU_OK;
}

/* A person may push to such a branch what resolves a conflict: what lands unseen is of the merge that it follows from, and made as the system makes it. */
static slu_rc is_ours(bool *out, const struct waiting *w, const struct port_change *from, const struct pol_commit *head, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct app_bring again = w->b;
	struct pol_commit c;
	slu_oid made;
	const char *both = "";
	*out = slu_oid_eq(&w->b.what, &from->head);
	if (from->state == POL_CHANGE_MERGED && !*out)
		SLU_TRY(r->git->ops->is_ancestor(r->git, &w->b.what, &from->merged_as, out, err));
	if (from->state != POL_CHANGE_MERGED || !*out)
		return SLU_OK;
	again.into = head->parent[0];
	SLU_TRY(app_bring_make(&made, &both, u, r, &again, err));
	*out = !*both;
	if (!*both)
		SLU_TRY(r->git->ops->commit(r->git, u->a, &made, &c, err));
	*out = !*both && slu_oid_eq(&c.tree, &head->tree);
	return SLU_OK;
}

/* Its change, and the commit that the system computed for it. *found false: it waits for a person, or for nothing. */
static slu_rc look(bool *found, struct waiting *w, struct app_unit *u, struct app_repo *r, const struct port_git_ref *at, slu_err *err)
{
	slu_str branch = { at->name.p + strlen(heads), at->name.n - strlen(heads) };
	struct pol_owed o;
	const struct port_change *list = NULL;
	struct port_change from;
	struct pol_commit head;
	size_t n = 0;
	*found = false;
	if (!pol_owed_of(&o, branch) || o.change == 0)
		return SLU_OK;
	w->b = (struct app_bring){ .change = o.change, .branch = slu_str_dup(u->a, o.into), .how = slu_str_dup(u->a, o.how) };
	const struct port_change_filter open = { .open = true, .source = branch, .target = o.into };
	SLU_TRY(port_change_list(u->store, u->a, r->id, &open, NULL, &list, &n, err));
	SLU_TRY(r->git->ops->ref(r->git, app_branch_ref(u, o.into), &w->b.into, err));
	SLU_TRY(r->git->ops->commit(r->git, u->a, &at->id, &head, err));
	if (n == 0 || slu_oid_is_zero(&w->b.into) || head.parent_n != 2 || !slu_str_starts(head.message, subject_of(u->a, &w->b)))
		return SLU_OK;
	SLU_TRY(port_change_get(u->store, u->a, r->id, o.change, &from, err));
	w->change = list[0];
	w->b.what = head.parent[1];
	w->b.title = from.title;
	SLU_TRY(released_as(&w->b.version, u, r, &w->b.what, err));
	return is_ours(found, w, &from, &head, u, r, err);
}

static slu_rc judged(struct waiting *w, struct app_unit *u, struct app_repo *r, enum pol_verb verb, slu_str ref, const slu_oid *old, const slu_oid *new_, slu_err *err)
{
	const struct pol_action act = { .verb = verb, .ref = ref, .old = *old, .new_ = *new_, .cause = POL_BY_MERGE };
	struct app_push_ref *x = &w->ref[w->n];
	*x = (struct app_push_ref){ 0 };
	SLU_TRY(app_decide(&x->verdict, u, r, &act, err));
	w->update[w->n] = (struct port_git_update){ .ref = ref, .old = *old, .new_ = *new_ };
	return SLU_OK;
}

static slu_rc record(void *ctx, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	const struct waiting *w = ctx;
	const struct app_push p = { .update = w->update, .n = w->n, .via = "merge" };
	slu_str head = { 0 };
	SLU_TRY(app_push_write(u, r, &p, w->ref, err));
	return app_audit_publish(&head, u, err);
}

static slu_rc move(struct waiting *w, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	const struct app_land l = { .update = w->update, .n = w->n, .reflog = slu_s(slu_printf(u->a, "%s of change %llu", w->b.how, (unsigned long long)w->b.change)), .record = record, .ctx = w };
	for (size_t i = 0; i < w->n; i++)
		SLU_TRY(app_verdict_rc(&w->ref[i].verdict, err));
	return app_land(u, r, &l, err);
}

/* The branch goes; its change is merged by that, or closed. */
static slu_rc let_go(struct waiting *w, struct app_unit *u, struct app_repo *r, const struct port_git_ref *at, slu_err *err)
{
	const slu_oid none = slu_oid_zero();
	SLU_TRY(judged(w, u, r, POL_DELETE, at->name, &at->id, &none, err));
	w->n++;
	return move(w, u, r, err);
}

static slu_rc one(int64_t *until_s, struct app_unit *u, struct app_repo *r, const struct port_git_ref *at, slu_err *err)
{
	struct waiting w = { 0 };
	struct pol_commit head;
	slu_oid made = at->id;
	const char *both = "";
	bool found = false, inside = false;
	SLU_TRY(look(&found, &w, u, r, at, err));
	if (!found)
		return SLU_OK;
	SLU_TRY(r->git->ops->is_ancestor(r->git, &w.b.what, &w.b.into, &inside, err));
	if (inside)
		return let_go(&w, u, r, at, err);
	SLU_TRY(r->git->ops->commit(r->git, u->a, &at->id, &head, err));
	bool old = !slu_oid_eq(&head.parent[0], &w.b.into);
	if (old)
		SLU_TRY(app_bring_make(&made, &both, u, r, &w.b, err));
	if (*both) { /* a person's from here on, as if it had conflicted at once */
		SLU_TRY(judged(&w, u, r, POL_FORCE_PUSH, at->name, &at->id, &w.b.what, err));
		w.n = 1;
		return move(&w, u, r, err);
	}
	SLU_TRY(judged(&w, u, r, POL_PUSH, app_branch_ref(u, slu_s(w.b.branch)), &w.b.into, &made, err));
	if (w.ref[0].verdict.answer == POL_ALLOW) {
		w.ref[0].merges_change = w.change.number;
		w.n = 1;
		return let_go(&w, u, r, at, err);
	}
	if (w.ref[0].verdict.until_s && w.ref[0].verdict.until_s < *until_s)
		*until_s = w.ref[0].verdict.until_s;
	if (!old)
		return SLU_OK;
	SLU_TRY(judged(&w, u, r, POL_FORCE_PUSH, at->name, &at->id, &made, err));
	w.n = 1;
	return move(&w, u, r, err);
}

static slu_rc locked(int64_t *until_s, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	static const char *const below[] = { "refs/heads/sluice/back-merge/", "refs/heads/sluice/also-into/" };
	SLU_TRY(app_repo_refresh(u, r, err));
	for (size_t k = 0; k < sizeof below / sizeof *below; k++) {
		const struct port_git_ref *ref = NULL;
		size_t n = 0;
		SLU_TRY(r->git->ops->refs(r->git, u->a, slu_s(below[k]), &ref, &n, err));
		for (size_t i = 0; i < n; i++)
			SLU_TRY(one(until_s, u, r, &ref[i], err));
	}
	return SLU_OK;
}

slu_rc app_bring_waiting(int64_t *until_s, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	if (r->read_only)
		return SLU_OK;
	SLU_TRY(app_repo_lock(u->app, r->id, err));
	slu_rc rc = locked(until_s, u, r, err);
	app_repo_unlock(u->app, r->id);
	return rc;
}
