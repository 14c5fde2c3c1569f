/* SPDX-License-Identifier: Apache-2.0 */
/** /OWNER/NAME: what is where now, and what is stuck? */
#include "app/map.h"
#include "web/change_parts.h"
#include "web/deploy_parts.h"
#include "web/map_json.h"
#include "web/map_parts.h"
#include "web/svg.h"

enum { CHANGES_SHOWN = 8, BRANCHES_SHOWN = 20 };

static const char question[] = "What is where now, and what is stuck?";

/* All that the page says, gathered first: its answer is about all of it. */
struct look {
	struct app_map map;
	struct app_seen seen;
	const struct app_need *need;
	size_t need_n, open;
};

static slu_rc gather(struct look *l, struct web_req *rq, slu_err *err)
{
	*l = (struct look){ 0 };
	SLU_TRY(app_map(&l->map, rq->unit, rq->r, err));
	SLU_TRY(app_look(&l->seen, &l->open, rq->unit, rq->r, err));
	return app_needs(&l->need, &l->need_n, rq->unit, rq->r, &l->seen, err);
}

static bool is_broken(const struct app_map_branch *b)
{
	bool bad = b->kind == STRAT_NONE;
	for (size_t i = 0; b->judged && i < b->verdict.row.n && !bad; i++)
		bad = b->verdict.row.v[i].state == POL_FAILED;
	return bad;
}

static struct map_stuck stuck(const struct look *l)
{
	struct map_stuck s = map_stuck(&l->seen, l->open);
	s.seen_branches = true;
	for (size_t i = 0; i < l->map.branch_n; i++)
		if (is_broken(&l->map.branch[i]))
			s.branches++;
		else
			s.unseen_branches += l->map.branch[i].passed_over;
	return s;
}

/* ---- branches ------------------------------------------------------------------------------------------------------------------ */

static void branch_says(html *h, const struct app_map_branch *b, bool first)
{
	bool bad = is_broken(b);
	if (b->passed_over && !bad)
		html_lit(h, "<span class=\"state not-applicable\">not looked at</span>");
	else
		html_state(h, pol_state_symbol(bad ? POL_FAILED : POL_PASSED), bad ? "failed" : "passed");
	if (first) { /* the same of each of its kind */
		html_lit(h, " ");
		html_text_z(h, b->says);
	}
	for (size_t i = 0; b->judged && i < b->verdict.row.n; i++)
		if (b->verdict.row.v[i].state == POL_FAILED || (b->verdict.row.v[i].about == POL_ABOUT_HEALTH && b->verdict.row.v[i].state == POL_EVALUATED)) {
			html_lit(h, "<p class=\"opens\">");
			html_text_z(h, b->verdict.row.v[i].wanted);
			html_lit(h, ": ");
			html_text_z(h, b->verdict.row.v[i].actual);
			html_lit(h, "</p>");
		}
}

static void branch_row(html *h, const strat *s, const struct app_map_branch *b, bool first)
{
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
	branch_says(h, b, first);
	html_lit(h, "</td></tr>");
}

/* A part of them: ?page=2, ?branches=stuck. */
static void branches(html *h, struct web_req *rq, const struct look *l, size_t broken)
{
	const struct app_map *m = &l->map;
	const char *which = web_query(rq, "branches");
	bool only = which && strcmp(which, "stuck") == 0;
	struct web_paging p = web_paging(rq);
	size_t total = only ? broken : m->branch_n, at = 0;
	int kind = STRAT_NONE - 1;
	if (m->branch_n == 0)
		return;
	p.per_page = BRANCHES_SHOWN;
	p.skip = (p.page - 1) * BRANCHES_SHOWN;
	slu_buf_addf(h->out, "<h2 id=\"branches\">%zu branch%s</h2>", total, total == 1 ? "" : "es");
	slu_buf_adds(h->out, only ? "<p>Only those that break a rule. <a href=\"?#branches\">Show all</a></p>" : "");
	html_lit(h, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Branches\"><table class=\"stack\"><thead><tr><th scope=\"col\">Branch</th><th scope=\"col\">Kind</th>"
	            "<th scope=\"col\">From its base</th><th scope=\"col\">Last commit</th><th scope=\"col\">What the strategy says</th></tr></thead><tbody>");
	for (size_t i = 0; i < m->branch_n; i++) {
		if (only && !is_broken(&m->branch[i]))
			continue;
		if (at >= p.skip && at < p.skip + p.per_page) {
			branch_row(h, rq->r->strategy, &m->branch[i], m->branch[i].kind != kind);
			kind = m->branch[i].kind;
		}
		at++;
	}
	html_lit(h, "</tbody></table></div>");
	shell_paging(h, rq, &p, total);
}

/* ---- the picture ----------------------------------------------------------------------------------------------------------------- */

static const char *age(slu_arena *a, int64_t seconds)
{
	slu_auto_buf b;
	html t = { .out = &b };
	slu_buf_init(&b, 64);
	html_age(&t, seconds);
	return slu_strndup(a, b.p, b.n);
}

/* Of a kind with one branch its age, of many how many; of both how many break a rule. */
static const struct svg_now *of_branches(struct web_req *rq, const struct look *l)
{
	const strat *s = rq->r->strategy;
	struct svg_now *now = SLU_NEW_N(rq->a, struct svg_now, s->branch_n + 1);
	for (size_t k = 0; k < s->branch_n; k++) {
		size_t n = 0, bad = 0;
		int64_t newest = 0;
		for (size_t i = 0; i < l->map.branch_n; i++) {
			const struct app_map_branch *b = &l->map.branch[i];
			if (b->kind != (int)k)
				continue;
			n++;
			bad += is_broken(b);
			newest = b->commit_s > newest ? b->commit_s : newest;
		}
		now[k] = (struct svg_now){ .state = bad ? "failed" : "", .text = "none now" };
		if (bad)
			now[k].text = slu_printf(rq->a, "\xE2\x9C\x97 %zu of %zu", bad, n);
		else if (n)
			now[k].text = slu_printf(rq->a, "%zu branch%s, %s", n, n == 1 ? "" : "es", age(rq->a, rq->now_s - newest));
	}
	return now;
}

