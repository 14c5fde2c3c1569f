/* SPDX-License-Identifier: Apache-2.0 */
/** What is staged: the files by which the index differs from the commit that it stands on. */
#ifndef CMD_STAGED_H
#define CMD_STAGED_H
#include "cmd/cmd.h"
#include "policy/pol.h"

/** Files, symbolic links and submodules that are new or changed, wherever in the work tree one stands; sizes are not known (-1). SLU_E_NOT_FOUND: there is no work tree. */
slu_rc cmd_staged_files(struct cmd_ctx *c, struct pol_file **out, size_t *n, slu_err *err);
#endif
