/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What was found in order once and stays so: a file that holds no secret, a signature that was good a moment ago. Of a bounded size:
 * what is forgotten is looked at again. Safe from several threads.
 */
#ifndef APP_SEEN_H
#define APP_SEEN_H
#include "base/str.h"

typedef struct app_seen app_seen;
app_seen *app_seen_new(void);
void app_seen_free(app_seen *s); /* NULL is fine */

/** What stands for these texts, in this order. */
struct app_seen_key { unsigned char b[32]; };
struct app_seen_key app_seen_key(const slu_str *text, size_t n);
bool app_seen_has(app_seen *s, const struct app_seen_key *key); /* NULL: has nothing */
void app_seen_add(app_seen *s, const struct app_seen_key *key);
#endif
