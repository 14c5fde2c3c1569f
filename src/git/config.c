/* SPDX-License-Identifier: Apache-2.0 */
/* Source: git-config(1), "CONFIGURATION FILE". Test: test/unit/git_here_test.c (against git config --list), test/fuzz/config_fuzz.c */
#include "git/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 1024 * 1024, END = -1, NOTHING = -2 };

/** A text that is read byte by byte; "\r\n" is one line end. */
struct reader {
	slu_str text;
	size_t at;
	git_config *c;
	slu_buf section; /* "remote.origin", lower case but for what was quoted */
	slu_buf word;
};

static int next(struct reader *r)
{
	if (r->at == r->text.n)
		return END;
	unsigned char c = (unsigned char)r->text.p[r->at++];
	if (c == '\r' && r->at < r->text.n && r->text.p[r->at] == '\n') {
		r->at++;
		c = '\n';
	}
	return c;
}

static bool is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_key(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

static char lower(int c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static void skip_line(struct reader *r)
{
	int c;
	do
		c = next(r);
	while (c != '\n' && c != END);
}

/** [section "sub"]: from behind the blank on. */
static bool read_subsection(struct reader *r)
{
	int c;
	do
		c = next(r);
	while (is_blank(c));
	if (c != '"')
		return false;
	slu_buf_addc(&r->section, '.');
	while ((c = next(r)) != '"') {
		if (c == '\\')
			c = next(r);
		if (c == '\n' || c == END || c == 0)
			return false;
		slu_buf_addc(&r->section, (char)c);
	}
	return next(r) == ']';
}

/** From behind the "[" on. */
static bool read_section(struct reader *r)
{
	slu_buf_clear(&r->section);
	for (;;) {
		int c = next(r);
		if (c == ']')
			break;
		if (is_blank(c)) {
			if (!read_subsection(r))
				return false;
			break;
		}
		if (!is_key(c) && c != '.')
			return false;
		slu_buf_addc(&r->section, lower(c));
	}
	slu_str s = slu_buf_str(&r->section);
	return s.n > 0 && !r->section.over && !slu_str_is(s, "include") && !slu_str_starts(s, "include.") && !slu_str_is(s, "includeif") && !slu_str_starts(s, "includeif.");
}

/** What stands behind a backslash in a value; of a line end NOTHING. END: it may not stand there. */
static int escaped(struct reader *r)
{
	int c = next(r);
	switch (c) {
	case 't': return '\t';
	case 'b': return '\b';
	case 'n': return '\n';
	case '\n': return NOTHING;
	case '\\':
	case '"': return c;
	default: return END;
	}
}

/** From behind the "=" on, up to the end of the line: blanks at its ends do not count, and each one inside is a space. */
static bool read_value(struct reader *r)
{
	bool quoted = false;
	size_t blanks = 0;
	slu_buf_clear(&r->word);
	for (;;) {
		int c = next(r);
		if (!quoted && (c == ';' || c == '#')) {
			skip_line(r);
			c = '\n';
		}
		if (c == '\n' || c == END)
			return !quoted && !r->word.over;
		if (is_blank(c) && !quoted) {
			blanks += r->word.n > 0;
			continue;
		}
		for (; blanks; blanks--)
			slu_buf_addc(&r->word, ' ');
		if (c == '"') {
			quoted = !quoted;
			continue;
		}
		if (c == '\\')
			c = escaped(r);
		if (c == END || c == 0)
			return false;
		if (c != NOTHING)
			slu_buf_addc(&r->word, (char)c);
	}
}

static slu_str kept(slu_arena *a, const slu_buf *b)
{
	return (slu_str){ slu_strndup(a, b->p ? b->p : "", b->n), b->n };
}

/** A key that begins with `c`, and its value. */
static bool read_setting(struct reader *r, int c)
{
	struct port_git_setting s = { .has_value = false };
	size_t section = r->section.n;
	slu_buf_addc(&r->section, '.');
	for (; is_key(c); c = next(r))
		slu_buf_addc(&r->section, lower(c));
	s.key = kept(r->c->a, &r->section);
	bool over = r->section.over;
	r->section.n = section;
	while (c == ' ' || c == '\t')
		c = next(r);
	if (c != '\n' && c != END) {
		if (c != '=' || !read_value(r))
			return false;
		s.value = kept(r->c->a, &r->word);
		s.has_value = true;
	}
	*SLU_ADD(r->c->a, &r->c->list) = s;
	return !over;
}

static bool read_all(struct reader *r)
{
	if (slu_str_starts(r->text, "\xef\xbb\xbf"))
		r->at = 3;
	for (int c; (c = next(r)) != END;) {
		bool good = true;
		if (c == '#' || c == ';')
			skip_line(r);
		else if (c == '[')
			good = read_section(r);
		else if (c != '\n' && !is_blank(c))
			good = r->section.n > 0 && is_key(c) && c != '-' && (c < '0' || c > '9') && read_setting(r, c);
		if (!good)
			return false;
	}
	return true;
}

bool git_config_text(git_config *c, slu_str text)
{
	struct reader r = { .text = text, .c = c };
	slu_buf_init(&r.section, FILE_MAX);
	slu_buf_init(&r.word, FILE_MAX);
	bool good = read_all(&r);
	slu_buf_release(&r.section);
	slu_buf_release(&r.word);
	return good;
}

bool git_config_file(git_config *c, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR;
	size_t n = 0;
	char *text = NULL;
	bool good = fstat(fd, &st) == 0;
	if (good && S_ISREG(st.st_mode) && st.st_size > 0 && st.st_size <= FILE_MAX) {
		n = (size_t)st.st_size;
		text = slu_alloc(c->a, n);
		good = read(fd, text, n) == (ssize_t)n;
	} else if (good && !S_ISREG(st.st_mode)) { /* /dev/null is how one says "none" */
		char byte;
		good = S_ISCHR(st.st_mode) && read(fd, &byte, 1) == 0;
	} else {
		good = good && st.st_size == 0;
	}
	close(fd);
	return good && git_config_text(c, (slu_str){ text, n });
}

void git_config_list(git_config *c, slu_str text)
{
	slu_str one;
	while (slu_str_split(&text, 0, &one)) {
		struct port_git_setting s = { .value = one };
		s.has_value = memchr(one.p, '\n', one.n) != NULL;
		(void)slu_str_split(&s.value, '\n', &s.key);
		s.value.n = s.has_value ? s.value.n : 0;
		*SLU_ADD(c->a, &c->list) = s;
	}
}

bool git_config_get(const git_config *c, const char *key, slu_str *out)
{
	for (size_t i = c->list.n; i-- > 0;) {
		if (!slu_str_is(c->list.v[i].key, key))
			continue;
		*out = c->list.v[i].value;
		return true;
	}
	return false;
}

bool git_config_bool(slu_str v, bool has_value, bool *out)
{
	char word[8] = "";
	uint64_t number = 0;
	for (size_t i = 0; i < v.n && i + 1 < sizeof word; i++)
		word[i] = lower(v.p[i]);
	slu_str w = { word, v.n < sizeof word ? v.n : 0 };
	bool yes = !has_value || slu_str_in(w, "true yes on"), no = has_value && (v.n == 0 || slu_str_in(w, "false no off"));
	if (!yes && !no && slu_parse_u64(&number, v, NULL) != SLU_OK)
		return false;
	*out = yes || (!no && number != 0);
	return true;
}

bool git_config_format(const git_config *c, uint8_t *hash, bool *partial)
{
	static const char known[] = "extensions.noop extensions.preciousobjects extensions.worktreeconfig extensions.partialclone extensions.objectformat";
	slu_str v;
	bool first = git_config_get(c, "core.repositoryformatversion", &v) && slu_str_is(v, "1");
	if (!first && git_config_get(c, "core.repositoryformatversion", &v) && !slu_str_is(v, "0"))
		return false;
	for (size_t i = 0; i < c->list.n; i++)
		if (slu_str_starts(c->list.v[i].key, "extensions.") && !slu_str_in(c->list.v[i].key, known))
			return false;
	*hash = 20;
	if (git_config_get(c, "extensions.objectformat", &v)) {
		if (!first || !slu_str_in(v, "sha1 sha256"))
			return false;
		*hash = slu_str_is(v, "sha256") ? 32 : 20;
	}
	*partial = git_config_get(c, "extensions.partialclone", &v);
	return true;
}
