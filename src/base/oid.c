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
