/* SPDX-License-Identifier: Apache-2.0 */
/** Release start and finish: the plan of flow/release.h, carried out. */
#include "app/release.h"

#include "app/owed.h"
#include "app/refuse.h"
#include "app/release_files.h"
#include "app/release_impl.h"

static slu_str full_ref(slu_arena *a, slu_str branch)
{
	return slu_s(slu_printf(a, "refs/heads/%.*s", SLU_FMT(branch)));
}

/* ---- start ---------------------------------------------------------------------------------------------------------------- */

/* May this person cut the branch here? Judged before anything is made. */
static slu_rc may_cut(struct app_release_result *out, struct app_unit *u, struct app_repo *r, const struct flow_plan *p, slu_err *err)
{
	struct pol_action act = { .verb = POL_CREATE, .actor = u->who.name, .ref = full_ref(u->a, slu_s(p->branch)), .old = slu_oid_zero(), .new_ = p->step.v[0].id };
	SLU_TRY(app_decide(&out->verdict, u, r, &act, err));
	out->judged = true;
	return SLU_OK;
}

/* Where the release writes nothing itself, its branch brings what its base has: that must be more than the target has. */
static slu_rc something_to_bring(struct app_unit *u, const struct app_repo *r, const struct flow_plan *p, const struct flow_refs *refs, slu_err *err)
{
	const struct app_release_files w = { .a = u->a, .git = r->git, .s = r->strategy, .now_s = u->now_s };
	const struct flow_ref *target = flow_ref_find(refs, full_ref(u->a, slu_s(p->target_branch)).p);
	const slu_oid none = slu_oid_zero();
	return app_release_brings(&w, p, &p->step.v[0].id, target ? &target->id : &none, err);
}

/* Make the commit and the branch, in one act with what the flow remembers. */
static slu_rc cut(struct app_release_result *out, struct app_unit *u, struct app_repo *r, struct port_flow *f, struct release_data *d, slu_err *err)
{
	struct flow_refs refs;
	slu_oid tip, none = slu_oid_zero();
	slu_str section;
	SLU_TRY(release_refs(&refs, u, r, err));
	SLU_TRY(flow_release_start(&out->plan, u->a, r->strategy, d->version, d->kind, &refs, err));
	SLU_TRY(may_cut(out, u, r, &out->plan, err));
	if (out->verdict.answer != POL_ALLOW)
		return release_data_save(f, u, r, d, RELEASE_ABORTED, err);
	SLU_TRY(release_commit(&tip, &section, u, r, &out->plan, &out->plan.step.v[0].id, true, err));
	d->step = SLU_STR("branch");
	d->before = none;
	d->after = tip;
	return release_move(f, u, r, d, RELEASE_RUNNING, &none, &tip, "release-started", err);
}

/* A release that begins without what production got would take it back. */
static slu_rc nothing_owed(struct app_unit *u, struct app_repo *r, const struct flow_refs *refs, slu_err *err)
{
	const struct app_owed *v = NULL, *first;
	size_t n = 0;
	SLU_TRY(app_owed_list(&v, &n, u->a, r->git, refs, err));
	first = app_owed_first(v, n);
	return first ? slu_fail(err, SLU_E_CONFLICT, "No release begins while a merge is owed. %s", first->text) : SLU_OK;
}

slu_rc release_find_change(struct app_unit *u, const struct app_repo *r, struct release_data *d, const char *target, slu_err *err)
{
	struct port_change_filter open = { .open = true, .source = d->branch, .target = slu_s(target) };
	const struct port_change *there;
	size_t n;
	SLU_TRY(port_change_list(u->store, u->a, r->id, &open, NULL, &there, &n, err));
	d->change = n ? there[0].number : 0;
	return SLU_OK;
}

