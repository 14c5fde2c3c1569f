/* SPDX-License-Identifier: Apache-2.0 */
/* Making objects: merges, commits, tags, edited trees. Nothing here moves a ref. */
#include "base/limits.h"
#include "git/git_cli_impl.h"
#include "git/object.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- scratch repository ------------------------------------------------------------------------------------------------- */

static slu_rc write_file(const char *path, slu_str text, slu_err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "The file %s cannot be made: %s.", path, strerrordesc_np(errno));
	slu_rc rc = run_write_all(fd, text.p, text.n, -1, err);
	close(fd);
	return rc;
}

static slu_rc scratch_fill(struct git_scratch *s, struct git_cli *g, slu_arena *a, slu_err *err)
{
	static const char *const folders[] = { ".git", ".git/refs", ".git/objects" };
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (mkdir(slu_printf(a, "%s/%s", s->dir, folders[i]), 0700) != 0)
			return slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "A scratch folder cannot be made in %s: %s.", s->dir, strerrordesc_np(errno));
	SLU_TRY(write_file(slu_printf(a, "%s/.git/HEAD", s->dir), SLU_STR("ref: refs/heads/none\n"), err));
	/* A merge in a SHA-256 repository needs to be told; its config names the format */
	struct git_call format = GIT_CALL("rev-parse", "--show-object-format");
	slu_str word = SLU_STR("sha1");
	struct stat st;
	if (stat(slu_printf(a, "%s/config", g->path), &st) == 0)
		SLU_TRY(git_cli_ok(g, a, &format, &word, err));
	bool sha256 = slu_str_starts(word, "sha256");
	const char *config = slu_printf(a, "[core]\n\trepositoryformatversion = %d\n\tbare = false\n\tfsync = all\n[extensions]\n%s", sha256 ? 1 : 0, sha256 ? "\tobjectFormat = sha256\n" : "");
	return write_file(slu_printf(a, "%s/.git/config", s->dir), slu_s(config), err);
}

slu_rc git_scratch_make(struct git_scratch *out, struct git_cli *g, slu_arena *a, slu_err *err)
{
	const char *where = getenv("TMPDIR");
	char *dir = slu_printf(a, "%s/sluice-XXXXXX", where && where[0] == '/' ? where : "/tmp");
	if (!mkdtemp(dir))
		return slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "A scratch folder cannot be made at %s: %s.", dir, strerrordesc_np(errno));
	struct git_scratch s = { .dir = dir };
	git_env_init(&s.env, a);
	git_env_add(&s.env, a, "GIT_DIR", slu_printf(a, "%s/.git", dir));
	git_env_add(&s.env, a, "GIT_WORK_TREE", dir);
	git_env_add(&s.env, a, "GIT_INDEX_FILE", slu_printf(a, "%s/.git/index", dir));
	git_env_add(&s.env, a, "GIT_OBJECT_DIRECTORY", g->objects);
	for (size_t i = 0; i < g->env.n; i++)
		if (strncmp(g->env.v[i], "GIT_ALTERNATE_OBJECT_DIRECTORIES=", 33) == 0)
			s.env.v[s.env.n++] = g->env.v[i];
	s.env.v[s.env.n] = NULL;
	slu_rc rc = scratch_fill(&s, g, a, err);
	if (rc != SLU_OK)
		git_scratch_remove(&s);
	else
		*out = s;
	return rc;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

void git_scratch_remove(struct git_scratch *s)
{
	(void)nftw(s->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- merge --------------------------------------------------------------------------------------------------------------- */

static slu_rc put_attributes(struct git_cli *g, slu_arena *a, const char *dir, const slu_oid *tree, slu_str path, slu_err *err)
{
	slu_str text;
	bool found = false;
	SLU_TRY(git_cli_file_at(&g->base, a, tree, path, &text, &found, err));
	if (!found)
		return SLU_OK;
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '/' && mkdir(slu_printf(a, "%s/%.*s", dir, (int)i, path.p), 0700) != 0 && errno != EEXIST)
			return slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "A folder of %.*s cannot be made: %s.", SLU_FMT(path), strerrordesc_np(errno));
	return write_file(slu_printf(a, "%s/%.*s", dir, SLU_FMT(path)), text, err);
}

/** A bare repository ignores .gitattributes: lay those of the target out where the merge runs. */
static slu_rc attributes(struct git_cli *g, slu_arena *a, const char *dir, const slu_oid *ours, slu_err *err)
{
	struct git_call c = GIT_CALL("ls-tree", "-r", "-z", "--name-only", "--full-tree", ours->hex);
	c.max_out = GIT_BIG_OUTPUT;
	slu_str text, path;
	SLU_TRY(git_cli_ok(g, a, &c, &text, err));
	while (slu_str_split(&text, 0, &path))
		if ((slu_str_is(path, ".gitattributes") || slu_str_ends(path, "/.gitattributes")) && git_path_ok(path))
			SLU_TRY(put_attributes(g, a, dir, ours, path, err));
	return SLU_OK;
}

