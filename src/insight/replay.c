/* SPDX-License-Identifier: Apache-2.0 */
/* Which acts there were, as far as a history tells. */
#include "insight/merge_name.h"
#include "insight/replay_impl.h"

enum { PROGRESS_EVERY = 512, KNOWN_MAX = 256 };

int replay_kind(struct replay *r, slu_str branch)
{
	uint32_t hash = 2166136261u;
	for (size_t i = 0; i < branch.n; i++)
		hash = (hash ^ (unsigned char)branch.p[i]) * 16777619u;
	struct replay_kind *k = &r->kind[(hash ^ hash >> 15) % REPLAY_KINDS];
	if (!k->name.p || !slu_str_eq(k->name, branch))
		*k = (struct replay_kind){ branch, strat_branch_kind(r->s, branch, NULL) };
	return k->kind;
}

static bool may_anybody(const struct replay *r, int kind, enum strat_verb verb)
{
	return kind >= 0 && r->s->branch[kind].allow[verb].n > 0;
}

static bool same(const struct replay_alike *x, const struct replay_alike *y)
{
	return x->kind == y->kind && x->create == y->create && x->follows == y->follows && x->source_kind == y->source_kind && x->inside == y->inside && x->updated == y->updated &&
	       slu_str_eq(x->target, y->target);
}

static const struct pol_verdict *known(const struct replay *r, const struct replay_alike *of)
{
	for (size_t i = 0; i < r->known.n; i++)
		if (same(&r->known.v[i].of, of))
			return &r->known.v[i].v;
	return NULL;
}

static struct pol_row *copy_rows(slu_arena *a, const struct pol_verdict *v)
{
	struct pol_row *row = SLU_NEW_N(a, struct pol_row, v->row.n + 1);
	for (size_t i = 0; i < v->row.n; i++) {
		row[i] = (struct pol_row){ .rule = slu_strdup(a, v->row.v[i].rule), .pos = v->row.v[i].pos, .state = v->row.v[i].state };
	}
	return row;
}

static slu_rc judge(struct replay *r, struct ins_act act, slu_err *err)
{
	bool merge = act.kind == INS_MERGE, wide = true;
	if (replay_time(r, &act) < r->q->since_s)
		return SLU_OK;
	const struct replay_alike of = merge || act.kind == INS_PUSH ? replay_alike(r, &act) : (struct replay_alike){ .kind = act.kind, .source_kind = 0 };
	const struct pol_verdict *told = of.source_kind == STRAT_NONE && !r->tag_of[act.commit] && !replay_offends(r, &act) ? known(r, &of) : NULL;
	if (told) {
		replay_count(r, &act, told);
		return SLU_OK;
	}
	slu_auto_arena *a = slu_arena_new();
	struct pol_verdict v = { 0 };
	SLU_TRY(replay_judge(&v, &wide, r, a, &act, err));
	if (act.kind != INS_COMMIT || v.row.n)
		replay_count(r, &act, &v);
	if (wide || of.source_kind != STRAT_NONE || r->known.n == KNOWN_MAX || r->q->one_by_one)
		return SLU_OK;
	struct replay_known *k = SLU_ADD(r->a, &r->known);
	*k = (struct replay_known){ .of = of, .v = { .answer = v.answer } };
	k->v.row.v = copy_rows(r->a, &v);
	k->v.row.n = v.row.n;
	return SLU_OK;
}

/* ---- commits that a merge brought ---------------------------------------------------------------------------------------------- */

static bool asked_of(struct replay *r, slu_str branch)
{
	int kind = branch.n ? replay_kind(r, branch) : STRAT_NONE;
	return r->asks_commits && kind >= 0 && (r->s->commits.applies_to & (1u << r->s->branch[kind].type));
}

