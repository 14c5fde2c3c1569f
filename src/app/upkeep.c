/* SPDX-License-Identifier: Apache-2.0 */
#include "app/upkeep.h"
#include "app/owed.h"

#include "base/quantity.h"
#include "flow/release.h"

static const char heads[] = "refs/heads/", tags[] = "refs/tags/";

static slu_str full(struct app_upkeep *u, const char *prefix, slu_str name)
{
	return slu_s(slu_printf(u->p->a, "%s%.*s", prefix, SLU_FMT(name)));
}

__attribute__((format(printf, 2, 3))) static void leave(struct app_upkeep *u, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	*SLU_ADD(u->p->a, &u->left) = slu_vprintf(u->p->a, fmt, ap);
	va_end(ap);
}

/* ---- what there is ----------------------------------------------------------------------------------------------------------- */

static struct app_upkeep_branch *branch_of(struct app_upkeep *u, slu_str name)
{
	for (size_t i = 0; i < u->branch.n; i++)
		if (slu_str_eq(u->branch.v[i].name, name))
			return &u->branch.v[i];
	struct app_upkeep_branch *b = SLU_ADD(u->p->a, &u->branch);
	*b = (struct app_upkeep_branch){ .name = name, .kind = strat_branch_kind(u->p->s, name, NULL), .here = slu_oid_zero(), .there = slu_oid_zero() };
	return b;
}

static slu_rc find_branches(struct app_upkeep *u, slu_str prefix, bool here, slu_err *err)
{
	const struct port_git_ref *ref = NULL;
	size_t n = 0;
	SLU_TRY(u->p->git->ops->refs(u->p->git, u->p->a, prefix, &ref, &n, err));
	for (size_t i = 0; i < n; i++) {
		slu_str name = { ref[i].name.p + prefix.n, ref[i].name.n - prefix.n };
		if (slu_str_is(name, "HEAD"))
			continue;
		struct app_upkeep_branch *b = branch_of(u, name);
		*(here ? &b->here : &b->there) = ref[i].id;
	}
	return SLU_OK;
}

slu_rc app_upkeep_open(struct app_upkeep *u, slu_err *err)
{
	struct app_plan *p = u->p;
	size_t n = 0;
	u->push = u->push && p->remote.n;
	SLU_TRY(p->clone->ops->trees(p->clone, p->a, &u->tree, &u->tree_n, err));
	SLU_TRY(find_branches(u, slu_s(heads), true, err));
	if (p->remote.n)
		SLU_TRY(find_branches(u, slu_s(slu_printf(p->a, "refs/remotes/%.*s/", SLU_FMT(p->remote))), false, err));
	if (u->push)
		SLU_TRY(p->clone->ops->remote_refs(p->clone, p->a, p->remote, true, &u->remote, &u->remote_n, err));
	slu_oid *tip = SLU_NEW_N(p->a, slu_oid, 2 * u->branch.n + 1);
	for (size_t i = 0; i < u->branch.n; i++) {
		if (!slu_oid_is_zero(&u->branch.v[i].here))
			tip[n++] = u->branch.v[i].here;
		if (!slu_oid_is_zero(&u->branch.v[i].there))
			tip[n++] = u->branch.v[i].there;
	}
	return n ? app_reach_open(&u->reach, p->a, p->git, tip, n, err) : SLU_OK;
}

/* Where the remote has it now; zero: it has not. What is fetched may be older. */
static slu_oid on_remote(const struct app_upkeep *u, slu_str ref)
{
	for (size_t i = 0; i < u->remote_n; i++)
		if (slu_str_eq(u->remote[i].name, ref))
			return u->remote[i].id;
	return slu_oid_zero();
}

/* ---- one that goes ---------------------------------------------------------------------------------------------------------------- */

static const char *why_not(struct app_upkeep *u)
{
	const struct pol_verdict *v = &u->p->refused;
	for (size_t i = 0; i < v->row.n; i++)
		if (v->row.v[i].state == POL_FAILED || v->row.v[i].state == POL_WAITING)
			return slu_printf(u->p->a, "%s wants %s", v->row.v[i].rule, v->row.v[i].wanted);
	return "the strategy refuses it";
}

