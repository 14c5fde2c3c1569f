/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Writes JSON into a slu_buf. Keeps track of commas; the caller keeps the nesting right.
 * Strings that are not valid UTF-8 are written with U+FFFD for each bad byte. Reading JSON is jansson's work.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H
#include "base/str.h"

typedef struct slu_json {
	slu_buf *out;
	bool comma, shown;
} slu_json;

static inline slu_json slu_json_to(slu_buf *out)
{
	return (slu_json){ out, false, false };
}
/** The same for a terminal too: controls, and marks that move or hide text, are written as escapes. */
static inline slu_json slu_json_shown(slu_buf *out)
{
	return (slu_json){ out, false, true };
}
void slu_json_open(slu_json *j, char bracket);  /* '{' or '[' */
void slu_json_close(slu_json *j, char bracket); /* '}' or ']' */
void slu_json_key(slu_json *j, const char *key);
void slu_json_str(slu_json *j, slu_str s);
void slu_json_z(slu_json *j, const char *z); /* NULL writes null */
void slu_json_int(slu_json *j, int64_t v);
void slu_json_bool(slu_json *j, bool v);
void slu_json_null(slu_json *j);
void slu_json_raw(slu_json *j, slu_str json); /* already JSON */
/* key and value in one call */
void slu_json_kv_z(slu_json *j, const char *key, const char *z);
void slu_json_kv_str(slu_json *j, const char *key, slu_str s);
void slu_json_kv_int(slu_json *j, const char *key, int64_t v);
void slu_json_kv_bool(slu_json *j, const char *key, bool v);
#endif
