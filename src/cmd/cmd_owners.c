/* SPDX-License-Identifier: Apache-2.0 */
/** sluice owners: whose a path is, by the CODEOWNERS of a clone or bare repository, without a server. */
#include "base/limits.h"
#include "cmd/cmd.h"
#include "policy/owners.h"

#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

struct asking {
	const char *top;    /* of the work tree; NULL: bare */
	const char *prefix; /* of the folder that one stands in: "src/", "" */
	const char *at;     /* commit; NULL: the work tree */
	const char *file;
	struct pol_owners owners;
	SLU_LIST(slu_str) path; /* from the top */
};

/* ---- the file -------------------------------------------------------------------------------------------------------- */

static slu_rc text_at(struct cmd_ctx *c, const struct asking *q, const char *path, slu_str *text, bool *found, slu_err *err)
{
	*found = false;
	if (q->at) {
		const char *const show[] = { "cat-file", "blob", slu_printf(c->a, "%s:%s", q->at, path), NULL };
		slu_rc rc = cmd_git(c, NULL, show, true, text, err);
		*found = rc == SLU_OK;
		return rc == SLU_E_NOT_FOUND ? SLU_OK : rc;
	}
	const char *full = slu_printf(c->a, "%s/%s", q->top, path);
	if (access(full, F_OK) != 0)
		return SLU_OK;
	*found = true;
	return cmd_read_file(c, full, SLU_MAX_OWNERS_BYTES, text, err);
}

static slu_rc read_owners(struct cmd_ctx *c, struct asking *q, slu_err *err)
{
	slu_str text;
	bool found = false;
	slu_err why = { 0 };
	for (size_t i = 0; pol_owners_place[i] && !found; i++) {
		q->file = pol_owners_place[i];
		SLU_TRY(text_at(c, q, q->file, &text, &found, err));
	}
	if (!found)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no CODEOWNERS %s%s: it is looked for in .sluice/, .github/, at the top, and in docs/.", q->at ? "in " : "here", q->at ? q->at : "");
	slu_rc rc = pol_owners_read(&q->owners, c->a, text, &why);
	return rc == SLU_OK ? rc : slu_fail_at(err, rc, q->file, 1, 1, "%s", why.text);
}

static slu_rc find_place(struct cmd_ctx *c, struct asking *q, slu_err *err)
{
	const char *const prefix[] = { "rev-parse", "--show-prefix", NULL }, *const dir[] = { "rev-parse", "--git-dir", NULL };
	slu_str out;
	q->at = cmd_opt(c, "at");
	q->prefix = "";
	if (cmd_worktree(c, &q->top, NULL) == SLU_OK) {
		SLU_TRY(cmd_git(c, NULL, prefix, true, &out, err));
		q->prefix = out.p;
	} else {
		if (cmd_git(c, NULL, dir, true, &out, NULL) != SLU_OK)
			return slu_fail(err, SLU_E_NOT_FOUND, "This folder is in no Git repository.");
		q->at = q->at ? q->at : "HEAD";
	}
	if (!q->at)
		return SLU_OK;
	const char *const verify[] = { "rev-parse", "--verify", "--quiet", "--end-of-options", slu_printf(c->a, "%s^{commit}", q->at), NULL };
	if (cmd_git(c, NULL, verify, true, &out, NULL) != SLU_OK)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no commit %s here.", q->at);
	q->at = out.p;
	return SLU_OK;
}

/* ---- paths ----------------------------------------------------------------------------------------------------------- */

/** Parts "." and ".." are worked off. SLU_E_USAGE: it leads out of the repository. */
static slu_rc clean(struct cmd_ctx *c, slu_str path, slu_str *out, slu_err *err)
{
	char *to = slu_strndup(c->a, "", 0);
	slu_str rest = path, part;
	while (slu_str_split(&rest, '/', &part)) {
		char *cut = strrchr(to, '/');
		if (part.n == 0 || slu_str_is(part, "."))
			continue;
		if (!slu_str_is(part, ".."))
			to = slu_printf(c->a, "%s%s%.*s", to, *to ? "/" : "", SLU_FMT(part));
		else if (*to)
			*(cut ? cut : to) = '\0';
		else
			return slu_fail(err, SLU_E_USAGE, "%.*s lies outside of the repository.", SLU_FMT(path));
	}
	*out = slu_s(to);
	return SLU_OK;
}

/** From the folder that one stands in; "/…" from the top, also as a whole path of the file system. */
static slu_rc from_top(struct cmd_ctx *c, const struct asking *q, const char *arg, slu_str *out, slu_err *err)
{
	slu_str path = slu_s(arg);
	size_t n = q->top ? strlen(q->top) : 0;
	if (arg[0] != '/')
		return clean(c, slu_s(slu_printf(c->a, "%s%s", q->prefix, arg)), out, err);
	if (n && strncmp(arg, q->top, n) == 0 && (arg[n] == '/' || !arg[n]))
		path = slu_s(arg + n);
	return clean(c, path, out, err);
}

static bool is_folder(struct cmd_ctx *c, const struct asking *q, slu_str path)
{
	struct stat st;
	slu_str kind = { "", 0 };
	if (path.n == 0)
		return true;
	if (!q->at)
		return lstat(slu_printf(c->a, "%s/%.*s", q->top, SLU_FMT(path)), &st) == 0 && S_ISDIR(st.st_mode);
	const char *const type[] = { "cat-file", "-t", slu_printf(c->a, "%s:%.*s", q->at, SLU_FMT(path)), NULL };
	return cmd_git(c, NULL, type, true, &kind, NULL) == SLU_OK && slu_str_is(kind, "tree");
}