/* Asked as what maintenance does. *out false: a rule refuses it. */
static slu_rc may(bool *out, struct app_upkeep *u, enum pol_verb verb, slu_str ref, const slu_oid *old, const slu_oid *new_, slu_err *err)
{
	const struct pol_action act = { .verb = verb, .actor = u->p->off->person, .ref = ref, .old = *old, .new_ = *new_, .cause = POL_BY_SCHEDULE };
	struct pol_verdict v;
	slu_err why = { 0 };
	slu_rc rc = app_plan_ask(&v, u->p, &act, &why);
	*out = rc == SLU_OK;
	if (rc == SLU_OK || rc == SLU_E_DENIED || rc == SLU_E_WAIT)
		return SLU_OK;
	*err = why;
	return rc;
}

static const struct port_clone_tree *checked_out(const struct app_upkeep *u, slu_str ref)
{
	for (size_t i = 0; i < u->tree_n; i++)
		if (!u->tree[i].gone && slu_str_eq(u->tree[i].head, ref))
			return &u->tree[i];
	return NULL;
}

static bool has_room(struct app_upkeep *u, size_t n)
{
	if (!u->push || u->p->op->push.n + n <= APP_UPKEEP_PUSHED)
		return true;
	u->later++;
	return false;
}

/* A branch that is no longer needed: `here`, `there` say where it goes. *went false: it stays, and that is said. */
static slu_rc remove_branch(bool *went, struct app_upkeep *u, struct app_upkeep_branch *b, bool here, bool there, slu_err *err)
{
	slu_str ref = full(u, heads, b->name);
	const struct port_clone_tree *t = here ? checked_out(u, ref) : NULL;
	const slu_oid none = slu_oid_zero();
	bool fine = true;
	*went = false;
	if (t) {
		leave(u, "%.*s stays: it is checked out in %.*s.", SLU_FMT(b->name), SLU_FMT(t->path));
		return SLU_OK;
	}
	SLU_TRY(may(&fine, u, POL_DELETE, ref, here ? &b->here : &b->there, &none, err));
	if (!fine) {
		leave(u, "%.*s stays: %s.", SLU_FMT(b->name), why_not(u));
		return SLU_OK;
	}
	if (here)
		SLU_TRY(app_plan_move(u->p, ref, &none, err));
	if (there)
		*SLU_ADD(u->p->a, &u->p->op->push) = (struct flow_op_ref){ ref, b->there, none, false };
	b->goes = *went = true;
	return SLU_OK;
}

/* ---- merged ones -------------------------------------------------------------------------------------------------------------------- */

/* It stands where its base stood once: another branch that began there may be merged, this one holds nothing yet. */
static bool only_begun(struct app_upkeep *u, const struct app_upkeep_branch *b, const slu_oid *tip)
{
	int base = u->p->s->branch[b->kind].base;
	for (size_t i = 0; i < u->branch.n; i++) {
		const struct app_upkeep_branch *t = &u->branch.v[i];
		if (t->kind < 0 || t->kind != base)
			continue;
		if (!slu_oid_is_zero(&t->there) && app_reach_within(&u->reach, tip, &t->there) == APP_WITHIN_ALONG)
			return true;
		if (!slu_oid_is_zero(&t->here) && app_reach_within(&u->reach, tip, &t->here) == APP_WITHIN_ALONG)
			return true;
	}
	return false;
}

/* In a branch that the strategy takes it into; `remote`: as the remote has that. NULL: in none */
static const char *merged_into(struct app_upkeep *u, const struct app_upkeep_branch *b, const slu_oid *tip, bool remote)
{
	const struct strat_branch *k = &u->p->s->branch[b->kind];
	if (only_begun(u, b, tip))
		return NULL;
	for (size_t i = 0; i < u->branch.n; i++) {
		const struct app_upkeep_branch *t = &u->branch.v[i];
		for (size_t e = 0; e < k->edge_n && t->kind >= 0; e++) {
			if (k->edge[e].into != t->kind)
				continue;
			if (!slu_oid_is_zero(&t->there) && app_reach_within(&u->reach, tip, &t->there) == APP_WITHIN_MERGED)
				return slu_str_dup(u->p->a, t->name);
			if (!remote && !slu_oid_is_zero(&t->here) && app_reach_within(&u->reach, tip, &t->here) == APP_WITHIN_MERGED)
				return slu_str_dup(u->p->a, t->name);
		}
	}
	return NULL;
}

/* May the remote's go? Not when somebody went on with it there, which is said. */
static bool goes_there(struct app_upkeep *u, const struct app_upkeep_branch *b)
{
	slu_oid now = on_remote(u, full(u, heads, b->name));
	bool is = slu_oid_eq(&now, &b->there);
	if (!is && !slu_oid_is_zero(&now))
		leave(u, "%.*s stays on %.*s: it has moved there since it was fetched.", SLU_FMT(b->name), SLU_FMT(u->p->remote));
	return is;
}

