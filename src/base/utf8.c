/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

/*
 * Lead bytes, the range of the second byte (which is what shuts out overlong forms and surrogates), and the length.
 * Source: The Unicode Standard, table 3-7.
 */
static const struct {
	unsigned char from, to, second_from, second_to, length;
} leads[] = {
	{ 0xC2, 0xDF, 0x80, 0xBF, 2 }, { 0xE0, 0xE0, 0xA0, 0xBF, 3 }, { 0xE1, 0xEC, 0x80, 0xBF, 3 },
	{ 0xED, 0xED, 0x80, 0x9F, 3 }, { 0xEE, 0xEF, 0x80, 0xBF, 3 }, { 0xF0, 0xF0, 0x90, 0xBF, 4 },
	{ 0xF1, 0xF3, 0x80, 0xBF, 4 }, { 0xF4, 0xF4, 0x80, 0x8F, 4 },
};

struct range {
	uint32_t from, to;
};

static bool in_ranges(uint32_t cp, const struct range *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= r[i].from && cp <= r[i].to)
			return true;
	return false;
}

size_t slu_utf8_next(slu_str s, uint32_t *cp)
{
	if (s.n == 0)
		return 0;
	const unsigned char *b = (const unsigned char *)s.p;
	if (b[0] < 0x80) {
		if (cp)
			*cp = b[0];
		return 1;
	}
	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
		if (b[0] < leads[i].from || b[0] > leads[i].to)
			continue;
		size_t len = leads[i].length;
		if (s.n < len || b[1] < leads[i].second_from || b[1] > leads[i].second_to)
			return 0;
		uint32_t c = b[0] & (0xFFu >> (len + 1));
		for (size_t k = 1; k < len; k++) {
			if ((b[k] & 0xC0) != 0x80)
				return 0;
			c = c << 6 | (b[k] & 0x3Fu);
		}
		if (cp)
			*cp = c;
		return len;
	}
	return 0;
}

bool slu_utf8_valid(slu_str s, size_t *bad_at)
{
	for (size_t at = 0; at < s.n;) {
		size_t len = slu_utf8_next((slu_str){ s.p + at, s.n - at }, NULL);
		if (!len) {
			if (bad_at)
				*bad_at = at;
			return false;
		}
		at += len;
	}
	return true;
}

slu_str slu_utf8_cut(slu_str s, size_t max, bool torn)
{
	if (s.n > max)
		s.n = max;
	else if (!torn)
		return s;
	/* Only the last lead byte can be without its end; it stands at most three bytes back. */
	for (size_t back = 1; back <= 3 && back <= s.n; back++) {
		unsigned char c = (unsigned char)s.p[s.n - back];
		if ((c & 0xC0) == 0x80)
			continue;
		size_t len = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC2 ? 2 : 1;
		if (len > back)
			s.n -= back;
		break;
	}
	return s;
}

size_t slu_utf8_count(slu_str s)
{
	size_t n = slu_utf8_plain(s);
	for (size_t at = n; at < s.n; n++) {
		size_t len = slu_utf8_next((slu_str){ s.p + at, s.n - at }, NULL);
		at += len ? len : 1;
	}
	return n;
}

bool slu_utf8_is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 || cp == 0x2029;
}

bool slu_utf8_is_bidi(uint32_t cp)
{
	static const struct range r[] = { { 0x061C, 0x061C }, { 0x200E, 0x200F }, { 0x202A, 0x202E }, { 0x2066, 0x2069 } };
	return in_ranges(cp, r, sizeof r / sizeof *r);
}

size_t slu_utf8_plain(slu_str s)
{
	const uint64_t ones = UINT64_MAX / 255, high = ones * 0x80;
	size_t n = 0;
	for (uint64_t w; s.n - n >= sizeof w; n += sizeof w) { /* eight at once; a carry comes only from a byte that is not plain itself */
		memcpy(&w, s.p + n, sizeof w);
		if ((w | (w + ones) | (w - ones * 0x20)) & high)
			break;
	}
	while (n < s.n && s.p[n] >= 0x20 && s.p[n] < 0x7f)
		n++;
	return n;
}

bool slu_utf8_is_invisible(uint32_t cp)
{
	static const struct range r[] = { { 0x00AD, 0x00AD }, { 0x034F, 0x034F }, { 0x115F, 0x1160 }, { 0x17B4, 0x17B5 },
		{ 0x180B, 0x180F }, { 0x200B, 0x200D }, { 0x2060, 0x2064 }, { 0x206A, 0x206F }, { 0x3164, 0x3164 },
		{ 0xFE00, 0xFE0F }, { 0xFEFF, 0xFEFF }, { 0xFFA0, 0xFFA0 }, { 0xE0000, 0xE0FFF } };
	return in_ranges(cp, r, sizeof r / sizeof *r);
}
