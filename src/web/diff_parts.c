/* SPDX-License-Identifier: Apache-2.0 */
#include "web/diff_parts.h"

static void patch(html *h, slu_str text)
{
	const char *hunk = memmem(text.p, text.n, "\n@@ ", 4); /* the summary says what the lines before it do */
	size_t skip = hunk ? (size_t)(hunk - text.p) + 1 : 0;
	slu_str rest = { text.p + skip, text.n - skip }, line;
	html_lit(h, "<pre tabindex=\"0\">");
	while (slu_str_split(&rest, '\n', &line)) {
		char c = line.n ? line.p[0] : ' ';
		slu_buf_adds(h->out, c == '+' ? "<ins>" : c == '-' ? "<del>" : "");
		html_text(h, line);
		slu_buf_adds(h->out, c == '+' ? "</ins>\n" : c == '-' ? "</del>\n" : "\n");
	}
	html_lit(h, "</pre>");
}

static void diff_file(html *h, const struct port_git_diff_file *f, bool open)
{
	slu_buf_adds(h->out, open ? "<details class=\"file\" open><summary><code>" : "<details class=\"file\"><summary><code>");
	html_text(h, f->new_path.n ? f->new_path : f->old_path);
	html_lit(h, "</code> ");
	if (f->status == 'A')
		html_lit(h, "new ");
	else if (f->status == 'D')
		html_lit(h, "deleted ");
	else if (f->status == 'R')
		html_lit(h, "renamed ");
	if (f->added < 0)
		slu_buf_adds(h->out, f->cut ? "not counted" : "binary");
	else
		slu_buf_addf(h->out, "+%lld \xE2\x88\x92%lld", (long long)f->added, (long long)f->removed);
	html_lit(h, "</summary>");
	if (f->patch.n)
		patch(h, f->patch);
	if (f->cut && f->added >= 0)
		html_lit(h, "<p class=\"dim\">Cut here: the rest is on the page of all files.</p>");
	html_lit(h, "</details>");
}

void diff_files(html *h, const struct port_git_diff_file *f, size_t n, bool whole)
{
	size_t most = whole ? DIFF_LISTED : DIFF_FILES, shown = n < most ? n : most;
	slu_buf_addf(h->out, "<h2>%zu file%s</h2>", n, n == 1 ? "" : "s");
	for (size_t i = 0; i < shown; i++)
		diff_file(h, &f[i], whole || n <= 5);
	if (shown < n)
		slu_buf_addf(h->out, "<p class=\"dim\">%zu more files are not shown here.</p>", n - shown);
}
