/* SPDX-License-Identifier: Apache-2.0 */
/** /: which repositories are here, and what waits in them? Short addresses (/changes/7, /strategy …) go to the only one, or ask which. */
#include "app/bases.h"
#include "app/repos.h"
#include "web/deploy_parts.h"
#include "web/map_parts.h"

static const char question[] = "What is where now, and what is stuck?";

/* The names are copied, for the strategy that they are of goes with the repository. */
struct running {
	slu_str environment, version;
	int64_t since_s; /* 0: nothing runs */
	size_t incidents;
	bool under_way, waits;
};
struct entry {
	slu_str owner, name, title, strategy;
	const char *path;
	struct running *run;
	size_t run_n, open;
	struct map_stuck stuck;
	const struct app_need *need;
	size_t need_n;
	bool read_only, trouble, moved_on;
};

static struct running running(struct web_req *rq, const struct app_environment_view *v)
{
	struct running r = { .environment = slu_s(slu_str_dup(rq->a, v->environment->name)), .incidents = v->incident_n, .under_way = v->has_under_way };
	r.version = v->has_under_way ? v->under_way.version : v->has_live ? v->live.version : SLU_STR("nothing yet");
	r.since_s = v->has_live ? deploy_since(&v->live) : 0;
	r.waits = v->has_under_way && (slu_str_is(v->under_way.state, "waiting") || app_deployment_held(&v->under_way));
	return r;
}

static slu_rc look_into(struct entry *e, struct web_req *rq, struct app_repo *r, slu_err *err)
{
	struct app_seen seen;
	const char *moved_on;
	SLU_TRY(app_bases_trouble(&moved_on, rq->unit, r, err));
	e->moved_on = moved_on != NULL;
	SLU_TRY(app_look(&seen, &e->open, rq->unit, r, err));
	SLU_TRY(app_needs(&e->need, &e->need_n, rq->unit, r, &seen, err));
	e->stuck = map_stuck(&seen, e->open);
	e->run_n = seen.environment_n;
	e->run = SLU_NEW_N(rq->a, struct running, e->run_n + 1);
	for (size_t i = 0; i < e->run_n; i++)
		e->run[i] = running(rq, &seen.environment[i]);
	return SLU_OK;
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
		e[i].path = slu_printf(rq->a, "/%s/%s", web_encode(rq->a, e[i].owner), web_encode(rq->a, e[i].name));
		e[i].strategy = slu_s(slu_str_dup(rq->a, r.strategy->title.n ? r.strategy->title : r.strategy->name.n ? r.strategy->name : r.strategy_file));
		slu_rc rc = look_into(&e[i], rq, &r, err);
		app_repo_close(rq->unit, &r);
		SLU_TRY(rc);
	}
	*out = e;
	*out_n = n;
	return SLU_OK;
}

static void run_row(html *h, const struct running *r)
{
	enum pol_state state = r->incidents ? POL_FAILED : r->under_way ? POL_WAITING : r->since_s ? POL_PASSED : POL_NOT_APPLICABLE;
	slu_buf_addf(h->out, "<li><span class=\"state %s\"><span aria-hidden=\"true\">%s</span> ", pol_state_word(state), pol_state_symbol(state));
	html_text(h, r->environment);
	html_lit(h, "</span> ");
	html_text(h, r->version);
	if (r->under_way) {
		slu_buf_adds(h->out, r->waits ? " waits" : " is on its way");
	} else if (r->since_s) {
		html_lit(h, ", ");
		html_age(h, h->now_s - r->since_s);
	}
	if (r->incidents)
		slu_buf_addf(h->out, ", %zu incident%s wait%s for a person", r->incidents, r->incidents == 1 ? "" : "s", r->incidents == 1 ? "s" : "");
	html_lit(h, "</li>");
}

static void card(html *h, struct web_req *rq, const struct entry *e)
{
	html_lit(h, "<li class=\"card\"><h2>");
	html_link(h, e->path, slu_s(slu_printf(rq->a, "%.*s/%.*s", SLU_FMT(e->owner), SLU_FMT(e->name))));
	html_lit(h, "</h2><p class=\"dim\">Strategy: ");
	html_text(h, e->strategy);
	slu_buf_addf(h->out, "</p><p>%zu open change%s", e->open, e->open == 1 ? "" : "s");
	if (e->stuck.blocked)
		slu_buf_addf(h->out, ", %zu blocked", e->stuck.blocked);
	html_lit(h, "</p><ul class=\"runs\">");
	for (size_t i = 0; i < e->run_n; i++)
		run_row(h, &e->run[i]);
	html_lit(h, "</ul>");
	if (e->read_only)
		html_lit(h, "<p><span class=\"state failed\"><span aria-hidden=\"true\">\xE2\x9C\x97</span> read-only</span></p>");
	if (e->trouble)
		html_lit(h, "<p><span class=\"state failed\"><span aria-hidden=\"true\">\xE2\x9C\x97</span> its strategy cannot be read; the last good one is in force</span></p>");
	if (e->moved_on)
		html_lit(h, "<p><span class=\"state waiting\"><span aria-hidden=\"true\">\xE2\x80\xA6</span> what its strategy extends has moved on</span></p>");
	html_lit(h, "</li>");
}

static struct map_stuck all_of(const struct entry *e, size_t n)
{
	struct map_stuck s = { 0 };
	for (size_t i = 0; i < n; i++) {
		s.incidents += e[i].stuck.incidents;
		s.held += e[i].stuck.held;
		s.blocked += e[i].stuck.blocked;
		s.waiting += e[i].stuck.waiting;
		s.unseen += e[i].stuck.unseen;
	}
	return s;
}

