/* SPDX-License-Identifier: Apache-2.0 */
/** /OWNER/NAME/commits/NAME and /OWNER/NAME/compare/BASE...HEAD: what did it change? */
#include "web/diff_parts.h"
#include "web/shell.h"
#include "web/v3.h"

enum { DIFF_BYTES = 8 * 1024, COMMITS_SHOWN = 50 };

static const char question_one[] = "What did this commit change?";
static const char question_two[] = "What would one bring to the other?";

static slu_str subject_of(const struct pol_commit *c)
{
	slu_str rest = c->message, subject = { "", 0 };
	(void)slu_str_split(&rest, '\n', &subject);
	return subject;
}

static void as_text(html *h, const struct web_req *rq)
{
	html_lit(h, "<p>All of it as text: ");
	html_link(h, slu_printf(rq->a, "%s.diff", rq->path), SLU_STR("diff"));
	html_lit(h, ", ");
	html_link(h, slu_printf(rq->a, "%s.patch", rq->path), SLU_STR("patch"));
	html_lit(h, "</p>");
}

/* ---- one ------------------------------------------------------------------------------------------------------------------- */

struct one {
	struct pol_commit commit;
	const struct port_git_diff_file *file;
	size_t file_n;
};

static slu_rc look(struct one *v, struct web_req *rq, size_t diff_bytes, slu_err *err)
{
	port_git *g = rq->r->git;
	slu_oid id;
	slu_rc rc = v3_commit_of(rq, web_param(rq, "ref"), &id, err);
	SLU_TRY(rc == SLU_E_INVALID ? slu_fail(err, SLU_E_NOT_FOUND, "Not Found") : rc);
	SLU_TRY(g->ops->commit(g, rq->a, &id, &v->commit, err));
	return g->ops->diff(g, rq->a, v3_before(&v->commit), &id, diff_bytes, &v->file, &v->file_n, err);
}

static void facts(html *h, const struct web_req *rq, const struct pol_commit *c)
{
	html_lit(h, "<p>");
	html_oid(h, &c->id);
	html_lit(h, " by ");
	html_text(h, c->author_name);
	html_lit(h, ", ");
	html_time(h, c->commit_time_s);
	slu_buf_adds(h->out, c->parent_n == 0 ? ", without a parent" : c->parent_n == 1 ? ", after " : ", a merge of ");
	for (size_t i = 0; i < c->parent_n; i++) {
		slu_buf_adds(h->out, i ? " and " : "");
		shell_commit(h, rq, &c->parent[i]);
	}
	html_lit(h, ".</p><pre tabindex=\"0\">");
	html_text(h, slu_str_trim(c->message));
	html_lit(h, "</pre>");
}

static slu_rc one_html(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct one v;
	html h;
	SLU_TRY(look(&v, rq, DIFF_BYTES, err));
	shell_begin(&h, rq, rs, slu_str_dup(rq->a, subject_of(&v.commit)), question_one, "");
	facts(&h, rq, &v.commit);
	if (v.file_n)
		diff_files(&h, v.file, v.file_n, false);
	else
		shell_empty(&h, "It changes no file.", NULL);
	as_text(&h, rq);
	return shell_end(&h, rq, rs, err);
}

static slu_rc one_json(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct one v;
	SLU_TRY(look(&v, rq, DIFF_BYTES, err));
	slu_json_open(&rs->json, '{');
	v3_commit_members(&rs->json, rq, &v.commit);
	slu_json_key(&rs->json, "files");
	v3_files(&rs->json, rq, &v.commit.id, v.file, v.file_n < DIFF_LISTED ? v.file_n : DIFF_LISTED);
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

static slu_rc one_text(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct one v;
	const slu_oid none = slu_oid_zero();
	enum v3_form form = v3_form_of(rq);
	SLU_TRY(look(&v, rq, 0, err));
	return v3_patch(rq, rs, form == V3_DIFF ? v3_before(&v.commit) : &none, &v.commit.id, form, err);
}

const struct web_page page_commit = {
	.pattern = "/{owner}/{repo}/commits/{ref...}", .need = WEB_READ, .question = question_one, .html = one_html, .json = one_json, .text = one_text,
};

/* ---- two ------------------------------------------------------------------------------------------------------------------- */

static void count(html *h, uint64_t n, const char *what)
{
	slu_buf_addf(h->out, "%llu commit%s %s", (unsigned long long)n, n == 1 ? "" : "s", what);
}

static slu_rc commit_rows(html *h, struct web_req *rq, const struct v3_two *t, slu_err *err)
{
	port_git *g = rq->r->git;
	html_lit(h, "<ul>");
	for (size_t i = 0; i < t->commit_n && i < COMMITS_SHOWN; i++) {
		struct pol_commit c;
		SLU_TRY(g->ops->commit(g, rq->a, &t->commit[i], &c, err));
		html_lit(h, "<li>");
		shell_commit(h, rq, &c.id);
		html_lit(h, " ");
		html_text(h, subject_of(&c));
		html_lit(h, " <span class=\"dim\">");
		html_text(h, c.author_name);
		html_lit(h, "</span></li>");
	}
	html_lit(h, "</ul>");
	if (t->commit_n > COMMITS_SHOWN)
		slu_buf_addf(h->out, "<p class=\"dim\">The newest %d of %zu.</p>", COMMITS_SHOWN, t->commit_n);
	return SLU_OK;
}

static slu_rc two_html(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct v3_two t;
	html h;
	SLU_TRY(v3_compare(&t, rq, web_param(rq, "basehead"), DIFF_BYTES, err));
	shell_begin(&h, rq, rs, web_param(rq, "basehead"), question_two, "");
	html_lit(&h, "<p class=\"answer\">");
	count(&h, t.ahead, "ahead, ");
	count(&h, t.behind, "behind.");
	html_lit(&h, "</p>");
	SLU_TRY(commit_rows(&h, rq, &t, err));
	if (t.file_n)
		diff_files(&h, t.file, t.file_n, false);
	as_text(&h, rq);
	return shell_end(&h, rq, rs, err);
}

static slu_rc two_text(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct v3_two t;
	enum v3_form form = v3_form_of(rq);
	SLU_TRY(v3_compare(&t, rq, web_param(rq, "basehead"), 0, err));
	return v3_patch(rq, rs, form == V3_DIFF ? &t.merge_base : &t.base, &t.head, form, err);
}

static slu_rc two_json(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct v3_two t;
	SLU_TRY(v3_compare(&t, rq, web_param(rq, "basehead"), DIFF_BYTES, err));
	slu_json_open(&rs->json, '{');
	slu_json_kv_int(&rs->json, "ahead", (int64_t)t.ahead);
	slu_json_kv_int(&rs->json, "behind", (int64_t)t.behind);
	slu_json_key(&rs->json, "commits");
	slu_json_open(&rs->json, '[');
	for (size_t i = 0; i < t.commit_n && i < COMMITS_SHOWN; i++)
		slu_json_z(&rs->json, t.commit[i].hex);
	slu_json_close(&rs->json, ']');
	slu_json_key(&rs->json, "files");
	v3_files(&rs->json, rq, &t.head, t.file, t.file_n < DIFF_LISTED ? t.file_n : DIFF_LISTED);
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

const struct web_page page_compare = {
	.pattern = "/{owner}/{repo}/compare/{basehead...}", .need = WEB_READ, .question = question_two, .html = two_html, .json = two_json, .text = two_text,
};
