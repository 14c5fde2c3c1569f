/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/merge_name.h"

static slu_str first_line(slu_str text)
{
	slu_str line = { "", 0 };
	(void)slu_str_split(&text, '\n', &line);
	return slu_str_trim(line);
}

static slu_str behind(slu_str s, size_t n)
{
	return (slu_str){ s.p + n, s.n - n };
}

static inline bool skip(slu_str *s, const char *word)
{
	if (!slu_str_starts(*s, word))
		return false;
	*s = behind(*s, strlen(word));
	return true;
}

/* Where `word` begins; s.n: nowhere. */
static size_t find(slu_str s, const char *word)
{
	const char *at = s.n ? memmem(s.p, s.n, word, strlen(word)) : NULL;
	return at ? (size_t)(at - s.p) : s.n;
}

/* "'name'", "\"name\"" or a word: the name, and *s goes on behind it. */
static slu_str take_name(slu_str *s)
{
	slu_str name = { s->p, 0 };
	char end = ' ';
	if (s->n && (s->p[0] == '\'' || s->p[0] == '"')) {
		end = s->p[0];
		*s = behind(*s, 1);
		name.p = s->p;
	}
	while (name.n < s->n && s->p[name.n] != end)
		name.n++;
	*s = behind(*s, name.n + (end != ' ' && name.n < s->n));
	return name;
}

static slu_str without_remote(slu_str name)
{
	(void)skip(&name, "refs/remotes/");
	const char *slash = memchr(name.p, '/', name.n);
	return slash ? behind(name, (size_t)(slash - name.p) + 1) : name;
}

/* " of URL" and " into NAME", in this order and among other words. */
static void take_rest(struct ins_merge_name *m, slu_str s)
{
	size_t at = find(s, " into "), of = find(s, " of ");
	m->from_elsewhere = of < at;
	if (at == s.n)
		return;
	s = behind(s, at + strlen(" into "));
	m->into = take_name(&s);
	if (slu_str_is(m->into, "HEAD"))
		m->into = (slu_str){ "", 0 };
}

/* "change 12 from branch into main": of a sluice server. */
static bool is_change(slu_str s)
{
	return skip(&s, "change ") && s.n && s.p[0] >= '0' && s.p[0] <= '9';
}

/* "#12 from owner/branch" of GitHub; "'title' (#12) from branch into main" of Gitea, "12 from branch into main" of Azure,
   "#12 in PROJ/repo from branch to main" of Bitbucket. */
static struct ins_merge_name request(slu_str s)
{
	struct ins_merge_name m = { .what = INS_SAYS_BRANCH, .request = true };
	size_t from = find(s, " from ");
	if (from == s.n)
		return (struct ins_merge_name){ .request = true };
	s = behind(s, from + strlen(" from "));
	m.source = take_name(&s);
	if (skip(&s, " into ") || skip(&s, " to ")) {
		const char *colon = memchr(m.source.p, ':', m.source.n);
		m.into = take_name(&s);
		m.source = colon ? behind(m.source, (size_t)(colon - m.source.p) + 1) : m.source;
		return m;
	}
	m.source = without_remote(m.source);
	return m;
}

/* "develop into main", "develop": what people write themselves. */
static struct ins_merge_name by_hand(slu_str s)
{
	struct ins_merge_name m = { .what = INS_SAYS_BRANCH, .loose = true };
	m.source = take_name(&s);
	if (skip(&s, " into ") || skip(&s, " to "))
		m.into = take_name(&s);
	return s.n || m.source.n == 0 ? (struct ins_merge_name){ 0 } : m;
}

/* What follows the word "Merge"; the subject may begin with a type, as in "chore: merge …". */
static bool behind_merge(slu_str *s)
{
	slu_str type = { s->p, s->n < 25 ? s->n : 25 };
	size_t colon = find(type, ": ");
	if (colon < type.n)
		*s = behind(*s, colon + 2);
	return skip(s, "Merge ") || skip(s, "merge ");
}

