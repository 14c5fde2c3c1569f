/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Semantic Versioning 2.0.0. Numbers may have any length: they stay text and are compared as numbers.
 * A leading "v" is not part of a version; ver_tag_version() takes a tag prefix off.
 * SemVer sets no length. The bound here only keeps what strangers send from being endless; every function is linear in the length.
 */
#ifndef VERSION_SEMVER_H
#define VERSION_SEMVER_H
#include "base/str.h"

enum { VER_MAX_BYTES = 64 * 1024 };

struct ver_semver {
	slu_str major, minor, patch; /* digits without leading zeros */
	slu_str prerelease;          /* "rc.1"; n == 0: a release */
	slu_str build;               /* "20250127.1"; n == 0: none. Never looked at when comparing */
};

enum ver_part {
	VER_MAJOR,
	VER_MINOR,
	VER_PATCH
};

/**
 * Read "1.2.3-rc.1+build.5".
 * @param out   points into `text`; untouched on failure
 * @param text  borrowed as long as *out is used; 5..VER_MAX_BYTES bytes
 * @param err   column of the first offending byte, 1-based, and what is wrong there
 * @return SLU_OK, SLU_E_SYNTAX, SLU_E_LIMIT (too long)
 */
slu_rc ver_parse(struct ver_semver *out, slu_str text, slu_err *err);
/** Precedence (SemVer §11): -1, 0, 1. Versions that differ only in build are equal. */
int ver_cmp(const struct ver_semver *a, const struct ver_semver *b);
/** "1.2.3-rc.1+build.5", allocated in the arena. */
char *ver_text(slu_arena *a, const struct ver_semver *v);
/**
 * The next version: the part is raised, what stands below it becomes 0, prerelease and build go.
 * A prerelease of just that version is finished instead of passed over: patch of 1.2.3-rc.1 is 1.2.3, minor of
 * 1.3.0-rc.1 is 1.3.0, minor of 1.2.3-rc.1 is 1.3.0, major of 2.0.0-rc.1 is 2.0.0.
 * @return NULL (and *err) when the result would be longer than VER_MAX_BYTES
 */
char *ver_bump(slu_arena *a, const struct ver_semver *v, enum ver_part part, slu_err *err);
/**
 * The next prerelease with the label ("rc", "beta"). A release is taken for the version that is planned: 2.0.0 with "rc" gives
 * 2.0.0-rc.1. A prerelease is followed: 2.0.0-rc.1 gives 2.0.0-rc.2, and 2.0.0-beta.3 gives 2.0.0-rc.1; the other way round it is
 * refused (SLU_E_INVALID), because the result would be lower. Without a label 2.0.0-4 gives 2.0.0-5.
 */
char *ver_bump_prerelease(slu_arena *a, const struct ver_semver *v, slu_str label, slu_err *err);
/**
 * The first prerelease of the version after this one: major of 1.2.3 with "rc" gives 2.0.0-rc.1. Unlike ver_bump() it passes over the
 * version that a prerelease leads to: minor of 1.3.0-rc.1 gives 1.4.0-rc.1, because 1.3.0-rc.1 itself would not be higher.
 * @return NULL and *err as of ver_bump_prerelease()
 */
char *ver_bump_planned(slu_arena *a, const struct ver_semver *v, enum ver_part part, slu_str label, slu_err *err);
/** What stands before the number of a prerelease: "rc" of rc.1, "a.b" of a.b.4, the whole of "rc"; n == 0: a number alone, or a release. */
slu_str ver_label(const struct ver_semver *v);
/** "v1.2.3" with the prefix "v" → *out; false when the tag has another prefix or is no version. */
bool ver_tag_version(struct ver_semver *out, slu_str tag, slu_str prefix);
/** "major", "minor", "patch". */
const char *ver_part_word(enum ver_part part);
#endif
