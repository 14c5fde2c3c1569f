/* SPDX-License-Identifier: Apache-2.0 */
/* An adoption where the remote is a sluice server: its default branch moves, and so do open changes, when the new names are there and before the old ones go. */
#include "cmd/adopt.h"

#include <jansson.h>

bool cmd_adopt_server_has(const struct cmd_adopt *x)
{
	return x->repo && (x->u.wanted.n || x->u.name.n);
}

/* Today's name of what a change goes into or comes from; n == 0: it keeps it. */
static slu_str now_of(const struct cmd_adopt *x, const char *name)
{
	for (size_t i = 0; i < x->u.name.n; i++)
		if (x->u.name.v[i].there && slu_str_is(x->u.name.v[i].old, name))
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

int cmd_adopt_server_plan(struct cmd_adopt *x)
{
	size_t i;
	const json_t *e;
	int code = cmd_adopt_server_has(x) ? find_changes(x) : 0;
	if (code || !cmd_adopt_server_has(x))
		return code;
	if (x->u.wanted.n)
		app_plan_says(&x->w.p, "make %.*s the default branch of %s on the server", SLU_FMT(x->u.wanted), x->repo);
	json_array_foreach(x->change, i, e)
	{
		slu_str into = now_of(x, cmd_j_str(e, "base.ref")), from = now_of(x, cmd_j_str(e, "head.ref"));
		if (into.n)
			app_plan_says(&x->w.p, "change %lld goes into %.*s, no longer into %s", (long long)cmd_j_int(e, "number"), SLU_FMT(into), cmd_j_str(e, "base.ref"));
		if (from.n)
			*SLU_ADD(x->c->a, &x->u.left) = slu_printf(x->c->a, "Change %lld comes from %s, which goes: open it anew from %.*s.", (long long)cmd_j_int(e, "number"), cmd_j_str(e, "head.ref"), SLU_FMT(from));
	}
	for (i = 0; i < x->u.name.n; i++)
		if (x->u.name.v[i].stays)
			app_plan_says(&x->w.p, "delete %.*s on %.*s", SLU_FMT(x->u.name.v[i].old), SLU_FMT(x->w.remote));
	return 0;
}

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
