/* SPDX-License-Identifier: Apache-2.0 */
/* Which reviews stand, and whose. */
#include "policy/rule.h"

const char *pol_release_approval(slu_arena *a, slu_str person)
{
	return slu_printf(a, POL_RELEASE_APPROVAL " of %.*s", SLU_FMT(person));
}

static void keep_last(struct pol_standing *list, size_t *n, const struct pol_review *r)
{
	for (size_t i = 0; i < *n; i++)
		if (slu_str_eq(list[i].review->person, r->person)) {
			list[i].review = r;
			return;
		}
	list[(*n)++].review = r;
}

static const char *why_not(struct pol_judge *j, const struct pol_standing *s)
{
	const struct pol_review *r = s->review;
	slu_str who = r->person;
	if (r->deployment && slu_str_eq(who, j->act->actor))
		return j->environment >= 0 ? POL_TEXT(j, "%.*s asked for the deployment", SLU_FMT(who)) : POL_TEXT(j, "%.*s begins the release", SLU_FMT(who));
	if (slu_str_eq(who, j->change.author))
		return POL_TEXT(j, "%.*s is the author", SLU_FMT(who));
	if (!j->f->person)
		return POL_TEXT(j, "who %.*s is, is not known here", SLU_FMT(who));
	if (!s->person.known || s->person.disabled)
		return pol_person_text(j, who, &s->person);
	bool nominal = j->source_kind >= 0 && j->s->branch[j->source_kind].builtin; /* of the system: its author is whoever fills it */
	if (r->state == POL_REVIEW_APPROVE && (nominal || pol_any_last_push(j)) && slu_str_eq(who, j->change.last_pusher))
		return POL_TEXT(j, "%.*s made the last push", SLU_FMT(who));
	if (r->state == POL_REVIEW_APPROVE && !s->fresh && pol_any_dismiss_stale(j))
		return POL_TEXT(j, "%.*s approved %s, not the head", SLU_FMT(who), pol_short(j, &r->commit));
	return NULL;
}

/* Before there is a change they are ticks of the version, each of whoever gave it. */
static slu_rc of_release(struct pol_judge *j, const struct pol_review **out, size_t *n, bool *known, slu_err *err)
{
	const struct pol_release_box *v = NULL;
	size_t all = 0;
	*known = j->f->release_boxes && !j->f->no_server;
	if (*known)
		SLU_TRY(j->f->release_boxes(j->f->ctx, j->a, j->caps.v[STRAT_CAP_VERSION], &v, &all, err));
	struct pol_review *list = SLU_NEW_N(j->a, struct pol_review, all + 1);
	for (size_t i = 0; i < all; i++)
		if (slu_str_is(v[i].text, pol_release_approval(j->a, v[i].by)))
			list[(*n)++] = (struct pol_review){ .person = v[i].by, .state = POL_REVIEW_APPROVE, .deployment = true, .time_s = v[i].at_s };
	*out = list;
	return SLU_OK;
}

/* Of the change; of a deployment too, what people said of this very commit in this environment. */
static slu_rc all_reviews(struct pol_judge *j, const struct pol_review **out, size_t *n, bool *known, slu_err *err)
{
	const struct pol_review *of_change = NULL, *of_deployment = NULL;
	size_t change_n = 0, deployment_n = 0;
	bool deploy = j->environment >= 0 && j->f->deploy_approvals;
	*known = j->has_change && j->f->reviews && j->change.number;
	if (*known)
		SLU_TRY(j->f->reviews(j->f->ctx, j->a, j->change.number, &of_change, &change_n, err));
	if (deploy)
		SLU_TRY(j->f->deploy_approvals(j->f->ctx, j->a, j->act->environment, &j->head, &of_deployment, &deployment_n, err));
	*known = *known || deploy;
	struct pol_review *all = SLU_NEW_N(j->a, struct pol_review, change_n + deployment_n + 1);
	for (size_t i = 0; i < change_n; i++)
		all[(*n)++] = of_change[i];
	for (size_t i = 0; i < deployment_n; i++) {
		all[*n] = of_deployment[i];
		all[(*n)++].deployment = true;
	}
	*out = all;
	return SLU_OK;
}

slu_rc pol_standing_reviews(struct pol_judge *j, struct pol_standing **out, size_t *n, bool *known, slu_err *err)
{
	const struct pol_review *r = NULL;
	size_t all = 0, used = 0, kept = 0;
	if (pol_begins_release(j))
		SLU_TRY(of_release(j, &r, &all, known, err));
	else
		SLU_TRY(all_reviews(j, &r, &all, known, err));
	struct pol_standing *list = SLU_NEW_N(j->a, struct pol_standing, all + 1);
	for (size_t i = 0; i < all; i++)
		if (r[i].state != POL_REVIEW_COMMENT)
			keep_last(list, &used, &r[i]);
	for (size_t i = 0; i < used; i++) {
		struct pol_standing s = list[i];
		bool here = false;
		if (s.review->dismissed)
			continue;
		SLU_TRY(pol_person_get(j, s.review->person, &s.person, &here, err));
		s.fresh = s.review->deployment || slu_oid_eq(&s.review->commit, &j->change.head) || s.review->same_patch;
		s.why_not = why_not(j, &s);
		list[kept++] = s;
	}
	*out = list;
	*n = kept;
	return SLU_OK;
}
