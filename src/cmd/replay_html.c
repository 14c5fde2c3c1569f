/* SPDX-License-Identifier: Apache-2.0 */
/* One page that needs nothing else: no script, no address, light and dark. Each picture says the same as a table beside it. */
#include "base/html.h"
#include "cmd/replay_show.h"
#include "insight/svg_flow.h"

enum { BARS = 60, CHART_W = 960, CHART_H = 220, BAR_H = 180, STRIP_H = 14, RULES_MAX = 40, PAGE_MAX = 16 * 1024 * 1024 };

static const char head[] =
	"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>";
static const char style[] =
	"</title><style>"
	":root{color-scheme:light dark;--bg:#fbfbfa;--fg:#1b1d21;--dim:#565c66;--line:#d5d8dd;--card:#fff;--link:#0b57b5;--ok:#14662f;--wait:#b3761b;--bad:#a4161a;--rest:#b9c3cf}"
	"@media(prefers-color-scheme:dark){:root{--bg:#14161a;--fg:#e7e9ed;--dim:#a5acb8;--line:#363b45;--card:#1c1f25;--link:#86b7ff;--ok:#7fd79a;--wait:#f0be62;--bad:#ff9a96;--rest:#4a5563}}"
	"*{box-sizing:border-box}html{font:100%/1.5 system-ui,\"DejaVu Sans\",sans-serif;background:var(--bg);color:var(--fg)}body{max-width:66rem;margin:0 auto;padding:1rem}"
	"h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0;overflow-wrap:anywhere}h2{font-size:1.125rem;margin:2rem 0 .5rem}p{margin:.35rem 0}.dim,small{color:var(--dim);font-size:.875rem}"
	".answer{font-size:1.25rem;padding:.6rem .9rem;border-left:.35rem solid var(--bad);background:var(--card)}.answer.fine{border-color:var(--ok)}"
	".tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(14rem,100%),1fr));gap:.75rem;padding:0;list-style:none}.tiles li{border:1px solid var(--line);background:var(--card);padding:.6rem .8rem}.tiles b{font-size:1.5rem;display:block}"
	".scroll,.picture{overflow-x:auto}.picture{border:1px solid var(--line);background:var(--card);padding:.5rem;margin:.5rem 0}.picture svg{display:block;min-width:38rem;width:100%;height:auto}"
	"table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}th{font-weight:600;color:var(--dim);font-size:.875rem}td.n,th.n{text-align:right;white-space:nowrap}"
	"td.d,td.d code{white-space:nowrap}td.w{min-width:17rem}td:last-child{overflow-wrap:anywhere;min-width:14rem}code{font-family:ui-monospace,\"DejaVu Sans Mono\",monospace;font-size:.875em;overflow-wrap:anywhere}pre{overflow-x:auto;padding:.75rem;border:1px solid var(--line);background:var(--card)}"
	"li{margin:.2rem 0}:focus-visible{outline:3px solid var(--link);outline-offset:2px}"
	"svg text{fill:var(--fg);font:13px system-ui,\"DejaVu Sans\",sans-serif}svg .small{font-size:11px;fill:var(--dim)}svg .bad{fill:var(--bad)}svg .wait{fill:var(--wait)}svg .rest{fill:var(--rest)}svg .axis{stroke:var(--line);fill:none}"
	"svg .box{fill:var(--bg);stroke:var(--line);stroke-width:1.5}svg .box.production,svg .box.support{stroke:var(--ok);stroke-width:2.5}svg .box.environment{stroke:var(--link);stroke-dasharray:5 3}"
	"svg .label{paint-order:stroke;stroke:var(--card);stroke-width:4px}.picture svg.flow{min-width:62rem}svg .edge{fill:none;stroke:var(--fg);stroke-width:1.5}svg .back{fill:none;stroke:var(--dim);stroke-width:1.5;stroke-dasharray:5 4}svg .head{fill:var(--fg)}svg .backhead{fill:var(--dim)}"
	".strip{width:12rem;height:1rem;display:block}.key i{display:inline-block;width:.8em;height:.8em;margin:0 .3em 0 1em}.key .bad{background:var(--bad)}.key .wait{background:var(--wait)}.key .rest{background:var(--rest)}"
	"@media(forced-colors:active){.tiles li,.answer{border:1px solid CanvasText}.key i{forced-color-adjust:none}svg rect{forced-color-adjust:none}}@media print{body{background:#fff;color:#000}}"
	"</style></head><body><main>";

static void number(html *h, struct cmd_ctx *c, uint64_t n)
{
	html_text_z(h, cmd_thousands(c, n));
}

/* ---- the story ------------------------------------------------------------------------------------------------------------- */

