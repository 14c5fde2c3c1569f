/* SPDX-License-Identifier: Apache-2.0 */
/* Checksums and structures of single formats. Each is as its issuer has published it. */
#include "scan/impl.h"

#include <sodium.h>

uint32_t scan_crc32(slu_str bytes)
{
	uint32_t crc = 0xffffffffu;
	for (size_t i = 0; i < bytes.n; i++) {
		crc ^= (unsigned char)bytes.p[i];
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1)));
	}
	return ~crc;
}

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char base36[] = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Are these the digits of a number in that base, with zeroes before it? */
static bool is_number(slu_str digits, uint32_t number, const char *alphabet, uint32_t base)
{
	for (size_t i = digits.n; i-- > 0; number /= base)
		if (digits.p[i] != alphabet[number % base])
			return false;
	return number == 0;
}

static slu_str part(slu_str s, size_t from, size_t to)
{
	return (slu_str){ s.p + from, to - from };
}

static slu_str token_of(const struct scan_place *p)
{
	return (slu_str){ p->text.p + p->at, p->n };
}

bool scan_check_crc62(struct scan_place *p)
{
	slu_str b = p->body;
	return b.n > 6 && is_number(part(b, b.n - 6, b.n), scan_crc32(part(b, 0, b.n - 6)), base62, 62);
}

/** PREFIX, PAYLOAD.VERSION.LLCCCCCCC: the payload's length and the CRC-32 of all before it, in base 36. */
bool scan_check_gitlab(struct scan_place *p)
{
	const size_t sum_n = 7, length_n = 2;
	slu_str t = token_of(p), b = p->body;
	const char *dot = memchr(b.p, '.', b.n);
	size_t payload = dot ? (size_t)(dot - b.p) : 0;
	return payload > 0 && is_number(part(t, t.n - sum_n - length_n, t.n - sum_n), (uint32_t)payload, base36, 36) &&
	       is_number(part(t, t.n - sum_n, t.n), scan_crc32(part(t, 0, t.n - sum_n)), base36, 36);
}

bool scan_check_grafana(struct scan_place *p)
{
	slu_str t = token_of(p);
	uint32_t crc = scan_crc32(part(t, 0, t.n - 9));
	for (size_t i = 0; i < 4; i++, crc >>= 8) {
		char hex[3];
		const unsigned char byte = crc & 0xff;
		(void)sodium_bin2hex(hex, sizeof hex, &byte, 1);
		if (memcmp(t.p + t.n - 8 + 2 * i, hex, 2) != 0)
			return false;
	}
	return true;
}

/* ---- bech32 (BIP 173) ------------------------------------------------------------------------------------------------- */

static uint32_t polymod(uint32_t c, uint32_t value)
{
	static const uint32_t generator[] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
	uint32_t top = c >> 25;
	c = (c & 0x1ffffff) << 5 ^ value;
	for (unsigned i = 0; i < 5; i++)
		c ^= top >> i & 1 ? generator[i] : 0;
	return c;
}

bool scan_check_bech32(struct scan_place *p)
{
	static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	slu_str t = token_of(p);
	size_t human = (size_t)(p->body.p - t.p) - 1; /* then "1" */
	uint32_t c = 1;
	for (int low = 0; low < 2; low++) {
		for (size_t i = 0; i < human; i++) {
			uint32_t ch = (unsigned char)(t.p[i] >= 'A' && t.p[i] <= 'Z' ? t.p[i] | 0x20 : t.p[i]);
			c = polymod(c, low ? ch & 31 : ch >> 5);
		}
		if (!low)
			c = polymod(c, 0);
	}
	for (size_t i = 0; i < p->body.n; i++) {
		char ch = p->body.p[i] >= 'A' && p->body.p[i] <= 'Z' ? (char)(p->body.p[i] | 0x20) : p->body.p[i];
		const char *at = memchr(alphabet, ch, sizeof alphabet - 1);
		if (!at)
			return false;
		c = polymod(c, (uint32_t)(at - alphabet));
	}
	return c == 1;
}

