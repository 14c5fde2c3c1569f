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

/** The same person is refused the same act for the same reasons as the last time: that stands in the log already. */
static slu_rc said_before(bool *out, struct app_unit *u, const struct app_repo *r, uint64_t change, slu_str ref, slu_str data, slu_err *err)
{
	const struct port_event_filter f = { .repo = r->full, .actor = u->who.name, .kind = SLU_STR("refused"), .ref = ref, .change = change };
	struct port_page newest = { .limit = 1 };
	const struct port_event *e = NULL;
	size_t n = 0;

	SLU_TRY(port_event_list(u->store, u->a, &f, &newest, &e, &n, err));
	*out = n == 1 && slu_str_eq(e[0].data, data);
	return SLU_OK;
}

static slu_rc write_refusal(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct refusing *x = ctx;
	const struct pol_action *act = &x->v->action;
	struct app_data d;
	slu_err why = { 0 };
	bool before = false;

	(void)!app_verdict_rc(x->v, &why);
	slu_str said = slu_s(why.text);
	app_data_begin(&d);
	slu_json_kv_z(&d.json, "act", pol_verb_word(act->verb));
	slu_json_kv_str(&d.json, "said", (slu_str){ said.p, said.n < SAID_MAX ? said.n : SAID_MAX });
	app_verdict_member(&d.json, x->r, x->v);
	slu_str data = slu_s(slu_printf(u->a, "%.*s}", (int)d.buf.n, d.buf.p));
	slu_rc rc = said_before(&before, u, x->r, act->change, act->ref, data, err);
	if (rc != SLU_OK || before) {
		slu_buf_release(&d.buf);
		return rc;
	}
	return app_data_event(&d, u, x->r, "refused", act->ref, act->change, err);
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
