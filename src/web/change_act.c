/* SPDX-License-Identifier: Apache-2.0 */
/** The form of a change's page: review it, merge it, close it. The rules are asked when it arrives, not when it was drawn. */
#include "app/changes.h"
#include "web/change_parts.h"

void change_act(html *h, const struct web_req *rq, const struct app_change_view *v)
{
	if (rq->who.via != WEB_SESSION || v->change.state != POL_CHANGE_OPEN)
		return;
	bool own = slu_str_eq(v->change.author, rq->who.person);
	html_lit(h, "<h2>What you can do</h2>");
	shell_form(h, rq, shell_path(rq, "/changes/%llu", (unsigned long long)v->change.number));
	html_lit(h, "<div class=\"act\"><input type=\"hidden\" name=\"head\" value=\"");
	html_attr_z(h, v->change.head.hex);
	html_lit(h, "\"><label for=\"words\">Words</label><textarea id=\"words\" name=\"words\" rows=\"3\"></textarea><div class=\"stage\">");
	if (!own) { /* nobody reviews their own */
		shell_button(h, "approve", "plain", "Approve");
		shell_button(h, "request-changes", "plain", "Ask for changes");
	}
	shell_button(h, "comment", "plain", "Comment");
	if (v->merge.answer == POL_ALLOW)
		shell_button(h, "merge", "", "Merge");
	if (own || rq->level >= STRAT_TRIAGE)
		shell_button(h, "close", "plain", "Close");
	html_lit(h, "</div></div></form>");
}

/* What a merge by the one who asks would move, computed and thrown away. */
void change_try(html *h, struct web_req *rq, const struct app_change_view *v)
{
	const struct app_merge_ask ask = { .head = v->change.head, .dry_run = true };
	struct app_merge_result m = { 0 };
	slu_err why = { 0 };
	if (!web_query(rq, "try") || v->change.state != POL_CHANGE_OPEN)
		return;
	slu_rc rc = app_change_merge(&m, rq->unit, rq->r, v->change.number, &ask, &why);
	html_lit(h, "<h2 id=\"try\">What a merge would do now</h2>");
	if (rc != SLU_OK || m.verdict.answer != POL_ALLOW) {
		html_lit(h, "<p><span class=\"state failed\"><span aria-hidden=\"true\">\xE2\x9C\x97</span> refused</span> ");
		html_text_z(h, rc != SLU_OK ? why.text : "The rules above say why.");
		html_lit(h, "</p>");
		return;
	}
	html_lit(h, "<ul>");
	for (size_t i = 0; i < m.act.n; i++) {
		html_lit(h, "<li>");
		html_text_z(h, m.act.v[i].what);
		html_lit(h, " <code>");
		html_text_z(h, m.act.v[i].ref);
		html_lit(h, "</code>");
		if (!slu_oid_is_zero(&m.act.v[i].old)) {
			html_lit(h, " from ");
			shell_commit(h, rq, &m.act.v[i].old);
		}
		html_lit(h, "</li>");
	}
	html_lit(h, "</ul><p class=\"dim\">Nothing was moved.</p>");
}

static slu_rc review(struct web_req *rq, uint64_t number, enum pol_review_state state, slu_str words, const slu_oid *head, slu_err *err)
{
	const struct app_review_new n = { .state = state, .body = words, .commit = *head };
	struct port_review r;
	return app_change_review(&r, rq->unit, rq->r, number, &n, err);
}

/* The head that was looked at must still be the head: nobody merges or approves what came in between. */
static slu_rc merge(struct web_req *rq, uint64_t number, const slu_oid *head, slu_err *err)
{
	struct app_merge_ask ask = { .head = *head };
	struct app_merge_result result;
	SLU_TRY(app_change_merge(&result, rq->unit, rq->r, number, &ask, err));
	return result.merged ? SLU_OK : app_verdict_rc(&result.verdict, err);
}

static slu_rc act(struct web_req *rq, uint64_t number, slu_err *err)
{
	const char *what = web_form(rq, "do"), *words = web_form(rq, "words"), *head = web_form(rq, "head");
	slu_str said = slu_str_trim(slu_s(words ? words : ""));
	struct port_change c;
	slu_oid at;
	SLU_TRY(slu_oid_parse(&at, slu_s(head ? head : ""), err));
	if (!what)
		return slu_fail(err, SLU_E_INVALID, "The form does not say what to do.");
	if (strcmp(what, "approve") == 0)
		return review(rq, number, POL_REVIEW_APPROVE, said, &at, err);
	if (strcmp(what, "request-changes") == 0)
		return review(rq, number, POL_REVIEW_REQUEST_CHANGES, said, &at, err);
	if (strcmp(what, "comment") == 0 && said.n)
		return review(rq, number, POL_REVIEW_COMMENT, said, &at, err);
	if (strcmp(what, "merge") == 0)
		return merge(rq, number, &at, err);
	if (strcmp(what, "close") == 0)
		return app_change_close(&c, rq->unit, rq->r, number, err);
	return slu_fail(err, SLU_E_INVALID, "A comment needs words.");
}

slu_rc change_post(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	uint64_t number;
	SLU_TRY(web_param_u64(rq, "number", &number, err));
	SLU_TRY(act(rq, number, err));
	web_see_other(rs, shell_path(rq, "/changes/%llu", (unsigned long long)number));
	return SLU_OK;
}
