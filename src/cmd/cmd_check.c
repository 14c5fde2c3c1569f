/* SPDX-License-Identifier: Apache-2.0 */
/** sluice check: what the strategy says of a branch, a change, a range, of all there is, of what is staged or pushed; without a server. */
#include "base/quantity.h"
#include "cmd/check.h"

#include <sys/stat.h>
#include <unistd.h>

enum { OUT_MAX = 256 * 1024 * 1024, UPDATES_MAX = 4 * 1024 * 1024 };

/* ---- where one stands ---------------------------------------------------------------------------------------------------- */

static slu_rc is_whole(struct check *k, slu_err *err)
{
	const char *at = k->ci.name ? slu_printf(k->c->a, " (or, at %s, with %s)", k->ci.name, k->ci.deepen) : "";
	return cmd_whole(k->c, slu_printf(k->c->a, ": commits and branches cannot be judged by it%s", at), err);
}

/** A branch of the clone, else as the remote has it. */
static slu_rc head_of(struct check *k, slu_str branch, slu_oid *out, slu_err *err)
{
	port_git *g = k->o.ctx.git.git;
	SLU_TRY(g->ops->ref(g, slu_s(slu_printf(k->c->a, "refs/heads/%.*s", SLU_FMT(branch))), out, err));
	if (slu_oid_is_zero(out))
		SLU_TRY(g->ops->ref(g, app_offline_ref(k->c->a, &k->o.ctx, branch), out, err));
	if (slu_oid_is_zero(out))
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no branch %.*s here.", SLU_FMT(branch));
	return SLU_OK;
}

static bool has_base(const struct check *k, int kind)
{
	return kind < 0 || k->o.strategy->branch[kind].base >= 0 || k->o.strategy->branch[kind].base_tag >= 0;
}

/** Heads of the branches that this one may have come from: of its base, and of those that came first. What it shares with another of its kind is its own. */
static slu_rc heads_below(struct check *k, slu_str name, slu_oid **out, size_t *n, slu_err *err)
{
	const slu_str *names = NULL;
	const slu_oid *ids = NULL;
	size_t all = 0, used = 0;
	int own = strat_branch_kind(k->o.strategy, name, NULL), base = own < 0 ? STRAT_NONE : k->o.strategy->branch[own].base;
	SLU_TRY(k->o.facts.branches(k->o.facts.ctx, k->a, &names, &ids, &all, err));
	slu_oid *heads = SLU_NEW_N(k->a, slu_oid, all + 2);
	for (size_t i = 0; i < all; i++) {
		int kind = strat_branch_kind(k->o.strategy, names[i], NULL);
		if (!slu_str_eq(names[i], name) && (!has_base(k, kind) || (base >= 0 && kind == base)))
			heads[used++] = ids[i];
	}
	*out = heads;
	*n = used;
	return SLU_OK;
}

/* ---- scopes -------------------------------------------------------------------------------------------------------------- */

static bool is_based(const struct check *k, slu_str name)
{
	return has_base(k, strat_branch_kind(k->o.strategy, name, NULL));
}

