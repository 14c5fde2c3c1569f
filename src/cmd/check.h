/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of `sluice check` and of the hooks: what is judged, and how it is written. */
#ifndef CMD_CHECK_H
#define CMD_CHECK_H
#include "base/map.h"
#include "cmd/ci.h"
#include "cmd/offline.h"

struct check_format;

/** One check: of several things, each with a verdict by what Git alone knows. */
struct check {
	struct cmd_ctx *c;
	struct cmd_offline o;
	slu_arena *a;       /* of what is judged at the moment */
	const struct check_format *format; /* NULL: text */
	struct cmd_ci ci;
	size_t judged, refused, waiting;
	int64_t until_s;    /* of the waiting ones: the latest; 0: not known */
	slu_map *unknown;   /* rules that only a server can judge */
	slu_map *rules;     /* of findings; for formats that list them */
	slu_buf out, held;  /* `held`: what stands behind a head that is written last */
	bool comma;
};

struct check_subject {
	const char *kind;   /* "commit" "branch" "merge" "tag" "push" "staged" */
	const char *name;   /* "feature/x", ten digits of a commit: fit for a terminal */
	const char *title;  /* first line of a commit's message, fit for a terminal; "" */
	slu_oid commit;     /* zero: none */
	const struct pol_verdict *verdict; /* by what is known here */
};

enum check_level { CHECK_FINE, CHECK_NOTE, CHECK_WARNING, CHECK_ERROR };
/** What a row is for somebody who reads findings. */
enum check_level check_level(const struct pol_row *r);
/** "commit 1234567890", "branch feature/x" */
const char *check_what(struct check *k, const struct check_subject *s);
/** "what: actual; wanted: wanted. Do: remedy" on one line. */
const char *check_sentence(struct check *k, const struct check_subject *s, const struct pol_row *r);
/** The file of the repository that a rule stands in; NULL: a preset, a default, or built in. */
const char *check_file(const struct pol_row *r);
/** 32 hex digits that stay the same as long as the finding does. */
const char *check_fingerprint(struct check *k, const struct check_subject *s, const struct pol_row *r);
/** "approvals, checks.unit": what only a server knows; "": nothing */
const char *check_unknown(struct check *k);

struct check_format {
	const char *name;
	void (*begin)(struct check *k);
	void (*subject)(struct check *k, const struct check_subject *s);
	void (*end)(struct check *k);
};
/** NULL: there is none of this name. */
const struct check_format *check_format_find(const char *name);
extern const struct check_format check_format_sarif, check_format_junit;
/** Text in XML: what XML cannot hold is U+FFFD. */
void check_xml(slu_buf *out, slu_str text);

/* ---- judging ----------------------------------------------------------------------------------------------------------- */

/** Fit for a terminal, cut where it is long. Lives as long as what is judged. */
const char *check_shown(struct check *k, slu_str text);

/** From here on a push that is exactly the merge of a branch that may be merged is that merge. */
void check_merges(struct check *k);
/** Count a verdict and write it. Rows that wait for a server are left out, and their rules kept. @return 0, or the exit code when it cannot be written */
int check_add(struct check *k, struct check_subject s, const struct pol_verdict *v);
/** Each commit of a range by itself: message and files. @param branch where they stand; n == 0: not known, then messages are judged as on any */
int check_commits(struct check *k, slu_str branch, const slu_oid *tip, const slu_oid *not_, size_t not_n);
/** An act as decide() judges it. `whole` false: without what check_commits says of its commits */
int check_act(struct check *k, const char *kind, const char *name, const struct pol_action *act, bool whole);
/** A branch as it stands: as if it were made now. Branches without a base are not judged by this. */
int check_branch(struct check *k, slu_str name, const slu_oid *head);
/** A change from one branch into another: name, base and commits of the source, and the merge. */
int check_change(struct check *k, slu_str source, const slu_oid *head, slu_str target);
int check_tag(struct check *k, slu_str name, const slu_oid *id);
int check_staged(struct check *k);
/** Updates as Git gives them to the hooks pre-push ("LOCAL ID REMOTE ID") and pre-receive ("OLD NEW REF"), one a line. */
int check_updates(struct check *k, slu_str lines);
#endif
