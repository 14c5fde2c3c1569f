/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML to tree, from libfyaml's events. Events, not its documents: they keep every place, nest no call, and let duplicate keys
 * through, which are found here by hash (libfyaml compares each key with each: 36,000 keys take half a minute).
 */
#include "base/utf8.h"
#include "strategy/node.h"

#include <libfyaml.h>

struct frame {
	sn *node;
	bool have_key;
	slu_str key;
	struct strat_pos key_pos;
};

struct yaml {
	slu_arena *a;
	strat_issues *issues;
	slu_str text;
	const char *file;
	struct fy_parser *parser;
	struct fy_diag *diag;
	uint32_t *line_at; /* byte at which each line begins */
	size_t lines;
	struct frame frame[SLU_MAX_STRATEGY_DEPTH];
	size_t depth;
	sn *root;
	bool stop;
};

static struct strat_pos pos_of_byte(const struct yaml *y, size_t byte)
{
	size_t low = 0, high = y->lines;
	while (high - low > 1) {
		size_t mid = (low + high) / 2;
		if (y->line_at[mid] <= byte)
			low = mid;
		else
			high = mid;
	}
	return (struct strat_pos){ y->file, (uint32_t)low + 1, (uint32_t)(byte - y->line_at[low]) + 1 };
}

static void index_lines(struct yaml *y)
{
	size_t count = 1;
	for (size_t i = 0; i < y->text.n; i++)
		count += y->text.p[i] == '\n';
	y->line_at = SLU_NEW_N(y->a, uint32_t, count);
	y->lines = 1;
	for (size_t i = 0; i < y->text.n; i++)
		if (y->text.p[i] == '\n')
			y->line_at[y->lines++] = (uint32_t)i + 1;
}

/* A byte that no strategy may hold, said with its place; true: fine. */
static bool clean_text(struct yaml *y)
{
	slu_str t = y->text;
	for (size_t i = 0; i < t.n;) {
		unsigned char c = (unsigned char)t.p[i];
		uint32_t cp = 0;
		size_t n = slu_utf8_next((slu_str){ t.p + i, t.n - i }, &cp);
		if (c == '\r' && (i + 1 == t.n || t.p[i + 1] != '\n')) {
			strat_issue_add(y->issues, y->a, pos_of_byte(y, i), "A carriage return stands alone here. Lines end with LF or with CR LF.");
			return false;
		}
		if (n == 0) {
			strat_issue_add(y->issues, y->a, pos_of_byte(y, i), "The byte 0x%02x is not valid UTF-8. The file must be UTF-8 text.", c);
			return false;
		}
		if ((slu_utf8_is_control(cp) && c != '\n' && c != '\r' && c != '\t') || slu_utf8_is_bidi(cp)) {
			strat_issue_add(y->issues, y->a, pos_of_byte(y, i), "The control character U+%04X must not stand in a strategy file.", cp);
			return false;
		}
		i += n;
	}
	return true;
}

static struct strat_pos pos_of(const struct yaml *y, const struct fy_mark *m)
{
	if (m)
		return pos_of_byte(y, m->input_pos);
	const struct frame *f = y->depth ? &y->frame[y->depth - 1] : NULL;
	return f && f->have_key ? f->key_pos : (struct strat_pos){ y->file, 1, 1 };
}

static const char *indicator_hint(char c)
{
	switch (c) {
	case '@':
		return " A value that begins with \"@\" must be quoted: \"@ann\".";
	case '`':
		return " A value that begins with a backquote must be quoted.";
	case '%':
		return " A value that begins with \"%\" must be quoted.";
	case '*':
		return " A value that begins with \"*\" must be quoted: \"*.pem\".";
	case '&':
		return " A value that begins with \"&\" must be quoted.";
	case '!':
		return " A value that begins with \"!\" must be quoted.";
	case '\t':
		return " Indent with spaces; YAML allows no tabs there.";
	case '{':
		return " A pattern with braces must be quoted inside {…} or […]: \"feature/{name}\".";
	default:
		return "";
	}
}

