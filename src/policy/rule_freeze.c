/* SPDX-License-Identifier: Apache-2.0 */
/* The calendar's freeze: from its day in each cycle until the day of shipping only commits of the types named enter the branches named. */
#include "base/quantity.h"
#include "policy/rule.h"
#include "version/commit.h"

bool pol_freeze(const strat *s, int64_t now, struct pol_freeze *out)
{
	const struct strat_releases *r = &s->releases;
	int64_t cycle = r->calendar.cycle_s, from = r->calendar.freeze_at_s, start = r->calendar.start_s;
	if (!r->calendar.set || cycle <= 0 || from <= 0 || from >= cycle)
		return false;
	int64_t end = r->calendar.ship_at_s > from ? r->calendar.ship_at_s : cycle;
	int64_t begun = now < start ? start : now - (now - start) % cycle; /* of the cycle that now is in, or the first one */
	if (now >= begun + end)
		begun += cycle;
	*out = (struct pol_freeze){ .from_s = begun + from, .until_s = begun + end, .holds = now >= begun + from };
	return true;
}

/* End of the freeze that holds now; 0: there is none. */
static int64_t frozen_until(const strat *s, int64_t now)
{
	struct pol_freeze f;
	return pol_freeze(s, now, &f) && f.holds ? f.until_s : 0;
}

static bool is_type(const strat *s, slu_str message)
{
	struct ver_commit m;
	bool conventional = ver_commit_title(&m, message, NULL) == SLU_OK;
	for (size_t i = 0; i < s->releases.calendar.freeze_types_n; i++)
		if (conventional && slu_str_eq(m.type, s->releases.calendar.freeze_types[i]))
			return true;
	return false;
}

/* What was there before: the branch itself; for one that is made now, that which its kind begins at. */
static slu_rc before(struct pol_judge *j, const slu_oid **out, size_t *n, slu_err *err)
{
	slu_oid *heads = NULL;
	*out = j->has_change ? &j->change.target_head : &j->act->old;
	*n = 1;
	if (j->act->verb != POL_CREATE)
		return SLU_OK;
	SLU_TRY(pol_known_heads(j, false, &heads, n, err));
	*out = heads;
	return SLU_OK;
}

/* The first commit that is none of the types; on a squash edge the change's title stands for all. */
static slu_rc find_other(struct pol_judge *j, const char **what, slu_err *err)
{
	const slu_oid *id = NULL, *old = NULL;
	size_t n = 0, old_n = 0;
	if (j->has_change && j->edge && j->edge->method == STRAT_SQUASH && (!j->change.git_only || j->change.title.n)) {
		*what = is_type(j->s, j->change.title) ? NULL : POL_TEXT(j, "\"%.*s\"", SLU_FMT(j->change.title));
		return SLU_OK;
	}
	SLU_TRY(before(j, &old, &old_n, err));
	if (old_n)
		SLU_TRY(j->f->range(j->f->ctx, j->a, &j->head, old, old_n, SLU_MAX_PUSH_COMMITS, &id, &n, err));
	for (size_t i = 0; i < n; i++) {
		struct pol_commit c;
		struct ver_commit title;
		SLU_TRY(j->f->commit(j->f->ctx, j->a, &id[i], &c, err));
		if (c.parent_n > 1 || is_type(j->s, c.message))
			continue;
		(void)!ver_commit_title(&title, c.message, NULL);
		*what = POL_TEXT(j, "%s: \"%.*s\"", pol_short(j, &id[i]), SLU_FMT(title.header));
		return SLU_OK;
	}
	return SLU_OK;
}

static bool concerns(const struct pol_judge *j)
{
	const struct strat_releases *r = &j->s->releases;
	if (!r->calendar.set || j->kind < 0 || !strat_set_has(&r->calendar.freeze_branches, j->kind))
		return false;
	return j->act->cause == POL_BY_PERSON && !slu_oid_is_zero(&j->head) && j->f->range;
}

static slu_rc judge_freeze(struct pol_judge *j, slu_err *err)
{
	const struct strat_releases *r = &j->s->releases;
	const char *types = "", *what = NULL;
	char at[SLU_TIME_TEXT];
	int64_t until = frozen_until(j->s, j->now_s);
	if (!concerns(j))
		return SLU_OK;
	for (size_t i = 0; i < r->calendar.freeze_types_n; i++)
		types = POL_TEXT(j, "%s%s%.*s", types, *types ? ", " : "", SLU_FMT(r->calendar.freeze_types[i]));
	if (until)
		SLU_TRY(find_other(j, &what, err));
	const char *actual = !until ? "there is no freeze now" : what ? POL_TEXT(j, "frozen until %s; not one of them is %s", slu_time_text(until, at), what) : "only these enter";
	struct strat_pos pos = r->calendar.freeze_pos.line ? r->calendar.freeze_pos : r->calendar.pos;
	struct pol_row *row = pol_add(j, NULL, (struct pol_row){ .rule = "releases.calendar.freeze", .pos = pos, .state = what ? POL_WAITING : POL_PASSED,
						   .wanted = POL_TEXT(j, "in the freeze only: %s", *types ? types : "nothing"), .actual = actual, .until_s = what ? until : 0 });
	if (what)
		pol_opens(j, row, "the end of the freeze");
	return SLU_OK;
}

const struct pol_rule rule_freeze = {
	.name = "freeze",
	.summary = "In the calendar's freeze only commits of the types named enter the branches named; it opens by itself.",
	.verbs = POL_VERB(POL_MERGE) | POL_BRINGS,
	.rank = 32,
	.judge = judge_freeze,
};
