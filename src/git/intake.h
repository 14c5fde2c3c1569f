/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a push brings, kept apart from the repository until the push is allowed: a quarantine, as git receive-pack has one.
 *
 *   git_intake_begin → git_intake_take* → git_intake_says* until 0 → git_intake_unpacked → git_intake_check_begin → (judge)
 *   → git_intake_check_end → git_intake_keep → git_intake_end
 *
 * Git unpacks, with all its tests of objects, and looks for what is missing; this carries bytes and says where they lie. Whatever
 * happens before git_intake_keep, git_intake_end leaves the repository as it was; so does the next start of a server that was killed
 * (git_repo_clear_stale).
 */
#ifndef GIT_INTAKE_H
#define GIT_INTAKE_H
#include "base/oid.h"

typedef struct git_intake git_intake;

struct git_intake_how {
	const char *repository; /* absolute path of a bare one */
	int lock_fd;            /* flock that the children keep, so that a new server waits for them; -1: none */
	int cut_fd;             /* > 0: when it becomes readable Git is not waited for any more */
	bool progress;          /* of long work, for people */
	unsigned idle_s;        /* Git neither takes nor says anything for so long while a pack comes: it is ended. 0: 600 */
};
void git_intake_begin(git_intake **out, const struct git_intake_how *how);
/** Ends what runs, and removes what was not kept. NULL is fine. */
void git_intake_end(git_intake *in);

/** Bytes of the pack as they come. SLU_E_SYNTAX: it is none. SLU_E_TIMEOUT, SLU_E_FULL, SLU_E_IO. Bytes that Git does not want are no failure. */
slu_rc git_intake_take(git_intake *in, const char *p, size_t n, slu_err *err);
/** The pack has ended: what Git says of it, for people. @return bytes (> 0), 0: it is done, -1: nothing yet, for wait_ms */
ptrdiff_t git_intake_says(git_intake *in, char *to, size_t cap, int wait_ms);
/**
 * How it ended. SLU_E_INVALID: Git takes no such objects; SLU_E_LIMIT: a commit or tag over SLU_MAX_COMMIT_BYTES; SLU_E_FULL, SLU_E_TIMEOUT,
 * SLU_E_SYNTAX (cut off), SLU_E_IO (killed).
 * @param like  any id of the repository: its ids have as many digits
 */
slu_rc git_intake_unpacked(git_intake *in, const slu_oid *like, slu_err *err);

/** Where the objects are, for port_git_open; NULL: nothing came that was not empty. */
const char *git_intake_objects(const git_intake *in);
/** GIT_ALTERNATE_OBJECT_DIRECTORIES to go with it. */
const char *git_intake_alternates(const git_intake *in);

/** Begin to look whether all of history is there that leads to these objects; the look goes on by itself. Zero ids are passed over. */
slu_rc git_intake_check_begin(git_intake *in, const slu_oid *tip, size_t n, slu_err *err);
/** Wait for its end. SLU_E_INVALID: something is missing. SLU_E_TIMEOUT, SLU_E_IO: that is not known. */
slu_rc git_intake_check_end(git_intake *in, slu_err *err);

/** Move the pack into the repository, all of its objects in one step. They are on the disk since they were written, and are nothing to anybody until a ref names them. */
slu_rc git_intake_keep(git_intake *in, slu_err *err);
#endif