/* What libfyaml found wrong, once, at its place. */
static void syntax_error(struct yaml *y)
{
	void *iter = NULL;
	const struct fy_diag_error *e = fy_diag_errors_iterate(y->diag, &iter);
	if (!e) {
		strat_issue_add(y->issues, y->a, (struct strat_pos){ y->file, 1, 1 }, "The text is not YAML.");
		return;
	}
	struct strat_pos pos = { y->file, e->line > 0 ? (uint32_t)e->line : 1, e->column > 0 ? (uint32_t)e->column : 1 };
	char at = '\0';
	if (pos.line <= y->lines) {
		size_t byte = y->line_at[pos.line - 1] + pos.column - 1;
		if (byte < y->text.n)
			at = y->text.p[byte];
	}
	for (uint32_t line = pos.line; line <= pos.line + 1 && line <= y->lines; line++) /* what a tab begins goes wrong on the line before */
		if (y->line_at[line - 1] < y->text.n && y->text.p[y->line_at[line - 1]] == '\t')
			at = '\t';
	slu_str msg = slu_str_trim(slu_s(e->msg));
	strat_issue_add(y->issues, y->a, pos, "This is not valid YAML: %.*s.%s", SLU_FMT(msg), indicator_hint(at));
}

static slu_str token_text(struct yaml *y, struct fy_token *t)
{
	size_t n = 0;
	const char *p = t ? fy_token_get_text(t, &n) : NULL;
	return (slu_str){ slu_strndup(y->a, p ? p : "", p ? n : 0), p ? n : 0 };
}

static void add_value(struct yaml *y, sn *node)
{
	if (y->depth == 0) {
		y->root = node;
		return;
	}
	struct frame *f = &y->frame[y->depth - 1];
	if (f->node->kind == SN_LIST) {
		sn_push(y->a, f->node, node);
		return;
	}
	f->have_key = false;
	const struct sn_entry *old = sn_find(f->node, f->key);
	if (old) {
		strat_issue_add(y->issues, y->a, f->key_pos, "The key \"%s\" stands here a second time; the first is on line %u. Keep one.", f->key.p, old->pos.line);
		f->node->bad = true;
		return;
	}
	(void)sn_put(y->a, f->node, f->key, f->key_pos, node);
}

static void add_scalar(struct yaml *y, sn *node)
{
	struct frame *f = y->depth ? &y->frame[y->depth - 1] : NULL;
	if (f && f->node->kind == SN_MAP && !f->have_key) {
		f->have_key = true;
		f->key = node->text;
		f->key_pos = node->pos;
		return;
	}
	add_value(y, node);
}

static void open_node(struct yaml *y, enum sn_kind kind, struct fy_event *event)
{
	struct strat_pos pos = pos_of(y, fy_event_start_mark(event));
	struct frame *f = y->depth ? &y->frame[y->depth - 1] : NULL;
	if (y->depth == SLU_MAX_STRATEGY_DEPTH) {
		strat_issue_add(y->issues, y->a, pos, "This is nested more than %u deep.", SLU_MAX_STRATEGY_DEPTH);
		y->stop = true;
		return;
	}
	if (f && f->node->kind == SN_MAP && !f->have_key) {
		strat_issue_add(y->issues, y->a, pos, "A key must be a word or a text, not a list or a map. A pattern with braces must be quoted: \"feature/{name}\".");
		y->stop = true;
		return;
	}
	sn *node = kind == SN_MAP ? sn_map(y->a, pos) : sn_list(y->a, pos);
	size_t byte = pos.line <= y->lines ? y->line_at[pos.line - 1] + pos.column - 1 : y->text.n;
	node->flow = byte < y->text.n && (y->text.p[byte] == '{' || y->text.p[byte] == '[');
	add_value(y, node);
	y->frame[y->depth++] = (struct frame){ .node = node };
}

/* The text of the value that libfyaml took for an alias or anchor, to show it quoted. */
static void refuse_special(struct yaml *y, struct strat_pos pos, char sign, const char *what, slu_str word)
{
	strat_issue_add(y->issues, y->a, pos, "A value that begins with \"%c\" must be quoted: \"%c%.*s\". (YAML would take it for %s, and a strategy file has none.)", sign, sign, SLU_FMT(word),
			what);
}

static void refuse_properties(struct yaml *y, struct fy_token *anchor, struct fy_token *tag)
{
	if (anchor)
		refuse_special(y, pos_of(y, fy_token_start_mark(anchor)), '&', "an anchor", token_text(y, anchor));
	if (tag) {
		slu_str t = token_text(y, tag);
		if (t.n && t.p[0] == '!')
			t = (slu_str){ t.p + 1, t.n - 1 };
		refuse_special(y, pos_of(y, fy_token_start_mark(tag)), '!', "a tag", t);
	}
}

