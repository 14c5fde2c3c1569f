/* SPDX-License-Identifier: Apache-2.0 */
/* The sentence of a full disk stands between two packets of receive-pack's answer, wherever the bytes are cut. Requirement: PR-6 */
#include "web/git_http_impl.h"

#include <stdlib.h>

#include "t.h"

#define WORDS(n, text) n "\002" text
#define REPORT(n, text) n "\001" text

/** Where our words would go when the bytes come in pieces of this size; 0: nowhere. */
static size_t place(const char *bytes, size_t n, size_t piece)
{
	struct git_says s = { 0 };
	size_t found = 0;
	for (size_t i = 0; i < n; i += piece) {
		size_t at = 0, take = n - i < piece ? n - i : piece;
		if (!git_says_look(&s, bytes + i, take, &at))
			continue;
		T_TRUE(found == 0 && at > 0 && at <= take);
		found = i + at;
	}
	return found;
}

T_TEST(the_words_come_after_the_packet_that_says_it)
{
	static const struct {
		const char *what, *bytes;
		size_t n, at;
	} row[] = {
#define ROW(what, bytes, at) { what, bytes, sizeof(bytes) - 1, at }
		ROW("said", WORDS("000a", "hello") WORDS("0023", "fatal: No space left on device") REPORT("0009", "unpk") "0000", 45),
		ROW("a quota", WORDS("001a", "Disk quota exceeded!!") "0000", 26),
		ROW("begun twice", WORDS("0021", "No sNo space left on device!") "0000", 33),
		ROW("in two packets", WORDS("0012", "No space left") WORDS("000f", " on device") "0000", 33),
		ROW("in the report", REPORT("001d", "No space left on device!") "0000", 0),
		ROW("nothing", WORDS("000a", "hello") "0000", 0),
		ROW("cut off", WORDS("0040", "No space left on device"), 0),
		ROW("no packets", "No space left on device", 0),
		ROW("a length that is none", "0003" WORDS("001d", "No space left on device!"), 0),
		ROW("empty", "", 0),
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		for (size_t piece = 1; piece <= row[i].n + 1; piece++) {
			T_CASE("%s, by %zu", row[i].what, piece);
			T_EQ_INT((long long)place(row[i].bytes, row[i].n, piece), (long long)row[i].at);
		}
	t_case[0] = '\0';
}

T_TEST(the_words_are_a_packet)
{
	slu_auto_arena *a = slu_arena_new();
	slu_str p = git_says_full(a);
	char head[5] = { p.p[0], p.p[1], p.p[2], p.p[3] };
	T_EQ_INT((long long)strtol(head, NULL, 16), (long long)p.n);
	T_TRUE(p.p[4] == 2 && p.p[p.n - 1] == '\n');
}
