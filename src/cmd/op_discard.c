/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/op_discard.h"

#include "base/quantity.h"
#include "cmd/work.h"

static int put_json(struct cmd_ctx *c, const struct app_op_aside *x)
{
	slu_auto_buf b;
	slu_buf_init(&b, 4 * 1024 * 1024);
	slu_json j = slu_json_to(&b);
	slu_json_open(&j, '{');
	slu_json_kv_z(&j, "kept", x->kept);
	slu_json_key(&j, "moved");
	slu_json_open(&j, '[');
	for (size_t i = 0; i < x->moved.n; i++) {
		slu_json_open(&j, '{');
		slu_json_kv_str(&j, "branch", x->moved.v[i].branch);
		slu_json_kv_z(&j, "old", x->moved.v[i].old.hex);
		slu_json_kv_z(&j, "now", x->moved.v[i].now.hex);
		slu_json_kv_str(&j, "by", x->moved.v[i].by);
		slu_json_close(&j, '}');
	}
	slu_json_close(&j, ']');
	slu_json_key(&j, "refs");
	slu_json_open(&j, '[');
	for (size_t i = 0; i < x->ref.n; i++)
		slu_json_str(&j, x->ref.v[i].name);
	slu_json_close(&j, ']');
	slu_json_key(&j, "work_trees");
	slu_json_open(&j, '[');
	for (size_t i = 0; i < x->tree.n; i++)
		slu_json_str(&j, x->tree.v[i]);
	slu_json_close(&j, ']');
	slu_json_close(&j, '}');
	slu_buf_addc(&b, '\n');
	return cmd_put(c, &b);
}

static int tell(struct cmd_ctx *c, const struct app_op_aside *x)
{
	if (c->format == CMD_FORMAT_JSON)
		return put_json(c, x);
	for (size_t i = 0; i < x->moved.n; i++) {
		const struct app_op_aside_moved *m = &x->moved.v[i];
		bool made = slu_oid_is_zero(&m->old);
		(void)fprintf(c->out, "Moved and not ended: %.*s %s%.10s, now %.10s (%.*s)%s\n", SLU_FMT(m->branch), made ? "was not there" : "was at ", made ? "" : m->old.hex, m->now.hex, SLU_FMT(m->by),
		              made ? "" : slu_printf(c->a, ". Back, where nobody has it yet: git branch -f %.*s %.10s", SLU_FMT(m->branch), m->old.hex));
	}
	for (size_t i = 0; i < x->ref.n; i++)
		(void)fprintf(c->out, "Held for it: %.*s at %.10s. As a branch again: git branch NAME %.10s\n", SLU_FMT(x->ref.v[i].name), x->ref.v[i].id.hex, x->ref.v[i].id.hex);
	for (size_t i = 0; i < x->tree.n; i++)
		(void)fprintf(c->out, "Work tree of a conflict: %.*s. When nothing in it is needed: git worktree remove --force %.*s\n", SLU_FMT(x->tree.v[i]), SLU_FMT(x->tree.v[i]));
	if (c->dry_run)
		cmd_say(c, "What cannot be read would be kept as %s. This was a dry run: nothing has changed.", x->kept);
	else
		cmd_say(c, "What could not be read is kept as %s. Nothing was put back: branches, tags, files and what was pushed stand where the operation left them. Look: git status, git reflog. A release of several repositories goes on from its home.", x->kept);
	return 0;
}

int cmd_op_discard(struct cmd_ctx *c)
{
	struct cmd_work w;
	struct flow_op op;
	struct app_op_aside x;
	struct port_git_ident who = { 0 };
	slu_err err = { 0 };
	bool found = false;
	int code = cmd_work_begin(c, &w);
	slu_rc rc = code ? SLU_OK : app_op_load(&op, &found, c->a, w.clone, &err);
	if (code == 0 && rc == SLU_OK && !found)
		code = cmd_usage(c, "Nothing is under way here, so there is nothing to put aside.");
	else if (code == 0 && rc == SLU_OK)
		code = cmd_usage(c, "What is under way can be read: sluice status tells it, and sluice abort puts everything back. --discard is for what cannot be read.");
	else if (code == 0 && (w.clone->ops->identity(w.clone, c->a, &who, &err) != SLU_OK || app_op_set_aside(&x, c->dry_run, slu_s(slu_printf(c->a, "%.*s <%.*s>", SLU_FMT(who.name), SLU_FMT(who.email))), &w.w, &err) != SLU_OK))
		code = cmd_fail(c, &err);
	else if (code == 0)
		code = tell(c, &x);
	cmd_work_close(&w);
	return code;
}
