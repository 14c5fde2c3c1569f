/* SPDX-License-Identifier: Apache-2.0 */
/* What is judged: commits one by one, branches, changes, tags, updates. */
#include "cmd/check.h"
#include "cmd/records.h"

static const char heads[] = "refs/heads/";

static const char *shown(struct check *k, slu_str text)
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
	return check_add(k, (struct check_subject){ .kind = "commit", .name = slu_strndup(k->a, id->hex, 10), .title = shown(k, first), .commit = *id }, &v);
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
		return check_add(k, (struct check_subject){ .kind = "branch", .name = shown(k, name), .title = "", .commit = *head }, &none);
	}
	k->o.ctx.hidden = name;
	int code = judge(k, "branch", shown(k, name), &act, is_of_state);
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
		code = judge(k, "merge", slu_printf(k->c->a, "%s into %s", shown(k, source), shown(k, target)), &act, o->title.n ? is_of_merge : is_of_act);
	return code;
}

int check_tag(struct check *k, slu_str name, const slu_oid *id)
{
	const struct pol_action act = { .verb = POL_TAG, .actor = k->o.ctx.person, .ref = slu_s(full(k, "refs/tags/", name)), .old = slu_oid_zero(), .new_ = *id };
	return judge(k, "tag", shown(k, name), &act, is_of_tag);
}

/* ---- updates ------------------------------------------------------------------------------------------------------------ */

struct update {
	slu_str ref;
	slu_oid old, new_;
};

/* Four words are a line of pre-push: LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID; three one of pre-receive: OLD NEW REF. */
static slu_rc read_update(struct update *out, slu_str line, slu_err *err)
{
	slu_str word[4] = { 0 }, rest = line;
	size_t n = 0;
	while (n < 4 && slu_str_split(&rest, ' ', &word[n]))
		n++;
	if (n < 3 || rest.n)
		return slu_fail(err, SLU_E_USAGE, "\"%.*s\" is no update as Git gives it to a hook: LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID, or OLD NEW REF.", SLU_FMT(line));
	SLU_TRY(slu_oid_parse(&out->old, n == 4 ? word[3] : word[0], err));
	SLU_TRY(slu_oid_parse(&out->new_, word[1], err));
	out->ref = word[2];
	return SLU_OK;
}

