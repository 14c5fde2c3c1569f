/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/shorthand.h"

#include "cmd/offline.h"
#include "cmd/parse.h"
#include "flow/name.h"

struct meant { slu_str branch, kind, version; };

static int find(struct meant *m, struct cmd_ctx *c, struct cmd_offline *o)
{
	const struct cmd_offline_ask ask = { .anybody = true, .may_ask_server = true };
	struct strat_captures caps = { 0 };
	const char *verb = c->desc->name;
	int code = cmd_offline_open_as(c, o, &ask);
	if (code)
		return code;
	m->branch = c->arg_n ? slu_s(c->arg[0]) : cmd_here_branch(c);
	if (m->branch.n == 0)
		return cmd_usage(c, "No branch is checked out here. Say which: sluice %s BRANCH", verb);
	int kind = strat_branch_kind(o->strategy, m->branch, &caps);
	if (kind < 0)
		return cmd_usage(c, "%.*s is no branch of a kind. Say the kind, and then a short name does: sluice KIND %s NAME. The kinds are: %s.", SLU_FMT(m->branch), verb, flow_kinds_text(c->a, o->strategy));
	m->kind = slu_s(slu_str_dup(c->a, o->strategy->branch[kind].name));
	m->version = slu_s(slu_str_dup(c->a, caps.v[STRAT_CAP_VERSION]));
	return 0;
}

int cmd_shorthand(struct cmd_ctx *c)
{
	struct cmd_offline o = { 0 };
	struct meant m = { 0 };
	SLU_LIST(slu_str) word = { 0 };
	size_t words;
	int code = find(&m, c, &o);
	cmd_offline_close(&o);
	if (code)
		return code;
	const char *const as[] = { m.kind.p, c->desc->name };
	const struct cmd_desc *own = cmd_find(as, 2, &words);
	bool is_own = own && words == 2; /* such as release finish, which takes a version */
	slu_str verb = slu_s(c->desc->name);
	*SLU_ADD(c->a, &word) = is_own ? m.kind : SLU_STR("branch");
	*SLU_ADD(c->a, &word) = verb;
	if (!is_own)
		*SLU_ADD(c->a, &word) = m.kind;
	*SLU_ADD(c->a, &word) = is_own && m.version.n ? m.version : m.branch;
	for (size_t i = 1; i < c->word_n; i++)
		if (c->arg_n == 0 || c->word[i] != c->arg[0])
			*SLU_ADD(c->a, &word) = slu_s(c->word[i]);
	return cmd_again(c, word.v, word.n);
}

bool cmd_is_kind(struct cmd_ctx *c, const char *name)
{
	const struct cmd_offline_ask ask = { .anybody = true, .may_have_none = true };
	struct cmd_offline o = { 0 };
	bool is = cmd_offline_open_as(c, &o, &ask) == 0 && o.strategy && strat_find_branch(o.strategy, slu_s(name)) >= 0;
	cmd_offline_close(&o);
	return is;
}