static void story_head(html *h, const struct cmd_replay *x)
{
	html_lit(h, "<h1>");
	html_text_z(h, x->name);
	html_lit(h, ", replayed under ");
	html_text_z(h, x->strategy_file);
	html_lit(h, "</h1>");
}

static void story_empty(html *h, struct cmd_ctx *c, const struct cmd_replay *x)
{
	story_head(h, x);
	html_lit(h, "<p class=\"answer\">");
	html_text_z(h, cmd_replay_empty(c, x));
	html_lit(h, "</p>");
}

static void story(html *h, struct cmd_ctx *c, const struct cmd_replay *x)
{
	const struct ins_replay *r = x->r;
	story_head(h, x);
	html_lit(h, "<p class=\"dim\">");
	html_text_z(h, slu_printf(c->a, "%s commits, %s of them merges, %s, %s; %s to %s.%s", cmd_thousands(c, r->commits), cmd_thousands(c, r->merges), cmd_count(c, x->h->branch_n, "branch", "branches"),
				  cmd_count(c, x->h->tag_n, "tag", "tags"), cmd_day(c, r->first_s), cmd_day(c, r->last_s), x->chosen ? " No strategy is in force: this is the preset that fits best." : ""));
	if (cmd_replay_files(c, x))
		html_text_z(h, slu_printf(c->a, " %s.", cmd_replay_files(c, x)));
	slu_buf_addf(h->out, "</p><p class=\"answer%s\">", r->all.refused ? "" : " fine");
	html_text_z(h, r->all.refused ? slu_printf(c->a, "%s of %s acts would have been refused: %s.", cmd_thousands(c, r->all.refused), cmd_thousands(c, r->all.judged), cmd_share(c, r->all.refused, r->all.judged))
				      : slu_printf(c->a, "Nothing of %s acts would have been refused.", cmd_thousands(c, r->all.judged)));
	html_lit(h, "</p><ul class=\"tiles\">");
	for (int k = 0; k < INS_ACT_KINDS; k++) {
		if (r->sum[k].judged == 0)
			continue;
		html_lit(h, "<li>");
		html_text_z(h, ins_act_word((enum ins_act_kind)k, true));
		html_lit(h, "<b>");
		html_text_z(h, cmd_share(c, r->sum[k].refused, r->sum[k].judged));
		html_lit(h, "</b><small>");
		html_text_z(h, slu_printf(c->a, "%s of %s refused, %s waiting", cmd_thousands(c, r->sum[k].refused), cmd_thousands(c, r->sum[k].judged), cmd_thousands(c, r->sum[k].waiting)));
		html_lit(h, "</small></li>");
	}
	html_lit(h, "</ul>");
}

/* ---- over time --------------------------------------------------------------------------------------------------------------- */

static const char *month_name(struct cmd_ctx *c, const struct ins_replay *r, size_t i)
{
	int m = r->first_month + (int)i;
	return slu_printf(c->a, "%04d-%02d", m / 12, m % 12 + 1);
}

