/* SPDX-License-Identifier: Apache-2.0 */
#include "app/adopt_impl.h"

#include "base/quantity.h"

static const char heads[] = "refs/heads/";

slu_str adopt_full(struct app_adopt *u, slu_str name)
{
	return slu_s(slu_printf(u->p->a, "%s%.*s", heads, SLU_FMT(name)));
}

static slu_str tracking(struct app_adopt *u, slu_str name)
{
	return slu_s(slu_printf(u->p->a, "refs/remotes/%.*s/%.*s", SLU_FMT(u->p->remote), SLU_FMT(name)));
}

void adopt_leave(struct app_adopt *u, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	*SLU_ADD(u->p->a, &u->left) = slu_vprintf(u->p->a, fmt, ap);
	va_end(ap);
}

/* ---- what there is ------------------------------------------------------------------------------------------------------------- */

slu_oid adopt_on_remote(const struct app_adopt *u, slu_str ref)
{
	for (size_t i = 0; i < u->remote_n; i++)
		if (slu_str_eq(u->remote[i].name, ref))
			return u->remote[i].id;
	return slu_oid_zero();
}

/* Where the remote has it once the plan is pushed. */
slu_oid adopt_planned_there(const struct app_adopt *u, slu_str ref)
{
	for (size_t i = 0; i < u->p->op->there.n; i++) {
		const struct flow_op_there *x = &u->p->op->there.v[i];
		if (flow_op_is_branch(ref, x->to))
			return x->at;
		if (flow_op_is_branch(ref, x->from))
			return slu_oid_zero();
	}
	for (size_t i = 0; i < u->p->op->push.n; i++)
		if (slu_str_eq(u->p->op->push.v[i].name, ref))
			return u->p->op->push.v[i].new_;
	return adopt_on_remote(u, ref);
}

void adopt_push(struct app_adopt *u, slu_str ref, const slu_oid *old, const slu_oid *new_)
{
	*SLU_ADD(u->p->a, &u->p->op->push) = (struct flow_op_ref){ ref, *old, *new_, false };
}

/* A branch that is being rebased comes back under its old name when that ends. */
static slu_rc nothing_at_work(struct app_adopt *u, slu_err *err)
{
	struct app_plan *p = u->p;
	for (size_t i = 0; i < u->tree_n; i++) {
		const char *busy = u->tree[i].gone ? NULL : p->clone->ops->busy(p->clone, &u->tree[i]);
		if (busy)
			return slu_fail(err, SLU_E_CONFLICT, "A %s is under way in %.*s, and would go on under a name that is gone. Finish it there, or give it up: %s", busy, SLU_FMT(u->tree[i].path),
			                app_plan_give_up(u->p, &u->tree[i], busy));
	}
	return SLU_OK;
}

static slu_rc open_all(struct app_adopt *u, slu_err *err)
{
	struct app_plan *p = u->p;
	u->push = u->push && p->remote.n;
	u->done = SLU_NEW_N(p->a, bool, p->s->branch_n + 1);
	SLU_TRY(p->clone->ops->trees(p->clone, p->a, &u->tree, &u->tree_n, err));
	SLU_TRY(nothing_at_work(u, err));
	if (!u->push)
		return SLU_OK;
	SLU_TRY(p->clone->ops->remote_refs(p->clone, p->a, p->remote, false, &u->remote, &u->remote_n, err));
	return p->clone->ops->remote_head(p->clone, p->a, p->remote, &u->default_branch, err);
}

/* What the remote has must be here, or it cannot be pushed under another name. */
static slu_rc is_fetched(struct app_adopt *u, slu_str name, const slu_oid *id, slu_err *err)
{
	struct pol_commit c;
	if (slu_oid_is_zero(id) || u->p->git->ops->commit(u->p->git, u->p->a, id, &c, NULL) == SLU_OK)
		return SLU_OK;
	return slu_fail(err, SLU_E_CONFLICT, "%.*s has moved on %.*s since it was fetched. Fetch, then try again: git fetch %.*s", SLU_FMT(name), SLU_FMT(u->p->remote), SLU_FMT(u->p->remote));
}

static slu_rc ask(struct app_adopt *u, slu_str ref, const slu_oid *old, const slu_oid *new_, slu_err *err)
{
	struct pol_action act;
	struct pol_verdict v;
	SLU_TRY(pol_push_action(&act, u->p->a, u->p->facts, u->p->off->person, ref, old, new_, err));
	return app_plan_ask(&v, u->p, &act, err);
}

