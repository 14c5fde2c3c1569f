/* SPDX-License-Identifier: Apache-2.0 */
/** sluice commit lint: what the strategy says of messages, wherever they will stand. */
#include "base/utf8.h"
#include "cmd/crew.h"
#include "cmd/offline.h"
#include "cmd/records.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/** What each thread has for itself. */
struct judge {
	struct cmd_ctx *c;
	const struct cmd_offline *o;
	struct pol_facts facts;
	struct app_offline own; /* what the facts of a second thread rest on */
	slu_arena *a;           /* of some commits */
	size_t judged, refused;
	cmd_crew_piece *piece;
};
struct lint {
	struct cmd_offline o;
	struct cmd_ctx *c;
	struct judge judge[CMD_CREW_MAX];
	const port_git_list *list;
	slu_buf out; /* what is not written yet of messages that come one by one */
	bool editor; /* the text comes from an editor: comments in it are not part of the message */
};
enum { OUT_MAX = 32 * 1024 * 1024, OUT_PIECE = 256 * 1024, COMMITS_AT_ONCE = 64 };

static int put(struct lint *l, bool all)
{
	if (!all && l->out.n < OUT_PIECE)
		return 0;
	int code = cmd_put(l->c, &l->out);
	slu_buf_clear(&l->out);
	return code;
}

static slu_rc commit_of(struct pol_commit *out, slu_arena *a, const struct cmd_message *m, bool editor, slu_err *err)
{
	slu_str rest = m->parents, word;
	SLU_LIST(slu_oid) parent = { 0 };
	*out = (struct pol_commit){ .id = slu_oid_zero(), .message = editor ? cmd_message_edited(a, m->text) : m->text };
	if (m->id.n)
		SLU_TRY(slu_oid_parse(&out->id, m->id, err));
	while (slu_str_split(&rest, ' ', &word))
		SLU_TRY(slu_oid_parse(SLU_ADD(a, &parent), word, err));
	out->parent = parent.v;
	out->parent_n = parent.n;
	return SLU_OK;
}

static void put_text(struct cmd_ctx *c, slu_buf *b, const struct pol_commit *commit, const struct pol_verdict *v)
{
	slu_str rest = commit->message, first = { NULL, 0 };
	(void)slu_str_split(&rest, '\n', &first);
	if (v->answer == POL_ALLOW && !cmd_has(c, "all"))
		return;
	if (!slu_oid_is_zero(&commit->id))
		slu_buf_addf(b, "%.10s ", commit->id.hex);
	cmd_shown(b, slu_utf8_cut(first, 200, false));
	slu_buf_addc(b, '\n');
	pol_verdict_text(b, v, cmd_has(c, "all") ? NULL : "", c->colour_out);
}

static slu_rc judge(struct judge *j, slu_arena *a, const struct pol_commit *commit, slu_buf *out, slu_err *err)
{
	struct pol_verdict v = { 0 };
	SLU_TRY(pol_lint(&v, a, j->o->strategy, &j->facts, commit, j->o->now_s, err));
	j->judged++;
	j->refused += v.answer != POL_ALLOW;
	if (j->c->format == CMD_FORMAT_JSON) {
		slu_json json = slu_json_shown(out);
		pol_verdict_json(&json, &v, j->o->strategy_file, j->o->strategy_commit);
		slu_buf_addc(out, '\n');
	} else {
		put_text(j->c, out, commit, &v);
	}
	return SLU_OK;
}

static int fail(struct lint *l, const slu_err *err)
{
	(void)put(l, true);
	return cmd_fail(l->c, err);
}

static int lint_one(struct cmd_ctx *c, const struct cmd_message *m, void *user)
{
	struct lint *l = user;
	slu_auto_arena *a = slu_arena_new();
	struct pol_commit commit;
	slu_err err = { 0 };
	(void)c;
	slu_rc rc = commit_of(&commit, a, m, l->editor, &err);
	if (rc == SLU_OK)
		rc = judge(&l->judge[0], a, &commit, &l->out, &err);
	return rc == SLU_OK ? put(l, false) : fail(l, &err);
}

/* ---- commits --------------------------------------------------------------------------------------------------------------- */

static slu_rc lint_commit(void *ctx, const struct pol_commit *commit, slu_err *err)
{
	struct judge *j = ctx;
	if (j->judged % COMMITS_AT_ONCE == 0) {
		slu_arena_free(j->a);
		j->a = slu_arena_new();
	}
	SLU_TRY(judge(j, j->a, commit, cmd_crew_out(j->piece), err));
	cmd_crew_flush(j->piece);
	return SLU_OK;
}

static slu_rc lint_piece(void *ctx, unsigned thread, size_t from, size_t n, cmd_crew_piece *p, slu_err *err)
{
	struct lint *l = ctx;
	struct judge *j = &l->judge[thread];
	port_git *g = j->own.git.git;
	j->piece = p;
	return g->ops->read(g, l->list, from, n, lint_commit, j, err);
}

