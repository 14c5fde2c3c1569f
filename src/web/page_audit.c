/* SPDX-License-Identifier: Apache-2.0 */
/** /OWNER/NAME/audit: who did what under which rule, and can I prove it? */
#include "app/audit.h"
#include "app/changes.h"
#include "app/verdict_read.h"
#include "web/shell.h"

#include <jansson.h>

enum { CHAIN = 6, VERIFY_AT_ONCE = 20000, DATA_SHOWN = 300 }; /* heads shown; events that a page verifies while one waits; bytes of an event */

static const char question[] = "Who did what under which rule, and can I prove it?";

struct look {
	const struct port_event *event;
	size_t event_n;
	struct port_page page;
	struct web_paging paging;
	struct app_audit_seen log;
	const struct port_checkpoint *chain;
	size_t chain_n;
	const struct port_follow_up *debt;
	size_t debt_n;
};

static slu_str asked(const struct web_req *rq, const char *name)
{
	const char *v = web_query(rq, name);
	return v ? slu_s(v) : (slu_str){ "", 0 };
}

static slu_rc gather(struct look *l, struct web_req *rq, slu_err *err)
{
	struct app_unit *u = rq->unit;
	struct port_event_filter f = { .repo = rq->r->full, .actor = asked(rq, "actor"), .kind = asked(rq, "kind"), .ref = asked(rq, "ref") };
	*l = (struct look){ .paging = web_paging(rq) };
	l->page = (struct port_page){ .offset = l->paging.skip, .limit = l->paging.per_page, .want_total = true };
	SLU_TRY(app_event_list(&l->event, &l->event_n, &l->page, u, &f, err));
	SLU_TRY(app_audit_heads(&l->chain, &l->chain_n, u, CHAIN, err));
	SLU_TRY(app_follow_up_list(&l->debt, &l->debt_n, u, rq->r, true, err));
	return app_audit_look(&l->log, u, VERIFY_AT_ONCE, web_query(rq, "verify") != NULL, err);
}

static void answer(html *h, const struct look *l)
{
	const struct app_audit_seen *log = &l->log;
	if (!log->verified) {
		slu_buf_addf(h->out, "<p class=\"answer waiting\"><span aria-hidden=\"true\">\xE2\x97\xB7</span> %lld events, not verified for this page. <a href=\"?verify=1\">Verify them now</a>, or run <code>sluice audit verify</code>.</p>",
		             (long long)log->events);
	} else if (log->verdict.good) {
		slu_buf_addf(h->out, "<p class=\"answer passed\"><span aria-hidden=\"true\">\xE2\x9C\x93</span> All %lld events are what was recorded; every head that was given out is a beginning of this log.</p><p class=\"dim\">Verified ",
		             (long long)log->verdict.size);
		html_time(h, log->at_s);
		html_lit(h, ". <a href=\"?verify=1\">Verify again</a></p>");
	} else {
		html_lit(h, "<p class=\"answer failed\"><span aria-hidden=\"true\">\xE2\x9C\x97</span> The log was altered: ");
		html_text_z(h, log->verdict.what);
		html_lit(h, "</p>");
	}
}

static void chain(html *h, const struct look *l)
{
	html_lit(h, "<h2>Signed heads</h2>");
	if (l->chain_n == 0) {
		shell_empty(h, "No signed head was given out yet; every push reply brings one.", NULL);
		return;
	}
	static const struct { const char *class_, *word; } links[] = {
		{ " class=\"waiting\"", "<span class=\"state waiting\"><span aria-hidden=\"true\">\xE2\x97\xB7</span> not verified</span>" },
		{ "", "<span class=\"state passed\"><span aria-hidden=\"true\">\xE2\x9C\x93</span> verified</span>" },
		{ " class=\"failed\"", "<span class=\"state failed\"><span aria-hidden=\"true\">\xE2\x9C\x97</span> broken</span>" },
	};
	size_t state = !l->log.verified ? 0 : l->log.verdict.good ? 1 : 2;
	html_lit(h, "<ol class=\"chain\">");
	for (size_t i = 0; i < l->chain_n; i++) {
		slu_buf_addf(h->out, "<li%s>%s %lld events<br><span class=\"dim\">", links[state].class_, links[state].word, (long long)l->chain[i].size);
		html_time(h, l->chain[i].at_s);
		html_lit(h, "</span></li>");
	}
	html_lit(h, "</ol><details><summary>The newest head, to keep elsewhere</summary><pre tabindex=\"0\">");
	html_text(h, l->chain[l->chain_n - 1].text);
	html_lit(h, "</pre></details><p>All of it, to verify without this server: <code>sluice audit export &gt; log</code>, then <code>sluice audit verify --export log</code>.</p>");
}