static slu_rc judge_brought(struct replay *r, uint32_t merge, slu_str source, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const uint32_t *c = NULL, into = ins_parent(r->h, merge, 0);
	size_t n = 0;
	if (!asked_of(r, source) || !ins_range(r->h, a, ins_parent(r->h, merge, 1), &into, 1, r->h->n, &c, &n))
		return SLU_OK;
	for (size_t i = 0; i < n; i++) {
		if (r->judged[c[i]] || r->h->line_of[c[i]] != INS_NONE)
			continue;
		r->judged[c[i]] = true;
		SLU_TRY(judge(r, (struct ins_act){ .kind = INS_COMMIT, .commit = c[i], .source = source }, err));
	}
	return SLU_OK;
}

/* ---- merges ---------------------------------------------------------------------------------------------------------------------- */

/* Does a merge of the strategy into some other branch bring `from` into this kind? */
static bool comes_back(const strat *s, int from, int into)
{
	for (size_t i = 0; from >= 0 && into >= 0 && i < s->branch_n; i++)
		for (size_t k = 0; k < s->branch[i].edge_n; k++) {
			const struct strat_edge *e = &s->branch[i].edge[k];
			if ((e->into == from && strat_set_has(&e->back_merge, into)) || ((int)i == from && strat_set_has(&e->also_into, into)))
				return true;
		}
	return false;
}

/* A tag that was merged stands for the branch that its class is made on. */
static int kind_of_tag(const strat *s, slu_str tag)
{
	int cls = strat_tag_class(s, tag, NULL);
	return cls >= 0 && s->tag[cls].branches.n ? s->tag[cls].branches.i[0] : STRAT_NONE;
}

struct joined {
	struct ins_merge_name says;
	slu_str into;
	uint32_t line; /* that `into` is; INS_NONE */
	int kind;      /* of `into` */
	bool on_line;  /* the commit lies on it */
};

static struct joined where(struct replay *r, uint32_t c)
{
	struct joined j = { .says = ins_merge_name(replay_message(r, c)), .line = r->h->line_of[c] };
	j.into = j.says.into;
	if (j.into.n == 0 && j.line != INS_NONE)
		j.into = r->h->line[j.line].name;
	j.on_line = j.line != INS_NONE && slu_str_eq(j.into, r->h->line[j.line].name);
	if (!j.on_line)
		j.line = ins_find_line(r->h, j.into);
	j.kind = j.into.n ? replay_kind(r, j.into) : STRAT_NONE;
	return j;
}

/* By the message; a name that no tool wrote must be one of a branch or of a kind; else the line that the other parent lies on. */
static slu_str source_of(struct replay *r, uint32_t c, const struct joined *j)
{
	slu_str name = j->says.what == INS_SAYS_BRANCH ? j->says.source : (slu_str){ "", 0 };
	uint32_t line = r->h->line_of[ins_parent(r->h, c, 1)];
	slu_auto_buf ref;
	slu_buf_init(&ref, 4096);
	slu_buf_adds(&ref, "refs/heads/");
	slu_buf_addstr(&ref, name);
	if (name.n && (ref.over || pol_ref_refused(slu_buf_str(&ref))))
		name.n = 0;
	if (name.n && j->says.loose && ins_find_line(r->h, name) == INS_NONE && replay_kind(r, name) == STRAT_NONE)
		name.n = 0;
	if (name.n && slu_str_eq(name, j->into) && j->says.request)
		name.n = 0; /* the branch of that name of another repository */
	return name.n || line == INS_NONE ? name : r->h->line[line].name;
}

static bool is_kindless(const struct replay *r, uint32_t line)
{
	return line != INS_NONE && r->h->line[line].kind == STRAT_NONE;
}

static slu_rc judge_pushed(struct replay *r, uint32_t c, slu_str into, slu_err *err)
{
	return judge(r, (struct ins_act){ .kind = INS_PUSH, .commit = c, .target = into }, err);
}

static bool is_light(const struct replay *r, int kind)
{
	return kind == STRAT_NONE || r->s->branch[kind].type == STRAT_WORK || r->s->branch[kind].type == STRAT_THROWAWAY;
}

