/* SPDX-License-Identifier: Apache-2.0 */
/* Handles, and running git. */
#include "git/git_cli_impl.h"
#include "git/here.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void git_env_add(struct git_env *e, slu_arena *a, const char *key, const char *value)
{
	if (!value || e->n + 1 >= GIT_ENV_MAX)
		return;
	e->v[e->n++] = slu_printf(a, "%s=%s", key, value);
	e->v[e->n] = NULL;
}

void git_env_init(struct git_env *e, slu_arena *a)
{
	*e = (struct git_env){ 0 };
	const char *path = getenv("PATH");
	git_env_add(e, a, "PATH", path ? path : "/usr/local/bin:/usr/bin:/bin");
	static const char *const fixed[] = {
		"HOME=/nonexistent",	 "LC_ALL=C",		    "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_ATTR_NOSYSTEM=1",
	};
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		e->v[e->n++] = fixed[i];
	e->v[e->n] = NULL;
}

static slu_rc load_by_git(void *ctx, slu_arena *a, const struct git_raw *id, size_t id_n, struct git_commit_head *out, slu_err *err)
{
	struct git_cli *g = ctx;
	slu_auto_arena *own = slu_arena_new();
	struct pol_commit c;
	slu_oid hex = git_raw_hex(id, id_n);
	SLU_TRY(git_cli_commit(&g->base, own, &hex, &c, err));
	*out = git_commit_head_of(a, &c);
	return SLU_OK;
}

struct git_cli *git_cli_new(const struct port_git_open *o, size_t size)
{
	slu_arena *own = slu_arena_new();
	struct git_cli *g = slu_alloc(own, size);
	g->own = own;
	g->path = slu_strdup(own, o->path);
	g->common = git_common_dir(own, g->path);
	g->main_objects = slu_printf(own, "%s/objects", g->common);
	g->objects = o->object_dir ? slu_strdup(own, o->object_dir) : g->main_objects;
	g->lock_fd = o->lock_fd;
	g->signer = o->signer;
	g->merging = o->merging;
	g->merging_n = o->merging_n;
	g->load = load_by_git;
	git_env_init(&g->env, own);
	git_env_add(&g->env, own, "GIT_OBJECT_DIRECTORY", o->object_dir);
	git_env_add(&g->env, own, "GIT_ALTERNATE_OBJECT_DIRECTORIES", o->alternates);
	return g;
}

void git_cli_free(struct git_cli *g)
{
	git_cli_batch_stop(g);
	git_verifier_free(g);
	git_walk_free(g->walk);
	slu_arena_free(g->own);
}

git_walk *git_cli_walk(struct git_cli *g)
{
	if (!g->walk && !g->forked) {
		slu_auto_arena *a = slu_arena_new();
		g->forked = access(slu_printf(a, "%s/shallow", g->common), F_OK) == 0 || access(slu_printf(a, "%s/info/grafts", g->common), F_OK) == 0;
		if (!g->forked)
			g->walk = git_walk_new(g->main_objects, g->load, g);
		if (g->walk && g->keep)
			git_walk_keep(g->walk);
	}
	return g->walk;
}

static void cli_close(port_git *base)
{
	git_cli_free(git_cli_of(base));
}

static const struct port_git_ops ops = {
	.close = cli_close,
	.ref = git_cli_ref,
	.refs = git_cli_refs,
	.resolve = git_cli_resolve,
	.commit = git_cli_commit,
	.tag = git_cli_tag,
	.is_ancestor = git_cli_is_ancestor,
	.merge_bases = git_cli_merge_bases,
	.ahead_behind = git_cli_ahead_behind,
	.range = git_cli_range,
	.topology = git_cli_topology,
	.messages = git_cli_messages,
	.order = git_cli_order,
	.read = git_cli_read,
	.symbolic = git_cli_symbolic,
	.files = git_cli_files,
	.files_of = git_cli_files_of,
	.diff = git_cli_diff,
	.patch = git_cli_patch,
	.archive = git_cli_archive,
	.touching = git_cli_touching,
	.patch_id = git_cli_patch_id,
	.file_at = git_cli_file_at,
	.has_commit = git_cli_has_commit,
	.object = git_cli_object,
	.blob = git_cli_blob,
	.signature = git_cli_signature,
	.merge_tree = git_cli_merge_tree,
	.commit_make = git_cli_commit_make,
	.tag_make = git_cli_tag_make,
	.tree_edit = git_cli_tree_edit,
	.txn_prepare = git_cli_txn_prepare,
	.txn_commit = git_cli_txn_commit,
	.txn_abort = git_cli_txn_abort,
};

