/* SPDX-License-Identifier: Apache-2.0 */
/* Reviews, comments, threads. */
#include "app/act.h"
#include "app/changes_impl.h"
#include "app/refuse.h"
#include "app/view.h"
#include "base/limits.h"

static const char *const event_of[] = { [POL_REVIEW_APPROVE] = "change-approved", [POL_REVIEW_REQUEST_CHANGES] = "change-objected", [POL_REVIEW_COMMENT] = "change-reviewed" };

struct commenting {
	struct app_repo *r;
	const struct port_change *c;
	struct port_comment comment;
	bool begins, resolved;
};

static slu_rc write_comment(struct app_unit *u, void *ctx, slu_err *err)
{
	struct commenting *x = ctx;
	struct app_data d;

	SLU_TRY(port_comment_add(u->store, &x->comment, x->begins, err));
	app_data_begin(&d);
	slu_json_kv_int(&d.json, "comment", x->comment.id);
	slu_json_kv_int(&d.json, "thread", x->comment.thread);
	slu_json_kv_str(&d.json, "path", x->comment.path);
	slu_json_kv_int(&d.json, "line", x->comment.line);
	return app_data_event(&d, u, x->r, "change-commented", app_branch_ref(u, x->c->source), x->c->number, err);
}

static slu_rc comment_check(const struct app_comment_new *n, slu_err *err)
{
	SLU_TRY(app_text_check(n->body, "The text", SLU_MAX_TEXT_BYTES, err));
	SLU_TRY(app_text_check(n->path, "The path", SLU_MAX_TITLE_BYTES * 16, err));
	if (!slu_str_trim(n->body).n)
		return slu_fail(err, SLU_E_INVALID, "A comment needs a text.");
	if (n->line < 0)
		return slu_fail(err, SLU_E_INVALID, "Lines are counted from 1.");
	return SLU_OK;
}

static struct port_comment comment_of(const struct app_unit *u, const struct port_change *c, const struct app_comment_new *n, const slu_oid *commit)
{
	return (struct port_comment){ .change_id = c->id, .thread = n->thread, .person = u->who.name, .body = n->body, .path = n->path, .line = n->line, .commit = *commit, .at_s = u->now_s };
}

struct reviewing {
	struct app_repo *r;
	const struct port_change *c;
	struct port_review review;
	const struct app_comment_new *comment;
	size_t comment_n;
};

/** What the change brings as one patch: a rebase that brings the same keeps the approval. Zero when Git cannot say. */
static slu_oid patch_of(struct app_unit *u, struct app_repo *r, const struct port_change *c, const slu_oid *head)
{
	port_git *g = r->git;
	const slu_oid *base = NULL;
	slu_oid target = slu_oid_zero(), id = slu_oid_zero();
	size_t n = 0;

	if (g->ops->ref(g, app_branch_ref(u, c->target), &target, NULL) != SLU_OK || slu_oid_is_zero(&target))
		return slu_oid_zero();
	if (g->ops->merge_bases(g, u->a, &target, head, &base, &n, NULL) != SLU_OK || n != 1)
		return slu_oid_zero();
	if (g->ops->patch_id(g, u->a, &base[0], head, &id, NULL) != SLU_OK)
		return slu_oid_zero();
	return id;
}

static slu_rc write_review(struct app_unit *u, void *ctx, slu_err *err)
{
	struct reviewing *x = ctx;
	struct port_change now = { 0 };
	struct app_data d;

	/* Between the look and the word the change may have been closed. */
	SLU_TRY(port_change_get(u->store, u->a, x->r->id, x->c->number, &now, err));
	if (now.state != POL_CHANGE_OPEN)
		return slu_fail(err, SLU_E_INVALID, "Change %llu is not open.", (unsigned long long)now.number);
	SLU_TRY(port_review_add(u->store, &x->review, err));
	app_data_begin(&d);
	slu_json_kv_int(&d.json, "review", x->review.id);
	slu_json_kv_z(&d.json, "commit", x->review.commit.hex);
	slu_json_kv_z(&d.json, "patch", x->review.patch_id.hex);
	SLU_TRY(app_data_event(&d, u, x->r, event_of[x->review.state], app_branch_ref(u, x->c->source), x->c->number, err));
	for (size_t i = 0; i < x->comment_n; i++) {
		struct commenting said = { .r = x->r, .c = x->c, .begins = true, .comment = comment_of(u, x->c, &x->comment[i], &x->review.commit) };
		SLU_TRY(write_comment(u, &said, err));
	}
	return SLU_OK;
}

