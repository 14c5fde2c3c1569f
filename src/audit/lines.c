/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/lines.h"

#include <sodium.h>

bool aud_line(struct aud_lines *l, slu_str *line)
{
	slu_str rest = l->rest;
	if (rest.n == 0 || !memchr(rest.p, '\n', rest.n))
		return false;
	l->line++;
	return slu_str_split(&l->rest, '\n', line);
}

bool aud_parse_count(uint64_t *out, slu_str text)
{
	uint64_t v;
	if (slu_parse_u64(&v, text, NULL) != SLU_OK || v > INT64_MAX || (text.n > 1 && text.p[0] == '0'))
		return false;
	*out = v;
	return true;
}

bool aud_parse_base64(unsigned char *out, size_t n, slu_str text)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
	size_t got = 0;
	/* libsodium 1.0.18 takes some bytes over 127 for letters */
	for (size_t i = 0; i < text.n; i++)
		if (!memchr(alphabet, text.p[i], sizeof alphabet - 1))
			return false;
	return text.n == (n + 2) / 3 * 4 && sodium_base642bin(out, n, text.p, text.n, NULL, &got, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 && got == n;
}

char *aud_base64(char buf[180], const unsigned char *bytes, size_t n)
{
	return sodium_bin2base64(buf, 180, bytes, n, sodium_base64_VARIANT_ORIGINAL);
}
