/* SPDX-License-Identifier: Apache-2.0 */
/** /OWNER/NAME/environments and /OWNER/NAME/environments/E: what runs here, how did it get here, how do I go back? */
#include "web/deploy_parts.h"
#include "web/svg.h"
#include "web/v3.h"

static const char question_all[] = "What runs where?";
static const char question_one[] = "What runs here, how did it get here, how do I go back?";

static slu_rc all_html(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct app_environment_view *e;
	size_t n;
	html h;
	SLU_TRY(app_environments(rq->unit, rq->r, &e, &n, err));
	shell_begin(&h, rq, rs, "Environments", question_all, "environments");
	if (n == 0)
		shell_empty(&h, "The strategy names no environment. Its section is", "environments: {production: {from: main, on: {tag: release}, via: {run: scripts/deploy}}}");
	deploy_cards(&h, rq, e, n);
	return shell_end(&h, rq, rs, err);
}

/* ---- one ------------------------------------------------------------------------------------------------------------------- */

static void answer(html *h, const struct app_environment_view *e)
{
	if (e->has_under_way || e->incident_n) {
		slu_buf_addf(h->out, "<div class=\"answer %s\">", e->incident_n ? "failed" : "waiting");
		deploy_trouble(h, e);
		html_lit(h, "</div>");
	}
	if (e->has_live) {
		html_lit(h, "<p class=\"answer passed\"><span aria-hidden=\"true\">\xE2\x97\x8F</span> <strong>");
		html_text(h, e->live.version);
		html_lit(h, "</strong> runs since ");
		html_time(h, deploy_since(&e->live));
		html_lit(h, "</p>");
	} else {
		html_lit(h, "<p class=\"answer\">Nothing runs here yet.</p>");
	}
}

/* Oldest left: a version's lane lasts until the next one took the traffic. */
static void lanes(html *h, struct web_req *rq, const struct app_environment_view *e)
{
	struct svg_lane *lane = SLU_NEW_N(rq->a, struct svg_lane, e->newest_n + 1);
	size_t n = 0;
	for (size_t i = e->newest_n; i-- > 0;) {
		const struct port_deployment *d = &e->newest[i];
		bool good = slu_str_is(d->state, "success"), failed = slu_str_is(d->state, "failure") || slu_str_is(d->state, "aborted");
		if (!good && !failed)
			continue;
		lane[n] = (struct svg_lane){ .version = d->version, .from_s = d->created_s, .to_s = failed ? d->finished_s : 0, .failed = failed };
		for (size_t k = 0; good && k < n; k++)
			if (!lane[k].to_s)
				lane[k].to_s = d->finished_s;
		n++;
	}
	if (n == 0)
		return;
	html_lit(h, "<div class=\"picture\" tabindex=\"0\" role=\"region\" aria-label=\"Versions over time\">");
	svg_lanes(h, lane, n);
	html_lit(h, "</div>");
}

/* A way back: a button for whoever has a session and may deploy here, else the command. */
static void way(html *h, struct web_req *rq, const struct app_environment_view *e, const char *act, slu_str version, const char *command, bool button)
{
	if (!button) {
		html_lit(h, "<code>");
		html_text_z(h, command);
		html_lit(h, "</code>");
		return;
	}
	shell_form(h, rq, shell_path(rq, "/environments/%s", web_encode(rq->a, e->environment->name)));
	html_lit(h, "<input type=\"hidden\" name=\"version\" value=\"");
	html_attr(h, version);
	html_lit(h, "\">");
	shell_button(h, act, strcmp(act, "clear") == 0 ? "plain" : "danger", slu_printf(rq->a, "%s %.*s", strcmp(act, "clear") == 0 ? "Clear" : "Go back to", SLU_FMT(version)));
	html_lit(h, "</form>");
}

