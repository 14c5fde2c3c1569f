/* SPDX-License-Identifier: Apache-2.0 */
/** /OWNER/NAME/deployments and /OWNER/NAME/deployments/N: is it healthy, go on or go back? */
#include "base/quantity.h"
#include "web/deploy_measure.h"
#include "web/deploy_parts.h"

static const char question_all[] = "What went where, and how did it end?";
static const char question_one[] = "Is it healthy: go on or go back?";

static slu_rc list(struct web_req *rq, struct web_paging *p, struct port_page *page, const struct port_deployment **d, size_t *n, slu_err *err)
{
	const char *environment = web_query(rq, "environment");
	struct port_deployment_filter f = { .environment = slu_s(environment ? environment : "") };
	*p = web_paging(rq);
	*page = (struct port_page){ .offset = p->skip, .limit = p->per_page, .want_total = true };
	return app_deployment_list(d, n, page, rq->unit, rq->r, &f, err);
}

static slu_rc all_html(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct port_deployment *d;
	struct web_paging p;
	struct port_page page;
	size_t n;
	html h;
	SLU_TRY(list(rq, &p, &page, &d, &n, err));
	shell_begin(&h, rq, rs, "Deployments", question_all, "deployments");
	if (n == 0)
		shell_empty(&h, "Nothing was deployed yet.", "sluice deploy ENVIRONMENT");
	else
		deploy_table(&h, rq, d, n, true);
	shell_paging(&h, rq, &p, page.total);
	return shell_end(&h, rq, rs, err);
}