/** The files of a folder that Git knows. */
static slu_rc add_folder(struct cmd_ctx *c, struct asking *q, slu_str path, slu_err *err)
{
	const char *spec = slu_printf(c->a, ":(top,literal)%.*s", SLU_FMT(path)), *tree = slu_printf(c->a, "%s:%.*s", q->at ? q->at : "", SLU_FMT(path));
	const char *const here[] = { "ls-files", "-z", "--full-name", "--", spec, NULL }, *const there[] = { "ls-tree", "-r", "-z", "--name-only", "--full-tree", tree, NULL };
	slu_str rest, one;
	SLU_TRY(cmd_git(c, NULL, q->at ? there : here, false, &rest, err));
	while (slu_str_split(&rest, '\0', &one))
		*SLU_ADD(c->a, &q->path) = q->at && path.n ? slu_s(slu_printf(c->a, "%.*s/%.*s", SLU_FMT(path), SLU_FMT(one))) : one;
	return SLU_OK;
}

static slu_rc add_argument(struct cmd_ctx *c, struct asking *q, const char *arg, slu_err *err)
{
	slu_str path;
	SLU_TRY(from_top(c, q, arg, &path, err));
	if (is_folder(c, q, path))
		return add_folder(c, q, path, err);
	*SLU_ADD(c->a, &q->path) = path;
	return SLU_OK;
}

/* ---- what is said ---------------------------------------------------------------------------------------------------- */

static void add_json(slu_json *j, const struct asking *q, slu_str path)
{
	const struct pol_owners_rule *r = pol_owners_of(&q->owners, path);
	slu_json_open(j, '{');
	slu_json_kv_str(j, "path", path);
	slu_json_key(j, "owners");
	slu_json_open(j, '[');
	for (size_t i = 0; r && i < r->owner_n; i++)
		slu_json_str(j, r->owner[i]);
	slu_json_close(j, ']');
	slu_json_kv_z(j, "file", r ? q->file : NULL);
	slu_json_key(j, "line");
	if (r)
		slu_json_int(j, r->line);
	else
		slu_json_null(j);
	slu_json_key(j, "pattern");
	if (r)
		slu_json_str(j, r->pattern);
	else
		slu_json_null(j);
	slu_json_close(j, '}');
}

static int show_json(struct cmd_ctx *c, const struct asking *q)
{
	slu_auto_buf b;
	slu_buf_init(&b, 64u << 20);
	slu_json j = slu_json_shown(&b);
	slu_json_open(&j, '[');
	for (size_t i = 0; i < q->path.n; i++)
		add_json(&j, q, q->path.v[i]);
	slu_json_close(&j, ']');
	json_error_t bad;
	json_auto_t *whole = b.over ? NULL : json_loadb(b.p, b.n, 0, &bad);
	slu_err err = { 0 };
	if (whole)
		return cmd_put_json(c, whole);
	(void)!slu_fail(&err, SLU_E_LIMIT, "Of %zu paths the answer is too long: ask folder by folder.", q->path.n);
	return cmd_fail(c, &err);
}

static int show_text(struct cmd_ctx *c, const struct asking *q)
{
	struct cmd_table t;
	cmd_table_init(&t, c, 3);
	for (size_t i = 0; i < q->path.n; i++) {
		const struct pol_owners_rule *r = pol_owners_of(&q->owners, q->path.v[i]);
		const char *owners = "";
		for (size_t k = 0; r && k < r->owner_n; k++)
			owners = slu_printf(c->a, "%s%s%.*s", owners, *owners ? " " : "", SLU_FMT(r->owner[k]));
		cmd_table_cell(&t, slu_str_dup(c->a, q->path.v[i]));
		cmd_table_cell(&t, *owners ? owners : "nobody");
		cmd_table_cell(&t, r ? slu_printf(c->a, "%s:%u", q->file, r->line) : "-");
	}
	return cmd_table_put(&t);
}

static int run_owners(struct cmd_ctx *c)
{
	struct asking q = { 0 };
	slu_err err = { 0 };
	static const char *const all[] = { "/", NULL };
	const char *const *arg = c->arg_n ? c->arg : all;
	slu_rc rc = find_place(c, &q, &err);
	if (rc == SLU_OK)
		rc = read_owners(c, &q, &err);
	for (size_t i = 0; rc == SLU_OK && arg[i]; i++)
		rc = add_argument(c, &q, arg[i], &err);
	if (rc != SLU_OK)
		return cmd_fail(c, &err);
	for (size_t i = 0; i < q.owners.issue.n; i++)
		cmd_say(c, "%s:%u:%u: %s The line counts for nothing.", q.file, q.owners.issue.v[i].line, q.owners.issue.v[i].column, q.owners.issue.v[i].text);
	return c->format == CMD_FORMAT_JSON ? show_json(c, &q) : show_text(c, &q);
}

static const struct cmd_opt owners_options[] = {
	{ "at", 0, "COMMIT", "by the file, and of the folders, of this commit; default: the work tree, HEAD where there is none", CMD_TEXT, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_owners = {
	.name = "owners",
	.summary = "Whose a path is by CODEOWNERS, and which line says so",
	.usage = "[PATH ...]",
	.group = CMD_G_STRATEGY,
	.args_max = 255,
	.opts = owners_options,
	.run = run_owners,
	.detail = "One line for each path: the path from the top, its owners, and the place of the rule, which is the last one that matches. A folder "
	          "stands for the files in it that Git knows; without PATH, the whole repository does; /PATH begins at the top. Lines of the file that cannot "
	          "be read are named on standard error. A change is judged by the file on its target: `require: {code-owners: true}` in the strategy.",
	.example = "sluice owners src/main.c docs/\n"
	           "sluice owners --at origin/main src/main.c\n"
	           "git ls-files -m | xargs sluice owners",
};
