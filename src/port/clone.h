/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Port to a clone that somebody works in: work trees and their indexes, the user's own Git with his settings and hooks, the remote,
 * and a folder for what is under way. Adapter: src/git/clone*.c.
 *
 * Unlike port/git.h, git runs here as the user would run it: his configuration, identity, signing key, hooks and credentials count.
 * Every function that changes something can be repeated without harm. Strings live in the arena that is passed, else they are borrowed.
 */
#ifndef PORT_CLONE_H
#define PORT_CLONE_H
#include "port/git.h"

typedef struct port_clone port_clone;

struct port_clone_tree {    /* a work tree */
	slu_str path, git_dir;  /* absolute; git_dir is its own */
	slu_str head;           /* "refs/heads/main"; n == 0: detached */
	slu_oid at;             /* detached: the commit; else zero */
	bool here;              /* the caller stands in it */
	bool gone;              /* its folder is not there */
};
/** A work tree goes from one commit's files to another's; zero: no files. */
struct port_clone_move {
	slu_str path, git_dir;
	slu_oid from, to;
};
/** HEAD of a work tree goes from one branch (or commit: its id) to another. */
struct port_clone_head {
	slu_str git_dir, from, to; /* "refs/heads/main", or an id */
	slu_oid old, new_;         /* the commits that they are at */
};
struct port_clone_solve { /* a merge that a person solves, in a work tree of its own */
	slu_str dir;            /* where it is made */
	slu_oid ours, theirs;
	bool pick;              /* no merge: the one commit `theirs` on top of `ours` */
};
/** A file that stood in the way when an interrupted operation was taken up again; it was kept aside. */
struct port_clone_kept { slu_str path, copy; };

/** What the objects of a clone take. */
struct port_clone_size { int64_t loose, packed, packs, kib; };

struct port_clone_ops {
	void (*close)(port_clone *c);
	slu_rc (*trees)(port_clone *c, slu_arena *a, const struct port_clone_tree **out, size_t *n, slu_err *err);
	/* what Git itself has under way there: "merge" "rebase" "cherry-pick" "revert" "bisect" "am"; NULL: nothing */
	const char *(*busy)(port_clone *c, const struct port_clone_tree *t);
	/* tracked files that differ from the index or the index from HEAD, whose commit has that tree (NULL: not known); a few of them. Untracked files do not count */
	slu_rc (*dirty)(port_clone *c, slu_arena *a, const struct port_clone_tree *t, const slu_oid *tree, const slu_str **path, size_t *n, slu_err *err);
	/* who commits here; SLU_E_INVALID with what helps when Git does not know */
	slu_rc (*identity)(port_clone *c, slu_arena *a, struct port_git_ident *out, slu_err *err);

	/* what is under way, in a folder of ours: texts by name ("op.json", "log/12.json"); they are on disk when put returns */
	slu_rc (*lock)(port_clone *c, slu_err *err);      /* SLU_E_BUSY: another process has it. Given up by close, or the process's end */
	slu_rc (*get)(port_clone *c, slu_arena *a, const char *name, slu_str *text, bool *found, slu_err *err);
	slu_rc (*put)(port_clone *c, const char *name, slu_str text, slu_err *err);
	slu_rc (*drop)(port_clone *c, const char *name, slu_err *err); /* fine when it is not there */
	slu_rc (*put_aside)(port_clone *c, const char *name, const char *to, slu_err *err); /* under another name there, whatever it is */
	const char *(*place)(port_clone *c, slu_arena *a, const char *name); /* absolute path of such a name, for words and work trees */

	/* objects, by the user's own Git: his identity, time, encoding and signing key. `author` NULL: he himself */
	slu_rc (*commit)(port_clone *c, const slu_oid *tree, const slu_oid *parent, size_t parent_n, const struct port_git_ident *author, slu_str message, slu_oid *out, slu_err *err);
	slu_rc (*tag)(port_clone *c, slu_str name, const slu_oid *commit, slu_str message, bool sign, slu_oid *out, slu_err *err);

