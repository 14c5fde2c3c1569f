/* SPDX-License-Identifier: Apache-2.0 */
/* One act of the past, and the facts as they were then: branches where their lines were, and nothing that Git does not write down. */
#include "insight/replay_impl.h"

struct then { /* what facts are asked about */
	struct replay *r;
	const struct ins_act *act;
	int64_t time_s;
	uint32_t into, from; /* where target and source were; INS_NONE */
	bool wide;           /* something was asked that is not in replay_alike */
};

static int64_t author_line_time(const struct replay *r, uint32_t c)
{
	return c == INS_NONE ? 0 : r->h->time_s[c];
}

int64_t replay_time(const struct replay *r, const struct ins_act *act)
{
	if (act->kind == INS_TAG && r->q->tag[act->tag].tag.tagger_time_s)
		return r->q->tag[act->tag].tag.tagger_time_s;
	return author_line_time(r, act->commit);
}

/* ---- facts --------------------------------------------------------------------------------------------------------------- */

static slu_oid id_of(const struct then *t, uint32_t c)
{
	return c == INS_NONE ? slu_oid_zero() : slu_oids_at(&t->r->h->id, c);
}

/* A branch at that time; the two that the act is about as its commit says. A tag that says no time may stand on all that there is now. */
static uint32_t head_of(const struct then *t, const struct ins_line *l)
{
	bool timeless = t->act->kind == INS_TAG && !t->r->q->tag[t->act->tag].tag.tagger_time_s;
	if (slu_str_eq(l->name, t->act->target))
		return t->into;
	if (slu_str_eq(l->name, t->act->source))
		return t->from;
	return timeless ? l->head : ins_line_at(t->r->h, l, t->time_s);
}

static slu_rc fact_ref(void *ctx, slu_arena *a, slu_str name, slu_oid *out, slu_err *err)
{
	struct then *t = ctx;
	(void)a, (void)err;
	*out = slu_oid_zero();
	t->wide = true;
	if (!slu_str_starts(name, "refs/heads/"))
		return SLU_OK;
	slu_str branch = { name.p + 11, name.n - 11 };
	uint32_t line = ins_find_line(t->r->h, branch);
	if (slu_str_eq(branch, t->act->target))
		*out = id_of(t, t->into);
	else if (slu_str_eq(branch, t->act->source))
		*out = id_of(t, t->from);
	else if (line != INS_NONE)
		*out = id_of(t, head_of(t, &t->r->h->line[line]));
	return SLU_OK;
}

/* Branches of no kind would not be there. */
static slu_rc fact_branches(void *ctx, slu_arena *a, const slu_str **name, const slu_oid **head, size_t *n, slu_err *err)
{
	struct then *t = ctx;
	const ins_history *h = t->r->h;
	slu_str *names = SLU_NEW_N(a, slu_str, h->line_n + 2);
	slu_oid *heads = SLU_NEW_N(a, slu_oid, h->line_n + 2);
	bool into = false, from = false;
	(void)err;
	t->wide = true;
	*n = 0;
	for (size_t i = 0; i < h->line_n; i++) {
		uint32_t at = h->line[i].kind == STRAT_NONE ? INS_NONE : head_of(t, &h->line[i]);
		if (at == INS_NONE)
			continue;
		into = into || slu_str_eq(h->line[i].name, t->act->target);
		from = from || slu_str_eq(h->line[i].name, t->act->source);
		names[*n] = h->line[i].name;
		heads[(*n)++] = slu_oids_at(&h->id, at);
	}
	if (!into && t->act->target.n && t->into != INS_NONE)
		names[*n] = t->act->target, heads[(*n)++] = slu_oids_at(&h->id, t->into);
	if (!from && t->act->source.n && t->from != INS_NONE)
		names[*n] = t->act->source, heads[(*n)++] = slu_oids_at(&h->id, t->from);
	*name = names;
	*head = heads;
	return SLU_OK;
}