/* The mark of an alias or anchor lies behind its sign, or on it. */
static struct strat_pos pos_of_sign(const struct yaml *y, struct fy_token *t, char sign)
{
	const struct fy_mark *m = fy_token_start_mark(t);
	struct strat_pos pos = pos_of(y, m);
	if (m && m->input_pos > 0 && y->text.p[m->input_pos - 1] == sign && pos.column > 1)
		pos.column--;
	return pos;
}

static void on_alias(struct yaml *y, struct fy_event *e)
{
	struct strat_pos pos = pos_of_sign(y, e->alias.anchor, '*');
	slu_str word = token_text(y, e->alias.anchor);
	refuse_special(y, pos, '*', "an alias", word);
	sn *node = sn_scalar(y->a, SLU_STR("*"), pos);
	node->bad = true;
	add_scalar(y, node);
}

/* Escapes in quotes can make any character. */
static bool harmless(slu_str t)
{
	while (t.n) {
		uint32_t cp = 0;
		size_t n = slu_utf8_next(t, &cp);
		if (n == 0 || (slu_utf8_is_control(cp) && cp != '\n' && cp != '\t') || slu_utf8_is_bidi(cp))
			return false;
		t = (slu_str){ t.p + n, t.n - n };
	}
	return true;
}

/* A line break in quotes: one is a blank, more are one less. Returns where the text goes on. */
static size_t fold(slu_str raw, size_t i, char *out, size_t *n)
{
	size_t breaks = 0;
	while (*n && (out[*n - 1] == ' ' || out[*n - 1] == '\t'))
		--*n;
	for (; i < raw.n && memchr(" \t\r\n", raw.p[i], 4); i++)
		breaks += raw.p[i] == '\n';
	if (breaks == 1)
		out[(*n)++] = ' ';
	for (; breaks > 1; breaks--)
		out[(*n)++] = '\n';
	return i;
}

/*
 * Text in single quotes, from the source: libfyaml (0.7.12) loses memory over one that holds many quotes.
 * It is never longer than what it is made from.
 */
static slu_str single_quoted(struct yaml *y, struct fy_token *t)
{
	const struct fy_mark *from = fy_token_start_mark(t), *to = fy_token_end_mark(t);
	if (!from || !to || to->input_pos < from->input_pos || to->input_pos > y->text.n)
		return (slu_str){ slu_strdup(y->a, ""), 0 };
	slu_str raw = { y->text.p + from->input_pos, to->input_pos - from->input_pos };
	char *out = slu_alloc(y->a, raw.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < raw.n;) {
		if (raw.p[i] == '\r' || raw.p[i] == '\n') {
			i = fold(raw, i, out, &n);
			continue;
		}
		out[n++] = raw.p[i];
		i += raw.p[i] == '\'' ? 2 : 1;
	}
	out[n] = '\0';
	return (slu_str){ out, n };
}

/* The mark of a text in quotes lies behind the quote. */
static struct strat_pos pos_of_scalar(const struct yaml *y, struct fy_event *e, bool quoted)
{
	const struct fy_mark *m = fy_event_start_mark(e);
	return m && quoted && m->input_pos > 0 ? pos_of_byte(y, m->input_pos - 1) : pos_of(y, m);
}

static void on_scalar(struct yaml *y, struct fy_event *e)
{
	refuse_properties(y, e->scalar.anchor, e->scalar.tag);
	sn *node = SLU_NEW(y->a, sn);
	node->kind = SN_SCALAR;
	enum fy_scalar_style style = e->scalar.value ? fy_token_scalar_style(e->scalar.value) : FYSS_PLAIN;
	node->plain = style == FYSS_PLAIN;
	node->pos = pos_of_scalar(y, e, style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED);
	node->text = style == FYSS_SINGLE_QUOTED ? single_quoted(y, e->scalar.value) : token_text(y, e->scalar.value);
	node->bad = e->scalar.anchor || e->scalar.tag;
	if (!harmless(node->text)) {
		strat_issue_add(y->issues, y->a, node->pos, "A text must not hold control characters, nor any that change the direction of writing.");
		node->bad = true;
		node->text = SLU_STR("?"); /* it would be shown on somebody's terminal */
	}
	add_scalar(y, node);
}

