/* SPDX-License-Identifier: Apache-2.0 */
#include "version/commit.h"

#include "base/limits.h"

static const char breaking_tokens[2][16] = { "BREAKING CHANGE", "BREAKING-CHANGE" };
enum { BREAKING_TOKEN_BYTES = 15 };

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

static bool is_blank(slu_str line)
{
	return slu_str_trim(line).n == 0;
}

/* The line that begins at `at`, without its end; *next is where the one after it begins. */
static slu_str line_at(slu_str text, size_t at, size_t *next)
{
	const char *end = at < text.n ? memchr(text.p + at, '\n', text.n - at) : NULL;
	size_t stop = end ? (size_t)(end - text.p) : text.n;
	*next = end ? stop + 1 : text.n;
	if (stop > at && text.p[stop - 1] == '\r')
		stop--;
	return (slu_str){ text.p + at, stop - at };
}

static slu_rc bad(slu_err *err, uint32_t line, size_t at, const char *why)
{
	return slu_fail_at(err, SLU_E_SYNTAX, NULL, line, (uint32_t)at + 1, "The message is not a conventional commit: %s", why);
}

static bool is_breaking_token(slu_str s)
{
	return slu_str_is(s, breaking_tokens[0]) || slu_str_is(s, breaking_tokens[1]);
}

/* BREAKING CHANGE, in capitals: the one token with a blank in it, and no " #". */
static size_t breaking_token(slu_str line, const struct ver_commit_form *form)
{
	if (line.n <= BREAKING_TOKEN_BYTES || !is_breaking_token((slu_str){ line.p, BREAKING_TOKEN_BYTES }) || line.p[BREAKING_TOKEN_BYTES] != ':')
		return 0;
	slu_str value = { line.p + BREAKING_TOKEN_BYTES + 1, line.n - BREAKING_TOKEN_BYTES - 1 };
	bool counts = is_blank(value) ? form->breaking == VER_BREAKING_LENIENT : value.p[0] == ' ';
	return counts ? BREAKING_TOKEN_BYTES : 0;
}

/* A footer begins with a word and ": " or " #". Returns the length of the word, 0 when the line begins no footer. */
static size_t footer_token(slu_str line, const struct ver_commit_form *form)
{
	size_t n = 0;
	if (line.n >= BREAKING_TOKEN_BYTES && is_breaking_token((slu_str){ line.p, BREAKING_TOKEN_BYTES }))
		return breaking_token(line, form);
	while (n < line.n && is_word_char(line.p[n]))
		n++;
	if (n == 0 || line.p[0] == '-' || n + 2 > line.n)
		return 0;
	bool separated = (line.p[n] == ':' && line.p[n + 1] == ' ') || (line.p[n] == ' ' && line.p[n + 1] == '#');
	return separated ? n : 0;
}

/* "(scope)", from the parenthesis on. */
static slu_rc read_scope(struct ver_commit *c, size_t *at, slu_err *err)
{
	slu_str h = c->header;
	size_t from = *at + 1, end = from;
	while (end < h.n && h.p[end] != ')' && h.p[end] != '(')
		end++;
	if (end == h.n || h.p[end] == '(')
		return bad(err, 1, end, "the parenthesis around the scope is not closed; write \"type(scope): what it does\".");
	c->scope = (slu_str){ h.p + from, end - from };
	if (slu_str_trim(c->scope).n != c->scope.n || c->scope.n == 0)
		return bad(err, 1, from, "the scope is empty or has blanks at an end; write \"type(scope): what it does\", or leave the parentheses out.");
	*at = end + 1;
	return SLU_OK;
}

/* What stands behind the colon. */
static slu_rc read_description(struct ver_commit *c, size_t at, slu_err *err)
{
	slu_str rest = { c->header.p + at, c->header.n - at };
	if (is_blank(rest) || rest.p[0] != ' ')
		return bad(err, 1, at, "after the colon come one blank and a description, as in \"fix: what it does\".");
	if (rest.p[1] == ' ' || rest.p[1] == '\t')
		return bad(err, 1, at + 1, "only one blank stands between the colon and the description.");
	c->description = slu_str_trim(rest);
	c->colon = (slu_str){ rest.p - 1, (size_t)(c->description.p - rest.p) + 1 };
	return SLU_OK;
}

