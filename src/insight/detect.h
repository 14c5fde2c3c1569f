/* SPDX-License-Identifier: Apache-2.0 */
/** What a history shows of the strategy that it was made by: names of branches and tags, how changes land, how messages are written. */
#ifndef INSIGHT_DETECT_H
#define INSIGHT_DETECT_H
#include "insight/replay.h"

/** Names that begin alike, or tags of one form. */
struct ins_alike {
	slu_str form;     /* "bug/", "v{version}-{pre}.{n}" */
	size_t n;
	size_t light;     /* of tags: without an object of their own */
	bool prerelease;  /* of tags */
};
struct ins_evidence {
	SLU_LIST(struct ins_alike) prefix; /* of branches, also of those that are gone, that the strategy knows no kind for; most first */
	size_t plain;                      /* such branches without a prefix */
	SLU_LIST(struct ins_alike) tag;    /* forms of tags that the strategy knows no class for; most first */
	size_t release_tags, release_light; /* tags of its classes of type release; of these, without an object */
	size_t merged, squashed;           /* how changes came to the branches that nobody pushes to */
	size_t messages, conventional;     /* of commits on these branches, without merges and squashed "(#12)" apart */
	SLU_LIST(struct ins_alike) type;   /* of the conventional ones */
};
/** @param q  as it was given to ins_replay */
void ins_detect(struct ins_evidence *out, slu_arena *a, const struct ins_replay_ask *q);
/** "v2.1.0-rc.1" as "v{version}-{pre}.{n}"; n == 0: it has no version in it. */
slu_str ins_tag_form(slu_arena *a, slu_str tag, bool *prerelease);
#endif
