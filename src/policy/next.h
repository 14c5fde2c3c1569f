/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The next version of a line, and the commits that are in it: asked by the server at a tagged merge, and by `sluice next` in a clone.
 *
 * What was released is told by all release tags of the version line, not by those that can be reached: where a tag sits on the merge
 * into production, the branches that people work on never reach it. Source: requirements RL-1, RL-4.
 */
#ifndef POLICY_NEXT_H
#define POLICY_NEXT_H
#include "policy/pol.h"
#include "version/changelog.h"

enum { POL_MAX_SINCE = 2000000 }; /* commits of one release */

struct pol_release {
	slu_str tag, version; /* "v1.2.0", "1.2.0" */
	slu_oid commit;
	struct ver_semver v;
};
struct pol_releases {
	const struct pol_release *v; /* lowest first */
	size_t n;
};
/** Tags of all classes of that type whose version lies in the line (n == 0: any), prereleases by the release that they come before. */
slu_rc pol_releases(struct pol_releases *out, slu_arena *a, const strat *s, const struct pol_facts *f, enum strat_tag_type type, slu_str line, slu_err *err);

/** The version that a tag of this class has by what its pattern captured; false: none that counts. */
bool pol_tag_semver(struct ver_semver *out, slu_arena *a, const strat *s, int tag_class, const struct strat_captures *caps);

/** Commits that are in none of the releases, read and with what was taken back told; newest first. What was cherry-picked from a release is left out. */
struct pol_since {
	const struct pol_release *base; /* the highest release; NULL: there is none yet */
	struct ver_entry *e;
	size_t n;
};
/**
 * @param tip       its commits, from there on
 * @param also      a second tip (the target of a merge), or NULL
 * @param released  of the line, lowest first
 * @return SLU_E_LIMIT: more than POL_MAX_SINCE commits
 */
slu_rc pol_since(struct pol_since *out, slu_arena *a, const struct pol_facts *f, const struct pol_releases *released, const slu_oid *tip, const slu_oid *also, slu_err *err);

/** How the strategy wants a section to be written; the rest of it is the caller's. */
struct ver_changelog pol_changelog(slu_arena *a, const strat *s, slu_str version, slu_str date);

enum pol_source { POL_FROM_COMMITS, POL_FROM_PHASES, POL_FROM_BRANCH, POL_FROM_PERSON };
struct pol_next_ask {
	slu_str line;        /* "1.*"; n == 0: any version */
	slu_str given;       /* by a person; n == 0: none */
	slu_str branch;      /* version in the name of the branch; n == 0: none */
	slu_str phase;       /* phase in the name of the branch; n == 0: none */
	enum strat_bump bump;
	slu_oid tip, also;   /* of pol_since(); also zero: none */
	slu_str pre;         /* label of the prerelease that is wanted; n == 0: a release */
	bool at_least_patch; /* a merge is tagged whatever it brings */
};
struct pol_next {
	slu_str version, tag;           /* tag n == 0: the strategy has no class of tags that makes one */
	enum pol_source source;
	struct pol_since since;
	enum ver_part part;             /* of COMMITS with a base */
	const struct ver_entry *decides; /* the commit that asked for the part; NULL: none did */
	const struct pol_release *plan; /* a prerelease of a higher version that is out already, and so is what comes next; NULL: none */
};
/**
 * What it would be; whether it may be, pol_next_allowed() says.
 * @return SLU_OK; SLU_E_WAIT: nothing since the last release asks for a version; SLU_E_DENIED: nothing says what it is, or no prerelease has that label, or it
 *         would go back; SLU_E_SYNTAX: the given one is no version
 */
slu_rc pol_next(struct pol_next *out, slu_arena *a, const strat *s, const struct pol_facts *f, const struct pol_next_ask *ask, slu_err *err);
/** SLU_E_DENIED: the version is there already, is not above what is there, leaves the line, or no class of tags makes its tag. */
slu_rc pol_next_allowed(const struct pol_next *n, slu_arena *a, const strat *s, const struct pol_facts *f, slu_str line, slu_err *err);
const char *pol_source_word(enum pol_source s); /* "commits" "phases" "branch" "given" */
#endif
