/* SPDX-License-Identifier: Apache-2.0 */
/* A push is judged whole: branches first, then tags as if the branches had moved already. */
#include "app/push.h"

#include "app/act.h"
#include "app/facts.h"
#include "app/push_impl.h"
#include "base/limits.h"

enum { REFUSAL_MAX = 256 * 1024, AGAIN_AFTER_S = 60, ELSEWHERE_MAX = 64 };

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

/** Names that are refused are refused before anything is looked up by them. @return false: there are such */
static bool names_fine(struct app_push_ref *ref, struct app_unit *u, const struct app_repo *r, const struct app_push *p)
{
	bool fine = true;

	for (size_t i = 0; i < p->n; i++)
		if (pol_ref_verdict(&ref[i].verdict, u->a, r->strategy, p->update[i].ref))
			fine = false;
	return fine;
}

static slu_rc judge_ref(struct app_push_ref *out, struct app_unit *u, struct app_repo *r, const struct pol_facts *f, const struct port_git_update *x, slu_err *err)
{
	struct pol_action act = { 0 };
	bool refused = false;

	if (pol_object_verdict(&refused, &out->verdict, u->a, r->strategy, f, x->ref, &x->new_, err) != SLU_OK)
		return slu_err_context(err, "%.*s", SLU_FMT(x->ref));
	if (refused)
		return SLU_OK;
	if (pol_push_action(&act, u->a, f, u->who.name, x->ref, &x->old, &x->new_, err) != SLU_OK)
		return slu_err_context(err, "%.*s", SLU_FMT(x->ref));
	SLU_TRY(pol_decide(&out->verdict, u->a, r->strategy, f, &act, u->now_s, err));
	out->merges_change = out->verdict.merges_change;
	return SLU_OK;
}

static bool is_deletion(const struct port_git_update *x)
{
	return slu_oid_is_zero(&x->new_);
}

/** Branch updates of this push that were allowed: deletions of branches, and tags, are judged as if they stood. */
static size_t standing_branches(struct port_git_update *out, const struct app_push *p, const struct app_push_ref *ref, bool deletions)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (!is_tag(p->update[i].ref) && (deletions || !is_deletion(&p->update[i])) && ref[i].verdict.answer == POL_ALLOW)
			out[n++] = p->update[i];
	return n;
}

static slu_rc judge_refs(struct app_push_ref *ref, struct app_unit *u, struct app_repo *r, port_git *git, const struct app_push *p, slu_err *err)
{
	struct pol_facts f;
	struct port_git_update *branch = SLU_NEW_N(u->a, struct port_git_update, p->n + 1);

	SLU_TRY(app_facts(&f, u, r, git, err));
	for (size_t i = 0; i < p->n; i++)
		if (!is_tag(p->update[i].ref) && !is_deletion(&p->update[i]))
			SLU_TRY(judge_ref(&ref[i], u, r, &f, &p->update[i], err));
	app_facts_pending(&f, branch, standing_branches(branch, p, ref, false));
	for (size_t i = 0; i < p->n; i++)
		if (!is_tag(p->update[i].ref) && is_deletion(&p->update[i]))
			SLU_TRY(judge_ref(&ref[i], u, r, &f, &p->update[i], err));
	app_facts_pending(&f, branch, standing_branches(branch, p, ref, true));
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
			pol_refusal_ref(text, p->update[i].ref);
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
	return app_data_bounded(&d, u, x->r, "push-refused", first, 0, err);
}

slu_rc app_push_refused(slu_str *text, struct app_unit *u, struct app_repo *r, const struct app_push *p, const struct app_push_ref *ref, slu_err *err)
{
	slu_auto_buf b;
	slu_buf_init(&b, REFUSAL_MAX);

	refusal(&b, p, ref);
	struct refused x = { r, p, ref, slu_s(slu_str_dup(u->a, slu_buf_str(&b))) };
	if (x.text.n)
		SLU_TRY(app_act(u, write_refused, &x, err));
	*text = x.text;
	return SLU_OK;
}

static slu_rc begin(struct app_push_judged *j, struct app_unit *u, const struct app_repo *r, const struct app_push *p, slu_err *err)
{
	*j = (struct app_push_judged){ .n = p->n };
	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	if (r->read_only)
		return slu_fail(err, SLU_E_DENIED, "%.*s is read-only: %.*s", SLU_FMT(r->full), SLU_FMT(r->row.read_only));
	if (p->n > SLU_MAX_PUSH_REFS)
		return slu_fail(err, SLU_E_LIMIT, "The push names %zu refs; at most %u are taken at once.", p->n, SLU_MAX_PUSH_REFS);
	j->ref = SLU_NEW_N(u->a, struct app_push_ref, p->n + 1);
	return SLU_OK;
}

slu_rc app_push_expect(struct app_push_judged *out, struct app_unit *u, struct app_repo *r, const struct app_push *p, slu_err *err)
{
	const struct pol_action act = { .verb = POL_PUSH, .actor = u->who.name, .ref = p->update[0].ref, .old = p->update[0].old, .new_ = p->update[0].new_ };
	struct app_push_judged j;
	struct pol_facts f;
	bool hopeless = false;

	SLU_TRY(begin(&j, u, r, p, err));
	j.allowed = names_fine(j.ref, u, r, p);
	if (j.allowed) {
		SLU_TRY(app_facts(&f, u, r, r->git, err));
		SLU_TRY(pol_push_hopeless(&j.ref[0].verdict, &hopeless, u->a, r->strategy, &f, &act, u->now_s, err));
	}
	for (size_t i = 1; hopeless && i < p->n; i++)
		j.ref[i].verdict = j.ref[0].verdict;
	j.allowed = j.allowed && !hopeless;
	if (!j.allowed)
		SLU_TRY(app_push_refused(&j.refusal, u, r, p, j.ref, err));
	*out = j;
	return SLU_OK;
}