static int put_piece(void *ctx, const slu_buf *text)
{
	struct lint *l = ctx;
	return cmd_put(l->c, text);
}

/* A second thread reads by its own handle. @return whether it has one */
static bool help(struct lint *l, struct judge *j)
{
	port_git *g = l->o.ctx.git.git;
	*j = l->judge[0];
	j->a = NULL;
	if (!g->ops->again || g->ops->again(g, &j->own.git.git, NULL) != SLU_OK)
		return false;
	app_offline_facts(&j->facts, &j->own);
	j->facts.default_branch = l->o.facts.default_branch;
	return true;
}

static slu_rc lint_list(struct lint *l, size_t n, int *code, slu_err *err)
{
	const struct cmd_crew_job job = { .ctx = l, .things = n, .work = lint_piece, .put = put_piece };
	unsigned threads = 1;
	for (unsigned most = cmd_crew_size(n); threads < most && help(l, &l->judge[threads]); threads++)
		;
	slu_rc rc = cmd_crew_run(&job, threads, OUT_MAX, code, err);
	for (unsigned i = 1; i < threads; i++) {
		port_git *g = l->judge[i].own.git.git;
		g->ops->close(g);
	}
	return rc;
}

static int lint_range(struct lint *l, const slu_oid *tip, size_t tip_n, const slu_oid *not_, size_t not_n)
{
	port_git *g = l->o.ctx.git.git;
	slu_err err = { 0 };
	size_t n = 0;
	int code = 0;
	slu_rc rc = g->ops->order(g, l->c->a, tip, tip_n, not_, not_n, &l->list, &n, &err);
	if (rc == SLU_OK)
		rc = lint_list(l, n, &code, &err);
	return rc == SLU_OK ? code : cmd_fail(l->c, &err);
}

static slu_rc is_whole(struct cmd_ctx *c, slu_err *err)
{
	return cmd_whole(c, ": the commits of the rest would not be judged", err);
}

static int lint_every(struct lint *l)
{
	static const char *const below[] = { "refs/heads/", "refs/remotes/", "refs/tags/" };
	port_git *g = l->o.ctx.git.git;
	SLU_LIST(slu_oid) tip = { 0 };
	slu_err err = { 0 };
	if (is_whole(l->c, &err) != SLU_OK)
		return cmd_fail(l->c, &err);
	for (size_t k = 0; k < sizeof below / sizeof *below; k++) {
		const struct port_git_ref *ref = NULL;
		size_t n = 0;
		slu_rc rc = g->ops->refs(g, l->c->a, slu_s(below[k]), &ref, &n, &err);
		for (size_t i = 0; i < n && rc == SLU_OK; i++) {
			bool is_commit = false; /* a tag may name anything */
			rc = g->ops->has_commit(g, &ref[i].peeled, &is_commit, &err);
			if (is_commit)
				*SLU_ADD(l->c->a, &tip) = ref[i].peeled;
		}
		if (rc != SLU_OK)
			return cmd_fail(l->c, &err);
	}
	return lint_range(l, tip.v, tip.n, NULL, 0);
}

/* "A..B", "..B", "A..". @return false: it is something else, or names what is not there */
static bool is_range(struct lint *l, slu_str word, slu_oid *from, slu_oid *to)
{
	port_git *g = l->o.ctx.git.git;
	const char *dots = word.n ? memmem(word.p, word.n, "..", 2) : NULL;
	if (!dots || word.p[0] == '-' || word.p[0] == '^')
		return false;
	slu_str a = { word.p, (size_t)(dots - word.p) }, b = { dots + 2, word.n - a.n - 2 };
	if ((b.n && b.p[0] == '.') || memmem(b.p, b.n, "..", 2))
		return false;
	return g->ops->resolve(g, a.n ? a : SLU_STR("HEAD"), from, NULL) == SLU_OK && g->ops->resolve(g, b.n ? b : SLU_STR("HEAD"), to, NULL) == SLU_OK;
}

/* ---- in a shallow clone ---------------------------------------------------------------------------------------------------- */

/* Whether a commit that a revert names was ever there is not known. */
static slu_rc commit_here(void *ctx, slu_arena *a, const slu_oid *id, struct pol_commit *out, slu_err *err)
{
	struct lint *l = ctx;
	slu_rc rc = l->o.ctx.git.git->ops->commit(l->o.ctx.git.git, a, id, out, err);
	return rc == SLU_E_NOT_FOUND ? cmd_whole(l->c, ", and a message names a commit that is not in it", err) : rc;
}

