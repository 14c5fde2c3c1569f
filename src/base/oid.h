/* SPDX-License-Identifier: Apache-2.0 */
/** Object ids as text: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits, NUL-terminated. All zeros: no object. */
#ifndef BASE_OID_H
#define BASE_OID_H
#include "base/str.h"

enum { SLU_OID_TEXT = 65 };
typedef struct slu_oid {
	char hex[SLU_OID_TEXT];
} slu_oid;

slu_rc slu_oid_parse(slu_oid *out, slu_str text, slu_err *err);
/** The first digits of an id, or all: lower-case hex, at least `least` of them. */
bool slu_oid_begins(slu_str text, size_t least);
bool slu_oid_is_zero(const slu_oid *o); /* empty counts as zero */
bool slu_oid_eq(const slu_oid *a, const slu_oid *b);
/** All zeros of 40 digits. */
slu_oid slu_oid_zero(void);
#endif
