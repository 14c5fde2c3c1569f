/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What our own flows push below refs/sluice/, to a repository that takes pushes by this hook. None of it moves a branch; it could hold what no branch
 * would take, and hide what grows. So a plan is judged as the push that lands it, the rest holds nothing new, and their number is bounded.
 */
#include "app/plan_checks.h"
#include "app/release_boxes.h"
#include "cmd/check_updates.h"
#include "version/semver.h"

enum {
	PLANS_MAX = 500,     /* refs of plans that wait */
	CHECKED_MAX = 2000,  /* of what was said of them */
	RELEASES_MAX = 2000, /* of versions with boxes */
	TICKS_MAX = 100,     /* commits that one push brings to a release */
	TICK_BYTES = 16 * 1024,
	ID_DIGITS = 12,      /* of a commit, in the name of what waits for several repositories */
};
static const char own_refs[] = "refs/sluice/", plans[] = "refs/sluice/plan/", several[] = "refs/sluice/plan/ecosystem-", checked[] = "refs/sluice/checked/", releases[] = "refs/sluice/release/";
static const int64_t tolerance_s = 24 * 3600;

struct own {
	struct check_push *p;
	const struct check_update *u;
	size_t n;
	const struct port_git_ref *there; /* below refs/sluice/ */
	size_t there_n;
	slu_map *plan; /* numbers of plans that were judged */
};

static slu_str after(slu_str ref, const char *prefix)
{
	size_t n = strlen(prefix);
	return slu_str_starts(ref, prefix) ? (slu_str){ ref.p + n, ref.n - n } : (slu_str){ 0 };
}

static bool goes(const struct check_update *u)
{
	return slu_oid_is_zero(&u->new_);
}

/* @return 0, or the exit code when it cannot be written */
static int refuse(struct own *o, const struct check_update *u, const char *wanted, const char *actual, const char *remedy)
{
	struct check *k = o->p->k;
	struct pol_verdict v = { .answer = POL_DENY, .digest = k->o.strategy->digest };
	*SLU_ADD(k->a, &v.row) = (struct pol_row){ .rule = "own-refs", .pos = { "built-in", 0, 0 }, .state = POL_FAILED, .wanted = wanted, .actual = actual, .remedy = remedy };
	return check_add(k, (struct check_subject){ .kind = "push", .name = check_shown(k, u->ref), .title = "", .commit = u->new_ }, &v);
}

/* ---- how many ----------------------------------------------------------------------------------------------------------- */

static const struct port_git_ref *there(const struct own *o, slu_str ref)
{
	for (size_t i = 0; i < o->there_n; i++)
		if (slu_str_eq(o->there[i].name, ref))
			return &o->there[i];
	return NULL;
}

static size_t count_after(const struct own *o, const char *prefix)
{
	size_t n = 0;
	for (size_t i = 0; i < o->there_n; i++)
		n += slu_str_starts(o->there[i].name, prefix);
	for (size_t i = 0; i < o->n; i++)
		if (slu_str_starts(o->u[i].ref, prefix))
			n = goes(&o->u[i]) ? n - (n && there(o, o->u[i].ref)) : n + slu_oid_is_zero(&o->u[i].old);
	return n;
}

static int bounded(struct own *o)
{
	static const struct { const char *prefix; size_t max; } kind[] = { { plans, PLANS_MAX }, { checked, CHECKED_MAX }, { releases, RELEASES_MAX } };
	struct check *k = o->p->k;
	int code = 0;
	for (size_t i = 0; i < sizeof kind / sizeof *kind && code == 0; i++) {
		const struct check_update *one = NULL;
		for (size_t x = 0; x < o->n; x++)
			one = !goes(&o->u[x]) && slu_oid_is_zero(&o->u[x].old) && slu_str_starts(o->u[x].ref, kind[i].prefix) ? &o->u[x] : one;
		size_t n = one ? count_after(o, kind[i].prefix) : 0;
		if (n > kind[i].max)
			code = refuse(o, one, slu_printf(k->a, "at most %zu refs below %s", kind[i].max, kind[i].prefix), slu_printf(k->a, "it would be %zu: what is wanted no more has to go first", n), "sluice maintain plans --push");
	}
	return code;
}

/* ---- plans -------------------------------------------------------------------------------------------------------------- */

/* "3" and "develop" of refs/sluice/plan/3/develop. */
static bool read_plan(slu_str ref, slu_str *number, slu_str *branch)
{
	uint64_t n = 0;
	slu_str rest = after(ref, plans);
	if (!slu_str_split(&rest, '/', number) || rest.n == 0 || number->n == 0 || number->n > 9 || number->p[0] == '0')
		return false;
	*branch = rest;
	return slu_parse_u64(&n, *number, NULL) == SLU_OK;
}

