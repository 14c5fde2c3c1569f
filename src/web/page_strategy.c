/* SPDX-License-Identifier: Apache-2.0 */
/** /OWNER/NAME/strategy: what are the rules? The flow graph, the same in words, and the file with an anchor on each line. */
#include "app/app.h"
#include "strategy/preset.h"
#include "web/shell.h"
#include "web/svg.h"

static const char question[] = "What are the rules?";

/* The text in force: of the commit that it comes from, else of the preset or the file that was given when the repository was made. */
static slu_rc text_in_force(slu_str *out, struct web_req *rq, struct app_repo *r, slu_err *err)
{
	bool found = false;
	if (r->strategy_commit.n && !r->strategy_trouble) {
		slu_oid at;
		SLU_TRY(slu_oid_parse(&at, r->strategy_commit, err));
		SLU_TRY(r->git->ops->file_at(r->git, rq->a, &at, SLU_STR(".sluice/strategy.yml"), out, &found, err));
	}
	if (!found)
		*out = r->row.good_text.n ? r->row.good_text : r->row.base_text;
	return SLU_OK;
}

static void edge_row(html *h, slu_arena *a, const strat *s, const struct strat_branch *b, const struct strat_edge *e)
{
	const struct strat_branch *t = &s->branch[e->into];
	html_lit(h, "<tr><td>");
	html_text(h, b->name);
	html_lit(h, "</td><td>");
	html_text(h, t->name);
	html_lit(h, "</td><td>");
	html_text_z(h, strat_method_word(e->method));
	html_lit(h, "</td><td>");
	html_int(h, t->require.approvals_any > e->require.approvals_any ? t->require.approvals_any : e->require.approvals_any);
	html_lit(h, "</td><td>");
	html_text_z(h, strat_who_text(a, &t->allow[STRAT_VERB_MERGE]));
	html_lit(h, "</td><td>");
	for (size_t i = 0; i < e->also_into.n; i++) {
		html_lit(h, "also into ");
		html_text(h, s->branch[e->also_into.i[i]].name);
		html_lit(h, "; ");
	}
	for (size_t i = 0; i < e->back_merge.n; i++) {
		html_lit(h, "back into ");
		html_text(h, s->branch[e->back_merge.i[i]].name);
		html_lit(h, "; ");
	}
	if (e->tag != STRAT_NONE) {
		html_lit(h, "tag ");
		html_text(h, s->tag[e->tag].name);
	}
	html_lit(h, "</td></tr>");
}

static void edge_table(html *h, slu_arena *a, const strat *s)
{
	html_lit(h, "<h2>Ways in</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Ways in\"><table><thead><tr><th scope=\"col\">From</th><th scope=\"col\">Into</th>"
	            "<th scope=\"col\">How</th><th scope=\"col\">Approvals</th><th scope=\"col\">Who merges</th><th scope=\"col\">Then</th></tr></thead><tbody>");
	for (size_t i = 0; i < s->branch_n; i++)
		for (size_t k = 0; k < s->branch[i].edge_n && !s->branch[i].builtin; k++)
			edge_row(h, a, s, &s->branch[i], &s->branch[i].edge[k]);
	html_lit(h, "</tbody></table></div><p class=\"dim\">What is not listed is refused.</p>");
}

/* The file shown below is the repository's own: only its lines have an anchor there. */
static void unenforced_row(html *h, const struct strat_unenforced *x)
{
	bool own = x->pos.file && slu_str_ends(slu_s(x->pos.file), "strategy.yml");
	html_lit(h, "<li><code>");
	html_text_z(h, x->section);
	html_lit(h, "</code> <span class=\"place\">");
	if (own)
		slu_buf_addf(h->out, "<a href=\"#L%u\">", x->pos.line);
	html_text_z(h, x->pos.file ? x->pos.file : "");
	slu_buf_addf(h->out, ":%u%s</span></li>", x->pos.line, own ? "</a>" : "");
}

static void unenforced(html *h, const strat *s)
{
	if (s->unenforced_n == 0)
		return;
	html_lit(h, "<h2>Read, not enforced by this version</h2><ul>");
	for (size_t i = 0; i < s->unenforced_n; i++)
		unenforced_row(h, &s->unenforced[i]);
	html_lit(h, "</ul>");
}

