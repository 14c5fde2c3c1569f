/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/next_build.h"

#include "policy/rule.h"

enum { DAY = 8 }; /* digits of 20250127 */

struct making {
	slu_arena *a;
	const strat *s;
	const struct pol_facts *f;
	const struct pol_build_ask *ask;
	int class;
	const strat_pattern *pattern;
	struct strat_captures caps;    /* of the one that is made */
	struct strat_captures highest; /* of the builds of that version */
	bool plain;                    /* builds of this class are lone numbers, as far as there are any */
	struct pol_build out;
};

static bool has(const struct making *x, enum strat_cap cap)
{
	return strat_pattern_has(x->pattern, cap);
}

static slu_str digits_of(slu_arena *a, slu_str date)
{
	const char *out = "";
	slu_str part;
	while (slu_str_split(&date, '-', &part))
		out = slu_printf(a, "%s%.*s", out, SLU_FMT(part));
	return slu_s(out);
}

/* ---- the class --------------------------------------------------------------------------------------------------------- */

static const strat_pattern *pattern_of(const struct strat_tag *t)
{
	for (size_t i = 0; i < t->match_n; i++)
		if (strat_pattern_has(t->match[i], STRAT_CAP_BUILD))
			return t->match[i];
	return t->type == STRAT_TAG_BUILD && t->match_n ? t->match[0] : NULL;
}

static slu_rc find_class(struct making *x, slu_err *err)
{
	const char *names = "";
	size_t n = 0;
	for (size_t i = 0; i < x->s->tag_n; i++) {
		const struct strat_tag *t = &x->s->tag[i];
		if (!pattern_of(t))
			continue;
		names = slu_printf(x->a, "%s%s%.*s", names, *names ? ", " : "", SLU_FMT(t->name));
		if (x->ask->class.n && !slu_str_eq(x->ask->class, t->name))
			continue;
		n++;
		x->class = (int)i;
		x->pattern = pattern_of(t);
	}
	if (n == 1)
		return SLU_OK;
	if (!*names)
		return slu_fail(err, SLU_E_DENIED, "The strategy has no class of tags for builds: none of the type build, and no pattern with {build}.");
	if (n == 0)
		return slu_fail(err, SLU_E_DENIED, "No class of tags that makes builds is called %.*s; there is: %s.", SLU_FMT(x->ask->class), names);
	return slu_fail(err, SLU_E_DENIED, "Several classes of tags make builds: %s. Name one of them with --class.", names);
}

/* ---- the version that it is a build of ------------------------------------------------------------------------------------ */

static slu_rc not_lower(struct making *x, const struct ver_semver *v, slu_err *err)
{
	struct pol_releases all;
	slu_str line = x->ask->next.line;
	slu_str core = slu_s(slu_printf(x->a, "%.*s.%.*s.%.*s", SLU_FMT(v->major), SLU_FMT(v->minor), SLU_FMT(v->patch)));
	if (line.n && !pol_glob(line, core))
		return slu_fail(err, SLU_E_DENIED, "A build of %.*s would leave the version line %.*s of this branch.", SLU_FMT(core), SLU_FMT(line));
	SLU_TRY(pol_releases(&all, x->a, x->s, x->f, STRAT_TAG_RELEASE, line, err));
	if (all.n && ver_cmp(v, &all.v[all.n - 1].v) < 0)
		return slu_fail(err, SLU_E_DENIED, "A build of %s would go back: %.*s is released (tag %.*s).", ver_text(x->a, v), SLU_FMT(all.v[all.n - 1].version), SLU_FMT(all.v[all.n - 1].tag));
	return SLU_OK;
}

/* Of what comes next; where nothing asks for a version, of what was released last. */
static slu_rc find_version(struct making *x, slu_err *err)
{
	struct pol_next_ask ask = x->ask->next;
	struct pol_releases all;
	struct ver_semver v;
	slu_err why = { 0 };
	if (!has(x, STRAT_CAP_VERSION) && !has(x, STRAT_CAP_MAJOR))
		return SLU_OK;
	if (!has(x, STRAT_CAP_BUILD)) /* {pre}.{n} of such a class counts its own builds */
		ask.pre = (slu_str){ 0 };
	slu_rc rc = pol_next(&x->out.next, x->a, x->s, x->f, &ask, &why);
	SLU_TRY(pol_releases(&all, x->a, x->s, x->f, STRAT_TAG_RELEASE, ask.line, err));
	if (rc == SLU_E_WAIT && !ask.pre.n && all.n) {
		x->out.released = true;
		x->out.next = (struct pol_next){ .version = all.v[all.n - 1].version };
	} else if (rc != SLU_OK) {
		return slu_fail(err, rc, "%s", why.text);
	}
	SLU_TRY(ver_parse(&v, x->out.next.version, err));
	SLU_TRY(not_lower(x, &v, err));
	x->caps.v[STRAT_CAP_MAJOR] = v.major;
	x->caps.v[STRAT_CAP_MINOR] = v.minor;
	x->caps.v[STRAT_CAP_PATCH] = v.patch;
	x->caps.v[STRAT_CAP_VERSION] = slu_s(slu_printf(x->a, "%.*s.%.*s.%.*s", SLU_FMT(v.major), SLU_FMT(v.minor), SLU_FMT(v.patch)));
	x->caps.v[STRAT_CAP_PRE] = v.prerelease.n ? ver_label(&v) : x->ask->next.pre;
	if (v.prerelease.n > ver_label(&v).n + 1)
		x->caps.v[STRAT_CAP_N] = (slu_str){ v.prerelease.p + ver_label(&v).n + 1, v.prerelease.n - ver_label(&v).n - 1 };
	return SLU_OK;
}

