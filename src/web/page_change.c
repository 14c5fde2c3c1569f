/* SPDX-License-Identifier: Apache-2.0 */
/** /OWNER/NAME/changes/N: why can't this merge, and what opens it? */
#include "web/change_parts.h"
#include "web/v3_pull.h"

static const char question[] = "Why can\xE2\x80\x99t this merge, and what opens it?";

static slu_rc look(struct web_req *rq, struct app_change_view *v, size_t diff_bytes, slu_err *err)
{
	uint64_t number;
	SLU_TRY(web_param_u64(rq, "number", &number, err));
	return app_change_view(v, rq->unit, rq->r, number, diff_bytes, err);
}

static void where_it_stands(html *h, const struct web_req *rq, const struct app_change_view *v)
{
	const struct port_change *c = &v->change;
	if (c->state == POL_CHANGE_OPEN) {
		html_answer(h, &v->merge);
	} else if (c->state == POL_CHANGE_MERGED) {
		html_lit(h, "<p class=\"answer passed\"><span aria-hidden=\"true\">\xE2\x9C\x93</span> Merged by ");
		html_text(h, c->merged_by);
		html_lit(h, " as ");
		shell_commit(h, rq, &c->merged_as);
		html_lit(h, ", ");
		html_time(h, c->merged_s);
		html_lit(h, ".</p>");
	} else {
		html_lit(h, "<p class=\"answer\">Closed without a merge, ");
		html_time(h, c->closed_s);
		html_lit(h, ".</p>");
	}
	html_lit(h, "<p><code>");
	html_text(h, c->source);
	html_lit(h, "</code> into <code>");
	html_text(h, c->target);
	html_lit(h, "</code>, opened by ");
	html_text(h, c->author);
	html_lit(h, " ");
	html_time(h, c->created_s);
	html_lit(h, ", now at ");
	shell_commit(h, rq, &c->head);
	html_lit(h, ".</p>");
}

static void body(html *h, struct web_req *rq, const struct app_repo *r, const struct app_change_view *v)
{
	where_it_stands(h, rq, v);
	if (v->change.state == POL_CHANGE_OPEN || v->merged_by_rules.n) {
		slu_buf_addf(h->out, "<h2>%s</h2>", v->merged_by_rules.n ? "The rules by which it was merged" : "Rules");
		html_ladder(h, &v->merge, shell_path(rq, "%s", "/strategy"));
	}
	if (v->change.body.n) {
		html_lit(h, "<h2>What it says</h2><pre class=\"words\">");
		html_text(h, v->change.body);
		html_lit(h, "</pre>");
	}
	change_follows(h, rq, r->strategy, v);
	change_try(h, rq, v);
	change_act(h, rq, v);
	change_reviews(h, rq->a, v);
	change_checks(h, rq->a, v);
	change_commits(h, rq, v);
	change_diff(h, rq, v, false);
}

static char *title_of(struct web_req *rq, const struct port_change *c)
{
	return slu_printf(rq->a, "#%llu %.*s", (unsigned long long)c->number, SLU_FMT(c->title));
}

static slu_rc page_html(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_change_view v;
	html h;
	SLU_TRY(look(rq, &v, APP_VIEW_DIFF_BYTES, err));
	shell_begin(&h, rq, rs, title_of(rq, &v.change), question, "changes");
	body(&h, rq, rq->r, &v);
	return shell_end(&h, rq, rs, err);
}

static slu_rc page_json(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_change_view v;
	SLU_TRY(look(rq, &v, APP_VIEW_DIFF_BYTES, err));
	change_json(&rs->json, rq, &v);
	return SLU_OK;
}

static slu_rc page_text(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	slu_oid base;
	SLU_TRY(v3_pull_get(rq, &c, err));
	SLU_TRY(v3_pull_base(rq, &c, &base, err));
	return v3_patch(rq, rs, &base, &c.head, v3_form_of(rq), err);
}

const struct web_page page_change = {
	.pattern = "/{owner}/{repo}/changes/{number}",
	.need = WEB_READ,
	.question = question,
	.html = page_html,
	.json = page_json,
	.text = page_text,
	.post = change_post,
};

static slu_rc diff_html(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_change_view v;
	html h;
	SLU_TRY(look(rq, &v, APP_VIEW_DIFF_ALL, err));
	shell_begin(&h, rq, rs, slu_printf(rq->a, "Files of %s", title_of(rq, &v.change)), "What does it change?", "changes");
	if (v.file_n == 0)
		shell_empty(&h, "It changes no file.", NULL);
	change_diff(&h, rq, &v, true);
	return shell_end(&h, rq, rs, err);
}

const struct web_page page_change_diff = {
	.pattern = "/{owner}/{repo}/changes/{number}/diff",
	.need = WEB_READ,
	.question = "What does it change?",
	.html = diff_html,
	.json = page_json,
};