/* Where a kind is one branch: its name, of several that it may have the one that is there. n == 0: such branches are many. */
static slu_str only_name(struct app_adopt *u, int kind)
{
	const struct strat_branch *b = &u->p->s->branch[kind];
	slu_str found = { 0 };
	for (size_t i = 0; i < b->match_n; i++) {
		slu_str name = strat_pattern_text(b->match[i]), ref = adopt_full(u, name);
		slu_oid here = slu_oid_zero(), there = adopt_planned_there(u, ref);
		if (b->builtin || !strat_pattern_is_exact(b->match[i]))
			return (slu_str){ 0 };
		(void)!app_plan_at(&here, u->p, ref, NULL);
		if (found.n == 0 && !(slu_oid_is_zero(&here) && slu_oid_is_zero(&there)))
			found = name;
	}
	return found.n || b->match_n == 0 ? found : strat_pattern_text(b->match[0]);
}

/* ---- settings ---------------------------------------------------------------------------------------------------------------------- */

static slu_str setting_of(const struct app_adopt *u, const char *key)
{
	slu_str v = { 0 };
	for (size_t i = 0; i < u->p->here->setting_n; i++)
		if (slu_str_is(u->p->here->setting[i].key, key))
			v = u->p->here->setting[i].value;
	return v;
}

static void set(struct app_adopt *u, const char *key, slu_str value)
{
	slu_str old = setting_of(u, key);
	*SLU_ADD(u->p->a, &u->p->op->setting) = (struct flow_op_setting){ .key = slu_s(key), .old = old, .new_ = value, .had = old.n > 0, .has = true };
}

/* "refs/heads/main-v2" is refs/heads/main on the remote from now on. */
static slu_str merge_value(struct app_adopt *u, slu_str value, slu_str branch)
{
	slu_str remote = setting_of(u, slu_printf(u->p->a, "branch.%.*s.remote", SLU_FMT(branch)));
	for (size_t i = 0; i < u->name.n && slu_str_eq(remote, u->p->remote); i++)
		if (u->name.v[i].known && slu_str_eq(value, adopt_full(u, u->name.v[i].old)))
			return adopt_full(u, u->name.v[i].now);
	return value;
}

static slu_str renamed_here(const struct app_adopt *u, slu_str branch)
{
	for (size_t i = 0; i < u->name.n; i++)
		if (u->name.v[i].here && slu_str_eq(u->name.v[i].old, branch))
			return u->name.v[i].now;
	return branch;
}

/* branch.NAME.KEY of a branch that is renamed, and of every branch whose upstream is. What goes is forgotten with its branch. */
static slu_rc move_settings(struct app_adopt *u, slu_err *err)
{
	static const char section[] = "branch.";
	const struct port_git_here *h = u->p->here;
	for (size_t i = 0; i < h->setting_n; i++) {
		slu_str key = h->setting[i].key, value = h->setting[i].value;
		const char *dot = key.n ? memrchr(key.p, '.', key.n) : NULL;
		if (!slu_str_starts(key, section) || !dot || (size_t)(dot - key.p) < sizeof section)
			continue;
		slu_str branch = { key.p + sizeof section - 1, (size_t)(dot - key.p) - (sizeof section - 1) }, now = renamed_here(u, branch);
		slu_str after = slu_str_is((slu_str){ dot + 1, key.n - (size_t)(dot + 1 - key.p) }, "merge") ? merge_value(u, value, branch) : value;
		bool moved = !slu_str_eq(now, branch);
		if (!moved && slu_str_eq(after, value))
			continue;
		for (size_t k = 0; k < i; k++)
			if (slu_str_eq(h->setting[k].key, key))
				return slu_fail(err, SLU_E_CONFLICT, "The setting %.*s is there more than once, and could not be put back as it is. Leave one: git config --edit", SLU_FMT(key));
		set(u, slu_printf(u->p->a, "%s%.*s%.*s", section, SLU_FMT(now), (int)(key.n - (size_t)(dot - key.p)), dot), after);
	}
	return SLU_OK;
}

