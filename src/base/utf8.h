/* SPDX-License-Identifier: Apache-2.0 */
/**
 * UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, at most U+10FFFF. NUL is a code point like others here.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H
#include "base/str.h"

/**
 * First code point of `s`.
 * @param cp  set on success only; may be NULL
 * @return its length, 1..4; 0 when `s` is empty or does not begin with a whole, valid code point
 */
size_t slu_utf8_next(slu_str s, uint32_t *cp);
/** @param bad_at  offset of the first offending byte when false; may be NULL */
bool slu_utf8_valid(slu_str s, size_t *bad_at);
/**
 * At most `max` bytes from the start of `s`, cut before a code point that would not fit.
 * @param torn  `s` itself may end inside a code point: drop such an end also when `s` fits
 */
slu_str slu_utf8_cut(slu_str s, size_t max, bool torn);
/** Code points; each byte that is not valid counts as one. */
size_t slu_utf8_count(slu_str s);
/** C0, DEL, C1, U+2028, U+2029: moves a terminal's cursor or ends a line. */
bool slu_utf8_is_control(uint32_t cp);
/** Changes the direction of text, so that what is read is not what is there. */
bool slu_utf8_is_bidi(uint32_t cp);
/** How many bytes at the beginning are printable ASCII: what any terminal takes, a column each. */
size_t slu_utf8_plain(slu_str s);
/** Takes no room: zero-width characters, soft hyphen, byte-order mark, tags, variation selectors. */
bool slu_utf8_is_invisible(uint32_t cp);
#endif
