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

/*
 * A footer begins with a word and ": " or " #". Only BREAKING CHANGE, in capitals, has a blank in its word, and no " #".
 * Returns the length of the word, 0 when the line begins no footer.
 */
static size_t footer_token(slu_str line)
{
	size_t n = 0;
	if (line.n > BREAKING_TOKEN_BYTES && is_breaking_token((slu_str){ line.p, BREAKING_TOKEN_BYTES })) {
		bool colon = line.p[BREAKING_TOKEN_BYTES] == ':' && (line.n == BREAKING_TOKEN_BYTES + 1 || line.p[BREAKING_TOKEN_BYTES + 1] == ' ');
		return colon ? BREAKING_TOKEN_BYTES : 0;
	}
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
	c->breaking = at < h.n && h.p[at] == '!';
	at += c->breaking;
	if (at == h.n || h.p[at] != ':')
		return bad(err, 1, at, "after the type (and a scope in parentheses, and \"!\" if it breaks something) comes a colon, as in \"fix: what it does\".");
	return read_description(c, at + 1, err);
}

/*
 * Where the footers begin: at the first line that says BREAKING CHANGE, so that it is never overlooked; else at the first of the
 * last paragraphs that all begin with a footer. The end of the message when there are none.
 */
static size_t find_footers(slu_str message, size_t from)
{
	size_t found = message.n;
	bool paragraph = true;
	for (size_t at = from, next; at < message.n; at = next) {
		slu_str line = line_at(message, at, &next);
		size_t token = footer_token(line);
		if (token && is_breaking_token((slu_str){ line.p, token }))
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

static void read_footers(struct ver_commit *c, slu_arena *a, slu_str text)
{
	struct ver_footer *last = NULL;
	for (size_t at = 0, next; at < text.n; at = next) {
		slu_str line = line_at(text, at, &next);
		size_t token = footer_token(line);
		if (token) {
			last = SLU_ADD(a, &c->footers);
			last->token = (slu_str){ line.p, token };
			last->value = (slu_str){ line.p + token + 1, 0 };
		}
		if (last) /* up to here, whatever is in between */
			last->value.n = (size_t)(line.p + line.n - last->value.p);
	}
	for (size_t i = 0; i < c->footers.n; i++) {
		struct ver_footer *f = &c->footers.v[i];
		f->value = slu_str_trim(f->value);
		if (!is_breaking_token(f->token))
			continue;
		c->breaking = true;
		if (c->breaking_note.n == 0)
			c->breaking_note = f->value;
	}
}

slu_rc ver_commit_parse(struct ver_commit *out, slu_arena *a, slu_str message, slu_err *err)
{
	struct ver_commit c = { .breaking = false };
	size_t next, at;
	if (message.n > SLU_MAX_MESSAGE_BYTES)
		return slu_fail(err, SLU_E_LIMIT, "The message has %zu bytes; at most %u are read.", message.n, SLU_MAX_MESSAGE_BYTES);
	c.header = line_at(message, 0, &next);
	SLU_TRY(read_header(&c, err));
	slu_str second = line_at(message, next, &at);
	if (!is_blank(second))
		return bad(err, 2, 0, "its second line is not empty; a blank line separates the first line from the rest.");
	size_t footers = find_footers(message, next);
	c.body = slu_str_trim((slu_str){ message.p + next, footers - next });
	read_footers(&c, a, (slu_str){ message.p + footers, message.n - footers });
	if (c.breaking && c.breaking_note.n == 0)
		c.breaking_note = c.description;
	*out = c;
	return SLU_OK;
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
