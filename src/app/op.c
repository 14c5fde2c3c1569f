/* SPDX-License-Identifier: Apache-2.0 */
/* Steps forwards and back. Each looks at what is there first: it may have been done before, wholly or in part. */
#include "app/op_impl.h"

void app_op_point(struct doing *d, const char *part, const char *when)
{
	if (d->w->point)
		d->w->point(d->w->ctx, slu_printf(d->w->a, "%s:%s", part, when));
}

/* As a person types it: a branch without refs/heads/. */
static slu_str typed(slu_str ref)
{
	static const slu_str heads = SLU_STR_INIT("refs/heads/");
	return slu_str_starts(ref, heads.p) ? (slu_str){ ref.p + heads.n, ref.n - heads.n } : ref;
}

/* ---- work trees --------------------------------------------------------------------------------------------------------------- */

static struct port_clone_move move_of(const struct flow_op_tree *t, bool back)
{
	return (struct port_clone_move){ t->path, t->git_dir, back ? t->to : t->from, back ? t->from : t->to };
}

static bool follows(const struct flow_op_tree *t)
{
	return !slu_oid_eq(&t->from, &t->to);
}

void app_op_let_go(struct doing *d)
{
	port_clone *c = d->w->clone;
	for (size_t i = 0; i < d->op->tree.n; i++) {
		const struct port_clone_move m = move_of(&d->op->tree.v[i], d->op->back);
		if (follows(&d->op->tree.v[i]))
			c->ops->release(c, &m);
	}
	d->held = false;
}

slu_rc app_op_hold(struct doing *d, slu_err *err)
{
	port_clone *c = d->w->clone;
	slu_rc rc = SLU_OK;
	if (d->held)
		return SLU_OK;
	for (size_t i = 0; rc == SLU_OK && i < d->op->tree.n; i++) {
		const struct port_clone_move m = move_of(&d->op->tree.v[i], d->op->back);
		if (!follows(&d->op->tree.v[i]))
			continue;
		rc = c->ops->hold(c, &m, err);
		if (rc == SLU_OK && !d->again)
			rc = c->ops->prove(c, &m, err);
	}
	d->held = true;
	if (rc != SLU_OK)
		app_op_let_go(d);
	return rc;
}

static slu_rc do_tree(struct doing *d, size_t i, slu_err *err)
{
	port_clone *c = d->w->clone;
	const struct port_clone_move m = move_of(&d->op->tree.v[i], d->op->back);
	const struct port_clone_kept *kept = NULL;
	size_t n = 0;
	SLU_TRY(c->ops->follow(c, d->w->a, &m, d->again, &kept, &n, err));
	for (size_t k = 0; k < n; k++)
		*SLU_ADD(d->w->a, &d->w->kept) = kept[k];
	return SLU_OK;
}

static slu_rc commit_of(slu_oid *out, struct doing *d, slu_str head, slu_err *err)
{
	return slu_str_starts(head, "refs/") ? d->w->git->ops->ref(d->w->git, head, out, err) : slu_oid_parse(out, head, err);
}

/* In one go, or where the branch only comes when another has gone, by way of its commit. */
static struct port_clone_head head_of(const struct doing *d, const struct flow_op_step *st)
{
	const struct flow_op_tree *t = &d->op->tree.v[st->i];
	slu_str between = flow_op_lands(d->op, st->i) ? slu_s(t->to.hex) : t->head_new;
	slu_str from = st->part == FLOW_OP_LAND ? between : t->head_old, to = st->part == FLOW_OP_LAND ? t->head_new : between;
	return (struct port_clone_head){ .git_dir = t->git_dir, .from = d->op->back ? to : from, .to = d->op->back ? from : to };
}

