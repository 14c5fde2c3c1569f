/* SPDX-License-Identifier: Apache-2.0 */
/** A verdict that was written as JSON (an answer of the API, the data of an event), read back: the same rows, to be shown as any other. */
#ifndef APP_VERDICT_READ_H
#define APP_VERDICT_READ_H
#include "policy/pol.h"

struct json_t;
/** What is missing stays empty, and a word that is not known is a refusal. `action` is not read. In `a`. */
void app_verdict_read(struct pol_verdict *out, slu_arena *a, const struct json_t *verdict);
#endif
