/* SPDX-License-Identifier: Apache-2.0 */
#include "app/plan_ecosystem.h"

static bool made_here(const struct app_plan *p, slu_str ref)
{
	for (size_t i = 0; i < p->moved.n; i++)
		if (slu_str_eq(p->moved.v[i].ref, ref))
			return slu_oid_is_zero(&p->moved.v[i].old) && !slu_oid_is_zero(&p->moved.v[i].new_);
	return false;
}

slu_rc app_plan_tag(struct app_plan *p, int tag_class, slu_str version, const slu_oid *commit, slu_str message, slu_err *err)
{
	const struct strat_tag *cls = &p->s->tag[tag_class];
	struct pol_verdict v;
	slu_oid there, id;
	char *name = NULL;
	SLU_TRY(pol_tag_name(&name, p->a, p->s, tag_class, version, err));
	slu_str ref = slu_s(slu_printf(p->a, "refs/tags/%s", name));
	if (made_here(p, ref))
		return SLU_OK;
	SLU_TRY(app_plan_at(&there, p, ref, err));
	if (!slu_oid_is_zero(&there))
		return slu_fail(err, SLU_E_EXISTS, "The tag %s is there already, on %.10s. Choose a higher version.", name, there.hex);
	SLU_TRY(p->clone->ops->tag(p->clone, slu_s(name), commit, slu_s(slu_printf(p->a, "%s\n\n%.*s", name, SLU_FMT(message))), cls->signed_, &id, err));
	const struct pol_action act = { .verb = POL_TAG, .actor = p->off->person, .ref = ref, .old = slu_oid_zero(), .new_ = id };
	SLU_TRY(app_plan_ask(&v, p, &act, err));
	app_plan_says(p, "tag %s on %.10s", name, commit->hex);
	return app_plan_move(p, ref, &id, err);
}

static enum pol_verb verb_back(const struct flow_op_ref *r)
{
	bool tag = slu_str_starts(r->name, "refs/tags/");
	if (slu_oid_is_zero(&r->old))
		return tag ? POL_TAG_DELETE : POL_DELETE;
	if (slu_oid_is_zero(&r->new_))
		return tag ? POL_TAG : POL_CREATE;
	return tag ? POL_TAG_MOVE : POL_FORCE_PUSH;
}

slu_rc app_plan_ask_back(slu_str *ref, struct app_plan *p, const struct flow_op *op, slu_err *err)
{
	for (size_t i = 0; i < op->push.n; i++) {
		const struct flow_op_ref *r = &op->push.v[i];
		const struct pol_action act = { .verb = verb_back(r), .actor = p->off->person, .ref = r->name, .old = r->new_, .new_ = r->old };
		struct pol_verdict v;
		if (slu_str_starts(r->name, "refs/sluice/"))
			continue; /* what was said of the commit */
		slu_rc rc = app_plan_ask(&v, p, &act, err);
		if (rc != SLU_OK)
			*ref = r->name;
		SLU_TRY(rc);
	}
	return SLU_OK;
}
