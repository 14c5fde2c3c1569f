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
	slu_str separator, after; /* the bytes between the two, and those up to the next footer or the end */
};
typedef SLU_LIST(struct ver_footer) ver_footers;

/** How a message is read; {0} is what versions and changelogs are made by. */
struct ver_commit_form {
	/*
	 * The value of BREAKING CHANGE begins on its line (spec), or may also begin on the next (lenient), as in the messages of many
	 * projects. Never in lower case, and never in the middle of the body: only where a paragraph begins, or among footers.
	 */
	enum { VER_BREAKING_LENIENT, VER_BREAKING_SPEC } breaking;
	/* What is listed as footers: those of Conventional Commits, or the trailers of Git. What breaks is told by the former in both. */
	enum { VER_FOOTERS_CONVENTIONAL, VER_FOOTERS_GIT } footers;
};

struct ver_commit {
	bool conventional; /* false only after ver_commit_read(): then there is no type, and the description is the first line with text */
	slu_str header;    /* the line that holds the description */
	slu_str type;      /* as written; compare with ver_type_is() */
	slu_str scope;     /* n == 0: none */
	bool breaking;     /* by "!" or by a footer */
	bool exclaimed;    /* by "!" */
	slu_str description;
	slu_str body;            /* n == 0: none; without blank lines at both ends */
	slu_str breaking_note;   /* what the BREAKING CHANGE footer says, else the description when "!" stands; n == 0: not breaking */
	ver_footers footers;     /* all of them, in order */
	slu_str colon, gap, after_body; /* the bytes before the description (and behind type, scope, "!"), behind it, and behind the body */
};

/**
 * Read a commit message.
 * @param out      points into `message`; untouched on failure
 * @param message  borrowed as long as *out is used; at most SLU_MAX_MESSAGE_BYTES; lines end with LF or CR LF
 * @param err      line and column of the first offending byte, what is wrong there, and a line that would be right
 * @return SLU_OK; SLU_E_SYNTAX: not a conventional commit; SLU_E_LIMIT: too long
 */
slu_rc ver_commit_parse(struct ver_commit *out, slu_arena *a, slu_str message, slu_err *err);
/**
 * Read any message, of any bytes and length: one that is no conventional commit has a description, a body and footers, too.
 * @return SLU_OK or SLU_E_SYNTAX with the sentence of ver_commit_parse(); *out is set in both
 */
slu_rc ver_commit_read(struct ver_commit *out, slu_arena *a, slu_str message, const struct ver_commit_form *form, slu_err *err);
/** The first line alone: its parts, and that an empty line follows; the rest of *out is empty. Takes no memory. @return as ver_commit_read() */
slu_rc ver_commit_title(struct ver_commit *out, slu_str message, slu_err *err);
/** Write a message from its parts. One that was read comes out as it was, byte for byte; a part that was changed stands in its place. */
void ver_commit_print(slu_buf *out, const struct ver_commit *c);
/** Types are compared without case (Conventional Commits, rule 15). */
bool ver_type_is(const struct ver_commit *c, const char *type);
/** What the commit asks of the next version. False: nothing (docs, chore …). feat → minor, fix and perf → patch, breaking → major. */
bool ver_commit_part(enum ver_part *out, const struct ver_commit *c);
/**
 * Trailers as `git interpret-trailers --parse --no-divider` finds them (a commit has no patch behind its message): the last paragraph,
 * when it is not the first, and when all its lines are trailers, or one is a trailer that Git itself writes and at least a quarter are.
 * What follows a NUL is not part of the message, as for Git. Token and value point into `message`; `trailer.*` of git config has no say.
 */
void ver_trailers(ver_footers *out, slu_arena *a, slu_str message);
/** A value on one line, as `--parse` prints it: each line end with the blanks behind it becomes one blank. */
slu_str ver_unfold(slu_arena *a, slu_str value);
/** First footer with this token (without case), or NULL. */
const struct ver_footer *ver_footer_find(const ver_footers *f, const char *token);
/** True when the message names a commit that it takes back, in the line git revert writes: *oid is the hex id of it. */
bool ver_reverts(slu_str *oid, slu_str message);

/** "Closes #12", "acme/app#12", "Fixes ABC-12". */
struct ver_reference {
	slu_str action;     /* as written: "Closes"; n == 0: it is only named */
	slu_str repository; /* "acme/app"; n == 0: this one */
	slu_str issue;      /* "12", "ABC-12" */
};
typedef SLU_LIST(struct ver_reference) ver_reference_list;
/**
 * The references of a text, in order. close, closes, closed, fix(es|ed) and resolve(s|d), in any case, hold for the rest of their line.
 * @param keys  "ABC-12" counts everywhere, and not only behind such a word: else UTF-8 would be an issue
 */
void ver_references_find(ver_reference_list *out, slu_arena *a, slu_str text, bool keys);
#endif