slu_rc release_open_change(struct app_unit *u, struct app_repo *r, struct release_data *d, const char *target, slu_err *err)
{
	struct port_change c;
	SLU_TRY(release_find_change(u, r, d, target, err));
	if (d->change)
		return SLU_OK;
	struct app_change_new ask = { .source = d->branch, .target = slu_s(target) };
	ask.title = slu_s(slu_printf(u->a, "chore: release %.*s", SLU_FMT(d->version)));
	ask.body = slu_s(slu_printf(u->a, "Brings %.*s into %s.\n", SLU_FMT(d->branch), target));
	SLU_TRY(app_change_open(&c, u, r, &ask, err));
	d->change = c.number;
	return SLU_OK;
}

static slu_rc target_of(const char **out, struct app_unit *u, struct app_repo *r, const struct release_data *d, slu_err *err)
{
	struct flow_refs refs;
	struct flow_plan p;
	SLU_TRY(release_refs(&refs, u, r, err));
	SLU_TRY(flow_release_finish(&p, u->a, r->strategy, d->version, d->kind, &refs, err));
	*out = p.target_branch;
	return SLU_OK;
}

slu_rc release_go_on_start(struct app_release_result *out, struct app_unit *u, struct app_repo *r, struct port_flow *f, struct release_data *d, slu_err *err)
{
	struct app_release_result x = { .next = "" };
	const char *target;
	if (slu_str_is(d->step, "begun")) {
		SLU_TRY(app_repo_lock(u->app, r->id, err));
		slu_rc rc = cut(&x, u, r, f, d, err);
		app_repo_unlock(u->app, r->id);
		SLU_TRY(rc);
	}
	if (x.judged && x.verdict.answer != POL_ALLOW) {
		*out = x;
		return SLU_OK;
	}
	SLU_TRY(target_of(&target, u, r, d, err));
	SLU_TRY(release_open_change(u, r, d, target, err));
	SLU_TRY(release_data_save(f, u, r, d, RELEASE_DONE, err));
	x.flow = *f;
	x.change = d->change;
	x.done = true;
	x.next = slu_printf(u->a, "sluice why merge %llu, and when it is reviewed and checked: sluice release finish %.*s", (unsigned long long)d->change, SLU_FMT(d->version));
	*out = x;
	return SLU_OK;
}

slu_rc app_release_start(struct app_release_result *out, struct app_unit *u, struct app_repo *r, const struct app_release_ask *ask, slu_err *err)
{
	struct app_release_result x = { .next = "" };
	struct flow_refs refs;
	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	SLU_TRY(release_refs(&refs, u, r, err));
	SLU_TRY(release_none_under_way(u, r, err));
	SLU_TRY(nothing_owed(u, r, &refs, err));
	SLU_TRY(flow_release_start(&x.plan, u->a, r->strategy, ask->version, ask->kind, &refs, err));
	SLU_TRY(something_to_bring(u, r, &x.plan, &refs, err));
	SLU_TRY(may_cut(&x, u, r, &x.plan, err));
	if (!ask->dry_run)
		SLU_TRY(app_refusal(u, r, &x.verdict, err));
	if (ask->dry_run || x.verdict.answer != POL_ALLOW) {
		*out = x;
		return SLU_OK;
	}
	struct release_data d = { .version = ask->version, .kind = ask->kind, .branch = slu_s(x.plan.branch), .step = SLU_STR("begun"), .before = slu_oid_zero(), .after = slu_oid_zero() };
	struct port_flow f = { .kind = SLU_STR("release-start"), .name = ask->version };
	SLU_TRY(release_data_save(&f, u, r, &d, RELEASE_RUNNING, err));
	SLU_TRY(release_go_on_start(&x, u, r, &f, &d, err));
	if (x.plan.step.n == 0)
		return slu_fail(err, SLU_E_INTERNAL, "The release %.*s was begun without a plan.", SLU_FMT(ask->version));
	*out = x;
	return SLU_OK;
}

/* ---- finish ----------------------------------------------------------------------------------------------------------------- */

