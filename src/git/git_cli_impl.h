/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of the adapter by the `git` program; its parts stand in git_cli_*.c. The libgit2 adapter falls back to these functions. */
#ifndef GIT_GIT_CLI_IMPL_H
#define GIT_GIT_CLI_IMPL_H
#include "git/git.h"
#include "git/object.h"
#include "git/walk.h"
#include "run/proc.h"

struct git_cli {
	port_git base;
	slu_arena *own;         /* of the handle: path, environment */
	const char *path;
	const char *common;     /* folder with its refs and settings: path, but of a linked work tree that of the repository */
	const char *main_objects; /* of the repository itself */
	const char *objects;    /* where objects are written: the quarantine's folder, or main_objects */
	git_walk *walk;         /* NULL: not begun yet, or `forked` */
	git_walk_load *load;    /* how the walk reads a commit */
	bool keep;              /* what the walk learnt is kept as long as the handle */
	bool forked;            /* a shallow clone, or one with grafts: only git itself knows where its history ends */
	int lock_fd;
	const struct port_git_signer *signer;
	const struct port_git_setting *merging; /* as of port_git_open */
	size_t merging_n;
	struct git_env env;     /* of every child */
	struct git_verifier *verifier; /* keys that signatures are verified with; NULL: none was yet */
	struct run_child batch; /* `cat-file --batch-command`; pid 0: not started */
	char *in;               /* what was read from it and not yet used */
	size_t in_at, in_n;
};
enum { GIT_BATCH_BUFFER = 65536, GIT_TIMEOUT_MS = 120000, GIT_ARGS_MAX = 40, GIT_BIG_OUTPUT = 256 * 1024 * 1024 };

static inline struct git_cli *git_cli_of(port_git *g)
{
	return (struct git_cli *)(void *)g;
}

/** Make one without looking at the path. `size`: of a struct that begins with this one. */
struct git_cli *git_cli_new(const struct port_git_open *o, size_t size);
void git_cli_free(struct git_cli *g);
/** The walk of a handle; NULL when git itself must be asked. */
git_walk *git_cli_walk(struct git_cli *g);

/** One call of git: arguments after those that every call has; `input` may be empty; max_out 0: the default. */
struct git_call {
	const char *arg[GIT_ARGS_MAX];
	size_t n;
	slu_str input;
	const char *cwd;
	const struct git_env *env; /* NULL: the handle's */
	bool no_repository;        /* do not pass --git-dir */
	size_t max_out;
	int64_t timeout_ms;        /* 0: GIT_TIMEOUT_MS */
	int hold_fd;               /* > 0: a flock that the child keeps until it ends */
	int cancel_fd;             /* > 0: when it becomes readable the child is ended */
};
#define GIT_CALL(...) (struct git_call){ .arg = { __VA_ARGS__ }, .n = sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *) }
/** Run it; *code is the exit code. Any end by a signal is an error. SLU_E_LIMIT: *out is the first max_out bytes. */
slu_rc git_cli_run(struct git_cli *g, slu_arena *a, const struct git_call *c, slu_str *out, int *code, slu_str *errs, slu_err *err);
/** The same; an exit code other than 0 is an error, told apart by what git says (not found, corrupt). */
slu_rc git_cli_ok(struct git_cli *g, slu_arena *a, const struct git_call *c, slu_str *out, slu_err *err);
/** The error for a git that failed with this on standard error. */
slu_rc git_cli_fail(const char *what, slu_str errs, slu_err *err);

struct git_info {
	enum git_kind kind;
	slu_oid id;
	uint64_t size;
};
/** What a name stands for. `spec` without line ends. Missing is SLU_OK with kind GIT_MISSING. */
slu_rc git_cli_info(struct git_cli *g, slu_str spec, struct git_info *out, slu_err *err);
/** Its bytes. SLU_E_LIMIT over SLU_MAX_BLOB_BYTES. Missing as above. */
slu_rc git_cli_contents(struct git_cli *g, slu_arena *a, slu_str spec, struct git_info *out, slu_str *bytes, slu_err *err);
void git_cli_batch_stop(struct git_cli *g);
void git_verifier_free(struct git_cli *g);
slu_rc git_cli_signature(port_git *base, slu_arena *a, const slu_oid *id, const struct pol_signers *by, int64_t now_s, struct pol_signature *out, slu_err *err);
/** A name that Git takes for a ref under refs/: no control bytes, spaces, "..", "@{" and the like. */
bool git_ref_name_ok(slu_str name);

/** A path that a file in a tree can have: no empty, "." or ".." part, no ".git". Trees can hold anything, and paths come from people. */
bool git_path_ok(slu_str path);

/** A scratch folder with an empty repository in it whose objects are the handle's: no configuration but ours. */
struct git_scratch {
	const char *dir;      /* work tree */
	struct git_env env;   /* GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE set */
};
slu_rc git_scratch_make(struct git_scratch *out, struct git_cli *g, slu_arena *a, slu_err *err);
void git_scratch_remove(struct git_scratch *s);

