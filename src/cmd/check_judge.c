/* SPDX-License-Identifier: Apache-2.0 */
/* What is judged: commits one by one, branches, changes, tags, updates. */
#include "app/release_boxes.h"
#include "cmd/check.h"
#include "cmd/records.h"

static const char heads[] = "refs/heads/";

const char *check_shown(struct check *k, slu_str text)
{
	slu_auto_buf b;
	slu_buf_init(&b, 4096);
	cmd_shown(&b, (slu_str){ text.p, text.n < 1000 ? text.n : 1000 });
	return slu_str_dup(k->a, slu_buf_str(&b));
}

static void keep_unknown(struct check *k, const struct pol_verdict *v)
{
	for (size_t i = 0; i < v->row.n; i++)
		if (!pol_row_known(&v->row.v[i]))
			slu_map_put(k->unknown, slu_s(v->row.v[i].rule), k);
}

int check_add(struct check *k, struct check_subject s, const struct pol_verdict *v)
{
	struct pol_verdict known = pol_verdict_of(k->a, v, pol_row_known);
	keep_unknown(k, v);
	s.verdict = &known;
	k->judged++;
	k->refused += known.answer == POL_DENY;
	if (known.answer == POL_WAIT) {
		k->waiting++;
		k->until_s = known.until_s > k->until_s ? known.until_s : k->until_s;
	}
	k->format->subject(k, &s);
	if (k->out.n < 64 * 1024)
		return 0;
	int code = cmd_put(k->c, &k->out);
	slu_buf_clear(&k->out);
	return code;
}

/* ---- commits ----------------------------------------------------------------------------------------------------------- */

/* On a branch of no kind, or where the branch is not known, messages are judged as on any. */
static slu_rc judge_commit(struct check *k, slu_str branch, const struct pol_commit *commit, struct pol_verdict *v, slu_err *err)
{
	struct pol_verdict text = { 0 };
	SLU_TRY(pol_judge_commit(v, k->a, k->o.strategy, &k->o.facts, branch, commit, k->o.now_s, err));
	if (strat_branch_kind(k->o.strategy, branch, NULL) != STRAT_NONE)
		return SLU_OK;
	SLU_TRY(pol_lint(&text, k->a, k->o.strategy, &k->o.facts, commit, k->o.now_s, err));
	for (size_t i = 0; i < v->row.n; i++)
		*SLU_ADD(k->a, &text.row) = v->row.v[i];
	*v = text;
	return SLU_OK;
}