/** "TREE\0" and after a conflict the paths, each once, and an empty one before the messages. */
static slu_rc merge_answer(slu_arena *a, slu_str text, bool clean, slu_oid *tree, const struct port_git_conflict **conflict, size_t *conflict_n, slu_err *err)
{
	slu_str token = { 0 };
	slu_oid id;
	SLU_LIST(struct port_git_conflict) list = { 0 };
	(void)slu_str_split(&text, 0, &token);
	SLU_TRY(slu_oid_parse(&id, token, err));
	while (!clean && slu_str_split(&text, 0, &token) && token.n > 0)
		SLU_ADD(a, &list)->path = token;
	*tree = id;
	*conflict = list.v;
	*conflict_n = list.n;
	return SLU_OK;
}

/** How the user wants renames to be found. Nothing else of his settings counts: a merge driver would run what he names. */
static void renames(struct git_call *c, const struct git_cli *g, slu_arena *a)
{
	for (size_t i = 0; i < g->merging_n && c->n + 12 < GIT_ARGS_MAX; i++) {
		const struct port_git_setting *s = &g->merging[i];
		if (!slu_str_in(s->key, "merge.renames merge.renamelimit merge.directoryrenames diff.renames diff.renamelimit merge.renormalize"))
			continue;
		c->arg[c->n++] = "-c";
		c->arg[c->n++] = s->has_value ? slu_printf(a, "%.*s=%.*s", SLU_FMT(s->key), SLU_FMT(s->value)) : slu_str_dup(a, s->key);
	}
}

