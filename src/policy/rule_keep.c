/* SPDX-License-Identifier: Apache-2.0 */
/* How many tags of a class stay: maintenance deletes none of the newest so many, and a person who does is told. */
#include "policy/next.h"
#include "policy/rule.h"

struct age {
	struct ver_semver version;
	bool versioned;
	int64_t time_s;
};

static slu_rc age_of(struct age *out, struct pol_judge *j, const struct strat_captures *caps, const slu_oid *commit, slu_err *err)
{
	struct pol_commit c = { 0 };
	*out = (struct age){ 0 };
	out->versioned = pol_tag_semver(&out->version, j->a, j->s, j->tag_class, caps);
	if (out->versioned || slu_oid_is_zero(commit) || !j->f->commit)
		return SLU_OK;
	slu_err none = { 0 };
	slu_rc rc = j->f->commit(j->f->ctx, j->a, commit, &c, &none);
	if (rc != SLU_OK && rc != SLU_E_NOT_FOUND) {
		*err = none;
		return rc;
	}
	out->time_s = rc == SLU_OK ? c.commit_time_s : 0;
	return SLU_OK;
}

static bool newer(const struct age *x, const struct age *y)
{
	return x->versioned && y->versioned ? ver_cmp(&x->version, &y->version) > 0 : x->time_s > y->time_s;
}

/* So many tags of its class are newer than this one. */
static slu_rc count_newer(size_t *out, struct pol_judge *j, const struct age *self, slu_err *err)
{
	const slu_str *name = NULL;
	const slu_oid *id = NULL;
	size_t n = 0;
	*out = 0;
	SLU_TRY(j->f->tags(j->f->ctx, j->a, &name, &id, &n, err));
	for (size_t i = 0; i < n; i++) {
		struct strat_captures caps = { 0 };
		struct age age;
		if (strat_tag_class(j->s, name[i], &caps) != j->tag_class || slu_str_eq(name[i], j->tag))
			continue;
		SLU_TRY(age_of(&age, j, &caps, &id[i], err));
		*out += newer(&age, self);
	}
	return SLU_OK;
}

/* Is it one that stays? *newer_n: so many of its class are newer. */
static slu_rc find_place(bool *stays, size_t *newer_n, struct pol_judge *j, const struct strat_tag *t, slu_err *err)
{
	struct pol_tag it = { 0 };
	struct age self;
	*stays = true;
	*newer_n = 0;
	if (!t->keep || !j->f->tags)
		return SLU_OK;
	if (j->f->tag && !slu_oid_is_zero(&j->act->old))
		SLU_TRY(j->f->tag(j->f->ctx, j->a, &j->act->old, &it, err));
	SLU_TRY(age_of(&self, j, &j->tag_caps, &it.commit, err));
	SLU_TRY(count_newer(newer_n, j, &self, err));
	*stays = *newer_n < t->keep;
	return SLU_OK;
}

static slu_rc judge_keep(struct pol_judge *j, slu_err *err)
{
	bool scheduled = j->act->cause == POL_BY_SCHEDULE, stays;
	size_t n;
	if (j->tag_class < 0)
		return SLU_OK;
	const struct strat_tag *t = &j->s->tag[j->tag_class];
	if (!t->keep && !scheduled) /* all stay as long as nobody with the right deletes one */
		return SLU_OK;
	SLU_TRY(find_place(&stays, &n, j, t, err));
	const char *wanted = t->keep ? POL_TEXT(j, "maintenance leaves the newest %u", t->keep) : "maintenance leaves all";
	const char *actual = !t->keep ? "it is one of them" : !j->f->tags ? "the tags are not known here" : n ? POL_TEXT(j, "%zu %s newer", n, n == 1 ? "is" : "are") : "it is the newest";
	enum pol_state kept = scheduled ? POL_FAILED : POL_EVALUATED;
	pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "tags.%.*s.keep", SLU_FMT(t->name)), .pos = t->pos, .state = stays ? kept : POL_PASSED, .wanted = wanted,
		 .actual = stays && !scheduled ? POL_TEXT(j, "reported: %s", actual) : actual, .remedy = stays && scheduled ? "sluice strategy show" : "" });
	return SLU_OK;
}

const struct pol_rule rule_keep = {
	.name = "keep",
	.summary = "Of a class that keeps so many tags, maintenance deletes none of the newest; a person who does is told.",
	.verbs = POL_VERB(POL_TAG_DELETE),
	.rank = 29,
	.judge = judge_keep,
};
