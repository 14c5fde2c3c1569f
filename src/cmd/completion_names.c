/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/completion_names.h"

#include "cmd/offline.h"
#include "cmd/parse.h"
#include "flow/name.h"

static int put_kinds(struct cmd_ctx *c, const strat *s, bool commands_only)
{
	slu_auto_buf b;
	slu_buf_init(&b, 1024 * 1024);
	for (size_t i = 0; i < s->branch_n; i++) {
		const struct strat_branch *k = &s->branch[i];
		const char *const name = slu_str_dup(c->a, k->name);
		size_t words;
		if (k->builtin || !k->match_n || strat_pattern_is_exact(k->match[0]) || (commands_only && (cmd_is_noun(name) || cmd_find(&name, 1, &words))))
			continue;
		slu_buf_addf(&b, "%s\n", name);
	}
	return cmd_put(c, &b);
}

static slu_rc add_branches(struct cmd_ctx *c, slu_buf *b, const struct cmd_offline *o, int kind, slu_str prefix, slu_err *err)
{
	port_git *g = o->ctx.git.git;
	const struct port_git_ref *ref = NULL;
	size_t n = 0;
	SLU_TRY(g->ops->refs(g, c->a, prefix, &ref, &n, err));
	for (size_t i = 0; i < n; i++) {
		slu_str name = { ref[i].name.p + prefix.n, ref[i].name.n - prefix.n };
		slu_oid here = slu_oid_zero();
		bool remote = !slu_str_is(prefix, "refs/heads/");
		if (strat_branch_kind(o->strategy, name, NULL) != kind)
			continue;
		if (remote)
			SLU_TRY(g->ops->ref(g, slu_s(slu_printf(c->a, "refs/heads/%.*s", SLU_FMT(name))), &here, err));
		if (slu_oid_is_zero(&here))
			slu_buf_addf(b, "%.*s\n", SLU_FMT(name));
	}
	return SLU_OK;
}

static int names(struct cmd_ctx *c, struct cmd_offline *o, const char *kind, bool commands_only)
{
	const struct cmd_offline_ask ask = { .anybody = true, .may_have_none = true };
	slu_auto_buf b;
	slu_err err = { 0 };
	slu_buf_init(&b, 64 * 1024 * 1024);
	int code = cmd_offline_open_as(c, o, &ask);
	if (code || !o->strategy)
		return code;
	if (!kind)
		return put_kinds(c, o->strategy, commands_only);
	int of = strat_find_branch(o->strategy, slu_s(kind));
	slu_rc rc = of < 0 ? SLU_OK : add_branches(c, &b, o, of, SLU_STR("refs/heads/"), &err);
	if (rc == SLU_OK && of >= 0 && o->ctx.remote.n)
		rc = add_branches(c, &b, o, of, slu_s(slu_printf(c->a, "refs/remotes/%.*s/", SLU_FMT(o->ctx.remote))), &err);
	return rc == SLU_OK ? cmd_put(c, &b) : cmd_fail(c, &err);
}

int cmd_completion_kinds(struct cmd_ctx *c)
{
	struct cmd_offline o = { 0 };
	int code = names(c, &o, NULL, true);
	cmd_offline_close(&o);
	return code;
}

int cmd_completion_names(struct cmd_ctx *c, const char *kind)
{
	struct cmd_offline o = { 0 };
	int code = names(c, &o, kind, false);
	cmd_offline_close(&o);
	return code;
}

static int phases(struct cmd_ctx *c, struct cmd_offline *o)
{
	const struct cmd_offline_ask ask = { .anybody = true, .may_have_none = true };
	slu_auto_buf b;
	slu_buf_init(&b, 1024 * 1024);
	int code = cmd_offline_open_as(c, o, &ask);
	for (size_t i = 0; code == 0 && o->strategy && i < o->strategy->phase_n; i++)
		slu_buf_addf(&b, "%.*s\n", SLU_FMT(o->strategy->phase[i].name));
	return code ? code : cmd_put(c, &b);
}

int cmd_completion_phases(struct cmd_ctx *c)
{
	struct cmd_offline o = { 0 };
	int code = phases(c, &o);
	cmd_offline_close(&o);
	return code;
}
