/* SPDX-License-Identifier: Apache-2.0 */
/* Changes: opened, edited, closed, opened again. */
#include "app/changes.h"

#include "app/act.h"
#include "app/changes_impl.h"
#include "app/refuse.h"
#include "base/limits.h"
#include "base/utf8.h"

/* ---- what every act needs ------------------------------------------------------------------------------------------------------ */

slu_str app_branch_ref(struct app_unit *u, slu_str branch)
{
	return slu_s(slu_printf(u->a, "refs/heads/%.*s", SLU_FMT(branch)));
}

slu_rc app_text_check(slu_str text, const char *what, size_t max, slu_err *err)
{
	size_t at = 0;

	if (text.n > max)
		return slu_fail(err, SLU_E_LIMIT, "%s has more than %zu bytes.", what, max);
	if (!slu_utf8_valid(text, &at))
		return slu_fail(err, SLU_E_INVALID, "%s is not valid UTF-8 at byte %zu.", what, at + 1);
	if (text.n && memchr(text.p, '\0', text.n))
		return slu_fail(err, SLU_E_INVALID, "%s holds a NUL byte.", what);
	return SLU_OK;
}

static slu_rc title_check(slu_str title, slu_err *err)
{
	if (!slu_str_trim(title).n)
		return slu_fail(err, SLU_E_INVALID, "A change needs a title.");
	SLU_TRY(app_text_check(title, "The title", SLU_MAX_TITLE_BYTES, err));
	if (memchr(title.p, '\n', title.n) || memchr(title.p, '\r', title.n))
		return slu_fail(err, SLU_E_INVALID, "The title is one line.");
	return SLU_OK;
}

static slu_rc head_of(slu_oid *out, struct app_unit *u, struct app_repo *r, slu_str branch, slu_err *err)
{
	slu_str ref = app_branch_ref(u, branch);

	if (!branch.n || pol_ref_refused(ref))
		return slu_fail(err, SLU_E_INVALID, "\"%.*s\" is no name of a branch.", SLU_FMT(branch));
	SLU_TRY(r->git->ops->ref(r->git, ref, out, err));
	if (slu_oid_is_zero(out))
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no branch %.*s in %.*s.", SLU_FMT(branch), SLU_FMT(r->full));
	return SLU_OK;
}

/* ---- opening --------------------------------------------------------------------------------------------------------------------- */

/** Branch of the first kind that the source's kind goes into: its exact name, or the only one of it that is there. */
static slu_rc default_target(slu_str *out, struct app_unit *u, struct app_repo *r, slu_str source, slu_err *err)
{
	const strat *s = r->strategy;
	int kind = strat_branch_kind(s, source, NULL);
	const struct port_git_ref *ref = NULL;
	slu_str found = { 0 };
	size_t n = 0, many = 0;

	if (kind == STRAT_NONE || s->branch[kind].edge_n == 0)
		return slu_fail(err, SLU_E_INVALID, "The strategy does not say where %.*s goes; name the target (`--into BRANCH`).", SLU_FMT(source));
	SLU_TRY(r->git->ops->refs(r->git, u->a, SLU_STR("refs/heads/"), &ref, &n, err));
	for (size_t i = 0; i < n; i++) {
		slu_str name = { ref[i].name.p + strlen("refs/heads/"), ref[i].name.n - strlen("refs/heads/") };
		if (strat_branch_kind(s, name, NULL) != s->branch[kind].edge[0].into)
			continue;
		found = name;
		many++;
	}
	if (many != 1)
		return slu_fail(err, SLU_E_INVALID, "%.*s goes into %.*s, of which there are %zu branches; name the target (`--into BRANCH`).", SLU_FMT(source), SLU_FMT(s->branch[s->branch[kind].edge[0].into].name), many);
	*out = found;
	return SLU_OK;
}

static slu_rc something_to_merge(struct app_repo *r, const struct port_change *c, const slu_oid *target, slu_err *err)
{
	bool inside = false;

	SLU_TRY(r->git->ops->is_ancestor(r->git, &c->head, target, &inside, err));
	if (inside)
		return slu_fail(err, SLU_E_INVALID, "%.*s has no commit that %.*s does not have: there is nothing to merge.", SLU_FMT(c->source), SLU_FMT(c->target));
	return SLU_OK;
}

static slu_rc not_open_yet(struct app_unit *u, struct app_repo *r, const struct port_change *c, slu_err *err)
{
	const struct port_change_filter f = { .open = true, .source = c->source, .target = c->target };
	const struct port_change *list = NULL;
	size_t n = 0;

	SLU_TRY(port_change_list(u->store, u->a, r->id, &f, NULL, &list, &n, err));
	if (n)
		return slu_fail(err, SLU_E_EXISTS, "Change %llu from %.*s into %.*s is open already.", (unsigned long long)list[0].number, SLU_FMT(c->source), SLU_FMT(c->target));
	return SLU_OK;
}