static slu_rc judge_named(struct replay *r, uint32_t c, const struct joined *j, slu_str source, slu_err *err)
{
	int from = j->says.what == INS_SAYS_TAG ? kind_of_tag(r->s, j->says.source) : replay_kind(r, source);
	bool follows = comes_back(r->s, from, j->kind) && !slu_str_eq(source, j->into);
	if (slu_str_eq(source, j->into)) /* git pull made it: what was there came into one's own */
		return judge_pushed(r, c, j->into, err);
	if (!follows && may_anybody(r, j->kind, STRAT_VERB_PUSH)) {
		r->out->into_work += is_light(r, j->kind) && (j->kind == STRAT_NONE || r->s->branch[j->kind].base != from) && r->h->time_s[c] >= r->q->since_s;
		SLU_TRY(judge_pushed(r, c, j->into, err));
	} else {
		SLU_TRY(judge(r, (struct ins_act){ .kind = INS_MERGE, .commit = c, .source = source, .target = j->into, .follows = follows }, err));
	}
	return follows ? SLU_OK : judge_brought(r, c, source, err);
}

static slu_rc judge_merge(struct replay *r, uint32_t c, slu_err *err)
{
	struct joined j = where(r, c);
	uint64_t *left = NULL;
	slu_str source = { "", 0 };
	if (j.into.n == 0)
		left = &r->out->nowhere;
	else if (is_kindless(r, j.line))
		left = &r->out->on_kindless;
	else if (!j.on_line && is_light(r, j.kind))
		left = &r->out->inside;
	else if (j.says.what == INS_SAYS_SEVERAL || ins_parent_n(r->h, c) > 2)
		left = &r->out->several;
	if (!left) {
		source = source_of(r, c, &j);
		if (source.n == 0 && j.says.what == INS_SAYS_TAG && comes_back(r->s, kind_of_tag(r->s, j.says.source), j.kind))
			source = j.says.source;
		left = source.n ? NULL : &r->out->unnamed;
	}
	if (!left)
		return judge_named(r, c, &j, source, err);
	*left += r->h->time_s[c] >= r->q->since_s;
	return SLU_OK;
}

/* ---- pushes, and branches that came to be ---------------------------------------------------------------------------------------- */

static bool squashes_into(const strat *s, int kind)
{
	for (size_t i = 0; i < s->branch_n; i++)
		for (size_t k = 0; k < s->branch[i].edge_n; k++)
			if (s->branch[i].edge[k].into == kind && s->branch[i].edge[k].method == STRAT_SQUASH)
				return true;
	return false;
}

static slu_rc judge_plain(struct replay *r, uint32_t c, slu_err *err)
{
	const struct ins_line *l = &r->h->line[r->h->line_of[c]];
	bool counted = r->h->time_s[c] >= r->q->since_s;
	if (l->kind == STRAT_NONE) {
		r->out->on_kindless += counted;
		return SLU_OK;
	}
	if (r->h->place_of[c] == 0 && l->from == INS_NONE) /* the history begins with it */
		return SLU_OK;
	bool open = may_anybody(r, l->kind, STRAT_VERB_PUSH);
	if (open || ins_squashed(replay_message(r, c)) == 0) {
		r->out->straight += counted && !open;
		return judge_pushed(r, c, l->name, err);
	}
	bool fits = squashes_into(r->s, l->kind);
	r->out->squashed += counted;
	r->out->squashed_unfit += counted && !fits;
	if (!fits || (!r->asks_commits && !replay_offends(r, &(struct ins_act){ .kind = INS_PUSH, .commit = c })))
		return SLU_OK;
	return judge(r, (struct ins_act){ .kind = INS_COMMIT, .commit = c }, err);
}

static slu_rc judge_new_branches(struct replay *r, slu_err *err)
{
	for (size_t i = 1; i < r->h->line_n; i++) {
		const struct ins_line *l = &r->h->line[i];
		uint32_t first = l->n ? l->at[0] : l->head;
		SLU_TRY(judge(r, (struct ins_act){ .kind = INS_PUSH, .commit = first, .target = l->name, .create = true }, err));
	}
	return SLU_OK;
}

