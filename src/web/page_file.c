/* SPDX-License-Identifier: Apache-2.0 */
/** /OWNER/NAME/blob/COMMIT/PATH: what does this file say there? /OWNER/NAME/raw/COMMIT/PATH: its bytes. */
#include "base/utf8.h"
#include "web/shell.h"
#include "web/v3.h"

enum { SHOWN_BYTES = 12 * 1024, SHOWN_LINES = 250 };

static const char question[] = "What does this file say there?";

static slu_rc bytes_of(slu_str *out, struct web_req *rq, slu_err *err)
{
	port_git *g = rq->r->git;
	bool found = false;
	slu_oid id;
	slu_rc rc = v3_commit_of(rq, web_param(rq, "ref"), &id, err);
	SLU_TRY(rc == SLU_E_INVALID ? slu_fail(err, SLU_E_NOT_FOUND, "Not Found") : rc);
	SLU_TRY(g->ops->file_at(g, rq->a, &id, slu_s(web_param(rq, "path")), out, &found, err));
	return found ? SLU_OK : slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
}

static slu_rc raw(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_str bytes;
	SLU_TRY(bytes_of(&bytes, rq, err));
	v3_raw(rs, bytes);
	return SLU_OK;
}

const struct web_page page_raw = {
	.pattern = "/{owner}/{repo}/raw/{ref}/{path...}", .need = WEB_READ, .question = question, .html = raw,
};

/* Each line with its number as an anchor. @return whether that was all */
static bool lines(html *h, slu_str text)
{
	slu_str rest = text, line;
	unsigned n = 0;
	size_t used = 0;
	html_lit(h, "<pre class=\"source\" tabindex=\"0\" aria-label=\"The file\">");
	while (n < SHOWN_LINES && used < SHOWN_BYTES && slu_str_split(&rest, '\n', &line)) {
		slu_str shown = { line.p, line.n < SHOWN_BYTES - used ? line.n : SHOWN_BYTES - used };
		n++;
		used += shown.n;
		slu_buf_addf(h->out, "<span id=\"L%u\"><a href=\"#L%u\">%u</a>", n, n, n);
		html_text(h, shown);
		html_lit(h, "</span>\n");
		if (shown.n < line.n)
			break;
	}
	html_lit(h, "</pre>");
	return rest.n == 0 && used < SHOWN_BYTES;
}

static slu_rc blob(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const char *path = web_param(rq, "path"), *ref = web_param(rq, "ref");
	bool all = false;
	slu_str text;
	html h;
	SLU_TRY(bytes_of(&text, rq, err));
	bool readable = slu_utf8_valid(text, NULL) && (text.n == 0 || !memchr(text.p, 0, text.n));
	shell_begin(&h, rq, rs, path, question, "");
	slu_buf_addf(h.out, "<p>%zu bytes at ", text.n);
	html_link(&h, shell_path(rq, "/commits/%s", v3_path(rq, slu_s(ref))), slu_s(ref));
	html_lit(&h, "; ");
	html_link(&h, shell_path(rq, "/raw/%s/%s", web_encode(rq->a, slu_s(ref)), v3_path(rq, slu_s(path))), SLU_STR("as it is"));
	html_lit(&h, ".</p>");
	if (!readable)
		shell_empty(&h, "It is no text.", NULL);
	else
		all = lines(&h, text);
	if (readable && !all)
		html_lit(&h, "<p class=\"dim\">Only its beginning is shown here.</p>");
	return shell_end(&h, rq, rs, err);
}

const struct web_page page_blob = {
	.pattern = "/{owner}/{repo}/blob/{ref}/{path...}", .need = WEB_READ, .question = question, .html = blob,
};
