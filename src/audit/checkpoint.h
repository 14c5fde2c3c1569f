/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Checkpoints: size and root of the audit tree, signed, in the text form of c2sp.org/tlog-checkpoint and c2sp.org/signed-note,
 * so that other people's tools read and witness them.
 *
 *     example.com/sluice          the origin: what log this is, and the name of its key
 *     20852163                    number of leaves
 *     CsUYapGGPo4dkMgIAUqom/…=    root, base64
 *     (blank line)
 *     — example.com/sluice Az3g…  name of the key, base64 of its id (4 bytes) and the Ed25519 signature (64 bytes)
 *
 * Keys are bytes here; where they are kept is the caller's business.
 */
#ifndef AUDIT_CHECKPOINT_H
#define AUDIT_CHECKPOINT_H
#include "audit/tree.h"

enum {
	AUD_SEED_BYTES = 32,
	AUD_PUBLIC_BYTES = 32,
	AUD_NOTE_MAX = 64 * 1024, /* bytes of a whole note */
	AUD_SIGNATURES_MAX = 32,
	AUD_NAME_MAX = 255 /* bytes of an origin */
};

/** What checks a signature. */
struct aud_verifier {
	slu_str name; /* borrowed */
	uint32_t id;
	unsigned char key[AUD_PUBLIC_BYTES];
};
/** What makes one. Wipe it with aud_signer_clear(). */
struct aud_signer {
	struct aud_verifier verifier;
	unsigned char secret[64];
};

struct aud_checkpoint {
	slu_str origin;
	uint64_t size;
	aud_hash root;
	slu_str extensions; /* lines after the root, each with its line end; n == 0: none. Ours have none */
	slu_str text;       /* what is signed */
	slu_str signatures; /* the signature lines */
};

/** True when `name` may name a log: 1..AUD_NAME_MAX bytes of UTF-8 without spaces, control characters and "+". */
bool aud_name_valid(slu_str name);
/** @param seed  32 secret random bytes. @return SLU_OK, SLU_E_INVALID (the name) */
slu_rc aud_signer_init(struct aud_signer *out, slu_str name, const unsigned char seed[AUD_SEED_BYTES], slu_err *err);
void aud_signer_clear(struct aud_signer *s);
slu_rc aud_verifier_init(struct aud_verifier *out, slu_str name, const unsigned char key[AUD_PUBLIC_BYTES], slu_err *err);
/** The verifier key as others exchange it: "name+0123abcd+base64". */
char *aud_verifier_text(slu_arena *a, const struct aud_verifier *v);
/** Read it back; the name points into `text`. Another kind of key than Ed25519 is SLU_E_INVALID. */
slu_rc aud_verifier_parse(struct aud_verifier *out, slu_str text, slu_err *err);

/** The signed note. The origin is the signer's name. @return SLU_OK, SLU_E_INVALID (size of 2^63 or more) */
slu_rc aud_checkpoint_sign(char **out, slu_arena *a, uint64_t size, const aud_hash *root, const struct aud_signer *signer, slu_err *err);
/**
 * Read a note without looking at its signatures: nothing in it may be believed.
 * @param out   points into `note`; untouched on failure
 * @param err   line of the first offence
 * @return SLU_OK, SLU_E_SYNTAX, SLU_E_LIMIT
 */
slu_rc aud_checkpoint_parse(struct aud_checkpoint *out, slu_str note, slu_err *err);
/**
 * Read a note that `trusted` must have signed, and whose origin is its name. Signatures of others are left aside.
 * @return SLU_OK; SLU_E_SYNTAX, SLU_E_LIMIT; SLU_E_CORRUPT: not signed by that key, or not this text
 */
slu_rc aud_checkpoint_open(struct aud_checkpoint *out, slu_str note, const struct aud_verifier *trusted, slu_err *err);

/** A proof with its checkpoint in one text. `index` says which leaf, or for consistency the earlier size. */
struct aud_proof_file {
	uint64_t index;
	struct aud_proof proof;
	slu_str extra;      /* base64 as it stands, not protected by anything; n == 0: none */
	slu_str checkpoint; /* the note */
};

/** c2sp.org/tlog-proof: what shows offline that one event is in the log. */
char *aud_inclusion_text(slu_arena *a, uint64_t index, const struct aud_proof *proof, slu_str checkpoint);
slu_rc aud_inclusion_parse(struct aud_proof_file *out, slu_str text, slu_err *err);
/**
 * The same lines with "sluice/consistency@v1" and "from SIZE" for the first two: what shows that the checkpoint continues
 * the tree of the earlier size.
 */
char *aud_consistency_text(slu_arena *a, uint64_t from, const struct aud_proof *proof, slu_str checkpoint);
slu_rc aud_consistency_parse(struct aud_proof_file *out, slu_str text, slu_err *err);
#endif
