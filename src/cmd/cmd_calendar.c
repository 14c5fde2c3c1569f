/* SPDX-License-Identifier: Apache-2.0 */
/** sluice calendar: where in the cycle we are, what may enter, what comes next, and the roadmap against the tags. */
#include "base/quantity.h"
#include "cmd/offline.h"
#include "flow/roadmap.h"

struct dates {
	const strat *s;
	int64_t now_s;
	bool has_cycle, has_freeze;
	struct pol_cycle cycle;
	struct pol_freeze freeze;
	const struct flow_goal *goal;
	size_t goal_n;
};

static const int64_t day = 24 * 3600;

/* A day where it begins at midnight, else the moment. */
static const char *when(struct cmd_ctx *c, int64_t at_s)
{
	char text[SLU_TIME_TEXT];
	return slu_printf(c->a, "%.*s", at_s % day ? SLU_TIME_TEXT : 10, slu_time_text(at_s, text));
}

static const char *away(struct cmd_ctx *c, const struct dates *d, int64_t at_s)
{
	int64_t days = at_s / day - d->now_s / day;
	return days <= 0 ? "today" : days == 1 ? "tomorrow" : slu_printf(c->a, "in %lld days", (long long)days);
}

static const char *frozen_text(struct cmd_ctx *c, const strat *s)
{
	const char *text = s->releases.calendar.freeze_types_n ? "only " : "nothing";
	for (size_t i = 0; i < s->releases.calendar.freeze_types_n; i++)
		text = slu_printf(c->a, "%s%s%.*s", text, i ? ", " : "", SLU_FMT(s->releases.calendar.freeze_types[i]));
	text = slu_printf(c->a, "%s %s ", text, s->releases.calendar.freeze_types_n == 1 || !s->releases.calendar.freeze_types_n ? "enters" : "enter");
	for (size_t i = 0; i < s->releases.calendar.freeze_branches.n; i++)
		text = slu_printf(c->a, "%s%s%.*s", text, i ? ", " : "", SLU_FMT(s->branch[s->releases.calendar.freeze_branches.i[i]].name));
	return text;
}

static void cycle_text(struct cmd_ctx *c, slu_buf *b, const struct dates *d)
{
	const struct pol_cycle *y = &d->cycle;
	if (y->number == 0) {
		slu_buf_addf(b, "The first cycle begins on %s (%s).\n", when(c, y->from_s), away(c, d, y->from_s));
	} else {
		slu_buf_addf(b, "Cycle %lld, from %s to %s: day %lld of %lld", (long long)y->number, when(c, y->from_s), when(c, y->until_s), (long long)((d->now_s - y->from_s) / day + 1),
			     (long long)((y->until_s - y->from_s + day - 1) / day));
		if (y->sprint)
			slu_buf_addf(b, ", sprint %lld of %lld, until %s", (long long)y->sprint, (long long)y->sprints, when(c, y->sprint_until_s));
		slu_buf_adds(b, ".\n");
	}
	if (d->has_freeze && d->freeze.holds)
		slu_buf_addf(b, "Frozen: %s, until %s (%s).\n", frozen_text(c, d->s), when(c, d->freeze.until_s), away(c, d, d->freeze.until_s));
	else if (d->has_freeze)
		slu_buf_addf(b, "Today all may enter that the branches let in.\nNext freeze: from %s (%s) to %s: %s.\n", when(c, d->freeze.from_s), away(c, d, d->freeze.from_s), when(c, d->freeze.until_s),
			     frozen_text(c, d->s));
	else
		slu_buf_adds(b, "There is no freeze: all may enter that the branches let in.\n");
	slu_buf_addf(b, "Next release: %s (%s), of cycle %lld%s.\n", when(c, y->ship_s), away(c, d, y->ship_s), (long long)y->ships,
		     !d->s->releases.calendar.major_every ? "" : y->ships_major ? ", a major version" : ", no major version");
}