/* ", here and on origin", ", on origin"; "": here alone */
static const char *places(const struct app_upkeep *u, bool here, bool there)
{
	return there ? slu_printf(u->p->a, ", %son %.*s", here ? "here and " : "", SLU_FMT(u->p->remote)) : "";
}

/* Is it there for a branch that has not taken it yet, as this clone (or the remote) has both? Then others may have it, and it stays. */
static slu_rc is_owed(bool *out, struct app_upkeep *u, const struct app_upkeep_branch *b, bool there, slu_err *err)
{
	const struct app_owed *v = NULL;
	size_t n = 0;
	*out = false;
	if (!u->p->s->branch[b->kind].builtin)
		return SLU_OK;
	struct flow_ref *ref = SLU_NEW_N(u->p->a, struct flow_ref, u->branch.n);
	struct flow_refs refs = { ref, 0 };
	for (size_t i = 0; i < u->branch.n; i++) {
		const struct app_upkeep_branch *x = &u->branch.v[i];
		if (!slu_oid_is_zero(there ? &x->there : &x->here))
			ref[refs.n++] = (struct flow_ref){ full(u, heads, x->name), there ? x->there : x->here };
	}
	SLU_TRY(app_owed_list(&v, &n, u->p->a, u->p->git, &refs, err));
	for (size_t i = 0; i < n && !*out; i++)
		*out = slu_str_is(b->name, v[i].branch) && !v[i].paid;
	return SLU_OK;
}

static slu_rc keep_owed(const char **here, const char **there, struct app_upkeep *u, const struct app_upkeep_branch *b, slu_err *err)
{
	bool owed_here = false, owed_there = false;
	if (*here)
		SLU_TRY(is_owed(&owed_here, u, b, false, err));
	if (*there)
		SLU_TRY(is_owed(&owed_there, u, b, true, err));
	if (owed_here || owed_there)
		leave(u, "%.*s stays: it waits for somebody to bring it in (sluice status).", SLU_FMT(b->name));
	*here = owed_here ? NULL : *here;
	*there = owed_there ? NULL : *there;
	return SLU_OK;
}

static bool is_lasting(const struct app_upkeep *u, const struct app_upkeep_branch *b)
{
	enum strat_branch_type type = b->kind < 0 ? STRAT_WORK : u->p->s->branch[b->kind].type;
	return type == STRAT_PRODUCTION || type == STRAT_SUPPORT || type == STRAT_INTEGRATION;
}

/* Nothing is lost with it: a lasting branch has all of it; `remote`: there, too. */
static bool is_held(struct app_upkeep *u, const slu_oid *tip, bool remote)
{
	for (size_t i = 0; i < u->branch.n; i++) {
		const struct app_upkeep_branch *t = &u->branch.v[i];
		if (!is_lasting(u, t))
			continue;
		if (!slu_oid_is_zero(&t->there) && app_reach_within(&u->reach, tip, &t->there) != APP_WITHIN_NOT)
			return true;
		if (!remote && !slu_oid_is_zero(&t->here) && app_reach_within(&u->reach, tip, &t->here) != APP_WITHIN_NOT)
			return true;
	}
	return false;
}

/* NULL: there is none that could go. */
static struct app_upkeep_branch *twin_of(struct app_upkeep *u, const struct app_upkeep_branch *b)
{
	struct strat_captures caps = { 0 };
	char *name = NULL;
	const struct strat_branch *k = &u->p->s->branch[strat_branch_kind(u->p->s, b->name, &caps)];
	if (!k->twin || strat_pattern_make(&name, u->p->a, k->twin, &caps, NULL) != SLU_OK)
		return NULL;
	for (size_t i = 0; i < u->branch.n; i++)
		if (slu_str_is(u->branch.v[i].name, name))
			return u->branch.v[i].goes || is_lasting(u, &u->branch.v[i]) ? NULL : &u->branch.v[i];
	return NULL;
}

