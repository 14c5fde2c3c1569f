/* SPDX-License-Identifier: Apache-2.0 */
#include "web/change_parts.h"
#include "web/diff_parts.h"

const char *change_state_word(const struct port_change *c)
{
	static const char *const words[] = { [POL_CHANGE_OPEN] = "open", [POL_CHANGE_MERGED] = "merged", [POL_CHANGE_CLOSED] = "closed" };
	return c->state == POL_CHANGE_OPEN && c->draft ? "draft" : words[c->state];
}

const char *change_review_word(const struct port_review *r)
{
	static const char *const words[] = { [POL_REVIEW_APPROVE] = "approved", [POL_REVIEW_REQUEST_CHANGES] = "changes requested", [POL_REVIEW_COMMENT] = "commented" };
	return r->dismissed_by.n ? "dismissed" : words[r->state];
}

const struct pol_row *change_kept_by(const struct pol_verdict *v)
{
	for (size_t i = 0; i < v->row.n; i++)
		if (v->row.v[i].state == POL_FAILED || v->row.v[i].state == POL_WAITING)
			return &v->row.v[i];
	return NULL;
}

void change_standing(html *h, const struct pol_verdict *v)
{
	static const enum pol_state states[] = { [POL_ALLOW] = POL_PASSED, [POL_DENY] = POL_FAILED, [POL_WAIT] = POL_WAITING };
	static const char *const words[] = { [POL_ALLOW] = "may be merged", [POL_DENY] = "is blocked", [POL_WAIT] = "waits" };
	const struct pol_row *first = change_kept_by(v);
	slu_buf_addf(h->out, "<span class=\"state %s\"><span aria-hidden=\"true\">%s</span> %s</span>", pol_state_word(states[v->answer]), pol_state_symbol(states[v->answer]), words[v->answer]);
	if (first && v->answer != POL_ALLOW) {
		slu_buf_adds(h->out, v->answer == POL_WAIT ? " for " : ": ");
		html_text_z(h, first->wanted);
	}
}

/* ---- people --------------------------------------------------------------------------------------------------------------- */

static void review_row(html *h, const struct app_change_view *v, const struct port_review *r)
{
	html_lit(h, "<tr><th scope=\"row\">");
	html_text(h, r->person);
	html_lit(h, "</th><td>");
	html_text_z(h, change_review_word(r));
	if (!slu_oid_eq(&r->commit, &v->change.head))
		html_lit(h, ", for an earlier commit");
	html_lit(h, " ");
	html_oid(h, &r->commit);
	html_lit(h, "</td><td>");
	html_text(h, r->body);
	html_lit(h, "</td><td>");
	html_time(h, r->at_s);
	html_lit(h, "</td></tr>");
}

static void comments(html *h, const struct app_change_view *v)
{
	for (size_t i = 0; i < v->comment_n; i++) {
		const struct port_comment *c = &v->comment[i];
		html_lit(h, "<article class=\"card\"><p class=\"dim\">");
		html_text(h, c->person);
		html_lit(h, ", ");
		html_time(h, c->at_s);
		if (c->thread == c->id)
			slu_buf_adds(h->out, c->resolved_by.n ? ", resolved" : ", open thread");
		if (c->path.n) {
			html_lit(h, " <code>");
			html_text(h, c->path);
			if (c->line)
				slu_buf_addf(h->out, ":%lld", (long long)c->line);
			html_lit(h, "</code>");
		}
		html_lit(h, "</p><p>");
		html_text(h, c->body);
		html_lit(h, "</p></article>");
	}
}

void change_reviews(html *h, slu_arena *a, const struct app_change_view *v)
{
	html_lit(h, "<h2>Reviews</h2>");
	if (v->review_n == 0)
		shell_empty(h, "Nobody has reviewed it yet.", slu_printf(a, "sluice change review %llu --approve", (unsigned long long)v->change.number));
	else
		html_lit(h, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Reviews\"><table class=\"stack\"><thead><tr><th scope=\"col\">Who</th><th scope=\"col\">Said</th><th scope=\"col\">Words</th>"
		            "<th scope=\"col\">When</th></tr></thead><tbody>");
	for (size_t i = 0; i < v->review_n; i++)
		review_row(h, v, &v->review[i]);
	if (v->review_n)
		html_lit(h, "</tbody></table></div>");
	comments(h, v);
}

/* ---- checks ------------------------------------------------------------------------------------------------------------------ */

static void check_row(html *h, slu_str name, const char *word, slu_str description, slu_str by, int64_t at_s)
{
	bool good = strcmp(word, "success") == 0, busy = strcmp(word, "pending") == 0 || strcmp(word, "queued") == 0 || strcmp(word, "in_progress") == 0;
	html_lit(h, "<tr><th scope=\"row\">");
	html_text(h, name);
	html_lit(h, "</th><td><span class=\"state ");
	slu_buf_adds(h->out, good ? "passed" : busy ? "waiting" : "failed");
	html_lit(h, "\"><span aria-hidden=\"true\">");
	html_text_z(h, pol_state_symbol(good ? POL_PASSED : busy ? POL_WAITING : POL_FAILED));
	html_lit(h, "</span> ");
	html_text_z(h, word);
	html_lit(h, "</span></td><td>");
	html_text(h, description);
	html_lit(h, "</td><td>");
	html_text(h, by);
	html_lit(h, "</td><td>");
	html_time(h, at_s);
	html_lit(h, "</td></tr>");
}