static slu_rc merge_in(struct git_cli *g, slu_arena *a, struct git_scratch *s, const slu_oid *ours, const slu_oid *theirs, slu_str *text, bool *clean, slu_err *err)
{
	SLU_TRY(attributes(g, a, s->dir, ours, err));
	struct git_call c = { 0 };
	renames(&c, g, a);
	static const char *const words[] = { "merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", "--allow-unrelated-histories" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		c.arg[c.n++] = words[i];
	c.arg[c.n++] = ours->hex;
	c.arg[c.n++] = theirs->hex;
	c.env = &s->env;
	c.cwd = s->dir;
	c.no_repository = true;
	c.max_out = GIT_BIG_OUTPUT;
	int code = 0;
	slu_str errs;
	SLU_TRY(git_cli_run(g, a, &c, text, &code, &errs, err));
	if (code > 1)
		return git_cli_fail("merge-tree", errs, err);
	*clean = code == 0;
	return SLU_OK;
}

slu_rc git_cli_merge_tree(port_git *base, slu_arena *a, const slu_oid *ours, const slu_oid *theirs, slu_oid *tree, const struct port_git_conflict **conflict, size_t *conflict_n, slu_err *err)
{
	struct git_cli *g = git_cli_of(base);
	struct git_scratch s;
	SLU_TRY(git_scratch_make(&s, g, a, err));
	slu_str text = { 0 };
	bool clean = false;
	slu_rc rc = merge_in(g, a, &s, ours, theirs, &text, &clean, err);
	git_scratch_remove(&s);
	if (rc == SLU_OK)
		rc = merge_answer(a, text, clean, tree, conflict, conflict_n, err);
	return rc;
}

/* ---- objects ------------------------------------------------------------------------------------------------------------- */

static slu_rc write_object(struct git_cli *g, slu_arena *a, const char *type, slu_str bytes, slu_oid *out, slu_err *err)
{
	struct git_call c = GIT_CALL("hash-object", "-t", type, "-w", "--stdin");
	c.input = bytes;
	slu_str text;
	SLU_TRY(git_cli_ok(g, a, &c, &text, err));
	return slu_oid_parse(out, slu_str_trim(text), err);
}

enum { SIGNATURE_MAX = 8192 };

/** The signature as a header of the commit, its last one: each line of it after the first begins with a space. */
static void sign_commit(slu_buf *out, slu_str text, const struct port_git_signer *signer, bool sha256)
{
	slu_auto_buf signature;
	slu_buf_init(&signature, SIGNATURE_MAX);
	signer->sign(signer->ctx, &signature, text);
	const char *end = memmem(text.p, text.n, "\n\n", 2); /* every object that git_commit_text makes has one */
	size_t head = end ? (size_t)(end - text.p) + 1 : text.n;
	slu_str rest = slu_str_trim(slu_buf_str(&signature)), line;
	slu_buf_addstr(out, (slu_str){ text.p, head });
	slu_buf_adds(out, sha256 ? "gpgsig-sha256" : "gpgsig");
	while (slu_str_split(&rest, '\n', &line))
		slu_buf_addf(out, " %.*s\n", SLU_FMT(line));
	slu_buf_addstr(out, (slu_str){ text.p + head, text.n - head });
}

slu_rc git_cli_commit_make(port_git *base, const slu_oid *tree, const slu_oid *parent, size_t parent_n, const struct port_git_ident *author, const struct port_git_ident *committer,
			   slu_str message, slu_oid *out, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	slu_buf text;
	slu_auto_buf whole;
	struct git_cli *g = git_cli_of(base);
	slu_buf_init(&text, SLU_MAX_MESSAGE_BYTES + 65536);
	slu_buf_init(&whole, SLU_MAX_MESSAGE_BYTES + 65536 + SIGNATURE_MAX);
	slu_rc rc = git_commit_text(&text, tree, parent, parent_n, author, committer, message, err);
	if (rc == SLU_OK && g->signer)
		sign_commit(&whole, slu_buf_str(&text), g->signer, strlen(tree->hex) > 40);
	if (rc == SLU_OK)
		rc = write_object(g, a, "commit", slu_buf_str(g->signer ? &whole : &text), out, err);
	slu_buf_release(&text);
	return rc;
}

slu_rc git_cli_tag_make(port_git *base, slu_str name, const slu_oid *commit, const struct port_git_ident *tagger, slu_str message, slu_oid *out, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	slu_buf text;
	slu_auto_buf signature;
	struct git_cli *g = git_cli_of(base);
	slu_buf_init(&text, SLU_MAX_MESSAGE_BYTES + 65536 + SIGNATURE_MAX);
	slu_buf_init(&signature, SIGNATURE_MAX);
	slu_rc rc = git_tag_text(&text, name, commit, tagger, message, err);
	if (rc == SLU_OK && g->signer)
		g->signer->sign(g->signer->ctx, &signature, slu_buf_str(&text));
	slu_buf_addstr(&text, slu_buf_str(&signature)); /* a tag's stands at its end */
	if (rc == SLU_OK)
		rc = write_object(g, a, "tag", slu_buf_str(&text), out, err);
	slu_buf_release(&text);
	return rc;
}

/** Mode of a path in the commit ("100644", "100755", "120000"); that of a plain file when it is new. */
static slu_rc mode_of(struct git_cli *g, slu_arena *a, const slu_oid *commit, slu_str path, const char **mode, slu_err *err)
{
	struct git_call c = GIT_CALL("--literal-pathspecs", "ls-tree", "-z", "--full-tree", commit->hex, "--", slu_str_dup(a, path));
	slu_str text, word = { 0 };
	SLU_TRY(git_cli_ok(g, a, &c, &text, err));
	(void)slu_str_split(&text, ' ', &word);
	*mode = slu_str_starts(word, "100") ? slu_str_dup(a, word) : "100644";
	return SLU_OK;
}

static slu_rc index_lines(struct git_cli *g, slu_arena *a, const slu_oid *commit, const struct port_git_file_edit *edit, size_t n, slu_buf *lines, slu_err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (!git_path_ok(edit[i].path))
			return slu_fail(err, SLU_E_INVALID, "\"%.*s\" is no path that a file in a repository can have.", SLU_FMT(edit[i].path));
		const char *mode = "0";
		slu_oid blob = slu_oid_zero();
		if (!edit[i].remove) {
			SLU_TRY(mode_of(g, a, commit, edit[i].path, &mode, err));
			SLU_TRY(write_object(g, a, "blob", edit[i].text, &blob, err));
		}
		slu_buf_addf(lines, "%s %s\t%.*s", mode, blob.hex, SLU_FMT(edit[i].path));
		slu_buf_addc(lines, 0);
	}
	return lines->over ? slu_fail(err, SLU_E_LIMIT, "Too many files are changed at once.") : SLU_OK;
}

static slu_rc edit_in(struct git_cli *g, slu_arena *a, const struct git_scratch *s, const slu_oid *commit, slu_str lines, slu_oid *tree, slu_err *err)
{
	struct git_call steps[] = { GIT_CALL("read-tree", commit->hex), GIT_CALL("update-index", "-z", "--index-info"), GIT_CALL("write-tree") };
	slu_str text = { 0 };
	steps[1].input = lines;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		steps[i].env = &s->env;
		steps[i].cwd = s->dir;
		steps[i].no_repository = true;
		SLU_TRY(git_cli_ok(g, a, &steps[i], &text, err));
	}
	return slu_oid_parse(tree, slu_str_trim(text), err);
}

slu_rc git_cli_tree_edit(port_git *base, slu_arena *a, const slu_oid *commit, const struct port_git_file_edit *edit, size_t n, slu_oid *tree, slu_err *err)
{
	struct git_cli *g = git_cli_of(base);
	struct git_scratch s;
	slu_buf lines;
	slu_buf_init(&lines, 4u << 20);
	slu_rc rc = index_lines(g, a, commit, edit, n, &lines, err);
	if (rc == SLU_OK)
		rc = git_scratch_make(&s, g, a, err);
	if (rc == SLU_OK) {
		rc = edit_in(g, a, &s, commit, slu_buf_str(&lines), tree, err);
		git_scratch_remove(&s);
	}
	slu_buf_release(&lines);
	return rc;
}
