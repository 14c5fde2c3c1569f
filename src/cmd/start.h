/* SPDX-License-Identifier: Apache-2.0 */
/** Beginning a branch in a clone: what commands that make some have in common. */
#ifndef CMD_START_H
#define CMD_START_H
#include "cmd/work.h"

/** Where a branch of the kind begins: --from, a branch that is up to date with its remote, or a tag. */
slu_rc cmd_start_base(slu_oid *at, const char **named, struct cmd_ctx *c, struct cmd_work *w, int kind, slu_err *err);
/** Does the merge of such a branch make a release? Then its name has the version. */
bool cmd_start_is_release(const strat *s, int kind);
/** The version that it will have: `given`, which must be new and above those of its line, else (n == 0) the next of its kind. */
slu_rc cmd_start_version(slu_str *out, struct cmd_ctx *c, struct cmd_work *w, int kind, const char *base, const slu_oid *at, slu_str given, slu_err *err);
/** Ask, and create it in the plan. */
slu_rc cmd_start_make(struct pol_verdict *v, struct cmd_ctx *c, struct cmd_work *w, const char *name, const char *base, const slu_oid *at, slu_err *err);
/** What the twin of this branch is called; *out NULL: its kind has none. */
slu_rc cmd_twin_of(const char **out, struct cmd_ctx *c, const strat *s, int kind, const char *name, slu_err *err);
/** Its twin, from the same place, when the kind has one and it is not there. */
slu_rc cmd_start_twin(struct cmd_ctx *c, struct cmd_work *w, int kind, const char *name, slu_err *err);
#endif
