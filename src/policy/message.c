/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a commit message; bytes as they are, no judgement. */
#include "policy/rule.h"

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* type(scope)!: subject */
static void parse_header(struct pol_message *m)
{
	slu_str h = m->header;
	size_t i = 0;
	while (i < h.n && is_word(h.p[i]))
		i++;
	slu_str type = { h.p, i }, scope = { NULL, 0 };
	if (i && i < h.n && h.p[i] == '(') {
		const char *close = memchr(h.p + i, ')', h.n - i);
		size_t end = close ? (size_t)(close - h.p) : i;
		if (end <= i + 1)
			return;
		scope = (slu_str){ h.p + i + 1, end - i - 1 };
		i = end + 1;
	}
	bool breaking = i < h.n && h.p[i] == '!';
	i += breaking;
	if (type.n == 0 || i + 2 > h.n || h.p[i] != ':' || h.p[i + 1] != ' ')
		return;
	slu_str subject = slu_str_trim((slu_str){ h.p + i + 2, h.n - i - 2 });
	if (subject.n == 0)
		return;
	m->type = type;
	m->scope = scope;
	m->breaking = breaking;
	m->subject = subject;
	m->conventional = true;
}

struct pol_message pol_message_parse(slu_str text)
{
	struct pol_message m = { 0 };
	slu_str rest = text;
	if (!slu_str_split(&rest, '\n', &m.header))
		return m;
	while (m.header.n && m.header.p[m.header.n - 1] == '\r')
		m.header.n--;
	m.body = rest;
	m.subject = m.header;
	parse_header(&m);
	return m;
}

/* "#12", "owner/repo#12" or "ABC-12" as a word of its own. */
bool pol_message_references(slu_str t)
{
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '#' && i + 1 < t.n && is_digit(t.p[i + 1]))
			return true;
		bool begins = i == 0 || !is_word(t.p[i - 1]);
		size_t k = i;
		while (begins && k < t.n && t.p[k] >= 'A' && t.p[k] <= 'Z')
			k++;
		if (k >= i + 2 && k + 1 < t.n && t.p[k] == '-' && is_digit(t.p[k + 1]))
			return true;
	}
	return false;
}
