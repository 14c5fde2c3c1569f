/* SPDX-License-Identifier: Apache-2.0 */
/* JSON text in, the one canonical text of the same value out (RFC 8785, integers only). */
#include "audit/leaf.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <stdlib.h>

#define LARGEST_EXACT ((UINT64_C(1) << 53) - 1)

struct member;
struct value {
	char kind;    /* '{' '[' '"', or 'l' for a number, true, false, null */
	slu_str text; /* of a string: decoded; of 'l': as it stands */
	SLU_LIST(struct member) members;
};
struct member {
	slu_str key; /* decoded; empty in an array */
	struct value value;
};

struct reader {
	slu_arena *arena;
	slu_str all;
	size_t at;
	slu_err *err;
};

static slu_rc bad_at(const struct reader *r, size_t at, const char *what)
{
	uint32_t line = 1, column = 1;
	for (size_t i = 0; i < at && i < r->all.n; i++, column++)
		if (r->all.p[i] == '\n') {
			line++;
			column = 0;
		}
	return slu_fail_at(r->err, SLU_E_INVALID, NULL, line, column, "The data of the event are not usable JSON: %s", what);
}

static int peek(const struct reader *r)
{
	return r->at < r->all.n ? (unsigned char)r->all.p[r->at] : -1;
}

static void skip_space(struct reader *r)
{
	while (peek(r) == ' ' || peek(r) == '\t' || peek(r) == '\n' || peek(r) == '\r')
		r->at++;
}

/* Four hex digits after "\u". */
static bool read_unit(struct reader *r, uint32_t *unit)
{
	uint32_t v = 0;
	if (r->all.n - r->at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		unsigned c = (unsigned char)r->all.p[r->at + (size_t)i], digit = c - '0';
		if (digit > 9)
			digit = (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : 16;
		if (digit > 15)
			return false;
		v = v << 4 | digit;
	}
	r->at += 4;
	*unit = v;
	return true;
}

static size_t encode(char *to, uint32_t cp)
{
	static const unsigned char marks[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
	size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--, cp >>= 6)
		to[i] = (char)(0x80 | (cp & 0x3F));
	to[0] = (char)(marks[n] | cp);
	return n;
}

/* r->at stands behind the backslash. Writes at most 4 bytes, which is less than what was read. */
static slu_rc read_escape(struct reader *r, char **to)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	size_t from = r->at - 1;
	int c = peek(r);
	const char *known = c > 0 ? strchr(letters, c) : NULL;
	uint32_t unit, low;
	r->at++;
	if (known) {
		*(*to)++ = meant[known - letters];
		return SLU_OK;
	}
	if (c != 'u' || !read_unit(r, &unit))
		return bad_at(r, from, "an escape that JSON does not have.");
	if (unit >= 0xD800 && unit < 0xDC00) {
		if (peek(r) != '\\' || r->at + 1 >= r->all.n || r->all.p[r->at + 1] != 'u')
			return bad_at(r, from, "half of a surrogate pair.");
		r->at += 2;
		if (!read_unit(r, &low) || low < 0xDC00 || low > 0xDFFF)
			return bad_at(r, from, "half of a surrogate pair.");
		unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
	} else if (unit >= 0xDC00 && unit < 0xE000) {
		return bad_at(r, from, "half of a surrogate pair.");
	}
	*to += encode(*to, unit);
	return SLU_OK;
}

static slu_rc read_string(struct reader *r, slu_str *out)
{
	size_t from = r->at++, end = r->at;
	while (end < r->all.n && r->all.p[end] != '"')
		end += r->all.p[end] == '\\' ? 2 : 1;
	if (end >= r->all.n)
		return bad_at(r, from, "a string without its end.");
	char *text = slu_alloc(r->arena, end - r->at + 1), *to = text;
	while (r->at < end) {
		unsigned char c = (unsigned char)r->all.p[r->at];
		if (c == '\\') {
			r->at++;
			SLU_TRY(read_escape(r, &to));
			continue;
		}
		size_t len = slu_utf8_next((slu_str){ r->all.p + r->at, end - r->at }, NULL);
		if (len == 0 || c < 0x20)
			return bad_at(r, r->at, len ? "a control character that is not escaped." : "a string that is not UTF-8.");
		memcpy(to, r->all.p + r->at, len);
		to += len;
		r->at += len;
	}
	r->at = end + 1;
	*out = (slu_str){ text, (size_t)(to - text) };
	return SLU_OK;
}

static slu_rc read_number(struct reader *r, slu_str *out)
{
	size_t from = r->at;
	r->at += peek(r) == '-';
	size_t digits = r->at;
	while (peek(r) >= '0' && peek(r) <= '9')
		r->at++;
	slu_str number = { r->all.p + digits, r->at - digits };
	uint64_t v;
	if (number.n == 0 || (number.n > 1 && number.p[0] == '0') || (digits > from && number.p[0] == '0'))
		return bad_at(r, from, "a value, or a number that JSON or its canonical form does not have.");
	if (peek(r) == '.' || peek(r) == 'e' || peek(r) == 'E')
		return bad_at(r, from, "only whole numbers have one canonical form: use a smaller unit, or a string.");
	if (slu_parse_u64(&v, number, NULL) != SLU_OK || v > LARGEST_EXACT)
		return bad_at(r, from, "a number beyond 9007199254740991: use a string.");
	*out = (slu_str){ r->all.p + from, r->at - from };
	return SLU_OK;
}

