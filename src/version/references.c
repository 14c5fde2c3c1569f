/* SPDX-License-Identifier: Apache-2.0 */
/* What a message refers to: issues by number or key, here or elsewhere, and whether it closes them. */
#include "version/commit.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || is_capital(c);
}

/* What names of repositories are made of, with the slash between owner and name. */
static bool is_name_char(char c)
{
	return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.' || c == '/';
}

static bool is_action(slu_str word)
{
	static const char words[] = "close closes closed fix fixes fixed resolve resolves resolved";
	char low[sizeof "resolved"];
	if (word.n == 0 || word.n >= sizeof low)
		return false;
	for (size_t i = 0; i < word.n; i++)
		low[i] = is_capital(word.p[i]) ? (char)(word.p[i] - 'A' + 'a') : word.p[i];
	return slu_str_in((slu_str){ low, word.n }, words);
}

static size_t digits_at(slu_str s, size_t at)
{
	size_t n = 0;
	while (at + n < s.n && is_digit(s.p[at + n]))
		n++;
	bool ends = at + n == s.n || (!is_letter(s.p[at + n]) && s.p[at + n] != '_');
	return ends ? n : 0;
}

/* "owner/name" or nothing at all. */
static bool is_repository(slu_str s)
{
	const char *slash = s.n ? memchr(s.p, '/', s.n) : NULL;
	if (!slash)
		return s.n == 0;
	size_t owner = (size_t)(slash - s.p);
	return owner > 0 && owner + 1 < s.n && !memchr(slash + 1, '/', s.n - owner - 1);
}

/* Names of standards and algorithms, which stand before a number as the key of a tracker does: "fix UTF-8 names" closes nothing. */
static bool is_standard(slu_str letters)
{
	static const char names[] = "UTF UCS ISO IEC IEEE ANSI ASCII ECMA RFC BCP STD ITU NIST FIPS DIN CP GB KOI EUC LATIN BASE "
				    "SHA MD CRC AES DES RSA DSA ECDSA ED DH RC PBKDF HMAC BLAKE POLY HTTP TLS SSL SSH IP OAUTH SMB "
				    "PEP JEP JSR JDK JRE CVE CWE GHSA RHEL ARM MIPS RISC INT UINT FLOAT BF FP GPL LGPL AGPL MPL BSD CC";
	return slu_str_in(letters, names);
}

/* "ABC-12": where its number begins; 0: it is none. */
static size_t key_number(slu_str word)
{
	size_t n = 0;
	while (n < word.n && is_capital(word.p[n]))
		n++;
	bool key = n >= 2 && n + 1 < word.n && word.p[n] == '-' && digits_at(word, n + 1) == word.n - n - 1;
	return key && !is_standard((slu_str){ word.p, n }) ? n + 1 : 0;
}

/* Up to where a word of names goes, from `at` on; without the full stops of a sentence in *bare. */
static slu_str word_at(slu_str line, size_t at, slu_str *bare)
{
	size_t end = at;
	while (end < line.n && is_name_char(line.p[end]))
		end++;
	*bare = (slu_str){ line.p + at, end - at };
	while (bare->n && bare->p[bare->n - 1] == '.')
		bare->n--;
	return (slu_str){ line.p + at, end - at };
}

static void read_line(ver_reference_list *out, slu_arena *a, slu_str line, bool keys)
{
	slu_str action = { NULL, 0 }, bare;
	for (size_t at = 0; at < line.n; at++) {
		slu_str word = word_at(line, at, &bare);
		at += word.n;
		char next = at < line.n ? line.p[at] : '\0';
		size_t digits = next == '#' ? digits_at(line, at + 1) : 0;
		if (digits && is_repository(word)) {
			*SLU_ADD(a, out) = (struct ver_reference){ action, word, { line.p + at + 1, digits } };
			at += digits;
		} else if (is_action(word) && (next == ' ' || next == ':')) {
			action = word;
		} else if ((keys || action.n) && key_number(bare)) {
			*SLU_ADD(a, out) = (struct ver_reference){ action, { NULL, 0 }, bare };
		}
	}
}

void ver_references_find(ver_reference_list *out, slu_arena *a, slu_str text, bool keys)
{
	slu_str line;
	while (slu_str_split(&text, '\n', &line))
		read_line(out, a, line, keys);
}
