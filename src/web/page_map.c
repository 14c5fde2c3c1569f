/* SPDX-License-Identifier: Apache-2.0 */
/** /OWNER/NAME: what is where now, and what is stuck? */
#include "app/map.h"
#include "web/map_json.h"
#include "web/shell.h"
#include "web/svg.h"

static const char question[] = "What is where now, and what is stuck?";

static size_t failed_rows(const struct app_map_branch *b)
{
	size_t n = 0;
	for (size_t i = 0; b->judged && i < b->verdict.row.n; i++)
		n += b->verdict.row.v[i].state == POL_FAILED;
	return n;
}

static void branch_row(html *h, const strat *s, const struct app_map_branch *b)
{
	size_t bad = failed_rows(b);
	html_lit(h, "<tr><th scope=\"row\"><code>");
	html_text(h, b->name);
	html_lit(h, "</code></th><td>");
	html_text(h, b->kind == STRAT_NONE ? SLU_STR("none") : s->branch[b->kind].name);
	html_lit(h, "</td><td>");
	if (b->counted) {
		slu_buf_addf(h->out, "%llu ahead, %llu behind ", (unsigned long long)b->ahead, (unsigned long long)b->behind);
		html_text_z(h, b->base);
	} else {
		html_lit(h, "\xE2\x80\x93");
	}
	html_lit(h, "</td><td>");
	html_time(h, b->commit_s);
	html_lit(h, "</td><td>");
	if (bad || b->kind == STRAT_NONE)
		html_state(h, pol_state_symbol(POL_FAILED), "failed");
	else
		html_state(h, pol_state_symbol(POL_PASSED), "passed");
	html_lit(h, " ");
	html_text_z(h, b->says);
	for (size_t i = 0; bad && i < b->verdict.row.n; i++)
		if (b->verdict.row.v[i].state == POL_FAILED) {
			html_lit(h, "<p class=\"opens\">");
			html_text_z(h, b->verdict.row.v[i].wanted);
			html_lit(h, ": ");
			html_text_z(h, b->verdict.row.v[i].actual);
			html_lit(h, "</p>");
		}
	html_lit(h, "</td></tr>");
}

static void answer(html *h, const struct app_map *m)
{
	size_t bad = 0;
	for (size_t i = 0; i < m->branch_n; i++)
		bad += failed_rows(&m->branch[i]) != 0;
	if (bad == 0) {
		html_lit(h, "<p class=\"answer passed\"><span aria-hidden=\"true\">\xE2\x9C\x93</span> Every branch is as the strategy wants it.</p>");
		return;
	}
	slu_buf_addf(h->out, "<p class=\"answer failed\"><span aria-hidden=\"true\">\xE2\x9C\x97</span> %zu of %zu branches break a rule as they are.</p>", bad, m->branch_n);
}

static void body(html *h, struct web_req *rq, const struct app_repo *r, const struct app_map *m)
{
	if (m->branch_n == 0) {
		shell_empty(h, "There is no branch yet. Push one:", slu_printf(rq->a, "git push %s%s.git HEAD:main", rq->base_url, shell_path(rq, "%s", "")));
	} else {
		answer(h, m);
	}
	html_lit(h, "<div class=\"picture\" tabindex=\"0\" role=\"region\" aria-label=\"Flow graph\">");
	svg_flow(h, rq->a, r->strategy);
	html_lit(h, "</div><h2>Branches</h2>");
	if (m->branch_n == 0)
		return;
	html_lit(h, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Branches\"><table class=\"stack\"><thead><tr><th scope=\"col\">Branch</th><th scope=\"col\">Kind</th>"
	            "<th scope=\"col\">From its base</th><th scope=\"col\">Last commit</th><th scope=\"col\">What the strategy says</th></tr></thead><tbody>");
	for (size_t i = 0; i < m->branch_n && i < APP_MAP_JUDGED; i++)
		branch_row(h, r->strategy, &m->branch[i]);
	html_lit(h, "</tbody></table></div>");
	if (m->branch_n > APP_MAP_JUDGED)
		slu_buf_addf(h->out, "<p class=\"dim\">%d of %zu branches are shown; the others are in the JSON.</p>", APP_MAP_JUDGED, m->branch_n);
}

static slu_rc page_html(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_map m;
	html h;
	slu_rc rc = app_map(&m, rq->unit, rq->r, err);
	if (rc == SLU_OK) {
		shell_begin(&h, rq, rs, slu_printf(rq->a, "%.*s/%.*s", SLU_FMT(rq->owner), SLU_FMT(rq->repo)), question, "map");
		body(&h, rq, rq->r, &m);
		rc = shell_end(&h, rq, rs, err);
	}
	return rc;
}

static slu_rc page_json(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_map m;
	slu_rc rc = app_map(&m, rq->unit, rq->r, err);
	if (rc == SLU_OK)
		map_json(&rs->json, rq->r->strategy, &m);
	return rc;
}

const struct web_page page_map = {
	.pattern = "/{owner}/{repo}",
	.need = WEB_READ,
	.question = question,
	.html = page_html,
	.json = page_json,
};
