/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from a merge: computed before any ref moves, landed in the same transaction. */
#include "app/bring.h"
#include "app/changes_impl.h"

static struct port_git_update *update_of(struct app_merging *m, const char *ref)
{
	for (size_t i = 0; i < m->update.n; i++)
		if (slu_str_is(m->update.v[i].ref, ref))
			return &m->update.v[i];
	return NULL;
}

/** The client of the push moves this one itself: it stays as the client wants it. */
static bool is_fixed(struct app_merging *m, const char *ref)
{
	const struct port_git_update *x = update_of(m, ref);
	return x && (size_t)(x - m->update.v) < m->fixed;
}

/** Where a ref stands once what is listed has moved. */
static slu_rc standing(slu_oid *out, struct app_merging *m, const char *ref, slu_err *err)
{
	const struct port_git_update *x = update_of(m, ref);

	if (x) {
		*out = x->new_;
		return SLU_OK;
	}
	return m->r->git->ops->ref(m->r->git, slu_s(ref), out, err);
}

static slu_rc judged(struct pol_verdict *v, struct app_merging *m, enum pol_verb verb, const char *ref, const slu_oid *old, const slu_oid *new_, slu_err *err)
{
	const struct pol_action act = { .verb = verb, .ref = slu_s(ref), .old = *old, .new_ = *new_, .cause = m->ask->cause == POL_BY_PERSON ? POL_BY_MERGE : m->ask->cause };
	return app_decide(v, m->u, m->r, &act, err);
}

static void put(struct app_merging *m, const char *ref, const slu_oid *old, const slu_oid *new_, const struct pol_verdict *v, const char *what)
{
	struct port_git_update *x = update_of(m, ref);

	if (!x) {
		x = SLU_ADD(m->u->a, &m->update);
		*x = (struct port_git_update){ .ref = slu_s(slu_strdup(m->u->a, ref)), .old = *old };
		SLU_ADD(m->u->a, &m->ref)->verdict = *v;
	}
	x->new_ = *new_;
	*SLU_ADD(m->u->a, &m->out->act) = (struct app_merge_followed){ .ref = x->ref.p, .old = *old, .new_ = *new_, .what = what };
}

/* ---- a merge that cannot be made, or not yet, becomes a change ---------------------------------------------------------------------------------- */

static slu_rc left_to_a_change(struct app_merging *m, const char *into, const slu_oid *head, const char *what, const char *why, slu_err *err)
{
	struct app_unit *u = m->u;
	const char *name = slu_printf(u->a, "sluice/%s/%llu-into-%s", what, (unsigned long long)m->change.number, into);
	const char *ref = slu_printf(u->a, "refs/heads/%s", name);
	struct port_change c = {
		.repo_id = m->r->id, .author = u->who.name, .source = slu_s(name), .target = slu_s(into), .last_pusher = u->who.name, .head = *head, .created_s = u->now_s, .updated_s = u->now_s,
	};
	slu_oid there = slu_oid_zero(), none = slu_oid_zero();
	struct pol_verdict v = { 0 };

	SLU_TRY(standing(&there, m, ref, err));
	if (!slu_oid_is_zero(&there))
		return SLU_OK; /* it waits for somebody already */
	SLU_TRY(standing(&c.base, m, slu_printf(u->a, "refs/heads/%s", into), err));
	c.title = slu_s(slu_printf(u->a, "Bring change %llu into %s too", (unsigned long long)m->change.number, into));
	c.body = slu_s(slu_printf(u->a, "Change %llu was to go into %s too. %s", (unsigned long long)m->change.number, into, why));
	SLU_TRY(judged(&v, m, POL_CREATE, ref, &none, head, err));
	put(m, ref, &none, head, &v, "waits");
	m->out->act.v[m->out->act.n - 1].into = slu_strdup(u->a, into);
	m->out->act.v[m->out->act.n - 1].why = slu_strdup(u->a, why);
	*SLU_ADD(u->a, &m->left) = c;
	return SLU_OK;
}

/* Without the remedies: they are for the merge that is not made. The change's own verdict has those that help. */
static const char *not_by(slu_arena *a, const struct pol_verdict *v)
{
	for (size_t i = 0; i < v->row.n; i++)
		if (v->row.v[i].state == POL_FAILED || v->row.v[i].state == POL_WAITING)
			return slu_printf(a, "%s wants: %s; %s.", v->row.v[i].rule, v->row.v[i].wanted, v->row.v[i].actual);
	return "";
}