/* A date of tomorrow would never be old enough to be tidied away. */
static slu_rc is_dated(bool *out, struct own *o, const slu_oid *id, slu_err *err)
{
	struct check *k = o->p->k;
	struct pol_commit c;
	port_git *g = k->o.ctx.git.git;
	SLU_TRY(g->ops->commit(g, k->a, id, &c, err));
	*out = c.commit_time_s <= k->o.now_s + tolerance_s;
	return SLU_OK;
}

static slu_rc add_branch(struct own *o, struct check_push *q, slu_str branch, const slu_oid *to, slu_err *err)
{
	struct check *k = o->p->k;
	struct check_update u = { .ref = slu_s(slu_printf(k->c->a, "refs/heads/%.*s", SLU_FMT(branch))), .new_ = *to };
	if (!pol_ref_refused(u.ref))
		SLU_TRY(k->o.facts.ref(k->o.facts.ctx, k->a, u.ref, &u.old, err));
	*SLU_ADD(k->c->a, &q->u) = u;
	return SLU_OK;
}

static bool is_brought(struct own *o, slu_str number, const slu_oid *id)
{
	struct check *k = o->p->k;
	port_git *g = k->o.ctx.git.git;
	slu_str n, branch;
	for (size_t i = 0; i < o->n; i++) {
		struct pol_commit c;
		if (read_plan(o->u[i].ref, &n, &branch) && slu_str_eq(n, number) && !goes(&o->u[i]) && g->ops->commit(g, k->a, &o->u[i].new_, &c, NULL) == SLU_OK && c.parent_n == 2 && slu_oid_eq(&c.parent[1], id))
			return true;
	}
	return false;
}

/* The whole plan as the push that lands it: what comes, and what of it waits there already and is merged by that. */
static int judge_plan(struct own *o, slu_str number)
{
	struct check *k = o->p->k;
	struct check_push q = { .k = k, .where = slu_printf(k->c->a, "plan %.*s: ", SLU_FMT(number)), .moved = { o->p->moved.v, o->p->moved.n, o->p->moved.n } };
	slu_err err = { 0 };
	slu_rc rc = SLU_OK;
	slu_str n, branch;
	for (size_t i = 0; i < o->n && rc == SLU_OK; i++)
		if (read_plan(o->u[i].ref, &n, &branch) && slu_str_eq(n, number) && !goes(&o->u[i]))
			rc = add_branch(o, &q, branch, &o->u[i].new_, &err);
	for (size_t i = 0; i < o->there_n && rc == SLU_OK; i++)
		if (read_plan(o->there[i].name, &n, &branch) && slu_str_eq(n, number) && is_brought(o, number, &o->there[i].id))
			rc = add_branch(o, &q, branch, &o->there[i].id, &err);
	return rc == SLU_OK ? check_push_judge(&q) : cmd_fail(k->c, &err);
}

