/* SPDX-License-Identifier: Apache-2.0 */
#include "app/plan_release.h"

#include "app/plan_checks.h"
#include "app/release_files.h"

static struct app_release_files files_of(const struct app_plan *p)
{
	return (struct app_release_files){ .a = p->a, .git = p->git, .s = p->s, .facts = p->facts, .now_s = p->now_s };
}

static slu_str head_ref(struct app_plan *p, const char *branch)
{
	return slu_s(slu_printf(p->a, "refs/heads/%s", branch));
}

/* ---- its commit ------------------------------------------------------------------------------------------------------------- */

/* Planned anew after a person solved a conflict with it: it must be the same commit, or what was solved would count no more. */
static slu_rc made_before(slu_oid *out, bool *found, struct app_plan *p, const slu_oid *parent, slu_str message, slu_err *err)
{
	*found = false;
	for (size_t i = 0; i < p->op->solved.n && !*found; i++) {
		struct pol_commit c;
		slu_rc rc = p->git->ops->commit(p->git, p->a, &p->op->solved.v[i].theirs, &c, err);
		if (rc == SLU_E_NOT_FOUND)
			continue;
		SLU_TRY(rc);
		*found = c.parent_n == 1 && slu_oid_eq(&c.parent[0], parent) && slu_str_eq(c.message, message);
		*out = c.id;
	}
	return SLU_OK;
}

static slu_rc write_files(slu_oid *head, slu_str *section, struct app_plan *p, const struct flow_plan *plan, bool first, slu_err *err)
{
	const struct app_release_files w = files_of(p);
	bool versions = first || app_release_says(&w, slu_s(plan->version), head, &(slu_err){ 0 }) != SLU_OK;
	slu_str message = app_release_message(p->a, plan->version, versions), ref = head_ref(p, plan->branch);
	slu_oid tree, made;
	struct pol_verdict v;
	bool differs = false, before = false;
	SLU_TRY(app_release_tree(&tree, &differs, section, &w, plan, head, true, err));
	if (!differs)
		return SLU_OK;
	SLU_TRY(made_before(&made, &before, p, head, message, err));
	if (!before)
		SLU_TRY(app_plan_commit(p, &tree, head, 1, NULL, message, &made, err));
	const struct pol_action act = { .verb = POL_PUSH, .actor = p->off->person, .ref = ref, .old = *head, .new_ = made, .cause = POL_BY_RELEASE };
	SLU_TRY(app_plan_ask(&v, p, &act, err));
	app_plan_says(p, "write %s into its files on %s (%.10s)", plan->version, plan->branch, made.hex);
	*head = made;
	return app_plan_move(p, ref, &made, err);
}

/* ---- start -------------------------------------------------------------------------------------------------------------------- */

static slu_rc at_branch(slu_oid *out, struct app_plan *p, const char *branch, slu_err *err)
{
	bool there = false;
	SLU_TRY(app_plan_have(&there, p, slu_s(branch), err));
	SLU_TRY(app_plan_current(p, slu_s(branch), err));
	return app_plan_at(out, p, head_ref(p, branch), err);
}

slu_rc app_plan_release_start(struct app_plan *p, const struct flow_plan *plan, const struct flow_refs *refs, slu_err *err)
{
	const struct app_release_files w = files_of(p);
	const struct flow_ref *target = flow_ref_find(refs, head_ref(p, plan->target_branch).p);
	const slu_oid none = slu_oid_zero();
	slu_str ref = head_ref(p, plan->branch), section;
	slu_oid head;
	struct pol_verdict v;
	SLU_TRY(at_branch(&head, p, plan->base, err));
	SLU_TRY(app_release_brings(&w, plan, &head, target ? &target->id : &none, err));
	const struct pol_action act = { .verb = POL_CREATE, .actor = p->off->person, .ref = ref, .old = none, .new_ = head };
	SLU_TRY(app_plan_ask(&v, p, &act, err));
	app_plan_says(p, "create the branch %s from %s (%.10s)", plan->branch, plan->base, head.hex);
	SLU_TRY(app_plan_move(p, ref, &head, err));
	return write_files(&head, &section, p, plan, true, err);
}

/* ---- finish ------------------------------------------------------------------------------------------------------------------- */

static const struct pol_follow *release_tag(const strat *s, const struct pol_verdict *v)
{
	for (size_t i = 0; i < v->follow.n; i++)
		if (v->follow.v[i].kind == POL_FOLLOW_TAG && s->tag[v->follow.v[i].tag_class].type == STRAT_TAG_RELEASE)
			return &v->follow.v[i];
	return NULL;
}

/* As the tag's name says it; n == 0: none follows, or its class has no version. */
static slu_str version_of(const strat *s, const struct pol_verdict *v)
{
	const struct pol_follow *f = release_tag(s, v);
	struct strat_captures caps = { 0 };
	if (f && *f->ref)
		(void)strat_tag_class(s, slu_s(f->ref + strlen("refs/tags/")), &caps);
	return caps.v[STRAT_CAP_VERSION];
}

slu_rc app_plan_release_write(struct app_plan_release *out, struct app_plan *p, const struct app_plan_merge *m, const struct pol_verdict *v, slu_oid *head, slu_err *err)
{
	const struct strat_releases *rel = &p->s->releases;
	struct strat_captures caps = { 0 };
	slu_str section = { 0 };
	struct app_plan_release r = { .version = version_of(p->s, v) };
	int kind = strat_branch_kind(p->s, m->source, &caps);
	slu_str named = caps.v[STRAT_CAP_VERSION];
	if (r.version.n && named.n && !slu_str_eq(named, r.version))
		return slu_fail(err, SLU_E_INVALID, "%.*s is the branch of %.*s, and the merge would be tagged as %.*s. A version is the same in the branch, its files and the tag.", SLU_FMT(m->source), SLU_FMT(named),
		                SLU_FMT(r.version));
	*out = r;
	if (r.version.n == 0 || (rel->version_file_n == 0 && rel->changelog.n == 0))
		return SLU_OK;
	const struct flow_plan plan = { .kind = kind, .target = strat_branch_kind(p->s, m->target, NULL), .version = slu_str_dup(p->a, r.version), .branch = slu_str_dup(p->a, m->source), .target_branch = slu_str_dup(p->a, m->target) };
	SLU_TRY(write_files(head, &section, p, &plan, false, err));
	const char *line = section.n ? memchr(section.p, '\n', section.n) : NULL;
	if (line)
		out->notes = slu_str_trim((slu_str){ line, (size_t)(section.p + section.n - line) });
	return SLU_OK;
}

slu_rc app_plan_release_says(struct app_plan *p, const struct app_plan_release *r, const slu_oid *merged, slu_err *err)
{
	const struct app_release_files w = files_of(p);
	return r->version.n ? app_release_says(&w, r->version, merged, err) : SLU_OK;
}

/* ---- merged back ------------------------------------------------------------------------------------------------------------------ */

slu_rc app_plan_release_tree(slu_oid *tree, bool *done, struct app_plan *p, const slu_oid *ours, const slu_oid *theirs, slu_err *err)
{
	const struct app_release_files w = files_of(p);
	return app_release_settle(tree, done, &w, p->released, &(struct app_release_torn){ *ours, *theirs, p->conflict.v, p->conflict.n }, err);
}
