/* SPDX-License-Identifier: Apache-2.0 */
#include "app/replay_files.h"
#include "base/limits.h"

#include <stdlib.h>

/* The default branch first, then what versions come from: where lines meet, what lies before belongs to the first of them. A name with a
   slash is mostly one of many that come and go. */
static int rank_of(const strat *s, slu_str default_branch, const struct app_branch *b)
{
	static const int by_type[] = { [STRAT_PRODUCTION] = 1, [STRAT_INTEGRATION] = 2, [STRAT_SUPPORT] = 3, [STRAT_RELEASE] = 4, [STRAT_HOTFIX] = 5, [STRAT_WORK] = 6, [STRAT_THROWAWAY] = 7 };
	bool many = memchr(b->name.p, '/', b->name.n) != NULL;
	if (slu_str_eq(b->name, default_branch))
		return 0;
	return (b->kind == STRAT_NONE ? 8 : by_type[s->branch[b->kind].type]) * 2 + many;
}

static int by_rank(const void *x, const void *y)
{
	const struct app_branch *a = x, *b = y;
	return a->rank != b->rank ? a->rank - b->rank : slu_str_cmp(a->name, b->name);
}

static void rank_branches(struct app_history *h, const strat *s)
{
	for (size_t i = 0; i < h->branch_n; i++) {
		h->branch[i].kind = strat_branch_kind(s, h->branch[i].name, NULL);
		h->branch[i].rank = rank_of(s, h->default_branch, &h->branch[i]);
	}
	qsort(h->branch, h->branch_n, sizeof *h->branch, by_rank);
}

