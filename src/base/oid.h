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
/** Many ids as bytes, one behind the other: a third of the room, for whole histories. Borrowed. */
typedef struct slu_oids {
	const unsigned char *b;
	size_t size; /* bytes of one: 20 or 32 */
} slu_oids;
slu_oid slu_oid_of_bytes(const unsigned char *b, size_t size);
/** @return how many bytes it has; the rest of `out` is zero. 0: the text is no id */
size_t slu_oid_bytes(unsigned char out[32], const slu_oid *o);
static inline slu_oid slu_oids_at(const slu_oids *o, size_t i)
{
	return slu_oid_of_bytes(o->b + i * o->size, o->size);
}
static inline bool slu_oids_same(const slu_oids *o, size_t i, size_t k)
{
	return memcmp(o->b + i * o->size, o->b + k * o->size, o->size) == 0;
}
/** All zeros of 40 digits. */
slu_oid slu_oid_zero(void);
#endif
