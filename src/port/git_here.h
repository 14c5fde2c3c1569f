/* SPDX-License-Identifier: Apache-2.0 */
/** Port to where a command stands: the repository around the current folder, and the caller's settings, as Git finds them. */
#ifndef PORT_GIT_HERE_H
#define PORT_GIT_HERE_H
#include "base/str.h"

/** One line of `git config --list`: "remote.origin.url". Section and last word are in lower case, what stands between them is as it was written. */
struct port_git_setting {
	slu_str key, value;
	bool has_value; /* false: a key alone, which means true */
};
struct port_git_here {
	const char *git_dir;   /* absolute: of a linked work tree its own */
	const char *work_tree; /* absolute, its top; NULL: there is none around */
	bool bare, shallow;
	slu_str head;          /* what HEAD names: "refs/heads/main"; n == 0: it is detached */
	const struct port_git_setting *setting; /* in Git's order: of two with the same key the later one counts */
	size_t setting_n;
};
/** @return SLU_E_NOT_FOUND: there is no repository around, or Git does not trust it; the sentence says which */
typedef slu_rc port_git_here_fn(struct port_git_here *out, slu_arena *a, slu_err *err);
#endif