/* Single commits are here whole, also the last ones: git log would show those without parents. */
static int lint_here(struct lint *l)
{
	port_git *g = l->o.ctx.git.git;
	struct cmd_ctx *c = l->c;
	slu_err err = { 0 };
	struct pol_commit commit;
	l->judge[0].facts = (struct pol_facts){ .ctx = l, .commit = commit_here };
	for (size_t i = 0; i < c->arg_n; i++) {
		slu_oid id;
		if (g->ops->resolve(g, slu_s(c->arg[i]), &id, NULL) != SLU_OK)
			return is_whole(c, &err) == SLU_OK ? 0 : cmd_fail(c, &err);
		slu_rc rc = g->ops->commit(g, c->a, &id, &commit, &err);
		if (rc == SLU_OK)
			rc = judge(&l->judge[0], c->a, &commit, &l->out, &err);
		if (rc != SLU_OK)
			return fail(l, &err);
	}
	return 0;
}

/* ---- commits that words name ------------------------------------------------------------------------------------------------ */

/* The usual ways to name commits without a process; git knows all the others. */
static int lint_commits(struct lint *l)
{
	struct cmd_ctx *c = l->c;
	slu_oid from, to;
	if (is_whole(c, NULL) != SLU_OK)
		return lint_here(l);
	if (c->arg_n == 1 && is_range(l, slu_s(c->arg[0]), &from, &to))
		return lint_range(l, &to, 1, &from, 1);
	return cmd_messages_of(c, c->arg, c->arg_n, lint_one, l);
}

/* ---- messages -------------------------------------------------------------------------------------------------------------- */

static int lint_file(struct cmd_ctx *c, const char *path, struct lint *l)
{
	slu_err err = { 0 };
	int fd = slu_str_is(slu_s(path), "-") ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		(void)!slu_fail(&err, SLU_E_NOT_FOUND, "%s cannot be read: %s.", path, strerror(errno));
		return cmd_fail(c, &err);
	}
	l->editor = fd != STDIN_FILENO;
	int code = cmd_messages_in(c, fd, lint_one, l);
	if (fd != STDIN_FILENO)
		(void)close(fd);
	return code;
}

static int lint(struct cmd_ctx *c, struct lint *l)
{
	const char *file = cmd_opt(c, "message");
	bool every = cmd_has(c, "every");
	if ((file != NULL) + (c->arg_n > 0) + every > 1)
		return cmd_usage(c, "Give --message, --every or revisions, only one of them.");
	int code = cmd_offline_open(c, &l->o);
	l->judge[0] = (struct judge){ .c = c, .o = &l->o, .facts = l->o.facts, .own = l->o.ctx };
	if (code == 0 && l->o.strategy->commits.convention == STRAT_CONVENTION_NONE)
		cmd_say(c, "%s asks for no form of messages (commits.convention).", l->o.strategy_file);
	if (code == 0 && every)
		code = lint_every(l);
	else if (code == 0)
		code = c->arg_n ? lint_commits(l) : lint_file(c, file ? file : "-", l);
	if (code == 0)
		code = put(l, true);
	if (code)
		return code;
	size_t judged = 0, refused = 0;
	for (size_t i = 0; i < CMD_CREW_MAX; i++) {
		judged += l->judge[i].judged;
		refused += l->judge[i].refused;
	}
	if (judged == 0)
		cmd_say(c, "There was no message to judge.");
	else
		cmd_say(c, "%s judged, %zu refused.", cmd_count(c, judged, "message", "messages"), refused);
	return refused > 0;
}

static int commit_lint(struct cmd_ctx *c)
{
	struct lint l = { .c = c };
	slu_buf_init(&l.out, OUT_MAX);
	int code = lint(c, &l);
	slu_buf_release(&l.out);
	for (size_t i = 0; i < CMD_CREW_MAX; i++)
		slu_arena_free(l.judge[i].a);
	cmd_offline_close(&l.o);
	return code;
}

static const struct cmd_opt options[] = {
	{ "every", 0, NULL, "judge every commit that a branch or tag reaches", CMD_FLAG, 0 },
	{ "message", 'm', "FILE", "judge the message in this file, as a hook commit-msg gets it; -: standard input", CMD_PATH, 0 },
	CMD_OFFLINE_AS,
	CMD_OFFLINE_OPTIONS,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_commit_lint = {
	.name = "commit lint", .summary = "What the strategy says of commit messages", .usage = "[REVISION…]", .group = CMD_G_STRATEGY, .args_max = 255, .opts = options, .run = commit_lint,
	.detail = "Judges the messages of the commits that the words name (HEAD is one, main..HEAD are many), of all commits there are, of a file, or of standard input, with NUL between them. Works in a "
	          "clone or a bare repository, without a server, on whatever branch the messages stand. A merge is told by its parents and a revert by the commit that it names; "
	          "neither has to follow the form. With --format json one verdict a line.",
	.example = "sluice commit lint origin/main..HEAD\n"
	           "sluice commit lint --every\n"
	           "sluice commit lint --message .git/COMMIT_EDITMSG\n"
	           "echo 'feat: x' | sluice commit lint --preset gitflow",
	.exits = CMD_EXIT(1) | CMD_EXIT(3),
};