slu_rc git_cli_open(port_git **out, const struct port_git_open *o, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	struct stat st;
	if (stat(slu_printf(a, "%s/HEAD", o->path), &st) != 0 && lstat(slu_printf(a, "%s/HEAD", o->path), &st) != 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no Git repository at %s.", o->path);
	struct git_cli *g = git_cli_new(o, sizeof(struct git_cli));
	g->base.ops = &ops;
	*out = &g->base;
	return SLU_OK;
}

slu_rc git_cli_fail(const char *what, slu_str errs, slu_err *err)
{
	/* of git's words (LC_ALL=C) for an object or revision that is not there */
	static const char *const missing[] = { "Not a valid commit name", "Not a valid object name", "bad object", "bad revision", "unknown revision", "Needed a single revision",
					       "not a tree object",	"not a valid object",	   "ambiguous argument", "not something we can merge", "could not get object info" };
	static const char *const damaged[] = { "corrupt", "inflate", "unable to unpack", "bad tree object", "unable to read tree", "missing blob", "unable to read" };
	slu_str text = slu_str_trim(errs), line = { 0 };
	const char *z = text.n ? text.p : ""; /* run_proc's text ends with NUL */
	slu_rc rc = slu_rc_io(z);
	for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
		if (strstr(z, missing[i]))
			rc = SLU_E_NOT_FOUND;
	for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++)
		if (strstr(z, damaged[i]))
			rc = SLU_E_CORRUPT;
	(void)slu_str_split(&text, '\n', &line);
	return slu_fail(err, rc, "%sgit %s failed%s%.*s.", rc == SLU_E_FULL ? "The disk is full: " : "", what, line.n ? ": " : "", SLU_FMT(line));
}

slu_rc git_cli_run(struct git_cli *g, slu_arena *a, const struct git_call *c, slu_str *out, int *code, slu_str *errs, slu_err *err)
{
	const char *argv[GIT_ARGS_MAX + 10] = { "git" };
	size_t n = 1;
	if (!c->no_repository)
		argv[n++] = slu_printf(a, "--git-dir=%s", g->path);
	argv[n++] = "-c";
	argv[n++] = "core.hooksPath=/dev/null";
	for (size_t i = 0; i < c->n; i++)
		argv[n++] = c->arg[i];
	struct run_spec s = RUN_SPEC;
	s.argv = argv;
	s.env = (c->env ? c->env : &g->env)->v;
	s.input = c->input;
	s.cwd = c->cwd ? c->cwd : "/";
	s.timeout_ms = c->timeout_ms ? c->timeout_ms : GIT_TIMEOUT_MS;
	s.max_out = c->max_out;
	s.inherit = &c->hold_fd;
	s.inherit_n = c->hold_fd > 0 ? 1 : 0;
	s.cancel_fd = c->cancel_fd;
	struct run_result r = { 0 };
	slu_rc rc = run_proc(&r, a, &s, err);
	if (rc != SLU_OK && rc != SLU_E_LIMIT)
		return rc;
	*out = r.out; /* also when it is cut: a caller that shows patches takes what there is */
	if (rc != SLU_OK)
		return rc;
	if (r.signal)
		return slu_fail(err, SLU_E_IO, "git %s was ended by signal %d.", c->arg[0], r.signal);
	*code = r.exit_code;
	if (errs)
		*errs = r.err;
	return SLU_OK;
}

slu_rc git_cli_ok(struct git_cli *g, slu_arena *a, const struct git_call *c, slu_str *out, slu_err *err)
{
	slu_str o, errs;
	int code = 0;
	SLU_TRY(git_cli_run(g, a, c, &o, &code, &errs, err));
	if (code != 0)
		return git_cli_fail(c->arg[0], errs, err);
	*out = o;
	return SLU_OK;
}
