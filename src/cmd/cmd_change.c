/* SPDX-License-Identifier: Apache-2.0 */
/** sluice change: asked for, looked at, merged. */
#include "cmd/cmd.h"

#include <jansson.h>
#include <string.h>

static int64_t number_of(const struct cmd_ctx *c)
{
	uint64_t n = 0;
	(void)!slu_parse_u64(&n, slu_s(c->arg[0]), NULL); /* was looked at already */
	return (int64_t)n;
}

/* Path of the change that the first word names, below /pulls. */
static int pull_path(struct cmd_ctx *c, const char *tail, int64_t *number, char **out)
{
	const char *repo;
	slu_err err = { 0 };
	*number = number_of(c);
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	*out = slu_printf(c->a, "%s%s", cmd_path(c, "/api/v3/repos/%S/pulls/%d", repo, *number), tail);
	return 0;
}

/* ---- open ------------------------------------------------------------------------------------------------------------------------- */

static const char *git_line(struct cmd_ctx *c, const char *const *args)
{
	slu_str s;
	return cmd_git(c, NULL, args, true, &s, NULL) == SLU_OK && s.n ? s.p : NULL;
}

static int change_open(struct cmd_ctx *c)
{
	const char *repo, *source = c->arg_n ? c->arg[0] : NULL, *title = cmd_opt(c, "title");
	const char *const current[] = { "symbolic-ref", "--quiet", "--short", "HEAD", NULL };
	struct cli_answer an;
	slu_err err = { 0 };
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (!source)
		source = git_line(c, current);
	if (!source)
		return cmd_usage(c, "Which branch shall be merged? Name it, or stand on it in a clone.");
	const char *const subject[] = { "log", "-1", "--format=%s", slu_printf(c->a, "refs/heads/%s", source), "--", NULL };
	const char *const pushed[] = { "for-each-ref", "--count=1", "--format=%(contents:subject)", slu_printf(c->a, "refs/remotes/*/%s", source), NULL };
	if (!title)
		title = git_line(c, subject);
	if (!title)
		title = git_line(c, pushed);
	if (!title)
		return cmd_usage(c, "There is no branch %s in this clone to take a title from: give it one with --title TEXT.", source);
	json_auto_t *body = json_pack("{s:s, s:s, s:s*, s:s*, s:b}", "head", source, "title", title, "base", cmd_opt(c, "into"), "body", cmd_opt(c, "message"), "draft", cmd_has(c, "draft"));
	if (!body)
		return cmd_usage(c, "The title or the message is not UTF-8.");
	if (cmd_call(c, &an, "POST", cmd_path(c, "/api/v3/repos/%S/pulls", repo), body, &err) != SLU_OK) {
		int code = cmd_refused(c, &an, &err);
		if (an.status == 422 && git_line(c, subject) && !git_line(c, pushed))
			cmd_say(c, "The branch is in this clone: git push -u origin %s", source);
		return code;
	}
	if (c->dry_run)
		return cmd_would(c, &an, slu_printf(c->a, "Change %lld from %s into %s would be opened.", (long long)cmd_j_int(an.json, "would.number"), cmd_j_str(an.json, "would.head.ref"),
		                                    cmd_j_str(an.json, "would.base.ref")));
	if (c->format == CMD_FORMAT_JSON)
		return cmd_put_json(c, an.json);
	slu_auto_buf b;
	slu_buf_init(&b, 4096);
	slu_buf_addf(&b, "%lld\n", (long long)cmd_j_int(an.json, "number"));
	cmd_say(c, "Change %lld: %s into %s. %s", (long long)cmd_j_int(an.json, "number"), cmd_j_str(an.json, "head.ref"), cmd_j_str(an.json, "base.ref"), cmd_j_str(an.json, "html_url"));
	return cmd_put(c, &b);
}