static slu_rc read_word(struct reader *r, slu_str *out)
{
	static const char *const words[] = { "true", "false", "null" };
	slu_str rest = { r->all.p + r->at, r->all.n - r->at };
	for (size_t i = 0; i < 3; i++)
		if (slu_str_starts(rest, words[i])) {
			*out = slu_s(words[i]);
			r->at += out->n;
			return SLU_OK;
		}
	return read_number(r, out);
}

static slu_rc read_value(struct reader *r, struct value *v, unsigned depth);

/* Objects and arrays: what stands between the brackets. */
static slu_rc read_members(struct reader *r, struct value *v, unsigned depth)
{
	char close = v->kind == '{' ? '}' : ']';
	if (depth == SLU_MAX_JSON_DEPTH)
		return bad_at(r, r->at, "nested deeper than 32 levels.");
	r->at++;
	skip_space(r);
	if (peek(r) == close) {
		r->at++;
		return SLU_OK;
	}
	for (;;) {
		struct member m = { .key = { NULL, 0 } };
		skip_space(r);
		if (v->kind == '{') {
			if (peek(r) != '"')
				return bad_at(r, r->at, "a key in double quotes is expected.");
			SLU_TRY(read_string(r, &m.key));
			skip_space(r);
			if (peek(r) != ':')
				return bad_at(r, r->at, "a colon is expected.");
			r->at++;
		}
		SLU_TRY(read_value(r, &m.value, depth + 1));
		*SLU_ADD(r->arena, &v->members) = m;
		skip_space(r);
		int c = peek(r);
		if (c != ',' && c != close)
			return bad_at(r, r->at, "a comma or a closing bracket is expected.");
		r->at++;
		if (c == close)
			return SLU_OK;
	}
}

/* UTF-16 puts code points from U+10000 (as surrogates) before U+E000..U+FFFF; otherwise the order is that of UTF-8's bytes. */
static int cmp_utf16(slu_str a, slu_str b)
{
	size_t n = a.n < b.n ? a.n : b.n, i = 0;
	while (i < n && a.p[i] == b.p[i])
		i++;
	if (i == n)
		return (a.n > b.n) - (a.n < b.n);
	unsigned x = (unsigned char)a.p[i], y = (unsigned char)b.p[i];
	if (x >= 0xEE && y >= 0xEE && (x >= 0xF0) != (y >= 0xF0)) /* lead bytes: those of U+E000.. against those of U+10000.. */
		return x >= 0xF0 ? -1 : 1;
	return x < y ? -1 : 1;
}

static int cmp_members(const void *a, const void *b)
{
	return cmp_utf16(((const struct member *)a)->key, ((const struct member *)b)->key);
}

static slu_rc read_value(struct reader *r, struct value *v, unsigned depth)
{
	skip_space(r);
	size_t from = r->at;
	int c = peek(r);
	v->kind = c == '{' || c == '[' || c == '"' ? (char)c : 'l';
	if (c == '"')
		return read_string(r, &v->text);
	if (v->kind == 'l')
		return read_word(r, &v->text);
	SLU_TRY(read_members(r, v, depth));
	if (c == '[' || v->members.n < 2)
		return SLU_OK;
	qsort(v->members.v, v->members.n, sizeof *v->members.v, cmp_members);
	for (size_t i = 1; i < v->members.n; i++)
		if (slu_str_eq(v->members.v[i - 1].key, v->members.v[i].key))
			return bad_at(r, from, "an object that has a key twice.");
	return SLU_OK;
}

static void write_value(slu_buf *out, const struct value *v)
{
	slu_json j = slu_json_to(out);
	if (v->kind == 'l') {
		slu_buf_addstr(out, v->text);
	} else if (v->kind == '"') {
		slu_json_str(&j, v->text);
	} else {
		slu_buf_addc(out, v->kind);
		for (size_t i = 0; i < v->members.n; i++) {
			const struct member *m = &v->members.v[i];
			if (i > 0)
				slu_buf_addc(out, ',');
			if (v->kind == '{') {
				slu_json key = slu_json_to(out);
				slu_json_str(&key, m->key);
				slu_buf_addc(out, ':');
			}
			write_value(out, &m->value);
		}
		slu_buf_addc(out, v->kind == '{' ? '}' : ']');
	}
}

slu_rc aud_canonical(slu_buf *out, slu_str json, slu_err *err)
{
	slu_auto_arena *arena = slu_arena_new();
	struct reader r = { arena, json, 0, err };
	struct value v = { 0 };
	if (json.n > AUD_LEAF_MAX)
		return slu_fail(err, SLU_E_LIMIT, "The data of the event have %zu bytes; at most %d can be recorded.", json.n, AUD_LEAF_MAX);
	SLU_TRY(read_value(&r, &v, 0));
	skip_space(&r);
	if (r.at < json.n)
		return bad_at(&r, r.at, "something follows the value.");
	size_t before = out->n;
	if (out->over)
		return slu_fail(err, SLU_E_LIMIT, "The line of the event is too long already.");
	write_value(out, &v);
	if (out->over) {
		out->over = false;
		out->p[out->n = before] = '\0';
		return slu_fail(err, SLU_E_LIMIT, "The data of the event do not fit into what is left of the line.");
	}
	return SLU_OK;
}
