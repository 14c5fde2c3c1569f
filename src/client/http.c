/* SPDX-License-Identifier: Apache-2.0 */
#include "client/http.h"

#include <strings.h>

size_t http_head_end(slu_str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '\n')
			continue;
		if (i + 1 < text.n && text.p[i + 1] == '\n')
			return i + 2;
		if (i + 2 < text.n && text.p[i + 1] == '\r' && text.p[i + 2] == '\n')
			return i + 3;
	}
	return 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static slu_rc parse_status(struct http_head *h, slu_str line, slu_err *err)
{
	bool shape = line.n >= 12 && memcmp(line.p, "HTTP/1.", 7) == 0 && (line.p[7] == '0' || line.p[7] == '1') && line.p[8] == ' ' &&
		     line.p[9] >= '1' && is_digit(line.p[9]) && is_digit(line.p[10]) && is_digit(line.p[11]) && (line.n == 12 || line.p[12] == ' ');
	if (!shape)
		return slu_fail(err, SLU_E_SYNTAX, "What answered does not speak HTTP/1.1: is the address that of a sluice server?");
	h->status = (unsigned)(line.p[9] - '0') * 100 + (unsigned)(line.p[10] - '0') * 10 + (unsigned)(line.p[11] - '0');
	h->keep = line.p[7] == '1';
	return SLU_OK;
}

static bool name_is(slu_str name, const char *want)
{
	return name.n == strlen(want) && strncasecmp(name.p, want, name.n) == 0;
}

static slu_rc parse_length(struct http_head *h, slu_str value, slu_err *err)
{
	uint64_t n;
	if (slu_parse_u64(&n, value, NULL) != SLU_OK || (h->has_length && h->length != n))
		return slu_fail(err, SLU_E_SYNTAX, "The answer's Content-Length is no number, or there are two that differ.");
	h->has_length = true;
	h->length = n;
	return SLU_OK;
}

static slu_rc parse_header(struct http_head *h, slu_str name, slu_str value, slu_err *err)
{
	const struct { const char *name; slu_str *to; } text[] = {
		{ "Content-Type", &h->type }, { "Location", &h->location }, { "Link", &h->link }, { "ETag", &h->etag },
	};
	for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
		if (name_is(name, text[i].name))
			*text[i].to = value;
	if (name_is(name, "Content-Length"))
		return parse_length(h, value, err);
	if (name_is(name, "Transfer-Encoding")) {
		if (!name_is(value, "chunked"))
			return slu_fail(err, SLU_E_SYNTAX, "The answer has a transfer encoding other than chunked.");
		h->chunked = true;
	} else if (name_is(name, "Connection")) {
		if (name_is(value, "close"))
			h->keep = false;
		else if (name_is(value, "keep-alive"))
			h->keep = true;
	}
	return SLU_OK;
}

slu_rc http_head_parse(struct http_head *out, slu_str head, slu_err *err)
{
	struct http_head h = { 0 };
	slu_str line;
	size_t lines = 0;
	while (slu_str_split(&head, '\n', &line)) {
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (lines++ == 0) {
			SLU_TRY(parse_status(&h, line, err));
			continue;
		}
		if (line.n == 0)
			break;
		if (lines > HTTP_MAX_HEADERS)
			return slu_fail(err, SLU_E_LIMIT, "The answer has more than %d headers.", HTTP_MAX_HEADERS);
		const char *colon = memchr(line.p, ':', line.n);
		if (!colon || colon == line.p || line.p[0] == ' ' || line.p[0] == '\t')
			return slu_fail(err, SLU_E_SYNTAX, "Line %zu of the answer's head is no header.", lines);
		size_t n = (size_t)(colon - line.p);
		SLU_TRY(parse_header(&h, (slu_str){ line.p, n }, slu_str_trim((slu_str){ colon + 1, line.n - n - 1 }), err));
	}
	if (lines == 0)
		return slu_fail(err, SLU_E_SYNTAX, "The answer has no head.");
	*out = h;
	return SLU_OK;
}

