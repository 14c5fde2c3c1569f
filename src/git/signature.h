/* SPDX-License-Identifier: Apache-2.0 */
/** A commit or tag taken apart into its signature and what was signed, as Git does it. Any bytes are safe. */
#ifndef GIT_SIGNATURE_H
#define GIT_SIGNATURE_H
#include "git/object.h"

struct git_signed {
	slu_str text, signature; /* signature.n == 0: there is none */
	bool twice;              /* more than one: which of them counts, nobody can tell */
};
/** Copied into the arena. */
struct git_signed git_signed_of(slu_arena *a, enum git_kind kind, slu_str raw, bool sha256);
#endif
