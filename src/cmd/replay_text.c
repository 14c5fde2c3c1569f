/* SPDX-License-Identifier: Apache-2.0 */
/* The first screen tells the story: what this history is, what would have been refused, the rules that matter, what to run next. */
#include "cmd/replay_show.h"

#include "base/utf8.h"

enum { COLUMNS = 78, SPARKS = 48, RULES_SHOWN = 3 };

static void heading(slu_buf *b, const struct cmd_ctx *c, const char *text)
{
	slu_buf_addf(b, "\n%s%s%s\n", c->colour_out ? "\033[1m" : "", text, c->colour_out ? "\033[0m" : "");
}

static void line(slu_buf *b, const char *indent, const char *text)
{
	pol_line_text(b, indent, slu_s(text), COLUMNS);
}

static void what_it_is(slu_buf *b, struct cmd_ctx *c, const struct cmd_replay *x)
{
	const struct ins_replay *r = x->r;
	if (r->commits == 0)
		line(b, "", slu_printf(c->a, "%s: no commit since %s", x->name, cmd_day(c, x->since_s)));
	else
		line(b, "", slu_printf(c->a, "%s: %s commits, %s of them merges, %s to %s", x->name, cmd_thousands(c, r->commits), cmd_thousands(c, r->merges), cmd_day(c, r->first_s), cmd_day(c, r->last_s)));
	line(b, "", slu_printf(c->a, "%s, %s; judged by %s", cmd_count(c, x->h->branch_n, "branch", "branches"), cmd_count(c, x->h->tag_n, "tag", "tags"), x->strategy_file));
	if (cmd_replay_files(c, x))
		line(b, "", cmd_replay_files(c, x));
	if (x->chosen)
		line(b, "", "No strategy is in force here: this preset fits best.");
}

/* The share that was refused, span by span. */
static void sparks(slu_buf *b, struct cmd_ctx *c, const struct ins_replay *r)
{
	static const char *const bar[] = { "\xE2\x96\x81", "\xE2\x96\x82", "\xE2\x96\x83", "\xE2\x96\x84", "\xE2\x96\x85", "\xE2\x96\x86", "\xE2\x96\x87", "\xE2\x96\x88" };
	struct ins_sum *span;
	size_t months, n = cmd_replay_spans(c, r, SPARKS, &span, &months);
	if (n < 2 || r->all.refused == 0)
		return;
	slu_buf_adds(b, "  ");
	for (size_t i = 0; i < n; i++)
		slu_buf_adds(b, span[i].judged ? bar[span[i].refused * 7 / span[i].judged] : " ");
	slu_buf_addf(b, "  refused, %s a bar\n", cmd_count(c, months, "month", "months"));
}

static void what_was_refused(slu_buf *b, struct cmd_ctx *c, const struct cmd_replay *x)
{
	const struct ins_replay *r = x->r;
	heading(b, c, r->all.refused ? slu_printf(c->a, "%s of %s acts would have been refused (%s)", cmd_thousands(c, r->all.refused), cmd_thousands(c, r->all.judged), cmd_share(c, r->all.refused, r->all.judged))
				     : slu_printf(c->a, "Nothing of %s acts would have been refused", cmd_thousands(c, r->all.judged)));
	if (r->default_kindless)
		line(b, "  ", slu_printf(c->a, "%.*s, the default branch, is of no kind in this strategy.", SLU_FMT(x->h->default_branch)));
	for (int k = 0; k < INS_ACT_KINDS; k++) {
		const struct ins_sum *s = &r->sum[k];
		if (s->judged)
			slu_buf_addf(b, "  %-8s %8s of %8s   %s\n", ins_act_word((enum ins_act_kind)k, true), cmd_thousands(c, s->refused), cmd_thousands(c, s->judged), cmd_share(c, s->refused, s->judged));
	}
	sparks(b, c, r);
}

static void place(slu_buf *b, struct cmd_ctx *c, const struct ins_rule *r)
{
	slu_auto_buf at;
	slu_buf_init(&at, 4096);
	if (strcmp(r->pos.file, "defaults") == 0)
		slu_buf_adds(&at, "a default");
	else
		pol_place_text(&at, &r->pos);
	line(b, "     ", slu_printf(c->a, "%s, %s", r->rule, at.p));
}

static void example(slu_buf *b, struct cmd_ctx *c, const char *indent, const struct ins_example *e)
{
	line(b, indent, slu_printf(c->a, "%s %s: %s", cmd_day(c, e->time_s), e->what, e->actual));
}

