/* SPDX-License-Identifier: Apache-2.0 */
/* The database's half of the facts, beside Git's. */
#include "app/facts.h"

#include "app/deploy.h"

#include "app/owners.h"
#include "app/person.h"
#include "app/release_made.h"
#include "app/release_ticks.h"
#include "app/impl.h"
#include "port/store_act.h"
#include "port/store_change.h"

enum { SIGNED_FOR_S = 600 }; /* a good signature is verified again after this time: its key may have expired */

static slu_rc fact_person(void *ctx, slu_arena *a, slu_str name, struct pol_person *out, slu_err *err)
{
	struct app_facts_ctx *c = ctx;
	(void)a;
	if (!name.n || !slu_str_eq(name, c->person_name)) {
		SLU_TRY(app_person(&c->person, c->u, c->r->id, c->r->strategy, name, err));
		c->person_name = slu_s(slu_str_dup(c->u->a, name));
	}
	*out = c->person;
	return SLU_OK;
}

static slu_rc fact_by_email(void *ctx, slu_arena *a, slu_str email, const slu_str **name, size_t *n, slu_err *err)
{
	const struct app_facts_ctx *c = ctx;
	return app_by_email(name, n, c->u, a, email, err);
}

/** A ref as the judge sees it: what the same push moves counts as moved. */
static slu_rc head_of(struct app_facts_ctx *c, slu_str branch, slu_oid *out, slu_err *err)
{
	slu_str ref = slu_s(slu_printf(c->u->a, "refs/heads/%.*s", SLU_FMT(branch)));
	return c->table->ref(c, c->u->a, ref, out, err);
}

static slu_rc fact_change(void *ctx, slu_arena *a, uint64_t number, struct pol_change *out, slu_err *err)
{
	struct app_facts_ctx *c = ctx;
	struct port_change x = { 0 };
	slu_oid head = x.head, target = x.head;
	unsigned open = 0;

	SLU_TRY(port_change_get(c->u->store, a, c->r->id, number, &x, err));
	SLU_TRY(port_threads_open(c->u->store, x.id, &open, err));
	SLU_TRY(head_of(c, x.source, &head, err));
	SLU_TRY(head_of(c, x.target, &target, err));
	bool known = !slu_oid_is_zero(&head);
	*out = (struct pol_change){
		.number = number, .state = x.state, .draft = x.draft, .title = x.title, .body = x.body, .author = x.author, .source = x.source, .target = x.target,
		.last_pusher = x.last_pusher, .head = known ? head : x.head, .target_head = target, .merged_as = x.merged_as, .head_known = known, .threads_open = open, .labels = x.labels,
	};
	return SLU_OK;
}

static slu_rc fact_open_changes(void *ctx, slu_arena *a, slu_str target, const uint64_t **out, size_t *n, slu_err *err)
{
	struct app_facts_ctx *c = ctx;
	const struct port_change *list = NULL;
	const struct port_change_filter f = { .open = true, .target = target, .oldest_first = true };
	size_t count = 0;

	SLU_TRY(port_change_list(c->u->store, a, c->r->id, &f, NULL, &list, &count, err));
	uint64_t *numbers = SLU_NEW_N(a, uint64_t, count + 1);
	for (size_t i = 0; i < count; i++)
		numbers[i] = list[i].number;
	*out = numbers;
	*n = count;
	return SLU_OK;
}

static slu_rc fact_merged(void *ctx, slu_arena *a, const struct pol_change **out, size_t *n, slu_err *err)
{
	struct app_facts_ctx *c = ctx;
	const struct port_change *list = NULL;
	const struct port_change_filter f = { .merged = true, .oldest_first = true };

	SLU_TRY(port_change_list(c->u->store, a, c->r->id, &f, NULL, &list, n, err));
	struct pol_change *v = SLU_NEW_N(a, struct pol_change, *n + 1);
	for (size_t i = 0; i < *n; i++)
		v[i] = (struct pol_change){ .number = list[i].number, .state = list[i].state, .source = list[i].source, .target = list[i].target, .merged_as = list[i].merged_as };
	*out = v;
	return SLU_OK;
}

/** Whether two commits bring the same change to the target: a pure rebase keeps approvals. What is no longer there is not the same. */
static bool same_patch(struct app_facts_ctx *c, const slu_oid *target, const slu_oid *head, const struct port_review *v)
{
	port_git *g = c->git.git;
	const slu_oid *base = NULL;
	slu_oid id = { 0 };
	size_t n = 0;

	if (slu_oid_is_zero(&v->patch_id) || slu_oid_is_zero(target))
		return false;
	if (g->ops->merge_bases(g, c->u->a, target, head, &base, &n, NULL) != SLU_OK || n != 1)
		return false;
	return g->ops->patch_id(g, c->u->a, &base[0], head, &id, NULL) == SLU_OK && !slu_oid_is_zero(&id) && slu_oid_eq(&id, &v->patch_id);
}

