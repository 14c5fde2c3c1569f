/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical JSON: what is accepted becomes a text that is its own canonical form. */
#include "audit/leaf.h"
#include "base/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slu_auto_buf once, twice;
	slu_buf_init(&once, (size_t)AUD_LEAF_MAX * 6);
	slu_buf_init(&twice, (size_t)AUD_LEAF_MAX * 6);
	slu_err err = { 0 };
	if (aud_canonical(&once, (slu_str){ (const char *)data, size }, &err) != SLU_OK) {
		if (once.n != 0 || err.text[0] == '\0')
			abort();
		return 0;
	}
	if (once.n <= AUD_LEAF_MAX && (aud_canonical(&twice, slu_buf_str(&once), &err) != SLU_OK || !slu_str_eq(slu_buf_str(&once), slu_buf_str(&twice))))
		abort();
	if (!slu_utf8_valid(slu_buf_str(&once), NULL) || memchr(once.p, '\n', once.n))
		abort();
	return 0;
}