static const char *goal_text(struct cmd_ctx *c, const struct flow_goal *g)
{
	if (g->state == FLOW_GOAL_DONE)
		return slu_printf(c->a, "done, %.*s", SLU_FMT(g->tag));
	if (g->state == FLOW_GOAL_LATE)
		return slu_printf(c->a, "late by %s", cmd_count(c, (size_t)(g->late_s / day + 1), "day", "days"));
	return flow_goal_word(g->state);
}

static int put_text(struct cmd_ctx *c, const struct dates *d)
{
	struct cmd_table t;
	slu_auto_buf b;
	slu_buf_init(&b, 1024 * 1024);
	if (d->has_cycle)
		cycle_text(c, &b, d);
	else
		slu_buf_adds(&b, "The strategy has no cycles (releases.calendar.cycle).\n");
	if (d->goal_n)
		slu_buf_addc(&b, '\n');
	int code = cmd_put(c, &b);
	cmd_table_init(&t, c, 4);
	static const char *const head[] = { "ROADMAP", "DUE", "STATE", "TITLE" };
	for (size_t i = 0; i < 4; i++)
		cmd_table_cell(&t, head[i]);
	for (size_t i = 0; i < d->goal_n; i++) {
		const struct strat_roadmap *r = d->goal[i].of;
		cmd_table_cell(&t, slu_str_dup(c->a, r->version));
		cmd_table_cell(&t, r->due_s ? when(c, r->due_s) : "-");
		cmd_table_cell(&t, goal_text(c, &d->goal[i]));
		cmd_table_cell(&t, slu_str_dup(c->a, r->title));
	}
	return code || d->goal_n == 0 ? code : cmd_table_put(&t);
}

/* ---- JSON ---------------------------------------------------------------------------------------------------------------- */

static void put_time(slu_json *j, const char *key, int64_t at_s)
{
	char text[SLU_TIME_TEXT];
	slu_json_kv_z(j, key, slu_time_text(at_s, text));
}

/* "key": null, or the beginning of an object. @return is there one? */
static bool open_or_null(slu_json *j, const char *key, bool there)
{
	slu_json_key(j, key);
	if (there)
		slu_json_open(j, '{');
	else
		slu_json_null(j);
	return there;
}

static void put_cycle(slu_json *j, const struct dates *d)
{
	const struct pol_cycle *y = &d->cycle;
	if (open_or_null(j, "cycle", d->has_cycle)) {
		slu_json_kv_int(j, "number", y->number);
		put_time(j, "from", y->from_s);
		put_time(j, "until", y->until_s);
		if (open_or_null(j, "sprint", y->sprint > 0)) {
			slu_json_kv_int(j, "number", y->sprint);
			slu_json_kv_int(j, "of", y->sprints);
			put_time(j, "from", y->sprint_from_s);
			put_time(j, "until", y->sprint_until_s);
			slu_json_close(j, '}');
		}
		slu_json_close(j, '}');
	}
	if (open_or_null(j, "ship", d->has_cycle)) {
		put_time(j, "at", y->ship_s);
		slu_json_kv_int(j, "cycle", y->ships);
		slu_json_kv_bool(j, "major", y->ships_major);
		slu_json_close(j, '}');
	}
}

static void put_freeze(slu_json *j, const struct dates *d)
{
	const struct strat_releases *r = &d->s->releases;
	if (!open_or_null(j, "freeze", d->has_freeze))
		return;
	slu_json_kv_bool(j, "holds", d->freeze.holds);
	put_time(j, "from", d->freeze.from_s);
	put_time(j, "until", d->freeze.until_s);
	slu_json_key(j, "branches");
	slu_json_open(j, '[');
	for (size_t i = 0; i < r->calendar.freeze_branches.n; i++)
		slu_json_str(j, d->s->branch[r->calendar.freeze_branches.i[i]].name);
	slu_json_close(j, ']');
	slu_json_key(j, "types");
	slu_json_open(j, '[');
	for (size_t i = 0; i < r->calendar.freeze_types_n; i++)
		slu_json_str(j, r->calendar.freeze_types[i]);
	slu_json_close(j, ']');
	slu_json_close(j, '}');
}