static slu_rc all_json(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct port_deployment *d;
	struct web_paging p;
	struct port_page page;
	size_t n;
	SLU_TRY(list(rq, &p, &page, &d, &n, err));
	slu_json_open(&rs->json, '{');
	slu_json_kv_int(&rs->json, "total", (int64_t)page.total);
	slu_json_key(&rs->json, "deployments");
	slu_json_open(&rs->json, '[');
	for (size_t i = 0; i < n; i++) {
		slu_json_open(&rs->json, '{');
		deploy_json(&rs->json, &d[i]);
		slu_json_close(&rs->json, '}');
	}
	slu_json_close(&rs->json, ']');
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

/* ---- one ------------------------------------------------------------------------------------------------------------------- */

static bool is_bad(const struct port_deploy_step *s)
{
	return slu_str_is(s->result, "failed") || slu_str_is(s->result, "sick");
}

static const struct strat_environment *environment_of(const struct web_req *rq, const struct port_deployment *d)
{
	int i = strat_find_environment(rq->r->strategy, d->environment);
	return i < 0 ? NULL : &rq->r->strategy->environment[i];
}

static void ramp(html *h, struct web_req *rq, const struct app_deployment_view *v, const struct deploy_measured *m)
{
	struct svg_ramp_point *p = SLU_NEW_N(rq->a, struct svg_ramp_point, v->step_n + 2);
	struct svg_series series[DEPLOY_PROBES];
	size_t n = 0;
	unsigned weight = 0;
	if (v->step_n == 0)
		return;
	p[n++] = (struct svg_ramp_point){ .at_ms = v->step[0].at_ms };
	for (size_t i = 0; i < v->step_n; i++) {
		bool moves = slu_str_is(v->step[i].effect, "weight");
		if (moves)
			weight = (unsigned)v->step[i].weight_pct;
		if (moves || is_bad(&v->step[i]))
			p[n++] = (struct svg_ramp_point){ .at_ms = v->step[i].at_ms, .weight_pct = weight, .failed = is_bad(&v->step[i]) };
	}
	if (n < 2 && m->n == 0)
		return;
	for (size_t i = 0; i < m->n; i++)
		series[i] = (struct svg_series){ .name = m->probe[i].name, .limit_ms = m->probe[i].limit_ms, .at = m->probe[i].at.v, .n = m->probe[i].at.n };
	int64_t last = v->step[v->step_n - 1].ended_ms;
	html_lit(h, "<div class=\"picture\" tabindex=\"0\" role=\"region\" aria-label=\"Traffic of the new version\">");
	svg_ramp(h, p, n, series, m->n, v->deployment.open && !slu_str_is(v->deployment.state, "success") ? rq->now_s * 1000 : last);
	html_lit(h, "</div>");
}

/* "10 % for 3s, 50 % for 3s, 100 %, watched for 3s": what it goes through when all goes well. */
static void plan(html *h, const struct strat_environment *e)
{
	char text[SLU_DURATION_TEXT];
	if (!e)
		return;
	html_lit(h, "<p class=\"dim\">Its way: ");
	for (size_t i = 0; i < e->step_n; i++) {
		slu_buf_addf(h->out, "%s%u\xC2\xA0%%", i ? ", then " : "", e->step[i].weight_pct);
		if (e->step[i].pause_s)
			slu_buf_addf(h->out, " for %s", slu_duration_text(e->step[i].pause_s, text));
	}
	if (e->watch_s)
		slu_buf_addf(h->out, ", watched for %s", slu_duration_text(e->watch_s, text));
	html_lit(h, ".</p>");
}

static void answer(html *h, const struct port_deployment *d)
{
	const char *class_ = slu_str_is(d->state, "success") ? "passed" : slu_str_is(d->state, "failure") || slu_str_is(d->state, "aborted") ? "failed" : "waiting";
	slu_buf_addf(h->out, "<p class=\"answer %s\">", class_);
	deploy_state(h, d->state);
	html_lit(h, " ");
	html_text(h, d->version);
	html_lit(h, " to ");
	html_text(h, d->environment);
	if (d->open) {
		slu_buf_addf(h->out, ": %lld\xC2\xA0%% of the traffic, now ", (long long)d->weight_pct);
		html_text(h, d->phase);
		if (app_deployment_paused(d))
			html_lit(h, ", paused: it goes on when somebody says so");
	}
	if (d->reason.n) {
		html_lit(h, ": ");
		html_text(h, d->reason);
	}
	html_lit(h, "</p>");
}

static void facts(html *h, struct web_req *rq, const struct app_deployment_view *v)
{
	const struct port_deployment *d = &v->deployment;
	html_lit(h, "<p>Commit ");
	shell_commit(h, rq, &d->commit);
	html_lit(h, ", because of ");
	html_text(h, d->cause);
	html_lit(h, " by ");
	html_text(h, d->actor);
	html_lit(h, ", ");
	html_time(h, d->created_s);
	if (v->has_old) {
		html_lit(h, ", in place of ");
		html_link(h, shell_path(rq, "/deployments/%llu", (unsigned long long)v->old.number), v->old.version);
	}
	html_lit(h, ".</p>");
}

/* What can be said to a rollout under way: buttons for whoever has a session and may deploy there, commands for the others. One that waits can only be given up. */
static void words(html *h, struct web_req *rq, const struct port_deployment *d, bool session)
{
	enum { RUNNING = 1, HELD = 2, WAITING = 4, PAUSED = 8 };
	static const struct { const char *word, *command, *text, *class_; unsigned when; } say[] = {
		{ "pause", "sluice deployment pause", "Pause", "plain", RUNNING }, { "resume", "sluice deployment resume", "Go on", "", HELD | PAUSED },
		{ "promote", "sluice deployment promote", "All traffic now", "plain", RUNNING | PAUSED }, { "abort", "sluice deployment abort", "Go back", "danger", RUNNING | HELD | WAITING | PAUSED },
	};
	unsigned now = app_deployment_paused(d) ? PAUSED : slu_str_is(d->state, "held") ? HELD : slu_str_is(d->state, "running") ? RUNNING : slu_str_is(d->state, "waiting") ? WAITING : 0;
	if (!d->open || !now)
		return;
	html_lit(h, "<h2>Go on or go back</h2>");
	if (session)
		shell_form(h, rq, shell_path(rq, "/deployments/%llu", (unsigned long long)d->number));
	slu_buf_adds(h->out, session ? "<p class=\"stage\">" : "<ul>");
	for (size_t i = 0; i < sizeof say / sizeof say[0]; i++) {
		if (!(say[i].when & now))
			continue;
		if (session) {
			shell_button(h, say[i].word, say[i].class_, say[i].text);
			continue;
		}
		html_lit(h, "<li><code>");
		html_text_z(h, slu_printf(rq->a, "%s %llu --repo %.*s/%.*s", say[i].command, (unsigned long long)d->number, SLU_FMT(rq->owner), SLU_FMT(rq->repo)));
		html_lit(h, "</code></li>");
	}
	slu_buf_adds(h->out, session ? "</p></form>" : "</ul>");
}

static slu_rc one_post(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const char *word = web_form(rq, "do");
	uint64_t number;
	SLU_TRY(web_param_u64(rq, "number", &number, err));
	SLU_TRY(app_deployment_tell(rq->unit, rq->r, number, slu_s(word ? word : ""), err));
	web_see_other(rs, shell_path(rq, "/deployments/%llu", (unsigned long long)number));
	return SLU_OK;
}

/* A line stands there, more is unfolded; what failed is open. */
static void output(html *h, slu_str text, bool open)
{
	enum { LINE = 90, SHOWN = 2000 };
	if (text.n <= LINE && !memchr(text.p ? text.p : "", '\n', text.n)) {
		html_text(h, text);
		return;
	}
	slu_buf_addf(h->out, "<details%s><summary>output</summary><pre tabindex=\"0\">", open ? " open" : "");
	html_text(h, (slu_str){ text.p, text.n > SHOWN ? SHOWN : text.n });
	html_lit(h, "</pre></details>");
}

static void step_row(html *h, const struct port_deploy_step *s)
{
	bool good = slu_str_is(s->result, "done") || slu_str_is(s->result, "good");
	enum pol_state state = is_bad(s) ? POL_FAILED : good ? POL_PASSED : POL_WAITING;
	html_lit(h, "<tr><td>");
	html_clock(h, s->at_ms / 1000);
	html_lit(h, "</td><th scope=\"row\">");
	html_text(h, s->effect);
	if (slu_str_is(s->effect, "weight"))
		slu_buf_addf(h->out, " %lld\xC2\xA0%%", (long long)s->weight_pct);
	slu_buf_addf(h->out, "</th><td><span class=\"state %s\"><span aria-hidden=\"true\">%s</span> ", pol_state_word(state), pol_state_symbol(state));
	html_text(h, s->result.n ? s->result : SLU_STR("under way"));
	html_lit(h, "</span></td><td>");
	output(h, slu_str_trim(s->text), is_bad(s));
	html_lit(h, "</td></tr>");
}

static void journal(html *h, const struct app_deployment_view *v)
{
	size_t from = v->step_n > 60 ? v->step_n - 60 : 0;
	if (v->step_n == 0)
		return;
	html_lit(h, "<h2>Journal</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Journal\"><table class=\"stack\"><thead><tr><th scope=\"col\">When</th><th scope=\"col\">Step</th>"
	            "<th scope=\"col\">Result</th><th scope=\"col\">Output</th></tr></thead><tbody>");
	for (size_t i = from; i < v->step_n; i++)
		step_row(h, &v->step[i]);
	html_lit(h, "</tbody></table></div>");
	if (from)
		slu_buf_addf(h->out, "<p class=\"dim\">The first %zu steps are in the JSON.</p>", from);
}

static slu_rc one(struct app_deployment_view *v, struct web_req *rq, slu_err *err)
{
	uint64_t number;
	SLU_TRY(web_param_u64(rq, "number", &number, err));
	return app_deployment(v, rq->unit, rq->r, number, err);
}

static slu_rc one_html(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_deployment_view v;
	bool may = false;
	html h;
	SLU_TRY(one(&v, rq, err));
	if (v.deployment.open && environment_of(rq, &v.deployment))
		SLU_TRY(app_environment_may(&may, rq->unit, rq->r, v.deployment.environment, err));
	const struct deploy_measured m = deploy_measured(rq->a, environment_of(rq, &v.deployment), v.step, v.step_n);
	shell_begin(&h, rq, rs, slu_printf(rq->a, "Deployment #%llu", (unsigned long long)v.deployment.number), question_one, "deployments");
	answer(&h, &v.deployment);
	facts(&h, rq, &v);
	if (v.deployment.open)
		plan(&h, environment_of(rq, &v.deployment));
	ramp(&h, rq, &v, &m);
	words(&h, rq, &v.deployment, may && rq->who.via == WEB_SESSION);
	deploy_measured_table(&h, &m);
	journal(&h, &v);
	return shell_end(&h, rq, rs, err);
}

static slu_rc one_json(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_deployment_view v;
	slu_json *j = &rs->json;
	SLU_TRY(one(&v, rq, err));
	const struct deploy_measured m = deploy_measured(rq->a, environment_of(rq, &v.deployment), v.step, v.step_n);
	slu_json_open(j, '{');
	deploy_json(j, &v.deployment);
	deploy_measured_json(j, &m);
	slu_json_key(j, "journal");
	slu_json_open(j, '[');
	for (size_t i = 0; i < v.step_n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_str(j, "effect", v.step[i].effect);
		slu_json_kv_int(j, "weight_pct", v.step[i].weight_pct);
		slu_json_kv_str(j, "result", v.step[i].result);
		slu_json_kv_str(j, "text", v.step[i].text);
		web_json_time(j, "at", v.step[i].at_ms / 1000);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
	slu_json_close(j, '}');
	return SLU_OK;
}

const struct web_page page_deployments = {
	.pattern = "/{owner}/{repo}/deployments", .need = WEB_READ, .question = question_all, .html = all_html, .json = all_json,
};
const struct web_page page_deployment = {
	.pattern = "/{owner}/{repo}/deployments/{number}", .need = WEB_READ, .question = question_one, .html = one_html, .json = one_json, .post = one_post,
};
