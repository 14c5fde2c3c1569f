/* SPDX-License-Identifier: Apache-2.0 */
/** sluice commit lint: what the strategy says of messages, wherever they will stand. */
#include "base/limits.h"
#include "base/utf8.h"
#include "cmd/offline.h"
#include "cmd/records.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct lint {
	struct cmd_offline o;
	size_t judged, refused;
	bool editor; /* the text comes from an editor: comments in it are not part of the message */
};

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

static int lint_one(struct cmd_ctx *c, const struct cmd_message *m, void *user)
{
	struct lint *l = user;
	slu_auto_arena *a = slu_arena_new();
	struct pol_commit commit;
	struct pol_verdict v = { 0 };
	slu_err err = { 0 };
	if (m->cut) {
		(void)!slu_fail(&err, SLU_E_LIMIT, "The message%s%.10s has more than %u bytes: it cannot be judged.", m->id.n ? " of " : "", m->id.n ? m->id.p : "", SLU_MAX_MESSAGE_BYTES);
		return cmd_fail(c, &err);
	}
	if (commit_of(&commit, a, m, l->editor, &err) != SLU_OK || pol_lint(&v, a, l->o.strategy, &l->o.facts, &commit, l->o.now_s, &err) != SLU_OK)
		return cmd_fail(c, &err);
	l->judged++;
	l->refused += v.answer != POL_ALLOW;
	slu_auto_buf b;
	slu_buf_init(&b, 16 * 1024 * 1024);
	if (c->format == CMD_FORMAT_JSON) {
		slu_json j = slu_json_to(&b);
		pol_verdict_json(&j, &v, l->o.strategy_file, l->o.strategy_commit);
		slu_buf_addc(&b, '\n');
	} else {
		put_text(c, &b, &commit, &v);
	}
	return cmd_put(c, &b);
}

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
	if (file && c->arg_n)
		return cmd_usage(c, "Give --message or revisions, not both.");
	int code = cmd_offline_open(c, &l->o);
	if (code == 0 && l->o.strategy->commits.convention == STRAT_CONVENTION_NONE)
		cmd_say(c, "%s asks for no form of messages (commits.convention).", l->o.strategy_file);
	if (code == 0)
		code = c->arg_n ? cmd_messages_of(c, c->arg, c->arg_n, lint_one, l) : lint_file(c, file ? file : "-", l);
	if (code)
		return code;
	if (l->judged == 0)
		cmd_say(c, "There was no message to judge.");
	else
		cmd_say(c, "%s judged, %zu refused.", cmd_count(c, l->judged, "message", "messages"), l->refused);
	return l->refused > 0;
}

static int commit_lint(struct cmd_ctx *c)
{
	struct lint l = { .judged = 0 };
	int code = lint(c, &l);
	cmd_offline_close(&l.o);
	return code;
}

static const struct cmd_opt options[] = {
	{ "message", 'm', "FILE", "judge the message in this file, as a hook commit-msg gets it; -: standard input", CMD_PATH, 0 },
	CMD_OFFLINE_AS,
	CMD_OFFLINE_OPTIONS,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_commit_lint = {
	.name = "commit lint", .summary = "What the strategy says of commit messages", .usage = "[REVISION…]", .group = CMD_G_STRATEGY, .args_max = 255, .opts = options, .run = commit_lint,
	.detail = "Judges the messages of the commits that the words name (HEAD is one, main..HEAD are many), of a file, or of standard input, with NUL between them. Works in a "
	          "clone or a bare repository, without a server, on whatever branch the messages stand. A merge is told by its parents and a revert by the commit that it names; "
	          "neither has to follow the form. With --format json one verdict a line.",
	.example = "sluice commit lint origin/main..HEAD\n"
	           "sluice commit lint --message .git/COMMIT_EDITMSG\n"
	           "echo 'feat: x' | sluice commit lint --preset gitflow",
	.exits = CMD_EXIT(1) | CMD_EXIT(3),
};
