/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a branch fares: how long it has lived, when it last moved, how far its base has gone on without it. Reported, never refused: who
 * comes late has a reason, and a refusal would only keep the work off the server.
 */
#include "base/quantity.h"
#include "policy/rule.h"

enum { MAX_OWN = 10000 };

struct health {
	const struct strat_branch *b;
	slu_str name;
	slu_oid *base; /* heads of the branches that it may have begun at */
	size_t base_n;
};

static void row(struct pol_judge *j, const struct health *h, const char *key, bool fine, const char *wanted, const char *actual)
{
	pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "branches.%.*s.%s", SLU_FMT(h->b->name), key), .pos = h->b->pos, .state = fine ? POL_PASSED : POL_EVALUATED, .wanted = wanted,
		 .actual = fine ? actual : POL_TEXT(j, "reported: %s", actual), .remedy = fine ? "" : strcmp(key, "behind") == 0 ? POL_TEXT(j, "git merge %s", pol_kind_name(j, h->b->base)) : "" });
}

/** Beyond `max` that is all that is told. */
static slu_rc count(struct pol_judge *j, const slu_oid *tip, const slu_oid *not_, size_t not_n, size_t max, const slu_oid **id, size_t *n, bool *more, slu_err *err)
{
	slu_err over = { 0 };
	slu_rc rc = j->f->range(j->f->ctx, j->a, tip, not_, not_n, max, id, n, &over);
	*more = rc == SLU_E_LIMIT;
	if (rc == SLU_OK || *more)
		return SLU_OK;
	*err = over;
	return rc;
}

/** Whole days where there are some. */
static const char *ago(struct pol_judge *j, int64_t seconds)
{
	char buf[SLU_DURATION_TEXT];
	const int64_t day = 24 * 3600, hour = 3600;
	int64_t unit = seconds >= 2 * day ? day : seconds >= 2 * hour ? hour : 60;
	return POL_TEXT(j, "%s", slu_duration_text(seconds / unit * unit, buf));
}

/** A branch has no birthday in Git: its first commit that the base has not stands for it. */
static slu_rc lifespan(struct pol_judge *j, const struct health *h, slu_err *err)
{
	const slu_oid *id = NULL;
	size_t n = 0;
	bool more = false;
	char buf[SLU_DURATION_TEXT];
	struct pol_commit c;
	if (!h->b->lifespan_s || h->base_n == 0)
		return SLU_OK;
	SLU_TRY(count(j, &j->head, h->base, h->base_n, MAX_OWN, &id, &n, &more, err));
	const char *wanted = POL_TEXT(j, "it lives at most %s", slu_duration_text(h->b->lifespan_s, buf));
	if (more || n == 0) {
		row(j, h, "lifespan", !more, wanted, more ? POL_TEXT(j, "it has more than %d commits of its own", MAX_OWN) : "it has no commit of its own");
		return SLU_OK;
	}
	SLU_TRY(j->f->commit(j->f->ctx, j->a, &id[n - 1], &c, err));
	int64_t age = j->now_s > c.commit_time_s ? j->now_s - c.commit_time_s : 0;
	row(j, h, "lifespan", age <= h->b->lifespan_s, wanted, POL_TEXT(j, "it began %s ago, with %s", ago(j, age), pol_short(j, &c.id)));
	return SLU_OK;
}

static slu_rc stale(struct pol_judge *j, const struct health *h, slu_err *err)
{
	char buf[SLU_DURATION_TEXT];
	struct pol_commit c;
	if (!h->b->stale_s || j->act->verb == POL_PUSH || j->act->verb == POL_FORCE_PUSH) /* which moves it */
		return SLU_OK;
	SLU_TRY(j->f->commit(j->f->ctx, j->a, &j->head, &c, err));
	int64_t age = j->now_s > c.commit_time_s ? j->now_s - c.commit_time_s : 0;
	row(j, h, "stale", age <= h->b->stale_s, POL_TEXT(j, "a commit within %s", slu_duration_text(h->b->stale_s, buf)), POL_TEXT(j, "the last is %s old", ago(j, age)));
	return SLU_OK;
}

/** What has not moved for so long is put away by maintenance: nothing is lost, and it is told before. */
static slu_rc archived(struct pol_judge *j, const struct health *h, slu_err *err)
{
	char buf[SLU_DURATION_TEXT];
	struct pol_commit c;
	if (!h->b->archive_s || j->act->verb == POL_PUSH || j->act->verb == POL_FORCE_PUSH)
		return SLU_OK;
	SLU_TRY(j->f->commit(j->f->ctx, j->a, &j->head, &c, err));
	int64_t age = j->now_s > c.commit_time_s ? j->now_s - c.commit_time_s : 0;
	bool fine = age <= h->b->archive_s;
	const char *actual = POL_TEXT(j, "the last is %s old", ago(j, age));
	row(j, h, "archive", fine, POL_TEXT(j, "a commit within %s", slu_duration_text(h->b->archive_s, buf)),
	    fine ? actual : POL_TEXT(j, "%s: maintenance makes it the tag %s", actual, strat_archive_name(j->a, h->name)));
	return SLU_OK;
}

/** Of several branches that it may have begun at, the one that it is nearest to counts. */
static slu_rc behind(struct pol_judge *j, const struct health *h, slu_err *err)
{
	size_t least = SIZE_MAX;
	if (!h->b->behind || h->base_n == 0)
		return SLU_OK;
	for (size_t i = 0; i < h->base_n; i++) {
		const slu_oid *id = NULL;
		size_t n = 0;
		bool more = false;
		SLU_TRY(count(j, &h->base[i], &j->head, 1, h->b->behind, &id, &n, &more, err));
		least = !more && n < least ? n : least;
	}
	bool fine = least != SIZE_MAX;
	row(j, h, "behind", fine, POL_TEXT(j, "at most %u behind %s", h->b->behind, pol_kind_name(j, h->b->base)), fine ? POL_TEXT(j, "%zu behind", least) : POL_TEXT(j, "more than %u behind", h->b->behind));
	return SLU_OK;
}

static slu_rc judge_health(struct pol_judge *j, slu_err *err)
{
	bool merge = j->act->verb == POL_MERGE;
	int kind = merge ? j->source_kind : j->kind;
	if (kind < 0 || slu_oid_is_zero(&j->head) || !j->f->range || !j->f->commit)
		return SLU_OK;
	struct health h = { .b = &j->s->branch[kind], .name = merge ? j->source : j->branch };
	if (!h.b->lifespan_s && !h.b->stale_s && !h.b->behind && !h.b->archive_s)
		return SLU_OK;
	if (h.b->base >= 0) {
		bool *want = SLU_NEW_N(j->a, bool, j->s->branch_n + 1);
		want[h.b->base] = true;
		SLU_TRY(pol_heads(j, want, h.name, &h.base, NULL, &h.base_n, err));
	}
	SLU_TRY(lifespan(j, &h, err));
	SLU_TRY(stale(j, &h, err));
	SLU_TRY(archived(j, &h, err));
	return behind(j, &h, err);
}

const struct pol_rule rule_health = {
	.name = "health",
	.summary = "A branch that is too old, has not moved for too long, would be archived, or is too far behind its base is reported; it is refused nothing for that.",
	.verbs = POL_BRINGS | POL_VERB(POL_MERGE),
	.rank = 85,
	.about = POL_ABOUT_HEALTH,
	.judge = judge_health,
};