/* A clone of one branch alone asks for it by its name. */
static void say_refspecs(struct app_adopt *u)
{
	const struct port_git_here *h = u->p->here;
	const char *key = slu_printf(u->p->a, "remote.%.*s.fetch", SLU_FMT(u->p->remote));
	for (size_t i = 0; i < h->setting_n; i++)
		for (size_t k = 0; slu_str_is(h->setting[i].key, key) && k < u->name.n; k++)
			if (u->name.v[k].there && strstr(slu_str_dup(u->p->a, h->setting[i].value), slu_printf(u->p->a, "%s%.*s:", heads, SLU_FMT(u->name.v[k].old))))
				adopt_leave(u, "%s asks for %.*s by name; it has to ask for %.*s: git remote set-branches --add %.*s %.*s", key, SLU_FMT(u->name.v[k].old), SLU_FMT(u->name.v[k].now), SLU_FMT(u->p->remote),
				      SLU_FMT(u->name.v[k].now));
}

/* ---- one that is called otherwise --------------------------------------------------------------------------------------------------- */

/* Both names are there: the old one goes when the new one has all of it. */
static slu_rc within(bool *out, struct app_adopt *u, struct app_adopt_name *n, const slu_oid *old, const slu_oid *now, const char *where, slu_err *err)
{
	uint64_t ahead = 0, behind = 0;
	SLU_TRY(u->p->git->ops->ahead_behind(u->p->git, now, old, &ahead, &behind, err));
	*out = behind == 0;
	n->both = true;
	n->more = ahead > n->more ? ahead : n->more;
	if (!*out)
		adopt_leave(u, "%.*s stays%s: it has commits that %.*s does not have. Bring them in, then adopt again: git log %.*s..%.*s", SLU_FMT(n->old), where, SLU_FMT(n->now), SLU_FMT(n->now), SLU_FMT(n->old));
	return SLU_OK;
}

static slu_rc rename_here(struct app_adopt *u, struct app_adopt_name *n, slu_err *err)
{
	struct app_plan *p = u->p;
	const slu_oid none = slu_oid_zero();
	slu_str ref = adopt_full(u, n->now), old_ref = adopt_full(u, n->old);
	slu_oid old, now, there = adopt_planned_there(u, ref);
	bool goes = true;
	SLU_TRY(app_plan_at(&old, p, old_ref, err));
	SLU_TRY(app_plan_at(&now, p, ref, err));
	if (slu_oid_is_zero(&old) && (!slu_oid_is_zero(&now) || slu_oid_is_zero(&there) || !n->there))
		return SLU_OK;
	slu_oid to = slu_oid_is_zero(&old) ? there : old; /* one that only the remote has is taken from there */
	if (slu_oid_is_zero(&now)) {
		SLU_TRY(ask(u, ref, &none, &to, err));
		SLU_TRY(app_plan_move(p, ref, &to, err));
	} else {
		SLU_TRY(within(&goes, u, n, &old, &now, "", err));
	}
	if (slu_oid_is_zero(&old)) {
		set(u, slu_printf(p->a, "branch.%.*s.remote", SLU_FMT(n->now)), p->remote);
		set(u, slu_printf(p->a, "branch.%.*s.merge", SLU_FMT(n->now)), ref);
		return SLU_OK;
	}
	if (!goes)
		return SLU_OK;
	SLU_TRY(ask(u, old_ref, &old, &none, err));
	*SLU_ADD(p->a, &p->renamed) = (struct app_plan_rename){ old_ref, ref };
	if (slu_oid_is_zero(&now))
		*SLU_ADD(p->a, &p->op->rename) = (struct flow_op_rename){ old_ref, ref };
	n->here = true;
	return app_plan_move(p, old_ref, &none, err);
}

/* The remote refuses to delete its default branch, and a server has changes into it. */
static bool has_to_stay(const struct app_adopt *u, const struct app_adopt_name *n)
{
	return slu_str_eq(u->default_branch, n->old) || (u->by_server && !slu_str_eq(u->default_branch, n->now) && !flow_op_clash(n->old, n->now));
}

/* What this clone has seen of the remote last goes with it, as a push would have it. */
static slu_rc by_server(struct app_adopt *u, struct app_adopt_name *n, const slu_oid *at, slu_err *err)
{
	struct app_plan *p = u->p;
	const slu_oid none = slu_oid_zero();
	n->there = true;
	*SLU_ADD(p->a, &p->op->there) = (struct flow_op_there){ n->old, n->now, *at };
	p->op->remote = p->remote;
	if (slu_str_eq(u->default_branch, n->old)) {
		u->default_branch = n->now;
		u->wanted = (slu_str){ 0 };
	}
	SLU_TRY(app_plan_move(p, tracking(u, n->old), &none, err));
	return app_plan_move(p, tracking(u, n->now), at, err);
}