static slu_rc read_updates(struct check *k, slu_str lines, struct update **out, size_t *n, slu_err *err)
{
	SLU_LIST(struct update) list = { 0 };
	slu_str line;
	while (slu_str_split(&lines, '\n', &line)) {
		if (line.n == 0)
			continue;
		if (list.n == SLU_MAX_PUSH_REFS)
			return slu_fail(err, SLU_E_LIMIT, "More than %u branches and tags are pushed at once: push fewer.", SLU_MAX_PUSH_REFS);
		SLU_TRY(read_update(SLU_ADD(k->c->a, &list), line, err));
	}
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

/* Whether a push goes forward is told by what stands there; in a clone that was last fetched before, it is not here. */
static slu_rc is_here(struct check *k, const struct update *u, slu_err *err)
{
	bool there = true;
	port_git *g = k->o.ctx.git.git;
	if (slu_str_starts(u->ref, heads) && !slu_oid_is_zero(&u->old))
		SLU_TRY(g->ops->has_commit(g, &u->old, &there, err));
	if (!there)
		return slu_fail(err, SLU_E_USAGE, "%.*s stands at %.10s there, which is not in this clone. It comes with: git fetch", SLU_FMT(u->ref), u->old.hex);
	return SLU_OK;
}

/* A push of a symbolic ref moves the branch that it stands for, by another name than the one that was judged. */
static slu_rc is_itself(struct check *k, const struct update *u, slu_err *err)
{
	slu_str to = { "", 0 };
	port_git *g = k->o.ctx.git.git;
	if (k->o.facts.by_push)
		SLU_TRY(g->ops->symbolic(g, k->a, u->ref, &to, err));
	if (to.n)
		return slu_fail(err, SLU_E_CONFLICT, "%.*s is another name for %.*s there. Push to that one.", SLU_FMT(u->ref), SLU_FMT(to));
	return SLU_OK;
}

/* *told: the update is out by itself, and *v says why; no rule of the strategy has to be asked. */
static slu_rc read_act(struct check *k, const struct update *u, struct pol_action *act, struct pol_verdict *v, bool *told, slu_err *err)
{
	*told = pol_ref_verdict(v, k->a, k->o.strategy, u->ref);
	if (*told)
		return SLU_OK;
	SLU_TRY(is_itself(k, u, err));
	slu_rc rc = pol_object_verdict(told, v, k->a, k->o.strategy, &k->o.facts, u->ref, &u->new_, err);
	if (rc == SLU_OK && !*told) {
		SLU_TRY(is_here(k, u, err));
		rc = pol_push_action(act, k->a, &k->o.facts, k->o.ctx.person, u->ref, &u->old, &u->new_, err);
	}
	return rc == SLU_OK ? SLU_OK : slu_err_context(err, "%.*s", SLU_FMT(u->ref));
}

static int one_update(struct check *k, const struct update *u, bool *allowed)
{
	struct pol_action act;
	struct pol_verdict v = { 0 };
	slu_err err = { 0 };
	size_t bad = k->refused + k->waiting;
	bool told = false;
	int code = 0;
	const char *name = shown(k, slu_s(cmd_ref_name(slu_str_dup(k->c->a, u->ref))));
	if (slu_oid_eq(&u->old, &u->new_) || (slu_oid_is_zero(&u->old) && slu_oid_is_zero(&u->new_)))
		return 0;
	if (read_act(k, u, &act, &v, &told, &err) != SLU_OK)
		code = cmd_fail(k->c, &err);
	else if (told)
		code = check_add(k, (struct check_subject){ .kind = "push", .name = name, .title = "", .commit = u->new_ }, &v);
	else
		code = check_act(k, "push", name, &act, true);
	*allowed = code == 0 && bad == k->refused + k->waiting;
	return code;
}

/* Where work is done first, so that a merge finds the branch that came with it; then where it goes; then tags, which find their commits on both, and former names that go. */
static int turn_of(struct check *k, const struct update *u)
{
	slu_str ref = u->ref;
	if (!slu_str_starts(ref, heads))
		return slu_str_starts(ref, "refs/tags/") ? 2 : 0;
	int kind = strat_branch_kind(k->o.strategy, (slu_str){ ref.p + strlen(heads), ref.n - strlen(heads) }, NULL);
	if (kind < 0)
		return slu_oid_is_zero(&u->new_) ? 2 : 0;
	enum strat_branch_type type = k->o.strategy->branch[kind].type;
	return type == STRAT_PRODUCTION || type == STRAT_SUPPORT || type == STRAT_INTEGRATION;
}

/* What goes stays until all is judged: its merge may be in the same push. */
static bool counts(const struct update *u, int turn)
{
	return slu_str_starts(u->ref, heads) && (turn > 0 || !slu_oid_is_zero(&u->new_));
}

int check_updates(struct check *k, slu_str lines)
{
	struct update *u = NULL;
	size_t n = 0, used = 0;
	slu_err err = { 0 };
	int code = 0;
	if (read_updates(k, lines, &u, &n, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	struct port_git_update *moved = SLU_NEW_N(k->c->a, struct port_git_update, n + 1);
	for (int turn = 0; turn < 3 && code == 0; turn++) {
		for (size_t i = 0; i < n && code == 0; i++) {
			bool allowed = false;
			if (turn_of(k, &u[i]) != turn)
				continue;
			k->o.ctx.pushed = u[i].new_;
			code = one_update(k, &u[i], &allowed);
			if (allowed && counts(&u[i], turn))
				moved[used++] = (struct port_git_update){ u[i].ref, u[i].old, u[i].new_ };
		}
		k->o.ctx.git.pending = moved;
		k->o.ctx.git.pending_n = used;
	}
	return code;
}
