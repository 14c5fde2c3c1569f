/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed commits and tags: each by whoever it names as its maker, with a key that the default branch knows and that holds today. What a
 * change says of keys counts only when it has landed.
 */
#include "base/limits.h"
#include "policy/rule.h"

enum { MAX_BAD = 3, MAX_COMMITS = 1000 };
static const char ssh_file[] = ".sluice/allowed-signers", pgp_file[] = ".sluice/allowed-signers.asc";

static slu_rc signers_of(struct pol_judge *j, struct pol_signers *out, slu_err *err)
{
	slu_str name = j->f->default_branch.n ? j->f->default_branch : strat_default_branch(j->s);
	slu_oid at = slu_oid_zero();
	bool found = false;
	*out = (struct pol_signers){ { "", 0 }, { "", 0 } };
	if (!j->f->file_at || !j->f->ref)
		return SLU_OK;
	SLU_TRY(j->f->ref(j->f->ctx, j->a, slu_s(POL_TEXT(j, "refs/heads/%.*s", SLU_FMT(name))), &at, err));
	if (slu_oid_is_zero(&at))
		return SLU_OK;
	SLU_TRY(j->f->file_at(j->f->ctx, j->a, &at, slu_s(ssh_file), &out->ssh, &found, err));
	return j->f->file_at(j->f->ctx, j->a, &at, slu_s(pgp_file), &out->pgp, &found, err);
}

/** NULL: it counts. */
static const char *why_not(struct pol_judge *j, const struct pol_signature *s, const char *maker)
{
	const char *by = pol_z(j, s->by);
	switch (s->state) {
	case POL_SIGNED:
		return NULL;
	case POL_SIGNED_BADLY:
		return "its signature does not fit what it says";
	case POL_SIGNED_BY_UNKNOWN:
		return POL_TEXT(j, "signed by a key that nobody knows here%s%s", *by ? ": " : "", by);
	case POL_SIGNED_BY_EXPIRED:
		return POL_TEXT(j, "signed by a key that holds no more%s%s", *by ? ": " : "", by);
	case POL_SIGNED_BY_OTHER:
		return POL_TEXT(j, "signed by %s, who is not its %s", by, maker);
	case POL_NOT_SIGNED:
	default:
		return "not signed";
	}
}

struct judged {
	const char *bad[MAX_BAD];
	size_t bad_n, n;
	const char *unknown; /* why it cannot be told; NULL */
};

static slu_rc judge_list(struct judged *out, struct pol_judge *j, const slu_oid *id, size_t n, const char *maker, slu_err *err)
{
	struct pol_signers by;
	SLU_TRY(signers_of(j, &by, err));
	for (size_t i = 0; i < n && out->bad_n < MAX_BAD; i++, out->n++) {
		struct pol_signature s = { .by = { "", 0 } };
		SLU_TRY(j->f->signature(j->f->ctx, j->a, &id[i], &by, j->now_s, &s, err));
		const char *why = why_not(j, &s, maker);
		if (why)
			out->bad[out->bad_n++] = POL_TEXT(j, "%s: %s", pol_short(j, &id[i]), why);
	}
	return SLU_OK;
}

static slu_rc look(struct judged *out, struct pol_judge *j, slu_err *err)
{
	const slu_oid *id = NULL;
	size_t n = 0;
	*out = (struct judged){ .n = 0 };
	if (!j->f->signature || !j->f->range || slu_oid_is_zero(&j->head)) {
		out->unknown = "signatures cannot be verified here";
		return SLU_OK;
	}
	if (j->act->verb != POL_MERGE)
		return judge_list(out, j, &j->head, 1, "committer", err);
	bool onto = !slu_oid_is_zero(&j->change.target_head);
	slu_rc rc = j->f->range(j->f->ctx, j->a, &j->head, &j->change.target_head, onto, MAX_COMMITS, &id, &n, err);
	if (rc == SLU_E_LIMIT) {
		out->bad[out->bad_n++] = POL_TEXT(j, "it brings more than %d commits", MAX_COMMITS);
		return SLU_OK;
	}
	SLU_TRY(rc);
	return judge_list(out, j, id, n, "committer", err);
}