static slu_rc do_head(struct doing *d, const struct flow_op_step *st, slu_err *err)
{
	port_clone *c = d->w->clone;
	const struct flow_op_tree *t = &d->op->tree.v[st->i];
	const struct port_clone_tree *all = NULL;
	struct port_clone_head h = head_of(d, st);
	size_t n = 0;
	SLU_TRY(c->ops->trees(c, d->w->a, &all, &n, err));
	for (size_t k = 0; k < n; k++) {
		slu_str now = all[k].head.n ? all[k].head : slu_s(all[k].at.hex);
		if (!slu_str_eq(all[k].git_dir, t->git_dir))
			continue;
		if (slu_str_eq(now, h.to))
			return SLU_OK;
		if (!slu_str_eq(now, h.from))
			return slu_fail(err, SLU_E_CONFLICT, "%.*s was switched to %.*s meanwhile. Switch it back, then go on: git -C %.*s switch %s%.*s && sluice continue", SLU_FMT(t->path), SLU_FMT(typed(now)), SLU_FMT(t->path),
			                slu_str_starts(h.from, "refs/") ? "" : "--detach ", SLU_FMT(typed(h.from)));
	}
	SLU_TRY(commit_of(&h.old, d, h.from, err));
	SLU_TRY(commit_of(&h.new_, d, h.to, err));
	return c->ops->head(c, &h, err);
}

/* ---- refs -------------------------------------------------------------------------------------------------------------------------- */

slu_rc app_op_moved_on(const struct flow_op_ref *r, const slu_oid *now, const slu_oid *want, slu_err *err)
{
	bool gone = slu_oid_is_zero(now), none = slu_oid_is_zero(want);
	return slu_fail(err, SLU_E_CONFLICT, "%.*s has moved meanwhile: it %s%.10s, and should %s%.10s.", SLU_FMT(r->name), gone ? "is gone" : "is at ", gone ? "" : now->hex,
	                none ? "not be there" : "be at ", none ? "" : want->hex);
}

static slu_rc move_refs(struct doing *d, const struct port_git_update *u, size_t n, slu_err *err)
{
	port_clone *c = d->w->clone;
	return c->ops->refs(c, u, n, slu_s(slu_printf(d->w->a, "sluice: %s%.*s", d->op->back ? "taking back " : "", SLU_FMT(d->op->command))), d->again, err);
}

/* Of those of this part, the ones that still have to. */
static slu_rc do_refs(struct doing *d, enum flow_op_part part, slu_err *err)
{
	SLU_LIST(struct port_git_update) list = { 0 };
	for (size_t i = 0; i < d->op->ref.n; i++) {
		const struct flow_op_ref *r = &d->op->ref.v[i];
		const slu_oid *from = d->op->back ? &r->new_ : &r->old, *to = d->op->back ? &r->old : &r->new_;
		slu_oid now;
		if (!flow_op_in(r, part))
			continue;
		SLU_TRY(d->w->git->ops->ref(d->w->git, r->name, &now, err));
		if (slu_oid_eq(&now, to))
			continue;
		if (!slu_oid_eq(&now, from))
			return app_op_moved_on(r, &now, from, err);
		*SLU_ADD(d->w->a, &list) = (struct port_git_update){ r->name, *from, *to };
	}
	return move_refs(d, list.v, list.n, err);
}

typedef SLU_LIST(struct port_git_update) update_list;

/* What one of them names is held, or let go again. */
static slu_rc add_held(update_list *out, struct doing *d, const struct flow_op_ref *r, const char *where, size_t i, bool hold_it, slu_err *err)
{
	const slu_oid *id = slu_oid_is_zero(&r->old) ? &r->new_ : &r->old, none = slu_oid_zero();
	slu_str name = slu_s(slu_printf(d->w->a, "refs/sluice/moving/%s/%zu", where, i));
	slu_oid now;
	if (!flow_op_in(r, FLOW_OP_KEEP))
		return SLU_OK;
	SLU_TRY(d->w->git->ops->ref(d->w->git, name, &now, err));
	const slu_oid *to = hold_it ? id : &none;
	if (!slu_oid_eq(&now, to))
		*SLU_ADD(d->w->a, out) = (struct port_git_update){ name, now, *to };
	return SLU_OK;
}