slu_rc app_change_insert(struct app_unit *u, struct app_repo *r, struct port_change *c, slu_err *err)
{
	struct app_data d;

	SLU_TRY(not_open_yet(u, r, c, err));
	SLU_TRY(port_change_add(u->store, c, err));
	app_data_begin(&d);
	slu_json_kv_str(&d.json, "title", c->title);
	slu_json_kv_str(&d.json, "source", c->source);
	slu_json_kv_str(&d.json, "target", c->target);
	slu_json_kv_z(&d.json, "head", c->head.hex);
	slu_json_kv_bool(&d.json, "draft", c->draft);
	return app_data_event(&d, u, r, "change-opened", app_branch_ref(u, c->source), c->number, err);
}

/** Who moved the branch last, as the log has it; who opens the change when it came by an import. */
static slu_rc last_pusher(slu_str *out, struct app_unit *u, struct app_repo *r, slu_str branch, slu_err *err)
{
	static const char *const kinds[] = { "push", "force-push", "branch-created" };
	int64_t newest = 0;

	*out = u->who.name;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct port_event_filter f = { .repo = r->full, .ref = app_branch_ref(u, branch), .kind = slu_s(kinds[i]), .from_seq = newest };
		struct port_page page = { .limit = 1 };
		const struct port_event *e = NULL;
		size_t n = 0;
		SLU_TRY(port_event_list(u->store, u->a, &f, &page, &e, &n, err));
		if (!n)
			continue;
		newest = e[0].seq;
		*out = e[0].actor;
	}
	return SLU_OK;
}

struct change_act {
	struct app_repo *r;
	struct port_change *c;
	const char *kind;
	bool retargeted;
};

static slu_rc write_open(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct change_act *x = ctx;
	return app_change_insert(u, x->r, x->c, err);
}

/* The points of the review's lists that a text has not, as boxes. */
static void add_checklists(slu_buf *b, const strat *s)
{
	for (size_t i = 0; i < s->changes.review_checklist_n; i++) {
		const struct strat_checklist *list = &s->changes.review_checklist[i];
		slu_buf_addf(b, "%s## %.*s\n\n", b->n ? "\n" : "", SLU_FMT(list->name));
		for (size_t k = 0; k < list->item_n; k++)
			slu_buf_addf(b, "- [ ] %.*s\n", SLU_FMT(list->item[k]));
	}
}

/* A change that says nothing begins with what the strategy names: the file as it stands on the target, and what its review goes through. */
static slu_rc first_text(struct port_change *c, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	slu_str file = r->strategy->changes.template_, text = { 0 };
	bool found = false;
	slu_auto_buf b;
	slu_buf_init(&b, SLU_MAX_TEXT_BYTES);
	if (c->body.n)
		return SLU_OK;
	if (file.n)
		SLU_TRY(r->git->ops->file_at(r->git, u->a, &c->base, file, &text, &found, err));
	slu_buf_addstr(&b, text);
	if (found && text.n && text.p[text.n - 1] != '\n')
		slu_buf_addc(&b, '\n');
	add_checklists(&b, r->strategy);
	if (b.over)
		return slu_fail(err, SLU_E_LIMIT, "What a change begins with (%.*s, and the review's checklist) has more than %u bytes.", SLU_FMT(file), SLU_MAX_TEXT_BYTES);
	c->body = slu_s(slu_str_dup(u->a, slu_buf_str(&b)));
	if (app_text_check(c->body, "The text", SLU_MAX_TEXT_BYTES, err) != SLU_OK)
		return slu_err_context(err, "%.*s on %.*s", SLU_FMT(file), SLU_FMT(c->target));
	return SLU_OK;
}

