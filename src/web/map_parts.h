/* SPDX-License-Identifier: Apache-2.0 */
/** Parts of the map and of the list of repositories: what is stuck, and what waits for the one who looks. */
#ifndef WEB_MAP_PARTS_H
#define WEB_MAP_PARTS_H
#include "app/needs.h"
#include "web/shell.h"

struct map_stuck {
	size_t incidents, held, blocked, waiting, branches;
	size_t unseen;        /* open changes that were not looked at: older than the newest APP_SEEN_CHANGES */
	bool seen_branches;
	size_t unseen_branches; /* then: too many, or with too many commits */
};
/** @param open  changes that are open */
struct map_stuck map_stuck(const struct app_seen *seen, size_t open);
/** "Stuck: …", "Waiting: …" or "Nothing is stuck". */
void map_answer(html *h, const struct map_stuck *s);
void map_stuck_json(slu_json *j, const struct map_stuck *s);
/** Nothing when there is nothing; `base`: address of the repository. */
void map_needs(html *h, slu_arena *a, const char *base, const struct app_need *need, size_t n);
void map_needs_json(slu_json *j, slu_arena *a, const char *base, const struct app_need *need, size_t n);
/** The freeze that holds, or the next one. */
void map_freeze(html *h, const strat *s);
void map_freeze_json(slu_json *j, const strat *s, int64_t now_s);
#endif
