/* SPDX-License-Identifier: Apache-2.0 */
/* A push is judged whole: branches first, then tags as if the branches had moved already. */
#include "app/push.h"

#include "app/act.h"
#include "app/facts.h"
#include "app/push_impl.h"
#include "base/limits.h"

enum { REFUSAL_MAX = 256 * 1024, AGAIN_AFTER_S = 60 };

/* ---- what a verdict rests on ---------------------------------------------------------------------------------------------------- */

/**
 * Every act writes its event with its state, so the newest event that concerns this repository or the server stands for all that the
 * database said; refs are verified by Git when they are locked. `at_s`: rules with a clock are asked again after a minute.
 */
slu_rc app_rested(slu_str *out, struct app_unit *u, const struct app_repo *r, slu_err *err)
{
	int64_t seq[2] = { 0, 0 };

	for (int i = 0; i < 2; i++) {
		const struct port_event_filter f = { .repo = i ? r->full : (slu_str){ 0 }, .server_only = !i };
		struct port_page page = { .limit = 1 };
		const struct port_event *e = NULL;
		size_t n = 0;
		SLU_TRY(port_event_list(u->store, u->a, &f, &page, &e, &n, err));
		seq[i] = n ? e[0].seq : 0;
	}
	*out = slu_s(slu_printf(u->a, "%s %lld %lld", r->strategy->digest, (long long)seq[0], (long long)seq[1]));
	return SLU_OK;
}

/* ---- judging -------------------------------------------------------------------------------------------------------------------- */

static bool is_tag(slu_str ref)
{
	return slu_str_starts(ref, "refs/tags/");
}

static slu_rc shape(const struct app_push *p, slu_buf *text, slu_err *err)
{
	if (p->n > SLU_MAX_PUSH_REFS)
		return slu_fail(err, SLU_E_LIMIT, "The push names %zu refs; at most %u are taken at once.", p->n, SLU_MAX_PUSH_REFS);
	for (size_t i = 0; i < p->n; i++) {
		slu_str ref = p->update[i].ref;
		const char *why = pol_ref_refused(ref);
		if (why)
			slu_buf_addf(text, "%.*s: refused: %s.\n", SLU_FMT(ref), why);
	}
	return SLU_OK;
}

static slu_rc judge_ref(struct app_push_ref *out, struct app_unit *u, struct app_repo *r, const struct pol_facts *f, const struct port_git_update *x, slu_err *err)
{
	struct pol_action act = { 0 };

	if (pol_push_action(&act, u->a, f, u->who.name, x->ref, &x->old, &x->new_, err) != SLU_OK)
		return slu_err_context(err, "%.*s", SLU_FMT(x->ref));
	SLU_TRY(pol_decide(&out->verdict, u->a, r->strategy, f, &act, u->now_s, err));
	out->merges_change = out->verdict.merges_change;
	return SLU_OK;
}

/** Branch updates of this push that were allowed: tags are judged as if they stood. */
static size_t standing_branches(struct port_git_update *out, const struct app_push *p, const struct app_push_ref *ref)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (!is_tag(p->update[i].ref) && ref[i].verdict.answer == POL_ALLOW)
			out[n++] = p->update[i];
	return n;
}

static slu_rc judge_refs(struct app_push_ref *ref, struct app_unit *u, struct app_repo *r, port_git *git, const struct app_push *p, slu_err *err)
{
	struct pol_facts f;
	struct port_git_update *branch = SLU_NEW_N(u->a, struct port_git_update, p->n + 1);

	SLU_TRY(app_facts(&f, u, r, git, err));
	for (size_t i = 0; i < p->n; i++)
		if (!is_tag(p->update[i].ref))
			SLU_TRY(judge_ref(&ref[i], u, r, &f, &p->update[i], err));
	app_facts_pending(&f, branch, standing_branches(branch, p, ref));
	for (size_t i = 0; i < p->n; i++)
		if (is_tag(p->update[i].ref))
			SLU_TRY(judge_ref(&ref[i], u, r, &f, &p->update[i], err));
	return SLU_OK;
}

slu_rc app_push_ask(struct app_push_ref *ref, struct app_unit *u, struct app_repo *r, const struct app_push *p, slu_err *err)
{
	port_git *git = NULL;

	if (!p->object_dir)
		return judge_refs(ref, u, r, r->git, p, err);
	SLU_TRY(app_repo_quarantine(&git, u, r, p->object_dir, p->alternates, err));
	slu_rc rc = judge_refs(ref, u, r, git, p, err);
	git->ops->close(git);
	return rc;
}

