/* SPDX-License-Identifier: Apache-2.0 */
/** The body of a request: bounded, inflated as a stream, parsed. */
#include "base/limits.h"
#include "web/server_impl.h"

#include <jansson.h>
#include <strings.h>

static void gunzip_free(struct web_call *c)
{
	if (c->gunzip) {
		(void)inflateEnd(c->gunzip);
		c->gunzip = NULL;
	}
}

/* By the headers alone: may this body come at all? */
slu_rc web_body_expect(struct web_call *c, slu_err *err)
{
	const char *length = web_header(&c->rq, "Content-Length"), *coding = web_header(&c->rq, "Content-Encoding");
	uint64_t n = 0;
	slu_buf_init(&c->body, SLU_MAX_BODY_BYTES);
	if (length && slu_parse_u64(&n, slu_s(length), NULL) != SLU_OK)
		return slu_fail(err, SLU_E_SYNTAX, "Content-Length is no number.");
	if (n > SLU_MAX_BODY_BYTES)
		return slu_fail(err, SLU_E_LIMIT, "The body is larger than %u bytes.", SLU_MAX_BODY_BYTES);
	if (!coding || strcasecmp(coding, "identity") == 0)
		return SLU_OK;
	if (strcasecmp(coding, "gzip") != 0 && strcasecmp(coding, "x-gzip") != 0)
		return slu_fail(err, SLU_E_SYNTAX, "Content-Encoding \"%s\" is not known here: send the body plain or as gzip.", coding);
	c->gunzip = SLU_NEW(c->a, z_stream);
	if (inflateInit2(c->gunzip, 15 + 16) != Z_OK) {
		c->gunzip = NULL;
		return slu_fail(err, SLU_E_INTERNAL, "The body cannot be inflated.");
	}
	return SLU_OK;
}

static void inflate_more(struct web_call *c, const char *p, size_t n)
{
	unsigned char piece[16 * 1024];
	c->gunzip->next_in = (const unsigned char *)p;
	c->gunzip->avail_in = (unsigned)n;
	while (c->gunzip->avail_in > 0 && !c->body.over && !c->body_bad) {
		c->gunzip->next_out = piece;
		c->gunzip->avail_out = sizeof piece;
		int rc = inflate(c->gunzip, Z_NO_FLUSH);
		slu_buf_add(&c->body, piece, sizeof piece - c->gunzip->avail_out);
		if (rc == Z_STREAM_END) {
			c->body_bad = c->gunzip->avail_in > 0; /* something follows the end */
			gunzip_free(c);
			return;
		}
		c->body_bad = rc != Z_OK;
	}
}

void web_body_take(struct web_call *c, const char *p, size_t n)
{
	c->received += n;
	if (c->refused || c->body.over || c->body_bad)
		return; /* only skipped */
	const char *coding = web_header(&c->rq, "Content-Encoding");
	if (c->gunzip)
		inflate_more(c, p, n);
	else if (coding && strcasecmp(coding, "identity") != 0)
		c->body_bad = true; /* bytes after the end of the stream */
	else
		slu_buf_add(&c->body, p, n);
}

/* jansson would nest up to 2048; count before it builds anything. */
slu_rc web_json_depth(slu_str text, unsigned max, slu_err *err)
{
	unsigned depth = 0;
	bool in_string = false;
	for (size_t i = 0; i < text.n; i++) {
		char ch = text.p[i];
		if (in_string) {
			if (ch == '\\')
				i++;
			else if (ch == '"')
				in_string = false;
		} else if (ch == '"') {
			in_string = true;
		} else if (ch == '{' || ch == '[') {
			if (++depth > max)
				return slu_fail(err, SLU_E_SYNTAX, "Problems parsing JSON: nested deeper than %u.", max);
		} else if ((ch == '}' || ch == ']') && depth > 0) {
			depth--;
		}
	}
	return SLU_OK;
}

static slu_rc parse_json(struct web_call *c, slu_err *err)
{
	json_error_t at;
	SLU_TRY(web_json_depth(c->rq.body, SLU_MAX_JSON_DEPTH, err));
	json_t *j = json_loadb(c->rq.body.p, c->rq.body.n, JSON_REJECT_DUPLICATES, &at);
	if (!j)
		return slu_fail(err, SLU_E_SYNTAX, "Problems parsing JSON: line %d column %d: %s", at.line, at.column, at.text);
	c->rq.json = j;
	return SLU_OK;
}

static slu_rc parse_form(struct web_call *c, slu_err *err)
{
	const char *type = web_header(&c->rq, "Content-Type");
	if (!type || strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0)
		return slu_fail(err, SLU_E_SYNTAX, "A form is sent as application/x-www-form-urlencoded.");
	SLU_TRY(web_pairs_parse(&c->rq.form.v, &c->rq.form.n, c->a, c->rq.body, err));
	c->rq.form.cap = c->rq.form.n;
	return SLU_OK;
}

slu_rc web_body_done(struct web_call *c, slu_err *err)
{
	if (c->body.over)
		return slu_fail(err, SLU_E_LIMIT, "The body is larger than %u bytes.", SLU_MAX_BODY_BYTES);
	if (c->body_bad || (c->gunzip && c->received > 0))
		return slu_fail(err, SLU_E_SYNTAX, "The body is not as gzip has it, or ends too early.");
	c->rq.body = slu_buf_str(&c->body);
	if (c->rq.body.n == 0)
		return SLU_OK;
	return c->kind == WEB_K_PAGE ? parse_form(c, err) : parse_json(c, err);
}

void web_call_json_free(struct web_call *c)
{
	json_decref(c->rq.json);
	c->rq.json = NULL;
}
