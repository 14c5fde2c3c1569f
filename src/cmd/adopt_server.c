/* SPDX-License-Identifier: Apache-2.0 */
/* An adoption where the remote is a sluice server: its default branch moves, and so do open changes, when the new names are there and before the old ones go. */
#include "cmd/adopt.h"
#include "cmd/call.h"

#include <jansson.h>

bool cmd_adopt_server_has(const struct cmd_adopt *x)
{
	bool has = x->repo && x->u.wanted.n;
	for (size_t i = 0; x->repo && i < x->u.name.n; i++)
		has = has || x->u.name.v[i].stays;
	return has;
}

/* Today's name of what a change goes into, where both names are there; n == 0: it keeps it. */
static slu_str now_of(const struct cmd_adopt *x, const char *name)
{
	for (size_t i = 0; i < x->u.name.n; i++)
		if (x->u.name.v[i].stays && slu_str_is(x->u.name.v[i].old, name))
			return x->u.name.v[i].now;
	return (slu_str){ 0 };
}

static int find_changes(struct cmd_adopt *x)
{
	struct json_t *all = NULL;
	slu_err err = { 0 };
	enum cmd_format format = x->c->format;
	x->c->format = CMD_FORMAT_TEXT; /* the list is for us */
	int code = cmd_list(x->c, cmd_path(x->c, "/api/v3/repos/%S/pulls?state=open", x->repo), &all, &err);
	x->c->format = format;
	x->change = all;
	return code;
}

/* ---- by a name -------------------------------------------------------------------------------------------------------------------- */

static slu_rc rename_there(struct cmd_ctx *c, const struct flow_op_there *x, bool dry, struct cli_answer *an, slu_err *err)
{
	const char *repo = NULL;
	const char *ask = dry && !c->dry_run ? "?dry_run=true" : "";
	json_auto_t *body = json_pack("{s:s%, s:s%, s:s}", "from", x->from.p, x->from.n, "to", x->to.p, x->to.n, "at", x->at.hex);
	if (!body)
		return slu_fail(err, SLU_E_INVALID, "The name %.*s is not UTF-8.", SLU_FMT(x->from));
	SLU_TRY(cmd_repo(c, &repo, err));
	return cmd_call(c, an, "POST", slu_printf(c->a, "%s%s", cmd_path(c, "/api/sluice/repos/%S/branches/rename", repo), ask), body, err);
}

slu_rc cmd_rename_there(void *ctx, const struct flow_op_there *x, slu_err *err)
{
	struct cli_answer an = { 0 };
	struct cmd_ctx *c = ctx;
	const struct port_git_here *here = NULL;
	SLU_TRY(cmd_here(c, &here, err));
	if (!c->repo) { /* the server of the remote, whatever the environment names */
		SLU_TRY(cmd_remote_at(c, cmd_remote(c, here), &c->server, &c->repo, err));
		c->home = NULL;
	}
	return rename_there(c, x, false, &an, err);
}

/* Who may not, and what stands in the way, is told before anything moves; and what goes along. */
static int say_rename(struct cmd_adopt *x, const struct flow_op_there *t)
{
	struct cli_answer an = { 0 };
	slu_err err = { 0 };
	const char *along = "";
	size_t i;
	const json_t *e;
	if (rename_there(x->c, t, true, &an, &err) != SLU_OK)
		return cmd_refused(x->c, &an, &err);
	const json_t *would = json_object_get(an.json, "would") ? json_object_get(an.json, "would") : an.json;
	if (json_is_true(json_object_get(would, "default_branch")))
		along = ", its default branch";
	json_array_foreach(json_object_get(would, "changes"), i, e) along = slu_printf(x->c->a, "%s, change %lld", along, (long long)json_integer_value(e));
	if (flow_op_clash(t->from, t->to))
		app_plan_says(&x->w.p, "the server renames %.*s in two acts, by way of a name between: Git never has %.*s and %.*s at once", SLU_FMT(t->from), SLU_FMT(t->from), SLU_FMT(t->to));
	if (*along)
		app_plan_says(&x->w.p, "with %.*s go there: %s", SLU_FMT(t->from), along + 2);
	return 0;
}

int cmd_adopt_server_plan(struct cmd_adopt *x)
{
	size_t i;
	const json_t *e;
	int code = cmd_adopt_server_has(x) ? find_changes(x) : 0;
	for (i = 0; code == 0 && i < x->w.op.there.n; i++)
		code = say_rename(x, &x->w.op.there.v[i]);
	if (code)
		return code;
	if (x->u.wanted.n)
		app_plan_says(&x->w.p, "make %.*s the default branch of %s on the server", SLU_FMT(x->u.wanted), x->repo);
	json_array_foreach(x->change, i, e)
	{
		slu_str into = now_of(x, cmd_j_str(e, "base.ref"));
		if (into.n)
			app_plan_says(&x->w.p, "change %lld goes into %.*s, no longer into %s", (long long)cmd_j_int(e, "number"), SLU_FMT(into), cmd_j_str(e, "base.ref"));
	}
	for (i = 0; i < x->u.name.n; i++)
		if (x->u.name.v[i].stays)
			app_plan_says(&x->w.p, "delete %.*s on %.*s", SLU_FMT(x->u.name.v[i].old), SLU_FMT(x->w.remote));
	return 0;
}

/* ---- where both names are there ------------------------------------------------------------------------------------------------------ */

static slu_rc patch(struct cmd_adopt *x, const char *path, const char *key, slu_str value, struct cli_answer *an, slu_err *err)
{
	json_auto_t *body = json_pack("{s:s%}", key, value.p, value.n);
	if (!body)
		return slu_fail(err, SLU_E_INVALID, "The name %.*s is not UTF-8.", SLU_FMT(value));
	return cmd_call(x->c, an, "PATCH", path, body, err);
}

int cmd_adopt_server_apply(struct cmd_adopt *x)
{
	struct cli_answer an = { 0 };
	slu_err err = { 0 };
	size_t i;
	const json_t *e;
	cmd_work_point("server:before");
	slu_rc rc = x->u.wanted.n ? patch(x, cmd_path(x->c, "/api/v3/repos/%S", x->repo), "default_branch", x->u.wanted, &an, &err) : SLU_OK;
	json_array_foreach(x->change, i, e)
	{
		slu_str into = now_of(x, cmd_j_str(e, "base.ref"));
		if (rc == SLU_OK && into.n)
			rc = patch(x, cmd_path(x->c, "/api/v3/repos/%S/pulls/%d", x->repo, cmd_j_int(e, "number")), "base", into, &an, &err);
	}
	cmd_work_point("server:after");
	if (rc == SLU_OK)
		return 0;
	cmd_say(x->c, "The branches have their names; the rest is not done. When it can be: sluice adopt apply");
	return cmd_refused(x->c, &an, &err);
}
