/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scan for secrets. Samples are made here, from each rule's shape and a seeded generator: no token stands in this file, and none
 * that is made was ever issued.
 * Requirement: CM-4
 */
#include "scan/impl.h"

#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "t.h"

enum { TOKEN_MAX = 8 * 1024, SAMPLES = 50, MAX = 16 };

static uint64_t seed = 42;
static uint32_t rnd(uint32_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % below;
}

static char one_of(char cls)
{
	char c;
	do
		c = (char)(33 + rnd(94));
	while (!scan_in_class(cls, c));
	return c;
}

/* ---- making tokens ---------------------------------------------------------------------------------------------------- */

/** A random text of that shape; *body where its first class begins. */
static size_t of_shape(char *out, const char *shape, size_t *body)
{
	size_t n = 0;
	*body = SIZE_MAX;
	for (const char *s = shape; *s;) {
		if (*s != '[') {
			out[n++] = *s++;
			continue;
		}
		char cls = s[1], *end;
		size_t min = strtoul(s + 2, &end, 10), max = *end == '-' ? strtoul(end + 1, &end, 10) : min;
		*body = *body == SIZE_MAX ? n : *body;
		for (size_t k = min + rnd((uint32_t)(max - min) + 1); k > 0; k--)
			out[n++] = one_of(cls);
		s = end + 1;
	}
	return n;
}

