/* SPDX-License-Identifier: Apache-2.0 */
/* What a push leaves in the database: events, merged changes, moved heads, the strategy that comes into force. */
#include "app/push_impl.h"

#include "app/act.h"
#include "app/audit.h"
#include "app/changes_impl.h"
#include "app/release_notes.h"
#include "app/repos.h"
#include "port/store_act.h"
#include "port/store_change.h"

enum { VERDICT_MAX = 24 * 1024, FULL_REFS = 16 };

static const char *const event_of[POL_VERB_COUNT] = {
	[POL_CREATE] = "branch-created", [POL_PUSH] = "push",          [POL_FORCE_PUSH] = "force-push", [POL_DELETE] = "branch-deleted",
	[POL_TAG] = "tag-created",       [POL_TAG_MOVE] = "tag-moved", [POL_TAG_DELETE] = "tag-deleted",
};

void app_verdict_member(slu_json *j, const struct app_repo *r, const struct pol_verdict *v)
{
	slu_auto_buf text;
	slu_buf_init(&text, VERDICT_MAX);
	slu_json inner = slu_json_to(&text);
	slu_auto_arena *a = slu_arena_new();

	pol_verdict_json(&inner, v, slu_str_dup(a, r->strategy_file), slu_str_dup(a, r->strategy_commit));
	if (text.over) {
		slu_json_kv_z(j, "verdict", pol_answer_word(v->answer));
		slu_json_kv_z(j, "strategy", v->digest);
		return;
	}
	slu_json_key(j, "verdict");
	slu_json_raw(j, slu_buf_str(&text));
}

/* ---- changes that a moved branch concerns ------------------------------------------------------------------------------------------ */

/** What is owed after an emergency, however the merge came in. */
static slu_rc write_follow_ups(struct app_unit *u, struct app_repo *r, uint64_t change, slu_err *err)
{
	struct port_emergency e = { 0 };
	const struct strat_emergency *s = &r->strategy->emergency;
	slu_rc rc = port_emergency_of(u->store, u->a, r->id, change, &e, err);

	if (rc == SLU_E_NOT_FOUND || (rc == SLU_OK && e.expires_s <= u->now_s))
		return SLU_OK;
	SLU_TRY(rc);
	for (size_t i = 0; i < s->follow_up_n; i++) {
		struct port_follow_up f = { .repo_id = r->id, .emergency_id = e.id, .name = s->follow_up[i].name, .due_s = u->now_s + s->follow_up[i].due_s };
		f.of = slu_s(slu_printf(u->a, "emergency of change %llu", (unsigned long long)change));
		SLU_TRY(port_follow_up_add(u->store, &f, err));
	}
	return SLU_OK;
}

static slu_rc merged(struct app_unit *u, struct app_repo *r, uint64_t number, const struct port_git_update *x, const struct pol_verdict *v, slu_err *err)
{
	struct port_change c = { 0 };
	struct app_data d;

	SLU_TRY(port_change_get(u->store, u->a, r->id, number, &c, err));
	if (c.state != POL_CHANGE_OPEN)
		return slu_fail(err, SLU_E_CONFLICT, "Change %llu is no longer open.", (unsigned long long)number);
	c.state = POL_CHANGE_MERGED;
	c.merged_as = x->new_;
	c.merged_by = u->who.name;
	c.merged_s = c.closed_s = c.updated_s = u->now_s;
	c.method = slu_s(v->action.has_method ? strat_method_word(v->action.method) : "merge");
	SLU_TRY(port_change_update(u->store, &c, err));
	SLU_TRY(write_follow_ups(u, r, number, err));
	app_data_begin(&d);
	slu_json_kv_z(&d.json, "commit", x->new_.hex);
	slu_json_kv_str(&d.json, "source", c.source);
	slu_json_kv_str(&d.json, "target", c.target);
	slu_json_kv_z(&d.json, "head", c.head.hex);
	slu_json_kv_str(&d.json, "method", c.method);
	app_verdict_member(&d.json, r, v);
	return app_data_event(&d, u, r, "change-merged", x->ref, number, err);
}

static slu_rc head_moved(struct app_unit *u, struct app_repo *r, struct port_change c, const struct port_git_update *x, slu_err *err)
{
	struct app_data d;
	bool gone = slu_oid_is_zero(&x->new_);

	if (gone) {
		c.state = POL_CHANGE_CLOSED;
		c.closed_s = u->now_s;
	} else {
		c.head = x->new_;
		c.last_pusher = u->who.name;
	}
	c.updated_s = u->now_s;
	SLU_TRY(port_change_update(u->store, &c, err));
	app_data_begin(&d);
	slu_json_kv_z(&d.json, "old", x->old.hex);
	slu_json_kv_z(&d.json, "new", x->new_.hex);
	if (gone)
		slu_json_kv_z(&d.json, "reason", "its branch was deleted");
	return app_data_event(&d, u, r, gone ? "change-closed" : "change-updated", x->ref, c.number, err);
}