static slu_rc rename_there(struct app_adopt *u, struct app_adopt_name *n, slu_err *err)
{
	const slu_oid none = slu_oid_zero();
	slu_str ref = adopt_full(u, n->now), old_ref = adopt_full(u, n->old);
	slu_oid old = adopt_on_remote(u, old_ref), now = adopt_on_remote(u, ref);
	bool goes = true;
	if (slu_oid_is_zero(&old))
		return SLU_OK;
	SLU_TRY(is_fetched(u, n->old, &old, err));
	SLU_TRY(is_fetched(u, n->now, &now, err));
	if (u->by_server && slu_oid_is_zero(&now))
		return by_server(u, n, &old, err);
	if (slu_oid_is_zero(&now))
		adopt_push(u, ref, &none, &old);
	else
		SLU_TRY(within(&goes, u, n, &old, &now, slu_printf(u->p->a, " on %.*s", SLU_FMT(u->p->remote)), err));
	n->there = goes;
	n->stays = goes && has_to_stay(u, n);
	if (goes && !n->stays)
		adopt_push(u, old_ref, &old, &none);
	return SLU_OK;
}

static void say_rename(struct app_adopt *u, const struct app_adopt_name *n)
{
	struct app_plan *p = u->p;
	const char *remote = slu_str_dup(p->a, p->remote), *later = n->stays ? ", where the old name stays for now" : "";
	bool there = n->there && !(n->both && n->stays);
	const char *where = !there ? "here" : n->here ? slu_printf(p->a, "here and on %s", remote) : slu_printf(p->a, "on %s", remote);
	if (n->both && (n->here || there))
		app_plan_says(p, "delete %.*s, %s: %.*s has all of it%s", SLU_FMT(n->old), where, SLU_FMT(n->now), n->more == 0 ? "" : slu_printf(p->a, ", and %llu %s more", (unsigned long long)n->more, n->more == 1 ? "commit" : "commits"));
	else if (n->here || there)
		app_plan_says(p, "rename %.*s to %.*s, %s%s", SLU_FMT(n->old), SLU_FMT(n->now), where, later);
}

/* ---- one that is missing ------------------------------------------------------------------------------------------------------------ */

static slu_rc nowhere(struct app_adopt *u, const struct strat_branch *b, slu_str name, slu_err *err)
{
	if (b->type == STRAT_INTEGRATION || b->type == STRAT_SUPPORT) {
		adopt_leave(u, "There is no %.*s, and the strategy says no single branch that it begins at (branches.%.*s.base).", SLU_FMT(name), SLU_FMT(b->name));
		return SLU_OK;
	}
	const char *now = u->default_branch.n ? slu_str_dup(u->p->a, u->default_branch) : "master";
	for (size_t i = 0; i < u->tree_n && u->default_branch.n == 0; i++)
		if (u->tree[i].here && u->tree[i].head.n)
			now = slu_str_dup(u->p->a, (slu_str){ u->tree[i].head.p + strlen(heads), u->tree[i].head.n - strlen(heads) });
	return slu_fail(err, SLU_E_INVALID, "There is no branch %.*s, and nothing says which one it is. Say what it is called today in the strategy file, such as: branches: {%.*s: {was: %s}}%s", SLU_FMT(name), SLU_FMT(b->name), now,
	                ". A file of your own takes a preset with `extends: [NAME]`.");
}

static slu_rc base_of(slu_oid *out, struct app_adopt *u, slu_str base, slu_err *err)
{
	bool there = false;
	SLU_TRY(app_plan_have(&there, u->p, base, err)); /* it is asked whether the branch may begin at it */
	*out = adopt_planned_there(u, adopt_full(u, base));
	return slu_oid_is_zero(out) ? app_plan_at(out, u->p, adopt_full(u, base), err) : is_fetched(u, base, out, err);
}

