/* SPDX-License-Identifier: Apache-2.0 */
/* An answer of a server: the first byte is the size of the pieces in which the rest arrives; the pieces must not change what is read. */
#include "client/http.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static slu_rc read_answer(slu_str text, size_t step, slu_buf *body, struct http_head *h)
{
	size_t end = http_head_end(text);
	if (end == 0)
		return SLU_E_SYNTAX;
	SLU_TRY(http_head_parse(h, (slu_str){ text.p, end }, NULL));
	struct http_body b;
	http_body_init(&b, h, false);
	for (size_t at = end; at < text.n;) {
		size_t n = text.n - at < step ? text.n - at : step, used = 0;
		SLU_TRY(http_body_feed(&b, text.p + at, n, &used, body, NULL));
		if (used > n)
			abort();
		at += n;
	}
	return http_body_end(&b, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	slu_str text = { (const char *)data + 1, size - 1 };
	slu_auto_buf whole, pieces;
	struct http_head h1, h2;
	slu_buf_init(&whole, 4096);
	slu_buf_init(&pieces, 4096);
	slu_rc one = read_answer(text, text.n + 1, &whole, &h1), many = read_answer(text, (size_t)data[0] + 1, &pieces, &h2);
	if (one != many)
		abort();
	if (one == SLU_OK && (whole.n != pieces.n || (whole.n && memcmp(whole.p, pieces.p, whole.n) != 0)))
		abort();
	return 0;
}