/* the functions of the port */
slu_rc git_cli_ref(port_git *g, slu_str name, slu_oid *out, slu_err *err);
slu_rc git_cli_refs(port_git *g, slu_arena *a, slu_str prefix, const struct port_git_ref **out, size_t *n, slu_err *err);
slu_rc git_cli_resolve(port_git *g, slu_str rev, slu_oid *out, slu_err *err);
slu_rc git_cli_commit(port_git *g, slu_arena *a, const slu_oid *id, struct pol_commit *out, slu_err *err);
slu_rc git_cli_tag(port_git *g, slu_arena *a, const slu_oid *id, struct pol_tag *out, slu_err *err);
slu_rc git_cli_has_commit(port_git *base, const slu_oid *id, bool *out, slu_err *err);
slu_rc git_cli_object(port_git *g, slu_arena *a, const slu_oid *id, const char **kind, slu_str *bytes, slu_err *err);
slu_rc git_cli_blob(port_git *g, const slu_oid *id, port_git_take *take, void *ctx, slu_err *err);
slu_rc git_cli_file_at(port_git *g, slu_arena *a, const slu_oid *commit, slu_str path, slu_str *text, bool *found, slu_err *err);
slu_rc git_cli_is_ancestor(port_git *g, const slu_oid *anc, const slu_oid *of, bool *out, slu_err *err);
slu_rc git_cli_merge_bases(port_git *g, slu_arena *a, const slu_oid *x, const slu_oid *y, const slu_oid **out, size_t *n, slu_err *err);
slu_rc git_cli_ahead_behind(port_git *g, const slu_oid *x, const slu_oid *base, uint64_t *ahead, uint64_t *behind, slu_err *err);
slu_rc git_cli_range(port_git *g, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, size_t max, const slu_oid **out, size_t *n, slu_err *err);
slu_rc git_cli_topology(port_git *g, slu_arena *a, const slu_oid *tip, size_t n, struct port_git_topology *out, slu_err *err);
slu_rc git_cli_messages(port_git *g, const slu_oid *id, size_t n, port_git_message *each, void *ctx, slu_err *err);
slu_rc git_cli_order(port_git *g, slu_arena *a, const slu_oid *tip, size_t tip_n, const slu_oid *not_, size_t not_n, const port_git_list **out, size_t *n, slu_err *err);
slu_rc git_cli_read(port_git *g, const port_git_list *list, size_t from, size_t n, port_git_each *take, void *ctx, slu_err *err);
slu_rc git_cli_symbolic(port_git *g, slu_arena *a, slu_str name, slu_str *out, slu_err *err);
slu_rc git_cli_files_of(port_git *g, slu_arena *a, const slu_oid *commit, size_t commit_n, bool sized, const struct pol_file **out, size_t *n, slu_err *err);
slu_rc git_cli_files(port_git *g, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, const struct pol_file **out, size_t *n, slu_err *err);
slu_rc git_cli_diff(port_git *g, slu_arena *a, const slu_oid *from, const slu_oid *to, size_t max_bytes, const struct port_git_diff_file **out, size_t *n, slu_err *err);
slu_rc git_cli_patch(port_git *g, slu_arena *a, const slu_oid *from, const slu_oid *to, bool mail, size_t max_bytes, slu_str *out, slu_err *err);
slu_rc git_cli_archive(port_git *g, slu_arena *a, const slu_oid *commit, bool zip, slu_str prefix, size_t max_bytes, slu_str *out, slu_err *err);
slu_rc git_cli_touching(port_git *g, slu_arena *a, const slu_oid *tip, slu_str path, size_t max, const slu_oid **out, size_t *n, slu_err *err);
slu_rc git_cli_patch_id(port_git *g, slu_arena *a, const slu_oid *base, const slu_oid *tip, slu_oid *out, slu_err *err);
slu_rc git_cli_merge_tree(port_git *g, slu_arena *a, const slu_oid *ours, const slu_oid *theirs, slu_oid *tree, const struct port_git_conflict **conflict, size_t *conflict_n, slu_err *err);
slu_rc git_cli_commit_make(port_git *g, const slu_oid *tree, const slu_oid *parent, size_t parent_n, const struct port_git_ident *author, const struct port_git_ident *committer,
			   slu_str message, slu_oid *out, slu_err *err);
slu_rc git_cli_tag_make(port_git *g, slu_str name, const slu_oid *commit, const struct port_git_ident *tagger, slu_str message, slu_oid *out, slu_err *err);
slu_rc git_cli_tree_edit(port_git *g, slu_arena *a, const slu_oid *commit, const struct port_git_file_edit *edit, size_t n, slu_oid *tree, slu_err *err);
/** What every transaction begins with. */
struct port_git_txn {
	slu_arena *a; /* it lives in it */
	bool own;     /* by ref_txn.c; else git does it */
};
slu_rc git_cli_txn_prepare(port_git *g, port_git_txn **out, const struct port_git_update *u, size_t n, slu_str reflog, slu_err *err);
slu_rc git_cli_txn_commit(port_git_txn *t, slu_err *err);
void git_cli_txn_abort(port_git_txn *t);
/** What an object is, and what it finally names (itself, when it is no tag). Missing is SLU_OK with GIT_MISSING. */
typedef slu_rc git_peel(struct git_cli *g, const slu_oid *id, enum git_kind *kind, slu_oid *peeled, slu_err *err);
/** Value of one ref in packed-refs, zero where it is not there. @return false: git must be asked */
bool git_packed_value(const struct git_cli *g, slu_arena *a, slu_str name, slu_oid *out);
/** All refs below a prefix, without a process. @return false: they are not as the server keeps them, and must be asked for otherwise */
bool git_refs_read(struct git_cli *g, git_peel *peel, slu_arena *a, slu_str prefix, const struct port_git_ref **out, size_t *n);
/** The same transaction without a process. On a repository whose refs are not as the server keeps them, git_cli_txn_prepare. */
slu_rc git_ref_txn_prepare(port_git *g, git_peel *peel, port_git_txn **out, const struct port_git_update *u, size_t n, slu_str reflog, slu_err *err);
slu_rc git_ref_txn_commit(port_git_txn *t, slu_err *err);
void git_ref_txn_abort(port_git_txn *t);
#endif