static slu_rc do_keep(struct doing *d, bool hold_it, slu_err *err)
{
	update_list list = { 0 };
	for (size_t i = 0; i < d->op->ref.n; i++)
		SLU_TRY(add_held(&list, d, &d->op->ref.v[i], "here", i, hold_it, err));
	for (size_t i = 0; i < d->op->push.n; i++)
		SLU_TRY(add_held(&list, d, &d->op->push.v[i], "there", i, hold_it, err));
	return move_refs(d, list.v, list.n, err);
}

static slu_rc do_settings(struct doing *d, slu_err *err)
{
	port_clone *c = d->w->clone;
	for (size_t i = 0; i < d->op->setting.n; i++) {
		const struct flow_op_setting *s = &d->op->setting.v[i];
		bool has = d->op->back ? s->had : s->has;
		SLU_TRY(c->ops->setting(c, s->key, has ? (d->op->back ? &s->old : &s->new_) : NULL, err));
	}
	for (size_t i = 0; i < d->op->link.n; i++)
		SLU_TRY(c->ops->link(c, d->op->link.v[i].name, d->op->back ? d->op->link.v[i].old : d->op->link.v[i].new_, err));
	return SLU_OK;
}

/* ---- logs of renamed branches -------------------------------------------------------------------------------------------------------- */

static const char *log_place(slu_arena *a, const struct flow_op *op, size_t i)
{
	return slu_printf(a, "logs/%llu-%zu", (unsigned long long)op->id, i);
}

/* Of the name that goes. What was put by before, and is not the beginning of it, was put by when it was whole. */
static slu_rc logs_by(struct doing *d, slu_err *err)
{
	port_clone *c = d->w->clone;
	for (size_t i = 0; i < d->op->rename.n; i++) {
		slu_str text = { 0 }, kept = { 0 };
		bool found = false, there = false;
		SLU_TRY(c->ops->log_get(c, d->w->a, d->op->back ? d->op->rename.v[i].to : d->op->rename.v[i].from, &text, &found, err));
		SLU_TRY(c->ops->get(c, d->w->a, log_place(d->w->a, d->op, i), &kept, &there, err));
		if (found && (!there || (text.n >= kept.n && memcmp(text.p, kept.p, kept.n) == 0)))
			SLU_TRY(c->ops->put(c, log_place(d->w->a, d->op, i), text, err));
	}
	return SLU_OK;
}

/* Before what the name that came has logged itself. */
static slu_rc logs_on(struct doing *d, slu_err *err)
{
	port_clone *c = d->w->clone;
	for (size_t i = 0; i < d->op->rename.n; i++) {
		slu_str ref = d->op->back ? d->op->rename.v[i].from : d->op->rename.v[i].to, text = { 0 }, kept = { 0 };
		bool found = false, there = false;
		SLU_TRY(c->ops->get(c, d->w->a, log_place(d->w->a, d->op, i), &kept, &there, err));
		SLU_TRY(c->ops->log_get(c, d->w->a, ref, &text, &found, err));
		if (there && found && !(text.n >= kept.n && memcmp(text.p, kept.p, kept.n) == 0))
			SLU_TRY(c->ops->log_set(c, ref, slu_s(slu_printf(d->w->a, "%.*s%.*s", SLU_FMT(kept), SLU_FMT(text))), err));
	}
	return SLU_OK;
}

/* ---- the remote --------------------------------------------------------------------------------------------------------------------- */

