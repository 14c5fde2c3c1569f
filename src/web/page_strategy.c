/* SPDX-License-Identifier: Apache-2.0 */
/** /OWNER/NAME/strategy: what are the rules? The flow graph, the same in words, and the file with an anchor on each line. */
#include "app/app.h"
#include "strategy/preset.h"
#include "web/bases.h"
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

/* The file whose lines are shown: the one in force, or with ?file=preset:NAME or OWNER/REPO:FILE what it extends. */
static slu_rc text_shown(slu_str *out, const char **name, struct web_req *rq, const struct app_base *base, size_t n, slu_err *err)
{
	const char *file = web_query(rq, "file");
	*name = slu_str_dup(rq->a, rq->r->strategy_file);
	if (!file || strcmp(file, *name) == 0)
		return text_in_force(out, rq, rq->r, err);
	*name = file;
	for (size_t i = 0; i < n; i++)
		if (slu_str_is(base[i].what, file)) {
			*out = base[i].text;
			return SLU_OK;
		}
	const struct strat_preset *p = slu_str_starts(slu_s(file), "preset:") ? strat_preset_find(slu_s(file + strlen("preset:"))) : NULL;
	if (!p)
		return slu_fail(err, SLU_E_NOT_FOUND, "\"%s\" is no preset, and no file that this strategy extends.", file);
	*out = (slu_str){ p->text, p->size };
	return SLU_OK;
}

/* Writes "; " between needs. */
static void between(html *h, bool *any)
{
	slu_buf_adds(h->out, *any ? "; " : "");
	*any = true;
}

static void need(html *h, bool *any, bool asked, const char *text)
{
	if (!asked)
		return;
	between(h, any);
	html_text_z(h, text);
}

/* Those it names, or all that run on changes. */
static void checks(html *h, bool *any, const strat *s, const struct strat_require *r)
{
	need(h, any, r->has_checks && r->checks_all, "every check on changes");
	if (!r->has_checks || r->checks_all || r->checks.n == 0)
		return;
	need(h, any, true, r->checks.n == 1 ? "check " : "checks ");
	for (size_t i = 0; i < r->checks.n; i++) {
		slu_buf_adds(h->out, i ? ", " : "");
		html_text(h, s->check[r->checks.i[i]].name);
	}
}

/* What a merge along an edge needs: the target's requirements, and the edge's own. */
static void needs(html *h, const strat *s, const struct strat_branch *t, const struct strat_edge *e)
{
	const struct strat_require *const side[] = { &t->require, &e->require };
	unsigned approvals = t->require.approvals_any > e->require.approvals_any ? t->require.approvals_any : e->require.approvals_any;
	bool any = approvals > 0;
	if (any)
		slu_buf_addf(h->out, "%u approval%s", approvals, approvals == 1 ? "" : "s");
	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < side[k]->approvals_role_n; i++) {
			const struct strat_role_count *c = &side[k]->approvals_role[i];
			between(h, &any);
			slu_buf_addf(h->out, "%u of ", c->count);
			html_text(h, c->role == STRAT_NONE ? SLU_STR("any") : s->role[c->role].name);
		}
		checks(h, &any, s, side[k]);
	}
	need(h, &any, side[0]->up_to_date || side[1]->up_to_date, "up to date");
	need(h, &any, side[0]->threads_resolved || side[1]->threads_resolved, "threads resolved");
	if (!any)
		html_lit(h, "\xE2\x80\x93");
}

static void edge_row(html *h, slu_arena *a, const strat *s, const struct strat_branch *b, const struct strat_edge *e, const char *base)
{
	const struct strat_branch *t = &s->branch[e->into];
	html_lit(h, "<tr><th scope=\"row\">");
	html_text(h, b->name);
	html_lit(h, "</th><td>into ");
	html_text(h, t->name);
	html_lit(h, "</td><td>");
	html_text_z(h, strat_method_word(e->method));
	html_lit(h, "</td><td>");
	needs(h, s, t, e);
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
	html_lit(h, "</td><td>");
	html_place(h, &e->pos, base);
	html_lit(h, "</td></tr>");
}

static void edge_table(html *h, slu_arena *a, const strat *s, const char *base)
{
	html_lit(h, "<h2>Ways in</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Ways in\"><table class=\"stack\"><thead><tr><th scope=\"col\">From</th><th scope=\"col\">Into</th>"
	            "<th scope=\"col\">How</th><th scope=\"col\">Needs</th><th scope=\"col\">Who merges</th><th scope=\"col\">Then</th><th scope=\"col\">Line</th></tr></thead><tbody>");
	for (size_t i = 0; i < s->branch_n; i++)
		for (size_t k = 0; k < s->branch[i].edge_n && !s->branch[i].builtin; k++)
			edge_row(h, a, s, &s->branch[i], &s->branch[i].edge[k], base);
	html_lit(h, "</tbody></table></div><p class=\"dim\">What is not listed is refused.</p>");
}

