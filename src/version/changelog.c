/* SPDX-License-Identifier: Apache-2.0 */
#include "version/changelog.h"

#include "base/utf8.h"

enum { SHORT_OID = 8 };

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* Length of the run of back-ticks at `at`. */
static size_t ticks(slu_str s, size_t at)
{
	size_t n = 0;
	while (at + n < s.n && s.p[at + n] == '`')
		n++;
	return n;
}

/* Where the code span that begins at `at` ends; 0 when it is none. */
static size_t span_end(slu_str s, size_t at)
{
	size_t open = ticks(s, at);
	for (size_t i = at + open; i < s.n;) {
		size_t close = ticks(s, i);
		if (close == open)
			return i + close;
		i += close ? close : 1;
	}
	return 0;
}

/* Does Markdown act on this character, here? Underscores within words are left alone. */
static bool acts(slu_str s, size_t at)
{
	char c = s.p[at], before = at > 0 ? s.p[at - 1] : ' ', after = at + 1 < s.n ? s.p[at + 1] : ' ';
	if (c == '_')
		return !(is_alnum(before) && is_alnum(after));
	if (c == '&')
		return after == '#' || is_alnum(after);
	return c != '\0' && strchr("\\`*<>[]~|", c);
}

/* Joins letters of many scripts, or says how the sign before it looks: hides nothing there, and belongs to what was written. */
static bool joins(slu_str s, size_t at, uint32_t cp)
{
	return at > 0 && (unsigned char)s.p[at - 1] >= 0x80 && (cp == 0x200C || cp == 0x200D || (cp >= 0xFE00 && cp <= 0xFE0F));
}

/* As it is, but for what moves or hides text, which is seen, and what is no UTF-8. @return the bytes that it had */
static size_t add_char(slu_buf *b, slu_str s, size_t at)
{
	uint32_t cp = 0;
	size_t n = slu_utf8_next((slu_str){ s.p + at, s.n - at }, &cp);
	bool hides = n == 0 || (cp >= 0x80 && (slu_utf8_is_control(cp) || slu_utf8_is_bidi(cp) || (slu_utf8_is_invisible(cp) && !joins(s, at, cp))));
	if (hides)
		slu_buf_adds(b, "\xEF\xBF\xBD");
	else if ((cp < 0x20 && cp != '\t') || cp == 0x7F)
		slu_buf_addc(b, ' ');
	else
		slu_buf_add(b, s.p + at, n);
	return n ? n : 1;
}

static void add_verbatim(slu_buf *b, slu_str s)
{
	for (size_t at = 0; at < s.n;)
		at += add_char(b, s, at);
}

/* One line of somebody's text, so that it reads as it was written. */
static void add_inline(slu_buf *b, slu_str s)
{
	for (size_t at = 0; at < s.n;) {
		size_t run = ticks(s, at);
		size_t end = run ? span_end(s, at) : 0; /* a length that has no end is not met again: hardly more than linear */
		if (end) {
			add_verbatim(b, (slu_str){ s.p + at, end - at });
			at = end;
			continue;
		}
		for (size_t k = 0; k < (run ? run : 1); k++) {
			if (acts(s, at))
				slu_buf_addc(b, '\\');
			at += add_char(b, s, at);
		}
	}
}

/* The same at the start of an item, where a list, a heading or a quotation could begin. */
static void add_item_text(slu_buf *b, slu_str s)
{
	size_t digits = 0;
	while (s.n && ((unsigned char)s.p[0] <= ' ' || s.p[0] == 0x7F)) /* would be blanks, and blanks there are none */
		s = (slu_str){ s.p + 1, s.n - 1 };
	while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9')
		digits++;
	if (s.n > 0 && strchr("#-+=", s.p[0]) && s.p[0] != '\0') {
		slu_buf_addc(b, '\\');
		slu_buf_addc(b, s.p[0]);
		add_inline(b, (slu_str){ s.p + 1, s.n - 1 });
	} else if (digits > 0 && digits < s.n && (s.p[digits] == '.' || s.p[digits] == ')')) {
		slu_buf_add(b, s.p, digits);
		slu_buf_addc(b, '\\');
		slu_buf_addc(b, s.p[digits]);
		add_inline(b, (slu_str){ s.p + digits + 1, s.n - digits - 1 });
	} else {
		add_inline(b, s);
	}
}

