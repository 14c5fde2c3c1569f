/* SPDX-License-Identifier: Apache-2.0 */
#include "base/oid.h"

slu_rc slu_oid_parse(slu_oid *out, slu_str text, slu_err *err)
{
	slu_oid o = { 0 };
	if (text.n != 40 && text.n != 64)
		return slu_fail_at(err, SLU_E_SYNTAX, NULL, 0, 1, "An object id has 40 or 64 digits, this one has %zu.", text.n);
	size_t good = strspn(memcpy(o.hex, text.p, text.n), "0123456789abcdef");
	if (good < text.n)
		return slu_fail_at(err, SLU_E_SYNTAX, NULL, 0, (uint32_t)good + 1, "An object id has only the digits 0-9 and a-f; character %zu is another.", good + 1);
	*out = o;
	return SLU_OK;
}

bool slu_oid_begins(slu_str text, size_t least)
{
	for (size_t i = 0; i < text.n; i++)
		if (!memchr("0123456789abcdef", text.p[i], 16))
			return false;
	return text.n >= least && text.n < SLU_OID_TEXT;
}

bool slu_oid_is_zero(const slu_oid *o)
{
	return o->hex[strspn(o->hex, "0")] == '\0';
}

bool slu_oid_eq(const slu_oid *a, const slu_oid *b)
{
	return strcmp(a->hex, b->hex) == 0;
}

slu_oid slu_oid_zero(void)
{
	slu_oid o = { 0 };
	memset(o.hex, '0', 40);
	return o;
}

slu_oid slu_oid_of_bytes(const unsigned char *b, size_t size)
{
	static const char digit[] = "0123456789abcdef";
	slu_oid o = { "" };
	for (size_t i = 0; i < size && i < 32; i++) {
		o.hex[2 * i] = digit[b[i] >> 4];
		o.hex[2 * i + 1] = digit[b[i] & 15];
	}
	return o;
}

/** Digits, with a bit that says so: 0 is none. */
static const unsigned char digits[256] = {
	['0'] = 0x10, ['1'] = 0x11, ['2'] = 0x12, ['3'] = 0x13, ['4'] = 0x14, ['5'] = 0x15, ['6'] = 0x16, ['7'] = 0x17,
	['8'] = 0x18, ['9'] = 0x19, ['a'] = 0x1a, ['b'] = 0x1b, ['c'] = 0x1c, ['d'] = 0x1d, ['e'] = 0x1e, ['f'] = 0x1f,
};

size_t slu_oid_bytes(unsigned char out[32], const slu_oid *o)
{
	size_t n = strlen(o->hex) / 2;
	unsigned char all = 0x10;
	memset(out, 0, 32);
	for (size_t i = 0; i < n; i++) {
		unsigned char high = digits[(unsigned char)o->hex[2 * i]], low = digits[(unsigned char)o->hex[2 * i + 1]];
		all &= high & low;
		out[i] = (unsigned char)(high << 4 | (low & 15));
	}
	return all & 0x10 && (n == 20 || n == 32) ? n : 0;
}