static int put_json(struct cmd_ctx *c, const struct dates *d)
{
	slu_auto_buf b;
	slu_buf_init(&b, 4 * 1024 * 1024);
	slu_json j = slu_json_to(&b);
	slu_json_open(&j, '{');
	put_time(&j, "at", d->now_s);
	put_cycle(&j, d);
	put_freeze(&j, d);
	slu_json_key(&j, "roadmap");
	slu_json_open(&j, '[');
	for (size_t i = 0; i < d->goal_n; i++) {
		const struct flow_goal *g = &d->goal[i];
		slu_json_open(&j, '{');
		slu_json_kv_str(&j, "version", g->of->version);
		slu_json_kv_str(&j, "title", g->of->title);
		if (g->of->due_s)
			slu_json_kv_z(&j, "due", when(c, g->of->due_s));
		slu_json_kv_z(&j, "state", flow_goal_word(g->state));
		if (g->tag.n)
			slu_json_kv_str(&j, "tag", g->tag);
		slu_json_close(&j, '}');
	}
	slu_json_close(&j, ']');
	slu_json_close(&j, '}');
	slu_buf_addc(&b, '\n');
	return cmd_put(c, &b);
}

/* ---- the command ----------------------------------------------------------------------------------------------------------- */

static int calendar(struct cmd_ctx *c, struct cmd_offline *o)
{
	const struct cmd_offline_ask ask = { .anybody = true };
	const struct port_git_ref *tag = NULL;
	size_t n = 0;
	slu_err err = { 0 };
	int code = cmd_offline_open_as(c, o, &ask);
	if (code)
		return code;
	if (o->ctx.git.git->ops->refs(o->ctx.git.git, c->a, SLU_STR("refs/tags/"), &tag, &n, &err) != SLU_OK)
		return cmd_fail(c, &err);
	struct flow_ref *v = SLU_NEW_N(c->a, struct flow_ref, n + 1);
	for (size_t i = 0; i < n; i++)
		v[i] = (struct flow_ref){ tag[i].name, tag[i].peeled };
	const struct flow_refs refs = { v, n };
	struct dates d = { .s = o->strategy, .now_s = o->now_s };
	d.has_cycle = pol_cycle(d.s, d.now_s, &d.cycle);
	d.has_freeze = pol_freeze(d.s, d.now_s, &d.freeze);
	d.goal_n = flow_roadmap(&d.goal, c->a, d.s, &refs, d.now_s);
	return c->format == CMD_FORMAT_JSON ? put_json(c, &d) : put_text(c, &d);
}

static int run(struct cmd_ctx *c)
{
	struct cmd_offline o = { 0 };
	int code = calendar(c, &o);
	cmd_offline_close(&o);
	return code;
}

static const struct cmd_opt options[] = {
	{ "at", 0, "TIME", "as of this time, such as 2026-01-05T09:00:00Z", CMD_TEXT, 0 },
	{ "strategy", 0, "FILE", "by this file, not by the one in force", CMD_PATH, 0 },
	{ "preset", 0, "NAME", "by this preset", CMD_TEXT, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_calendar = {
	.name = "calendar",
	.summary = "Where in the cycle we are, the next freeze and release, the roadmap",
	.usage = "",
	.group = CMD_G_RELEASE,
	.opts = options,
	.run = run,
	.detail = "Works in a clone, without a server, and changes nothing. What the strategy calls `releases.calendar` tells the cycle, the sprint, what may enter today, and when "
	          "the next freeze and the next release are. What it calls `releases.roadmap` is held against the tags of this clone: a version that has its tag is done, one "
	          "whose day is over without it is late. Days are those of UTC.",
	.example = "sluice calendar\n"
	           "sluice calendar --at 2026-02-01T00:00:00Z\n"
	           "sluice calendar --format json | jq -r .freeze.holds",
	.exits = CMD_EXIT(3),
};
