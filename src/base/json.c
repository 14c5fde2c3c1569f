/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "base/utf8.h"

static void begin_value(slu_json *j)
{
	if (j->comma)
		slu_buf_addc(j->out, ',');
	j->comma = true;
}

void slu_json_open(slu_json *j, char bracket)
{
	begin_value(j);
	slu_buf_addc(j->out, bracket);
	j->comma = false;
}

void slu_json_close(slu_json *j, char bracket)
{
	slu_buf_addc(j->out, bracket);
	j->comma = true;
}

static void add_escaped(slu_buf *out, unsigned char c)
{
	static const char names[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";
	static const char hex[] = "0123456789abcdef";
	const char *known = c ? strchr(names, c) : NULL;
	if (known) {
		slu_buf_addc(out, '\\');
		slu_buf_addc(out, letters[known - names]);
	} else {
		slu_buf_adds(out, "\\u00");
		slu_buf_addc(out, hex[c >> 4]);
		slu_buf_addc(out, hex[c & 15]);
	}
}

static void add_escaped_cp(slu_buf *out, uint32_t cp)
{
	if (cp < 0x80)
		add_escaped(out, (unsigned char)cp);
	else if (cp < 0x10000)
		slu_buf_addf(out, "\\u%04x", cp);
	else
		slu_buf_addf(out, "\\u%04x\\u%04x", 0xD800 + ((cp - 0x10000) >> 10), 0xDC00 + ((cp - 0x10000) & 0x3FF));
}

static bool stands_for_itself(uint32_t cp, bool shown)
{
	if (cp < 0x7F)
		return cp >= 0x20 && cp != '"' && cp != '\\';
	return !shown || (!slu_utf8_is_control(cp) && !slu_utf8_is_bidi(cp) && !slu_utf8_is_invisible(cp));
}

/* Runs of bytes that stand for themselves are copied at once. */
static void add_string(slu_buf *out, slu_str s, bool shown)
{
	slu_buf_addc(out, '"');
	size_t from = 0, at = 0;
	while (at < s.n) {
		uint32_t cp = 0;
		size_t len = slu_utf8_next((slu_str){ s.p + at, s.n - at }, &cp);
		if (len && stands_for_itself(cp, shown)) {
			at += len;
			continue;
		}
		if (at > from)
			slu_buf_add(out, s.p + from, at - from);
		if (len)
			add_escaped_cp(out, cp);
		else
			slu_buf_adds(out, "\xEF\xBF\xBD");
		from = at += len ? len : 1;
	}
	if (at > from)
		slu_buf_add(out, s.p + from, at - from);
	slu_buf_addc(out, '"');
}

void slu_json_key(slu_json *j, const char *key)
{
	begin_value(j);
	add_string(j->out, slu_s(key), j->shown);
	slu_buf_addc(j->out, ':');
	j->comma = false;
}

void slu_json_str(slu_json *j, slu_str s)
{
	begin_value(j);
	add_string(j->out, s, j->shown);
}

void slu_json_z(slu_json *j, const char *z)
{
	if (z)
		slu_json_str(j, slu_s(z));
	else
		slu_json_null(j);
}

void slu_json_int(slu_json *j, int64_t v)
{
	begin_value(j);
	slu_buf_addf(j->out, "%lld", (long long)v);
}

void slu_json_bool(slu_json *j, bool v)
{
	slu_json_raw(j, v ? SLU_STR("true") : SLU_STR("false"));
}

void slu_json_null(slu_json *j)
{
	slu_json_raw(j, SLU_STR("null"));
}

void slu_json_raw(slu_json *j, slu_str json)
{
	begin_value(j);
	slu_buf_addstr(j->out, json);
}

void slu_json_kv_z(slu_json *j, const char *key, const char *z)
{
	slu_json_key(j, key);
	slu_json_z(j, z);
}

void slu_json_kv_str(slu_json *j, const char *key, slu_str s)
{
	slu_json_key(j, key);
	slu_json_str(j, s);
}

void slu_json_kv_int(slu_json *j, const char *key, int64_t v)
{
	slu_json_key(j, key);
	slu_json_int(j, v);
}

void slu_json_kv_bool(slu_json *j, const char *key, bool v)
{
	slu_json_key(j, key);
	slu_json_bool(j, v);
}