/* A commit that was merged is not made anew: another one has to come after it. */
static const char *remedy(struct pol_judge *j)
{
	if (j->act->verb == POL_CREATE)
		return POL_TEXT(j, "git commit --allow-empty -S -m 'a signed commit after %s', then begin the release with that", pol_short(j, &j->head));
	if (j->act->verb == POL_DEPLOY)
		return POL_TEXT(j, "git commit --allow-empty -S -m 'a signed commit after %s', then merge and deploy that", pol_short(j, &j->head));
	return POL_TEXT(j, "git rebase --exec 'git commit --amend --no-edit -S' %s", pol_word(j, j->change.target));
}

static void set_row(struct pol_judge *j, const struct pol_set *set, const struct judged *d)
{
	const char *list = "";
	for (size_t i = 0; i < d->bad_n; i++)
		list = POL_TEXT(j, "%s%s%s", list, i ? "; " : "", d->bad[i]);
	if (d->bad_n == MAX_BAD)
		list = POL_TEXT(j, "%s; the others were not looked at", list);
	enum pol_state state = d->unknown ? POL_WAITING : d->bad_n ? POL_FAILED : POL_PASSED;
	const char *fine = d->n == 1 ? "1 commit, signed by its committer" : POL_TEXT(j, "%zu commits, each signed by its committer", d->n);
	struct pol_row *row = pol_add(j, set, (struct pol_row){ .rule = POL_PATH(j, set, "signed"), .pos = set->r->signed_pos, .state = state, .wanted = "every commit is signed by its committer",
						   .actual = d->unknown ? d->unknown : d->bad_n ? list : fine, .remedy = d->bad_n ? remedy(j) : "",
						   .unknown = d->unknown != NULL });
	if (d->bad_n)
		pol_opens(j, row, POL_TEXT(j, "a key in %s or %s on the default branch", ssh_file, pgp_file));
}

static slu_rc judge_signed(struct pol_judge *j, slu_err *err)
{
	struct judged d;
	bool asked = false;
	for (size_t i = 0; i < j->set.n; i++) {
		if (!j->set.v[i].r->signed_)
			continue;
		if (!asked)
			SLU_TRY(look(&d, j, err));
		asked = true;
		set_row(j, &j->set.v[i], &d);
	}
	return SLU_OK;
}

/* A lightweight tag is its commit, whose signature says nothing of the tag. */
slu_rc pol_tag_signed(struct pol_judge *j, const struct strat_tag *t, bool annotated, slu_err *err)
{
	struct judged d = { .n = 0 };
	if (!annotated)
		d.bad[d.bad_n++] = "a lightweight tag holds no signature";
	else if (j->f->signature)
		SLU_TRY(judge_list(&d, j, &j->act->new_, 1, "tagger", err));
	bool unknown = annotated && !j->f->signature;
	const char *actual = unknown ? "signatures cannot be verified here" : d.bad_n ? d.bad[0] : "it is";
	struct pol_row *row = pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "tags.%.*s.signed", SLU_FMT(t->name)), .pos = t->signed_pos.line ? t->signed_pos : t->pos,
						  .state = unknown ? POL_WAITING : d.bad_n ? POL_FAILED : POL_PASSED, .wanted = "a tag that its tagger has signed", .actual = actual,
						  .remedy = d.bad_n ? POL_TEXT(j, "git tag -s -f %s %s", pol_word(j, j->tag), slu_oid_is_zero(&j->head) ? j->act->new_.hex : pol_short(j, &j->head)) : "", .unknown = unknown });
	if (d.bad_n)
		pol_opens(j, row, POL_TEXT(j, "a key in %s or %s on the default branch", ssh_file, pgp_file));
	return SLU_OK;
}

const struct pol_rule rule_signed = {
	.name = "signed",
	.summary = "Each commit that a merge brings is signed by its committer, with a key that the default branch knows and that holds.",
	.verbs = POL_VERB(POL_MERGE) | POL_VERB(POL_DEPLOY) | POL_VERB(POL_CREATE),
	.rank = 58,
	.judge = judge_signed,
};