static slu_rc changes_from(struct app_unit *u, struct app_repo *r, const struct port_git_update *x, slu_err *err)
{
	const struct port_change *list = NULL;
	slu_str branch = { x->ref.p + strlen("refs/heads/"), x->ref.n - strlen("refs/heads/") };
	const struct port_change_filter f = { .open = true, .source = branch };
	size_t n = 0;

	SLU_TRY(port_change_list(u->store, u->a, r->id, &f, NULL, &list, &n, err));
	for (size_t i = 0; i < n; i++)
		SLU_TRY(head_moved(u, r, list[i], x, err));
	return SLU_OK;
}

/* ---- the strategy file -------------------------------------------------------------------------------------------------------------- */

static slu_rc strategy_moved(struct app_unit *u, struct app_repo *r, const struct port_git_update *x, slu_err *err)
{
	const slu_str file = SLU_STR(".sluice/strategy.yml");
	slu_str before = { 0 }, after = { 0 };
	bool was = false, is = false;
	strat_issues issues = { 0 };
	const strat *s = NULL;

	if (slu_oid_is_zero(&x->new_))
		return SLU_OK;
	if (!slu_oid_is_zero(&x->old))
		SLU_TRY(r->git->ops->file_at(r->git, u->a, &x->old, file, &before, &was, err));
	SLU_TRY(r->git->ops->file_at(r->git, u->a, &x->new_, file, &after, &is, err));
	bool extends = after.n && memmem(after.p, after.n, "extends", strlen("extends")); /* a file beside it may be what has changed */
	if (!is || (was && slu_str_eq(before, after) && !extends))
		return SLU_OK;
	SLU_TRY(app_strategy_candidate(&s, u, r, NULL, &x->new_, &issues, err));
	return s ? app_strategy_remember(u, r, s, &x->new_, after, err) : SLU_OK;
}

/* ---- one ref ------------------------------------------------------------------------------------------------------------------------ */

static slu_rc ref_event(struct app_unit *u, struct app_repo *r, const struct app_push *p, size_t i, const struct app_push_ref *ref, slu_err *err)
{
	const struct port_git_update *x = &p->update[i];
	const struct pol_verdict *v = &ref[i].verdict;
	struct app_data d;
	const char *kind = v->action.verb < POL_VERB_COUNT ? event_of[v->action.verb] : NULL;

	app_data_begin(&d);
	slu_json_kv_z(&d.json, "old", x->old.hex);
	slu_json_kv_z(&d.json, "new", x->new_.hex);
	slu_json_kv_z(&d.json, "via", p->via);
	if (p->n > 1)
		slu_json_kv_int(&d.json, "of", (int64_t)p->n);
	if (ref[i].merges_change)
		slu_json_kv_int(&d.json, "merges", (int64_t)ref[i].merges_change);
	if (p->n <= FULL_REFS) {
		app_verdict_member(&d.json, r, v);
	} else {
		slu_json_kv_z(&d.json, "verdict", pol_answer_word(v->answer));
		slu_json_kv_z(&d.json, "strategy", v->digest);
	}
	return app_data_event(&d, u, r, kind ? kind : "push", x->ref, 0, err);
}

slu_rc app_push_write(struct app_unit *u, struct app_repo *r, const struct app_push *p, const struct app_push_ref *ref, slu_err *err)
{
	slu_str main_ref = slu_s(slu_printf(u->a, "refs/heads/%.*s", SLU_FMT(r->default_branch)));

	/* Merges first: the same push may delete the merged branch, which closes what is still open from it. */
	for (size_t i = 0; i < p->n; i++)
		if (ref[i].merges_change)
			SLU_TRY(merged(u, r, ref[i].merges_change, &p->update[i], &ref[i].verdict, err));
	for (size_t i = 0; i < p->n; i++) {
		const struct port_git_update *x = &p->update[i];
		SLU_TRY(ref_event(u, r, p, i, ref, err));
		if (ref[i].release)
			SLU_TRY(app_notes_publish(u, r, ref[i].release, err));
		if (slu_str_starts(x->ref, "refs/heads/"))
			SLU_TRY(changes_from(u, r, x, err));
		if (slu_str_eq(x->ref, main_ref))
			SLU_TRY(strategy_moved(u, r, x, err));
	}
	return SLU_OK;
}