static slu_rc present_head(slu_oid *out, struct app_unit *u, struct app_repo *r, const struct port_change *c, slu_err *err)
{
	slu_oid head = slu_oid_zero();

	SLU_TRY(r->git->ops->ref(r->git, app_branch_ref(u, c->source), &head, err));
	*out = slu_oid_is_zero(&head) ? c->head : head;
	return SLU_OK;
}

/* What was looked at: the head, or what somebody has looked at before it moved, which approves nothing. */
static slu_rc looked_at(slu_oid *out, struct app_unit *u, struct app_repo *r, const struct port_change *c, const struct app_review_new *n, slu_err *err)
{
	SLU_TRY(present_head(out, u, r, c, err));
	if (slu_oid_is_zero(&n->commit) || slu_oid_eq(&n->commit, out))
		return SLU_OK;
	if (n->state == POL_REVIEW_APPROVE)
		return slu_fail(err, SLU_E_CONFLICT, "%.10s was looked at, and change %llu stands at %.10s now; look again.", n->commit.hex, (unsigned long long)c->number, out->hex);
	*out = n->commit;
	return SLU_OK;
}

slu_rc app_change_review(struct port_review *out, struct app_unit *u, struct app_repo *r, uint64_t number, const struct app_review_new *n, slu_err *err)
{
	struct port_change c = { 0 };
	struct pol_verdict v;
	slu_oid commit = slu_oid_zero();

	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	SLU_TRY(app_text_check(n->body, "The text", SLU_MAX_TEXT_BYTES, err));
	for (size_t i = 0; i < n->comment_n; i++)
		SLU_TRY(comment_check(&n->comment[i], err));
	SLU_TRY(port_change_get(u->store, u->a, r->id, number, &c, err));
	SLU_TRY(looked_at(&commit, u, r, &c, n, err));
	if (n->state == POL_REVIEW_APPROVE) {
		const struct pol_action act = { .verb = POL_APPROVE, .change = number };
		SLU_TRY(app_decide(&v, u, r, &act, err));
		SLU_TRY(app_obey(u, r, &v, err));
	}
	struct reviewing x = { .r = r, .c = &c, .comment = n->comment, .comment_n = n->comment_n };
	x.review = (struct port_review){ .change_id = c.id, .person = u->who.name, .state = n->state, .commit = commit, .body = n->body, .at_s = u->now_s };
	x.review.patch_id = n->state == POL_REVIEW_APPROVE ? patch_of(u, r, &c, &commit) : slu_oid_zero();
	SLU_TRY(app_act(u, write_review, &x, err));
	*out = x.review;
	return SLU_OK;
}

static slu_rc write_dismiss(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct reviewing *x = ctx;
	struct app_data d;

	SLU_TRY(port_review_dismiss(u->store, x->review.id, x->review.dismissed_by, x->review.dismissed_reason, err));
	app_data_begin(&d);
	slu_json_kv_int(&d.json, "review", x->review.id);
	slu_json_kv_str(&d.json, "person", x->review.person);
	slu_json_kv_str(&d.json, "reason", x->review.dismissed_reason);
	return app_data_event(&d, u, x->r, "review-dismissed", app_branch_ref(u, x->c->source), x->c->number, err);
}