/* ---- base 58 ---------------------------------------------------------------------------------------------------------- */

enum { KEY58 = 82 }; /* 78 bytes, and the first four of the SHA-256 of their SHA-256 */

bool scan_check_base58(struct scan_place *p)
{
	static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
	uint8_t out[KEY58] = { 0 };
	unsigned char digest[crypto_hash_sha256_BYTES];
	slu_str t = token_of(p);
	for (size_t i = 0; i < t.n; i++) {
		const char *at = memchr(alphabet, t.p[i], sizeof alphabet - 1);
		if (!at)
			return false;
		uint32_t carry = (uint32_t)(at - alphabet);
		for (size_t k = sizeof out; k-- > 0; carry >>= 8) {
			carry += out[k] * 58u;
			out[k] = (uint8_t)carry;
		}
		if (carry)
			return false;
	}
	(void)crypto_hash_sha256(digest, out, sizeof out - 4);
	(void)crypto_hash_sha256(digest, digest, sizeof digest);
	return memcmp(digest, out + sizeof out - 4, 4) == 0;
}

/* ---- base 64 ---------------------------------------------------------------------------------------------------------- */

static int value64(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

size_t scan_base64(uint8_t *out, size_t cap, slu_str text)
{
	uint32_t bits = 0;
	unsigned held = 0;
	size_t n = 0;
	while (text.n > 0 && text.p[text.n - 1] == '=')
		text.n--;
	for (size_t i = 0; i < text.n; i++) {
		int v = value64(text.p[i]);
		if (v < 0)
			return 0;
		bits = bits << 6 | (uint32_t)v;
		held += 6;
		if (held < 8)
			continue;
		if (n == cap)
			return 0;
		held -= 8;
		out[n++] = (uint8_t)(bits >> held);
	}
	return n;
}

/** Version 2: fields (type, length, bytes) to the last one, a signature of 32 bytes. */
bool scan_check_macaroon(struct scan_place *p)
{
	uint8_t b[1024];
	slu_str t = token_of(p);
	size_t n = scan_base64(b, sizeof b, part(t, 5, t.n)), at = 1;
	if (n < 40 || b[0] != 2)
		return false;
	while (at < n) {
		uint8_t type = b[at++];
		if (type == 0)
			continue;
		size_t length = 0;
		for (unsigned shift = 0; at < n && shift < 14; shift += 7) {
			length |= (size_t)(b[at] & 0x7f) << shift;
			if (!(b[at++] & 0x80))
				break;
		}
		at += length;
		if (type == 6)
			return length == 32 && at == n;
	}
	return false;
}

bool scan_check_openai(struct scan_place *p)
{
	return memmem(p->body.p, p->body.n, "T3BlbkFJ", 8) != NULL;
}

bool scan_check_ends_aa(struct scan_place *p)
{
	return slu_str_ends(p->body, "AA");
}

/** "secret_access_key = 40 bytes": what stands between is of a few signs, as configuration and programs write it. */
bool scan_check_aws(struct scan_place *p)
{
	slu_str text = p->text, body;
	size_t at = p->at + p->n, end = at + 12;
	static const char *const names[] = { "ecret_access_key", "SECRET_ACCESS_KEY", "ecretAccessKey", "ecret-access-key" };
	bool named = false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		named = named || slu_str_ends(p->body, names[i]);
	while (at < text.n && at < end && memchr("\"' \t:=>,()", text.p[at], 10))
		at++;
	if (!named || at == p->at + p->n || scan_shape("[s40]", text, at, &body) == 0)
		return false;
	unsigned kinds = 0;
	for (size_t i = 0; i < body.n; i++)
		kinds |= scan_in_class('d', body.p[i]) ? 1u : scan_in_class('l', body.p[i]) ? 2u : 4u;
	if (kinds != 7 || memmem(body.p, body.n, "EXAMPLE", 7))
		return false;
	p->at = at;
	p->n = 40;
	p->body = body;
	return true;
}