static slu_rc judge_tags(struct replay *r, slu_err *err)
{
	for (size_t i = 0; i < r->q->tag_n; i++)
		SLU_TRY(judge(r, (struct ins_act){ .kind = INS_TAG, .commit = r->q->tag[i].commit, .tag = (uint32_t)i }, err));
	return SLU_OK;
}

/* ---- all ------------------------------------------------------------------------------------------------------------------------- */

bool ins_replay_reads(const struct ins_replay_ask *q, uint32_t c)
{
	if (ins_parent_n(q->h, c) > 1 || q->s->commits.convention != STRAT_CONVENTION_NONE || q->s->releases.calendar.set)
		return true;
	uint32_t line = q->h->line_of[c];
	int kind = line == INS_NONE ? STRAT_NONE : q->h->line[line].kind;
	return kind >= 0 && q->s->branch[kind].allow[STRAT_VERB_PUSH].n == 0; /* is it a squashed change? */
}

/* One list for all: the tags of a commit, then an empty name, then those of the next. A million tags may name one commit. */
static void find_tags(struct replay *r)
{
	const struct ins_tag_ref *tag = r->q->tag;
	slu_str *name = SLU_NEW_N(r->a, slu_str, r->q->tag_n * 2 + 1);
	size_t *end = SLU_NEW_N(r->a, size_t, r->h->n + 1), used = 0;
	r->tag_of = SLU_NEW_N(r->a, const slu_str *, r->h->n + 1);
	for (size_t i = 0; i < r->q->tag_n; i++)
		if (tag[i].commit != INS_NONE)
			end[tag[i].commit]++;
	for (size_t c = 0; c < r->h->n; c++) {
		if (end[c] == 0)
			continue;
		r->tag_of[c] = name + used;
		used += end[c];
		end[c] = used++;
	}
	for (size_t i = r->q->tag_n; i-- > 0;)
		if (tag[i].commit != INS_NONE)
			name[--end[tag[i].commit]] = tag[i].name;
}

static void find_span(struct replay *r)
{
	int64_t first = INT64_MAX, last = INT64_MIN;
	for (size_t c = 0; c < r->h->n; c++) {
		int64_t t = r->h->time_s[c];
		if (t < r->q->since_s)
			continue;
		first = t < first ? t : first;
		last = t > last ? t : last;
		r->out->commits++;
		r->out->merges += ins_parent_n(r->h, (uint32_t)c) > 1;
	}
	replay_span(r, first == INT64_MAX ? 0 : first, last == INT64_MIN ? 0 : last);
}

slu_rc ins_replay(struct ins_replay *out, slu_arena *a, const struct ins_replay_ask *q, slu_err *err)
{
	struct ins_replay o = { 0 };
	struct replay r = { .q = q, .s = q->s, .h = q->h, .a = a, .out = &o, .judged = SLU_NEW_N(a, bool, q->h->n + 1), .asks_commits = q->s->commits.convention != STRAT_CONVENTION_NONE };
	r.asks_text = r.asks_commits || q->s->releases.calendar.set;
	r.offends = q->files && (q->files->at[q->h->n] || q->files->secret_at[q->h->n]);
	o.lines = q->h->line_n;
	o.default_kindless = q->h->line_n > 0 && q->h->line[0].kind == STRAT_NONE;
	find_tags(&r);
	find_span(&r);
	for (uint32_t c = 0; c < q->h->n; c++) {
		if (q->progress && c % PROGRESS_EVERY == 0)
			q->progress(q->ctx, c, q->h->n);
		if (ins_parent_n(q->h, c) > 1)
			SLU_TRY(judge_merge(&r, c, err));
		else if (q->h->line_of[c] != INS_NONE)
			SLU_TRY(judge_plain(&r, c, err));
	}
	SLU_TRY(judge_new_branches(&r, err));
	SLU_TRY(judge_tags(&r, err));
	SLU_TRY(replay_finish(&r, err));
	if (q->progress)
		q->progress(q->ctx, q->h->n, q->h->n);
	*out = o;
	return SLU_OK;
}
