/* SPDX-License-Identifier: Apache-2.0 */
/** /: which repositories are here, and what waits in them? Short addresses (/changes/7, /strategy …) go to the only one, or ask which. */
#include "app/deploy.h"
#include "app/repos.h"
#include "app/view.h"
#include "web/shell.h"

static const char question[] = "What is where now, and what is stuck?";

struct entry {
	slu_str owner, name, title, strategy;
	const char *runs; /* "staging 0.3.0, production 0.2.1" */
	size_t open, incidents;
	bool read_only, trouble;
};

static slu_rc count_open(struct entry *e, struct web_req *rq, const struct app_repo *r, slu_err *err)
{
	struct port_change_filter f = { .open = true };
	struct port_page page = { .limit = 1, .want_total = true };
	const struct port_change *c;
	size_t n;
	SLU_TRY(app_change_list(&c, &n, &page, rq->unit, r, &f, err));
	e->open = page.total;
	return SLU_OK;
}

/* What runs where; the names are copied, for the strategy that they are of goes with the repository. */
static slu_rc what_runs(struct entry *e, struct web_req *rq, struct app_repo *r, slu_err *err)
{
	const struct app_environment_view *v;
	size_t n;
	slu_auto_buf b;
	slu_buf_init(&b, 4096);
	SLU_TRY(app_environments(rq->unit, r, &v, &n, err));
	for (size_t i = 0; i < n; i++) {
		slu_str version = v[i].has_live ? v[i].live.version : SLU_STR("nothing yet");
		slu_buf_addf(&b, "%s%.*s %.*s", b.n ? ", " : "", SLU_FMT(v[i].environment->name), SLU_FMT(version));
		e->incidents += v[i].incident_n;
	}
	e->runs = slu_strndup(rq->a, b.p ? b.p : "", b.n);
	return SLU_OK;
}

static slu_rc look_into(struct entry *e, struct web_req *rq, struct app_repo *r, slu_err *err)
{
	SLU_TRY(count_open(e, rq, r, err));
	return what_runs(e, rq, r, err);
}

/* Every repository that the one who asks may read. */
static slu_rc readable(struct web_req *rq, const struct entry **out, size_t *out_n, slu_err *err)
{
	const struct app_repo_seen *seen;
	size_t n;
	SLU_TRY(app_repo_list(&seen, &n, rq->unit, err));
	struct entry *e = SLU_NEW_N(rq->a, struct entry, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct app_repo r = { 0 };
		SLU_TRY(app_repo_open(&r, rq->unit, seen[i].row.owner, seen[i].row.name, STRAT_READ, err));
		e[i] = (struct entry){ .owner = seen[i].row.owner, .name = seen[i].row.name, .title = seen[i].row.title, .read_only = r.read_only, .trouble = r.strategy_trouble != NULL };
		e[i].strategy = slu_s(slu_str_dup(rq->a, r.strategy->title.n ? r.strategy->title : r.strategy->name.n ? r.strategy->name : r.strategy_file));
		slu_rc rc = look_into(&e[i], rq, &r, err);
		app_repo_close(rq->unit, &r);
		SLU_TRY(rc);
	}
	*out = e;
	*out_n = n;
	return SLU_OK;
}

static void card(html *h, struct web_req *rq, const struct entry *e)
{
	html_lit(h, "<li class=\"card\"><h2>");
	html_link(h, slu_printf(rq->a, "/%s/%s", web_encode(rq->a, e->owner), web_encode(rq->a, e->name)), slu_s(slu_printf(rq->a, "%.*s/%.*s", SLU_FMT(e->owner), SLU_FMT(e->name))));
	html_lit(h, "</h2><p class=\"dim\">Strategy: ");
	html_text(h, e->strategy);
	slu_buf_addf(h->out, "</p><p>%zu open change%s</p>", e->open, e->open == 1 ? "" : "s");
	if (*e->runs) {
		html_lit(h, "<p>Runs: ");
		html_text_z(h, e->runs);
		html_lit(h, "</p>");
	}
	if (e->incidents)
		slu_buf_addf(h->out, "<p><span class=\"state failed\"><span aria-hidden=\"true\">\xE2\x9C\x97</span> %zu incident%s</span> wait%s for a person</p>", e->incidents, e->incidents == 1 ? "" : "s", e->incidents == 1 ? "s" : "");
	if (e->read_only)
		html_lit(h, "<p><span class=\"state failed\"><span aria-hidden=\"true\">\xE2\x9C\x97</span> read-only</span></p>");
	if (e->trouble)
		html_lit(h, "<p><span class=\"state failed\"><span aria-hidden=\"true\">\xE2\x9C\x97</span> its strategy cannot be read; the last good one is in force</span></p>");
	html_lit(h, "</li>");
}

