/* SPDX-License-Identifier: Apache-2.0 */
#include "app/offline_facts.h"

#include "app/git_known.h"

static const char strategy_file[] = ".sluice/strategy.yml", heads[] = "refs/heads/";

slu_str app_offline_ref(slu_arena *a, const struct app_offline *o, slu_str branch)
{
	if (o->remote.n)
		return slu_s(slu_printf(a, "refs/remotes/%.*s/%.*s", SLU_FMT(o->remote), SLU_FMT(branch)));
	return slu_s(slu_printf(a, "refs/heads/%.*s", SLU_FMT(branch)));
}

static slu_rc fact_ref(void *ctx, slu_arena *a, slu_str full_name, slu_oid *out, slu_err *err)
{
	struct app_offline *o = ctx;
	slu_str where = full_name;
	for (size_t i = 0; i < o->git.pending_n; i++)
		if (slu_str_eq(o->git.pending[i].ref, full_name)) {
			*out = o->git.pending[i].new_;
			return SLU_OK;
		}
	if (slu_str_starts(full_name, "refs/heads/"))
		where = app_offline_ref(a, o, (slu_str){ full_name.p + 11, full_name.n - 11 });
	return o->git.git->ops->ref(o->git.git, where, out, err);
}

static const struct port_git_update *pending_branch(const struct app_offline *o, slu_str name)
{
	for (size_t i = 0; i < o->git.pending_n; i++) {
		const struct port_git_update *u = &o->git.pending[i];
		if (slu_str_starts(u->ref, heads) && slu_str_eq((slu_str){ u->ref.p + strlen(heads), u->ref.n - strlen(heads) }, name))
			return u;
	}
	return NULL;
}

static slu_rc fact_branches(void *ctx, slu_arena *a, const slu_str **name, const slu_oid **head, size_t *n, slu_err *err)
{
	struct app_offline *o = ctx;
	const struct port_git_ref *ref = NULL;
	size_t all = 0, used = 0;
	slu_str prefix = app_offline_ref(a, o, SLU_STR(""));
	SLU_TRY(app_git_refs(&o->git, a, prefix.p, &ref, &all, err));
	slu_str *names = SLU_NEW_N(a, slu_str, all + o->git.pending_n + 1);
	slu_oid *ids = SLU_NEW_N(a, slu_oid, all + o->git.pending_n + 1);
	for (size_t i = 0; i < all; i++) {
		if (!slu_str_starts(ref[i].name, prefix.p))
			continue;
		slu_str short_ = { ref[i].name.p + prefix.n, ref[i].name.n - prefix.n };
		if ((o->remote.n && slu_str_is(short_, "HEAD")) || (o->hidden.n && slu_str_eq(short_, o->hidden)) || pending_branch(o, short_))
			continue;
		names[used] = short_;
		ids[used++] = ref[i].id;
	}
	for (size_t i = 0; i < o->git.pending_n; i++) {
		const struct port_git_update *u = &o->git.pending[i];
		if (!slu_str_starts(u->ref, heads) || slu_oid_is_zero(&u->new_))
			continue;
		names[used] = (slu_str){ u->ref.p + strlen(heads), u->ref.n - strlen(heads) };
		ids[used++] = u->new_;
	}
	*name = names;
	*head = ids;
	*n = used;
	return SLU_OK;
}

static slu_rc fact_person(void *ctx, slu_arena *a, slu_str name, struct pol_person *out, slu_err *err)
{
	const struct app_offline *o = ctx;
	(void)a, (void)err;
	*out = (struct pol_person){ 0 };
	if (slu_str_eq(name, o->person))
		*out = (struct pol_person){ .known = true, .level = o->level, .role = o->role, .role_n = o->role_n };
	return SLU_OK;
}

