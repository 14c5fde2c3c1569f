/* SPDX-License-Identifier: Apache-2.0 */
/** What a release writes into its branch, on a server and in a clone alike: the version in its files, and the changelog. */
#ifndef APP_RELEASE_FILES_H
#define APP_RELEASE_FILES_H
#include "flow/release.h"
#include "policy/pol.h"
#include "port/git.h"

struct app_release_files {
	slu_arena *a;
	port_git *git;
	const strat *s;
	const struct pol_facts *facts;
	int64_t now_s;
};
/**
 * The files of `parent` as the release wants them.
 * @param p        its version and target_branch count
 * @param differs  false: they are so already, and *tree is untouched
 * @param section  the changelog's section of this version, Markdown; "" when the strategy names no changelog
 */
slu_rc app_release_tree(slu_oid *tree, bool *differs, slu_str *section, const struct app_release_files *w, const struct flow_plan *p, const slu_oid *parent, bool version_files, slu_err *err);
/** Every version file of that commit says this version. SLU_E_CONFLICT: one does not, and what it says. */
slu_rc app_release_says(const struct app_release_files *w, slu_str version, const slu_oid *commit, slu_err *err);
/** A merge of two commits that conflicts in these files. */
struct app_release_torn {
	slu_oid ours, theirs;
	const slu_str *path;
	size_t n;
};
/**
 * Where both sides differ in their version files and changelog only because releases wrote there: `ours` keeps its version, and its changelog gets
 * the section of this version (n == 0: of none) out of `theirs`.
 * @param done  false: they differ elsewhere, which a person must settle; *tree is untouched
 */
slu_rc app_release_settle(slu_oid *tree, bool *done, const struct app_release_files *w, slu_str version, const struct app_release_torn *t, slu_err *err);
/** "chore: release 2.1.0", or of the changelog alone. In `a`. */
slu_str app_release_message(slu_arena *a, const char *version, bool version_files);
/** Where a release writes nothing itself, its branch brings what its base has: SLU_E_INVALID when the target has all of that. */
slu_rc app_release_brings(const struct app_release_files *w, const struct flow_plan *p, const slu_oid *base, const slu_oid *target, slu_err *err);
#endif