static slu_rc create(struct app_adopt *u, int kind, slu_str name, slu_err *err)
{
	struct app_plan *p = u->p;
	const struct strat_branch *b = &p->s->branch[kind];
	slu_str base = b->base >= 0 ? only_name(u, b->base) : (slu_str){ 0 }, ref = adopt_full(u, name);
	const slu_oid none = slu_oid_zero();
	slu_oid at = none;
	if (b->type == STRAT_SUPPORT && b->was.n == 0)
		return SLU_OK; /* a line is made when it is needed */
	if (base.n)
		SLU_TRY(base_of(&at, u, base, err));
	if (slu_oid_is_zero(&at))
		return nowhere(u, b, name, err);
	if (b->type == STRAT_SUPPORT) {
		adopt_leave(u, "There is neither %.*s nor %.*s, which it was. It is made when it is needed.", SLU_FMT(name), SLU_FMT(b->was));
		return SLU_OK;
	}
	SLU_TRY(ask(u, ref, &none, &at, err));
	SLU_TRY(app_plan_move(p, ref, &at, err));
	if (u->push) {
		adopt_push(u, ref, &none, &at);
		set(u, slu_printf(p->a, "branch.%.*s.remote", SLU_FMT(name)), p->remote);
		set(u, slu_printf(p->a, "branch.%.*s.merge", SLU_FMT(name)), ref);
	}
	app_plan_says(p, "create %.*s from %.*s (%.10s)%s", SLU_FMT(name), SLU_FMT(base), at.hex, u->push ? slu_printf(p->a, ", here and on %.*s", SLU_FMT(p->remote)) : "");
	return SLU_OK;
}

/* It is here and was never pushed. */
static slu_rc publish(struct app_adopt *u, slu_str name, slu_err *err)
{
	struct app_plan *p = u->p;
	slu_str ref = adopt_full(u, name);
	const slu_oid none = slu_oid_zero();
	slu_oid here, there = adopt_planned_there(u, ref);
	SLU_TRY(app_plan_at(&here, p, ref, err));
	if (!u->push || slu_oid_is_zero(&here) || !slu_oid_is_zero(&there))
		return SLU_OK;
	SLU_TRY(ask(u, ref, &none, &here, err));
	adopt_push(u, ref, &none, &here);
	set(u, slu_printf(p->a, "branch.%.*s.remote", SLU_FMT(name)), p->remote);
	set(u, slu_printf(p->a, "branch.%.*s.merge", SLU_FMT(name)), ref);
	app_plan_says(p, "push %.*s to %.*s (%.10s)", SLU_FMT(name), SLU_FMT(p->remote), here.hex);
	return SLU_OK;
}

static bool is_long_lived(const struct strat_branch *b)
{
	return b->type == STRAT_PRODUCTION || b->type == STRAT_INTEGRATION || b->type == STRAT_SUPPORT;
}

static slu_rc one(struct app_adopt *u, int kind, slu_err *err)
{
	struct app_plan *p = u->p;
	const struct strat_branch *b = &p->s->branch[kind];
	slu_str name = only_name(u, kind);
	slu_oid here, there = adopt_on_remote(u, adopt_full(u, name));
	if (u->done[kind] || name.n == 0 || !is_long_lived(b))
		return SLU_OK;
	u->done[kind] = true;
	if (b->base >= 0)
		SLU_TRY(one(u, b->base, err)); /* bases lead to no circle: the strategy was checked for it */
	if (b->was.n) {
		struct app_adopt_name n = { .old = b->was, .now = name };
		SLU_TRY(rename_there(u, &n, err));
		SLU_TRY(rename_here(u, &n, err));
		slu_oid known = adopt_planned_there(u, adopt_full(u, name));
		n.known = !slu_oid_is_zero(&known);
		say_rename(u, &n);
		if (n.here || n.there)
			*SLU_ADD(p->a, &u->name) = n;
	}
	SLU_TRY(app_plan_at(&here, p, adopt_full(u, name), err));
	there = adopt_planned_there(u, adopt_full(u, name));
	if (slu_oid_is_zero(&here) && slu_oid_is_zero(&there))
		return create(u, kind, name, err);
	return publish(u, name, err);
}

/* ---- the default branch --------------------------------------------------------------------------------------------------------------- */

/* Of the strategy, by the name that it has here. */
static slu_str default_of(struct app_adopt *u)
{
	slu_str name = strat_default_branch(u->p->s);
	int kind = name.n ? strat_branch_kind(u->p->s, name, NULL) : STRAT_NONE;
	return kind < 0 ? name : only_name(u, kind);
}