slu_rc app_review_dismiss(struct port_review *out, struct app_unit *u, struct app_repo *r, uint64_t number, int64_t review_id, slu_str reason, slu_err *err)
{
	struct port_change c = { 0 };
	struct reviewing x = { .r = r, .c = &c };

	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	SLU_TRY(app_text_check(reason, "The reason", SLU_MAX_TEXT_BYTES, err));
	if (!slu_str_trim(reason).n)
		return slu_fail(err, SLU_E_INVALID, "Dismissing a review needs a reason, which is kept.");
	SLU_TRY(port_change_get(u->store, u->a, r->id, number, &c, err));
	SLU_TRY(app_review_get(&x.review, u, &c, review_id, err));
	/* An objection must not be brushed aside by the one it concerns. */
	bool own = slu_str_eq(x.review.person, u->who.name);
	if (!own && (r->level < STRAT_MAINTAIN || slu_str_eq(c.author, u->who.name)))
		return slu_fail(err, SLU_E_DENIED, "A review is dismissed by its reviewer, or by somebody with maintain who is not the change's author.");
	x.review.dismissed_by = u->who.name;
	x.review.dismissed_reason = reason;
	SLU_TRY(app_act(u, write_dismiss, &x, err));
	*out = x.review;
	return SLU_OK;
}

/* ---- comments --------------------------------------------------------------------------------------------------------------------- */

static slu_rc thread_of(struct port_comment *out, struct app_unit *u, const struct port_change *c, int64_t thread, slu_err *err)
{
	struct port_comment first = { 0 };
	slu_rc rc = port_comment_get(u->store, u->a, thread, &first, err);

	if (rc == SLU_OK && (first.change_id != c->id || first.thread != thread))
		rc = SLU_E_NOT_FOUND;
	if (rc == SLU_E_NOT_FOUND)
		return slu_fail(err, rc, "Change %llu has no thread %lld.", (unsigned long long)c->number, (long long)thread);
	SLU_TRY(rc);
	*out = first;
	return SLU_OK;
}

slu_rc app_change_comment(struct port_comment *out, struct app_unit *u, struct app_repo *r, uint64_t number, const struct app_comment_new *n, slu_err *err)
{
	struct port_change c = { 0 };
	struct port_comment first = { 0 };
	struct commenting x = { .r = r, .c = &c, .begins = n->begins_thread && !n->thread };

	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	SLU_TRY(comment_check(n, err));
	SLU_TRY(port_change_get(u->store, u->a, r->id, number, &c, err));
	if (n->thread)
		SLU_TRY(thread_of(&first, u, &c, n->thread, err));
	x.comment = comment_of(u, &c, n, &c.head);
	SLU_TRY(app_act(u, write_comment, &x, err));
	*out = x.comment;
	return SLU_OK;
}

static slu_rc write_resolve(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct commenting *x = ctx;
	struct app_data d;

	SLU_TRY(port_thread_resolve(u->store, x->comment.id, x->resolved ? u->who.name : (slu_str){ 0 }, err));
	app_data_begin(&d);
	slu_json_kv_int(&d.json, "thread", x->comment.id);
	return app_data_event(&d, u, x->r, x->resolved ? "thread-resolved" : "thread-reopened", app_branch_ref(u, x->c->source), x->c->number, err);
}

slu_rc app_thread_resolve(struct app_unit *u, struct app_repo *r, uint64_t number, int64_t thread, bool resolved, slu_err *err)
{
	struct port_change c = { 0 };
	struct commenting x = { .r = r, .c = &c, .resolved = resolved };

	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	SLU_TRY(port_change_get(u->store, u->a, r->id, number, &c, err));
	SLU_TRY(thread_of(&x.comment, u, &c, thread, err));
	if (!slu_str_eq(c.author, u->who.name) && !slu_str_eq(x.comment.person, u->who.name) && r->level < STRAT_WRITE)
		return slu_fail(err, SLU_E_DENIED, "A thread is resolved by the author, by who began it, or by somebody with write.");
	return app_act(u, write_resolve, &x, err);
}