static slu_rc page_html(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct entry *e;
	size_t n;
	html h;
	SLU_TRY(readable(rq, &e, &n, err));
	shell_begin(&h, rq, rs, "Repositories", question, "");
	if (n == 0 && rq->who.via == WEB_ANONYMOUS)
		html_lit(&h, "<p class=\"empty\">You see the repositories that you may read. <a href=\"/sign-in\">Sign in</a> with a token to see yours.</p>");
	else if (n == 0)
		shell_empty(&h, "There is no repository that you may read. Whoever runs the server makes one:", "sluice repo create OWNER/NAME --preset gitflow");
	html_lit(&h, "<ul class=\"cards\">");
	for (size_t i = 0; i < n; i++)
		card(&h, rq, &e[i]);
	html_lit(&h, "</ul>");
	return shell_end(&h, rq, rs, err);
}

static slu_rc page_json(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct entry *e;
	slu_json *j = &rs->json;
	size_t n;
	SLU_TRY(readable(rq, &e, &n, err));
	slu_json_open(j, '{');
	slu_json_key(j, "repositories");
	slu_json_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_str(j, "owner", e[i].owner);
		slu_json_kv_str(j, "name", e[i].name);
		slu_json_kv_str(j, "strategy", e[i].strategy);
		slu_json_kv_int(j, "open_changes", (int64_t)e[i].open);
		slu_json_kv_z(j, "runs", e[i].runs);
		slu_json_kv_int(j, "incidents", (int64_t)e[i].incidents);
		slu_json_kv_bool(j, "read_only", e[i].read_only);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
	slu_json_close(j, '}');
	return SLU_OK;
}

const struct web_page page_index = {
	.pattern = "/",
	.need = WEB_PUBLIC,
	.question = question,
	.html = page_html,
	.json = page_json,
};

const struct web_page page_index_data = {
	.pattern = "/index",
	.need = WEB_PUBLIC,
	.question = question,
	.html = page_html,
	.json = page_json,
};

/* ---- short addresses ------------------------------------------------------------------------------------------------------- */

static slu_rc which(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct entry *e;
	size_t n;
	html h;
	SLU_TRY(readable(rq, &e, &n, err));
	if (n == 1) {
		web_see_other(rs, slu_printf(rq->a, "/%s/%s%s", web_encode(rq->a, e[0].owner), web_encode(rq->a, e[0].name), rq->path));
		return SLU_OK;
	}
	if (n == 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "there is no repository here that you may read");
	if (rq->want_json)
		return slu_fail(err, SLU_E_NOT_FOUND, "there are several repositories: say which, /OWNER/NAME%s", rq->path);
	shell_begin(&h, rq, rs, "Which repository?", "Which one do you mean?", "");
	html_lit(&h, "<ul>");
	for (size_t i = 0; i < n; i++) {
		char *name = slu_printf(rq->a, "%.*s/%.*s", SLU_FMT(e[i].owner), SLU_FMT(e[i].name));
		html_lit(&h, "<li>");
		html_link(&h, slu_printf(rq->a, "/%s/%s%s", web_encode(rq->a, e[i].owner), web_encode(rq->a, e[i].name), rq->path), slu_s(name));
		html_lit(&h, "</li>");
	}
	html_lit(&h, "</ul>");
	return shell_end(&h, rq, rs, err);
}

#define SHORT(address) .pattern = address, .need = WEB_PUBLIC, .question = "Which one do you mean?", .html = which, .json = which
const struct web_page page_short_changes = { SHORT("/changes") };
const struct web_page page_short_change = { SHORT("/changes/{number}") };
const struct web_page page_short_deployments = { SHORT("/deployments") };
const struct web_page page_short_deployment = { SHORT("/deployments/{number}") };
const struct web_page page_short_environments = { SHORT("/environments") };
const struct web_page page_short_environment = { SHORT("/environments/{environment}") };
const struct web_page page_short_strategy = { SHORT("/strategy") };
const struct web_page page_short_audit = { SHORT("/audit") };