/* A merge brings the head itself; a squash or rebase brings commits of its own. */
static slu_rc may_be_merged(struct app_offline *o, slu_str name, const slu_oid *head, int into, const slu_oid *old, bool *out, slu_err *err)
{
	port_git *g = o->git.git;
	int kind = strat_branch_kind(o->merging, name, NULL);
	const struct strat_edge *edge = NULL;
	bool held = false, brought = true;
	for (size_t i = 0; kind >= 0 && i < o->merging->branch[kind].edge_n; i++)
		if (o->merging->branch[kind].edge[i].into == into)
			edge = &o->merging->branch[kind].edge[i];
	if (edge)
		SLU_TRY(g->ops->is_ancestor(g, head, old, &held, err));
	if (edge && !held && (edge->method == STRAT_MERGE || edge->method == STRAT_FAST_FORWARD))
		SLU_TRY(g->ops->is_ancestor(g, head, &o->pushed, &brought, err));
	*out = edge && !held && brought;
	return SLU_OK;
}

/* The i-th branch is change i + 1. */
static slu_rc fact_open_changes(void *ctx, slu_arena *a, slu_str target, const uint64_t **out, size_t *n, slu_err *err)
{
	struct app_offline *o = ctx;
	const slu_str *name = NULL;
	const slu_oid *head = NULL;
	slu_oid old;
	size_t all = 0, used = 0;
	int into = strat_branch_kind(o->merging, target, NULL);
	SLU_TRY(fact_ref(ctx, a, slu_s(slu_printf(a, "refs/heads/%.*s", SLU_FMT(target))), &old, err));
	if (into >= 0 && !slu_oid_is_zero(&old))
		SLU_TRY(fact_branches(ctx, a, &name, &head, &all, err));
	uint64_t *list = SLU_NEW_N(a, uint64_t, all + 1);
	for (size_t i = 0; i < all; i++) {
		bool may = false;
		if (!slu_str_eq(name[i], target))
			SLU_TRY(may_be_merged(o, name[i], &head[i], into, &old, &may, err));
		if (may)
			list[used++] = i + 1;
	}
	o->merged_into = target;
	*out = list;
	*n = used;
	return SLU_OK;
}

static slu_rc branch_as_change(struct app_offline *o, slu_arena *a, uint64_t number, struct pol_change *out, slu_err *err)
{
	const slu_str *name = NULL;
	const slu_oid *head = NULL;
	slu_oid target;
	size_t n = 0;
	SLU_TRY(fact_branches(o, a, &name, &head, &n, err));
	SLU_TRY(fact_ref(o, a, slu_s(slu_printf(a, "refs/heads/%.*s", SLU_FMT(o->merged_into))), &target, err));
	if (number > n)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no change %llu.", (unsigned long long)number);
	*out = (struct pol_change){ .number = number, .source = name[number - 1], .target = o->merged_into, .author = o->person, .last_pusher = o->person, .head = head[number - 1], .target_head = target,
		.head_known = true, .git_only = true };
	return SLU_OK;
}

static slu_rc fact_change(void *ctx, slu_arena *a, uint64_t number, struct pol_change *out, slu_err *err)
{
	struct app_offline *o = ctx;
	slu_oid target;
	if (number != 0 && o->merging)
		return branch_as_change(o, a, number, out, err);
	if (number != 0 || o->source.n == 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "Change %llu is not known in a clone: only the server knows changes.", (unsigned long long)number);
	SLU_TRY(fact_ref(ctx, a, slu_s(slu_printf(a, "refs/heads/%.*s", SLU_FMT(o->target))), &target, err));
	*out = (struct pol_change){ .title = o->title, .again = o->again, .source = o->source, .target = o->target, .author = o->person, .last_pusher = o->person, .head = o->source_head, .target_head = target,
		.head_known = !slu_oid_is_zero(&o->source_head), .git_only = true };
	return SLU_OK;
}

static slu_rc fact_tag(void *ctx, slu_arena *a, const slu_oid *id, struct pol_tag *out, slu_err *err)
{
	struct app_offline *o = ctx;
	if (!o->planned || !slu_oid_eq(id, &o->planned->commit))
		return o->git.git->ops->tag(o->git.git, a, id, out, err);
	*out = *o->planned;
	return SLU_OK;
}