static slu_rc known(const struct then *t, const slu_oid *id, uint32_t *out, slu_err *err)
{
	*out = ins_find(t->r->h, id);
	return *out == INS_NONE ? slu_fail(err, SLU_E_NOT_FOUND, "Commit %s is not in this history.", id->hex) : SLU_OK;
}

static slu_rc fact_commit(void *ctx, slu_arena *a, const slu_oid *id, struct pol_commit *out, slu_err *err)
{
	struct then *t = ctx;
	const ins_history *h = t->r->h;
	uint32_t c;
	SLU_TRY(known(t, id, &c, err));
	t->wide = t->wide || c != t->from || t->r->asks_text;
	slu_oid *parent = SLU_NEW_N(a, slu_oid, ins_parent_n(h, c) + 1);
	for (uint32_t i = 0; i < ins_parent_n(h, c); i++)
		parent[i] = slu_oids_at(&h->id, ins_parent(h, c, i));
	*out = (struct pol_commit){ .id = slu_oids_at(&h->id, c), .tree = slu_oids_at(&h->tree, c), .parent = parent, .parent_n = ins_parent_n(h, c), .author_time_s = h->time_s[c], .commit_time_s = h->time_s[c],
		.message = replay_message(t->r, c) };
	return SLU_OK;
}

static slu_rc fact_tag(void *ctx, slu_arena *a, const slu_oid *id, struct pol_tag *out, slu_err *err)
{
	struct then *t = ctx;
	(void)a, (void)id, (void)err;
	t->wide = true;
	*out = t->r->q->tag[t->act->tag].tag;
	return SLU_OK;
}

static slu_rc fact_is_ancestor(void *ctx, slu_arena *a, const slu_oid *anc, const slu_oid *of, bool *out, slu_err *err)
{
	struct then *t = ctx;
	uint32_t x, y;
	(void)a;
	SLU_TRY(known(t, anc, &x, err));
	SLU_TRY(known(t, of, &y, err));
	t->wide = t->wide || x != t->from || y != t->into;
	*out = ins_covers(t->r->h, y, x);
	return SLU_OK;
}

static slu_rc fact_range(void *ctx, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, size_t max, const slu_oid **out, size_t *n, slu_err *err)
{
	struct then *t = ctx;
	const uint32_t *list = NULL;
	uint32_t from, *behind = SLU_NEW_N(a, uint32_t, not_n + 1);
	size_t behind_n = 0, all = 0;
	t->wide = true;
	SLU_TRY(known(t, tip, &from, err));
	for (size_t i = 0; i < not_n; i++)
		if (!slu_oid_is_zero(&not_[i]))
			SLU_TRY(known(t, &not_[i], &behind[behind_n++], err));
	if (!ins_range(t->r->h, a, from, behind, behind_n, max, &list, &all))
		return slu_fail(err, SLU_E_LIMIT, "There are more than %zu commits in this range.", max);
	slu_oid *ids = SLU_NEW_N(a, slu_oid, all + 1);
	for (size_t i = 0; i < all; i++)
		ids[i] = slu_oids_at(&t->r->h->id, list[i]);
	*out = ids;
	*n = all;
	return SLU_OK;
}

/* ---- files --------------------------------------------------------------------------------------------------------------- */

static bool brings_any(const struct ins_files *f, uint32_t c)
{
	return f->at[c + 1] > f->at[c];
}

bool replay_offends(struct replay *r, const struct ins_act *act)
{
	slu_auto_arena *a = NULL;
	const uint32_t *list = NULL;
	size_t n = 0;
	if (!r->offends || act->kind == INS_TAG || act->create || !ins_parent_n(r->h, act->commit))
		return r->offends;
	if (ins_parent_n(r->h, act->commit) == 1)
		return brings_any(r->q->files, act->commit);
	const uint32_t into = ins_parent(r->h, act->commit, 0);
	a = slu_arena_new();
	if (!ins_range(r->h, a, act->commit, &into, 1, r->h->n, &list, &n))
		return true;
	for (size_t i = 0; i < n; i++)
		if (brings_any(r->q->files, list[i]))
			return true;
	return false;
}