static slu_rc fact_deploy_approvals(void *ctx, slu_arena *a, slu_str environment, const slu_oid *commit, const struct pol_review **out, size_t *n, slu_err *err)
{
	const struct app_facts_ctx *c = ctx;
	const struct port_deploy_approval *list = NULL;
	SLU_TRY(port_deploy_approval_list(c->u->store, a, c->r->id, environment, commit, &list, n, err));
	struct pol_review *v = SLU_NEW_N(a, struct pol_review, *n + 1);
	for (size_t i = 0; i < *n; i++)
		v[i] = (struct pol_review){ .person = list[i].person, .state = POL_REVIEW_APPROVE, .commit = list[i].commit, .time_s = list[i].at_s };
	*out = v;
	return SLU_OK;
}

static slu_rc fact_reviews(void *ctx, slu_arena *a, uint64_t change, const struct pol_review **out, size_t *n, slu_err *err)
{
	struct app_facts_ctx *c = ctx;
	struct pol_change x = { 0 };
	struct port_change row = { 0 };
	const struct port_review *list = NULL;
	slu_oid left; /* the head as people left it */
	size_t count = 0;

	SLU_TRY(fact_change(ctx, a, change, &x, err));
	SLU_TRY(port_change_get(c->u->store, a, c->r->id, change, &row, err));
	SLU_TRY(port_review_list(c->u->store, a, row.id, &list, &count, err));
	SLU_TRY(app_release_before(&left, c->u, c->r, x.source, &x.head, err));
	struct pol_review *v = SLU_NEW_N(a, struct pol_review, count + 1);
	for (size_t i = 0; i < count; i++) {
		v[i] = (struct pol_review){ .person = list[i].person, .state = list[i].state, .commit = list[i].commit, .dismissed = list[i].dismissed_by.n > 0, .time_s = list[i].at_s };
		if (!slu_oid_eq(&list[i].commit, &x.head) && !v[i].dismissed)
			v[i].same_patch = slu_oid_eq(&list[i].commit, &left) || same_patch(c, &x.target_head, &left, &list[i]);
	}
	*out = v;
	*n = count;
	return SLU_OK;
}

static slu_rc fact_check(void *ctx, slu_arena *a, const slu_oid *commit, slu_str name, struct pol_check *out, slu_err *err)
{
	struct app_facts_ctx *c = ctx;
	return port_check_latest(c->u->store, a, c->r->id, commit, name, out, err);
}

static slu_rc fact_emergency(void *ctx, slu_arena *a, uint64_t change, struct pol_emergency *out, slu_err *err)
{
	struct app_facts_ctx *c = ctx;
	struct port_emergency e = { 0 };
	slu_rc rc = port_emergency_of(c->u->store, a, c->r->id, change, &e, err);

	if (rc != SLU_OK && rc != SLU_E_NOT_FOUND)
		return rc;
	*out = (struct pol_emergency){ .declared = rc == SLU_OK, .by = e.by, .reason = e.reason, .at_s = e.at_s, .expires_s = e.expires_s };
	return SLU_OK;
}

static slu_rc fact_deployment(void *ctx, slu_arena *a, slu_str environment, slu_str version, struct pol_deployment *out, slu_err *err)
{
	struct app_facts_ctx *c = ctx;
	(void)a;
	return app_deployment_fact(c->u, c->r->id, environment, version, out, err);
}

static slu_rc fact_release_boxes(void *ctx, slu_arena *a, slu_str version, const struct pol_release_box **out, size_t *n, slu_err *err)
{
	struct app_facts_ctx *c = ctx;
	(void)a;
	return app_release_ticked(out, n, c->u, c->r, version, err);
}

static slu_rc fact_secret(void *ctx, slu_arena *a, slu_str name, bool *there, slu_str *file, slu_err *err)
{
	struct app_facts_ctx *c = ctx;
	const struct app_ports *p = app_ports_of(c->u->app);

	(void)err;
	*there = p->secret && p->secret(app_home(c->u->app), c->r->owner, c->r->name, name);
	*file = slu_s(slu_printf(a, "secrets/%.*s/%.*s", SLU_FMT(c->r->full), SLU_FMT(name)));
	return SLU_OK;
}

