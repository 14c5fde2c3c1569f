/* SPDX-License-Identifier: Apache-2.0 */
/**
 * HTTP/1.1 as a client needs it: an answer's head, a body by length, by chunks or to the end, and a connection with time-outs.
 * The parsers do no input or output (test/fuzz/http_answer_fuzz.c feeds them). Bounds: head 64 KiB, body as the caller says.
 */
#ifndef CLIENT_HTTP_H
#define CLIENT_HTTP_H
#include "base/str.h"

struct sockaddr_un;

enum { HTTP_MAX_HEAD = 64 * 1024, HTTP_MAX_HEADERS = 100 };

struct http_head {
	unsigned status;      /* 100..999 */
	bool chunked;         /* wins over a length, as RFC 9112 has it */
	bool has_length;
	uint64_t length;
	bool keep;            /* the connection may be used again */
	slu_str type, location, link, etag; /* borrowed from the text; n 0 when absent */
};
/** Length of the head with its empty line, 0 when it is not whole yet. */
size_t http_head_end(slu_str text);
/** Read a whole head (as http_head_end found it). SLU_E_SYNTAX, SLU_E_LIMIT. Two lengths that differ are refused. */
slu_rc http_head_parse(struct http_head *out, slu_str head, slu_err *err);

struct http_body {
	enum { HTTP_BODY_LENGTH, HTTP_BODY_SIZE_LINE, HTTP_BODY_CHUNK, HTTP_BODY_CHUNK_END, HTTP_BODY_TRAILER, HTTP_BODY_TO_END, HTTP_BODY_DONE } state;
	uint64_t left;        /* bytes of the length or of the chunk */
	size_t line;          /* bytes seen of a size or trailer line */
	bool extension, any;  /* past the digits; a digit was seen */
};
/** `no_body`: answer of HEAD, 204, 304. */
void http_body_init(struct http_body *b, const struct http_head *h, bool no_body);
/** Take `n` bytes as they came; the body's go to `out`. *used: those that belong to this answer. SLU_E_SYNTAX; SLU_E_LIMIT when `out` is full. */
slu_rc http_body_feed(struct http_body *b, const char *p, size_t n, size_t *used, slu_buf *out, slu_err *err);
/** The other side closed. SLU_E_IO when the body is not whole. */
slu_rc http_body_end(struct http_body *b, slu_err *err);

struct http_url { slu_str host; uint16_t port; slu_str path; bool tls; /* borrowed; path may be empty; user and password are refused */ };
slu_rc http_url_parse(struct http_url *out, slu_str url, slu_err *err);

/** Blocking, close-on-exec. SLU_E_IO, SLU_E_TIMEOUT. */
slu_rc http_connect_tcp(int *fd, slu_str host, uint16_t port, unsigned timeout_s, slu_err *err);
slu_rc http_connect_unix(int *fd, const char *path, slu_err *err); /* SLU_E_NOT_FOUND: nobody listens there */
/** Address of a socket whose path may be longer than an address holds: then by its folder, kept open in *folder (else -1) until it was used. */
slu_rc http_unix_address(struct sockaddr_un *out, int *folder, const char *path, slu_err *err);

struct http_exchange {
	int fd;
	slu_str request;       /* head and body, ready to send */
	bool no_body;          /* HEAD */
	size_t max;            /* of the answer's body */
	unsigned idle_s;       /* nothing comes for so long: SLU_E_TIMEOUT */
};
/** Send and read one answer. *began says whether any byte of an answer came. `head` and `body` are buffers of the caller, kept until he releases them; out's strings point into head. */
slu_rc http_exchange(struct http_head *out, slu_buf *head, slu_buf *body, bool *began, const struct http_exchange *x, slu_err *err);
#endif