/* ---- those that are there --------------------------------------------------------------------------------------------------- */

/* Numbers with dots between them, compared from the left; false: one of them is none, and nothing says which is higher. */
static bool compare_ids(int *out, slu_str a, slu_str b)
{
	slu_str x, y;
	*out = 0;
	for (;;) {
		bool more_a = slu_str_split(&a, '.', &x), more_b = slu_str_split(&b, '.', &y);
		uint64_t m = 0, n = 0;
		if ((more_a && slu_parse_u64(&m, x, NULL) != SLU_OK) || (more_b && slu_parse_u64(&n, y, NULL) != SLU_OK))
			return false;
		if (!more_a && !more_b)
			return true;
		if (*out == 0)
			*out = more_a != more_b ? (more_a ? 1 : -1) : (m > n) - (m < n);
	}
}

/* The date first, then the build, then the number. */
static int compare(slu_arena *a, const struct strat_captures *x, const struct strat_captures *y)
{
	int c = slu_str_cmp(digits_of(a, x->v[STRAT_CAP_DATE]), digits_of(a, y->v[STRAT_CAP_DATE]));
	if (c == 0)
		(void)compare_ids(&c, x->v[STRAT_CAP_BUILD], y->v[STRAT_CAP_BUILD]);
	if (c == 0)
		(void)compare_ids(&c, x->v[STRAT_CAP_N], y->v[STRAT_CAP_N]);
	return c;
}

static slu_str version_of(slu_arena *a, const struct strat_captures *c)
{
	return slu_s(slu_printf(a, "%.*s|%.*s.%.*s.%.*s|%.*s", SLU_FMT(c->v[STRAT_CAP_VERSION]), SLU_FMT(c->v[STRAT_CAP_MAJOR]), SLU_FMT(c->v[STRAT_CAP_MINOR]), SLU_FMT(c->v[STRAT_CAP_PATCH]),
				SLU_FMT(c->v[STRAT_CAP_PRE])));
}

static bool is_day(slu_str id)
{
	return id.n >= DAY && (id.n == DAY || id.p[DAY] == '.') && slu_str_starts(id, "20");
}

static slu_rc find_highest(struct making *x, slu_err *err)
{
	const slu_str *name = NULL;
	const slu_oid *id = NULL;
	size_t n = 0;
	struct strat_captures wanted = x->caps;
	for (unsigned i = 0; i < STRAT_CAP_COUNT; i++) /* as a tag has them: no other captures than the pattern's */
		if (!has(x, i))
			wanted.v[i] = (slu_str){ 0 };
	slu_str version = version_of(x->a, &wanted);
	SLU_TRY(x->f->tags(x->f->ctx, x->a, &name, &id, &n, err));
	for (size_t i = 0; i < n; i++) {
		struct strat_captures c;
		uint64_t number;
		int order;
		if (!strat_pattern_match(x->pattern, name[i], &c) || strat_tag_class(x->s, name[i], NULL) != x->class)
			continue;
		slu_str build = c.v[STRAT_CAP_BUILD];
		x->plain |= build.n && !is_day(build) && slu_parse_u64(&number, build, NULL) == SLU_OK;
		if (!slu_str_eq(version_of(x->a, &c), version) || (build.n && !compare_ids(&order, build, build)))
			continue;
		if (x->out.previous.n && compare(x->a, &c, &x->highest) <= 0)
			continue;
		x->highest = c;
		x->out.previous = name[i];
	}
	return SLU_OK;
}

/* ---- the one after ------------------------------------------------------------------------------------------------------------- */

/* "20250127.3" → "20250127.4", "7" → "8" */
static slu_rc one_more(slu_str *out, slu_arena *a, slu_str id, slu_err *err)
{
	const char *dot = id.n ? memrchr(id.p, '.', id.n) : NULL;
	size_t head = dot ? (size_t)(dot - id.p) + 1 : 0;
	uint64_t n = 0;
	if (id.n && (slu_parse_u64(&n, (slu_str){ id.p + head, id.n - head }, NULL) != SLU_OK || n == UINT64_MAX))
		return slu_fail(err, SLU_E_LIMIT, "No number comes after %.*s.", SLU_FMT(id));
	*out = slu_s(slu_printf(a, "%.*s%llu", (int)head, head ? id.p : "", (unsigned long long)(n + 1)));
	return SLU_OK;
}