static slu_rc bring(struct app_merging *m, const char *ref, const slu_oid *what, const char *how, slu_err *err)
{
	port_git *g = m->r->git;
	struct app_unit *u = m->u;
	struct app_bring b = { .what = *what, .version = app_merge_version(m), .change = m->change.number, .title = m->change.title, .branch = ref + strlen("refs/heads/"), .how = how };
	slu_oid made = { 0 };
	struct pol_verdict v = { 0 };
	const char *both = "";
	bool inside = false;

	if (is_fixed(m, ref))
		return SLU_OK;
	SLU_TRY(standing(&b.into, m, ref, err));
	if (slu_oid_is_zero(&b.into))
		return SLU_OK;
	SLU_TRY(g->ops->is_ancestor(g, what, &b.into, &inside, err));
	if (inside)
		return SLU_OK;
	SLU_TRY(app_bring_make(&made, &both, u, m->r, &b, err));
	if (*both)
		return left_to_a_change(m, b.branch, what, how, slu_printf(u->a, "Both changed %s.", both), err);
	SLU_TRY(judged(&v, m, POL_PUSH, ref, &b.into, &made, err));
	if (v.answer == POL_WAIT) /* for checks on this very commit: it lands when they have passed (app/bring.h) */
		return left_to_a_change(m, b.branch, &made, how, slu_printf(u->a, "It lands by itself when %.10s may: %s", made.hex, not_by(u->a, &v)), err);
	if (v.answer != POL_ALLOW)
		return left_to_a_change(m, b.branch, what, how, not_by(u->a, &v), err);
	put(m, ref, &b.into, &made, &v, how);
	return SLU_OK;
}

/* ---- tags ------------------------------------------------------------------------------------------------------------------------- */

static slu_rc tag(struct app_merging *m, const struct pol_follow *f, const slu_oid *merged, slu_err *err)
{
	port_git *g = m->r->git;
	struct app_unit *u = m->u;
	const struct port_git_ident who = app_ident(u);
	const char *ref = f->ref;
	slu_oid id = *merged, there = slu_oid_zero(), none = slu_oid_zero();
	struct port_release *said = NULL;
	struct pol_verdict v = { 0 };
	slu_str section = { 0 };

	if (!*ref)
		return slu_fail(err, SLU_E_INTERNAL, "The version that this merge is tagged with cannot be told.");
	if (is_fixed(m, ref))
		return SLU_OK;
	SLU_TRY(standing(&there, m, ref, err));
	if (!slu_oid_is_zero(&there))
		return slu_fail(err, SLU_E_EXISTS, "The tag %s that this merge gets is there already.", ref + strlen("refs/tags/"));
	slu_str short_name = slu_s(ref + strlen("refs/tags/"));
	SLU_TRY(app_merge_notes(&said, &section, m, short_name, merged, err));
	const char *why = section.n ? slu_str_dup(u->a, section) : slu_printf(u->a, "Change %llu: %.*s", (unsigned long long)m->change.number, SLU_FMT(m->change.title));
	slu_str text = slu_s(slu_printf(u->a, "%s\n\n%s\n", short_name.p, why));
	SLU_TRY(g->ops->tag_make(g, short_name, merged, &who, text, &id, err));
	/* Judged as if the branches had moved: the tag's commit must stand on one of the class's branches. */
	struct pol_facts facts;
	SLU_TRY(app_facts_standing(&facts, m, err));
	const struct pol_action act = { .verb = POL_TAG, .actor = u->who.name, .ref = slu_s(ref), .old = none, .new_ = id, .cause = m->ask->cause == POL_BY_PERSON ? POL_BY_MERGE : m->ask->cause };
	SLU_TRY(pol_decide(&v, u->a, m->r->strategy, &facts, &act, u->now_s, err));
	SLU_TRY(app_verdict_rc(&v, err));
	put(m, ref, &none, &id, &v, "tag");
	m->ref.v[m->ref.n - 1].release = said;
	return SLU_OK;
}

static slu_rc delete_source(struct app_merging *m, const char *ref, slu_err *err)
{
	slu_oid old = slu_oid_zero(), none = slu_oid_zero();
	struct pol_verdict v = { 0 };

	SLU_TRY(standing(&old, m, ref, err));
	if (slu_oid_is_zero(&old))
		return SLU_OK;
	SLU_TRY(judged(&v, m, POL_DELETE, ref, &old, &none, err));
	put(m, ref, &old, &none, &v, "delete");
	return SLU_OK;
}

/** The source stands at the commit that was added to it, also where it is not deleted. */
static slu_rc move_source(struct app_merging *m, slu_err *err)
{
	slu_str ref = app_branch_ref(m->u, m->change.source);
	struct pol_verdict v = { 0 };

	if (slu_oid_is_zero(&m->source_was))
		return SLU_OK;
	SLU_TRY(judged(&v, m, POL_PUSH, ref.p, &m->source_was, &m->source, err));
	SLU_TRY(app_verdict_rc(&v, err));
	put(m, ref.p, &m->source_was, &m->source, &v, "version");
	return SLU_OK;
}

slu_rc app_merge_follow(struct app_merging *m, const slu_oid *merged, slu_err *err)
{
	const struct pol_verdict *v = &m->out->verdict;

	SLU_TRY(move_source(m, err));
	for (size_t i = 0; i < v->follow.n; i++) {
		const struct pol_follow *f = &v->follow.v[i];
		switch (f->kind) {
		case POL_FOLLOW_TAG:
			SLU_TRY(tag(m, f, merged, err));
			break;
		case POL_FOLLOW_ALSO_INTO:
			SLU_TRY(bring(m, f->ref, &m->source, "also-into", err));
			break;
		case POL_FOLLOW_BACK_MERGE:
			SLU_TRY(bring(m, f->ref, merged, "back-merge", err));
			break;
		case POL_FOLLOW_DELETE:
			SLU_TRY(delete_source(m, f->ref, err));
			break;
		}
	}
	return SLU_OK;
}
