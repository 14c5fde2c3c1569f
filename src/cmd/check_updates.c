/* SPDX-License-Identifier: Apache-2.0 */
/* A push is judged whole: what stands on something else that comes with it is judged after that. */
#include "app/follows.h"
#include "cmd/check_updates.h"
#include "cmd/records.h"

enum {
	STEPS_MAX = 64, /* merges that one push brings to one branch, one after the other */
	LAST_TURN = SLU_MAX_PUSH_REFS * STEPS_MAX, /* of tags and of what goes: after all that comes */
};

static const char heads[] = "refs/heads/", merge_words[] = "Merge ", branch_words[] = "branch '";

/* ---- reading them ------------------------------------------------------------------------------------------------------- */

/* Four words are a line of pre-push: LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID; three one of pre-receive: OLD NEW REF. */
static slu_rc read_update(struct check_update *out, slu_str line, slu_err *err)
{
	slu_str word[4] = { 0 }, rest = line;
	size_t n = 0;
	while (n < 4 && slu_str_split(&rest, ' ', &word[n]))
		n++;
	if (n < 3 || rest.n)
		return slu_fail(err, SLU_E_USAGE, "\"%.*s\" is no update as Git gives it to a hook: LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID, or OLD NEW REF.", SLU_FMT(line));
	*out = (struct check_update){ .ref = word[2] };
	SLU_TRY(slu_oid_parse(&out->old, n == 4 ? word[3] : word[0], err));
	return slu_oid_parse(&out->new_, word[1], err);
}

static slu_rc read_updates(struct check_push *p, slu_str lines, slu_err *err)
{
	slu_str line;
	while (slu_str_split(&lines, '\n', &line)) {
		if (line.n == 0)
			continue;
		if (p->u.n == SLU_MAX_PUSH_REFS)
			return slu_fail(err, SLU_E_LIMIT, "More than %u branches and tags are pushed at once: push fewer.", SLU_MAX_PUSH_REFS);
		SLU_TRY(read_update(SLU_ADD(p->k->c->a, &p->u), line, err));
	}
	return SLU_OK;
}

static slu_str branch_of(slu_str ref)
{
	return slu_str_starts(ref, heads) ? (slu_str){ ref.p + strlen(heads), ref.n - strlen(heads) } : (slu_str){ 0 };
}

static bool goes(const struct check_update *u)
{
	return slu_oid_is_zero(&u->new_);
}

/* What a merge brings in; zero: it is none. */
static slu_oid brought(struct check *k, const struct check_update *u)
{
	struct pol_commit c;
	port_git *g = k->o.ctx.git.git;
	if (branch_of(u->ref).n == 0 || goes(u) || g->ops->commit(g, k->c->a, &u->new_, &c, &(slu_err){ 0 }) != SLU_OK || c.parent_n != 2) /* what is no commit is refused when it is judged */
		return slu_oid_zero();
	return c.parent[1];
}

/* ---- a branch that never came ------------------------------------------------------------------------------------------- */

/* "Merge feature/x into develop", "Merge branch 'feature/x'": whose merge it says that it is. */
static slu_str named(const struct pol_commit *c)
{
	slu_str rest = c->message, line = { 0 };
	if (!slu_str_split(&rest, '\n', &line) || !slu_str_starts(line, merge_words))
		return (slu_str){ 0 };
	line = (slu_str){ line.p + strlen(merge_words), line.n - strlen(merge_words) };
	if (!slu_str_starts(line, branch_words))
		return slu_str_split(&line, ' ', &rest) ? rest : (slu_str){ 0 };
	line = (slu_str){ line.p + strlen(branch_words), line.n - strlen(branch_words) };
	return slu_str_split(&line, '\'', &rest) && line.p ? rest : (slu_str){ 0 };
}

