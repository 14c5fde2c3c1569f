/* SPDX-License-Identifier: Apache-2.0 */
/** The address of a request, decoded once and refused when it is not clean. Does no input or output (test/fuzz/web_path_fuzz.c). */
#ifndef WEB_PATH_H
#define WEB_PATH_H
#include "web/web.h"

enum { WEB_MAX_TARGET = 8192, WEB_MAX_SEGMENTS = 64, WEB_MAX_QUERY = 64 };

struct web_target {
	const char *path;            /* decoded; without a slash at its end, but "/" alone */
	const char *const *segment;  /* decoded; one may hold '/' that came as %2F */
	size_t segment_n;
	SLU_LIST(struct web_pair) query;
};
/**
 * Take a request's target apart: "/a/b%2Fc?x=1".
 * @return SLU_E_SYNTAX for: no slash first, a bad or double percent-encoding, NUL and other control bytes, a backslash, bytes that are not
 *         UTF-8, an empty segment, "." or ".." as a segment or between encoded slashes; SLU_E_LIMIT: too long, too many parts
 */
slu_rc web_target_parse(struct web_target *out, slu_arena *a, slu_str raw, slu_err *err);
/** "a=1&b=x+y" of a query or a form. '+' is a space. */
slu_rc web_pairs_parse(struct web_pair **v, size_t *n, slu_arena *a, slu_str text, slu_err *err);

struct web_match { SLU_LIST(struct web_pair) param; unsigned literals; };
/** Does the path fit the pattern "/x/{a}/{rest...}"? `last` in place of the last segment when not NULL (without ".json"). */
bool web_pattern_match(struct web_match *out, slu_arena *a, const char *pattern, const struct web_target *t, const char *last);
#endif
