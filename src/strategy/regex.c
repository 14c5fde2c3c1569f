/* SPDX-License-Identifier: Apache-2.0 */
#include "strategy/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { MATCH_LIMIT = 100000, DEPTH_LIMIT = 1000, OPTIONS = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_MULTILINE };

struct strat_regex {
	pcre2_code *code;
};

static void *in_arena(PCRE2_SIZE size, void *arena)
{
	return slu_alloc(arena, size);
}

static void with_arena(void *p, void *arena)
{
	(void)p, (void)arena;
}

slu_rc strat_regex_compile(struct strat_regex **out, slu_arena *a, slu_str pattern, slu_err *err)
{
	int code = 0;
	PCRE2_SIZE at = 0;
	pcre2_general_context *memory = pcre2_general_context_create(in_arena, with_arena, a);
	pcre2_compile_context *context = pcre2_compile_context_create(memory);
	pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, OPTIONS, &code, &at, context);
	if (!compiled) {
		PCRE2_UCHAR why[128] = "";
		(void)pcre2_get_error_message(code, why, sizeof why);
		return slu_fail(err, SLU_E_INVALID, "\"%.*s\" is no regular expression: %s, at its byte %zu.", SLU_FMT(pattern), (const char *)why, (size_t)at + 1);
	}
	*out = SLU_NEW(a, struct strat_regex);
	(*out)->code = compiled;
	return SLU_OK;
}

slu_rc strat_regex_matches(bool *out, const struct strat_regex *re, slu_str text, slu_err *err)
{
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	pcre2_match_data *data = pcre2_match_data_create_from_pattern(re->code, NULL);
	slu_rc rc = SLU_OK;
	if (!context || !data) {
		rc = slu_fail(err, SLU_E_INTERNAL, "There is no memory to match a message.");
	} else {
		(void)pcre2_set_match_limit(context, MATCH_LIMIT);
		(void)pcre2_set_depth_limit(context, DEPTH_LIMIT);
		int got = pcre2_match(re->code, (PCRE2_SPTR)(text.n ? text.p : ""), text.n, 0, 0, data, context);
		if (got < 0 && got != PCRE2_ERROR_NOMATCH)
			rc = slu_fail(err, SLU_E_LIMIT, "The pattern commits.convention.pattern takes too long on a message: it cannot be judged. A simpler pattern helps.");
		else
			*out = got >= 0;
	}
	pcre2_match_data_free(data);
	pcre2_match_context_free(context);
	return rc;
}