slu_rc app_change_open(struct port_change *out, struct app_unit *u, struct app_repo *r, const struct app_change_new *n, slu_err *err)
{
	struct port_change c = {
		.repo_id = r->id, .draft = n->draft, .title = n->title, .body = n->body, .author = u->who.name, .source = n->source, .target = n->target,
		.last_pusher = u->who.name, .labels = n->labels, .created_s = u->now_s, .updated_s = u->now_s,
	};
	struct pol_verdict v;

	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	SLU_TRY(title_check(c.title, err));
	SLU_TRY(app_text_check(c.body, "The text", SLU_MAX_TEXT_BYTES, err));
	SLU_TRY(app_text_check(c.labels, "The list of labels", SLU_MAX_TITLE_BYTES, err));
	SLU_TRY(head_of(&c.head, u, r, c.source, err));
	if (!c.target.n)
		SLU_TRY(default_target(&c.target, u, r, c.source, err));
	SLU_TRY(head_of(&c.base, u, r, c.target, err));
	if (slu_str_eq(c.source, c.target))
		return slu_fail(err, SLU_E_INVALID, "A branch cannot go into itself.");
	SLU_TRY(something_to_merge(r, &c, &c.base, err));
	SLU_TRY(last_pusher(&c.last_pusher, u, r, c.source, err));
	SLU_TRY(first_text(&c, u, r, err));
	const struct pol_action act = { .verb = POL_OPEN, .source = c.source, .target = c.target };
	SLU_TRY(app_decide(&v, u, r, &act, err));
	SLU_TRY(app_obey(u, r, &v, err));
	struct change_act x = { .r = r, .c = &c };
	SLU_TRY(app_act(u, write_open, &x, err));
	*out = c;
	return SLU_OK;
}

/** Somebody else may act on the same change at the same moment: then it is looked at again. */
enum { TRIES = 5 };

/* ---- editing --------------------------------------------------------------------------------------------------------------------- */

slu_rc app_change_own(struct port_change *out, struct app_unit *u, struct app_repo *r, uint64_t number, enum strat_level others, slu_err *err)
{
	struct port_change c = { 0 };

	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	SLU_TRY(port_change_get(u->store, u->a, r->id, number, &c, err));
	if (!slu_str_eq(c.author, u->who.name) && r->level < others)
		return slu_fail(err, SLU_E_DENIED, "Change %llu is %.*s's; others need %s for this.", (unsigned long long)number, SLU_FMT(c.author), strat_level_word(others));
	*out = c;
	return SLU_OK;
}

/** An approval was given for the way that the change had then. */
static slu_rc dismiss_approvals(struct app_unit *u, const struct change_act *x, slu_err *err)
{
	const struct port_review *v = NULL;
	size_t n = 0;

	SLU_TRY(port_review_list(u->store, u->a, x->c->id, &v, &n, err));
	for (size_t i = 0; i < n; i++) {
		struct app_data d;
		if (v[i].state != POL_REVIEW_APPROVE || v[i].dismissed_by.n)
			continue;
		SLU_TRY(port_review_dismiss(u->store, v[i].id, u->who.name, SLU_STR("the change got another target"), err));
		app_data_begin(&d);
		slu_json_kv_int(&d.json, "review", v[i].id);
		slu_json_kv_str(&d.json, "person", v[i].person);
		slu_json_kv_z(&d.json, "reason", "the change got another target");
		SLU_TRY(app_data_event(&d, u, x->r, "review-dismissed", app_branch_ref(u, x->c->source), x->c->number, err));
	}
	return SLU_OK;
}

static slu_rc write_edit(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct change_act *x = ctx;
	struct port_change now = { 0 };
	struct app_data d;

	/* The row is written whole: what a push, a merge or a review has done to it since it was read must not be undone. */
	SLU_TRY(port_change_get(u->store, u->a, x->r->id, x->c->number, &now, err));
	if (now.version != x->c->version)
		return slu_fail(err, SLU_E_CONFLICT, "Change %llu was changed by somebody else at the same time; look again.", (unsigned long long)x->c->number);
	SLU_TRY(port_change_update(u->store, x->c, err));
	if (x->retargeted)
		SLU_TRY(dismiss_approvals(u, x, err));
	app_data_begin(&d);
	slu_json_kv_str(&d.json, "title", x->c->title);
	slu_json_kv_str(&d.json, "target", x->c->target);
	slu_json_kv_bool(&d.json, "draft", x->c->draft);
	slu_json_kv_str(&d.json, "labels", x->c->labels);
	slu_json_kv_int(&d.json, "text_bytes", (int64_t)x->c->body.n);
	return app_data_event(&d, u, x->r, x->kind, app_branch_ref(u, x->c->source), x->c->number, err);
}

static slu_rc apply_edit(struct port_change *c, const struct app_repo *r, const struct app_change_edit *e, slu_err *err)
{
	if (e->title) {
		SLU_TRY(title_check(*e->title, err));
		c->title = *e->title;
	}
	if (e->body) {
		SLU_TRY(app_text_check(*e->body, "The text", SLU_MAX_TEXT_BYTES, err));
		c->body = *e->body;
	}
	if (e->labels) { /* they decide which checks are required */
		if (r->level < STRAT_TRIAGE)
			return slu_fail(err, SLU_E_DENIED, "Labels are set by those who may triage.");
		SLU_TRY(app_text_check(*e->labels, "The list of labels", SLU_MAX_TITLE_BYTES, err));
		c->labels = *e->labels;
	}
	if (e->draft)
		c->draft = *e->draft;
	return SLU_OK;
}