static struct svg_now of_environment(struct web_req *rq, const struct app_environment_view *e)
{
	slu_str v = e->has_under_way ? e->under_way.version : e->live.version;
	const char *version = slu_strndup(rq->a, v.p ? v.p : "", v.n < 12 ? v.n : 12);
	if (e->has_under_way)
		return (struct svg_now){ slu_printf(rq->a, "%s %s at %lld\xC2\xA0%%", pol_state_symbol(POL_WAITING), version, (long long)e->under_way.weight_pct), e->incident_n ? "failed" : "waiting" };
	if (!e->has_live)
		return (struct svg_now){ "nothing yet", e->incident_n ? "failed" : "" };
	if (e->incident_n)
		return (struct svg_now){ slu_printf(rq->a, "\xE2\x97\x8F %s \xE2\x9C\x97 incident", version), "failed" };
	return (struct svg_now){ slu_printf(rq->a, "\xE2\x97\x8F %s, %s", version, age(rq->a, rq->now_s - deploy_since(&e->live))), "passed" };
}

static const struct svg_now *of_environments(struct web_req *rq, const struct look *l)
{
	struct svg_now *now = SLU_NEW_N(rq->a, struct svg_now, l->seen.environment_n + 1);
	for (size_t i = 0; i < l->seen.environment_n; i++)
		now[i] = of_environment(rq, &l->seen.environment[i]);
	return now;
}

/* ---- the page --------------------------------------------------------------------------------------------------------------------- */

static void top(html *h, struct web_req *rq, const struct look *l, const struct map_stuck *s)
{
	if (l->map.branch_n == 0)
		shell_empty(h, "There is no branch yet. Push one:", slu_printf(rq->a, "git push %s%s.git HEAD:main", rq->base_url, shell_path(rq, "%s", "")));
	else
		map_answer(h, s);
	map_needs(h, rq->a, shell_path(rq, "%s", ""), l->need, l->need_n);
	map_freeze(h, rq->r->strategy);
	if (l->map.trouble) {
		html_lit(h, "<p class=\"answer waiting\"><span aria-hidden=\"true\">\xE2\x80\xA6</span> ");
		html_text_z(h, l->map.trouble);
		html_lit(h, " ");
		html_link(h, shell_path(rq, "%s", "/strategy"), SLU_STR("The strategy"));
		html_lit(h, "</p>");
	}
	html_lit(h, "<div class=\"picture\" tabindex=\"0\" role=\"region\" aria-label=\"Flow graph\">");
	svg_flow(h, rq->a, rq->r->strategy, of_branches(rq, l), of_environments(rq, l));
	html_lit(h, "</div>");
}

static void open_changes(html *h, struct web_req *rq, const struct look *l)
{
	size_t n = l->seen.change_n < CHANGES_SHOWN ? l->seen.change_n : CHANGES_SHOWN;
	if (n == 0)
		return;
	slu_buf_addf(h->out, "<h2>%zu open change%s</h2><ul>", l->open, l->open == 1 ? "" : "s");
	for (size_t i = 0; i < n; i++) {
		const struct port_change *c = &l->seen.change[i];
		html_lit(h, "<li>");
		html_link(h, shell_path(rq, "/changes/%llu", (unsigned long long)c->number), slu_s(slu_printf(rq->a, "#%llu %.*s", (unsigned long long)c->number, SLU_FMT(c->title))));
		html_lit(h, " ");
		change_standing(h, &l->seen.merge[i]);
		html_lit(h, "</li>");
	}
	html_lit(h, "</ul>");
	if (l->open > n) {
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
	struct map_stuck s = stuck(&l);
	shell_begin(&h, rq, rs, slu_printf(rq->a, "%.*s/%.*s", SLU_FMT(rq->owner), SLU_FMT(rq->repo)), question, "map");
	if (rq->r->read_only) {
		html_lit(&h, "<p class=\"answer failed\"><span aria-hidden=\"true\">\xE2\x9C\x97</span> Read-only: ");
		html_text(&h, rq->r->row.read_only);
		html_lit(&h, "</p>");
	}
	top(&h, rq, &l, &s);
	if (l.seen.environment_n)
		deploy_cards(&h, rq, l.seen.environment, l.seen.environment_n);
	open_changes(&h, rq, &l);
	branches(&h, rq, &l, s.branches);
	return shell_end(&h, rq, rs, err);
}

static slu_rc page_json(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct look l;
	slu_json *j = &rs->json;
	SLU_TRY(gather(&l, rq, err));
	struct map_stuck s = stuck(&l);
	slu_json_open(j, '{');
	map_stuck_json(j, &s);
	map_needs_json(j, rq->a, shell_path(rq, "%s", ""), l.need, l.need_n);
	map_freeze_json(j, rq->r->strategy, rq->now_s);
	map_json(j, rq->r->strategy, &l.map);
	slu_json_key(j, "environments");
	slu_json_open(j, '[');
	for (size_t i = 0; i < l.seen.environment_n; i++)
		deploy_environment_json(j, &l.seen.environment[i]);
	slu_json_close(j, ']');
	slu_json_kv_int(j, "open_changes", (int64_t)l.open);
	slu_json_key(j, "changes");
	slu_json_open(j, '[');
	for (size_t i = 0; i < l.seen.change_n; i++)
		change_row_json(j, &l.seen.change[i], &l.seen.merge[i]);
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
