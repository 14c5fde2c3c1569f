/* SPDX-License-Identifier: Apache-2.0 */
/** sluice backup, restore: the whole home. */
#include "app/copy.h"
#include "cmd/cmd.h"

#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MANIFEST_MAX = 64 * 1024 * 1024 };

static slu_rc absolute(struct cmd_ctx *c, const char *path, char **out, slu_err *err)
{
	char here[4096];
	if (path[0] != '/' && !getcwd(here, sizeof here))
		return slu_fail(err, SLU_E_IO, "The current folder cannot be told.");
	*out = path[0] == '/' ? slu_strdup(c->a, path) : slu_printf(c->a, "%s/%s", here, path);
	return SLU_OK;
}

static int backup(struct cmd_ctx *c)
{
	char *folder;
	struct cli_answer an;
	slu_err err = { 0 };
	if (absolute(c, c->arg[0], &folder, &err) != SLU_OK)
		return cmd_fail(c, &err);
	json_auto_t *body = json_pack("{s:s}", "folder", folder);
	if (!body)
		return cmd_usage(c, "The folder's name is not UTF-8.");
	if (cmd_call(c, &an, "POST", "/api/sluice/backup", body, &err) != SLU_OK)
		return cmd_refused(c, &an, &err);
	const json_t *j = c->dry_run ? json_object_get(an.json, "would") : an.json;
	const char *what = slu_printf(c->a, "%s with %s, %s", cmd_count(c, (size_t)cmd_j_int(j, "repositories"), "repository", "repositories"),
	                              cmd_count(c, (size_t)cmd_j_int(j, "refs"), "ref", "refs"), cmd_count(c, (size_t)cmd_j_int(j, "events"), "event", "events"));
	if (c->dry_run)
		return cmd_would(c, &an, slu_printf(c->a, "%s would be copied to %s.", what, folder));
	return cmd_done(c, &an, slu_printf(c->a, "%s: %s; read back and whole.\nRestore: sluice restore %s --home DIR", folder, what, folder));
}

const struct cmd_desc cmd_backup = {
	.name = "backup", .summary = "Copy the whole home into a folder, while it serves", .usage = "DIR", .group = CMD_G_AUDIT, .args_min = 1, .args_max = 1, .flags = CMD_SERVER | CMD_DRY_RUN,
	.run = backup,
	.detail = "DIR is on the server's machine; it is made, or is empty. Refs and log are those of one moment. The copy is read\nback before it counts; it holds the server's keys, so keep it as safe as the home.",
	.example = "sluice backup /backup/sluice-monday",
};

/* ---- restore ----------------------------------------------------------------------------------------------------------------------- */

static bool not_the_manifest(const char *below)
{
	return strcmp(below, "manifest.json") == 0;
}

/* Repositories are where the manifest says, and have all that their refs need. */
static slu_rc check_repositories(struct cmd_ctx *c, const char *home, const json_t *manifest, slu_err *err)
{
	size_t i;
	json_t *r;
	json_array_foreach(json_object_get(manifest, "repositories"), i, r) {
		const char *path = slu_printf(c->a, "%s/%s", home, cmd_j_str(r, "path"));
		const char *const refs[] = { "for-each-ref", "--format=x", NULL }, *const fsck[] = { "fsck", "--connectivity-only", "--no-dangling", "--no-progress", NULL };
		slu_str text;
		SLU_TRY(cmd_git(c, path, refs, false, &text, err));
		int64_t n = text.n ? (int64_t)(text.n + 1) / 2 : 0;
		if (n != cmd_j_int(r, "refs"))
			return slu_fail(err, SLU_E_CORRUPT, "%s has %lld refs, the backup had %lld.", path, (long long)n, (long long)cmd_j_int(r, "refs"));
		if (cmd_git(c, path, fsck, false, &text, err) != SLU_OK)
			return slu_fail(err, SLU_E_CORRUPT, "%s lacks objects that its refs need.", path);
	}
	return SLU_OK;
}