/* type, scope, "!" and description. */
static slu_rc read_header(struct ver_commit *c, slu_err *err)
{
	slu_str h = c->header;
	size_t at = 0;
	while (at < h.n && (is_word_char(h.p[at]) || h.p[at] == '_'))
		at++;
	if (is_blank(h))
		return bad(err, 1, 0, "its first line is empty; write \"type: what it does\".");
	if (at == 0)
		return bad(err, 1, 0, "it begins with a type such as \"feat\" or \"fix\".");
	c->type = (slu_str){ h.p, at };
	if (at < h.n && h.p[at] == '(')
		SLU_TRY(read_scope(c, &at, err));
	c->exclaimed = at < h.n && h.p[at] == '!';
	at += c->exclaimed;
	if (at == h.n || h.p[at] != ':')
		return bad(err, 1, at, "after the type (and a scope in parentheses, and \"!\" if it breaks something) comes a colon, as in \"fix: what it does\".");
	return read_description(c, at + 1, err);
}

/*
 * Where the footers begin: at the first paragraph that begins with BREAKING CHANGE, so that it is never overlooked; else at the first
 * of the last paragraphs that all begin with a footer. The end of the message when there are none.
 */
static size_t find_footers(slu_str message, size_t from, const struct ver_commit_form *form)
{
	size_t found = message.n;
	bool paragraph = false; /* a blank line comes first */
	for (size_t at = from, next; at < message.n; at = next) {
		slu_str line = line_at(message, at, &next);
		size_t token = footer_token(line, form);
		bool among = paragraph || found < message.n;
		if (token && among && is_breaking_token((slu_str){ line.p, token }))
			return found < message.n ? found : at;
		bool blank = is_blank(line);
		if (paragraph && !blank) {
			if (!token)
				found = message.n;
			else if (found == message.n)
				found = at;
		}
		paragraph = blank;
	}
	return found;
}

/* What lies between the parts of each footer, so that nothing of the text is lost. */
static void fill_gaps(ver_footers *f, slu_str text)
{
	for (size_t i = 0; i < f->n; i++) {
		struct ver_footer *it = &f->v[i];
		const char *token_end = it->token.p + it->token.n, *value_end = it->value.p + it->value.n;
		const char *next = i + 1 < f->n ? f->v[i + 1].token.p : text.p + text.n;
		it->separator = (slu_str){ token_end, (size_t)(it->value.p - token_end) };
		it->after = (slu_str){ value_end, (size_t)(next - value_end) };
	}
}

static void read_footers(ver_footers *out, slu_arena *a, slu_str text, const struct ver_commit_form *form)
{
	struct ver_footer *last = NULL;
	for (size_t at = 0, next; at < text.n; at = next) {
		slu_str line = line_at(text, at, &next);
		size_t token = footer_token(line, form);
		if (token) {
			last = SLU_ADD(a, out);
			last->token = (slu_str){ line.p, token };
			last->value = (slu_str){ line.p + token + 1, 0 };
		}
		if (last) /* up to here, whatever is in between */
			last->value.n = (size_t)(line.p + line.n - last->value.p);
	}
	for (size_t i = 0; i < out->n; i++)
		out->v[i].value = slu_str_trim(out->v[i].value);
}

/* By "!" or by a footer; the first footer that says something is the note. */
static void find_breaking(struct ver_commit *c)
{
	c->breaking = c->exclaimed;
	for (size_t i = 0; i < c->footers.n; i++) {
		if (!is_breaking_token(c->footers.v[i].token))
			continue;
		c->breaking = true;
		if (c->breaking_note.n == 0)
			c->breaking_note = c->footers.v[i].value;
	}
	if (c->breaking && c->breaking_note.n == 0)
		c->breaking_note = c->description;
}

/* Body and footers: all that stands behind `from`. */
static void read_rest(struct ver_commit *c, slu_arena *a, slu_str message, size_t from, const struct ver_commit_form *form)
{
	size_t footers = find_footers(message, from, form);
	read_footers(&c->footers, a, (slu_str){ message.p + footers, message.n - footers }, form);
	find_breaking(c);
	if (form->footers == VER_FOOTERS_GIT) {
		c->footers = (ver_footers){ 0 };
		ver_trailers(&c->footers, a, message);
		footers = c->footers.n ? (size_t)(c->footers.v[0].token.p - message.p) : message.n;
		if (footers < from) { /* blank lines come first, and Git takes the description for a trailer */
			c->footers = (ver_footers){ 0 };
			footers = message.n;
		}
	}
	fill_gaps(&c->footers, message);
	const char *title_end = c->description.p + c->description.n, *footers_at = message.p + footers;
	c->body = from < footers ? slu_str_trim((slu_str){ message.p + from, footers - from }) : (slu_str){ NULL, 0 };
	c->gap = (slu_str){ title_end, (size_t)((c->body.n ? c->body.p : footers_at) - title_end) };
	c->after_body = c->body.n ? (slu_str){ c->body.p + c->body.n, (size_t)(footers_at - (c->body.p + c->body.n)) } : (slu_str){ NULL, 0 };
}