static slu_rc write_followed(struct app_unit *u, struct app_repo *r, const struct app_push_followed *f, slu_err *err)
{
	const struct app_push p = { .update = f->update, .n = f->n, .via = "follow" };

	SLU_TRY(app_push_write(u, r, &p, f->ref, err));
	for (size_t i = 0; i < f->conflict_n; i++)
		SLU_TRY(app_change_insert(u, r, &f->conflict[i], err));
	return SLU_OK;
}

slu_rc app_push_record(struct app_unit *u, struct app_repo *r, const struct app_push *p, const struct app_push_judged *j, slu_err *err)
{
	slu_str head = { 0 };

	if (!j->allowed)
		return slu_fail(err, SLU_E_INTERNAL, "A push that was refused was to be recorded as done.");
	SLU_TRY(app_push_still(j->ref, u, r, p, j->rested, u->now_s, err));
	SLU_TRY(app_push_write(u, r, p, j->ref, err));
	if (j->followed)
		SLU_TRY(write_followed(u, r, j->followed, err));
	return app_audit_publish(&head, u, err);
}

/* ---- the reply ---------------------------------------------------------------------------------------------------------------------- */

static slu_rc reply_of(slu_buf *text, struct app_unit *u, struct app_repo *r, const struct port_git_update *x, const struct app_push_ref *ref, slu_err *err)
{
	const struct port_change *list = NULL;
	size_t n = 0;

	if (ref->merges_change) {
		slu_buf_addf(text, "Change %llu is merged.\n", (unsigned long long)ref->merges_change);
		return SLU_OK;
	}
	if (!slu_str_starts(x->ref, "refs/heads/") || slu_oid_is_zero(&x->new_))
		return SLU_OK;
	slu_str branch = { x->ref.p + strlen("refs/heads/"), x->ref.n - strlen("refs/heads/") };
	const struct port_change_filter f = { .open = true, .source = branch };
	SLU_TRY(port_change_list(u->store, u->a, r->id, &f, NULL, &list, &n, err));
	for (size_t i = 0; i < n; i++)
		slu_buf_addf(text, "Change %llu into %.*s: /%.*s/changes/%llu\n", (unsigned long long)list[i].number, SLU_FMT(list[i].target), SLU_FMT(r->full), (unsigned long long)list[i].number);
	int kind = strat_branch_kind(r->strategy, branch, NULL);
	if (n == 0 && slu_oid_is_zero(&x->old) && kind >= 0 && r->strategy->branch[kind].type == STRAT_WORK && r->strategy->branch[kind].edge_n)
		slu_buf_adds(text, "Next: sluice change open\n");
	return SLU_OK;
}

slu_rc app_push_reply(slu_str *out, struct app_unit *u, struct app_repo *r, const struct app_push *p, const struct app_push_judged *j, slu_err *err)
{
	struct port_checkpoint c = { 0 };
	slu_str line, note;
	slu_auto_buf text;
	slu_buf_init(&text, 64 * 1024);

	for (size_t i = 0; i < p->n && i < FULL_REFS; i++)
		SLU_TRY(reply_of(&text, u, r, &p->update[i], &j->ref[i], err));
	for (size_t i = 0; j->followed && i < j->followed->n; i++)
		slu_buf_addf(&text, "%.*s followed: %.10s\n", SLU_FMT(j->followed->update[i].ref), slu_oid_is_zero(&j->followed->update[i].new_) ? "deleted" : j->followed->update[i].new_.hex);
	for (size_t i = 0; j->followed && i < j->followed->conflict_n; i++)
		slu_buf_addf(&text, "%.*s does not have it yet: sluice why merge %llu\n", SLU_FMT(j->followed->conflict[i].target), (unsigned long long)j->followed->conflict[i].number);
	SLU_TRY(port_checkpoint_last(u->store, u->a, &c, err));
	/* The head in two lines: "origin size root", then the signature line. */
	slu_buf_adds(&text, "audit");
	note = c.text;
	while (slu_str_split(&note, '\n', &line) && line.n)
		slu_buf_addf(&text, " %.*s", SLU_FMT(line));
	slu_buf_addc(&text, '\n');
	while (slu_str_split(&note, '\n', &line))
		slu_buf_addf(&text, "%.*s\n", SLU_FMT(line));
	*out = slu_s(slu_str_dup(u->a, slu_buf_str(&text)));
	return SLU_OK;
}