/* The changelog's commit follows from the merge: for one who may not merge into the target nothing moves. */
static slu_rc may_finish(bool *may, struct app_release_result *x, struct app_unit *u, struct app_repo *r, const struct release_data *d, slu_err *err)
{
	const struct pol_action act = { .verb = POL_MERGE, .change = d->change };
	SLU_TRY(app_decide(&x->verdict, u, r, &act, err));
	x->judged = true;
	*may = true;
	for (size_t i = 0; i < x->verdict.row.n; i++) {
		const struct pol_row *row = &x->verdict.row.v[i];
		if (slu_str_ends(slu_s(row->rule), ".allow.merge") && (row->state == POL_FAILED || row->state == POL_WAITING))
			*may = false;
	}
	return SLU_OK;
}

/* Commits may have come since the branch was cut: then the changelog is brought up to date, and checks must see that. */
static slu_rc refresh(struct app_unit *u, struct app_repo *r, struct port_flow *f, struct release_data *d, slu_err *err)
{
	struct flow_refs refs;
	struct flow_plan p;
	slu_oid head, made;
	slu_str section;
	SLU_TRY(release_refs(&refs, u, r, err));
	SLU_TRY(flow_release_finish(&p, u->a, r->strategy, d->version, d->kind, &refs, err));
	head = flow_ref_find(&refs, full_ref(u->a, d->branch).p)->id;
	SLU_TRY(release_commit(&made, &section, u, r, &p, &head, false, err));
	d->step = SLU_STR("changelog");
	d->before = head;
	d->after = made;
	if (slu_oid_eq(&head, &made))
		return release_data_save(f, u, r, d, RELEASE_RUNNING, err);
	return release_move(f, u, r, d, RELEASE_RUNNING, &head, &made, "release-changelog", err);
}

/* Not allowed yet: a flow that has moved nothing simply ends; one that has waits for `continue`. */
static slu_rc stop(struct app_release_result *x, struct app_unit *u, struct app_repo *r, struct port_flow *f, const struct release_data *d, slu_err *err)
{
	bool moved = !slu_oid_eq(&d->before, &d->after);
	SLU_TRY(release_data_save(f, u, r, d, moved ? RELEASE_STOPPED : RELEASE_ABORTED, err));
	x->flow = *f;
	x->next = moved ? "the changelog was brought up to date; when the checks have seen it: sluice continue (or take it back: sluice abort)"
	                : slu_printf(u->a, "nothing has moved; see what opens it: sluice why merge %llu", (unsigned long long)d->change);
	return SLU_OK;
}

static slu_rc merge(struct app_release_result *x, struct app_unit *u, struct app_repo *r, struct port_flow *f, struct release_data *d, slu_err *err)
{
	struct app_merge_ask ask = { .head = d->after, .version = d->version, .cause = POL_BY_PERSON };
	SLU_TRY(app_change_merge(&x->merge, u, r, d->change, &ask, err));
	x->verdict = x->merge.verdict;
	x->judged = true;
	if (!x->merge.merged)
		return stop(x, u, r, f, d, err);
	d->step = SLU_STR("merged");
	SLU_TRY(release_data_save(f, u, r, d, RELEASE_DONE, err));
	x->flow = *f;
	x->done = true;
	return SLU_OK;
}

/* Cut off after the merge and before it was written down: the change tells. */
static slu_rc merged_already(bool *out, struct app_unit *u, struct app_repo *r, const struct release_data *d, slu_err *err)
{
	struct port_change c;
	*out = false;
	if (!d->change)
		return SLU_OK;
	SLU_TRY(port_change_get(u->store, u->a, r->id, d->change, &c, err));
	*out = c.state == POL_CHANGE_MERGED;
	return SLU_OK;
}

