/* SPDX-License-Identifier: Apache-2.0 */
/** What the readers of notes and proofs share. Inside audit/ only. */
#ifndef AUDIT_LINES_H
#define AUDIT_LINES_H
#include "audit/tree.h"

struct aud_lines {
	slu_str rest;
	uint32_t line; /* of what was taken last, 1-based; 0 before the first */
};

/** Take one line, without its end; false when there is none, or when it does not end. */
bool aud_line(struct aud_lines *l, slu_str *line);
/** Decimal without leading zeros, below 2^63. */
bool aud_parse_count(uint64_t *out, slu_str text);
/** Exactly `n` bytes in padded base64 of one spelling (unused bits are zero). */
bool aud_parse_base64(unsigned char *out, size_t n, slu_str text);
/** Padded base64 of at most 128 bytes. Returns buf. */
char *aud_base64(char buf[180], const unsigned char *bytes, size_t n);
#endif
