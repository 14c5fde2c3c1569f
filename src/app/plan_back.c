/* SPDX-License-Identifier: Apache-2.0 */
#include "app/plan_back.h"

#include "app/op.h"
#include "flow/phase.h"

slu_rc app_back_landed(struct app_back *b, struct app_plan *p, const struct app_told_landed *l, slu_err *err)
{
	struct pol_commit c;
	bool in = false;
	if (p->git->ops->commit(p->git, p->a, &l->id, &c, NULL) == SLU_OK) /* a record may name what was pruned since */
		SLU_TRY(p->git->ops->is_ancestor(p->git, &l->id, &b->tip, &in, err));
	return in ? app_told_add(&b->told, p->a, p->git, p->s, l, err) : SLU_OK;
}

/* A rebase leaves no word of the branch in the history; nor does a merge with a message of somebody's own. */
static slu_rc remembered(struct app_back *b, struct app_plan *p, slu_err *err)
{
	const struct flow_op *op = NULL;
	size_t n = 0;
	SLU_TRY(app_op_log(&op, &n, p->a, p->clone, err));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < op[i].landed.n && op[i].state == FLOW_OP_DONE; k++) {
			const struct flow_op_landed *x = &op[i].landed.v[k];
			const struct app_told_landed l = { x->source, x->into, x->before, x->id };
			if (slu_str_eq(x->into, b->on))
				SLU_TRY(app_back_landed(b, p, &l, err));
		}
	return SLU_OK;
}

slu_rc app_back_look(struct app_back *b, struct app_plan *p, slu_str on, slu_err *err)
{
	const slu_oid none = slu_oid_zero();
	b->on = on;
	b->phase = SLU_NEW_N(p->a, bool, p->s->phase_n + 1);
	SLU_TRY(app_plan_at(&b->tip, p, slu_s(slu_printf(p->a, "refs/heads/%.*s", SLU_FMT(on))), err));
	SLU_TRY(app_told_of(&b->told, p->a, p->git, p->s, &b->tip, &none, err));
	return remembered(b, p, err);
}

static void take(struct app_back *b, struct app_plan *p, const struct app_told_merge *m)
{
	*SLU_ADD(p->a, &b->take) = (struct app_take){ .id = m->id, .before = m->before, .subject = m->subject, .merge = !slu_oid_eq(&m->brought, &m->id) };
}

/* ---- a phase ------------------------------------------------------------------------------------------------------------------ */

static const struct app_told_merge *live(const struct app_back *b, int phase)
{
	for (size_t i = 0; i < b->told.merge.n; i++)
		if (b->told.merge.v[i].phase == phase && slu_oid_is_zero(&b->told.merge.v[i].taken_back))
			return &b->told.merge.v[i];
	return NULL;
}

static slu_rc same_files(bool *out, struct app_plan *p, const struct app_told_merge *x, const struct app_told_merge *y, slu_err *err)
{
	const slu_str *of_x = NULL, *of_y = NULL;
	size_t x_n = 0, y_n = 0;
	*out = false;
	SLU_TRY(p->facts->paths(p->facts->ctx, p->a, &x->before, &x->id, false, &of_x, &x_n, err));
	SLU_TRY(p->facts->paths(p->facts->ctx, p->a, &y->before, &y->id, false, &of_y, &y_n, err));
	slu_map *set = slu_map_new(p->a);
	for (size_t i = 0; i < x_n; i++)
		slu_map_put(set, of_x[i], set);
	for (size_t i = 0; i < y_n && !*out; i++)
		*out = slu_map_get(set, of_y[i]) != NULL;
	return SLU_OK;
}

/* Was the other one begun with this one's work, and changes it? */
static slu_rc builds_on(bool *out, struct app_back *b, struct app_plan *p, int phase, int before, slu_err *err)
{
	*out = flow_phase_comes_after(p->s, phase, before);
	for (size_t i = 0; i < b->told.merge.n && !*out; i++) {
		const struct app_told_merge *later = &b->told.merge.v[i];
		if (later->phase != phase || !slu_oid_is_zero(&later->taken_back))
			continue;
		for (size_t k = i + 1; k < b->told.merge.n && !*out; k++) {
			const struct app_told_merge *m = &b->told.merge.v[k];
			bool had = false;
			if (m->phase == before && slu_oid_is_zero(&m->taken_back))
				SLU_TRY(p->git->ops->is_ancestor(p->git, &m->brought, &later->brought, &had, err));
			if (had)
				SLU_TRY(same_files(out, p, m, later, err));
		}
	}
	return SLU_OK;
}

