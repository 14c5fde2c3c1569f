/* SPDX-License-Identifier: Apache-2.0 */
/** Files of other repositories that the strategy extends, and whether they have moved on: in pages and in JSON. */
#ifndef WEB_BASES_H
#define WEB_BASES_H
#include "app/bases.h"
#include "base/json.h"
#include "web/shell.h"

/** The member "bases". */
void bases_json(slu_json *j, const struct app_base *b, size_t n);
void bases_html(html *h, const struct web_req *rq, const struct app_base *b, size_t n);
#endif
