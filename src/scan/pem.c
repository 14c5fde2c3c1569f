/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys in text: that the head is followed by a key indeed tells them from what is only written about them. */
#include "scan/impl.h"

enum { KEY_MAX = SCAN_SPAN / 2, KEY_MIN = 40, HEADERS_MAX = 20 };

/** In a program or in JSON a line may end with "\n", and the next begin with a quote. */
static bool between(slu_str text, size_t *at)
{
	char c = text.p[*at];
	if (c == '\\' && *at + 1 < text.n && strchr("nr\n\\", text.p[*at + 1])) {
		*at += 2;
		return true;
	}
	if (!strchr(" \t\r\n\"',+;#*>.|", c) || c == 0)
		return false;
	if (c == '+' && *at > 0 && scan_in_class('e', text.p[*at - 1]))
		return false; /* of the key */
	*at += 1;
	return true;
}

/** The key's base 64, without what stands between its lines. @return where it ends */
static size_t collect(char *out, size_t *n, slu_str text, size_t at)
{
	*n = 0;
	while (at < text.n && *n < KEY_MAX) {
		if (scan_in_class('e', text.p[at]))
			out[(*n)++] = text.p[at++];
		else if (!between(text, &at))
			break;
	}
	return at;
}

/** "Proc-Type: 4,ENCRYPTED", "Version: …" and the like, to an empty line. */
static size_t skip_headers(slu_str text, size_t at, bool *encrypted)
{
	for (int lines = 0; lines < HEADERS_MAX; lines++) {
		size_t start = at;
		while (start < text.n && between(text, &start))
			;
		const char *nl = memchr(text.p + start, '\n', text.n - start < 200 ? text.n - start : 200), *colon = nl ? memchr(text.p + start, ':', (size_t)(nl - text.p) - start) : NULL;
		if (!colon)
			return at;
		*encrypted = *encrypted || memmem(text.p + start, (size_t)(nl - text.p) - start, "ENCRYPTED", 9) || text.p[start] == 'D';
		at = (size_t)(nl - text.p);
	}
	return at;
}

/** An ASN.1 SEQUENCE that is as long as it says. */
static bool is_sequence(const uint8_t *b, size_t n)
{
	size_t length = 0, head = 2;
	if (n < 4 || b[0] != 0x30)
		return false;
	if (b[1] < 0x80)
		return b[1] + head == n;
	head += b[1] & 0x7fu;
	if (head > 6 || head > n)
		return false;
	for (size_t i = 2; i < head; i++)
		length = length << 8 | b[i];
	return length + head == n;
}

static bool is_key(slu_str label, const uint8_t *b, size_t n, bool encrypted)
{
	static const char openssh[] = "openssh-key-v1";
	if (memmem(label.p, label.n, "OPENSSH", 7))
		return n > 64 && memcmp(b, openssh, sizeof openssh) == 0;
	if (memmem(label.p, label.n, "PGP", 3))
		return n > 32 && (b[0] == 0x95 || b[0] == 0x94 || b[0] == 0xc5); /* a packet of a secret key */
	return encrypted ? n > 64 && n % 8 == 0 : is_sequence(b, n);
}

/** The last bytes of an armoured PGP key are its own checksum: "=XXXX". */
static size_t without_sum(const char *key, size_t n)
{
	return n > 5 && key[n - 5] == '=' ? n - 5 : n;
}

/** The place has "-----BEGIN " now. */
bool scan_check_pem(struct scan_place *p)
{
	char key[KEY_MAX];
	uint8_t bytes[KEY_MAX];
	slu_str text = p->text, label = { text.p + p->at + p->n, 0 };
	size_t at = p->at + p->n, n, made;
	bool encrypted = false;
	while (label.n < 32 && at + label.n < text.n && (scan_in_class('u', label.p[label.n]) || label.p[label.n] == ' '))
		label.n++;
	at += label.n;
	if (!memmem(label.p, label.n, "PRIVATE KEY", 11) || text.n - at < 5 || memcmp(text.p + at, "-----", 5) != 0)
		return false;
	at = collect(key, &n, text, skip_headers(text, at + 5, &encrypted));
	if (n < KEY_MIN || (made = scan_base64(bytes, sizeof bytes, (slu_str){ key, without_sum(key, n) })) == 0 || !is_key(label, bytes, made, encrypted))
		return false;
	p->n = at - p->at;
	return true;
}

/** After "PuTTY-User-Key-File-N: ", lines of headers; the private part comes under one of them. */
bool scan_check_putty(struct scan_place *p)
{
	slu_str rest = { p->text.p + p->at, p->text.n - p->at < KEY_MAX ? p->text.n - p->at : KEY_MAX }, line;
	static const char private[] = "Private-Lines: ";
	for (int lines = 0; lines < 100 && slu_str_split(&rest, '\n', &line); lines++) {
		slu_str body;
		if (!slu_str_starts(line, private))
			continue;
		if (scan_shape("[e40-64]", rest, 0, &body) == 0)
			return false;
		p->n = (size_t)(body.p + body.n - (p->text.p + p->at));
		return true;
	}
	return false;
}