/* Text of several lines inside an item: indented, code blocks as they are, and closed if they are not. */
static void add_note(slu_buf *b, slu_str note)
{
	slu_str rest = note, line;
	bool first = true, fence = false;
	while (slu_str_split(&rest, '\n', &line)) {
		slu_str text = slu_str_trim(line);
		if (!first)
			slu_buf_adds(b, text.n ? "\n  " : "\n");
		if (slu_str_starts(text, "```")) {
			fence = !fence;
			slu_buf_adds(b, "```"); /* what stands behind it is of no use here */
		} else if (fence) {
			if (line.n && line.p[line.n - 1] == '\r')
				line.n--;
			add_verbatim(b, line);
		} else if (first) {
			add_item_text(b, text);
		} else {
			add_inline(b, text);
		}
		first = false;
	}
	if (fence)
		slu_buf_adds(b, "\n  ```");
}

/* Addresses come from settings; one that would end its link early is left out. */
static bool usable_url(slu_str url)
{
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] <= ' ' || strchr("()<>\\", url.p[i]))
			return false;
	return url.n > 0;
}

/* Is it there, and not only as the start of a longer one? */
static bool names(slu_str text, slu_str reference)
{
	for (size_t i = 0; i + reference.n <= text.n; i++)
		if (slu_str_eq((slu_str){ text.p + i, reference.n }, reference) && (i + reference.n == text.n || !is_alnum(text.p[i + reference.n])))
			return true;
	return false;
}

static void add_commit(slu_buf *b, const struct ver_changelog *c, slu_str oid)
{
	slu_str shown = { oid.p, oid.n < SHORT_OID ? oid.n : SHORT_OID };
	if (usable_url(c->commit_url))
		slu_buf_addf(b, "[%.*s](%.*s%.*s)", SLU_FMT(shown), SLU_FMT(c->commit_url), SLU_FMT(oid));
	else
		slu_buf_addf(b, "%.*s", SLU_FMT(shown));
}

/* A line that is being written; `item` is where it begins. */
struct writing {
	slu_buf *b;
	slu_arena *a;
	const struct ver_changelog *c;
	const struct ver_line *l;
	size_t item;
	bool note;
};

/* "#12, 1a2b3c4d": what the footers name and the line does not yet, and the commit. @return false: nothing */
static bool add_references(struct writing *w, bool issues, bool commit)
{
	ver_footers refs = { 0 };
	const char *before = "";
	size_t end = w->b->n;
	if (issues && w->l->commit)
		ver_references(&refs, w->a, w->l->commit);
	for (size_t i = 0; i < refs.n; i++) {
		if (names((slu_str){ w->b->p + w->item, end - w->item }, refs.v[i].value))
			continue;
		slu_buf_adds(w->b, before);
		add_inline(w->b, refs.v[i].value);
		before = ", ";
	}
	if (commit && w->l->entry->oid.n > 0) {
		slu_buf_adds(w->b, before);
		add_commit(w->b, w->c, w->l->entry->oid);
		before = ", ";
	}
	return before[0] != '\0';
}

static bool add_text(struct writing *w)
{
	if (w->note)
		add_note(w->b, w->l->commit->breaking_note);
	else
		add_item_text(w->b, w->l->commit ? w->l->commit->description : w->l->entry->subject);
	return true;
}

static bool add_word(slu_buf *b, slu_str s)
{
	add_inline(b, s);
	return s.n > 0;
}

