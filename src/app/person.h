/* SPDX-License-Identifier: Apache-2.0 */
/** A person as the rules see them. */
#ifndef APP_PERSON_H
#define APP_PERSON_H
#include "app/app.h"

/**
 * Level and roles in a repository under this strategy: grants on the server, members named in the file. Somebody unknown is SLU_OK
 * with known == false; of somebody disabled the level is none.
 */
slu_rc app_person(struct pol_person *out, struct app_unit *u, int64_t repo_id, const strat *s, slu_str name, slu_err *err);
#endif