static void number(char *out, size_t n, uint32_t v, uint32_t base)
{
	static const char low[] = "0123456789abcdefghijklmnopqrstuvwxyz", both[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	for (; n > 0; v /= base)
		out[--n] = (base == 62 ? both : low)[v % base];
}

static void base64(char *out, const uint8_t *in, size_t n, bool url)
{
	int variant = url ? sodium_base64_VARIANT_URLSAFE_NO_PADDING : sodium_base64_VARIANT_ORIGINAL;
	(void)sodium_bin2base64(out, sodium_base64_encoded_len(n, variant), in, n, variant);
}

static void make_crc62(char *t, size_t *n, size_t body)
{
	number(t + *n - 6, 6, scan_crc32((slu_str){ t + body, *n - body - 6 }), 62);
}

static void make_gitlab(char *t, size_t *n, size_t body)
{
	size_t payload = (size_t)((char *)memchr(t + body, '.', *n - body) - (t + body));
	number(t + *n - 9, 2, (uint32_t)payload, 36);
	number(t + *n - 7, 7, scan_crc32((slu_str){ t, *n - 7 }), 36);
}

static void make_grafana(char *t, size_t *n, size_t body)
{
	char hex[9];
	uint32_t crc = scan_crc32((slu_str){ t, *n - 9 });
	(void)body;
	(void)snprintf(hex, sizeof hex, "%02x%02x%02x%02x", crc & 0xff, crc >> 8 & 0xff, crc >> 16 & 0xff, crc >> 24);
	memcpy(t + *n - 8, hex, 8);
}

/** The checksum by trying: six more digits, each the one that a second implementation of the polynomial gives. */
static uint32_t bech32_step(uint32_t c, uint32_t v)
{
	static const uint32_t g[] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
	uint32_t b = c >> 25;
	c = ((c & 0x1ffffff) << 5) ^ v;
	for (int i = 0; i < 5; i++)
		if ((b >> i) & 1)
			c ^= g[i];
	return c;
}

static void make_bech32(char *t, size_t *n, size_t body)
{
	static const char low[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l", high[] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
	bool upper = t[0] == 'A';
	uint32_t c = 1;
	for (size_t i = 0; i + 1 < body; i++)
		c = bech32_step(c, (uint32_t)(t[i] | (upper && t[i] != '-' ? 0x20 : 0)) >> 5);
	c = bech32_step(c, 0);
	for (size_t i = 0; i + 1 < body; i++)
		c = bech32_step(c, (uint32_t)(t[i] | (upper && t[i] != '-' ? 0x20 : 0)) & 31);
	for (size_t i = body; i < *n; i++) {
		uint32_t v = rnd(32);
		if (i == *n - 6) {
			uint32_t sum = c;
			for (int k = 0; k < 6; k++)
				sum = bech32_step(sum, 0);
			sum ^= 1;
			for (unsigned k = 0; k < 6; k++)
				t[i + k] = (upper ? high : low)[sum >> (5 * (5 - k)) & 31];
			return;
		}
		t[i] = (upper ? high : low)[v];
		c = bech32_step(c, v);
	}
}

static void make_base58(char *t, size_t *n, size_t body)
{
	static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
	static const uint8_t xprv[] = { 0x04, 0x88, 0xad, 0xe4 };
	uint8_t raw[82], sum[32];
	(void)body;
	for (size_t i = 0; i < sizeof raw; i++)
		raw[i] = (uint8_t)rnd(256);
	memcpy(raw, xprv, sizeof xprv);
	raw[4] = 0; /* the depth: "xprv9" */
	(void)crypto_hash_sha256(sum, raw, 78);
	(void)crypto_hash_sha256(sum, sum, 32);
	memcpy(raw + 78, sum, 4);
	*n = 111;
	for (size_t i = *n; i-- > 0;) {
		unsigned rest = 0;
		for (size_t k = 0; k < sizeof raw; k++) {
			unsigned v = rest * 256 + raw[k];
			raw[k] = (uint8_t)(v / 58);
			rest = v % 58;
		}
		t[i] = alphabet[rest];
	}
}

static void make_macaroon(char *t, size_t *n, size_t body)
{
	uint8_t raw[256] = { 2, 1 };
	const char *at = t[body - 1] == 'c' ? "pypi.org" : "test.pypi.org";
	size_t k = 2;
	raw[k++] = (uint8_t)strlen(at);
	memcpy(raw + k, at, strlen(at));
	k += strlen(at);
	raw[k++] = 2;
	raw[k++] = 36;
	for (int i = 0; i < 36; i++)
		raw[k++] = (uint8_t)one_of('h');
	raw[k++] = 0;
	raw[k++] = 0;
	raw[k++] = 6;
	raw[k++] = 32;
	for (int i = 0; i < 32; i++)
		raw[k++] = (uint8_t)rnd(256);
	base64(t + 5, raw, k, true);
	*n = strlen(t);
}

static void make_openai(char *t, size_t *n, size_t body)
{
	memcpy(t + body + 20, "T3BlbkFJ", 8);
	(void)n;
}

static void make_ends_aa(char *t, size_t *n, size_t body)
{
	(void)body;
	memcpy(t + *n - 2, "AA", 2);
}

static void make_aws(char *t, size_t *n, size_t body)
{
	static const char *const as[] = { "aws_secret_access_key = ", "AWS_SECRET_ACCESS_KEY=", "\"SecretAccessKey\": \"", "secretAccessKey: '" };
	(void)body;
	*n = (size_t)snprintf(t, TOKEN_MAX, "%s", as[rnd(4)]);
	memcpy(t + *n, "aZ0", 3);
	for (int i = 3; i < 40; i++)
		t[*n + (size_t)i] = one_of('s');
	*n += 40;
}

static void make_pem(char *t, size_t *n, size_t body)
{
	static const char *const label[] = { "RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY" };
	unsigned kind = rnd(4);
	uint8_t raw[600];
	size_t size = 200 + rnd(300);
	char lines[1024];
	(void)body;
	for (size_t i = 0; i < size; i++)
		raw[i] = (uint8_t)rnd(256);
	raw[0] = 0x30;
	raw[1] = 0x82;
	raw[2] = (uint8_t)((size - 4) >> 8);
	raw[3] = (uint8_t)(size - 4);
	if (kind == 3)
		memcpy(raw, "openssh-key-v1", 15);
	base64(lines, raw, size, false);
	*n = (size_t)snprintf(t, TOKEN_MAX, "-----BEGIN %s-----\n", label[kind]);
	for (size_t i = 0; i < strlen(lines); i += 64)
		*n += (size_t)snprintf(t + *n, TOKEN_MAX - *n, "%.64s\n", lines + i);
	*n += (size_t)snprintf(t + *n, TOKEN_MAX - *n, "-----END %s-----", label[kind]);
}

static void make_putty(char *t, size_t *n, size_t body)
{
	(void)body;
	*n = (size_t)snprintf(t, TOKEN_MAX, "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nPrivate-Lines: 8\n");
	for (int i = 0; i < 64; i++)
		t[(*n)++] = one_of('s');
}

static void make(char *t, size_t *n, const struct scan_row *r)
{
	static const struct { scan_check *check; void (*make)(char *t, size_t *n, size_t body); } made[] = {
		{ scan_check_crc62, make_crc62 }, { scan_check_gitlab, make_gitlab }, { scan_check_grafana, make_grafana }, { scan_check_bech32, make_bech32 },
		{ scan_check_base58, make_base58 }, { scan_check_macaroon, make_macaroon }, { scan_check_openai, make_openai }, { scan_check_ends_aa, make_ends_aa },
		{ scan_check_aws, make_aws }, { scan_check_pem, make_pem }, { scan_check_putty, make_putty },
	};
	size_t body, known = 0;
	*n = of_shape(t, r->rule.shape, &body);
	for (size_t i = 0; r->check && i < sizeof made / sizeof *made; i++)
		if (made[i].check == r->check) {
			made[i].make(t, n, body);
			known = 1;
		}
	if (r->check && !known)
		T_FAIL("nothing here makes the tokens of %s", r->rule.id);
}

/* ---- looking ---------------------------------------------------------------------------------------------------------- */

static slu_arena *arena;
static const scan *all(void)
{
	static scan *s;
	arena = arena ? arena : slu_arena_new();
	return s = s ? s : scan_new(arena);
}

static struct scan_hit hit[MAX];
static char text[4 * TOKEN_MAX];

/** Puts the token between two others texts. @return the number of hits */
static size_t look(const char *before, const char *t, size_t n, const char *after)
{
	size_t b = strlen(before);
	memcpy(text, before, b);
	memcpy(text + b, t, n);
	memcpy(text + b + n, after, strlen(after));
	return scan_text(all(), (slu_str){ text, b + n + strlen(after) }, hit, MAX);
}

T_TEST(there_are_enough_formats_and_no_id_twice)
{
	size_t n = 0;
	for (; scan_rule_at(n); n++)
		for (size_t k = 0; k < n; k++)
			T_TRUE(strcmp(scan_rule_at(n)->id, scan_rule_at(k)->id) != 0);
	T_TRUE(n >= 60);
}

T_TEST(each_format_is_found_where_it_stands)
{
	static const struct { const char *before, *after; } around[] = { { "", "" }, { "a = \"", "\"\nb\n" }, { "\n\n\tkey: ", "\r\n" }, { "x\\n", "" }, { "?t=", "&u" }, { "?t%3D", "<" } };
	char t[TOKEN_MAX];
	for (size_t i = 0; i < scan_row_n; i++) {
		const struct scan_row *r = &scan_row[i];
		unsigned missed = 0;
		for (int k = 0; k < SAMPLES * 6; k++) {
			size_t n, at = (size_t)k % 6;
			make(t, &n, r);
			size_t found = look(around[at].before, t, n, around[at].after);
			T_CASE("%s: %.*s", r->rule.id, (int)(n < 120 ? n : 120), t);
			missed += found == 0;
			if (found == 0)
				continue;
			T_EQ_STR(hit[0].rule->id, r->rule.id);
			T_EQ_INT(hit[0].line, at == 2 ? 3 : 1);
			T_TRUE(!hit[0].allowed && strlen(hit[0].print) == SCAN_PRINT - 1);
			if (r->check != scan_check_aws)
				T_EQ_INT(hit[0].at, strlen(around[at].before));
		}
		T_CASE("%s", r->rule.id);
		T_TRUE(missed <= 3); /* of 300: random text that looks like a placeholder, or varies too little */
	}
}

/** Each byte changed by hand makes another token, and none with a checksum is still one. */
T_TEST(a_wrong_checksum_is_no_token)
{
	char t[TOKEN_MAX];
	unsigned with = 0;
	for (size_t i = 0; i < scan_row_n; i++) {
		const struct scan_row *r = &scan_row[i];
		if (!r->rule.has_checksum)
			continue;
		with++;
		unsigned sound = 0;
		for (int k = 0; k < SAMPLES; k++) {
			size_t n;
			make(t, &n, r);
			sound += look("", t, n, "\n") == 1;
			size_t at = r->check == scan_check_macaroon ? 9 : n - 2 - rnd(3);
			t[at] = t[at] == 'q' ? 'p' : t[at] == 'Q' ? 'P' : t[at] >= 'a' ? 'q' : t[at] >= 'A' ? 'Q' : t[at] == '5' ? '6' : '5';
			T_CASE("%s: %.*s", r->rule.id, (int)(n < 120 ? n : 120), t);
			T_EQ_INT(look("", t, n, "\n"), 0);
		}
		T_CASE("%s", r->rule.id);
		T_TRUE(sound >= SAMPLES - 2);
	}
	T_TRUE(with >= 10);
}

T_TEST(known_tokens_of_the_issuers_own_manuals)
{
	/* as published with the description of the format, in two parts */
	char t[128];
	(void)snprintf(t, sizeof t, "%s%s", "ghp_zQWBuTSOoRi4A9spHc", "VY5ncnsDkxkJ0mLq17");
	T_EQ_INT(look("", t, strlen(t), ""), 1);
	(void)snprintf(t, sizeof t, "%s%s", "glsa_yscW25imSKJIuav8zF37R", "ZmnbiDvB05G_fcaaf58a");
	T_EQ_INT(look("", t, strlen(t), ""), 1);
	(void)snprintf(t, sizeof t, "%s%s", "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZ", "GFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX");
	T_EQ_INT(look("", t, strlen(t), ""), 1);
}

T_TEST(what_is_no_token_is_not_found)
{
	char t[TOKEN_MAX];
	for (size_t i = 0; i < scan_row_n; i++) {
		const struct scan_row *r = &scan_row[i];
		size_t n, body = 0;
		make(t, &n, r);
		T_CASE("%s", r->rule.id);
		T_EQ_INT(look("", t, n < 36 ? n / 3 : 12, "\n"), 0); /* the beginning only */
		if (r->check == scan_check_pem || r->check == scan_check_putty || r->check == scan_check_aws)
			continue;
		T_EQ_INT(look("Zz9", t, n, ""), 0);                            /* inside of a word */
		const char *last = strrchr(r->rule.shape, '[');
		if (last && strchr(last, ']')[1] == 0 && !strchr(last, '-'))
			T_EQ_INT(look("", t, n, "Zz9"), 0);                    /* of a longer one */
		(void)of_shape(t, r->rule.shape, &body);
		make(t, &n, r);
		for (size_t k = body; r->entropy && k < n; k++)
			if (scan_in_class('w', t[k]))
				t[k] = scan_in_class('d', t[k]) ? '1' : scan_in_class('l', t[k]) ? 'a' : 'A';
		T_EQ_INT(r->entropy ? look("", t, n, "\n") : 0, 0);           /* varies too little */
	}
}

T_TEST(a_bots_token_stands_in_its_address)
{
	char t[TOKEN_MAX];
	size_t n;
	const struct scan_row *r = scan_row;
	while (strcmp(r->rule.id, "telegram-bot") != 0)
		r++;
	make(t, &n, r);
	T_EQ_INT(look("https://api.telegram.org/bot", t, n, "/getMe"), 1);
	T_EQ_STR(hit[0].rule->id, "telegram-bot");
	T_EQ_INT(look("x", t, n, "/getMe"), 0);
}

T_TEST(placeholders_are_no_secrets)
{
	static const char *const words[] = { "AKIA" "IOSFODNN7EXAMPLE", "ghp_" "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "glpat-" "ABCDEFabcdef12345678", "sk_live_" "1234567890abcdefghijklmn",
					     "aws_secret_access_key = " "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA...\n-----END RSA PRIVATE KEY-----\n" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		T_CASE("%s", words[i]);
		T_EQ_INT(look("", words[i], strlen(words[i]), "\n"), 0);
	}
}

T_TEST(a_comment_allows_it)
{
	char t[TOKEN_MAX];
	size_t n;
	const struct scan_row *r = &scan_row[0];
	static const struct { const char *before, *after; bool allowed; } rows[] = {
		{ "k = ", " # sluice:allow-secret", true }, { "# sluice:allow-secret: of a test\nk = ", "\n", true }, { "# sluice:allow-secret\n\nk = ", "\n", false },
		{ "k = ", "\n# sluice:allow-secret\n", false }, { "k = ", " # sluice:allow", false }, { "\n\nk = ", " /* sluice:allow-secret */\n", true },
	};
	make(t, &n, r);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("%s", rows[i].after);
		T_EQ_INT(look(rows[i].before, t, n, rows[i].after), 1);
		T_TRUE(hit[0].allowed == rows[i].allowed);
	}
}

/** The same for a text in pieces of any size, with lines and places as they are in the whole. */
T_TEST(a_stream_finds_what_the_whole_has)
{
	enum { BIG = 5 * 1024 * 1024, MANY = 64 };
	char *big = malloc(BIG), t[TOKEN_MAX];
	struct scan_hit *whole = calloc(MANY, sizeof *whole), *part = calloc(MANY, sizeof *part);
	for (size_t i = 0; i < BIG; i++)
		big[i] = rnd(40) ? ' ' : '\n';
	for (size_t k = 0; k < 40; k++) {
		size_t n;
		make(t, &n, &scan_row[(k * 7) % scan_row_n]);
		memcpy(big + k * (BIG / 41) + (k % 5 ? 0 : 1024 * 1024 % (BIG / 41)), t, n);
	}
	size_t n = scan_text(all(), (slu_str){ big, BIG }, whole, MANY);
	T_TRUE(n >= 35);
	for (size_t size = 1000; size < BIG; size = size * 3 + 1) {
		scan_stream *s = scan_stream_new(all(), part, MANY);
		for (size_t at = 0; at < BIG; at += size)
			scan_stream_feed(s, (slu_str){ big + at, BIG - at < size ? BIG - at : size }, at + size >= BIG);
		T_CASE("pieces of %zu", size);
		T_EQ_INT(scan_stream_found(s), n);
		for (size_t i = 0; i < n; i++) {
			T_EQ_INT(part[i].at, whole[i].at);
			T_EQ_INT(part[i].line, whole[i].line);
			T_EQ_STR(part[i].print, whole[i].print);
		}
		scan_stream_free(s);
	}
	scan_stream *s = scan_stream_new(all(), part, 3); /* no more than asked for */
	scan_stream_feed(s, (slu_str){ big, BIG }, false);
	scan_stream_feed(s, (slu_str){ "", 0 }, true);
	T_EQ_INT(scan_stream_found(s), 3);
	scan_stream_free(s);
	free(big);
	free(whole);
	free(part);
}

/** Texts that are nearly tokens everywhere cost no more than some times what others do. */
T_TEST(no_text_is_slow)
{
	static const char *const again[] = {
		"sk-ant-api03-", "a sk-ant-api03-", "-----BEGIN RSA PRIVATE KEY-----\na: b\n", "x: -----BEGIN RSA PRIVATE KEY-----\n", "-----BEGIN RSA PRIVATE KEY-----", "PuTTY-User-Key-File-2: \n",
		"aws_secret_access_key=", "0:AA", "ghp_", " ghp_a", "pypi-AgEIcHlwaS5vcmcA", "7AZDO", "1//0", " eyJ sntrys_eyJ", "-us1", "8Q~", "T3BlbkFJ", "\\nhf_",
	};
	enum { BIG = 4 * 1024 * 1024, SLOWEST_MS = 8000 }; /* 50 times a plain text's, on a machine ten times as slow */
	char *big = malloc(BIG);
	for (size_t i = 0; i < sizeof again / sizeof *again; i++) {
		size_t n = strlen(again[i]);
		for (size_t at = 0; at < BIG; at += n)
			memcpy(big + at, again[i], BIG - at < n ? BIG - at : n);
		clock_t from = clock();
		(void)scan_text(all(), (slu_str){ big, BIG }, hit, MAX);
		long ms = (long)((clock() - from) * 1000 / CLOCKS_PER_SEC);
		T_CASE("%s: %ld ms", again[i], ms);
		T_TRUE(ms < SLOWEST_MS);
	}
	free(big);
}

T_TEST(the_names_of_files_that_hold_secrets)
{
	static const char *const yes[] = { "id_rsa", "a/b/.ssh/id_ed25519", "x.p12", "k/s.jks", ".netrc", "home/.aws/credentials", "prod.tfstate" };
	static const char *const no[] = { "id_rsa.pub", "my_id_rsa", ".p12", "a/.jks", "netrc", "aws/credentials", "id_rsa/readme", "prod.tfstate.md" };
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
		T_CASE("%s", yes[i]);
		T_TRUE(scan_name(slu_s(yes[i])) != NULL);
	}
	for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
		T_CASE("%s", no[i]);
		T_TRUE(scan_name(slu_s(no[i])) == NULL);
	}
}
