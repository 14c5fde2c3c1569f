/* SPDX-License-Identifier: Apache-2.0 */
#include "base/html.h"

#include "base/utf8.h"

static void put_byte(slu_buf *out, unsigned char c, bool attr)
{
	switch (c) {
	case '&': slu_buf_adds(out, "&amp;"); break;
	case '<': slu_buf_adds(out, "&lt;"); break;
	case '>': slu_buf_adds(out, "&gt;"); break;
	case '"': slu_buf_adds(out, attr ? "&quot;" : "\""); break;
	case '\'': slu_buf_adds(out, attr ? "&#39;" : "'"); break;
	default:
		if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
			slu_buf_adds(out, "\xEF\xBF\xBD");
		else
			slu_buf_addc(out, (char)c);
	}
}

static void put_escaped(slu_buf *out, slu_str s, bool attr)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t cp = 0;
		size_t len = slu_utf8_next((slu_str){ s.p + i, s.n - i }, &cp);
		if (len == 0) {
			slu_buf_adds(out, "\xEF\xBF\xBD");
			i++;
		} else if (len == 1) {
			put_byte(out, (unsigned char)s.p[i], attr);
			i++;
		} else if (slu_utf8_is_bidi(cp)) { /* a name must not turn the text around it */
			slu_buf_adds(out, "\xEF\xBF\xBD");
			i += len;
		} else {
			slu_buf_add(out, s.p + i, len);
			i += len;
		}
	}
}

void html_text(html *h, slu_str s)
{
	put_escaped(h->out, s, false);
}

void html_text_z(html *h, const char *z)
{
	put_escaped(h->out, slu_s(z), false);
}

void html_attr(html *h, slu_str s)
{
	put_escaped(h->out, s, true);
}

void html_attr_z(html *h, const char *z)
{
	put_escaped(h->out, slu_s(z), true);
}

void html_path(html *h, slu_str segment)
{
	static const char hex[] = "0123456789ABCDEF";
	for (size_t i = 0; i < segment.n; i++) {
		unsigned char c = (unsigned char)segment.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
		if (plain) {
			slu_buf_addc(h->out, (char)c);
		} else {
			slu_buf_addc(h->out, '%');
			slu_buf_addc(h->out, hex[c >> 4]);
			slu_buf_addc(h->out, hex[c & 15]);
		}
	}
}

void html_int(html *h, int64_t v)
{
	slu_buf_addf(h->out, "%lld", (long long)v);
}
