/* SPDX-License-Identifier: Apache-2.0 */
#include "git/signature.h"

static bool is_mark(slu_str line)
{
	static const char *const marks[] = { "-----BEGIN PGP SIGNATURE-----", "-----BEGIN PGP MESSAGE-----", "-----BEGIN SSH SIGNATURE-----", "-----BEGIN SIGNED MESSAGE-----" };
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (slu_str_starts(line, marks[i]))
			return true;
	return false;
}

/** The line with its end; false: there is none. */
static bool next_line(slu_str raw, size_t *at, slu_str *line)
{
	if (*at >= raw.n)
		return false;
	const char *nl = memchr(raw.p + *at, '\n', raw.n - *at);
	*line = (slu_str){ raw.p + *at, nl ? (size_t)(nl - raw.p) + 1 - *at : raw.n - *at };
	*at += line->n;
	return true;
}

/** The headers "gpgsig" and "gpgsig-sha256", of which one signs the commit as it would be with the other hash, are not signed, nor the lines that go on with a space. */
static struct git_signed of_commit(slu_arena *a, slu_str raw, bool sha256)
{
	const char *own = sha256 ? "gpgsig-sha256 " : "gpgsig ", *theirs = sha256 ? "gpgsig " : "gpgsig-sha256 ";
	char *text = slu_alloc(a, raw.n + 1), *signature = slu_alloc(a, raw.n + 1);
	size_t text_n = 0, signature_n = 0, at = 0;
	unsigned found = 0, in = 0; /* 1: in the signature; 2: in the other one */
	slu_str line;
	while (next_line(raw, &at, &line) && line.p[0] != '\n') {
		bool more = line.p[0] == ' ' && in;
		size_t skip = more ? 1 : strlen(own);
		in = more ? in : slu_str_starts(line, own) ? 1 : slu_str_starts(line, theirs) ? 2 : 0;
		found += in == 1 && !more;
		if (in == 0) {
			memcpy(text + text_n, line.p, line.n);
			text_n += line.n;
		} else if (in == 1) {
			memcpy(signature + signature_n, line.p + skip, line.n - skip);
			signature_n += line.n - skip;
		}
		line = (slu_str){ "", 0 };
	}
	size_t rest = raw.n - at + line.n; /* the empty line, and the message */
	memcpy(text + text_n, raw.p + raw.n - rest, rest);
	return (struct git_signed){ { text, text_n + rest }, { signature, signature_n }, found > 1 };
}

/** From the last line that begins a signature to the end. */
static struct git_signed of_tag(slu_arena *a, slu_str raw)
{
	size_t at = 0, start = 0, mark = raw.n;
	slu_str line;
	while (next_line(raw, &at, &line)) {
		mark = is_mark(line) ? start : mark;
		start = at;
	}
	slu_str text = { slu_str_dup(a, (slu_str){ raw.p, mark }), mark }, signature = { slu_str_dup(a, (slu_str){ raw.p + mark, raw.n - mark }), raw.n - mark };
	return (struct git_signed){ text, signature, false };
}

struct git_signed git_signed_of(slu_arena *a, enum git_kind kind, slu_str raw, bool sha256)
{
	return kind == GIT_COMMIT ? of_commit(a, raw, sha256) : of_tag(a, raw);
}
