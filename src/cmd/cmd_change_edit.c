/* SPDX-License-Identifier: Apache-2.0 */
/** sluice change edit: another title, another text, ticked boxes, labels. */
#include "base/limits.h"
#include "cmd/cmd.h"
#include "policy/pol.h"

#include <jansson.h>
#include <string.h>

/* The text with each --tick; *text is what was given, or NULL: then what the change has. */
static slu_rc tick(struct cmd_ctx *c, const char *path, const char **text, slu_err *err)
{
	const char *under = cmd_opt(c, "under"), *box;
	struct cli_answer an;
	if (!*text) {
		SLU_TRY(cmd_call(c, &an, "GET", path, NULL, err));
		*text = cmd_j_str(an.json, "body");
	}
	for (size_t i = 0; (box = cmd_opt_at(c, "tick", i)) != NULL; i++) {
		slu_auto_buf b;
		slu_buf_init(&b, SLU_MAX_TEXT_BYTES);
		pol_box_tick(&b, slu_s(*text), slu_s(under ? under : ""), slu_s(box));
		if (b.over)
			return slu_fail(err, SLU_E_LIMIT, "The text would have more than %u bytes.", SLU_MAX_TEXT_BYTES);
		*text = slu_strndup(c->a, b.p, b.n);
	}
	return SLU_OK;
}

static int edit_labels(struct cmd_ctx *c, struct cli_answer *answer, const char *repo)
{
	slu_err err = { 0 };
	const char *label;
	json_auto_t *body = json_pack("{s:[]}", "labels");
	for (size_t i = 0; (label = cmd_opt_at(c, "label", i)) != NULL; i++)
		(void)json_array_append_new(json_object_get(body, "labels"), json_string(label));
	if (cmd_has(c, "label") && cmd_call(c, answer, "POST", cmd_path(c, "/api/v3/repos/%S/issues/%s/labels", repo, c->arg[0]), body, &err) != SLU_OK)
		return cmd_refused(c, answer, &err);
	for (size_t i = 0; (label = cmd_opt_at(c, "no-label", i)) != NULL; i++)
		if (cmd_call(c, answer, "DELETE", cmd_path(c, "/api/v3/repos/%S/issues/%s/labels/%s", repo, c->arg[0], label), NULL, &err) != SLU_OK)
			return cmd_refused(c, answer, &err);
	return 0;
}

/* The text that was given, if any. */
static int given_text(struct cmd_ctx *c, const char **text)
{
	const char *message = cmd_opt(c, "message"), *file = cmd_opt(c, "file");
	slu_str read = { NULL, 0 };
	slu_err err = { 0 };
	if (message && file)
		return cmd_usage(c, "Give --message or --file, not both.");
	if (file && cmd_read_file(c, file, SLU_MAX_TEXT_BYTES, &read, &err) != SLU_OK)
		return cmd_fail(c, &err);
	*text = file ? read.p : message;
	return 0;
}

static int edit_words(struct cmd_ctx *c, struct cli_answer *answer, const char *repo, const char *text)
{
	const char *path = cmd_path(c, "/api/v3/repos/%S/pulls/%s", repo, c->arg[0]);
	slu_err err = { 0 };
	if (cmd_has(c, "tick") && tick(c, path, &text, &err) != SLU_OK)
		return cmd_refused(c, answer, &err);
	json_auto_t *body = json_pack("{s:s*, s:s*}", "title", cmd_opt(c, "title"), "body", text);
	if (!body)
		return cmd_usage(c, "The title or the text is not UTF-8.");
	return cmd_call(c, answer, "PATCH", path, body, &err) == SLU_OK ? 0 : cmd_refused(c, answer, &err);
}

static int change_edit(struct cmd_ctx *c)
{
	const char *repo, *text = NULL;
	struct cli_answer an = { 0 };
	slu_err err = { 0 };
	int code = given_text(c, &text);
	bool words = text || cmd_has(c, "title") || cmd_has(c, "tick");
	if (code)
		return code;
	if (!words && !cmd_has(c, "label") && !cmd_has(c, "no-label"))
		return cmd_usage(c, "What shall be different? Give --title, --message, --file, --tick, --label or --no-label.");
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	code = words ? edit_words(c, &an, repo, text) : 0;
	if (code == 0)
		code = edit_labels(c, &an, repo);
	return code ? code : cmd_done(c, &an, slu_printf(c->a, "Change %s is edited.", c->arg[0]));
}

static const struct cmd_opt edit_options[] = {
	{ "title", 't', "TEXT", "another title", CMD_TEXT, 0 },
	{ "message", 'm', "TEXT", "another text", CMD_TEXT, 0 },
	{ "file", 0, "FILE", "the text from a file; - reads standard input", CMD_PATH, 0 },
	{ "tick", 0, "BOX", "tick the box with this text; it is added where there is none", CMD_TEXT, CMD_REPEAT },
	{ "under", 0, "HEADING", "with --tick: the box under this heading", CMD_TEXT, 0 },
	{ "label", 'l', "LABEL", "give it this label (needs triage)", CMD_TEXT, CMD_REPEAT },
	{ "no-label", 0, "LABEL", "take this label off it (needs triage)", CMD_TEXT, CMD_REPEAT },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_change_edit = {
	.name = "change edit", .summary = "Give a change another title or text; tick its boxes", .usage = "NUMBER", .group = CMD_G_WORK, .args_min = 1, .args_max = 1,
	.flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN, .opts = edit_options, .run = change_edit,
	.example = "sluice change edit 12 --tick \"Self-review completed\"\n"
	           "sluice change edit 12 --under \"Type of change\" --tick \"Bug fix\"\n"
	           "sluice change edit 12 --file change.md",
	.exits = CMD_EXITS_JUDGED,
};
