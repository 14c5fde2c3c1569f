/* SPDX-License-Identifier: Apache-2.0 */
#include "web/shell.h"

#include <stdarg.h>

static const struct section {
	const char *key, *title, *tail;
} sections[] = {
	{ "map", "Map", "" },
	{ "changes", "Changes", "/changes" },
	{ "environments", "Environments", "/environments" },
	{ "deployments", "Deployments", "/deployments" },
	{ "strategy", "Strategy", "/strategy" },
	{ "audit", "Audit", "/audit" },
};

char *shell_path(const struct web_req *rq, const char *tail_fmt, ...)
{
	va_list ap;
	va_start(ap, tail_fmt);
	const char *tail = slu_vprintf(rq->a, tail_fmt, ap);
	va_end(ap);
	return slu_printf(rq->a, "/%s/%s%s", web_encode(rq->a, rq->owner), web_encode(rq->a, rq->repo), tail);
}

static void navigation(html *h, const struct web_req *rq, const char *current)
{
	if (!rq->repo_id)
		return;
	html_lit(h, "<nav aria-label=\"Repository\"><ul>");
	for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
		html_lit(h, "<li><a href=\"");
		html_attr_z(h, shell_path(rq, "%s", sections[i].tail));
		html_lit(h, "\"");
		if (strcmp(current, sections[i].key) == 0)
			html_lit(h, " aria-current=\"page\"");
		html_lit(h, ">");
		html_text_z(h, sections[i].title);
		html_lit(h, "</a></li>");
	}
	html_lit(h, "</ul></nav>");
}

static void who(html *h, const struct web_req *rq)
{
	html_lit(h, "<div class=\"who\">");
	if (rq->who.via == WEB_ANONYMOUS) {
		html_lit(h, "<a href=\"/sign-in\">Sign in</a>");
	} else {
		html_lit(h, "<span>");
		html_text(h, rq->who.person.n ? rq->who.person : SLU_STR("operator"));
		html_lit(h, "</span>");
		if (rq->who.via == WEB_SESSION)
			html_lit(h, " <a href=\"/sign-out\">Sign out</a>");
	}
	html_lit(h, "</div>");
}

/* Each page of the repository speaks by the strategy in force: that it is not the one which was written last has to be seen on each. */
static void trouble(html *h, const struct web_req *rq)
{
	html_lit(h, "<p class=\"answer failed\"><span aria-hidden=\"true\">\xE2\x9C\x97</span> The last good <a href=\"");
	html_attr_z(h, shell_path(rq, "%s", "/strategy"));
	html_lit(h, "\">strategy</a> is in force: ");
	html_text_z(h, rq->r->strategy_trouble);
	html_lit(h, "</p>");
}

void shell_begin(html *h, struct web_req *rq, struct web_res *rs, const char *title, const char *question, const char *section)
{
	*h = (html){ .out = &rs->body, .now_s = rq->now_s };
	html_lit(h, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>");
	html_text_z(h, title);
	if (rq->repo_id) {
		html_lit(h, " \xC2\xB7 ");
		html_text(h, rq->owner);
		html_lit(h, "/");
		html_text(h, rq->repo);
	}
	html_lit(h, " \xC2\xB7 sluice</title><link rel=\"stylesheet\" href=\"/assets/sluice.css\"><link rel=\"icon\" type=\"image/svg+xml\" href=\"/assets/favicon.svg\"></head><body>"
	            "<a class=\"skip\" href=\"#main\">Skip to the answer</a><header class=\"top\"><div><a class=\"brand\" href=\"/\">sluice</a>");
	if (rq->repo_id) {
		html_lit(h, "<a href=\"");
		html_attr_z(h, shell_path(rq, "%s", ""));
		html_lit(h, "\">");
		html_text(h, rq->owner);
		html_lit(h, "/");
		html_text(h, rq->repo);
		html_lit(h, "</a>");
	}
	navigation(h, rq, section);
	who(h, rq);
	html_lit(h, "</div></header><main id=\"main\"><h1>");
	html_text_z(h, title);
	html_lit(h, "</h1><p class=\"question\">");
	html_text_z(h, question);
	html_lit(h, "</p>");
	if (rq->r && rq->r->strategy_trouble)
		trouble(h, rq);
}

slu_rc shell_end(html *h, struct web_req *rq, struct web_res *rs, slu_err *err)
{
	html_lit(h, "</main><footer>");
	if (rq->page && rq->page->json) {
		html_lit(h, "The same as data: <a href=\"");
		html_attr_z(h, strcmp(rq->path, "/") == 0 ? "/index" : rq->path);
		html_lit(h, ".json\">JSON</a>. ");
	}
	html_lit(h, "Times are UTC. sluice " SLUICE_VERSION "</footer></body></html>\n");
	rs->type = "text/html; charset=utf-8";
	if (rs->body.over)
		return slu_fail(err, SLU_E_LIMIT, "this page would be larger than %d bytes; ask for a smaller part of it", WEB_BODY_MAX);
	return SLU_OK;
}

void shell_empty(html *h, const char *what, const char *command)
{
	html_lit(h, "<p class=\"empty\">");
	html_text_z(h, what);
	if (command) {
		html_lit(h, " <code>");
		html_text_z(h, command);
		html_lit(h, "</code>");
	}
	html_lit(h, "</p>");
}

void shell_form(html *h, const struct web_req *rq, const char *path)
{
	html_lit(h, "<form method=\"post\" action=\"");
	html_attr_z(h, path);
	html_lit(h, "\"><input type=\"hidden\" name=\"csrf\" value=\"");
	html_attr_z(h, rq->who.csrf ? rq->who.csrf : "");
	html_lit(h, "\">");
}

void shell_button(html *h, const char *value, const char *class_, const char *text)
{
	html_lit(h, "<button name=\"do\" value=\"");
	html_attr_z(h, value);
	html_lit(h, "\" class=\"");
	html_attr_z(h, class_);
	html_lit(h, "\">");
	html_text_z(h, text);
	html_lit(h, "</button>");
}

void shell_commit(html *h, const struct web_req *rq, const slu_oid *id)
{
	html_lit(h, "<a href=\"");
	html_attr_z(h, shell_path(rq, "/commits/%s", id->hex));
	html_lit(h, "\">");
	html_oid(h, id);
	html_lit(h, "</a>");
}

static void paging_link(html *h, const struct web_req *rq, size_t page, const char *word)
{
	html_lit(h, "<a class=\"button\" href=\"");
	html_attr_z(h, rq->path);
	slu_buf_addf(h->out, "?page=%zu", page);
	for (size_t i = 0; i < rq->query.n; i++) {
		if (strcmp(rq->query.v[i].name, "page") == 0)
			continue;
		html_lit(h, "&amp;");
		html_attr_z(h, web_encode(rq->a, slu_s(rq->query.v[i].name)));
		html_lit(h, "=");
		html_attr_z(h, web_encode(rq->a, slu_s(rq->query.v[i].value)));
	}
	html_lit(h, "\">");
	html_text_z(h, word);
	html_lit(h, "</a> ");
}

void shell_paging(html *h, const struct web_req *rq, const struct web_paging *p, size_t total)
{
	if (p->page <= 1 && p->skip + p->per_page >= total)
		return;
	html_lit(h, "<nav aria-label=\"Pages\"><p>");
	if (p->page > 1)
		paging_link(h, rq, p->page - 1, "Newer");
	if (p->skip + p->per_page < total)
		paging_link(h, rq, p->page + 1, "Older");
	html_lit(h, "</p></nav>");
}