static int one_commit(struct check *k, slu_str branch, const slu_oid *id)
{
	struct pol_commit commit;
	struct pol_verdict v = { 0 };
	slu_err err = { 0 };
	port_git *g = k->o.ctx.git.git;
	if (g->ops->commit(g, k->a, id, &commit, &err) != SLU_OK || judge_commit(k, branch, &commit, &v, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	slu_str rest = commit.message, first = { NULL, 0 };
	while (first.n == 0 && slu_str_split(&rest, '\n', &first))
		first = slu_str_trim(first);
	return check_add(k, (struct check_subject){ .kind = "commit", .name = slu_strndup(k->a, id->hex, 10), .title = check_shown(k, first), .commit = *id }, &v);
}

int check_commits(struct check *k, slu_str branch, const slu_oid *tip, const slu_oid *not_, size_t not_n)
{
	slu_auto_arena *a = slu_arena_new();
	slu_arena *before = k->a;
	const slu_oid *id = NULL;
	size_t n = 0;
	slu_err err = { 0 };
	int code = 0;
	port_git *g = k->o.ctx.git.git;
	const struct strat_files *fs = &k->o.strategy->files;
	if (g->ops->range(g, a, tip, not_, not_n, SLU_MAX_PUSH_COMMITS, &id, &n, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	slu_map *files = slu_map_new(a);
	if (n && (fs->forbid_n || fs->max_size || fs->scan_secrets) && app_offline_files_of(&files, a, &k->o.ctx, tip, not_, not_n, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	k->o.ctx.files = files;
	for (size_t i = 0; i < n && code == 0; i++) {
		slu_auto_arena *own = slu_arena_new();
		k->a = own;
		code = one_commit(k, branch, &id[i]);
		k->a = before;
	}
	k->o.ctx.files = NULL;
	return code;
}

void check_merges(struct check *k)
{
	k->o.ctx.merging = k->o.strategy;
	app_offline_facts(&k->o.facts, &k->o.ctx);
	app_boxes_facts(&k->o.facts);
	k->o.facts.default_branch = k->o.default_branch;
}

/* ---- acts -------------------------------------------------------------------------------------------------------------- */

static bool is_of_commits(const struct pol_row *r)
{
	return slu_str_starts(slu_s(r->rule), "commits") || slu_str_starts(slu_s(r->rule), "files.");
}

/* Of a merge the title, which becomes a message; its files have been judged with the commits that bring them. */
static bool is_of_merge(const struct pol_row *r)
{
	return !slu_str_starts(slu_s(r->rule), "files.");
}

static bool is_of_act(const struct pol_row *r)
{
	return !is_of_commits(r);
}

/* Who may make it does not matter of what is there. */
static bool is_of_state(const struct pol_row *r)
{
	return !is_of_commits(r) && r->about != POL_ABOUT_RIGHT;
}

static bool is_of_tag(const struct pol_row *r)
{
	return r->about != POL_ABOUT_RIGHT;
}

static bool any(const struct pol_row *r)
{
	return r != NULL;
}

static int judge(struct check *k, const char *kind, const char *name, const struct pol_action *act, bool (*keep)(const struct pol_row *))
{
	struct pol_verdict v = { 0 };
	slu_err err = { 0 };
	if (pol_decide(&v, k->a, k->o.strategy, &k->o.facts, act, k->o.now_s, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	v = pol_verdict_of(k->a, &v, keep);
	return check_add(k, (struct check_subject){ .kind = kind, .name = name, .title = "", .commit = slu_oid_is_zero(&act->new_) ? act->head : act->new_ }, &v);
}

int check_act(struct check *k, const char *kind, const char *name, const struct pol_action *act, bool whole)
{
	return judge(k, kind, name, act, whole ? any : is_of_act);
}

static const char *full(struct check *k, const char *prefix, slu_str name)
{
	return slu_printf(k->c->a, "%s%.*s", prefix, SLU_FMT(name));
}

int check_branch(struct check *k, slu_str name, const slu_oid *head)
{
	int kind = strat_branch_kind(k->o.strategy, name, NULL);
	const struct strat_branch *b = kind < 0 ? NULL : &k->o.strategy->branch[kind];
	const struct pol_action act = { .verb = POL_CREATE, .actor = k->o.ctx.person, .ref = slu_s(full(k, heads, name)), .old = slu_oid_zero(), .new_ = *head };
	slu_str before = k->o.ctx.hidden;
	if (b && b->base < 0 && b->base_tag < 0) { /* it was there first: nothing says how it came to be */
		const struct pol_verdict none = { .answer = POL_ALLOW, .action = act, .digest = k->o.strategy->digest };
		return check_add(k, (struct check_subject){ .kind = "branch", .name = check_shown(k, name), .title = "", .commit = *head }, &none);
	}
	k->o.ctx.hidden = name;
	int code = judge(k, "branch", check_shown(k, name), &act, is_of_state);
	k->o.ctx.hidden = before;
	return code;
}

int check_change(struct check *k, slu_str source, const slu_oid *head, slu_str target)
{
	slu_oid into;
	slu_err err = { 0 };
	struct app_offline *o = &k->o.ctx;
	if (k->o.facts.ref(k->o.facts.ctx, k->a, slu_s(full(k, heads, target)), &into, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	o->source = source;
	o->target = target;
	o->source_head = *head;
	o->title = k->ci.title;
	o->hidden = source;
	int code = check_branch(k, source, head);
	if (code == 0)
		code = check_commits(k, source, head, &into, 1);
	const struct pol_action act = { .verb = POL_MERGE, .actor = o->person, .source = source, .target = target, .head = *head };
	if (code == 0)
		code = judge(k, "merge", slu_printf(k->c->a, "%s into %s", check_shown(k, source), check_shown(k, target)), &act, o->title.n ? is_of_merge : is_of_act);
	return code;
}

int check_tag(struct check *k, slu_str name, const slu_oid *id)
{
	const struct pol_action act = { .verb = POL_TAG, .actor = k->o.ctx.person, .ref = slu_s(full(k, "refs/tags/", name)), .old = slu_oid_zero(), .new_ = *id };
	return judge(k, "tag", check_shown(k, name), &act, is_of_tag);
}
