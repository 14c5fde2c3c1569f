/* SPDX-License-Identifier: Apache-2.0 */
/* Version lines: after its sunset nothing moves a branch; a version of a supported line is tagged on that line and nowhere else. */
#include "base/quantity.h"
#include "policy/rule.h"

static void sunset_row(struct pol_judge *j, const struct strat_branch *b)
{
	char day[SLU_TIME_TEXT];
	bool over = j->now_s >= b->sunset_s;
	slu_time_text(b->sunset_s, day);
	day[10] = '\0';
	pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "branches.%.*s.sunset", SLU_FMT(b->name)), .pos = b->sunset_pos, .state = over ? POL_FAILED : POL_PASSED,
		 .wanted = POL_TEXT(j, "moves only before %s", day), .actual = over ? "its sunset is past: nothing moves it" : "its sunset is to come",
		 .remedy = over ? "sluice strategy show" : "" });
}

static slu_rc judge_sunset(struct pol_judge *j, slu_err *err)
{
	(void)err;
	if (j->kind >= 0 && j->s->branch[j->kind].sunset_s)
		sunset_row(j, &j->s->branch[j->kind]);
	return SLU_OK;
}

static bool is_number(slu_str s)
{
	if (s.n == 0 || s.n > 18 || (s.n > 1 && s.p[0] == '0'))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

static bool is_version(slu_str v)
{
	slu_str part;
	unsigned n = 0;
	bool ok = v.n > 0 && v.p[v.n - 1] != '.';
	while (ok && slu_str_split(&v, '.', &part)) {
		n++;
		ok = is_number(part);
	}
	return ok && n == 3;
}

static const char *version_of(struct pol_judge *j)
{
	const slu_str *v = j->tag_caps.v;
	if (v[STRAT_CAP_VERSION].n)
		return pol_z(j, v[STRAT_CAP_VERSION]);
	if (v[STRAT_CAP_MAJOR].n)
		return POL_TEXT(j, "%.*s.%.*s.%.*s", SLU_FMT(v[STRAT_CAP_MAJOR]), SLU_FMT(v[STRAT_CAP_MINOR].n ? v[STRAT_CAP_MINOR] : SLU_STR("0")),
				SLU_FMT(v[STRAT_CAP_PATCH].n ? v[STRAT_CAP_PATCH] : SLU_STR("0")));
	return "";
}

struct line {
	bool claimed, on_it; /* a line has this version; the commit is on that line */
	bool other;          /* the commit is on a line that has other versions only */
	slu_str name, wrong;
	struct strat_pos pos;
};

static slu_rc look_at(struct pol_judge *j, slu_str branch, const slu_oid *head, const char *version, struct line *l, slu_err *err)
{
	struct strat_captures caps = { 0 };
	int kind = strat_branch_kind(j->s, branch, &caps);
	bool on = false;
	if (kind < 0)
		return SLU_OK;
	const struct strat_branch *b = &j->s->branch[kind];
	if (b->versions.n == 0)
		return SLU_OK;
	if (j->has_change) /* its merge will be on the target's line, and on no other */
		on = slu_str_eq(branch, j->branch);
	else
		SLU_TRY(j->f->is_ancestor(j->f->ctx, j->a, &j->head, head, &on, err));
	if (pol_glob(pol_line_of(j->a, b, &caps), slu_s(version))) {
		l->claimed = true;
		l->on_it = l->on_it || on;
		l->name = branch;
		l->pos = b->pos;
	} else if (on) {
		l->other = true;
		l->wrong = branch;
		l->pos = l->claimed ? l->pos : b->pos;
	}
	return SLU_OK;
}

static void version_row(struct pol_judge *j, const struct strat_tag *t, const char *version)
{
	bool ok = is_version(slu_s(version));
	pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "tags.%.*s.version", SLU_FMT(t->name)), .pos = t->pos, .state = ok ? POL_PASSED : POL_FAILED,
		 .wanted = "a version of Semantic Versioning", .actual = ok ? version : POL_TEXT(j, "\"%s\" is none", version), .remedy = ok ? "" : POL_TEXT(j, "git tag -d %s", pol_word(j, j->tag)) });
}

/* Is the commit on a production branch that is no version line? */
static slu_rc off_every_line(struct pol_judge *j, const bool *lines, bool *out, slu_err *err)
{
	bool *rest = SLU_NEW_N(j->a, bool, j->s->branch_n + 1);
	slu_oid *head = NULL;
	size_t n = 0;
	bool on = false;
	for (size_t i = 0; i < j->s->branch_n; i++)
		rest[i] = !lines[i] && j->s->branch[i].type == STRAT_PRODUCTION;
	SLU_TRY(pol_heads(j, rest, SLU_STR(""), &head, NULL, &n, err));
	for (size_t i = 0; i < n && !on && !j->has_change; i++)
		SLU_TRY(j->f->is_ancestor(j->f->ctx, j->a, &j->head, &head[i], &on, err));
	*out = on;
	return SLU_OK;
}