struct files {
	struct pol_file *v;
	size_t n, cap;
};

static void add_files(slu_arena *a, struct files *to, const struct ins_files *f, uint32_t c)
{
	for (uint32_t k = f->at[c]; k < f->at[c + 1]; k++)
		*SLU_ADD(a, to) = f->file[k];
}

static slu_rc fact_files(void *ctx, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, const struct pol_file **out, size_t *n, slu_err *err)
{
	struct then *t = ctx;
	const struct ins_files *f = t->r->q->files;
	struct files list = { 0 };
	const slu_oid *id = NULL;
	size_t id_n = 0;
	if (t->r->offends)
		SLU_TRY(fact_range(ctx, a, tip, not_, not_n, t->r->h->n, &id, &id_n, err));
	for (size_t i = 0; i < id_n; i++)
		add_files(a, &list, f, ins_find(t->r->h, &id[i]));
	if (t->act->kind == INS_MERGE && !t->act->follows && t->r->offends) /* what it was made with */
		add_files(a, &list, f, t->act->commit);
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

static slu_rc fact_secrets(void *ctx, slu_arena *a, const struct pol_file *file, size_t file_n, const struct pol_secret **out, size_t *n, slu_err *err)
{
	struct then *t = ctx;
	const struct ins_files *f = t->r->q->files;
	SLU_LIST(struct pol_secret) list = { 0 };
	for (size_t i = 0; i < file_n; i++) {
		uint32_t c;
		SLU_TRY(known(t, &file[i].commit, &c, err));
		for (uint32_t k = f->secret_at[c]; k < f->secret_at[c + 1]; k++)
			if (slu_str_eq(f->secret[k].path, file[i].path))
				*SLU_ADD(a, &list) = f->secret[k];
	}
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

/* What was made of the two is what Git made of them. */
static slu_rc fact_merge_tree(void *ctx, slu_arena *a, const slu_oid *ours, const slu_oid *theirs, slu_oid *tree, bool *clean, slu_err *err)
{
	const struct then *t = ctx;
	(void)a, (void)ours, (void)theirs, (void)err;
	*tree = slu_oids_at(&t->r->h->tree, t->act->commit);
	*clean = true;
	return SLU_OK;
}

static slu_rc fact_change(void *ctx, slu_arena *a, uint64_t number, struct pol_change *out, slu_err *err)
{
	const struct then *t = ctx;
	(void)a, (void)number, (void)err;
	*out = (struct pol_change){ .source = t->act->source, .target = t->act->target, .head = id_of(t, t->from), .target_head = id_of(t, t->into), .head_known = t->from != INS_NONE, .git_only = true };
	return SLU_OK;
}

/* ---- the act ------------------------------------------------------------------------------------------------------------- */

/* The version that a tag on the merge says: that one was given then. */
static slu_str version_given(const struct replay *r, uint32_t commit)
{
	slu_str version = { "", 0 };
	const slu_str *tag = r->tag_of[commit];
	for (; tag && tag->n; tag++)
		if (pol_release_tag(&version, r->s, (slu_str){ "", 0 }, *tag))
			return version;
	return version;
}

static struct pol_action action_of(struct then *t, slu_arena *a)
{
	const struct ins_act *act = t->act;
	const ins_history *h = t->r->h;
	struct pol_action out = { .old = slu_oid_zero(), .new_ = slu_oid_zero() };
	if (act->kind == INS_TAG) {
		out.verb = POL_TAG;
		out.ref = slu_s(slu_printf(a, "refs/tags/%.*s", SLU_FMT(t->r->q->tag[act->tag].name)));
		out.new_ = t->r->q->tag[act->tag].object;
		return out;
	}
	t->into = ins_parent_n(h, act->commit) ? ins_parent(h, act->commit, 0) : INS_NONE;
	if (act->kind == INS_MERGE && !act->follows) {
		t->from = ins_parent(h, act->commit, 1);
		out.verb = POL_MERGE;
		out.has_method = true;
		out.method = STRAT_MERGE;
		out.version = version_given(t->r, act->commit);
		return out;
	}
	t->into = act->create ? INS_NONE : t->into;
	out.verb = act->create ? POL_CREATE : POL_PUSH;
	out.cause = act->follows ? POL_BY_MERGE : POL_BY_PERSON;
	out.ref = slu_s(slu_printf(a, "refs/heads/%.*s", SLU_FMT(act->target)));
	out.old = id_of(t, t->into);
	out.new_ = slu_oids_at(&h->id, act->commit);
	return out;
}

struct replay_alike replay_alike(struct replay *r, const struct ins_act *act)
{
	const ins_history *h = r->h;
	struct replay_alike k = { .kind = act->kind, .create = act->create, .follows = act->follows, .target = act->target, .source_kind = STRAT_NONE };
	if (act->kind != INS_MERGE || act->follows)
		return k;
	uint32_t into = ins_parent(h, act->commit, 0), from = ins_parent(h, act->commit, 1);
	k.source_kind = replay_kind(r, act->source);
	k.inside = ins_covers(r->h, into, from);
	k.updated = slu_oids_same(&h->tree, act->commit, from);
	return k;
}

/* Does it matter when it was? */
static bool asks_time(struct replay *r, const struct ins_act *act)
{
	int kind = replay_kind(r, act->target);
	const struct strat_branch *b = kind < 0 ? NULL : &r->s->branch[kind];
	return r->s->releases.calendar.set || r->s->emergency.set || (b && (b->sunset_s || b->stale_s || b->lifespan_s || b->archive_s));
}

/* A commit by itself: of a squashed change its message and its files; of one that a merge brought its message, as its files are judged with the merge. */
static slu_rc judge_commit(struct pol_verdict *out, struct then *t, slu_arena *a, struct pol_facts *f, slu_err *err)
{
	const strat *s = t->r->s;
	struct pol_verdict files = { 0 };
	struct pol_commit c;
	const slu_oid id = slu_oids_at(&t->r->h->id, t->act->commit);
	SLU_TRY(fact_commit(t, a, &id, &c, err));
	if (t->act->source.n) {
		f->files = NULL;
		return pol_judge_commit(out, a, s, f, t->act->source, &c, t->time_s, err);
	}
	SLU_TRY(pol_lint(out, a, s, f, &c, t->time_s, err));
	if (t->r->offends)
		SLU_TRY(pol_judge_commit(&files, a, s, f, SLU_STR(""), &c, t->time_s, err));
	for (size_t i = 0; i < files.row.n; i++)
		*SLU_ADD(a, &out->row) = files.row.v[i];
	out->answer = files.answer == POL_DENY ? POL_DENY : out->answer;
	return SLU_OK;
}

slu_rc replay_judge(struct pol_verdict *out, bool *wide, struct replay *r, slu_arena *a, const struct ins_act *act, slu_err *err)
{
	struct then t = { .r = r, .act = act, .time_s = replay_time(r, act), .into = INS_NONE, .from = INS_NONE };
	struct pol_facts f = { .ctx = &t, .ref = fact_ref, .branches = fact_branches, .commit = fact_commit, .tag = fact_tag, .is_ancestor = fact_is_ancestor, .range = fact_range,
		.merge_tree = fact_merge_tree, .change = fact_change, .no_remedies = true, .default_branch = r->q->default_branch };
	/* Nothing is asked for an act that brings nothing of the kind, so that it stands for others like it; the rule on secrets waits where it cannot ask. */
	f.secrets = r->q->files && r->q->files->secrets ? fact_secrets : NULL;
	f.files = f.secrets || replay_offends(r, act) ? fact_files : NULL;
	*wide = true;
	if (act->kind == INS_COMMIT)
		return judge_commit(out, &t, a, &f, err);
	const struct pol_action action = action_of(&t, a);
	t.wide = act->kind == INS_TAG || action.version.n || asks_time(r, act);
	slu_rc rc = pol_decide(out, a, r->s, &f, &action, t.time_s, err);
	*wide = t.wide;
	return rc;
}
