/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From the commits of a release to its next version and to a section of Markdown.
 *
 * What is written in commit messages is somebody's text: outside of code spans and code blocks, everything that Markdown or
 * HTML would act on is escaped.
 */
#ifndef VERSION_CHANGELOG_H
#define VERSION_CHANGELOG_H
#include "version/commit.h"

struct slu_json;

struct ver_entry {
	/* given */
	slu_str oid;     /* hex; n == 0: unknown */
	slu_str message; /* whole */
	bool merge;      /* has two parents or more: what it brings stands in the list by itself */
	/* found by ver_entries_read() */
	bool conventional;
	struct ver_commit commit; /* when conventional */
	slu_str subject;          /* the first line otherwise */
	const struct ver_commit *item; /* what a squashed change lists in its body: lines "* feat: what it does" */
	size_t item_n;
	slu_str reverts;          /* hex id of the commit that this one takes back; n == 0: none */
	bool cancelled;           /* taken back by another entry, or takes one back: neither is in the release */
	bool silent;              /* a correction leaves it out of the changelog */
	const struct ver_commit *shown; /* what a correction puts in the place of all that it says there; NULL: none does */
};
/** Types of commit under one heading of a changelog. The type "breaking": the notes on what breaks. */
struct ver_heading {
	slu_str heading;
	const slu_str *type;
	size_t type_n;
};

struct ver_changelog {
	slu_str version;     /* "1.3.0" */
	slu_str date;        /* "2026-01-05"; n == 0: none */
	slu_str compare_url; /* where the heading leads; n == 0: nowhere */
	slu_str commit_url;  /* a commit's page is this and its id; n == 0: ids are no links */
	const slu_str *types; /* of the strategy: those of its own get a group of their own */
	size_t type_n;
	const struct ver_heading *heading; /* instead of the usual ones */
	size_t heading_n;
	slu_str entry;       /* "[**{scope}:** ]{text}[ ({references})]", checked by the strategy; n == 0: that */
	bool all;            /* also what users do not notice: docs, chore, tests, commits without a type */
};

/**
 * Read the messages, and find out what takes back what: a revert cancels itself and its target, a revert of a revert brings
 * the first one back.
 * @param e  newest first, as `git log` has them; two reverts that name each other's commits cannot be made. Cost: linear in the bytes of all messages
 */
void ver_entries_read(struct ver_entry *e, size_t n, slu_arena *a);
/**
 * Put a correction in the place of what the entry says in a changelog; the next version is still what the commit asked for.
 * ver_entries_read() does so with the trailer "Release-note" of a message, the last one of several.
 * @param text  "none": it is left out. A conventional commit: it is read as that one. Else its first paragraph is what stands there instead of the description
 */
void ver_entry_correct(struct ver_entry *e, slu_arena *a, slu_str text);
/**
 * The highest part that one of the entries asks for; false when none asks for a new version. A revert of something released asks for a patch.
 * @param by  the newest entry that asks for it; may be NULL
 */
bool ver_entries_part(enum ver_part *out, const struct ver_entry **by, const struct ver_entry *e, size_t n);
/** True when the message names the commit that it was cherry-picked from, in the last line of that kind that `git cherry-pick -x` writes. */
bool ver_picked(slu_str *oid, slu_str message);
/** For 0.y.z a breaking change raises y, because SemVer leaves that open and 1.0.0 is a decision. */
enum ver_part ver_part_of(const struct ver_semver *current, enum ver_part asked);
/**
 * The version that follows `current` with these entries; its part by ver_part_of().
 * @return SLU_OK; SLU_E_NOT_FOUND: no entry asks for a new version; SLU_E_LIMIT: too long
 */
slu_rc ver_next(char **out, slu_arena *a, const struct ver_semver *current, const struct ver_entry *e, size_t n, slu_err *err);

/** One line of a group: a commit, or one item of it. */
struct ver_line {
	const struct ver_entry *entry;
	const struct ver_commit *commit; /* NULL: the entry's subject is all there is */
};
struct ver_group {
	slu_str heading; /* "Added"; a type of the strategy's own as it is written, with a capital */
	bool breaking;   /* its lines are the notes on what breaks */
	SLU_LIST(struct ver_line) line;
};
typedef SLU_LIST(struct ver_group) ver_groups;
/** What goes into the section, and where; groups without a line are left out. Cost: entries times groups. */
void ver_changelog_groups(ver_groups *out, slu_arena *a, const struct ver_changelog *c, const struct ver_entry *e, size_t n);
/** What the footers of a commit refer to ("#12", "ABC-7"), each once and in their order, bounded. */
void ver_references(ver_footers *out, slu_arena *a, const struct ver_commit *c);

/** The section: a heading of level 2, groups of level 3, one item for each entry, in the order given. Ends with a line feed. */
char *ver_changelog_section(slu_arena *a, const struct ver_changelog *c, const struct ver_entry *e, size_t n);
/** The same as an object: {"version","date","groups":[{"heading","breaking","entries":[{"type","scope","text","note","references","commit"}]}]}. */
void ver_changelog_json(struct slu_json *j, slu_arena *a, const struct ver_changelog *c, const struct ver_entry *e, size_t n);
/**
 * The file with the section in it. A section of this version that is there already is replaced, so that the step can be repeated;
 * otherwise it goes before the first section of a lower version, but behind "Unreleased". An empty file gets a title. Line ends stay what they are.
 * @return SLU_OK; SLU_E_LIMIT: larger than SLU_MAX_BLOB_BYTES
 */
slu_rc ver_changelog_put(char **out, slu_arena *a, slu_str file, slu_str version, slu_str section, slu_err *err);
/** What the section of this version says, without its heading and the blank lines around it; borrowed from the file. n == 0: there is none. */
slu_str ver_changelog_get(slu_str file, slu_str version);
/** Is there a section of this version? */
bool ver_changelog_has(slu_str file, slu_str version);
#endif