static void on_document(struct yaml *y, struct fy_event *e)
{
	if (y->root) {
		strat_issue_add(y->issues, y->a, pos_of(y, fy_event_start_mark(e)), "A strategy file has one YAML document; a second one begins here.");
		y->stop = true;
	} else if (e->document_start.document_state && (fy_document_state_version_explicit(e->document_start.document_state) || fy_document_state_tags_explicit(e->document_start.document_state))) {
		strat_issue_add(y->issues, y->a, (struct strat_pos){ y->file, 1, 1 }, "A strategy file has no YAML directives (%%YAML, %%TAG). Remove them.");
	}
}

static void on_event(struct yaml *y, struct fy_event *e)
{
	switch (e->type) {
	case FYET_DOCUMENT_START:
		on_document(y, e);
		break;
	case FYET_SCALAR:
		on_scalar(y, e);
		break;
	case FYET_ALIAS:
		on_alias(y, e);
		break;
	case FYET_MAPPING_START:
		refuse_properties(y, e->mapping_start.anchor, e->mapping_start.tag);
		open_node(y, SN_MAP, e);
		break;
	case FYET_SEQUENCE_START:
		refuse_properties(y, e->sequence_start.anchor, e->sequence_start.tag);
		open_node(y, SN_LIST, e);
		break;
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		y->depth--;
		break;
	case FYET_NONE:
	case FYET_STREAM_START:
	case FYET_STREAM_END:
	case FYET_DOCUMENT_END:
		break;
	}
}

static void no_output(struct fy_diag *diag, void *user, const char *buf, size_t len)
{
	(void)diag, (void)user, (void)buf, (void)len;
}

static void parse(struct yaml *y)
{
	const struct fy_diag_cfg diag_cfg = { .output_fn = no_output, .level = FYET_ERROR, .module_mask = ~0u };
	y->diag = fy_diag_create(&diag_cfg);
	const struct fy_parse_cfg cfg = { .flags = FYPCF_ALLOW_DUPLICATE_KEYS | FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE, .diag = y->diag };
	if (y->diag)
		fy_diag_set_collect_errors(y->diag, true);
	y->parser = y->diag ? fy_parser_create(&cfg) : NULL;
	if (!y->parser || fy_parser_set_string(y->parser, y->text.p, y->text.n) != 0) {
		strat_issue_add(y->issues, y->a, (struct strat_pos){ y->file, 1, 1 }, "The YAML library could not be started.");
	} else {
		for (struct fy_event *e; !y->stop && (e = fy_parser_parse(y->parser));) {
			on_event(y, e);
			fy_parser_event_free(y->parser, e);
		}
		if (!y->stop && fy_parser_get_stream_error(y->parser)) {
			syntax_error(y);
			y->stop = true;
		}
	}
	if (y->parser)
		fy_parser_destroy(y->parser);
	if (y->diag)
		fy_diag_destroy(y->diag);
}

sn *strat_yaml_read(strat_issues *issues, slu_arena *a, slu_str text, const char *file)
{
	struct strat_pos start = { file, 1, 1 };
	if (text.n > SLU_MAX_STRATEGY_BYTES) {
		strat_issue_add(issues, a, start, "A strategy file has at most %u KiB; this one has %zu.", SLU_MAX_STRATEGY_BYTES / 1024, (text.n + 1023) / 1024);
		return NULL;
	}
	if (text.n >= 2 && (memcmp(text.p, "\xff\xfe", 2) == 0 || memcmp(text.p, "\xfe\xff", 2) == 0)) {
		strat_issue_add(issues, a, start, "The file is UTF-16. Save it as UTF-8.");
		return NULL;
	}
	if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
		text = (slu_str){ text.p + 3, text.n - 3 };
	struct yaml y = { .a = a, .issues = issues, .text = text, .file = file };
	index_lines(&y);
	if (!clean_text(&y))
		return NULL;
	if (slu_str_trim(text).n == 0) {
		strat_issue_add(issues, a, start, "The file is empty. It needs at least \"strategy: 1\" and \"branches:\".");
		return NULL;
	}
	parse(&y);
	return y.stop ? NULL : y.root;
}
