/* SPDX-License-Identifier: Apache-2.0 */
/** sluice strategy diff, strategy graph: what two files decide differently, and the ways of one as a picture. */
#include "cmd/strategy_file.h"
#include "insight/flow_text.h"
#include "insight/strategy_diff.h"
#include "policy/pol.h"
#include "strategy/preset.h"

#include <time.h>
#include <unistd.h>

enum { COLUMNS = 100, OUTPUT_MAX = 8 * 1024 * 1024 };

/* A file, or the name of a preset where there is no such file. @return 0, or the exit code after having said why */
static int read_named(struct cmd_ctx *c, const char *word, struct cmd_strategy *f)
{
	slu_err err = { 0 };
	slu_str name = slu_s(word);
	bool says = word && slu_str_starts(name, "preset:");
	if (says)
		name = (slu_str){ name.p + 7, name.n - 7 };
	const struct strat_preset *p = word && (says || access(word, F_OK) != 0) ? strat_preset_find(name) : NULL;
	if (says && !p)
		return cmd_usage(c, "There is no preset %.*s; `sluice preset list` shows them.", SLU_FMT(name));
	if (!p) {
		if (cmd_strategy_read(c, f, word, &err) != SLU_OK)
			return cmd_fail(c, &err);
	} else {
		*f = (struct cmd_strategy){ .file = slu_printf(c->a, "preset:%s", p->name), .text = { p->text, p->size } };
		(void)!strat_compile(&f->strategy, &f->issues, c->a, f->text, f->file, NULL, NULL, &f->first);
	}
	if (f->strategy)
		return 0;
	cmd_strategy_issues(c, c->err, f);
	return cmd_fail(c, &f->first);
}

/* ---- diff -------------------------------------------------------------------------------------------------------------------- */

static void put_place(slu_buf *b, const struct ins_differs *e)
{
	slu_buf_addf(b, "      %s, ", e->rule);
	if (strcmp(e->pos.file, "defaults") == 0)
		slu_buf_adds(b, "a default");
	else
		pol_place_text(b, &e->pos);
	slu_buf_addc(b, '\n');
}

static int diff_text(struct cmd_ctx *c, const struct ins_strategy_diff *d, const char *was, const char *now)
{
	slu_auto_buf b;
	slu_buf_init(&b, OUTPUT_MAX);
	if (d->list.n == 0)
		slu_buf_addf(&b, "%s and %s decide alike: none of %zu acts is judged otherwise.\n", was, now, d->acts);
	else
		slu_buf_addf(&b, "Of %zu acts, %zu that %s allows are refused by %s, and %zu that it refuses are allowed.\n", d->acts, d->refused, was, now, d->allowed);
	for (size_t i = 0; i < d->list.n; i++) {
		const struct ins_differs *e = &d->list.v[i];
		if (i == 0 || e->now_allowed != d->list.v[i - 1].now_allowed)
			slu_buf_addf(&b, "\n%s\n", e->now_allowed ? "Now allowed" : "Now refused");
		pol_line_text(&b, "  ", slu_s(e->acts == 1 ? e->what : slu_printf(c->a, "%s (and %zu more)", e->what, e->acts - 1)), COLUMNS);
		put_place(&b, e);
		pol_line_text(&b, "      ", slu_s(slu_printf(c->a, "%s: %s", e->now_allowed ? "it wanted" : "it wants", e->wanted)), COLUMNS);
	}
	return cmd_put(c, &b);
}

static int diff_json(struct cmd_ctx *c, const struct ins_strategy_diff *d, const char *was, const char *now)
{
	slu_auto_buf b;
	slu_buf_init(&b, OUTPUT_MAX);
	slu_json j = slu_json_to(&b);
	slu_json_open(&j, '{');
	slu_json_kv_z(&j, "was", was);
	slu_json_kv_z(&j, "now", now);
	slu_json_kv_int(&j, "acts", (int64_t)d->acts);
	slu_json_kv_int(&j, "now_refused", (int64_t)d->refused);
	slu_json_kv_int(&j, "now_allowed", (int64_t)d->allowed);
	slu_json_key(&j, "differences");
	slu_json_open(&j, '[');
	for (size_t i = 0; i < d->list.n; i++) {
		const struct ins_differs *e = &d->list.v[i];
		slu_json_open(&j, '{');
		slu_json_kv_z(&j, "becomes", e->now_allowed ? "allowed" : "refused");
		slu_json_kv_z(&j, "verb", pol_verb_word(e->verb));
		slu_json_kv_z(&j, "rule", e->rule);
		slu_json_kv_z(&j, "file", e->pos.file);
		slu_json_kv_int(&j, "line", e->pos.line);
		slu_json_kv_int(&j, "column", e->pos.column);
		slu_json_kv_int(&j, "acts", (int64_t)e->acts);
		slu_json_kv_z(&j, "example", e->what);
		slu_json_kv_z(&j, "wanted", e->wanted);
		slu_json_close(&j, '}');
	}
	slu_json_close(&j, ']');
	slu_json_close(&j, '}');
	slu_buf_addc(&b, '\n');
	return cmd_put(c, &b);
}