static void line_row(struct pol_judge *j, const struct line *l, const char *version, bool bad)
{
	slu_str where = l->claimed ? l->name : l->wrong;
	const char *rule = POL_TEXT(j, "branches.%s.versions", pol_kind_name(j, strat_branch_kind(j->s, where, NULL)));
	const char *wanted = l->claimed ? POL_TEXT(j, "%s is tagged on %.*s and nowhere else", version, SLU_FMT(where)) : POL_TEXT(j, "%.*s is tagged with versions of its own line", SLU_FMT(where));
	const char *it = j->has_change ? POL_TEXT(j, "the merge into %.*s", SLU_FMT(j->branch)) : pol_short(j, &j->head);
	const char *wrong = l->claimed ? POL_TEXT(j, "%s is not on %.*s", it, SLU_FMT(where)) : POL_TEXT(j, "%s is not of that line", version);
	const char *remedy = j->has_change ? POL_TEXT(j, "sluice change open %s --into %s", pol_word(j, j->source), pol_word(j, where)) : POL_TEXT(j, "git tag -a -f %s %s", pol_word(j, j->tag), pol_word(j, where));
	pol_add(j, NULL, (struct pol_row){ .rule = rule, .pos = l->pos, .state = bad ? POL_FAILED : POL_PASSED, .wanted = wanted, .actual = bad ? wrong : "it is",
		 .remedy = bad ? remedy : "" });
}

/* The kinds that are version lines. False: there are none. */
static bool find_lines(const struct pol_judge *j, bool *want)
{
	bool any = false;
	for (size_t i = 0; i < j->s->branch_n; i++) {
		want[i] = j->s->branch[i].versions.n > 0;
		any = any || want[i];
	}
	return any;
}

static slu_rc judge_line(struct pol_judge *j, const char *version, slu_err *err)
{
	bool *want = SLU_NEW_N(j->a, bool, j->s->branch_n + 1), elsewhere = false;
	slu_oid *head = NULL;
	slu_str *name = NULL;
	size_t n = 0;
	struct line l = { 0 };
	if (!find_lines(j, want) || slu_oid_is_zero(&j->head) || !j->f->is_ancestor)
		return SLU_OK;
	SLU_TRY(pol_heads(j, want, SLU_STR(""), &head, &name, &n, err));
	for (size_t i = 0; i < n; i++)
		SLU_TRY(look_at(j, name[i], &head[i], version, &l, err));
	if (l.claimed) {
		line_row(j, &l, version, !l.on_it);
	} else if (l.other) {
		SLU_TRY(off_every_line(j, want, &elsewhere, err));
		line_row(j, &l, version, !elsewhere);
	}
	return SLU_OK;
}

/* The tag that follows from a merge is judged with it: afterwards would be too late. */
static slu_rc judge_merge(struct pol_judge *j, slu_err *err)
{
	static const char *const wanted[] = { [STRAT_VERSION_COMMITS] = "", [STRAT_VERSION_PHASES] = "the version of a phase", [STRAT_VERSION_BRANCH] = "a version in the name of the branch",
		[STRAT_VERSION_GIVEN] = "a version that a person gives" };
	slu_str version = { 0 };
	SLU_TRY(judge_sunset(j, err));
	if (j->act->verb != POL_MERGE || !j->edge || j->edge->tag < 0 || j->change.state != POL_CHANGE_OPEN || j->s->tag[j->edge->tag].type == STRAT_TAG_LABEL)
		return SLU_OK;
	SLU_TRY(pol_next_version(j, &version, err));
	if (!version.n && j->s->releases.version_from != STRAT_VERSION_COMMITS)
		pol_add(j, NULL, (struct pol_row){ .rule = "releases.version-from", .pos = j->s->releases.pos, .state = POL_FAILED, .wanted = wanted[j->s->releases.version_from],
			 .actual = "none was given for the tag that follows", .remedy = POL_TEXT(j, "sluice change merge %s --version 1.2.3", pol_change_word(j)) });
	return version.n ? judge_line(j, pol_z(j, version), err) : SLU_OK;
}

static slu_rc judge_lines(struct pol_judge *j, slu_err *err)
{
	if (!(POL_VERB(j->act->verb) & POL_TAG_VERBS))
		return judge_merge(j, err);
	if (j->tag_class < 0 || j->act->verb == POL_TAG_DELETE)
		return SLU_OK;
	const struct strat_tag *t = &j->s->tag[j->tag_class];
	const char *version = version_of(j);
	if (!*version || t->type == STRAT_TAG_LABEL)
		return SLU_OK;
	version_row(j, t, version);
	return judge_line(j, version, err);
}

const struct pol_rule rule_lines = {
	.name = "lines",
	.summary = "After its sunset nothing moves a branch; a version is tagged on its own line, also by a merge.",
	.verbs = POL_REF_VERBS | POL_TAG_VERBS | POL_VERB(POL_OPEN) | POL_VERB(POL_MERGE),
	.rank = 28,
	.judge = judge_lines,
};