static const struct cmd_opt open_options[] = {
	{ "into", 'i', "BRANCH", "the target; without it, where the strategy says this kind of branch goes", CMD_TEXT, 0 },
	{ "title", 't', "TEXT", "one line; without it, the subject of the last commit", CMD_TEXT, 0 },
	{ "message", 'm', "TEXT", "what it does and why", CMD_TEXT, 0 },
	{ "draft", 0, NULL, "not to be merged yet", CMD_FLAG, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_change_open = {
	.name = "change open", .summary = "Ask for a branch to be merged; prints the change's number", .usage = "[BRANCH]", .group = CMD_G_WORK, .args_max = 1, .flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN,
	.opts = open_options, .run = change_open,
	.detail = "BRANCH must have been pushed. Without it, the branch that this clone stands on.",
	.example = "git push -u origin feature/login && sluice change open\n"
	           "sluice change open feature/login --into develop --title \"feat: login\"",
	.exits = CMD_EXITS_JUDGED,
};

/* ---- list -------------------------------------------------------------------------------------------------------------------------- */

static const char *shown_number(struct cmd_ctx *c, const json_t *row)
{
	return slu_printf(c->a, "#%lld", (long long)cmd_j_int(row, "number"));
}

static const char *shown_state(struct cmd_ctx *c, const json_t *row)
{
	(void)c;
	return *cmd_j_str(row, "merged_at") ? "merged" : cmd_j_bool(row, "draft") ? "draft" : cmd_j_str(row, "state");
}

static int change_list(struct cmd_ctx *c)
{
	static const struct cmd_column columns[] = {
		{ "CHANGE", NULL, shown_number }, { "STATE", NULL, shown_state }, { "FROM", "head.ref", NULL }, { "INTO", "base.ref", NULL }, { "BY", "user.login", NULL }, { "TITLE", "title", NULL },
		{ NULL, NULL, NULL },
	};
	const char *repo, *state = cmd_opt(c, "state") ? cmd_opt(c, "state") : "open";
	slu_err err = { 0 };
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	return cmd_list_put(c, cmd_path(c, "/api/v3/repos/%S/pulls?state=%s", repo, state), columns,
	                    slu_printf(c->a, "No change is %s. `sluice change open` makes one.", strcmp(state, "all") == 0 ? "there" : state));
}

static const struct cmd_opt list_options[] = {
	{ "state", 's', "open|closed|all", "which ones; closed: merged ones too; default open", CMD_TEXT, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_change_list = {
	.name = "change list", .summary = "Changes, newest first", .usage = "", .group = CMD_G_WORK, .flags = CMD_SERVER | CMD_REPO, .opts = list_options, .run = change_list,
	.example = "sluice change list\n"
	           "sluice change list --state all --format json",
};

/* ---- show --------------------------------------------------------------------------------------------------------------------------- */

static void rows_of(struct cmd_ctx *c, const json_t *list, const char *heading, const char *who, const char *what)
{
	size_t i;
	json_t *x;
	if (json_array_size(list) == 0)
		return;
	(void)fprintf(c->out, "\n%s\n", heading);
	struct cmd_table t;
	cmd_table_init(&t, c, 4);
	json_array_foreach(list, i, x) {
		const char *id = cmd_j_int(x, "thread") ? slu_printf(c->a, "%lld ", (long long)cmd_j_int(x, "thread")) : "";
		cmd_table_cell(&t, slu_printf(c->a, "  %s%s", id, cmd_j_str(x, who)));
		cmd_table_cell(&t, cmd_j_str(x, what));
		cmd_table_cell(&t, cmd_j_str(x, "at"));
		cmd_table_cell(&t, slu_printf(c->a, "%.200s", *cmd_j_str(x, "body") ? cmd_j_str(x, "body") : cmd_j_str(x, "description")));
	}
	(void)cmd_table_put(&t);
}

static int change_show(struct cmd_ctx *c)
{
	const char *repo;
	int64_t number = number_of(c);
	struct cli_answer an;
	slu_err err = { 0 };
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (cmd_call(c, &an, "GET", cmd_path(c, "/api/sluice/repos/%S/changes/%d", repo, number), NULL, &err) != SLU_OK)
		return cmd_refused(c, &an, &err);
	if (c->format == CMD_FORMAT_JSON)
		return cmd_put_json(c, an.json);
	struct cmd_table t;
	cmd_table_init(&t, c, 2);
	cmd_table_cell(&t, slu_printf(c->a, "#%lld %s", (long long)number, cmd_j_str(an.json, "state")));
	cmd_table_cell(&t, cmd_j_str(an.json, "title"));
	cmd_table_cell(&t, slu_printf(c->a, "by %s", cmd_j_str(an.json, "author")));
	cmd_table_cell(&t, slu_printf(c->a, "%s into %s at %.10s", cmd_j_str(an.json, "source"), cmd_j_str(an.json, "target"), cmd_j_str(an.json, "head")));
	int code = cmd_table_put(&t);
	rows_of(c, json_object_get(an.json, "reviews"), "Reviews", "person", "said");
	rows_of(c, json_object_get(an.json, "threads"), "Threads", "person", "state");
	rows_of(c, json_object_get(an.json, "checks"), "Checks", "name", "state");
	json_t *v = cmd_verdict_of(&an);
	if (v) {
		(void)fprintf(c->out, "\nMerge\n");
		(void)cmd_verdict_show(c, c->out, v, cmd_verdict_more(c, v));
	}
	return code;
}

const struct cmd_desc cmd_change_show = {
	.name = "change show", .summary = "One change: reviews, checks, and what its merge waits for", .usage = "NUMBER", .group = CMD_G_WORK, .args_min = 1, .args_max = 1,
	.flags = CMD_SERVER | CMD_REPO, .run = change_show,
	.detail = "What has passed is counted; `sluice why merge NUMBER --all` shows every rule, and answers with its exit code.",
	.example = "sluice change show 12",
};

/* ---- review ---------------------------------------------------------------------------------------------------------------------------- */

static int change_review(struct cmd_ctx *c)
{
	static const struct { const char *option, *event, *said; } ways[] = {
		{ "approve", "APPROVE", "approved" }, { "request-changes", "REQUEST_CHANGES", "sent back" }, { "comment", "COMMENT", "commented" },
	};
	const char *event = NULL, *said = "";
	int64_t number;
	char *path;
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		if (!cmd_has(c, ways[i].option))
			continue;
		if (event)
			return cmd_usage(c, "Give one of --approve, --request-changes, --comment.");
		event = ways[i].event;
		said = ways[i].said;
	}
	if (!event)
		return cmd_usage(c, "Give one of --approve, --request-changes, --comment.");
	if (!cmd_has(c, "approve") && !cmd_has(c, "message"))
		return cmd_usage(c, "Say what: --message TEXT.");
	int code = pull_path(c, "/reviews", &number, &path);
	if (code)
		return code;
	json_auto_t *body = json_pack("{s:s, s:s*, s:s*}", "event", event, "body", cmd_opt(c, "message"), "commit_id", cmd_opt(c, "head"));
	return cmd_act(c, "POST", path, body, slu_printf(c->a, "Change %lld is %s.", (long long)number, said), NULL);
}

static const struct cmd_opt review_options[] = {
	{ "approve", 'a', NULL, "it may be merged, as far as you are concerned", CMD_FLAG, 0 },
	{ "request-changes", 'r', NULL, "it may not, before something changes (needs --message)", CMD_FLAG, 0 },
	{ "comment", 'c', NULL, "neither (needs --message)", CMD_FLAG, 0 },
	{ "message", 'm', "TEXT", "what you say", CMD_TEXT, 0 },
	{ "head", 0, "COMMIT", "what you looked at (whole id): refused when the change has moved on", CMD_TEXT, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_change_review = {
	.name = "change review", .summary = "Approve a change, or ask for more", .usage = "NUMBER", .group = CMD_G_WORK, .args_min = 1, .args_max = 1, .flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN,
	.opts = review_options, .run = change_review,
	.example = "sluice change review 12 --approve\n"
	           "sluice change review 12 --request-changes --message \"a test is missing\"",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(9),
};

/* ---- merge, close ------------------------------------------------------------------------------------------------------------------------ */

static int change_merge(struct cmd_ctx *c)
{
	int64_t number;
	char *path;
	struct cli_answer an;
	slu_err err = { 0 };
	int code = pull_path(c, "/merge", &number, &path);
	if (code)
		return code;
	json_auto_t *body = json_pack("{s:s*, s:s*, s:s*, s:s*, s:b}", "merge_method", cmd_opt(c, "method"), "sha", cmd_opt(c, "head"), "version", cmd_opt(c, "version"), "commit_message",
	                              cmd_opt(c, "message"), "dry_run", c->dry_run);
	if (cmd_call(c, &an, "PUT", path, body, &err) != SLU_OK)
		return cmd_refused(c, &an, &err);
	if (c->format == CMD_FORMAT_JSON)
		return cmd_put_json(c, an.json);
	cmd_say(c, c->dry_run ? "Change %lld may be merged; nothing was moved. It would:" : "Change %lld is merged.", (long long)number);
	return cmd_followed_put(c, json_object_get(an.json, "followed"));
}

static const struct cmd_opt merge_options[] = {
	{ "method", 0, "merge|squash|rebase|fast-forward", "without it, what the strategy says", CMD_TEXT, 0 },
	{ "head", 0, "COMMIT", "what is meant (whole id): refused when the change has moved on", CMD_TEXT, 0 },
	{ "version", 0, "V", "for the tag that follows, when the branch's name gives none", CMD_TEXT, 0 },
	{ "message", 'm', "TEXT", "body of the commit", CMD_TEXT, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_change_merge = {
	.name = "change merge", .summary = "Merge a change, with all that follows from it", .usage = "NUMBER", .group = CMD_G_WORK, .args_min = 1, .args_max = 1,
	.flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN, .opts = merge_options, .run = change_merge,
	.detail = "All refs move in one act, or none does. When a rule says no, it is printed with what opens it.",
	.example = "sluice change merge 12 --dry-run\n"
	           "sluice change merge 12",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(9),
};

static int set_state(struct cmd_ctx *c, const char *state)
{
	int64_t number;
	char *path;
	int code = pull_path(c, "", &number, &path);
	if (code)
		return code;
	json_auto_t *body = json_pack("{s:s}", "state", state);
	return cmd_act(c, "PATCH", path, body, slu_printf(c->a, "Change %lld is %s.", (long long)number, state), NULL);
}

static int change_close(struct cmd_ctx *c)
{
	return set_state(c, "closed");
}

static int change_reopen(struct cmd_ctx *c)
{
	return set_state(c, "open");
}

const struct cmd_desc cmd_change_close = {
	.name = "change close", .summary = "Close a change without merging it", .usage = "NUMBER", .group = CMD_G_WORK, .args_min = 1, .args_max = 1, .flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN,
	.run = change_close,
	.example = "sluice change close 12",
	.exits = CMD_EXITS_JUDGED,
};
const struct cmd_desc cmd_change_reopen = {
	.name = "change reopen", .summary = "Open a closed change again", .usage = "NUMBER", .group = CMD_G_WORK, .args_min = 1, .args_max = 1, .flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN,
	.run = change_reopen,
	.example = "sluice change reopen 12",
	.exits = CMD_EXITS_JUDGED,
};
