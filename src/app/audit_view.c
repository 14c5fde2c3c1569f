/* SPDX-License-Identifier: Apache-2.0 */
/* The log as it is seen: events, the newest heads, and a verification that is not made again for each look. */
#include "app/audit.h"
#include "app/impl.h"

slu_rc app_event_list(const struct port_event **out, size_t *n, struct port_page *page, struct app_unit *u, const struct port_event_filter *f, slu_err *err)
{
	return port_event_list(u->store, u->a, f, page, out, n, err);
}

struct keeping {
	slu_arena *a;
	struct port_checkpoint *v;
	size_t n, max;
};

static slu_rc keep(void *ctx, const struct port_checkpoint *c, slu_err *err)
{
	struct keeping *k = ctx;
	(void)err;
	if (k->n == k->max) {
		memmove(&k->v[0], &k->v[1], (k->max - 1) * sizeof k->v[0]);
		k->n--;
	}
	k->v[k->n++] = (struct port_checkpoint){ c->size, c->at_s, slu_s(slu_str_dup(k->a, c->text)) };
	return SLU_OK;
}

slu_rc app_audit_heads(const struct port_checkpoint **out, size_t *n, struct app_unit *u, size_t max, slu_err *err)
{
	struct keeping k = { .a = u->a, .v = SLU_NEW_N(u->a, struct port_checkpoint, max), .max = max };
	SLU_TRY(port_checkpoint_each(u->store, keep, &k, err));
	*out = k.v;
	*n = k.n;
	return SLU_OK;
}

enum { KNOWN_S = 600 }; /* so long a verification is good for a log of the same size; of one too large to verify at once, until somebody does */

/* What was found good when the log had this size. Something that was found altered is looked at again each time. */
static bool known(struct app_audit_seen *out, app *ap, int64_t now_s, int64_t at_once)
{
	(void)pthread_mutex_lock(&ap->mu);
	bool fits = ap->verified_s > 0 && ap->verified_size == out->events && (now_s - ap->verified_s <= KNOWN_S || out->events > at_once);
	if (fits)
		out->at_s = ap->verified_s;
	(void)pthread_mutex_unlock(&ap->mu);
	return fits;
}

static void remember(app *ap, const struct app_audit_verdict *v, int64_t now_s)
{
	(void)pthread_mutex_lock(&ap->mu);
	ap->verified_s = v->good ? now_s : 0;
	ap->verified_size = v->size;
	(void)pthread_mutex_unlock(&ap->mu);
}

slu_rc app_audit_look(struct app_audit_seen *out, struct app_unit *u, int64_t at_once, bool now, slu_err *err)
{
	struct app_audit_seen s = { 0 };
	SLU_TRY(port_event_count(u->store, &s.events, err));
	if (!now && known(&s, u->app, u->now_s, at_once)) {
		s.verified = true;
		s.verdict = (struct app_audit_verdict){ .good = true, .size = s.events, .what = "Every event is what was recorded." };
	} else if (now || s.events <= at_once) {
		SLU_TRY(app_audit_verify(&s.verdict, u, (slu_str){ "", 0 }, err));
		remember(u->app, &s.verdict, u->now_s);
		s.verified = true;
		s.at_s = u->now_s;
	}
	*out = s;
	return SLU_OK;
}