static void ways_back(html *h, struct web_req *rq, const struct app_environment_view *e, bool button)
{
	const char *env = slu_str_dup(rq->a, e->environment->name), *repo = slu_printf(rq->a, "%.*s/%.*s", SLU_FMT(rq->owner), SLU_FMT(rq->repo));
	size_t shown = 0;
	html_lit(h, "<h2>How to go back</h2><ul class=\"ways\">");
	for (size_t i = 0; i < e->newest_n && shown < 3; i++) {
		const struct port_deployment *d = &e->newest[i];
		if (!slu_str_is(d->state, "success") || d->live)
			continue;
		shown++;
		html_lit(h, "<li>To ");
		html_text(h, d->version);
		html_lit(h, ", under the same gates: ");
		way(h, rq, e, "roll-back", d->version, slu_printf(rq->a, "sluice rollback %s --to %.*s --repo %s", env, SLU_FMT(d->version), repo), button);
		html_lit(h, "</li>");
	}
	for (size_t i = 0; i < e->incident_n; i++) {
		html_lit(h, "<li>Version ");
		html_text(h, e->incident[i].version);
		html_lit(h, " failed here and is refused until a person clears it: ");
		way(h, rq, e, "clear", e->incident[i].version, slu_printf(rq->a, "sluice env clear %s %.*s --repo %s", env, SLU_FMT(e->incident[i].version), repo), button);
		html_lit(h, "</li>");
	}
	html_lit(h, "</ul>");
	if (shown == 0)
		html_lit(h, "<p class=\"dim\">No earlier version ran here.</p>");
}

static slu_rc one_post(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const char *act = web_form(rq, "do"), *version = web_form(rq, "version");
	slu_str environment = slu_s(web_param(rq, "environment")), to = slu_s(version ? version : "");
	struct port_deployment d;
	struct pol_verdict v;
	if (act && strcmp(act, "clear") == 0)
		SLU_TRY(app_environment_clear(rq->unit, rq->r, environment, to, err));
	else if (act && strcmp(act, "roll-back") == 0)
		SLU_TRY(app_roll_back(&d, &v, rq->unit, rq->r, environment, to, err));
	else
		return slu_fail(err, SLU_E_INVALID, "The form does not say what to do.");
	web_see_other(rs, shell_path(rq, "/environments/%s", web_encode(rq->a, environment)));
	return SLU_OK;
}

/* What runs here against the branch that it comes from: what is still to come, and what the branch does not have. */
static slu_rc drift(html *h, struct web_req *rq, const struct app_environment_view *e, slu_err *err)
{
	struct app_drift d;
	bool found;
	SLU_TRY(app_environment_drift(&d, &found, rq->unit, rq->r, e, err));
	if (!found)
		return SLU_OK;
	enum pol_state state = d.behind ? POL_FAILED : d.ahead ? POL_WAITING : POL_PASSED;
	const char *from = slu_printf(rq->a, "%.10s", e->live.commit.hex), *to = slu_str_dup(rq->a, d.branch);
	slu_buf_addf(h->out, "<p><span class=\"state %s\"><span aria-hidden=\"true\">%s</span> ", pol_state_word(state), pol_state_symbol(state));
	if (d.ahead + d.behind == 0) {
		html_lit(h, "No drift</span>: it is what <code>");
		html_text(h, d.branch);
		html_lit(h, "</code> has now.</p>");
		return SLU_OK;
	}
	slu_buf_addf(h->out, "Drift</span>: <code>");
	html_text(h, d.branch);
	slu_buf_addf(h->out, "</code> has %llu commit%s that do%s not run here", (unsigned long long)d.ahead, d.ahead == 1 ? "" : "s", d.ahead == 1 ? "es" : "");
	if (d.behind)
		slu_buf_addf(h->out, ", and what runs here has %llu that it has not", (unsigned long long)d.behind);
	html_lit(h, ": ");
	html_link(h, shell_path(rq, "/compare/%s...%s", from, v3_path(rq, d.branch)), slu_s(slu_printf(rq->a, "%s...%s", from, to)));
	html_lit(h, ".</p>");
	return SLU_OK;
}

