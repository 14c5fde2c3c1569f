/* SPDX-License-Identifier: Apache-2.0 */
#include "web/deploy_parts.h"

#include "base/quantity.h"

void deploy_state(html *h, slu_str state)
{
	static const struct {
		const char *word, *class_;
		enum pol_state symbol;
	} states[] = {
		{ "success", "passed", POL_PASSED },   { "failure", "failed", POL_FAILED },       { "aborted", "failed", POL_FAILED },     { "running", "waiting", POL_WAITING },
		{ "waiting", "waiting", POL_WAITING }, { "held", "waiting", POL_WAITING }, { "superseded", "not-applicable", POL_NOT_APPLICABLE },
	};
	const char *class_ = "waiting", *symbol = pol_state_symbol(POL_WAITING);
	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
		if (slu_str_is(state, states[i].word)) {
			class_ = states[i].class_;
			symbol = pol_state_symbol(states[i].symbol);
		}
	html_lit(h, "<span class=\"state ");
	html_attr_z(h, class_);
	html_lit(h, "\"><span aria-hidden=\"true\">");
	html_text_z(h, symbol);
	html_lit(h, "</span> ");
	html_text(h, state);
	html_lit(h, "</span>");
}

static void environment_cell(html *h, const struct web_req *rq, const struct port_deployment *d)
{
	html_lit(h, "<td><a href=\"");
	html_attr_z(h, shell_path(rq, "/environments/%s", web_encode(rq->a, d->environment)));
	html_lit(h, "\">");
	html_text(h, d->environment);
	html_lit(h, "</a></td>");
}

static void row(html *h, const struct web_req *rq, const struct port_deployment *d, bool with_environment)
{
	html_lit(h, "<tr><th scope=\"row\">");
	html_link(h, shell_path(rq, "/deployments/%llu", (unsigned long long)d->number), slu_s(slu_printf(rq->a, "#%llu %.*s", (unsigned long long)d->number, SLU_FMT(d->version))));
	html_lit(h, "</th>");
	if (with_environment)
		environment_cell(h, rq, d);
	html_lit(h, "<td>");
	deploy_state(h, d->state);
	if (d->live)
		html_lit(h, " \xE2\x97\x8F has the traffic");
	if (d->reason.n) {
		html_lit(h, "<p>");
		html_text(h, d->reason);
		html_lit(h, "</p>");
	}
	html_lit(h, "</td><td>");
	shell_commit(h, rq, &d->commit);
	html_lit(h, "</td><td>");
	html_text(h, d->cause);
	html_lit(h, ", ");
	html_text(h, d->actor);
	html_lit(h, "</td><td>");
	html_time(h, d->created_s);
	if (d->finished_s > d->created_s) {
		html_lit(h, ", took ");
		html_age(h, d->finished_s - d->created_s);
	}
	html_lit(h, "</td></tr>");
}

void deploy_table(html *h, const struct web_req *rq, const struct port_deployment *d, size_t n, bool with_environment)
{
	html_lit(h, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Deployments\"><table class=\"stack\"><thead><tr><th scope=\"col\">Deployment</th>");
	if (with_environment)
		html_lit(h, "<th scope=\"col\">Environment</th>");
	html_lit(h, "<th scope=\"col\">State</th><th scope=\"col\">Commit</th><th scope=\"col\">Cause</th><th scope=\"col\">When</th></tr></thead><tbody>");
	for (size_t i = 0; i < n; i++)
		row(h, rq, &d[i], with_environment);
	html_lit(h, "</tbody></table></div>");
}

int64_t deploy_since(const struct port_deployment *d)
{
	return d->finished_s ? d->finished_s : d->created_s;
}

void deploy_soak(html *h, const struct app_environment_view *all, size_t n, const struct app_environment_view *e)
{
	const struct strat_require *r = &e->environment->require;
	size_t in = (size_t)r->soak.environment;
	char wanted[SLU_DURATION_TEXT];
	if (!r->has_soak || r->soak.environment < 0 || in >= n)
		return;
	const struct app_environment_view *before = &all[in];
	html_lit(h, "<p class=\"soak\">");
	if (!before->has_live) {
		html_lit(h, "Soak: nothing runs in ");
		html_text(h, before->environment->name);
		html_lit(h, " yet</p>");
		return;
	}
	int64_t lived = h->now_s - deploy_since(&before->live), wanted_s = r->soak.for_s;
	bool done = lived >= wanted_s;
	slu_buf_addf(h->out, "<span class=\"state %s\"><span aria-hidden=\"true\">%s</span> Soak</span> ", pol_state_word(done ? POL_PASSED : POL_WAITING), pol_state_symbol(done ? POL_PASSED : POL_WAITING));
	if (wanted_s)
		slu_buf_addf(h->out, "<meter aria-label=\"Soak\" min=\"0\" max=\"%lld\" value=\"%lld\"></meter> ", (long long)wanted_s, (long long)(done ? wanted_s : lived));
	html_text(h, before->live.version);
	html_lit(h, " has run in ");
	html_text(h, before->environment->name);
	html_lit(h, " for ");
	html_age(h, lived);
	if (wanted_s)
		slu_buf_addf(h->out, " of %s", slu_duration_text(wanted_s, wanted));
	html_lit(h, " (shown, not enforced)</p>");
}

