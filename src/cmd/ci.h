/* SPDX-License-Identifier: Apache-2.0 */
/** What a CI system says of the job that a command runs in, by its environment variables. */
#ifndef CMD_CI_H
#define CMD_CI_H
#include "cmd/cmd.h"

struct cmd_ci {
	const char *name;       /* "GitHub"; NULL: in none that is known */
	const char *deepen;     /* what makes it fetch the whole history */
	slu_str source, target; /* of a pull request, names of branches; target.n == 0: of none */
	slu_str queue;          /* branch that a merge queue merges into, what is checked out being the merge; n == 0: it is none */
	slu_str title;          /* of the pull request; n == 0: not said */
	slu_str branch, tag;    /* that was pushed; n == 0: not said */
	slu_str default_branch; /* n == 0: not said */
	slu_str head;           /* commit of the source; n == 0: not said */
	bool merges;            /* where `head` is not said, what is checked out may be a merge of the two that the system made */
	slu_str before;         /* where the branch stood before the push or the merges of the queue; n == 0 or zeros: not said */
};
/** GitHub, Gitea, GitLab, Jenkins. @return SLU_E_INVALID: the file of the event that it names cannot be read */
slu_rc cmd_ci_find(struct cmd_ctx *c, struct cmd_ci *out, slu_err *err);
#endif