/* Who may, and what brings a version here. */
static void gates(html *h, slu_arena *a, const struct app_environment_view *e, const strat *s, const char *base)
{
	static const char *const on[STRAT_ON_COUNT] = { [STRAT_ON_PUSH] = "a push", [STRAT_ON_MERGE] = "a merge", [STRAT_ON_TAG] = "a tag", [STRAT_ON_SCHEDULE] = "a schedule", [STRAT_ON_MANUAL] = "a person" };
	const struct strat_environment *x = e->environment;
	bool any = false;
	html_lit(h, "<p class=\"dim\">From ");
	for (size_t i = 0; i < x->from.n; i++) {
		slu_buf_adds(h->out, i ? ", " : "");
		html_text(h, s->branch[x->from.i[i]].name);
	}
	for (size_t i = 0; i < STRAT_ON_COUNT; i++)
		if (on[i] && (x->on.on & (1u << i))) {
			slu_buf_addf(h->out, "%s%s", any ? " or " : ", brought by ", on[i]);
			any = true;
		}
	html_lit(h, "; deployed by ");
	html_text_z(h, strat_who_text(a, &x->allow_deploy));
	html_lit(h, ", taken back by ");
	html_text_z(h, strat_who_text(a, &x->allow_roll_back));
	html_lit(h, ". ");
	html_place(h, &x->pos, base);
	html_lit(h, "</p>");
}

static slu_rc one(struct app_environment_view *e, struct web_req *rq, slu_err *err)
{
	return app_environment(e, rq->unit, rq->r, slu_s(web_param(rq, "environment")), err);
}

static slu_rc one_html(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct app_environment_view *all;
	struct app_environment_view e;
	size_t all_n;
	bool may;
	html h;
	SLU_TRY(one(&e, rq, err));
	SLU_TRY(app_environment_may(&may, rq->unit, rq->r, e.environment->name, err));
	SLU_TRY(app_environments(rq->unit, rq->r, &all, &all_n, err));
	shell_begin(&h, rq, rs, slu_printf(rq->a, "Environment %.*s", SLU_FMT(e.environment->name)), question_one, "environments");
	answer(&h, &e);
	SLU_TRY(drift(&h, rq, &e, err));
	deploy_soak(&h, all, all_n, &e);
	gates(&h, rq->a, &e, rq->r->strategy, shell_path(rq, "%s", "/strategy"));
	lanes(&h, rq, &e);
	html_lit(&h, "<h2>Deployments</h2>");
	if (e.newest_n == 0)
		shell_empty(&h, "Nothing was deployed here yet.", slu_printf(rq->a, "sluice deploy %.*s", SLU_FMT(e.environment->name)));
	else
		deploy_table(&h, rq, e.newest, e.newest_n, false);
	ways_back(&h, rq, &e, may && rq->who.via == WEB_SESSION);
	return shell_end(&h, rq, rs, err);
}

/* ---- data ------------------------------------------------------------------------------------------------------------------- */

static slu_rc all_json(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct app_environment_view *e;
	size_t n;
	SLU_TRY(app_environments(rq->unit, rq->r, &e, &n, err));
	slu_json_open(&rs->json, '{');
	slu_json_key(&rs->json, "environments");
	slu_json_open(&rs->json, '[');
	for (size_t i = 0; i < n; i++)
		deploy_environment_json(&rs->json, &e[i]);
	slu_json_close(&rs->json, ']');
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

static slu_rc one_json(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_environment_view e;
	SLU_TRY(one(&e, rq, err));
	deploy_environment_json(&rs->json, &e);
	return SLU_OK;
}

const struct web_page page_environments = {
	.pattern = "/{owner}/{repo}/environments", .need = WEB_READ, .question = question_all, .html = all_html, .json = all_json,
};
const struct web_page page_environment = {
	.pattern = "/{owner}/{repo}/environments/{environment}", .need = WEB_READ, .question = question_one, .html = one_html, .json = one_json, .post = one_post,
};