static int one_plan(struct own *o, const struct check_update *u)
{
	struct check *k = o->p->k;
	slu_str number, branch;
	slu_err err = { 0 };
	bool dated = true;
	if (!read_plan(u->ref, &number, &branch))
		return refuse(o, u, "refs/sluice/plan/NUMBER/BRANCH", "it is named otherwise", "sluice branch finish --help");
	size_t bad = k->refused + k->waiting;
	int code = slu_map_get(o->plan, number) ? 0 : judge_plan(o, number);
	slu_map_put(o->plan, number, o);
	if (code || bad != k->refused + k->waiting)
		return code;
	if (is_dated(&dated, o, &u->new_, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	return dated ? 0 : refuse(o, u, "a commit that was made before now", "its date lies in the future: the clock of who made it goes wrong", "date");
}

/* ---- what holds nothing new --------------------------------------------------------------------------------------------- */

/* Commits of the branches, and of the plans that wait. */
static slu_rc known_tips(struct own *o, bool waiting, slu_oid **out, size_t *n, slu_err *err)
{
	struct check *k = o->p->k;
	const slu_str *name = NULL;
	const slu_oid *head = NULL;
	size_t all = 0;
	SLU_TRY(k->o.facts.branches(k->o.facts.ctx, k->a, &name, &head, &all, err));
	slu_oid *v = SLU_NEW_N(k->a, slu_oid, all + o->there_n + 1);
	memcpy(v, head, all * sizeof *v);
	for (size_t i = 0; waiting && i < o->there_n; i++)
		if (slu_str_starts(o->there[i].name, plans) && !slu_oid_is_zero(&o->there[i].peeled))
			v[all++] = o->there[i].peeled;
	*out = v;
	*n = all;
	return SLU_OK;
}

/* The commit that a ref which waits for several repositories names, by itself or by the tag of a release; zero: neither. */
static slu_oid meant(struct check *k, const slu_oid *id)
{
	struct pol_commit c;
	struct pol_tag t;
	port_git *g = k->o.ctx.git.git;
	if (g->ops->commit(g, k->a, id, &c, &(slu_err){ 0 }) == SLU_OK)
		return c.id;
	return g->ops->tag(g, k->a, id, &t, &(slu_err){ 0 }) == SLU_OK && t.annotated && !t.of_tag ? t.commit : slu_oid_zero();
}

/* What waits for several repositories says no branch: each of its commits is judged by itself, and as a push when it lands. */
static int one_of_several(struct own *o, const struct check_update *u)
{
	struct check *k = o->p->k;
	slu_str rest = after(u->ref, several), version, digits = { 0 };
	struct ver_semver parsed;
	slu_oid commit = meant(k, &u->new_), *known = NULL;
	size_t n = 0;
	slu_err err = { 0 };
	bool named = slu_str_split(&rest, '/', &version) && slu_str_split(&rest, '/', &digits) && rest.n == 0 && ver_parse(&parsed, version, NULL) == SLU_OK && digits.n == ID_DIGITS && slu_str_starts(slu_s(u->new_.hex), slu_str_dup(k->a, digits));
	if (!named)
		return refuse(o, u, "refs/sluice/plan/ecosystem-VERSION/COMMIT, with the first 12 digits of what it names", "it is named otherwise", "sluice ecosystem finish --help");
	if (slu_oid_is_zero(&commit))
		return refuse(o, u, "a commit, or the tag of one", "it names something else", "sluice ecosystem finish --help");
	if (known_tips(o, false, &known, &n, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	return check_commits(k, SLU_STR(""), &commit, known, n);
}

/* A check of several repositories is declared in the strategy of their home, which is not known here: what waits for them takes any name. */
static bool waits_for_several(const struct own *o, const slu_oid *id)
{
	for (size_t i = 0; i < o->there_n; i++)
		if (slu_str_starts(o->there[i].name, several) && (slu_oid_eq(&o->there[i].id, id) || slu_oid_eq(&o->there[i].peeled, id)))
			return true;
	return false;
}

static bool is_check(struct own *o, const struct check_update *u)
{
	struct check *k = o->p->k;
	slu_str name = after(u->ref, slu_printf(k->a, "%s%s/", checked, u->new_.hex));
	for (size_t i = 0; i < k->o.strategy->check_n; i++)
		if (slu_str_is(u->ref, app_plan_checked_ref(k->a, &u->new_, k->o.strategy->check[i].name)))
			return true;
	return name.n && !memchr(name.p, '/', name.n) && waits_for_several(o, &u->new_);
}

static int one_checked(struct own *o, const struct check_update *u)
{
	struct check *k = o->p->k;
	port_git *g = k->o.ctx.git.git;
	const slu_oid *fresh = NULL;
	slu_oid *known = NULL;
	size_t n = 0, fresh_n = 0;
	slu_err err = { 0 };
	if (!is_check(o, u))
		return refuse(o, u, "refs/sluice/checked/COMMIT/CHECK, naming that commit, with a check of the strategy", "it is named otherwise, or names something else", "sluice strategy show");
	slu_rc rc = known_tips(o, true, &known, &n, &err);
	if (rc == SLU_OK)
		rc = g->ops->range(g, k->a, &u->new_, known, n, 1, &fresh, &fresh_n, &err);
	if (rc != SLU_OK && rc != SLU_E_LIMIT)
		return cmd_fail(k->c, &err);
	return rc == SLU_OK && fresh_n == 0 ? 0 : refuse(o, u, "a commit of a branch, or of a plan that waits", slu_printf(k->a, "%.10s is in none", u->new_.hex), "git ls-remote origin 'refs/sluice/plan/*'");
}

/* ---- boxes of releases -------------------------------------------------------------------------------------------------- */

static bool is_tick(const struct pol_commit *c, const slu_oid *empty, int64_t now_s)
{
	static const char *const begins[] = { "Tick: ", "Untick: ", "Released\n" };
	bool said = false;
	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		said = said || slu_str_starts(c->message, begins[i]);
	return said && c->parent_n <= 1 && slu_oid_eq(&c->tree, empty) && c->message.n <= TICK_BYTES && c->commit_time_s <= now_s + tolerance_s;
}

/* Down to what stands there: commits without files, each of which ticks something. */
static slu_rc only_ticks(bool *out, struct own *o, const struct check_update *u, slu_err *err)
{
	static const char sha1[] = "4b825dc642cb6eb9a060e54bf8d69288fbee4904", sha256[] = "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321";
	struct check *k = o->p->k;
	port_git *g = k->o.ctx.git.git;
	slu_oid at = u->new_, empty;
	*out = true;
	SLU_TRY(slu_oid_parse(&empty, slu_s(strlen(at.hex) == strlen(sha1) ? sha1 : sha256), err));
	for (size_t i = 0; *out && !slu_oid_eq(&at, &u->old); i++) {
		struct pol_commit c;
		slu_rc rc = slu_oid_is_zero(&at) || i == TICKS_MAX ? SLU_E_NOT_FOUND : g->ops->commit(g, k->a, &at, &c, err);
		*out = rc == SLU_OK && is_tick(&c, &empty, k->o.now_s);
		if (*out)
			at = c.parent_n ? c.parent[0] : slu_oid_zero();
	}
	return SLU_OK;
}

static int one_release(struct own *o, const struct check_update *u)
{
	struct check *k = o->p->k;
	struct ver_semver v;
	slu_err err = { 0 };
	bool fine = false;
	slu_str version = after(u->ref, releases);
	if (ver_parse(&v, version, NULL) != SLU_OK)
		return refuse(o, u, "refs/sluice/release/VERSION", slu_printf(k->a, "%.*s is no version", SLU_FMT(version)), "sluice release tick --help");
	if (goes(u))
		return refuse(o, u, "what was ticked stays: it is taken back by one more tick", "it would be gone", slu_printf(k->a, "sluice release tick %.*s BOX --off", SLU_FMT(version)));
	if (only_ticks(&fine, o, u, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	return fine ? 0 : refuse(o, u, "ticks on top of those that are there: commits without files", "it holds something else, or leaves some out", slu_printf(k->a, "sluice release boxes %.*s", SLU_FMT(version)));
}

/* ---- all of them -------------------------------------------------------------------------------------------------------- */

static int one(struct own *o, const struct check_update *u)
{
	struct check *k = o->p->k;
	port_git *g = k->o.ctx.git.git;
	slu_str rest = after(u->ref, own_refs), to = { 0 };
	slu_err err = { 0 };
	const char *why = pol_ref_refused(slu_s(slu_printf(k->a, "refs/heads/%.*s", SLU_FMT(rest))));
	if (why)
		return refuse(o, u, "a name that every Git command accepts", why, "git check-ref-format --help");
	if (g->ops->symbolic(g, k->a, u->ref, &to, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	if (to.n)
		return refuse(o, u, "a ref that is itself", slu_printf(k->a, "it is another name for %.*s there", SLU_FMT(to)), "git ls-remote origin 'refs/sluice/*'");
	if (slu_str_starts(u->ref, releases))
		return one_release(o, u);
	if (goes(u) && (slu_str_starts(u->ref, plans) || slu_str_starts(u->ref, checked)))
		return 0;
	if (slu_str_starts(u->ref, several))
		return one_of_several(o, u);
	if (slu_str_starts(u->ref, plans))
		return one_plan(o, u);
	if (slu_str_starts(u->ref, checked))
		return one_checked(o, u);
	return refuse(o, u, "below refs/sluice/ what our commands push: plan/, checked/ and release/", "it is something else", "git push REMOTE COMMIT:refs/heads/NAME");
}

int check_own_refs(struct check_push *p, const struct check_update *u, size_t n)
{
	struct check *k = p->k;
	struct own o = { .p = p, .u = u, .n = n, .plan = slu_map_new(k->c->a) };
	port_git *g = k->o.ctx.git.git;
	slu_err err = { 0 };
	if (!k->o.facts.by_push) /* what waits there is not known in a clone: there it is judged */
		return 0;
	if (g->ops->refs(g, k->c->a, slu_s(own_refs), &o.there, &o.there_n, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	int code = bounded(&o);
	for (size_t i = 0; i < n && code == 0; i++) {
		k->o.ctx.git.pending = p->moved.v; /* a plan that was judged before has put its own there */
		k->o.ctx.git.pending_n = p->moved.n;
		code = one(&o, &u[i]);
	}
	return code;
}
