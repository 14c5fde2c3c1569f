/* SPDX-License-Identifier: Apache-2.0 */
/** sluice maintain: what a repository needs every week, as an operation that is seen before and can be taken back. */
#include "app/upkeep.h"
#include "cmd/work.h"

enum task { BRANCHES = 1, ARCHIVE = 2, TAGS = 4, PRUNE = 8, GC = 16, FSCK = 32, STATISTICS = 64, PLANS = 128 };
static const struct { const char *word; enum task task; } tasks[] = {
	{ "branches", BRANCHES }, { "archive", ARCHIVE }, { "tags", TAGS }, { "plans", PLANS }, { "prune", PRUNE }, { "gc", GC }, { "fsck", FSCK }, { "statistics", STATISTICS },
};
enum { PLANNED = BRANCHES | ARCHIVE | TAGS | PLANS };

struct maintenance {
	struct cmd_ctx *c;
	struct cmd_work w;
	struct app_upkeep u;
	unsigned task;
	bool sound;
	const slu_str *gone;
	size_t gone_n;
	slu_str fsck;
	struct port_clone_size before, after;
};

/* Without a word all but the tags, which only go when somebody says so. */
static int read_tasks(struct maintenance *m)
{
	struct cmd_ctx *c = m->c;
	m->task = c->arg_n ? 0 : ~(unsigned)TAGS;
	for (size_t i = 0; i < c->arg_n; i++) {
		size_t k = 0, n = sizeof tasks / sizeof *tasks;
		while (k < n && strcmp(tasks[k].word, c->arg[i]) != 0)
			k++;
		if (k == n)
			return cmd_usage(c, "There is no task %s. There are branches, archive, plans, prune, gc, fsck and statistics, and tags, which is only done when it is named.", c->arg[i]);
		m->task |= tasks[k].task;
	}
	return 0;
}

/* ---- refs, as an operation ----------------------------------------------------------------------------------------------------- */

/* Commits of others' plans, whose age is wanted, are not here else. */
static slu_rc fetch_plans(struct maintenance *m, slu_err *err)
{
	static const char *const words[] = { "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--" };
	enum { WORDS = sizeof words / sizeof *words };
	const char **fetch = SLU_NEW_N(m->c->a, const char *, WORDS + m->u.remote_n + 2);
	slu_str none;
	size_t n = WORDS;
	memcpy(fetch, words, sizeof words);
	fetch[n++] = slu_str_dup(m->c->a, m->w.remote);
	for (size_t i = 0; i < m->u.remote_n; i++)
		if (slu_str_starts(m->u.remote[i].name, "refs/sluice/plan/"))
			fetch[n++] = slu_str_dup(m->c->a, m->u.remote[i].name);
	return n > WORDS + 1 ? cmd_git(m->c, NULL, fetch, false, &none, err) : SLU_OK;
}

static slu_rc plan(struct maintenance *m, slu_err *err)
{
	m->u = (struct app_upkeep){ .p = &m->w.p, .push = cmd_has(m->c, "push") };
	SLU_TRY(app_upkeep_open(&m->u, err));
	if (m->task & BRANCHES)
		SLU_TRY(app_upkeep_branches(&m->u, err));
	if (m->task & ARCHIVE)
		SLU_TRY(app_upkeep_archive(&m->u, err));
	if (m->task & TAGS)
		SLU_TRY(app_upkeep_tags(&m->u, err));
	if ((m->task & PLANS) && m->u.push)
		SLU_TRY(fetch_plans(m, err));
	if (m->task & PLANS)
		app_upkeep_plans(&m->u);
	return app_upkeep_end(&m->u, err);
}