void change_checks(html *h, slu_arena *a, const struct app_change_view *v)
{
	html_lit(h, "<h2>Checks on ");
	html_oid(h, &v->change.head);
	html_lit(h, "</h2>");
	if (v->status_n + v->run_n == 0) {
		shell_empty(h, "No check has reported on this commit.", slu_printf(a, "sluice commit status %.10s --context NAME --state success", v->change.head.hex));
		return;
	}
	html_lit(h, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Checks\"><table class=\"stack\"><thead><tr><th scope=\"col\">Check</th><th scope=\"col\">State</th><th scope=\"col\">Words</th>"
	            "<th scope=\"col\">Reported by</th><th scope=\"col\">When</th></tr></thead><tbody>");
	for (size_t i = 0; i < v->status_n; i++)
		check_row(h, v->status[i].context, slu_str_dup(a, v->status[i].state), v->status[i].description, v->status[i].creator, v->status[i].at_s);
	for (size_t i = 0; i < v->run_n; i++)
		check_row(h, v->run[i].name, slu_str_dup(a, v->run[i].conclusion.n ? v->run[i].conclusion : v->run[i].status), v->run[i].title, v->run[i].creator,
		          v->run[i].completed_s ? v->run[i].completed_s : v->run[i].created_s);
	html_lit(h, "</tbody></table></div>");
}

/* ---- commits and files ---------------------------------------------------------------------------------------------------------- */

/* What blocks in whole; of the others the names. */
static void commit_rules(html *h, const struct pol_verdict *v, const char *file_base)
{
	for (size_t i = 0; i < v->row.n; i++) {
		const struct pol_row *row = &v->row.v[i];
		if (row->state != POL_FAILED) {
			slu_buf_addf(h->out, " <span class=\"state %s\"><span aria-hidden=\"true\">%s</span> ", pol_state_word(row->state), pol_state_symbol(row->state));
			html_text_z(h, row->rule);
			html_lit(h, "</span>");
			continue;
		}
		html_lit(h, "<p class=\"opens\">");
		html_state(h, pol_state_symbol(POL_FAILED), "failed");
		html_lit(h, " ");
		html_text_z(h, row->wanted);
		html_lit(h, ": ");
		html_text_z(h, row->actual);
		html_lit(h, " <span class=\"rule\"><code>");
		html_text_z(h, row->rule);
		html_lit(h, "</code></span> ");
		html_place(h, &row->pos, file_base);
		html_lit(h, "</p>");
	}
}

static void commit_row(html *h, const struct web_req *rq, const struct pol_commit *c, const struct pol_verdict *rules)
{
	slu_str rest = c->message, subject = { "", 0 };
	(void)slu_str_split(&rest, '\n', &subject);
	html_lit(h, "<li>");
	shell_commit(h, rq, &c->id);
	html_lit(h, " ");
	html_text(h, subject);
	html_lit(h, " <span class=\"dim\">");
	html_text(h, c->author_name);
	html_lit(h, ", ");
	html_time(h, c->commit_time_s);
	if (c->parent_n > 1)
		html_lit(h, ", a merge");
	html_lit(h, "</span>");
	commit_rules(h, rules, shell_path(rq, "%s", "/strategy"));
	html_lit(h, "</li>");
}

enum { COMMITS_SHOWN = 25 };

void change_commits(html *h, const struct web_req *rq, const struct app_change_view *v)
{
	size_t shown = v->commit_n < COMMITS_SHOWN ? v->commit_n : COMMITS_SHOWN;
	if (v->commit_total == 0)
		return;
	slu_buf_addf(h->out, "<h2>%zu%s commit%s</h2><ul class=\"commits\">", v->commit_total, v->commits_cut && v->commit_total == SLU_MAX_PUSH_COMMITS ? " and more" : "", v->commit_total == 1 ? "" : "s");
	for (size_t i = 0; i < shown; i++)
		commit_row(h, rq, &v->commit[i], &v->commit_rules[i]);
	html_lit(h, "</ul>");
	if (shown < v->commit_total)
		slu_buf_addf(h->out, "<p class=\"dim\">The newest %zu are shown; %zu are in the JSON.</p>", shown, v->commit_n);
}

void change_diff(html *h, const struct web_req *rq, const struct app_change_view *v, bool whole)
{
	if (v->file_n == 0)
		return;
	diff_files(h, v->file, v->file_n, whole);
	if (!whole) {
		html_lit(h, "<p>");
		html_link(h, shell_path(rq, "/changes/%llu/diff", (unsigned long long)v->change.number), SLU_STR("All files on one page"));
		html_lit(h, "</p>");
	}
}