/* The log is what was signed when the backup was made. */
static slu_rc check_log(struct cmd_ctx *c, const json_t *manifest, slu_err *err)
{
	struct cli_answer an;
	json_auto_t *body = json_pack("{s:s}", "head", cmd_j_str(manifest, "head"));
	SLU_TRY(cmd_call(c, &an, "POST", "/api/sluice/audit/verify", body, err));
	if (!cmd_j_bool(an.json, "good"))
		return slu_fail(err, SLU_E_CORRUPT, "The log is not what was recorded: %s", cmd_j_str(an.json, "what"));
	return SLU_OK;
}

static slu_rc read_manifest(struct cmd_ctx *c, const char *from, json_t **out, slu_err *err)
{
	slu_str text;
	slu_rc rc = cmd_read_file(c, slu_printf(c->a, "%s/manifest.json", from), MANIFEST_MAX, &text, err);
	if (rc == SLU_E_NOT_FOUND || rc == SLU_E_USAGE)
		return slu_fail(err, SLU_E_USAGE, "%s is no whole backup: it has no manifest.json, which is written last.", from);
	SLU_TRY(rc);
	*out = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	if (!*out || cmd_j_int(*out, "format") != 1)
		return slu_fail(err, SLU_E_CORRUPT, "%s/manifest.json is not as this version writes it.", from);
	return SLU_OK;
}

static slu_rc fill(struct cmd_ctx *c, const char *from, const char *home, const json_t *manifest, slu_err *err)
{
	SLU_TRY(app_copy_tree(c->a, from, home, not_the_manifest, err));
	return check_repositories(c, home, manifest, err);
}

/* A home that is marked as unfinished is served by nobody; the log is read by a server, so that it comes last. */
static slu_rc restore_into(struct cmd_ctx *c, const char *from, const char *home, const json_t *manifest, slu_err *err)
{
	struct app_filling f;
	SLU_TRY(app_fill_begin(&f, c->a, home, err));
	slu_rc rc = fill(c, from, home, manifest, err);
	if (rc != SLU_OK) {
		app_fill_undo(&f);
		return rc;
	}
	SLU_TRY(app_fill_end(&f, err));
	c->home = home;
	c->server = NULL;
	return check_log(c, manifest, err);
}

static int restore(struct cmd_ctx *c)
{
	char *from, *home;
	json_t *manifest = NULL;
	slu_err err = { 0 };
	if (!cmd_opt(c, "home") && !c->home)
		return cmd_usage(c, "Into which home? Give --home DIR.");
	slu_rc rc = absolute(c, c->arg[0], &from, &err);
	if (rc == SLU_OK)
		rc = absolute(c, c->home, &home, &err);
	if (rc == SLU_OK)
		rc = read_manifest(c, from, &manifest, &err);
	if (rc == SLU_OK)
		rc = c->dry_run ? app_fill_may(home, &err) : restore_into(c, from, home, manifest, &err);
	if (rc == SLU_OK) {
		const char *what = slu_printf(c->a, "%s, %s", cmd_count(c, json_array_size(json_object_get(manifest, "repositories")), "repository", "repositories"),
		                              cmd_count(c, (size_t)cmd_j_int(manifest, "events"), "event", "events"));
		if (c->dry_run)
			cmd_say(c, "%s would be brought to %s. This was a dry run: nothing has changed.", what, home);
		else
			cmd_say(c, "%s is restored: %s, whole.\nNext: sluice serve --home %s", home, what, home);
	}
	json_decref(manifest);
	return rc == SLU_OK ? 0 : cmd_fail(c, &err);
}

static const struct cmd_opt restore_options[] = {
	{ "home", 0, "DIR", "the new home ($SLUICE_HOME)", CMD_PATH, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_restore = {
	.name = "restore", .summary = "Make a home from a backup, and check that it is whole", .usage = "DIR", .group = CMD_G_AUDIT, .args_min = 1, .args_max = 1, .flags = CMD_DRY_RUN, .opts = restore_options,
	.run = restore,
	.example = "sluice restore /backup/sluice-monday --home /srv/sluice-new",
};
