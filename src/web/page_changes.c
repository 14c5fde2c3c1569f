/* SPDX-License-Identifier: Apache-2.0 */
/** /OWNER/NAME/changes: which changes are there, and which wait for me? */
#include "web/change_parts.h"

static const char question[] = "Which changes are there, and how far are they?";

struct listed {
	const struct port_change *change;
	const struct pol_verdict *merge; /* of those that are open */
	size_t n;
	struct web_paging paging;
	struct port_page page;
};

static slu_rc list(struct listed *l, struct web_req *rq, slu_err *err)
{
	const char *state = web_query(rq, "state");
	struct port_change_filter f = { .by_updated = true };
	if (!state || strcmp(state, "open") == 0)
		f.open = true;
	else if (strcmp(state, "merged") == 0)
		f.merged = true;
	else if (strcmp(state, "closed") == 0)
		f.closed = true;
	*l = (struct listed){ .paging = web_paging(rq) };
	l->page = (struct port_page){ .offset = l->paging.skip, .limit = l->paging.per_page, .want_total = true };
	SLU_TRY(app_change_list(&l->change, &l->n, &l->page, rq->unit, rq->r, &f, err));
	return app_change_judge_all(&l->merge, rq->unit, rq->r, l->change, l->n, err);
}

static void row(html *h, struct web_req *rq, const struct port_change *c, const struct pol_verdict *merge)
{
	html_lit(h, "<tr><th scope=\"row\">");
	html_link(h, shell_path(rq, "/changes/%llu", (unsigned long long)c->number), slu_s(slu_printf(rq->a, "#%llu %.*s", (unsigned long long)c->number, SLU_FMT(c->title))));
	html_lit(h, "</th><td>");
	html_text_z(h, change_state_word(c));
	if (c->state == POL_CHANGE_OPEN) {
		html_lit(h, " ");
		change_standing(h, merge);
	}
	html_lit(h, "</td><td><code>");
	html_text(h, c->source);
	html_lit(h, "</code> into <code>");
	html_text(h, c->target);
	html_lit(h, "</code></td><td>");
	html_text(h, c->author);
	html_lit(h, "</td><td>");
	html_time(h, c->updated_s);
	html_lit(h, "</td></tr>");
}

static void filters(html *h, struct web_req *rq)
{
	static const char *const states[] = { "open", "merged", "closed", "all" };
	const char *now = web_query(rq, "state");
	html_lit(h, "<nav aria-label=\"State\"><p class=\"stage\">");
	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
		html_lit(h, "<a href=\"?state=");
		html_attr_z(h, states[i]);
		html_lit(h, "\"");
		if (strcmp(now ? now : "open", states[i]) == 0)
			html_lit(h, " aria-current=\"page\"");
		html_lit(h, ">");
		html_text_z(h, states[i]);
		html_lit(h, "</a>");
	}
	html_lit(h, "</p></nav>");
}

static slu_rc page_html(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct listed l;
	html h;
	SLU_TRY(list(&l, rq, err));
	shell_begin(&h, rq, rs, "Changes", question, "changes");
	filters(&h, rq);
	if (l.n == 0)
		shell_empty(&h, "Nothing here. Push a branch, then ask for it to be merged:", "sluice change open");
	else
		html_lit(&h, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Changes\"><table class=\"stack\"><thead><tr><th scope=\"col\">Change</th><th scope=\"col\">State, and what it waits for</th>"
		             "<th scope=\"col\">From and into</th><th scope=\"col\">Author</th><th scope=\"col\">Last moved</th></tr></thead><tbody>");
	for (size_t i = 0; i < l.n; i++)
		row(&h, rq, &l.change[i], &l.merge[i]);
	if (l.n)
		html_lit(&h, "</tbody></table></div>");
	shell_paging(&h, rq, &l.paging, l.page.total);
	return shell_end(&h, rq, rs, err);
}

static slu_rc page_json(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct listed l;
	slu_json *j = &rs->json;
	SLU_TRY(list(&l, rq, err));
	slu_json_open(j, '{');
	slu_json_kv_int(j, "total", (int64_t)l.page.total);
	slu_json_key(j, "changes");
	slu_json_open(j, '[');
	for (size_t i = 0; i < l.n; i++)
		change_row_json(j, &l.change[i], &l.merge[i]);
	slu_json_close(j, ']');
	slu_json_close(j, '}');
	return SLU_OK;
}

const struct web_page page_changes = {
	.pattern = "/{owner}/{repo}/changes",
	.need = WEB_READ,
	.question = question,
	.html = page_html,
	.json = page_json,
};