static bool all_allowed(const struct app_push_ref *ref, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ref[i].verdict.answer != POL_ALLOW)
			return false;
	return true;
}

static void refusal(slu_buf *text, const struct app_push *p, const struct app_push_ref *ref)
{
	for (size_t i = 0; i < p->n; i++) {
		if (ref[i].verdict.answer == POL_ALLOW)
			continue;
		if (p->n > 1)
			slu_buf_addf(text, "%.*s:\n", SLU_FMT(p->update[i].ref));
		pol_refusal_text(text, &ref[i].verdict);
	}
}

struct refused {
	struct app_repo *r;
	const struct app_push *p;
	const struct app_push_ref *ref;
	slu_str text;
};

static slu_rc write_refused(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct refused *x = ctx;
	struct app_data d;

	app_data_begin(&d);
	slu_json_kv_z(&d.json, "via", x->p->via);
	slu_json_kv_str(&d.json, "said", (slu_str){ x->text.p, x->text.n < 8192 ? x->text.n : 8192 });
	slu_json_key(&d.json, "refs");
	slu_json_open(&d.json, '[');
	for (size_t i = 0; i < x->p->n && i < 50; i++) {
		const struct port_git_update *g = &x->p->update[i];
		slu_json_open(&d.json, '{');
		slu_json_kv_str(&d.json, "ref", (slu_str){ g->ref.p, g->ref.n < 255 ? g->ref.n : 255 });
		slu_json_kv_z(&d.json, "old", g->old.hex);
		slu_json_kv_z(&d.json, "new", g->new_.hex);
		slu_json_kv_z(&d.json, "verdict", pol_answer_word(x->ref[i].verdict.answer));
		slu_json_close(&d.json, '}');
	}
	slu_json_close(&d.json, ']');
	if (x->p->n == 1 && x->ref[0].verdict.digest)
		app_verdict_member(&d.json, x->r, &x->ref[0].verdict);
	slu_str first = x->p->n == 1 && x->p->update[0].ref.n <= SLU_MAX_REF_BYTES ? x->p->update[0].ref : (slu_str){ 0 };
	return app_data_event(&d, u, x->r, "push-refused", first, 0, err);
}

slu_rc app_push_judge(struct app_push_judged *out, struct app_unit *u, struct app_repo *r, const struct app_push *p, slu_err *err)
{
	struct app_push_judged j = { .n = p->n };
	slu_auto_buf text;
	slu_buf_init(&text, REFUSAL_MAX);

	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	if (r->read_only)
		return slu_fail(err, SLU_E_DENIED, "%.*s is read-only: %.*s", SLU_FMT(r->full), SLU_FMT(r->row.read_only));
	SLU_TRY(shape(p, &text, err));
	j.ref = SLU_NEW_N(u->a, struct app_push_ref, p->n + 1);
	SLU_TRY(app_rested(&j.rested, u, r, err));
	if (text.n == 0) {
		SLU_TRY(app_push_ask(j.ref, u, r, p, err));
		j.allowed = all_allowed(j.ref, p->n);
		if (!j.allowed)
			refusal(&text, p, j.ref);
	}
	if (!j.allowed) {
		j.refusal = slu_s(slu_str_dup(u->a, slu_buf_str(&text)));
		struct refused x = { r, p, j.ref, j.refusal };
		SLU_TRY(app_act(u, write_refused, &x, err));
	}
	*out = j;
	return SLU_OK;
}

/* ---- asked again ------------------------------------------------------------------------------------------------------------------ */

slu_rc app_rested_same(bool *same, struct app_unit *u, struct app_repo *r, slu_str rested, int64_t at_s, slu_err *err)
{
	slu_str now = { 0 };
	int64_t now_s = app_ports_of(u->app)->now_ms() / 1000;

	SLU_TRY(app_rested(&now, u, r, err));
	*same = slu_str_eq(now, rested) && now_s - at_s < AGAIN_AFTER_S;
	if (*same)
		return SLU_OK;
	u->now_s = now_s;
	return app_repo_refresh(u, r, err);
}

slu_rc app_push_still(struct app_push_ref *ref, struct app_unit *u, struct app_repo *r, const struct app_push *p, slu_str rested, int64_t at_s, slu_err *err)
{
	bool same = false;

	SLU_TRY(app_rested_same(&same, u, r, rested, at_s, err));
	if (same)
		return SLU_OK;
	SLU_TRY(app_push_ask(ref, u, r, p, err));
	for (size_t i = 0; i < p->n; i++)
		SLU_TRY(app_verdict_rc(&ref[i].verdict, err));
	return SLU_OK;
}