static void rules(slu_buf *b, struct cmd_ctx *c, const struct cmd_replay *x)
{
	const struct ins_replay *r = x->r;
	size_t shown = r->refuses.n < RULES_SHOWN ? r->refuses.n : RULES_SHOWN;
	if (shown == 0)
		return;
	heading(b, c, r->refuses.n <= RULES_SHOWN ? "By these rules" : slu_printf(c->a, "The %zu rules of %zu that matter", shown, r->refuses.n));
	for (size_t i = 0; i < shown; i++) {
		const struct ins_rule *e = &r->refuses.v[i];
		line(b, slu_printf(c->a, "  %zu. ", i + 1), slu_printf(c->a, "%s: %s", cmd_rule_words(c, e), cmd_thousands(c, e->all)));
		place(b, c, e);
		example(b, c, "     ", &e->example);
	}
}

static void more_rules(slu_buf *b, struct cmd_ctx *c, const struct ins_replay *r)
{
	if (r->refuses.n <= RULES_SHOWN || !cmd_has(c, "all"))
		return;
	heading(b, c, "The other rules");
	for (size_t i = RULES_SHOWN; i < r->refuses.n; i++)
		line(b, "  ", slu_printf(c->a, "%8s  %s (%s)", cmd_thousands(c, r->refuses.v[i].all), cmd_rule_words(c, &r->refuses.v[i]), r->refuses.v[i].rule));
}

static void worst(slu_buf *b, struct cmd_ctx *c, const struct cmd_replay *x)
{
	if (x->r->worst_n == 0 || !cmd_has(c, "all"))
		return;
	heading(b, c, "The worst");
	for (size_t i = 0; i < x->r->worst_n; i++) {
		const struct ins_example *e = &x->r->worst[i];
		const char *id = e->act.commit == INS_NONE ? "" : slu_strndup(c->a, slu_oids_at(&x->h->graph.id, e->act.commit).hex, 10);
		line(b, "  ", slu_printf(c->a, "%s %s %s: %s", cmd_day(c, e->time_s), id, e->what, cmd_count(c, e->act.rules, "rule", "rules")));
		line(b, "    ", slu_printf(c->a, "%s: %s", e->rule, e->actual));
	}
}

static void waited(slu_buf *b, struct cmd_ctx *c, const struct ins_replay *r)
{
	if (r->waits.n == 0)
		return;
	heading(b, c, slu_printf(c->a, "%s more would have waited", cmd_thousands(c, r->all.waiting)));
	for (size_t i = 0; i < r->waits.n && (i < RULES_SHOWN || cmd_has(c, "all")); i++)
		line(b, "  ", slu_printf(c->a, "%8s  %s (%s)", cmd_thousands(c, r->waits.v[i].all), cmd_wait_words(c, &r->waits.v[i]), r->waits.v[i].rule));
}

static void unknown(slu_buf *b, struct cmd_ctx *c, const struct cmd_replay *x)
{
	heading(b, c, "Not known, and so not judged");
	for (const char *const *t = cmd_replay_unknown(c, x); *t; t++)
		line(b, "  ", *t);
}

static void next(slu_buf *b, struct cmd_ctx *c, const struct cmd_replay *x)
{
	const char *preset = slu_str_starts(slu_s(x->strategy_file), "preset:") ? x->strategy_file + strlen("preset:") : NULL;
	const char *by = preset ? slu_printf(c->a, " --preset %s", preset) : cmd_opt(c, "strategy") ? slu_printf(c->a, " --strategy %s", cmd_opt(c, "strategy")) : "";
	const char *where = c->arg_n ? slu_printf(c->a, " %s", c->arg[0]) : "";
	heading(b, c, "Next");
	if (x->fit_n > 1)
		slu_buf_addf(b, "  sluice replay --preset %s%s\n      the next best: it would refuse %s\n", x->fit[1].preset, where, cmd_share(c, x->fit[1].refused, x->fit[1].judged));
	if (x->since_s == INT64_MIN && x->r->last_s - x->r->first_s > 2 * 365 * (int64_t)86400)
		slu_buf_addf(b, "  sluice replay%s --since '1 year ago'%s\n      what of it is still so\n", by, where);
	if (!cmd_has(c, "all"))
		slu_buf_addf(b, "  sluice replay%s --all%s\n      every rule, and the worst examples\n", by, where);
	slu_buf_addf(b, "  sluice replay%s --format html%s >replay.html\n      the same as one page with pictures\n", by, where);
	if (preset)
		slu_buf_addf(b, "  sluice init --preset %s\n      write it down as your own, and change what does not fit\n", preset);
}

int cmd_replay_text(struct cmd_ctx *c, const struct cmd_replay *x)
{
	slu_auto_buf b;
	slu_buf_init(&b, 16 * 1024 * 1024);
	if (x->empty) {
		pol_line_text(&b, "", slu_s(slu_printf(c->a, "%s: %s", x->name, cmd_replay_empty(c, x))), 4096);
		return cmd_put(c, &b);
	}
	what_it_is(&b, c, x);
	what_was_refused(&b, c, x);
	rules(&b, c, x);
	more_rules(&b, c, x->r);
	worst(&b, c, x);
	waited(&b, c, x->r);
	unknown(&b, c, x);
	next(&b, c, x);
	return cmd_put(c, &b);
}