static bool is_of_kind(struct check *k, slu_str branch)
{
	int kind = branch.n ? strat_branch_kind(k->o.strategy, branch, NULL) : STRAT_NONE;
	return kind >= 0 && !k->o.strategy->branch[kind].builtin;
}

/* The branch that goes in the same push, and had gone on to this commit. */
static slu_rc gone_with_it(slu_str *ref, struct check_push *p, const slu_oid *head, slu_err *err)
{
	port_git *g = p->k->o.ctx.git.git;
	bool within = false;
	for (size_t i = 0; i < p->u.n && !within; i++) {
		const struct check_update *u = &p->u.v[i];
		if (!goes(u) || slu_oid_is_zero(&u->old) || !is_of_kind(p->k, branch_of(u->ref)))
			continue;
		SLU_TRY(g->ops->is_ancestor(g, &u->old, head, &within, err));
		if (within)
			*ref = u->ref;
	}
	return SLU_OK;
}

static bool comes(const struct check_push *p, slu_str ref)
{
	for (size_t i = 0; i < p->u.n; i++)
		if (slu_str_eq(p->u.v[i].ref, ref) && !goes(&p->u.v[i]))
			return true;
	return false;
}

/*
 * A merge of what is no branch here is judged as if the branch had come with it, and gone after it: whoever may push could have done that. So
 * the name in the message opens nothing that a push of such a branch would not open; the commits are judged as that push.
 */
static slu_rc assume(struct check_push *p, const struct check_update *merge, const slu_oid *head, slu_err *err)
{
	struct check *k = p->k;
	port_git *g = k->o.ctx.git.git;
	struct pol_commit c;
	slu_str ref = { 0 };
	slu_oid old = slu_oid_zero();
	bool forward = true;
	SLU_TRY(g->ops->commit(g, k->c->a, &merge->new_, &c, err));
	if (is_of_kind(k, named(&c)))
		ref = slu_s(slu_printf(k->c->a, "%s%.*s", heads, SLU_FMT(named(&c))));
	else
		SLU_TRY(gone_with_it(&ref, p, head, err));
	if (ref.n == 0 || pol_ref_refused(ref) || comes(p, ref))
		return SLU_OK;
	SLU_TRY(k->o.facts.ref(k->o.facts.ctx, k->c->a, ref, &old, err));
	if (!slu_oid_is_zero(&old))
		SLU_TRY(g->ops->is_ancestor(g, &old, head, &forward, err));
	if (forward && !slu_oid_eq(&old, head))
		*SLU_ADD(k->c->a, &p->u) = (struct check_update){ .ref = ref, .old = old, .new_ = *head, .assumed = true };
	return SLU_OK;
}

static slu_rc assume_all(struct check_push *p, slu_err *err)
{
	struct check *k = p->k;
	const slu_str *name = NULL;
	const slu_oid *head = NULL;
	size_t n = 0, all = p->u.n;
	slu_map *known = slu_map_new(k->c->a);
	SLU_TRY(k->o.facts.branches(k->o.facts.ctx, k->c->a, &name, &head, &n, err));
	for (size_t i = 0; i < n; i++)
		slu_map_put(known, slu_s(head[i].hex), known);
	for (size_t i = 0; i < all; i++)
		if (branch_of(p->u.v[i].ref).n)
			slu_map_put(known, slu_s(p->u.v[i].new_.hex), known);
	for (size_t i = 0; i < all; i++) {
		const struct check_update u = p->u.v[i]; /* the list moves as it grows */
		slu_oid in = brought(k, &u);
		if (!slu_oid_is_zero(&in) && !slu_map_get(known, slu_s(in.hex)))
			SLU_TRY(assume(p, &u, &in, err));
	}
	return SLU_OK;
}

/* ---- several merges ----------------------------------------------------------------------------------------------------- */

static bool takes_merges(struct check *k, slu_str branch)
{
	int kind = branch.n ? strat_branch_kind(k->o.strategy, branch, NULL) : STRAT_NONE;
	return kind >= 0 && k->o.strategy->branch[kind].type != STRAT_WORK && k->o.strategy->branch[kind].type != STRAT_THROWAWAY;
}

