/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of scan: what a row of the table says beyond what others may know, and the tests that formats bring with them. */
#ifndef SCAN_IMPL_H
#define SCAN_IMPL_H
#include "scan/scan.h"

struct scan_place {
	slu_str text;
	size_t at, n; /* of the token in it; a test may make it longer */
	slu_str body;
};
typedef bool scan_check(struct scan_place *p);

struct scan_row {
	struct scan_rule rule;
	const char *anchor;  /* bytes of the token that are rare; several ones apart by spaces. Of 3, a byte of class z follows */
	unsigned skip;       /* the anchor begins so far into the token */
	char back;           /* class of the bytes before the anchor that belong to the token, too: its length varies */
	const char *after;   /* what may stand right before it, though it looks like a part of it; NULL */
	unsigned entropy;    /* tenths of a bit a byte, at least, of what the classes match; 0: it may be anything */
	scan_check *check;   /* NULL: none */
};
extern const struct scan_row scan_row[];
extern const size_t scan_row_n;

uint32_t scan_crc32(slu_str bytes);
/** Base 64 in any of its two alphabets, '=' at its end left out or not. @return bytes made; 0: it is not base 64, or does not fit */
size_t scan_base64(uint8_t *out, size_t cap, slu_str text);

scan_check scan_check_crc62;     /* GitHub, npm: the last six digits are the CRC-32 of the others, in base 62 */
scan_check scan_check_gitlab;    /* routable: CRC-32 in base 36 over all before it */
scan_check scan_check_grafana;   /* CRC-32 in hexadecimal, lowest byte first */
scan_check scan_check_bech32;    /* age, Nostr */
scan_check scan_check_base58;    /* extended private keys of wallets */
scan_check scan_check_macaroon;  /* PyPI */
scan_check scan_check_openai;    /* "OpenAI" in base 64 in the middle */
scan_check scan_check_ends_aa;   /* Anthropic */
scan_check scan_check_aws;       /* 40 bytes after the name of the key */
scan_check scan_check_pem;       /* what follows is a key indeed */
scan_check scan_check_putty;
#endif