static void find_wanted(struct app_adopt *u)
{
	const strat *s = u->p->s;
	int kind = u->default_branch.n ? strat_branch_kind(s, u->default_branch, NULL) : STRAT_NONE;
	if (kind < 0 || !is_long_lived(&s->branch[kind]))
		u->wanted = default_of(u);
	for (size_t i = 0; i < s->branch_n && u->default_branch.n; i++)
		if (slu_str_eq(s->branch[i].was, u->default_branch) && only_name(u, (int)i).n)
			u->wanted = only_name(u, (int)i);
	if (slu_str_eq(u->wanted, u->default_branch))
		u->wanted = (slu_str){ 0 };
}

/* refs/remotes/origin/HEAD, by which Git and sluice know the default branch, is where the remote has it by now. */
static slu_rc follow_head(struct app_adopt *u, slu_err *err)
{
	struct app_plan *p = u->p;
	slu_str head = tracking(u, SLU_STR("HEAD")), to = tracking(u, u->default_branch), now = { 0 };
	slu_oid there;
	if (u->default_branch.n == 0)
		return SLU_OK;
	SLU_TRY(p->git->ops->symbolic(p->git, p->a, head, &now, err));
	SLU_TRY(app_plan_at(&there, p, to, err));
	if (slu_str_eq(now, to) || slu_oid_is_zero(&there))
		return SLU_OK;
	*SLU_ADD(p->a, &p->op->link) = (struct flow_op_link){ head, now, to };
	app_plan_says(p, "set %.*s/HEAD to %.*s, the default branch there", SLU_FMT(p->remote), SLU_FMT(u->default_branch));
	return SLU_OK;
}

static void say_what_stays(struct app_adopt *u)
{
	for (size_t i = 0; i < u->name.n; i++)
		if (!u->by_server && u->name.v[i].stays && slu_str_eq(u->name.v[i].old, u->default_branch))
			adopt_leave(u, "%.*s stays on %.*s as long as it is the default branch there. When that is %.*s, adopt again, and it goes: sluice adopt apply", SLU_FMT(u->name.v[i].old), SLU_FMT(u->p->remote),
			      SLU_FMT(u->name.v[i].now));
}

/* ---- the plan ------------------------------------------------------------------------------------------------------------------------------ */

static void say_push(struct app_adopt *u)
{
	struct flow_op *op = u->p->op;
	size_t room = 0;
	flow_op_mark(op->push.v, op->push.n);
	flow_op_mark(op->ref.v, op->ref.n);
	for (size_t i = 0; i < op->push.n; i++)
		room += flow_op_in(&op->push.v[i], FLOW_OP_ROOM);
	if (op->push.n == 0)
		return;
	op->remote = u->p->remote;
	if (room)
		app_plan_says(u->p, "push to %.*s twice, since Git never has both names: first %zu %s, then %zu, each time all or none", SLU_FMT(op->remote), room, room == 1 ? "goes" : "go", op->push.n - room);
	else
		app_plan_says(u->p, "push %zu %s to %.*s, all or none", op->push.n, op->push.n == 1 ? "ref" : "refs", SLU_FMT(op->remote));
}

static slu_rc finish(struct app_adopt *u, slu_err *err)
{
	SLU_TRY(app_plan_trees(u->p, (slu_str){ 0 }, err));
	say_push(u);
	return SLU_OK;
}

slu_rc app_adopt_plan(struct app_adopt *u, slu_err *err)
{
	SLU_TRY(open_all(u, err));
	find_wanted(u);
	if (u->wanted.n || u->default_branch.n) /* what this clone has seen of it last may be an old name, and where it has one it is none for long */
		u->p->facts->default_branch = u->wanted.n ? u->wanted : u->default_branch;
	if (adopt_begins_between(u))
		return finish(u, err);
	for (size_t i = 0; i < u->p->s->branch_n; i++)
		SLU_TRY(one(u, (int)i, err));
	SLU_TRY(adopt_ends_between(u, err));
	SLU_TRY(move_settings(u, err));
	SLU_TRY(follow_head(u, err));
	say_what_stays(u);
	say_refspecs(u);
	SLU_TRY(adopt_others(u, err));
	return finish(u, err);
}