static void debts(html *h, const struct look *l)
{
	if (l->debt_n == 0)
		return;
	html_lit(h, "<h2>Owed after emergencies</h2><ul>");
	for (size_t i = 0; i < l->debt_n; i++) {
		html_lit(h, "<li><span class=\"state waiting\"><span aria-hidden=\"true\">\xE2\x97\xB7</span> open</span> ");
		html_text(h, l->debt[i].name);
		html_lit(h, " of ");
		html_text(h, l->debt[i].of);
		html_lit(h, ", due ");
		html_time(h, l->debt[i].due_s);
		slu_buf_addf(h->out, " <code>sluice emergency done %lld --note TEXT</code></li>", (long long)l->debt[i].id);
	}
	html_lit(h, "</ul><p><a href=\"?kind=emergency-declared\">Every emergency that was declared</a></p>");
}

static void filter(html *h, struct web_req *rq, const char *name, slu_str value)
{
	html_lit(h, "<a href=\"?");
	html_attr_z(h, name);
	html_lit(h, "=");
	html_attr_z(h, web_encode(rq->a, value));
	html_lit(h, "\">");
	html_text(h, value);
	html_lit(h, "</a>");
}

/* The first rule that did not allow it, or that an emergency stood in place of; else how many allowed it. It opens the <details> of the data. */
static void under_rule(html *h, slu_arena *a, const json_t *verdict, const char *base)
{
	struct pol_verdict v;
	const struct pol_row *said = NULL;
	size_t passed = 0;
	app_verdict_read(&v, a, verdict);
	for (size_t i = 0; i < v.row.n; i++) {
		enum pol_state s = v.row.v[i].state;
		passed += s == POL_PASSED;
		if (s == POL_OVERRIDDEN || s == POL_FAILED || s == POL_WAITING)
			said = !said || (said->state == POL_WAITING && s != POL_WAITING) ? &v.row.v[i] : said;
	}
	enum pol_state state = said ? said->state : POL_PASSED;
	if (said) {
		html_lit(h, "<code>");
		html_text_z(h, said->rule);
		html_lit(h, "</code> ");
		html_place(h, &said->pos, base);
	}
	html_lit(h, "<details><summary>");
	html_state(h, pol_state_symbol(state), pol_state_word(state));
	if (!said)
		slu_buf_addf(h->out, " %zu rule%s", passed, passed == 1 ? "" : "s");
	html_lit(h, ", strategy ");
	html_text(h, (slu_str){ v.digest, strnlen(v.digest, 8) });
}

/* What an event is about besides a ref: its commit, its deployment, its reason. */
static void about(html *h, struct web_req *rq, const json_t *data)
{
	const char *commit = json_string_value(json_object_get(data, "commit")), *reason = json_string_value(json_object_get(data, "reason")), *check = json_string_value(json_object_get(data, "check"));
	json_int_t number = json_integer_value(json_object_get(data, "deployment"));
	slu_oid id;
	if (check) {
		html_lit(h, " ");
		html_text_z(h, check);
	}
	if (commit && slu_oid_parse(&id, slu_s(commit), NULL) == SLU_OK) {
		html_lit(h, " ");
		shell_commit(h, rq, &id);
	}
	if (number > 0) {
		html_lit(h, " ");
		html_link(h, shell_path(rq, "/deployments/%lld", (long long)number), slu_s(slu_printf(rq->a, "deployment %lld", (long long)number)));
	}
	if (reason) {
		html_lit(h, " ");
		html_text_z(h, reason);
	}
}

static void event_row(html *h, struct web_req *rq, const struct port_event *e)
{
	json_auto_t *data = e->data.n ? json_loadb(e->data.p, e->data.n, 0, NULL) : NULL;
	const json_t *verdict = json_object_get(data, "verdict");
	slu_buf_addf(h->out, "<tr><th scope=\"row\">%lld</th><td>", (long long)e->seq);
	html_time(h, e->time_ms / 1000);
	html_lit(h, "</td><td>");
	filter(h, rq, "actor", e->actor);
	html_lit(h, "</td><td>");
	filter(h, rq, "kind", e->kind);
	html_lit(h, "</td><td><code>");
	html_text(h, e->ref);
	html_lit(h, "</code>");
	if (e->change) {
		html_lit(h, " ");
		html_link(h, shell_path(rq, "/changes/%llu", (unsigned long long)e->change), slu_s(slu_printf(rq->a, "#%llu", (unsigned long long)e->change)));
	}
	about(h, rq, data);
	html_lit(h, "</td><td>");
	if (json_is_object(verdict))
		under_rule(h, rq->a, verdict, shell_path(rq, "%s", "/strategy"));
	else
		html_lit(h, "<details><summary>data");
	html_lit(h, "</summary><code>");
	html_text(h, (slu_str){ e->data.p, e->data.n > DATA_SHOWN ? DATA_SHOWN : e->data.n });
	slu_buf_adds(h->out, e->data.n > DATA_SHOWN ? "\xE2\x80\xA6</code></details></td></tr>" : "</code></details></td></tr>");
}