static slu_rc fact_files(void *ctx, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, const struct pol_file **out, size_t *n, slu_err *err)
{
	struct app_offline *o = ctx;
	if (!o->files)
		return app_git_files(&o->git, a, tip, not_, not_n, out, n, err);
	const struct app_offline_files *f = slu_map_get(o->files, slu_s(tip->hex));
	*out = f ? f->v : NULL;
	*n = f ? f->n : 0;
	return SLU_OK;
}

static slu_rc fact_merge_tree(void *ctx, slu_arena *a, const slu_oid *ours, const slu_oid *theirs, slu_oid *tree, bool *clean, slu_err *err)
{
	const struct app_offline *o = ctx;
	struct pol_facts git = { 0 };
	app_git_facts_fill(&git);
	SLU_TRY(git.merge_tree(ctx, a, ours, theirs, tree, clean, err));
	*clean = *clean || o->solves;
	return SLU_OK;
}

void app_offline_facts(struct pol_facts *out, struct app_offline *o)
{
	*out = (struct pol_facts){ .ctx = o, .no_server = true };
	app_git_facts_fill(out);
	out->ref = fact_ref;
	out->branches = fact_branches;
	out->person = o->person.n ? fact_person : NULL;
	out->change = fact_change;
	out->open_changes = o->merging ? fact_open_changes : NULL;
	out->files = fact_files;
	out->merge_tree = fact_merge_tree;
	out->tag = fact_tag;
}

/* Git gives the files commit after commit. */
slu_rc app_offline_files_of(slu_map **out, slu_arena *a, struct app_offline *o, const slu_oid *tip, const slu_oid *not_, size_t not_n, slu_err *err)
{
	const struct pol_file *file = NULL;
	size_t n = 0;
	SLU_TRY(o->git.git->ops->files(o->git.git, a, tip, not_, not_n, &file, &n, err));
	slu_map *map = slu_map_new(a);
	for (size_t i = 0, from = 0; i < n; i++) {
		if (i + 1 < n && slu_oid_eq(&file[i].commit, &file[i + 1].commit))
			continue;
		struct app_offline_files *f = SLU_NEW(a, struct app_offline_files);
		*f = (struct app_offline_files){ file + from, i + 1 - from };
		slu_map_put(map, slu_s(file[i].commit.hex), f);
		from = i + 1;
	}
	*out = map;
	return SLU_OK;
}

struct at_commit {
	port_git *git;
	slu_oid commit;
};

/* `extends` of a file of the same repository; another repository's file is known to its server only. */
static slu_rc load(void *ctx, slu_arena *a, slu_str what, slu_str *text, slu_err *err)
{
	struct at_commit *at = ctx;
	bool found = false;
	if (!memchr(what.p, ':', what.n))
		SLU_TRY(at->git->ops->file_at(at->git, a, &at->commit, what, text, &found, err));
	if (found)
		return SLU_OK;
	return slu_fail(err, SLU_E_NOT_FOUND, "%.*s is neither a preset nor a file of this repository; another repository's file is known on its server only.", SLU_FMT(what));
}

slu_rc app_offline_strategy(const strat **out, strat_issues *issues, slu_arena *a, const struct app_offline *o, slu_str default_branch, slu_oid *commit, slu_err *err)
{
	port_git *g = o->git.git;
	struct at_commit at = { .git = g };
	slu_str text = { NULL, 0 };
	bool found = false;
	SLU_TRY(g->ops->ref(g, app_offline_ref(a, o, default_branch), &at.commit, err));
	if (!slu_oid_is_zero(&at.commit))
		SLU_TRY(g->ops->file_at(g, a, &at.commit, slu_s(strategy_file), &text, &found, err));
	if (!found)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no %s on the default branch %.*s.", strategy_file, SLU_FMT(default_branch));
	*commit = at.commit;
	return strat_compile(out, issues, a, text, strategy_file, load, &at, err);
}