void http_body_init(struct http_body *b, const struct http_head *h, bool no_body)
{
	*b = (struct http_body){ .state = HTTP_BODY_TO_END };
	if (no_body || h->status == 204 || h->status == 304 || h->status < 200)
		b->state = HTTP_BODY_DONE;
	else if (h->chunked)
		b->state = HTTP_BODY_SIZE_LINE;
	else if (h->has_length) {
		b->left = h->length;
		b->state = h->length ? HTTP_BODY_LENGTH : HTTP_BODY_DONE;
	}
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One byte of "1a3;name=value\r\n". */
static slu_rc size_line(struct http_body *b, char c, slu_err *err)
{
	if (c == '\n') {
		if (!b->any)
			return slu_fail(err, SLU_E_SYNTAX, "A chunk of the answer has no size.");
		b->state = b->left ? HTTP_BODY_CHUNK : HTTP_BODY_TRAILER;
		b->line = 0;
		b->any = b->extension = false;
		return SLU_OK;
	}
	if (++b->line > 256)
		return slu_fail(err, SLU_E_LIMIT, "The size line of a chunk is longer than 256 bytes.");
	int digit = hex_digit(c);
	if (!b->extension && digit >= 0) {
		if (b->left >> 56)
			return slu_fail(err, SLU_E_LIMIT, "A chunk of the answer claims a size that cannot be.");
		b->left = b->left * 16 + (unsigned)digit;
		b->any = true;
		return SLU_OK;
	}
	if (!b->extension && c != ';' && c != ' ' && c != '\t' && c != '\r')
		return slu_fail(err, SLU_E_SYNTAX, "The size of a chunk is no hexadecimal number.");
	b->extension = true;
	return SLU_OK;
}

static slu_rc framing_byte(struct http_body *b, char c, slu_err *err)
{
	if (b->state == HTTP_BODY_SIZE_LINE)
		return size_line(b, c, err);
	if (b->state == HTTP_BODY_CHUNK_END) {
		if (c == '\n')
			b->state = HTTP_BODY_SIZE_LINE;
		else if (c != '\r')
			return slu_fail(err, SLU_E_SYNTAX, "A chunk of the answer is longer than it said.");
		return SLU_OK;
	}
	if (c == '\n') { /* trailer: ends with an empty line */
		if (b->line == 0)
			b->state = HTTP_BODY_DONE;
		b->line = 0;
	} else if (c != '\r' && ++b->line > HTTP_MAX_HEAD) {
		return slu_fail(err, SLU_E_LIMIT, "The answer's trailer is too long.");
	}
	return SLU_OK;
}

static slu_rc payload(struct http_body *b, const char *p, size_t n, size_t *took, slu_buf *out, slu_err *err)
{
	size_t k = n;
	if (b->state != HTTP_BODY_TO_END && b->left < k)
		k = (size_t)b->left;
	slu_buf_add(out, p, k);
	if (out->over)
		return slu_fail(err, SLU_E_LIMIT, "The answer is larger than %zu bytes.", out->max);
	*took = k;
	if (b->state == HTTP_BODY_TO_END)
		return SLU_OK;
	b->left -= k;
	if (b->left == 0)
		b->state = b->state == HTTP_BODY_LENGTH ? HTTP_BODY_DONE : HTTP_BODY_CHUNK_END;
	return SLU_OK;
}

slu_rc http_body_feed(struct http_body *b, const char *p, size_t n, size_t *used, slu_buf *out, slu_err *err)
{
	size_t at = 0;
	while (at < n && b->state != HTTP_BODY_DONE) {
		size_t took = 1;
		if (b->state == HTTP_BODY_LENGTH || b->state == HTTP_BODY_CHUNK || b->state == HTTP_BODY_TO_END)
			SLU_TRY(payload(b, p + at, n - at, &took, out, err));
		else
			SLU_TRY(framing_byte(b, p[at], err));
		at += took;
	}
	*used = at;
	return SLU_OK;
}

slu_rc http_body_end(struct http_body *b, slu_err *err)
{
	if (b->state != HTTP_BODY_TO_END && b->state != HTTP_BODY_DONE)
		return slu_fail(err, SLU_E_IO, "The connection was closed in the middle of an answer.");
	b->state = HTTP_BODY_DONE;
	return SLU_OK;
}

/** Host and port of what stands between "//" and the path: HOST, HOST:PORT, [ADDRESS] or [ADDRESS]:PORT. */
static slu_rc split_authority(struct http_url *u, slu_str url, slu_str authority, slu_err *err)
{
	bool bracket = authority.n && authority.p[0] == '[';
	const char *close = bracket ? memchr(authority.p, ']', authority.n) : NULL;
	if (bracket && !close)
		return slu_fail(err, SLU_E_USAGE, "\"%.*s\": the \"]\" of the address is missing.", SLU_FMT(url));
	const char *from = close ? close + 1 : authority.p;
	const char *port = memchr(from, ':', authority.n - (size_t)(from - authority.p));
	const char *end = port ? port : authority.p + authority.n;
	u->host = close ? (slu_str){ authority.p + 1, (size_t)(close - authority.p) - 1 } : (slu_str){ authority.p, (size_t)(end - authority.p) };
	uint64_t number = u->port;
	if (port && (slu_parse_u64(&number, (slu_str){ port + 1, (size_t)(authority.p + authority.n - port) - 1 }, NULL) != SLU_OK || number < 1 || number > 65535))
		return slu_fail(err, SLU_E_USAGE, "\"%.*s\": the port is no number from 1 to 65535.", SLU_FMT(url));
	if (u->host.n == 0 || u->host.n > 255)
		return slu_fail(err, SLU_E_USAGE, "\"%.*s\" names no host.", SLU_FMT(url));
	u->port = (uint16_t)number;
	return SLU_OK;
}

slu_rc http_url_parse(struct http_url *out, slu_str url, slu_err *err)
{
	struct http_url u = { .port = 80 };
	slu_str rest = url;
	if (slu_str_starts(url, "https://")) {
		u.tls = true;
		u.port = 443;
		rest = (slu_str){ url.p + 8, url.n - 8 };
	} else if (slu_str_starts(url, "http://")) {
		rest = (slu_str){ url.p + 7, url.n - 7 };
	} else {
		return slu_fail(err, SLU_E_USAGE, "\"%.*s\" is no address of a server: it begins with http:// or https://, as in http://127.0.0.1:8080", SLU_FMT(url));
	}
	const char *slash = memchr(rest.p, '/', rest.n);
	slu_str authority = slash ? (slu_str){ rest.p, (size_t)(slash - rest.p) } : rest;
	u.path = slash ? (slu_str){ slash, rest.n - authority.n } : (slu_str){ rest.p + rest.n, 0 };
	if (memchr(authority.p, '@', authority.n))
		return slu_fail(err, SLU_E_USAGE, "The server's address holds a name or password before \"@\". Put the token into SLUICE_TOKEN instead.");
	SLU_TRY(split_authority(&u, url, authority, err));
	*out = u;
	return SLU_OK;
}
