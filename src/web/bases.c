/* SPDX-License-Identifier: Apache-2.0 */
#include "web/bases.h"

enum { DIGEST_SHOWN = 12 };

void bases_json(slu_json *j, const struct app_base *b, size_t n)
{
	slu_json_key(j, "bases");
	slu_json_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_str(j, "what", b[i].what);
		slu_json_kv_str(j, "digest", b[i].digest);
		slu_json_kv_str(j, "by", b[i].by);
		web_json_time(j, "at", b[i].at_s);
		slu_json_kv_bool(j, "held", b[i].held);
		slu_json_kv_bool(j, "moved_on", b[i].waits);
		if (b[i].waits) {
			web_json_time(j, "since", b[i].since_s);
			slu_json_kv_str(j, "now", b[i].next);
			slu_json_kv_str(j, "why", b[i].why);
			slu_json_kv_z(j, "command", b[i].command);
			app_base_differs_json(j, &b[i]);
		}
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

static void cell(html *h, slu_str text)
{
	html_lit(h, "<td>");
	if (text.n) {
		html_lit(h, "<code>");
		html_text(h, text);
		html_lit(h, "</code>");
	} else {
		html_lit(h, "\xE2\x80\x93");
	}
	html_lit(h, "</td>");
}

static void differs_html(html *h, const struct app_base *b)
{
	html_lit(h, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"What differs\"><table class=\"stack\"><thead><tr><th scope=\"col\">Rule</th><th scope=\"col\">In force</th>"
	            "<th scope=\"col\">In the file now</th><th scope=\"col\">Effect</th></tr></thead><tbody>");
	for (size_t i = 0; i < b->differs_n; i++) {
		const struct app_base_difference *d = &b->differs[i];
		html_lit(h, "<tr><th scope=\"row\"><code>");
		html_text(h, d->path);
		html_lit(h, "</code></th>");
		cell(h, d->was);
		cell(h, d->now);
		html_lit(h, "<td>");
		html_text_z(h, d->loosens ? "may loosen" : "only tightens");
		html_lit(h, "</td></tr>");
	}
	html_lit(h, "</tbody></table></div>");
	if (b->differs_all > b->differs_n)
		slu_buf_addf(h->out, "<p>And %zu more.</p>", b->differs_all - b->differs_n);
}

static void one(html *h, const struct web_req *rq, const struct app_base *b)
{
	html_lit(h, "<p>Extends <code>");
	html_link(h, shell_path(rq, "/strategy?file=%s#file", web_encode(rq->a, b->what)), b->what);
	html_lit(h, "</code>, digest <code>");
	html_text(h, (slu_str){ b->digest.p, b->digest.n < DIGEST_SHOWN ? b->digest.n : DIGEST_SHOWN });
	html_lit(h, "</code>, accepted by ");
	html_text(h, b->by);
	html_lit(h, ", in force since ");
	html_time(h, b->at_s);
	if (b->held)
		html_lit(h, "; held: no other text takes force by itself");
	html_lit(h, ".</p>");
	if (!b->waits)
		return;
	html_lit(h, "<p class=\"answer waiting\"><span aria-hidden=\"true\">\xE2\x80\xA6</span> Since ");
	html_time(h, b->since_s);
	html_lit(h, " that file is another one, and it takes no force by itself: ");
	html_text(h, b->why);
	html_lit(h, "</p>");
	if (b->differs_n)
		differs_html(h, b);
	if (*b->command) {
		html_lit(h, "<p>After reading it, an administrator accepts it:</p><pre><code>");
		html_text_z(h, b->command);
		html_lit(h, "</code></pre>");
	}
}

void bases_html(html *h, const struct web_req *rq, const struct app_base *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		one(h, rq, &b[i]);
}
