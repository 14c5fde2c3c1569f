/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A CODEOWNERS file: who owns which paths, as GitHub reads it.
 *
 * A line is a pattern and its owners; the last pattern that matches a path counts, and one without owners clears those of the
 * lines before it. Patterns are gitignore's but for `!` and `[ ]`, which there are not, and a last part that is `*` alone, which
 * stands for the files of that folder and not for what lies deeper. What cannot be read is left out and said.
 */
#ifndef POLICY_OWNERS_H
#define POLICY_OWNERS_H
#include "base/str.h"

/** Where the file may stand, in the order in which it is looked for; the first one that is there counts. NULL ends the list. */
extern const char *const pol_owners_place[];

struct pol_owners_rule {
	slu_str pattern;
	const slu_str *owner; /* as written: "@ann", "@acme/qa", "qa", "ann@example.org" */
	size_t owner_n;       /* 0: nobody owns what matches */
	unsigned line;
	/* the pattern in its parts: */
	const slu_str *part;
	size_t part_n;
	enum { POL_OWNERS_EXACT, POL_OWNERS_AND_BELOW, POL_OWNERS_BELOW, POL_OWNERS_NEVER } end;
};
struct pol_owners_issue {
	unsigned line, column;
	const char *text; /* a whole sentence */
};
struct pol_owners {
	SLU_LIST(struct pol_owners_rule) rule;
	SLU_LIST(struct pol_owners_issue) issue; /* lines that count for nothing */
};

/**
 * Read such a file.
 * @param out   borrows from `text` and `a`; untouched on failure
 * @return SLU_OK, also when lines of it cannot be read; SLU_E_LIMIT: too large, then no rule of it is known
 * Cost: O(n). Test: test/unit/owners_test.c
 */
slu_rc pol_owners_read(struct pol_owners *out, slu_arena *a, slu_str text, slu_err *err);

/** The rule that says whose a file is; NULL: none. `path` from the repository's top, without a slash at either end. */
const struct pol_owners_rule *pol_owners_of(const struct pol_owners *o, slu_str path);

/** Does this pattern match that file? Cost: at most pattern times path, no allocation. */
bool pol_owners_match(const struct pol_owners_rule *r, slu_str path);

/** What an owner is, by how it is written. */
enum pol_owner_kind {
	POL_OWNER_NAME,  /* "@ann": a person, or the role of that name */
	POL_OWNER_ROLE,  /* "@acme/qa", "qa": a group, which is a role */
	POL_OWNER_EMAIL  /* "ann@example.org" */
};
/** @param name  without "@" and the organisation */
enum pol_owner_kind pol_owner_kind(slu_str owner, slu_str *name);
#endif