/* Those that still hold, and build on one that goes. @return the first of them; STRAT_NONE: there is none */
static slu_rc add_later(int *found, int *on, struct app_back *b, struct app_plan *p, slu_err *err)
{
	*found = STRAT_NONE;
	for (size_t i = 0; i < p->s->phase_n; i++)
		for (size_t k = 0; k < p->s->phase_n && !b->phase[i] && live(b, (int)i); k++) {
			bool builds = false;
			if (b->phase[k])
				SLU_TRY(builds_on(&builds, b, p, (int)i, (int)k, err));
			if (!builds)
				continue;
			*found = (int)i;
			*on = (int)k;
			return SLU_OK;
		}
	return SLU_OK;
}

static slu_rc not_there(const struct app_back *b, struct app_plan *p, int phase, slu_err *err)
{
	slu_str name = p->s->phase[phase].name;
	for (size_t i = 0; i < b->told.merge.n; i++) {
		const struct app_told_merge *m = &b->told.merge.v[i];
		if (m->phase == phase)
			return slu_fail(err, SLU_E_EXISTS, "%.*s has been taken back on %.*s already, by %.10s. It comes back with: sluice phase finish %.*s", SLU_FMT(name), SLU_FMT(b->on), m->taken_back.hex, SLU_FMT(name));
	}
	return slu_fail(err, SLU_E_NOT_FOUND, "The history of %.*s tells of no merge of %.*s. Was it merged elsewhere: --on BRANCH. Where it came by a rebase or with a message of somebody's own, only the clone that did it and the server remember. Find its commits: git log --oneline %.*s. Take them back by name, the newest first: sluice revert --merge COMMIT --merge COMMIT", SLU_FMT(b->on), SLU_FMT(name), SLU_FMT(b->on));
}

slu_rc app_back_phase(struct app_back *b, struct app_plan *p, int phase, bool later, slu_err *err)
{
	int next = STRAT_NONE, on = STRAT_NONE;
	if (!live(b, phase))
		return not_there(b, p, phase, err);
	b->phase[phase] = true;
	for (;;) {
		SLU_TRY(add_later(&next, &on, b, p, err));
		if (next == STRAT_NONE)
			break;
		slu_str name = p->s->phase[next].name, of = p->s->phase[on].name;
		if (!later)
			return slu_fail(err, SLU_E_CONFLICT, "%.*s is in %.*s too, and %s %.*s: alone %.*s cannot go. To take back both, the later first: --also-later", SLU_FMT(name), SLU_FMT(b->on),
			                flow_phase_comes_after(p->s, next, on) ? "comes after" : "was begun with, and changes,", SLU_FMT(of), SLU_FMT(of));
		b->phase[next] = true;
	}
	for (size_t i = 0; i < b->told.merge.n; i++) {
		const struct app_told_merge *m = &b->told.merge.v[i];
		if (m->phase >= 0 && b->phase[m->phase] && slu_oid_is_zero(&m->taken_back))
			take(b, p, m);
	}
	return SLU_OK;
}

/* ---- by name, and again ---------------------------------------------------------------------------------------------------------- */

/* Newer ones first: none stands before one that has it in its history. */
static slu_rc put_in_order(struct app_back *b, struct app_plan *p, const struct app_take *t, slu_err *err)
{
	size_t at = 0;
	for (size_t i = 0; i < b->take.n; i++) {
		bool newer = false;
		SLU_TRY(p->git->ops->is_ancestor(p->git, &t->id, &b->take.v[i].id, &newer, err));
		at = newer ? i + 1 : at;
	}
	*SLU_ADD(p->a, &b->take) = *t;
	for (size_t i = b->take.n - 1; i > at; i--)
		b->take.v[i] = b->take.v[i - 1];
	b->take.v[at] = *t;
	return SLU_OK;
}