/** Another target: as if it were opened there. */
static slu_rc retarget(struct app_unit *u, struct app_repo *r, struct port_change *c, slu_str target, slu_err *err)
{
	struct pol_verdict v;
	const struct pol_action act = { .verb = POL_OPEN, .source = c->source, .target = target };

	if (slu_str_eq(c->target, target))
		return SLU_OK;
	if (c->state != POL_CHANGE_OPEN)
		return slu_fail(err, SLU_E_INVALID, "Only an open change can get another target.");
	c->target = target;
	SLU_TRY(head_of(&c->base, u, r, target, err));
	SLU_TRY(not_open_yet(u, r, c, err));
	SLU_TRY(app_decide(&v, u, r, &act, err));
	return app_obey(u, r, &v, err);
}

static slu_rc edit_once(struct port_change *out, struct app_unit *u, struct app_repo *r, uint64_t number, const struct app_change_edit *e, slu_err *err)
{
	struct port_change c = { 0 };

	SLU_TRY(app_change_own(&c, u, r, number, STRAT_TRIAGE, err));
	slu_str target = c.target;
	SLU_TRY(apply_edit(&c, r, e, err));
	if (e->target)
		SLU_TRY(retarget(u, r, &c, *e->target, err));
	c.updated_s = u->now_s;
	struct change_act x = { r, &c, "change-edited", !slu_str_eq(target, c.target) };
	SLU_TRY(app_act(u, write_edit, &x, err));
	c.version++;
	*out = c;
	return SLU_OK;
}

slu_rc app_change_edit(struct port_change *out, struct app_unit *u, struct app_repo *r, uint64_t number, const struct app_change_edit *e, slu_err *err)
{
	slu_rc rc = SLU_E_CONFLICT;

	for (int i = 0; rc == SLU_E_CONFLICT && i < TRIES; i++)
		rc = edit_once(out, u, r, number, e, err);
	return rc;
}

/* ---- closing --------------------------------------------------------------------------------------------------------------------- */

static slu_rc close_once(struct port_change *out, struct app_unit *u, struct app_repo *r, uint64_t number, slu_err *err)
{
	struct port_change c = { 0 };

	SLU_TRY(app_change_own(&c, u, r, number, STRAT_TRIAGE, err));
	if (c.state == POL_CHANGE_MERGED)
		return slu_fail(err, SLU_E_INVALID, "Change %llu is merged.", (unsigned long long)number);
	if (c.state == POL_CHANGE_OPEN) {
		c.state = POL_CHANGE_CLOSED;
		c.closed_s = c.updated_s = u->now_s;
		struct change_act x = { r, &c, "change-closed", false };
		SLU_TRY(app_act(u, write_edit, &x, err));
	}
	*out = c;
	return SLU_OK;
}

slu_rc app_change_close(struct port_change *out, struct app_unit *u, struct app_repo *r, uint64_t number, slu_err *err)
{
	slu_rc rc = SLU_E_CONFLICT;

	for (int i = 0; rc == SLU_E_CONFLICT && i < TRIES; i++)
		rc = close_once(out, u, r, number, err);
	return rc;
}

static slu_rc reopen_once(struct port_change *out, struct app_unit *u, struct app_repo *r, uint64_t number, slu_err *err)
{
	struct port_change c = { 0 };
	slu_oid target = slu_oid_zero();

	SLU_TRY(app_change_own(&c, u, r, number, STRAT_TRIAGE, err));
	if (c.state == POL_CHANGE_MERGED)
		return slu_fail(err, SLU_E_INVALID, "Change %llu is merged.", (unsigned long long)number);
	if (c.state == POL_CHANGE_CLOSED) {
		SLU_TRY(head_of(&c.head, u, r, c.source, err));
		SLU_TRY(head_of(&target, u, r, c.target, err));
		SLU_TRY(something_to_merge(r, &c, &target, err));
		SLU_TRY(not_open_yet(u, r, &c, err));
		SLU_TRY(last_pusher(&c.last_pusher, u, r, c.source, err)); /* it may have been pushed to while it was closed */
		c.state = POL_CHANGE_OPEN;
		c.closed_s = 0;
		c.updated_s = u->now_s;
		struct change_act x = { r, &c, "change-reopened", false };
		SLU_TRY(app_act(u, write_edit, &x, err));
	}
	*out = c;
	return SLU_OK;
}

slu_rc app_change_reopen(struct port_change *out, struct app_unit *u, struct app_repo *r, uint64_t number, slu_err *err)
{
	slu_rc rc = SLU_E_CONFLICT;

	for (int i = 0; rc == SLU_E_CONFLICT && i < TRIES; i++)
		rc = reopen_once(out, u, r, number, err);
	return rc;
}