static int run_diff(struct cmd_ctx *c)
{
	struct cmd_strategy was, now;
	struct ins_strategy_diff d;
	struct timespec t;
	slu_err err = { 0 };
	int code = read_named(c, c->arg[0], &was);
	if (code == 0)
		code = read_named(c, c->arg[1], &now);
	if (code)
		return code;
	(void)clock_gettime(CLOCK_REALTIME, &t);
	if (ins_strategy_diff(&d, c->a, was.strategy, now.strategy, t.tv_sec, &err) != SLU_OK)
		return cmd_fail(c, &err);
	code = c->format == CMD_FORMAT_JSON ? diff_json(c, &d, was.file, now.file) : diff_text(c, &d, was.file, now.file);
	return code ? code : d.list.n ? 6 : 0;
}

const struct cmd_desc cmd_strategy_diff = {
	.name = "strategy diff",
	.summary = "Which acts a second strategy allows or refuses otherwise",
	.usage = "FILE|PRESET FILE|PRESET",
	.group = CMD_G_STRATEGY,
	.args_min = 2,
	.args_max = 2,
	.run = run_diff,
	.detail = "Both are asked what they say to the same thousands of acts, made from the branches, tags, roles and environments of both: who creates, pushes, deletes, merges, tags and "
	          "deploys, with more or fewer approvals, checks and boxes, with messages and files of several sorts. Shown is what comes out otherwise, by the rule that refuses it, with an "
	          "example each. It is the decision that is compared: what is only written otherwise is no difference, and what lies between two acts that were asked is not seen.\n\n"
	          "6 means that something differs.",
	.example = "sluice strategy diff gitflow .sluice/strategy.yml\n"
	           "git show main:.sluice/strategy.yml >/tmp/main.yml\n"
	           "sluice strategy diff /tmp/main.yml .sluice/strategy.yml",
	.exits = CMD_EXIT(3) | CMD_EXIT(6),
};

/* ---- graph ------------------------------------------------------------------------------------------------------------------- */

static int run_graph(struct cmd_ctx *c)
{
	static const struct { const char *format; void (*put)(slu_buf *out, slu_arena *a, const strat *s); } as[] = {
		{ "text", ins_flow_text }, { "dot", ins_flow_dot }, { "mermaid", ins_flow_mermaid }, { "svg", ins_flow_svg },
	};
	const char *format = cmd_opt(c, "format");
	struct cmd_strategy f;
	slu_auto_buf b;
	slu_buf_init(&b, OUTPUT_MAX);
	int code = read_named(c, c->arg_n ? c->arg[0] : NULL, &f);
	if (code)
		return code;
	for (size_t i = 0; i < sizeof as / sizeof *as; i++)
		if (strcmp(as[i].format, format ? format : "text") == 0)
			as[i].put(&b, c->a, f.strategy);
	return cmd_put(c, &b);
}

static const struct cmd_opt graph_options[] = {
	{ "format", 'f', "text|dot|mermaid|svg", "how to print it", CMD_TEXT, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_strategy_graph = {
	.name = "strategy graph",
	.summary = "The ways of a strategy as a graph",
	.usage = "[FILE|PRESET]",
	.group = CMD_G_STRATEGY,
	.args_max = 1,
	.opts = graph_options,
	.run = run_graph,
	.detail = "Which kinds of branch go where, by which method, with what they take and bring: the graph of the server's strategy page. FILE is .sluice/strategy.yml of this work "
	          "tree when it is not given. What has no way in the graph is refused.",
	.example = "sluice strategy graph gitflow\n"
	           "sluice strategy graph --format svg >strategy.svg\n"
	           "sluice strategy graph --format dot | dot -Tpng >strategy.png\n"
	           "sluice strategy graph --format mermaid    # for a README at GitHub",
	.exits = CMD_EXIT(3),
};
