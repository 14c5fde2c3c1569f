/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Release start and finish as ordered steps. Pure: from the strategy, the version and what refs there are to a plan that can be
 * shown (--dry-run), stored before its first step, and carried out by app/release.h. Source: requirements RL-2, RL-3.
 */
#ifndef FLOW_RELEASE_H
#define FLOW_RELEASE_H
#include "base/oid.h"
#include "strategy/strat.h"

enum flow_step_kind {
	FLOW_CREATE_BRANCH, /* ref at id */
	FLOW_VERSION_FILE,  /* detail: file */
	FLOW_CHANGELOG,     /* detail: file */
	FLOW_OPEN_CHANGE,   /* ref: source; detail: target branch */
	FLOW_MERGE,         /* ref: target; detail: method */
	FLOW_TAG,           /* ref: the tag */
	FLOW_ALSO_INTO,     /* ref: branch that gets the source */
	FLOW_BACK_MERGE,    /* ref: branch that gets the target */
	FLOW_DELETE_BRANCH, /* ref */
	FLOW_DEPLOY         /* detail: environment that the merge or the tag triggers */
};
struct flow_step {
	enum flow_step_kind kind;
	const char *ref;      /* full name, "" */
	const char *detail;
	slu_oid id;           /* of CREATE_BRANCH: where it begins */
	struct strat_pos pos; /* the line that asks for it */
};
struct flow_plan {
	int kind;             /* branch kind of the release branch */
	int target;           /* branch kind that it goes into first */
	const char *version;  /* "2.1.0" */
	const char *branch;   /* "release/v2.1.0", short name */
	const char *base;     /* short name of the branch that it begins at; "" at finish */
	const char *target_branch;
	SLU_LIST(struct flow_step) step;
};

struct flow_ref {
	slu_str name; /* full */
	slu_oid id;   /* peeled */
};
struct flow_refs {
	const struct flow_ref *v;
	size_t n;
};

/**
 * Plan the start of a release: a branch of the release kind, the version and the changelog written, a change opened into its target.
 * @param kind_name  key of the branch kind; n == 0: the only one of type release with {version} in its pattern
 * @return SLU_E_SYNTAX: no version; SLU_E_EXISTS: its branch or tag is there; SLU_E_INVALID: not above the versions there are, or no kind fits (the
 *         sentence lists what there is); SLU_E_NOT_FOUND: its base is not there
 */
slu_rc flow_release_start(struct flow_plan *out, slu_arena *a, const strat *s, slu_str version, slu_str kind_name, const struct flow_refs *refs, slu_err *err);
/** Plan its finish: merge, tag, the other branches, deletion, and what will be deployed. SLU_E_NOT_FOUND: there is no such branch. */
slu_rc flow_release_finish(struct flow_plan *out, slu_arena *a, const strat *s, slu_str version, slu_str kind_name, const struct flow_refs *refs, slu_err *err);
/** "create branch release/v2.1.0 from development (1a2b3c4d5e)". In `a`. */
char *flow_step_text(slu_arena *a, const struct flow_step *st);
const char *flow_step_word(enum flow_step_kind k);
const struct flow_ref *flow_ref_find(const struct flow_refs *refs, const char *full_name); /* NULL: none */
/** Name of a branch of the kind: its exact pattern's, else the first there is. NULL: none. */
const char *flow_branch_of(slu_arena *a, const strat *s, int kind, const struct flow_refs *refs);
/** Highest version among the tags of a class of type release that lie in the line of the branch `target`; false: there is none. `tag` may be NULL. */
bool flow_highest(slu_str *version, slu_str *tag, slu_arena *a, const strat *s, const char *target, const struct flow_refs *refs);
#endif
