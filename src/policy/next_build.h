/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The name of the next build, as a class of tags has it: v2.1.0+20250127.1, build/2025-01-27.2, nightly-2.1.0-7.
 *
 * A class makes builds when its type is build or a pattern of it has {build}. Numbers and dates go up only: the next one is above the
 * highest that there is of that version. Source: requirement RL-1.
 */
#ifndef POLICY_NEXT_BUILD_H
#define POLICY_NEXT_BUILD_H
#include "policy/next.h"

struct pol_build_ask {
	struct pol_next_ask next; /* what it is a build of */
	slu_str class;            /* n == 0: the only one that makes builds */
	slu_str id;               /* what {build} stands for, by a person or a CI; n == 0: found here */
	slu_str today;            /* "2025-01-27" */
	slu_str name;             /* of the branch, for {name}; n == 0: none */
};
struct pol_build {
	slu_str tag;
	slu_str version;  /* with the build: "2.1.0+20250127.1"; n == 0: the pattern has none */
	slu_str class;
	slu_str previous; /* the highest build of that version until now; n == 0: this is the first */
	bool released;    /* nothing since the last release asks for a version, so it is a build of that one */
	struct pol_next next; /* of a pattern with a version and without `released`; else zero */
};
/**
 * @return SLU_E_DENIED: no class makes builds, or several and none is named; it is there already, or would be behind one that is; what its version must be
 *         nothing says. SLU_E_INVALID: the pattern needs something that was not given, or the id does not fit it. Else as pol_next()
 */
slu_rc pol_next_build(struct pol_build *out, slu_arena *a, const strat *s, const struct pol_facts *f, const struct pol_build_ask *ask, slu_err *err);
#endif