static slu_rc find_branches(struct app_history *h, slu_arena *a, const struct app_offline *o, slu_err *err)
{
	struct app_offline own = *o;
	const slu_str *name = NULL;
	const slu_oid *head = NULL;
	struct pol_facts f;
	app_offline_facts(&f, &own);
	SLU_TRY(f.branches(f.ctx, a, &name, &head, &h->branch_n, err));
	if (h->branch_n == 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no branch yet, and so no history: `git commit` begins one.");
	if (h->branch_n > SLU_MAX_HISTORY_BRANCHES)
		return slu_fail(err, SLU_E_LIMIT, "There are %zu branches here; a history is looked at with at most %u, as each is held against the others. Look at a clone that has fewer, as git clone --bare --single-branch makes one.",
				h->branch_n, SLU_MAX_HISTORY_BRANCHES);
	h->branch = SLU_NEW_N(a, struct app_branch, h->branch_n);
	for (size_t i = 0; i < h->branch_n; i++)
		h->branch[i] = (struct app_branch){ .name = name[i], .head = head[i] };
	return SLU_OK;
}

static slu_rc find_tags(struct ins_tag_ref **out, size_t *n, slu_arena *a, port_git *g, slu_err *err)
{
	const struct port_git_ref *ref = NULL;
	SLU_TRY(g->ops->refs(g, a, SLU_STR("refs/tags/"), &ref, n, err));
	struct ins_tag_ref *list = SLU_NEW_N(a, struct ins_tag_ref, *n + 1);
	for (size_t i = 0; i < *n; i++) {
		list[i] = (struct ins_tag_ref){ .name = { ref[i].name.p + 10, ref[i].name.n - 10 }, .object = ref[i].id, .commit = INS_NONE };
		list[i].tag.commit = slu_oid_is_zero(&ref[i].peeled) ? ref[i].id : ref[i].peeled;
		if (!slu_oid_eq(&ref[i].id, &list[i].tag.commit))
			SLU_TRY(g->ops->tag(g, a, &ref[i].id, &list[i].tag, err));
	}
	*out = list;
	return SLU_OK;
}

static slu_rc load_graph(struct app_history *h, slu_arena *a, slu_err *err)
{
	slu_oid *tip = SLU_NEW_N(a, slu_oid, h->branch_n + h->tag_n + 1);
	struct port_git_topology t = { 0 };
	size_t n = 0;
	for (size_t i = 0; i < h->branch_n; i++)
		tip[n++] = h->branch[i].head;
	for (size_t i = 0; i < h->tag_n; i++)
		if (!slu_oid_is_zero(&h->tag[i].tag.commit))
			tip[n++] = h->tag[i].tag.commit;
	SLU_TRY(h->git->ops->topology(h->git, a, tip, n, &t, err));
	h->topology = t;
	h->graph = (ins_history){ .n = t.n, .id = t.id, .tree = t.tree, .time_s = t.time_s, .parent_at = t.parent_at, .parent = t.parent };
	ins_history_begin(&h->graph, a);
	return SLU_OK;
}

slu_rc app_history_load(struct app_history *out, slu_arena *a, const struct app_offline *o, slu_str default_branch, bool remembers, slu_err *err)
{
	struct app_history h = { .git = o->git.git, .default_branch = default_branch };
	h.remembers = remembers && h.git->ops->recall;
	if (h.remembers)
		h.git->ops->recall(h.git);
	SLU_TRY(find_branches(&h, a, o, err));
	SLU_TRY(find_tags(&h.tag, &h.tag_n, a, h.git, err));
	SLU_TRY(load_graph(&h, a, err));
	for (size_t i = 0; i < h.tag_n; i++)
		h.tag[i].commit = slu_oid_is_zero(&h.tag[i].tag.commit) ? INS_NONE : ins_find(&h.graph, &h.tag[i].tag.commit);
	h.message = SLU_NEW_N(a, slu_str, h.graph.n + 1);
	if (h.topology.first)
		memcpy(h.message, h.topology.first, h.graph.n * sizeof *h.message);
	*out = h;
	return SLU_OK;
}

void app_history_keep(const struct app_history *h)
{
	if (h->remembers)
		h->git->ops->remember(h->git, &h->topology, h->message);
}

static void make_lines(struct app_history *h, slu_arena *a)
{
	slu_str *name = SLU_NEW_N(a, slu_str, h->branch_n + 1);
	uint32_t *head = SLU_NEW_N(a, uint32_t, h->branch_n + 1);
	int *kind = SLU_NEW_N(a, int, h->branch_n + 1);
	for (size_t i = 0; i < h->branch_n; i++) {
		name[i] = h->branch[i].name;
		kind[i] = h->branch[i].kind;
		head[i] = ins_find(&h->graph, &h->branch[i].head);
	}
	ins_history_lines(&h->graph, name, head, kind, h->branch_n);
}

struct messages {
	slu_arena *a;
	slu_str *text;
	const uint32_t *commit; /* that were asked for */
	bool bodies;
};

static void take_message(void *ctx, size_t i, slu_str message)
{
	struct messages *m = ctx;
	const char *end = m->bodies || message.n == 0 ? NULL : memchr(message.p, '\n', message.n);
	if (end)
		message.n = (size_t)(end - message.p);
	m->text[m->commit[i]] = slu_s(slu_str_dup(m->a, message));
}

/* Those that this strategy needs, and that none before it did. */
static slu_rc load_messages(struct app_history *h, slu_arena *a, const struct ins_replay_ask *q, slu_err *err)
{
	uint32_t *commit = SLU_NEW_N(a, uint32_t, h->graph.n + 1);
	bool bodies = q->s->commits.convention != STRAT_CONVENTION_NONE || q->s->releases.calendar.set;
	size_t n = 0;
	if (bodies && !h->bodies)
		memset(h->message, 0, h->graph.n * sizeof *h->message);
	h->bodies = h->bodies || bodies;
	struct messages m = { .a = a, .text = h->message, .commit = commit, .bodies = h->bodies };
	for (uint32_t c = 0; c < h->graph.n; c++)
		if (!h->message[c].p && ins_replay_reads(q, c))
			commit[n++] = c;
	slu_oid *id = SLU_NEW_N(a, slu_oid, n + 1);
	for (size_t i = 0; i < n; i++)
		id[i] = slu_oids_at(&h->graph.id, commit[i]);
	return h->git->ops->messages(h->git, id, n, take_message, &m, err);
}

slu_rc app_replay(struct ins_replay *out, slu_arena *a, struct app_history *h, const struct app_replay_ask *ask, slu_err *err)
{
	rank_branches(h, ask->s);
	make_lines(h, a);
	const struct ins_replay_ask q = { .s = ask->s, .h = &h->graph, .default_branch = h->default_branch, .message = h->message, .tag = h->tag, .tag_n = h->tag_n, .since_s = ask->since_s, .one_by_one = ask->one_by_one,
		.progress = ask->progress, .ctx = ask->ctx };
	SLU_TRY(load_messages(h, a, &q, err));
	struct ins_replay_ask whole = q;
	if (app_replay_looks_at_files(ask->s, ask->secrets))
		SLU_TRY(app_replay_files(&whole.files, a, h, ask, err));
	SLU_TRY(ins_replay(out, a, &whole, err));
	out->files = whole.files;
	return SLU_OK;
}

void app_detect(struct ins_evidence *out, slu_arena *a, struct app_history *h, const strat *s)
{
	rank_branches(h, s);
	make_lines(h, a);
	const struct ins_replay_ask q = { .s = s, .h = &h->graph, .default_branch = h->default_branch, .message = h->message, .tag = h->tag, .tag_n = h->tag_n };
	ins_detect(out, a, &q);
}
