/* SPDX-License-Identifier: Apache-2.0 */
/** What a merge moved besides its own branch, as data: of a change and of a release the same. */
#ifndef WEB_MERGE_JSON_H
#define WEB_MERGE_JSON_H
#include "app/changes.h"
#include "base/json.h"

void merge_json(slu_json *j, const char *key, const struct app_merge_result *m);
#endif