/* A merge on top of what was not there either is judged after that, as if it had been pushed by itself. */
static slu_rc split(struct check_push *p, size_t at, slu_err *err)
{
	struct check *k = p->k;
	port_git *g = k->o.ctx.git.git;
	for (size_t i = 0; i < STEPS_MAX; i++) {
		const struct check_update u = p->u.v[at];
		struct pol_commit c;
		bool forward = true;
		if (goes(&u) || !takes_merges(k, branch_of(u.ref)) || g->ops->commit(g, k->c->a, &u.new_, &c, &(slu_err){ 0 }) != SLU_OK || c.parent_n != 2 || slu_oid_eq(&c.parent[0], &u.old))
			return SLU_OK;
		if (!slu_oid_is_zero(&u.old))
			SLU_TRY(g->ops->is_ancestor(g, &u.old, &c.parent[0], &forward, err));
		if (!forward)
			return SLU_OK;
		p->u.v[at].old = c.parent[0];
		*SLU_ADD(k->c->a, &p->u) = (struct check_update){ .ref = u.ref, .old = u.old, .new_ = c.parent[0], .assumed = true };
		at = p->u.n - 1;
	}
	return SLU_OK;
}

static slu_rc split_all(struct check_push *p, slu_err *err)
{
	for (size_t i = 0, all = p->u.n; i < all; i++)
		SLU_TRY(split(p, i, err));
	return SLU_OK;
}

/* ---- their order -------------------------------------------------------------------------------------------------------- */

/* Where work is done first; then where it goes; then tags, which find their commits on both, and former names that go. */
static unsigned turn_of(struct check *k, const struct check_update *u)
{
	slu_str branch = branch_of(u->ref);
	int kind = branch.n ? strat_branch_kind(k->o.strategy, branch, NULL) : STRAT_NONE;
	if (branch.n == 0)
		return slu_str_starts(u->ref, "refs/tags/") ? LAST_TURN : 0;
	if (kind < 0 || k->o.strategy->branch[kind].builtin)
		return goes(u) ? LAST_TURN : kind < 0 ? 0 : 2;
	enum strat_branch_type type = k->o.strategy->branch[kind].type;
	return type == STRAT_PRODUCTION || type == STRAT_SUPPORT ? 1 : type == STRAT_INTEGRATION ? 2 : 0;
}

static bool goes_into(const strat *s, int from, int into)
{
	for (size_t i = 0; from >= 0 && i < s->branch[from].edge_n; i++)
		if (s->branch[from].edge[i].into == into)
			return true;
	return false;
}

/* What u stands on, of the same push: the branch that it merges, or goes forward to; an earlier step of its own. */
static bool stands_on(struct check *k, const struct check_update *u, const struct check_update *v)
{
	const strat *s = k->o.strategy;
	if (slu_oid_eq(&u->new_, &v->new_))
		return v->kind >= 0 && !s->branch[v->kind].builtin && goes_into(s, v->kind, u->kind);
	return slu_oid_eq(&u->brings, &v->new_) || (slu_str_eq(u->ref, v->ref) && slu_oid_eq(&u->old, &v->new_));
}

struct by_commit { SLU_LIST(struct check_update *) u; };

static bool after(struct check *k, slu_map *at, struct check_update *u, const slu_oid *id)
{
	struct by_commit *first = slu_oid_is_zero(id) ? NULL : slu_map_get(at, slu_s(id->hex));
	bool moved = false;
	for (size_t i = 0; first && i < first->u.n; i++) {
		const struct check_update *v = first->u.v[i];
		if (v == u || u->turn > v->turn || u->turn == LAST_TURN || !stands_on(k, u, v))
			continue;
		u->turn = v->turn + 1;
		moved = true;
	}
	return moved;
}

