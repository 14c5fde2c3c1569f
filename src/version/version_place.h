/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Inside of version_file.c: where the string stands that a pointer names, in TOML, YAML and XML. They are not parsed whole: what is read is read
 * strictly enough that a place is never taken for another one, and what is not understood is refused.
 */
#ifndef VERSION_VERSION_PLACE_H
#define VERSION_VERSION_PLACE_H
#include "base/str.h"

enum { VER_PLACE_DEPTH = 32 }; /* tokens of a pointer, tables, mappings, elements */

struct ver_pointer {
	slu_str token[VER_PLACE_DEPTH]; /* as written */
	size_t n;
};
/** "/a/b": two tokens. SLU_E_STRATEGY: it does not begin with "/", or has too many. */
slu_rc ver_pointer_read(struct ver_pointer *out, slu_str pointer, const char *name, slu_err *err);
/** Is it this key? ~1 and ~0 of the token are undone. */
bool ver_token_is(slu_str token, slu_str key);

/**
 * @param inner  the bytes of the value, without quotes; borrowed from `text`
 * @return NULL, else what is wrong with the file: "is not TOML that can be read", "has nothing at", "has no plain text at"
 */
const char *ver_place_toml(slu_str *inner, slu_str text, const struct ver_pointer *p);
const char *ver_place_yaml(slu_str *inner, slu_str text, const struct ver_pointer *p);
const char *ver_place_xml(slu_str *inner, slu_str text, const struct ver_pointer *p);
#endif
