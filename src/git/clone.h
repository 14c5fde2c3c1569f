/* SPDX-License-Identifier: Apache-2.0 */
/** Adapter of port/clone.h by the user's own `git`. Its parts stand in clone*.c. */
#ifndef GIT_CLONE_H
#define GIT_CLONE_H
#include "port/clone.h"
#include "port/git_here.h"

/** `here` lives as long as the handle. SLU_E_INVALID: a repository that has no folder of its own to keep things in. */
slu_rc git_clone_open(port_clone **out, const struct port_git_here *here, slu_err *err);
#endif