/* A merge comes after what it merges. */
static void put_in_order(struct check_push *p)
{
	struct check *k = p->k;
	slu_map *at = slu_map_new(k->c->a);
	for (size_t i = 0; i < p->u.n; i++) {
		struct check_update *u = &p->u.v[i];
		u->turn = turn_of(k, u);
		u->brings = brought(k, u);
		u->kind = branch_of(u->ref).n ? strat_branch_kind(k->o.strategy, branch_of(u->ref), NULL) : STRAT_NONE;
		if (branch_of(u->ref).n == 0 || goes(u))
			continue;
		struct by_commit *same = slu_map_get(at, slu_s(u->new_.hex));
		if (!same)
			slu_map_put(at, slu_s(u->new_.hex), same = SLU_NEW(k->c->a, struct by_commit));
		*SLU_ADD(k->c->a, &same->u) = u;
	}
	bool moved = true;
	for (size_t round = 0; moved && round < STEPS_MAX; round++) { /* branches at one commit may go into each other */
		moved = false;
		for (size_t i = 0; i < p->u.n; i++) {
			struct check_update *u = &p->u.v[i];
			const slu_oid *stands[] = { &u->brings, &u->new_, &u->old };
			for (size_t x = 0; x < 3 && branch_of(u->ref).n && !goes(u); x++)
				moved = after(k, at, u, stands[x]) || moved;
		}
	}
}

/* The next turn in which something is judged; LAST_TURN + 1: there is none. */
static unsigned next_turn(const struct check_push *p, unsigned from)
{
	unsigned next = LAST_TURN + 1;
	for (size_t i = 0; i < p->u.n; i++)
		if (p->u.v[i].turn >= from && p->u.v[i].turn < next)
			next = p->u.v[i].turn;
	return next;
}

/* ---- one of them -------------------------------------------------------------------------------------------------------- */

/* Whether a push goes forward is told by what stands there; in a clone that was last fetched before, it is not here. */
static slu_rc is_here(struct check *k, const struct check_update *u, slu_err *err)
{
	bool there = true;
	port_git *g = k->o.ctx.git.git;
	if (slu_str_starts(u->ref, heads) && !slu_oid_is_zero(&u->old))
		SLU_TRY(g->ops->has_commit(g, &u->old, &there, err));
	if (!there)
		return slu_fail(err, SLU_E_USAGE, "%.*s stands at %.10s there, which is not in this clone. It comes with: git fetch", SLU_FMT(u->ref), u->old.hex);
	return SLU_OK;
}

/* A push of a symbolic ref moves the branch that it stands for, by another name than the one that was judged. */
static slu_rc is_itself(struct check *k, const struct check_update *u, slu_err *err)
{
	slu_str to = { "", 0 };
	port_git *g = k->o.ctx.git.git;
	if (k->o.facts.by_push)
		SLU_TRY(g->ops->symbolic(g, k->a, u->ref, &to, err));
	if (to.n)
		return slu_fail(err, SLU_E_CONFLICT, "%.*s is another name for %.*s there. Push to that one.", SLU_FMT(u->ref), SLU_FMT(to));
	return SLU_OK;
}

/* *told: the update is out by itself, and *v says why; no rule of the strategy has to be asked. */
static slu_rc read_act(struct check *k, const struct check_update *u, struct pol_action *act, struct pol_verdict *v, bool *told, slu_err *err)
{
	bool follows = false;
	*told = pol_ref_verdict(v, k->a, k->o.strategy, u->ref);
	if (*told)
		return SLU_OK;
	SLU_TRY(is_itself(k, u, err));
	slu_rc rc = pol_object_verdict(told, v, k->a, k->o.strategy, &k->o.facts, u->ref, &u->new_, err);
	if (rc == SLU_OK && !*told) {
		SLU_TRY(is_here(k, u, err));
		rc = pol_push_action(act, k->a, &k->o.facts, k->o.ctx.person, u->ref, &u->old, &u->new_, err);
		if (rc == SLU_OK)
			rc = app_follows(&follows, k->a, k->o.strategy, &k->o.facts, act, err);
		act->cause = follows ? POL_BY_MERGE : POL_BY_PERSON;
	}
	return rc == SLU_OK ? SLU_OK : slu_err_context(err, "%.*s", SLU_FMT(u->ref));
}

