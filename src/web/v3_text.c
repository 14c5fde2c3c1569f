/* SPDX-License-Identifier: Apache-2.0 */
/** What is asked for as text: a diff, a mailbox of patches, a file's bytes. */
#include "base/utf8.h"
#include "web/v3.h"

enum v3_form v3_form_of(const struct web_req *rq)
{
	static const struct { const char *word; enum v3_form form; } words[] = { { "diff", V3_DIFF }, { "patch", V3_PATCH }, { "raw", V3_RAW }, { "sha", V3_SHA } };
	static const char before[] = "application/vnd.github.";
	const char *accept = web_header(rq, "Accept"), *word = accept ? strstr(accept, before) : NULL;
	if (*rq->suffix)
		return strcmp(rq->suffix, ".diff") == 0 ? V3_DIFF : strcmp(rq->suffix, ".patch") == 0 ? V3_PATCH : V3_JSON;
	if (!word)
		return V3_JSON;
	word += strlen(before);
	if (strncmp(word, "v3.", 3) == 0)
		word += 3;
	size_t n = strcspn(word, "+;, ");
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (n == strlen(words[i].word) && strncmp(word, words[i].word, n) == 0)
			return words[i].form;
	return V3_JSON;
}

slu_rc v3_patch(struct web_req *rq, struct web_res *rs, const slu_oid *from, const slu_oid *to, enum v3_form form, slu_err *err)
{
	slu_str text;
	slu_rc rc = rq->r->git->ops->patch(rq->r->git, rq->a, from, to, form == V3_PATCH, WEB_BODY_MAX, &text, err);
	if (rc == SLU_E_LIMIT) {
		rs->status = 406; /* GitHub's for a diff that is too large */
		return slu_fail(err, rc, "The diff exceeds the maximum of %d bytes; fetch the commits instead.", WEB_BODY_MAX);
	}
	SLU_TRY(rc);
	rs->type = "text/plain; charset=utf-8";
	slu_buf_addstr(&rs->body, text);
	return SLU_OK;
}

void v3_raw(struct web_res *rs, slu_str bytes)
{
	rs->type = slu_utf8_valid(bytes, NULL) ? "text/plain; charset=utf-8" : "application/octet-stream";
	slu_buf_addstr(&rs->body, bytes);
}