/* Of the refs of this part: where are they all? */
slu_rc app_op_ask_remote(enum remote_state *out, struct doing *d, enum flow_op_part part, slu_err *err)
{
	port_clone *c = d->w->clone;
	const struct port_git_ref *ref = NULL;
	size_t n = 0, all = 0, before = 0, after = 0;
	bool ours = false;
	for (size_t i = 0; i < d->op->push.n; i++)
		ours = ours || slu_str_starts(d->op->push.v[i].name, "refs/sluice/");
	SLU_TRY(c->ops->remote_refs(c, d->w->a, d->op->remote, ours, &ref, &n, err));
	for (size_t i = 0; i < d->op->push.n; i++) {
		const struct flow_op_ref *r = &d->op->push.v[i];
		slu_oid now = slu_oid_zero();
		if (!flow_op_in(r, part))
			continue;
		for (size_t k = 0; k < n; k++)
			if (slu_str_eq(ref[k].name, r->name))
				now = ref[k].id;
		all++;
		after += slu_oid_eq(&now, d->op->back ? &r->old : &r->new_);
		before += slu_oid_eq(&now, d->op->back ? &r->new_ : &r->old);
	}
	*out = after == all ? REMOTE_AFTER : before == all ? REMOTE_BEFORE : REMOTE_OTHER;
	return SLU_OK;
}

static slu_rc remote_moved(const struct doing *d, enum flow_op_part part, slu_err *err)
{
	const char *remote = slu_str_dup(d->w->a, d->op->remote);
	if (d->op->back)
		return slu_fail(err, SLU_E_CONFLICT, "%s has moved meanwhile: what had to make room there cannot be put back. See what stands there now: git fetch --prune %s", remote, remote);
	if (part == FLOW_OP_PUSH && d->op->step > 0)
		return slu_fail(err, SLU_E_CONFLICT, "%s has moved meanwhile. Nothing has moved here; what had to make room there is put back by: sluice abort. Then fetch, and begin anew.", remote);
	return slu_fail(err, SLU_E_CONFLICT, "%s has moved meanwhile. Nothing has moved here: sluice abort, fetch, and begin anew.", remote);
}

static slu_rc do_push(struct doing *d, enum flow_op_part part, slu_err *err)
{
	port_clone *c = d->w->clone;
	enum remote_state at = REMOTE_BEFORE;
	update_list list = { 0 };
	if (d->again)
		SLU_TRY(app_op_ask_remote(&at, d, part, err));
	if (at == REMOTE_AFTER)
		return SLU_OK;
	if (at == REMOTE_OTHER)
		return remote_moved(d, part, err);
	for (size_t i = 0; i < d->op->push.n; i++) {
		const struct flow_op_ref *r = &d->op->push.v[i];
		if (flow_op_in(r, part))
			*SLU_ADD(d->w->a, &list) = (struct port_git_update){ r->name, d->op->back ? r->new_ : r->old, d->op->back ? r->old : r->new_ };
	}
	app_op_let_go(d); /* the user's pre-push hook may work with the index */
	slu_rc rc = c->ops->push(c, d->op->remote, list.v, list.n, err);
	if (rc == SLU_OK)
		return rc;
	slu_err quiet = { 0 }; /* refused, or the answer was lost: only the remote knows */
	if (app_op_ask_remote(&at, d, part, &quiet) != SLU_OK)
		return slu_fail(err, SLU_E_IO, "Whether %.*s took the push cannot be told: %s", SLU_FMT(d->op->remote), quiet.text);
	if (at == REMOTE_OTHER && rc == SLU_E_CONFLICT)
		return slu_fail(err, rc, "%.*s did not take the push: it has moved since it was last asked. Nothing has moved there, and nothing here. See what is new there, then begin anew: git fetch --prune %.*s", SLU_FMT(d->op->remote), SLU_FMT(d->op->remote));
	return at == REMOTE_AFTER ? SLU_OK : rc;
}

/* ---- the way ------------------------------------------------------------------------------------------------------------------------- */

static slu_rc do_step(struct doing *d, const struct flow_op_step *st, slu_err *err)
{
	switch (st->part) {
	case FLOW_OP_KEEP: return do_keep(d, !d->op->back, err);
	case FLOW_OP_LET_GO: return do_keep(d, d->op->back, err);
	case FLOW_OP_THERE: return app_op_there(d, err);
	case FLOW_OP_ROOM: return do_push(d, st->part, err);
	case FLOW_OP_PUSH: return d->op->back ? SLU_OK : do_push(d, st->part, err);
	case FLOW_OP_REFS:
	case FLOW_OP_DELETIONS:
	case FLOW_OP_LATE: return do_refs(d, st->part, err);
	case FLOW_OP_TREE: return do_tree(d, st->i, err);
	case FLOW_OP_HEAD:
	case FLOW_OP_LAND: return do_head(d, st, err);
	case FLOW_OP_SETTINGS: return do_settings(d, err);
	case FLOW_OP_LOGS: return d->op->back ? logs_on(d, err) : logs_by(d, err);
	case FLOW_OP_LOGS_ON: return d->op->back ? logs_by(d, err) : logs_on(d, err);
	}
	return slu_fail(err, SLU_E_INTERNAL, "There is no such step.");
}