/* The first line, and that a blank one follows; *next is where that begins. */
static slu_rc read_title(struct ver_commit *c, slu_str message, size_t *next, slu_err *err)
{
	size_t after;
	c->header = line_at(message, 0, next);
	SLU_TRY(read_header(c, err));
	if (!is_blank(line_at(message, *next, &after)))
		return bad(err, 2, 0, "its second line is not empty; a blank line separates the first line from the rest.");
	c->conventional = true;
	return SLU_OK;
}

/* The first line with text is the description; of no text at all, nothing is. */
static void take_any_title(struct ver_commit *c, slu_str message, size_t *next)
{
	*c = (struct ver_commit){ .conventional = false };
	for (size_t at = 0; at < message.n && c->description.n == 0; at = *next) {
		c->header = line_at(message, at, next);
		c->description = slu_str_trim(c->header);
	}
	if (c->description.n == 0)
		c->description = (slu_str){ message.p ? message.p + message.n : "", 0 };
	c->colon = (slu_str){ message.p, message.p ? (size_t)(c->description.p - message.p) : 0 };
}

/* *next: where what follows the title begins */
static slu_rc take_title(struct ver_commit *c, slu_str message, size_t *next, slu_err *err)
{
	*c = (struct ver_commit){ .breaking = false };
	slu_rc rc = read_title(c, message, next, err);
	if (rc != SLU_OK)
		take_any_title(c, message, next);
	return rc;
}

slu_rc ver_commit_title(struct ver_commit *out, slu_str message, slu_err *err)
{
	size_t next = 0;
	return take_title(out, message.p ? message : SLU_STR(""), &next, err);
}

slu_rc ver_commit_read(struct ver_commit *out, slu_arena *a, slu_str message, const struct ver_commit_form *form, slu_err *err)
{
	struct ver_commit c;
	size_t next = 0;
	if (!message.p)
		message = SLU_STR("");
	slu_rc rc = take_title(&c, message, &next, err);
	read_rest(&c, a, message, next, form);
	*out = c;
	return rc;
}

slu_rc ver_commit_parse(struct ver_commit *out, slu_arena *a, slu_str message, slu_err *err)
{
	static const struct ver_commit_form form = { 0 };
	struct ver_commit c;
	if (message.n > SLU_MAX_MESSAGE_BYTES)
		return slu_fail(err, SLU_E_LIMIT, "The message has %zu bytes; at most %u are read.", message.n, SLU_MAX_MESSAGE_BYTES);
	SLU_TRY(ver_commit_read(&c, a, message, &form, err));
	*out = c;
	return SLU_OK;
}

void ver_commit_print(slu_buf *out, const struct ver_commit *c)
{
	slu_buf_addstr(out, c->type);
	if (c->scope.n) {
		slu_buf_addc(out, '(');
		slu_buf_addstr(out, c->scope);
		slu_buf_addc(out, ')');
	}
	if (c->exclaimed)
		slu_buf_addc(out, '!');
	const slu_str parts[] = { c->colon, c->description, c->gap, c->body, c->after_body };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		slu_buf_addstr(out, parts[i]);
	for (size_t i = 0; i < c->footers.n; i++) {
		const struct ver_footer *f = &c->footers.v[i];
		slu_buf_addstr(out, f->token);
		slu_buf_addstr(out, f->separator);
		slu_buf_addstr(out, f->value);
		slu_buf_addstr(out, f->after);
	}
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_word(slu_str a, const char *b)
{
	slu_str other = slu_s(b);
	if (a.n != other.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(other.p[i]))
			return false;
	return true;
}

bool ver_type_is(const struct ver_commit *c, const char *type)
{
	return same_word(c->type, type);
}

bool ver_commit_part(enum ver_part *out, const struct ver_commit *c)
{
	static const struct {
		const char *type;
		enum ver_part part;
	} parts[] = { { "feat", VER_MINOR }, { "fix", VER_PATCH }, { "perf", VER_PATCH }, { "revert", VER_PATCH } };
	if (c->breaking) {
		*out = VER_MAJOR;
		return true;
	}
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (ver_type_is(c, parts[i].type)) {
			*out = parts[i].part;
			return true;
		}
	return false;
}

const struct ver_footer *ver_footer_find(const ver_footers *f, const char *token)
{
	for (size_t i = 0; i < f->n; i++)
		if (same_word(f->v[i].token, token))
			return &f->v[i];
	return NULL;
}
