/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Signatures as OpenSSH makes them (PROTOCOL.sshsig), by an Ed25519 key, over what Git signs: namespace "git", SHA-512.
 * The same text and key always give the same signature.
 */
#ifndef AUDIT_SSHSIG_H
#define AUDIT_SSHSIG_H
#include "base/str.h"

enum { AUD_SSH_SEED_BYTES = 32 };
/** Add "-----BEGIN SSH SIGNATURE-----" … with a newline at the end. */
void aud_ssh_sign(slu_buf *out, slu_str text, const unsigned char seed[AUD_SSH_SEED_BYTES]);
/** Add the public key as it stands in a .pub file: "ssh-ed25519 AAAA…", without a newline. */
void aud_ssh_public(slu_buf *out, const unsigned char seed[AUD_SSH_SEED_BYTES]);
#endif