static const char *part_word(enum flow_op_part p)
{
	static const char *const words[] = { "keep", "there", "room", "push", "refs", "tree", "head", "settings", "logs", "deletions", "late", "land", "logs-on", "let-go" };
	return words[p];
}

slu_rc app_op_one(struct doing *d, const struct flow_op_step *st, slu_err *err)
{
	if (st->part > FLOW_OP_PUSH) /* what comes before works on the remote */
		SLU_TRY(app_op_hold(d, err));
	d->begun = true;
	app_op_point(d, part_word(st->part), "before");
	SLU_TRY(do_step(d, st, err));
	app_op_point(d, part_word(st->part), "after");
	return SLU_OK;
}

/* Each work tree has followed: now that nothing is locked, its hooks. */
static void tell_hooks(struct doing *d)
{
	for (size_t i = 0; i < d->op->tree.n; i++) {
		const struct flow_op_tree *t = &d->op->tree.v[i];
		const struct port_clone_move m = move_of(t, d->op->back);
		d->w->clone->ops->followed(d->w->clone, &m, !slu_str_eq(t->head_old, t->head_new));
	}
}

slu_rc app_op_clear_away(struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	for (size_t i = 0; i < op->solved.n; i++) {
		const struct port_clone_solve ask = app_op_solve_of(&op->solved.v[i]);
		if (ask.dir.n)
			SLU_TRY(w->clone->ops->solve_end(w->clone, &ask, err));
	}
	for (size_t i = 0; i < op->rename.n; i++)
		SLU_TRY(w->clone->ops->drop(w->clone, log_place(w->a, op, i), err));
	return SLU_OK;
}

slu_rc app_op_forwards(struct doing *d, slu_err *err)
{
	struct flow_op_step st;
	slu_rc rc = SLU_OK;
	while (rc == SLU_OK && flow_op_step(&st, d->op, d->op->step)) {
		rc = app_op_one(d, &st, err);
		if (rc == SLU_OK) {
			d->op->step++;
			rc = app_op_save(d->op, d->w->clone, err);
		}
	}
	app_op_let_go(d);
	if (rc == SLU_OK)
		tell_hooks(d);
	return rc;
}

static slu_rc forwards(struct doing *d, slu_err *err)
{
	SLU_TRY(app_op_forwards(d, err));
	return app_op_close(d->op, d->w, FLOW_OP_DONE, err);
}

/* From the step that may have begun, back to the first. */
slu_rc app_op_backwards(struct doing *d, slu_err *err)
{
	struct flow_op_step st;
	slu_rc rc = SLU_OK;
	for (bool more = true; rc == SLU_OK && more;) {
		if (flow_op_step(&st, d->op, d->op->step))
			rc = app_op_one(d, &st, err);
		more = d->op->step > 0;
		if (rc == SLU_OK && more) {
			d->op->step--;
			rc = app_op_save(d->op, d->w->clone, err);
		}
	}
	app_op_let_go(d);
	if (rc == SLU_OK)
		tell_hooks(d);
	return rc;
}

static slu_rc backwards(struct doing *d, slu_err *err)
{
	SLU_TRY(app_op_backwards(d, err));
	return app_op_close(d->op, d->w, d->op->undo ? FLOW_OP_UNDONE : FLOW_OP_ABORTED, err);
}