/* A twin goes with its branch, unless work on it would be lost. */
static slu_rc remove_twin(struct app_upkeep *u, const struct app_upkeep_branch *b, bool here, bool there, slu_err *err)
{
	struct app_upkeep_branch *t = twin_of(u, b);
	bool went = false;
	if (!t)
		return SLU_OK;
	here = here && !slu_oid_is_zero(&t->here);
	there = there && !slu_oid_is_zero(&t->there) && goes_there(u, t);
	if ((here && !is_held(u, &t->here, false)) || (there && !is_held(u, &t->there, true))) {
		leave(u, "%.*s stays, the twin of %.*s: it has commits that are nowhere else.", SLU_FMT(t->name), SLU_FMT(b->name));
		return SLU_OK;
	}
	if ((here || there) && has_room(u, 1))
		SLU_TRY(remove_branch(&went, u, t, here, there, err));
	if (went)
		app_plan_says(u->p, "delete its twin %.*s%s", SLU_FMT(t->name), places(u, here, there));
	return SLU_OK;
}

static slu_rc remove_merged(struct app_upkeep *u, struct app_upkeep_branch *b, slu_err *err)
{
	const char *here = slu_oid_is_zero(&b->here) ? NULL : merged_into(u, b, &b->here, false);
	const char *there = !u->push || slu_oid_is_zero(&b->there) ? NULL : merged_into(u, b, &b->there, true);
	bool went = false;
	SLU_TRY(keep_owed(&here, &there, u, b, err));
	if (there && !goes_there(u, b))
		there = NULL;
	if ((!here && !there) || !has_room(u, 1))
		return SLU_OK;
	SLU_TRY(remove_branch(&went, u, b, here != NULL, there != NULL, err));
	if (!went)
		return SLU_OK;
	app_plan_says(u->p, "delete the branch %.*s%s: it is merged into %s (%.10s)", SLU_FMT(b->name), places(u, here, there), here ? here : there, here ? b->here.hex : b->there.hex);
	return remove_twin(u, b, here != NULL, there != NULL, err);
}

static bool stays_always(const struct app_upkeep *u, const struct app_upkeep_branch *b)
{
	return b->kind < 0 || b->goes || slu_str_eq(b->name, u->p->facts->default_branch);
}

slu_rc app_upkeep_branches(struct app_upkeep *u, slu_err *err)
{
	for (size_t i = 0; i < u->branch.n; i++) {
		struct app_upkeep_branch *b = &u->branch.v[i];
		if (!stays_always(u, b) && u->p->s->branch[b->kind].delete_after_merge)
			SLU_TRY(remove_merged(u, b, err));
	}
	return SLU_OK;
}

/* ---- idle ones ------------------------------------------------------------------------------------------------------------------------ */

/* The tag that it becomes, made unless it is there for that very commit. *fine false: it cannot be, and that is said. */
static slu_rc archive_tag(bool *fine, slu_oid *id, struct app_upkeep *u, const struct app_upkeep_branch *b, const slu_oid *at, slu_str ref, slu_err *err)
{
	struct app_plan *p = u->p;
	slu_str name = { ref.p + strlen(tags), ref.n - strlen(tags) };
	const slu_oid none = slu_oid_zero();
	struct pol_tag there;
	SLU_TRY(app_plan_at(id, p, ref, err));
	*fine = true;
	if (!slu_oid_is_zero(id)) {
		SLU_TRY(p->git->ops->tag(p->git, p->a, id, &there, err));
		*fine = slu_oid_eq(&there.commit, at);
		if (!*fine)
			leave(u, "%.*s stays: the tag %.*s is there already, for another commit.", SLU_FMT(b->name), SLU_FMT(name));
		return SLU_OK;
	}
	int cls = strat_tag_class(p->s, name, NULL);
	SLU_TRY(p->clone->ops->tag(p->clone, name, at, slu_s(slu_printf(p->a, "%.*s, archived\n", SLU_FMT(b->name))), cls >= 0 && p->s->tag[cls].signed_, id, err));
	SLU_TRY(may(fine, u, POL_TAG, ref, &none, id, err));
	if (!*fine) {
		leave(u, "%.*s stays: its tag %.*s may not be: %s.", SLU_FMT(b->name), SLU_FMT(name), why_not(u));
		return SLU_OK;
	}
	return app_plan_move(p, ref, id, err);
}

/* Here and on the remote: one of them has all of the other, or nothing is done. */
static bool newest(slu_oid *out, struct app_upkeep *u, const struct app_upkeep_branch *b)
{
	bool here = !slu_oid_is_zero(&b->here), there = !slu_oid_is_zero(&b->there);
	*out = here ? b->here : b->there;
	if (!here || !there || slu_oid_eq(&b->here, &b->there) || app_reach_within(&u->reach, &b->there, &b->here) != APP_WITHIN_NOT)
		return true;
	*out = b->there;
	return app_reach_within(&u->reach, &b->here, &b->there) != APP_WITHIN_NOT;
}

