/* SPDX-License-Identifier: Apache-2.0 */
/** /OWNER/NAME: what is where now, and what is stuck? */
#include "app/map.h"
#include "app/view.h"
#include "web/change_parts.h"
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

/* All that the page says, gathered first: its answer is about all of it. */
struct look {
	struct app_map map;
	const struct app_environment_view *env;
	size_t env_n;
	const struct port_change *change; /* open, the newest CHANGES_SHOWN */
	struct pol_verdict *merge;        /* of each */
	size_t change_n, open;
};

enum { CHANGES_SHOWN = 8 };

static slu_rc gather(struct look *l, struct web_req *rq, slu_err *err)
{
	struct port_change_filter f = { .open = true, .by_updated = true };
	struct port_page page = { .limit = CHANGES_SHOWN, .want_total = true };
	*l = (struct look){ 0 };
	SLU_TRY(app_map(&l->map, rq->unit, rq->r, err));
	SLU_TRY(app_environments(rq->unit, rq->r, &l->env, &l->env_n, err));
	SLU_TRY(app_change_list(&l->change, &l->change_n, &page, rq->unit, rq->r, &f, err));
	l->open = page.total;
	l->merge = SLU_NEW_N(rq->a, struct pol_verdict, l->change_n + 1);
	for (size_t i = 0; i < l->change_n; i++)
		SLU_TRY(app_change_judge(&l->merge[i], rq->unit, rq->r, l->change[i].number, err));
	return SLU_OK;
}

static void part(html *h, bool *any, size_t n, const char *one, const char *many)
{
	if (n == 0)
		return;
	slu_buf_addf(h->out, "%s%zu %s", *any ? "; " : "", n, n == 1 ? one : many);
	*any = true;
}

static void answer(html *h, const struct look *l)
{
	size_t broken = 0, incidents = 0, blocked = 0, waiting = 0;
	bool any = false;
	for (size_t i = 0; i < l->map.branch_n; i++)
		broken += failed_rows(&l->map.branch[i]) != 0;
	for (size_t i = 0; i < l->env_n; i++)
		incidents += l->env[i].incident_n;
	for (size_t i = 0; i < l->change_n; i++) {
		blocked += l->merge[i].answer == POL_DENY;
		waiting += l->merge[i].answer == POL_WAIT;
	}
	if (broken + incidents + blocked + waiting == 0) {
		html_lit(h, "<p class=\"answer passed\"><span aria-hidden=\"true\">\xE2\x9C\x93</span> Nothing is stuck, and every branch is as the strategy wants it.</p>");
		return;
	}
	bool bad = broken + incidents + blocked > 0;
	slu_buf_addf(h->out, "<p class=\"answer %s\"><span aria-hidden=\"true\">%s</span> %s: ", bad ? "failed" : "waiting", pol_state_symbol(bad ? POL_FAILED : POL_WAITING), bad ? "Stuck" : "Waiting");
	part(h, &any, incidents, "version that failed waits for a person", "versions that failed wait for a person");
	part(h, &any, broken, "branch breaks a rule as it is", "branches break a rule as they are");
	part(h, &any, blocked, "open change is blocked", "open changes are blocked");
	part(h, &any, waiting, "open change waits", "open changes wait");
	html_lit(h, ".</p>");
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

/* What stands in the box of an environment: version and age, or what is the matter. */
static const char *const *now_in(struct web_req *rq, const struct look *l)
{
	const char **now = SLU_NEW_N(rq->a, const char *, l->env_n + 1);
	for (size_t i = 0; i < l->env_n; i++) {
		const struct app_environment_view *e = &l->env[i];
		slu_auto_buf b;
		html t = { .out = &b, .now_s = rq->now_s };
		slu_buf_init(&b, 256);
		if (e->has_under_way)
			slu_buf_addf(&b, "%s %.*s at %lld\xC2\xA0%%", pol_state_symbol(POL_WAITING), (int)(e->under_way.version.n < 12 ? e->under_way.version.n : 12), e->under_way.version.p, (long long)e->under_way.weight_pct);
		else if (e->has_live)
			slu_buf_addf(&b, "\xE2\x97\x8F %.*s%s", (int)(e->live.version.n < 12 ? e->live.version.n : 12), e->live.version.p, e->incident_n ? " \xE2\x9C\x97 incident" : ", ");
		else
			slu_buf_adds(&b, "nothing yet");
		if (!e->has_under_way && e->has_live && !e->incident_n)
			html_age(&t, rq->now_s - (e->live.finished_s ? e->live.finished_s : e->live.created_s));
		now[i] = slu_strndup(rq->a, b.p, b.n);
	}
	return now;
}

static void top(html *h, struct web_req *rq, const struct look *l)
{
	if (l->map.branch_n == 0)
		shell_empty(h, "There is no branch yet. Push one:", slu_printf(rq->a, "git push %s%s.git HEAD:main", rq->base_url, shell_path(rq, "%s", "")));
	else
		answer(h, l);
	html_lit(h, "<div class=\"picture\" tabindex=\"0\" role=\"region\" aria-label=\"Flow graph\">");
	svg_flow(h, rq->a, rq->r->strategy, now_in(rq, l));
	html_lit(h, "</div>");
}

static void open_changes(html *h, struct web_req *rq, const struct look *l)
{
	if (l->change_n == 0)
		return;
	html_lit(h, "<h2>Open changes</h2><ul>");
	for (size_t i = 0; i < l->change_n; i++) {
		const struct port_change *c = &l->change[i];
		html_lit(h, "<li>");
		html_link(h, shell_path(rq, "/changes/%llu", (unsigned long long)c->number), slu_s(slu_printf(rq->a, "#%llu %.*s", (unsigned long long)c->number, SLU_FMT(c->title))));
		html_lit(h, " ");
		change_standing(h, &l->merge[i]);
		html_lit(h, "</li>");
	}
	html_lit(h, "</ul>");
	if (l->open > l->change_n) {
		html_lit(h, "<p>");
		html_link(h, shell_path(rq, "%s", "/changes"), slu_s(slu_printf(rq->a, "All %zu", l->open)));
		html_lit(h, "</p>");
	}
}

static slu_rc page_html(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct look l;
	html h;
	SLU_TRY(gather(&l, rq, err));
	shell_begin(&h, rq, rs, slu_printf(rq->a, "%.*s/%.*s", SLU_FMT(rq->owner), SLU_FMT(rq->repo)), question, "map");
	top(&h, rq, &l);
	if (l.env_n)
		deploy_cards(&h, rq, l.env, l.env_n);
	open_changes(&h, rq, &l);
	branches(&h, rq->r, &l.map);
	return shell_end(&h, rq, rs, err);
}

static slu_rc page_json(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct look l;
	slu_json *j = &rs->json;
	SLU_TRY(gather(&l, rq, err));
	slu_json_open(j, '{');
	map_json(j, rq->r->strategy, &l.map);
	slu_json_key(j, "environments");
	slu_json_open(j, '[');
	for (size_t i = 0; i < l.env_n; i++)
		deploy_environment_json(j, &l.env[i]);
	slu_json_close(j, ']');
	slu_json_kv_int(j, "open_changes", (int64_t)l.open);
	slu_json_key(j, "changes");
	slu_json_open(j, '[');
	for (size_t i = 0; i < l.change_n; i++)
		change_row_json(j, &l.change[i], &l.merge[i]);
	slu_json_close(j, ']');
	slu_json_close(j, '}');
	return SLU_OK;
}

const struct web_page page_map = {
	.pattern = "/{owner}/{repo}",
	.need = WEB_READ,
	.question = question,
	.html = page_html,
	.json = page_json,
};
