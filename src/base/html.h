/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Writes HTML into a slu_buf. Each function says what it escapes: nothing else puts text into a page.
 *
 * html_lit takes markup that the source contains (a constant, never data); html_text and html_attr escape data for
 * element content and for double-quoted attribute values; html_path escapes one segment of an address path.
 * Control bytes other than tab and newline become U+FFFD, as do bytes that are not UTF-8.
 */
#ifndef BASE_HTML_H
#define BASE_HTML_H
#include "base/str.h"

#include <stdint.h>

typedef struct html {
	slu_buf *out;
	int64_t now_s;
} html;

#define html_lit(h, markup) slu_buf_adds((h)->out, "" markup)
void html_text(html *h, slu_str s);
void html_text_z(html *h, const char *z);
void html_attr(html *h, slu_str s);
void html_attr_z(html *h, const char *z);
void html_path(html *h, slu_str segment);
void html_int(html *h, int64_t v);
#endif