static slu_rc archive(struct app_upkeep *u, struct app_upkeep_branch *b, slu_err *err)
{
	struct app_plan *p = u->p;
	slu_str ref = full(u, tags, slu_s(strat_archive_name(p->a, b->name)));
	slu_oid at, tag, now = on_remote(u, full(u, heads, b->name));
	bool here = !slu_oid_is_zero(&b->here), there = u->push && !slu_oid_is_zero(&b->there) && slu_oid_eq(&now, &b->there), fine = false;
	char text[SLU_DURATION_TEXT];
	if (!here && !there)
		return SLU_OK;
	if (!newest(&at, u, b)) {
		leave(u, "%.*s stays: it is one here and another on %.*s.", SLU_FMT(b->name), SLU_FMT(p->remote));
		return SLU_OK;
	}
	int64_t idle = p->now_s - app_reach_time(&u->reach, &at);
	if (idle <= p->s->branch[b->kind].archive_s || !has_room(u, 2))
		return SLU_OK;
	size_t moved = p->moved.n;
	SLU_TRY(archive_tag(&fine, &tag, u, b, &at, ref, err));
	if (fine)
		SLU_TRY(remove_branch(&fine, u, b, here, there, err));
	if (!fine) { /* the tag alone says nothing */
		p->moved.n = moved;
		p->off->git.pending_n = moved;
		return SLU_OK;
	}
	now = on_remote(u, ref);
	if (u->push && slu_oid_is_zero(&now))
		*SLU_ADD(p->a, &p->op->push) = (struct flow_op_ref){ ref, now, tag, false };
	app_plan_says(p, "archive the branch %.*s as the tag %s%s: it has not moved for %s (%.10s)", SLU_FMT(b->name), ref.p + strlen(tags), places(u, here, there),
	              slu_duration_text(idle / 86400 * 86400, text), at.hex);
	return SLU_OK;
}

slu_rc app_upkeep_archive(struct app_upkeep *u, slu_err *err)
{
	for (size_t i = 0; i < u->branch.n; i++) {
		struct app_upkeep_branch *b = &u->branch.v[i];
		if (!stays_always(u, b) && u->p->s->branch[b->kind].archive_s)
			SLU_TRY(archive(u, b, err));
	}
	return SLU_OK;
}

/* ---- tags --------------------------------------------------------------------------------------------------------------------------- */

/* An environment that may run what such a tag names, or go back to it: which of them it does only the server knows. NULL: there is none. */
static const struct strat_environment *deployed_from(const strat *s, int cls)
{
	if (s->environment_n && (s->tag[cls].type == STRAT_TAG_RELEASE || s->tag[cls].type == STRAT_TAG_PRERELEASE))
		return &s->environment[0];
	for (size_t i = 0; i < s->environment_n; i++) {
		const struct strat_trigger *on = &s->environment[i].on;
		if ((on->on & (1u << STRAT_ON_TAG)) && (on->set[STRAT_ON_TAG].n == 0 || strat_set_has(&on->set[STRAT_ON_TAG], cls)))
			return &s->environment[i];
	}
	return NULL;
}

/* The newest of each line of versions: of each branch that stays. */
typedef SLU_LIST(slu_str) tag_list;

static tag_list newest_of_lines(struct app_upkeep *u, const struct flow_refs *all)
{
	tag_list out = { 0 };
	for (size_t i = 0; i < u->branch.n; i++) {
		const struct app_upkeep_branch *b = &u->branch.v[i];
		enum strat_branch_type type = b->kind < 0 ? STRAT_WORK : u->p->s->branch[b->kind].type;
		slu_str version, tag;
		if (type != STRAT_PRODUCTION && type != STRAT_INTEGRATION && type != STRAT_SUPPORT)
			continue;
		if (flow_highest(&version, &tag, u->p->a, u->p->s, slu_str_dup(u->p->a, b->name), all))
			*SLU_ADD(u->p->a, &out) = tag;
	}
	return out;
}

static bool is_in(const tag_list *list, slu_str tag)
{
	for (size_t i = 0; i < list->n; i++)
		if (slu_str_eq(list->v[i], tag))
			return true;
	return false;
}

