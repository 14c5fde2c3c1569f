/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Conventional Commits 1.0.0, and the trailers of any commit message. Linear in the message's length.
 * Whether a commit is a merge or a revert is told by its parents and by the commit it names, not here by its words.
 */
#ifndef VERSION_COMMIT_H
#define VERSION_COMMIT_H
#include "base/str.h"
#include "version/semver.h"

/** One footer: "Reviewed-by: Z", "Refs #123", "BREAKING CHANGE: text". */
struct ver_footer {
	slu_str token; /* as written: "Reviewed-by" */
	slu_str value; /* may have several lines; without the token, the separator and blanks at both ends. For "Refs #123" it is "#123" */
};
typedef SLU_LIST(struct ver_footer) ver_footers;

struct ver_commit {
	slu_str header; /* the first line */
	slu_str type;   /* as written; compare with ver_type_is() */
	slu_str scope;  /* n == 0: none */
	bool breaking;  /* by "!" or by a footer */
	slu_str description;
	slu_str body;            /* n == 0: none; without blank lines at both ends */
	slu_str breaking_note;   /* what the BREAKING CHANGE footer says, else the description when "!" stands; n == 0: not breaking */
	ver_footers footers;     /* all of them, in order */
};

/**
 * Read a commit message.
 * @param out      points into `message`; untouched on failure
 * @param message  borrowed as long as *out is used; at most SLU_MAX_MESSAGE_BYTES; lines end with LF or CR LF
 * @param err      line and column of the first offending byte, what is wrong there, and a line that would be right
 * @return SLU_OK; SLU_E_SYNTAX: not a conventional commit; SLU_E_LIMIT: too long
 */
slu_rc ver_commit_parse(struct ver_commit *out, slu_arena *a, slu_str message, slu_err *err);
/** Types are compared without case (Conventional Commits, rule 15). */
bool ver_type_is(const struct ver_commit *c, const char *type);
/** What the commit asks of the next version. False: nothing (docs, chore …). feat → minor, fix and perf → patch, breaking → major. */
bool ver_commit_part(enum ver_part *out, const struct ver_commit *c);
/**
 * Trailers as `git interpret-trailers --parse` finds them: the last paragraph, when it is not the first, and when all its lines are
 * trailers, or one is a trailer that Git itself writes and at least a quarter are.
 */
void ver_trailers(ver_footers *out, slu_arena *a, slu_str message);
/** First footer with this token (without case), or NULL. */
const struct ver_footer *ver_footer_find(const ver_footers *f, const char *token);
/** True when the message names a commit that it takes back, in the line git revert writes: *oid is the hex id of it. */
bool ver_reverts(slu_str *oid, slu_str message);
#endif