slu_rc app_op_close(struct flow_op *op, struct app_op_world *w, enum flow_op_state state, slu_err *err)
{
	struct doing d = { .op = op, .w = w };
	app_op_point(&d, "end", "before");
	SLU_TRY(app_op_clear_away(op, w, err));
	SLU_TRY(app_op_end(op, w, state, err));
	app_op_point(&d, "end", "after");
	return SLU_OK;
}

slu_rc app_op_number(struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	uint64_t last = 0;
	if (op->id)
		return SLU_OK;
	SLU_TRY(app_op_highest(&last, w->a, w->clone, err));
	op->id = last + 1;
	return SLU_OK;
}

static slu_rc stands(slu_rc rc, const struct flow_op *op, slu_err *err)
{
	if (rc == SLU_OK || !err)
		return rc;
	slu_err why = *err;
	(void)!slu_fail(err, why.code, "%s The operation \"%.*s\" is under way: sluice continue goes on, sluice abort puts everything back.", why.text, SLU_FMT(op->command));
	return rc;
}

/* What has moved is only what makes room for the push that was refused: it goes back by itself. */
static slu_rc make_good(struct doing *d, slu_rc rc, slu_err *err)
{
	slu_err quiet = { 0 };
	d->op->back = d->again = true;
	if (app_op_save(d->op, d->w->clone, &quiet) == SLU_OK && backwards(d, &quiet) == SLU_OK)
		return rc;
	return stands(rc, d->op, err);
}

/* Nothing has moved. What a person solved for it is there when it is tried again. */
static slu_rc not_begun(const struct flow_op *op, struct app_op_world *w, slu_rc rc, slu_err *err)
{
	slu_err why = *err, quiet = { 0 };
	const struct flow_op wait = flow_op_waiting(op);
	if (op->solved.n == 0)
		(void)!app_op_forget(w->clone, &quiet);
	else if (app_op_save(&wait, w->clone, &quiet) == SLU_OK)
		(void)!slu_fail(err, why.code, "%s What you solved is kept: sluice continue tries again, sluice abort gives it up.", why.text);
	return rc;
}

slu_rc app_op_begin(struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	struct doing d = { .op = op, .w = w };
	SLU_TRY(app_op_number(op, w, err));
	flow_op_mark(op->ref.v, op->ref.n);
	flow_op_mark(op->push.v, op->push.n);
	op->state = FLOW_OP_RUNNING;
	SLU_TRY(app_op_save(op, w->clone, err));
	app_op_point(&d, "begin", "after");
	slu_rc rc = app_op_hold(&d, err);
	if (rc == SLU_OK)
		rc = forwards(&d, err);
	enum flow_op_when push = flow_op_pushed(op);
	if (rc == SLU_E_CONFLICT && op->step > 0 && (push == FLOW_OP_BEFORE || push == FLOW_OP_NOW))
		return make_good(&d, rc, err);
	if (rc == SLU_OK || op->step > 0 || (d.begun && rc != SLU_E_CONFLICT)) /* with a conflict, the first step is known to have moved nothing */
		return stands(rc, op, err);
	return not_begun(op, w, rc, err);
}

slu_rc app_op_continue(struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	struct doing d = { .op = op, .w = w, .again = true };
	if (op->state == FLOW_OP_PREPARED)
		return slu_fail(err, SLU_E_CONFLICT, "Nothing of \"%.*s\" has moved here yet, and alone it is not done. Give it up: sluice abort", SLU_FMT(op->command));
	return stands(op->back ? backwards(&d, err) : forwards(&d, err), op, err);
}

/* ---- back ------------------------------------------------------------------------------------------------------------------------------- */