slu_rc release_go_on_finish(struct app_release_result *out, struct app_unit *u, struct app_repo *r, struct port_flow *f, struct release_data *d, slu_err *err)
{
	struct app_release_result x = { .next = "", .change = d->change };
	const char *target;
	bool merged, may = true;
	SLU_TRY(merged_already(&merged, u, r, d, err));
	if (merged) {
		SLU_TRY(release_data_save(f, u, r, d, RELEASE_DONE, err));
		x.flow = *f;
		x.done = true;
		*out = x;
		return SLU_OK;
	}
	SLU_TRY(target_of(&target, u, r, d, err));
	SLU_TRY(release_open_change(u, r, d, target, err));
	x.change = d->change;
	if (slu_str_is(d->step, "begun")) {
		SLU_TRY(may_finish(&may, &x, u, r, d, err));
		if (!may) {
			SLU_TRY(app_refusal(u, r, &x.verdict, err));
			SLU_TRY(stop(&x, u, r, f, d, err));
			*out = x;
			return SLU_OK;
		}
		SLU_TRY(app_repo_lock(u->app, r->id, err));
		slu_rc rc = refresh(u, r, f, d, err);
		app_repo_unlock(u->app, r->id);
		SLU_TRY(rc);
	}
	SLU_TRY(release_data_save(f, u, r, d, RELEASE_RUNNING, err));
	SLU_TRY(merge(&x, u, r, f, d, err));
	*out = x;
	return SLU_OK;
}

/* The change that would be merged, for a dry run; zero when it is not opened yet. */
static slu_rc dry_finish(struct app_release_result *x, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct release_data d = { .branch = slu_s(x->plan.branch) };
	struct app_merge_ask ask = { .dry_run = true, .version = slu_s(x->plan.version), .cause = POL_BY_PERSON };
	SLU_TRY(release_find_change(u, r, &d, x->plan.target_branch, err));
	if (d.change == 0)
		return SLU_OK;
	x->change = d.change;
	SLU_TRY(app_change_merge(&x->merge, u, r, x->change, &ask, err));
	x->verdict = x->merge.verdict;
	x->judged = true;
	return SLU_OK;
}

slu_rc release_would(struct app_release_result *out, struct app_unit *u, struct app_repo *r, const struct port_flow *f, const struct release_data *d, slu_err *err)
{
	struct app_release_result x = { .next = "", .flow = *f };
	struct flow_refs refs;
	bool start = slu_str_is(f->kind, "release-start");
	SLU_TRY(release_refs(&refs, u, r, err));
	if (start && slu_str_is(d->step, "begun"))
		SLU_TRY(flow_release_start(&x.plan, u->a, r->strategy, d->version, d->kind, &refs, err));
	else
		SLU_TRY(flow_release_finish(&x.plan, u->a, r->strategy, d->version, d->kind, &refs, err));
	if (start && !slu_str_is(d->step, "begun")) { /* its change alone is left */
		x.plan.step.n = 0;
		*SLU_ADD(u->a, &x.plan.step) = (struct flow_step){ .kind = FLOW_OPEN_CHANGE, .ref = full_ref(u->a, d->branch).p, .detail = x.plan.target_branch };
	}
	if (!start)
		SLU_TRY(dry_finish(&x, u, r, err));
	*out = x;
	return SLU_OK;
}

slu_rc app_release_finish(struct app_release_result *out, struct app_unit *u, struct app_repo *r, const struct app_release_ask *ask, slu_err *err)
{
	struct app_release_result x = { .next = "" };
	struct flow_refs refs;
	struct flow_plan plan;
	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	SLU_TRY(release_refs(&refs, u, r, err));
	SLU_TRY(release_none_under_way(u, r, err));
	SLU_TRY(flow_release_finish(&plan, u->a, r->strategy, ask->version, ask->kind, &refs, err));
	x.plan = plan;
	if (ask->dry_run) {
		SLU_TRY(dry_finish(&x, u, r, err));
		*out = x;
		return SLU_OK;
	}
	struct release_data d = { .version = ask->version, .kind = ask->kind, .branch = slu_s(plan.branch), .step = SLU_STR("begun"), .before = slu_oid_zero(), .after = slu_oid_zero() };
	struct port_flow f = { .kind = SLU_STR("release-finish"), .name = ask->version };
	SLU_TRY(release_data_save(&f, u, r, &d, RELEASE_RUNNING, err));
	SLU_TRY(release_go_on_finish(&x, u, r, &f, &d, err));
	x.plan = plan;
	*out = x;
	return SLU_OK;
}
