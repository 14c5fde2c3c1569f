/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Port to Git: what the program needs of a repository. Adapters: src/git by the `git` program (everywhere), and by libgit2 (server, reads).
 *
 * A handle is used by one thread at a time. Strings and lists live in the arena that is passed. Names of refs are full ("refs/heads/main").
 * Replace refs are ignored. Every child process has a time-out. Not-there is SLU_E_NOT_FOUND, a damaged object SLU_E_CORRUPT.
 */
#ifndef PORT_GIT_H
#define PORT_GIT_H
#include "policy/pol.h"
#include "port/git_here.h"

typedef struct port_git port_git;

/** Signs what is made: the whole text of a commit or tag object without its signature. `out` may be added to from several threads at once, each its own. */
struct port_git_signer {
	void (*sign)(const void *ctx, slu_buf *out, slu_str text); /* adds lines, the last with its newline */
	const void *ctx;
};

struct port_git_open {
	const char *path;       /* of the repository (bare or .git), absolute */
	/* quarantine of a push: both NULL outside one */
	const char *object_dir; /* GIT_OBJECT_DIRECTORY / GIT_QUARANTINE_PATH */
	const char *alternates; /* GIT_ALTERNATE_OBJECT_DIRECTORIES */
	int lock_fd;            /* flock that children which may move refs inherit; -1: none */
	const struct port_git_signer *signer; /* lives as long as the handle; NULL: commits and tags that are made carry no signature */
	const struct port_git_setting *merging; /* settings of the user, of which those that say how renames are found count in merges; they live as long as the handle */
	size_t merging_n;
};

struct port_git_ref { slu_str name; slu_oid id, peeled; /* peeled: commit of an annotated tag, else id */ };
struct port_git_update { slu_str ref; slu_oid old, new_; /* zero old: must not exist; zero new: delete */ };
struct port_git_ident { slu_str name, email; int64_t time_s; int zone; /* of the time, as Git writes it: 130 is +0130 */ };
struct port_git_file_edit { slu_str path; slu_str text; bool remove; };
struct port_git_diff_file { slu_str old_path, new_path; char status; /* A M D R */ int64_t added, removed; /* -1: binary, or one of more than 3,000 files */ slu_str patch; /* unified */ bool cut; /* the patch is, or is left out: of more than 3,000 files nothing is counted or shown */ slu_oid blob; /* new one, of a deletion the old one */ };
struct port_git_conflict { slu_str path; };
/** History as bare structure: commits by number, parents before children. */
struct port_git_topology {
	size_t n;
	slu_oids id, tree;
	const int64_t *time_s;      /* of the committer */
	const uint32_t *parent_at;  /* n + 1 of them: parents of i are parent[parent_at[i]] up to parent[parent_at[i + 1]] */
	const uint32_t *parent;
	const slu_str *first;       /* first lines of messages that are remembered, p NULL: it is not; NULL: none is. As long as the handle */
	size_t fresh;               /* commits that are not remembered */
};
typedef void port_git_message(void *ctx, size_t i, slu_str message); /* of the i-th commit that was asked for; borrowed for the call */
typedef struct port_git_list port_git_list; /* commits in an order, as an adapter has them */
typedef struct port_git_txn port_git_txn; /* refs locked, not yet moved */

typedef void port_git_take(void *ctx, slu_str piece, bool last);
/** One of many commits; what `c` points to is good until this returns, and its strings need not end with NUL. Any code but SLU_OK ends the walk, which returns it. */
typedef slu_rc port_git_each(void *ctx, const struct pol_commit *c, slu_err *err);

