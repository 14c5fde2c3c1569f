/* SPDX-License-Identifier: Apache-2.0 */
/* What is tagged as a version says so: the server's merge writes it into the files, a merge that somebody pushes must bring it. */
#include "policy/rule.h"
#include "version/version_file.h"

static const char rule[] = "releases.version-files";

/* Of the tag of type release that follows; n == 0: there is none, or its version cannot be told here. */
static slu_rc version_that_follows(struct pol_judge *j, slu_str *out, slu_err *err)
{
	struct strat_captures caps = { 0 };
	const char *ref = "";
	*out = (slu_str){ 0 };
	if (!j->edge || j->edge->tag < 0 || j->change.state != POL_CHANGE_OPEN || j->s->tag[j->edge->tag].type != STRAT_TAG_RELEASE)
		return SLU_OK;
	SLU_TRY(pol_follow_tag(j, j->edge->tag, &ref, err));
	if (*ref && strat_tag_class(j->s, slu_s(ref + strlen("refs/tags/")), &caps) != STRAT_NONE)
		*out = caps.v[STRAT_CAP_VERSION];
	return SLU_OK;
}

struct looked {
	bool says, can; /* it says the version; the server could write it */
	const char *actual;
};

static slu_rc look(struct looked *out, struct pol_judge *j, const struct strat_version_file *f, const slu_oid *at, slu_str version, slu_err *err)
{
	slu_str text = { 0 }, said = { 0 };
	const char *name = pol_z(j, f->file);
	bool found = false;
	slu_err why = { 0 };
	SLU_TRY(j->f->file_at(j->f->ctx, j->a, at, f->file, &text, &found, err));
	slu_rc rc = ver_file_says(&said, found ? text : (slu_str){ 0 }, &(struct ver_file){ f->text, f->pointer, f->mark }, name, &why);
	out->says = rc == SLU_OK && slu_str_eq(said, version);
	out->can = rc == SLU_OK || (rc == SLU_E_NOT_FOUND && !f->pointer.n && !f->mark.n);
	out->actual = rc == SLU_OK ? POL_TEXT(j, "%s says %.*s", name, SLU_FMT(said)) : slu_strdup(j->a, why.text);
	return SLU_OK;
}

static void row(struct pol_judge *j, const struct strat_version_file *f, const struct looked *l, slu_str version, bool pushed)
{
	bool passed = l->says || (!pushed && l->can);
	const char *actual = l->says || pushed || !l->can ? l->actual : POL_TEXT(j, "%s; the server's merge writes it, and a merge that is pushed must bring it", l->actual);
	const char *remedy = passed ? "" : l->can ? POL_TEXT(j, "sluice change merge %s", pol_change_word(j)) : "sluice strategy show";
	struct pol_row *r = pol_add(j, NULL, (struct pol_row){ .rule = rule, .pos = f->pos, .state = passed ? POL_PASSED : POL_FAILED,
		 .wanted = POL_TEXT(j, "%.*s says %.*s, as which this merge is tagged (branches.%s.into.%s.tag)", SLU_FMT(f->file), SLU_FMT(version), pol_kind_name(j, j->source_kind), pol_kind_name(j, j->kind)),
		 .actual = actual, .remedy = remedy });
	if (!passed && l->can)
		pol_opens(j, r, "the server's merge, which writes it");
}

static slu_rc judge_version_files(struct pol_judge *j, slu_err *err)
{
	const struct strat_releases *rel = &j->s->releases;
	bool pushed = !slu_oid_is_zero(&j->act->new_);
	const slu_oid *at = pushed ? &j->act->new_ : &j->head;
	slu_str version;
	if (rel->version_file_n == 0 || !j->f->file_at || slu_oid_is_zero(at))
		return SLU_OK;
	SLU_TRY(version_that_follows(j, &version, err));
	for (size_t i = 0; version.n && i < rel->version_file_n; i++) {
		struct looked l = { 0 };
		SLU_TRY(look(&l, j, &rel->version_file[i], at, version, err));
		row(j, &rel->version_file[i], &l, version, pushed);
	}
	return SLU_OK;
}

const struct pol_rule rule_version_files = {
	.name = "version-files",
	.summary = "A merge that is tagged as a release has its version in its files: the server writes it, a merge that is pushed must bring it.",
	.verbs = POL_VERB(POL_MERGE),
	.rank = 31,
	.judge = judge_version_files,
};
