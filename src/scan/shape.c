/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/impl.h"

enum { DIGIT = 1, LOWER_HEX = 2, UPPER_HEX = 4, LOWER = 8, UPPER = 16, BASE32 = 32, MARK = 64 /* -_ */, PLUS = 128 /* +/ */, EQUALS = 256, TILDE = 512 /* ~. */ };

static unsigned kinds_of(unsigned char c)
{
	static const struct { unsigned char from, to; unsigned kinds; } range[] = {
		{ '0', '9', DIGIT | LOWER_HEX | UPPER_HEX }, { '2', '7', BASE32 }, { 'a', 'f', LOWER_HEX }, { 'a', 'z', LOWER }, { 'A', 'F', UPPER_HEX }, { 'A', 'Z', UPPER | BASE32 },
		{ '-', '-', MARK }, { '_', '_', MARK }, { '+', '+', PLUS }, { '/', '/', PLUS }, { '=', '=', EQUALS }, { '~', '~', TILDE }, { '.', '.', TILDE },
	};
	unsigned k = 0;
	for (size_t i = 0; i < sizeof range / sizeof *range; i++)
		if (c >= range[i].from && c <= range[i].to)
			k |= range[i].kinds;
	return k;
}

static unsigned kinds_in(char cls)
{
	static const struct { char cls; unsigned kinds; } table[] = {
		{ 'd', DIGIT }, { 'h', LOWER_HEX }, { 'H', UPPER_HEX }, { 'x', LOWER_HEX | UPPER_HEX }, { 'n', LOWER | UPPER }, { 'l', LOWER | DIGIT }, { 'u', UPPER | DIGIT },
		{ 'w', LOWER | UPPER | DIGIT }, { '5', BASE32 }, { 'b', LOWER | UPPER | DIGIT | MARK }, { 's', LOWER | UPPER | DIGIT | PLUS }, { 'e', LOWER | UPPER | DIGIT | PLUS | EQUALS },
		{ 'z', LOWER | UPPER | DIGIT | MARK | TILDE },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].cls == cls)
			return table[i].kinds;
	return 0;
}

bool scan_in_class(char cls, char c)
{
	return (kinds_of((unsigned char)c) & kinds_in(cls)) != 0;
}

/** "N]" or "N-M]"; *s stands behind it then. */
static void counts(const char **s, size_t *min, size_t *max)
{
	const char *p = *s;
	for (*min = 0; *p >= '0' && *p <= '9'; p++)
		*min = *min * 10 + (size_t)(*p - '0');
	*max = *min;
	if (*p == '-') {
		p++;
		for (*max = 0; *p >= '0' && *p <= '9'; p++)
			*max = *max * 10 + (size_t)(*p - '0');
	}
	*s = p + 1;
}

size_t scan_shape(const char *shape, slu_str text, size_t at, slu_str *body)
{
	size_t i = at, first = SIZE_MAX;
	char cls = 0;
	for (const char *s = shape; *s;) {
		if (*s != '[') {
			if (i == text.n || text.p[i] != *s)
				return 0;
			s++;
			i++;
			continue;
		}
		size_t min, max, n = 0;
		cls = s[1];
		s += 2;
		counts(&s, &min, &max);
		first = first == SIZE_MAX ? i : first;
		unsigned in = kinds_in(cls);
		while (n < max && i + n < text.n && (kinds_of((unsigned char)text.p[i + n]) & in))
			n++;
		if (n < min)
			return 0;
		i += n;
	}
	if (cls && i < text.n && (scan_in_class(cls, text.p[i]) || scan_in_class('w', text.p[i])))
		return 0; /* it goes on: it is something else */
	*body = first == SIZE_MAX ? (slu_str){ text.p + i, 0 } : (slu_str){ text.p + first, i - first };
	return i - at;
}