struct port_git_ops {
	void (*close)(port_git *g);
	slu_rc (*ref)(port_git *g, slu_str name, slu_oid *out, slu_err *err); /* zero: not there */
	slu_rc (*symbolic)(port_git *g, slu_arena *a, slu_str name, slu_str *out, slu_err *err); /* the ref that a symbolic one ("HEAD", "refs/remotes/origin/HEAD") names; n == 0: it is none */
	slu_rc (*refs)(port_git *g, slu_arena *a, slu_str prefix, const struct port_git_ref **out, size_t *n, slu_err *err); /* sorted by name */
	slu_rc (*resolve)(port_git *g, slu_str rev, slu_oid *out, slu_err *err); /* any rev that names an object, peeled to a commit */
	slu_rc (*commit)(port_git *g, slu_arena *a, const slu_oid *id, struct pol_commit *out, slu_err *err);
	slu_rc (*tag)(port_git *g, slu_arena *a, const slu_oid *id, struct pol_tag *out, slu_err *err);
	slu_rc (*is_ancestor)(port_git *g, const slu_oid *anc, const slu_oid *of, bool *out, slu_err *err);
	slu_rc (*merge_bases)(port_git *g, slu_arena *a, const slu_oid *x, const slu_oid *y, const slu_oid **out, size_t *n, slu_err *err);
	slu_rc (*ahead_behind)(port_git *g, const slu_oid *x, const slu_oid *base, uint64_t *ahead, uint64_t *behind, slu_err *err);
	slu_rc (*range)(port_git *g, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, size_t max, const slu_oid **out, size_t *n, slu_err *err);
	/* of everything that the tips reach; SLU_E_LIMIT over SLU_MAX_HISTORY_COMMITS */
	slu_rc (*topology)(port_git *g, slu_arena *a, const slu_oid *tip, size_t n, struct port_git_topology *out, slu_err *err);
	/*
	 * Where these are not NULL, a handle that was told to recall takes what an earlier one was told to remember of the same repository, and gives the same
	 * answers sooner. What cannot be read or written is let be.
	 */
	void (*recall)(port_git *g);
	void (*remember)(port_git *g, const struct port_git_topology *t, const slu_str *message); /* of each commit; p NULL: not known */
	/* messages of many commits, no commit twice; bytes as they are */
	slu_rc (*messages)(port_git *g, const slu_oid *id, size_t n, port_git_message *each, void *ctx, slu_err *err);
	/*
	 * To read many: every commit that a tip reaches and none of not_ (zero ones are left out), each once, a child before its parents, of those that
	 * do not know each other the newer first by the committer's clock. All of a history: its branches and tags as tips (`peeled`; what is no commit is an error).
	 */
	slu_rc (*order)(port_git *g, slu_arena *a, const slu_oid *tip, size_t tip_n, const slu_oid *not_, size_t not_n, const port_git_list **out, size_t *n, slu_err *err);
	slu_rc (*read)(port_git *g, const port_git_list *list, size_t from, size_t n, port_git_each *take, void *ctx, slu_err *err); /* so many of them, in that order */
	/* a second handle, for a second thread; it reads this one's lists, and is closed before it. This one makes no list meanwhile. NULL: there is none */
	slu_rc (*again)(port_git *g, port_git **out, slu_err *err);
	slu_rc (*files)(port_git *g, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, const struct pol_file **out, size_t *n, slu_err *err);
	/* the same of these commits alone, those of each together: to look through a history of any length piece by piece. Sizes are -1 unless they are wanted */
	slu_rc (*files_of)(port_git *g, slu_arena *a, const slu_oid *commit, size_t n, bool sizes, const struct pol_file **out, size_t *out_n, slu_err *err);
	slu_rc (*diff)(port_git *g, slu_arena *a, const slu_oid *from, const slu_oid *to, size_t max_bytes, const struct port_git_diff_file **out, size_t *n, slu_err *err); /* commits or trees */
	/* as people take it along: `mail` the commits of from..to one by one with author and message (from zero: `to` alone), else one diff of the two. SLU_E_LIMIT over max_bytes */
	slu_rc (*patch)(port_git *g, slu_arena *a, const slu_oid *from, const slu_oid *to, bool mail, size_t max_bytes, slu_str *out, slu_err *err);
	slu_rc (*archive)(port_git *g, slu_arena *a, const slu_oid *commit, bool zip, slu_str prefix, size_t max_bytes, slu_str *out, slu_err *err); /* .tar.gz or .zip; each path begins with the prefix */
	slu_rc (*touching)(port_git *g, slu_arena *a, const slu_oid *tip, slu_str path, size_t max, const slu_oid **out, size_t *n, slu_err *err); /* commits that change a file or folder, newest first, at most max */
	/* SLU_E_LIMIT: the patch is larger than 16 MiB */
	slu_rc (*patch_id)(port_git *g, slu_arena *a, const slu_oid *base, const slu_oid *tip, slu_oid *out, slu_err *err);
	slu_rc (*file_at)(port_git *g, slu_arena *a, const slu_oid *commit, slu_str path, slu_str *text, bool *found, slu_err *err);
	slu_rc (*has_commit)(port_git *g, const slu_oid *id, bool *out, slu_err *err); /* as of when the handle was opened, or later */
	slu_rc (*object)(port_git *g, slu_arena *a, const slu_oid *id, const char **kind, slu_str *bytes, slu_err *err); /* "commit" "tree" "blob" "tag"; bytes as they are. SLU_E_LIMIT over SLU_MAX_BLOB_BYTES */
	/* the bytes of a blob of any size, in pieces; `last` comes once, at the end. What it is given is gone after the call */
	slu_rc (*blob)(port_git *g, const slu_oid *id, port_git_take *take, void *ctx, slu_err *err);
	/* of a commit or tag, by these signers and no others, at that time */
	slu_rc (*signature)(port_git *g, slu_arena *a, const slu_oid *id, const struct pol_signers *by, int64_t now_s, struct pol_signature *out, slu_err *err);
	/* below: write objects, never move refs */
	slu_rc (*merge_tree)(port_git *g, slu_arena *a, const slu_oid *ours, const slu_oid *theirs, slu_oid *tree, const struct port_git_conflict **conflict, size_t *conflict_n, slu_err *err);
	slu_rc (*commit_make)(port_git *g, const slu_oid *tree, const slu_oid *parent, size_t parent_n, const struct port_git_ident *author, const struct port_git_ident *committer, slu_str message, slu_oid *out, slu_err *err);
	slu_rc (*tag_make)(port_git *g, slu_str name, const slu_oid *commit, const struct port_git_ident *tagger, slu_str message, slu_oid *out, slu_err *err);
	slu_rc (*tree_edit)(port_git *g, slu_arena *a, const slu_oid *commit, const struct port_git_file_edit *edit, size_t n, slu_oid *tree, slu_err *err);
	/* refs move: all or none */
	slu_rc (*txn_prepare)(port_git *g, port_git_txn **out, const struct port_git_update *u, size_t n, slu_str reflog, slu_err *err); /* locked and old values verified; SLU_E_CONFLICT names the ref */
	slu_rc (*txn_commit)(port_git_txn *t, slu_err *err); /* frees t in every case */
	void (*txn_abort)(port_git_txn *t);
};
struct port_git { const struct port_git_ops *ops; };
#endif