/* Of all repositories: the page of one is named by its address. */
static size_t all_needs(struct app_need **out, slu_arena *a, const struct entry *e, size_t n)
{
	SLU_LIST(struct app_need) all = { 0 };
	for (int urgent = 1; urgent >= 0; urgent--)
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < e[i].need_n; k++)
				if (e[i].need[k].urgent == urgent) {
					struct app_need *x = SLU_ADD(a, &all);
					*x = e[i].need[k];
					x->path = slu_printf(a, "%s%s", e[i].path, x->path);
					if (*x->command)
						x->command = slu_printf(a, "%s --repo %.*s/%.*s", x->command, SLU_FMT(e[i].owner), SLU_FMT(e[i].name));
				}
	*out = all.v;
	return all.n;
}

static slu_rc page_html(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct entry *e;
	struct app_need *need;
	size_t n;
	html h;
	SLU_TRY(readable(rq, &e, &n, err));
	shell_begin(&h, rq, rs, "Repositories", question, "");
	if (n == 0 && rq->who.via == WEB_ANONYMOUS)
		html_lit(&h, "<p class=\"empty\">You see the repositories that you may read. <a href=\"/sign-in\">Sign in</a> with a token to see yours.</p>");
	else if (n == 0)
		shell_empty(&h, "There is no repository that you may read. Whoever runs the server makes one:", "sluice repo create OWNER/NAME --preset gitflow");
	if (n) {
		struct map_stuck s = all_of(e, n);
		map_answer(&h, &s);
		size_t need_n = all_needs(&need, rq->a, e, n);
		map_needs(&h, rq->a, "", need, need_n);
	}
	html_lit(&h, "<ul class=\"cards\">");
	for (size_t i = 0; i < n; i++)
		card(&h, rq, &e[i]);
	html_lit(&h, "</ul>");
	return shell_end(&h, rq, rs, err);
}

static void entry_json(slu_json *j, const struct entry *e)
{
	slu_json_open(j, '{');
	slu_json_kv_str(j, "owner", e->owner);
	slu_json_kv_str(j, "name", e->name);
	slu_json_kv_str(j, "strategy", e->strategy);
	slu_json_kv_int(j, "open_changes", (int64_t)e->open);
	slu_json_key(j, "runs");
	slu_json_open(j, '[');
	for (size_t i = 0; i < e->run_n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_str(j, "environment", e->run[i].environment);
		slu_json_kv_str(j, "version", e->run[i].version);
		slu_json_kv_bool(j, "under_way", e->run[i].under_way);
		web_json_time(j, "since", e->run[i].since_s);
		slu_json_kv_int(j, "incidents", (int64_t)e->run[i].incidents);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
	slu_json_kv_int(j, "incidents", (int64_t)e->stuck.incidents);
	slu_json_kv_bool(j, "read_only", e->read_only);
	slu_json_close(j, '}');
}

static slu_rc page_json(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct entry *e;
	struct app_need *need;
	slu_json *j = &rs->json;
	size_t n;
	SLU_TRY(readable(rq, &e, &n, err));
	struct map_stuck s = all_of(e, n);
	slu_json_open(j, '{');
	map_stuck_json(j, &s);
	size_t need_n = all_needs(&need, rq->a, e, n);
	map_needs_json(j, rq->a, "", need, need_n);
	slu_json_key(j, "repositories");
	slu_json_open(j, '[');
	for (size_t i = 0; i < n; i++)
		entry_json(j, &e[i]);
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

/* The address that is meant, in that repository; ".json" and what it asks for stay. */
static const char *long_address(struct web_req *rq, const struct entry *e)
{
	const char *at = e->path;
	for (size_t i = 0; i < rq->segment_n; i++)
		at = slu_printf(rq->a, "%s/%s", at, web_encode(rq->a, slu_s(rq->segment[i])));
	for (size_t i = 0; i < rq->query.n; i++)
		at = slu_printf(rq->a, "%s%c%s=%s", at, i ? '&' : '?', web_encode(rq->a, slu_s(rq->query.v[i].name)), web_encode(rq->a, slu_s(rq->query.v[i].value)));
	return at;
}

static void which_json(struct web_req *rq, slu_json *j, const struct entry *e, size_t n)
{
	slu_json_open(j, '{');
	slu_json_key(j, "which");
	slu_json_open(j, '[');
	for (size_t i = 0; i < n; i++)
		slu_json_z(j, long_address(rq, &e[i]));
	slu_json_close(j, ']');
	slu_json_close(j, '}');
}

static slu_rc which(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct entry *e;
	size_t n;
	html h;
	SLU_TRY(readable(rq, &e, &n, err));
	if (n == 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "there is no repository here that you may read");
	if (n == 1) {
		web_see_other(rs, long_address(rq, &e[0]));
		return SLU_OK;
	}
	if (rq->want_json) {
		which_json(rq, &rs->json, e, n);
		return SLU_OK;
	}
	shell_begin(&h, rq, rs, "Which repository?", "Which one do you mean?", "");
	html_lit(&h, "<ul>");
	for (size_t i = 0; i < n; i++) {
		html_lit(&h, "<li>");
		html_link(&h, long_address(rq, &e[i]), slu_s(slu_printf(rq->a, "%.*s/%.*s", SLU_FMT(e[i].owner), SLU_FMT(e[i].name))));
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
