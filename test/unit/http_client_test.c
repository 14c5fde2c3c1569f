/* SPDX-License-Identifier: Apache-2.0 */
#include "client/http.h"

#include "t.h"

#define OK "HTTP/1.1 200 OK\r\n"
static const struct {
	const char *name, *text;
	slu_rc rc;
	const char *body; /* of SLU_OK */
	bool keep;
} answers[] = {
	{ "length", OK "Content-Length: 5\r\n\r\nhello", SLU_OK, "hello", true },
	{ "bare line ends", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", SLU_OK, "hi", true },
	{ "to the end", OK "\r\nhello", SLU_OK, "hello", true },
	{ "closing", OK "Connection: close\r\nContent-Length: 1\r\n\r\nx", SLU_OK, "x", false },
	{ "old version", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", SLU_OK, "x", false },
	{ "chunks", OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", SLU_OK, "abc0123456789", true },
	{ "chunks with trailer", OK "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n", SLU_OK, "a", true },
	{ "no content", "HTTP/1.1 204 No Content\r\n\r\n", SLU_OK, "", true },
	{ "cut off", OK "Content-Length: 9\r\n\r\nhello", SLU_E_IO, NULL, false },
	{ "cut off in a chunk", OK "Transfer-Encoding: chunked\r\n\r\n9\r\nabc", SLU_E_IO, NULL, false },
	{ "a chunk too long", OK "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", SLU_E_SYNTAX, NULL, false },
	{ "a chunk without size", OK "Transfer-Encoding: chunked\r\n\r\n\r\nab\r\n", SLU_E_SYNTAX, NULL, false },
	{ "a chunk of a size that cannot be", OK "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", SLU_E_LIMIT, NULL, false },
	{ "another encoding", OK "Transfer-Encoding: gzip\r\n\r\n", SLU_E_SYNTAX, NULL, false },
	{ "two lengths", OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", SLU_E_SYNTAX, NULL, false },
	{ "no number", OK "Content-Length: -5\r\n\r\nhello", SLU_E_SYNTAX, NULL, false },
	{ "no http", "SSH-2.0-OpenSSH_9.2\r\n\r\n", SLU_E_SYNTAX, NULL, false },
	{ "a folded header", OK "A: b\r\n c\r\n\r\n", SLU_E_SYNTAX, NULL, false },
	{ "a header without colon", OK "nonsense\r\n\r\n", SLU_E_SYNTAX, NULL, false },
	{ "too large", OK "Content-Length: 3000\r\n\r\n", SLU_E_IO, NULL, false },
};

/* Bytes arrive in pieces of `step`. */
static slu_rc read_answer(const char *text, size_t step, slu_buf *body, bool *keep, slu_err *err)
{
	slu_str all = slu_s(text);
	size_t end = http_head_end(all);
	struct http_head h;
	struct http_body b;
	if (end == 0)
		return SLU_E_SYNTAX;
	SLU_TRY(http_head_parse(&h, (slu_str){ text, end }, err));
	http_body_init(&b, &h, false);
	*keep = h.keep;
	for (size_t at = end; at < all.n;) {
		size_t n = all.n - at < step ? all.n - at : step, used;
		SLU_TRY(http_body_feed(&b, text + at, n, &used, body, err));
		at += n;
	}
	return http_body_end(&b, err);
}

T_TEST(answers_in_pieces_of_any_size)
{
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
		for (size_t step = 1; step < 64; step++) {
			T_CASE("%s, %zu bytes at a time", answers[i].name, step);
			slu_auto_buf body;
			slu_buf_init(&body, 1000);
			slu_err err = { 0 };
			bool keep = false;
			T_EQ_INT(read_answer(answers[i].text, step, &body, &keep, &err), answers[i].rc);
			if (answers[i].rc != SLU_OK)
				continue;
			T_EQ_SLU(slu_buf_str(&body), answers[i].body);
			T_EQ_INT(keep, answers[i].keep);
		}
}

T_TEST(a_body_is_bounded)
{
	slu_auto_buf body;
	slu_buf_init(&body, 4);
	slu_err err = { 0 };
	bool keep;
	T_EQ_INT(read_answer(OK "Content-Length: 5\r\n\r\nhello", 2, &body, &keep, &err), SLU_E_LIMIT);
}

static const struct {
	const char *url;
	bool good, tls;
	const char *host;
	uint16_t port;
} urls[] = {
	{ "http://127.0.0.1:8080", true, false, "127.0.0.1", 8080 },
	{ "http://example.org/", true, false, "example.org", 80 },
	{ "https://example.org", true, true, "example.org", 443 },
	{ "http://[::1]:80/x", true, false, "::1", 80 },
	{ "http://[::1", false, false, NULL, 0 },
	{ "http://", false, false, NULL, 0 },
	{ "http://:80", false, false, NULL, 0 },
	{ "http://a:0", false, false, NULL, 0 },
	{ "http://a:65536", false, false, NULL, 0 },
	{ "http://a:b", false, false, NULL, 0 },
	{ "http://me:secret@a", false, false, NULL, 0 },
	{ "ftp://a", false, false, NULL, 0 },
	{ "127.0.0.1:8080", false, false, NULL, 0 },
};

T_TEST(addresses)
{
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
		T_CASE("%s", urls[i].url);
		struct http_url u;
		slu_err err = { 0 };
		slu_rc rc = http_url_parse(&u, slu_s(urls[i].url), &err);
		T_EQ_INT(rc, urls[i].good ? SLU_OK : SLU_E_USAGE);
		if (rc != SLU_OK)
			continue;
		T_EQ_SLU(u.host, urls[i].host);
		T_EQ_INT(u.port, urls[i].port);
		T_EQ_INT(u.tls, urls[i].tls);
	}
}
