/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of the adapter of port/clone.h. */
#ifndef GIT_CLONE_IMPL_H
#define GIT_CLONE_IMPL_H
#include "git/clone.h"
#include "run/proc.h"

enum { CLONE_ARGS = 200, CLONE_ENV = 12, CLONE_TIMEOUT_MS = 120000, CLONE_NET_TIMEOUT_MS = 600000, CLONE_UPKEEP_TIMEOUT_MS = 4 * 3600 * 1000, CLONE_SHOWN = 5 /* paths that are named in a sentence */ };

struct clone {
	port_clone base;
	slu_arena *own;
	const struct port_git_here *here;
	const char *common; /* of all work trees together */
	const char *kept;   /* COMMON/sluice/flow: what is under way */
	int lock_fd;        /* -1: not held */
	struct run_child mover; /* git update-ref, once refs have moved */
};
static inline struct clone *clone_of(port_clone *c)
{
	return (struct clone *)(void *)c;
}

/** A call of the user's git. */
struct clone_call {
	const char *arg[CLONE_ARGS]; /* after "git" */
	size_t n;
	const char *env[CLONE_ENV]; /* "K=V", before what the user's own environment has */
	size_t env_n;
	slu_str git_dir, work_tree; /* n == 0: those of the command's place, and no work tree */
	const char *cwd;            /* NULL: as the command's */
	slu_str input;
	int64_t timeout_ms;         /* 0: CLONE_TIMEOUT_MS */
};
#define CLONE_CALL(...) (struct clone_call){ .arg = { __VA_ARGS__ }, .n = sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *) }
struct run_spec clone_spec(struct clone *c, slu_arena *a, const struct clone_call *q);
/** Its end is looked at by the caller. */
slu_rc clone_run(struct clone *c, slu_arena *a, const struct clone_call *q, struct run_result *out, slu_err *err);
/** Any exit code but 0 is SLU_E_IO with git's first line in the sentence. */
slu_rc clone_ok(struct clone *c, slu_arena *a, const struct clone_call *q, slu_str *out, slu_err *err);
/** The same, but git talks to the user's terminal itself. *code: its exit code. */
slu_rc clone_shown(struct clone *c, slu_arena *a, const struct clone_call *q, int *code, slu_err *err);
/** "git read-tree" and the like fail: the first line of what git said, as the end of a sentence. */
slu_rc clone_failed(slu_err *err, slu_rc rc, const char *what, slu_str said);
/** The words of git without "error: ", "fatal: " before them; one line. */
slu_str clone_line(slu_str said);

/** A setting of the user's; n == 0: it has none. */
slu_str clone_setting(const struct clone *c, const char *key);
/* files */
slu_rc clone_write(const char *path, slu_str text, slu_err *err); /* whole and on disk, or not at all */
slu_rc clone_put_aside(const char *from, const char *to, slu_err *err); /* moved, whatever its size; to another file system it is copied and stays */
void clone_remove_folder(const char *path); /* with all that is in it */
slu_rc clone_sync_folder(const char *path, slu_err *err);

/** A call that reaches the remote: from where its address is meant, and as long as a network takes. */
void clone_to_remote(const struct clone *c, struct clone_call *q);

/* the functions of the port */
slu_rc clone_trees(port_clone *c, slu_arena *a, const struct port_clone_tree **out, size_t *n, slu_err *err);
const char *clone_busy(port_clone *c, const struct port_clone_tree *t);
slu_rc clone_dirty(port_clone *c, slu_arena *a, const struct port_clone_tree *t, const slu_oid *tree, const slu_str **path, size_t *n, slu_err *err);
slu_rc clone_hold(port_clone *c, const struct port_clone_move *m, slu_err *err);
void clone_release(port_clone *c, const struct port_clone_move *m);
slu_rc clone_prove(port_clone *c, const struct port_clone_move *m, slu_err *err);
slu_rc clone_follow(port_clone *c, slu_arena *a, const struct port_clone_move *m, bool again, const struct port_clone_kept **kept, size_t *n, slu_err *err);
slu_rc clone_head(port_clone *c, const struct port_clone_head *h, slu_err *err);
slu_rc clone_link(port_clone *c, slu_str name, slu_str target, slu_err *err);
void clone_followed(port_clone *c, const struct port_clone_move *m, bool switched);
slu_rc clone_log_get(port_clone *c, slu_arena *a, slu_str ref, slu_str *text, bool *found, slu_err *err);
slu_rc clone_log_set(port_clone *c, slu_str ref, slu_str text, slu_err *err);
slu_rc clone_identity(port_clone *c, slu_arena *a, struct port_git_ident *out, slu_err *err);
slu_rc clone_commit(port_clone *c, const slu_oid *tree, const slu_oid *parent, size_t parent_n, const struct port_git_ident *author, slu_str message, slu_oid *out, slu_err *err);
slu_rc clone_tag(port_clone *c, slu_str name, const slu_oid *commit, slu_str message, bool sign, slu_oid *out, slu_err *err);
slu_rc clone_refs(port_clone *c, const struct port_git_update *u, size_t n, slu_str reflog, bool again, slu_err *err);
void clone_refs_end(struct clone *c);
slu_rc clone_fetch(port_clone *c, slu_str remote, slu_err *err);
slu_rc clone_remote_head(port_clone *c, slu_arena *a, slu_str remote, slu_str *out, slu_err *err);
slu_rc clone_remote_refs(port_clone *c, slu_arena *a, slu_str remote, bool ours, const struct port_git_ref **out, size_t *n, slu_err *err);
slu_rc clone_push(port_clone *c, slu_str remote, const struct port_git_update *u, size_t n, slu_err *err);
slu_rc clone_offer(port_clone *c, slu_str remote, const struct port_git_ref *r, size_t n, slu_err *err);
slu_rc clone_withdraw(port_clone *c, slu_str remote, const struct port_git_ref *r, size_t n, slu_err *err);
slu_rc clone_prune(port_clone *c, slu_arena *a, slu_str remote, bool dry, const slu_str **gone, size_t *n, slu_err *err);
slu_rc clone_gc(port_clone *c, slu_err *err);
slu_rc clone_fsck(port_clone *c, slu_arena *a, bool *sound, slu_str *said, slu_err *err);
slu_rc clone_size(port_clone *c, slu_arena *a, struct port_clone_size *out, slu_err *err);
slu_rc clone_solve_begin(port_clone *c, const struct port_clone_solve *s, slu_err *err);
slu_rc clone_solved(port_clone *c, slu_arena *a, const struct port_clone_solve *s, slu_oid *tree, const slu_str **open, size_t *open_n, slu_err *err);
slu_rc clone_solve_end(port_clone *c, const struct port_clone_solve *s, slu_err *err);
#endif
