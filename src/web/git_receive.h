/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The server's end of a push, as Git's receive-pack speaks it: commands, push options, pack; then words for people and a report of
 * each ref. It judges nothing: whoever decides is asked once the objects lie in a quarantine. All refs of a push or none.
 *
 *   git_receive_begin → git_receive_take* → git_receive_taken → git_receive_read* until 0 → git_receive_end
 */
#ifndef WEB_GIT_RECEIVE_H
#define WEB_GIT_RECEIVE_H
#include "app/app.h"

/** Who decides. All may block; judge and land are called in a thread of their own, one after the other. What they give lives until git_receive_end. */
struct git_receive_decide {
	/** Before the first object comes: is it worth while to take them? @return yes; else *text as below. Not asked when none come */
	bool (*expect)(void *ctx, const struct port_git_update *u, size_t n, slu_str *text);
	/** May these refs move? Objects that are not in the repository yet are in object_dir (NULL: none are). @return yes; *text is for the pusher, lines, may be empty */
	bool (*judge)(void *ctx, const struct port_git_update *u, size_t n, const char *object_dir, const char *alternates, slu_str *text);
	/** The objects are in the repository: move what was judged. @return all stand. *reason may be set: said after each ref when they do not, one line */
	bool (*land)(void *ctx, slu_str *text, const char **reason);
	/** The last byte of the answer was taken. */
	void (*told)(void *ctx);
	void *ctx;
};
struct git_receive_how {
	const char *repository;    /* absolute path */
	int lock_fd;               /* see git/intake.h, as the next and the last */
	unsigned idle_s;
	struct git_receive_decide decide;
	int cut_fd;
	int client_fd;             /* > 0: socket of the client; when that has hung up, Git is not waited for */
	int alive_ms;              /* while Git or whoever decides takes its time: so often a sign of life, and a look at the socket. 0: 5000 */
};

/** What this end can do, as it stands in the first line of the list of refs. `object_format`: "sha1" or "sha256". */
const char *git_receive_can(slu_arena *a, const char *object_format);

typedef struct git_receive git_receive;
void git_receive_begin(git_receive **out, const struct git_receive_how *how);
/** Bytes as they come. SLU_E_SYNTAX: it is no push. After a failure nothing more is looked at. */
slu_rc git_receive_take(git_receive *r, const char *p, size_t n, slu_err *err);
/** It is refused already: what still comes is passed over, and the answer is given when the client has sent it all, as then it listens. */
bool git_receive_passes_over(const git_receive *r);
/** All has come. SLU_E_SYNTAX: it was cut off before its pack began. */
slu_rc git_receive_taken(git_receive *r, slu_err *err);
/** The answer. Decides when there is nothing else to say. @return bytes (> 0), 0 at the end */
size_t git_receive_read(git_receive *r, char *to, size_t cap);
void git_receive_end(git_receive *r); /* NULL is fine */
#endif
