/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a merge commit says of the branches that it joined. Git itself writes only commits; which branch they came from stands in the
 * message that git, GitHub, GitLab, Gitea, Bitbucket or Azure wrote, when nobody wrote another one.
 *
 * It is a testimony, not a fact: it serves to look back at a history, and never to let anything past a rule.
 */
#ifndef INSIGHT_MERGE_NAME_H
#define INSIGHT_MERGE_NAME_H
#include "base/arena.h"
#include "base/str.h"

struct ins_merge_name {
	enum {
		INS_SAYS_NOTHING,
		INS_SAYS_BRANCH,
		INS_SAYS_TAG,      /* a tag was merged */
		INS_SAYS_SEVERAL,  /* several branches at once */
	} what;
	slu_str source;        /* branch or tag, without a remote's or an owner's name */
	slu_str into;          /* n == 0: it does not say */
	bool from_elsewhere;   /* "of URL": of another repository */
	bool request;          /* a pull or merge request */
	bool loose;            /* a message that no tool writes, such as "Merge develop": a name only if there is such a branch */
};
/** @param message  of a commit with more than one parent; what is returned points into it */
struct ins_merge_name ins_merge_name(slu_str message);
/** What a squash of a phase's branch says of it, as a trailer: "Squashed: work/one into develop"; source n == 0: it says nothing. */
struct ins_merge_name ins_squash_name(slu_str message);
/** The message with that trailer. In `a`. */
slu_str ins_squash_message(slu_arena *a, slu_str message, slu_str source, slu_str into);
/** Number of the pull request that a commit with one parent says it is, squashed: "… (#12)", "Merged PR 12: …"; 0: it does not. */
uint64_t ins_squashed(slu_str message);
#endif