static slu_rc may_go_back(struct doing *d, slu_err *err)
{
	enum remote_state at = REMOTE_AFTER;
	enum flow_op_when push = flow_op_pushed(d->op);
	slu_err why = { 0 };
	if (push == FLOW_OP_NEVER || push == FLOW_OP_BEFORE)
		return SLU_OK;
	if (push == FLOW_OP_NOW && app_op_ask_remote(&at, d, FLOW_OP_PUSH, &why) != SLU_OK)
		return slu_fail(err, SLU_E_IO, "Whether %.*s took the push cannot be told, so nothing is put back yet: %s Try again when it can be reached: sluice abort", SLU_FMT(d->op->remote), why.text);
	if (at != REMOTE_AFTER)
		return SLU_OK;
	return slu_fail(err, SLU_E_CONFLICT, "It has been pushed to %.*s, where others may have it already; it cannot be taken back here. Go on: sluice continue. %s",
	                SLU_FMT(d->op->remote), flow_op_way_back(d->w->a, d->op));
}

slu_rc app_op_abort(struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	struct doing d = { .op = op, .w = w, .again = true };
	if (op->state == FLOW_OP_SOLVING || op->state == FLOW_OP_PREPARED)
		return app_op_close(op, w, FLOW_OP_ABORTED, err);
	if (op->undo) { /* taking it back is given up: it is done again */
		op->back = op->undo = false;
		SLU_TRY(app_op_save(op, w->clone, err));
		return stands(forwards(&d, err), op, err);
	}
	if (!op->back)
		SLU_TRY(may_go_back(&d, err));
	op->back = true;
	SLU_TRY(app_op_save(op, w->clone, err));
	return stands(backwards(&d, err), op, err);
}

slu_rc app_op_nobody_built_on_it(const struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	for (size_t i = 0; i < op->ref.n; i++) {
		const struct flow_op_ref *r = &op->ref.v[i];
		uint64_t ahead = 0, behind = 0;
		slu_oid now;
		SLU_TRY(w->git->ops->ref(w->git, r->name, &now, err));
		if (slu_oid_eq(&now, &r->new_))
			continue;
		if (!slu_oid_is_zero(&now) && !slu_oid_is_zero(&r->new_) && w->git->ops->ahead_behind(w->git, &now, &r->new_, &ahead, &behind, NULL) == SLU_OK && behind == 0)
			return slu_fail(err, SLU_E_CONFLICT, "%.*s has %llu %s since, and taking \"%.*s\" back would lose %s. To keep %s elsewhere first: git branch kept %.*s && git switch %.*s && git reset --keep %.10s; then sluice undo.%s",
			                SLU_FMT(typed(r->name)), (unsigned long long)ahead, ahead == 1 ? "commit" : "commits", SLU_FMT(op->command), ahead == 1 ? "it" : "them", ahead == 1 ? "it" : "them", SLU_FMT(typed(r->name)),
			                SLU_FMT(typed(r->name)), r->new_.hex, slu_oid_is_zero(&r->old) ? "" : " Or take back what was merged, by a commit: sluice revert --merge COMMIT");
		return slu_fail(err, SLU_E_CONFLICT, "%.*s is no longer where \"%.*s\" left it; it cannot be taken back. See what happened: git reflog show %.*s", SLU_FMT(typed(r->name)), SLU_FMT(op->command), SLU_FMT(typed(r->name)));
	}
	return SLU_OK;
}

slu_rc app_op_undo(struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	struct doing d = { .op = op, .w = w };
	struct flow_op_step st;
	if (op->push.n + op->there.n)
		return slu_fail(err, SLU_E_CONFLICT, "\"%.*s\" was pushed to %.*s, where others may have it already: it is not undone, and no deletion is pushed. %s", SLU_FMT(op->command),
		                SLU_FMT(op->remote), flow_op_way_back(w->a, op));
	SLU_TRY(app_op_nobody_built_on_it(op, w, err));
	for (op->step = 0; flow_op_step(&st, op, op->step);)
		op->step++;
	op->state = FLOW_OP_RUNNING;
	op->back = op->undo = true;
	SLU_TRY(app_op_save(op, w->clone, err));
	slu_rc rc = app_op_hold(&d, err); /* the work trees must be able to follow before anything moves */
	slu_err quiet;
	if (rc != SLU_OK) {
		(void)!app_op_forget(w->clone, &quiet);
		return rc;
	}
	return stands(backwards(&d, err), op, err);
}
