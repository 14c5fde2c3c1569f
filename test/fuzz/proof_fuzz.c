/* SPDX-License-Identifier: Apache-2.0 */
/* Checkpoints, keys and proofs of strangers: whatever they contain, they are read or refused, and what was read says the same when written. */
#include "audit/checkpoint.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void try_proofs(slu_arena *a, slu_str text)
{
	struct aud_proof_file f;
	struct aud_checkpoint c;
	aud_hash leaf;
	aud_leaf_hash(&leaf, text);
	if (aud_inclusion_parse(&f, text, NULL) == SLU_OK) {
		must(aud_checkpoint_parse(&c, f.checkpoint, NULL) == SLU_OK);
		must(f.extra.n || slu_str_is(text, aud_inclusion_text(a, f.index, &f.proof, f.checkpoint)));
		/* nobody finds a leaf for a given root by trying; this text is no leaf of its own checkpoint */
		must(aud_inclusion_verify(f.index, c.size, &leaf, &f.proof, &c.root, NULL) == SLU_E_CORRUPT);
	}
	if (aud_consistency_parse(&f, text, NULL) == SLU_OK) {
		must(aud_checkpoint_parse(&c, f.checkpoint, NULL) == SLU_OK);
		must(slu_str_is(text, aud_consistency_text(a, f.index, &f.proof, f.checkpoint)));
		must(aud_consistency_verify(f.index, &leaf, c.size, &c.root, &f.proof, NULL) == SLU_E_CORRUPT);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned char seed[AUD_SEED_BYTES] = { 1 };
	slu_auto_arena *a = slu_arena_new();
	slu_str text = { (const char *)data, size };
	struct aud_checkpoint c;
	struct aud_verifier v;
	struct aud_signer s;
	slu_err err = { 0 };
	must(aud_signer_init(&s, SLU_STR("fuzz.example/log"), seed, NULL) == SLU_OK);
	slu_rc rc = aud_checkpoint_parse(&c, text, &err);
	must((rc == SLU_OK) == (err.text[0] == '\0'));
	must(aud_checkpoint_open(&c, text, &s.verifier, NULL) != SLU_OK); /* nobody has the key */
	if (aud_verifier_parse(&v, text, NULL) == SLU_OK)
		must(slu_str_is(text, aud_verifier_text(a, &v)));
	try_proofs(a, text);
	return 0;
}
