/* SPDX-License-Identifier: Apache-2.0 */
/** Releases in a clone without a server, and what they have in common with finishing a branch there. */
#ifndef CMD_RELEASE_H
#define CMD_RELEASE_H
#include "cmd/work.h"

/** Is it done in this clone? --local says so, else that no server is asked. */
bool cmd_release_is_here(struct cmd_ctx *c);
int cmd_release_start_here(struct cmd_ctx *c);
/** No version was said: refused, with the one that comes next by what is in this clone. */
int cmd_release_which(struct cmd_ctx *c);
int cmd_release_finish_here(struct cmd_ctx *c);

struct json_t;
/** The boxes of releases that the remote has (app/release_boxes.h), as far as it can be asked. */
void cmd_release_fetch_boxes(struct cmd_ctx *c, const struct cmd_work *w);
/** It is out: what is to be done after it is written down and told. @return the exit code */
int cmd_release_out_here(struct cmd_ctx *c, slu_str version);
/** The same of the server, which knows. */
void cmd_release_steps_there(struct cmd_ctx *c, const char *version);
/** What is open after releases of this clone. */
void cmd_release_say_steps(struct cmd_ctx *c, port_git *g);
/** … of one that is given as the API gives it. */
void cmd_release_open_steps(struct cmd_ctx *c, const struct json_t *boxes);

/** Merge a branch where it goes, with what follows, and carry that out. `target` NULL: --into, else where the strategy leads. @return the exit code */
int cmd_finish_branch(struct cmd_ctx *c, struct cmd_work *w, int kind, const char *source, const char *target);
/** A branch is here, or on the remote and then made here, and is up to date with it. */
slu_rc cmd_finish_have(struct cmd_work *w, const char *branch, slu_err *err);
/** What else must be up to date: branches that get something by a merge of this kind; and what was owed and is paid goes. */
slu_rc cmd_finish_others(struct cmd_ctx *c, struct cmd_work *w, int kind, slu_err *err);
/** The same in pieces, for a plan that gets more: the merge with what follows; then work trees and the push. */
slu_rc cmd_finish_plan(struct cmd_ctx *c, struct cmd_work *w, int kind, const char *source, const char *target, slu_err *err);
slu_rc cmd_finish_plan_end(struct cmd_ctx *c, struct cmd_work *w, const char *source, const char *target, slu_err *err);
/** Cut the branch of the release VERSION (the first argument), with what is written into it. */
slu_rc cmd_release_plan_start(const char **branch, struct cmd_ctx *c, struct cmd_work *w, slu_err *err);
/** Branches, and tags with the commits that they name. */
slu_rc cmd_release_refs(struct flow_refs *out, struct cmd_ctx *c, struct cmd_work *w, slu_err *err);
/** The open release of this version. SLU_E_NOT_FOUND: there is none. */
slu_rc cmd_release_find(struct flow_plan *out, struct cmd_ctx *c, struct cmd_work *w, slu_str version, slu_str kind, slu_err *err);
/** Open the clone, ask the remote, and find the open release that VERSION (the first argument) names, or that is checked out. @return 0, or the exit code */
int cmd_release_open(struct cmd_ctx *c, struct cmd_work *w, struct flow_plan *release);
#endif