/** The server's own commits and tags are signed, too, with a key of its own. */
static slu_rc fact_signature(void *ctx, slu_arena *a, const slu_oid *id, const struct pol_signers *by, int64_t now_s, struct pol_signature *out, slu_err *err)
{
	struct app_facts_ctx *c = ctx;
	slu_str own = app_allowed_signers(c->u);
	struct pol_signers all = { slu_s(slu_printf(a, "%.*s\n%.*s", SLU_FMT(by->ssh), SLU_FMT(own))), by->pgp };
	const slu_str said[] = { SLU_STR("signed"), slu_s(id->hex), all.ssh, all.pgp, slu_s(slu_printf(a, "%lld", (long long)(now_s / SIGNED_FOR_S))) };
	const struct app_seen_key key = app_seen_key(said, sizeof said / sizeof *said);
	*out = (struct pol_signature){ POL_SIGNED, { "", 0 } };
	if (app_seen_has(c->git.seen, &key))
		return SLU_OK;
	SLU_TRY(c->git.git->ops->signature(c->git.git, a, id, &all, now_s, out, err));
	if (out->state == POL_SIGNED)
		app_seen_add(c->git.seen, &key);
	return SLU_OK;
}

/** What an administrator has accepted of another repository; nothing else counts. */
static slu_rc fact_extends(void *ctx, slu_arena *a, slu_str what, slu_str *text, slu_err *err)
{
	struct app_facts_ctx *c = ctx;
	struct port_accept x = { 0 };

	SLU_TRY(port_accept_get(c->u->store, a, c->r->id, what, &x, err));
	*text = x.text;
	return SLU_OK;
}

slu_rc app_facts(struct pol_facts *out, struct app_unit *u, struct app_repo *r, port_git *git, slu_err *err)
{
	(void)err;
	struct app_facts_ctx *c = SLU_NEW(u->a, struct app_facts_ctx);
	struct pol_facts *table = SLU_NEW(u->a, struct pol_facts);

	c->git.git = git ? git : r->git;
	c->git.a = u->a;
	c->git.seen = u->app->seen;
	c->git.stored = git && git != r->git ? r->git : NULL;
	c->u = u;
	c->r = r;
	app_git_facts_fill(table);
	table->ctx = c;
	table->default_branch = r->default_branch;
	table->person = fact_person;
	table->by_email = fact_by_email;
	table->change = fact_change;
	table->open_changes = fact_open_changes;
	table->merged = fact_merged;
	table->reviews = fact_reviews;
	table->deploy_approvals = fact_deploy_approvals;
	table->check = fact_check;
	table->emergency = fact_emergency;
	table->deployment = fact_deployment;
	table->release_boxes = fact_release_boxes;
	table->secret = fact_secret;
	table->extends = fact_extends;
	table->signature = fact_signature;
	table->memo = pol_memo_new(u->a);
	c->table = table;
	*out = *table;
	return SLU_OK;
}

void app_facts_pending(struct pol_facts *f, const struct port_git_update *update, size_t n)
{
	struct app_facts_ctx *c = f->ctx;
	c->git.pending = update;
	c->git.pending_n = n;
	f->memo = pol_memo_new(c->u->a);
}

/* ---- asking ------------------------------------------------------------------------------------------------------------------ */

slu_rc app_decide(struct pol_verdict *out, struct app_unit *u, struct app_repo *r, const struct pol_action *action, slu_err *err)
{
	struct pol_facts f;
	struct pol_action act = *action;

	SLU_TRY(app_facts(&f, u, r, NULL, err));
	if (!act.actor.n)
		act.actor = u->who.name;
	return pol_decide(out, u->a, r->strategy, &f, &act, u->now_s, err);
}

slu_rc app_verdict_rc(const struct pol_verdict *v, slu_err *err)
{
	if (v->answer == POL_ALLOW)
		return SLU_OK;
	enum pol_state want = v->answer == POL_DENY ? POL_FAILED : POL_WAITING;
	slu_rc code = v->answer == POL_DENY ? SLU_E_DENIED : SLU_E_WAIT;
	for (size_t i = 0; i < v->row.n; i++) {
		const struct pol_row *row = &v->row.v[i];
		if (row->state != want)
			continue;
		return slu_fail_at(err, code, row->pos.file, row->pos.line, row->pos.column, "%s: wanted %s; %s.%s%s", row->rule, row->wanted, row->actual, row->remedy[0] ? " " : "", row->remedy);
	}
	return slu_fail(err, code, "The strategy does not allow to %s this.", pol_verb_word(v->action.verb));
}
