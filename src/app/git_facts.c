/* SPDX-License-Identifier: Apache-2.0 */
#include "app/git_known.h"
#include "base/map.h"

static const struct app_git_facts *self(void *ctx)
{
	return ctx;
}

static port_git *git_of(void *ctx)
{
	return self(ctx)->git;
}

static const struct port_git_update *pending_of(const struct app_git_facts *g, slu_str ref)
{
	for (size_t i = 0; i < g->pending_n; i++)
		if (slu_str_eq(g->pending[i].ref, ref))
			return &g->pending[i];
	return NULL;
}

static slu_rc fact_ref(void *ctx, slu_arena *a, slu_str full_name, slu_oid *out, slu_err *err)
{
	(void)a;
	const struct port_git_update *u = pending_of(self(ctx), full_name);
	if (u) {
		*out = u->new_;
		return SLU_OK;
	}
	return git_of(ctx)->ops->ref(git_of(ctx), full_name, out, err);
}

/* Names of one namespace without its prefix, and what each finally names; pending updates in place of what is stored. */
static slu_rc list_refs(void *ctx, slu_arena *a, const char *prefix, const slu_str **name, const slu_oid **id, size_t *n, slu_err *err)
{
	const struct app_git_facts *g = self(ctx);
	const struct port_git_ref *ref = NULL;
	size_t ref_n = 0, used = 0, skip = strlen(prefix);
	SLU_TRY(app_git_refs(ctx, a, prefix, &ref, &ref_n, err));
	slu_str *names = SLU_NEW_N(a, slu_str, ref_n + g->pending_n + 1);
	slu_oid *ids = SLU_NEW_N(a, slu_oid, ref_n + g->pending_n + 1);
	for (size_t i = 0; i < ref_n; i++) {
		if (!slu_str_starts(ref[i].name, prefix) || pending_of(g, ref[i].name))
			continue;
		names[used] = (slu_str){ ref[i].name.p + skip, ref[i].name.n - skip };
		ids[used++] = slu_oid_is_zero(&ref[i].peeled) ? ref[i].id : ref[i].peeled;
	}
	for (size_t i = 0; i < g->pending_n; i++) {
		const struct port_git_update *u = &g->pending[i];
		if (!slu_str_starts(u->ref, prefix) || slu_oid_is_zero(&u->new_))
			continue;
		names[used] = (slu_str){ u->ref.p + skip, u->ref.n - skip };
		ids[used++] = u->new_;
	}
	*name = names;
	*id = ids;
	*n = used;
	return SLU_OK;
}

static slu_rc fact_branches(void *ctx, slu_arena *a, const slu_str **name, const slu_oid **head, size_t *n, slu_err *err)
{
	return list_refs(ctx, a, "refs/heads/", name, head, n, err);
}

static slu_rc fact_tags(void *ctx, slu_arena *a, const slu_str **name, const slu_oid **commit, size_t *n, slu_err *err)
{
	return list_refs(ctx, a, "refs/tags/", name, commit, n, err);
}

static slu_rc fact_commit(void *ctx, slu_arena *a, const slu_oid *id, struct pol_commit *out, slu_err *err)
{
	return git_of(ctx)->ops->commit(git_of(ctx), a, id, out, err);
}

static slu_rc fact_tag(void *ctx, slu_arena *a, const slu_oid *id, struct pol_tag *out, slu_err *err)
{
	return git_of(ctx)->ops->tag(git_of(ctx), a, id, out, err);
}

static slu_rc fact_is_ancestor(void *ctx, slu_arena *a, const slu_oid *anc, const slu_oid *of, bool *out, slu_err *err)
{
	(void)a;
	return git_of(ctx)->ops->is_ancestor(git_of(ctx), anc, of, out, err);
}

static slu_rc fact_range(void *ctx, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, size_t max, const slu_oid **out, size_t *n, slu_err *err)
{
	return app_git_range(ctx, a, tip, not_, not_n, max, out, n, err);
}

static slu_rc fact_files(void *ctx, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, const struct pol_file **out, size_t *n, slu_err *err)
{
	return app_git_files(ctx, a, tip, not_, not_n, out, n, err);
}

static slu_rc fact_secrets(void *ctx, slu_arena *a, const struct pol_file *file, size_t file_n, const struct pol_secret **out, size_t *n, slu_err *err)
{
	return app_git_secrets(ctx, a, file, file_n, out, n, err);
}

static slu_rc fact_signature(void *ctx, slu_arena *a, const slu_oid *id, const struct pol_signers *by, int64_t now_s, struct pol_signature *out, slu_err *err)
{
	return git_of(ctx)->ops->signature(git_of(ctx), a, id, by, now_s, out, err);
}

