/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/sshsig.h"

#include <sodium.h>

enum { BLOB_MAX = 512, LINE = 70 };

static void put_string(slu_buf *b, const void *bytes, size_t n)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		slu_buf_addc(b, (char)(unsigned char)(n >> shift));
	slu_buf_addstr(b, (slu_str){ bytes, n });
}

static void put_text(slu_buf *b, const char *text)
{
	put_string(b, text, strlen(text));
}

static void put_public(slu_buf *b, const unsigned char public[crypto_sign_PUBLICKEYBYTES])
{
	put_text(b, "ssh-ed25519");
	put_string(b, public, crypto_sign_PUBLICKEYBYTES);
}

/** What is signed instead of the text. */
static void put_message(slu_buf *b, slu_str text)
{
	unsigned char hash[crypto_hash_sha512_BYTES];

	(void)crypto_hash_sha512(hash, (const unsigned char *)text.p, text.n);
	slu_buf_adds(b, "SSHSIG");
	put_text(b, "git");
	put_text(b, "");
	put_text(b, "sha512");
	put_string(b, hash, sizeof(hash));
}

static void base64(slu_buf *out, slu_str bytes, size_t line)
{
	char text[2 * BLOB_MAX];

	(void)sodium_bin2base64(text, sizeof(text), (const unsigned char *)bytes.p, bytes.n, sodium_base64_VARIANT_ORIGINAL);
	for (slu_str rest = slu_s(text); rest.n;) {
		size_t n = line && rest.n > line ? line : rest.n;
		slu_buf_addstr(out, (slu_str){ rest.p, n });
		if (line)
			slu_buf_addc(out, '\n');
		rest = (slu_str){ rest.p + n, rest.n - n };
	}
}

void aud_ssh_sign(slu_buf *out, slu_str text, const unsigned char seed[AUD_SSH_SEED_BYTES])
{
	unsigned char public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES], sig[crypto_sign_BYTES];
	slu_auto_buf message, blob, part;
	slu_buf_init(&message, BLOB_MAX);
	slu_buf_init(&blob, BLOB_MAX);
	slu_buf_init(&part, BLOB_MAX);

	(void)crypto_sign_seed_keypair(public, secret, seed);
	put_message(&message, text);
	(void)crypto_sign_detached(sig, NULL, (const unsigned char *)message.p, message.n, secret);
	sodium_memzero(secret, sizeof(secret));
	slu_buf_adds(&blob, "SSHSIG");
	slu_buf_addstr(&blob, (slu_str){ "\0\0\0\1", 4 }); /* version */
	put_public(&part, public);
	put_string(&blob, part.p, part.n);
	put_text(&blob, "git");
	put_text(&blob, "");
	put_text(&blob, "sha512");
	slu_buf_clear(&part);
	put_text(&part, "ssh-ed25519");
	put_string(&part, sig, sizeof(sig));
	put_string(&blob, part.p, part.n);
	slu_buf_adds(out, "-----BEGIN SSH SIGNATURE-----\n");
	base64(out, slu_buf_str(&blob), LINE);
	slu_buf_adds(out, "-----END SSH SIGNATURE-----\n");
}

void aud_ssh_public(slu_buf *out, const unsigned char seed[AUD_SSH_SEED_BYTES])
{
	unsigned char public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
	slu_auto_buf blob;
	slu_buf_init(&blob, BLOB_MAX);

	(void)crypto_sign_seed_keypair(public, secret, seed);
	sodium_memzero(secret, sizeof(secret));
	put_public(&blob, public);
	slu_buf_adds(out, "ssh-ed25519 ");
	base64(out, slu_buf_str(&blob), 0);
}
