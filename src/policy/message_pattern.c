/* SPDX-License-Identifier: Apache-2.0 */
/* A team's own form of a message. The time that a pattern may take is bounded: what cannot be told in it is not judged. */
#include "policy/rule.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { MATCH_LIMIT = 100000, DEPTH_LIMIT = 1000 };

slu_rc pol_message_matches(bool *out, slu_str pattern, slu_str text, slu_err *err)
{
	int code = 0;
	PCRE2_SIZE at = 0;
	slu_rc rc = SLU_OK;
	pcre2_code *re = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_MULTILINE, &code, &at, NULL);
	pcre2_match_context *mc = pcre2_match_context_create(NULL);
	pcre2_match_data *md = re ? pcre2_match_data_create_from_pattern(re, NULL) : NULL;
	if (!re) {
		rc = slu_fail(err, SLU_E_INVALID, "commits.convention.pattern is no pattern: it goes wrong at its byte %zu.", (size_t)at + 1);
	} else if (!mc || !md) {
		rc = slu_fail(err, SLU_E_INTERNAL, "There is no memory to match a message.");
	} else {
		(void)pcre2_set_match_limit(mc, MATCH_LIMIT);
		(void)pcre2_set_depth_limit(mc, DEPTH_LIMIT);
		int got = pcre2_match(re, (PCRE2_SPTR)(text.n ? text.p : ""), text.n, 0, 0, md, mc);
		if (got < 0 && got != PCRE2_ERROR_NOMATCH)
			rc = slu_fail(err, SLU_E_LIMIT, "The pattern commits.convention.pattern takes too long on a message: it cannot be judged. A simpler pattern helps.");
		else
			*out = got >= 0;
	}
	pcre2_match_data_free(md);
	pcre2_match_context_free(mc);
	pcre2_code_free(re);
	return rc;
}