/* Its own commits. A branch that came first has none; of it what is new since `old` counts. */
static int own_commits(struct check *k, slu_str name, const slu_oid *head, const slu_oid *old)
{
	slu_oid *not_ = NULL;
	size_t n = 0;
	slu_err err = { 0 };
	if (heads_below(k, name, &not_, &n, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	if (!slu_oid_is_zero(old))
		not_[n++] = *old;
	return n || is_based(k, name) ? check_commits(k, name, head, not_, n) : 0;
}

static int pushed_branch(struct check *k, slu_str name, const slu_oid *old, const slu_oid *head)
{
	struct pol_action act;
	slu_err err = { 0 };
	slu_str ref = slu_s(slu_printf(k->c->a, "refs/heads/%.*s", SLU_FMT(name)));
	k->o.ctx.pushed = *head;
	if (pol_push_action(&act, k->c->a, &k->o.facts, k->o.ctx.person, ref, old, head, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	int code = check_act(k, "push", slu_str_dup(k->c->a, name), &act, false);
	return code ? code : own_commits(k, name, head, old);
}

/* What would be pushed of it; a branch that is there already, or that nothing was pushed to before, as it stands. */
static int scope_branch(struct check *k, slu_str name)
{
	slu_oid head, old = slu_oid_zero(), none = slu_oid_zero();
	bool there = false;
	slu_err err = { 0 };
	const char *into = cmd_opt(k->c, "into");
	if (name.n == 0)
		return cmd_usage(k->c, "No branch is checked out: name one with --branch, or a range of commits.");
	if (head_of(k, name, &head, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	if (into)
		return check_change(k, name, &head, slu_s(into));
	if (k->o.ctx.remote.n && k->o.facts.ref(k->o.facts.ctx, k->c->a, slu_s(slu_printf(k->c->a, "refs/heads/%.*s", SLU_FMT(name))), &old, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	if (!slu_oid_is_zero(&old) && k->o.facts.is_ancestor(k->o.facts.ctx, k->c->a, &head, &old, &there, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	if (!slu_oid_is_zero(&old) && !there)
		return pushed_branch(k, name, &old, &head);
	int code = check_branch(k, name, &head);
	return code ? code : own_commits(k, name, &head, is_based(k, name) ? &none : &old);
}

/* A branch or a tag, in memory of its own. */
static int one_of_all(struct check *k, bool branch, slu_str name, const slu_oid *id)
{
	slu_auto_arena *own = slu_arena_new();
	const slu_oid none = slu_oid_zero();
	k->a = own;
	int code = branch ? check_branch(k, name, id) : check_tag(k, name, id);
	if (code == 0 && branch && is_based(k, name))
		code = own_commits(k, name, id, &none);
	k->a = k->c->a;
	return code;
}

static int scope_all(struct check *k)
{
	const slu_str *name = NULL;
	const slu_oid *head = NULL;
	const struct port_git_ref *tag = NULL;
	size_t n = 0, tag_n = 0;
	slu_err err = { 0 };
	port_git *g = k->o.ctx.git.git;
	int code = 0;
	if (k->o.facts.branches(k->o.facts.ctx, k->c->a, &name, &head, &n, &err) != SLU_OK || g->ops->refs(g, k->c->a, SLU_STR("refs/tags/"), &tag, &tag_n, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	if (n > SLU_MAX_HISTORY_BRANCHES || tag_n > SLU_MAX_HISTORY_RELEASES) {
		(void)!slu_fail(&err, SLU_E_LIMIT, "There are %zu branches and %zu tags here; --all judges at most %u of each, as each is held against the others. One branch is judged with --branch NAME.", n, tag_n,
				SLU_MAX_HISTORY_BRANCHES);
		return cmd_fail(k->c, &err);
	}
	for (size_t i = 0; i < n && code == 0; i++)
		code = one_of_all(k, true, name[i], &head[i]);
	for (size_t i = 0; i < tag_n && code == 0; i++)
		code = one_of_all(k, false, (slu_str){ tag[i].name.p + strlen("refs/tags/"), tag[i].name.n - strlen("refs/tags/") }, &tag[i].id);
	return code;
}

static slu_rc resolve(struct check *k, slu_str rev, slu_oid *out, slu_err *err)
{
	port_git *g = k->o.ctx.git.git;
	return g->ops->resolve(g, rev.n ? rev : SLU_STR("HEAD"), out, err);
}

/* "A..B", "A...B" from where they parted, or one commit. */
static slu_rc read_range(struct check *k, slu_str range, slu_oid *tip, const slu_oid **not_, size_t *n, slu_err *err)
{
	port_git *g = k->o.ctx.git.git;
	const char *dots = range.n ? memmem(range.p, range.n, "..", 2) : NULL;
	struct pol_commit c;
	slu_oid *from = SLU_NEW(k->c->a, slu_oid);
	if (!dots) {
		SLU_TRY(resolve(k, range, tip, err));
		SLU_TRY(g->ops->commit(g, k->c->a, tip, &c, err));
		*not_ = c.parent;
		*n = c.parent_n;
		return SLU_OK;
	}
	bool three = dots[2] == '.';
	const char *end = dots + 2 + three;
	SLU_TRY(resolve(k, (slu_str){ range.p, (size_t)(dots - range.p) }, from, err));
	SLU_TRY(resolve(k, slu_s(end), tip, err));
	*not_ = from;
	*n = 1;
	return three ? g->ops->merge_bases(g, k->c->a, from, tip, not_, n, err) : SLU_OK;
}

static int scope_range(struct check *k, const char *range)
{
	slu_oid tip;
	const slu_oid *not_ = NULL;
	size_t n = 0;
	slu_err err = { 0 };
	const char *on = cmd_opt(k->c, "on");
	if (read_range(k, slu_s(range), &tip, &not_, &n, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	return check_commits(k, on ? slu_s(on) : cmd_here_branch(k->c), &tip, not_, n);
}

static int scope_push(struct check *k)
{
	slu_str lines;
	slu_err err = { 0 };
	if (isatty(STDIN_FILENO))
		return cmd_usage(k->c, "--push reads updates from standard input, as Git gives them to the hooks pre-push and pre-receive.");
	return cmd_read_file(k->c, "-", UPDATES_MAX, &lines, &err) == SLU_OK ? check_updates(k, lines) : cmd_fail(k->c, &err);
}

/* ---- in a CI job ---------------------------------------------------------------------------------------------------------- */

/* What somebody pushed is no merge of the system's, but for the one that GitHub keeps for the change. */
static slu_rc is_pushed(struct check *k, const slu_oid *commit, bool *out, slu_err *err)
{
	const struct port_git_ref *ref = NULL;
	port_git *g = k->o.ctx.git.git;
	size_t n = 0;
	*out = false;
	SLU_TRY(g->ops->refs(g, k->c->a, SLU_STR("refs/remotes/"), &ref, &n, err));
	for (size_t i = 0; i < n; i++)
		*out = *out || (slu_oid_eq(&ref[i].id, commit) && !slu_str_ends(ref[i].name, "/merge"));
	return SLU_OK;
}

/* GitHub and Jenkins check out a merge of the two: what somebody made is the side that the target does not hold. */
static slu_rc ci_head(struct check *k, const slu_oid *into, slu_oid *out, slu_err *err)
{
	struct pol_commit c;
	port_git *g = k->o.ctx.git.git;
	bool here = false, held = false, pushed = false;
	if (k->ci.head.n) {
		SLU_TRY(slu_oid_parse(out, k->ci.head, err));
		SLU_TRY(g->ops->has_commit(g, out, &here, err));
		if (!here)
			return slu_fail(err, SLU_E_NOT_FOUND, "%.10s, the head of the pull request, is not in this clone. It comes with: git fetch %.*s %s", out->hex, SLU_FMT(k->o.ctx.remote), out->hex);
		return SLU_OK;
	}
	SLU_TRY(resolve(k, SLU_STR("HEAD"), out, err));
	SLU_TRY(g->ops->commit(g, k->c->a, out, &c, err));
	SLU_TRY(is_pushed(k, out, &pushed, err));
	if (!k->ci.merges || pushed || c.parent_n != 2)
		return SLU_OK;
	for (size_t i = 0; i < 2 && !held; i++) {
		SLU_TRY(g->ops->is_ancestor(g, &c.parent[i], into, &held, err));
		if (held)
			*out = c.parent[1 - i];
	}
	return SLU_OK;
}

static slu_rc ci_target(struct check *k, slu_str target, slu_oid *into, slu_err *err)
{
	SLU_TRY(k->o.facts.ref(k->o.facts.ctx, k->c->a, slu_s(slu_printf(k->c->a, "refs/heads/%.*s", SLU_FMT(target))), into, err));
	if (!slu_oid_is_zero(into))
		return SLU_OK;
	return slu_fail(err, SLU_E_NOT_FOUND, "The branch %.*s, into which the pull request goes, is not in this clone. It comes with: git fetch %.*s +refs/heads/%.*s:%.*s", SLU_FMT(target),
			SLU_FMT(k->o.ctx.remote), SLU_FMT(target), SLU_FMT(app_offline_ref(k->c->a, &k->o.ctx, target)));
}

static int ci_pull_request(struct check *k)
{
	slu_oid into, head;
	slu_err err = { 0 };
	slu_rc rc = ci_target(k, k->ci.target, &into, &err);
	if (rc == SLU_OK)
		rc = ci_head(k, &into, &head, &err);
	if (rc != SLU_OK)
		return cmd_fail(k->c, &err);
	cmd_say(k->c, "A pull request of %s: %.*s (%.10s) into %.*s.", k->ci.name, SLU_FMT(k->ci.source), head.hex, SLU_FMT(k->ci.target));
	return check_change(k, k->ci.source, &head, k->ci.target);
}

/* ---- in a merge queue ------------------------------------------------------------------------------------------------------ */

/* The commits that the queue put onto the branch, the last one first: from its head down the first parents. */
static slu_rc queued(struct check *k, const slu_oid **out, size_t *n, slu_err *err)
{
	port_git *g = k->o.ctx.git.git;
	SLU_LIST(slu_oid) list = { 0 };
	struct pol_commit c;
	slu_oid at, from;
	bool held = false;
	SLU_TRY(slu_oid_parse(&at, k->ci.head, err));
	SLU_TRY(slu_oid_parse(&from, k->ci.before, err));
	SLU_TRY(g->ops->is_ancestor(g, &from, &at, &held, err));
	while (held && !slu_oid_eq(&at, &from) && list.n < SLU_MAX_PUSH_COMMITS) {
		*SLU_ADD(k->c->a, &list) = at;
		SLU_TRY(g->ops->commit(g, k->c->a, &at, &c, err));
		if (c.parent_n == 0)
			break;
		at = c.parent[0];
	}
	*out = list.v;
	*n = list.n;
	return slu_oid_eq(&at, &from) ? SLU_OK : slu_fail(err, SLU_E_INVALID, "%.10s, which the queue has made, does not go on from %.10s, where it says that %.*s stands.", list.n ? list.v[0].hex : at.hex, from.hex, SLU_FMT(k->ci.queue));
}

/* By what was fetched: the branch that stands where the merge took it from. n == 0: there is none, or not only one. */
static slu_rc merged_branch(struct check *k, const slu_oid *head, slu_str *out, slu_err *err)
{
	const slu_str *name = NULL;
	const slu_oid *at = NULL;
	size_t n = 0, found = 0;
	*out = (slu_str){ 0 };
	SLU_TRY(k->o.facts.branches(k->o.facts.ctx, k->c->a, &name, &at, &n, err));
	for (size_t i = 0; i < n; i++) {
		if (!slu_oid_eq(&at[i], head) || slu_str_starts(name[i], "gh-readonly-queue/") || slu_str_eq(name[i], k->ci.queue))
			continue;
		*out = name[i];
		found++;
	}
	if (found > 1)
		*out = (slu_str){ 0 };
	return SLU_OK;
}

/* *way: which branch it came from was found, so that this was judged too. */
static int ci_queued(struct check *k, const slu_oid *id, bool *way)
{
	port_git *g = k->o.ctx.git.git;
	struct pol_commit c;
	slu_str source = { 0 };
	slu_err err = { 0 };
	if (g->ops->commit(g, k->c->a, id, &c, &err) != SLU_OK || (c.parent_n == 2 && merged_branch(k, &c.parent[1], &source, &err) != SLU_OK))
		return cmd_fail(k->c, &err);
	*way = source.n > 0;
	return *way ? check_change(k, source, &c.parent[1], k->ci.queue) : check_commits(k, SLU_STR(""), id, c.parent, c.parent_n > 0);
}

/* A merge queue has merged one pull request or several, each into what the one before made. */
static int ci_queue(struct check *k)
{
	const slu_oid *id = NULL;
	slu_oid into;
	size_t n = 0, no_way = 0;
	slu_err err = { 0 };
	int code = 0;
	if (ci_target(k, k->ci.queue, &into, &err) != SLU_OK || queued(k, &id, &n, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	cmd_say(k->c, "A merge queue of %s: %s into %.*s.", k->ci.name, cmd_count(k->c, n, "commit", "commits"), SLU_FMT(k->ci.queue));
	for (size_t i = n; i-- > 0 && code == 0;) {
		bool way = false;
		code = ci_queued(k, &id[i], &way);
		no_way += !way;
	}
	if (no_way && code == 0)
		cmd_say(k->c, "Of %zu of them no branch that is here was merged: what they bring was judged, and not whether that branch may go into %.*s. The job of the pull request says so.", no_way, SLU_FMT(k->ci.queue));
	return code;
}

/* ---- of a push -------------------------------------------------------------------------------------------------------------- */

/* The push has been made: the branch is judged as it stands, and what came with the push. */
static int ci_branch(struct check *k)
{
	slu_oid head, before = slu_oid_zero();
	slu_err err = { 0 };
	bool here = false;
	port_git *g = k->o.ctx.git.git;
	if (resolve(k, SLU_STR("HEAD"), &head, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	if (k->ci.before.n && slu_oid_parse(&before, k->ci.before, NULL) == SLU_OK && !slu_oid_is_zero(&before) && g->ops->has_commit(g, &before, &here, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	if (!here) /* rewritten: what was there before is in no clone */
		before = slu_oid_zero();
	cmd_say(k->c, "A push at %s: %.*s (%.10s).", k->ci.name, SLU_FMT(k->ci.branch), head.hex);
	int code = check_branch(k, k->ci.branch, &head);
	if (code == 0 && here)
		code = check_commits(k, k->ci.branch, &head, &before, 1);
	else if (code == 0 && is_based(k, k->ci.branch))
		code = own_commits(k, k->ci.branch, &head, &before);
	return code;
}

static int ci_tag(struct check *k)
{
	slu_oid id;
	slu_err err = { 0 };
	port_git *g = k->o.ctx.git.git;
	slu_rc rc = g->ops->ref(g, slu_s(slu_printf(k->c->a, "refs/tags/%.*s", SLU_FMT(k->ci.tag))), &id, &err);
	if (rc == SLU_OK && slu_oid_is_zero(&id))
		rc = slu_fail(&err, SLU_E_NOT_FOUND, "The tag %.*s is not in this clone. It comes with: git fetch --tags", SLU_FMT(k->ci.tag));
	return rc == SLU_OK ? check_tag(k, k->ci.tag, &id) : cmd_fail(k->c, &err);
}

static int scope_found(struct check *k)
{
	if (k->ci.target.n)
		return ci_pull_request(k);
	if (k->ci.queue.n)
		return ci_queue(k);
	if (k->ci.tag.n)
		return ci_tag(k);
	if (k->ci.branch.n)
		return ci_branch(k);
	return scope_branch(k, cmd_here_branch(k->c));
}

/* ---- the command ---------------------------------------------------------------------------------------------------------- */

static int judge(struct check *k)
{
	struct cmd_ctx *c = k->c;
	if (cmd_has(c, "staged"))
		return check_staged(k);
	if (cmd_has(c, "push"))
		return scope_push(k);
	if (cmd_has(c, "all"))
		return scope_all(k);
	if (cmd_has(c, "branch") || (cmd_has(c, "into") && c->arg_n == 0))
		return scope_branch(k, c->arg_n ? slu_s(c->arg[0]) : cmd_here_branch(c));
	return c->arg_n ? scope_range(k, c->arg[0]) : scope_found(k);
}

static void say_sums(struct check *k)
{
	char until[SLU_TIME_TEXT];
	const char *unknown = check_unknown(k);
	cmd_say(k->c, "%s judged by %s%s%.10s, %zu refused%s%s%s.", cmd_count(k->c, k->judged, "thing", "things"), k->o.strategy_file, *k->o.strategy_commit ? " of " : "", k->o.strategy_commit, k->refused,
		k->waiting ? slu_printf(k->c->a, ", %zu must wait", k->waiting) : "", k->waiting && k->until_s ? " until " : "", k->waiting && k->until_s ? slu_time_text(k->until_s, until) : "");
	if (*unknown)
		cmd_say(k->c, "Only a server knows: %s.", unknown);
}

static int run(struct check *k)
{
	struct cmd_ctx *c = k->c;
	slu_err err = { 0 };
	bool chosen = c->arg_n || cmd_has(c, "staged") || cmd_has(c, "push") || cmd_has(c, "all") || cmd_has(c, "branch") || cmd_has(c, "into");
	if (!chosen && cmd_ci_find(c, &k->ci, &err) != SLU_OK)
		return cmd_fail(c, &err);
	const struct cmd_offline_ask ask = { .default_branch = k->ci.default_branch, .anybody = true };
	if (!cmd_has(c, "staged") && is_whole(k, &err) != SLU_OK)
		return err.code == SLU_E_NOT_FOUND ? cmd_offline_open_as(c, &k->o, &ask) : cmd_fail(c, &err);
	int code = cmd_offline_open_as(c, &k->o, &ask);
	if (code)
		return code;
	check_merges(k);
	k->o.ctx.git.a = c->a; /* nothing moves refs meanwhile that would matter: they are listed once */
	k->format->begin(k);
	code = judge(k);
	if (code)
		return code;
	k->format->end(k);
	code = cmd_put(c, &k->out);
	say_sums(k);
	return code ? code : k->refused ? 1 : k->waiting ? slu_rc_exit(SLU_E_WAIT) : 0;
}

static int check(struct cmd_ctx *c)
{
	static const char *const scope[] = { "all", "staged", "push", "branch" };
	const char *format = cmd_opt(c, "format");
	size_t scopes = c->arg_n && !cmd_has(c, "branch");
	for (size_t i = 0; i < sizeof scope / sizeof *scope; i++)
		scopes += cmd_has(c, scope[i]);
	if (scopes > 1)
		return cmd_usage(c, "A range, --branch, --all, --staged and --push each say what is judged: give one of them.");
	struct check k = { .c = c, .a = c->a, .format = check_format_find(format ? format : "text"), .unknown = slu_map_new(c->a), .rules = slu_map_new(c->a) };
	slu_buf_init(&k.out, OUT_MAX);
	slu_buf_init(&k.held, OUT_MAX);
	int code = run(&k);
	cmd_offline_close(&k.o);
	slu_buf_release(&k.out);
	slu_buf_release(&k.held);
	return code;
}

static const struct cmd_opt options[] = {
	{ "branch", 'b', NULL, "a branch: its name, its base, each of its commits; the word, if there is one, names it", CMD_FLAG, 0 },
	{ "all", 'a', NULL, "every branch and every tag, as they stand", CMD_FLAG, 0 },
	{ "staged", 0, NULL, "the files that are staged", CMD_FLAG, 0 },
	{ "push", 0, NULL, "updates on standard input, as Git gives them to the hooks pre-push and pre-receive", CMD_FLAG, 0 },
	{ "into", 'i', "BRANCH", "a change from the branch into this one", CMD_TEXT, 0 },
	{ "on", 0, "BRANCH", "the branch that the commits of the range stand on; default: the one that is checked out", CMD_TEXT, 0 },
	{ "rules", 0, NULL, "show the rules that pass, too", CMD_FLAG, 0 },
	{ "format", 'f', "text|json|ndjson|sarif|junit|github|gitlab|markdown", "how to print the answer", CMD_TEXT, 0 },
	{ "as", 0, "NAME", "judge who may as well, as this person", CMD_TEXT, 0 },
	{ "level", 0, "LEVEL", "the same, with this level: read, triage, write, maintain or admin; default: git config sluice.level", CMD_TEXT, 0 },
	CMD_OFFLINE_BY,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_check = {
	.name = "check",
	.summary = "What the strategy says of commits, branches and changes",
	.usage = "[RANGE | --branch [NAME] | --all | --staged | --push]",
	.group = CMD_G_STRATEGY,
	.args_max = 1,
	.opts = options,
	.run = check,
	.detail = "For people and CI jobs: in a clone or a bare repository, without a server, by the strategy of the default branch. Without words, in a job for a pull request of GitHub, "
	          "GitLab, Gitea or Jenkins, the change itself: the branch, each of its commits, and the merge; in a job of GitHub's merge queue, the merges that it has made; in a job for a push, what was pushed; elsewhere the branch that is "
	          "checked out.\n\n"
	          "Judged is what Git alone knows. What only a server knows (approvals, checks, who may) is said in one line and refuses nothing; --as or --level says who acts. A clone of "
	          "a part of the history is not judged.",
	.example = "sluice check                                   the branch that is checked out\n"
	           "sluice check origin/main..HEAD --format github\n"
	           "sluice check --branch feature/login --into develop\n"
	           "sluice check --all --preset gitflow\n"
	           "sluice check --format sarif > sluice.sarif",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3),
};