static slu_rc remove_tag(struct app_upkeep *u, const tag_list *newest, const struct port_git_ref *ref, slu_err *err)
{
	slu_str name = { ref->name.p + strlen(tags), ref->name.n - strlen(tags) };
	const slu_oid none = slu_oid_zero();
	slu_oid there = on_remote(u, ref->name);
	bool fine = false;
	if (is_in(newest, name))
		return SLU_OK;
	SLU_TRY(may(&fine, u, POL_TAG_DELETE, ref->name, &ref->id, &none, err));
	if (!fine || !has_room(u, 1))
		return SLU_OK;
	SLU_TRY(app_plan_move(u->p, ref->name, &none, err));
	if (u->push && slu_oid_eq(&there, &ref->id))
		*SLU_ADD(u->p->a, &u->p->op->push) = (struct flow_op_ref){ ref->name, there, none, false };
	app_plan_says(u->p, "delete the tag %.*s (%.10s)", SLU_FMT(name), ref->peeled.hex);
	return SLU_OK;
}

slu_rc app_upkeep_tags(struct app_upkeep *u, slu_err *err)
{
	const strat *s = u->p->s;
	const struct port_git_ref *ref = NULL;
	size_t n = 0;
	SLU_TRY(u->p->git->ops->refs(u->p->git, u->p->a, slu_s(tags), &ref, &n, err));
	struct flow_ref *v = SLU_NEW_N(u->p->a, struct flow_ref, n + 1);
	for (size_t i = 0; i < n; i++)
		v[i] = (struct flow_ref){ ref[i].name, ref[i].peeled };
	const struct flow_refs all = { v, n };
	const tag_list newest = newest_of_lines(u, &all);
	for (size_t cls = 0; cls < s->tag_n; cls++) {
		const struct strat_environment *env = s->tag[cls].keep ? deployed_from(s, (int)cls) : NULL;
		if (env)
			leave(u, "Tags of the class %.*s stay: %.*s is deployed from them, and which of them it runs or may go back to is not known here.", SLU_FMT(s->tag[cls].name), SLU_FMT(env->name));
		for (size_t i = 0; i < n && s->tag[cls].keep && !env; i++)
			if (strat_tag_class(s, (slu_str){ ref[i].name.p + strlen(tags), ref[i].name.n - strlen(tags) }, NULL) == (int)cls)
				SLU_TRY(remove_tag(u, &newest, &ref[i], err));
	}
	return SLU_OK;
}

/* ---- plans that nobody lands ---------------------------------------------------------------------------------------------------------- */

/* A commit that is not here is in no branch and no plan any more. */
static bool is_left(struct app_upkeep *u, const struct port_git_ref *ref)
{
	static const char *const below[] = { "refs/sluice/plan/", "refs/sluice/checked/" };
	port_git *g = u->p->git;
	struct pol_commit c;
	struct pol_tag t;
	slu_oid id = ref->id;
	if (!slu_str_starts(ref->name, below[0]) && !slu_str_starts(ref->name, below[1]))
		return false;
	if (g->ops->tag(g, u->p->a, &id, &t, NULL) == SLU_OK && !slu_oid_is_zero(&t.commit))
		id = t.commit;
	return g->ops->commit(g, u->p->a, &id, &c, NULL) != SLU_OK || c.commit_time_s < u->p->now_s - (int64_t)APP_UPKEEP_PLAN_DAYS * 24 * 3600;
}

void app_upkeep_plans(struct app_upkeep *u)
{
	struct app_plan *p = u->p;
	const slu_oid none = slu_oid_zero();
	size_t gone = 0;
	for (size_t i = 0; i < u->remote_n && u->push; i++) {
		if (!is_left(u, &u->remote[i]) || !has_room(u, 1))
			continue;
		*SLU_ADD(p->a, &p->op->push) = (struct flow_op_ref){ u->remote[i].name, u->remote[i].id, none, false };
		gone++;
	}
	if (gone)
		app_plan_says(p, "delete %zu %s of plans that have waited for checks for more than %d days", gone, gone == 1 ? "ref" : "refs", APP_UPKEEP_PLAN_DAYS);
}

slu_rc app_upkeep_end(struct app_upkeep *u, slu_err *err)
{
	struct app_plan *p = u->p;
	if (u->later)
		leave(u, "%zu more %s for the next time: a push takes %d at once.", u->later, u->later == 1 ? "waits" : "wait", APP_UPKEEP_PUSHED);
	if (p->op->push.n) {
		p->op->remote = p->remote;
		app_plan_says(p, "push %zu %s to %.*s, all or none", p->op->push.n, p->op->push.n == 1 ? "ref" : "refs", SLU_FMT(p->remote));
	}
	return app_plan_trees(p, (slu_str){ 0 }, err);
}