/* Where one side holds the other there is nothing to merge: the result is its tree. *told false: Git has to be asked. */
static slu_rc one_holds_the_other(port_git *g, slu_arena *a, const slu_oid *ours, const slu_oid *theirs, slu_oid *tree, bool *told, slu_err *err)
{
	const slu_oid *const whole[] = { theirs, ours }, *const part[] = { ours, theirs };
	*told = false;
	for (size_t i = 0; i < 2 && !*told; i++) {
		struct pol_commit c;
		SLU_TRY(g->ops->is_ancestor(g, part[i], whole[i], told, err));
		if (!*told)
			continue;
		SLU_TRY(g->ops->commit(g, a, whole[i], &c, err));
		*tree = c.tree;
	}
	return SLU_OK;
}

static slu_rc fact_merge_tree(void *ctx, slu_arena *a, const slu_oid *ours, const slu_oid *theirs, slu_oid *tree, bool *clean, slu_err *err)
{
	const struct port_git_conflict *conflict = NULL;
	size_t conflict_n = 0;
	slu_oid made = slu_oid_zero();
	bool told = false;
	SLU_TRY(one_holds_the_other(git_of(ctx), a, ours, theirs, &made, &told, err));
	if (!told)
		SLU_TRY(git_of(ctx)->ops->merge_tree(git_of(ctx), a, ours, theirs, &made, &conflict, &conflict_n, err));
	*tree = made;
	*clean = conflict_n == 0;
	return SLU_OK;
}

static slu_rc fact_file_at(void *ctx, slu_arena *a, const slu_oid *commit, slu_str path, slu_str *text, bool *found, slu_err *err)
{
	return git_of(ctx)->ops->file_at(git_of(ctx), a, commit, path, text, found, err);
}

/* ---- paths that differ ---------------------------------------------------------------------------------------------------- */

/* Git knows the tree without entries in every repository, by the id that it has there. */
static slu_oid empty_tree(const slu_oid *like)
{
	slu_oid id = slu_oid_zero();
	(void)!slu_oid_parse(&id, strlen(like->hex) == 64 ? SLU_STR("6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321") : SLU_STR("4b825dc642cb6eb9a060e54bf8d69288fbee4904"), NULL);
	return id;
}

static slu_rc add_paths(slu_map *to, port_git *g, slu_arena *a, const slu_oid *from, const slu_oid *tip, slu_err *err)
{
	const struct port_git_diff_file *f = NULL;
	size_t n = 0;
	slu_oid start = slu_oid_is_zero(from) ? empty_tree(tip) : *from;
	SLU_TRY(g->ops->diff(g, a, &start, tip, 0, &f, &n, err));
	for (size_t i = 0; i < n; i++) {
		if (f[i].old_path.n)
			slu_map_put(to, f[i].old_path, to);
		if (f[i].new_path.n)
			slu_map_put(to, f[i].new_path, to);
	}
	return SLU_OK;
}

/* Since they parted, as people are shown it; and what would land, which a rename on the other side may lead to other paths. */
static slu_rc add_merged(slu_map *to, void *ctx, slu_arena *a, const slu_oid *into, const slu_oid *tip, slu_err *err)
{
	port_git *g = git_of(ctx);
	const slu_oid *base = NULL;
	const slu_oid none = slu_oid_zero();
	slu_oid tree;
	size_t n = 0;
	bool clean;
	SLU_TRY(g->ops->merge_bases(g, a, into, tip, &base, &n, err));
	for (size_t i = 0; i < n; i++)
		SLU_TRY(add_paths(to, g, a, &base[i], tip, err));
	if (n == 0)
		return add_paths(to, g, a, &none, tip, err);
	if (n == 1 && slu_oid_eq(&base[0], into))
		return SLU_OK;
	SLU_TRY(fact_merge_tree(ctx, a, into, tip, &tree, &clean, err));
	return add_paths(to, g, a, into, &tree, err);
}

static slu_rc fact_paths(void *ctx, slu_arena *a, const slu_oid *from, const slu_oid *to, bool merge, const slu_str **out, size_t *n, slu_err *err)
{
	slu_map *all = slu_map_new(a);
	if (merge && !slu_oid_is_zero(from))
		SLU_TRY(add_merged(all, ctx, a, from, to, err));
	else
		SLU_TRY(add_paths(all, git_of(ctx), a, from, to, err));
	slu_str *list = SLU_NEW_N(a, slu_str, slu_map_size(all) + 1);
	for (size_t i = 0; i < slu_map_size(all); i++)
		list[i] = slu_map_key(all, i);
	*out = list;
	*n = slu_map_size(all);
	return SLU_OK;
}

void app_git_facts_fill(struct pol_facts *f)
{
	f->ref = fact_ref;
	f->branches = fact_branches;
	f->tags = fact_tags;
	f->commit = fact_commit;
	f->tag = fact_tag;
	f->is_ancestor = fact_is_ancestor;
	f->range = fact_range;
	f->files = fact_files;
	f->secrets = fact_secrets;
	f->signature = fact_signature;
	f->merge_tree = fact_merge_tree;
	f->paths = fact_paths;
	f->file_at = fact_file_at;
}