/* What the address narrows the list to, and the way out. */
static void narrowed(html *h, const struct web_req *rq)
{
	static const struct { const char *name, *word; } by[] = { { "actor", "by" }, { "kind", "of the kind" }, { "ref", "on" } };
	bool any = false;
	for (size_t i = 0; i < sizeof by / sizeof by[0]; i++) {
		slu_str value = asked(rq, by[i].name);
		if (value.n == 0)
			continue;
		slu_buf_adds(h->out, any ? ", " : "<p>Only those ");
		html_text_z(h, by[i].word);
		html_lit(h, " <strong>");
		html_text(h, value);
		html_lit(h, "</strong>");
		any = true;
	}
	if (any)
		html_lit(h, ". <a href=\"?\">Show all</a></p>");
}

static void events(html *h, struct web_req *rq, const struct look *l)
{
	html_lit(h, "<h2>Events</h2>");
	narrowed(h, rq);
	if (l->event_n == 0) {
		shell_empty(h, "No event fits.", "sluice audit log");
		return;
	}
	html_lit(h, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Events\"><table class=\"stack\"><thead><tr><th scope=\"col\">No.</th><th scope=\"col\">When</th><th scope=\"col\">Who</th>"
	            "<th scope=\"col\">What</th><th scope=\"col\">Where</th><th scope=\"col\">Under which rule</th></tr></thead><tbody>");
	for (size_t i = 0; i < l->event_n; i++)
		event_row(h, rq, &l->event[i]);
	html_lit(h, "</tbody></table></div>");
	shell_paging(h, rq, &l->paging, l->page.total);
}

static slu_rc page_html(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct look l;
	html h;
	SLU_TRY(gather(&l, rq, err));
	shell_begin(&h, rq, rs, "Audit", question, "audit");
	answer(&h, &l);
	chain(&h, &l);
	debts(&h, &l);
	events(&h, rq, &l);
	return shell_end(&h, rq, rs, err);
}

static slu_rc page_json(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct look l;
	slu_json *j = &rs->json;
	SLU_TRY(gather(&l, rq, err));
	slu_json_open(j, '{');
	slu_json_kv_int(j, "size", l.log.events);
	slu_json_kv_bool(j, "verified", l.log.verified && l.log.verdict.good);
	slu_json_kv_z(j, "trouble", l.log.verified && !l.log.verdict.good ? l.log.verdict.what : NULL);
	slu_json_kv_str(j, "head", l.chain_n ? l.chain[l.chain_n - 1].text : (slu_str){ "", 0 });
	slu_json_key(j, "heads");
	slu_json_open(j, '[');
	for (size_t i = 0; i < l.chain_n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_int(j, "size", l.chain[i].size);
		web_json_time(j, "at", l.chain[i].at_s);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
	slu_json_key(j, "owed");
	slu_json_open(j, '[');
	for (size_t i = 0; i < l.debt_n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_int(j, "id", l.debt[i].id);
		slu_json_kv_str(j, "what", l.debt[i].name);
		slu_json_kv_str(j, "of", l.debt[i].of);
		web_json_time(j, "due", l.debt[i].due_s);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
	slu_json_kv_int(j, "total", (int64_t)l.page.total);
	slu_json_key(j, "events");
	slu_json_open(j, '[');
	for (size_t i = 0; i < l.event_n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_int(j, "seq", l.event[i].seq);
		web_json_time(j, "at", l.event[i].time_ms / 1000);
		slu_json_kv_str(j, "actor", l.event[i].actor);
		slu_json_kv_str(j, "kind", l.event[i].kind);
		slu_json_kv_str(j, "ref", l.event[i].ref);
		slu_json_key(j, "data");
		slu_json_raw(j, l.event[i].data.n ? l.event[i].data : SLU_STR("{}"));
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
	slu_json_close(j, '}');
	return SLU_OK;
}

const struct web_page page_audit = {
	.pattern = "/{owner}/{repo}/audit",
	.need = WEB_READ,
	.question = question,
	.html = page_html,
	.json = page_json,
};
