/* SPDX-License-Identifier: Apache-2.0 */
/** What a merge brought with it, or would bring: the refs, and what is left to a change of its own. */
#include "cmd/cmd.h"

#include <jansson.h>
#include <string.h>

/* A commit as people say it; nothing but zeros is no commit. */
static const char *commit_name(struct cmd_ctx *c, const char *id, const char *none)
{
	return id[strspn(id, "0")] ? slu_printf(c->a, "%.10s", id) : none;
}

static void left_over(struct cmd_ctx *c, const json_t *act)
{
	if (!*cmd_j_str(act, "why"))
		return;
	int64_t change = cmd_j_int(act, "change");
	const char *how = change ? slu_printf(c->a, "change %lld brings it", (long long)change) : "a change would bring it";
	(void)fprintf(c->out, "%s does not have it yet: ", cmd_j_str(act, "into"));
	cmd_wrapped(c->out, slu_s(slu_printf(c->a, "%s, from %s. %s", how, cmd_ref_name(cmd_j_str(act, "ref")), cmd_j_str(act, "why"))), 2);
	if (change)
		(void)fprintf(c->out, "  What that waits for: sluice why merge %lld\n", (long long)change);
}

void cmd_followed_left(struct cmd_ctx *c, const struct json_t *acts)
{
	size_t i;
	json_t *x;
	json_array_foreach(acts, i, x)
		left_over(c, x);
}

int cmd_followed_put(struct cmd_ctx *c, const struct json_t *acts)
{
	struct cmd_table t;
	size_t i;
	json_t *x;
	cmd_table_init(&t, c, 3);
	json_array_foreach(acts, i, x) {
		cmd_table_cell(&t, cmd_j_str(x, "what"));
		cmd_table_cell(&t, cmd_ref_name(cmd_j_str(x, "ref")));
		cmd_table_cell(&t, slu_printf(c->a, "%s -> %s", commit_name(c, cmd_j_str(x, "old"), "new"), commit_name(c, cmd_j_str(x, "new"), "gone")));
	}
	int code = cmd_table_put(&t);
	cmd_followed_left(c, acts);
	return code;
}