static void source(html *h, slu_str text)
{
	slu_str rest = text, line;
	unsigned n = 0;
	html_lit(h, "<h2 id=\"file\">The file</h2><pre class=\"source\" tabindex=\"0\" aria-label=\"The strategy file\">");
	while (slu_str_split(&rest, '\n', &line)) {
		n++;
		slu_buf_addf(h->out, "<span id=\"L%u\"><a href=\"#L%u\">%u</a>", n, n, n);
		html_text(h, line);
		html_lit(h, "</span>\n");
	}
	html_lit(h, "</pre>");
}

static void in_force(html *h, const struct app_repo *r)
{
	html_lit(h, "<p>In force: <code>");
	html_text(h, r->strategy_file);
	html_lit(h, "</code>");
	if (r->strategy_commit.n) {
		html_lit(h, " at commit <code>");
		html_text(h, (slu_str){ r->strategy_commit.p, r->strategy_commit.n > 10 ? 10 : r->strategy_commit.n });
		html_lit(h, "</code>");
	}
	html_lit(h, ", digest <code>");
	html_text(h, (slu_str){ r->strategy->digest, 12 });
	html_lit(h, "</code>.</p>");
	if (r->strategy_trouble) {
		html_lit(h, "<p class=\"answer failed\"><span aria-hidden=\"true\">\xE2\x9C\x97</span> The last good strategy is in force: ");
		html_text_z(h, r->strategy_trouble);
		html_lit(h, "</p>");
	}
}

static slu_rc page_html(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_str text = { 0 };
	html h;
	slu_rc rc = text_in_force(&text, rq, rq->r, err);
	if (rc == SLU_OK) {
		shell_begin(&h, rq, rs, "Strategy", question, "strategy");
		in_force(&h, rq->r);
		html_lit(&h, "<div class=\"picture\" tabindex=\"0\" role=\"region\" aria-label=\"Flow graph\">");
		svg_flow(&h, rq->a, rq->r->strategy);
		html_lit(&h, "</div>");
		edge_table(&h, rq->a, rq->r->strategy);
		unenforced(&h, rq->r->strategy);
		source(&h, text);
		rc = shell_end(&h, rq, rs, err);
	}
	return rc;
}

static void edges_json(slu_json *j, const strat *s)
{
	slu_json_key(j, "edges");
	slu_json_open(j, '[');
	for (size_t i = 0; i < s->branch_n; i++)
		for (size_t k = 0; k < s->branch[i].edge_n && !s->branch[i].builtin; k++) {
			const struct strat_edge *e = &s->branch[i].edge[k];
			slu_json_open(j, '{');
			slu_json_kv_str(j, "from", s->branch[i].name);
			slu_json_kv_str(j, "into", s->branch[e->into].name);
			slu_json_kv_z(j, "method", strat_method_word(e->method));
			slu_json_kv_int(j, "line", e->pos.line);
			slu_json_close(j, '}');
		}
	slu_json_close(j, ']');
}

static slu_rc page_json(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_str text = { 0 };
	slu_rc rc = text_in_force(&text, rq, rq->r, err);
	if (rc == SLU_OK) {
		slu_json_open(&rs->json, '{');
		slu_json_kv_str(&rs->json, "file", rq->r->strategy_file);
		slu_json_kv_str(&rs->json, "commit", rq->r->strategy_commit);
		slu_json_kv_z(&rs->json, "digest", rq->r->strategy->digest);
		slu_json_kv_z(&rs->json, "trouble", rq->r->strategy_trouble);
		slu_json_kv_str(&rs->json, "text", text);
		edges_json(&rs->json, rq->r->strategy);
		slu_json_key(&rs->json, "not_enforced");
		slu_json_open(&rs->json, '[');
		for (size_t i = 0; i < rq->r->strategy->unenforced_n; i++)
			slu_json_z(&rs->json, rq->r->strategy->unenforced[i].section);
		slu_json_close(&rs->json, ']');
		slu_json_close(&rs->json, '}');
	}
	return rc;
}

const struct web_page page_strategy = {
	.pattern = "/{owner}/{repo}/strategy",
	.need = WEB_READ,
	.question = question,
	.html = page_html,
	.json = page_json,
};