slu_rc app_back_commit(struct app_back *b, struct app_plan *p, slu_str rev, slu_err *err)
{
	struct pol_commit c;
	slu_oid id;
	bool in = false;
	if (rev.n == 0 || rev.p[0] == '-' || p->git->ops->resolve(p->git, rev, &id, &(slu_err){ 0 }) != SLU_OK)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no commit %.*s here. The last merges: git log --merges --oneline -n 10 %.*s", SLU_FMT(rev), SLU_FMT(b->on));
	SLU_TRY(p->git->ops->commit(p->git, p->a, &id, &c, err));
	SLU_TRY(p->git->ops->is_ancestor(p->git, &id, &b->tip, &in, err));
	if (!in)
		return slu_fail(err, SLU_E_INVALID, "%.10s is not in %.*s: there is nothing of it to take back there. Where it is: git branch --all --contains %.10s; then --on that one", id.hex, SLU_FMT(b->on), id.hex);
	if (c.parent_n == 0 || c.parent_n > 2)
		return slu_fail(err, SLU_E_INVALID, "%.10s %s: what to go back to cannot be told.", id.hex, c.parent_n ? "joins more than two branches" : "is where the history begins");
	for (size_t i = 0; i < b->take.n; i++)
		if (slu_oid_eq(&b->take.v[i].id, &id))
			return SLU_OK;
	for (size_t i = 0; i < b->told.revert.n; i++)
		if (slu_oid_eq(&b->told.revert.v[i].what, &id))
			return slu_fail(err, SLU_E_EXISTS, "%.10s has been taken back on %.*s already, by %.10s. It comes back with: sluice revert --merge %.10s --on %.*s", id.hex, SLU_FMT(b->on), b->told.revert.v[i].id.hex,
			                b->told.revert.v[i].id.hex, SLU_FMT(b->on));
	slu_str rest = c.message, subject = { "", 0 };
	(void)slu_str_split(&rest, '\n', &subject);
	const struct app_take t = { .id = id, .before = c.parent[0], .subject = subject, .merge = c.parent_n == 2 };
	return put_in_order(b, p, &t, err);
}

slu_rc app_back_again(struct app_back *b, struct app_plan *p, int phase, slu_err *err)
{
	struct app_take *v = NULL;
	size_t n = 0;
	SLU_TRY(app_plan_taken_back(&v, &n, p, &b->told, phase, err));
	for (size_t i = 0; i < n; i++)
		*SLU_ADD(p->a, &b->take) = v[i];
	if (n == 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "Nothing of %.*s was taken back on %.*s: there is nothing to bring back.", SLU_FMT(p->s->phase[phase].name), SLU_FMT(b->on));
	return SLU_OK;
}

/* ---- commits ---------------------------------------------------------------------------------------------------------------------- */

slu_rc app_back_to_tag(slu_oid *at, const struct app_back *b, struct app_plan *p, slu_str tag, slu_str message, slu_err *err)
{
	struct pol_commit then, now;
	slu_oid id, made;
	bool in = false;
	SLU_TRY(p->git->ops->resolve(p->git, slu_s(slu_printf(p->a, "refs/tags/%.*s", SLU_FMT(tag))), &id, err));
	SLU_TRY(p->git->ops->is_ancestor(p->git, &id, &b->tip, &in, err));
	if (!in)
		return slu_fail(err, SLU_E_INVALID, "%.*s (%.10s) is not in the history of %.*s: it was never there, and there is no way back to it.", SLU_FMT(tag), id.hex, SLU_FMT(b->on));
	SLU_TRY(p->git->ops->commit(p->git, p->a, &id, &then, err));
	SLU_TRY(p->git->ops->commit(p->git, p->a, at, &now, err));
	if (slu_oid_eq(&then.tree, &now.tree))
		return slu_fail(err, SLU_E_EXISTS, "%.*s has the files of %.*s already.", SLU_FMT(b->on), SLU_FMT(tag));
	SLU_TRY(p->clone->ops->commit(p->clone, &then.tree, at, 1, NULL, message, &made, err));
	app_plan_says(p, "commit the files of %.*s (%.10s) on top of %.*s (%.10s)", SLU_FMT(tag), id.hex, SLU_FMT(b->on), made.hex);
	*at = made;
	return SLU_OK;
}

slu_rc app_back_write(slu_oid *at, struct app_plan *p, slu_str path, slu_str text, slu_str message, slu_err *err)
{
	const struct port_git_file_edit edit = { .path = path, .text = text };
	struct pol_commit now;
	slu_oid tree, made;
	SLU_TRY(p->git->ops->tree_edit(p->git, p->a, at, &edit, 1, &tree, err));
	SLU_TRY(p->git->ops->commit(p->git, p->a, at, &now, err));
	if (slu_oid_eq(&tree, &now.tree))
		return SLU_OK;
	SLU_TRY(p->clone->ops->commit(p->clone, &tree, at, 1, NULL, message, &made, err));
	app_plan_says(p, "begin an entry in %.*s (%.10s)", SLU_FMT(path), made.hex);
	*at = made;
	return SLU_OK;
}