static void rect(html *h, const char *class_, size_t at, size_t n, uint64_t from, uint64_t to, uint64_t most)
{
	double w = (double)(CHART_W - 20) / (double)n, top = BAR_H - BAR_H * (double)to / (double)most, bottom = BAR_H - BAR_H * (double)from / (double)most;
	if (to > from)
		slu_buf_addf(h->out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", class_, 10 + w * (double)at, top + 6, w > 3 ? w - 1 : w, bottom - top);
}

static void bars(html *h, struct cmd_ctx *c, const struct ins_replay *r)
{
	struct ins_sum *s;
	size_t months, n = cmd_replay_spans(c, r, BARS, &s, &months);
	uint64_t most = 1;
	for (size_t i = 0; i < n; i++)
		most = s[i].judged > most ? s[i].judged : most;
	slu_buf_addf(h->out, "<div class=\"picture\" tabindex=\"0\" role=\"region\" aria-label=\"Acts over time\"><svg role=\"img\" aria-labelledby=\"time-t\" viewBox=\"0 0 %d %d\"><title id=\"time-t\">", CHART_W, CHART_H);
	html_text_z(h, slu_printf(c->a, "Acts over time, %s a bar: refused, waiting, allowed; at most %s in one bar", cmd_count(c, months, "month", "months"), cmd_thousands(c, most)));
	html_lit(h, "</title>");
	for (size_t i = 0; i < n; i++) {
		rect(h, "bad", i, n, 0, s[i].refused, most);
		rect(h, "wait", i, n, s[i].refused, s[i].refused + s[i].waiting, most);
		rect(h, "rest", i, n, s[i].refused + s[i].waiting, s[i].judged, most);
	}
	slu_buf_addf(h->out, "<path class=\"axis\" d=\"M10 %d H%d\"/><text class=\"small\" x=\"10\" y=\"%d\">", BAR_H + 6, CHART_W - 10, BAR_H + 24);
	html_text_z(h, month_name(c, r, 0));
	slu_buf_addf(h->out, "</text><text class=\"small\" x=\"%d\" y=\"%d\" text-anchor=\"end\">", CHART_W - 10, BAR_H + 24);
	html_text_z(h, month_name(c, r, r->month_n - 1));
	slu_buf_addf(h->out, "</text><text class=\"small\" x=\"12\" y=\"16\">%s</text></svg></div>", cmd_thousands(c, most));
	html_lit(h, "<p class=\"dim key\">A bar is ");
	html_text_z(h, cmd_count(c, months, "month", "months"));
	html_lit(h, ".<i class=\"bad\"></i>refused<i class=\"wait\"></i>waiting for people or checks<i class=\"rest\"></i>allowed</p>");
}

static void years(html *h, struct cmd_ctx *c, const struct ins_replay *r)
{
	html_lit(h, "<details><summary>The same by year</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"By year\"><table><thead><tr><th scope=\"col\">Year</th><th scope=\"col\" class=\"n\">Acts</th>"
	            "<th scope=\"col\" class=\"n\">Refused</th><th scope=\"col\" class=\"n\">Waiting</th></tr></thead><tbody>");
	for (size_t i = 0; i < r->month_n;) {
		int year = (r->first_month + (int)i) / 12;
		struct ins_sum s = { 0 };
		for (; i < r->month_n && (r->first_month + (int)i) / 12 == year; i++) {
			s.judged += r->month[i].judged;
			s.refused += r->month[i].refused;
			s.waiting += r->month[i].waiting;
		}
		slu_buf_addf(h->out, "<tr><th scope=\"row\">%d</th><td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td></tr>", year, cmd_thousands(c, s.judged), cmd_thousands(c, s.refused),
			     cmd_thousands(c, s.waiting));
	}
	html_lit(h, "</tbody></table></div></details>");
}

/* ---- by rule ------------------------------------------------------------------------------------------------------------------ */

static void strip(html *h, const struct ins_replay *r, const uint32_t *month)
{
	size_t each = (r->month_n + BARS - 1) / BARS, n = (r->month_n + each - 1) / each;
	uint32_t sum[BARS] = { 0 }, most = 1;
	for (size_t i = 0; i < r->month_n; i++)
		sum[i / each] += month[i];
	for (size_t i = 0; i < n; i++)
		most = sum[i] > most ? sum[i] : most;
	slu_buf_addf(h->out, "<svg class=\"strip\" aria-hidden=\"true\" viewBox=\"0 0 %zu %d\" preserveAspectRatio=\"none\">", n * 4, STRIP_H);
	for (size_t i = 0; i < n; i++)
		if (sum[i])
			slu_buf_addf(h->out, "<rect class=\"bad\" x=\"%zu\" y=\"%.1f\" width=\"3\" height=\"%.1f\"/>", i * 4, STRIP_H - STRIP_H * (double)sum[i] / most, STRIP_H * (double)sum[i] / most);
	html_lit(h, "</svg>");
}

static void rule_row(html *h, struct cmd_ctx *c, const struct ins_replay *r, const struct ins_rule *e)
{
	slu_auto_buf at;
	slu_buf_init(&at, 4096);
	pol_place_text(&at, &e->pos);
	html_lit(h, "<tr><td class=\"n\">");
	number(h, c, e->all);
	html_lit(h, "</td><td class=\"w\">");
	html_text_z(h, cmd_rule_words(c, e));
	html_lit(h, "<br><code>");
	html_text_z(h, e->rule);
	html_lit(h, "</code> <small>");
	html_text_z(h, strcmp(e->pos.file, "defaults") == 0 ? "a default" : at.p);
	html_lit(h, "</small></td><td>");
	strip(h, r, e->month);
	html_lit(h, "</td><td>");
	html_text_z(h, slu_printf(c->a, "%s %s: %s", cmd_day(c, e->example.time_s), e->example.what, e->example.actual));
	html_lit(h, "</td></tr>");
}

static void rules(html *h, struct cmd_ctx *c, const struct ins_replay *r)
{
	if (r->refuses.n == 0)
		return;
	html_lit(h, "<h2>By which rule</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"By which rule\"><table><thead><tr><th scope=\"col\" class=\"n\">Refused</th><th scope=\"col\">What</th>"
	            "<th scope=\"col\">When</th><th scope=\"col\">The newest</th></tr></thead><tbody>");
	for (size_t i = 0; i < r->refuses.n && i < RULES_MAX; i++)
		rule_row(h, c, r, &r->refuses.v[i]);
	html_lit(h, "</tbody></table></div>");
}

static void worst(html *h, struct cmd_ctx *c, const struct cmd_replay *x)
{
	if (x->r->worst_n == 0)
		return;
	html_lit(h, "<h2>The worst</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"The worst\"><table><thead><tr><th scope=\"col\">When</th><th scope=\"col\">Commit</th><th scope=\"col\">What</th>"
	            "<th scope=\"col\" class=\"n\">Rules</th><th scope=\"col\">The first of them</th></tr></thead><tbody>");
	for (size_t i = 0; i < x->r->worst_n; i++) {
		const struct ins_example *e = &x->r->worst[i];
		html_lit(h, "<tr><td class=\"d\">");
		html_text_z(h, cmd_day(c, e->time_s));
		html_lit(h, "</td><td class=\"d\"><code>");
		html_text_z(h, e->act.commit == INS_NONE ? "" : slu_strndup(c->a, slu_oids_at(&x->h->graph.id, e->act.commit).hex, 10));
		html_lit(h, "</code></td><td>");
		html_text_z(h, e->what);
		slu_buf_addf(h->out, "</td><td class=\"n\">%zu</td><td>", e->act.rules);
		html_text_z(h, slu_printf(c->a, "%s: %s", e->rule, e->actual));
		html_lit(h, "</td></tr>");
	}
	html_lit(h, "</tbody></table></div>");
}

static void waits(html *h, struct cmd_ctx *c, const struct ins_replay *r)
{
	if (r->waits.n == 0)
		return;
	html_lit(h, "<h2>What would have waited</h2><p>");
	number(h, c, r->all.waiting);
	html_lit(h, " acts that nothing refuses would have waited. Whether they had what they waited for is not written in Git.</p><ul>");
	for (size_t i = 0; i < r->waits.n && i < RULES_MAX; i++) {
		html_lit(h, "<li>");
		number(h, c, r->waits.v[i].all);
		html_lit(h, " for ");
		html_text_z(h, cmd_wait_words(c, &r->waits.v[i]));
		html_lit(h, " <code>");
		html_text_z(h, r->waits.v[i].rule);
		html_lit(h, "</code></li>");
	}
	html_lit(h, "</ul>");
}

static void flow(html *h, struct cmd_ctx *c, const strat *s)
{
	html_lit(h, "<h2>The strategy</h2><p class=\"dim\">What is not drawn is refused.</p><div class=\"picture\" tabindex=\"0\" role=\"region\" aria-label=\"Flow graph\">");
	svg_flow(h, c->a, s, NULL, NULL);
	html_lit(h, "</div><details><summary>The same in words</summary><ul>");
	for (size_t i = 0; i < s->branch_n; i++)
		for (size_t k = 0; k < s->branch[i].edge_n && !s->branch[i].builtin; k++) {
			const struct strat_edge *e = &s->branch[i].edge[k];
			html_lit(h, "<li>");
			html_text_z(h, slu_printf(c->a, "%.*s goes into %.*s by %s", SLU_FMT(s->branch[i].name), SLU_FMT(s->branch[e->into].name), strat_method_word(e->method)));
			html_lit(h, "</li>");
		}
	html_lit(h, "</ul></details>");
}

static void unknown(html *h, struct cmd_ctx *c, const struct cmd_replay *x)
{
	html_lit(h, "<h2>Not known, and so not judged</h2><ul>");
	for (const char *const *t = cmd_replay_unknown(c, x); *t; t++) {
		html_lit(h, "<li>");
		html_text_z(h, *t);
		html_lit(h, "</li>");
	}
	html_lit(h, "</ul>");
}

static void whole(html *h, struct cmd_ctx *c, const struct cmd_replay *x)
{
	story(h, c, x);
	if (x->r->all.judged) {
		html_lit(h, "<h2>When</h2>");
		bars(h, c, x->r);
		years(h, c, x->r);
	}
	rules(h, c, x->r);
	worst(h, c, x);
	waits(h, c, x->r);
	flow(h, c, x->s);
	unknown(h, c, x);
}

int cmd_replay_html(struct cmd_ctx *c, const struct cmd_replay *x)
{
	slu_auto_buf b;
	slu_buf_init(&b, PAGE_MAX);
	html h = { .out = &b };
	slu_buf_adds(&b, head);
	html_text_z(&h, slu_printf(c->a, "%s under %s", x->name, x->strategy_file));
	slu_buf_adds(&b, style);
	(x->empty ? story_empty : whole)(&h, c, x);
	html_lit(&h, "</main></body></html>\n");
	return cmd_put(c, &b);
}
