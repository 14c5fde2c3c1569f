/* SPDX-License-Identifier: Apache-2.0 */
/** Commits that the server itself put on a release branch: what follows from an act asks for no approvals again. */
#ifndef APP_RELEASE_MADE_H
#define APP_RELEASE_MADE_H
#include "app/app.h"

/**
 * The head of `branch` without the changelog commits that finishing a release added on top, as the log has them: nobody can forge one by
 * a name in a commit. `head` itself when there is none.
 */
slu_rc app_release_before(slu_oid *out, struct app_unit *u, const struct app_repo *r, slu_str branch, const slu_oid *head, slu_err *err);
#endif
