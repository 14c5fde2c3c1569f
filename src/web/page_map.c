/* SPDX-License-Identifier: Apache-2.0 */
/** /OWNER/NAME: what is where now, and what is stuck? */
#include "app/map.h"
#include "app/view.h"
#include "web/deploy_parts.h"
#include "web/map_json.h"
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

static void branches(html *h, const struct app_repo *r, const struct app_map *m)
{
	if (m->branch_n == 0)
		return;
	html_lit(h, "<h2>Branches</h2>");
	html_lit(h, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Branches\"><table class=\"stack\"><thead><tr><th scope=\"col\">Branch</th><th scope=\"col\">Kind</th>"
	            "<th scope=\"col\">From its base</th><th scope=\"col\">Last commit</th><th scope=\"col\">What the strategy says</th></tr></thead><tbody>");
	for (size_t i = 0; i < m->branch_n && i < APP_MAP_JUDGED; i++)
		branch_row(h, r->strategy, &m->branch[i]);
	html_lit(h, "</tbody></table></div>");
	if (m->branch_n > APP_MAP_JUDGED)
		slu_buf_addf(h->out, "<p class=\"dim\">%d of %zu branches are shown; the others are in the JSON.</p>", APP_MAP_JUDGED, m->branch_n);
}

static void top(html *h, struct web_req *rq, const struct app_repo *r, const struct app_map *m)
{
	if (m->branch_n == 0)
		shell_empty(h, "There is no branch yet. Push one:", slu_printf(rq->a, "git push %s%s.git HEAD:main", rq->base_url, shell_path(rq, "%s", "")));
	else
		answer(h, m);
	html_lit(h, "<div class=\"picture\" tabindex=\"0\" role=\"region\" aria-label=\"Flow graph\">");
	svg_flow(h, rq->a, r->strategy);
	html_lit(h, "</div>");
}

/* ---- what waits ------------------------------------------------------------------------------------------------------------ */

enum { WAITING_SHOWN = 8 };

static void change_row(html *h, struct web_req *rq, const struct port_change *c, const struct pol_verdict *v)
{
	static const enum pol_state states[] = { [POL_ALLOW] = POL_PASSED, [POL_DENY] = POL_FAILED, [POL_WAIT] = POL_WAITING };
	static const char *const words[] = { [POL_ALLOW] = "may be merged", [POL_DENY] = "is blocked", [POL_WAIT] = "waits" };
	const char *first = "";
	for (size_t i = 0; i < v->row.n && !*first; i++)
		if (v->row.v[i].state == POL_FAILED || v->row.v[i].state == POL_WAITING)
			first = v->row.v[i].wanted;
	html_lit(h, "<li>");
	html_link(h, shell_path(rq, "/changes/%llu", (unsigned long long)c->number), slu_s(slu_printf(rq->a, "#%llu %.*s", (unsigned long long)c->number, SLU_FMT(c->title))));
	slu_buf_addf(h->out, " <span class=\"state %s\"><span aria-hidden=\"true\">%s</span> %s</span> ", pol_state_word(states[v->answer]), pol_state_symbol(states[v->answer]), words[v->answer]);
	html_text_z(h, first);
	html_lit(h, "</li>");
}

static slu_rc waiting(html *h, struct web_req *rq, slu_err *err)
{
	struct port_change_filter f = { .open = true, .by_updated = true };
	struct port_page page = { .limit = WAITING_SHOWN };
	const struct port_change *c;
	size_t n;
	SLU_TRY(app_change_list(&c, &n, &page, rq->unit, rq->r, &f, err));
	if (n == 0)
		return SLU_OK;
	html_lit(h, "<h2>Open changes</h2><ul>");
	for (size_t i = 0; i < n; i++) {
		struct pol_action act = { .verb = POL_MERGE, .actor = rq->unit->who.name, .change = c[i].number };
		struct pol_verdict v;
		SLU_TRY(app_decide(&v, rq->unit, rq->r, &act, err));
		change_row(h, rq, &c[i], &v);
	}
	html_lit(h, "</ul>");
	return SLU_OK;
}

static slu_rc now_there(html *h, struct web_req *rq, slu_err *err)
{
	const struct app_environment_view *e;
	size_t n;
	SLU_TRY(app_environments(rq->unit, rq->r, &e, &n, err));
	if (n)
		deploy_cards(h, rq, e, n);
	return waiting(h, rq, err);
}

static slu_rc page_html(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_map m;
	html h;
	slu_rc rc = app_map(&m, rq->unit, rq->r, err);
	if (rc == SLU_OK) {
		shell_begin(&h, rq, rs, slu_printf(rq->a, "%.*s/%.*s", SLU_FMT(rq->owner), SLU_FMT(rq->repo)), question, "map");
		top(&h, rq, rq->r, &m);
		rc = now_there(&h, rq, err);
		branches(&h, rq->r, &m);
	}
	if (rc == SLU_OK)
		rc = shell_end(&h, rq, rs, err);
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