/* A day and a number of that day; a lone number where the pattern has the day elsewhere, or where the builds until now are lone numbers. */
static slu_rc find_id(struct making *x, slu_err *err)
{
	slu_str last = x->highest.v[STRAT_CAP_BUILD], day = digits_of(x->a, x->ask->today);
	if (!has(x, STRAT_CAP_BUILD))
		return SLU_OK;
	x->caps.v[STRAT_CAP_BUILD] = x->ask->id;
	if (x->ask->id.n)
		return SLU_OK;
	if (has(x, STRAT_CAP_DATE) && !slu_str_eq(digits_of(x->a, x->highest.v[STRAT_CAP_DATE]), day))
		last = (slu_str){ 0 };
	if (has(x, STRAT_CAP_DATE) || (last.n ? !is_day(last) : x->plain))
		return one_more(&x->caps.v[STRAT_CAP_BUILD], x->a, last, err);
	bool same_day = last.n > DAY && slu_str_cmp((slu_str){ last.p, DAY }, day) == 0;
	return one_more(&x->caps.v[STRAT_CAP_BUILD], x->a, same_day ? last : slu_s(slu_printf(x->a, "%.*s.0", SLU_FMT(day))), err);
}

static slu_rc find_number(struct making *x, slu_err *err)
{
	struct strat_captures same = x->caps, before = x->highest;
	slu_str last = before.v[STRAT_CAP_N];
	if (!has(x, STRAT_CAP_N) || x->caps.v[STRAT_CAP_N].n)
		return SLU_OK;
	same.v[STRAT_CAP_N] = before.v[STRAT_CAP_N] = (slu_str){ 0 };
	return one_more(&x->caps.v[STRAT_CAP_N], x->a, compare(x->a, &same, &before) == 0 ? last : (slu_str){ 0 }, err);
}

static slu_rc find_name(struct making *x, slu_err *err)
{
	slu_str was = x->highest.v[STRAT_CAP_DATE];
	char *made = NULL;
	if (has(x, STRAT_CAP_DATE)) /* written as the last one was */
		x->caps.v[STRAT_CAP_DATE] = was.n == DAY ? digits_of(x->a, x->ask->today) : x->ask->today;
	x->caps.v[STRAT_CAP_NAME] = x->ask->name;
	x->caps.v[STRAT_CAP_PHASE] = x->ask->next.phase;
	SLU_TRY(find_id(x, err));
	SLU_TRY(find_number(x, err));
	SLU_TRY(strat_pattern_make(&made, x->a, x->pattern, &x->caps, err));
	x->out.tag = slu_s(made);
	if (strat_tag_class(x->s, x->out.tag, NULL) != x->class)
		return slu_fail(err, SLU_E_DENIED, "The tag %s would be of another class than %.*s.", made, SLU_FMT(x->out.class));
	return SLU_OK;
}

static slu_rc is_new(struct making *x, slu_err *err)
{
	const slu_str *name = NULL;
	const slu_oid *id = NULL;
	size_t n = 0;
	struct strat_captures made;
	SLU_TRY(x->f->tags(x->f->ctx, x->a, &name, &id, &n, err));
	for (size_t i = 0; i < n; i++)
		if (slu_str_eq(name[i], x->out.tag))
			return slu_fail(err, SLU_E_DENIED, "The build %.*s is there already. A build is made once.", SLU_FMT(x->out.tag));
	if (x->out.previous.n && strat_pattern_match(x->pattern, x->out.tag, &made) && compare(x->a, &made, &x->highest) < 0)
		return slu_fail(err, SLU_E_DENIED, "%.*s would go back: %.*s is there.", SLU_FMT(x->out.tag), SLU_FMT(x->out.previous));
	return SLU_OK;
}

slu_rc pol_next_build(struct pol_build *out, slu_arena *a, const strat *s, const struct pol_facts *f, const struct pol_build_ask *ask, slu_err *err)
{
	struct making x = { .a = a, .s = s, .f = f, .ask = ask };
	SLU_TRY(find_class(&x, err));
	x.out.class = s->tag[x.class].name;
	if (ask->id.n && !has(&x, STRAT_CAP_BUILD))
		return slu_fail(err, SLU_E_INVALID, "The pattern \"%.*s\" of the class %.*s has no {build} that an id could stand for.", SLU_FMT(strat_pattern_text(x.pattern)), SLU_FMT(x.out.class));
	SLU_TRY(find_version(&x, err));
	SLU_TRY(find_highest(&x, err));
	SLU_TRY(find_name(&x, err));
	SLU_TRY(is_new(&x, err));
	if (x.out.next.version.n)
		x.out.version = x.caps.v[STRAT_CAP_BUILD].n ? slu_s(slu_printf(a, "%.*s+%.*s", SLU_FMT(x.out.next.version), SLU_FMT(x.caps.v[STRAT_CAP_BUILD]))) : x.out.next.version;
	*out = x.out;
	return SLU_OK;
}
