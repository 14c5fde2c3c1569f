/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Finds keys, tokens and passwords of well-known formats in any bytes: what `files: {scan: secrets}` looks for.
 *
 * A rule is one row of a table (rules.c): what such a token looks like, how much its random part must vary, and its checksum where
 * the format has one. No regular expressions: four bytes of each token are found first, by one pass that looks each place up in a
 * bit map; only there is the rest compared. The cost is linear in the bytes, whatever they are.
 * What is found is never copied into a result: only where it is, and a fingerprint that names it in a baseline.
 */
#ifndef SCAN_SCAN_H
#define SCAN_SCAN_H
#include "base/str.h"

#include <stdint.h>

enum { SCAN_PRINT = 33 }; /* 32 hexadecimal digits and NUL */

struct scan_rule {
	const char *id;    /* "github-pat" */
	const char *title; /* "a GitHub personal access token" */
	const char *shape; /* see scan_shape */
	bool has_checksum; /* a token whose checksum is wrong is none */
};
/** The i-th rule, in the order of the manual; NULL: there are no more. */
const struct scan_rule *scan_rule_at(size_t i);

struct scan_hit {
	const struct scan_rule *rule;
	uint64_t at; /* byte in the text, from 0 */
	size_t n;
	uint32_t line; /* from 1 */
	bool allowed;  /* `sluice:allow-secret` stands on its line or on the one above */
	char print[SCAN_PRINT];
};

/** The rules, ready to be looked for; may be used by several threads at once. */
typedef struct scan scan;
scan *scan_new(slu_arena *a);

/**
 * Look through one text.
 * @param hit  at most `max` of them, in order of their place
 * @return how many; what comes after the last one is not looked at
 */
size_t scan_text(const scan *s, slu_str text, struct scan_hit *hit, size_t max);

/** The same for a text that comes in pieces: one that spans two of them is found, if it has at most SCAN_SPAN bytes. */
enum { SCAN_SPAN = 32 * 1024 };
typedef struct scan_stream scan_stream;
scan_stream *scan_stream_new(const scan *s, struct scan_hit *hit, size_t max);
void scan_stream_feed(scan_stream *t, slu_str piece, bool last);
size_t scan_stream_found(const scan_stream *t);
void scan_stream_free(scan_stream *t); /* NULL is fine */

/** What a file of this name always holds, such as "a private SSH key"; NULL: nothing that its name tells. */
const char *scan_name(slu_str path);
/** What stands for that file in a baseline. */
void scan_name_print(char print[SCAN_PRINT], slu_str path);

/**
 * Does the text at `at` have a shape? Literal bytes, and `[cN]` or `[cN-M]`: N to M bytes of a class c, as many as there are:
 * d 0-9, h 0-9a-f, H 0-9A-F, x 0-9a-fA-F, n letters, l a-z0-9, u A-Z0-9, w letters and digits, 5 A-Z2-7, b w and -_, s w and +/,
 * e s and =, z b and ~.
 * @param body  from the first class to the end
 * @return its length; 0: it has not
 */
size_t scan_shape(const char *shape, slu_str text, size_t at, slu_str *body);
bool scan_in_class(char cls, char c);
#endif