	/* the index is locked against everybody else's Git until it is released; SLU_E_BUSY: a Git is at work there */
	slu_rc (*hold)(port_clone *c, const struct port_clone_move *m, slu_err *err);
	void (*release)(port_clone *c, const struct port_clone_move *m); /* fine when it is not held by us, also after a kill */
	/* would it go? Nothing is changed. SLU_E_CONFLICT names the files in the way. It must be held */
	slu_rc (*prove)(port_clone *c, const struct port_clone_move *m, slu_err *err);
	/*
	 * Files and index follow. `again`: an earlier try may have been cut off; what is then neither the old nor the new file is copied to the folder
	 * of what is under way and told. It must be held.
	 */
	slu_rc (*follow)(port_clone *c, slu_arena *a, const struct port_clone_move *m, bool again, const struct port_clone_kept **kept, size_t *n, slu_err *err);
	slu_rc (*head)(port_clone *c, const struct port_clone_head *h, slu_err *err);
	/*
	 * A work tree has followed, and nothing of it is locked any more: the user's hooks that Git would run then, post-checkout where HEAD has another branch than
	 * before, post-merge where that branch has moved. What they answer changes nothing.
	 */
	void (*followed)(port_clone *c, const struct port_clone_move *m, bool switched);
	slu_rc (*setting)(port_clone *c, slu_str key, const slu_str *value /* NULL: away with it */, slu_err *err);
	slu_rc (*link)(port_clone *c, slu_str name, slu_str target, slu_err *err); /* a symbolic ref, refs/remotes/origin/HEAD; target.n == 0: away with it */
	/* a ref's own log, as it stands; *found false: it has none, or it is no plain file that can be copied. Set only where there is one */
	slu_rc (*log_get)(port_clone *c, slu_arena *a, slu_str ref, slu_str *text, bool *found, slu_err *err);
	slu_rc (*log_set)(port_clone *c, slu_str ref, slu_str text, slu_err *err);
	/* one transaction, with the user's reference-transaction hook and reflogs; locks of a killed one of ours are waited for and cleared with `again`. SLU_E_CONFLICT: a ref is not where it should be */
	slu_rc (*refs)(port_clone *c, const struct port_git_update *u, size_t n, slu_str reflog, bool again, slu_err *err);

	/* the remote; git's own words go to standard error */
	slu_rc (*fetch)(port_clone *c, slu_str remote, slu_err *err);
	slu_rc (*remote_head)(port_clone *c, slu_arena *a, slu_str remote, slu_str *out, slu_err *err); /* its default branch, short; n == 0: it tells none */
	slu_rc (*remote_refs)(port_clone *c, slu_arena *a, slu_str remote, bool ours /* refs/sluice/ too */, const struct port_git_ref **out, size_t *n, slu_err *err);
	slu_rc (*push)(port_clone *c, slu_str remote, const struct port_git_update *u, size_t n, slu_err *err); /* all or none, each only if it stands at `old`. SLU_E_CONFLICT: refused */
	/* refs there that only we know of: they come to be (again: fine), and those that are still at that commit go. git's words are in the sentence; no hook of the user's runs */
	slu_rc (*offer)(port_clone *c, slu_str remote, const struct port_git_ref *r, size_t n, slu_err *err);
	slu_rc (*withdraw)(port_clone *c, slu_str remote, const struct port_git_ref *r, size_t n, slu_err *err);

	/*
	 * Upkeep. prune: remote-tracking refs whose branch the remote has no more (n == 0: it is not asked), and records of work trees whose folder is gone; what they
	 * are, also with `dry`, which leaves them. fsck: *said is git's words, what is only unreachable is no fault.
	 */
	slu_rc (*prune)(port_clone *c, slu_arena *a, slu_str remote, bool dry, const slu_str **gone, size_t *n, slu_err *err);
	slu_rc (*gc)(port_clone *c, slu_err *err);
	slu_rc (*fsck)(port_clone *c, slu_arena *a, bool *sound, slu_str *said, slu_err *err);
	slu_rc (*size)(port_clone *c, slu_arena *a, struct port_clone_size *out, slu_err *err);

	/* laid out; also where an earlier try was cut off, or another commit of the same rebase was solved */
	slu_rc (*solve_begin)(port_clone *c, const struct port_clone_solve *s, slu_err *err);
	/* open: files still in conflict; only they are told with `tree` NULL. SLU_E_NOT_FOUND: the work tree is gone */
	slu_rc (*solved)(port_clone *c, slu_arena *a, const struct port_clone_solve *s, slu_oid *tree, const slu_str **open, size_t *open_n, slu_err *err);
	slu_rc (*solve_end)(port_clone *c, const struct port_clone_solve *s, slu_err *err); /* fine when it is not there */
};
struct port_clone { const struct port_clone_ops *ops; };
#endif