static void unenforced_row(html *h, const char *base, const struct strat_unenforced *x)
{
	html_lit(h, "<li><code>");
	html_text_z(h, x->section);
	html_lit(h, "</code> ");
	html_place(h, &x->pos, base);
	html_lit(h, "</li>");
}

static void unenforced(html *h, const char *base, const strat *s)
{
	if (s->unenforced_n == 0)
		return;
	html_lit(h, "<h2>Read, not enforced by this version</h2><ul>");
	for (size_t i = 0; i < s->unenforced_n; i++)
		unenforced_row(h, base, &s->unenforced[i]);
	html_lit(h, "</ul>");
}

static void source(html *h, struct web_req *rq, slu_str text, const char *name)
{
	slu_str rest = text, line;
	unsigned n = 0;
	html_lit(h, "<h2 id=\"file\"><code>");
	html_text_z(h, name);
	html_lit(h, "</code></h2>");
	if (web_query(rq, "file"))
		html_lit(h, "<p><a href=\"?#file\">The file in force</a></p>");
	html_lit(h, "<pre class=\"source\" tabindex=\"0\" aria-label=\"The strategy file\">");
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
}

enum { HISTORY = 5 };

/* The commits that changed it, newest first. */
static slu_rc history(html *h, struct web_req *rq, slu_err *err)
{
	port_git *g = rq->r->git;
	const slu_oid *id;
	slu_oid tip;
	size_t n;
	if (rq->r->strategy_commit.n == 0)
		return SLU_OK;
	SLU_TRY(slu_oid_parse(&tip, rq->r->strategy_commit, err));
	SLU_TRY(g->ops->touching(g, rq->a, &tip, SLU_STR(".sluice/strategy.yml"), HISTORY, &id, &n, err));
	html_lit(h, "<h2>Who changed it</h2><ul>");
	for (size_t i = 0; i < n; i++) {
		struct pol_commit c;
		slu_str rest, subject = { "", 0 };
		SLU_TRY(g->ops->commit(g, rq->a, &id[i], &c, err));
		rest = c.message;
		(void)slu_str_split(&rest, '\n', &subject);
		html_lit(h, "<li>");
		shell_commit(h, rq, &c.id);
		html_lit(h, " ");
		html_text(h, subject);
		html_lit(h, " <span class=\"dim\">");
		html_text(h, c.author_name);
		html_lit(h, ", ");
		html_time(h, c.commit_time_s);
		html_lit(h, "</span></li>");
	}
	html_lit(h, "</ul>");
	return SLU_OK;
}

static slu_rc page_html(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct app_base *base;
	slu_str text = { 0 };
	size_t n;
	html h;
	const char *name = "";
	SLU_TRY(app_bases(&base, &n, rq->unit, rq->r, err));
	slu_rc rc = text_shown(&text, &name, rq, base, n, err);
	if (rc == SLU_OK) {
		shell_begin(&h, rq, rs, "Strategy", question, "strategy");
		in_force(&h, rq->r);
		bases_html(&h, rq, base, n);
		html_lit(&h, "<div class=\"picture\" tabindex=\"0\" role=\"region\" aria-label=\"Flow graph\">");
		svg_flow(&h, rq->a, rq->r->strategy, NULL, NULL);
		html_lit(&h, "</div>");
		edge_table(&h, rq->a, rq->r->strategy, shell_path(rq, "%s", "/strategy"));
		unenforced(&h, shell_path(rq, "%s", "/strategy"), rq->r->strategy);
		SLU_TRY(history(&h, rq, err));
		source(&h, rq, text, name);
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
	const struct app_base *base;
	slu_str text = { 0 };
	size_t n;
	const char *name = "";
	SLU_TRY(app_bases(&base, &n, rq->unit, rq->r, err));
	slu_rc rc = text_shown(&text, &name, rq, base, n, err);
	if (rc == SLU_OK) {
		slu_json_open(&rs->json, '{');
		slu_json_kv_str(&rs->json, "file", rq->r->strategy_file);
		slu_json_kv_str(&rs->json, "commit", rq->r->strategy_commit);
		slu_json_kv_z(&rs->json, "digest", rq->r->strategy->digest);
		slu_json_kv_z(&rs->json, "trouble", rq->r->strategy_trouble);
		bases_json(&rs->json, base, n);
		slu_json_kv_z(&rs->json, "shown", name);
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