/* What {name} stands for. @return false: it is empty here */
static bool add_named(struct writing *w, slu_str name)
{
	const struct ver_commit *c = w->l->commit;
	if (slu_str_is(name, "text"))
		return add_text(w);
	if (slu_str_is(name, "scope") || slu_str_is(name, "type"))
		return c && add_word(w->b, name.p[0] == 's' ? c->scope : c->type);
	return add_references(w, !slu_str_is(name, "commit"), !slu_str_is(name, "issues"));
}

/* A part without [ ] in it. @return false: a name in it is empty */
static bool add_part(struct writing *w, slu_str t)
{
	bool full = true;
	while (t.n) {
		const char *open = memchr(t.p, '{', t.n), *close = open ? memchr(open, '}', (size_t)(t.p + t.n - open)) : NULL;
		size_t plain = close ? (size_t)(open - t.p) : t.n;
		slu_buf_add(w->b, t.p, plain);
		if (!close)
			return full;
		full = add_named(w, (slu_str){ open + 1, (size_t)(close - open - 1) }) && full;
		t = (slu_str){ close + 1, t.n - plain - (size_t)(close + 1 - open) };
	}
	return full;
}

static void drop_from(slu_buf *b, size_t n)
{
	b->n = n;
	if (b->p)
		b->p[n] = '\0';
}

static void add_optional(struct writing *w, slu_str t)
{
	size_t before = w->b->n;
	/* not behind the end of a block of code, which would then be none */
	if (memchr(w->b->p + w->item, '\n', before - w->item)) {
		slu_buf_adds(w->b, "\n\n  ");
		t = slu_str_trim(t);
	}
	if (!add_part(w, t))
		drop_from(w->b, before);
}

static void add_entry(slu_buf *b, slu_arena *a, const struct ver_changelog *c, const struct ver_line *l, bool note)
{
	struct writing w = { b, a, c, l, b->n, note };
	slu_str t = c->entry.n ? c->entry : SLU_STR("[**{scope}:** ]{text}[ ({references})]");
	slu_buf_adds(b, "- ");
	while (t.n) {
		const char *open = memchr(t.p, '[', t.n), *close = open ? memchr(open, ']', (size_t)(t.p + t.n - open)) : NULL;
		size_t plain = close ? (size_t)(open - t.p) : t.n;
		(void)add_part(&w, (slu_str){ t.p, plain });
		if (close)
			add_optional(&w, (slu_str){ open + 1, (size_t)(close - open - 1) });
		plain += close ? (size_t)(close + 1 - open) : 0;
		t = (slu_str){ t.p + plain, t.n - plain };
	}
	slu_buf_addc(b, '\n');
}

char *ver_changelog_section(slu_arena *a, const struct ver_changelog *c, const struct ver_entry *e, size_t n)
{
	slu_auto_buf b;
	slu_buf_init(&b, SIZE_MAX / 4); /* a few times the messages, which are bounded */
	bool link = usable_url(c->compare_url);
	ver_groups groups;
	ver_changelog_groups(&groups, a, c, e, n);
	slu_buf_addf(&b, link ? "## [%.*s](%.*s)" : "## %.*s%.*s", SLU_FMT(c->version), link ? (int)c->compare_url.n : 0, link ? c->compare_url.p : "");
	if (c->date.n > 0)
		slu_buf_addf(&b, " - %.*s", SLU_FMT(c->date));
	slu_buf_addc(&b, '\n');
	for (size_t g = 0; g < groups.n; g++) {
		slu_buf_adds(&b, "\n### ");
		add_item_text(&b, groups.v[g].heading);
		slu_buf_adds(&b, "\n\n");
		for (size_t i = 0; i < groups.v[g].line.n; i++)
			add_entry(&b, a, c, &groups.v[g].line.v[i], groups.v[g].breaking);
	}
	if (groups.n == 0)
		slu_buf_adds(&b, "\nNo changes that users would notice.\n");
	return slu_str_dup(a, slu_buf_str(&b));
}