slu_rc app_push_judge(struct app_push_judged *out, struct app_unit *u, struct app_repo *r, const struct app_push *p, slu_err *err)
{
	struct app_push_judged j;

	SLU_TRY(begin(&j, u, r, p, err));
	SLU_TRY(app_rested(&j.rested, u, r, err));
	if (names_fine(j.ref, u, r, p)) {
		SLU_TRY(app_push_ask(j.ref, u, r, p, err));
		j.allowed = all_allowed(j.ref, p->n);
	}
	if (!j.allowed)
		SLU_TRY(app_push_refused(&j.refusal, u, r, p, j.ref, err));
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

/* A branch that nothing but its own change looks at. */
static bool is_work(const strat *s, slu_str ref, int *base)
{
	slu_str name = { ref.p + 11, ref.n - 11 };
	int kind = slu_str_starts(ref, "refs/heads/") ? strat_branch_kind(s, name, NULL) : STRAT_NONE;
	if (kind == STRAT_NONE || s->branch[kind].builtin)
		return false;
	*base = s->branch[kind].base;
	return s->branch[kind].type == STRAT_WORK || s->branch[kind].type == STRAT_THROWAWAY;
}

/* Pushes of work branches that begin at long-lived ones, none of them a merge: other work branches say nothing about them. */
static bool stands_alone(const struct app_push_ref *ref, const struct app_repo *r, const struct app_push *p)
{
	const strat *s = r->strategy;
	for (size_t i = 0; i < p->n; i++) {
		enum pol_verb verb = ref[i].verdict.action.verb;
		int base = STRAT_NONE;
		if (ref[i].merges_change || (verb != POL_CREATE && verb != POL_PUSH) || !is_work(s, p->update[i].ref, &base))
			return false;
		if (base == STRAT_NONE || s->branch[base].type == STRAT_WORK || s->branch[base].type == STRAT_THROWAWAY)
			return false;
	}
	return true;
}

/* A push of a work branch that this push does not name. */
static bool is_elsewhere(const struct port_event *e, const struct app_repo *r, const struct app_push *p)
{
	int base;
	if ((!slu_str_is(e->kind, "push") && !slu_str_is(e->kind, "branch-created")) || !is_work(r->strategy, e->ref, &base))
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (slu_str_eq(p->update[i].ref, e->ref))
			return false;
	return true;
}

/**
 * Many people push at once, each to a branch of their own. What happened since the judgement counts only where it can matter to it: when there
 * are but a few events, each the push of another work branch, the verdict stands. Anything else has it asked again.
 */
static slu_rc only_elsewhere(bool *out, struct app_unit *u, const struct app_push_ref *ref, const struct app_repo *r, const struct app_push *p, slu_str rested, int64_t at_s, slu_err *err)
{
	slu_str rest = rested, part, now = { 0 };
	uint64_t repo_seq = 0;
	const struct port_event *e;
	size_t n;
	*out = false;
	SLU_TRY(app_rested(&now, u, r, err));
	size_t head = (size_t)((const char *)memrchr(now.p, ' ', now.n) - now.p); /* digest and the server's newest event must be the same */
	bool server_same = rested.n > head && memcmp(rested.p, now.p, head + 1) == 0;
	while (slu_str_split(&rest, ' ', &part))
		if (slu_parse_u64(&repo_seq, part, NULL) != SLU_OK)
			repo_seq = 0;
	if (!server_same || repo_seq == 0 || !stands_alone(ref, r, p) || app_ports_of(u->app)->now_ms() / 1000 - at_s >= AGAIN_AFTER_S)
		return SLU_OK;
	struct port_event_filter since = { .repo = r->full, .from_seq = (int64_t)repo_seq + 1, .oldest_first = true };
	struct port_page page = { .limit = ELSEWHERE_MAX + 1 };
	SLU_TRY(port_event_list(u->store, u->a, &since, &page, &e, &n, err));
	bool all = n <= ELSEWHERE_MAX;
	for (size_t i = 0; i < n && all; i++)
		all = is_elsewhere(&e[i], r, p);
	*out = all;
	return SLU_OK;
}

slu_rc app_push_still(struct app_push_ref *ref, struct app_unit *u, struct app_repo *r, const struct app_push *p, slu_str rested, int64_t at_s, slu_err *err)
{
	bool same = false;

	SLU_TRY(only_elsewhere(&same, u, ref, r, p, rested, at_s, err));
	if (!same)
		SLU_TRY(app_rested_same(&same, u, r, rested, at_s, err));
	if (same)
		return SLU_OK;
	SLU_TRY(app_push_ask(ref, u, r, p, err));
	for (size_t i = 0; i < p->n; i++)
		SLU_TRY(app_verdict_rc(&ref[i].verdict, err));
	return SLU_OK;
}