void deploy_runs(html *h, const struct app_environment_view *e)
{
	if (!e->has_live) {
		html_lit(h, "<p>Nothing runs here yet.</p>");
		return;
	}
	html_lit(h, "<p><strong>");
	html_text(h, e->live.version);
	html_lit(h, "</strong> since ");
	html_time(h, deploy_since(&e->live));
	html_lit(h, "</p>");
}

void deploy_trouble(html *h, const struct app_environment_view *e)
{
	for (size_t i = 0; i < e->incident_n; i++) {
		html_lit(h, "<p><span class=\"state failed\"><span aria-hidden=\"true\">\xE2\x9C\x97</span> incident</span> ");
		html_text(h, e->incident[i].version);
		html_lit(h, ": ");
		html_text(h, e->incident[i].text);
		html_lit(h, "</p>");
	}
	if (e->has_under_way) {
		html_lit(h, "<p>");
		deploy_state(h, e->under_way.state);
		html_lit(h, " ");
		html_text(h, e->under_way.version);
		slu_buf_addf(h->out, ", %lld\xC2\xA0%% of the traffic", (long long)e->under_way.weight_pct);
		if (app_deployment_paused(&e->under_way))
			html_lit(h, ", paused: it goes on when somebody says so");
		if (e->under_way.reason.n) {
			html_lit(h, ": ");
			html_text(h, e->under_way.reason);
		}
		html_lit(h, "</p>");
	}
}

static void card(html *h, const struct web_req *rq, const struct app_environment_view *all, size_t n, const struct app_environment_view *e)
{
	html_lit(h, "<li class=\"card\"><h3>");
	html_link(h, shell_path(rq, "/environments/%s", web_encode(rq->a, e->environment->name)), e->environment->name);
	html_lit(h, "</h3>");
	deploy_runs(h, e);
	deploy_trouble(h, e);
	deploy_soak(h, all, n, e);
	html_lit(h, "</li>");
}

void deploy_cards(html *h, const struct web_req *rq, const struct app_environment_view *e, size_t n)
{
	html_lit(h, "<h2>Environments</h2><ul class=\"cards\">");
	for (size_t i = 0; i < n; i++)
		card(h, rq, e, n, &e[i]);
	html_lit(h, "</ul>");
}

void deploy_json(slu_json *j, const struct port_deployment *d)
{
	slu_json_kv_int(j, "number", (int64_t)d->number);
	slu_json_kv_str(j, "environment", d->environment);
	slu_json_kv_str(j, "version", d->version);
	slu_json_kv_z(j, "commit", d->commit.hex);
	slu_json_kv_str(j, "state", d->state);
	slu_json_kv_str(j, "phase", d->phase);
	slu_json_kv_str(j, "reason", d->reason);
	slu_json_kv_str(j, "cause", d->cause);
	slu_json_kv_str(j, "actor", d->actor);
	slu_json_kv_int(j, "weight_pct", d->weight_pct);
	slu_json_kv_bool(j, "paused", app_deployment_paused(d));
	slu_json_kv_bool(j, "live", d->live);
	web_json_time(j, "created", d->created_s);
	web_json_time(j, "finished", d->finished_s);
}

void deploy_environment_json(slu_json *j, const struct app_environment_view *e)
{
	slu_json_open(j, '{');
	slu_json_kv_str(j, "name", e->environment->name);
	slu_json_key(j, "live");
	if (e->has_live) {
		slu_json_open(j, '{');
		deploy_json(j, &e->live);
		slu_json_close(j, '}');
	} else {
		slu_json_null(j);
	}
	slu_json_key(j, "under_way");
	if (e->has_under_way) {
		slu_json_open(j, '{');
		deploy_json(j, &e->under_way);
		slu_json_close(j, '}');
	} else {
		slu_json_null(j);
	}
	slu_json_key(j, "deployments");
	slu_json_open(j, '[');
	for (size_t i = 0; i < e->newest_n; i++) {
		slu_json_open(j, '{');
		deploy_json(j, &e->newest[i]);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
	slu_json_key(j, "incidents");
	slu_json_open(j, '[');
	for (size_t i = 0; i < e->incident_n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_str(j, "version", e->incident[i].version);
		slu_json_kv_str(j, "text", e->incident[i].text);
		web_json_time(j, "opened", e->incident[i].opened_s);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
	slu_json_close(j, '}');
}