static int move_refs(struct maintenance *m)
{
	struct cmd_ctx *c = m->c;
	slu_err err = { 0 };
	if (cmd_has(c, "push") && m->w.remote.n == 0)
		return cmd_usage(c, "This clone has no remote to push to. Without --push only this clone is tidied.");
	int code = cmd_work_fetch(c, &m->w);
	if (code)
		return code;
	if (cmd_whole(c, ": what is merged cannot be told by it", &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (plan(m, &err) != SLU_OK)
		return cmd_work_stopped(c, &m->w, &err);
	if (c->dry_run || m->w.op.ref.n + m->w.op.push.n == 0)
		return 0;
	return app_op_begin(&m->w.op, &m->w.w, &err) == SLU_OK ? 0 : cmd_fail(c, &err);
}

/* ---- objects --------------------------------------------------------------------------------------------------------------------- */

static slu_rc tidy(struct maintenance *m, slu_err *err)
{
	struct cmd_ctx *c = m->c;
	port_clone *clone = m->w.clone;
	slu_str remote = cmd_has(c, "no-fetch") ? (slu_str){ 0 } : m->w.remote;
	if (m->task & PRUNE)
		SLU_TRY(clone->ops->prune(clone, c->a, remote, c->dry_run, &m->gone, &m->gone_n, err));
	if (m->task & STATISTICS)
		SLU_TRY(clone->ops->size(clone, c->a, &m->before, err));
	if ((m->task & GC) && !c->dry_run)
		SLU_TRY(clone->ops->gc(clone, err));
	if (m->task & FSCK)
		SLU_TRY(clone->ops->fsck(clone, c->a, &m->sound, &m->fsck, err));
	if (m->task & STATISTICS)
		SLU_TRY(clone->ops->size(clone, c->a, &m->after, err));
	return SLU_OK;
}

/* ---- what was done ------------------------------------------------------------------------------------------------------------------ */

static const char *size_text(struct cmd_ctx *c, const struct port_clone_size *s)
{
	return slu_printf(c->a, "%lld loose and %lld packed objects in %s, %lld KiB", (long long)s->loose, (long long)s->packed, cmd_count(c, (size_t)s->packs, "pack", "packs"), (long long)s->kib);
}

static void refs_text(struct maintenance *m, slu_buf *b)
{
	for (size_t i = 0; i < m->w.op.says.n; i++)
		slu_buf_addf(b, "  %zu. %.*s\n", i + 1, SLU_FMT(m->w.op.says.v[i]));
	if ((m->task & PLANNED) && m->w.op.says.n == 0)
		slu_buf_adds(b, "No branch or tag has to go.\n");
	for (size_t i = 0; i < m->u.left.n; i++)
		slu_buf_addf(b, "  - %s\n", m->u.left.v[i]);
}

static void objects_text(struct maintenance *m, slu_buf *b)
{
	bool dry = m->c->dry_run;
	for (size_t i = 0; i < m->gone_n; i++)
		slu_buf_addf(b, "%.*s %s pruned: what it stood for is gone.\n", SLU_FMT(m->gone[i]), dry ? "would be" : "is");
	if (m->task & GC)
		slu_buf_addf(b, "Objects %s packed (git gc).\n", dry ? "would be" : "are");
	if ((m->task & FSCK) && m->sound)
		slu_buf_adds(b, "The objects are sound (git fsck).\n");
	else if (m->task & FSCK)
		slu_buf_addf(b, "git fsck finds faults:\n%.*s\n", SLU_FMT(m->fsck));
	if (!(m->task & STATISTICS))
		return;
	if ((m->task & GC) && !dry)
		slu_buf_addf(b, "Before: %s.\n", size_text(m->c, &m->before));
	slu_buf_addf(b, "Now: %s.\n", size_text(m->c, &m->after));
}

static int put_text(struct maintenance *m)
{
	struct cmd_ctx *c = m->c;
	slu_auto_buf b;
	slu_buf_init(&b, 16 * 1024 * 1024);
	refs_text(m, &b);
	objects_text(m, &b);
	int code = cmd_put(c, &b);
	if (c->dry_run)
		cmd_say(c, "This was a dry run: nothing has changed.");
	else if (m->w.op.ref.n)
		cmd_say(c, "%s", m->w.op.push.n ? "What was pushed is not taken back." : "Take it back: sluice undo");
	return code;
}

static void put_size(slu_json *j, const char *key, const struct port_clone_size *s)
{
	slu_json_key(j, key);
	slu_json_open(j, '{');
	slu_json_kv_int(j, "loose", s->loose);
	slu_json_kv_int(j, "packed", s->packed);
	slu_json_kv_int(j, "packs", s->packs);
	slu_json_kv_int(j, "kib", s->kib);
	slu_json_close(j, '}');
}

static int put_json(struct maintenance *m)
{
	slu_auto_buf b;
	slu_buf_init(&b, 64 * 1024 * 1024);
	slu_json j = slu_json_to(&b);
	slu_json_open(&j, '{');
	slu_json_kv_bool(&j, "dry_run", m->c->dry_run);
	if (m->task & PLANNED) {
		slu_json_key(&j, "operation");
		flow_op_json(&j, &m->w.op);
		slu_json_key(&j, "left");
		slu_json_open(&j, '[');
		for (size_t i = 0; i < m->u.left.n; i++)
			slu_json_str(&j, slu_s(m->u.left.v[i]));
		slu_json_close(&j, ']');
	}
	slu_json_key(&j, "pruned");
	slu_json_open(&j, '[');
	for (size_t i = 0; i < m->gone_n; i++)
		slu_json_str(&j, m->gone[i]);
	slu_json_close(&j, ']');
	if (m->task & FSCK) {
		slu_json_kv_bool(&j, "sound", m->sound);
		slu_json_kv_str(&j, "fsck", m->fsck);
	}
	if (m->task & STATISTICS) {
		put_size(&j, "before", &m->before);
		put_size(&j, "now", &m->after);
	}
	slu_json_close(&j, '}');
	slu_buf_addc(&b, '\n');
	return cmd_put(m->c, &b);
}

static int maintain(struct maintenance *m)
{
	struct cmd_ctx *c = m->c;
	slu_err err = { 0 };
	int code = read_tasks(m);
	if (code == 0)
		code = cmd_work_open_whole(c, &m->w);
	if (code == 0 && (m->task & PLANNED))
		code = move_refs(m);
	if (code)
		return code;
	slu_rc rc = tidy(m, &err);
	code = c->format == CMD_FORMAT_JSON ? put_json(m) : put_text(m);
	if (rc != SLU_OK)
		return cmd_fail(c, &err);
	return code ? code : (m->task & FSCK) && !m->sound ? 1 : 0;
}

static int run(struct cmd_ctx *c)
{
	struct maintenance m = { .c = c };
	int code = maintain(&m);
	cmd_work_close(&m.w);
	return code;
}

static const struct cmd_opt options[] = {
	{ "push", 0, NULL, "the remote's branches and tags, too", CMD_FLAG, 0 },
	{ "no-fetch", 0, NULL, "do not ask the remote first", CMD_FLAG, 0 },
	CMD_OFFLINE_AS,
	CMD_OFFLINE_LEVEL,
	CMD_OFFLINE_BY,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_maintain = {
	.name = "maintain",
	.summary = "Tidy a clone: merged and idle branches, prune, gc, fsck",
	.usage = "[TASK]...",
	.group = CMD_G_WORK,
	.args_max = 255,
	.flags = CMD_DRY_RUN,
	.opts = options,
	.run = run,
	.detail = "The tasks are `branches` (those that are merged, of kinds with after-merge: delete; told by the commits, not by names; twins go with them), `archive` (those that have not moved for their "
	          "kind's `archive` become tags), `plans` (what has waited for checks for 30 days, with --push), `prune` (remote-tracking refs and work trees that are gone), `gc`, `fsck` and `statistics`: all of them, or those that are named. "
	          "Only when it is named, `tags` deletes tags beyond the `keep` of their class, never the newest of a line of versions, and none that an environment may run or go "
	          "back to.\n\n"
	          "What is checked out stays, and what the strategy does not let go; that is said. A branch without commits of its own stays as well. Branches and tags go as one "
	          "operation: `sluice undo` takes it back, unless it was pushed. Without --push the remote keeps what it has.",
	.example = "sluice maintain --dry-run\n"
	           "sluice maintain\n"
	           "sluice maintain branches archive --push\n"
	           "sluice maintain tags",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(5) | CMD_EXIT(9),
};