static int one_update(struct check_push *p, const struct check_update *u, bool *allowed)
{
	struct check *k = p->k;
	struct pol_action act = { 0 };
	struct pol_verdict v = { 0 };
	slu_err err = { 0 };
	size_t bad = k->refused + k->waiting;
	bool told = false;
	int code = 0;
	const char *name = check_shown(k, slu_s(slu_printf(k->c->a, "%s%s", p->where, cmd_ref_name(slu_str_dup(k->c->a, u->ref)))));
	if (slu_oid_eq(&u->old, &u->new_) || (slu_oid_is_zero(&u->old) && slu_oid_is_zero(&u->new_)))
		return 0;
	if (read_act(k, u, &act, &v, &told, &err) != SLU_OK)
		code = cmd_fail(k->c, &err);
	else if (told)
		code = check_add(k, (struct check_subject){ .kind = "push", .name = name, .title = "", .commit = u->new_ }, &v);
	else
		code = check_act(k, "push", name, &act, true);
	*allowed = code == 0 && bad == k->refused + k->waiting;
	return code;
}

/* What goes stays until all is judged: its merge may be in the same push. */
static bool counts(const struct check_update *u)
{
	return slu_str_starts(u->ref, heads) && (u->turn > 0 || !goes(u));
}

static void count_as_moved(struct check_push *p, const struct port_git_update *u)
{
	for (size_t i = 0; i < p->moved.n; i++)
		if (slu_str_eq(p->moved.v[i].ref, u->ref)) {
			p->moved.v[i] = *u;
			return;
		}
	*SLU_ADD(p->k->c->a, &p->moved) = *u;
}

static void count_moved(struct check_push *p)
{
	p->k->o.ctx.git.pending = p->moved.v;
	p->k->o.ctx.git.pending_n = p->moved.n;
}

int check_push_judge(struct check_push *p)
{
	struct check *k = p->k;
	slu_err err = { 0 };
	SLU_LIST(struct port_git_update) now = { 0 };
	int code = 0;
	count_moved(p);
	if (split_all(p, &err) != SLU_OK || assume_all(p, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	put_in_order(p);
	for (unsigned turn = next_turn(p, 0); turn <= LAST_TURN && code == 0; turn = next_turn(p, turn + 1)) {
		now.n = 0;
		for (size_t i = 0; i < p->u.n && code == 0; i++) {
			const struct check_update *u = &p->u.v[i];
			bool allowed = false;
			if (u->turn != turn)
				continue;
			k->o.ctx.pushed = u->new_;
			code = one_update(p, u, &allowed);
			if (allowed && counts(u))
				*SLU_ADD(k->c->a, &now) = (struct port_git_update){ u->ref, u->old, u->new_ };
		}
		for (size_t i = 0; i < now.n; i++)
			count_as_moved(p, &now.v[i]);
		count_moved(p);
	}
	return code;
}

int check_updates(struct check *k, slu_str lines)
{
	struct check_push all = { .k = k, .where = "" }, p = all, own = all;
	slu_err err = { 0 };
	if (read_updates(&all, lines, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	for (size_t i = 0; i < all.u.n; i++)
		*SLU_ADD(k->c->a, slu_str_starts(all.u.v[i].ref, "refs/sluice/") ? &own.u : &p.u) = all.u.v[i];
	int code = check_push_judge(&p);
	return code || own.u.n == 0 ? code : check_own_refs(&p, own.u.v, own.u.n);
}
