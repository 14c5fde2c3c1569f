/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule refuses leaves an event with its verdict, and the verdict for the answer. */
#include "app/refuse.h"

#include "app/act.h"
#include "app/push_impl.h"

enum { SAID_MAX = 8 * 1024 };

struct refusing {
	struct app_repo *r;
	const struct pol_verdict *v;
};

static slu_rc write_refusal(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct refusing *x = ctx;
	const struct pol_action *act = &x->v->action;
	struct app_data d;
	slu_err why = { 0 };

	(void)!app_verdict_rc(x->v, &why);
	slu_str said = slu_s(why.text);
	app_data_begin(&d);
	slu_json_kv_z(&d.json, "act", pol_verb_word(act->verb));
	slu_json_kv_str(&d.json, "said", (slu_str){ said.p, said.n < SAID_MAX ? said.n : SAID_MAX });
	app_verdict_member(&d.json, x->r, x->v);
	return app_data_bounded(&d, u, x->r, "refused", act->ref, act->change, err);
}

slu_rc app_refusal(struct app_unit *u, struct app_repo *r, const struct pol_verdict *v, slu_err *err)
{
	struct pol_verdict *kept = SLU_NEW(u->a, struct pol_verdict);
	struct refusing x = { r, kept };

	*kept = *v;
	u->judged = kept;
	return v->answer == POL_ALLOW || u->dry_run ? SLU_OK : app_act(u, write_refusal, &x, err);
}

slu_rc app_obey(struct app_unit *u, struct app_repo *r, const struct pol_verdict *v, slu_err *err)
{
	SLU_TRY(app_refusal(u, r, v, err));
	return app_verdict_rc(v, err);
}