struct ins_merge_name ins_merge_name(slu_str message)
{
	struct ins_merge_name m = { .what = INS_SAYS_BRANCH };
	slu_str s = first_line(message);
	if (skip(&s, "Merged in ")) {
		m.source = take_name(&s);
		m.request = true;
		return m;
	}
	if (!behind_merge(&s))
		return (struct ins_merge_name){ 0 };
	if (is_change(s) || skip(&s, "pull request "))
		return request(s);
	if (skip(&s, "branches ") || skip(&s, "remote-tracking branches ") || skip(&s, "remote branches "))
		return (struct ins_merge_name){ .what = INS_SAYS_SEVERAL };
	bool remote = skip(&s, "remote-tracking branch ") || skip(&s, "remote branch ");
	if (remote || skip(&s, "branch ")) {
		m.source = take_name(&s);
		m.source = remote || slu_str_starts(m.source, "refs/remotes/") ? without_remote(m.source) : m.source;
	} else if (skip(&s, "tag ")) {
		m.what = INS_SAYS_TAG;
		m.source = take_name(&s);
	} else if (skip(&s, "commit ")) {
		m.what = INS_SAYS_NOTHING;
		(void)take_name(&s);
	} else {
		return by_hand(s);
	}
	take_rest(&m, s);
	return m;
}

uint64_t ins_squashed(slu_str message)
{
	slu_str s = first_line(message), digits;
	uint64_t n = 0;
	if (skip(&s, "Merged PR ")) {
		digits = (slu_str){ s.p, 0 };
		while (digits.n < s.n && s.p[digits.n] >= '0' && s.p[digits.n] <= '9')
			digits.n++;
		if (digits.n == s.n || s.p[digits.n] != ':')
			return 0;
	} else {
		if (!slu_str_ends(s, ")"))
			return 0;
		size_t at = s.n - 1;
		while (at && s.p[at - 1] >= '0' && s.p[at - 1] <= '9')
			at--;
		if (at < 2 || s.p[at - 1] != '#' || s.p[at - 2] != '(')
			return 0;
		digits = (slu_str){ s.p + at, s.n - 1 - at };
	}
	return slu_parse_u64(&n, digits, NULL) == SLU_OK ? n : 0;
}

/* ---- squashed, with a trailer ------------------------------------------------------------------------------------------------- */

static const char squashed[] = "Squashed: ";

/* Where the last paragraph begins; the message's own beginning is its title, and none. */
static slu_str last_paragraph(slu_str message)
{
	slu_str rest = message, line, out = { message.p + message.n, 0 };
	bool gap = false;
	while (slu_str_split(&rest, '\n', &line)) {
		bool empty = slu_str_trim(line).n == 0;
		if (gap && !empty)
			out = (slu_str){ line.p, (size_t)(message.p + message.n - line.p) };
		gap = empty;
	}
	return out;
}

struct ins_merge_name ins_squash_name(slu_str message)
{
	struct ins_merge_name m = { .what = INS_SAYS_NOTHING };
	slu_str line, word;
	if (message.n == 0 || !memmem(message.p, message.n, squashed, strlen(squashed)))
		return m;
	slu_str rest = last_paragraph(message);
	while (slu_str_split(&rest, '\n', &line)) {
		if (!slu_str_starts(line, squashed))
			continue;
		slu_str value = { line.p + strlen(squashed), line.n - strlen(squashed) };
		m = (struct ins_merge_name){ .what = INS_SAYS_BRANCH };
		(void)slu_str_split(&value, ' ', &m.source);
		if (slu_str_split(&value, ' ', &word) && slu_str_is(word, "into"))
			m.into = slu_str_trim(value);
	}
	return m;
}

/* "Word-Word: text" */
static bool is_trailer(slu_str line)
{
	size_t n = 0;
	while (n < line.n && (line.p[n] == '-' || (line.p[n] >= '0' && line.p[n] <= '9') || (line.p[n] >= 'A' && line.p[n] <= 'Z') || (line.p[n] >= 'a' && line.p[n] <= 'z')))
		n++;
	return n > 0 && n + 1 < line.n && line.p[n] == ':' && line.p[n + 1] == ' ';
}

slu_str ins_squash_message(slu_arena *a, slu_str message, slu_str source, slu_str into)
{
	slu_str text = slu_str_trim(message), rest = last_paragraph(text), line;
	bool joins = rest.n > 0;
	while (slu_str_split(&rest, '\n', &line))
		joins = joins && is_trailer(line);
	return slu_s(slu_printf(a, "%.*s\n%s%s%.*s into %.*s\n", SLU_FMT(text), joins ? "" : "\n", squashed, SLU_FMT(source), SLU_FMT(into)));
}
